//! Functions made for the closures they are given: `列.映射((x) => x + 1)` calls an instance of 映射 that knows its 函数
//! parameter's code. So what the closure does (throw, wait, nothing) is known exactly, and nothing is called indirectly.

use crate::body::{Body, Source};
use crate::context::Lower;
use crate::expr::Operand;
use crate::instances::{Declaration, Instance, Known};
use crate::locals::Var;
use crate::target::Target;
use crate::thunks::Thunk;
use qi_base::bug;
use qi_hir::{ExprId, ExprKind, FunctionId, LocalId, PatId, PatKind, Res, Ty, TyKind};
use qi_mir as mir;
use qi_mir::{Opcode, Value};
use std::rc::Rc;

/// Larger functions gain little and cost much.
const MAX_SIZE: usize = 300;
/// A function that passes on a closure around its own parameter would be specialized without end.
const MAX_NESTING: u32 = 3;

/// A 函数 value whose code is known.
#[derive(Clone, Debug)]
pub(crate) struct KnownFunction {
    code: mir::FunctionId,
    environment: Option<Value>,
    /// Its type as a value.
    closure: mir::Type,
}

impl<'a> Body<'_, 'a> {
    /// An argument: closures, local functions and named functions keep their code in sight.
    pub fn value_operand(&mut self, expr: ExprId) -> Operand {
        match self.known_function(expr) {
            Some(it) => Operand::Function(it),
            None => Operand::Value(self.expr(expr)),
        }
    }

    pub fn known_function(&mut self, expr: ExprId) -> Option<KnownFunction> {
        let typed = self.scope.typed;
        if typed.adjustments.contains_key(&expr) {
            return None;
        }
        match (&self.scope.body.exprs[expr].kind, typed.names.get(&expr)) {
            (ExprKind::Closure(_), _) => {
                let closure = self.raw_type(expr);
                let closure = self.cx.ty(closure);
                let (code, environment) = self.make_closure(expr, None);
                Some(KnownFunction { code, environment, closure })
            }
            (ExprKind::Path(_), Some(Res::Local(local))) => match self.named_var(expr, *local) {
                Var::Function { code, environment, closure } => Some(KnownFunction { code, environment, closure }),
                _ => None,
            },
            (ExprKind::Path(_), Some(Res::Function { function, generics })) => {
                let target = Target::Function { function: *function, generics: self.subst_all(generics) };
                let signature = self.cx.target_signature(&target);
                let ty = Ty::new(TyKind::Function { params: signature.operands(), result: signature.value_result() });
                let closure = self.cx.ty(ty);
                let code = self.cx.thunk(Thunk::Forward(target));
                Some(KnownFunction { code, environment: None, closure })
            }
            _ => None,
        }
    }

    /// The operand as a value.
    pub fn materialize(&mut self, operand: Operand) -> Value {
        match operand {
            Operand::Value(value) | Operand::Environment(value) => value,
            Operand::Place(place) => {
                let address = self.address(&place);
                self.load(address)
            }
            Operand::Function(KnownFunction { code, environment, closure }) => {
                self.build.plain(Opcode::ClosureNew(code), environment.into_iter().collect(), closure, None)
            }
        }
    }

    /// The instance of the callee for the known functions among the operands, which become environments; or the operands
    /// as they are.
    pub fn specialize(&mut self, target: &Target, operands: Vec<Operand>) -> (Option<mir::FunctionId>, Vec<Operand>) {
        let Target::Function { function, generics } = target else { return (None, operands) };
        let receiver = usize::from(self.cx.program.functions[*function].has_self);
        let mut known: Vec<(usize, mir::FunctionId)> = Vec::new();
        for (index, operand) in operands.iter().enumerate().skip(receiver) {
            if let Operand::Function(it) = operand
                && self.cx.is_specializable(*function, index - receiver)
            {
                known.push((index - receiver, it.code));
            }
        }
        let nesting = known.iter().map(|it| self.cx.nesting.get(&it.1).copied().unwrap_or(0)).max();
        let Some(nesting) = nesting.filter(|&it| it < MAX_NESTING) else { return (None, operands) };
        let places: Vec<usize> = known.iter().map(|it| it.0 + receiver).collect();
        let instance = Instance::Specialized { function: *function, generics: generics.clone(), known: known.into() };
        let id = self.cx.instance(instance);
        self.cx.nesting.insert(id, nesting + 1);
        let operands = operands.into_iter().enumerate().map(|(index, operand)| match operand {
            Operand::Function(it) if places.contains(&index) => Operand::Environment(match it.environment {
                Some(value) => value,
                None => self.unit(),
            }),
            other => other,
        });
        (Some(id), operands.collect())
    }

    /// A parameter that is a known function: what arrives is its environment.
    pub fn bind_known(&mut self, local: LocalId, index: usize, code: mir::FunctionId) {
        let environment = self.param(index);
        let is_unit = *self.kind_of(environment) == mir::TypeKind::Unit;
        let closure = self.local_type(local);
        let closure = self.cx.ty(closure);
        let environment = (!is_unit).then_some(environment);
        self.scope.vars.insert(local, Var::Function { code, environment, closure });
    }

    /// `变量 f = (x) => …` that is never assigned again keeps its code in sight.
    pub fn bind_known_closure(&mut self, pat: PatId, init: ExprId) -> bool {
        let PatKind::Bind(local) = self.scope.body.pats[pat].kind else { return false };
        let is_closure = matches!(self.scope.body.exprs[init].kind, ExprKind::Closure(_));
        if !is_closure || self.scope.mutated.contains(&local) || self.scope.typed.cells.contains(&local) {
            return false;
        }
        let Some(it) = self.known_function(init) else { return false };
        let KnownFunction { code, environment, closure } = it;
        self.scope.vars.insert(local, Var::Function { code, environment, closure });
        true
    }

    /// Code made inside a specialized function counts as specialized as often.
    pub fn inherit_nesting(&mut self, code: mir::FunctionId) {
        if let Some(&nesting) = self.cx.nesting.get(&self.id) {
            self.cx.nesting.insert(code, nesting);
        }
    }
}

impl Lower<'_> {
    /// Whether instances of the function can be made for a known function as its parameter.
    fn is_specializable(&mut self, function: FunctionId, param: usize) -> bool {
        let (program, analysis) = (self.program, self.analysis);
        let data = &program.functions[function];
        let own_code = data.intrinsic.is_none() && data.external.is_none() && data.export.is_none();
        let Some(body) = data.body.as_ref().filter(|_| own_code) else { return false };
        let (Some(typed), Some(&local)) = (analysis.bodies.get(&function), body.params.get(param)) else {
            return false;
        };
        body.exprs.len() <= MAX_SIZE
            && !typed.cells.contains(&local)
            && !self.mutated(Source::Function(function), body, typed).contains(&local)
    }

    pub fn declare_specialized(&mut self, function: FunctionId, generics: &[Ty], known: &Known) -> Declaration {
        let mut declaration = self.declare_function(function, generics);
        let receiver = usize::from(self.program.functions[function].has_self);
        for &(index, code) in known.iter() {
            let environment = self.module.functions[code].params.first();
            let environment = environment.unwrap_or_else(|| bug!("closure code without environment")).ty;
            declaration.params[receiver + index].ty = environment;
        }
        declaration
    }
}

/// No known functions.
pub(crate) fn nothing_known() -> Known {
    Rc::new([])
}
