//! One body with everything the checks ask about it: places and their roots, callees, what an expression changes.

use crate::{
    Analysis, ArgSource, Body, Builtin, Callee, ExprId, ExprKind, FunctionId, GlobalId, IndexKind, LocalId, Mode,
    ModuleId, Program, Res, SelectOperation, Signatures, Ty, TypedBody,
};
use qi_base::Span;
use rustc_hash::{FxHashMap, FxHashSet};

/// Whose body it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum BodyOwner {
    Function(FunctionId),
    Global(GlobalId),
    /// Default value of a field: type, variant, field.
    Field(crate::AdtId, u32, u32),
}

#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub program: &'a Program,
    pub signatures: &'a Signatures,
    pub mutating: &'a FxHashSet<FunctionId>,
    pub bodies: &'a FxHashMap<FunctionId, TypedBody>,
    pub owner: BodyOwner,
    pub module: ModuleId,
    pub body: &'a Body,
    pub typed: &'a TypedBody,
}

/// What a place is part of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Root {
    Local(LocalId),
    Global(GlobalId),
    /// No variable: the result of a call, a literal, …
    Temporary,
}

/// Why an expression changes a place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Cause {
    Assign,
    Method(FunctionId),
    InOut,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Mutation {
    pub place: ExprId,
    pub cause: Cause,
}

impl<'a> View<'a> {
    /// All checked bodies in a fixed order.
    pub fn all(program: &'a Program, analysis: &'a Analysis) -> Vec<View<'a>> {
        let view = |owner, module, body, typed| View {
            program,
            signatures: &analysis.signatures,
            mutating: &analysis.mutating,
            bodies: &analysis.bodies,
            owner,
            module,
            body,
            typed,
        };
        let mut views = Vec::new();
        for (&id, typed) in &analysis.bodies {
            let function = &program.functions[id];
            views
                .extend(function.body.as_ref().map(|body| view(BodyOwner::Function(id), function.module, body, typed)));
        }
        for (&id, typed) in &analysis.global_bodies {
            let global = &program.globals[id];
            views.extend(global.init.as_ref().map(|body| view(BodyOwner::Global(id), global.module, body, typed)));
        }
        for (&(adt, variant, field), typed) in &analysis.field_defaults {
            let it = &program.adts[adt];
            let fields = match &it.kind {
                crate::AdtKind::Struct(fields) => fields,
                crate::AdtKind::Enum(variants) => &variants[variant as usize].fields,
            };
            let body = fields[field as usize].default.as_ref();
            views.extend(body.map(|body| view(BodyOwner::Field(adt, variant, field), it.module, body, typed)));
        }
        views.sort_by_key(|it| it.owner);
        views
    }

    /// The body of another function.
    pub fn of(&self, function: FunctionId) -> Option<View<'a>> {
        let data = &self.program.functions[function];
        let (body, typed) = (data.body.as_ref()?, self.bodies.get(&function)?);
        Some(View { owner: BodyOwner::Function(function), module: data.module, body, typed, ..*self })
    }

    pub fn is_std(&self) -> bool {
        self.program.modules[self.module].is_std
    }
    pub fn kind(&self, id: ExprId) -> &'a ExprKind {
        &self.body.exprs[id].kind
    }
    pub fn span(&self, id: ExprId) -> Span {
        self.body.exprs[id].span
    }
    pub fn ty(&self, id: ExprId) -> Option<Ty> {
        self.typed.expr_types.get(id).copied().flatten()
    }
    pub fn local_ty(&self, id: LocalId) -> Option<Ty> {
        self.typed.local_types.get(id).copied().flatten()
    }
    /// Something in it was reported as wrong: further findings would only follow from that.
    pub fn is_broken(&self) -> bool {
        self.typed.has_errors
            || self.has_syntax_errors()
            || self.typed.expr_types.values().flatten().any(|it| it.has_error())
            || self.has_unknown_names()
    }
    /// One of them may be meant to be something that leaves (`返回甲`).
    pub fn has_unknown_names(&self) -> bool {
        self.typed.names.values().any(|it| *it == Res::Error)
    }
    /// Parts of the text are missing here.
    pub fn has_syntax_errors(&self) -> bool {
        self.body.exprs.values().any(|it| matches!(it.kind, ExprKind::Error))
    }
    /// The body itself and the default values of its parameters.
    pub fn roots(&self) -> Vec<ExprId> {
        let mut roots = Vec::new();
        if let BodyOwner::Function(id) = self.owner {
            roots.extend(self.program.functions[id].params.iter().filter_map(|it| it.default));
        }
        roots.extend(self.body.root);
        roots
    }
    /// Calls `visit` for every expression of the body, outermost first, in evaluation order.
    pub fn walk(&self, visit: &mut dyn FnMut(ExprId)) {
        for root in self.roots() {
            self.walk_from(root, visit);
        }
    }
    pub fn walk_from(&self, root: ExprId, visit: &mut dyn FnMut(ExprId)) {
        let mut open = vec![root];
        while let Some(id) = open.pop() {
            visit(id);
            let first = open.len();
            crate::walk::children(&self.body.exprs[id], &mut |child| open.push(child));
            open[first..].reverse();
        }
    }

    /// The calls of asynchronous local functions that start no task.
    pub fn awaited_calls(&self) -> FxHashSet<ExprId> {
        let mut awaited = FxHashSet::default();
        self.walk(&mut |id| {
            if let ExprKind::Await(operand) = self.kind(id)
                && self.typed.awaited_local_function(self.body, *operand).is_some()
            {
                awaited.insert(*operand);
            }
        });
        awaited
    }

    /// The variable that a name or 自己 reads or writes.
    pub fn local(&self, id: ExprId) -> Option<LocalId> {
        match self.kind(id) {
            ExprKind::SelfValue => self.body.self_local,
            _ => match self.typed.names.get(&id) {
                Some(&Res::Local(local)) => Some(local),
                _ => None,
            },
        }
    }

    pub fn root(&self, id: ExprId) -> Root {
        let id = self.root_expr(id);
        match self.typed.names.get(&id) {
            Some(&Res::Global(global)) => Root::Global(global),
            _ => self.local(id).map_or(Root::Temporary, Root::Local),
        }
    }
    /// What a place is a part of: a name, 自己, or a value that is no place.
    pub fn root_expr(&self, mut id: ExprId) -> ExprId {
        loop {
            if self.typed.names.contains_key(&id) {
                return id;
            }
            match self.kind(id) {
                ExprKind::Field { base, optional: false, .. } if self.typed.fields.contains_key(&id) => id = *base,
                ExprKind::TupleField { base, .. } | ExprKind::Unwrap(base) | ExprKind::Spread(base) => id = *base,
                ExprKind::Index { base, .. } => match self.typed.indexes.get(&id) {
                    Some(IndexKind::ArrayElement | IndexKind::Map { .. }) => id = *base,
                    _ => return id,
                },
                _ => return id,
            }
        }
    }

    /// The function that is called, where one is named.
    pub fn callee(&self, id: ExprId) -> Option<FunctionId> {
        callee_function(&self.typed.calls.get(&id)?.callee)
    }

    /// What `c <- x` sends, alone or in the arms of a 选择.
    pub fn sent_values(&self, id: ExprId) -> Vec<ExprId> {
        match self.kind(id) {
            ExprKind::Send { value, .. } => vec![*value],
            ExprKind::Select(arms) => arms
                .iter()
                .filter_map(|it| match it.operation {
                    SelectOperation::Send { value, .. } => Some(value),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    /// `通.发送(值)`, the method behind `通 <- 值`.
    pub fn is_send_call(&self, id: ExprId) -> bool {
        self.callee(id).is_some_and(|it| self.program.functions[it].intrinsic.as_deref() == Some("qi_channel_send"))
    }

    /// The operand a method is called on.
    pub fn receiver(&self, id: ExprId) -> Option<ExprId> {
        if let Some(&argument) = self.typed.receivers.get(&id) {
            return Some(argument);
        }
        let is_operand = |it: ExprId| !matches!(self.typed.names.get(&it), Some(Res::Type(_) | Res::Module(_)));
        match self.kind(id) {
            ExprKind::MethodCall { receiver, .. } => Some(*receiver).filter(|&it| is_operand(it)),
            ExprKind::Field { base, .. } if self.typed.calls.contains_key(&id) => {
                Some(*base).filter(|&it| is_operand(it))
            }
            ExprKind::For { iterable, .. } | ExprKind::YieldAll(iterable) if self.typed.calls.contains_key(&id) => {
                Some(*iterable)
            }
            _ => None,
        }
    }

    /// What the expression itself changes, its parts left aside.
    pub fn mutations(&self, id: ExprId, visit: &mut dyn FnMut(Mutation)) {
        if let ExprKind::Assign { place, .. } = self.kind(id) {
            visit(Mutation { place: *place, cause: Cause::Assign });
        }
        let method = self.callee(id).filter(|it| self.mutating.contains(it));
        if let (Some(method), Some(place)) = (method, self.receiver(id)) {
            visit(Mutation { place, cause: Cause::Method(method) });
        }
        if let ExprKind::Call { args, .. } | ExprKind::MethodCall { args, .. } = self.kind(id) {
            for arg in args.iter().filter(|it| it.mode == Mode::InOut) {
                visit(Mutation { place: arg.value, cause: Cause::InOut });
            }
        }
    }
}

pub(super) fn callee_function(callee: &Callee) -> Option<FunctionId> {
    match callee {
        Callee::Function { function, .. } => Some(*function),
        Callee::TraitMethod { method, .. } | Callee::DynamicMethod { method, .. } => Some(*method),
        Callee::Builtin(Builtin::Length(inner)) => callee_function(inner),
        Callee::Value | Callee::Variant { .. } | Callee::Builtin(_) => None,
    }
}

/// The expressions an argument list hands over.
pub(super) fn argument_exprs(args: &[ArgSource]) -> impl Iterator<Item = ExprId> {
    args.iter()
        .flat_map(|it| match it {
            ArgSource::Expr(it) => std::slice::from_ref(it),
            ArgSource::Default => &[],
            ArgSource::Variadic(items) => items.as_slice(),
        })
        .copied()
}
