//! A whole program: types, functions, globals, vtables, sites. Everything codegen needs, nothing of the source language.

use crate::{ExternId, Function, FunctionId, GlobalId, Opcode, SignatureId, SiteId, Type, TypeKind, Types, VTableId};
use qi_abi::Own;
use qi_base::IdVec;
use std::collections::BTreeSet;

/// A static variable. Starts empty (all zero); the entry's initialisers fill it.
#[derive(Clone, Debug)]
pub struct Global {
    pub name: String,
    pub ty: Type,
    /// 常量: its value is made immortal after initialisation.
    pub constant: bool,
    /// Scalar that tasks share: every access is atomic.
    pub atomic: bool,
}

#[derive(Clone, Debug)]
pub struct VTable {
    pub ty: Type,
    /// Name of the trait.
    pub trait_name: String,
    /// Functions of kind `Method`, in trait order.
    pub methods: Vec<FunctionId>,
}

/// C function of an 外部 block: scalars and pointers by the C convention.
#[derive(Clone, Debug)]
pub struct ExternFunction {
    pub symbol: String,
    pub params: Vec<Type>,
    pub result: Type,
    pub library: Option<String>,
    /// 外部 阻塞: runs on the blocking pool.
    pub blocking: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Site {
    pub file: String,
    pub function: String,
    /// The source line without its break.
    pub text: String,
    pub line: u32,
    pub column: u32,
    /// The call that the operation was inlined from. For the await stacks of dumps; error stacks grow call by call.
    pub inlined_at: Option<SiteId>,
}

/// How the program starts.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Initialises the globals and runs 主函数. No parameters; result i64 (exit code).
    pub function: FunctionId,
}

#[derive(Clone, Debug, Default)]
pub struct Module {
    pub types: Types,
    pub functions: IdVec<FunctionId, Function>,
    pub externs: IdVec<ExternId, ExternFunction>,
    pub globals: IdVec<GlobalId, Global>,
    pub vtables: IdVec<VTableId, VTable>,
    pub sites: IdVec<SiteId, Site>,
    /// None for a library.
    pub entry: Option<Entry>,
    /// Of a library: initialises the globals; runs once, before the first exported function. No parameters, result unit.
    pub start: Option<FunctionId>,
    /// C libraries to link (`m` for `-lm`).
    pub libraries: Vec<String>,
    /// What `effects` found about indirect calls; ask [`Module::inst_suspends`]. Signatures of closures some body of which suspends.
    pub suspending_signatures: BTreeSet<SignatureId>,
    /// Trait name and method index, where the method of some vtable suspends.
    pub suspending_methods: BTreeSet<(String, u32)>,
    /// Item and sent type of generators some body of which suspends (流).
    pub suspending_generators: BTreeSet<(Type, Type)>,
}

impl Module {
    /// Whether the operation may suspend the function it stands in. Exact after `effects`; `ty` gives the types of the operands.
    pub fn inst_suspends(&self, opcode: &Opcode, mut arg: impl FnMut(usize) -> Type) -> bool {
        match opcode {
            Opcode::Call(function) => self.functions[*function].suspends,
            Opcode::CallClosure => match self.types.kind(arg(0)) {
                TypeKind::Closure(signature) => self.suspending_signatures.contains(signature),
                _ => false,
            },
            Opcode::CallDynamic { method, .. } => match self.types.trait_of(arg(0)) {
                Some(name) => self.suspending_methods.contains(&(name.to_owned(), *method)),
                None => false,
            },
            Opcode::CallRuntime(function, _) => function.suspends(),
            Opcode::CallExtern(it) => self.externs[*it].blocking,
            Opcode::GeneratorNext => match *self.types.kind(arg(0)) {
                TypeKind::Generator { item, sent } => self.suspending_generators.contains(&(item, sent)),
                _ => false,
            },
            _ => false,
        }
    }
}

impl crate::opcode::CalleeFacts for Module {
    fn function_param(&self, function: FunctionId, index: usize) -> Own {
        self.functions[function].params[index].own
    }
}
