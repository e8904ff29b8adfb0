//! 可变 arguments: no two of one call share a root (a receiver that the call changes counts), and none goes to a task or a
//! coroutine, which would outlive the access.

use super::view::{Cause, Root, View};
use crate::{CallMode, ExprId, diagnostics};
use qi_base::Diagnostics;

pub(super) fn check(view: &View, diagnostics: &mut Diagnostics) {
    view.walk(&mut |id| {
        let Some(call) = view.typed.calls.get(&id) else { return };
        let mut places: Vec<(Root, ExprId)> = Vec::new();
        view.mutations(id, &mut |it| {
            if it.cause != Cause::Assign {
                places.push((view.root(it.place), it.place));
            }
        });
        if call.mode != CallMode::Direct {
            for &(_, place) in &places {
                diagnostics.push(diagnostics::in_out_to_task(view.span(place)));
            }
        }
        for (index, (root, place)) in places.iter().enumerate() {
            let earlier = places[..index].iter().find(|it| it.0 == *root && *root != Root::Temporary);
            if let Some((_, first)) = earlier {
                let name = root_name(view, *root);
                diagnostics.push(diagnostics::overlapping_in_out(view.span(*place), name, view.span(*first)));
            }
        }
    });
}

fn root_name(view: &View, root: Root) -> &'static str {
    match root {
        Root::Local(local) => view.body.locals[local].name.as_str(),
        Root::Global(global) => view.program.globals[global].name.as_str(),
        Root::Temporary => "",
    }
}
