//! Inference variables of one body: a union-find with an undo log, and unification.
//! An integer variable stands for a literal: it becomes any integer or float type, 整数 if nothing says otherwise.

use crate::{InferId, Ty, TyKind};
use qi_base::{Id, Span};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum VarKind {
    General,
    Int,
    Float,
}

#[derive(Clone, Copy)]
struct Var {
    kind: VarKind,
    value: Option<Ty>,
    /// What it is if nothing determines it: 空 for results of closures that never return and what is sent to generators,
    /// 任意 错误 for the errors of a 结果.
    fallback: Option<Ty>,
    origin: Span,
}

#[derive(Default)]
pub(super) struct Table {
    vars: Vec<Var>,
    /// Old states, newest last; cut back by [`Table::rollback`].
    log: Vec<(usize, Var)>,
}

pub(super) struct Snapshot {
    log: usize,
    vars: usize,
}

impl Table {
    pub fn fresh(&mut self, origin: Span) -> Ty {
        self.push(VarKind::General, None, origin)
    }
    pub fn fresh_int(&mut self, origin: Span) -> Ty {
        self.push(VarKind::Int, None, origin)
    }
    pub fn fresh_float(&mut self, origin: Span) -> Ty {
        self.push(VarKind::Float, None, origin)
    }
    pub fn fresh_or_unit(&mut self, origin: Span) -> Ty {
        self.fresh_or(Ty::unit(), origin)
    }
    pub fn fresh_or(&mut self, fallback: Ty, origin: Span) -> Ty {
        self.push(VarKind::General, Some(fallback), origin)
    }
    fn push(&mut self, kind: VarKind, fallback: Option<Ty>, origin: Span) -> Ty {
        self.vars.push(Var { kind, value: None, fallback, origin });
        Ty::new(TyKind::Infer(InferId::from_index(self.vars.len() - 1)))
    }

    pub fn snapshot(&self) -> Snapshot {
        Snapshot { log: self.log.len(), vars: self.vars.len() }
    }
    /// Forgets bindings and variables made since.
    pub fn rollback(&mut self, snapshot: Snapshot) {
        while self.log.len() > snapshot.log {
            let (index, old) = self.log.pop().expect("longer than the snapshot");
            self.vars[index] = old;
        }
        self.vars.truncate(snapshot.vars);
    }

    /// The type with its outermost constructor known, as far as it is.
    pub fn shallow(&self, mut ty: Ty) -> Ty {
        while let TyKind::Infer(id) = ty.kind() {
            match self.vars[id.index()].value {
                Some(value) => ty = value,
                None => break,
            }
        }
        ty
    }
    pub fn resolve(&self, ty: Ty) -> Ty {
        if !ty.has_infer() {
            return ty;
        }
        let ty = self.shallow(ty);
        ty.map_parts(&mut |it| self.resolve(it))
    }
    /// For messages: literals show their ordinary types.
    pub fn shown(&self, ty: Ty) -> Ty {
        if !ty.has_infer() {
            return ty;
        }
        match self.var_kind(ty) {
            Some(VarKind::Int) => Ty::int(),
            Some(VarKind::Float) => Ty::float(),
            _ => self.shallow(ty).map_parts(&mut |it| self.shown(it)),
        }
    }
    /// Whether the type, with what is known of its variables, stays within the limits of [`crate::infer::large`].
    pub fn fits(&self, ty: Ty, depth: u32, size: &mut u32) -> bool {
        if !ty.has_infer() {
            let fits = ty.fits(*size, depth);
            *size = size.saturating_sub(ty.size());
            return fits;
        }
        if depth == 0 || *size == 0 {
            return false;
        }
        *size -= 1;
        let mut fits = true;
        self.shallow(ty).kind().for_each_part(&mut |it| fits = fits && self.fits(it, depth - 1, size));
        fits
    }
    /// The kind of an unbound variable; none for other types.
    pub fn var_kind(&self, ty: Ty) -> Option<VarKind> {
        match self.shallow(ty).kind() {
            TyKind::Infer(id) => Some(self.vars[id.index()].kind),
            _ => None,
        }
    }
    pub fn is_general_var(&self, ty: Ty) -> bool {
        self.var_kind(ty) == Some(VarKind::General)
    }

    fn set(&mut self, id: InferId, change: impl FnOnce(&mut Var)) {
        let index = id.index();
        self.log.push((index, self.vars[index]));
        change(&mut self.vars[index]);
    }

    /// Makes both types equal, or says no (some parts may be bound then: see [`Table::try_unify`]).
    pub fn unify(&mut self, a: Ty, b: Ty) -> bool {
        let (a, b) = (self.shallow(a), self.shallow(b));
        if a == b {
            return true;
        }
        if a.is_error() || b.is_error() {
            self.give_up(a);
            self.give_up(b);
            return true;
        }
        match (a.kind(), b.kind()) {
            (TyKind::Infer(x), TyKind::Infer(y)) => {
                self.unify_vars(*x, *y, a, b);
                true
            }
            (TyKind::Infer(x), _) => self.bind(*x, b),
            (_, TyKind::Infer(y)) => self.bind(*y, a),
            (TyKind::Tuple(xs), TyKind::Tuple(ys)) => self.unify_all(xs, ys),
            (TyKind::Adt(x, xs), TyKind::Adt(y, ys)) => x == y && self.unify_all(xs, ys),
            (TyKind::Dynamic(x, xs), TyKind::Dynamic(y, ys)) => x == y && self.unify_all(xs, ys),
            (TyKind::Array(x), TyKind::Array(y))
            | (TyKind::Task(x), TyKind::Task(y))
            | (TyKind::Channel(x), TyKind::Channel(y))
            | (TyKind::Lock(x), TyKind::Lock(y))
            | (TyKind::Shared(x), TyKind::Shared(y))
            | (TyKind::Weak(x), TyKind::Weak(y))
            | (TyKind::Pointer(x), TyKind::Pointer(y)) => self.unify(*x, *y),
            (TyKind::Generator(x, s), TyKind::Generator(y, t)) => self.unify(*x, *y) && self.unify(*s, *t),
            (TyKind::Function { params: xs, result: x }, TyKind::Function { params: ys, result: y }) => {
                xs.len() == ys.len()
                    && xs.iter().zip(ys).all(|((m, a), (n, b))| m == n && self.unify(*a, *b))
                    && self.unify(*x, *y)
            }
            _ => false,
        }
    }
    fn unify_all(&mut self, xs: &[Ty], ys: &[Ty]) -> bool {
        xs.len() == ys.len() && xs.iter().zip(ys).all(|(&x, &y)| self.unify(x, y))
    }
    /// As [`Table::unify`], changing nothing when the types do not fit.
    pub fn try_unify(&mut self, a: Ty, b: Ty) -> bool {
        let snapshot = self.snapshot();
        let fits = self.unify(a, b);
        if !fits {
            self.rollback(snapshot);
        }
        fits
    }

    fn unify_vars(&mut self, x: InferId, y: InferId, a: Ty, b: Ty) {
        let (left, right) = (self.vars[x.index()], self.vars[y.index()]);
        // The more special kind survives; of equals the older, or the elements of a long list would make a long chain.
        let rank = |it: &Var| match it.kind {
            VarKind::Float => 3,
            VarKind::Int => 2,
            VarKind::General => u8::from(it.fallback.is_some()),
        };
        let keep_left = match rank(&left).cmp(&rank(&right)) {
            std::cmp::Ordering::Equal => x.index() < y.index(),
            order => order.is_gt(),
        };
        // If it stays unknown, the place where it came up first is to blame.
        let (kept, bound, value) = if keep_left { (x, y, a) } else { (y, x, b) };
        let origin = self.vars[kept.index().min(bound.index())].origin;
        self.set(bound, |it| it.value = Some(value));
        self.set(kept, |it| it.origin = origin);
    }

    fn bind(&mut self, id: InferId, ty: Ty) -> bool {
        let fits = match self.vars[id.index()].kind {
            VarKind::General => !self.occurs(id, ty),
            VarKind::Int => matches!(ty.kind(), TyKind::Int(_) | TyKind::Float(_)),
            VarKind::Float => matches!(ty.kind(), TyKind::Float(_)),
        };
        if fits {
            self.set(id, |it| it.value = Some(ty));
        }
        fits
    }
    fn occurs(&self, id: InferId, ty: Ty) -> bool {
        if !ty.has_infer() {
            return false;
        }
        let ty = self.shallow(ty);
        if let TyKind::Infer(it) = ty.kind() {
            return *it == id;
        }
        let mut found = false;
        ty.kind().for_each_part(&mut |it| found |= self.occurs(id, it));
        found
    }

    /// Gives literals inside `ty` their ordinary types: 整数 and 浮点数.
    pub fn default_numbers(&mut self, ty: Ty) {
        if !ty.has_infer() {
            return;
        }
        let ty = self.shallow(ty);
        if let TyKind::Infer(id) = ty.kind() {
            match self.vars[id.index()].kind {
                VarKind::General => {}
                VarKind::Int => self.set(*id, |it| it.value = Some(Ty::int())),
                VarKind::Float => self.set(*id, |it| it.value = Some(Ty::float())),
            }
            return;
        }
        let mut parts = Vec::new();
        ty.kind().for_each_part(&mut |it| parts.push(it));
        parts.into_iter().for_each(|it| self.default_numbers(it));
    }

    /// What something wrong was to tell stays unknown: its variables become errors, so that nothing is said about them.
    pub fn give_up(&mut self, ty: Ty) {
        if !ty.has_infer() {
            return;
        }
        let ty = self.shallow(ty);
        if let TyKind::Infer(id) = ty.kind() {
            if self.vars[id.index()].kind == VarKind::General {
                self.set(*id, |it| it.value = Some(Ty::error()));
            }
            return;
        }
        let mut parts = Vec::new();
        ty.kind().for_each_part(&mut |it| parts.push(it));
        parts.into_iter().for_each(|it| self.give_up(it));
    }

    /// The variable takes its fallback; true if it has one.
    pub fn fall_back(&mut self, ty: Ty) -> bool {
        let TyKind::Infer(id) = self.shallow(ty).kind().clone() else { return false };
        let fallback = self.vars[id.index()].fallback;
        if fallback.is_some() {
            self.set(id, |it| it.value = fallback);
        }
        fallback.is_some()
    }

    /// Ends inference: every variable gets a type. Those that nothing determines become errors; their origins are returned.
    pub fn close(&mut self) -> Vec<Span> {
        let mut unknown = Vec::new();
        for var in &mut self.vars {
            if var.value.is_some() {
                continue;
            }
            var.value = Some(match var.kind {
                VarKind::Int => Ty::int(),
                VarKind::Float => Ty::float(),
                VarKind::General => var.fallback.unwrap_or_else(|| {
                    unknown.push(var.origin);
                    Ty::error()
                }),
            });
        }
        unknown
    }
}
