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
    builder.ctx.attributes(param, false);
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
            let arms = vec![MatchArm { pat, guard: Vec::new(), body, span }];
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
        let ty = param.ty().map(|it| types::type_ref(builder.ctx, it));
        let mode = if param.is_mutable() { Mode::InOut } else { Mode::Value };
        let (name, local, name_span) = param_local(builder, param, prologue);
        names.push((name, name_span));
        let default = param.default().map(|it| builder.expr(it));
        check_param_form(builder, param, name_span);
        ClosureParam { local, ty, mode, default, variadic: param.is_variadic() }
    });
    let params = params.collect();
    check_param_names(builder, &names);
    params
}

/// A parameter with a default value or `...` is passed in one way only.
pub(super) fn check_param_form(builder: &mut BodyBuilder, param: &ast::Param, span: Span) {
    let has_default = param.default().is_some();
    if param.is_variadic() && (param.is_mutable() || has_default) {
        builder.ctx.report(diagnostics::misplaced_modifier(span, "..."));
    } else if has_default && param.is_mutable() {
        builder.ctx.report(diagnostics::misplaced_modifier(span, "可变"));
    }
}

/// `变量 f: 函数(整数): 整数` can hold any closure, so its type says nothing of defaults and `...`.
fn check_plain_params(builder: &mut BodyBuilder, params: &[ast::Param]) {
    for param in params.iter().filter(|it| it.default().is_some() || it.is_variadic()) {
        let span = builder.ctx.span(param);
        builder.ctx.report(diagnostics::closure_param_form(span, param.is_variadic()));
    }
}

pub(super) fn closure(builder: &mut BodyBuilder, it: &ast::ClosureExpr, span: Span) -> ExprId {
    let mut prologue = Prologue::default();
    let captures = it.captures().into_iter().map(|it| builder.expr(it)).collect();
    check_plain_params(builder, &it.params());
    let params = closure_params(builder, it.params(), &mut prologue);
    let result = it.ret_type().map(|it| types::type_ref(builder.ctx, it));
    let (body, is_block) = closure_body(builder, it.body(), prologue, span);
    let closure = Closure { captures, params, result, is_block, ..Closure::of(body) };
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
            let closure = Closure { is_spawned_block: true, is_block, ..Closure::of(body) };
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
    let written_generics = types::generics(builder.ctx, it.generic_params());
    let mut prologue = Prologue::default();
    let params = closure_params(builder, it.params().collect(), &mut prologue);
    check_variadic(builder, &params);
    let result = it.ret_type().map(|it| types::type_ref(builder.ctx, it));
    let (body, _) = closure_body(builder, it.body().map(Expr::Block), prologue, span);
    let closure = Closure {
        written_generics,
        params,
        result,
        name: Some(name.name()),
        is_block: true,
        kind: function_kind(it),
        ..Closure::of(body)
    };
    let closure = builder.alloc(ExprKind::Closure(closure), span);
    Some(Statement::Function { local, closure })
}

fn check_variadic(builder: &mut BodyBuilder, params: &[ClosureParam]) {
    let before = params.split_last().map_or(&[][..], |it| it.1);
    if let Some(it) = before.iter().find(|it| it.variadic) {
        let local = &builder.body.locals[it.local];
        builder.ctx.report(diagnostics::variadic_not_last(local.span, local.name.as_str()));
    }
}

fn check_local_function(builder: &mut BodyBuilder, it: &ast::Function, span: Span) {
    for (present, modifier) in [
        (it.is_public(), "公开"),
        (it.is_private(), "私有"),
        (it.is_static(), "静态"),
        (it.is_export(), "导出"),
        (it.receiver().is_some(), "自己"),
    ] {
        if present {
            builder.ctx.misplaced(it, modifier, span);
        }
    }
    for attribute in it.attributes() {
        let span = builder.ctx.span(&attribute);
        let name = attribute.name().map_or("", |it| it.name().as_str());
        builder.ctx.report(diagnostics::misplaced_modifier(span, &format!("@{name}")));
    }
}
