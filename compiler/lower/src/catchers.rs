//! Catching by trait: one function per trait, `(error) -> 选项<任意 特性>`, that asks for each of the program's types. Which
//! instances of generic error types exist is known last, so these bodies are lowered when nothing else is left, and again
//! whenever that brings new types. Cost: one comparison per type that implements the trait.

use crate::body::Body;
use crate::context::Lower;
use crate::instances::Declaration;
use qi_base::bug;
use qi_hir::{TraitId, Ty, TyKind};
use qi_mir as mir;
use qi_mir::{FunctionKind, Opcode, Own, Value};

/// A catching function, and how many types were known when its body was lowered.
pub(crate) struct Catcher {
    wanted: Ty,
    function: mir::FunctionId,
    declared: mir::Function,
    n_types: Option<usize>,
}

impl Lower<'_> {
    /// The function that takes errors as the 任意 type `wanted`.
    pub fn catcher(&mut self, wanted: Ty) -> mir::FunctionId {
        if let Some(known) = self.catchers.iter().find(|it| it.wanted == wanted) {
            return known.function;
        }
        let option = self.option_of(wanted);
        let name = self.type_name(wanted);
        let (error, result) = (self.module.types.error(), self.ty(option));
        let function = self.push_declaration(Declaration {
            symbol: format!("qi.捕获.{name}"),
            name,
            kind: FunctionKind::Plain,
            params: vec![mir::Param { ty: error, own: Own::Borrow, name: "错误".to_owned() }],
            result,
            span: None,
        });
        let declared = self.module.functions[function].clone();
        self.catchers.push(Catcher { wanted, function, declared, n_types: None });
        function
    }

    /// Lowers one whose body is missing or older than the newest type. False if there is none.
    pub fn lower_stale_catcher(&mut self) -> bool {
        let n_types = self.generic_types.len();
        let Some(stale) = self.catchers.iter_mut().find(|it| it.n_types.is_none_or(|then| then < n_types)) else {
            return false;
        };
        stale.n_types = Some(n_types);
        let (wanted, id) = (stale.wanted, stale.function);
        self.module.functions[id] = stale.declared.clone();
        let mut body = Body::synthesized(self, id);
        let value = body.catch_as(wanted);
        body.finish_with(value);
        body.finish(id);
        true
    }

    /// Concrete types that implement the trait; of generic ones the instances that the program has so far.
    pub fn implementing_types(&self, trait_: TraitId, args: &[Ty]) -> Vec<Ty> {
        let signatures = &self.analysis.signatures;
        let impls = signatures.trait_impls.get(&trait_).into_iter().flatten();
        let concrete = impls.map(|&it| signatures.impls[it].target).filter(|it| !it.has_params());
        let all = concrete.chain(self.generic_types.iter().copied());
        all.filter(|&it| self.find_impl(trait_, args, it).is_some()).collect()
    }
}

impl Body<'_, '_> {
    fn catch_as(&mut self, wanted: Ty) -> Value {
        let TyKind::Dynamic(trait_, args) = wanted.kind() else { bug!("no 任意 type to catch") };
        let option = self.build.func.result;
        let error = self.param(0);
        let (found, result) = self.build.new_block_with(option);
        for from in self.cx.implementing_types(*trait_, args) {
            let next = self.build.new_block();
            self.require_type(error, from, next);
            let lowered = self.cx.ty(from);
            let payload = self.build.plain(Opcode::ErrorGet(lowered), vec![error], lowered, None);
            let value = self.make_dynamic(payload, from, wanted);
            let value = self.some(option, value);
            self.build.jump(found, vec![value]);
            self.build.switch_to(next);
        }
        let none = self.none(option);
        self.build.jump(found, vec![none]);
        self.build.switch_to(found);
        result
    }
}
