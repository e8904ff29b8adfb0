//! The text form of a module. [`parse`](crate::parse) reads it back; printing the result gives the same text.
//! Comments (`// …`) name callees and source lines for people and are not read back.

use crate::{
    BlockCall, BlockId, Display as Show, Export, Field, Function, FunctionId, FunctionKind, Inst, InstId, Module,
    Opcode, Overrides, Own, Phase, Terminator, Type, TypeKind, Types, mnemonic,
};
use std::fmt::{self, Display, Formatter, Write};

impl Display for Module {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        header(f, self)?;
        for (id, func) in self.functions.iter() {
            writeln!(f)?;
            print_function(f, self, id, func)?;
        }
        Ok(())
    }
}

/// One function in the text form, for dumps.
pub fn function_text(module: &Module, id: FunctionId) -> String {
    let mut text = String::new();
    print_function(&mut text, module, id, &module.functions[id]).expect("writing to a string");
    text
}

/// A type in the text form.
pub fn type_text(types: &Types, ty: Type) -> String {
    TypeText(types, ty).to_string()
}

struct TypeText<'a>(&'a Types, Type);

impl Display for TypeText<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let of = |ty: &Type| TypeText(self.0, *ty);
        match self.0.kind(self.1) {
            TypeKind::Unit => f.write_str("unit"),
            TypeKind::Bool => f.write_str("bool"),
            TypeKind::Char => f.write_str("char"),
            TypeKind::Int { bits, signed: true } => write!(f, "i{bits}"),
            TypeKind::Int { bits, signed: false } => write!(f, "u{bits}"),
            TypeKind::Float { bits } => write!(f, "f{bits}"),
            TypeKind::Str => f.write_str("str"),
            TypeKind::Pointer => f.write_str("pointer"),
            TypeKind::Address(it) => write!(f, "address<{}>", of(it)),
            TypeKind::Struct(id) => write!(f, "{id}"),
            TypeKind::Enum(id) => write!(f, "{id}"),
            TypeKind::Array(it) => write!(f, "array<{}>", of(it)),
            TypeKind::Box(it) => write!(f, "box<{}>", of(it)),
            TypeKind::Cell(it) => write!(f, "cell<{}>", of(it)),
            TypeKind::Closure(sig) => write!(f, "closure<{sig}>"),
            TypeKind::Dynamic(index) => write!(f, "dynamic<{index}>"),
            TypeKind::Error => f.write_str("error"),
            TypeKind::Task(it) => write!(f, "task<{}>", of(it)),
            TypeKind::Generator { item, sent } => write!(f, "generator<{}, {}>", of(item), of(sent)),
            TypeKind::Channel(it) => write!(f, "channel<{}>", of(it)),
            TypeKind::Lock(it) => write!(f, "lock<{}>", of(it)),
            TypeKind::Shared(it) => write!(f, "shared<{}>", of(it)),
            TypeKind::Weak(it) => write!(f, "weak<{}>", of(it)),
            TypeKind::Atomic => f.write_str("atomic"),
            TypeKind::Handle => f.write_str("handle"),
        }
    }
}

pub(crate) fn own_name(own: Own) -> &'static str {
    match own {
        Own::Plain => "plain",
        Own::Borrow => "borrow",
        Own::Consume => "consume",
        Own::Place => "place",
    }
}

fn header(f: &mut Formatter<'_>, module: &Module) -> fmt::Result {
    let types = &module.types;
    for name in &types.traits {
        writeln!(f, "trait {name:?}")?;
    }
    for (id, strukt) in types.structs.iter() {
        let display = match strukt.display {
            Show::Named => "named",
            Show::Tuple => "tuple",
            Show::Map => "map",
        };
        write!(f, "{id} {:?} {display} ", strukt.name)?;
        fields(f, types, &strukt.fields)?;
        if let Some(info) = strukt.runtime_info {
            write!(f, " info {info:?}")?;
        }
        overrides(f, &strukt.overrides)?;
    }
    for (id, enum_) in types.enums.iter() {
        write!(f, "{id} {:?} {{", enum_.name)?;
        for variant in &enum_.variants {
            write!(f, " {:?} ", variant.name)?;
            fields(f, types, &variant.fields)?;
        }
        f.write_str(" }")?;
        overrides(f, &enum_.overrides)?;
    }
    for (id, signature) in types.signatures() {
        write!(f, "{id} (")?;
        list(f, &signature.params, |f, (own, ty)| write!(f, "{} {}", own_name(*own), TypeText(types, *ty)))?;
        writeln!(f, ") -> {}", TypeText(types, signature.result))?;
    }
    for (id, it) in module.externs.iter() {
        write!(f, "{id} {:?} (", it.symbol)?;
        list(f, &it.params, |f, ty| write!(f, "{}", TypeText(types, *ty)))?;
        write!(f, ") -> {}", TypeText(types, it.result))?;
        if let Some(library) = &it.library {
            write!(f, " library {library:?}")?;
        }
        writeln!(f, "{}", if it.blocking { " blocking" } else { "" })?;
    }
    for (id, it) in module.globals.iter() {
        write!(f, "{id} {:?} {}", it.name, TypeText(types, it.ty))?;
        writeln!(f, "{}{}", if it.constant { " constant" } else { "" }, if it.atomic { " atomic" } else { "" })?;
    }
    for (id, it) in module.vtables.iter() {
        write!(f, "{id} {} {:?} [", TypeText(types, it.ty), it.trait_name)?;
        list(f, &it.methods, |f, method| write!(f, "{method}"))?;
        writeln!(f, "]")?;
    }
    for (id, it) in module.sites.iter() {
        write!(f, "{id} {:?} {:?} {} {} {:?}", it.file, it.function, it.line, it.column, it.text)?;
        match it.inlined_at {
            Some(call) => writeln!(f, " inlined_at {call}")?,
            None => writeln!(f)?,
        }
    }
    for name in &module.libraries {
        writeln!(f, "library {name:?}")?;
    }
    suspending(f, module)?;
    if let Some(start) = module.start {
        writeln!(f, "start {start}")?;
    }
    match &module.entry {
        Some(entry) => writeln!(f, "entry {}", entry.function),
        None => Ok(()),
    }
}

fn suspending(f: &mut Formatter<'_>, module: &Module) -> fmt::Result {
    for id in &module.suspending_signatures {
        writeln!(f, "suspending {id}")?;
    }
    for (name, method) in &module.suspending_methods {
        writeln!(f, "suspending method {name:?} {method}")?;
    }
    for &(item, sent) in &module.suspending_generators {
        writeln!(f, "suspending generator<{}, {}>", TypeText(&module.types, item), TypeText(&module.types, sent))?;
    }
    Ok(())
}

fn fields(f: &mut Formatter<'_>, types: &Types, fields: &[Field]) -> fmt::Result {
    f.write_char('(')?;
    list(f, fields, |f, field| write!(f, "{:?} {}", field.name, TypeText(types, field.ty)))?;
    f.write_char(')')
}

fn overrides(f: &mut Formatter<'_>, overrides: &Overrides) -> fmt::Result {
    let all = [
        ("text", overrides.text),
        ("message", overrides.message),
        ("compare", overrides.compare),
        ("equal", overrides.equal),
        ("hash", overrides.hash),
    ];
    for (name, function) in all {
        if let Some(function) = function {
            write!(f, " {name} {function}")?;
        }
    }
    writeln!(f)
}

fn list<W: Write, T>(f: &mut W, items: &[T], mut each: impl FnMut(&mut W, &T) -> fmt::Result) -> fmt::Result {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            f.write_str(", ")?;
        }
        each(f, item)?;
    }
    Ok(())
}

fn print_function(f: &mut impl Write, module: &Module, id: FunctionId, func: &Function) -> fmt::Result {
    let types = &module.types;
    write!(f, "fn {id} {:?} {:?} ", func.name, func.symbol)?;
    match func.kind {
        FunctionKind::Plain => f.write_str("plain")?,
        FunctionKind::Closure => f.write_str("closure")?,
        FunctionKind::Method => f.write_str("method")?,
        FunctionKind::Generator { item, sent } => {
            write!(f, "generator<{}, {}>", TypeText(types, item), TypeText(types, sent))?;
        }
    }
    f.write_str(" (")?;
    list(f, &func.params, |f, it| write!(f, "{} {:?} {}", own_name(it.own), it.name, TypeText(types, it.ty)))?;
    write!(f, ") -> {}", TypeText(types, func.result))?;
    let flags = [
        (func.throws, "throws"),
        (func.suspends, "suspends"),
        (func.stack_check, "stack_check"),
        (func.no_alloc, "no_alloc"),
        (func.phase == Phase::Owned, "owned"),
    ];
    for (set, name) in flags {
        if set {
            write!(f, " {name}")?;
        }
    }
    if let Some(Export { status, callback }) = &func.export {
        f.write_str(if *status { " exported status" } else { " exported" })?;
        if let Some(symbol) = callback {
            write!(f, " callback {symbol:?}")?;
        }
    }
    if func.entry.to_string() != "block0" {
        write!(f, " entry {}", func.entry)?;
    }
    if let Some(site) = func.site {
        write!(f, " @{site}")?;
    }
    f.write_str(" {\n")?;
    for (slot, data) in func.slots.iter() {
        writeln!(f, "    {slot} {} {:?}", TypeText(types, data.ty), data.name)?;
    }
    for (value, name) in &func.value_names {
        writeln!(f, "    name {value} {name:?}")?;
    }
    for block in func.blocks.ids() {
        print_block(f, module, func, block)?;
    }
    f.write_str("}\n")
}

fn print_block(f: &mut impl Write, module: &Module, func: &Function, id: BlockId) -> fmt::Result {
    let block = &func.blocks[id];
    write!(f, "{id}")?;
    if !block.params.is_empty() {
        f.write_char('(')?;
        list(f, &block.params, |f, value| write!(f, "{value}: {}", TypeText(&module.types, func.values[*value])))?;
        f.write_char(')')?;
    }
    f.write_str(":\n")?;
    for &inst in &block.insts {
        f.write_str("    ")?;
        let site = print_inst(f, module, func, inst)?;
        writeln!(f, "{site}")?;
    }
    f.write_str("    ")?;
    print_terminator(f, module, func, &block.terminator)?;
    f.write_char('\n')
}

/// Returns the comment that ends the line.
fn print_inst(f: &mut impl Write, module: &Module, func: &Function, id: InstId) -> Result<String, fmt::Error> {
    let Inst { opcode, args, result, site } = &func.insts[id];
    if let Some(result) = result {
        write!(f, "{result}: {} = ", TypeText(&module.types, func.values[*result]))?;
    }
    f.write_str(mnemonic::name(opcode))?;
    immediates(f, &module.types, opcode)?;
    for (index, arg) in args.iter().enumerate() {
        write!(f, "{}{arg}", if index > 0 { ", " } else { " " })?;
    }
    if let Some(site) = site {
        write!(f, " @{site}")?;
    }
    let callee = match opcode {
        Opcode::Call(it)
        | Opcode::ClosureNew(it)
        | Opcode::GeneratorNew(it)
        | Opcode::FunctionPointer(it)
        | Opcode::Spawn { function: it, .. } => module.functions.get(*it).map(|it| it.name.as_str()),
        Opcode::CallExtern(it) => module.externs.get(*it).map(|it| it.symbol.as_str()),
        Opcode::SlotAddress(slot) => func.slots.get(*slot).map(|it| it.name.as_str()),
        Opcode::GlobalAddress(it) => module.globals.get(*it).map(|it| it.name.as_str()),
        _ => None,
    };
    Ok(callee.filter(|it| !it.is_empty()).map_or_else(String::new, |name| format!("  // {}", name.replace('\n', " "))))
}

fn immediates(f: &mut impl Write, types: &Types, opcode: &Opcode) -> fmt::Result {
    match opcode {
        Opcode::Bool(it) => write!(f, " {it}"),
        Opcode::Int(it) => write!(f, " {it}"),
        Opcode::Float(bits) => {
            let value = f64::from_bits(*bits);
            if value.is_finite() { write!(f, " {value:?}") } else { write!(f, " 0x{bits:016x}") }
        }
        Opcode::Char(it) => write!(f, " {:?}", it.to_string()),
        Opcode::Str(it) => write!(f, " {it:?}"),
        Opcode::FunctionPointer(it) | Opcode::ClosureNew(it) | Opcode::Call(it) | Opcode::GeneratorNew(it) => {
            write!(f, " {it}")
        }
        Opcode::StructGet(index) | Opcode::StructSet(index) | Opcode::FieldAddress(index) => write!(f, " {index}"),
        Opcode::EnumNew(id, variant) => write!(f, " {id} {variant}"),
        Opcode::EnumGet { variant, field } | Opcode::VariantAddress { variant, field } => {
            write!(f, " {variant} {field}")
        }
        Opcode::SlotAddress(it) => write!(f, " {it}"),
        Opcode::GlobalAddress(it) => write!(f, " {it}"),
        Opcode::DynamicNew(it) => write!(f, " {it}"),
        Opcode::DynamicAddress(ty) | Opcode::ErrorIs(ty) | Opcode::ErrorGet(ty) => {
            write!(f, " {}", TypeText(types, *ty))
        }
        Opcode::CallDynamic { method, signature, mutates } => {
            write!(f, " {method} {signature}{}", if *mutates { " mutates" } else { "" })
        }
        Opcode::CallRuntime(function, infos) => {
            write!(f, " {}", function.symbol())?;
            if infos.is_empty() {
                return Ok(());
            }
            f.write_char('<')?;
            list(f, infos, |f, ty| write!(f, "{}", TypeText(types, *ty)))?;
            f.write_char('>')
        }
        Opcode::CallExtern(it) => write!(f, " {it}"),
        Opcode::Spawn { function, detached } => write!(f, " {function}{}", if *detached { " detached" } else { "" }),
        _ => Ok(()),
    }
}

fn print_terminator(f: &mut impl Write, module: &Module, func: &Function, terminator: &Terminator) -> fmt::Result {
    match terminator {
        Terminator::Return(value) => write!(f, "return {value}"),
        Terminator::Jump(target) => {
            f.write_str("jump ")?;
            block_call(f, target)
        }
        Terminator::Branch { condition, then, otherwise } => {
            write!(f, "branch {condition}, ")?;
            block_call(f, then)?;
            f.write_str(", ")?;
            block_call(f, otherwise)
        }
        Terminator::Switch { value, cases, default } => {
            write!(f, "switch {value} [")?;
            list(f, cases, |f, (key, target)| {
                write!(f, "{key}: ")?;
                block_call(f, target)
            })?;
            f.write_str("], ")?;
            block_call(f, default)
        }
        Terminator::Try { inst, normal, error } => {
            f.write_str("try ")?;
            let comment = print_inst(f, module, func, *inst)?;
            f.write_str(" -> ")?;
            block_call(f, normal)?;
            f.write_str(", error ")?;
            block_call(f, error)?;
            f.write_str(&comment)
        }
        Terminator::Throw(value) => write!(f, "throw {value}"),
        Terminator::Unreachable => f.write_str("unreachable"),
    }
}

fn block_call(f: &mut impl Write, call: &BlockCall) -> fmt::Result {
    write!(f, "{}", call.block)?;
    if call.args.is_empty() {
        return Ok(());
    }
    f.write_char('(')?;
    list(f, &call.args, |f, value| write!(f, "{value}"))?;
    f.write_char(')')
}
