//! Parts of values and places: fields, tuple elements, assignment. (Whether something may be assigned to is judged by `flow`.)

use super::body::{BodyChecker, Cause};
use super::call::arity;
use super::path::NameRes;
use crate::{AdtKind, BinaryOp, ExprId, ExprKind, LocalKind, Owner, Res, Ty, TyKind, diagnostics};
use qi_base::{Name, Span};

impl<'p> BodyChecker<'_, 'p> {
    pub fn field(&mut self, expr: ExprId, hint: Option<Ty>) -> Ty {
        let body = self.body;
        let ExprKind::Field { base, name, name_span, optional } = &body.exprs[expr].kind else {
            qi_base::bug!("{expr} is not a field")
        };
        if !optional && let Some(res) = self.resolve_name(expr) {
            if let NameRes::Error = res {
                self.failed = true;
            }
            return self.res_value(expr, res, hint);
        }
        let mut ty = self.infer(*base, None);
        ty = self.shallow(ty);
        if ty.is_error() {
            return Ty::error();
        }
        if *optional {
            match self.optional_content(expr, *base, ty) {
                Some(content) => ty = content,
                None => return Ty::error(),
            }
        }
        self.select();
        let Some(ty) = self.receiver_type(*base, ty) else { return Ty::error() };
        let Some(result) = self.field_of(expr, ty, *name, *name_span, hint) else { return Ty::error() };
        if *optional { self.optional_result(expr, result) } else { result }
    }

    fn field_of(&mut self, expr: ExprId, ty: Ty, name: Name, span: Span, hint: Option<Ty>) -> Option<Ty> {
        if let Some((index, ty)) = self.struct_field(ty, name, span) {
            self.out.fields.insert(expr, index);
            return Some(ty);
        }
        if let Ok(index) = name.as_str().parse() {
            self.out.fields.insert(expr, index);
            return self.tuple_part(span, span, ty, index);
        }
        let wants_function = matches!(self.known_hint(hint).map(|it| it.kind()), Some(TyKind::Function { .. }));
        if !wants_function
            && let Some(found) = self.find_method(ty, name, 0, &[], span)
            && self.reads_like_field(found.function, name)
        {
            self.check_private_method(found.function, span);
            return self.call_without_arguments(expr, found);
        }
        if let Some(ty) = self.bound_method(expr, ty, name, span) {
            return Some(ty);
        }
        let text = self.text(ty);
        let similar = self.similar_method(ty, name);
        let diagnostic = diagnostics::no_field(span, &text, name.as_str(), similar.as_deref());
        let diagnostic = diagnostics::with_fields(diagnostic, &self.field_names(ty));
        self.report(diagnostic.with_notes(self.member_hint(ty)));
        None
    }
    fn field_names(&self, ty: Ty) -> Vec<&'static str> {
        match ty.kind() {
            TyKind::Adt(id, _) if !self.program.modules[self.program.adts[*id].module].is_std => {
                match &self.program.adts[*id].kind {
                    AdtKind::Struct(fields) => fields.iter().filter_map(|it| Some(it.name?.as_str())).collect(),
                    AdtKind::Enum(_) => Vec::new(),
                }
            }
            _ => Vec::new(),
        }
    }

    /// `列.长度` needs no parentheses; neither do the other library methods without parameters.
    fn reads_like_field(&self, function: crate::FunctionId, name: Name) -> bool {
        let it = &self.program.functions[function];
        let in_std = self.program.modules[it.module].is_std && matches!(it.owner, Owner::Impl(_));
        arity(it).0 == 0 && it.params.is_empty() && (in_std || name.as_str() == "长度")
    }

    pub fn tuple_field(&mut self, expr: ExprId, base: ExprId, index: u32) -> Ty {
        let ty = self.infer(base, None);
        let ty = self.shallow(ty);
        if ty.is_error() {
            return Ty::error();
        }
        if self.table.is_general_var(ty) {
            self.cannot_infer(self.span(base));
            return Ty::error();
        }
        let part = Span { start: self.span(base).end, ..self.span(expr) };
        self.tuple_part(self.span(expr), part, ty, index).unwrap_or(Ty::error())
    }

    /// `part`: the dot and the number.
    fn tuple_part(&mut self, span: Span, part_span: Span, ty: Ty, index: u32) -> Option<Ty> {
        let parts = if let TyKind::Tuple(parts) = ty.kind() { Some(parts) } else { None };
        let part = parts.and_then(|it| it.get(index as usize)).copied();
        if part.is_none() {
            let text = self.text(ty);
            let is_option = self.cx.known().option_content(ty).is_some();
            let report = diagnostics::bad_tuple_index(span, &text, index, parts.map(Vec::len), is_option);
            let is_plain = (part_span.end - part_span.start) as usize == format!(".{index}").len();
            self.report(match ty.kind() {
                TyKind::Array(_) | TyKind::Str if is_plain => diagnostics::with_brackets(report, part_span, index),
                _ => report,
            });
        }
        part
    }

    pub fn assign(&mut self, expr: ExprId, place: ExprId, op: Option<BinaryOp>, value: ExprId) -> Ty {
        if op.is_none() && self.undeclared_target(place) {
            self.out.names.insert(place, Res::Error);
            self.out.expr_types[place] = Some(Ty::error());
            self.infer(value, None);
            return Ty::unit();
        }
        let mut ty = self.infer(place, None);
        // That a function is no variable is reported.
        if matches!(self.out.names.get(&place), Some(Res::Function { .. })) {
            ty = Ty::error();
        }
        let cause = self.place_cause(place);
        match op {
            None => self.check(value, ty, cause),
            Some(op) => {
                let result = self.operation(expr, op, self.span(expr), (place, ty), value);
                self.compound_result(expr, ty, result, op);
            }
        }
        Ty::unit()
    }
    fn compound_result(&mut self, expr: ExprId, ty: Ty, result: Ty, op: BinaryOp) {
        let (result, ty) = (self.shallow(result), self.shallow(ty));
        if !self.table.try_unify(result, ty) && !result.is_error() {
            let (left, right) = (self.text(ty), self.text(result));
            self.report(diagnostics::compound_assignment(self.span(expr), super::operator::symbol(op), &left, &right));
        }
    }
    fn place_cause(&self, place: ExprId) -> Cause {
        match self.out.names.get(&place) {
            Some(crate::Res::Local(local)) if self.body.locals[*local].kind != LocalKind::Function => {
                Cause::new(self.body.locals[*local].span, "变量在这里声明", "the variable is declared here")
            }
            _ => Cause::NONE,
        }
    }
}
