//! Functions: signature, slots, names, blocks, instructions.

use super::{Parser, Result};
use crate::{
    Block, BlockCall, BlockId, Export, Function, FunctionId, FunctionKind, Inst, InstId, Opcode, Param, Phase,
    RuntimeFn, SiteId, Slot, SlotData, Terminator, Type, TypeKind, Value, mnemonic,
};
use qi_base::IdVec;

impl Parser<'_> {
    pub(super) fn function(&mut self) -> Result<()> {
        self.tokens.expect_word("fn")?;
        let id: FunctionId = self.tokens.id("fn")?;
        if id != self.module.functions.next_id() {
            return Err(self.tokens.error(format!("expected {}, found {id}", self.module.functions.next_id())));
        }
        let name = self.tokens.text()?;
        let symbol = self.tokens.text()?;
        let kind = self.kind()?;
        self.tokens.expect('(')?;
        let params = self.list(')', |it| {
            let own = it.own()?;
            let name = it.tokens.text()?;
            Ok(Param { ty: it.ty()?, own, name })
        })?;
        self.tokens.arrow()?;
        let result = self.ty()?;
        let mut func = Function::new(name, symbol, kind, params, result);
        func.throws = self.tokens.eat_word("throws");
        func.suspends = self.tokens.eat_word("suspends");
        func.stack_check = self.tokens.eat_word("stack_check");
        func.no_alloc = self.tokens.eat_word("no_alloc");
        if self.tokens.eat_word("owned") {
            func.phase = Phase::Owned;
        }
        func.export = self.export()?;
        if self.tokens.eat_word("entry") {
            func.entry = self.tokens.id("block")?;
        }
        func.site = self.site_mark()?;
        func.blocks = IdVec::new();
        func.values = IdVec::new();
        self.tokens.expect('{')?;
        self.body(&mut func)?;
        self.module.functions.push(func);
        Ok(())
    }

    fn kind(&mut self) -> Result<FunctionKind> {
        match self.tokens.peek_word() {
            Some("plain") => {
                self.tokens.next();
                Ok(FunctionKind::Plain)
            }
            Some("closure") => {
                self.tokens.next();
                Ok(FunctionKind::Closure)
            }
            Some("method") => {
                self.tokens.next();
                Ok(FunctionKind::Method)
            }
            Some("generator") => {
                let ty = self.ty()?;
                match *self.module.types.kind(ty) {
                    TypeKind::Generator { item, sent } => Ok(FunctionKind::Generator { item, sent }),
                    _ => qi_base::bug!("`generator` starts only generator types"),
                }
            }
            _ => Err(self.tokens.error(format!("expected a kind of function, found {}", self.tokens.peek()))),
        }
    }

    fn export(&mut self) -> Result<Option<Export>> {
        if !self.tokens.eat_word("exported") {
            return Ok(None);
        }
        let status = self.tokens.eat_word("status");
        let callback = if self.tokens.eat_word("callback") { Some(self.tokens.text()?) } else { None };
        Ok(Some(Export { status, callback }))
    }

    fn site_mark(&mut self) -> Result<Option<SiteId>> {
        if self.tokens.eat('@') { self.tokens.id("site").map(Some) } else { Ok(None) }
    }

    fn body(&mut self, func: &mut Function) -> Result<()> {
        let mut body = Body { types: IdVec::new() };
        while self.tokens.peek_id::<Slot>("slot").is_some() {
            let slot: Slot = self.tokens.id("slot")?;
            if slot != func.slots.next_id() {
                return Err(self.tokens.error(format!("expected {}, found {slot}", func.slots.next_id())));
            }
            let ty = self.ty()?;
            let name = self.tokens.text()?;
            func.slots.push(SlotData { ty, name });
        }
        while self.tokens.eat_word("name") {
            let value = self.tokens.id("v")?;
            func.value_names.push((value, self.tokens.text()?));
        }
        while !self.tokens.eat('}') {
            self.block(func, &mut body)?;
        }
        let unit = self.module.types.unit();
        func.values = body.types.values().map(|ty| ty.unwrap_or(unit)).collect();
        if func.blocks.get(func.entry).is_none() {
            return Err(self.tokens.error(format!("{} is missing", func.entry)));
        }
        Ok(())
    }

    fn block(&mut self, func: &mut Function, body: &mut Body) -> Result<()> {
        let id: BlockId = self.tokens.id("block")?;
        if id != func.blocks.next_id() {
            return Err(self.tokens.error(format!("expected {}, found {id}", func.blocks.next_id())));
        }
        let params = if self.tokens.eat('(') { self.list(')', |it| it.definition(body))? } else { Vec::new() };
        self.tokens.expect(':')?;
        let mut insts = Vec::new();
        let terminator = loop {
            if let Some(terminator) = self.terminator(func, body)? {
                break terminator;
            }
            insts.push(self.inst(func, body)?);
        };
        func.blocks.push(Block { params, insts, terminator });
        Ok(())
    }

    /// `v1: type`.
    fn definition(&mut self, body: &mut Body) -> Result<Value> {
        let value: Value = self.tokens.id("v")?;
        self.tokens.expect(':')?;
        let ty = self.ty()?;
        body.types.ensure(value);
        if body.types[value].replace(ty).is_some() {
            return Err(self.tokens.error(format!("{value} is defined twice")));
        }
        Ok(value)
    }

    fn terminator(&mut self, func: &mut Function, body: &mut Body) -> Result<Option<Terminator>> {
        let Some(word @ ("return" | "jump" | "branch" | "switch" | "try" | "throw" | "unreachable")) =
            self.tokens.peek_word()
        else {
            return Ok(None);
        };
        self.tokens.next();
        let terminator = match word {
            "return" => Terminator::Return(self.tokens.id("v")?),
            "throw" => Terminator::Throw(self.tokens.id("v")?),
            "jump" => Terminator::Jump(self.block_call()?),
            "branch" => {
                let condition = self.tokens.id("v")?;
                self.tokens.expect(',')?;
                let then = self.block_call()?;
                self.tokens.expect(',')?;
                Terminator::Branch { condition, then, otherwise: self.block_call()? }
            }
            "switch" => {
                let value = self.tokens.id("v")?;
                self.tokens.expect('[')?;
                let cases = self.list(']', |it| {
                    let key = it.tokens.integer()?;
                    it.tokens.expect(':')?;
                    Ok((key, it.block_call()?))
                })?;
                self.tokens.expect(',')?;
                Terminator::Switch { value, cases, default: self.block_call()? }
            }
            "try" => {
                let inst = self.inst(func, body)?;
                self.tokens.arrow()?;
                let normal = self.block_call()?;
                self.tokens.expect(',')?;
                self.tokens.expect_word("error")?;
                Terminator::Try { inst, normal, error: self.block_call()? }
            }
            _ => Terminator::Unreachable,
        };
        Ok(Some(terminator))
    }

    fn block_call(&mut self) -> Result<BlockCall> {
        let block = self.tokens.id("block")?;
        let args = if self.tokens.eat('(') { self.list(')', |it| it.tokens.id("v"))? } else { Vec::new() };
        Ok(BlockCall { block, args })
    }

    fn inst(&mut self, func: &mut Function, body: &mut Body) -> Result<InstId> {
        let result = if self.tokens.peek_id::<Value>("v").is_some() {
            let value = self.definition(body)?;
            self.tokens.expect('=')?;
            Some(value)
        } else {
            None
        };
        let word = self.tokens.word()?;
        let opcode = self.opcode(word)?;
        let mut args = Vec::new();
        // Operands stand on the line of their operation; a `v1` on the next line is the next result.
        if self.tokens.on_same_line() && self.tokens.peek_id::<Value>("v").is_some() {
            args.push(self.tokens.id("v")?);
            while self.tokens.eat(',') {
                args.push(self.tokens.id("v")?);
            }
        }
        let site = self.site_mark()?;
        Ok(func.insts.push(Inst { opcode, args, result, site }))
    }

    fn opcode(&mut self, word: &str) -> Result<Opcode> {
        if let Some((_, opcode)) = mnemonic::PLAIN.iter().find(|(name, _)| *name == word) {
            return Ok(opcode.clone());
        }
        let opcode = match word {
            "bool" => Opcode::Bool(self.tokens.word()? == "true"),
            "int" => Opcode::Int(self.tokens.integer()?),
            "float" => Opcode::Float(self.float()?),
            "char" => {
                let text = self.tokens.text()?;
                let Some(it) = text.chars().next() else { return Err(self.tokens.error("expected a character")) };
                Opcode::Char(it)
            }
            "str" => Opcode::Str(self.tokens.text()?),
            "function_pointer" => Opcode::FunctionPointer(self.tokens.id("fn")?),
            "struct_get" => Opcode::StructGet(self.tokens.integer()?),
            "struct_set" => Opcode::StructSet(self.tokens.integer()?),
            "enum_new" => Opcode::EnumNew(self.tokens.id("enum")?, self.tokens.integer()?),
            "enum_get" => Opcode::EnumGet { variant: self.tokens.integer()?, field: self.tokens.integer()? },
            "slot_address" => Opcode::SlotAddress(self.tokens.id("slot")?),
            "global_address" => Opcode::GlobalAddress(self.tokens.id("global")?),
            "field_address" => Opcode::FieldAddress(self.tokens.integer()?),
            "variant_address" => {
                Opcode::VariantAddress { variant: self.tokens.integer()?, field: self.tokens.integer()? }
            }
            "closure_new" => Opcode::ClosureNew(self.tokens.id("fn")?),
            "dynamic_new" => Opcode::DynamicNew(self.tokens.id("vtable")?),
            "dynamic_address" => Opcode::DynamicAddress(self.ty()?),
            "error_is" => Opcode::ErrorIs(self.ty()?),
            "error_get" => Opcode::ErrorGet(self.ty()?),
            "call" => Opcode::Call(self.tokens.id("fn")?),
            "call_dynamic" => Opcode::CallDynamic {
                method: self.tokens.integer()?,
                signature: self.tokens.id("sig")?,
                mutates: self.tokens.eat_word("mutates"),
            },
            "call_runtime" => self.runtime_call()?,
            "call_extern" => Opcode::CallExtern(self.tokens.id("extern")?),
            "spawn" => Opcode::Spawn { function: self.tokens.id("fn")?, detached: self.tokens.eat_word("detached") },
            "generator_new" => Opcode::GeneratorNew(self.tokens.id("fn")?),
            _ => return Err(self.tokens.error(format!("`{word}` is no operation"))),
        };
        Ok(opcode)
    }

    fn float(&mut self) -> Result<u64> {
        let error = self.tokens.error("expected a float");
        let word = self.tokens.number()?;
        match word.strip_prefix("0x") {
            Some(digits) => u64::from_str_radix(digits, 16).map_err(|_| error),
            None => word.parse().map(f64::to_bits).map_err(|_| error),
        }
    }

    fn runtime_call(&mut self) -> Result<Opcode> {
        let symbol = self.tokens.word()?;
        let Some(function) = RuntimeFn::find(symbol) else {
            return Err(self.tokens.error(format!("`{symbol}` is no runtime function")));
        };
        let infos: Vec<Type> = if self.tokens.eat('<') { self.list('>', Self::ty)? } else { Vec::new() };
        Ok(Opcode::CallRuntime(function, infos))
    }
}

/// Types of the values seen so far; gaps belong to values that passes removed.
struct Body {
    types: IdVec<Value, Option<Type>>,
}
