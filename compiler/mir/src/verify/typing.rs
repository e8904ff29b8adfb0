//! Operand and result types of each operation. A flat `match`; each topic has its function.

use super::{Checked, ensure};
use crate::opcode::{Arith, Bits, Opcode, Throws};
use crate::{EnumId, Function, FunctionId, FunctionKind, Inst, Module, Own, Signature, Type, TypeKind};
use qi_base::Id;

/// Ids inside the operation itself.
pub(super) fn check_ids(module: &Module, func: &Function, opcode: &Opcode) -> Checked {
    let holds = match opcode {
        Opcode::FunctionPointer(it)
        | Opcode::ClosureNew(it)
        | Opcode::Call(it)
        | Opcode::GeneratorNew(it)
        | Opcode::Spawn { function: it, .. } => it.index() < module.functions.len(),
        Opcode::SlotAddress(it) => it.index() < func.slots.len(),
        Opcode::GlobalAddress(it) => it.index() < module.globals.len(),
        Opcode::DynamicNew(it) => it.index() < module.vtables.len(),
        Opcode::CallExtern(it) => it.index() < module.externs.len(),
        Opcode::CallDynamic { signature, .. } => signature.index() < module.types.signatures().count(),
        Opcode::EnumNew(it, _) => it.index() < module.types.enums.len(),
        _ => true,
    };
    ensure(holds, || format!("{opcode:?} names something that does not exist"))
}

/// Whether the operation may throw or suspend, so that it cannot stand as a plain instruction.
pub(super) fn needs_try(module: &Module, func: &Function, inst: &Inst) -> bool {
    match inst.opcode.throws() {
        Throws::Never => false,
        // `effects` proves these by the type or by a constant divisor; a plain one is such a proof.
        Throws::May => !matches!(
            inst.opcode,
            Opcode::Equal
                | Opcode::Order
                | Opcode::Hash
                | Opcode::Text
                | Opcode::Yield
                | Opcode::Int2(Arith::Div | Arith::Rem, _)
        ),
        Throws::AsCallee => match inst.opcode {
            Opcode::Call(callee) => module.functions[callee].throws || module.functions[callee].suspends,
            Opcode::CallExtern(_) => module.inst_suspends(&inst.opcode, |index| func.values[inst.args[index]]),
            _ => true,
        },
    }
}

/// Checks one operation; `result` is the type of the value that takes its result, if any.
pub(super) fn check(module: &Module, func: &Function, inst: &Inst, result: Option<Type>) -> Checked {
    let args: Vec<Type> = inst.args.iter().map(|value| func.values[*value]).collect();
    let ctx = Ctx { module, func, opcode: &inst.opcode, args, result };
    ctx.check()
}

struct Ctx<'a> {
    module: &'a Module,
    func: &'a Function,
    opcode: &'a Opcode,
    args: Vec<Type>,
    result: Option<Type>,
}

const BOOL: TypeKind = TypeKind::Bool;
const UNIT: TypeKind = TypeKind::Unit;
const I64: TypeKind = TypeKind::Int { bits: 64, signed: true };
const TAG: TypeKind = TypeKind::Int { bits: 32, signed: false };

impl Ctx<'_> {
    fn check(&self) -> Checked {
        match self.opcode {
            Opcode::Unit => self.constant(|kind| *kind == TypeKind::Unit),
            Opcode::Bool(_) => self.constant(|kind| *kind == BOOL),
            Opcode::Int(_) => self.constant(is_int),
            Opcode::Float(_) => self.constant(is_float),
            Opcode::Char(_) => self.constant(|kind| *kind == TypeKind::Char),
            Opcode::Str(_) => self.constant(|kind| *kind == TypeKind::Str),
            Opcode::Empty => self.constant(|_| true),
            Opcode::FunctionPointer(_) => self.constant(|kind| *kind == TypeKind::Pointer),
            Opcode::Int2(op, _) => self.arithmetic(*op, is_int),
            Opcode::Float2(op) => self.arithmetic(*op, is_float),
            Opcode::Bits2(Bits::Not) => self.same_type(1, |kind| is_int(kind) || *kind == BOOL),
            Opcode::Bits2(_) => self.same_type(2, |kind| is_int(kind) || *kind == BOOL),
            Opcode::Compare(_) => self.compare(),
            Opcode::IntCast(_) => self.convert(is_int, is_int),
            Opcode::IntToFloat => self.convert(is_int, is_float),
            Opcode::FloatCast => self.convert(is_float, is_float),
            Opcode::CharToInt => self.convert(|kind| *kind == TypeKind::Char, is_int),
            Opcode::IntToChar => self.convert(is_int, |kind| *kind == TypeKind::Char),
            Opcode::Equal => self.structural(2, &BOOL),
            Opcode::Order => self.structural(2, &I64),
            Opcode::Hash => self.structural(1, &I64),
            Opcode::Text => self.structural(1, &TypeKind::Str),
            Opcode::Format => self.format(),
            Opcode::StructNew => self.struct_new(),
            Opcode::StructGet(field) => {
                let ty = self.struct_field(self.arg(0)?, *field)?;
                self.shape(1, Some(ty))
            }
            Opcode::StructSet(field) => {
                self.wants(1, self.struct_field(self.arg(0)?, *field)?)?;
                self.shape(2, Some(self.arg(0)?))
            }
            Opcode::EnumNew(id, variant) => self.enum_new(*id, *variant),
            Opcode::EnumTag => {
                ensure(matches!(self.kind(self.arg(0)?), TypeKind::Enum(_)), || self.say("wants an enum"))?;
                self.shape_kind(1, &TAG)
            }
            Opcode::EnumGet { variant, field } => {
                let ty = self.variant_field(self.arg(0)?, *variant, *field)?;
                self.shape(1, Some(ty))
            }
            Opcode::BoxNew => self.new_of(|kind| if let TypeKind::Box(it) = kind { Some(*it) } else { None }),
            Opcode::CellNew => self.new_of(|kind| if let TypeKind::Cell(it) = kind { Some(*it) } else { None }),
            Opcode::BoxGet => match *self.kind(self.arg(0)?) {
                TypeKind::Box(of) => self.shape(1, Some(of)),
                _ => Err(self.say("wants a box")),
            },
            Opcode::ArrayNew => self.array_new(),
            Opcode::ArrayLen => {
                self.array_element(self.arg(0)?)?;
                self.shape_kind(1, &I64)
            }
            Opcode::ArrayGet | Opcode::ArrayGetUnchecked => {
                let element = self.array_element(self.arg(0)?)?;
                self.wants_kind(1, &I64)?;
                self.shape(2, Some(element))
            }
            Opcode::SlotAddress(slot) => self.address_result(0, self.func.slots[*slot].ty),
            Opcode::GlobalAddress(global) => self.address_result(0, self.module.globals[*global].ty),
            Opcode::CellAddress => match *self.kind(self.arg(0)?) {
                TypeKind::Cell(of) => self.address_result(1, of),
                _ => Err(self.say("wants a cell")),
            },
            Opcode::FieldAddress(field) => {
                let ty = self.struct_field(self.place(0)?, *field)?;
                self.address_result(1, ty)
            }
            Opcode::VariantAddress { variant, field } => {
                let ty = self.variant_field(self.place(0)?, *variant, *field)?;
                self.address_result(1, ty)
            }
            Opcode::BoxAddress => match *self.kind(self.place(0)?) {
                TypeKind::Box(of) => self.address_result(1, of),
                _ => Err(self.say("wants the address of a box")),
            },
            Opcode::ElementAddress => {
                let element = self.array_element(self.place(0)?)?;
                self.wants_kind(1, &I64)?;
                self.address_result(2, element)
            }
            Opcode::Load | Opcode::LoadBorrowed | Opcode::Take => self.shape(1, Some(self.place(0)?)),
            Opcode::Store | Opcode::Init => {
                self.wants(1, self.place(0)?)?;
                self.shape(2, None)
            }
            Opcode::Clear => {
                self.place(0)?;
                self.shape(1, None)
            }
            Opcode::ArrayPush => {
                self.wants(1, self.array_element(self.place(0)?)?)?;
                self.shape(2, None)
            }
            Opcode::ArrayPop => self.shape(1, Some(self.array_element(self.place(0)?)?)),
            Opcode::ClosureNew(function) => self.closure_new(*function),
            Opcode::DynamicNew(vtable) => {
                self.wants(0, self.module.vtables[*vtable].ty)?;
                self.result_kind(1, |kind| matches!(kind, TypeKind::Dynamic(_)))
            }
            Opcode::DynamicAddress(ty) => {
                ensure(matches!(self.kind(self.place(0)?), TypeKind::Dynamic(_)), || self.say("wants a 任意"))?;
                self.address_result(1, *ty)
            }
            Opcode::ErrorNew => self.result_kind(1, |kind| *kind == TypeKind::Error),
            Opcode::ErrorIs(_) => {
                self.wants_kind(0, &TypeKind::Error)?;
                self.shape_kind(1, &BOOL)
            }
            Opcode::ErrorGet(ty) => {
                self.wants_kind(0, &TypeKind::Error)?;
                self.shape(1, Some(*ty))
            }
            Opcode::ErrorMessage => {
                self.wants_kind(0, &TypeKind::Error)?;
                self.shape_kind(1, &TypeKind::Str)
            }
            Opcode::Call(function) => self.call(*function),
            Opcode::CallClosure => match self.kind(self.arg(0)?) {
                TypeKind::Closure(it) => self.signature(self.module.types.signature_of(*it)),
                _ => Err(self.say("wants a closure")),
            },
            Opcode::CallDynamic { signature, mutates, .. } => {
                let dynamic = if *mutates { self.place(0)? } else { self.arg(0)? };
                ensure(matches!(self.kind(dynamic), TypeKind::Dynamic(_)), || self.say("wants a 任意"))?;
                self.signature(self.module.types.signature_of(*signature))
            }
            Opcode::CallRuntime(function, _) => {
                let uses = function.args();
                ensure(self.args.len() == uses.len(), || self.say("wants another number of operands"))?;
                (0..uses.len()).filter(|index| uses[*index] == Own::Place).try_for_each(|it| self.place(it).map(drop))
            }
            Opcode::CallExtern(it) => {
                let callee = &self.module.externs[*it];
                self.arguments(0, &callee.params)?;
                self.call_result(callee.result)
            }
            Opcode::Spawn { function, .. } => self.spawn(*function),
            Opcode::GeneratorNew(function) => self.generator_new(*function),
            Opcode::GeneratorNext => self.generator_next(),
            Opcode::Yield => match self.func.kind {
                FunctionKind::Generator { item, sent } => {
                    self.wants(0, item)?;
                    self.shape(1, Some(sent))
                }
                _ => Err(self.say("stands outside a generator")),
            },
            Opcode::Delegate => match (&self.func.kind, self.kind(self.arg(0)?)) {
                (FunctionKind::Generator { item, sent }, TypeKind::Generator { item: of, sent: takes }) => {
                    ensure(item == of && sent == takes, || self.say("wants a generator of the body's own type"))?;
                    self.shape_kind(1, &UNIT)
                }
                _ => Err(self.say("stands outside a generator or has none")),
            },
            Opcode::Retain | Opcode::Release => self.shape(1, None),
        }
    }

    fn say(&self, message: &str) -> String {
        format!("{:?} {message}", self.opcode)
    }
    fn kind(&self, ty: Type) -> &TypeKind {
        self.module.types.kind(ty)
    }
    fn arg(&self, index: usize) -> Result<Type, String> {
        self.args.get(index).copied().ok_or_else(|| self.say("has too few operands"))
    }
    /// What the address in the operand points to.
    fn place(&self, index: usize) -> Result<Type, String> {
        match *self.kind(self.arg(index)?) {
            TypeKind::Address(of) => Ok(of),
            _ => Err(self.say(&format!("wants an address as operand {index}"))),
        }
    }
    fn wants(&self, index: usize, ty: Type) -> Checked {
        let found = self.arg(index)?;
        ensure(found == ty, || {
            let (ty, found) =
                (crate::print::type_text(&self.module.types, ty), crate::print::type_text(&self.module.types, found));
            self.say(&format!("wants {ty} as operand {index}, not {found}"))
        })
    }
    fn wants_kind(&self, index: usize, kind: &TypeKind) -> Checked {
        ensure(self.kind(self.arg(index)?) == kind, || self.say(&format!("wants {kind:?} as operand {index}")))
    }
    fn count(&self, n: usize) -> Checked {
        ensure(self.args.len() == n, || self.say(&format!("has {} operands, not {n}", self.args.len())))
    }
    /// Exactly `n` operands, and this result type.
    fn shape(&self, n: usize, result: Option<Type>) -> Checked {
        self.count(n)?;
        ensure(self.result == result || self.is_unit_try(result), || self.say("has the wrong result type"))
    }
    /// An operation without result gives unit when it is tried.
    fn is_unit_try(&self, wanted: Option<Type>) -> bool {
        wanted.is_none() && self.result.is_some_and(|ty| *self.kind(ty) == TypeKind::Unit)
    }
    fn result_kind(&self, n: usize, holds: impl FnOnce(&TypeKind) -> bool) -> Checked {
        self.count(n)?;
        ensure(self.result.is_some_and(|ty| holds(self.kind(ty))), || self.say("has the wrong result type"))
    }
    fn shape_kind(&self, n: usize, kind: &TypeKind) -> Checked {
        self.result_kind(n, |it| it == kind)
    }
    fn constant(&self, holds: impl FnOnce(&TypeKind) -> bool) -> Checked {
        self.result_kind(0, holds)
    }
    fn address_result(&self, n: usize, of: Type) -> Checked {
        self.result_kind(n, |kind| *kind == TypeKind::Address(of))
    }

    fn same_type(&self, n: usize, holds: impl FnOnce(&TypeKind) -> bool) -> Checked {
        self.result_kind(n, holds)?;
        let result = self.result.expect("result_kind found one");
        (0..n).try_for_each(|index| self.wants(index, result))
    }
    fn arithmetic(&self, op: Arith, holds: impl FnOnce(&TypeKind) -> bool) -> Checked {
        match op {
            Arith::Neg => self.same_type(1, holds),
            Arith::Add | Arith::Sub | Arith::Mul | Arith::Div | Arith::Rem => self.same_type(2, holds),
            Arith::Shl | Arith::Shr => {
                self.result_kind(2, holds)?;
                self.wants(0, self.result.expect("result_kind found one"))?;
                ensure(is_int(self.kind(self.arg(1)?)), || self.say("wants an integer count"))
            }
        }
    }
    fn compare(&self) -> Checked {
        let scalar = match self.kind(self.arg(0)?) {
            TypeKind::Enum(id) => self.module.types.enums[*id].variants.iter().all(|it| it.fields.is_empty()),
            kind => {
                is_int(kind) || is_float(kind) || matches!(kind, TypeKind::Char | TypeKind::Bool | TypeKind::Pointer)
            }
        };
        ensure(scalar, || self.say("wants scalars"))?;
        self.structural(2, &BOOL)
    }
    fn convert(&self, from: impl FnOnce(&TypeKind) -> bool, to: impl FnOnce(&TypeKind) -> bool) -> Checked {
        ensure(from(self.kind(self.arg(0)?)), || self.say("has an operand of the wrong type"))?;
        self.result_kind(1, to)
    }
    /// `n` operands of one type.
    fn structural(&self, n: usize, result: &TypeKind) -> Checked {
        let first = self.arg(0)?;
        (1..n).try_for_each(|index| self.wants(index, first))?;
        self.shape_kind(n, result)
    }
    fn format(&self) -> Checked {
        self.wants_kind(1, &TypeKind::Str)?;
        self.shape_kind(2, &TypeKind::Str)
    }

    fn struct_field(&self, ty: Type, field: u32) -> Result<Type, String> {
        let TypeKind::Struct(id) = self.kind(ty) else { return Err(self.say("wants a struct")) };
        let fields = &self.module.types.structs[*id].fields;
        fields.get(field as usize).map(|it| it.ty).ok_or_else(|| self.say("names no field"))
    }
    fn variant_field(&self, ty: Type, variant: u32, field: u32) -> Result<Type, String> {
        let TypeKind::Enum(id) = self.kind(ty) else { return Err(self.say("wants an enum")) };
        let variant = self.module.types.enums[*id].variants.get(variant as usize);
        let field = variant.and_then(|it| it.fields.get(field as usize));
        field.map(|it| it.ty).ok_or_else(|| self.say("names no field"))
    }
    fn arguments(&self, first: usize, types: &[Type]) -> Checked {
        self.count(first + types.len())?;
        types.iter().enumerate().try_for_each(|(index, ty)| self.wants(first + index, *ty))
    }
    fn struct_new(&self) -> Checked {
        let Some(TypeKind::Struct(id)) = self.result.map(|ty| self.kind(ty)) else {
            return Err(self.say("makes no struct"));
        };
        let types: Vec<Type> = self.module.types.structs[*id].fields.iter().map(|it| it.ty).collect();
        self.arguments(0, &types)
    }
    fn enum_new(&self, id: EnumId, variant: u32) -> Checked {
        let Some(variant) = self.module.types.enums[id].variants.get(variant as usize) else {
            return Err(self.say("names no variant"));
        };
        let types: Vec<Type> = variant.fields.iter().map(|it| it.ty).collect();
        self.arguments(0, &types)?;
        self.shape_kind(types.len(), &TypeKind::Enum(id))
    }
    fn new_of(&self, content: impl FnOnce(&TypeKind) -> Option<Type>) -> Checked {
        let Some(of) = self.result.and_then(|ty| content(self.kind(ty))) else {
            return Err(self.say("has the wrong result type"));
        };
        self.arguments(0, &[of])
    }
    fn array_new(&self) -> Checked {
        let Some(TypeKind::Array(of)) = self.result.map(|ty| self.kind(ty)) else {
            return Err(self.say("makes no array"));
        };
        (0..self.args.len()).try_for_each(|index| self.wants(index, *of))
    }
    fn array_element(&self, ty: Type) -> Result<Type, String> {
        match *self.kind(ty) {
            TypeKind::Array(of) => Ok(of),
            _ => Err(self.say("wants an array")),
        }
    }

    fn param_types(&self, function: FunctionId) -> Vec<Type> {
        self.module.functions[function].params.iter().map(|it| it.ty).collect()
    }
    /// A unit result may be dropped.
    fn call_result(&self, result: Type) -> Checked {
        let fits = match self.result {
            Some(ty) => ty == result,
            None => *self.kind(result) == TypeKind::Unit,
        };
        ensure(fits, || self.say("has the wrong result type"))
    }
    fn call(&self, function: FunctionId) -> Checked {
        let callee = &self.module.functions[function];
        let generator = matches!(callee.kind, FunctionKind::Generator { .. });
        ensure(!generator, || self.say("calls a generator body"))?;
        self.arguments(0, &self.param_types(function))?;
        self.call_result(callee.result)
    }
    /// Operand 0 is the receiver.
    fn signature(&self, signature: &Signature) -> Checked {
        let types: Vec<Type> = signature.params.iter().map(|it| it.1).collect();
        self.arguments(1, &types)?;
        self.call_result(signature.result)
    }
    fn closure_new(&self, function: FunctionId) -> Checked {
        let callee = &self.module.functions[function];
        ensure(callee.kind == FunctionKind::Closure, || self.say("is given no closure body"))?;
        let Some(TypeKind::Closure(signature)) = self.result.map(|ty| self.kind(ty)) else {
            return Err(self.say("makes no closure"));
        };
        let signature = self.module.types.signature_of(*signature);
        let rest = callee.params.iter().skip(1).map(|it| it.ty);
        let fits = rest.eq(signature.params.iter().map(|it| it.1)) && callee.result == signature.result;
        ensure(fits, || self.say("makes a closure of another signature"))?;
        let environment = callee.params.first().map(|it| it.ty).ok_or_else(|| self.say("takes no environment"))?;
        if *self.kind(environment) == TypeKind::Unit { self.count(0) } else { self.arguments(0, &[environment]) }
    }
    fn spawn(&self, function: FunctionId) -> Checked {
        let callee = &self.module.functions[function];
        self.arguments(0, &self.param_types(function))?;
        let scalar = |ty: Type| !self.module.types.is_counted(ty);
        let consumed = callee.params.iter().all(|it| it.own == Own::Consume || (it.own != Own::Place && scalar(it.ty)));
        ensure(consumed, || self.say("starts a function that does not consume its arguments"))?;
        match self.result {
            Some(ty) => ensure(*self.kind(ty) == TypeKind::Task(callee.result), || self.say("makes another task")),
            None => Ok(()),
        }
    }
    fn generator_new(&self, function: FunctionId) -> Checked {
        let callee = &self.module.functions[function];
        let FunctionKind::Generator { item, sent } = callee.kind else {
            return Err(self.say("is given no generator body"));
        };
        self.arguments(0, &self.param_types(function))?;
        self.shape_kind(self.args.len(), &TypeKind::Generator { item, sent })
    }
    fn generator_next(&self) -> Checked {
        let TypeKind::Generator { item, sent } = *self.kind(self.arg(0)?) else {
            return Err(self.say("wants a generator"));
        };
        ensure(self.place(1)? == item, || self.say("writes to a place of another type"))?;
        if self.args.len() > 2 {
            self.wants(2, sent)?;
        }
        self.shape_kind(self.args.len().clamp(2, 3), &BOOL)
    }
}

fn is_int(kind: &TypeKind) -> bool {
    matches!(kind, TypeKind::Int { .. })
}
fn is_float(kind: &TypeKind) -> bool {
    matches!(kind, TypeKind::Float { .. })
}
