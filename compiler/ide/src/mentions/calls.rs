//! What calls know that the names in them do not: which function is meant, and which parameter by a named argument.

use super::bodies::Inside;
use super::{Builder, Named};
use qi_base::Name;
use qi_hir::{Arg, Body, Callee, ExprId, ExprKind, LocalId, Res, TypedBody};
use std::collections::HashMap;

impl Builder<'_> {
    /// By the expression that names what is called.
    pub(super) fn called(&self, body: &Body, typed: &TypedBody) -> HashMap<ExprId, Named> {
        let calls = body.exprs.iter().filter_map(|(id, it)| match &it.kind {
            ExprKind::Call { callee, .. } => Some((id, *callee)),
            _ => None,
        });
        calls.filter_map(|(id, callee)| Some((callee, self.declared.callee(&typed.calls.get(&id)?.callee)?))).collect()
    }

    /// `callee` is the expression in front of the parentheses, which a method call has none of.
    pub(super) fn argument_names(&mut self, inside: &Inside, id: ExprId, callee: Option<ExprId>, args: &[Arg]) {
        let Some(call) = inside.typed.calls.get(&id) else { return };
        for (name, span) in args.iter().filter_map(|it| it.name) {
            let param = match (&call.callee, callee) {
                (Callee::Value, Some(callee)) => local_param(inside, callee, name),
                (known, _) => self.declared.param(known, name),
            };
            if let Some(param) = param {
                self.mention(span, param);
            }
        }
    }
}

/// The parameter of a local function: those of other values have no names.
fn local_param(inside: &Inside, callee: ExprId, name: Name) -> Option<Named> {
    let Some(Res::Local(local)) = inside.typed.names.get(&callee) else { return None };
    let closure = inside.typed.local_functions.get(local)?;
    let ExprKind::Closure(it) = &inside.body.exprs[*closure].kind else { return None };
    let is_it = |it: &LocalId| inside.body.locals[*it].name == name;
    it.params.iter().map(|it| it.local).find(is_it).map(|it| inside.local(it))
}
