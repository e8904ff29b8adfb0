//! Everything of a module but its functions: types, externs, globals, vtables, sites.

use super::token::number_after;
use super::{Parser, Result};
use crate::{
    Display, Entry, EnumDef, EnumId, ExternFunction, Field, Global, Overrides, Own, Signature, SignatureId, Site,
    StructDef, StructId, Type, TypeKind, VTable, Variant,
};
use qi_base::Id;

impl Parser<'_> {
    pub(super) fn header_item(&mut self) -> Result<()> {
        let word = self.tokens.word()?;
        let is = |prefix| number_after(word, prefix).is_some();
        match word {
            "trait" => {
                let name = self.tokens.text()?;
                self.module.types.traits.push(name);
                Ok(())
            }
            "library" => {
                let name = self.tokens.text()?;
                self.module.libraries.push(name);
                Ok(())
            }
            "entry" => {
                let function = self.tokens.id("fn")?;
                self.module.entry = Some(Entry { function });
                Ok(())
            }
            "start" => {
                self.module.start = Some(self.tokens.id("fn")?);
                Ok(())
            }
            "suspending" => self.suspending(),
            _ if is("struct") => self.strukt(word),
            _ if is("enum") => self.enum_(word),
            _ if is("sig") => self.signature(word),
            _ if is("extern") => self.extern_(word),
            _ if is("global") => self.global(word),
            _ if is("vtable") => self.vtable(word),
            _ if is("site") => self.site(word),
            _ => Err(self.tokens.error(format!("`{word}` starts no definition"))),
        }
    }

    /// Ids are dense and in order, so the number is only checked.
    fn in_order(&self, id: impl Id + std::fmt::Display, word: &str) -> Result<()> {
        if id.to_string() == word {
            return Ok(());
        }
        Err(self.tokens.error(format!("expected {id}, found {word}")))
    }

    fn suspending(&mut self) -> Result<()> {
        if self.tokens.eat_word("method") {
            let name = self.tokens.text()?;
            let method = self.tokens.integer()?;
            self.module.suspending_methods.insert((name, method));
            return Ok(());
        }
        if let Some(id) = self.tokens.peek_id::<SignatureId>("sig") {
            self.tokens.next();
            self.module.suspending_signatures.insert(id);
            return Ok(());
        }
        let ty = self.ty()?;
        let TypeKind::Generator { item, sent } = *self.module.types.kind(ty) else {
            return Err(self.tokens.error("expected a generator type"));
        };
        self.module.suspending_generators.insert((item, sent));
        Ok(())
    }

    fn strukt(&mut self, word: &str) -> Result<()> {
        self.in_order(self.module.types.structs.next_id(), word)?;
        let name = self.tokens.text()?;
        let display = match self.tokens.word()? {
            "named" => Display::Named,
            "tuple" => Display::Tuple,
            "map" => Display::Map,
            other => return Err(self.tokens.error(format!("`{other}` is no way to show a struct"))),
        };
        let fields = self.fields()?;
        let runtime_info = if self.tokens.eat_word("info") {
            // Only tests read modules, so the few names may live as long as the process.
            let name: &'static str = Box::leak(self.tokens.text()?.into_boxed_str());
            Some(name)
        } else {
            None
        };
        let overrides = self.overrides()?;
        self.module.types.structs.push(StructDef { name, fields, display, runtime_info, overrides });
        Ok(())
    }

    fn enum_(&mut self, word: &str) -> Result<()> {
        self.in_order(self.module.types.enums.next_id(), word)?;
        let name = self.tokens.text()?;
        self.tokens.expect('{')?;
        let mut variants = Vec::new();
        while !self.tokens.eat('}') {
            let name = self.tokens.text()?;
            variants.push(Variant { name, fields: self.fields()? });
        }
        let overrides = self.overrides()?;
        self.module.types.enums.push(EnumDef { name, variants, overrides });
        Ok(())
    }

    fn fields(&mut self) -> Result<Vec<Field>> {
        self.tokens.expect('(')?;
        self.list(')', |it| Ok(Field { name: it.tokens.text()?, ty: it.ty()? }))
    }

    fn overrides(&mut self) -> Result<Overrides> {
        let mut overrides = Overrides::default();
        loop {
            let place = match self.tokens.peek_word() {
                Some("text") => &mut overrides.text,
                Some("message") => &mut overrides.message,
                Some("compare") => &mut overrides.compare,
                Some("equal") => &mut overrides.equal,
                Some("hash") => &mut overrides.hash,
                _ => return Ok(overrides),
            };
            self.tokens.next();
            *place = Some(self.tokens.id("fn")?);
        }
    }

    fn signature(&mut self, word: &str) -> Result<()> {
        self.tokens.expect('(')?;
        let params = self.list(')', |it| Ok((it.own()?, it.ty()?)))?;
        self.tokens.arrow()?;
        let result = self.ty()?;
        let id = self.module.types.signature(Signature { params, result });
        self.in_order(id, word)
    }

    fn extern_(&mut self, word: &str) -> Result<()> {
        self.in_order(self.module.externs.next_id(), word)?;
        let symbol = self.tokens.text()?;
        self.tokens.expect('(')?;
        let params = self.list(')', Self::ty)?;
        self.tokens.arrow()?;
        let result = self.ty()?;
        let library = if self.tokens.eat_word("library") { Some(self.tokens.text()?) } else { None };
        let blocking = self.tokens.eat_word("blocking");
        self.module.externs.push(ExternFunction { symbol, params, result, library, blocking });
        Ok(())
    }

    fn global(&mut self, word: &str) -> Result<()> {
        self.in_order(self.module.globals.next_id(), word)?;
        let name = self.tokens.text()?;
        let ty = self.ty()?;
        let constant = self.tokens.eat_word("constant");
        let atomic = self.tokens.eat_word("atomic");
        self.module.globals.push(Global { name, ty, constant, atomic });
        Ok(())
    }

    fn vtable(&mut self, word: &str) -> Result<()> {
        self.in_order(self.module.vtables.next_id(), word)?;
        let ty = self.ty()?;
        let trait_name = self.tokens.text()?;
        self.tokens.expect('[')?;
        let methods = self.list(']', |it| it.tokens.id("fn"))?;
        self.module.vtables.push(VTable { ty, trait_name, methods });
        Ok(())
    }

    fn site(&mut self, word: &str) -> Result<()> {
        self.in_order(self.module.sites.next_id(), word)?;
        let file = self.tokens.text()?;
        let function = self.tokens.text()?;
        let line = self.tokens.integer()?;
        let column = self.tokens.integer()?;
        let text = self.tokens.text()?;
        let inlined_at = if self.tokens.eat_word("inlined_at") { Some(self.tokens.id("site")?) } else { None };
        self.module.sites.push(Site { file, function, text, line, column, inlined_at });
        Ok(())
    }

    pub(super) fn own(&mut self) -> Result<Own> {
        match self.tokens.word()? {
            "plain" => Ok(Own::Plain),
            "borrow" => Ok(Own::Borrow),
            "consume" => Ok(Own::Consume),
            "place" => Ok(Own::Place),
            other => Err(self.tokens.error(format!("`{other}` is no way to pass a value"))),
        }
    }

    pub(super) fn list<T>(&mut self, end: char, mut each: impl FnMut(&mut Self) -> Result<T>) -> Result<Vec<T>> {
        let mut items = Vec::new();
        while !self.tokens.eat(end) {
            if !items.is_empty() {
                self.tokens.expect(',')?;
            }
            items.push(each(self)?);
        }
        Ok(items)
    }

    pub(super) fn ty(&mut self) -> Result<Type> {
        let kind = self.type_kind()?;
        Ok(self.module.types.intern(kind))
    }

    fn type_kind(&mut self) -> Result<TypeKind> {
        let word = self.tokens.word()?;
        let kind = match word {
            "unit" => TypeKind::Unit,
            "bool" => TypeKind::Bool,
            "char" => TypeKind::Char,
            "str" => TypeKind::Str,
            "pointer" => TypeKind::Pointer,
            "error" => TypeKind::Error,
            "atomic" => TypeKind::Atomic,
            "handle" => TypeKind::Handle,
            "address" => TypeKind::Address(self.argument()?),
            "array" => TypeKind::Array(self.argument()?),
            "box" => TypeKind::Box(self.argument()?),
            "cell" => TypeKind::Cell(self.argument()?),
            "task" => TypeKind::Task(self.argument()?),
            "channel" => TypeKind::Channel(self.argument()?),
            "lock" => TypeKind::Lock(self.argument()?),
            "shared" => TypeKind::Shared(self.argument()?),
            "weak" => TypeKind::Weak(self.argument()?),
            "closure" => {
                self.tokens.expect('<')?;
                let signature = self.tokens.id("sig")?;
                self.tokens.expect('>')?;
                TypeKind::Closure(signature)
            }
            "dynamic" => {
                self.tokens.expect('<')?;
                let index = self.tokens.integer()?;
                self.tokens.expect('>')?;
                TypeKind::Dynamic(index)
            }
            "generator" => {
                self.tokens.expect('<')?;
                let item = self.ty()?;
                self.tokens.expect(',')?;
                let sent = self.ty()?;
                self.tokens.expect('>')?;
                TypeKind::Generator { item, sent }
            }
            _ => self.numbered_type(word)?,
        };
        Ok(kind)
    }

    fn numbered_type(&self, word: &str) -> Result<TypeKind> {
        if let Some(index) = number_after(word, "struct") {
            return Ok(TypeKind::Struct(StructId::from_index(index)));
        }
        if let Some(index) = number_after(word, "enum") {
            return Ok(TypeKind::Enum(EnumId::from_index(index)));
        }
        let bits = |prefix| number_after(word, prefix).filter(|bits| [8, 16, 32, 64].contains(bits));
        for (prefix, signed) in [("i", true), ("u", false)] {
            if let Some(bits) = bits(prefix) {
                return Ok(TypeKind::Int { bits: bits as u8, signed });
            }
        }
        match bits("f") {
            Some(bits @ (32 | 64)) => Ok(TypeKind::Float { bits: bits as u8 }),
            _ => Err(self.tokens.error(format!("`{word}` is no type"))),
        }
    }

    fn argument(&mut self) -> Result<Type> {
        self.tokens.expect('<')?;
        let ty = self.ty()?;
        self.tokens.expect('>')?;
        Ok(ty)
    }
}
