//! Assignment. Operands of the place come first, then the value, then the place itself; compound assignment reads the
//! place after the value. Text grows in place.

use crate::body::Body;
use crate::place::Place;
use crate::target::Target;
use qi_hir::{BinaryOp, ExprId, ExprKind, GlobalId, IndexKind, LocalId, MapFunctions, OperatorKind, Res, Ty};
use qi_mir::{RuntimeFn, Value};

impl Body<'_, '_> {
    pub(super) fn assign(&mut self, expr: ExprId, place: ExprId, op: Option<BinaryOp>, value: ExprId) -> Value {
        match op {
            Some(op) => self.compound(expr, op, place, value),
            None => self.plain_assign(place, value),
        }
        self.unit()
    }

    fn plain_assign(&mut self, place: ExprId, value: ExprId) {
        let node = &self.scope.body.exprs[place];
        if let ExprKind::Tuple(parts) = &node.kind {
            return self.assign_parts(parts, value);
        }
        if let Some(Res::Local(local)) = self.scope.typed.names.get(&place)
            && self.append_to_itself(*local, value)
        {
            return;
        }
        let target = self.assignee(place);
        let value = self.expr(value);
        self.set(&target, value);
    }

    /// `(a, b) = …`
    fn assign_parts(&mut self, parts: &[ExprId], value: ExprId) {
        let targets: Vec<Assignee> = parts.iter().map(|&it| self.assignee(it)).collect();
        let value = self.expr(value);
        for (index, target) in targets.iter().enumerate() {
            let part = self.struct_get(value, index as u32);
            self.set(target, part);
        }
    }

    fn assignee(&mut self, expr: ExprId) -> Assignee {
        let typed = self.scope.typed;
        if let Some(Res::Global(id)) = typed.names.get(&expr)
            && self.cx.is_atomic_object(*id)
        {
            return Assignee::Atomic(*id);
        }
        match &self.scope.body.exprs[expr].kind {
            ExprKind::Index { base, index } => match &typed.indexes[&expr] {
                IndexKind::Map { functions, generics } => {
                    let map = self.place(*base);
                    let key = self.expr(*index);
                    Assignee::Entry { map, key, functions: *functions, generics: self.subst_all(generics) }
                }
                _ => Assignee::Place(self.place(expr)),
            },
            _ => Assignee::Place(self.place(expr)),
        }
    }

    fn set(&mut self, target: &Assignee, value: Value) {
        match target {
            Assignee::Place(place) => {
                let address = self.address(place);
                let ty = self.pointee(address);
                let value = self.fit(value, ty);
                self.store(address, value);
            }
            Assignee::Entry { map, key, functions, generics } => {
                let target = |function| Target::Function { function, generics: generics.clone() };
                let place = self.settled(map);
                let address = self.walk(&place);
                if !place.is_reachable() || !self.cx.runs_hooks(generics[0]) {
                    self.call_values(&target(functions.set), vec![address, *key, value]);
                    return;
                }
                // 相等 and 散列 might replace what the address points into.
                let dictionary = self.load(address);
                let found = self.call_values(&target(functions.seek), vec![dictionary, *key]);
                let (hash, index) = (self.struct_get(found, 0), self.struct_get(found, 1));
                let address = self.walk(&place);
                self.call_values(&target(functions.put), vec![address, hash, index, *key, value]);
            }
            Assignee::Atomic(id) => self.store_atomic(*id, value),
        }
    }

    fn compound(&mut self, expr: ExprId, op: BinaryOp, place: ExprId, value: ExprId) {
        let kind = self.operator(expr);
        if let Some(Res::Global(id)) = self.scope.typed.names.get(&place)
            && self.cx.is_atomic_object(*id)
        {
            return self.atomic_compound(*id, op, kind, value);
        }
        let target = self.place(place);
        if kind == OperatorKind::Concat {
            let pieces = self.pieces(value);
            let address = self.address(&target);
            return pieces.into_iter().for_each(|it| self.append(address, it));
        }
        let value = self.expr(value);
        let address = self.address(&target);
        self.update(address, op, kind, value);
    }

    /// What is to be appended: the parts of a template one by one, so that the text between them is never made.
    fn pieces(&mut self, value: ExprId) -> Vec<Value> {
        if let ExprKind::Template(parts) = &self.scope.body.exprs[value].kind
            && !self.scope.typed.adjustments.contains_key(&value)
        {
            return self.template_pieces(parts);
        }
        let value = self.expr(value);
        vec![self.piece(value)]
    }

    /// `place op= value` at an address.
    fn update(&mut self, address: Value, op: BinaryOp, kind: OperatorKind, value: Value) {
        let ty = self.pointee(address);
        match (op, kind) {
            (BinaryOp::Add, OperatorKind::ArrayConcat) => {
                self.runtime(RuntimeFn::qi_array_append, vec![ty], vec![address, value], None);
            }
            _ => {
                let old = self.load(address);
                let new = self.operate(op, kind, old, value);
                let new = self.fit(new, ty);
                self.store(address, new);
            }
        }
    }

    /// `s = s + x + y` on a local text appends, if evaluating x and y leaves s alone.
    fn append_to_itself(&mut self, local: LocalId, value: ExprId) -> bool {
        let ty = self.local_type(local);
        if ty != qi_hir::Ty::str() || self.scope.typed.cells.contains(&local) {
            return false;
        }
        let mut parts = Vec::new();
        if !self.spine(value, local, &mut parts) || parts.is_empty() {
            return false;
        }
        if parts.iter().any(|&it| self.changes(it, local)) {
            return false;
        }
        let pieces: Vec<Value> = parts.into_iter().flat_map(|it| self.pieces(it)).collect();
        let place = self.local_place(local);
        let address = self.address(&place);
        for piece in pieces {
            self.append(address, piece);
        }
        true
    }

    /// Whether the expression is `local + a + b …`; collects a, b ….
    fn spine(&self, expr: ExprId, local: LocalId, parts: &mut Vec<ExprId>) -> bool {
        let typed = self.scope.typed;
        if typed.adjustments.contains_key(&expr) {
            return false;
        }
        match &self.scope.body.exprs[expr].kind {
            ExprKind::Path(_) => typed.names.get(&expr) == Some(&Res::Local(local)),
            ExprKind::Binary { op: BinaryOp::Add, left, right, .. }
                if typed.operators.get(&expr).is_some_and(|it| it.first() == Some(&OperatorKind::Concat)) =>
            {
                let fits = self.spine(*left, local, parts);
                parts.push(*right);
                fits
            }
            _ => false,
        }
    }

    /// One checked step: adding is the runtime's, everything else tries until nobody interfered.
    fn atomic_compound(&mut self, id: GlobalId, op: BinaryOp, kind: OperatorKind, value: ExprId) {
        let value = self.expr(value);
        let handle = self.atomic_object(id);
        let ty = self.cx.module.types.i64();
        if op == BinaryOp::Add {
            self.runtime(RuntimeFn::qi_atomic_add, Vec::new(), vec![handle, value], Some(ty));
            return;
        }
        let (again, done) = (self.build.new_block(), self.build.new_block());
        self.build.jump(again, Vec::new());
        self.build.switch_to(again);
        let old = self.runtime(RuntimeFn::qi_atomic_load, Vec::new(), vec![handle], Some(ty));
        let new = self.operate(op, kind, old, value);
        let bool = self.cx.module.types.bool();
        let swapped = self.runtime(RuntimeFn::qi_atomic_compare_swap, Vec::new(), vec![handle, old, new], Some(bool));
        self.branch(swapped, done, again);
        self.build.switch_to(done);
    }
}

/// What is assigned to.
enum Assignee {
    Place(Place),
    /// `表[键] = 值`
    Entry {
        map: Place,
        key: Value,
        functions: MapFunctions,
        generics: Vec<Ty>,
    },
    /// An integer that tasks share.
    Atomic(GlobalId),
}
