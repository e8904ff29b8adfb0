//! Making values of user types: struct literals, variants, `类型(…)`.

use super::arguments::ParamSpec;
use super::body::{BodyChecker, Cause};
use super::cast;
use super::path::NameRes;
use super::{Job, solver};
use crate::{
    AdtId, AdtKind, Arg, Builtin, Call, CallMode, Callee, ExprId, ExprKind, FieldDef, FieldInit, FieldSource, Mode,
    Owner, Path, Res, StructLiteral, Ty, TyKind, diagnostics,
};
use qi_base::{Name, Span};

impl<'p> BodyChecker<'_, 'p> {
    /// `形状.圆(1.0)`, `有(x)`.
    pub fn construct_variant(&mut self, expr: ExprId, ty: Ty, variant: u32, args: &'p [Arg], hint: Option<Ty>) -> Ty {
        let span = self.span(expr);
        let TyKind::Adt(adt, _) = ty.kind() else { return self.failed_call(args) };
        let adt = *adt;
        let def = self.variant_def(adt, variant);
        if def.named {
            self.report(diagnostics::variant_needs_fields(span, def.name.as_str()));
            return self.failed_call(args);
        }
        if def.fields.len() != args.len() {
            let text = self.text(ty);
            self.report(diagnostics::variant_arguments(span, &text, def.name.as_str(), def.fields.len(), args.len()));
            return self.failed_call(args);
        }
        self.expect_result(ty, hint);
        let TyKind::Adt(_, generics) = ty.kind() else { return Ty::error() };
        let types = self.field_types(adt, variant, generics);
        let specs: Vec<_> = types.into_iter().map(|it| ParamSpec::plain(Mode::Value, it)).collect();
        let args = self.arguments(expr, &specs, args, false);
        let program = self.program;
        self.require_bounds(&program.adts[adt].generics, generics, span, None);
        let callee = Callee::Variant { adt, variant, generics: generics.clone() };
        self.out.calls.insert(expr, Call { callee, args, mode: CallMode::Direct });
        ty
    }

    /// `点(1, 2)`: a literal is meant.
    fn no_constructor(&mut self, expr: ExprId, head: ExprId, ty: Ty, args: &[Arg]) {
        let (span, text) = (self.span(head), self.text(ty));
        let report = diagnostics::no_constructor(span, &text);
        let TyKind::Adt(id, _) = ty.kind() else { return self.report(report) };
        let adt = &self.program.adts[*id];
        let AdtKind::Struct(fields) = &adt.kind else { return self.report(report) };
        if fields.iter().any(|it| it.private) && adt.module != self.module {
            let maker = self.maker_of(ty);
            return self.report(match maker {
                Some(name) => diagnostics::with_maker(report, name.as_str()),
                None => report,
            });
        }
        let names: Vec<Name> = fields.iter().filter_map(|it| it.name).collect();
        let report = diagnostics::with_literal(report, &text, &names);
        // Parentheses around a value belong to no expression.
        let is_plain = |it: &Arg| {
            it.mode == Mode::Value && matches!(self.body.exprs[it.value].kind, ExprKind::Literal(_) | ExprKind::Path(_))
        };
        if args.is_empty() || args.len() != names.len() || !args.iter().all(is_plain) {
            return self.report(report);
        }
        let values = args.iter().map(|it| (it.name.map(|it| it.1), self.span(it.value)));
        self.report(diagnostics::with_literal_fix(report, span, self.span(expr), values, &names));
    }

    /// A public function without parameters that gives one.
    fn maker_of(&self, ty: Ty) -> Option<Name> {
        let signatures = &self.cx.analysis.signatures.functions;
        let mut functions = self.program.functions.iter().filter(|(id, it)| {
            it.public && it.owner == Owner::Module && it.params.is_empty() && signatures[*id].result == ty
        });
        functions.next().map(|it| it.1.name)
    }

    /// `整数("12")`, `字典<字符串, 整数>()`, `锁(v)`: a conversion, or the type's 新.
    pub fn call_type(&mut self, expr: ExprId, head: ExprId, ty: Ty, args: &'p [Arg], hint: Option<Ty>) -> Ty {
        let ty = self.shallow(ty);
        if ty.is_error() {
            return self.failed_call(args);
        }
        if cast::is_conversion_target(ty) {
            return self.convert_call(expr, head, ty, args);
        }
        let constructors = self.static_functions(ty, Name::new("新"));
        if constructors.is_empty() {
            self.no_constructor(expr, head, ty, args);
            return self.failed_call(args);
        }
        let Some(function) = self.select_overload(&constructors, args.len(), self.span(expr)) else {
            return self.failed_call(args);
        };
        // Type arguments that are not written follow from what is expected.
        self.expect_result(ty, hint);
        let Some(generics) = self.instantiate(function, &[], Some(ty), self.span(expr)) else {
            return self.failed_call(args);
        };
        let callee = Callee::Function { function, generics: generics.clone() };
        self.call_function(expr, function, generics, callee, args, hint)
    }

    fn convert_call(&mut self, expr: ExprId, head: ExprId, ty: Ty, args: &'p [Arg]) -> Ty {
        let [arg] = args else {
            let name = self.text(ty);
            self.report(diagnostics::argument_count(self.span(expr), Some(&name), 1, 1, args.len(), None));
            return self.failed_call(args);
        };
        if let Some((_, span)) = arg.name {
            self.report(diagnostics::unknown_argument(span, arg.name.map_or("", |it| it.0.as_str()), None));
        }
        let from = self.cast_operand(arg.value, ty);
        let Some((kind, result)) = self.conversion(from, ty) else {
            if !from.is_error() {
                let (from, to) = (self.text(from), self.text(ty));
                self.report(diagnostics::bad_cast(self.span(expr), &from, &to));
            }
            return Ty::error();
        };
        self.out.names.insert(head, Res::Type(ty));
        let callee = Callee::Builtin(Builtin::Convert(kind));
        self.out
            .calls
            .insert(expr, Call { callee, args: vec![crate::ArgSource::Expr(arg.value)], mode: CallMode::Direct });
        result
    }

    // ---- struct literals -------------------------------------------------------------------------------------------

    pub fn struct_literal(
        &mut self,
        expr: ExprId,
        path: &'p Path,
        fields: &'p [FieldInit],
        spread: Option<ExprId>,
        hint: Option<Ty>,
    ) -> Ty {
        let Some((adt, variant, ty)) = self.struct_head(path) else {
            self.out.names.insert(expr, Res::Error);
            // `新建 色 { 红 }`: 红 is no variable.
            for field in fields {
                if self.find_local(field.name).is_none() {
                    self.lost_names.insert(field.name);
                }
            }
            self.infer_all(fields.iter().map(|it| it.value).chain(spread));
            return Ty::error();
        };
        self.expect_result(ty, hint);
        let TyKind::Adt(_, generics) = ty.kind() else { return Ty::error() };
        let defs: &'p [FieldDef] = match &self.program.adts[adt].kind {
            AdtKind::Struct(fields) => fields,
            AdtKind::Enum(variants) => &variants[variant as usize].fields,
        };
        let types = self.field_types(adt, variant, generics);
        let mut sources: Vec<Option<FieldSource>> = vec![None; defs.len()];
        for field in fields {
            self.field_init(field, adt, ty, defs, &types, &mut sources);
        }
        if let Some(spread) = spread {
            self.check(spread, ty, Cause::NONE);
        }
        let mut missing: Vec<&str> = Vec::new();
        let mut uses_default = false;
        let sources = sources
            .into_iter()
            .zip(defs)
            .map(|(source, def)| match source {
                Some(source) => source,
                None if spread.is_some() => FieldSource::Spread,
                None => {
                    uses_default = true;
                    if def.default.is_none() {
                        missing.extend(def.name.map(Name::as_str));
                    }
                    FieldSource::Default
                }
            })
            .collect();
        // An unknown field is reported, and was probably meant to be the missing one.
        let has_unknown = fields.iter().any(|it| !defs.iter().any(|def| def.name == Some(it.name)));
        if !missing.is_empty() && !has_unknown {
            let text = self.text(ty);
            let report = diagnostics::missing_fields(path.span, &text, &missing);
            let is_foreign = self.program.adts[adt].module != self.module;
            let hidden = defs
                .iter()
                .any(|it| is_foreign && it.private && it.name.is_some_and(|it| missing.contains(&it.as_str())));
            self.report(match hidden {
                true => diagnostics::hidden_fields(report, self.maker_of(ty).map(Name::as_str)),
                false => report,
            });
        }
        if uses_default {
            self.cx.need(Job::Defaults(adt));
        }
        let bounds = &self.program.adts[adt].generics;
        self.require_bounds(bounds, generics, self.span(expr), None);
        self.out.structs.insert(expr, StructLiteral { adt, variant, generics: generics.clone(), fields: sources });
        ty
    }

    fn struct_head(&mut self, path: &'p Path) -> Option<(AdtId, u32, Ty)> {
        let res = self.resolve_path(path);
        let (ty, variant) = match &res {
            NameRes::Variant(ty, variant) => (*ty, Some(*variant)),
            NameRes::Error => {
                self.failed = true;
                return None;
            }
            _ => (self.named_type(&res, path.span).unwrap_or(Ty::error()), None),
        };
        if let TyKind::Adt(adt, _) = ty.kind() {
            match (&self.program.adts[*adt].kind, variant) {
                (AdtKind::Struct(_), None) => return Some((*adt, 0, ty)),
                (AdtKind::Enum(variants), Some(variant)) if variants[variant as usize].named => {
                    return Some((*adt, variant, ty));
                }
                _ => {}
            }
        }
        self.report(diagnostics::not_a_struct(path.span, &super::typeref::path_text(path)));
        None
    }

    fn field_init(
        &mut self,
        field: &FieldInit,
        adt: AdtId,
        ty: Ty,
        defs: &[FieldDef],
        types: &[Ty],
        sources: &mut [Option<FieldSource>],
    ) {
        let Some(index) = defs.iter().position(|it| it.name == Some(field.name)) else {
            let similar =
                qi_base::suggest::similar(field.name.as_str(), defs.iter().filter_map(|it| Some(it.name?.as_str())));
            let text = self.text(ty);
            let diagnostic = diagnostics::unknown_field(field.span, &text, field.name.as_str(), similar);
            let all: Vec<&str> = defs.iter().filter_map(|it| Some(it.name?.as_str())).collect();
            self.report(diagnostics::with_fields(diagnostic, &all));
            self.infer(field.value, None);
            return;
        };
        self.check_private_field(adt, &defs[index], field.span);
        if sources[index].is_some() {
            self.report(diagnostics::duplicate_field(field.span, field.name.as_str()));
        }
        self.check(
            field.value,
            types[index],
            Cause::new(defs[index].span, "字段在这里声明", "the field is declared here"),
        );
        sources[index] = Some(FieldSource::Expr(field.value));
    }

    pub fn check_private_field(&mut self, adt: AdtId, field: &FieldDef, span: Span) {
        let owner = self.program.adts[adt].module;
        if field.private && owner != self.module && !self.same_package(owner) {
            let name = field.name.map_or("", Name::as_str);
            self.report(diagnostics::private_item(span, name, Some(field.span)));
        }
    }

    /// Index and type of a struct's field.
    pub fn struct_field(&mut self, ty: Ty, name: Name, span: Span) -> Option<(u32, Ty)> {
        let TyKind::Adt(adt, generics) = ty.kind() else { return None };
        let AdtKind::Struct(fields) = &self.program.adts[*adt].kind else { return None };
        let index = fields.iter().position(|it| it.name == Some(name))?;
        self.check_private_field(*adt, &fields[index], span);
        let declared = self.cx.analysis.signatures.adts[*adt].variants[0][index];
        Some((index as u32, solver::substitute(declared, &self.program.adts[*adt].generics, generics)))
    }
}
