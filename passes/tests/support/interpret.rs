//! Runs MIR directly, before or after any pass. Knows the operations that `generate` uses. Counts references of
//! generators only, because their death can be seen; other counts are `arc::check`'s business.

use qi_base::IdVec;
use qi_mir::{
    Arith, BlockCall, BlockId, Cmp, Function, FunctionId, Inst, InstId, Module, Opcode, Overflow, RuntimeFn, Slot,
    Terminator, Type, TypeKind, Value,
};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

#[derive(Clone)]
pub enum Val {
    Unit,
    Int(i64),
    Bool(bool),
    Str(Rc<str>),
    Error(Rc<str>),
    /// A variable and the way to a part of it.
    Address(Rc<RefCell<Val>>, Vec<usize>),
    /// Structs and arrays.
    Parts(Vec<Val>),
    Generator(Rc<Generator>),
    /// The body and its environment.
    Closure(FunctionId, Rc<Val>),
    /// Variant and fields.
    Variant(u32, Vec<Val>),
    Nothing,
}

pub struct Generator {
    frame: RefCell<Option<Frame>>,
    count: Cell<usize>,
}

struct Frame {
    function: FunctionId,
    values: IdVec<Value, Val>,
    slots: IdVec<Slot, Rc<RefCell<Val>>>,
    block: BlockId,
    started: bool,
}

enum Outcome {
    Return(Val),
    Throw(Val),
    Yield(Val),
}

pub struct Interpreter<'a> {
    module: &'a Module,
    pub output: Vec<String>,
    steps: usize,
}

const MAX_STEPS: usize = 200_000;

impl<'a> Interpreter<'a> {
    /// Runs the entry; the last line says how it ended. None when it takes too long.
    pub fn run(module: &'a Module) -> Option<Vec<String>> {
        let mut it = Self { module, output: Vec::new(), steps: 0 };
        let entry = module.entry.as_ref().expect("a program").function;
        let end = match it.call(entry, Vec::new())? {
            Outcome::Return(Val::Int(code)) => format!("returns {code}"),
            Outcome::Return(_) => "returns".to_owned(),
            Outcome::Throw(Val::Error(text)) => format!("throws {text}"),
            Outcome::Throw(_) | Outcome::Yield(_) => panic!("the entry ends strangely"),
        };
        it.output.push(end);
        Some(it.output)
    }

    fn func(&self, id: FunctionId) -> &'a Function {
        &self.module.functions[id]
    }

    fn frame(&self, id: FunctionId, args: Vec<Val>) -> Frame {
        let func = self.func(id);
        let mut values: IdVec<Value, Val> = func.values.ids().map(|_| Val::Nothing).collect();
        for (param, arg) in func.blocks[func.entry].params.iter().zip(args) {
            values[*param] = arg;
        }
        let slots = func.slots.values().map(|slot| Rc::new(RefCell::new(self.empty(slot.ty)))).collect();
        Frame { function: id, values, slots, block: func.entry, started: false }
    }

    fn empty(&self, ty: Type) -> Val {
        match self.module.types.kind(ty) {
            TypeKind::Unit => Val::Unit,
            TypeKind::Bool => Val::Bool(false),
            TypeKind::Int { .. } => Val::Int(0),
            TypeKind::Str => Val::Str("".into()),
            TypeKind::Enum(_) => Val::Variant(0, Vec::new()),
            TypeKind::Array(_) => Val::Parts(Vec::new()),
            TypeKind::Struct(id) => {
                Val::Parts(self.module.types.structs[*id].fields.iter().map(|it| self.empty(it.ty)).collect())
            }
            _ => Val::Nothing,
        }
    }

    fn call(&mut self, id: FunctionId, args: Vec<Val>) -> Option<Outcome> {
        let mut frame = self.frame(id, args);
        self.resume(&mut frame)
    }

    /// Goes on until the frame returns, throws or yields.
    fn resume(&mut self, frame: &mut Frame) -> Option<Outcome> {
        let func = self.func(frame.function);
        frame.started = true;
        loop {
            self.steps += 1;
            if self.steps > MAX_STEPS {
                return None;
            }
            let block = &func.blocks[frame.block];
            for &inst in &block.insts {
                match self.inst(frame, func, inst)? {
                    Ok(value) => {
                        if let Some(result) = func.insts[inst].result {
                            frame.values[result] = value;
                        }
                    }
                    Err(error) => panic!("a plain instruction throws {}", text(&error)),
                }
            }
            match &block.terminator {
                Terminator::Return(value) => return Some(Outcome::Return(frame.values[*value].clone())),
                Terminator::Throw(value) => return Some(Outcome::Throw(frame.values[*value].clone())),
                Terminator::Jump(target) => enter(frame, func, target, None),
                Terminator::Branch { condition, then, otherwise } => {
                    let taken = if matches!(frame.values[*condition], Val::Bool(true)) { then } else { otherwise };
                    enter(frame, func, taken, None);
                }
                Terminator::Switch { value, cases, default } => {
                    let Val::Int(key) = frame.values[*value] else { panic!("switch on no integer") };
                    let case = cases.iter().find(|case| case.0 == i128::from(key));
                    enter(frame, func, case.map_or(default, |case| &case.1), None);
                }
                Terminator::Try { inst, normal, error } => {
                    if func.insts[*inst].opcode == Opcode::Yield {
                        return Some(Outcome::Yield(frame.values[func.insts[*inst].args[0]].clone()));
                    }
                    match self.inst(frame, func, *inst)? {
                        Ok(value) => enter(frame, func, normal, Some(value)),
                        Err(value) => enter(frame, func, error, Some(value)),
                    }
                }
                Terminator::Unreachable => panic!("reached the unreachable"),
            }
        }
    }

    fn inst(&mut self, frame: &Frame, func: &Function, id: InstId) -> Option<Result<Val, Val>> {
        let inst = &func.insts[id];
        let arg = |index: usize| frame.values[inst.args[index]].clone();
        let args = || inst.args.iter().map(|arg| frame.values[*arg].clone()).collect::<Vec<_>>();
        let value = match &inst.opcode {
            Opcode::Unit => Val::Unit,
            Opcode::Bool(it) => Val::Bool(*it),
            Opcode::Int(it) => Val::Int(i64::try_from(*it).expect("small numbers")),
            Opcode::Str(it) => Val::Str(it.as_str().into()),
            Opcode::Empty => self.empty(func.values[inst.result.expect("constants have results")]),
            Opcode::Int2(op, mode) => return Some(arithmetic(*op, *mode, &arg(0), &arg(1))),
            Opcode::Compare(op) => Val::Bool(compare(*op, &arg(0), &arg(1))),
            Opcode::SlotAddress(slot) => Val::Address(frame.slots[*slot].clone(), Vec::new()),
            Opcode::Load | Opcode::LoadBorrowed => with_place(&arg(0), |place| place.clone()),
            Opcode::Take | Opcode::Clear => {
                let of = place_type(self.module, func, inst);
                let empty = self.empty(of);
                let old = with_place(&arg(0), |place| std::mem::replace(place, empty));
                if inst.opcode == Opcode::Clear {
                    self.release(&old)?;
                    return Some(Ok(Val::Unit));
                }
                old
            }
            Opcode::Store | Opcode::Init => {
                let old = with_place(&arg(0), |place| std::mem::replace(place, arg(1)));
                if inst.opcode == Opcode::Store {
                    self.release(&old)?;
                }
                Val::Unit
            }
            Opcode::StructNew | Opcode::ArrayNew => Val::Parts(args()),
            Opcode::StructGet(field) => parts(&arg(0))[*field as usize].clone(),
            Opcode::StructSet(field) => {
                let mut all = parts(&arg(0)).to_vec();
                all[*field as usize] = arg(1);
                Val::Parts(all)
            }
            Opcode::FieldAddress(field) => part_address(&arg(0), *field as usize),
            Opcode::ArrayLen => Val::Int(i64::try_from(parts(&arg(0)).len()).expect("short")),
            Opcode::ArrayPush => {
                let item = arg(1);
                with_place(&arg(0), |place| {
                    if let Val::Parts(parts) = place {
                        parts.push(item);
                    }
                });
                Val::Unit
            }
            Opcode::ArrayGet => {
                let found = parts(&arg(0)).get(index(&arg(1))).cloned();
                return Some(found.ok_or_else(|| Val::Error("index".into())));
            }
            Opcode::ElementAddress => {
                let len = with_place(&arg(0), |place| parts(place).len());
                let index = index(&arg(1));
                let found = (index < len).then(|| part_address(&arg(0), index));
                return Some(found.ok_or_else(|| Val::Error("index".into())));
            }
            Opcode::ClosureNew(body) => Val::Closure(*body, Rc::new(args().into_iter().next().unwrap_or(Val::Unit))),
            // Boxes are values.
            Opcode::BoxNew | Opcode::BoxGet => arg(0),
            Opcode::EnumNew(_, variant) => Val::Variant(*variant, args()),
            Opcode::EnumTag => match arg(0) {
                Val::Variant(variant, _) => Val::Int(i64::from(variant)),
                _ => panic!("no variant"),
            },
            Opcode::EnumGet { field, .. } => match arg(0) {
                Val::Variant(_, fields) => fields[*field as usize].clone(),
                _ => panic!("no variant"),
            },
            Opcode::Call(callee) => return self.outcome(*callee, args()),
            Opcode::CallClosure => {
                let Val::Closure(body, env) = arg(0) else { panic!("calls no closure") };
                let mut args = args();
                args[0] = (*env).clone();
                return self.outcome(body, args);
            }
            Opcode::CallRuntime(function, _) => self.runtime(*function, &args()),
            Opcode::GeneratorNew(body) => {
                let frame = RefCell::new(Some(self.frame(*body, args())));
                Val::Generator(Rc::new(Generator { frame, count: Cell::new(1) }))
            }
            Opcode::GeneratorNext => return self.next(&arg(0), &arg(1)),
            Opcode::Retain => {
                if let Val::Generator(it) = arg(0) {
                    it.count.set(it.count.get() + 1);
                }
                Val::Unit
            }
            Opcode::Release => {
                self.release(&arg(0))?;
                Val::Unit
            }
            other => panic!("{other:?} is not interpreted"),
        };
        Some(Ok(value))
    }

    fn outcome(&mut self, callee: FunctionId, args: Vec<Val>) -> Option<Result<Val, Val>> {
        match self.call(callee, args)? {
            Outcome::Return(value) => Some(Ok(value)),
            Outcome::Throw(error) => Some(Err(error)),
            Outcome::Yield(_) => panic!("a function yields"),
        }
    }

    fn runtime(&mut self, function: RuntimeFn, args: &[Val]) -> Val {
        match function {
            RuntimeFn::qi_print_line => {
                self.output.push(text(&args[0]));
                Val::Unit
            }
            RuntimeFn::qi_str_from_int | RuntimeFn::qi_str_trim => Val::Str(text(&args[0]).into()),
            RuntimeFn::qi_str_concat => Val::Str(format!("{}{}", text(&args[0]), text(&args[1])).into()),
            RuntimeFn::qi_error_trace => Val::Unit,
            RuntimeFn::qi_fault_generator_closed => Val::Error("closed".into()),
            RuntimeFn::qi_error_unobserved => {
                self.output.push(format!("unobserved {}", text(&args[0])));
                Val::Unit
            }
            other => panic!("{other:?} is not interpreted"),
        }
    }

    fn next(&mut self, generator: &Val, out: &Val) -> Option<Result<Val, Val>> {
        let Val::Generator(generator) = generator else { panic!("steps no generator") };
        let Some(mut frame) = generator.frame.take() else { return Some(Ok(Val::Bool(false))) };
        if frame.started {
            let func = self.func(frame.function);
            let Terminator::Try { normal, .. } = &func.blocks[frame.block].terminator else { panic!("no yield") };
            enter(&mut frame, func, normal, Some(Val::Unit));
        }
        match self.resume(&mut frame)? {
            Outcome::Yield(item) => {
                with_place(out, |place| *place = item);
                generator.frame.replace(Some(frame));
                Some(Ok(Val::Bool(true)))
            }
            Outcome::Return(_) => Some(Ok(Val::Bool(false))),
            Outcome::Throw(error) => Some(Err(error)),
        }
    }

    fn release(&mut self, value: &Val) -> Option<()> {
        let Val::Generator(generator) = value else { return Some(()) };
        generator.count.set(generator.count.get() - 1);
        if generator.count.get() > 0 {
            return Some(());
        }
        let Some(mut frame) = generator.frame.take().filter(|frame| frame.started) else { return Some(()) };
        loop {
            let func = self.func(frame.function);
            let Terminator::Try { error, .. } = &func.blocks[frame.block].terminator else { panic!("no yield") };
            enter(&mut frame, func, error, Some(Val::Error("closed".into())));
            match self.resume(&mut frame)? {
                Outcome::Yield(_) => {}
                Outcome::Return(_) => return Some(()),
                Outcome::Throw(error) if text(&error) == "closed" => return Some(()),
                Outcome::Throw(error) => {
                    self.output.push(format!("unobserved {}", text(&error)));
                    return Some(());
                }
            }
        }
    }
}

fn enter(frame: &mut Frame, func: &Function, target: &BlockCall, first: Option<Val>) {
    let args: Vec<Val> = target.args.iter().map(|arg| frame.values[*arg].clone()).collect();
    for (param, arg) in func.blocks[target.block].params.iter().zip(first.into_iter().chain(args)) {
        frame.values[*param] = arg;
    }
    frame.block = target.block;
}

fn with_place<R>(address: &Val, change: impl FnOnce(&mut Val) -> R) -> R {
    let Val::Address(root, path) = address else { panic!("no address") };
    let mut root = root.borrow_mut();
    let mut place = &mut *root;
    for step in path {
        let Val::Parts(parts) = place else { panic!("a part of no whole") };
        place = &mut parts[*step];
    }
    change(place)
}

fn part_address(address: &Val, step: usize) -> Val {
    let Val::Address(root, path) = address else { panic!("no address") };
    let path = path.iter().copied().chain([step]).collect();
    Val::Address(root.clone(), path)
}

fn parts(value: &Val) -> &[Val] {
    match value {
        Val::Parts(parts) => parts,
        _ => panic!("no parts"),
    }
}

fn index(value: &Val) -> usize {
    match value {
        Val::Int(it) => usize::try_from(*it).unwrap_or(usize::MAX),
        _ => panic!("no number"),
    }
}

fn place_type(module: &Module, func: &Function, inst: &Inst) -> Type {
    match *module.types.kind(func.values[inst.args[0]]) {
        TypeKind::Address(of) => of,
        _ => panic!("no address"),
    }
}

pub fn text(value: &Val) -> String {
    match value {
        Val::Int(it) => it.to_string(),
        Val::Bool(it) => it.to_string(),
        Val::Str(it) | Val::Error(it) => it.to_string(),
        Val::Unit => "unit".to_owned(),
        _ => "?".to_owned(),
    }
}

/// Numbers overflow early, so that it happens.
const LIMIT: i64 = 1 << 62;

fn arithmetic(op: Arith, mode: Overflow, left: &Val, right: &Val) -> Result<Val, Val> {
    let (Val::Int(left), Val::Int(right)) = (left, right) else { panic!("no numbers") };
    let result = match op {
        Arith::Add => left.wrapping_add(*right),
        Arith::Sub => left.wrapping_sub(*right),
        Arith::Mul => left.wrapping_mul(*right),
        Arith::Div if *right == 0 => return Err(Val::Error("divide".into())),
        Arith::Div => left.wrapping_div(*right),
        _ => panic!("{op:?} is not interpreted"),
    };
    debug_assert!(mode == Overflow::Wrapping || result.abs() < LIMIT, "generated numbers stay small");
    Ok(Val::Int(result))
}

fn compare(op: Cmp, left: &Val, right: &Val) -> bool {
    let (Val::Int(left), Val::Int(right)) = (left, right) else { panic!("no numbers") };
    match op {
        Cmp::Eq => left == right,
        Cmp::Ne => left != right,
        Cmp::Lt => left < right,
        Cmp::Le => left <= right,
        Cmp::Gt => left > right,
        Cmp::Ge => left >= right,
    }
}
