//! The names in bodies: variables, and in expressions whatever inference says they denote.

use super::spaces::{Place, Space};
use super::{Builder, Named, Role};
use qi_base::{Name, Span};
use qi_hir::{
    AdtKind, Body, Closure, Condition, Expr, ExprId, ExprKind, FieldInit, LocalId, Path, Res, Statement, TyKind,
    TypedBody,
};
use std::collections::HashMap;

/// A body with what its expressions need to know of it.
pub(super) struct Inside<'a> {
    pub place: Place<'a>,
    pub body: &'a Body,
    pub typed: &'a TypedBody,
    /// What the names that are called mean: the calls know, the names do not.
    pub called: HashMap<ExprId, Named>,
}

impl Inside<'_> {
    pub fn local(&self, local: LocalId) -> Named {
        let it = &self.body.locals[local];
        Named { name: it.name, span: it.span }
    }
}

impl Builder<'_> {
    pub(super) fn body<'b>(&mut self, mut place: Place<'b>, body: &'b Body, typed: &'b TypedBody) {
        place.local.extend(body.exprs.values().filter_map(|it| match &it.kind {
            ExprKind::Closure(closure) if !closure.generics.is_empty() => Some((it.span, closure.generics.as_slice())),
            _ => None,
        }));
        let called = self.called(body, typed);
        let inside = Inside { place, body, typed, called };
        for (id, expr) in body.exprs.iter() {
            self.expr(&inside, id, expr);
        }
        self.patterns(&inside);
    }

    fn expr(&mut self, inside: &Inside, id: ExprId, expr: &Expr) {
        match &expr.kind {
            ExprKind::Path(path) => {
                let exact = self.denoted(inside, id);
                self.path(&inside.place, path, exact);
            }
            ExprKind::Field { base, name, name_span, optional } => {
                self.field(inside, id, (*base, *optional), (*name, *name_span));
            }
            ExprKind::MethodCall { receiver, name, name_span, generics, args, optional } => {
                generics.iter().for_each(|it| self.type_ref(&inside.place, it));
                self.method_call(inside, id, (*receiver, *optional), (*name, *name_span));
                self.argument_names(inside, id, None, args);
            }
            ExprKind::Call { callee, args } => self.argument_names(inside, id, Some(*callee), args),
            ExprKind::Struct { path, fields, .. } => self.struct_literal(inside, id, path, fields),
            ExprKind::Cast { ty, .. } => self.type_ref(&inside.place, ty),
            ExprKind::Closure(it) => self.closure(inside, it),
            ExprKind::Block(it) => {
                for statement in &it.statements {
                    if let Statement::Let { ty: Some(ty), .. } = statement {
                        self.type_ref(&inside.place, ty);
                    }
                }
            }
            ExprKind::If { conditions, .. } => self.conditions(inside, conditions),
            ExprKind::While { label, conditions, .. } => {
                self.label(*label, expr.span);
                self.conditions(inside, conditions);
            }
            ExprKind::Loop { label, .. } | ExprKind::For { label, .. } => self.label(*label, expr.span),
            ExprKind::Match { arms, .. } => arms.iter().for_each(|it| self.conditions(inside, &it.guard)),
            ExprKind::Try { catches, .. } => {
                catches.iter().filter_map(|it| it.ty.as_ref()).for_each(|it| self.type_ref(&inside.place, it));
            }
            ExprKind::Break { label: Some((name, span)) } | ExprKind::Continue { label: Some((name, span)) } => {
                if let Some(label) = self.trees.meant_label(*span, *name) {
                    self.mention(*span, Named { name: *name, span: label });
                }
            }
            _ => {}
        }
    }

    fn label(&mut self, label: Option<Name>, expr: Span) {
        if let Some((name, span)) = label.and_then(|name| Some((name, self.trees.label(expr)?))) {
            self.declare(span, name);
        }
    }

    fn conditions(&mut self, inside: &Inside, conditions: &[Condition]) {
        for condition in conditions {
            if let Condition::Let { ty: Some(ty), .. } = condition {
                self.type_ref(&inside.place, ty);
            }
        }
    }

    fn closure(&mut self, inside: &Inside, it: &Closure) {
        self.declare_generics(&inside.place, &it.generics);
        it.params.iter().filter_map(|it| it.ty.as_ref()).for_each(|it| self.type_ref(&inside.place, it));
        it.result.iter().for_each(|it| self.type_ref(&inside.place, it));
    }

    /// What a name denotes, as far as inference says; of types only names know by which of theirs they are called.
    fn denoted(&self, inside: &Inside, id: ExprId) -> Option<Named> {
        let res = inside.typed.names.get(&id);
        let own = res.and_then(|res| match res {
            Res::Local(it) => Some(inside.local(*it)),
            Res::Global(it) => Some(self.declared.global(*it)),
            Res::Function { function, .. } => Some(self.declared.function(*function)),
            Res::Variant { adt, variant, .. } => self.declared.variant(*adt, *variant),
            Res::Module(it) => Some(self.declared.item(qi_hir::Item::Module(*it))),
            Res::Type(_) | Res::Builtin(_) | Res::Error => None,
        });
        own.or_else(|| inside.called.get(&id).copied())
    }

    fn field(&mut self, inside: &Inside, id: ExprId, base: (ExprId, bool), name: (Name, Span)) {
        let typed = inside.typed;
        let method = typed.calls.get(&id).map(|it| &it.callee).or_else(|| typed.bound_methods.get(&id));
        let exact = method.and_then(|it| self.declared.callee(it));
        let exact = exact.or_else(|| self.field_of(inside, id, base, name.0)).or_else(|| self.denoted(inside, id));
        self.member(inside, base.0, name, exact);
    }

    fn method_call(&mut self, inside: &Inside, id: ExprId, base: (ExprId, bool), name: (Name, Span)) {
        let callee = inside.typed.calls.get(&id).map(|it| &it.callee);
        let exact = callee.and_then(|it| self.declared.callee(it));
        let exact = exact.or_else(|| self.field_of(inside, id, base, name.0));
        // `模块.变量(…)`: the head, which is no value, stands for what is called.
        let is_value = inside.typed.expr_types.get(base.0).copied().flatten().is_some();
        let exact = exact.or_else(|| if is_value { None } else { self.denoted(inside, base.0) });
        self.member(inside, base.0, name, exact);
    }

    /// The field that inference found behind the dot.
    fn field_of(&self, inside: &Inside, id: ExprId, (base, optional): (ExprId, bool), name: Name) -> Option<Named> {
        inside.typed.fields.get(&id)?;
        let ty = inside.typed.expr_types.get(base).copied().flatten()?;
        let ty = if optional { self.declared.content(ty) } else { ty };
        let TyKind::Adt(adt, _) = ty.kind() else { return None };
        matches!(self.program.adts[*adt].kind, AdtKind::Struct(_)).then(|| self.declared.field_named(*adt, 0, name))?
    }

    /// What stands behind a dot: as inference says, else what it can be in a module, in a type or on a value.
    fn member(&mut self, inside: &Inside, base: ExprId, name: (Name, Span), exact: Option<Named>) {
        let value = inside.typed.expr_types.get(base).copied().flatten();
        match value.filter(|it| !it.is_error()) {
            Some(ty) if exact.is_none() => {
                let found = self.members_of_value(ty, name.0);
                found.into_iter().for_each(|it| self.mention(name.1, it));
            }
            Some(_) => self.step_to(inside, &Space::Within(Vec::new()), name, exact),
            None => {
                let space = match exact.filter(|it| it.name == name.0) {
                    Some(_) => Space::Within(Vec::new()),
                    None => qualifier(inside.body, base)
                        .map_or(Space::Within(Vec::new()), |names| self.space(&inside.place, &names)),
                };
                self.step_to(inside, &space, name, exact);
            }
        }
    }
    fn step_to(&mut self, inside: &Inside, space: &Space, name: (Name, Span), exact: Option<Named>) {
        self.step(&inside.place, space, name, exact);
    }

    fn struct_literal(&mut self, inside: &Inside, id: ExprId, path: &Path, fields: &[FieldInit]) {
        let Some(literal) = inside.typed.structs.get(&id) else { return self.path(&inside.place, path, None) };
        let (adt, variant) = (literal.adt, literal.variant);
        let exact = self.declared.variant(adt, variant).unwrap_or_else(|| self.declared.adt(adt));
        self.path(&inside.place, path, Some(exact));
        for field in fields {
            let Some(named) = self.declared.field_named(adt, variant, field.name) else { continue };
            let is_short = inside.body.exprs[field.value].span == field.span;
            let role = if is_short { Role::ShorthandField } else { Role::Plain };
            self.add(field.span, field.name, named.span, None, role);
        }
    }
}

/// The names of `甲.乙.丙`, where nothing else is among them.
fn qualifier(body: &Body, mut id: ExprId) -> Option<Vec<(Name, Span)>> {
    let mut names = Vec::new();
    loop {
        match &body.exprs[id].kind {
            ExprKind::Path(path) => {
                names.extend(path.segments.iter().rev().map(|it| (it.name, it.span)));
                names.reverse();
                return Some(names);
            }
            ExprKind::Field { base, name, name_span, optional: false } => {
                names.push((*name, *name_span));
                id = *base;
            }
            _ => return None,
        }
    }
}
