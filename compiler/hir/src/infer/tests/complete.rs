//! Proves that a typed body without findings holds everything its readers rely on: a closed type for each expression that is
//! evaluated, and the table entries its kind calls for.

use crate::{Analysis, ArgSource, Body, Callee, ExprId, ExprKind, Res, Statement, Ty, TypedBody, walk};

pub(super) fn check(program: &crate::Program, analysis: &Analysis) {
    for (id, typed) in &analysis.bodies {
        let function = &program.functions[*id];
        let body = function.body.as_ref().expect("only bodies are typed");
        let defaults = function.params.iter().filter_map(|it| it.default);
        let checker = Checker { body, typed, name: function.name.as_str() };
        body.root.into_iter().chain(defaults).for_each(|it| checker.expr(it));
    }
    for (id, typed) in &analysis.global_bodies {
        let global = &program.globals[*id];
        let body = global.init.as_ref().expect("only bodies are typed");
        let checker = Checker { body, typed, name: global.name.as_str() };
        body.root.into_iter().for_each(|it| checker.expr(it));
        closed(analysis.signatures.globals[*id].ty, global.name.as_str());
    }
}

fn closed(ty: Ty, what: &str) {
    assert!(!ty.has_infer() && !ty.has_error(), "{what} has the type {ty:?}");
}

struct Checker<'a> {
    body: &'a Body,
    typed: &'a TypedBody,
    name: &'a str,
}

impl Checker<'_> {
    fn expr(&self, id: ExprId) {
        let it = &self.body.exprs[id];
        let what = format!("{} {id} {:?}", self.name, it.kind);
        let ty = self.typed.expr_types[id].unwrap_or_else(|| panic!("no type: {what}"));
        closed(ty, &what);
        assert!(self.has_entries(id), "entries are missing: {what}");
        match &it.kind {
            ExprKind::Call { callee, .. } | ExprKind::MethodCall { receiver: callee, .. } => {
                let call = &self.typed.calls[&id];
                self.callee(&call.callee, &what);
                let is_value = match &it.kind {
                    ExprKind::Call { .. } => call.callee == Callee::Value,
                    _ => !matches!(self.typed.names.get(callee), Some(Res::Type(_) | Res::Module(_))),
                };
                match self.typed.receivers.get(&id) {
                    // `类型.方法(值)`
                    Some(receiver) => self.expr(*receiver),
                    None if is_value => self.expr(*callee),
                    None => {}
                }
                for source in &call.args {
                    match source {
                        ArgSource::Expr(it) => self.expr(*it),
                        ArgSource::Variadic(all) => all.iter().for_each(|it| self.expr(*it)),
                        ArgSource::Default => {}
                    }
                }
            }
            ExprKind::Field { .. } if self.typed.names.contains_key(&id) => {}
            ExprKind::Index { base, index } if matches!(self.body.exprs[*index].kind, ExprKind::Range { .. }) => {
                self.expr(*base);
                walk::children(&self.body.exprs[*index], &mut |it| self.expr(it));
            }
            ExprKind::Block(block) => {
                for statement in &block.statements {
                    if let Statement::Let { pat, .. } = statement {
                        assert!(self.typed.pat_types[*pat].is_some(), "untyped pattern in {what}");
                    }
                }
                walk::children(it, &mut |it| self.expr(it));
            }
            _ => walk::children(it, &mut |it| self.expr(it)),
        }
    }

    fn callee(&self, callee: &Callee, what: &str) {
        match callee {
            Callee::Function { generics, .. }
            | Callee::TraitMethod { generics, .. }
            | Callee::DynamicMethod { generics, .. }
            | Callee::Variant { generics, .. } => generics.iter().for_each(|&it| closed(it, what)),
            Callee::Value | Callee::Builtin(_) => {}
        }
    }

    fn has_entries(&self, id: ExprId) -> bool {
        let typed = self.typed;
        match &self.body.exprs[id].kind {
            ExprKind::Error => false,
            ExprKind::Path(_) | ExprKind::SelfValue => {
                typed.names.get(&id).is_some_and(|it| !matches!(it, Res::Error | Res::Module(_) | Res::Type(_)))
            }
            ExprKind::Call { .. } => typed.calls.contains_key(&id),
            ExprKind::MethodCall { .. } => {
                let is_field = typed.calls.get(&id).is_some_and(|it| it.callee == Callee::Value);
                typed.calls.contains_key(&id) && (!is_field || typed.fields.contains_key(&id))
            }
            ExprKind::Field { .. } => {
                typed.names.contains_key(&id)
                    || typed.fields.contains_key(&id)
                    || typed.calls.contains_key(&id)
                    || typed.bound_methods.contains_key(&id)
            }
            ExprKind::Index { .. } => typed.indexes.contains_key(&id),
            ExprKind::Map(_) => typed.expr_types[id] == Some(Ty::unit()) || typed.indexes.contains_key(&id),
            ExprKind::Struct { .. } => typed.structs.contains_key(&id),
            ExprKind::For { .. } | ExprKind::YieldAll(_) => typed.loops.contains_key(&id),
            ExprKind::Cast { .. } => typed.casts.contains_key(&id),
            ExprKind::Binary { .. } | ExprKind::Unary { .. } => {
                typed.operators.get(&id).is_some_and(|it| it.len() == 1)
            }
            ExprKind::Compare { ops, .. } => typed.operators.get(&id).is_some_and(|it| it.len() == ops.len()),
            ExprKind::Assign { op, .. } => op.is_some() == typed.operators.contains_key(&id),
            ExprKind::Question(_) | ExprKind::Unwrap(_) => typed.questions.contains_key(&id),
            ExprKind::Closure(_) => typed.closures.contains_key(&id),
            ExprKind::Await(_) => typed.awaits.contains_key(&id),
            ExprKind::Try { catches, .. } => (0..catches.len()).all(|it| typed.catches.contains_key(&(id, it))),
            _ => true,
        }
    }
}
