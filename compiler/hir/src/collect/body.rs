//! Builds one [`Body`]: arenas, hidden names, and the scopes in which a name may be declared once.
//! Resolves nothing; a missing part of the tree (reported by the parser) becomes [`ExprKind::Error`].

use super::context::Ctx;
use super::{closure, types};
use crate::diagnostics;
use crate::{
    Block, Body, Expr, ExprId, ExprKind, Local, LocalId, LocalKind, Pat, PatId, PatKind, Path, PathSegment, Statement,
};
use qi_base::{Name, Span};
use qi_syntax::ast::{self, AstNode};
use rustc_hash::FxHashMap;

pub(super) struct BodyBuilder<'c, 'd> {
    pub ctx: &'c mut Ctx<'d>,
    pub body: Body,
    /// Names declared by 变量, 常量 and local functions, per open block.
    scopes: Vec<FxHashMap<Name, Span>>,
    hidden: usize,
    /// How many 最终 are around, within the function.
    pub finally_depth: usize,
    /// The outermost statements are those of the file.
    pub is_script: bool,
}

impl<'c, 'd> BodyBuilder<'c, 'd> {
    pub fn new(ctx: &'c mut Ctx<'d>) -> Self {
        Self { ctx, body: Body::default(), scopes: Vec::new(), hidden: 0, finally_depth: 0, is_script: false }
    }

    pub fn alloc(&mut self, kind: ExprKind, span: Span) -> ExprId {
        self.body.exprs.push(Expr { kind, span })
    }
    pub fn alloc_pat(&mut self, kind: PatKind, span: Span) -> PatId {
        self.body.pats.push(Pat { kind, span })
    }
    pub fn local(&mut self, name: Name, kind: LocalKind, span: Span) -> LocalId {
        self.body.locals.push(Local { name, kind, span })
    }
    pub fn error(&mut self, span: Span) -> ExprId {
        self.alloc(ExprKind::Error, span)
    }
    /// A name no user can write.
    pub fn hidden_name(&mut self) -> Name {
        self.hidden += 1;
        Name::new(&format!("#{}", self.hidden))
    }
    pub fn name_expr(&mut self, name: Name, span: Span) -> ExprId {
        let segments = vec![PathSegment { name, generics: Vec::new(), span }];
        self.alloc(ExprKind::Path(Path { segments, span }), span)
    }

    pub fn open_scope(&mut self) {
        self.scopes.push(FxHashMap::default());
    }
    pub fn close_scope(&mut self) {
        self.scopes.pop();
    }
    /// Reports a second declaration of `name` in the innermost block.
    pub fn declare(&mut self, name: Name, span: Span) {
        let Some(scope) = self.scopes.last_mut() else { return };
        if name.as_str() == "_" {
            return;
        }
        let first = *scope.entry(name).or_insert(span);
        if first != span {
            self.ctx.report(diagnostics::local_twice(span, name.as_str(), first));
        }
    }

    pub fn is_declared(&self, name: Name) -> bool {
        self.scopes.iter().any(|it| it.contains_key(&name))
    }

    pub fn block(&mut self, block: &ast::Block) -> ExprId {
        let span = self.ctx.span(block);
        let statements = self.block_statements(block);
        self.alloc(ExprKind::Block(Block { statements }), span)
    }
    pub fn block_or_error(&mut self, block: Option<ast::Block>, at: Span) -> ExprId {
        match block {
            Some(block) => self.block(&block),
            None => self.error(at),
        }
    }
    pub fn block_statements(&mut self, block: &ast::Block) -> Vec<Statement> {
        self.open_scope();
        let statements = block.statements().filter_map(|it| self.statement(it)).collect();
        self.close_scope();
        statements
    }

    pub fn statement(&mut self, statement: ast::Statement) -> Option<Statement> {
        match statement {
            ast::Statement::Let(it) => Some(self.let_statement(&it)),
            ast::Statement::Expr(it) => Some(Statement::Expr(self.statement_expr(it.expr()?))),
            ast::Statement::Item(ast::Item::Function(it)) => closure::local_function(self, &it),
            ast::Statement::Item(it) => {
                self.misplaced_item(&it);
                None
            }
        }
    }

    /// In statement position `{}` is a block.
    fn statement_expr(&mut self, expr: ast::Expr) -> ExprId {
        match expr {
            ast::Expr::Map(it) if it.entries().next().is_none() => {
                let span = self.ctx.span(&it);
                self.alloc(ExprKind::Block(Block { statements: Vec::new() }), span)
            }
            other => self.expr(other),
        }
    }

    pub fn let_statement(&mut self, statement: &ast::LetStmt) -> Statement {
        let span = self.ctx.span(statement);
        self.ctx.attributes(statement, false);
        if statement.is_public() && !(self.is_script && self.scopes.len() == 1) {
            let modifier = Span { end: span.start + "公开".len() as u32, ..span };
            self.ctx.report(diagnostics::misplaced_modifier(modifier, "公开"));
        }
        let ty = statement.ty().map(|it| types::type_ref(self.ctx, it));
        // The initialiser comes first: it does not see the new names.
        let init = match statement.value() {
            Some(it) => Some(self.expr(it)),
            None => statement.has_initializer().then(|| self.error(span)),
        };
        let kind = if statement.is_constant() { LocalKind::Constant } else { LocalKind::Variable };
        let pat = self.declared_pattern(statement.pattern(), kind, span);
        Statement::Let { pat, ty, init, span }
    }

    fn misplaced_item(&mut self, item: &ast::Item) {
        let span = self.ctx.span(item);
        let first_line = Span { end: span.end.min(span.start + self.first_token_len(item)), ..span };
        let (zh, en) = match item {
            ast::Item::Package(_) => ("“包”", "`包`"),
            ast::Item::Import(_) => ("“导入”", "`导入`"),
            ast::Item::Test(_) => ("“测试”", "`测试`"),
            ast::Item::ExternBlock(_) => ("“外部”块", "an `外部` block"),
            ast::Item::Struct(_) | ast::Item::TypeAlias(_) => ("“类型”", "`类型`"),
            ast::Item::Enum(_) => ("“枚举”", "`枚举`"),
            ast::Item::Trait(_) => ("“特性”", "`特性`"),
            ast::Item::Impl(_) => ("“实现”", "`实现`"),
            ast::Item::Function(_) => return,
        };
        self.ctx.report(diagnostics::misplaced_item(first_line, zh, en));
    }

    fn first_token_len(&self, item: &ast::Item) -> u32 {
        item.syntax().first_token().map_or(0, |it| it.text_range().len().into())
    }
}
