//! 跳出, 继续, 让出 and labels stand where they mean something.

use super::view::{BodyOwner, View};
use crate::{ExprId, ExprKind, Function, FunctionKind, diagnostics, walk};
use qi_base::{Diagnostics, Name, Span};

pub(super) fn check(view: &View, diagnostics: &mut Diagnostics) {
    let kind = match view.owner {
        BodyOwner::Function(id) => view.program.functions[id].kind,
        BodyOwner::Global(_) | BodyOwner::Field(..) => FunctionKind::Plain,
    };
    let plain_function = match view.owner {
        BodyOwner::Function(id) => plain_declaration(&view.program.functions[id]),
        BodyOwner::Global(_) | BodyOwner::Field(..) => None,
    };
    for root in view.roots() {
        let context = match view.body.root {
            Some(body) if body == root => Context { plain_function, ..Context::new(kind) },
            // A default value is not in the body, even if it is that of a 协程.
            _ => Context::new(FunctionKind::Plain),
        };
        Checker { view, diagnostics, context }.expr(root);
    }
}

/// Where `函数` stands, if nothing stands before it.
fn plain_declaration(function: &Function) -> Option<Span> {
    let (head, name) = (function.signature_span, function.name_span);
    let keyword_only = head.file == name.file && name.start - head.start <= "函数 ".len() as u32;
    (function.kind == FunctionKind::Plain && keyword_only && name.start > head.start).then_some(head)
}

/// What surrounds an expression within its function or closure.
#[derive(Clone)]
struct Context {
    is_coroutine: bool,
    /// See [`plain_declaration`].
    plain_function: Option<Span>,
    /// Labels of the loops around.
    loops: Vec<Option<Name>>,
    in_finally: bool,
    in_scope: bool,
    /// Reported.
    yields_in_vain: bool,
}

impl Context {
    fn new(kind: FunctionKind) -> Self {
        let is_coroutine = matches!(kind, FunctionKind::Coroutine | FunctionKind::AsyncCoroutine);
        Self {
            is_coroutine,
            plain_function: None,
            loops: Vec::new(),
            in_finally: false,
            in_scope: false,
            yields_in_vain: false,
        }
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
                let outer = std::mem::replace(&mut self.context, Context::new(FunctionKind::Plain));
                closure.params.iter().filter_map(|it| it.default).for_each(|it| self.expr(it));
                self.context = Context::new(closure.kind);
                self.expr(closure.body);
                self.context = outer;
            }
            // A jump in a condition or in what 对于 goes over is one of the loop around.
            ExprKind::While { label, body, .. }
            | ExprKind::Loop { label, body }
            | ExprKind::For { label, body, .. } => walk::children(&view.body.exprs[id], &mut |child| {
                if child == *body {
                    self.context.loops.push(*label);
                }
                self.expr(child);
                if child == *body {
                    self.context.loops.pop();
                }
            }),
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
                let is_bare = matches!(view.kind(id), ExprKind::Yield(None));
                self.yields(span, is_bare);
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

    fn yields(&mut self, span: Span, is_bare: bool) {
        if !self.context.is_coroutine {
            // One 协程 makes all of them right.
            if !std::mem::replace(&mut self.context.yields_in_vain, true) {
                let function = self.context.plain_function.filter(|_| !is_bare);
                self.diagnostics.push(diagnostics::yield_outside_coroutine(span, function));
            }
        } else if self.context.in_finally {
            self.diagnostics.push(diagnostics::yield_in_finally(span));
        } else if self.context.in_scope {
            self.diagnostics.push(diagnostics::yield_in_scope(span));
        }
    }
}
