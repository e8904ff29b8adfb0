//! Method tables of 任意 values: one per concrete type and trait. Hidden methods follow the declared ones: the type's
//! number, by which a downcast knows what it has, for traits that extend 错误 the content as an error, and the content as a
//! 任意 of each supertrait.

use crate::context::Lower;
use crate::target::TargetSignature;
use crate::thunks::Thunk;
use qi_hir::{TraitId, Ty, TyKind};
use qi_mir as mir;

impl Lower<'_> {
    pub fn vtable(&mut self, ty: Ty, trait_: TraitId, args: &[Ty]) -> mir::VTableId {
        let key = (ty, trait_, args.to_vec());
        if let Some(&known) = self.vtables.get(&key) {
            return known;
        }
        let dynamic = self.ty(Ty::new(TyKind::Dynamic(trait_, args.to_vec())));
        let trait_name = self.module.types.trait_of(dynamic).unwrap_or_default().to_owned();
        let lowered = self.ty(ty);
        let id = self.module.vtables.push(mir::VTable { ty: lowered, trait_name, methods: Vec::new() });
        self.vtables.insert(key, id);
        let mut methods = Vec::new();
        for method in self.dynamic_methods(trait_) {
            let generics = self.dynamic_generics(trait_, args, method, ty);
            let target = self.resolve_method(method, &generics);
            let mutates = self.is_mutating(method);
            methods.push(self.thunk(Thunk::Method { target, ty, mutates }));
        }
        methods.push(self.thunk(Thunk::TypeNumber(ty)));
        if self.extends_error(trait_) {
            methods.push(self.thunk(Thunk::Raise(ty)));
        }
        for to in self.super_dynamics(trait_, args, ty) {
            methods.push(self.thunk(Thunk::Upcast { ty, to }));
        }
        self.module.vtables[id].methods = methods;
        id
    }

    pub fn type_number(&mut self, ty: Ty) -> i128 {
        let next = self.type_numbers.len() as i128;
        *self.type_numbers.entry(ty).or_insert(next)
    }
}

/// Of a hidden method.
pub(crate) fn hidden_signature(result: Ty) -> TargetSignature {
    TargetSignature { receiver: None, params: Vec::new(), result, is_async: false, is_generator: false }
}
