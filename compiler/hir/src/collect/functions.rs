//! Functions of every owner: signature, modifiers, parameters with defaults in the body's arena, body.

use super::body::BodyBuilder;
use super::closure::{self, Prologue};
use super::items::ItemLowering;
use super::types;
use crate::diagnostics;
use crate::{
    Body, External, Function, FunctionId, FunctionKind, LocalKind, Mode, ModuleId, Owner, Param, TypeRef, TypeRefKind,
};
use qi_base::{Name, Span};
use qi_syntax::ast::{self, AstNode, HasAttributes};

/// A function without parameters, modifiers or body.
pub(super) fn bare(name: Name, module: ModuleId, span: Span) -> Function {
    Function {
        name,
        module,
        owner: Owner::Module,
        kind: FunctionKind::Plain,
        generics: Vec::new(),
        has_self: false,
        params: Vec::new(),
        result: None,
        public: false,
        export: None,
        external: None,
        intrinsic: None,
        no_alloc: false,
        body: None,
        name_span: span,
        signature_span: span,
        documentation: String::new(),
    }
}

/// `receiver` is the name a Go-style method gives 自己.
pub(super) fn lower(
    lowering: &mut ItemLowering,
    it: &ast::Function,
    owner: Owner,
    receiver: Option<ast::Name>,
) -> FunctionId {
    let mut function = signature(lowering, it, owner);
    check_modifiers(lowering, it, owner);
    let (params, body) = params_and_body(lowering, it, function.has_self, receiver);
    function.params = params;
    function.body = body;
    lowering.program.functions.push(function)
}

/// Inside an 外部 block.
pub(super) fn lower_external(lowering: &mut ItemLowering, it: &ast::Function, external: External) -> FunctionId {
    let mut function = signature(lowering, it, Owner::Module);
    function.external = Some(external);
    check_modifiers(lowering, it, Owner::Module);
    let name = function.name.as_str();
    if let Some(body) = it.body() {
        let span = lowering.ctx.span(&body);
        lowering.ctx.report(diagnostics::unexpected_body(span, name));
    }
    for (present, modifier) in [
        (it.is_async(), "异步"),
        (it.is_coroutine(), "协程"),
        (it.is_export(), "导出"),
        (it.receiver().is_some(), "自己"),
        (it.generic_params().is_some(), "<…>"),
    ] {
        if present {
            lowering.ctx.misplaced(it, modifier, function.name_span);
        }
    }
    let (params, _) = params_and_body(lowering, it, false, None);
    for param in &params {
        if param.variadic {
            lowering.ctx.unsupported(param.span, "可变参数的 C 函数", "variadic C functions");
        }
        if param.mode == Mode::InOut {
            lowering.ctx.report(diagnostics::misplaced_modifier(param.span, "可变"));
        }
    }
    function.params = params.into_iter().map(|it| Param { default: None, ..it }).collect();
    lowering.program.functions.push(function)
}

fn signature(lowering: &mut ItemLowering, it: &ast::Function, owner: Owner) -> Function {
    let span = lowering.ctx.span(it);
    let name_span = it.name().map_or(span, |it| lowering.ctx.span(&it));
    let name = it.name().map_or(Name::new(""), |it| it.name());
    let intrinsic = lowering.ctx.attributes(it, true);
    let generics = lowering.generics(it.generic_params());
    let is_method = owner != Owner::Module;
    Function {
        owner,
        kind: closure::function_kind(it),
        generics,
        has_self: is_method && !it.is_static(),
        result: match it.ret_type() {
            Some(it) => Some(types::type_ref(&mut lowering.ctx, it)),
            None => it.has_ret_type().then_some(TypeRef { kind: TypeRefKind::Error, span }),
        },
        public: if is_method { !it.is_private() } else { it.is_public() },
        export: it.is_export().then(|| it.export_name().unwrap_or_else(|| name.as_str().to_owned())),
        intrinsic,
        no_alloc: it.attribute("零分配").is_some(),
        signature_span: signature_span(lowering, it, span),
        documentation: it.doc().unwrap_or_default(),
        ..bare(name, lowering.module, name_span)
    }
}

/// From the first modifier to the last token before the body.
fn signature_span(lowering: &ItemLowering, it: &ast::Function, span: Span) -> Span {
    let start = lowering.ctx.head(it);
    let behind = it.body().and_then(|it| it.syntax().first_token()?.prev_token());
    let mut before = std::iter::successors(behind, |it| it.prev_token());
    let last = before.find(|it| !it.kind().is_trivia());
    let end = last.map_or(span.end, |it| it.text_range().end().into());
    Span { start: start.start, end: end.max(start.end), ..span }
}

fn check_modifiers(lowering: &mut ItemLowering, it: &ast::Function, owner: Owner) {
    let span = it.name().map_or_else(|| lowering.ctx.span(it), |it| lowering.ctx.span(&it));
    let is_method = owner != Owner::Module;
    let misplaced = [
        (it.is_static() && !is_method, "静态"),
        (it.is_private() && !is_method, "私有"),
        (it.is_export() && is_method, "导出"),
    ];
    for (present, modifier) in misplaced {
        if present {
            lowering.ctx.misplaced(it, modifier, span);
        }
    }
}

/// The body is there also when only default values need its arena; then it has no root.
fn params_and_body(
    lowering: &mut ItemLowering,
    it: &ast::Function,
    has_self: bool,
    receiver: Option<ast::Name>,
) -> (Vec<Param>, Option<Body>) {
    let mut builder = BodyBuilder::new(&mut lowering.ctx);
    if has_self {
        let place = receiver.clone().or_else(|| it.name());
        let span = place.map_or_else(|| builder.ctx.span(it), |it| builder.ctx.span(&it));
        let name = receiver.map_or(Name::new("自己"), |it| it.name());
        builder.body.self_local = Some(builder.local(name, LocalKind::Variable, span));
    }
    let mut prologue = Prologue::default();
    let mut names = Vec::new();
    let mut params = Vec::new();
    for param in it.params() {
        if has_self && report_self(&mut builder, &param) {
            continue;
        }
        let lowered = lower_param(&mut builder, &param, &mut prologue, &mut names);
        params.push(lowered);
    }
    closure::check_param_names(&mut builder, &names);
    if let Some((_, before)) = params.split_last()
        && let Some(it) = before.iter().find(|it| it.variadic)
    {
        builder.ctx.report(diagnostics::variadic_not_last(it.span, it.name.as_str()));
    }
    let has_defaults = params.iter().any(|it| it.default.is_some());
    if let Some(block) = it.body() {
        let root = builder.block(&block);
        let statements = prologue.statements(&mut builder);
        builder.prepend(root, statements);
        builder.body.root = Some(root);
        return (params, Some(builder.body));
    }
    (params, has_defaults.then_some(builder.body))
}

/// `函数 取(self)`, as other languages have it: no parameter of the method. True after the report.
fn report_self(builder: &mut BodyBuilder, param: &ast::Param) -> bool {
    let name = param.name().filter(|it| param.ty().is_none() && matches!(it.name().as_str(), "self" | "this"));
    if let Some(name) = &name {
        let span = builder.ctx.span(name);
        builder.ctx.report(diagnostics::self_as_parameter(span, name.name().as_str()));
    }
    name.is_some()
}

fn lower_param(
    builder: &mut BodyBuilder,
    param: &ast::Param,
    prologue: &mut Prologue,
    names: &mut Vec<(Name, Span)>,
) -> Param {
    let (name, local, span) = closure::param_local(builder, param, prologue);
    builder.body.params.push(local);
    names.push((name, span));
    let ty = param.ty().map(|it| types::type_ref(builder.ctx, it));
    if ty.is_none() {
        let ty_span = builder.ctx.span(param);
        builder.ctx.report(diagnostics::missing_param_type(ty_span, name.as_str()));
    }
    let default = param.default().map(|it| builder.expr(it));
    let mode = if param.is_mutable() { Mode::InOut } else { Mode::Value };
    closure::check_param_form(builder, param, span);
    Param { name, ty, default, variadic: param.is_variadic(), mode, span }
}

/// The fewest and the most arguments a call can have.
fn arity(function: &Function) -> (usize, usize) {
    let required = function.params.iter().filter(|it| it.default.is_none() && !it.variadic).count();
    let most = if function.params.iter().any(|it| it.variadic) { usize::MAX } else { function.params.len() };
    (required, most)
}

pub(super) fn arities_overlap(left: &Function, right: &Function) -> bool {
    let (left, right) = (arity(left), arity(right));
    left.0 <= right.1 && right.0 <= left.1
}
