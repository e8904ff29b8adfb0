//! Computes what is known: arithmetic on constants, parts of values that were just put together, branches on constants.
//! A checked operation that cannot fail loses its `try`. Does not move anything and leaves dead code to `dead_code`. Linear.
//!
//! ```text
//! v1: i64 = int 2                          v1: i64 = int 2
//! try mul v1, v1 -> block1, error block2   v4: i64 = int 4
//!                                     =>   jump block1(v4)
//! v5: struct0 = struct_new v0, v1          v5: struct0 = struct_new v0, v1
//! return (struct_get 1 v5)                 return v1
//! ```

use crate::effects::make_plain;
use crate::graph::{Renames, definitions};
use qi_base::IdVec;
use qi_mir::analysis::Cfg;
use qi_mir::{
    Arith, Bits, BlockCall, BlockId, Cmp, Function, Inst, InstId, Opcode, Overflow, Terminator, Type, TypeKind, Types,
    Value,
};

/// Says whether anything changed.
pub fn fold(types: &Types, func: &mut Function) -> bool {
    let cfg = Cfg::new(func);
    let mut folder = Folder { types, definitions: definitions(func), renames: Renames::new(func), changed: false };
    for block in cfg.reverse_postorder() {
        for inst in func.blocks[block].insts.clone() {
            folder.inst(func, inst);
        }
        folder.terminator(func, block);
    }
    let changed = folder.changed || !folder.renames.is_empty();
    folder.renames.apply(func);
    changed
}

struct Folder<'a> {
    types: &'a Types,
    definitions: IdVec<Value, Option<InstId>>,
    renames: Renames,
    changed: bool,
}

/// What an operation turns out to be.
enum Known {
    Constant(Opcode),
    Same(Value),
}

impl Folder<'_> {
    fn definition<'f>(&self, func: &'f Function, value: Value) -> Option<&'f Inst> {
        let value = self.renames.resolve(value);
        self.definitions.get(value).copied().flatten().map(|inst| &func.insts[inst])
    }
    fn constant(&self, func: &Function, value: Value) -> Option<i128> {
        match self.definition(func, value)?.opcode {
            Opcode::Int(it) => Some(it),
            Opcode::Bool(it) => Some(i128::from(it)),
            Opcode::Char(it) => Some(i128::from(u32::from(it))),
            _ => None,
        }
    }

    fn inst(&mut self, func: &mut Function, id: InstId) {
        let Some(result) = func.insts[id].result else { return };
        match self.known(func, &func.insts[id], func.values[result]) {
            Some(Known::Constant(opcode)) => {
                func.insts[id].opcode = opcode;
                func.insts[id].args.clear();
                self.changed = true;
            }
            Some(Known::Same(value)) => {
                let value = self.renames.resolve(value);
                if self.renames.resolve(result) != value {
                    self.renames.add(result, value);
                }
            }
            None => {}
        }
    }

    fn known(&self, func: &Function, inst: &Inst, ty: Type) -> Option<Known> {
        let value = |index: usize| self.constant(func, inst.args[index]);
        let part = |index: usize| self.definition(func, inst.args[index]);
        match &inst.opcode {
            Opcode::Int2(op, mode) => {
                let right = if inst.args.len() > 1 { value(1)? } else { 0 };
                arithmetic(self.types.kind(ty), *op, *mode, value(0)?, right).map(|it| Known::Constant(Opcode::Int(it)))
            }
            Opcode::Bits2(op) => self.bits(func, *op, inst, ty),
            Opcode::Compare(op) => {
                let holds = compare(*op, value(0)?, value(1)?);
                Some(Known::Constant(Opcode::Bool(holds)))
            }
            Opcode::IntCast(mode) => {
                let from = value(0)?;
                let to = wrap(self.types.kind(ty), from)?;
                (to == from || *mode == Overflow::Wrapping).then_some(Known::Constant(Opcode::Int(to)))
            }
            Opcode::CharToInt => Some(Known::Constant(Opcode::Int(wrap(self.types.kind(ty), value(0)?)?))),
            Opcode::StructGet(field) => {
                let mut whole = part(0)?;
                // Past changes of other fields.
                while let Opcode::StructSet(set) = whole.opcode {
                    if set == *field {
                        return Some(Known::Same(whole.args[1]));
                    }
                    whole = self.definition(func, whole.args[0])?;
                }
                (whole.opcode == Opcode::StructNew).then(|| Known::Same(whole.args[*field as usize]))
            }
            Opcode::EnumTag => match part(0)?.opcode {
                Opcode::EnumNew(_, variant) => Some(Known::Constant(Opcode::Int(i128::from(variant)))),
                _ => None,
            },
            Opcode::EnumGet { variant, field } => {
                let whole = part(0)?;
                let same = matches!(whole.opcode, Opcode::EnumNew(_, it) if it == *variant);
                same.then(|| Known::Same(whole.args[*field as usize]))
            }
            // A box is a value: the one it came out of will do.
            Opcode::BoxNew => {
                let content = part(0)?;
                let same = content.opcode == Opcode::BoxGet && func.values[content.args[0]] == ty;
                same.then(|| Known::Same(content.args[0]))
            }
            Opcode::BoxGet => (part(0)?.opcode == Opcode::BoxNew).then(|| Known::Same(part(0).expect("found").args[0])),
            Opcode::ArrayLen => {
                let whole = part(0)?;
                let len = i128::try_from(whole.args.len()).expect("lengths are small");
                (whole.opcode == Opcode::ArrayNew).then_some(Known::Constant(Opcode::Int(len)))
            }
            Opcode::ErrorIs(wanted) => {
                let whole = part(0)?;
                let made = whole.opcode == Opcode::ErrorNew;
                made.then(|| Known::Constant(Opcode::Bool(func.values[whole.args[0]] == *wanted)))
            }
            Opcode::ErrorGet(wanted) => {
                let whole = part(0)?;
                let same = whole.opcode == Opcode::ErrorNew && func.values[whole.args[0]] == *wanted;
                same.then(|| Known::Same(whole.args[0]))
            }
            _ => None,
        }
    }

    fn bits(&self, func: &Function, op: Bits, inst: &Inst, ty: Type) -> Option<Known> {
        let left = self.constant(func, inst.args[0]);
        if op == Bits::Not {
            if let Some(inner) = self.definition(func, inst.args[0]).filter(|it| it.opcode == Opcode::Bits2(Bits::Not))
            {
                return Some(Known::Same(inner.args[0]));
            }
            let left = left?;
            return match self.types.kind(ty) {
                TypeKind::Bool => Some(Known::Constant(Opcode::Bool(left == 0))),
                kind => wrap(kind, !left).map(|it| Known::Constant(Opcode::Int(it))),
            };
        }
        let (left, right) = (left?, self.constant(func, inst.args[1])?);
        let result = match op {
            Bits::And => left & right,
            Bits::Or => left | right,
            Bits::Xor => left ^ right,
            Bits::Not => return None,
        };
        match self.types.kind(ty) {
            TypeKind::Bool => Some(Known::Constant(Opcode::Bool(result != 0))),
            kind => wrap(kind, result).map(|it| Known::Constant(Opcode::Int(it))),
        }
    }

    fn terminator(&mut self, func: &mut Function, block: BlockId) {
        match func.blocks[block].terminator.clone() {
            Terminator::Branch { condition, then, otherwise } => self.branch(func, block, condition, then, otherwise),
            Terminator::Switch { value, cases, default } => {
                let Some(key) = self.constant(func, value) else { return };
                let target = cases.into_iter().find(|case| case.0 == key).map_or(default, |case| case.1);
                func.blocks[block].terminator = Terminator::Jump(target);
                self.changed = true;
            }
            Terminator::Try { inst, normal, .. } => self.checked(func, block, inst, normal),
            Terminator::Return(_) | Terminator::Jump(_) | Terminator::Throw(_) | Terminator::Unreachable => {}
        }
    }

    fn branch(&mut self, func: &mut Function, block: BlockId, condition: Value, then: BlockCall, otherwise: BlockCall) {
        if let Some(known) = self.constant(func, condition) {
            func.blocks[block].terminator = Terminator::Jump(if known != 0 { then } else { otherwise });
            self.changed = true;
        } else if let Some(not) = self.definition(func, condition).filter(|it| it.opcode == Opcode::Bits2(Bits::Not)) {
            func.blocks[block].terminator =
                Terminator::Branch { condition: not.args[0], then: otherwise, otherwise: then };
            self.changed = true;
        }
    }

    /// A checked operation whose outcome is known needs no error edge.
    fn checked(&mut self, func: &mut Function, block: BlockId, inst: InstId, normal: BlockCall) {
        let ty = func.values[func.blocks[normal.block].params[0]];
        if !matches!(func.insts[inst].opcode, Opcode::Int2(..) | Opcode::IntCast(_)) {
            return;
        }
        match self.known(func, &func.insts[inst], ty) {
            Some(Known::Constant(opcode)) => {
                func.insts[inst].opcode = opcode;
                func.insts[inst].args.clear();
            }
            _ if self.is_widening(func, &func.insts[inst], ty) => {
                func.insts[inst].opcode = Opcode::IntCast(Overflow::Wrapping);
            }
            _ => return,
        }
        // Both operations have results, so the unit type is not asked for.
        make_plain(func, block, inst, normal, ty);
        if let Some(result) = func.insts[inst].result {
            self.definitions.ensure(result);
            self.definitions[result] = Some(inst);
        }
        self.changed = true;
    }

    fn is_widening(&self, func: &Function, inst: &Inst, to: Type) -> bool {
        let Opcode::IntCast(_) = inst.opcode else { return false };
        match (range(self.types.kind(func.values[inst.args[0]])), range(self.types.kind(to))) {
            (Some((low, high)), Some((to_low, to_high))) => to_low <= low && high <= to_high,
            _ => false,
        }
    }
}

fn range(kind: &TypeKind) -> Option<(i128, i128)> {
    match *kind {
        TypeKind::Int { bits, signed: true } => Some((-(1 << (bits - 1)), (1 << (bits - 1)) - 1)),
        TypeKind::Int { bits, signed: false } => Some((0, (1 << bits) - 1)),
        _ => None,
    }
}

/// The value cut to the type's bits.
fn wrap(kind: &TypeKind, value: i128) -> Option<i128> {
    let TypeKind::Int { bits, signed } = *kind else { return None };
    let cut = value & ((1 << bits) - 1);
    let negative = signed && (cut >> (bits - 1)) & 1 == 1;
    Some(if negative { cut - (1 << bits) } else { cut })
}

/// None when the operation would throw or is not worth knowing.
fn arithmetic(kind: &TypeKind, op: Arith, mode: Overflow, left: i128, right: i128) -> Option<i128> {
    let exact = match op {
        Arith::Add => left + right,
        Arith::Sub => left - right,
        Arith::Mul => left.checked_mul(right)?,
        Arith::Neg => -left,
        Arith::Div if right != 0 => left / right,
        Arith::Rem if right != 0 => left % right,
        Arith::Div | Arith::Rem | Arith::Shl | Arith::Shr => return None,
    };
    let cut = wrap(kind, exact)?;
    (cut == exact || (mode == Overflow::Wrapping && !matches!(op, Arith::Div | Arith::Rem))).then_some(cut)
}

fn compare(op: Cmp, left: i128, right: i128) -> bool {
    match op {
        Cmp::Eq => left == right,
        Cmp::Ne => left != right,
        Cmp::Lt => left < right,
        Cmp::Le => left <= right,
        Cmp::Gt => left > right,
        Cmp::Ge => left >= right,
    }
}
