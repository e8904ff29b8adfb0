//! Views of control flow, which is expressions too: branches, loops, 选择, and the jumps.

use super::expr::operand;
use super::node::{ast_nodes, child, child_after, children, has, token};
use super::{AstNode, Block, Expr, Name, Pattern, SendExpr, Type};
use crate::SyntaxToken;

ast_nodes! {
    IfExpr = IF_EXPR;
    /// `变量 p = e` inside a condition.
    LetCondition = LET_CONDITION;
    MatchExpr = MATCH_EXPR;
    MatchArm = MATCH_ARM;
    MatchGuard = MATCH_GUARD;
    /// 尝试 … 捕获 … 最终
    TryCatchExpr = TRY_CATCH_EXPR;
    CatchClause = CATCH_CLAUSE;
    FinallyClause = FINALLY_CLAUSE;
    /// 当
    WhileExpr = WHILE_EXPR;
    /// 循环
    LoopExpr = LOOP_EXPR;
    ForExpr = FOR_EXPR;
    /// `外:`
    Label = LABEL;
    /// 并发
    ConcurrentExpr = CONCURRENT_EXPR;
    SelectExpr = SELECT_EXPR;
    SelectArm = SELECT_ARM;
    ReturnExpr = RETURN_EXPR;
    ThrowExpr = THROW_EXPR;
    BreakExpr = BREAK_EXPR;
    ContinueExpr = CONTINUE_EXPR;
}

operand! { MatchGuard ReturnExpr ThrowExpr }

/// What stands after 否则.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum ElseBranch {
    If(IfExpr),
    Block(Block),
}

impl IfExpr {
    /// A [`LetCondition`] for `如果 变量 …`, perhaps joined with others by 且.
    pub fn condition(&self) -> Option<Expr> {
        let then = self.then_block().map(|it| it.text_range().start());
        let condition = child::<Expr>(self.syntax())?;
        (Some(condition.text_range().start()) != then).then_some(condition)
    }
    pub fn then_block(&self) -> Option<Block> {
        child(self.syntax())
    }
    pub fn else_branch(&self) -> Option<ElseBranch> {
        if let Some(it) = child_after::<IfExpr>(self.syntax(), T![否则]) {
            return Some(ElseBranch::If(it));
        }
        if let Some(it) = child_after::<Block>(self.syntax(), T![否则]) {
            return Some(ElseBranch::Block(it));
        }
        // `否则如果` is the first token of the nested 如果.
        let mut nested = children::<IfExpr>(self.syntax())
            .filter(|it| it.syntax().first_token().is_some_and(|it| it.kind() == T![否则如果]));
        nested.next().map(ElseBranch::If)
    }
}
impl LetCondition {
    pub fn pattern(&self) -> Option<Pattern> {
        child(self.syntax())
    }
    pub fn ty(&self) -> Option<Type> {
        child(self.syntax())
    }
    pub fn value(&self) -> Option<Expr> {
        child(self.syntax())
    }
}
impl MatchExpr {
    pub fn scrutinee(&self) -> Option<Expr> {
        child(self.syntax())
    }
    pub fn arms(&self) -> impl Iterator<Item = MatchArm> + use<> {
        children(self.syntax())
    }
}
impl MatchArm {
    pub fn pattern(&self) -> Option<Pattern> {
        child(self.syntax())
    }
    pub fn guard(&self) -> Option<Expr> {
        child::<MatchGuard>(self.syntax())?.expr()
    }
    pub fn body(&self) -> Option<Expr> {
        child_after(self.syntax(), T![=>])
    }
}
impl TryCatchExpr {
    pub fn body(&self) -> Option<Block> {
        child(self.syntax())
    }
    pub fn catches(&self) -> impl Iterator<Item = CatchClause> + use<> {
        children(self.syntax())
    }
    pub fn finally(&self) -> Option<Block> {
        child(child::<FinallyClause>(self.syntax())?.syntax())
    }
}
impl CatchClause {
    pub fn pattern(&self) -> Option<Pattern> {
        child(self.syntax())
    }
    pub fn ty(&self) -> Option<Type> {
        child(self.syntax())
    }
    pub fn body(&self) -> Option<Block> {
        child(self.syntax())
    }
}

/// Loops can carry a label.
pub trait HasLabel: AstNode {
    fn label(&self) -> Option<Name> {
        child(child::<Label>(self.syntax())?.syntax())
    }
}
impl HasLabel for WhileExpr {}
impl HasLabel for LoopExpr {}
impl HasLabel for ForExpr {}

impl WhileExpr {
    pub fn condition(&self) -> Option<Expr> {
        let body = self.body().map(|it| it.text_range().start());
        let condition = child_after::<Expr>(self.syntax(), T![当])?;
        (Some(condition.text_range().start()) != body).then_some(condition)
    }
    pub fn body(&self) -> Option<Block> {
        child(self.syntax())
    }
}
impl LoopExpr {
    pub fn body(&self) -> Option<Block> {
        child(self.syntax())
    }
}
impl ForExpr {
    /// `对于 等待 x 在 流`
    pub fn is_await(&self) -> bool {
        has(self.syntax(), T![等待])
    }
    pub fn pattern(&self) -> Option<Pattern> {
        child(self.syntax())
    }
    pub fn iterable(&self) -> Option<Expr> {
        let body = self.body().map(|it| it.text_range().start());
        let iterable = child_after::<Expr>(self.syntax(), T![在])?;
        (Some(iterable.text_range().start()) != body).then_some(iterable)
    }
    pub fn body(&self) -> Option<Block> {
        children(self.syntax()).last()
    }
}
impl ConcurrentExpr {
    pub fn body(&self) -> Option<Block> {
        child(self.syntax())
    }
}
impl SelectExpr {
    pub fn arms(&self) -> impl Iterator<Item = SelectArm> + use<> {
        children(self.syntax())
    }
}

/// What a 选择 arm waits for.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum SelectArmKind {
    /// `默认:`
    Default,
    /// `情况 超时(毫秒):`
    Timeout(Expr),
    /// `情况 通 <- 值:`
    Send(SendExpr),
    /// `情况 x := e:` or `情况 e:`, where `e` is `<-通`, `通.接收()` or `等待 h`.
    Wait { pattern: Option<Pattern>, operation: Expr },
    /// After a syntax error.
    Missing,
}

impl SelectArm {
    pub fn kind(&self) -> SelectArmKind {
        if has(self.syntax(), T![默认]) {
            return SelectArmKind::Default;
        }
        let body = self.body().map(|it| it.text_range().start());
        let operation = child::<Expr>(self.syntax()).filter(|it| Some(it.text_range().start()) != body);
        match operation {
            None => SelectArmKind::Missing,
            Some(it) if has(self.syntax(), T![超时]) => SelectArmKind::Timeout(it),
            Some(Expr::Send(it)) => SelectArmKind::Send(it),
            Some(operation) => SelectArmKind::Wait { pattern: child(self.syntax()), operation },
        }
    }
    /// The `=` of `情况 x = <-通`, without 变量.
    pub fn plain_equals(&self) -> Option<SyntaxToken> {
        let is_declared = has(self.syntax(), T![变量]) || has(self.syntax(), T![常量]);
        token(self.syntax(), T![=]).filter(|_| !is_declared)
    }
    pub fn body(&self) -> Option<Block> {
        self.syntax().last_child().and_then(Block::cast)
    }
}

impl BreakExpr {
    pub fn label(&self) -> Option<Name> {
        child(self.syntax())
    }
}
impl ContinueExpr {
    pub fn label(&self) -> Option<Name> {
        child(self.syntax())
    }
}
