//! Places: variables, fields, elements, entries of dictionaries. Reading walks as far as it can by address and then by
//! borrowed parts, so nothing large is copied. Changing has two steps: operands are evaluated first ([`Place`]), the
//! address is computed afterwards, when nothing can move what it points into.

use crate::body::Body;
use crate::expr::Operand;
use crate::frames::FrameKind;
use crate::locals::Var;
use crate::target::Target;
use qi_base::{Span, bug};
use qi_hir::{ExprId, ExprKind, FunctionId, GlobalId, IndexKind, QuestionKind, Res, Ty, TyKind};
use qi_mir as mir;
use qi_mir::{Opcode, TypeKind, Value};

/// A place whose index and key operands are evaluated.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub root: Root,
    pub steps: Vec<Step>,
    /// Type of the value in it.
    pub ty: Ty,
}

#[derive(Clone, Debug)]
pub(crate) enum Root {
    /// Nobody but this function reaches it meanwhile: local variable, 可变 parameter, temporary.
    Address(Value),
    Cell(Value),
    Global(mir::GlobalId),
    /// A top-level 整数 that tasks share: an object with an atomic value. Lent as a copy.
    Atomic(GlobalId),
}

#[derive(Clone, Debug)]
pub(crate) enum Step {
    Field(u32),
    Element {
        index: Value,
        span: Option<Span>,
    },
    /// Value of an entry of a dictionary.
    Entry {
        entry: Entry,
        generics: Vec<Ty>,
        span: Option<Span>,
    },
    /// `a!`: the content of 有 or 成; throws where there is none. `ty` is the 选项 or 结果.
    Content {
        kind: QuestionKind,
        ty: Ty,
        span: Option<Span>,
    },
}

impl Place {
    /// Code of the program that runs meanwhile may change what is there.
    pub fn is_reachable(&self) -> bool {
        !matches!(self.root, Root::Address(_))
    }
}

/// How an entry of a dictionary is found: a function of the library takes the operand and gives its index or throws.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    operand: Value,
    finder: FunctionId,
    /// To check the index of what was found before code of the program ran.
    still: FunctionId,
}

/// Where a value that is read is: still in its place, or at hand.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cursor {
    Address(Value),
    Value(Value),
}

impl<'a> Body<'_, 'a> {
    // ---- reading ----

    pub fn read(&mut self, cursor: Cursor) -> Value {
        match cursor {
            Cursor::Address(address) => self.load(address),
            Cursor::Value(value) => value,
        }
    }

    /// As [`Body::cursor`], but the expression's adjustments are applied.
    fn adjusted_cursor(&mut self, expr: ExprId) -> Cursor {
        if self.scope.typed.adjustments.contains_key(&expr) {
            Cursor::Value(self.expr(expr))
        } else {
            self.cursor(expr)
        }
    }

    /// The expression as something to take parts of.
    pub fn cursor(&mut self, expr: ExprId) -> Cursor {
        let saved = self.span.replace(self.scope.body.exprs[expr].span);
        let cursor = self.cursor_here(expr);
        self.span = saved;
        cursor
    }

    fn cursor_here(&mut self, expr: ExprId) -> Cursor {
        let body = self.scope.body;
        match &body.exprs[expr].kind {
            ExprKind::SelfValue => {
                let local = body.self_local.unwrap_or_else(|| bug!("自己 outside a method"));
                self.local_cursor(local)
            }
            ExprKind::Path(_) => match self.scope.typed.names.get(&expr) {
                Some(Res::Local(_)) if self.scope.typed.instantiations.contains_key(&expr) => {
                    let function = self.known_function(expr).unwrap_or_else(|| bug!("{expr} is no local function"));
                    Cursor::Value(self.materialize(Operand::Function(function)))
                }
                Some(Res::Local(local)) => self.local_cursor(*local),
                Some(Res::Global(global)) => self.global_cursor(*global),
                _ => Cursor::Value(self.compute(expr)),
            },
            ExprKind::Field { base, optional: false, .. } => match self.scope.typed.names.get(&expr) {
                Some(Res::Global(global)) => self.global_cursor(*global),
                None if !self.scope.typed.calls.contains_key(&expr) && self.scope.typed.fields.contains_key(&expr) => {
                    let base = self.adjusted_cursor(*base);
                    self.field_cursor(base, self.scope.typed.fields[&expr])
                }
                _ => Cursor::Value(self.compute(expr)),
            },
            ExprKind::TupleField { base, index } => {
                let base = self.adjusted_cursor(*base);
                self.field_cursor(base, *index)
            }
            _ => Cursor::Value(self.compute(expr)),
        }
    }

    fn local_cursor(&mut self, local: qi_hir::LocalId) -> Cursor {
        let var = self.var(local);
        match self.var_address(&var) {
            Some(address) => Cursor::Address(address),
            None => Cursor::Value(self.read_local(local)),
        }
    }

    fn global_cursor(&mut self, id: GlobalId) -> Cursor {
        if let Some(value) = self.constant_global(id) {
            return Cursor::Value(value);
        }
        if self.cx.is_atomic_object(id) {
            return Cursor::Value(self.atomic_value(id));
        }
        let global = self.cx.global(id);
        Cursor::Address(self.global_address(global))
    }

    /// The handle of a top-level 整数 that tasks share.
    pub fn atomic_object(&mut self, id: GlobalId) -> Value {
        let global = self.cx.global(id);
        let address = self.global_address(global);
        self.load(address)
    }

    pub fn store_atomic(&mut self, id: GlobalId, value: Value) {
        let handle = self.atomic_object(id);
        self.runtime(mir::RuntimeFn::qi_atomic_store, Vec::new(), vec![handle, value], None);
    }

    fn atomic_value(&mut self, id: GlobalId) -> Value {
        let handle = self.atomic_object(id);
        let ty = self.cx.module.types.i64();
        self.runtime(mir::RuntimeFn::qi_atomic_load, Vec::new(), vec![handle], Some(ty))
    }

    /// Part of a struct or tuple.
    pub fn field_cursor(&mut self, base: Cursor, field: u32) -> Cursor {
        match base {
            Cursor::Value(value) => Cursor::Value(self.struct_get(value, field)),
            Cursor::Address(address) => {
                let address = self.field_address(address, field);
                match *self.cx.module.types.kind(self.pointee(address)) {
                    // Through its address the box would have to be made unique; a reader just borrows.
                    TypeKind::Box(of) => {
                        let boxed = self.load(address);
                        Cursor::Value(self.build.plain(Opcode::BoxGet, vec![boxed], of, None))
                    }
                    _ => Cursor::Address(address),
                }
            }
        }
    }

    fn field_address(&mut self, address: Value, field: u32) -> Value {
        let TypeKind::Struct(id) = *self.cx.module.types.kind(self.pointee(address)) else {
            bug!("no struct at a place")
        };
        let ty = self.cx.module.types.structs[id].fields[field as usize].ty;
        let ty = self.cx.module.types.address(ty);
        self.build.plain(Opcode::FieldAddress(field), vec![address], ty, None)
    }

    /// Element of an array value; 越界.
    pub fn element(&mut self, array: Value, index: Value) -> Value {
        let TypeKind::Array(of) = *self.kind_of(array) else { bug!("no array to index") };
        self.op(Opcode::ArrayGet, vec![array, index], of)
    }
    /// Element of an array value at an index known to be good.
    pub fn element_unchecked(&mut self, array: Value, index: Value) -> Value {
        let TypeKind::Array(of) = *self.kind_of(array) else { bug!("no array to index") };
        self.build.plain(Opcode::ArrayGetUnchecked, vec![array, index], of, None)
    }

    // ---- changing ----

    /// The place that the expression names, with its operands evaluated; a temporary if it names none.
    pub fn place(&mut self, expr: ExprId) -> Place {
        let saved = self.span.replace(self.scope.body.exprs[expr].span);
        let place = self.place_here(expr);
        self.span = saved;
        place
    }

    fn place_here(&mut self, expr: ExprId) -> Place {
        let (body, typed) = (self.scope.body, self.scope.typed);
        if typed.adjustments.contains_key(&expr) {
            let value = self.expr(expr);
            return self.temp_place(value, self.adjusted_type(expr));
        }
        match &body.exprs[expr].kind {
            ExprKind::SelfValue => self.local_place(body.self_local.unwrap_or_else(|| bug!("自己 outside a method"))),
            ExprKind::Path(_) | ExprKind::Field { .. } if matches!(typed.names.get(&expr), Some(Res::Global(_))) => {
                let Some(Res::Global(id)) = typed.names.get(&expr) else { bug!("just matched") };
                self.global_place(*id)
            }
            ExprKind::Path(_) => match typed.names.get(&expr) {
                Some(Res::Local(local)) => self.local_place(*local),
                _ => self.computed_place(expr),
            },
            ExprKind::Field { base, optional: false, .. }
                if typed.fields.contains_key(&expr) && !typed.calls.contains_key(&expr) =>
            {
                let place = self.place(*base);
                self.part(place, typed.fields[&expr], self.raw_type(expr))
            }
            ExprKind::TupleField { base, index } => {
                let place = self.place(*base);
                self.part(place, *index, self.raw_type(expr))
            }
            ExprKind::Index { base, index } => self.index_place(expr, *base, *index),
            ExprKind::Unwrap(base) => self.content_place(expr, *base),
            _ => self.computed_place(expr),
        }
    }

    fn part(&mut self, mut place: Place, field: u32, ty: Ty) -> Place {
        place.steps.push(Step::Field(field));
        place.ty = ty;
        place
    }

    fn content_place(&mut self, expr: ExprId, base: ExprId) -> Place {
        let (kind, span) = (self.question_kind(expr), self.span);
        let mut place = self.place(base);
        place.steps.push(Step::Content { kind, ty: place.ty, span });
        place.ty = self.raw_type(expr);
        place
    }

    fn index_place(&mut self, expr: ExprId, base: ExprId, index: ExprId) -> Place {
        let span = self.span;
        let step = match &self.scope.typed.indexes[&expr] {
            IndexKind::ArrayElement => None,
            IndexKind::Map { functions, generics } => Some((functions, self.subst_all(generics))),
            IndexKind::ArraySlice | IndexKind::StrElement | IndexKind::StrSlice => return self.computed_place(expr),
        };
        let mut place = self.place(base);
        let operand = self.expr(index);
        place.steps.push(match step {
            None => Step::Element { index: operand, span },
            Some((functions, generics)) => {
                let entry = Entry { operand, finder: functions.place, still: functions.still };
                Step::Entry { entry, generics, span }
            }
        });
        place.ty = self.raw_type(expr);
        place
    }

    fn computed_place(&mut self, expr: ExprId) -> Place {
        let value = self.compute(expr);
        self.temp_place(value, self.raw_type(expr))
    }

    /// A temporary that holds the value.
    pub fn temp_place(&mut self, value: Value, ty: Ty) -> Place {
        let lowered = self.cx.ty(ty);
        let value = self.fit(value, lowered);
        Place { root: Root::Address(self.temp(value)), steps: Vec::new(), ty }
    }

    pub fn local_place(&mut self, local: qi_hir::LocalId) -> Place {
        let ty = self.local_type(local);
        let var = self.var(local);
        let root = match var {
            Var::Cell(cell) => Root::Cell(cell),
            Var::Slot(_) | Var::Place(_) => Root::Address(self.var_address(&var).expect("slots have addresses")),
            Var::Value(_) | Var::Function { .. } | Var::Generic { .. } => {
                let value = self.read_local(local);
                return self.temp_place(value, ty);
            }
        };
        Place { root, steps: Vec::new(), ty }
    }

    fn global_place(&mut self, id: GlobalId) -> Place {
        let ty = self.cx.analysis.signatures.globals[id].ty;
        let root = if self.cx.is_atomic_object(id) { Root::Atomic(id) } else { Root::Global(self.cx.global(id)) };
        Place { root, steps: Vec::new(), ty }
    }

    /// The address of the place. Makes the boxes and arrays on the way unique; may throw 越界 and 缺键.
    pub fn address(&mut self, place: &Place) -> Value {
        let place = self.settled(place);
        self.walk(&place)
    }

    /// The place with those keys looked up whose 相等 and 散列 might replace what an address already points into: from
    /// the result to its address no code of the program runs. Where such a method did change the dictionary, the entry
    /// is another one or there is none (越界).
    pub fn settled(&mut self, place: &Place) -> Place {
        let calls_program = place.steps.iter().any(|step| match step {
            Step::Entry { generics, .. } => self.cx.runs_hooks(generics[0]),
            _ => false,
        });
        if !calls_program || !place.is_reachable() {
            return place.clone();
        }
        let mut settled = Place { root: place.root.clone(), steps: Vec::new(), ty: place.ty };
        for step in &place.steps {
            let step = match step {
                Step::Entry { entry, generics, span } => {
                    let map = self.walk(&settled);
                    let operand = self.entry_index(map, *entry, generics, *span);
                    let entry = Entry { operand, finder: entry.still, still: entry.still };
                    Step::Entry { entry, generics: generics.clone(), span: *span }
                }
                step => step.clone(),
            };
            settled.steps.push(step);
        }
        settled
    }

    /// The address of a settled place.
    pub fn walk(&mut self, place: &Place) -> Value {
        let mut address = match place.root {
            Root::Address(address) => address,
            Root::Cell(cell) => self.cell_address(cell),
            Root::Global(global) => self.global_address(global),
            Root::Atomic(id) => {
                let value = self.atomic_value(id);
                self.temp(value)
            }
        };
        for step in &place.steps {
            address = self.step(address, step);
        }
        address
    }

    fn step(&mut self, address: Value, step: &Step) -> Value {
        match step {
            Step::Field(field) => self.unboxed_field(address, *field),
            Step::Element { index, span } => self.element_address(address, *index, *span),
            Step::Content { kind, ty, span } => {
                let saved = std::mem::replace(&mut self.span, *span);
                let value = self.load(address);
                self.require_content(*kind, value, *ty);
                self.span = saved;
                self.content_address(address)
            }
            Step::Entry { entry, generics, span } => {
                let index = self.entry_index(address, *entry, generics, *span);
                // Fields of 字典: 索引, 条目表, 存活; an entry is (散列, 键, 值).
                let entries = self.unboxed_field(address, 1);
                let entry = self.element_address(entries, index, *span);
                self.unboxed_field(entry, 2)
            }
        }
    }

    /// Index of an entry of the dictionary at an address; 缺键.
    fn entry_index(&mut self, map: Value, entry: Entry, generics: &[Ty], span: Option<Span>) -> Value {
        let map = self.load(map);
        let saved = std::mem::replace(&mut self.span, span);
        let target = Target::Function { function: entry.finder, generics: generics.to_vec() };
        let index = self.call_values(&target, vec![map, entry.operand]);
        self.span = saved;
        index
    }

    /// Address of what 有 or 成 holds.
    fn content_address(&mut self, address: Value) -> Value {
        let TypeKind::Enum(id) = *self.cx.module.types.kind(self.pointee(address)) else {
            bug!("no 选项 at a place")
        };
        let field = self.cx.module.types.enums[id].variants[0].fields[0].ty;
        let ty = self.cx.module.types.address(field);
        let opcode = Opcode::VariantAddress { variant: 0, field: 0 };
        let address = self.build.plain(opcode, vec![address], ty, None);
        self.unboxed_address(address)
    }

    fn unboxed_field(&mut self, address: Value, field: u32) -> Value {
        let address = self.field_address(address, field);
        self.unboxed_address(address)
    }

    fn unboxed_address(&mut self, address: Value) -> Value {
        match *self.cx.module.types.kind(self.pointee(address)) {
            TypeKind::Box(of) => {
                let ty = self.cx.module.types.address(of);
                self.build.plain(Opcode::BoxAddress, vec![address], ty, None)
            }
            _ => address,
        }
    }

    fn element_address(&mut self, address: Value, index: Value, span: Option<Span>) -> Value {
        let TypeKind::Array(of) = *self.cx.module.types.kind(self.pointee(address)) else {
            bug!("no array at a place")
        };
        let ty = self.cx.module.types.address(of);
        let saved = std::mem::replace(&mut self.span, span);
        let element = self.op(Opcode::ElementAddress, vec![address, index], ty);
        self.span = saved;
        element
    }

    /// Addresses for a call's 可变 operands. Variables that the callee might reach another way (cells, globals) are lent
    /// as copies, which go back when the call ends, also by an error: close the frames above the depth before the call.
    pub fn lend(&mut self, places: &[Place], direct: bool) -> Vec<Value> {
        let mut copies = Vec::new();
        let settled: Vec<Place> = places.iter().map(|it| self.settled(it)).collect();
        let addresses = settled
            .iter()
            .zip(places)
            .map(|(settled, place)| {
                let address = self.walk(settled);
                if direct && !matches!(place.root, Root::Atomic(_)) || matches!(place.root, Root::Address(_)) {
                    return address;
                }
                let value = self.load(address);
                let copy = self.temp(value);
                copies.push((copy, place.clone()));
                copy
            })
            .collect();
        if !copies.is_empty() {
            self.push_frame(FrameKind::WriteBack(copies));
        }
        addresses
    }

    pub fn write_back(&mut self, pairs: &[(Value, Place)]) {
        for (copy, place) in pairs {
            let value = self.take(*copy);
            if let Root::Atomic(id) = place.root {
                self.store_atomic(id, value);
                continue;
            }
            let address = self.address(place);
            self.store(address, value);
        }
    }

    /// Type of an expression after its adjustments.
    pub fn adjusted_type(&self, expr: ExprId) -> Ty {
        let mut ty = self.raw_type(expr);
        for adjust in self.scope.typed.adjustments.get(&expr).into_iter().flatten() {
            ty = match adjust {
                qi_hir::Adjust::Some => self.cx.option_of(ty),
                qi_hir::Adjust::ToDynamic { trait_, args } => Ty::new(TyKind::Dynamic(*trait_, self.subst_all(args))),
                qi_hir::Adjust::ToError => self.error_type(),
                qi_hir::Adjust::Never(to) => self.subst(*to),
                qi_hir::Adjust::ToCPointer | qi_hir::Adjust::ToCStr => Ty::new(TyKind::CStr),
                qi_hir::Adjust::Discard => Ty::unit(),
            };
        }
        ty
    }

    /// 任意 错误
    pub fn error_type(&self) -> Ty {
        let error = self.cx.analysis.signatures.known.error.unwrap_or_else(|| bug!("no 错误 in the prelude"));
        Ty::new(TyKind::Dynamic(error, Vec::new()))
    }
}
