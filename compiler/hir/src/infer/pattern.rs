//! Patterns against the type of what is matched. A bare name is a variant if the type is an enum that has one of that name
//! (never in declarations, where every name is new).

use super::body::{BodyChecker, Cause};
use super::names::find_variant;
use super::path::NameRes;
use super::solver::substitute;
use crate::{
    AdtId, AdtKind, ExprId, FieldDef, Literal, LocalId, PatId, PatKind, PatRes, Path, Ty, TyKind, VariantDef,
    diagnostics,
};
use qi_base::suggest;
use qi_base::{Name, Span};

/// Nobody means a new name by these.
const PRELUDE_VARIANTS: &[&str] = &["有", "无", "成", "败"];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    /// 变量, 对于: all are new.
    New,
    /// Conditions: a name alone is new.
    NewAtTop,
    /// 匹配 and whatever is nested.
    Either,
}

impl<'p> BodyChecker<'_, 'p> {
    pub fn bind_pattern(&mut self, pat: PatId, ty: Ty) {
        self.pattern(pat, ty, Names::New);
    }
    pub fn condition_pattern(&mut self, pat: PatId, ty: Ty) {
        self.pattern(pat, ty, Names::NewAtTop);
    }
    pub fn match_pattern(&mut self, pat: PatId, ty: Ty) {
        self.pattern(pat, ty, Names::Either);
    }

    /// `x` or `_`.
    pub fn is_plain_binding(&self, pat: PatId) -> bool {
        matches!(self.body.pats[pat].kind, PatKind::Bind(_) | PatKind::Wildcard)
    }
    /// `有(x)`, `无`: speaks of the option itself.
    pub fn names_option(&self, pat: PatId) -> bool {
        match &self.body.pats[pat].kind {
            PatKind::Variant { path, .. } | PatKind::Path(path) => {
                let last = path.segments.last().map_or("", |it| it.name.as_str());
                matches!(last, "有" | "无")
            }
            PatKind::Or(parts) => parts.iter().any(|&it| self.names_option(it)),
            _ => false,
        }
    }

    fn pattern(&mut self, pat: PatId, ty: Ty, names: Names) {
        let ty = self.shallow(ty);
        self.out.pat_types[pat] = Some(ty);
        let body = self.body;
        let node = &body.pats[pat];
        let inner = if names == Names::New { Names::New } else { Names::Either };
        match &node.kind {
            PatKind::Wildcard | PatKind::Rest => {}
            PatKind::Error => self.failed = true,
            PatKind::Bind(local) => self.bind(pat, *local, ty, names),
            PatKind::Literal { value, negative } => self.literal_pattern(node.span, value, *negative, ty),
            PatKind::Range { start, end, .. } => self.range_pattern(node.span, [*start, *end], ty),
            PatKind::Tuple(parts) => self.tuple_pattern(node.span, parts, ty, inner),
            PatKind::Array { before, rest, after } => self.array_pattern(node.span, (before, after), *rest, ty, inner),
            PatKind::Or(parts) => parts.iter().for_each(|&it| self.pattern(it, ty, names)),
            PatKind::Variant { path, args } => self.variant_pattern(pat, path, args, ty, inner),
            PatKind::Path(path) => self.path_pattern(pat, path, ty),
            PatKind::Struct { path, fields, rest } => self.struct_pattern(pat, path, fields, *rest, ty, inner),
        }
    }

    fn bind(&mut self, pat: PatId, local: LocalId, ty: Ty, names: Names) {
        let name = self.body.locals[local].name;
        if let (Names::Either, TyKind::Adt(adt, _)) = (names, ty.kind())
            && let Some(variant) = find_variant(self.program, *adt, name)
        {
            let fields = self.variant_def(*adt, variant).fields.len();
            if fields > 0 {
                let text = self.cx.text(ty);
                self.report(diagnostics::variant_arguments(self.body.pats[pat].span, &text, name.as_str(), fields, 0));
            }
            self.out.patterns.insert(pat, PatRes::Variant { adt: *adt, variant });
            return;
        }
        let is_open = ty.is_error() || self.table.is_general_var(ty);
        if names == Names::Either && !is_open && PRELUDE_VARIANTS.contains(&name.as_str()) {
            let text = self.text(ty);
            self.report(diagnostics::not_a_variant(self.body.pats[pat].span, name.as_str(), &text));
        }
        self.bind_local(local, ty);
    }
    /// Alternatives bind the same variable several times.
    fn bind_local(&mut self, local: LocalId, ty: Ty) {
        match self.out.local_types[local] {
            Some(first) => {
                if !self.table.try_unify(first, ty) {
                    self.mismatch(self.body.locals[local].span, ty, first, Cause::NONE);
                }
                if self.find_local(self.body.locals[local].name) != Some(local) {
                    self.show(local);
                }
            }
            None => self.declare(local, ty),
        }
    }

    fn fits(&mut self, span: Span, pattern: Ty, ty: Ty) -> bool {
        if self.table.try_unify(pattern, ty) {
            return true;
        }
        let (pattern, found) = (self.text(pattern), self.text(ty));
        if !self.table.resolve(ty).has_error() {
            let is_option = self.cx.known().option_content(ty).is_some();
            self.report(diagnostics::pattern_mismatch(span, &pattern, &found, is_option));
        }
        false
    }

    fn literal_pattern(&mut self, span: Span, value: &Literal, negative: bool, ty: Ty) {
        let own = match value {
            Literal::Unit => Ty::unit(),
            Literal::Bool(_) => Ty::bool(),
            Literal::Char(_) => Ty::char(),
            Literal::Str(_) => Ty::str(),
            Literal::Int(_) => self.table.fresh_int(span),
            Literal::Float(_) => self.table.fresh_float(span),
        };
        if self.fits(span, own, ty)
            && let Literal::Int(value) = value
        {
            self.literals.push((span, own, *value, negative));
        }
    }

    fn range_pattern(&mut self, span: Span, bounds: [Option<ExprId>; 2], ty: Ty) {
        if !matches!(ty.kind(), TyKind::Int(_) | TyKind::Float(_) | TyKind::Char | TyKind::Error)
            && self.table.var_kind(ty).is_none()
        {
            let text = self.text(ty);
            self.report(diagnostics::pattern_mismatch(span, "整数 / 字符", &text, false));
            return;
        }
        for bound in bounds.into_iter().flatten() {
            self.check(bound, ty, Cause::NONE);
        }
    }

    fn tuple_pattern(&mut self, span: Span, parts: &[PatId], ty: Ty, names: Names) {
        let has_rest = self.body.rest_index(parts).is_some();
        let types = match ty.kind() {
            TyKind::Tuple(types) if types.len() == parts.len() || has_rest && types.len() + 1 >= parts.len() => {
                types.clone()
            }
            _ if has_rest => {
                self.open_tuple_mismatch(span, ty);
                Vec::new()
            }
            _ if parts.is_empty() => {
                self.fits(span, Ty::unit(), ty);
                return;
            }
            _ => {
                let types: Vec<Ty> = parts.iter().map(|&it| self.table.fresh(self.body.pats[it].span)).collect();
                if self.fits(span, Ty::new(TyKind::Tuple(types.clone())), ty) && !ty.is_error() {
                    types
                } else {
                    vec![Ty::error(); parts.len()]
                }
            }
        };
        for (index, part) in self.body.positions(parts, types.len()) {
            self.pattern(part, types.get(index).copied().unwrap_or(Ty::error()), names);
        }
    }
    /// `(头, ..)` against what is no tuple or too short a one.
    fn open_tuple_mismatch(&mut self, span: Span, ty: Ty) {
        if self.table.is_general_var(ty) {
            self.cannot_infer(span);
        } else if !ty.is_error() {
            let text = self.text(ty);
            let is_option = self.cx.known().option_content(ty).is_some();
            self.report(diagnostics::pattern_mismatch(span, "(…, ..)", &text, is_option));
        }
    }

    fn array_pattern(
        &mut self,
        span: Span,
        ends: (&[PatId], &[PatId]),
        rest: Option<Option<LocalId>>,
        ty: Ty,
        names: Names,
    ) {
        let item = match ty.kind() {
            TyKind::Array(item) => *item,
            TyKind::Error => Ty::error(),
            _ => {
                let item = self.table.fresh(span);
                if self.fits(span, Ty::array(item), ty) { item } else { Ty::error() }
            }
        };
        for &part in ends.0.iter().chain(ends.1) {
            self.pattern(part, item, names);
        }
        if let Some(Some(local)) = rest {
            self.bind_local(local, Ty::array(item));
        }
    }

    // ---- variants and structs --------------------------------------------------------------------------------------

    pub fn variant_def(&self, adt: AdtId, variant: u32) -> &'p VariantDef {
        match &self.program.adts[adt].kind {
            AdtKind::Enum(variants) => &variants[variant as usize],
            AdtKind::Struct(_) => qi_base::bug!("{adt} is not an enum"),
        }
    }
    /// Field types of a variant (0 for structs) of the type `ty`.
    pub fn field_types(&self, adt: AdtId, variant: u32, args: &[Ty]) -> Vec<Ty> {
        let generics = &self.program.adts[adt].generics;
        let fields = &self.cx.analysis.signatures.adts[adt].variants[variant as usize];
        fields.iter().map(|&it| substitute(it, generics, args)).collect()
    }

    /// The variant a pattern names, with the type arguments of the matched enum. Reports.
    fn find_pattern_variant(&mut self, path: &'p Path, ty: Ty) -> Option<(AdtId, u32, Vec<Ty>)> {
        if let ([segment], TyKind::Adt(adt, args)) = (&path.segments[..], ty.kind())
            && let AdtKind::Enum(variants) = &self.program.adts[*adt].kind
        {
            if let Some(variant) = find_variant(self.program, *adt, segment.name) {
                return Some((*adt, variant, args.clone()));
            }
            let similar = suggest::similar(segment.name.as_str(), variants.iter().map(|it| it.name.as_str()));
            let text = self.text(ty);
            let diagnostic = diagnostics::unknown_member(segment.span, &text, segment.name.as_str(), similar);
            self.report(diagnostics::with_variants(diagnostic, &self.variant_names(ty)));
            return None;
        }
        if ty.is_error() && path.segments.len() == 1 {
            return None;
        }
        match self.resolve_path(path) {
            NameRes::Variant(own, variant) => {
                if !self.fits(path.span, own, ty) {
                    return None;
                }
                match own.kind() {
                    TyKind::Adt(adt, args) => Some((*adt, variant, args.clone())),
                    _ => None,
                }
            }
            NameRes::Error => None,
            _ => {
                let text = self.text(ty);
                self.report(diagnostics::not_a_variant(path.span, &super::typeref::path_text(path), &text));
                None
            }
        }
    }

    fn variant_pattern(&mut self, pat: PatId, path: &'p Path, args: &[PatId], ty: Ty, names: Names) {
        let Some((adt, variant, generics)) = self.find_pattern_variant(path, ty) else {
            args.iter().for_each(|&it| self.pattern(it, Ty::error(), names));
            return;
        };
        self.out.patterns.insert(pat, PatRes::Variant { adt, variant });
        let def = self.variant_def(adt, variant);
        let n_args = args.len() - usize::from(self.body.rest_index(args).is_some());
        let fits = n_args == def.fields.len() || n_args < args.len() && n_args < def.fields.len();
        if def.named {
            self.report(diagnostics::variant_needs_fields(self.body.pats[pat].span, def.name.as_str()));
        } else if !fits {
            let text = self.text(ty);
            self.report(diagnostics::variant_arguments(
                self.body.pats[pat].span,
                &text,
                def.name.as_str(),
                def.fields.len(),
                n_args,
            ));
        }
        let types = self.field_types(adt, variant, &generics);
        for (index, arg) in self.body.positions(args, types.len()) {
            self.pattern(arg, types.get(index).copied().unwrap_or(Ty::error()), names);
        }
    }

    fn path_pattern(&mut self, pat: PatId, path: &'p Path, ty: Ty) {
        let Some((adt, variant, _)) = self.find_pattern_variant(path, ty) else { return };
        self.out.patterns.insert(pat, PatRes::Variant { adt, variant });
        let def = self.variant_def(adt, variant);
        if !def.fields.is_empty() {
            let text = self.text(ty);
            self.report(diagnostics::variant_arguments(path.span, &text, def.name.as_str(), def.fields.len(), 0));
        }
    }

    fn struct_pattern(
        &mut self,
        pat: PatId,
        path: &'p Path,
        fields: &[(Name, PatId)],
        rest: bool,
        ty: Ty,
        names: Names,
    ) {
        let Some((adt, variant, generics)) = self.find_pattern_struct(path, ty) else {
            fields.iter().for_each(|&(_, it)| self.pattern(it, Ty::error(), names));
            return;
        };
        let defs: &'p [FieldDef] = match variant {
            Some(variant) => &self.variant_def(adt, variant).fields,
            None => match &self.program.adts[adt].kind {
                AdtKind::Struct(fields) => fields,
                AdtKind::Enum(_) => &[],
            },
        };
        let types = self.field_types(adt, variant.unwrap_or(0), &generics);
        let mut indexes: Vec<u32> = Vec::new();
        for &(name, field) in fields {
            let index = defs.iter().position(|it| it.name == Some(name));
            match index {
                None => {
                    let similar = suggest::similar(name.as_str(), defs.iter().filter_map(|it| Some(it.name?.as_str())));
                    let text = self.text(ty);
                    self.report(diagnostics::unknown_field(self.body.pats[field].span, &text, name.as_str(), similar));
                }
                Some(index) if indexes.contains(&(index as u32)) => {
                    self.report(diagnostics::duplicate_field(self.body.pats[field].span, name.as_str()));
                }
                Some(index) => self.check_private_field(adt, &defs[index], self.body.pats[field].span),
            }
            indexes.push(index.unwrap_or(0) as u32);
            self.pattern(field, index.map_or(Ty::error(), |it| types[it]), names);
        }
        let missing: Vec<&str> = defs
            .iter()
            .filter_map(|it| it.name)
            .filter(|it| !fields.iter().any(|(name, _)| name == it))
            .map(|it| it.as_str())
            .collect();
        if !rest && !missing.is_empty() && fields.len() < defs.len() {
            self.report(diagnostics::missing_pattern_fields(self.body.pats[pat].span, &missing));
        }
        self.out.patterns.insert(pat, PatRes::Struct { variant, fields: indexes });
    }

    fn find_pattern_struct(&mut self, path: &'p Path, ty: Ty) -> Option<(AdtId, Option<u32>, Vec<Ty>)> {
        let is_enum = |id: AdtId| matches!(self.program.adts[id].kind, AdtKind::Enum(_));
        if matches!(ty.kind(), TyKind::Adt(id, _) if is_enum(*id)) {
            return self.find_pattern_variant(path, ty).map(|(adt, variant, args)| (adt, Some(variant), args));
        }
        // What it is matched with was reported: it may be a variant of that.
        if ty.is_error() && path.segments.len() == 1 {
            return None;
        }
        let (adt, variant, own) = match self.resolve_path(path) {
            NameRes::Adt(id, generics) if !is_enum(id) => (id, None, self.adt_type(id, generics, path.span)),
            NameRes::Variant(own, variant) => match own.kind() {
                TyKind::Adt(id, _) => (*id, Some(variant), own),
                _ => return None,
            },
            NameRes::Type(own) if matches!(own.kind(), TyKind::Adt(id, _) if !is_enum(*id)) => match own.kind() {
                TyKind::Adt(id, _) => (*id, None, own),
                _ => return None,
            },
            NameRes::Error => return None,
            _ => {
                self.report(diagnostics::not_a_struct(path.span, &super::typeref::path_text(path)));
                return None;
            }
        };
        if !self.fits(path.span, own, ty) {
            return None;
        }
        match self.shallow(own).kind() {
            TyKind::Adt(_, args) => Some((adt, variant, args.clone())),
            _ => None,
        }
    }
}
