//! Views of expressions. Control flow (`如果`, `当`, `匹配`, `返回` …) is expressions too, wherever it stands; its views are
//! in `control`.

use super::control::*;
use super::literal::{self, LiteralKind, TemplatePart};
use super::node::{ast_enum, ast_nodes, child, child_after, child_before, children, has, token};
use super::operator::{self, AssignOp, BinaryOp, PrefixOp};
use super::{AstNode, Block, GenericArgList, Name, Param, ParamList, Path, RetType, Type};
use crate::punct::half_width;
use crate::{SyntaxKind, SyntaxToken};
use rowan::TextRange;

ast_nodes! {
    /// An expression as a statement.
    ExprStmt = EXPR_STMT;
    Literal = LITERAL;
    /// A string with holes: `f"…{x}…"`, `"…${x}…"`.
    Template = TEMPLATE;
    TemplateHole = TEMPLATE_HOLE;
    /// A name as a value, a function, a type or a module; perhaps with type arguments: `挑::<整数>`, `字典<K, V>`.
    NameExpr = NAME_EXPR;
    /// 自己
    SelfExpr = SELF_EXPR;
    ParenExpr = PAREN_EXPR;
    /// `()`, `(a,)`, `(a, b)`
    TupleExpr = TUPLE_EXPR;
    /// `_` among the targets of `(甲, _) = 对`.
    WildcardExpr = WILDCARD_EXPR;
    ArrayExpr = ARRAY_EXPR;
    /// `[值; 数]`
    RepeatExpr = REPEAT_EXPR;
    /// `{"甲": 1}`; `{}` may also be meant as an empty block.
    MapExpr = MAP_EXPR;
    MapEntry = MAP_ENTRY;
    /// `点 { 横: 1.0, ..旧 }`, with or without 新建; also a variant with named fields.
    StructExpr = STRUCT_EXPR;
    StructExprField = STRUCT_EXPR_FIELD;
    /// `..旧` in a struct literal, `..数们` as an argument.
    Spread = SPREAD;
    /// `新建 T(…)`
    NewExpr = NEW_EXPR;
    PrefixExpr = PREFIX_EXPR;
    AwaitExpr = AWAIT_EXPR;
    /// `<-通`
    ReceiveExpr = RECEIVE_EXPR;
    BinaryExpr = BINARY_EXPR;
    /// `0 <= x < 10`: two comparisons or more.
    CompareChain = COMPARE_CHAIN;
    RangeExpr = RANGE_EXPR;
    /// `x 作为 T`
    CastExpr = CAST_EXPR;
    AssignExpr = ASSIGN_EXPR;
    /// `通 <- 值`
    SendExpr = SEND_EXPR;
    CallExpr = CALL_EXPR;
    ArgList = ARG_LIST;
    Arg = ARG;
    /// `a.f(x)`, `a?.f(x)`, `A::f(x)`: a method, or a function of a module or type, or a variant.
    MethodCallExpr = METHOD_CALL_EXPR;
    /// `a.b`, `a?.b`, `A::b`, `a.0`
    FieldExpr = FIELD_EXPR;
    /// `a[i]`; a slice when the index is a [`RangeExpr`].
    IndexExpr = INDEX_EXPR;
    /// `e?`
    TryExpr = TRY_EXPR;
    /// `e!`
    UnwrapExpr = UNWRAP_EXPR;
    ClosureExpr = CLOSURE_EXPR;
    /// `[弱 自身]`
    CaptureList = CAPTURE_LIST;
    /// 启动
    SpawnExpr = SPAWN_EXPR;
    YieldExpr = YIELD_EXPR;
}

ast_enum! {
    Expr {
        Literal(Literal),
        Template(Template),
        Name(NameExpr),
        SelfValue(SelfExpr),
        Paren(ParenExpr),
        Tuple(TupleExpr),
        Wildcard(WildcardExpr),
        Array(ArrayExpr),
        Repeat(RepeatExpr),
        Map(MapExpr),
        Struct(StructExpr),
        New(NewExpr),
        Prefix(PrefixExpr),
        Await(AwaitExpr),
        Receive(ReceiveExpr),
        Binary(BinaryExpr),
        CompareChain(CompareChain),
        Range(RangeExpr),
        Cast(CastExpr),
        Assign(AssignExpr),
        Send(SendExpr),
        Call(CallExpr),
        MethodCall(MethodCallExpr),
        Field(FieldExpr),
        Index(IndexExpr),
        Try(TryExpr),
        Unwrap(UnwrapExpr),
        If(IfExpr),
        Let(LetCondition),
        Match(MatchExpr),
        TryCatch(TryCatchExpr),
        Block(Block),
        While(WhileExpr),
        Loop(LoopExpr),
        For(ForExpr),
        Concurrent(ConcurrentExpr),
        Select(SelectExpr),
        Closure(ClosureExpr),
        Spawn(SpawnExpr),
        Yield(YieldExpr),
        Return(ReturnExpr),
        Throw(ThrowExpr),
        Break(BreakExpr),
        Continue(ContinueExpr),
    }
}

/// Views whose only expression child is their operand.
macro_rules! operand {
    ($($name:ident)*) => {$(impl $name {
        pub fn expr(&self) -> Option<Expr> {
            child(self.syntax())
        }
    })*};
}
pub(super) use operand;
operand! {
    ExprStmt ParenExpr Spread PrefixExpr AwaitExpr ReceiveExpr CastExpr TryExpr UnwrapExpr TemplateHole
    SpawnExpr YieldExpr
}

impl Literal {
    pub fn token(&self) -> Option<SyntaxToken> {
        self.syntax().first_token()
    }
    /// The value. What cannot be read (too big, bad escape) was reported by the lexer.
    pub fn kind(&self) -> LiteralKind {
        self.token().map_or(LiteralKind::Unit, |it| literal::cook(&it))
    }
    pub fn string(&self) -> Option<String> {
        match self.kind() {
            LiteralKind::String(it) => Some(it),
            _ => None,
        }
    }
}

impl Template {
    /// Text (escapes decoded, indentation of `"""` removed) and holes in order.
    pub fn parts(&self) -> Vec<TemplatePart> {
        literal::template_parts(self)
    }
    pub fn holes(&self) -> impl Iterator<Item = TemplateHole> + use<> {
        children(self.syntax())
    }
}
impl TemplateHole {
    /// What follows the `:`, in half-width form; a character to fill with stays what it is.
    pub fn spec(&self) -> Option<String> {
        let token = self.spec_token()?;
        let mut text = token.text().chars().skip(1);
        let first = text.next();
        let rest: String = text.map(half_width).collect();
        let is_fill = rest.starts_with(['<', '^', '>']);
        let first = first.map(|it| if is_fill { it } else { half_width(it) });
        Some(first.into_iter().collect::<String>() + &rest)
    }
    pub fn spec_token(&self) -> Option<SyntaxToken> {
        token(self.syntax(), SyntaxKind::HOLE_SPEC)
    }
    /// Of the spec, with its `:`.
    pub fn spec_range(&self) -> Option<TextRange> {
        Some(self.spec_token()?.text_range())
    }
}

impl NameExpr {
    pub fn name(&self) -> Option<Name> {
        child(self.syntax())
    }
    pub fn generic_args(&self) -> Option<GenericArgList> {
        child(self.syntax())
    }
}
impl TupleExpr {
    pub fn elements(&self) -> impl Iterator<Item = Expr> + use<> {
        children(self.syntax())
    }
}
impl ArrayExpr {
    pub fn elements(&self) -> impl Iterator<Item = Expr> + use<> {
        children(self.syntax())
    }
}
impl RepeatExpr {
    pub fn value(&self) -> Option<Expr> {
        child_before(self.syntax(), T![;])
    }
    pub fn count(&self) -> Option<Expr> {
        child_after(self.syntax(), T![;])
    }
}
impl MapExpr {
    pub fn entries(&self) -> impl Iterator<Item = MapEntry> + use<> {
        children(self.syntax())
    }
}
impl MapEntry {
    pub fn key(&self) -> Option<Expr> {
        child_before(self.syntax(), T![:])
    }
    pub fn value(&self) -> Option<Expr> {
        child_after(self.syntax(), T![:])
    }
}
impl StructExpr {
    pub fn has_new(&self) -> bool {
        has(self.syntax(), T![新建])
    }
    pub fn path(&self) -> Option<Path> {
        child(self.syntax())
    }
    pub fn fields(&self) -> impl Iterator<Item = StructExprField> + use<> {
        children(self.syntax())
    }
    pub fn spreads(&self) -> impl Iterator<Item = Spread> + use<> {
        children(self.syntax())
    }
    pub fn spread(&self) -> Option<Expr> {
        self.spreads().next()?.expr()
    }
}
impl StructExprField {
    pub fn name(&self) -> Option<Name> {
        child(self.syntax())
    }
    /// Without it the variable of the field's name is meant.
    pub fn value(&self) -> Option<Expr> {
        child(self.syntax())
    }
}
impl NewExpr {
    pub fn path(&self) -> Option<Path> {
        child(self.syntax())
    }
    pub fn arg_list(&self) -> Option<ArgList> {
        child(self.syntax())
    }
}

impl PrefixExpr {
    pub fn op(&self) -> Option<PrefixOp> {
        operator::find(self.syntax(), PrefixOp::from_token)
    }
}
impl BinaryExpr {
    pub fn op_token(&self) -> Option<SyntaxToken> {
        operator::tokens(self.syntax(), BinaryOp::from_token).next()
    }
    pub fn op(&self) -> Option<BinaryOp> {
        operator::find(self.syntax(), BinaryOp::from_token)
    }
    pub fn left(&self) -> Option<Expr> {
        child_before(self.syntax(), self.op_token()?.kind())
    }
    pub fn right(&self) -> Option<Expr> {
        child_after(self.syntax(), self.op_token()?.kind())
    }
}
impl CompareChain {
    /// One more than the operators.
    pub fn operands(&self) -> impl Iterator<Item = Expr> + use<> {
        children(self.syntax())
    }
    pub fn ops(&self) -> impl Iterator<Item = BinaryOp> + use<> {
        operator::tokens(self.syntax(), BinaryOp::from_token).filter_map(|it| BinaryOp::from_token(it.kind()))
    }
}
impl RangeExpr {
    fn op(&self) -> Option<SyntaxKind> {
        [T![..], T![..=], T![到], T![直到]].into_iter().find(|&kind| has(self.syntax(), kind))
    }
    pub fn start(&self) -> Option<Expr> {
        child_before(self.syntax(), self.op()?)
    }
    pub fn end(&self) -> Option<Expr> {
        child_after(self.syntax(), self.op()?)
    }
    /// `..=` or 到
    pub fn is_inclusive(&self) -> bool {
        matches!(self.op(), Some(T![..=] | T![到]))
    }
}
impl CastExpr {
    pub fn ty(&self) -> Option<Type> {
        child(self.syntax())
    }
}
impl AssignExpr {
    pub fn op_token(&self) -> Option<SyntaxToken> {
        operator::tokens(self.syntax(), AssignOp::from_token).next()
    }
    pub fn op(&self) -> Option<AssignOp> {
        operator::find(self.syntax(), AssignOp::from_token)
    }
    pub fn target(&self) -> Option<Expr> {
        child_before(self.syntax(), self.op_token()?.kind())
    }
    pub fn value(&self) -> Option<Expr> {
        child_after(self.syntax(), self.op_token()?.kind())
    }
}
impl SendExpr {
    pub fn channel(&self) -> Option<Expr> {
        child_before(self.syntax(), T![<-])
    }
    pub fn value(&self) -> Option<Expr> {
        child_after(self.syntax(), T![<-])
    }
}

impl CallExpr {
    pub fn callee(&self) -> Option<Expr> {
        child(self.syntax())
    }
    /// Without parentheses in `打印 x` and `启动协程 g()`.
    pub fn arg_list(&self) -> Option<ArgList> {
        child(self.syntax())
    }
    pub fn args(&self) -> impl Iterator<Item = Arg> + use<> {
        self.arg_list().into_iter().flat_map(|it| it.args())
    }
}
impl ArgList {
    pub fn args(&self) -> impl Iterator<Item = Arg> + use<> {
        children(self.syntax())
    }
}
impl Arg {
    /// `甲: 1`
    pub fn name(&self) -> Option<Name> {
        child(self.syntax())
    }
    /// `可变 a`
    pub fn is_mutable(&self) -> bool {
        has(self.syntax(), T![可变])
    }
    pub fn expr(&self) -> Option<Expr> {
        child(self.syntax())
    }
    /// `..数们`, instead of an expression.
    pub fn spread(&self) -> Option<Spread> {
        child(self.syntax())
    }
}
impl MethodCallExpr {
    pub fn receiver(&self) -> Option<Expr> {
        child(self.syntax())
    }
    /// `?.`
    pub fn is_optional(&self) -> bool {
        has(self.syntax(), T![?.])
    }
    pub fn name(&self) -> Option<Name> {
        child(self.syntax())
    }
    pub fn generic_args(&self) -> Option<GenericArgList> {
        child(self.syntax())
    }
    pub fn arg_list(&self) -> Option<ArgList> {
        child(self.syntax())
    }
    pub fn args(&self) -> impl Iterator<Item = Arg> + use<> {
        self.arg_list().into_iter().flat_map(|it| it.args())
    }
}
impl FieldExpr {
    pub fn base(&self) -> Option<Expr> {
        child(self.syntax())
    }
    /// `?.`
    pub fn is_optional(&self) -> bool {
        has(self.syntax(), T![?.])
    }
    /// Absent for a tuple index.
    pub fn name(&self) -> Option<Name> {
        child(self.syntax())
    }
    pub fn generic_args(&self) -> Option<GenericArgList> {
        child(self.syntax())
    }
    /// `.0`
    pub fn tuple_index(&self) -> Option<usize> {
        match literal::cook(&token(self.syntax(), SyntaxKind::INT)?) {
            LiteralKind::Int(Some(it)) => usize::try_from(it).ok(),
            _ => None,
        }
    }
    /// The name or index after the separator.
    pub fn member_range(&self) -> Option<TextRange> {
        let index = token(self.syntax(), SyntaxKind::INT).map(|it| it.text_range());
        self.name().map(|it| it.text_range()).or(index)
    }
}
impl IndexExpr {
    pub fn base(&self) -> Option<Expr> {
        child_before(self.syntax(), T!['['])
    }
    /// A [`RangeExpr`], perhaps with open ends, for a slice.
    pub fn index(&self) -> Option<Expr> {
        child_after(self.syntax(), T!['['])
    }
}

impl ClosureExpr {
    /// The names in the capture list.
    pub fn captures(&self) -> Vec<Expr> {
        child::<CaptureList>(self.syntax()).map_or_else(Vec::new, |it| children(it.syntax()).collect())
    }
    pub fn param_list(&self) -> Option<ParamList> {
        child(self.syntax())
    }
    /// Of every short form too (`x => …` has one parameter without a list).
    pub fn params(&self) -> Vec<Param> {
        match self.param_list() {
            Some(list) => list.params().collect(),
            None => children(self.syntax()).collect(),
        }
    }
    pub fn ret_type(&self) -> Option<Type> {
        child::<RetType>(self.syntax())?.ty()
    }
    /// An [`Expr::Block`] body needs 返回, whichever form was used.
    pub fn body(&self) -> Option<Expr> {
        child(self.syntax())
    }
    /// `闭包(…) {…}`
    pub fn has_keyword(&self) -> bool {
        has(self.syntax(), T![闭包]) || has(self.syntax(), T![函数])
    }
}
impl SpawnExpr {
    /// `启动 后台 …`
    pub fn is_background(&self) -> bool {
        has(self.syntax(), T![后台])
    }
}
impl YieldExpr {
    /// `让出 全部 g`
    pub fn is_delegating(&self) -> bool {
        has(self.syntax(), T![全部])
    }
}
impl PrefixExpr {
    pub fn op_range(&self) -> Option<TextRange> {
        Some(self.syntax().first_token()?.text_range())
    }
}
