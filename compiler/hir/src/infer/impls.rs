//! Whether implementations are complete, fit their trait, and are the only ones.

use super::table::Table;
use super::{Checker, solver};
use crate::{FunctionId, FunctionKind, FunctionSignature, ImplId, Trait, TraitRef, Ty, TyKind, diagnostics};
use qi_base::Id;

impl Checker<'_> {
    pub(super) fn check_impls(&mut self) {
        for id in self.program.impls.ids() {
            self.check_unused_generics(id);
            if let Some(trait_) = self.analysis.signatures.impls[id].trait_.clone() {
                self.check_impl(id, &trait_);
            }
        }
        self.check_duplicate_impls();
        self.check_standard_impls();
        self.check_duplicate_methods();
    }

    fn check_impl(&mut self, id: ImplId, trait_: &TraitRef) {
        let program = self.program;
        let (it, declared) = (&program.impls[id], &program.traits[trait_.trait_]);
        let mut missing: Vec<FunctionId> = declared
            .methods
            .iter()
            .copied()
            .filter(|&method| {
                let has_default = program.functions[method].body.as_ref().is_some_and(|it| it.root.is_some());
                !has_default
                    && program.functions[method].intrinsic.is_none()
                    && solver::impl_method(program, id, method).is_none()
                    // One of another number of parameters is reported as such, unless it is that of an overload.
                    && !it.methods.iter().any(|&it| {
                        program.functions[it].name == program.functions[method].name
                            && program.declared_method(trait_.trait_, it).is_none()
                    })
            })
            .collect();
        // One of another name may be meant.
        let mut misnamed: Vec<(FunctionId, FunctionId)> = Vec::new();
        for &method in it.methods.iter().filter(|&&it| !self.is_declared(declared, it)) {
            if let Some(index) = self.meant_method(&missing, method) {
                misnamed.push((method, missing.remove(index)));
            }
        }
        if !missing.is_empty() {
            let names: Vec<&str> = missing.iter().map(|&it| program.functions[it].name.as_str()).collect();
            let target = self.text(self.analysis.signatures.impls[id].target);
            let first = program.functions[missing[0]].name_span;
            self.report(diagnostics::missing_trait_methods(it.span, declared.name.as_str(), &target, &names, first));
        }
        for &method in &it.methods {
            match program.declared_method(trait_.trait_, method) {
                Some(wanted) => self.check_method(id, trait_, method, wanted),
                None => {
                    let meant =
                        misnamed.iter().find(|it| it.0 == method).map(|it| program.functions[it.1].name.as_str());
                    self.no_such_trait_method(trait_, method, meant);
                }
            }
        }
        self.check_supertraits(id, trait_);
    }

    fn is_declared(&self, declared: &Trait, method: FunctionId) -> bool {
        let functions = &self.program.functions;
        declared.methods.iter().any(|&it| functions[it].name == functions[method].name)
    }

    /// Which of the `missing` methods has a name like `method` and as many parameters.
    fn meant_method(&self, missing: &[FunctionId], method: FunctionId) -> Option<usize> {
        let functions = &self.program.functions;
        let n_params = functions[method].params.len();
        let fitting = || missing.iter().filter(|&&it| functions[it].params.len() == n_params);
        let similar = qi_base::suggest::similar(
            functions[method].name.as_str(),
            fitting().map(|&it| functions[it].name.as_str()),
        )?;
        missing.iter().position(|&it| functions[it].name.as_str() == similar)
    }

    fn no_such_trait_method(&mut self, trait_: &TraitRef, method: FunctionId, meant: Option<&str>) {
        let program = self.program;
        let (declared, function) = (&program.traits[trait_.trait_], &program.functions[method]);
        let same_name = declared.methods.iter().map(|&it| &program.functions[it]).find(|it| it.name == function.name);
        let name = function.name.as_str();
        self.report(match same_name {
            Some(wanted) => diagnostics::method_differs(
                function.name_span,
                name,
                wanted.params.len(),
                function.params.len(),
                wanted.name_span,
            ),
            None => {
                diagnostics::method_not_in_trait(function.name_span, name, declared.name.as_str(), declared.name_span)
                    .with_similar(function.name_span, meant)
            }
        });
    }

    fn check_supertraits(&mut self, id: ImplId, trait_: &TraitRef) {
        let target = self.analysis.signatures.impls[id].target;
        for it in solver::elaborate(self.program, &self.analysis.signatures, trait_, target).into_iter().skip(1) {
            if solver::find_impl(self.program, &self.analysis.signatures, it.trait_, target, &it.args).is_none() {
                let (ty, name) = (self.text(target), self.program.traits[it.trait_].name);
                self.report(diagnostics::bound_not_satisfied(self.program.impls[id].span, &ty, name.as_str(), None));
            }
        }
    }

    /// The signature must be the declared one with 自己 and the parameters filled in.
    fn check_method(&mut self, id: ImplId, trait_: &TraitRef, method: FunctionId, wanted: FunctionId) {
        let program = self.program;
        let (function, declared) = (&program.functions[method], &program.functions[wanted]);
        if matches!(function.kind, FunctionKind::Coroutine | FunctionKind::AsyncCoroutine) {
            self.yields(method, function.name_span);
        }
        let signatures = &self.analysis.signatures;
        let (found, expected) = (&signatures.functions[method], &signatures.functions[wanted]);
        let n_impl = program.impls[id].generics.len();
        let own: Vec<Ty> =
            found.generics[n_impl..].iter().map(|&it| Ty::new(TyKind::Param(it, program.generics[it].name))).collect();
        let args = [&[signatures.impls[id].target], &trait_.args[..], &own].concat();
        let fill = |ty: Ty| solver::substitute(ty, &expected.generics, &args);
        let same = |x: Ty, y: Ty| x == fill(y) || x.has_error() || y.has_error();
        let fits = args.len() == expected.generics.len()
            && function.has_self == declared.has_self
            && found.params.iter().zip(&expected.params).all(|(&x, &y)| same(x, y))
            && function.params.iter().zip(&declared.params).all(|(x, y)| x.mode == y.mode && x.variadic == y.variadic)
            && same(found.call_type(), expected.call_type());
        if !fits {
            let wanted = declared_text(self, wanted, &expected.generics.clone(), &args);
            let name = self.program.traits[trait_.trait_].name;
            self.misdeclared.insert(method);
            self.report(diagnostics::signature_differs(
                function.signature_span,
                name.as_str(),
                &wanted,
                declared.signature_span,
            ));
        } else {
            self.check_bounds(method, wanted, n_impl, &args);
        }
    }

    /// Type parameters may not need more than the trait says: callers know only that. `args`: for the generics of `wanted`.
    fn check_bounds(&mut self, method: FunctionId, wanted: FunctionId, n_impl: usize, args: &[Ty]) {
        let (program, signatures) = (self.program, &self.analysis.signatures);
        let (found, expected) = (&signatures.functions[method].generics, &signatures.functions[wanted].generics);
        let n_own = found.len() - n_impl;
        let mut reports = Vec::new();
        for (&own, &declared) in found[n_impl..].iter().zip(&expected[expected.len() - n_own..]) {
            let param = Ty::new(TyKind::Param(declared, program.generics[declared].name));
            let written = signatures.bounds.get(&own).into_iter().flatten();
            for (bound, at) in written.zip(&program.generics[own].bounds) {
                let fill = |it: &TraitRef| {
                    let args = it.args.iter().map(|&it| solver::substitute(it, expected, args)).collect();
                    TraitRef { trait_: it.trait_, args }
                };
                let known = signatures.bounds.get(&declared).into_iter().flatten();
                let is_known = known
                    .flat_map(|it| solver::elaborate(program, signatures, &fill(it), param))
                    .any(|it| it == *bound)
                    || bound.args.is_empty()
                        && solver::find_impl(program, signatures, bound.trait_, param, &[]).is_some();
                if !is_known {
                    let (param, name) = (program.generics[own].name, program.traits[bound.trait_].name);
                    let declared = program.functions[wanted].signature_span;
                    reports.push(diagnostics::bound_of_implementation(
                        at.span,
                        param.as_str(),
                        name.as_str(),
                        declared,
                    ));
                }
            }
        }
        reports.into_iter().for_each(|it| self.report(it));
    }

    fn check_duplicate_impls(&mut self) {
        for id in self.program.traits.ids() {
            let impls = self.analysis.signatures.trait_impls.get(&id).cloned().unwrap_or_default();
            for (index, &second) in impls.iter().enumerate() {
                let Some(&first) = impls[..index].iter().find(|&&first| self.overlap(first, second)) else { continue };
                let target = self.text(self.analysis.signatures.impls[second].target);
                let (name, span) = (self.program.traits[id].name, self.program.impls[second].span);
                self.report(diagnostics::duplicate_impl(span, name.as_str(), &target, self.program.impls[first].span));
            }
        }
    }

    /// How 整数 or 数组 print, compare and are hashed is the language's business.
    fn check_standard_impls(&mut self) {
        let known = &self.analysis.signatures.known;
        let traits = [known.printable, known.comparable, known.equatable, known.hashable];
        for trait_ in traits.into_iter().flatten() {
            let impls = self.analysis.signatures.trait_impls.get(&trait_).cloned().unwrap_or_default();
            for id in impls {
                let it = &self.program.impls[id];
                let target = self.analysis.signatures.impls[id].target;
                let is_open = match target.kind() {
                    TyKind::Adt(adt, _) => !self.program.modules[self.program.adts[*adt].module].is_std,
                    TyKind::Param(..) | TyKind::Error => true,
                    _ => false,
                };
                if !is_open && !self.program.modules[it.module].is_std {
                    let (name, target) = (self.program.traits[trait_].name, self.text(target));
                    self.report(diagnostics::standard_impl(it.span, name.as_str(), &target));
                }
            }
        }
    }

    /// Some type would have both. Bounds count only where one is for every T that meets them.
    fn overlap(&self, first: ImplId, second: ImplId) -> bool {
        let signatures = &self.analysis.signatures;
        let (x, y) = (&signatures.impls[first], &signatures.impls[second]);
        let (hx, hy) = (solver::head(x.target), solver::head(y.target));
        if hx != hy {
            return match (hx, hy) {
                (None, _) => self.covers(first, second),
                (_, None) => self.covers(second, first),
                _ => false,
            };
        }
        let mut table = Table::default();
        let mut open = |id: ImplId, ty: Ty| {
            let it = &self.program.impls[id];
            let vars: Vec<Ty> = it.generics.iter().map(|_| table.fresh(it.span)).collect();
            let ty = solver::substitute(ty, &it.generics, &vars);
            let args = signatures.impls[id].trait_.as_ref().map_or(&[][..], |it| &it.args);
            let args: Vec<Ty> = args.iter().map(|&arg| solver::substitute(arg, &it.generics, &vars)).collect();
            (ty, args)
        };
        let ((x, xs), (y, ys)) = (open(first, x.target), open(second, y.target));
        table.unify(x, y) && xs.iter().zip(&ys).all(|(&x, &y)| table.unify(x, y))
    }

    /// `实现<T: 甲> 乙 对于 T` is for the type of the other one too.
    fn covers(&self, general: ImplId, other: ImplId) -> bool {
        let it = &self.analysis.signatures.impls[other];
        let args = it.trait_.as_ref().map_or(&[][..], |it| &it.args);
        solver::applies(self.program, &self.analysis.signatures, general, it.target, args)
    }

    /// `实现<T> 画 对于 点`: nothing says what T is.
    fn check_unused_generics(&mut self, id: ImplId) {
        let (it, types) = (&self.program.impls[id], &self.analysis.signatures.impls[id]);
        let parts: Vec<Ty> = types.trait_.iter().flat_map(|it| it.args.iter().copied()).chain([types.target]).collect();
        if parts.iter().any(|it| it.has_error()) {
            return;
        }
        for &generic in &it.generics {
            if !parts.iter().any(|it| it.mentions(generic)) {
                let it = &self.program.generics[generic];
                self.report(diagnostics::unused_type_parameter(it.span, it.name.as_str()));
            }
        }
    }

    fn check_duplicate_methods(&mut self) {
        let program = self.program;
        let mut sets: Vec<Vec<FunctionId>> =
            self.analysis.signatures.inherent.values().filter(|it| it.len() > 1).cloned().collect();
        sets.sort_by_key(|it| it[0].index());
        for set in sets {
            for (index, &second) in set.iter().enumerate() {
                if program.modules[program.functions[second].module].is_std {
                    continue;
                }
                let clash = set[..index].iter().copied().find(|&first| self.methods_clash(first, second));
                if let Some(first) = clash {
                    let (x, y) = (program.functions[first].name_span, &program.functions[second]);
                    let (early, late) = if (x.file, x.start) < (y.name_span.file, y.name_span.start) {
                        (x, y.name_span)
                    } else {
                        (y.name_span, x)
                    };
                    self.report(diagnostics::duplicate_definition(late, y.name.as_str(), early));
                }
            }
        }
    }
    fn methods_clash(&self, first: FunctionId, second: FunctionId) -> bool {
        use crate::Owner::Impl;
        let (x, y) = (&self.program.functions[first], &self.program.functions[second]);
        let (Impl(a), Impl(b)) = (x.owner, y.owner) else { return false };
        let (x, y) = (super::call::arity(x), super::call::arity(y));
        a != b && x.0 <= y.1 && y.0 <= x.1 && self.overlap(a, b)
    }
}

impl FunctionSignature {
    /// What a bare call gives. A 协程 may implement a declared 函数 …: 生成器<T>, an 异步 one a 函数 …: 未来<T>.
    fn call_type(&self) -> Ty {
        match self.yields {
            Some((item, sent)) => Ty::new(TyKind::Generator(item, sent)),
            None if self.is_async => Ty::new(TyKind::Task(self.result)),
            None => self.result,
        }
    }
}

/// The signature an implementation should have written.
fn declared_text(checker: &Checker, method: FunctionId, generics: &[crate::GenericId], args: &[Ty]) -> String {
    let function = &checker.program.functions[method];
    let signature = &checker.analysis.signatures.functions[method];
    let fill = |ty: Ty| checker.text(solver::substitute(ty, generics, args));
    let params: Vec<String> = function
        .params
        .iter()
        .zip(&signature.params)
        .map(|(param, &ty)| {
            let mode = if param.mode == crate::Mode::InOut { "可变 " } else { "" };
            format!("{mode}{}: {}", param.name, fill(ty))
        })
        .collect();
    let own: Vec<String> =
        function.generics.iter().map(|&it| generic_text(checker, it)).filter(|it| !it.contains('#')).collect();
    let own = if own.is_empty() { String::new() } else { format!("<{}>", own.join(", ")) };
    let is_static = if function.has_self { "" } else { "静态 " };
    let prefix = match function.kind {
        FunctionKind::Plain => "函数",
        FunctionKind::Async => "异步 函数",
        FunctionKind::Coroutine => "协程 函数",
        FunctionKind::AsyncCoroutine => "异步 协程 函数",
    };
    let result = signature.yields.map_or(signature.result, |it| it.0);
    let result = if result.is_unit() { String::new() } else { format!(": {}", fill(result)) };
    format!("{is_static}{prefix} {}{own}({}){result}", function.name, params.join(", "))
}

/// As it is declared, with its bounds.
fn generic_text(checker: &Checker, id: crate::GenericId) -> String {
    let bounds = checker.analysis.signatures.bounds.get(&id).into_iter().flatten();
    let bounds: Vec<&str> = bounds.map(|it| checker.program.traits[it.trait_].name.as_str()).collect();
    let name = checker.program.generics[id].name;
    if bounds.is_empty() { name.to_string() } else { format!("{name}: {}", bounds.join(" + ")) }
}
