//! How compiled functions call each other. Three shapes, all `fastcc`:
//! plain `R f(args)`; throwing `{R, error} f(args)`, `error f(args)` for 空; suspendable `frame f(task, out, args)`.
//! A result of many words goes through a leading pointer instead. Whatever is reached through a code pointer
//! (bodies of closures, methods of vtables) throws by ABI, or suspends where its class does.

use crate::module::Codegen;
use crate::types::MAX_RETURN_WORDS;
use inkwell::types::{BasicMetadataTypeEnum, BasicType, BasicTypeEnum, FunctionType};
use qi_mir::{FunctionId, FunctionKind, Own, Signature, Type, TypeKind};

#[derive(Clone, Debug)]
pub struct Abi<'c> {
    /// Types of the MIR parameters.
    pub params: Vec<BasicTypeEnum<'c>>,
    pub result: Type,
    pub throws: bool,
    pub suspends: bool,
    /// The result goes through a pointer that comes first.
    pub out: bool,
}

impl<'c> Abi<'c> {
    /// Parameters before the MIR ones.
    pub fn lead(&self) -> usize {
        if self.suspends { 2 } else { usize::from(self.out) }
    }
}

impl<'c> Codegen<'c, '_> {
    pub fn abi(&self, id: FunctionId) -> Abi<'c> {
        let func = &self.mir.functions[id];
        let params = func.params.iter().enumerate();
        let params = params.map(|(index, param)| match func.kind {
            // The environment is a pointer also when nothing is captured.
            FunctionKind::Closure if index == 0 => self.ptr_type().into(),
            _ => self.value_type(param.ty),
        });
        let indirect = matches!(func.kind, FunctionKind::Closure | FunctionKind::Method);
        self.make_abi(params.collect(), func.result, func.throws || indirect, func.suspends)
    }

    /// Of the code in 函数 values of a signature: environment first.
    pub fn closure_abi(&self, signature: qi_mir::SignatureId) -> Abi<'c> {
        let suspends = self.mir.suspending_signatures.contains(&signature);
        self.indirect_abi(self.mir.types.signature_of(signature), suspends)
    }

    /// Of a method reached through a vtable: the receiver first.
    pub fn method_abi(&self, trait_name: &str, method: u32, signature: &Signature) -> Abi<'c> {
        let suspends = self.mir.suspending_methods.contains(&(trait_name.to_owned(), method));
        self.indirect_abi(signature, suspends)
    }

    fn indirect_abi(&self, signature: &Signature, suspends: bool) -> Abi<'c> {
        let mut params: Vec<BasicTypeEnum<'c>> = vec![self.ptr_type().into()];
        params.extend(signature.params.iter().map(|&(own, ty)| match own {
            Own::Place => self.ptr_type().into(),
            Own::Plain | Own::Borrow | Own::Consume => self.value_type(ty),
        }));
        self.make_abi(params, signature.result, true, suspends)
    }

    /// The shape in which a function with these parameters is reached indirectly.
    pub fn lifted_abi(&self, own: &Abi<'c>, suspends: bool) -> Abi<'c> {
        self.make_abi(own.params.clone(), own.result, true, suspends)
    }

    fn make_abi(&self, params: Vec<BasicTypeEnum<'c>>, result: Type, throws: bool, suspends: bool) -> Abi<'c> {
        let out = !suspends && self.words(result) > MAX_RETURN_WORDS;
        Abi { params, result, throws, suspends, out }
    }

    pub fn function_type(&self, abi: &Abi<'c>) -> FunctionType<'c> {
        let ptr = self.ptr_type();
        let mut params: Vec<BasicMetadataTypeEnum<'c>> = vec![ptr.into(); abi.lead()];
        params.extend(abi.params.iter().map(|&it| BasicMetadataTypeEnum::from(it)));
        let nothing = abi.out || self.is_unit(abi.result);
        match (abi.suspends, abi.throws, nothing) {
            (true, ..) | (false, true, true) => ptr.fn_type(&params, false),
            (false, true, false) => self.fallible_type(abi.result).fn_type(&params, false),
            (false, false, true) => self.ctx.void_type().fn_type(&params, false),
            (false, false, false) => self.value_type(abi.result).fn_type(&params, false),
        }
    }

    /// `{R, error}`.
    pub fn fallible_type(&self, result: Type) -> inkwell::types::StructType<'c> {
        self.ctx.struct_type(&[self.value_type(result), self.ptr_type().into()], false)
    }

    /// `Out<R>`: continuation, error, value.
    pub fn out_type(&self, result: Type) -> inkwell::types::StructType<'c> {
        let ptr = self.ptr_type().into();
        self.ctx.struct_type(&[ptr, ptr, self.memory_type(result)], false)
    }

    /// Parameter of a function whose MIR type may be unit where LLVM has a pointer.
    pub fn is_environment(&self, id: FunctionId, index: usize) -> bool {
        let func = &self.mir.functions[id];
        index == 0
            && func.kind == FunctionKind::Closure
            && matches!(self.mir.types.kind(func.params[0].ty), TypeKind::Unit)
    }
}
