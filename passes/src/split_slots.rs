//! Splits slots of struct type into one slot per field, where only whole accesses and field addresses use them, so that
//! `promote` can make values of the fields. A struct with counted fields that is read as a whole stays whole: reading it
//! costs no counts, putting it together again would. Repeats for nested structs.
//!
//! ```text
//! v1: address<struct0> = slot_address slot0        v2: address<f64> = slot_address slot1
//! v2: address<f64> = field_address 0 v1       =>   store v2, v0
//! store v2, v0
//! ```

use crate::graph::new_inst;
use qi_base::IdVec;
use qi_mir::{BlockId, Function, InstId, Opcode, Slot, SlotData, Type, TypeKind, Types, Value};

const MAX_FIELDS: usize = 8;
const MAX_NESTING: usize = 4;

pub fn split(types: &mut Types, func: &mut Function) {
    for _ in 0..MAX_NESTING {
        let slots = candidates(types, func);
        if slots.values().all(Option::is_none) {
            return;
        }
        Splitter::new(types, func, &slots).run();
    }
}

/// The field types of each slot that can be split.
fn candidates(types: &Types, func: &Function) -> IdVec<Slot, Option<Vec<Type>>> {
    let mut fields: IdVec<Slot, Option<Vec<Type>>> = func
        .slots
        .values()
        .map(|slot| match types.kind(slot.ty) {
            TypeKind::Struct(id) => {
                let fields: Vec<Type> = types.structs[*id].fields.iter().map(|it| it.ty).collect();
                (1..=MAX_FIELDS).contains(&fields.len()).then_some(fields)
            }
            _ => None,
        })
        .collect();
    let slot_of = addresses(func);
    let mut by_field: IdVec<Slot, bool> = func.slots.ids().map(|_| false).collect();
    for block in func.blocks.ids() {
        for inst in func.block_insts(block) {
            let inst = &func.insts[inst];
            let first = inst.args.first().and_then(|arg| slot_of[*arg]);
            if let Some(slot) = first {
                let counted = types.is_counted(func.slots[slot].ty);
                match inst.opcode {
                    Opcode::FieldAddress(_) => by_field[slot] = true,
                    Opcode::Load if !counted => {}
                    Opcode::Take | Opcode::Store | Opcode::Init | Opcode::Clear => {}
                    _ => fields[slot] = None,
                }
            }
            for slot in inst.args.iter().skip(1).filter_map(|arg| slot_of[*arg]) {
                fields[slot] = None;
            }
        }
        func.blocks[block].terminator.visit_values(|value| {
            if let Some(slot) = slot_of[value] {
                fields[slot] = None;
            }
        });
    }
    for (slot, by_field) in by_field.iter() {
        if !by_field {
            fields[slot] = None;
        }
    }
    fields
}

fn addresses(func: &Function) -> IdVec<Value, Option<Slot>> {
    let mut slot_of: IdVec<Value, Option<Slot>> = func.values.ids().map(|_| None).collect();
    for block in func.blocks.values() {
        for &inst in &block.insts {
            if let (Opcode::SlotAddress(slot), Some(result)) = (&func.insts[inst].opcode, func.insts[inst].result) {
                slot_of[result] = Some(*slot);
            }
        }
    }
    slot_of
}

struct Splitter<'a> {
    types: &'a mut Types,
    func: &'a mut Function,
    slot_of: IdVec<Value, Option<Slot>>,
    /// Field slots with their types.
    parts: IdVec<Slot, Option<Vec<(Slot, Type)>>>,
    out: Vec<InstId>,
}

impl<'a> Splitter<'a> {
    fn new(types: &'a mut Types, func: &'a mut Function, slots: &IdVec<Slot, Option<Vec<Type>>>) -> Self {
        let slot_of = addresses(func);
        let mut parts: IdVec<Slot, Option<Vec<(Slot, Type)>>> = slots.ids().map(|_| None).collect();
        for (slot, fields) in slots.iter() {
            let Some(fields) = fields else { continue };
            let name = func.slots[slot].name.clone();
            let TypeKind::Struct(id) = *types.kind(func.slots[slot].ty) else { continue };
            let part = |(index, ty): (usize, &Type)| {
                let field = &types.structs[id].fields[index].name;
                let name = if name.is_empty() { String::new() } else { format!("{name}.{field}") };
                (func.slots.push(SlotData { ty: *ty, name }), *ty)
            };
            parts[slot] = Some(fields.iter().enumerate().map(part).collect());
        }
        Self { types, func, slot_of, parts, out: Vec::new() }
    }

    fn run(mut self) {
        let blocks: Vec<BlockId> = self.func.blocks.ids().collect();
        for block in blocks {
            for inst in std::mem::take(&mut self.func.blocks[block].insts) {
                self.inst(inst);
            }
            self.func.blocks[block].insts = std::mem::take(&mut self.out);
        }
    }

    fn inst(&mut self, id: InstId) {
        let inst = self.func.insts[id].clone();
        if let Opcode::SlotAddress(slot) = inst.opcode {
            if self.parts.get(slot).is_none_or(Option::is_none) {
                self.out.push(id);
            }
            return;
        }
        let slot = inst.args.first().and_then(|arg| self.slot_of.get(*arg).copied().flatten());
        let Some(parts) = slot.and_then(|slot| self.parts[slot].clone()) else {
            self.out.push(id);
            return;
        };
        match inst.opcode {
            Opcode::FieldAddress(index) => {
                self.func.insts[id].opcode = Opcode::SlotAddress(parts[index as usize].0);
                self.func.insts[id].args.clear();
                self.out.push(id);
            }
            Opcode::Load | Opcode::Take => self.assemble(id, &parts),
            Opcode::Store | Opcode::Init => self.spread(&inst.opcode, inst.args[1], &parts),
            Opcode::Clear => {
                for &(slot, ty) in parts.iter().rev() {
                    let address = self.address(slot, ty);
                    self.emit(Opcode::Clear, vec![address], None);
                }
            }
            other => qi_base::bug!("{other:?} uses a slot that is being split"),
        }
    }

    fn emit(&mut self, opcode: Opcode, args: Vec<Value>, ty: Option<Type>) -> Option<Value> {
        let result = ty.map(|ty| self.func.new_value(ty));
        let inst = new_inst(self.func, opcode, args, result);
        self.out.push(inst);
        result
    }
    fn address(&mut self, slot: Slot, ty: Type) -> Value {
        let ty = self.types.address(ty);
        self.emit(Opcode::SlotAddress(slot), Vec::new(), Some(ty)).expect("addresses are results")
    }

    /// The whole from its fields, as the result of the old instruction.
    fn assemble(&mut self, id: InstId, parts: &[(Slot, Type)]) {
        let access = self.func.insts[id].opcode.clone();
        let mut fields = Vec::new();
        for &(slot, ty) in parts {
            let address = self.address(slot, ty);
            fields.extend(self.emit(access.clone(), vec![address], Some(ty)));
        }
        self.func.insts[id].opcode = Opcode::StructNew;
        self.func.insts[id].args = fields;
        self.out.push(id);
    }

    fn spread(&mut self, access: &Opcode, whole: Value, parts: &[(Slot, Type)]) {
        // What was there ends in the order in which a whole value ends.
        for (index, &(slot, ty)) in parts.iter().enumerate().rev() {
            let index = u32::try_from(index).expect("few fields");
            let field = self.emit(Opcode::StructGet(index), vec![whole], Some(ty)).expect("fields are results");
            let address = self.address(slot, ty);
            self.emit(access.clone(), vec![address, field], None);
        }
    }
}
