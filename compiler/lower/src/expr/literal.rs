//! Literals, templates, tuples, arrays, dictionaries, ranges.

use crate::body::Body;
use crate::target::Target;
use qi_base::bug;
use qi_hir::{Callee, ExprId, ExprKind, GlobalId, IndexKind, Literal, TemplatePart, Ty, TyKind, UnaryOp};
use qi_mir::{Opcode, Overflow, RuntimeFn, Type, TypeKind, Value};

impl<'a> Body<'_, 'a> {
    pub(super) fn literal(&mut self, expr: ExprId, literal: &Literal) -> Value {
        let ty = self.raw_type(expr);
        let ty = self.cx.ty(ty);
        self.literal_of(literal, false, ty)
    }

    /// A literal as a value of the type: integers adapt to the numeric type that is expected.
    pub fn literal_of(&mut self, literal: &Literal, negative: bool, ty: Type) -> Value {
        let sign = if negative { -1 } else { 1 };
        match (literal, self.cx.module.types.kind(ty)) {
            (Literal::Unit, _) => self.unit(),
            (Literal::Bool(value), _) => self.bool(*value),
            (Literal::Int(value), TypeKind::Float { .. }) => {
                let value = *value as f64 * f64::from(sign);
                self.build.plain(Opcode::Float(value.to_bits()), Vec::new(), ty, None)
            }
            (Literal::Int(value), _) => {
                let value = i128::try_from(*value).unwrap_or_else(|_| bug!("literal {value} is out of range"));
                self.int_of(value * i128::from(sign), ty)
            }
            (Literal::Float(value), _) => {
                let value = *value * f64::from(sign);
                self.build.plain(Opcode::Float(value.to_bits()), Vec::new(), ty, None)
            }
            (Literal::Char(value), _) => self.build.plain(Opcode::Char(*value), Vec::new(), ty, None),
            (Literal::Str(text), _) => self.str(text),
        }
    }

    /// A top-level 常量 whose initialiser is a plain literal is that literal wherever it is read.
    pub fn constant_global(&mut self, id: GlobalId) -> Option<Value> {
        let program = self.cx.program;
        let data = &program.globals[id];
        let body = data.init.as_ref().filter(|_| data.constant)?;
        if self.cx.analysis.global_bodies.get(&id)?.adjustments.contains_key(&body.root?) {
            return None;
        }
        let (literal, negative) = match &body.exprs[body.root?].kind {
            ExprKind::Literal(literal) => (literal, false),
            ExprKind::Unary { op: UnaryOp::Neg, operand } => match &body.exprs[*operand].kind {
                ExprKind::Literal(literal @ (Literal::Int(_) | Literal::Float(_))) => (literal, true),
                _ => return None,
            },
            _ => return None,
        };
        let ty = self.cx.analysis.signatures.globals[id].ty;
        let ty = self.cx.ty(ty);
        Some(self.literal_of(literal, negative, ty))
    }

    pub(super) fn template(&mut self, parts: &'a [TemplatePart]) -> Value {
        let pieces = self.template_pieces(parts);
        self.join(&pieces)
    }

    /// What a template joins. All holes are evaluated; what is left to do can neither fail nor run code of the program.
    pub(super) fn template_pieces(&mut self, parts: &'a [TemplatePart]) -> Vec<Value> {
        let mut pieces = Vec::new();
        for part in parts {
            match part {
                TemplatePart::Text(text) if text.is_empty() => {}
                TemplatePart::Text(text) => pieces.push(self.str(text)),
                TemplatePart::Hole(hole, spec) => {
                    let value = self.expr(*hole);
                    pieces.push(match spec.as_ref().map(|it| it.text.as_str()).filter(|it| !it.is_empty()) {
                        None => self.piece(value),
                        Some(spec) => self.format(value, spec),
                    });
                }
            }
        }
        pieces
    }

    /// Characters and integers are appended as they are, everything else as text.
    pub(super) fn piece(&mut self, value: Value) -> Value {
        match self.kind_of(value) {
            TypeKind::Char | TypeKind::Int { .. } => value,
            _ => self.text(value),
        }
    }

    fn format(&mut self, value: Value, spec: &str) -> Value {
        let spec = self.str(spec);
        let ty = self.cx.module.types.str();
        self.op(Opcode::Format, vec![value, spec], ty)
    }

    /// Joins pieces from left to right.
    pub fn join(&mut self, pieces: &[Value]) -> Value {
        let ty = self.cx.module.types.str();
        match pieces {
            [] => self.str(""),
            [one] => self.text(*one),
            [a, b] if [a, b].into_iter().all(|it| *self.kind_of(*it) == TypeKind::Str) => {
                self.runtime(RuntimeFn::qi_str_concat, Vec::new(), vec![*a, *b], Some(ty))
            }
            [first, rest @ ..] => {
                let first = self.text(*first);
                let buffer = self.temp(first);
                for &piece in rest {
                    self.append(buffer, piece);
                }
                self.take(buffer)
            }
        }
    }

    /// Appends a piece to the text at the address.
    pub fn append(&mut self, address: Value, piece: Value) {
        let (entry, piece) = match *self.kind_of(piece) {
            TypeKind::Char => (RuntimeFn::qi_str_append_char, piece),
            TypeKind::Int { signed: true, .. } => (RuntimeFn::qi_str_append_int, self.in_64_bits(piece, true)),
            TypeKind::Int { signed: false, .. } => (RuntimeFn::qi_str_append_uint, self.in_64_bits(piece, false)),
            _ => (RuntimeFn::qi_str_append, self.text(piece)),
        };
        self.runtime(entry, Vec::new(), vec![address, piece], None);
    }

    /// The integer in 64 bits.
    fn in_64_bits(&mut self, value: Value, signed: bool) -> Value {
        let ty = self.cx.module.types.intern(TypeKind::Int { bits: 64, signed });
        if self.type_of(value) == ty {
            return value;
        }
        self.build.plain(Opcode::IntCast(Overflow::Wrapping), vec![value], ty, None)
    }

    pub(super) fn tuple(&mut self, expr: ExprId, parts: &[ExprId]) -> Value {
        let values = parts.iter().map(|&it| self.expr(it)).collect();
        let ty = self.raw_type(expr);
        let ty = self.cx.ty(ty);
        self.struct_new(ty, values)
    }

    pub(super) fn array(&mut self, expr: ExprId, items: &[ExprId]) -> Value {
        let ty = self.raw_type(expr);
        let ty = self.cx.ty(ty);
        let values: Vec<Value> = items.iter().map(|&it| self.expr(it)).collect();
        self.array_of(ty, values)
    }

    pub fn array_of(&mut self, ty: Type, values: Vec<Value>) -> Value {
        let TypeKind::Array(of) = *self.cx.module.types.kind(ty) else { bug!("no array type") };
        let values = values.into_iter().map(|it| self.fit(it, of)).collect();
        self.build.plain(Opcode::ArrayNew, values, ty, None)
    }

    pub(super) fn array_repeat(&mut self, expr: ExprId, value: ExprId, count: ExprId) -> Value {
        let ty = self.raw_type(expr);
        let ty = self.cx.ty(ty);
        let value = self.expr(value);
        let count = self.expr(count);
        self.repeat(ty, value, count)
    }

    /// An array of `count` copies.
    pub fn repeat(&mut self, ty: Type, value: Value, count: Value) -> Value {
        let place = self.temp(value);
        self.runtime(RuntimeFn::qi_array_repeat, vec![ty], vec![place, count], Some(ty))
    }

    pub(super) fn map_literal(&mut self, expr: ExprId, entries: &[(ExprId, ExprId)]) -> Value {
        let typed = self.scope.typed;
        let map_type = self.raw_type(expr);
        let IndexKind::Map { functions, generics } = &typed.indexes[&expr] else { bug!("no dictionary") };
        let set = Target::Function { function: functions.set, generics: self.subst_all(generics) };
        let map = match typed.calls.get(&expr).map(|it| &it.callee) {
            Some(Callee::Function { function, generics }) => {
                let target = Target::Function { function: *function, generics: self.subst_all(generics) };
                self.call_values(&target, Vec::new())
            }
            // The empty dictionary is all zero but for its arrays, which may be the empty value.
            _ => {
                let ty = self.cx.ty(map_type);
                self.empty(ty)
            }
        };
        if entries.is_empty() {
            return map;
        }
        let address = self.temp(map);
        for &(key, value) in entries {
            let (key, value) = (self.expr(key), self.expr(value));
            self.call_values(&set, vec![address, key, value]);
        }
        self.take(address)
    }

    /// A range as a value of type 区间 or 字符区间.
    pub(super) fn range(&mut self, expr: ExprId, start: Option<ExprId>, end: Option<ExprId>, inclusive: bool) -> Value {
        let ty = self.raw_type(expr);
        let is_char =
            matches!(ty.kind(), TyKind::Adt(id, _) if self.cx.analysis.signatures.known.char_range == Some(*id));
        let start = self.range_end(start, i64::MIN);
        let end = self.range_end(end, i64::MAX);
        let ty = self.cx.ty(ty);
        let inclusive = self.bool(inclusive);
        if is_char {
            return self.struct_new(ty, vec![start, end, inclusive]);
        }
        let step = self.int(1);
        self.struct_new(ty, vec![start, end, step, inclusive])
    }

    fn range_end(&mut self, expr: Option<ExprId>, open: i64) -> Value {
        match expr {
            Some(it) => self.expr(it),
            None => self.int(i128::from(open)),
        }
    }

    /// The value that `数组<T>(n)` holds n times.
    pub fn default_value(&mut self, ty: Ty) -> Value {
        let lowered = self.cx.ty(ty);
        match ty.kind() {
            TyKind::Unit => self.unit(),
            TyKind::Bool => self.bool(false),
            TyKind::Int(_) => self.int_of(0, lowered),
            TyKind::Float(_) => self.build.plain(Opcode::Float(0), Vec::new(), lowered, None),
            TyKind::Char => self.build.plain(Opcode::Char('\0'), Vec::new(), lowered, None),
            TyKind::Str => self.str(""),
            TyKind::Array(_) => self.array_of(lowered, Vec::new()),
            TyKind::Tuple(parts) => {
                let parts = parts.iter().map(|&it| self.default_value(it)).collect();
                self.struct_new(lowered, parts)
            }
            TyKind::Adt(id, _) if self.cx.analysis.signatures.known.option == Some(*id) => self.none(lowered),
            TyKind::Adt(id, args) => self.default_adt(ty, *id, args, lowered),
            _ => self.empty(lowered),
        }
    }

    /// Of an enum: the first variant.
    fn default_adt(&mut self, ty: Ty, id: qi_hir::AdtId, args: &[Ty], lowered: Type) -> Value {
        let (fields, is_enum) = match &self.cx.program.adts[id].kind {
            qi_hir::AdtKind::Struct(fields) => (fields, false),
            qi_hir::AdtKind::Enum(variants) => (&variants[0].fields, true),
        };
        let parts = self.cx.part_types(ty, 0);
        let values = (0..fields.len())
            .map(|index| {
                if fields[index].default.is_some() {
                    return self.field_default(id, 0, index as u32, args);
                }
                self.default_value(parts[index])
            })
            .collect();
        match is_enum {
            true => self.variant(lowered, 0, values),
            false => self.struct_new(lowered, values),
        }
    }
}
