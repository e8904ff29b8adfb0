//! Checks one body: what its parts share, scopes of locals, and the three kinds of bodies.

use super::Checker;
use super::closure::ClosureSignature;
use super::obligation::Obligation;
use super::operator::OpenOperator;
use super::table::Table;
use super::typeref::TypeScope;
use crate::{
    AdtId, AdtKind, Body, ExprId, FieldDef, FunctionId, GlobalId, LocalId, ModuleId, Program, Ty, TyKind, TypedBody,
    diagnostics,
};
use qi_base::{Diagnostic, FileId, Name, Span};
use rustc_hash::{FxHashMap, FxHashSet};

pub(super) struct BodyChecker<'a, 'p> {
    pub cx: &'a mut Checker<'p>,
    pub program: &'p Program,
    pub body: &'p Body,
    pub module: ModuleId,
    pub scope: TypeScope,
    /// How many type parameters are visible in the whole body.
    pub n_generics: usize,
    pub table: Table,
    pub out: TypedBody,
    /// Innermost last.
    pub locals: Vec<(Name, LocalId)>,
    /// The function and the closures around the current place.
    pub frames: Vec<Frame>,
    pub obligations: Vec<Obligation>,
    /// Integer literals, with their sign, to be measured once their types are known.
    pub literals: Vec<(Span, Ty, u128, bool)>,
    /// The same of literals with a point or exponent.
    pub float_literals: Vec<(Span, Ty, f64)>,
    /// Operators on literals whose type is not settled: expression, index among its operators, operand type.
    pub number_operators: Vec<(ExprId, usize, Ty)>,
    pub open_operators: Vec<OpenOperator>,
    /// A type that is too large was reported.
    pub has_large_type: bool,
    /// Operands that must turn out to be integers.
    pub integers: Vec<(Span, Ty)>,
    /// Calls of 异步 functions that 等待 runs in place.
    pub direct_awaits: FxHashSet<ExprId>,
    /// Says how the call at this expression is used.
    pub call_use: Option<(ExprId, CallUse)>,
    /// Local functions of open blocks whose bodies come later.
    pub pending: FxHashMap<LocalId, ClosureSignature>,
    /// Names whose declaration is broken and reported.
    pub lost_names: FxHashSet<Name>,
    /// Places of operands, where a name was looked for among them.
    pub operands: Option<FxHashSet<(FileId, u32)>>,
    /// Something was reported: what is still unknown may follow from it.
    pub failed: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum CallUse {
    Value,
    /// Directly under 等待.
    Await,
    /// Directly under 启动.
    Spawn {
        detached: bool,
    },
}

/// A function or closure body.
pub(super) struct Frame {
    /// None for closures and values.
    pub function: Option<FunctionId>,
    pub result: Ty,
    /// Where the result type is written.
    pub result_span: Option<Span>,
    pub yields: Option<(Ty, Ty)>,
    pub loops: Vec<Loop>,
    /// Result 未来<T> without 异步: what the 返回 values are.
    pub future: Option<FutureReturns>,
    /// Values of fields, globals and parameters: no 返回, no early end.
    pub is_function: bool,
}

pub(super) struct FutureReturns {
    pub inner: Ty,
    pub handles: Vec<Span>,
    pub values: Vec<Span>,
}

pub(super) struct Loop {
    pub label: Option<Name>,
    pub broken: bool,
}

impl Frame {
    pub fn new(result: Ty) -> Self {
        Self {
            function: None,
            result,
            result_span: None,
            yields: None,
            loops: Vec::new(),
            future: None,
            is_function: true,
        }
    }
}

/// Why a type is expected: a second label.
#[derive(Clone, Copy)]
pub(super) struct Cause(pub Option<(Span, &'static str, &'static str)>);

impl Cause {
    pub const NONE: Self = Self(None);
    pub fn new(span: Span, zh: &'static str, en: &'static str) -> Self {
        Self(Some((span, zh, en)))
    }
}

pub(super) fn check_function(cx: &mut Checker, id: FunctionId) {
    let program = cx.program;
    let function = &program.functions[id];
    let Some(body) = &function.body else { return };
    let scope = cx.function_scope(id);
    let signature = cx.analysis.signatures.functions[id].clone();
    let (open_yields, open_future) = (cx.open_yields.contains(&id), cx.open_futures.contains(&id));
    let mut checker = BodyChecker::new(cx, body, function.module, scope);
    let n_locals = checker.locals.len();
    for ((param, &local), &ty) in function.params.iter().zip(&body.params).zip(&signature.params) {
        if let Some(default) = param.default {
            checker.check_value_body(default, ty, param.ty.as_ref().map(|it| it.span));
        }
        checker.declare(local, ty);
    }
    checker.locals.truncate(n_locals);
    if let (Some(local), Some(ty)) = (body.self_local, signature.self_type) {
        checker.declare(local, ty);
    }
    // A wrong signature is reported; what stays unknown in the body may follow from it.
    checker.failed = signature.params.iter().chain(&signature.self_type).any(|it| it.has_error());
    body.params.iter().for_each(|&it| checker.show(it));
    let mut frame = Frame::new(signature.result);
    frame.function = Some(id);
    frame.result_span = function.result.as_ref().map(|it| it.span);
    frame.yields = signature.yields.map(|declared| match open_yields {
        true => checker.open_yields(declared, function),
        false => declared,
    });
    if let (true, TyKind::Task(inner)) = (open_future, signature.result.kind()) {
        frame.future = Some(FutureReturns { inner: *inner, handles: Vec::new(), values: Vec::new() });
    }
    checker.frames.push(frame);
    if let Some(root) = body.root {
        checker.statement(root);
    }
    let frame = checker.frames.pop().expect("pushed above");
    // The 让出 that would tell the type may be what is broken.
    let is_unknown = |item: Ty| checker.failed && checker.table.is_general_var(item);
    let item_or_error = |(item, sent)| (if is_unknown(item) { Ty::error() } else { item }, sent);
    let yields = frame.yields.map(item_or_error);
    let (typed, yields) = checker.finish(yields);
    let signature = &mut cx.analysis.signatures.functions[id];
    if open_yields {
        signature.yields = yields;
        cx.open_yields.remove(&id);
    }
    if let Some(returns) = frame.future {
        if let (Some(&handle), Some(&value)) = (returns.handles.first(), returns.values.first()) {
            cx.report(diagnostics::mixed_future_returns(value, handle));
        } else if returns.handles.is_empty() {
            signature.result = returns.inner;
            signature.is_async = true;
        }
        cx.open_futures.remove(&id);
    }
    cx.analysis.bodies.insert(id, typed);
}

pub(super) fn check_global(cx: &mut Checker, id: GlobalId) {
    let program = cx.program;
    let global = &program.globals[id];
    let Some((body, root)) = global.init.as_ref().and_then(|it| Some((it, it.root?))) else { return };
    let written = global.ty.as_ref().map(|it| it.span);
    let declared = cx.analysis.signatures.globals[id].ty;
    let scope = cx.module_scope(global.module, &[]);
    let mut checker = BodyChecker::new(cx, body, global.module, scope);
    let ty = match written {
        Some(_) => {
            checker.check_value_body(root, declared, written);
            declared
        }
        None => {
            checker.push_value_frame();
            let ty = checker.infer(root, None);
            checker.frames.pop();
            checker.table.default_numbers(ty);
            ty
        }
    };
    let ((typed, _), ty) = checker.finish_with(ty);
    cx.set_global_type(id, ty);
    cx.analysis.global_bodies.insert(id, typed);
}

pub(super) fn check_defaults(cx: &mut Checker, id: AdtId) {
    let program = cx.program;
    let adt = &program.adts[id];
    let variants: Vec<&Vec<FieldDef>> = match &adt.kind {
        AdtKind::Struct(fields) => vec![fields],
        AdtKind::Enum(variants) => variants.iter().map(|it| &it.fields).collect(),
    };
    for (variant, fields) in variants.into_iter().enumerate() {
        for (index, field) in fields.iter().enumerate() {
            let Some((body, root)) = field.default.as_ref().and_then(|it| Some((it, it.root?))) else { continue };
            let ty = cx.analysis.signatures.adts[id].variants[variant][index];
            let scope = cx.module_scope(adt.module, &adt.generics);
            let mut checker = BodyChecker::new(cx, body, adt.module, scope);
            checker.check_value_body(root, ty, Some(field.ty.span));
            let (typed, _) = checker.finish(None);
            cx.analysis.field_defaults.insert((id, variant as u32, index as u32), typed);
        }
    }
}

impl<'a, 'p> BodyChecker<'a, 'p> {
    fn new(cx: &'a mut Checker<'p>, body: &'p Body, module: ModuleId, scope: TypeScope) -> Self {
        let out = TypedBody {
            expr_types: body.exprs.ids().map(|_| None).collect(),
            pat_types: body.pats.ids().map(|_| None).collect(),
            local_types: body.locals.ids().map(|_| None).collect(),
            ..TypedBody::default()
        };
        Self {
            program: cx.program,
            cx,
            body,
            module,
            n_generics: scope.generics.len(),
            scope,
            table: Table::default(),
            out,
            locals: Vec::new(),
            frames: Vec::new(),
            obligations: Vec::new(),
            literals: Vec::new(),
            float_literals: Vec::new(),
            number_operators: Vec::new(),
            open_operators: Vec::new(),
            has_large_type: false,
            integers: Vec::new(),
            direct_awaits: FxHashSet::default(),
            call_use: None,
            pending: FxHashMap::default(),
            lost_names: FxHashSet::default(),
            operands: None,
            failed: false,
        }
    }

    fn push_value_frame(&mut self) {
        self.frames.push(Frame { is_function: false, ..Frame::new(Ty::error()) });
    }
    /// A value outside functions; of the locals it sees those declared so far (earlier parameters).
    pub fn check_value_body(&mut self, root: ExprId, ty: Ty, written: Option<Span>) {
        self.push_value_frame();
        self.check(root, ty, Cause(written.map(|it| (it, "这里写的类型", "the type written here"))));
        self.frames.pop();
    }

    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.failed = true;
        self.cx.report(diagnostic);
    }
    /// Says more in the last report, if it is about `span`.
    pub fn amend(&mut self, span: Span, change: impl FnOnce(Diagnostic) -> Diagnostic) {
        if self.cx.diagnostics.last().is_some_and(|it| it.span() == span) {
            let report = self.cx.diagnostics.pop().expect("just seen");
            self.cx.report(change(report));
        }
    }
    pub fn text(&self, ty: Ty) -> String {
        self.cx.text(self.table.shown(ty))
    }
    pub fn span(&self, expr: ExprId) -> Span {
        self.body.exprs[expr].span
    }
    pub fn shallow(&self, ty: Ty) -> Ty {
        self.table.shallow(ty)
    }
    pub fn frame(&mut self) -> &mut Frame {
        self.frames.last_mut().expect("a body is checked inside a frame")
    }

    /// Makes a local visible from here on.
    pub fn declare(&mut self, local: LocalId, ty: Ty) {
        self.out.local_types[local] = Some(ty);
        self.show(local);
    }
    pub fn show(&mut self, local: LocalId) {
        self.locals.push((self.body.locals[local].name, local));
    }
    pub fn find_local(&self, name: Name) -> Option<LocalId> {
        self.locals.iter().rev().find(|it| it.0 == name).map(|it| it.1)
    }
    /// Runs `f` in a scope of its own.
    pub fn scoped<R>(&mut self, f: impl FnOnce(&mut Self) -> R) -> R {
        let mark = self.locals.len();
        let result = f(self);
        self.locals.truncate(mark);
        result
    }
    pub fn local_type(&self, local: LocalId) -> Ty {
        self.out.local_types[local].unwrap_or(Ty::error())
    }
    pub fn resolve_type(&mut self, ty: &crate::TypeRef) -> Ty {
        let before = self.cx.diagnostics.len();
        let ty = self.cx.resolve_type(&self.scope, ty);
        self.failed |= self.cx.diagnostics.len() > before;
        ty
    }
}
