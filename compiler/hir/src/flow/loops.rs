//! 跳出, 继续, 让出 and labels stand where they mean something.

use super::view::{BodyOwner, View};
use crate::{ExprId, ExprKind, FunctionKind, diagnostics, walk};
use qi_base::{Diagnostics, Name, Span};

pub(super) fn check(view: &View, diagnostics: &mut Diagnostics) {
    let kind = match view.owner {
        BodyOwner::Function(id) => view.program.functions[id].kind,
        BodyOwner::Global(_) | BodyOwner::Field(..) => FunctionKind::Plain,
    };
    for root in view.roots() {
        let mut checker = Checker { view, diagnostics, context: Context::new(kind) };
        checker.expr(root);
    }
}

/// What surrounds an expression within its function or closure.
#[derive(Clone)]
struct Context {
    is_coroutine: bool,
    /// Labels of the loops around.
    loops: Vec<Option<Name>>,
    in_finally: bool,
    in_scope: bool,
}

impl Context {
    fn new(kind: FunctionKind) -> Self {
        let is_coroutine = matches!(kind, FunctionKind::Coroutine | FunctionKind::AsyncCoroutine);
        Self { is_coroutine, loops: Vec::new(), in_finally: false, in_scope: false }
    }
}

struct Checker<'x, 'a> {
    view: &'x View<'a>,
    diagnostics: &'x mut Diagnostics,
    context: Context,
}

impl Checker<'_, '_> {
    fn expr(&mut self, id: ExprId) {
        let view = self.view;
        let span = view.span(id);
        match view.kind(id) {
            ExprKind::Closure(closure) => {
                let outer = std::mem::replace(&mut self.context, Context::new(closure.kind));
                self.expr(closure.body);
                self.context = outer;
            }
            ExprKind::While { label, .. } | ExprKind::Loop { label, .. } | ExprKind::For { label, .. } => {
                self.context.loops.push(*label);
                self.children(id);
                self.context.loops.pop();
            }
            ExprKind::Try { body, catches, finally } => {
                self.expr(*body);
                catches.iter().for_each(|it| self.expr(it.body));
                if let Some(finally) = finally {
                    let outer = std::mem::replace(&mut self.context.in_finally, true);
                    self.expr(*finally);
                    self.context.in_finally = outer;
                }
            }
            ExprKind::Scope(body) => {
                let outer = std::mem::replace(&mut self.context.in_scope, true);
                self.expr(*body);
                self.context.in_scope = outer;
            }
            ExprKind::Break { label } => self.jump("跳出", *label, span),
            ExprKind::Continue { label } => self.jump("继续", *label, span),
            ExprKind::Yield(_) | ExprKind::YieldAll(_) => {
                self.yields(span);
                self.children(id);
            }
            _ => self.children(id),
        }
    }

    fn children(&mut self, id: ExprId) {
        let body = self.view.body;
        walk::children(&body.exprs[id], &mut |child| self.expr(child));
    }

    fn jump(&mut self, word: &str, label: Option<(Name, Span)>, span: Span) {
        match label {
            Some((label, label_span)) if !self.context.loops.contains(&Some(label)) => {
                let known = self.context.loops.iter().flatten().map(|it| it.as_str());
                let similar = qi_base::suggest::similar(label.as_str(), known);
                self.diagnostics.push(diagnostics::unknown_label(label_span, label.as_str(), similar));
            }
            None if self.context.loops.is_empty() => {
                self.diagnostics.push(diagnostics::jump_outside_loop(span, word));
            }
            Some(_) | None => {}
        }
    }

    fn yields(&mut self, span: Span) {
        if !self.context.is_coroutine {
            self.diagnostics.push(diagnostics::yield_outside_coroutine(span));
        } else if self.context.in_finally {
            self.diagnostics.push(diagnostics::yield_in_finally(span));
        } else if self.context.in_scope {
            self.diagnostics.push(diagnostics::yield_in_scope(span));
        }
    }
}
