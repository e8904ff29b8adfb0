//! Literals and values built from parts: numbers, templates, tuples, arrays, dictionaries, ranges.

use super::body::{BodyChecker, Cause};
use super::coerce::Merge;
use super::table::VarKind;
use crate::{
    AdtId, AdtKind, ArgSource, Call, CallMode, Callee, ExprId, ExprKind, FunctionId, Head, IndexKind, Literal,
    MapFunctions, TemplatePart, Ty, TyKind, diagnostics,
};
use qi_base::{Name, Span};

impl BodyChecker<'_, '_> {
    pub fn literal(&mut self, expr: ExprId, literal: &Literal, negative: bool, hint: Option<Ty>) -> Ty {
        let span = self.span(expr);
        match literal {
            Literal::Unit => Ty::unit(),
            Literal::Bool(_) => Ty::bool(),
            Literal::Char(_) => Ty::char(),
            Literal::Str(_) => Ty::str(),
            Literal::Int(value) => {
                let ty = match self.number_hint(hint) {
                    Some(ty) => ty,
                    None => self.table.fresh_int(span),
                };
                self.literals.push((span, ty, *value, negative));
                ty
            }
            Literal::Float(value) => {
                let ty = match self.number_hint(hint) {
                    Some(ty) if matches!(ty.kind(), TyKind::Float(_)) => ty,
                    _ => self.table.fresh_float(span),
                };
                self.float_literals.push((span, ty, *value));
                ty
            }
        }
    }
    /// The number type a literal should have, looking into 选项.
    fn number_hint(&self, hint: Option<Ty>) -> Option<Ty> {
        let mut ty = self.known_hint(hint)?;
        while let Some(content) = self.cx.known().option_content(ty) {
            ty = self.shallow(content);
        }
        matches!(ty.kind(), TyKind::Int(_) | TyKind::Float(_)).then_some(ty)
    }

    pub fn template(&mut self, parts: &[TemplatePart]) -> Ty {
        for part in parts {
            if let TemplatePart::Hole(expr, _) = part {
                self.infer(*expr, None);
            }
        }
        Ty::str()
    }

    pub fn tuple(&mut self, items: &[ExprId], hint: Option<Ty>) -> Ty {
        if items.is_empty() {
            return Ty::unit();
        }
        let hint = self.known_hint(hint).map(|it| self.cx.known().option_content(it).map_or(it, |it| self.shallow(it)));
        let hints = match hint.map(|it| it.kind()) {
            Some(TyKind::Tuple(parts)) if parts.len() == items.len() => Some(parts),
            _ => None,
        };
        let parts = items.iter().enumerate().map(|(index, &item)| match hints {
            // An element takes its expected type at once: there is no conversion of whole tuples.
            Some(parts) => {
                let found = self.infer(item, Some(parts[index]));
                if self.coerce(item, found, parts[index], Cause::NONE) { parts[index] } else { Ty::error() }
            }
            None => self.infer(item, None),
        });
        Ty::new(TyKind::Tuple(parts.collect()))
    }

    fn element_hint(&self, hint: Option<Ty>) -> Option<Ty> {
        let ty = self.known_hint(hint)?;
        let ty = self.cx.known().option_content(ty).map_or(ty, |it| self.shallow(it));
        match ty.kind() {
            TyKind::Array(element) => Some(*element),
            _ => None,
        }
    }

    pub fn array(&mut self, expr: ExprId, items: &[ExprId], hint: Option<Ty>) -> Ty {
        let element = self.element_hint(hint);
        let mut merge =
            Merge::new(self.known_hint(element), "其他元素的类型由这里决定", "the other elements follow this one");
        for &item in items {
            let ty = self.infer(item, merge.hint());
            merge.add(self, item, ty);
        }
        match (merge.finish(self), element) {
            (Some(ty), _) => Ty::array(ty),
            (None, Some(element)) => Ty::array(element),
            (None, None) => Ty::array(self.table.fresh(self.span(expr))),
        }
    }

    pub fn array_repeat(&mut self, value: ExprId, count: ExprId, hint: Option<Ty>) -> Ty {
        let element = self.element_hint(hint);
        let ty = match self.known_hint(element) {
            Some(element) => {
                self.check(value, element, Cause::NONE);
                element
            }
            None => self.infer(value, None),
        };
        self.check(count, Ty::int(), Cause::NONE);
        Ty::array(ty)
    }

    pub fn map(&mut self, expr: ExprId, entries: &[(ExprId, ExprId)], hint: Option<Ty>) -> Ty {
        let hint = self.known_hint(hint);
        if entries.is_empty() && hint.is_some_and(|it| it.is_unit()) {
            return Ty::unit();
        }
        let known = self.cx.known();
        let hint = hint.map(|it| known.option_content(it).map_or(it, |it| self.shallow(it)));
        if let Some(ty) = hint.filter(|it| self.names_all_fields(*it, entries)) {
            let text = self.text(ty);
            self.report(diagnostics::literal_without_type(self.span(expr), &text));
            self.infer_all(entries.iter().map(|it| it.1));
            return Ty::error();
        }
        let (key, value) = hint.and_then(|it| known.map_content(it)).unzip();
        let mut keys = Merge::new(self.known_hint(key), "其他键的类型由这里决定", "the other keys follow this one");
        let mut values =
            Merge::new(self.known_hint(value), "其他值的类型由这里决定", "the other values follow this one");
        for &(key, value) in entries {
            let ty = self.infer(key, keys.hint());
            keys.add(self, key, ty);
            let ty = self.infer(value, values.hint());
            values.add(self, value, ty);
        }
        let span = self.span(expr);
        let key = keys.finish(self).or(key).unwrap_or_else(|| self.table.fresh(span));
        let value = values.finish(self).or(value).unwrap_or_else(|| self.table.fresh(span));
        self.map_literal(expr, key, value)
    }

    /// `变量 p: 点 = { 横: 1, 纵: 2 }`: the keys are fields of the struct that is wanted.
    fn names_all_fields(&self, ty: Ty, entries: &[(ExprId, ExprId)]) -> bool {
        let TyKind::Adt(id, _) = ty.kind() else { return false };
        let AdtKind::Struct(fields) = &self.program.adts[*id].kind else { return false };
        let is_field = |key: ExprId| match &self.body.exprs[key].kind {
            ExprKind::Path(path) => {
                path.segments.len() == 1 && fields.iter().any(|it| it.name == Some(path.segments[0].name))
            }
            _ => false,
        };
        !entries.is_empty() && self.cx.known().map_content(ty).is_none() && entries.iter().all(|it| is_field(it.0))
    }

    /// Records how a dictionary is built: an empty one, then one call per entry.
    pub fn map_literal(&mut self, expr: ExprId, key: Ty, value: Ty) -> Ty {
        let Some(index) = self.map_functions(key, value, self.span(expr)) else { return Ty::error() };
        let Some(new) = self.map_function("新", 0) else { return Ty::error() };
        let callee = Callee::Function { function: new, generics: vec![key, value] };
        self.out.calls.insert(expr, Call { callee, args: Vec::<ArgSource>::new(), mode: CallMode::Direct });
        self.out.indexes.insert(expr, index);
        self.cx.known().map_of(key, value)
    }
    /// The library functions behind `表[键]`; requires the key to be usable.
    pub fn map_functions(&mut self, key: Ty, value: Ty, span: Span) -> Option<IndexKind> {
        let known = self.cx.known();
        self.require(known.equatable, key, span);
        self.require(known.hashable, key, span);
        let functions = MapFunctions {
            get: self.map_function("下标", 1)?,
            place: self.map_function("下标位", 1)?,
            still: self.map_function("仍在", 1)?,
            set: self.map_function("设", 2)?,
            seek: self.map_function("寻", 1)?,
            put: self.map_function("放", 4)?,
        };
        Some(IndexKind::Map { functions, generics: vec![key, value] })
    }
    fn map_function(&mut self, name: &str, n_params: usize) -> Option<FunctionId> {
        self.std_method(self.cx.known().map?, name, n_params)
    }
    /// A method of the prelude that the language itself calls.
    pub fn std_method(&mut self, adt: AdtId, name: &str, n_params: usize) -> Option<FunctionId> {
        let head = Head::Adt(adt);
        let methods = self.cx.analysis.signatures.inherent.get(&(head, Name::new(name)))?;
        let found = methods.iter().copied().find(|&it| {
            let it = &self.program.functions[it];
            it.params.len() == n_params && self.program.modules[it.module].is_std
        })?;
        self.cx.need(super::Job::Function(found));
        Some(found)
    }

    pub fn range(&mut self, expr: ExprId, start: Option<ExprId>, end: Option<ExprId>) -> Ty {
        if start.is_none() || end.is_none() {
            self.report(diagnostics::open_range(self.span(expr)));
        }
        self.check_range(expr, start, end);
        let mut bounds = [start, end].into_iter().flatten();
        let Some(first) = bounds.next() else { return self.cx.known().range_type() };
        let found = self.infer(first, Some(Ty::int()));
        let is_char = self.shallow(found) == Ty::char();
        let bound = if is_char { Ty::char() } else { Ty::int() };
        self.coerce(first, found, bound, Cause::NONE);
        bounds.for_each(|it| self.check(it, bound, Cause::NONE));
        if is_char { self.cx.known().char_range_type() } else { self.cx.known().range_type() }
    }

    fn check_range(&mut self, expr: ExprId, start: Option<ExprId>, end: Option<ExprId>) {
        if let (Some(start), Some(end)) = (self.written_int(start), self.written_int(end))
            && start > end
        {
            self.cx.report(diagnostics::empty_range(self.span(expr)));
        }
    }

    /// `对于 i 在 0..n` counts in the type of its bounds, whatever integers they are: no 区间 is made. Gives the type of the
    /// bounds; none for anything but a range with both, of which nothing was looked at then.
    pub fn counted_range(&mut self, iterable: ExprId) -> Option<Ty> {
        let body = self.body;
        let ExprKind::Range { start: Some(start), end: Some(end), .. } = body.exprs[iterable].kind else { return None };
        self.check_range(iterable, Some(start), Some(end));
        let found = self.infer(start, None);
        let is_char = self.shallow(found) == Ty::char();
        let wanted = if self.is_integer(found) || is_char { found } else { Ty::int() };
        if self.coerce(start, found, wanted, Cause::NONE) {
            self.check(end, wanted, Cause::NONE);
        } else {
            self.infer_all([end]);
        }
        self.table.default_numbers(wanted);
        // `0..2.5`: the literal took the type of the other bound.
        let counted = self.shallow(wanted);
        if !is_char && !counted.is_error() && !self.is_integer(counted) {
            self.mismatch(self.span(end), counted, Ty::int(), Cause::NONE);
        }
        let known = self.cx.known();
        let range = if is_char { known.char_range_type() } else { known.range_type() };
        self.out.expr_types[iterable] = Some(range);
        Some(self.shallow(wanted))
    }

    fn is_integer(&self, ty: Ty) -> bool {
        let ty = self.shallow(ty);
        matches!(ty.kind(), TyKind::Int(_)) || self.table.var_kind(ty) == Some(VarKind::Int)
    }

    /// The magnitude of an integer literal without a sign.
    fn written_int(&self, expr: Option<ExprId>) -> Option<u128> {
        match self.body.exprs[expr?].kind {
            ExprKind::Literal(Literal::Int(magnitude)) => Some(magnitude),
            _ => None,
        }
    }

    /// Measures integer literals against their final types.
    pub fn check_literals(&mut self) {
        for (span, ty, value) in std::mem::take(&mut self.float_literals) {
            let ty = self.table.resolve(ty);
            let (is_endless, max) = match ty.kind() {
                TyKind::Float(32) => ((value as f32).is_infinite(), f64::from(f32::MAX)),
                _ => (value.is_infinite(), f64::MAX),
            };
            if is_endless {
                self.report(diagnostics::float_out_of_range(span, &self.text(ty), max));
            }
        }
        for (span, ty, value, negative) in std::mem::take(&mut self.literals) {
            let ty = self.table.resolve(ty);
            let TyKind::Int(int) = ty.kind() else { continue };
            if !int.holds(value, negative) {
                self.report(diagnostics::literal_out_of_range(
                    span,
                    &self.text(ty),
                    &int.min_text(),
                    int.max_magnitude(),
                ));
            }
        }
    }
}

impl crate::IntType {
    /// The greatest value.
    pub fn max_magnitude(self) -> u128 {
        let bits = u32::from(self.bits()) - u32::from(self.is_signed());
        (1u128 << bits) - 1
    }
    pub fn min_text(self) -> String {
        if self.is_signed() { format!("-{}", self.max_magnitude() + 1) } else { "0".to_owned() }
    }
    /// Whether the type has the number of this magnitude and sign.
    pub fn holds(self, magnitude: u128, negative: bool) -> bool {
        match negative {
            false => magnitude <= self.max_magnitude(),
            true if self.is_signed() => magnitude <= self.max_magnitude() + 1,
            true => magnitude == 0,
        }
    }
}
