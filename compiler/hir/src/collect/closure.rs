//! Closures in every spelling, local functions, 启动 with a block, and the parameters they share with functions.

use super::body::BodyBuilder;
use super::types;
use crate::diagnostics;
use crate::{
    Block, Closure, ClosureParam, ExprId, ExprKind, FunctionKind, LocalId, LocalKind, MatchArm, Mode, PatId, Statement,
};
use qi_base::{Name, Span};
use qi_syntax::ast::{self, Expr, HasAttributes, Pattern};
use rustc_hash::FxHashMap;

/// Parameters taken apart by a pattern: the hidden variable that arrives, and its pattern.
#[derive(Default)]
pub(super) struct Prologue(Vec<(PatId, Name, Span)>);

/// Declares the variable of one parameter. A pattern other than a name is matched in the prologue.
pub(super) fn param_local(
    builder: &mut BodyBuilder,
    param: &ast::Param,
    prologue: &mut Prologue,
) -> (Name, LocalId, Span) {
    let span = builder.ctx.span(param);
    let kind = if param.is_mutable() { LocalKind::InOut } else { LocalKind::Variable };
    match param.pattern() {
        Some(Pattern::Binding(it)) if it.name().is_some() => {
            let name = it.name().expect("just seen");
            let name_span = builder.ctx.span(&name);
            (name.name(), builder.local(name.name(), kind, name_span), name_span)
        }
        Some(Pattern::Wildcard(_)) | None => {
            let name = Name::new("_");
            (name, builder.local(name, kind, span), span)
        }
        Some(pattern) => {
            let hidden = builder.hidden_name();
            let pattern_span = builder.ctx.span(&pattern);
            let local = builder.local(hidden, kind, pattern_span);
            let pat = builder.pattern(Some(pattern), LocalKind::Variable, span);
            prologue.0.push((pat, hidden, pattern_span));
            (hidden, local, pattern_span)
        }
    }
}

impl Prologue {
    pub fn statements(self, builder: &mut BodyBuilder) -> Vec<Statement> {
        let statement = |(pat, hidden, span)| {
            let init = builder.name_expr(hidden, span);
            Statement::Let { pat, ty: None, init: Some(init), span }
        };
        self.0.into_iter().map(statement).collect()
    }
    /// `(甲, 乙) => e`: an expression that takes the parameters apart first.
    fn wrap(self, builder: &mut BodyBuilder, mut body: ExprId) -> ExprId {
        for (pat, hidden, span) in self.0.into_iter().rev() {
            let scrutinee = builder.name_expr(hidden, span);
            let arms = vec![MatchArm { pat, guard: None, body, span }];
            let body_span = builder.body.exprs[body].span;
            body = builder.alloc(ExprKind::Match { scrutinee, arms }, body_span);
        }
        body
    }
}

/// Reports two parameters of one name.
pub(super) fn check_param_names(builder: &mut BodyBuilder, params: &[(Name, Span)]) {
    let mut seen = FxHashMap::default();
    for &(name, span) in params {
        if name.as_str() == "_" {
            continue;
        }
        let first = *seen.entry(name).or_insert(span);
        if first != span {
            builder.ctx.report(diagnostics::duplicate_definition(span, name.as_str(), first));
        }
    }
}

fn closure_params(builder: &mut BodyBuilder, params: Vec<ast::Param>, prologue: &mut Prologue) -> Vec<ClosureParam> {
    let mut names = Vec::new();
    let params = params.iter().map(|param| {
        let span = builder.ctx.span(param);
        if param.default().is_some() {
            builder.ctx.unsupported(
                span,
                "闭包和局部函数参数的默认值",
                "default values in closures and local functions",
            );
        }
        if param.is_variadic() {
            builder.ctx.unsupported(span, "闭包和局部函数的可变参数", "variadic closures and local functions");
        }
        let ty = param.ty().map(|it| types::type_ref(builder.ctx, it));
        let mode = if param.is_mutable() { Mode::InOut } else { Mode::Value };
        let (name, local, name_span) = param_local(builder, param, prologue);
        names.push((name, name_span));
        ClosureParam { local, ty, mode }
    });
    let params = params.collect();
    check_param_names(builder, &names);
    params
}

pub(super) fn closure(builder: &mut BodyBuilder, it: &ast::ClosureExpr, span: Span) -> ExprId {
    let mut prologue = Prologue::default();
    let captures = it.captures().into_iter().map(|it| builder.expr(it)).collect();
    let params = closure_params(builder, it.params(), &mut prologue);
    let result = it.ret_type().map(|it| types::type_ref(builder.ctx, it));
    let (body, is_block) = closure_body(builder, it.body(), prologue, span);
    let closure = Closure {
        captures,
        params,
        result,
        body,
        name: None,
        is_spawned_block: false,
        is_block,
        kind: FunctionKind::Plain,
    };
    builder.alloc(ExprKind::Closure(closure), span)
}

/// The body, and whether it is a block.
fn closure_body(builder: &mut BodyBuilder, body: Option<Expr>, prologue: Prologue, span: Span) -> (ExprId, bool) {
    match body {
        Some(Expr::Block(block)) => {
            let body = builder.block(&block);
            let statements = prologue.statements(builder);
            builder.prepend(body, statements);
            (body, true)
        }
        Some(Expr::Map(it)) if it.entries().next().is_none() => {
            let body_span = builder.ctx.span(&it);
            let statements = prologue.statements(builder);
            (builder.alloc(ExprKind::Block(Block { statements }), body_span), true)
        }
        other => {
            let body = builder.expr_or_error(other, span);
            (prologue.wrap(builder, body), false)
        }
    }
}

pub(super) fn spawn(builder: &mut BodyBuilder, it: &ast::SpawnExpr, span: Span) -> ExprId {
    let block = match it.expr() {
        Some(Expr::Block(block)) => Some(Expr::Block(block)),
        Some(Expr::Map(it)) if it.entries().next().is_none() => Some(Expr::Map(it)),
        _ => None,
    };
    let operand = match block {
        Some(block) => {
            let block_span = builder.ctx.span(&block);
            let (body, is_block) = closure_body(builder, Some(block), Prologue::default(), span);
            let closure = Closure {
                captures: Vec::new(),
                params: Vec::new(),
                result: None,
                body,
                name: None,
                is_spawned_block: true,
                is_block,
                kind: FunctionKind::Plain,
            };
            builder.alloc(ExprKind::Closure(closure), block_span)
        }
        None => builder.expr_or_error(it.expr(), span),
    };
    builder.alloc(ExprKind::Spawn { operand, detached: it.is_background() }, span)
}

pub(super) fn function_kind(it: &ast::Function) -> FunctionKind {
    match (it.is_async(), it.is_coroutine()) {
        (false, false) => FunctionKind::Plain,
        (true, false) => FunctionKind::Async,
        (false, true) => FunctionKind::Coroutine,
        (true, true) => FunctionKind::AsyncCoroutine,
    }
}

pub(super) fn local_function(builder: &mut BodyBuilder, it: &ast::Function) -> Option<Statement> {
    let name = it.name()?;
    let span = builder.ctx.span(it);
    let name_span = builder.ctx.span(&name);
    check_local_function(builder, it, name_span);
    let local = builder.local(name.name(), LocalKind::Function, name_span);
    builder.declare(name.name(), name_span);
    let mut prologue = Prologue::default();
    let params = closure_params(builder, it.params().collect(), &mut prologue);
    let result = it.ret_type().map(|it| types::type_ref(builder.ctx, it));
    let (body, _) = closure_body(builder, it.body().map(Expr::Block), prologue, span);
    let closure = Closure {
        captures: Vec::new(),
        params,
        result,
        body,
        name: Some(name.name()),
        is_spawned_block: false,
        is_block: true,
        kind: function_kind(it),
    };
    let closure = builder.alloc(ExprKind::Closure(closure), span);
    Some(Statement::Function { local, closure })
}

fn check_local_function(builder: &mut BodyBuilder, it: &ast::Function, span: Span) {
    if it.generic_params().is_some() {
        builder.ctx.unsupported(span, "局部函数的类型参数", "a generic local function");
    }
    for (present, modifier) in [
        (it.is_public(), "公开"),
        (it.is_private(), "私有"),
        (it.is_static(), "静态"),
        (it.is_export(), "导出"),
        (it.receiver().is_some(), "自己"),
    ] {
        if present {
            builder.ctx.report(diagnostics::misplaced_modifier(span, modifier));
        }
    }
    for attribute in it.attributes() {
        let span = builder.ctx.span(&attribute);
        let name = attribute.name().map_or("", |it| it.name().as_str());
        builder.ctx.report(diagnostics::misplaced_modifier(span, &format!("@{name}")));
    }
}
