//! Blocks, conditions, branches, loops, 匹配, jumps. Each construct exists in statement and in value position.

use super::body::{BodyChecker, Cause, Loop};
use super::coerce::Merge;
use super::solver;
use crate::collect::ENTRY_NAMES;
use crate::{
    Block, Condition, ExprId, ExprKind, ForKind, Literal, LocalKind, MatchArm, Owner, PatId, PatKind, Statement, Ty,
    TyKind, TypeRef, diagnostics,
};
use qi_base::{Name, Span};

impl<'p> BodyChecker<'_, 'p> {
    fn block_of(&self, expr: ExprId) -> &'p Block {
        let body = self.body;
        match &body.exprs[expr].kind {
            ExprKind::Block(it) => it,
            _ => qi_base::bug!("{expr} is not a block"),
        }
    }

    /// Never if a statement does not end, else 空.
    pub fn block_statement(&mut self, expr: ExprId) -> Ty {
        let block = self.block_of(expr);
        self.scoped(|it| {
            let never = it.statements(&block.statements);
            if never { Ty::never() } else { Ty::unit() }
        })
    }

    /// The value is the last statement if that is an expression.
    pub fn block_value(&mut self, expr: ExprId, hint: Option<Ty>) -> Ty {
        let block = self.block_of(expr);
        if block.statements.is_empty() {
            return self.empty_block(expr, hint);
        }
        let Some((Statement::Expr(last), rest)) = block.statements.split_last() else {
            return self.block_statement(expr);
        };
        self.scoped(|it| {
            it.local_functions(&block.statements);
            let never = it.run_statements(rest);
            let found = it.infer(*last, hint);
            it.out.value_blocks.insert(expr);
            match it.known_hint(hint) {
                // Conversions belong to the value itself, not to the braces around it.
                Some(expected) if !it.shallow(found).is_never() => {
                    if it.coerce(*last, found, expected, Cause::NONE) {
                        expected
                    } else {
                        Ty::error()
                    }
                }
                _ if never => Ty::never(),
                _ => found,
            }
        })
    }

    fn empty_block(&mut self, expr: ExprId, hint: Option<Ty>) -> Ty {
        let map = self.known_hint(hint).and_then(|it| self.cx.known().map_content(it));
        match map {
            Some((key, value)) => self.map_literal(expr, key, value),
            None => Ty::unit(),
        }
    }

    fn statements(&mut self, statements: &'p [Statement]) -> bool {
        self.local_functions(statements);
        self.run_statements(statements)
    }
    /// Whether one of them never ends.
    fn run_statements(&mut self, statements: &'p [Statement]) -> bool {
        let mut never = false;
        for statement in statements {
            let ty = match statement {
                Statement::Let { pat, ty, init, span } => self.let_(*pat, ty.as_ref(), *init, *span),
                Statement::Expr(it) => self.statement(*it),
                Statement::Function { local, closure } => {
                    self.local_function(*local, *closure);
                    continue;
                }
            };
            never |= self.shallow(ty).is_never();
        }
        never
    }

    /// Local functions are visible in the whole block.
    fn local_functions(&mut self, statements: &'p [Statement]) {
        for statement in statements {
            if let Statement::Function { local, closure } = statement {
                self.declare_local_function(*local, *closure);
            }
        }
    }

    /// Type of the initialiser.
    fn let_(&mut self, pat: PatId, ty: Option<&TypeRef>, init: Option<ExprId>, span: Span) -> Ty {
        let mut found = Ty::unit();
        let ty = match (ty, init) {
            (Some(written), init) => {
                let ty = self.resolve_type(written);
                if let Some(init) = init {
                    found = self.infer(init, Some(ty));
                    self.coerce(init, found, ty, Cause::new(written.span, "这里写的类型", "the type written here"));
                }
                ty
            }
            (None, Some(init)) => {
                found = self.infer(init, None);
                self.table.default_numbers(found);
                self.check_else(init);
                self.check_result(pat, init, found);
                found
            }
            // Reported by `flow`.
            (None, None) if self.is_constant(pat) => Ty::error(),
            (None, None) => self.table.fresh(span),
        };
        let is_name = matches!(self.body.pats[pat].kind, PatKind::Bind(_) | PatKind::Error);
        let ty = if init.is_none() && !is_name {
            self.report(diagnostics::pattern_without_value(self.body.pats[pat].span));
            Ty::error()
        } else {
            ty
        };
        self.bind_pattern(pat, ty);
        found
    }

    fn is_constant(&self, pat: PatId) -> bool {
        matches!(self.body.pats[pat].kind, PatKind::Bind(local) if self.body.locals[local].kind == LocalKind::Constant)
    }

    /// `变量 新 = 列.排序()`: nothing is kept.
    fn check_result(&mut self, pat: PatId, init: ExprId, found: Ty) {
        let PatKind::Bind(local) = self.body.pats[pat].kind else { return };
        if !self.shallow(found).is_unit() {
            return;
        }
        let (name, done) = match &self.body.exprs[init].kind {
            ExprKind::MethodCall { receiver, name, name_span, .. } => {
                let ty = self.out.expr_types[*receiver].map(|it| self.shallow(it));
                let done = ty.and_then(|it| solver::changed_copy(&self.cx.analysis.signatures, it, *name));
                (*name, done.map(|it| (*name_span, it.to_string())))
            }
            ExprKind::Call { callee, .. } => match &self.body.exprs[*callee].kind {
                ExprKind::Path(path) => (path.segments.last().expect("a path has a name").name, None),
                _ => return,
            },
            _ => return,
        };
        let variable = self.body.locals[local].name;
        self.cx.report(diagnostics::no_result(self.span(init), name.as_str(), variable.as_str(), done));
    }

    /// A 如果 whose value is kept has a 否则.
    fn check_else(&mut self, value: ExprId) {
        let ExprKind::If { then, otherwise, .. } = &self.body.exprs[value].kind else { return };
        if let Some(otherwise) = otherwise {
            return self.check_else(*otherwise);
        }
        let ExprKind::Block(block) = &self.body.exprs[*then].kind else { return };
        let Some(Statement::Expr(last)) = block.statements.last() else { return };
        let wanted = self.out.expr_types[*last].map_or(Ty::unit(), |it| self.shallow(it));
        if !wanted.is_unit() && !wanted.is_never() && !wanted.is_error() {
            self.report(diagnostics::missing_else(self.span(value), &self.text(wanted)));
        }
    }

    // ---- conditions ------------------------------------------------------------------------------------------------

    /// Names bound by the conditions stay visible until the surrounding scope ends.
    fn conditions(&mut self, conditions: &[Condition]) {
        for condition in conditions {
            match condition {
                Condition::Expr(it) => self.check(*it, Ty::bool(), Cause::NONE),
                Condition::Let { pat, ty, value } => self.let_condition(*pat, ty.as_ref(), *value),
            }
        }
    }

    fn let_condition(&mut self, pat: PatId, ty: Option<&TypeRef>, value: ExprId) {
        let found = match ty {
            Some(written) => self.condition_value_of(pat, written, value),
            None => self.infer(value, None),
        };
        self.table.default_numbers(found);
        let found = self.shallow(found);
        match self.cx.known().option_content(found) {
            Some(content) if !self.names_option(pat) => {
                self.out.option_conditions.insert(pat);
                self.condition_pattern(pat, content);
            }
            None if self.is_plain_binding(pat) && !found.is_error() && !self.table.is_general_var(found) => {
                let text = self.text(found);
                self.report(diagnostics::condition_needs_option(self.span(value), &text));
                self.condition_pattern(pat, Ty::error());
            }
            None if self.table.is_general_var(found) && !self.names_option(pat) => {
                // Nothing known yet: a condition asks for an option.
                let content = self.table.fresh(self.span(value));
                self.table.unify(found, self.cx.known().option_of(content));
                self.out.option_conditions.insert(pat);
                self.condition_pattern(pat, content);
            }
            _ => self.condition_pattern(pat, found),
        }
    }

    /// The value of `变量 模式: 类型 = 值`: an option of the written type where the pattern means its content.
    fn condition_value_of(&mut self, pat: PatId, written: &TypeRef, value: ExprId) -> Ty {
        let ty = self.resolve_type(written);
        let option = self.cx.known().option_of(ty);
        let is_content = !self.names_option(pat);
        let found = self.infer(value, Some(if is_content { option } else { ty }));
        let found = self.shallow(found);
        let is_option = self.cx.known().option_content(found).is_some() || self.table.is_general_var(found);
        if self.is_plain_binding(pat) && !is_option {
            return found;
        }
        let expected = if is_content && is_option { option } else { ty };
        let cause = Cause::new(written.span, "这里写的类型", "the type written here");
        if self.coerce(value, found, expected, cause) { expected } else { Ty::error() }
    }

    // ---- 如果 ------------------------------------------------------------------------------------------------------

    fn if_parts(&self, expr: ExprId) -> (&'p [Condition], ExprId, Option<ExprId>) {
        let body = self.body;
        match &body.exprs[expr].kind {
            ExprKind::If { conditions, then, otherwise } => (conditions, *then, *otherwise),
            _ => qi_base::bug!("{expr} is not a 如果"),
        }
    }

    pub fn if_statement(&mut self, expr: ExprId) -> Ty {
        let (conditions, then, otherwise) = self.if_parts(expr);
        let then = self.scoped(|it| {
            it.conditions(conditions);
            it.statement(then)
        });
        let otherwise = otherwise.map_or(Ty::unit(), |it| self.statement(it));
        if then.is_never() && otherwise.is_never() { Ty::never() } else { Ty::unit() }
    }

    pub fn if_value(&mut self, expr: ExprId, hint: Option<Ty>) -> Ty {
        let (conditions, then, otherwise) = self.if_parts(expr);
        let hint = self.known_hint(hint);
        let Some(otherwise) = otherwise.filter(|_| !hint.is_some_and(|it| it.is_unit())) else {
            if let Some(wanted) = hint.filter(|it| !it.is_unit()) {
                self.report(diagnostics::missing_else(self.span(expr), &self.text(wanted)));
                self.if_statement(expr);
                return Ty::error();
            }
            return self.if_statement(expr);
        };
        self.out.value_blocks.insert(expr);
        let mut merge = Merge::new(hint, "另一个分支的类型由这里决定", "the other branch follows this one");
        self.scoped(|it| {
            it.conditions(conditions);
            let ty = it.infer(then, merge.hint());
            merge.add(it, then, ty);
        });
        let ty = self.infer(otherwise, merge.hint());
        merge.add(self, otherwise, ty);
        merge.finish(self).unwrap_or(Ty::never())
    }

    // ---- 匹配 ------------------------------------------------------------------------------------------------------

    fn match_parts(&self, expr: ExprId) -> (ExprId, &'p [MatchArm]) {
        let body = self.body;
        match &body.exprs[expr].kind {
            ExprKind::Match { scrutinee, arms } => (*scrutinee, arms),
            _ => qi_base::bug!("{expr} is not a 匹配"),
        }
    }

    fn scrutinee(&mut self, expr: ExprId) -> Ty {
        let ty = self.infer(expr, None);
        self.table.default_numbers(ty);
        ty
    }
    fn arm_head(&mut self, arm: &MatchArm, ty: Ty) {
        self.match_pattern(arm.pat, ty);
        self.conditions(&arm.guard);
    }

    pub fn match_statement(&mut self, expr: ExprId) -> Ty {
        let (scrutinee, arms) = self.match_parts(expr);
        let ty = self.scrutinee(scrutinee);
        let mut never = !arms.is_empty();
        for arm in arms {
            let body = self.scoped(|it| {
                it.arm_head(arm, ty);
                it.statement(arm.body)
            });
            never &= self.shallow(body).is_never();
        }
        if never || self.shallow(ty).is_never() { Ty::never() } else { Ty::unit() }
    }

    pub fn match_value(&mut self, expr: ExprId, hint: Option<Ty>) -> Ty {
        let (scrutinee, arms) = self.match_parts(expr);
        let ty = self.scrutinee(scrutinee);
        self.out.value_blocks.insert(expr);
        let mut merge = Merge::new(self.known_hint(hint), "其他分支的类型由这里决定", "the other arms follow this one");
        for arm in arms {
            self.scoped(|it| {
                it.arm_head(arm, ty);
                let found = it.infer(arm.body, merge.hint());
                merge.add(it, arm.body, found);
            });
        }
        merge.finish(self).unwrap_or(Ty::never())
    }

    // ---- loops and jumps -------------------------------------------------------------------------------------------

    fn loop_body(&mut self, label: Option<Name>, body: ExprId) -> bool {
        self.frame().loops.push(Loop { label, broken: false });
        self.statement(body);
        self.frame().loops.pop().is_some_and(|it| it.broken)
    }

    pub fn loop_statement(&mut self, expr: ExprId) -> Ty {
        let body = self.body;
        match &body.exprs[expr].kind {
            ExprKind::Loop { label, body } => {
                let broken = self.loop_body(*label, *body);
                return if broken { Ty::unit() } else { Ty::never() };
            }
            ExprKind::While { label, conditions, body } => self.scoped(|it| {
                it.conditions(conditions);
                it.loop_body(*label, *body);
            }),
            ExprKind::For { label, pat, iterable, body } => {
                let item = self.iterate(expr, *iterable);
                self.scoped(|it| {
                    it.bind_pattern(*pat, item);
                    it.loop_body(*label, *body);
                });
            }
            _ => qi_base::bug!("{expr} is not a loop"),
        }
        Ty::unit()
    }

    /// What going through `iterable` gives; recorded at `expr` (对于, 让出 全部).
    pub fn iterate(&mut self, expr: ExprId, iterable: ExprId) -> Ty {
        let counted = self.counted_range(iterable);
        if let Some(bound) = counted.filter(|it| matches!(it.kind(), TyKind::Int(_))) {
            self.out.loops.insert(expr, ForKind::Range);
            return bound;
        }
        let found = match counted {
            Some(_) => self.out.expr_types[iterable].unwrap_or(Ty::error()),
            None => self.infer(iterable, None),
        };
        self.table.default_numbers(found);
        let found = self.shallow(found);
        let (kind, item) = match found.kind() {
            TyKind::Error => return Ty::error(),
            TyKind::Array(item) => (ForKind::Array, *item),
            TyKind::Str => (ForKind::Str, Ty::char()),
            TyKind::Channel(item) => (ForKind::Channel, *item),
            TyKind::Generator(item, _) => (ForKind::Generator, *item),
            TyKind::Adt(id, _) if Some(*id) == self.cx.known().range => (ForKind::Range, Ty::int()),
            _ => match self.iterator(expr, found) {
                Some(item) => (ForKind::Iterable, item),
                None => {
                    self.not_iterable(iterable, found);
                    return Ty::error();
                }
            },
        };
        self.out.loops.insert(expr, kind);
        item
    }
    /// 迭代() of 可迭代 types and of types that simply have it.
    fn iterator(&mut self, expr: ExprId, ty: Ty) -> Option<Ty> {
        if self.table.is_general_var(ty) {
            return None;
        }
        let found = self.find_method(ty, Name::new("迭代"), 0, &[], self.span(expr))?;
        let result = self.call_without_arguments(expr, found)?;
        match self.shallow(result).kind() {
            TyKind::Generator(item, _) => Some(*item),
            _ => None,
        }
    }
    fn not_iterable(&mut self, iterable: ExprId, found: Ty) {
        let span = self.span(iterable);
        if self.table.is_general_var(found) {
            self.cannot_infer(span);
            return;
        }
        if self.has_misdeclared_iteration(found) {
            self.failed = true;
            return;
        }
        let text = self.text(found);
        self.report(diagnostics::not_iterable(span, &text).with_notes(self.member_hint(found)));
    }

    /// Its 迭代 has another signature than 可迭代 declares, which is reported.
    fn has_misdeclared_iteration(&self, ty: Ty) -> bool {
        let Some(iterable) = self.cx.known().iterable else { return false };
        let ty = self.table.resolve(ty);
        match solver::find_impl_args(self.program, &self.cx.analysis.signatures, iterable, ty) {
            Some((solver::ImplSource::Impl(id, _), _)) => {
                self.program.impls[id].methods.iter().any(|it| self.cx.misdeclared.contains(it))
            }
            _ => false,
        }
    }

    /// 跳出 (`leaves`) or 继续. Whether there is such a loop is judged by `flow`.
    pub fn jump(&mut self, label: Option<&(Name, Span)>, leaves: bool) -> Ty {
        let loops = &mut self.frame().loops;
        let target = match label {
            Some((name, _)) => loops.iter_mut().rev().find(|it| it.label == Some(*name)),
            None => loops.last_mut(),
        };
        if let Some(target) = target {
            target.broken |= leaves;
        }
        Ty::never()
    }

    pub fn return_(&mut self, expr: ExprId, value: Option<ExprId>) -> Ty {
        let span = self.span(expr);
        let frame = self.frame();
        let (result, written) = (frame.result, frame.result_span);
        if !frame.is_function {
            self.report(diagnostics::return_outside_function(span));
        }
        let cause = Cause(written.map(|it| (it, "函数的结果类型", "the result type of the function")));
        match value {
            Some(value) if self.frame().yields.is_some() => {
                self.infer(value, None);
                self.report(diagnostics::return_value_in_coroutine(self.span(value)));
            }
            Some(value) if self.frame().future.is_some() => self.return_future(value, cause),
            Some(value) => {
                // Where nothing is to be returned, what the value is by itself: 如果 would drop what its branches give.
                let hint = (written.is_some() || !self.shallow(result).is_unit()).then_some(result);
                let found = self.infer(value, hint);
                if !self.coerce(value, found, result, cause) && written.is_none() && self.shallow(result).is_unit() {
                    self.misdeclared();
                    self.offer_result_type(span, value, found);
                }
            }
            None if self.frame().yields.is_some() => {}
            None => {
                let result = self.frame().future.as_ref().map_or(result, |it| it.inner);
                if !self.table.try_unify(result, Ty::unit()) {
                    self.report(diagnostics::missing_return_value(span, &self.text(result), written));
                }
            }
        }
        Ty::never()
    }

    /// The declaration of the function around the current place says something else than its body.
    pub fn misdeclared(&mut self) {
        if let Some(function) = self.frame().function {
            self.cx.misdeclared.insert(function);
        }
    }

    /// The function around the current place returns a value of type `found` and has no result type; that is reported.
    fn offer_result_type(&mut self, statement: Span, value: ExprId, found: Ty) {
        let (span, text) = (self.span(value), self.text(found));
        let function = self.frame().function;
        let is_top_level = function.is_some() && self.program.modules[self.module].top_level == function;
        let at = function.map(|it| self.program.functions[it].signature_span.after());
        let is_entry = function.is_some_and(|it| {
            let it = &self.program.functions[it];
            it.owner == Owner::Module && ENTRY_NAMES.contains(&it.name.as_str())
        });
        let is_zero = matches!(self.body.exprs[value].kind, ExprKind::Literal(Literal::Int(0)));
        self.amend(span, |report| match is_top_level {
            true => diagnostics::return_from_top_level(report),
            false if is_entry => diagnostics::return_from_entry(report, statement, is_zero),
            false => diagnostics::with_result_type(report, at, &text),
        });
        self.cx.returned.extend(self.cx.diagnostics.last().filter(|it| it.span() == span).cloned());
    }

    /// In `函数 f(): 未来<T>` without 异步 the values decide: all handles or all plain.
    fn return_future(&mut self, value: ExprId, cause: Cause) {
        let (result, inner) = (self.frame().result, self.frame().future.as_ref().map_or(Ty::error(), |it| it.inner));
        let found = self.infer(value, Some(inner));
        let (found, span) = (self.shallow(found), self.span(value));
        let is_handle =
            matches!(found.kind(), TyKind::Task(_)) && !matches!(self.shallow(inner).kind(), TyKind::Task(_));
        self.coerce(value, found, if is_handle { result } else { inner }, cause);
        if found.is_error() || found.is_never() {
            return;
        }
        let returns = self.frame().future.as_mut().expect("asked by the caller");
        if is_handle { returns.handles.push(span) } else { returns.values.push(span) }
    }
}
