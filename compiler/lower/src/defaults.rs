//! Default values of parameters and fields. Each is a function of its own, so that it may use what it is a default of, and
//! so that defaults which use others are not repeated at each place; names and literals stand where they are used.

use crate::body::{Body, Scope, Source};
use crate::context::Lower;
use crate::expr::Operand;
use crate::instances::{Declaration, Instance};
use qi_base::{Span, bug};
use qi_hir::{AdtId, Callee, ExprId, ExprKind, LocalId, Mode, Res, Ty, walk};
use qi_mir as mir;
use qi_mir::{FunctionKind, Opcode, Value};
use rustc_hash::FxHashSet;

/// A parameter (by its number) or field (then the number says nothing more) with the type arguments of its owner.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct DefaultValue {
    pub source: Source,
    pub index: usize,
    pub generics: Vec<Ty>,
}

impl<'a> Body<'_, 'a> {
    /// Of a parameter; `earlier` are the operands before it.
    pub fn default_argument(&mut self, callee: &Callee, index: usize, earlier: &[Operand]) -> Value {
        let (function, generics) = match callee {
            Callee::Function { function, generics } => (*function, self.subst_all(generics)),
            Callee::TraitMethod { method, generics } | Callee::DynamicMethod { method, generics, .. } => {
                (*method, self.subst_all(generics))
            }
            _ => bug!("default argument of a callee without declaration"),
        };
        let (function, generics) = self.cx.with_default(function, generics, index);
        self.default(DefaultValue { source: Source::Function(function), index, generics }, earlier)
    }

    pub fn field_default(&mut self, adt: AdtId, variant: u32, field: u32, generics: &[Ty]) -> Value {
        let source = Source::Field(adt, variant, field);
        self.default(DefaultValue { source, index: 0, generics: generics.to_vec() }, &[])
    }

    fn default(&mut self, it: DefaultValue, earlier: &[Operand]) -> Value {
        let scope = self.cx.scope(it.source, &it.generics);
        let expr = self.cx.default_expr(&it, &scope);
        let used: Vec<(usize, LocalId)> = used_params(&scope, expr, it.index);
        let values: Vec<Value> = used.iter().map(|it| self.materialize(earlier[it.0].clone())).collect();
        if is_short(&scope, expr) {
            return self.with_scope(scope, |body| {
                for (&(_, local), value) in used.iter().zip(values) {
                    body.bind_copy(local, value);
                }
                body.expr(expr)
            });
        }
        let result = self.cx.default_type(&it);
        let result = self.cx.ty(result);
        let function = self.cx.instance(Instance::Default(it));
        let params: Vec<mir::Type> = self.cx.module.functions[function].params.iter().map(|it| it.ty).collect();
        let values = values.into_iter().zip(params).map(|(value, ty)| self.fit(value, ty)).collect();
        self.op(Opcode::Call(function), values, result)
    }
}

impl Lower<'_> {
    pub fn declare_default(&mut self, it: &DefaultValue) -> Declaration {
        let scope = self.scope(it.source, &it.generics);
        let expr = self.default_expr(it, &scope);
        let params = used_params(&scope, expr, it.index).into_iter().map(|(_, local)| {
            let ty = scope.typed.local_types[local].unwrap_or_else(|| bug!("a parameter without type"));
            self.mir_param(Mode::Value, scope.subst.apply(ty), scope.body.locals[local].name, false)
        });
        let params = params.collect();
        let (name, symbol) = self.default_name(it);
        let result = self.default_type(it);
        let result = self.ty(result);
        let span = Some(scope.body.exprs[expr].span);
        Declaration { name, symbol, kind: FunctionKind::Plain, params, result, span }
    }

    pub fn lower_default(&mut self, id: mir::FunctionId, it: &DefaultValue) {
        let scope = self.scope(it.source, &it.generics);
        let expr = self.default_expr(it, &scope);
        let used = used_params(&scope, expr, it.index);
        let span: Span = scope.body.exprs[expr].span;
        let result = self.default_type(it);
        let mut body = Body::new(self, id, scope, Some(span), result);
        for (index, (_, local)) in used.into_iter().enumerate() {
            body.bind_param(local, index);
        }
        let value = body.expr(expr);
        body.finish_with(value);
        body.finish(id);
    }

    fn default_expr(&self, it: &DefaultValue, scope: &Scope) -> ExprId {
        let expr = match it.source {
            Source::Function(id) => self.program.functions[id].params[it.index].default,
            Source::Field(..) | Source::Global(_) => scope.body.root,
        };
        expr.unwrap_or_else(|| bug!("a default value without expression"))
    }

    fn default_type(&self, it: &DefaultValue) -> Ty {
        match it.source {
            Source::Function(id) => {
                let lookup = self.substitution(id, &it.generics);
                self.analysis.signatures.functions[id].params[it.index].substitute(&lookup)
            }
            Source::Field(id, variant, field) => self.field_types(id, variant, &it.generics)[field as usize],
            Source::Global(_) => bug!("a variable has no default value"),
        }
    }

    /// Name, as stacks of errors show it, and symbol.
    fn default_name(&self, it: &DefaultValue) -> (String, String) {
        match it.source {
            Source::Function(id) => {
                let symbol = format!("{}.默认{}", self.function_symbol(id, &it.generics), it.index);
                (self.function_name(id), symbol)
            }
            Source::Field(id, variant, field) => {
                let adt = &self.program.adts[id];
                let module = &self.program.modules[adt.module];
                (adt.name.to_string(), format!("qi.{}.{}.默认{variant}.{field}", module.name, adt.name))
            }
            Source::Global(_) => bug!("a variable has no default value"),
        }
    }
}

/// The parameters before `index` that the default value reads.
fn used_params(scope: &Scope, default: ExprId, index: usize) -> Vec<(usize, LocalId)> {
    let mut used = FxHashSet::default();
    collect_locals(scope, default, &mut used);
    scope.body.params.iter().copied().take(index).enumerate().filter(|it| used.contains(&it.1)).collect()
}

/// The variables that an expression names.
fn collect_locals(scope: &Scope, expr: ExprId, found: &mut FxHashSet<LocalId>) {
    if let Some(Res::Local(local)) = scope.typed.names.get(&expr) {
        found.insert(*local);
    }
    walk::children(&scope.body.exprs[expr], &mut |it| collect_locals(scope, it, found));
}

/// A name or literal, as most are.
fn is_short(scope: &Scope, expr: ExprId) -> bool {
    match &scope.body.exprs[expr].kind {
        ExprKind::Literal(_) | ExprKind::Path(_) => true,
        ExprKind::Array(items) => items.is_empty(),
        ExprKind::Map(entries) => entries.is_empty(),
        ExprKind::Unary { operand, .. } => matches!(scope.body.exprs[*operand].kind, ExprKind::Literal(_)),
        _ => false,
    }
}
