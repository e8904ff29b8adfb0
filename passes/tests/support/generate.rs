//! Random programs: functions, generators and closures over numbers and texts, with loops, early exits, errors and
//! clean-ups that print. Well-formed by construction; loops are bounded.

use qi_base::Id;
use qi_mir::{
    Arith, BlockCall, BlockId, Cmp, Display, Entry, EnumDef, EnumId, Field, Function, FunctionId, FunctionKind, Module,
    Opcode, Overflow, Overrides, Own, Param, RuntimeFn, Signature, Slot, SlotData, StructDef, StructId, Terminator,
    Type, TypeKind, Value, Variant,
};

pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }
    fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) % n
    }
    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// A whole program; the last function is the entry.
pub fn program(seed: u64) -> Module {
    let mut random = Random::new(seed);
    let mut module = Module::default();
    let (unit, i64) = (module.types.unit(), module.types.i64());
    module.types.error();
    let str = module.types.str();
    let field = |name: &str, ty| Field { name: name.to_owned(), ty };
    module.types.structs.push(StructDef {
        name: "对".to_owned(),
        fields: vec![field("文", str), field("数", i64)],
        display: Display::Named,
        runtime_info: None,
        overrides: Overrides::default(),
    });
    module.types.bool();
    module.types.intern(TypeKind::Int { bits: 32, signed: false });
    module.types.enums.push(EnumDef {
        name: "选项".to_owned(),
        variants: vec![
            Variant { name: "无".to_owned(), fields: Vec::new() },
            Variant { name: "有".to_owned(), fields: vec![field("", str)] },
        ],
        overrides: Overrides::default(),
    });
    let pair = module.types.intern(TypeKind::Struct(StructId::from_index(0)));
    let environment = module.types.intern(TypeKind::Box(pair));
    let signature = module.types.signature(Signature { params: vec![(Own::Plain, i64)], result: i64 });
    let closure = module.types.intern(TypeKind::Closure(signature));
    let n_functions = 3 + random.below(6);
    for index in 0..n_functions {
        let last = index + 1 == n_functions;
        let kind = match random.below(10) {
            _ if last => FunctionKind::Plain,
            0..4 => FunctionKind::Generator { item: i64, sent: unit },
            4..6 => FunctionKind::Closure,
            _ => FunctionKind::Plain,
        };
        let mut params = match kind {
            FunctionKind::Closure => {
                let ty = if random.chance(50) { unit } else { environment };
                vec![Param { ty, own: Own::Borrow, name: String::new() }]
            }
            _ => Vec::new(),
        };
        let own = if matches!(kind, FunctionKind::Generator { .. }) { Own::Consume } else { Own::Borrow };
        if !last {
            params.push(Param { ty: i64, own, name: "n".to_owned() });
            if kind == FunctionKind::Plain && random.chance(30) {
                params.push(Param { ty: closure, own, name: "f".to_owned() });
            }
        }
        let result = if matches!(kind, FunctionKind::Generator { .. }) { unit } else { i64 };
        let func = Function::new(format!("f{index}"), format!("f{index}"), kind, params, result);
        let func = Builder::new(&mut module, func, &mut random, closure).build();
        module.functions.push(func);
    }
    let function = module.functions.ids().next_back().expect("some functions");
    module.entry = Some(Entry { function });
    module
}

struct Builder<'a> {
    module: &'a mut Module,
    func: Function,
    random: &'a mut Random,
    closure_type: Type,
    block: BlockId,
    numbers: Vec<Slot>,
    text: Slot,
    /// An array of texts, a struct of a text and a number.
    texts: Slot,
    pair: Slot,
    /// Nothing or a text.
    option: Slot,
    closure: Option<Value>,
    /// Where errors go, and generators to be dropped on the way out, innermost last.
    error: BlockId,
    open: Vec<Slot>,
    depth: usize,
    budget: usize,
}

impl<'a> Builder<'a> {
    fn new(module: &'a mut Module, mut func: Function, random: &'a mut Random, closure_type: Type) -> Self {
        let (i64, str) = (module.types.i64(), module.types.str());
        let mut slot = |ty, name: &str| func.slots.push(SlotData { ty, name: name.to_owned() });
        let numbers = vec![slot(i64, "a"), slot(i64, "b"), slot(i64, "c")];
        let text = slot(str, "s");
        let texts = slot(module.types.intern(TypeKind::Array(str)), "t");
        let pair = slot(module.types.intern(TypeKind::Struct(StructId::from_index(0))), "p");
        let option = slot(module.types.intern(TypeKind::Enum(EnumId::from_index(0))), "o");
        let (block, error) = (func.entry, func.new_block());
        let budget = 8 + usize::try_from(random.below(16)).expect("small");
        let open = Vec::new();
        Self {
            module,
            func,
            random,
            closure_type,
            block,
            numbers,
            text,
            texts,
            pair,
            option,
            closure: None,
            error,
            open,
            depth: 0,
            budget,
        }
    }

    fn build(mut self) -> Function {
        for (index, slot) in self.numbers.clone().into_iter().enumerate() {
            let value = self.int(index as i128);
            self.store(slot, value);
        }
        let text = self.str("");
        self.store(self.text, text);
        let number = self.int(0);
        let ty = self.func.slots[self.pair].ty;
        let pair = self.plain(Opcode::StructNew, vec![text, number], ty);
        self.store(self.pair, pair);
        let ty = self.func.slots[self.texts].ty;
        let first = self.str("甲");
        let texts = self.plain(Opcode::ArrayNew, vec![first, text, first], ty);
        self.store(self.texts, texts);
        for value in self.func.blocks[self.func.entry].params.clone() {
            if matches!(self.module.types.kind(self.func.values[value]), TypeKind::Int { .. }) {
                self.store(self.numbers[0], value);
            }
            if matches!(self.module.types.kind(self.func.values[value]), TypeKind::Box(_)) {
                let (ty, i64) = (self.func.slots[self.pair].ty, self.module.types.i64());
                let pair = self.plain(Opcode::BoxGet, vec![value], ty);
                let number = self.plain(Opcode::StructGet(1), vec![pair], i64);
                self.store(self.numbers[1], number);
            }
            if self.func.values[value] == self.closure_type {
                self.closure = Some(value);
            }
        }
        self.statements();
        self.end();
        self.error_block();
        self.func
    }

    /// Errors print and leave, or are swallowed.
    fn error_block(&mut self) {
        let ty = self.module.types.error();
        let block = self.error;
        let error = self.func.add_block_param(block, ty);
        self.block = block;
        if self.random.chance(50) {
            self.print_constant("finally");
        }
        self.close_all(0);
        if self.random.chance(70) {
            self.func.blocks[self.block].terminator = Terminator::Throw(error);
        } else {
            self.leave();
        }
    }

    fn plain(&mut self, opcode: Opcode, args: Vec<Value>, ty: Type) -> Value {
        self.func.append(self.block, opcode, args, Some(ty), None).expect("asked for a result")
    }
    fn effect(&mut self, opcode: Opcode, args: Vec<Value>) {
        self.func.append(self.block, opcode, args, None, None);
    }
    fn int(&mut self, value: i128) -> Value {
        let ty = self.module.types.i64();
        self.plain(Opcode::Int(value), Vec::new(), ty)
    }
    fn str(&mut self, text: &str) -> Value {
        let ty = self.module.types.str();
        self.plain(Opcode::Str(text.to_owned()), Vec::new(), ty)
    }
    fn address(&mut self, slot: Slot) -> Value {
        let ty = self.module.types.address(self.func.slots[slot].ty);
        self.plain(Opcode::SlotAddress(slot), Vec::new(), ty)
    }
    fn store(&mut self, slot: Slot, value: Value) {
        let address = self.address(slot);
        let opcode = if self.random.chance(10) { Opcode::Init } else { Opcode::Store };
        self.effect(opcode, vec![address, value]);
    }
    fn load(&mut self, slot: Slot) -> Value {
        let address = self.address(slot);
        let ty = self.func.slots[slot].ty;
        let opcode = if self.random.chance(8) { Opcode::Take } else { Opcode::Load };
        self.plain(opcode, vec![address], ty)
    }
    fn number(&mut self) -> Slot {
        let index = self.random.below(3);
        self.numbers[usize::try_from(index).expect("small")]
    }

    /// Runs an operation that may throw; goes on in the normal block.
    fn attempt(&mut self, opcode: Opcode, args: Vec<Value>, ty: Type) -> Value {
        let normal = self.func.new_block();
        let result = self.func.add_block_param(normal, ty);
        let inst = self.func.insts.push(qi_mir::Inst { opcode, args, result: None, site: None });
        self.func.blocks[self.block].terminator =
            Terminator::Try { inst, normal: BlockCall::new(normal), error: BlockCall::new(self.error) };
        self.block = normal;
        result
    }

    fn condition(&mut self) -> Value {
        let slot = self.number();
        let left = self.load(slot);
        let bound = i128::from(self.random.below(6));
        let right = self.int(bound);
        let ty = self.module.types.bool();
        let op = [Cmp::Eq, Cmp::Ne, Cmp::Lt, Cmp::Ge][usize::try_from(self.random.below(4)).expect("small")];
        self.plain(Opcode::Compare(op), vec![left, right], ty)
    }

    fn print_constant(&mut self, text: &str) {
        let text = self.str(text);
        self.print(text);
    }
    fn print(&mut self, text: Value) {
        let unit = self.module.types.unit();
        self.plain(Opcode::CallRuntime(RuntimeFn::qi_print_line, Vec::new()), vec![text], unit);
    }

    fn statements(&mut self) {
        let n = 2 + self.random.below(4);
        for _ in 0..n {
            if self.budget == 0 {
                return;
            }
            self.budget -= 1;
            self.statement();
        }
    }

    fn statement(&mut self) {
        match self.random.below(21) {
            18 => self.set_option(),
            19 | 20 if self.depth < 3 => self.match_option(),
            12 | 13 => self.array(),
            14..16 => self.element(),
            16 | 17 => self.pair(),
            0..2 => self.compute(),
            2 => self.grow_text(),
            3 => self.print_number(),
            4 if self.depth < 3 => self.if_(),
            5 if self.depth < 2 => self.while_(),
            6 | 7 => self.call(),
            8 | 9 if self.depth < 2 => self.for_(),
            10 | 11 if matches!(self.func.kind, FunctionKind::Generator { .. }) => self.yield_(),
            _ => self.print_number(),
        }
    }

    fn compute(&mut self) {
        let ty = self.module.types.i64();
        let (left, right) = (self.number(), self.number());
        let (left, right) = (self.load(left), self.load(right));
        let value = if self.random.chance(30) {
            self.attempt(Opcode::Int2(Arith::Div, Overflow::Checked), vec![left, right], ty)
        } else {
            let op = [Arith::Add, Arith::Sub][usize::try_from(self.random.below(2)).expect("small")];
            self.plain(Opcode::Int2(op, Overflow::Wrapping), vec![left, right], ty)
        };
        let slot = self.number();
        self.store(slot, value);
    }

    fn grow_text(&mut self) {
        let (ty, number) = (self.module.types.str(), self.number());
        let number = self.load(number);
        let number = self.plain(Opcode::CallRuntime(RuntimeFn::qi_str_from_int, Vec::new()), vec![number], ty);
        let old = self.load(self.text);
        let text = self.plain(Opcode::CallRuntime(RuntimeFn::qi_str_trim, Vec::new()), vec![number], ty);
        self.print(old);
        self.store(self.text, text);
    }

    fn array(&mut self) {
        let text = self.load(self.text);
        let address = self.address(self.texts);
        self.effect(Opcode::ArrayPush, vec![address, text]);
    }

    /// Reads an element, perhaps keeps it while the array changes, perhaps changes it.
    fn element(&mut self) {
        let (str, i64) = (self.module.types.str(), self.module.types.i64());
        let ty = self.func.slots[self.texts].ty;
        let at = i128::from(self.random.below(4));
        let at = self.int(at);
        let address = self.address(self.texts);
        if self.random.chance(40) {
            let text = self.load(self.text);
            let to = self.module.types.address(str);
            let element = self.attempt(Opcode::ElementAddress, vec![address, at], to);
            self.effect(Opcode::Store, vec![element, text]);
            return;
        }
        let opcode = if self.random.chance(10) { Opcode::Take } else { Opcode::Load };
        let array = self.plain(opcode, vec![address], ty);
        let text = self.attempt(Opcode::ArrayGet, vec![array, at], str);
        if self.random.chance(50) {
            self.array();
        }
        self.print(text);
        if self.random.chance(30) {
            self.store(self.text, text);
        }
        if self.random.chance(30) {
            let len = self.plain(Opcode::ArrayLen, vec![array], i64);
            let slot = self.number();
            self.store(slot, len);
        }
    }

    fn set_option(&mut self) {
        let ty = self.func.slots[self.option].ty;
        let id = EnumId::from_index(0);
        let value = if self.random.chance(40) {
            self.plain(Opcode::EnumNew(id, 0), Vec::new(), ty)
        } else {
            let text = self.load(self.text);
            self.plain(Opcode::EnumNew(id, 1), vec![text], ty)
        };
        self.store(self.option, value);
    }

    fn match_option(&mut self) {
        let str = self.module.types.str();
        let tag = self.module.types.intern(TypeKind::Int { bits: 32, signed: false });
        if self.random.chance(50) {
            self.set_option();
        }
        let whole = self.load(self.option);
        let tag = self.plain(Opcode::EnumTag, vec![whole], tag);
        let (none, some, after) = (self.func.new_block(), self.func.new_block(), self.func.new_block());
        self.func.blocks[self.block].terminator =
            Terminator::Switch { value: tag, cases: vec![(1, BlockCall::new(some))], default: BlockCall::new(none) };
        self.depth += 1;
        for block in [none, some] {
            self.block = block;
            if block == some {
                let text = self.plain(Opcode::EnumGet { variant: 1, field: 0 }, vec![whole], str);
                self.print(text);
            }
            self.statements();
            if self.random.chance(30) {
                self.set_option();
            }
            self.func.blocks[self.block].terminator = Terminator::Jump(BlockCall::new(after));
        }
        self.depth -= 1;
        self.block = after;
    }

    fn pair(&mut self) {
        let (str, i64) = (self.module.types.str(), self.module.types.i64());
        let ty = self.func.slots[self.pair].ty;
        let address = self.address(self.pair);
        let number = self.number();
        match self.random.below(4) {
            0 => {
                let number = self.load(number);
                let to = self.module.types.address(i64);
                let field = self.plain(Opcode::FieldAddress(1), vec![address], to);
                self.effect(Opcode::Store, vec![field, number]);
            }
            1 => {
                let to = self.module.types.address(str);
                let field = self.plain(Opcode::FieldAddress(0), vec![address], to);
                let opcode = if self.random.chance(20) { Opcode::Take } else { Opcode::Load };
                let text = self.plain(opcode, vec![field], str);
                self.store(self.text, text);
            }
            2 => {
                let whole = self.plain(Opcode::Load, vec![address], ty);
                let before = self.plain(Opcode::StructGet(0), vec![whole], str);
                let text = self.load(self.text);
                let changed = self.plain(Opcode::StructSet(0), vec![whole, text], ty);
                self.store(self.pair, changed);
                self.print(before);
            }
            _ => {
                let whole = self.plain(Opcode::Load, vec![address], ty);
                let value = self.plain(Opcode::StructGet(1), vec![whole], i64);
                self.store(number, value);
            }
        }
    }

    fn print_number(&mut self) {
        let ty = self.module.types.str();
        let slot = self.number();
        let number = self.load(slot);
        let text = self.plain(Opcode::CallRuntime(RuntimeFn::qi_str_from_int, Vec::new()), vec![number], ty);
        self.print(text);
    }

    fn if_(&mut self) {
        let condition = self.condition();
        let (then, otherwise, after) = (self.func.new_block(), self.func.new_block(), self.func.new_block());
        self.func.blocks[self.block].terminator =
            Terminator::Branch { condition, then: BlockCall::new(then), otherwise: BlockCall::new(otherwise) };
        self.depth += 1;
        for block in [then, otherwise] {
            self.block = block;
            self.statements();
            if self.random.chance(15) {
                self.end();
            } else {
                self.func.blocks[self.block].terminator = Terminator::Jump(BlockCall::new(after));
            }
        }
        self.depth -= 1;
        self.block = after;
    }

    /// Counts to a small number in a slot of its own.
    fn while_(&mut self) {
        let (i64, bool) = (self.module.types.i64(), self.module.types.bool());
        let counter = self.func.slots.push(SlotData { ty: i64, name: "i".to_owned() });
        let zero = self.int(0);
        let address = self.address(counter);
        self.effect(Opcode::Store, vec![address, zero]);
        let (head, body, after) = (self.func.new_block(), self.func.new_block(), self.func.new_block());
        self.func.blocks[self.block].terminator = Terminator::Jump(BlockCall::new(head));
        self.block = head;
        let bound = i128::from(1 + self.random.below(3));
        let bound = self.int(bound);
        let address = self.address(counter);
        let value = self.plain(Opcode::Load, vec![address], i64);
        let condition = self.plain(Opcode::Compare(Cmp::Lt), vec![value, bound], bool);
        self.func.blocks[self.block].terminator =
            Terminator::Branch { condition, then: BlockCall::new(body), otherwise: BlockCall::new(after) };
        self.block = body;
        let one = self.int(1);
        let value = self.plain(Opcode::Int2(Arith::Add, Overflow::Wrapping), vec![value, one], i64);
        let address = self.address(counter);
        self.effect(Opcode::Store, vec![address, value]);
        self.depth += 1;
        self.statements();
        self.depth -= 1;
        self.func.blocks[self.block].terminator = Terminator::Jump(BlockCall::new(head));
        self.block = after;
    }

    /// A function made before this one, of the kind.
    fn earlier(&mut self, wanted: impl Fn(&FunctionKind) -> bool) -> Option<FunctionId> {
        let ids: Vec<FunctionId> =
            self.module.functions.iter().filter(|(_, func)| wanted(&func.kind)).map(|(id, _)| id).collect();
        if ids.is_empty() {
            return None;
        }
        Some(ids[usize::try_from(self.random.below(ids.len() as u64)).expect("small")])
    }

    fn a_closure(&mut self) -> Option<Value> {
        if let Some(known) = self.closure.filter(|_| self.random.chance(50)) {
            return Some(known);
        }
        let body = self.earlier(|kind| *kind == FunctionKind::Closure)?;
        let ty = self.closure_type;
        let environment = self.module.functions[body].params[0].ty;
        let mut captured = Vec::new();
        if matches!(self.module.types.kind(environment), TypeKind::Box(_)) {
            let pair = self.load(self.pair);
            captured.push(self.plain(Opcode::BoxNew, vec![pair], environment));
        }
        Some(self.plain(Opcode::ClosureNew(body), captured, ty))
    }

    fn call(&mut self) {
        let i64 = self.module.types.i64();
        let slot = self.number();
        let number = self.load(slot);
        let value = if self.random.chance(30) {
            let Some(closure) = self.a_closure() else { return };
            self.attempt(Opcode::CallClosure, vec![closure, number], i64)
        } else {
            let Some(callee) = self.earlier(|kind| *kind == FunctionKind::Plain) else { return };
            let mut args = vec![number];
            if self.module.functions[callee].params.len() > 1 {
                let Some(closure) = self.a_closure() else { return };
                args.push(closure);
            }
            self.attempt(Opcode::Call(callee), args, i64)
        };
        let slot = self.number();
        self.store(slot, value);
    }

    /// Steps a generator in a loop that may break.
    fn for_(&mut self) {
        let Some(body) = self.earlier(|kind| matches!(kind, FunctionKind::Generator { .. })) else { return };
        let (i64, unit, bool) = (self.module.types.i64(), self.module.types.unit(), self.module.types.bool());
        let handle_type = self.module.types.intern(TypeKind::Generator { item: i64, sent: unit });
        let slot = self.number();
        let number = self.load(slot);
        let handle = self.plain(Opcode::GeneratorNew(body), vec![number], handle_type);
        let place = self.func.slots.push(SlotData { ty: handle_type, name: String::new() });
        let item = self.func.slots.push(SlotData { ty: i64, name: String::new() });
        let address = self.address(place);
        self.effect(Opcode::Init, vec![address, handle]);
        self.open.push(place);
        let (head, after, failed) = (self.func.new_block(), self.func.new_block(), self.func.new_block());
        let outer = std::mem::replace(&mut self.error, failed);
        self.func.blocks[self.block].terminator = Terminator::Jump(BlockCall::new(head));
        self.block = head;
        let (address, out) = (self.address(place), self.address(item));
        let handle = self.plain(Opcode::Load, vec![address], handle_type);
        let got = self.attempt(Opcode::GeneratorNext, vec![handle, out], bool);
        let (inside, done) = (self.func.new_block(), self.func.new_block());
        self.func.blocks[self.block].terminator =
            Terminator::Branch { condition: got, then: BlockCall::new(inside), otherwise: BlockCall::new(done) };
        self.block = inside;
        let out = self.address(item);
        let value = self.plain(Opcode::Take, vec![out], i64);
        let slot = self.number();
        self.store(slot, value);
        self.depth += 1;
        self.statements();
        self.depth -= 1;
        self.loop_end(head, done);
        self.open.pop();
        self.error = outer;
        for (block, to) in [(done, after), (failed, outer)] {
            self.block = block;
            let ty = self.module.types.error();
            let args = if block == failed { vec![self.func.add_block_param(failed, ty)] } else { Vec::new() };
            self.close(place);
            self.func.blocks[self.block].terminator = Terminator::Jump(BlockCall::with(to, args));
        }
        self.block = after;
    }

    /// 继续, 跳出 or 返回.
    fn loop_end(&mut self, head: BlockId, done: BlockId) {
        if self.random.chance(40) {
            let condition = self.condition();
            let leaving = self.func.new_block();
            self.func.blocks[self.block].terminator =
                Terminator::Branch { condition, then: BlockCall::new(leaving), otherwise: BlockCall::new(head) };
            self.block = leaving;
            if self.random.chance(60) {
                self.func.blocks[self.block].terminator = Terminator::Jump(BlockCall::new(done));
            } else {
                self.end();
            }
        } else {
            self.func.blocks[self.block].terminator = Terminator::Jump(BlockCall::new(head));
        }
    }

    fn close(&mut self, place: Slot) {
        let address = self.address(place);
        self.effect(Opcode::Clear, vec![address]);
    }
    fn close_all(&mut self, depth: usize) {
        for place in self.open.clone().into_iter().skip(depth).rev() {
            self.close(place);
        }
    }

    fn yield_(&mut self) {
        let slot = self.number();
        let item = self.load(slot);
        let unit = self.module.types.unit();
        self.attempt(Opcode::Yield, vec![item], unit);
    }

    /// 返回.
    fn end(&mut self) {
        self.close_all(0);
        self.leave();
    }
    fn leave(&mut self) {
        let value = if matches!(self.func.kind, FunctionKind::Generator { .. }) {
            let unit = self.module.types.unit();
            self.plain(Opcode::Unit, Vec::new(), unit)
        } else {
            let slot = self.number();
            self.load(slot)
        };
        self.func.blocks[self.block].terminator = Terminator::Return(value);
    }
}
