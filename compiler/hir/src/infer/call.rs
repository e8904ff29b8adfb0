//! Calls: which function, and what comes back. How its parameters get their arguments: [`super::arguments`].

use super::arguments::{ParamSpec, is_misdeclared};
use super::body::{BodyChecker, CallUse};
use super::names::is_builtin_type;
use super::path::NameRes;
use super::{Job, solver};
use crate::flow::intrinsics;
use crate::{
    Arg, Call, CallMode, Callee, ExprId, ExprKind, Function, FunctionId, LocalId, Mode, Owner, Res, Ty, TyKind,
    TypeRef, diagnostics,
};
use qi_base::{Name, Span};

/// The fewest and the most arguments.
pub(super) fn arity(function: &Function) -> (usize, usize) {
    let required = function.params.iter().filter(|it| it.default.is_none() && !it.variadic).count();
    let most = if function.params.iter().any(|it| it.variadic) { usize::MAX } else { function.params.len() };
    (required, most)
}

impl<'p> BodyChecker<'_, 'p> {
    pub fn call(&mut self, expr: ExprId, callee: ExprId, args: &'p [Arg], hint: Option<Ty>) -> Ty {
        match self.resolve_name(callee) {
            None => self.call_value(expr, callee, args),
            Some(res @ (NameRes::Local(_) | NameRes::Global(_))) => {
                let function = match res {
                    NameRes::Local(local) if self.out.local_functions.contains_key(&local) => Some(local),
                    _ => None,
                };
                let ty = self.res_value(callee, res, None);
                self.out.expr_types[callee] = Some(ty);
                match function {
                    Some(function) => self.call_local_function(expr, function, ty, args, hint),
                    None => self.call_function_value(expr, callee, ty, args),
                }
            }
            // A module does not hide the conversion it is named after: `字符串(x)`.
            Some(NameRes::Module(_)) if self.builtin_callee(callee).is_some() => {
                let name = self.builtin_callee(callee).expect("just asked");
                self.call_named(expr, callee, NameRes::BuiltinType(name, &[]), args, hint)
            }
            Some(res) => self.call_named(expr, callee, res, args, hint),
        }
    }
    fn builtin_callee(&self, callee: ExprId) -> Option<Name> {
        match &self.body.exprs[callee].kind {
            ExprKind::Path(path) if path.segments.len() == 1 && is_builtin_type(path.segments[0].name) => {
                Some(path.segments[0].name)
            }
            _ => None,
        }
    }

    /// Calls what a (qualified) name denotes; `head` is the expression that names it.
    pub fn call_named(
        &mut self,
        expr: ExprId,
        head: ExprId,
        res: NameRes<'p>,
        args: &'p [Arg],
        hint: Option<Ty>,
    ) -> Ty {
        let span = self.span(head);
        match res {
            NameRes::Functions(functions, generics) => self.call_one_of(expr, &functions, None, generics, args, hint),
            NameRes::Static(ty, functions, generics) => {
                self.call_one_of(expr, &functions, Some(ty), generics, args, hint)
            }
            NameRes::Variant(ty, variant) => self.construct_variant(expr, ty, variant, args, hint),
            NameRes::Builtin(builtin) => self.call_builtin(expr, builtin, args, hint),
            NameRes::Adt(..) | NameRes::BuiltinType(..) | NameRes::Type(_) => {
                let Some(ty) = self.named_type(&res, span) else { return self.failed_call(args) };
                self.out.names.insert(head, Res::Type(ty));
                self.call_type(expr, head, ty, args, hint)
            }
            NameRes::Error => {
                self.failed = true;
                self.out.names.insert(head, Res::Error);
                self.failed_call(args)
            }
            res @ (NameRes::Local(_) | NameRes::Global(_)) => {
                let ty = self.res_value(head, res, None);
                self.call_function_value(expr, head, ty, args)
            }
            res @ (NameRes::Module(_) | NameRes::Trait(_)) => {
                self.res_value(head, res, None);
                self.failed_call(args)
            }
        }
    }

    pub fn failed_call(&mut self, args: &[Arg]) -> Ty {
        self.failed = true;
        for arg in args {
            self.infer(arg.value, Some(Ty::error()));
        }
        Ty::error()
    }

    // ---- function values -------------------------------------------------------------------------------------------

    fn call_value(&mut self, expr: ExprId, callee: ExprId, args: &'p [Arg]) -> Ty {
        let ty = self.infer(callee, None);
        self.call_function_value(expr, callee, ty, args)
    }

    /// `f(1)` where `f` holds a function.
    pub fn call_function_value(&mut self, expr: ExprId, callee: ExprId, ty: Ty, args: &'p [Arg]) -> Ty {
        let ty = self.shallow(ty);
        let (params, result) = match ty.kind() {
            TyKind::Function { params, result } => (params.clone(), *result),
            TyKind::Error => return self.failed_call(args),
            _ if self.table.is_general_var(ty) => {
                let params: Vec<_> = args.iter().map(|it| (it.mode, self.table.fresh(self.span(it.value)))).collect();
                let result = self.table.fresh(self.span(expr));
                self.table.unify(ty, Ty::new(TyKind::Function { params: params.clone(), result }));
                (params, result)
            }
            _ => {
                let text = self.text(ty);
                self.report(diagnostics::not_callable(self.span(callee), &text));
                return self.failed_call(args);
            }
        };
        let specs: Vec<_> = params.iter().map(|&(mode, ty)| ParamSpec::plain(mode, ty)).collect();
        if args.len() != specs.len() {
            self.report(diagnostics::argument_count(self.span(expr), None, specs.len(), specs.len(), args.len(), None));
            return self.failed_call(args);
        }
        let args = self.arguments(expr, &specs, args, false);
        let (result, mode) = self.plain_result(expr, result);
        self.out.calls.insert(expr, Call { callee: Callee::Value, args, mode });
        result
    }

    /// A local function is called by its declaration: names, default values, `...`.
    fn call_local_function(&mut self, expr: ExprId, local: LocalId, ty: Ty, args: &'p [Arg], hint: Option<Ty>) -> Ty {
        let body = self.body;
        let function = self.out.local_functions[&local];
        let (ExprKind::Closure(it), TyKind::Function { params, result }) = (&body.exprs[function].kind, ty.kind())
        else {
            return self.failed_call(args);
        };
        let spec = |(param, &(mode, ty)): (&crate::ClosureParam, &(Mode, Ty))| ParamSpec {
            name: Some(body.locals[param.local].name),
            ty,
            mode,
            has_default: param.default.is_some(),
            variadic: param.variadic,
            span: Some(body.locals[param.local].span),
        };
        let specs: Vec<ParamSpec> = it.params.iter().zip(params).map(spec).collect();
        if is_misdeclared(&specs) {
            return self.failed_call(args);
        }
        let min = specs.iter().filter(|it| !it.has_default && !it.variadic).count();
        let max = if specs.iter().any(|it| it.variadic) { usize::MAX } else { specs.len() };
        // Named arguments say better what is missing than a count.
        let named = args.iter().any(|it| it.name.is_some());
        let fits = (min..=max).contains(&args.len()) || (named && args.len() <= max);
        if !fits {
            let (name, declared) = (body.locals[local].name.as_str(), body.locals[local].span);
            self.report(diagnostics::argument_count(self.span(expr), Some(name), min, max, args.len(), Some(declared)));
            return self.failed_call(args);
        }
        let (result, mode) = self.plain_result(expr, *result);
        self.expect_result(result, hint);
        let args = self.arguments(expr, &specs, args, false);
        self.select();
        self.out.calls.insert(expr, Call { callee: Callee::Value, args, mode });
        result
    }

    // ---- named functions -------------------------------------------------------------------------------------------

    /// The overload that takes this many arguments; reports when there is none.
    pub fn select_overload(&mut self, functions: &[FunctionId], n_args: usize, span: Span) -> Option<FunctionId> {
        let fits = |&&it: &&FunctionId| {
            let (min, max) = arity(&self.program.functions[it]);
            (min..=max).contains(&n_args)
        };
        if let Some(&found) = functions.iter().find(fits) {
            return Some(found);
        }
        let first = &self.program.functions[*functions.first()?];
        let (min, max) = arity(first);
        let only = functions.len() == 1;
        let (min, max) = if only {
            (min, max)
        } else {
            let all = functions.iter().map(|&it| arity(&self.program.functions[it]));
            all.fold((usize::MAX, 0), |(low, high), (min, max)| (low.min(min), high.max(max)))
        };
        let declared = (only && !self.program.modules[first.module].is_std).then_some(first.name_span);
        self.report(diagnostics::argument_count(span, Some(first.name.as_str()), min, max, n_args, declared));
        None
    }

    /// `f(..列)` where no 列... takes it: how many arguments that is, nobody knows. Reported with the argument.
    pub fn spreads_into_fixed(&self, functions: &[FunctionId], args: &[Arg]) -> bool {
        let is_spread = |it: &Arg| matches!(self.body.exprs[it.value].kind, ExprKind::Spread(_));
        let takes_it = |&it: &FunctionId| self.program.functions[it].params.iter().any(|it| it.variadic);
        args.iter().any(is_spread) && !functions.iter().any(takes_it)
    }

    fn call_one_of(
        &mut self,
        expr: ExprId,
        functions: &[FunctionId],
        owner: Option<Ty>,
        generics: &[TypeRef],
        args: &'p [Arg],
        hint: Option<Ty>,
    ) -> Ty {
        let span = self.span(expr);
        if self.spreads_into_fixed(functions, args) {
            return self.failed_call(args);
        }
        let named = args.iter().any(|it| it.name.is_some());
        let function = match functions {
            // Named arguments say better what is missing than a count.
            [only] if named && args.len() <= self.program.functions[*only].params.len() => Some(*only),
            _ => self.select_overload(functions, args.len(), span),
        };
        let Some(function) = function else { return self.failed_call(args) };
        let Some(generics) = self.instantiate(function, generics, owner, span) else { return self.failed_call(args) };
        let callee = match self.program.functions[function].owner {
            Owner::Trait(_) => self.static_trait_callee(function, &generics),
            _ => Callee::Function { function, generics: generics.clone() },
        };
        self.call_function(expr, function, generics, callee, args, hint)
    }
    /// `T.新()` for a bounded type parameter, or a known type's implementation.
    fn static_trait_callee(&mut self, function: FunctionId, generics: &[Ty]) -> Callee {
        let resolved: Vec<Ty> = generics.iter().map(|&it| self.table.resolve(it)).collect();
        solver::resolve_trait_method(self.program, &self.cx.analysis.signatures, function, &resolved)
            .unwrap_or(Callee::TraitMethod { method: function, generics: generics.to_vec() })
    }

    /// Arguments for all generic parameters of a function: those of the owner from `owner`, the function's own as written,
    /// the rest open.
    pub fn instantiate(
        &mut self,
        function: FunctionId,
        written: &[TypeRef],
        owner: Option<Ty>,
        span: Span,
    ) -> Option<Vec<Ty>> {
        let all = self.cx.analysis.signatures.functions[function].generics.clone();
        let own = self.program.functions[function].generics.len();
        let generics: Vec<Ty> = all.iter().map(|_| self.table.fresh(span)).collect();
        if let Some(owner) = owner {
            match self.program.functions[function].owner {
                Owner::Impl(id) => {
                    let target = solver::substitute(self.cx.analysis.signatures.impls[id].target, &all, &generics);
                    self.table.unify(target, owner);
                }
                Owner::Trait(_) => {
                    self.table.unify(generics[0], owner);
                }
                Owner::Module => {}
            }
        }
        if written.is_empty() {
            return Some(generics);
        }
        // What stands for a bare trait cannot be written.
        let visible =
            all[all.len() - own..].iter().filter(|&&it| !self.program.generics[it].name.as_str().contains('#')).count();
        if written.len() != visible {
            let name = self.program.functions[function].name;
            self.report(diagnostics::generic_count(span, name.as_str(), visible, visible, written.len()));
            return None;
        }
        let first = all.len() - own;
        for (index, ty) in written.iter().enumerate() {
            let ty = self.resolve_type(ty);
            self.table.unify(generics[first + index], ty);
        }
        Some(generics)
    }

    /// Checks the arguments of a known function, records the call, gives its type.
    pub fn call_function(
        &mut self,
        expr: ExprId,
        function: FunctionId,
        generics: Vec<Ty>,
        callee: Callee,
        args: &'p [Arg],
        hint: Option<Ty>,
    ) -> Ty {
        let span = self.span(expr);
        let usage = self.take_use(expr);
        self.cx.need(Job::Function(function));
        if let Callee::Function { function, .. } = callee {
            self.cx.need(Job::Function(function));
        }
        // How it runs is the business of what is really called: a 协程 may stand behind a declared 生成器<T>.
        let (called, called_generics) = match &callee {
            Callee::Function { function, generics } => (*function, generics.clone()),
            _ => (function, generics.clone()),
        };
        let (result, mode) = self.call_result(called, &called_generics, span, usage);
        if usage == CallUse::Await && mode == CallMode::Direct && self.cx.is_async(called) {
            self.direct_awaits.insert(expr);
        }
        if mode == CallMode::Generator && matches!(usage, CallUse::Spawn { .. }) {
            self.report(diagnostics::spawn_of_coroutine(span));
        }
        let never_returns =
            self.program.functions[function].intrinsic.as_deref().is_some_and(intrinsics::never_returns);
        let result = if never_returns && mode == CallMode::Direct { Ty::never() } else { result };
        self.expect_result(result, hint);
        let specs = self.param_specs(function, &generics);
        if is_misdeclared(&specs) || (called != function && self.cx.misdeclared.contains(&called)) {
            self.failed_call(args);
            return result;
        }
        let is_foreign = self.program.functions[function].external.is_some();
        let args = self.arguments(expr, &specs, args, is_foreign);
        let all = self.cx.analysis.signatures.functions[function].generics.clone();
        self.require_bounds(&all, &generics, span, Some(function));
        self.select();
        self.out.calls.insert(expr, Call { callee, args, mode });
        result
    }

    /// A call that no arguments are written for: 迭代(), `列.长度`.
    pub fn call_without_arguments(&mut self, expr: ExprId, found: super::method::Found) -> Option<Ty> {
        let super::method::Found { function, generics, callee } = found;
        Some(self.call_function(expr, function, generics, callee, &[], None))
    }

    pub fn param_specs(&self, function: FunctionId, generics: &[Ty]) -> Vec<ParamSpec> {
        let signature = &self.cx.analysis.signatures.functions[function];
        let params = self.program.functions[function].params.iter().zip(&signature.params);
        params
            .map(|(param, &ty)| ParamSpec {
                name: Some(param.name),
                ty: solver::substitute(ty, &signature.generics, generics),
                mode: param.mode,
                has_default: param.default.is_some(),
                variadic: param.variadic,
                span: Some(param.span),
            })
            .collect()
    }

    /// How the call at `expr` is used, told by 等待 and 启动 around it.
    pub fn take_use(&mut self, expr: ExprId) -> CallUse {
        match self.call_use {
            Some((at, usage)) if at == expr => {
                self.call_use = None;
                usage
            }
            _ => CallUse::Value,
        }
    }

    /// Type and mode of a call.
    pub fn call_result(&mut self, function: FunctionId, generics: &[Ty], span: Span, usage: CallUse) -> (Ty, CallMode) {
        // Inside the function itself the types being found out are used.
        let is_open = self.cx.open_yields.contains(&function);
        let is_own = is_open && self.is_own_function(function);
        let yields = if is_own { self.frames[0].yields } else { self.cx.yields(function, span) };
        let is_async = self.cx.is_async(function);
        let signature = &self.cx.analysis.signatures.functions[function];
        let fill = |ty: Ty| solver::substitute(ty, &signature.generics, generics);
        if let Some((item, sent)) = yields {
            return (Ty::new(TyKind::Generator(fill(item), fill(sent))), CallMode::Generator);
        }
        let mut result = fill(signature.result);
        if self.cx.misdeclared.contains(&function) {
            result = Ty::error();
        }
        if is_async
            && self.cx.open_futures.contains(&function)
            && let TyKind::Task(inner) = result.kind()
        {
            result = *inner;
        }
        let task = Ty::new(TyKind::Task(result));
        match (usage, is_async) {
            (CallUse::Spawn { detached }, _) => (task, CallMode::Task { detached }),
            (CallUse::Await, true) | (_, false) => (result, CallMode::Direct),
            (CallUse::Value, true) => (task, CallMode::Task { detached: false }),
        }
    }
    fn is_own_function(&self, function: FunctionId) -> bool {
        let own = self.program.functions[function].body.as_ref();
        own.is_some_and(|it| std::ptr::eq(it, self.body)) && self.frames.first().is_some_and(|it| it.yields.is_some())
    }

    /// The same for callees without a declaration.
    pub fn plain_result(&mut self, expr: ExprId, result: Ty) -> (Ty, CallMode) {
        let result = self.shallow(result);
        match self.take_use(expr) {
            // Calling an asynchronous function value starts it already.
            CallUse::Spawn { detached } if matches!(result.kind(), TyKind::Task(_)) => {
                (result, CallMode::Task { detached })
            }
            CallUse::Spawn { detached } => (Ty::new(TyKind::Task(result)), CallMode::Task { detached }),
            CallUse::Value | CallUse::Await => (result, CallMode::Direct),
        }
    }

    /// Lets what is expected of the result tell type arguments, so that arguments can convert (`有(圆形{…})` as 选项<任意 图形>).
    pub fn expect_result(&mut self, result: Ty, hint: Option<Ty>) {
        let Some(hint) = self.known_hint(hint) else { return };
        let result = self.shallow(result);
        if !result.has_infer() || self.table.var_kind(result).is_some() {
            return;
        }
        let known = self.cx.known();
        if self.table.try_unify(result, hint) {
            return;
        }
        if let Some(content) = known.option_content(hint)
            && known.option_content(result).is_none()
        {
            self.table.try_unify(result, content);
        }
    }
}
