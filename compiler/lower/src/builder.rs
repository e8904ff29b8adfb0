//! Appends instructions to the current block and keeps track of which blocks can be reached.

use crate::body::Body;
use qi_base::IdVec;
use qi_mir as mir;
use qi_mir::opcode::Throws;
use qi_mir::{
    BlockCall, BlockId, Cmp, Inst, Opcode, RuntimeFn, SiteId, Slot, SlotData, Terminator, Type, TypeKind, Value,
};

pub(crate) struct Builder {
    pub func: mir::Function,
    pub block: BlockId,
    /// Whether some reachable block jumps to each block.
    reached: IdVec<BlockId, bool>,
}

impl Builder {
    pub fn new(func: mir::Function) -> Self {
        let mut reached: IdVec<BlockId, bool> = func.blocks.ids().map(|_| false).collect();
        reached[func.entry] = true;
        Self { block: func.entry, func, reached }
    }

    pub fn new_block(&mut self) -> BlockId {
        let block = self.func.new_block();
        self.reached.push(false);
        debug_assert_eq!(self.reached.len(), self.func.blocks.len());
        block
    }

    /// A block with one parameter.
    pub fn new_block_with(&mut self, ty: Type) -> (BlockId, Value) {
        let block = self.new_block();
        (block, self.func.add_block_param(block, ty))
    }

    /// Nothing that is emitted now can run.
    pub fn is_dead(&self) -> bool {
        !self.reached[self.block]
    }
    pub fn is_reached(&self, block: BlockId) -> bool {
        self.reached[block]
    }

    pub fn switch_to(&mut self, block: BlockId) {
        self.block = block;
    }

    /// Ends the block; what follows goes to a fresh block that nothing reaches.
    pub fn terminate(&mut self, terminator: Terminator) {
        if !self.is_dead() {
            let targets: Vec<BlockId> = terminator.targets().into_iter().map(|it| it.block).collect();
            targets.into_iter().for_each(|it| self.reached[it] = true);
        }
        self.func.blocks[self.block].terminator = terminator;
        self.block = self.new_block();
    }

    pub fn jump(&mut self, block: BlockId, args: Vec<Value>) {
        self.terminate(Terminator::Jump(BlockCall::with(block, args)));
    }

    pub fn slot(&mut self, ty: Type, name: &str) -> Slot {
        self.func.slots.push(SlotData { ty, name: name.to_owned() })
    }

    /// An instruction that does not throw.
    pub fn plain(&mut self, opcode: Opcode, args: Vec<Value>, ty: Type, site: Option<SiteId>) -> Value {
        self.func.append(self.block, opcode, args, Some(ty), site).expect("a type gives a result")
    }

    /// An instruction without result.
    pub fn effect(&mut self, opcode: Opcode, args: Vec<Value>) {
        self.func.append(self.block, opcode, args, None, None);
    }
}

impl Body<'_, '_> {
    pub fn type_of(&self, value: Value) -> Type {
        self.build.func.values[value]
    }
    pub fn kind_of(&self, value: Value) -> &TypeKind {
        self.cx.module.types.kind(self.type_of(value))
    }
    /// Of the place that an address points to.
    pub fn pointee(&self, address: Value) -> Type {
        match *self.kind_of(address) {
            TypeKind::Address(of) => of,
            ref other => qi_base::bug!("{other:?} is no address"),
        }
    }

    pub fn here(&mut self) -> Option<SiteId> {
        self.span.map(|span| self.cx.site(span, &self.build.func.name))
    }

    /// Emits the operation, as a `try` if it may throw or suspend.
    pub fn op(&mut self, opcode: Opcode, args: Vec<Value>, ty: Type) -> Value {
        let tried = match &opcode {
            Opcode::CallExtern(it) => self.cx.module.externs[*it].blocking,
            other => other.throws() != Throws::Never,
        };
        if tried {
            return self.tried(opcode, args, ty);
        }
        let wants_site = match &opcode {
            Opcode::CallRuntime(entry, _) => entry.takes_site(),
            Opcode::ErrorNew | Opcode::Spawn { .. } | Opcode::GeneratorNew(_) => true,
            _ => false,
        };
        let site = if wants_site { self.here().or(self.build.func.site) } else { None };
        self.build.plain(opcode, args, ty, site)
    }

    fn tried(&mut self, opcode: Opcode, args: Vec<Value>, ty: Type) -> Value {
        let site = self.here();
        let inst = self.build.func.insts.push(Inst { opcode, args, result: None, site });
        let (normal, value) = self.build.new_block_with(ty);
        let error = self.error_target();
        let (normal_call, error_call) = (BlockCall::new(normal), BlockCall::new(error));
        self.build.terminate(Terminator::Try { inst, normal: normal_call, error: error_call });
        self.build.switch_to(normal);
        value
    }

    /// A runtime call; without a result type it gives unit.
    pub fn runtime(&mut self, entry: RuntimeFn, infos: Vec<Type>, args: Vec<Value>, ty: Option<Type>) -> Value {
        let ty = ty.unwrap_or_else(|| self.cx.module.types.unit());
        debug_assert!(entry.takes_infos() || infos.is_empty(), "{entry:?} takes no types");
        let value = self.op(Opcode::CallRuntime(entry, infos), args, ty);
        if entry.diverges() {
            self.build.terminate(Terminator::Unreachable);
        }
        value
    }

    pub fn branch(&mut self, condition: Value, then: BlockId, otherwise: BlockId) {
        self.build.terminate(Terminator::Branch {
            condition,
            then: BlockCall::new(then),
            otherwise: BlockCall::new(otherwise),
        });
    }

    // ---- constants ----

    pub fn unit(&mut self) -> Value {
        let ty = self.cx.module.types.unit();
        self.build.plain(Opcode::Unit, Vec::new(), ty, None)
    }
    pub fn bool(&mut self, value: bool) -> Value {
        let ty = self.cx.module.types.bool();
        self.build.plain(Opcode::Bool(value), Vec::new(), ty, None)
    }
    pub fn int(&mut self, value: i128) -> Value {
        let ty = self.cx.module.types.i64();
        self.int_of(value, ty)
    }
    pub fn int_of(&mut self, value: i128, ty: Type) -> Value {
        self.build.plain(Opcode::Int(value), Vec::new(), ty, None)
    }
    pub fn str(&mut self, text: &str) -> Value {
        let ty = self.cx.module.types.str();
        self.build.plain(Opcode::Str(text.to_owned()), Vec::new(), ty, None)
    }
    pub fn empty(&mut self, ty: Type) -> Value {
        if *self.cx.module.types.kind(ty) == TypeKind::Unit {
            return self.unit();
        }
        self.build.plain(Opcode::Empty, Vec::new(), ty, None)
    }
    pub fn tag(&mut self, variant: u32) -> Value {
        let ty = self.tag_type();
        self.int_of(i128::from(variant), ty)
    }
    pub fn tag_type(&mut self) -> Type {
        self.cx.module.types.intern(TypeKind::Int { bits: 32, signed: false })
    }

    // ---- places ----

    pub fn slot_address(&mut self, slot: Slot) -> Value {
        let ty = self.build.func.slots[slot].ty;
        let address = self.cx.module.types.address(ty);
        self.build.plain(Opcode::SlotAddress(slot), Vec::new(), address, None)
    }
    pub fn global_address(&mut self, global: mir::GlobalId) -> Value {
        let ty = self.cx.module.globals[global].ty;
        let address = self.cx.module.types.address(ty);
        self.build.plain(Opcode::GlobalAddress(global), Vec::new(), address, None)
    }
    pub fn cell_address(&mut self, cell: Value) -> Value {
        let TypeKind::Cell(of) = *self.kind_of(cell) else { qi_base::bug!("no cell") };
        let address = self.cx.module.types.address(of);
        self.build.plain(Opcode::CellAddress, vec![cell], address, None)
    }
    pub fn load(&mut self, address: Value) -> Value {
        let ty = self.pointee(address);
        self.build.plain(Opcode::Load, vec![address], ty, None)
    }
    pub fn take(&mut self, address: Value) -> Value {
        let ty = self.pointee(address);
        // Emptying what needs no release would be a store for nothing.
        let opcode = if self.cx.module.types.is_counted(ty) { Opcode::Take } else { Opcode::Load };
        self.build.plain(opcode, vec![address], ty, None)
    }
    pub fn store(&mut self, address: Value, value: Value) {
        self.build.effect(Opcode::Store, vec![address, value]);
    }
    pub fn init(&mut self, address: Value, value: Value) {
        self.build.effect(Opcode::Init, vec![address, value]);
    }
    /// Address of a fresh nameless slot that holds the value.
    pub fn temp(&mut self, value: Value) -> Value {
        let address = self.empty_temp(self.type_of(value));
        self.init(address, value);
        address
    }
    /// Address of a fresh nameless slot that a call will fill.
    pub fn empty_temp(&mut self, ty: Type) -> Value {
        let slot = self.build.slot(ty, "");
        self.slot_address(slot)
    }

    // ---- small operations ----

    pub fn compare(&mut self, cmp: Cmp, a: Value, b: Value) -> Value {
        let ty = self.cx.module.types.bool();
        self.build.plain(Opcode::Compare(cmp), vec![a, b], ty, None)
    }
    pub fn not(&mut self, value: Value) -> Value {
        let ty = self.type_of(value);
        self.build.plain(Opcode::Bits2(mir::Bits::Not), vec![value], ty, None)
    }
    /// Integer arithmetic that is known to fit.
    pub fn wrapping(&mut self, op: mir::Arith, a: Value, b: Value) -> Value {
        let ty = self.type_of(a);
        self.build.plain(Opcode::Int2(op, mir::Overflow::Wrapping), vec![a, b], ty, None)
    }
    /// As 打印 shows the value.
    pub fn text(&mut self, value: Value) -> Value {
        if *self.kind_of(value) == TypeKind::Str {
            return value;
        }
        let ty = self.cx.module.types.str();
        self.op(Opcode::Text, vec![value], ty)
    }

    /// The value as the type wanted. Where no path gets, the unit of an expression that never ends stands for any type.
    pub fn fit(&mut self, value: Value, ty: Type) -> Value {
        if self.type_of(value) == ty {
            return value;
        }
        if !self.build.is_dead() && *self.kind_of(value) != TypeKind::Unit {
            qi_base::bug!(
                "{}: a value of type {} where {} is wanted, at {:?}",
                self.build.func.name,
                mir::print::type_text(&self.cx.module.types, self.type_of(value)),
                mir::print::type_text(&self.cx.module.types, ty),
                self.span
            );
        }
        self.empty(ty)
    }

    // ---- 选项 and 结果 ----

    pub fn variant(&mut self, ty: Type, variant: u32, args: Vec<Value>) -> Value {
        let TypeKind::Enum(id) = *self.cx.module.types.kind(ty) else { qi_base::bug!("no enum to make") };
        let fields: Vec<Type> =
            self.cx.module.types.enums[id].variants[variant as usize].fields.iter().map(|it| it.ty).collect();
        let args = args.into_iter().zip(fields).map(|(value, ty)| self.boxed(value, ty)).collect();
        self.build.plain(Opcode::EnumNew(id, variant), args, ty, None)
    }
    /// 有(value) of the 选项 type.
    pub fn some(&mut self, option: Type, value: Value) -> Value {
        self.variant(option, 0, vec![value])
    }
    pub fn none(&mut self, option: Type) -> Value {
        self.variant(option, 1, Vec::new())
    }
    /// Whether an enum value is of the variant.
    pub fn is_variant(&mut self, value: Value, variant: u32) -> Value {
        let ty = self.tag_type();
        let tag = self.build.plain(Opcode::EnumTag, vec![value], ty, None);
        let wanted = self.tag(variant);
        self.compare(Cmp::Eq, tag, wanted)
    }
    /// Payload field of an enum value known to be of the variant.
    pub fn payload(&mut self, value: Value, variant: u32, field: u32) -> Value {
        let TypeKind::Enum(id) = *self.kind_of(value) else { qi_base::bug!("no enum to take apart") };
        let ty = self.cx.module.types.enums[id].variants[variant as usize].fields[field as usize].ty;
        let part = self.build.plain(Opcode::EnumGet { variant, field }, vec![value], ty, None);
        self.unboxed(part)
    }
    /// Field of a struct or tuple value.
    pub fn struct_get(&mut self, value: Value, field: u32) -> Value {
        let part = self.struct_part(value, field);
        self.unboxed(part)
    }
    /// The field as it is stored.
    pub fn struct_part(&mut self, value: Value, field: u32) -> Value {
        let TypeKind::Struct(id) = *self.kind_of(value) else { qi_base::bug!("no struct to take apart") };
        let ty = self.cx.module.types.structs[id].fields[field as usize].ty;
        self.build.plain(Opcode::StructGet(field), vec![value], ty, None)
    }
    pub fn struct_new(&mut self, ty: Type, parts: Vec<Value>) -> Value {
        let TypeKind::Struct(id) = *self.cx.module.types.kind(ty) else { qi_base::bug!("no struct to make") };
        let fields: Vec<Type> = self.cx.module.types.structs[id].fields.iter().map(|it| it.ty).collect();
        let parts = parts.into_iter().zip(fields).map(|(value, ty)| self.boxed(value, ty)).collect();
        self.build.plain(Opcode::StructNew, parts, ty, None)
    }
    fn unboxed(&mut self, part: Value) -> Value {
        match *self.kind_of(part) {
            TypeKind::Box(of) => self.build.plain(Opcode::BoxGet, vec![part], of, None),
            _ => part,
        }
    }
    fn boxed(&mut self, value: Value, stored: Type) -> Value {
        match *self.cx.module.types.kind(stored) {
            TypeKind::Box(of) if self.type_of(value) != stored => {
                let value = self.fit(value, of);
                self.build.plain(Opcode::BoxNew, vec![value], stored, None)
            }
            _ => self.fit(value, stored),
        }
    }

    /// Joins two branches: runs `then` where the condition holds, else `otherwise`; both give a value of the type.
    pub fn select(
        &mut self,
        condition: Value,
        ty: Type,
        then: impl FnOnce(&mut Self) -> Value,
        otherwise: impl FnOnce(&mut Self) -> Value,
    ) -> Value {
        let (yes, no) = (self.build.new_block(), self.build.new_block());
        let (join, result) = self.build.new_block_with(ty);
        self.branch(condition, yes, no);
        self.build.switch_to(yes);
        let value = then(self);
        let value = self.fit(value, ty);
        self.build.jump(join, vec![value]);
        self.build.switch_to(no);
        let value = otherwise(self);
        let value = self.fit(value, ty);
        self.build.jump(join, vec![value]);
        self.build.switch_to(join);
        result
    }
}
