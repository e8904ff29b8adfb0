//! Untyped bodies: expressions, patterns and locals of one function in arenas. Sugar that needs no types is gone
//! (templates are parts, 否则如果 is nested, synonyms are one kind). Closures and local functions share their function's arenas.

use crate::GenericId;
use crate::item::{Generic, Path, TypeRef};
use qi_base::{IdVec, Name, Span, define_id};

define_id!(ExprId, "e");
define_id!(PatId, "p");
define_id!(/// A variable: parameter, 变量/常量, pattern binding, loop variable, local function.
    LocalId, "l");

#[derive(Debug, Default)]
pub struct Body {
    pub exprs: IdVec<ExprId, Expr>,
    pub pats: IdVec<PatId, Pat>,
    pub locals: IdVec<LocalId, Local>,
    /// 自己, in methods.
    pub self_local: Option<LocalId>,
    /// One per [`crate::Param`].
    pub params: Vec<LocalId>,
    /// A block; or the bare expression of a default value or initialiser. None in functions without code (内建, required trait
    /// methods) whose parameters have default values: then only the arenas count.
    pub root: Option<ExprId>,
}

#[derive(Debug)]
pub struct Local {
    pub name: Name,
    pub kind: LocalKind,
    pub span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LocalKind {
    /// 变量, parameters, 自己: may be assigned.
    Variable,
    /// 常量.
    Constant,
    /// 可变 parameter: an alias of the caller's variable.
    InOut,
    /// Pattern bindings and loop variables: local copies, may be assigned.
    Binding,
    /// Local function.
    Function,
}

#[derive(Debug)]
pub struct Expr {
    pub kind: ExprKind,
    pub span: Span,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Literal {
    Unit,
    Bool(bool),
    /// Magnitude; `-9223372036854775808` arrives as `Unary(Neg, Int(2^63))`.
    Int(u128),
    Float(f64),
    Char(char),
    Str(String),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnaryOp {
    Neg,
    /// `+`
    Plus,
    /// 非
    Not,
    /// `~`
    BitNot,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BinaryOp {
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    /// `&+ &- &*`
    WrappingAdd,
    WrappingSub,
    WrappingMul,
    BitAnd,
    BitOr,
    BitXor,
    Shl,
    Shr,
    And,
    Or,
    /// `??`
    Coalesce,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
}

#[derive(Debug)]
pub enum ExprKind {
    /// Already reported.
    Error,
    Literal(Literal),
    /// A name or qualified name, with optional type arguments (`字典<K, V>` in `字典<K, V>()`, `挑::<整数>`).
    Path(Path),
    /// 自己
    SelfValue,
    Template(Vec<TemplatePart>),
    Tuple(Vec<ExprId>),
    Array(Vec<ExprId>),
    /// `[value; count]`
    ArrayRepeat {
        value: ExprId,
        count: ExprId,
    },
    /// `{"甲": 1}`. An empty one is `{}` where an expression stands (match arms too): an empty block unless a 字典 is expected.
    Map(Vec<(ExprId, ExprId)>),
    /// `点 { 横: 1, ..旧 }`, 新建 too; also struct-like variants `形状.矩形 { … }`.
    Struct {
        path: Path,
        fields: Vec<FieldInit>,
        spread: Option<ExprId>,
    },
    Call {
        callee: ExprId,
        args: Vec<Arg>,
    },
    MethodCall {
        receiver: ExprId,
        name: Name,
        name_span: Span,
        generics: Vec<TypeRef>,
        args: Vec<Arg>,
        optional: bool,
    },
    /// `a.名`, `a?.名`, `a?.0`; also the middle of a qualified name when the base is a path (模块.名, 枚举.变体): `infer` decides.
    Field {
        base: ExprId,
        name: Name,
        name_span: Span,
        optional: bool,
    },
    TupleField {
        base: ExprId,
        index: u32,
    },
    /// `a[i]`; a slice when the index is a [`ExprKind::Range`].
    Index {
        base: ExprId,
        index: ExprId,
    },
    Unary {
        op: UnaryOp,
        operand: ExprId,
    },
    Binary {
        op: BinaryOp,
        op_span: Span,
        left: ExprId,
        right: ExprId,
    },
    /// `0 <= x < 10`: operands one more than operators (Eq Ne Lt Le Gt Ge).
    Compare {
        operands: Vec<ExprId>,
        ops: Vec<BinaryOp>,
    },
    /// `place = value`, `place += value`.
    Assign {
        place: ExprId,
        op: Option<BinaryOp>,
        value: ExprId,
    },
    /// Open ends only in slices.
    Range {
        start: Option<ExprId>,
        end: Option<ExprId>,
        inclusive: bool,
    },
    /// `x 作为 T`
    Cast {
        operand: ExprId,
        ty: TypeRef,
    },
    /// `e?`
    Question(ExprId),
    /// `e!`
    Unwrap(ExprId),
    /// `..数们` as an argument: the array's elements are arguments of a `...` parameter. Its type is the array's.
    Spread(ExprId),

    Block(Block),
    If {
        conditions: Vec<Condition>,
        then: ExprId,
        otherwise: Option<ExprId>,
    },
    While {
        label: Option<Name>,
        conditions: Vec<Condition>,
        body: ExprId,
    },
    Loop {
        label: Option<Name>,
        body: ExprId,
    },
    For {
        label: Option<Name>,
        pat: PatId,
        iterable: ExprId,
        body: ExprId,
    },
    Match {
        scrutinee: ExprId,
        arms: Vec<MatchArm>,
    },
    Try {
        body: ExprId,
        catches: Vec<Catch>,
        finally: Option<ExprId>,
    },
    Return(Option<ExprId>),
    Break {
        label: Option<(Name, Span)>,
    },
    Continue {
        label: Option<(Name, Span)>,
    },
    Throw(ExprId),

    Closure(Closure),

    /// 等待 e
    Await(ExprId),
    /// 启动 e: a call, a 函数 value, or a block (given as a closure without parameters).
    Spawn {
        operand: ExprId,
        detached: bool,
    },
    /// 并发 {…}
    Scope(ExprId),
    /// 让出 e
    Yield(Option<ExprId>),
    /// 让出 全部 e
    YieldAll(ExprId),
    /// `<-c`
    Receive(ExprId),
    /// `c <- v`
    Send {
        channel: ExprId,
        value: ExprId,
    },
    Select(Vec<SelectArm>),
}

#[derive(Debug)]
pub enum TemplatePart {
    Text(String),
    Hole(ExprId, Option<FormatSpec>),
}

/// What follows the `:` of a template hole.
#[derive(Debug)]
pub struct FormatSpec {
    pub text: String,
    pub span: Span,
}

#[derive(Debug)]
pub struct FieldInit {
    pub name: Name,
    pub value: ExprId,
    pub span: Span,
}

#[derive(Debug)]
pub struct Arg {
    /// `甲: 1`
    pub name: Option<(Name, Span)>,
    /// 可变 x
    pub mode: crate::Mode,
    pub value: ExprId,
}

/// Statements run in order. `is_value`: written where a value is expected, so a single expression is the block's value
/// (branches of 如果/匹配/尝试 used as expressions, closure bodies `(x) => expr` are bare expressions instead).
#[derive(Debug)]
pub struct Block {
    pub statements: Vec<Statement>,
}

#[derive(Debug)]
pub enum Statement {
    /// 变量 / 常量.
    Let {
        pat: PatId,
        ty: Option<TypeRef>,
        init: Option<ExprId>,
        span: Span,
    },
    Expr(ExprId),
    /// A local function: a closure bound to `local`; visible in the whole block, may call itself.
    Function {
        local: LocalId,
        closure: ExprId,
    },
}

#[derive(Debug)]
pub enum Condition {
    Expr(ExprId),
    /// `变量 模式: 类型 = 值`; a plain binding of an 选项 means "if it is 有", and the type is that of what is bound.
    Let {
        pat: PatId,
        ty: Option<TypeRef>,
        value: ExprId,
    },
}

#[derive(Debug)]
pub struct MatchArm {
    pub pat: PatId,
    /// Empty: none.
    pub guard: Vec<Condition>,
    pub body: ExprId,
    pub span: Span,
}

#[derive(Debug)]
pub struct Catch {
    /// None: binds nothing (捕获 {…}).
    pub local: Option<LocalId>,
    /// None: any error except 取消.
    pub ty: Option<TypeRef>,
    pub body: ExprId,
    pub span: Span,
}

#[derive(Debug)]
pub struct Closure {
    /// Names in its capture list: they must exist, and say what is inferred anyway. No child of the body.
    pub captures: Vec<ExprId>,
    /// Type parameters of a local function.
    pub generics: Vec<GenericId>,
    /// The same as written, until they get their numbers.
    pub written_generics: Vec<Generic>,
    pub params: Vec<ClosureParam>,
    pub result: Option<TypeRef>,
    /// A block (`{ 返回 … }`) or a bare expression.
    pub body: ExprId,
    /// Set for local functions.
    pub name: Option<Name>,
    /// Made from 启动 {…}.
    pub is_spawned_block: bool,
    /// Body is a braces block: its value is given by 返回. Else the expression is the value.
    pub is_block: bool,
    pub kind: crate::FunctionKind,
}

impl Closure {
    /// Takes nothing, gives the value of an expression.
    pub fn of(body: ExprId) -> Self {
        Self {
            captures: Vec::new(),
            generics: Vec::new(),
            written_generics: Vec::new(),
            params: Vec::new(),
            result: None,
            body,
            name: None,
            is_spawned_block: false,
            is_block: false,
            kind: crate::FunctionKind::Plain,
        }
    }
}

#[derive(Debug)]
pub struct ClosureParam {
    pub local: LocalId,
    pub ty: Option<TypeRef>,
    pub mode: crate::Mode,
    /// Of local functions only. Sees the parameters before it.
    pub default: Option<ExprId>,
    /// Of local functions only: the last one, arrives as 数组<T>.
    pub variadic: bool,
}

#[derive(Debug)]
pub struct SelectArm {
    pub operation: SelectOperation,
    /// A block.
    pub body: ExprId,
    pub span: Span,
}

#[derive(Debug)]
pub enum SelectOperation {
    /// `x := <-c`; pattern optional.
    Receive {
        pat: Option<PatId>,
        channel: ExprId,
    },
    /// `x := c.接收()`: gives 选项.
    ReceiveOption {
        pat: Option<PatId>,
        channel: ExprId,
    },
    Send {
        channel: ExprId,
        value: ExprId,
    },
    /// `x := 等待 h`
    Await {
        pat: Option<PatId>,
        task: ExprId,
    },
    Timeout(ExprId),
    Default,
}

#[derive(Debug)]
pub struct Pat {
    pub kind: PatKind,
    pub span: Span,
}

#[derive(Debug)]
pub enum PatKind {
    Error,
    Wildcard,
    /// A bare name: a binding, unless the scrutinee's enum has a variant of that name (then it is that variant; `infer` decides and records it).
    Bind(LocalId),
    /// Negative numbers included.
    Literal {
        value: Literal,
        negative: bool,
    },
    Range {
        start: Option<ExprId>,
        end: Option<ExprId>,
        inclusive: bool,
    },
    /// `圆(r)`, `形状.圆(r)`, `有(x)`
    Variant {
        path: Path,
        args: Vec<PatId>,
    },
    /// `形状.空形` (qualified, without payload)
    Path(Path),
    /// `点 { 横, 纵: y, .. }`, also struct-like variants.
    Struct {
        path: Path,
        fields: Vec<(Name, PatId)>,
        rest: bool,
    },
    Tuple(Vec<PatId>),
    /// `..` among the parts of a tuple or a variant, at most once: the positions that nothing is said about.
    Rest,
    /// `[头, ..尾]`: the rest pattern may stand anywhere once; `..` alone binds nothing.
    Array {
        before: Vec<PatId>,
        rest: Option<Option<LocalId>>,
        after: Vec<PatId>,
    },
    Or(Vec<PatId>),
}

impl Body {
    /// The parts of a tuple or variant pattern with their positions among `arity`; `..` itself is none.
    pub fn positions(&self, parts: &[PatId], arity: usize) -> Vec<(usize, PatId)> {
        let rest = self.rest_index(parts).unwrap_or(parts.len());
        let skipped = (arity + 1).saturating_sub(parts.len());
        let named = parts.iter().copied().enumerate().filter(|&(index, _)| index != rest);
        named.map(|(index, part)| (if index < rest { index } else { index - 1 + skipped }, part)).collect()
    }

    /// Where `..` stands among the parts of a tuple or variant pattern.
    pub fn rest_index(&self, parts: &[PatId]) -> Option<usize> {
        parts.iter().position(|&it| matches!(self.pats[it].kind, PatKind::Rest))
    }
}
