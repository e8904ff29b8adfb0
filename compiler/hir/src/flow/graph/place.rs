//! Events of assignments and other changes of places.

use super::Event;
use super::build::Builder;
use crate::flow::view::Root;
use crate::{BinaryOp, ExprId};

impl Builder<'_, '_> {
    pub fn assign(&mut self, id: ExprId, place: ExprId, op: Option<BinaryOp>, value: ExprId) {
        if let Some(local) = self.view.local(place) {
            if op.is_some() {
                self.event(Event::Use(local), place);
            }
            self.expr(value);
            self.event(Event::Assign(local), id);
            return;
        }
        self.expr(place);
        self.expr(value);
        self.change(place, id);
    }

    /// `place` has just been changed by `by`.
    pub fn change(&mut self, place: ExprId, by: ExprId) {
        if let Root::Local(local) = self.view.root(place) {
            self.event(Event::Mutate(local), by);
        }
    }
}
