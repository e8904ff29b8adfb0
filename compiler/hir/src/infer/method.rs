//! Method calls: which method a receiver has (its own, of a trait, of a bound, of 任意, a field that holds a function).

use super::arguments::ParamSpec;
use super::body::BodyChecker;
use super::by_owner::{MethodOwner, is_plain};
use super::call::arity;
use super::obligation::Obligation;
use super::path::NameRes;
use super::solver::{self, ImplSource};
use super::table::VarKind;
use crate::{Arg, Call, Callee, ExprId, ExprKind, FunctionId, Owner, Res, TraitId, Ty, TyKind, TypeRef, diagnostics};
use qi_base::{Name, Span};

/// A method that was found: whose signature counts, with which generic arguments, and what is called.
#[derive(Clone)]
pub(super) struct Found {
    pub function: FunctionId,
    pub generics: Vec<Ty>,
    pub callee: Callee,
}

/// The parts of a method call as written.
pub(super) struct MethodExpr<'p> {
    pub receiver: ExprId,
    pub name: Name,
    pub name_span: Span,
    pub generics: &'p [TypeRef],
    pub args: &'p [Arg],
    pub optional: bool,
}

/// What other languages call the methods of the library.
const FOREIGN_METHODS: &[(&[&str], &str)] = &[
    (&["length", "len", "size", "count", "Length", "Count"], "长度"),
    (&["push", "append", "add", "push_back"], "追加"),
    (&["pop"], "弹出"),
    (&["insert"], "插入"),
    (&["remove", "delete", "erase"], "删除"),
    (&["clear"], "清空"),
    (&["contains", "includes", "has"], "包含"),
    (&["contains_key", "containsKey", "has"], "包含键"),
    (&["find", "index", "indexOf", "index_of"], "查找"),
    (&["sort"], "排序"),
    (&["sorted"], "已排序"),
    (&["reverse"], "反转"),
    (&["map"], "映射"),
    (&["filter"], "过滤"),
    (&["reduce", "fold"], "归约"),
    (&["join"], "连接"),
    (&["split"], "分割"),
    (&["replace"], "替换"),
    (&["trim", "strip"], "去空白"),
    (&["upper", "toUpperCase", "to_uppercase"], "转大写"),
    (&["lower", "toLowerCase", "to_lowercase"], "转小写"),
    (&["keys"], "键"),
    (&["values"], "值"),
    (&["items", "entries"], "条目"),
    (&["get"], "取"),
    (&["set", "put"], "设"),
    (&["toString", "to_string", "str"], "转字符串"),
    (&["enumerate"], "枚举"),
    (&["first"], "首"),
    (&["last"], "末"),
];

/// Which of `candidates` is called `name` elsewhere.
fn foreign_method(name: Name, candidates: &[&str]) -> Option<&'static str> {
    let found = FOREIGN_METHODS.iter().find(|it| it.0.contains(&name.as_str()) && candidates.contains(&it.1));
    found.map(|it| it.1)
}

impl<'p> BodyChecker<'_, 'p> {
    fn method_parts(&self, expr: ExprId) -> MethodExpr<'p> {
        let body = self.body;
        match &body.exprs[expr].kind {
            ExprKind::MethodCall { receiver, name, name_span, generics, args, optional } => MethodExpr {
                receiver: *receiver,
                name: *name,
                name_span: *name_span,
                generics,
                args,
                optional: *optional,
            },
            _ => qi_base::bug!("{expr} is not a method call"),
        }
    }

    pub fn method_call(&mut self, expr: ExprId, hint: Option<Ty>) -> Ty {
        let it = self.method_parts(expr);
        let receiver = if it.optional { None } else { self.resolve_name(it.receiver) };
        match receiver {
            Some(res @ (NameRes::Local(_) | NameRes::Global(_) | NameRes::Variant(..))) => {
                let ty = self.res_value(it.receiver, res, None);
                self.out.expr_types[it.receiver] = Some(ty);
                self.value_method_call(expr, &it, ty, hint)
            }
            Some(owner) => self.qualified_call(expr, &it, owner, hint),
            None => {
                let ty = self.infer(it.receiver, None);
                self.value_method_call(expr, &it, ty, hint)
            }
        }
    }

    /// `模块.函数(…)`, `枚举.变体(…)`, `类型.新(…)`.
    fn qualified_call(&mut self, expr: ExprId, it: &MethodExpr<'p>, owner: NameRes<'p>, hint: Option<Ty>) -> Ty {
        let span = self.span(it.receiver);
        let res = match &owner {
            NameRes::Trait(trait_) if it.args.first().is_some_and(is_plain) => {
                return self.call_of_argument(expr, it, MethodOwner::Trait(*trait_), hint);
            }
            NameRes::Module(module) => Res::Module(*module),
            NameRes::Adt(..) | NameRes::BuiltinType(..) | NameRes::Type(_) => {
                let Some(ty) = self.named_type(&owner, span) else { return self.failed_call(it.args) };
                Res::Type(ty)
            }
            NameRes::Error => Res::Error,
            _ => {
                // A function, or a builtin: not a namespace, and no method can be called on it.
                let ty = self.res_value(it.receiver, owner, None);
                self.out.expr_types[it.receiver] = Some(ty);
                return self.value_method_call(expr, it, ty, hint);
            }
        };
        // The type arguments must not give rise to two sets of variables.
        let owner = match &res {
            Res::Type(ty) => NameRes::Type(*ty),
            _ => owner,
        };
        if let Res::Type(ty) = res
            && it.args.first().is_some_and(is_plain)
            && self.names_method(ty, it.name)
        {
            return self.call_of_argument(expr, it, MethodOwner::Type(ty), hint);
        }
        self.out.names.insert(it.receiver, res);
        match self.qualified_member(owner, it) {
            Some(res) => self.call_named(expr, it.receiver, res, it.args, hint),
            None => self.failed_call(it.args),
        }
    }
    fn qualified_member(&mut self, owner: NameRes<'p>, it: &MethodExpr<'p>) -> Option<NameRes<'p>> {
        let res = self.member(owner, it.name, it.name_span, it.generics)?;
        (!matches!(res, NameRes::Error)).then_some(res)
    }

    fn value_method_call(&mut self, expr: ExprId, it: &MethodExpr<'p>, receiver: Ty, hint: Option<Ty>) -> Ty {
        let mut ty = self.shallow(receiver);
        if ty.is_error() {
            return self.failed_call(it.args);
        }
        if it.optional {
            match self.optional_content(expr, it.receiver, ty) {
                Some(content) => ty = content,
                None => return self.failed_call(it.args),
            }
        }
        let hint = if it.optional { None } else { hint };
        let Some(result) = self.call_method(expr, it, ty, None, hint) else { return self.failed_call(it.args) };
        if it.optional { self.optional_result(expr, result) } else { result }
    }

    /// The content of the base of `?.`.
    pub fn optional_content(&mut self, expr: ExprId, base: ExprId, ty: Ty) -> Option<Ty> {
        let ty = self.shallow(ty);
        if let Some(content) = self.question_of_result(expr, base, ty) {
            return Some(self.shallow(content));
        }
        if let Some(content) = self.cx.known().option_content(ty) {
            return Some(self.shallow(content));
        }
        if self.table.is_general_var(ty) {
            self.cannot_infer(self.span(base));
        } else if !ty.is_error() {
            let text = self.text(ty);
            self.report(diagnostics::optional_access(self.span(base), &text));
        }
        None
    }
    pub fn optional_result(&mut self, expr: ExprId, result: Ty) -> Ty {
        let result = self.shallow(result);
        if self.out.questions.contains_key(&expr) {
            return result;
        }
        match self.cx.known().option_content(result) {
            Some(_) => result,
            None => self.cx.known().option_of(result),
        }
    }

    /// `trait_`: whose method is meant.
    pub fn call_method(
        &mut self,
        expr: ExprId,
        it: &MethodExpr<'p>,
        ty: Ty,
        trait_: Option<TraitId>,
        hint: Option<Ty>,
    ) -> Option<Ty> {
        self.select();
        let ty = self.receiver_type(it.receiver, ty)?;
        let found = match trait_ {
            None => self.find_method(ty, it.name, it.args.len(), it.generics, it.name_span),
            Some(_) => self.trait_method(ty, it.name, it.args.len(), it.generics, it.name_span, trait_),
        };
        if let Some(found) = found {
            self.check_private_method(found.function, it.name_span);
            return Some(self.call_function(expr, found.function, found.generics, found.callee, it.args, hint));
        }
        if trait_.is_none()
            && let Some((index, field)) = self.struct_field(ty, it.name, it.name_span)
        {
            self.out.fields.insert(expr, index);
            return Some(self.call_field(expr, it, field));
        }
        self.no_method(ty, it);
        None
    }

    /// `对象.字段(1)`: the field holds a function.
    fn call_field(&mut self, expr: ExprId, it: &MethodExpr<'p>, field: Ty) -> Ty {
        let field = self.shallow(field);
        let TyKind::Function { params, result } = field.kind() else {
            let text = self.text(field);
            self.report(diagnostics::not_callable(it.name_span, &text));
            return self.failed_call(it.args);
        };
        let specs: Vec<_> = params.iter().map(|&(mode, ty)| ParamSpec::plain(mode, ty)).collect();
        if it.args.len() != specs.len() {
            let name = Some(it.name.as_str());
            self.report(diagnostics::argument_count(
                self.span(expr),
                name,
                specs.len(),
                specs.len(),
                it.args.len(),
                None,
            ));
            return self.failed_call(it.args);
        }
        let args = self.arguments(expr, &specs, it.args, false);
        let (result, mode) = self.plain_result(expr, *result);
        self.out.calls.insert(expr, Call { callee: Callee::Value, args, mode });
        result
    }

    /// Literals get their ordinary types here: `3.转字符串()`. None after reporting an unknown type.
    pub fn receiver_type(&mut self, receiver: ExprId, ty: Ty) -> Option<Ty> {
        let ty = self.shallow(ty);
        match self.table.var_kind(ty) {
            Some(VarKind::Int | VarKind::Float) => self.table.default_numbers(ty),
            Some(VarKind::General) if !self.table.fall_back(ty) => {
                self.cannot_infer(self.span(receiver));
                return None;
            }
            Some(VarKind::General) => {}
            None => {}
        }
        Some(self.shallow(ty))
    }

    // ---- lookup ----------------------------------------------------------------------------------------------------

    /// The method of that name and number of arguments; none, silently, if there is none.
    pub fn find_method(
        &mut self,
        ty: Ty,
        name: Name,
        n_args: usize,
        generics: &[TypeRef],
        span: Span,
    ) -> Option<Found> {
        self.inherent_method(ty, name, n_args, generics, span)
            .or_else(|| self.trait_method(ty, name, n_args, generics, span, None))
            // Everything prints, so everything has 转字符串().
            .or_else(|| match name.as_str() {
                "转字符串" => self.trait_method(ty, Name::new("文本"), n_args, generics, span, None),
                _ => None,
            })
    }

    fn takes(&self, function: FunctionId, n_args: usize) -> bool {
        let it = &self.program.functions[function];
        let (min, max) = arity(it);
        it.has_self && (min..=max).contains(&n_args)
    }

    fn inherent_method(&mut self, ty: Ty, name: Name, n_args: usize, written: &[TypeRef], span: Span) -> Option<Found> {
        let head = solver::head(ty)?;
        let candidates = self.cx.analysis.signatures.inherent.get(&(head, name))?.clone();
        for function in candidates {
            if !self.takes(function, n_args) {
                continue;
            }
            let Owner::Impl(id) = self.program.functions[function].owner else { continue };
            let target = self.cx.analysis.signatures.impls[id].target;
            let all = self.cx.analysis.signatures.functions[function].generics.clone();
            let snapshot = self.table.snapshot();
            let generics = self.instantiate(function, written, None, span)?;
            if self.table.unify(solver::substitute(target, &all, &generics), ty) {
                let callee = Callee::Function { function, generics: generics.clone() };
                return Some(Found { function, generics, callee });
            }
            self.table.rollback(snapshot);
        }
        None
    }

    /// `only`: of that trait.
    fn trait_method(
        &mut self,
        ty: Ty,
        name: Name,
        n_args: usize,
        written: &[TypeRef],
        span: Span,
        only: Option<TraitId>,
    ) -> Option<Found> {
        let methods = self.cx.analysis.signatures.trait_methods.get(&name)?.clone();
        self.table.default_numbers(ty);
        let ty = self.table.resolve(ty);
        // A bound or 任意 comes before what every type has.
        let mut derived = None;
        let mut written_by: Option<(FunctionId, TraitId, ImplSource, Vec<Ty>)> = None;
        for method in methods {
            if !self.takes(method, n_args) {
                continue;
            }
            let trait_ = super::trait_of(self.program, method).expect("indexed by trait");
            if only.is_some_and(|it| it != trait_) {
                continue;
            }
            let Some((source, args)) = solver::find_impl_args(self.program, &self.cx.analysis.signatures, trait_, ty)
            else {
                continue;
            };
            if source == ImplSource::Derived {
                derived = derived.or(Some((method, trait_, source, args)));
                continue;
            }
            match &written_by {
                Some(first) if first.1 != trait_ => {
                    let traits = [first.1, trait_].map(|it| self.program.traits[it].name.as_str());
                    self.report(diagnostics::ambiguous_method(span, name.as_str(), traits));
                    break;
                }
                Some(_) => {}
                None => written_by = Some((method, trait_, source, args)),
            }
        }
        let (method, trait_, mut source, mut args) = written_by.or(derived)?;
        let is_open = |it: &Ty| it.has_error();
        let signatures = &self.cx.analysis.signatures;
        if !args.is_empty()
            && (args.iter().any(is_open) || !solver::choices(self.program, signatures, trait_, ty).is_empty())
        {
            // What it is used with tells which: of several implementations, or of `实现<T> 可存<T> 对于 点`.
            args = args.iter().map(|_| self.table.fresh(span)).collect();
            source = ImplSource::Bound;
            self.obligations.push(Obligation { trait_, args: args.clone(), ty, span, declared: None, by_owner: false });
        }
        self.found_in_trait(method, trait_, source, args, ty, written, span)
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one answer of the solver")]
    fn found_in_trait(
        &mut self,
        method: FunctionId,
        trait_: TraitId,
        source: ImplSource,
        args: Vec<Ty>,
        ty: Ty,
        written: &[TypeRef],
        span: Span,
    ) -> Option<Found> {
        let generics = self.instantiate(method, written, Some(ty), span)?;
        for (&generic, &arg) in generics[1..].iter().zip(&args) {
            self.table.unify(generic, arg);
        }
        let own = generics[1 + args.len()..].to_vec();
        let as_written = |generics: &[Ty]| Callee::Function { function: method, generics: generics.to_vec() };
        let callee = match source {
            ImplSource::Impl(id, substs) => match solver::impl_method(self.program, id, method) {
                Some(function) => Callee::Function { function, generics: [&substs[..], &own].concat() },
                None => as_written(&generics),
            },
            ImplSource::Bound => Callee::TraitMethod { method, generics: generics.clone() },
            ImplSource::Dynamic => solver::dynamic_callee(self.program, &self.cx.analysis.signatures, ty, method)?,
            ImplSource::Derived => Callee::Builtin(solver::derived_method(&self.cx.analysis.signatures, trait_)?),
        };
        Some(Found { function: method, generics, callee })
    }

    pub fn check_private_method(&mut self, function: FunctionId, span: Span) {
        let it = &self.program.functions[function];
        if matches!(it.owner, Owner::Impl(_)) && !it.public && it.module != self.module && !self.same_package(it.module)
        {
            self.report(diagnostics::private_item(span, it.name.as_str(), Some(it.name_span)));
        }
    }
    /// Parts of the standard library trust each other.
    pub fn same_package(&self, other: crate::ModuleId) -> bool {
        self.program.modules[self.module].is_std && self.program.modules[other].is_std
    }

    // ---- nothing found ---------------------------------------------------------------------------------------------

    fn no_method(&mut self, ty: Ty, it: &MethodExpr<'p>) {
        let (name, span, n_args) = (it.name, it.name_span, it.args.len());
        let same_name = self.same_name(ty, name);
        let text = self.text(ty);
        if self.cx.lacks_a_bound(ty) {
            self.failed = true;
            return;
        }
        match same_name.first() {
            Some(&function) if !self.program.functions[function].has_self => {
                self.report(diagnostics::static_on_value(span, &text, name.as_str()));
            }
            Some(_) if self.spreads_into_fixed(&same_name, it.args) => {}
            Some(&function) if !self.takes(function, n_args) => {
                self.select_overload(&same_name, n_args, span);
            }
            // Looking at it reported the number of type arguments.
            Some(&function) if !it.generics.is_empty() && self.n_generics(function) != it.generics.len() => {}
            Some(_) => self.report(diagnostics::method_of_other_arguments(span, &text, name.as_str())),
            None => {
                let similar = self.similar_method(ty, name);
                let report = diagnostics::no_method(span, &text, name.as_str(), similar.as_deref());
                let report = report.with_notes(self.iteration_hint(ty, name).or_else(|| self.member_hint(ty)));
                let report = match self.lacking_bound_of_method(ty, name) {
                    Some((at, part, bound)) => diagnostics::with_lacking_bound(report, at, &part, &bound),
                    None => report,
                };
                let appends = foreign_method(name, &["追加"]).is_some() || name.as_str() == "追加";
                self.report(if appends && ty == Ty::str() { diagnostics::with_concatenation(report) } else { report });
            }
        }
    }

    /// Own ones, without those of the type.
    fn n_generics(&self, function: FunctionId) -> usize {
        self.program.functions[function].generics.len()
    }

    fn same_name(&self, ty: Ty, name: Name) -> Vec<FunctionId> {
        let signatures = &self.cx.analysis.signatures;
        let inherent =
            solver::head(ty).and_then(|head| signatures.inherent.get(&(head, name))).into_iter().flatten().copied();
        let resolved = self.table.resolve(ty);
        let of_traits = signatures.trait_methods.get(&name).into_iter().flatten().copied().filter(|&it| {
            let trait_ = super::trait_of(self.program, it).expect("indexed by trait");
            solver::find_impl_args(self.program, signatures, trait_, resolved).is_some()
        });
        inherent.chain(of_traits).collect()
    }

    /// The method or field most like `name`.
    pub fn similar_method(&self, ty: Ty, name: Name) -> Option<String> {
        let signatures = &self.cx.analysis.signatures;
        let mut candidates: Vec<&str> = Vec::new();
        if let Some(head) = solver::head(ty) {
            let of_values = |functions: &[FunctionId]| functions.iter().any(|&it| self.program.functions[it].has_self);
            let own = signatures.inherent.iter().filter(|(key, functions)| key.0 == head && of_values(functions));
            candidates.extend(own.map(|(key, _)| key.1.as_str()));
        }
        let traits = match ty.kind() {
            TyKind::Param(id, _) => signatures.bounds.get(id).into_iter().flatten().map(|it| it.trait_).collect(),
            TyKind::Dynamic(id, _) => vec![*id],
            _ => Vec::new(),
        };
        let methods = traits.into_iter().flat_map(|it| self.program.traits[it].methods.iter());
        candidates.extend(methods.map(|&it| self.program.functions[it].name.as_str()));
        if let TyKind::Adt(id, _) = ty.kind()
            && let crate::AdtKind::Struct(fields) = &self.program.adts[*id].kind
        {
            candidates.extend(fields.iter().filter_map(|it| Some(it.name?.as_str())));
        }
        candidates.sort_unstable();
        foreign_method(name, &candidates)
            .or_else(|| qi_base::suggest::similar(name.as_str(), candidates))
            .map(str::to_owned)
    }

    /// A method value that is not called: `对象.方法`.
    pub fn bound_method(&mut self, expr: ExprId, ty: Ty, name: Name, span: Span) -> Option<Ty> {
        let functions = self.same_name(ty, name);
        let function = *functions.iter().find(|&&it| self.program.functions[it].has_self)?;
        let n_params = self.program.functions[function].params.len();
        let found = self.find_method(ty, name, n_params, &[], span)?;
        self.cx.need(super::Job::Function(found.function));
        if let Callee::Function { function, .. } = found.callee {
            self.cx.need(super::Job::Function(function));
        }
        let ty = self.function_type(found.function, &found.generics, span);
        let all = self.cx.analysis.signatures.functions[found.function].generics.clone();
        self.require_bounds(&all, &found.generics, span, Some(found.function));
        self.out.bound_methods.insert(expr, found.callee);
        Some(ty)
    }
}
