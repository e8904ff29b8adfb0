//! Items of a whole program: modules, functions, types, traits, implementations, globals. Written by `collect`.
//! Types in signatures are unresolved [`TypeRef`]s; `infer::signatures` resolves them into [`crate::Signatures`].

use crate::{Body, GenericId};
use qi_base::{FileId, IdVec, Name, Span, define_id};
use rustc_hash::FxHashMap;

define_id!(/// A module: one file.
    ModuleId, "module");
define_id!(/// A function, method, trait method or C function.
    FunctionId, "function");
define_id!(/// A struct or enum.
    AdtId, "adt");
define_id!(/// `类型 名 = 类型`.
    AliasId, "alias");
define_id!(TraitId, "trait");
define_id!(ImplId, "impl");
define_id!(/// A top-level 常量 or 变量.
    GlobalId, "global");
define_id!(TestId, "test");

#[derive(Debug, Default)]
pub struct Program {
    pub modules: IdVec<ModuleId, Module>,
    pub functions: IdVec<FunctionId, Function>,
    pub adts: IdVec<AdtId, Adt>,
    pub aliases: IdVec<AliasId, Alias>,
    pub traits: IdVec<TraitId, Trait>,
    pub impls: IdVec<ImplId, Impl>,
    pub globals: IdVec<GlobalId, Global>,
    pub tests: IdVec<TestId, Test>,
    /// Name, bounds and owner of every generic parameter.
    pub generics: IdVec<GenericId, Generic>,
    /// The module given on the command line; holds 主函数/入口 or top-level statements.
    pub root: Option<ModuleId>,
    /// The predeclared names (module 核心 of qi-std): its public items are visible everywhere, shadowable.
    pub prelude: Option<ModuleId>,
    /// Modules in initialisation order.
    pub order: Vec<ModuleId>,
}

#[derive(Debug)]
pub struct Module {
    pub name: Name,
    pub file: FileId,
    /// Part of qi-std: its bodies are checked only when used, and it may use `@内建`.
    pub is_std: bool,
    /// Own items by name; functions of one name form an overload set.
    pub items: FxHashMap<Name, Vec<Item>>,
    /// Names bound by imports.
    pub imports: Vec<Import>,
    /// Statements outside functions, as the body of a function `() -> 空` (only in the root module); globals are not in it.
    pub top_level: Option<FunctionId>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Item {
    Module(ModuleId),
    Function(FunctionId),
    Adt(AdtId),
    Alias(AliasId),
    Trait(TraitId),
    Global(GlobalId),
}

#[derive(Clone, Debug)]
pub struct Import {
    /// What it is called here.
    pub name: Name,
    /// Where it comes from; none if the path was not found (reported).
    pub target: Option<Item>,
    /// 公开 导入.
    pub public: bool,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct Generic {
    pub name: Name,
    pub span: Span,
    pub bounds: Vec<TypeRef>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Owner {
    Module,
    /// Method or associated function.
    Impl(ImplId),
    Trait(TraitId),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FunctionKind {
    Plain,
    /// 异步
    Async,
    /// 协程
    Coroutine,
    /// 异步 协程
    AsyncCoroutine,
}

#[derive(Debug)]
pub struct Function {
    pub name: Name,
    pub module: ModuleId,
    pub owner: Owner,
    pub kind: FunctionKind,
    /// Own generic parameters; those of the owner come before them everywhere (see [`Program::all_generics`]).
    pub generics: Vec<GenericId>,
    /// Method with 自己 (a local of the body, see [`Body::self_local`]).
    pub has_self: bool,
    pub params: Vec<Param>,
    pub result: Option<TypeRef>,
    pub public: bool,
    /// 导出: the C symbol.
    pub export: Option<String>,
    /// Inside an 外部 block.
    pub external: Option<External>,
    /// `@内建("name")`: the compiler or runtime supplies the body (std only).
    pub intrinsic: Option<String>,
    /// `@零分配`.
    pub no_alloc: bool,
    pub body: Option<Body>,
    pub name_span: Span,
    /// From the first modifier to the end of the signature.
    pub signature_span: Span,
    pub documentation: String,
}

#[derive(Clone, Debug)]
pub struct External {
    /// `m` of 外部 "m".
    pub library: Option<String>,
    pub blocking: bool,
}

#[derive(Debug)]
pub struct Param {
    pub name: Name,
    /// None only after a reported error.
    pub ty: Option<TypeRef>,
    /// Expression in the function's own body arena ([`Body::exprs`]); sees the parameters before it.
    pub default: Option<crate::ExprId>,
    /// `数们...: T`, arrives as 数组<T>.
    pub variadic: bool,
    pub mode: crate::Mode,
    pub span: Span,
}

#[derive(Debug)]
pub struct Adt {
    pub name: Name,
    pub module: ModuleId,
    pub generics: Vec<GenericId>,
    pub public: bool,
    pub kind: AdtKind,
    /// 外部 类型: C layout.
    pub external: bool,
    /// `@内建("name")`: known to compiler or runtime (fault types: the runtime's TypeInfo symbol; `map`, `set`, `range`, `option`, `result`).
    pub intrinsic: Option<String>,
    pub name_span: Span,
    /// Where 公开 would stand.
    pub head: Span,
    pub documentation: String,
}

#[derive(Debug)]
pub enum AdtKind {
    Struct(Vec<FieldDef>),
    Enum(Vec<VariantDef>),
}

#[derive(Debug)]
pub struct FieldDef {
    /// Of positional variant fields: none.
    pub name: Option<Name>,
    pub ty: TypeRef,
    /// Default value: body with the expression as root.
    pub default: Option<Body>,
    pub private: bool,
    pub span: Span,
}

#[derive(Debug)]
pub struct VariantDef {
    pub name: Name,
    pub fields: Vec<FieldDef>,
    /// `{ 宽: …, 高: … }` rather than `(…)`.
    pub named: bool,
    /// What `作为 整数` gives, where no variant of the enum has fields: as written, else one more than the variant before.
    pub number: i64,
    pub span: Span,
}

/// Another name for a type; in messages the type itself is shown.
#[derive(Debug)]
pub struct Alias {
    pub name: Name,
    pub module: ModuleId,
    pub generics: Vec<GenericId>,
    pub target: TypeRef,
    pub public: bool,
    pub name_span: Span,
    /// Where 公开 would stand.
    pub head: Span,
}

#[derive(Debug)]
pub struct Trait {
    pub name: Name,
    pub module: ModuleId,
    /// Generic parameters; `self_generic` stands for the implementing type.
    pub generics: Vec<GenericId>,
    pub self_generic: GenericId,
    /// In declaration order; with bodies where they have defaults.
    pub methods: Vec<FunctionId>,
    pub supertraits: Vec<TypeRef>,
    pub public: bool,
    pub intrinsic: Option<String>,
    pub name_span: Span,
    /// Where 公开 would stand.
    pub head: Span,
    pub documentation: String,
}

#[derive(Debug)]
pub struct Impl {
    pub module: ModuleId,
    pub generics: Vec<GenericId>,
    /// None for 实现 类型 {…}.
    pub trait_: Option<TypeRef>,
    pub target: TypeRef,
    pub methods: Vec<FunctionId>,
    pub span: Span,
}

#[derive(Debug)]
pub struct Global {
    pub name: Name,
    pub module: ModuleId,
    /// 常量.
    pub constant: bool,
    pub ty: Option<TypeRef>,
    /// Body with the initialiser as root.
    pub init: Option<Body>,
    pub public: bool,
    pub name_span: Span,
    /// Where 公开 would stand.
    pub head: Span,
}

#[derive(Debug)]
pub struct Test {
    pub name: String,
    /// A function without parameters.
    pub function: FunctionId,
    pub span: Span,
}

/// A type as written.
#[derive(Clone, Debug)]
pub struct TypeRef {
    pub kind: TypeRefKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub enum TypeRefKind {
    /// `甲`, `模块.甲<整数>`.
    Path(Path),
    /// `[T]`
    Array(Box<TypeRef>),
    Tuple(Vec<TypeRef>),
    /// `T?`
    Option(Box<TypeRef>),
    Function {
        params: Vec<(crate::Mode, TypeRef)>,
        result: Option<Box<TypeRef>>,
    },
    /// `任意 特性`
    Dynamic(Path),
    /// Already reported.
    Error,
}

/// `甲`, `甲.乙`, `甲::<T>`; separators `.` and `::` mean the same.
#[derive(Clone, Debug)]
pub struct Path {
    pub segments: Vec<PathSegment>,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub struct PathSegment {
    pub name: Name,
    pub generics: Vec<TypeRef>,
    pub span: Span,
}

impl Program {
    /// Where 公开 would make an item of the user's visible to other modules.
    pub fn public_head(&self, item: Item) -> Option<Span> {
        let (module, head) = match item {
            Item::Module(_) => return None,
            Item::Function(id) => (self.functions[id].module, self.functions[id].signature_span.before()),
            Item::Adt(id) => (self.adts[id].module, self.adts[id].head),
            Item::Alias(id) => (self.aliases[id].module, self.aliases[id].head),
            Item::Trait(id) => (self.traits[id].module, self.traits[id].head),
            Item::Global(id) => (self.globals[id].module, self.globals[id].head),
        };
        (!self.modules[module].is_std).then_some(head)
    }

    pub fn is_public(&self, item: Item) -> bool {
        match item {
            Item::Module(_) => true,
            Item::Function(id) => self.functions[id].public,
            Item::Adt(id) => self.adts[id].public,
            Item::Alias(id) => self.aliases[id].public,
            Item::Trait(id) => self.traits[id].public,
            Item::Global(id) => self.globals[id].public,
        }
    }

    /// What the trait declares under the name and number of parameters of `method`, of one of its implementations.
    pub fn declared_method(&self, trait_: TraitId, method: FunctionId) -> Option<FunctionId> {
        let method = &self.functions[method];
        self.traits[trait_].methods.iter().copied().find(|&it| {
            let it = &self.functions[it];
            it.name == method.name && it.params.len() == method.params.len()
        })
    }

    /// Generic parameters of a function's owner followed by its own: the order of every substitution list.
    /// A trait method's owner contributes `self_generic` first, then the trait's parameters.
    pub fn all_generics(&self, function: FunctionId) -> Vec<GenericId> {
        let function = &self.functions[function];
        let mut generics = match function.owner {
            Owner::Module => Vec::new(),
            Owner::Impl(id) => self.impls[id].generics.clone(),
            Owner::Trait(id) => {
                let it = &self.traits[id];
                std::iter::once(it.self_generic).chain(it.generics.iter().copied()).collect()
            }
        };
        generics.extend(&function.generics);
        generics
    }
}
