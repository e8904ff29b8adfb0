//! Names that are no variables: functions and constructors as values, variants.

use crate::body::Body;
use crate::expr::call::print_entry;
use crate::target::Target;
use crate::thunks::Thunk;
use qi_base::bug;
use qi_hir::{ExprId, Res, Ty, TyKind};
use qi_mir::{Opcode, Value};

impl Body<'_, '_> {
    pub(super) fn name(&mut self, expr: ExprId) -> Value {
        match self.scope.typed.names.get(&expr) {
            Some(Res::Function { function, generics }) => {
                let target = Target::Function { function: *function, generics: self.subst_all(generics) };
                self.function_value(target)
            }
            Some(Res::Variant { adt, variant, generics }) => {
                let generics = self.subst_all(generics);
                let ty = self.raw_type(expr);
                if matches!(ty.kind(), TyKind::Function { .. }) {
                    return self.function_value(Target::Variant { adt: *adt, variant: *variant, generics });
                }
                let ty = self.cx.ty(Ty::new(TyKind::Adt(*adt, generics)));
                self.variant(ty, *variant, Vec::new())
            }
            Some(Res::Builtin(it)) => {
                let ty = self.raw_type(expr);
                let (Some(entry), TyKind::Function { params, .. }) = (print_entry(it), ty.kind()) else {
                    bug!("{it:?} is no value")
                };
                let params = params.iter().map(|it| it.1).collect();
                self.function_value(Target::Print { entry, params })
            }
            other => bug!("{other:?} is no value, at {:?}", self.span),
        }
    }

    /// A named function or constructor as a 函数 value.
    pub fn function_value(&mut self, target: Target) -> Value {
        let signature = self.cx.target_signature(&target);
        let ty = Ty::new(TyKind::Function { params: signature.operands(), result: signature.value_result() });
        let ty = self.cx.ty(ty);
        let code = self.cx.thunk(Thunk::Forward(target));
        self.build.plain(Opcode::ClosureNew(code), Vec::new(), ty, None)
    }

    /// A method as a 函数 value that holds a copy of its receiver.
    pub(super) fn bound_method(&mut self, target: Target, receiver: Value) -> Value {
        let signature = self.cx.target_signature(&target);
        let ty = Ty::new(TyKind::Function { params: signature.params.clone(), result: signature.value_result() });
        let ty = self.cx.ty(ty);
        let (code, environment) = self.cx.bound_thunk(target);
        let content = match *self.cx.module.types.kind(environment) {
            qi_mir::TypeKind::Box(of) => of,
            _ => bug!("a bound method without environment"),
        };
        let content = self.struct_new(content, vec![receiver]);
        let environment = self.build.plain(Opcode::BoxNew, vec![content], environment, None);
        self.build.plain(Opcode::ClosureNew(code), vec![environment], ty, None)
    }
}
