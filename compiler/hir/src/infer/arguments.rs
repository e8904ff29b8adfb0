//! How the parameters of a call get their arguments: by position, by name, by default, many for `...`, back for 可变.

use super::body::{BodyChecker, Cause};
use crate::{Adjust, Arg, ArgSource, ExprId, ExprKind, LocalId, LocalKind, Mode, Res, Ty, TyKind, diagnostics};
use qi_base::{Name, Span};

/// A parameter as a call sees it.
pub(super) struct ParamSpec {
    pub name: Option<Name>,
    pub ty: Ty,
    pub mode: Mode,
    pub has_default: bool,
    pub variadic: bool,
    pub span: Option<Span>,
}

impl ParamSpec {
    pub fn plain(mode: Mode, ty: Ty) -> Self {
        Self { name: None, ty, mode, has_default: false, variadic: false, span: None }
    }
}

/// A `...` before other parameters, which is reported: which argument goes where is not known.
pub(super) fn is_misdeclared(specs: &[ParamSpec]) -> bool {
    specs.iter().rev().skip(1).any(|it| it.variadic)
}

impl<'p> BodyChecker<'_, 'p> {
    pub fn arguments(
        &mut self,
        expr: ExprId,
        specs: &[ParamSpec],
        args: &'p [Arg],
        is_foreign: bool,
    ) -> Vec<ArgSource> {
        let mut slots: Vec<Vec<&'p Arg>> = specs.iter().map(|_| Vec::new()).collect();
        let complete = self.assign_arguments(specs, args, &mut slots);
        // Closures come last: the other arguments tell what their parameters are.
        for closures in [false, true] {
            for (spec, slot) in specs.iter().zip(&slots) {
                for arg in slot {
                    if self.is_open_closure(arg.value) == closures {
                        self.argument(spec, arg, is_foreign);
                    }
                }
            }
        }
        let mut sources = Vec::new();
        for (spec, slot) in specs.iter().zip(slots) {
            sources.push(match slot[..] {
                _ if spec.variadic => ArgSource::Variadic(slot.iter().map(|it| it.value).collect()),
                [arg, ..] => ArgSource::Expr(arg.value),
                [] => {
                    if complete && !spec.has_default {
                        let name = spec.name.map_or("", |it| it.as_str());
                        self.report(diagnostics::missing_argument(self.span(expr), name));
                    }
                    ArgSource::Default
                }
            });
        }
        sources
    }

    /// False after a reported error.
    fn assign_arguments(&mut self, specs: &[ParamSpec], args: &'p [Arg], slots: &mut [Vec<&'p Arg>]) -> bool {
        let failed = std::mem::replace(&mut self.failed, false);
        let mut position = 0;
        let mut named = false;
        for arg in args {
            let index = match arg.name {
                Some((name, span)) => {
                    named = true;
                    match specs.iter().position(|it| it.name == Some(name)) {
                        Some(index) => index,
                        None => {
                            let all: Vec<&str> = specs.iter().filter_map(|it| Some(it.name?.as_str())).collect();
                            let similar = qi_base::suggest::similar(name.as_str(), all.iter().copied());
                            let report = diagnostics::unknown_argument(span, name.as_str(), similar);
                            self.report(match similar {
                                Some(_) => report,
                                None => diagnostics::with_parameters(report, &all),
                            });
                            self.infer(arg.value, None);
                            continue;
                        }
                    }
                }
                None if named => {
                    self.report(diagnostics::positional_after_named(self.span(arg.value)));
                    self.infer(arg.value, None);
                    continue;
                }
                None => {
                    let index = position;
                    if !specs.get(index).is_some_and(|it| it.variadic) {
                        position += 1;
                    }
                    index
                }
            };
            let Some(slot) = slots.get_mut(index) else {
                self.infer(arg.value, None);
                continue;
            };
            if !slot.is_empty() && !specs[index].variadic {
                let name = specs[index].name.map_or("", |it| it.as_str());
                self.report(diagnostics::duplicate_argument(self.span(arg.value), name));
                self.infer(arg.value, None);
                continue;
            }
            slot.push(arg);
        }
        let complete = !self.failed;
        self.failed |= failed;
        complete
    }

    /// A closure whose parameter types are not all written.
    fn is_open_closure(&self, expr: ExprId) -> bool {
        match &self.body.exprs[expr].kind {
            ExprKind::Closure(it) => it.params.iter().any(|it| it.ty.is_none()) || it.params.is_empty(),
            _ => false,
        }
    }

    /// A C function pointer carries no captures: it is made from a named function, a local function or a closure.
    fn c_pointer(&mut self, value: ExprId) {
        let is_local = |local: &LocalId| self.out.local_functions.contains_key(local);
        let is_known = match self.out.names.get(&value) {
            Some(Res::Function { .. }) => true,
            Some(Res::Local(local)) => is_local(local),
            _ => matches!(self.body.exprs[value].kind, ExprKind::Closure(_)),
        };
        if is_known {
            self.out.adjustments.entry(value).or_default().push(Adjust::ToCPointer);
        } else if !self.out.expr_types[value].is_some_and(|it| self.shallow(it).is_error()) {
            let (zh, en) = (
                "把函数值传给 C（请写有名字的函数或闭包本身）",
                "passing a function value to C (write a named function or the closure itself)",
            );
            self.report(diagnostics::unsupported_here(self.span(value), zh, en));
        }
    }

    /// 可变 would not help.
    fn is_in_constant(&self, mut place: ExprId) -> bool {
        loop {
            match &self.body.exprs[place].kind {
                ExprKind::Field { base, .. } | ExprKind::Index { base, .. } => place = *base,
                ExprKind::Path(path) => {
                    let local = path.segments.first().and_then(|it| self.find_local(it.name));
                    return local.is_some_and(|it| self.body.locals[it].kind == LocalKind::Constant);
                }
                _ => return false,
            }
        }
    }

    fn argument(&mut self, spec: &ParamSpec, arg: &Arg, is_foreign: bool) {
        let span = self.span(arg.value);
        let mut ty = spec.ty;
        let cause = Cause(spec.span.map(|it| (it, "参数在这里声明", "the parameter is declared here")));
        if let (ExprKind::Spread(array), true) = (&self.body.exprs[arg.value].kind, spec.variadic) {
            self.out.expr_types[arg.value] = Some(ty);
            return self.check(*array, ty, cause);
        }
        if spec.variadic {
            ty = match self.shallow(ty).kind() {
                TyKind::Array(item) => *item,
                _ => Ty::error(),
            };
        }
        if arg.mode != spec.mode {
            let name = spec.name.map_or("", |it| it.as_str());
            let diagnostic = diagnostics::argument_mode(span, name, spec.mode == Mode::InOut);
            let is_place = matches!(
                self.body.exprs[arg.value].kind,
                ExprKind::Path(_) | ExprKind::Field { .. } | ExprKind::Index { .. } | ExprKind::SelfValue
            );
            self.report(match spec.mode == Mode::InOut && is_place && !self.is_in_constant(arg.value) {
                true => diagnostics::with_mutable(diagnostic, span),
                false => diagnostic,
            });
        }
        if spec.mode == Mode::InOut && arg.mode == Mode::InOut {
            // The callee writes back: the types must be the same.
            let found = self.infer(arg.value, Some(ty));
            if !self.table.try_unify(found, ty) {
                self.mismatch(span, found, ty, cause);
            }
            return;
        }
        let found = self.infer(arg.value, Some(ty));
        if !self.coerce(arg.value, found, ty, cause)
            && spec.variadic
            && let TyKind::Array(of) = self.shallow(found).kind()
            && self.table.try_unify(*of, ty)
        {
            self.amend(span, |it| diagnostics::spread_of_array(it, span));
        }
        if is_foreign && matches!(self.shallow(ty).kind(), TyKind::Function { .. }) {
            self.c_pointer(arg.value);
        }
    }
}
