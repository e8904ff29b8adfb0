//! Methods called by the name of their type or trait, `类型.方法(值, …)` and `特性.方法(值, …)`: the first argument is the
//! receiver.

use super::body::{BodyChecker, Cause};
use super::method::MethodExpr;
use super::names::find_variant;
use super::solver;
use crate::{Arg, ExprId, Mode, TraitId, Ty, TyKind};
use qi_base::Name;

/// Whose method a qualified name means.
pub(super) enum MethodOwner {
    Type(Ty),
    Trait(TraitId),
}

/// The argument can be a receiver.
pub(super) fn is_plain(it: &Arg) -> bool {
    it.name.is_none() && it.mode == Mode::Value
}

impl<'p> BodyChecker<'_, 'p> {
    /// There is an argument, and it [`is_plain`].
    pub fn call_of_argument(&mut self, expr: ExprId, it: &MethodExpr<'p>, owner: MethodOwner, hint: Option<Ty>) -> Ty {
        let receiver = it.args[0].value;
        let found = self.infer(receiver, None);
        if self.shallow(found).is_error() {
            return self.failed_call(&it.args[1..]);
        }
        let (ty, trait_) = match owner {
            MethodOwner::Type(ty) => {
                let cause = Cause::new(self.span(it.receiver), "这里写的类型", "the type written here");
                self.coerce(receiver, found, ty, cause);
                (ty, None)
            }
            MethodOwner::Trait(it) => (found, Some(it)),
        };
        let call = MethodExpr { receiver, args: &it.args[1..], ..*it };
        match self.call_method(expr, &call, ty, trait_, hint) {
            Some(result) => {
                self.out.receivers.insert(expr, receiver);
                result
            }
            None => self.failed_call(call.args),
        }
    }

    /// The name means nothing else in the type than a method.
    pub fn names_method(&self, ty: Ty, name: Name) -> bool {
        let is_variant =
            matches!(self.shallow(ty).kind(), TyKind::Adt(adt, _) if find_variant(self.program, *adt, name).is_some());
        !is_variant
            && self.static_functions(ty, name).is_empty()
            && (self.has_method(ty, name) || self.has_trait_method(ty, name))
    }

    fn has_trait_method(&self, ty: Ty, name: Name) -> bool {
        let signatures = &self.cx.analysis.signatures;
        let ty = self.table.resolve(ty);
        // Of `盒` only `盒<整数>` may have it, which the receiver tells.
        let may_have = |trait_: TraitId| {
            let mut impls = signatures.trait_impls.get(&trait_).into_iter().flatten();
            ty.has_infer() && impls.any(|&it| solver::head(signatures.impls[it].target) == solver::head(ty))
        };
        signatures.trait_methods.get(&name).into_iter().flatten().any(|&it| {
            let trait_ = super::trait_of(self.program, it).expect("indexed by trait");
            self.program.functions[it].has_self
                && (solver::find_impl_args(self.program, signatures, trait_, ty).is_some() || may_have(trait_))
        })
    }
}
