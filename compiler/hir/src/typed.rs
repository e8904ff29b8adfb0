//! What checking found out: a typed view of each body as side tables over its arenas. `qi-lower` reads nothing else.
//! All types are free of inference variables; they may contain generic parameters, which lowering substitutes.

use crate::{
    AdtId, Body, ExprId, ExprKind, FunctionId, GenericId, GlobalId, ImplId, IntType, LocalId, PatId, TraitId, Ty,
};
use qi_base::{IdVec, Name};
use rustc_hash::{FxHashMap, FxHashSet};

/// Resolved types of all item signatures.
#[derive(Debug, Default)]
pub struct Signatures {
    pub functions: IdVec<FunctionId, FunctionSignature>,
    pub adts: IdVec<AdtId, AdtTypes>,
    pub impls: IdVec<ImplId, ImplTypes>,
    pub globals: IdVec<GlobalId, GlobalType>,
    /// Resolved bounds of each generic parameter.
    pub bounds: FxHashMap<GenericId, Vec<TraitRef>>,
    pub supertraits: FxHashMap<TraitId, Vec<TraitRef>>,
    /// The types and traits that the language itself knows.
    pub known: Known,
    /// Methods and associated functions of 实现 blocks without a trait, by head of the target and name, in program order.
    pub inherent: FxHashMap<(Head, Name), Vec<FunctionId>>,
    /// Implementations of each trait, in program order.
    pub trait_impls: FxHashMap<TraitId, Vec<ImplId>>,
    /// Trait methods by name, in program order.
    pub trait_methods: FxHashMap<Name, Vec<FunctionId>>,
}

/// Items of the prelude that have their own syntax or rules, found by their `@内建` names. None only when the prelude is missing.
#[derive(Clone, Copy, Default, Debug)]
pub struct Known {
    pub option: Option<AdtId>,
    pub result: Option<AdtId>,
    pub map: Option<AdtId>,
    pub set: Option<AdtId>,
    pub range: Option<AdtId>,
    pub char_range: Option<AdtId>,
    pub equatable: Option<TraitId>,
    pub hashable: Option<TraitId>,
    pub comparable: Option<TraitId>,
    pub printable: Option<TraitId>,
    pub iterable: Option<TraitId>,
    pub closable: Option<TraitId>,
    pub error: Option<TraitId>,
    pub fault: Option<TraitId>,
    /// Values with the same bytes in C.
    pub c_value: Option<TraitId>,
}

/// The outermost constructor of a type: what methods are indexed by.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Head {
    Unit,
    Bool,
    Char,
    Int(IntType),
    Float(u8),
    Str,
    Tuple(usize),
    Array,
    Adt(AdtId),
    Function,
    Dynamic(TraitId),
    Task,
    Generator,
    Channel,
    Lock,
    Shared,
    Weak,
    Atomic,
    Pointer,
    CStr,
    Handle,
}

/// Of the function as declared: parameters by value type; a variadic one as 数组<T>.
#[derive(Clone, Debug)]
pub struct FunctionSignature {
    /// As [`crate::Program::all_generics`].
    pub generics: Vec<GenericId>,
    /// Type of 自己, if it has one.
    pub self_type: Option<Ty>,
    pub params: Vec<Ty>,
    /// What the body returns. For a 协程: unit (its items are in `yields`). For 异步 and 函数 …: 未来<T> treated as 异步: T.
    pub result: Ty,
    /// 协程: item and sent type.
    pub yields: Option<(Ty, Ty)>,
    /// A bare call starts a task and gives 未来<result>.
    pub is_async: bool,
}

#[derive(Clone, Debug, Default)]
pub struct AdtTypes {
    /// Per variant (a struct has one) the field types.
    pub variants: Vec<Vec<Ty>>,
}

#[derive(Clone, Debug)]
pub struct ImplTypes {
    pub target: Ty,
    pub trait_: Option<TraitRef>,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct TraitRef {
    pub trait_: TraitId,
    pub args: Vec<Ty>,
}

#[derive(Clone, Debug)]
pub struct GlobalType {
    pub ty: Ty,
}

/// Everything after the gate.
#[derive(Debug, Default)]
pub struct Analysis {
    pub signatures: Signatures,
    /// Typed bodies of functions with a body (std bodies only when reachable).
    pub bodies: FxHashMap<FunctionId, TypedBody>,
    pub global_bodies: FxHashMap<GlobalId, TypedBody>,
    /// Default values of fields, by (type, variant, field).
    pub field_defaults: FxHashMap<(AdtId, u32, u32), TypedBody>,
    /// Methods that change 自己 (transitively; a trait method if some implementation does). Receiver is passed by place.
    pub mutating: FxHashSet<FunctionId>,
    /// Top-level variables whose accesses must be atomic.
    pub atomic_globals: FxHashSet<GlobalId>,
    /// Top-level variables that tasks reach and nothing changes: they are constants.
    pub frozen_globals: FxHashSet<GlobalId>,
    /// 主函数/入口 or the top-level statements.
    pub entry: Option<FunctionId>,
}

#[derive(Debug, Default)]
pub struct TypedBody {
    /// Before adjustments. None: never reached by checking (`Path`/`Field` expressions that are only the head of a qualified
    /// name or the statically known callee of a call).
    pub expr_types: IdVec<ExprId, Option<Ty>>,
    pub pat_types: IdVec<PatId, Option<Ty>>,
    pub local_types: IdVec<LocalId, Option<Ty>>,
    /// Applied in order to the value of the expression, after it was computed.
    pub adjustments: FxHashMap<ExprId, Vec<Adjust>>,
    /// What a name denotes: for `Path`, and for `Field` chains that turned out to be qualified names.
    pub names: FxHashMap<ExprId, Res>,
    /// For `Call` and `MethodCall`; `Field` that calls a method without parentheses (`列.长度`); `For` and `YieldAll` over
    /// [`ForKind::Iterable`] (迭代() with the iterable as receiver); `Map` (新() of 字典; each entry calls `set` of `indexes`).
    /// A `MethodCall` whose receiver is in `names` as `Type` or `Module` has no receiver operand.
    /// With `optional` (`a?.f()`) the call runs on the content of 有 and its result is wrapped, unless it is an 选项 itself.
    pub calls: FxHashMap<ExprId, Call>,
    /// `MethodCall` of a method by the name of its type or trait, `字符串.字节长度(甲)`: the argument that is the receiver; the
    /// others are those of the method.
    pub receivers: FxHashMap<ExprId, ExprId>,
    /// Index of the field in the struct (after `names` found it is not a qualified name). `Field`, and `MethodCall` of a field
    /// that holds a 函数. `a?.b` gives an 选项 of the field's type, or the field itself if it is an 选项.
    pub fields: FxHashMap<ExprId, u32>,
    /// `Struct` literals: variant (0 for structs) and for each declared field its initialiser.
    pub structs: FxHashMap<ExprId, StructLiteral>,
    pub loops: FxHashMap<ExprId, ForKind>,
    /// `Index`; and `Map` literals (always [`IndexKind::Map`]). An empty `Block` or `Map` is a dictionary exactly if it is in here.
    pub indexes: FxHashMap<ExprId, IndexKind>,
    /// `Field` that names a method without calling it: a 函数 value that holds a copy of the receiver. Callee: `Function`,
    /// `TraitMethod`, `DynamicMethod` or a structural `Builtin`.
    pub bound_methods: FxHashMap<ExprId, Callee>,
    /// `Await`: what is waited for.
    pub awaits: FxHashMap<ExprId, AwaitKind>,
    pub casts: FxHashMap<ExprId, CastKind>,
    /// `Binary`, `Compare`, `Assign` with operator, `Unary`: how the operands are treated. One entry per operator.
    pub operators: FxHashMap<ExprId, Vec<OperatorKind>>,
    /// `Question` and `Unwrap`: what happens on 败/无. Also `r?.f` on a 结果, which is `(r?).f`.
    pub questions: FxHashMap<ExprId, QuestionKind>,
    /// Per closure expression (local functions too), in order of first use; written by `flow`. 自己 and 可变 parameters can be
    /// captured, by sharing too: then their cell is copied in at entry and out at every exit. A local function's own variable is
    /// not among its captures; a closure in its body that calls it captures it as a snapshot. A snapshot of a variable in `cells`
    /// reads the cell.
    pub captures: FxHashMap<ExprId, Vec<Capture>>,
    /// Locals that live in a shared cell because a closure captures them by sharing.
    pub cells: FxHashSet<LocalId>,
    pub patterns: FxHashMap<PatId, PatRes>,
    /// `Catch` clauses by the try expression and clause index.
    pub catches: FxHashMap<(ExprId, usize), CatchKind>,
    /// Blocks whose last statement is an expression that is their value, and 如果, 匹配, 尝试 in value position. The others
    /// have type 空, or Never if no path reaches their end; values of their branches are dropped.
    pub value_blocks: FxHashSet<ExprId>,
    /// Where conditions `变量 x = 选项` unwrap: the pattern matches the content of 有.
    pub option_conditions: FxHashSet<PatId>,
    /// Of each closure and local function: by closure expression.
    pub closures: FxHashMap<ExprId, ClosureTypes>,
    /// The closure of each local function.
    pub local_functions: FxHashMap<LocalId, ExprId>,
    /// Where a generic local function is named: its type arguments.
    pub instantiations: FxHashMap<ExprId, Vec<Ty>>,
    /// Inference reported something: further findings would only follow from that.
    pub has_errors: bool,
    /// Set by `flow`, which has filled `captures` and `cells`.
    pub is_judged: bool,
}

impl TypedBody {
    /// The asynchronous local function that 等待 of the call `operand` runs as a part of the caller, without a task.
    pub fn awaited_local_function(&self, body: &Body, operand: ExprId) -> Option<LocalId> {
        let ExprKind::Call { callee, .. } = &body.exprs[operand].kind else { return None };
        let Some(Res::Local(local)) = self.names.get(callee) else { return None };
        let types = self.closures.get(self.local_functions.get(local)?)?;
        let is_call = self.calls.get(&operand).is_some_and(|it| it.mode == CallMode::Direct);
        (is_call && types.is_async && types.yields.is_none()).then_some(*local)
    }
}

#[derive(Clone, Debug)]
pub struct ClosureTypes {
    /// Type parameters in scope that are not those of the body: its own and those of local functions around it, outermost first.
    pub generics: Vec<GenericId>,
    pub params: Vec<Ty>,
    /// What the body returns, as in [`FunctionSignature::result`]. An expression body of another type is discarded if this is 空.
    pub result: Ty,
    /// Local 协程 函数: item and sent type; calling the value creates the generator.
    pub yields: Option<(Ty, Ty)>,
    /// 异步 闭包 and local 异步 函数: calling the value starts a task and gives 未来<result>.
    pub is_async: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AwaitKind {
    /// The operand is a call that runs to completion here; its value is the result (direct 异步 calls, plain calls).
    Direct,
    /// The operand's value is a 未来.
    Task,
}

/// What a name denotes.
#[derive(Clone, PartialEq, Debug)]
pub enum Res {
    Local(LocalId),
    /// A function used as a value (not called).
    Function {
        function: FunctionId,
        generics: Vec<Ty>,
    },
    Global(GlobalId),
    /// A variant without payload; the constructor as a 函数 value if the expression's type is a function.
    Variant {
        adt: AdtId,
        variant: u32,
        generics: Vec<Ty>,
    },
    /// `Module` and `Type` only as the head of something else.
    Module(crate::ModuleId),
    Type(Ty),
    /// 打印 and its kin as a 函数 value: the expression's type says what is printed.
    Builtin(Builtin),
    Error,
}

#[derive(Clone, Debug)]
pub struct Call {
    pub callee: Callee,
    /// Per parameter (without 自己).
    pub args: Vec<ArgSource>,
    pub mode: CallMode,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum ArgSource {
    Expr(ExprId),
    /// The parameter's default value.
    Default,
    /// Packed into an array.
    Variadic(Vec<ExprId>),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CallMode {
    /// Runs to completion here (plain call; directly awaited 异步 call).
    Direct,
    /// Starts a task: 启动 f(x), or a bare call of an 异步 function. The call expression gives 未来<T>; a 启动 around it is the
    /// identity. (启动 of anything but a call has a 函数 value as operand and starts that.)
    Task { detached: bool },
    /// Creates a generator: call of a 协程 function.
    Generator,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Callee {
    /// Statically known; `generics` match [`crate::Program::all_generics`]. For methods the receiver is the first operand.
    Function {
        function: FunctionId,
        generics: Vec<Ty>,
    },
    /// Method of a bounded type parameter (or a trait's own 自己): found again after substitution with [`crate::infer`]'s solver.
    /// `generics` match `all_generics(method)`: self type, trait arguments, method's own. The function found may be 协程 or 异步
    /// where the trait declares 函数 …: 生成器<T> or 未来<T>: calling it then creates the generator or starts the task.
    TraitMethod {
        method: FunctionId,
        generics: Vec<Ty>,
    },
    /// Method of a 任意 value: index in trait order. `generics` are the arguments of `trait_`.
    DynamicMethod {
        trait_: TraitId,
        method: FunctionId,
        index: u32,
        generics: Vec<Ty>,
    },
    /// The callee (or field, element …) is a 函数 value. In a `MethodCall`: the field of that name holds it (index in `fields`).
    Value,
    Variant {
        adt: AdtId,
        variant: u32,
        generics: Vec<Ty>,
    },
    Builtin(Builtin),
}

/// Calls that no declaration in Qi can express.
#[derive(Clone, PartialEq, Debug)]
pub enum Builtin {
    /// 打印 打印行: arguments separated by a blank, line break.
    PrintLine,
    /// 输出
    Print,
    /// 错误输出
    PrintError,
    /// 长度(x) = x.长度(): the resolved method.
    Length(Box<Callee>),
    /// 整数(x), 浮点数(x), 字符串(x) …: as 作为.
    Convert(CastKind),
    /// 启动协程 g(…) and 启动协程(g(…)): the operand's value.
    Same,
    /// `全部`/`任一` etc. are ordinary library functions.
    /// Structural method of a derived trait: 相等 比较 散列值 文本 on any value.
    Equal,
    Order,
    Hash,
    Text,
    /// 消息() on 任意 错误.
    Message,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Adjust {
    /// T to T?
    Some,
    /// T to 任意 特性: the implementation's methods are found by the solver.
    ToDynamic { trait_: TraitId, args: Vec<Ty> },
    /// T to 任意 错误; also on every operand of 抛出 that is not 任意 错误 already. The identity if T becomes 任意 错误 by substitution.
    ToError,
    /// Never to the type.
    Never(Ty),
    /// A function without captures to a C function pointer.
    ToCPointer,
    /// 字符串 to C字符串, valid during the call.
    ToCStr,
    /// The body of an expression closure whose result type is 空.
    Discard,
}

#[derive(Clone, PartialEq, Debug)]
pub enum ForKind {
    /// Range expression or value of type 范围: counted loop.
    Range,
    Array,
    /// Characters.
    Str,
    Channel,
    Generator,
    /// Calls 迭代() (in `calls` of the loop expression), which gives a generator: 字典, 集合, user types.
    Iterable,
}

#[derive(Clone, PartialEq, Debug)]
pub enum IndexKind {
    ArrayElement,
    /// The index is written as a range; or it is a 区间 value, and the call recorded here turns it into start and end.
    ArraySlice,
    StrElement,
    /// As [`IndexKind::ArraySlice`].
    StrSlice,
    /// 字典, with its generics.
    Map {
        functions: MapFunctions,
        generics: Vec<Ty>,
    },
}

/// The functions of 字典 behind `表[键]`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct MapFunctions {
    /// 下标(k): reads.
    pub get: FunctionId,
    /// 下标位(k): the index of a place in the entry array.
    pub place: FunctionId,
    /// 仍在(i): the same index, where code of the program ran after it was found.
    pub still: FunctionId,
    /// 设(k, v): plain assignment.
    pub set: FunctionId,
    /// 寻(k) and 放(…): plain assignment in two steps, of which only the first runs code of the program.
    pub seek: FunctionId,
    pub put: FunctionId,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CastKind {
    /// Same type.
    None,
    /// Between integer types, checked (溢出).
    IntToInt(IntType),
    IntToFloat,
    /// Truncates, throws.
    FloatToInt(IntType),
    FloatToFloat(u8),
    CharToInt(IntType),
    IntToChar,
    BoolToInt(IntType),
    /// The number of the variant, checked (溢出).
    EnumToInt(IntType),
    /// Any value to its text.
    ToText,
    /// 整数("12"), 浮点数("1.5"): 结果<T>.
    ParseInt(IntType),
    ParseFloat,
    /// 任意 特性 or 任意 错误 to a concrete type; throws 转换错误.
    Downcast,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OperatorKind {
    Int,
    Float,
    Bool,
    /// `+` with a text on one side: both are turned into text.
    Concat,
    /// 字符串 * 整数
    Repeat,
    /// 数组 + 数组
    ArrayConcat,
    /// Comparison of any other type, structural.
    Structural,
    /// `可选 == 无`, `可选 != 无`: asks for the variant, so the content needs no 等同.
    Absence,
    Coalesce,
    /// 字符 + 整数 etc. are not allowed; 字符 + 字符 is Concat.
    Char,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum QuestionKind {
    /// Returns 败(e) early; the function's 结果 has the same error type.
    ReturnErr,
    /// Returns 无 early.
    ReturnNone,
    /// As `ReturnErr`, after turning the error into 任意 错误.
    ReturnErrBoxed,
    /// Throws the error of 败 (any 错误 type: made a thrown error).
    ThrowErr,
    /// Throws 空值.
    ThrowNull,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Capture {
    pub local: LocalId,
    /// By sharing (the local is in `cells`), else a snapshot.
    pub shared: bool,
}

#[derive(Clone, PartialEq, Debug)]
pub enum PatRes {
    /// `Bind` that is a variant without payload, `Path`, `Variant`.
    Variant { adt: AdtId, variant: u32 },
    /// `Struct` pattern of a struct or of a struct-like variant: per pattern field its index.
    Struct { variant: Option<u32>, fields: Vec<u32> },
}

#[derive(Clone, PartialEq, Debug)]
pub struct StructLiteral {
    pub adt: AdtId,
    pub variant: u32,
    pub generics: Vec<Ty>,
    /// Per declared field: written, default, or from the spread.
    pub fields: Vec<FieldSource>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FieldSource {
    Expr(ExprId),
    Default,
    Spread,
}

#[derive(Clone, PartialEq, Debug)]
pub enum CatchKind {
    /// Everything but 取消.
    Any,
    /// Exactly this type (also 取消).
    Type(Ty),
    /// Any error whose type implements the trait. The local is 任意 of that trait, or 任意 错误 for 错误 and 运行时错误.
    Trait(TraitId),
}
