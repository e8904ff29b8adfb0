//! Concrete HIR types to MIR types. Each struct or enum instance is declared once; a field whose type is still being
//! declared (a type that contains itself) is boxed. User implementations of standard traits are attached afterwards.

use crate::context::Lower;
use crate::instances::Instance;
use crate::target::Target;
use qi_base::bug;
use qi_hir::{AdtId, AdtKind, FieldDef, Mode, TraitId, Ty, TyKind};
use qi_mir as mir;
use qi_mir::{Own, TypeKind};

/// Nesting and size of types beyond which instantiation is taken to be endless.
const MAX_DEPTH: u32 = 60;
const MAX_SIZE: u32 = 5000;
/// Fields of more words are boxed: nesting such types would make values of any size.
const MAX_WIDTH: u32 = 64;

impl<'a> Lower<'a> {
    pub fn ty(&mut self, ty: Ty) -> mir::Type {
        if let Some(&known) = self.types.get(&ty) {
            return known;
        }
        let lowered = match ty.kind() {
            TyKind::Tuple(parts) => return self.tuple(ty, parts),
            TyKind::Adt(id, args) => return self.adt(ty, *id, args),
            kind => {
                let kind = self.simple(ty, kind);
                self.module.types.intern(kind)
            }
        };
        self.types.insert(ty, lowered);
        lowered
    }

    fn simple(&mut self, ty: Ty, kind: &TyKind) -> TypeKind {
        match kind {
            TyKind::Never | TyKind::Unit => TypeKind::Unit,
            TyKind::Bool => TypeKind::Bool,
            TyKind::Char => TypeKind::Char,
            TyKind::Int(it) => TypeKind::Int { bits: it.bits(), signed: it.is_signed() },
            TyKind::Float(bits) => TypeKind::Float { bits: *bits },
            TyKind::Str => TypeKind::Str,
            TyKind::Array(it) => TypeKind::Array(self.ty(*it)),
            TyKind::Function { params, result } => TypeKind::Closure(self.signature(params, *result)),
            TyKind::Dynamic(id, _) if self.is_error_trait(*id) => TypeKind::Error,
            TyKind::Dynamic(id, args) => TypeKind::Dynamic(self.trait_index(*id, args)),
            TyKind::Task(it) => TypeKind::Task(self.ty(*it)),
            TyKind::Generator(item, sent) => TypeKind::Generator { item: self.ty(*item), sent: self.ty(*sent) },
            TyKind::Channel(it) => TypeKind::Channel(self.ty(*it)),
            TyKind::Lock(it) => TypeKind::Lock(self.ty(*it)),
            TyKind::Shared(it) => TypeKind::Shared(self.ty(*it)),
            TyKind::Weak(it) => TypeKind::Weak(self.ty(*it)),
            TyKind::Atomic => TypeKind::Atomic,
            TyKind::Pointer(_) | TyKind::CStr => TypeKind::Pointer,
            TyKind::Handle => TypeKind::Handle,
            TyKind::Tuple(_) | TyKind::Adt(..) | TyKind::Error | TyKind::Infer(_) | TyKind::Param(..) => {
                bug!("type {} after checking and substitution", self.type_name(ty))
            }
        }
    }

    /// 任意 错误 and 任意 运行时错误 are thrown objects themselves.
    pub fn is_error_trait(&self, id: TraitId) -> bool {
        let known = &self.analysis.signatures.known;
        known.error == Some(id) || known.fault == Some(id)
    }

    pub fn signature(&mut self, params: &[(Mode, Ty)], result: Ty) -> mir::SignatureId {
        let params = params.iter().map(|&(mode, ty)| self.param(mode, ty)).collect();
        let result = self.ty(result);
        self.module.types.signature(mir::Signature { params, result })
    }

    /// How a parameter arrives.
    pub fn param(&mut self, mode: Mode, ty: Ty) -> (Own, mir::Type) {
        let ty = self.ty(ty);
        match mode {
            Mode::Value => (Own::Borrow, ty),
            Mode::InOut => (Own::Place, self.module.types.address(ty)),
        }
    }

    fn trait_index(&mut self, id: TraitId, args: &[Ty]) -> u32 {
        let key = (id, args.to_vec());
        if let Some(&index) = self.traits.get(&key) {
            return index;
        }
        let text = self.type_name(Ty::new(TyKind::Dynamic(id, args.to_vec())));
        let name = text.trim_start_matches("任意 ").to_owned();
        // Two traits of one name in different modules must not share their methods' facts.
        let taken = self.module.types.traits.iter().filter(|it| it.trim_end_matches('\'') == name).count();
        let index = u32::try_from(self.module.types.traits.len()).expect("fewer than 2^32 traits");
        self.module.types.traits.push(name + &"'".repeat(taken));
        self.traits.insert(key, index);
        index
    }

    fn tuple(&mut self, ty: Ty, parts: &[Ty]) -> mir::Type {
        let strukt = self.module.types.structs.push(mir::StructDef {
            name: String::new(),
            fields: Vec::new(),
            display: mir::Display::Tuple,
            runtime_info: None,
            overrides: mir::Overrides::default(),
        });
        let lowered = self.declare(ty, TypeKind::Struct(strukt));
        let fields = parts.iter().map(|&it| mir::Field { name: String::new(), ty: self.field_type(it) }).collect();
        self.module.types.structs[strukt].fields = fields;
        self.module.types.structs[strukt].name = self.type_name(ty);
        self.open_types.remove(&ty);
        lowered
    }

    fn adt(&mut self, ty: Ty, id: AdtId, args: &[Ty]) -> mir::Type {
        if self.is_endless(ty, 1) {
            self.endless_type(ty, id);
            // The body at work still needs its own types; nobody gets to see those further out.
            if self.is_endless(ty, 4) {
                return self.module.types.intern(TypeKind::Handle);
            }
        }
        // Arguments first: `选项<节点>` boxes its payload whichever of the two is asked for first.
        for &arg in args {
            self.ty(arg);
        }
        if let Some(&known) = self.types.get(&ty) {
            return known;
        }
        match &self.program.adts[id].kind {
            AdtKind::Struct(fields) => self.strukt(ty, id, args, fields),
            AdtKind::Enum(_) => self.enum_(ty, id, args),
        }
    }

    fn declare(&mut self, ty: Ty, kind: TypeKind) -> mir::Type {
        let lowered = self.module.types.intern(kind);
        self.types.insert(ty, lowered);
        self.open_types.insert(ty);
        lowered
    }

    fn strukt(&mut self, ty: Ty, id: AdtId, args: &[Ty], fields: &'a [FieldDef]) -> mir::Type {
        let adt = &self.program.adts[id];
        let display = match adt.intrinsic.as_deref() {
            Some("map" | "set") => mir::Display::Map,
            _ => mir::Display::Named,
        };
        let strukt = self.module.types.structs.push(mir::StructDef {
            name: self.type_name(ty),
            fields: Vec::new(),
            display,
            runtime_info: adt.intrinsic.as_deref().and_then(runtime_info),
            overrides: mir::Overrides::default(),
        });
        let lowered = self.declare(ty, TypeKind::Struct(strukt));
        let types = self.field_types(id, 0, args);
        let fields = fields
            .iter()
            .zip(types)
            .map(|(field, ty)| {
                // The layout of C has no boxes.
                let ty = if adt.external { self.ty(ty) } else { self.field_type(ty) };
                mir::Field { name: field_name(field), ty }
            })
            .collect();
        self.module.types.structs[strukt].fields = fields;
        self.open_types.remove(&ty);
        self.new_adt(ty);
        lowered
    }

    fn enum_(&mut self, ty: Ty, id: AdtId, args: &[Ty]) -> mir::Type {
        let AdtKind::Enum(variants) = &self.program.adts[id].kind else { bug!("{id} is no enum") };
        let name = self.type_name(ty);
        let enum_ = self.module.types.enums.push(mir::EnumDef {
            name,
            variants: Vec::new(),
            overrides: mir::Overrides::default(),
        });
        let lowered = self.declare(ty, TypeKind::Enum(enum_));
        let mut all = Vec::with_capacity(variants.len());
        for (index, variant) in variants.iter().enumerate() {
            let types = self.field_types(id, index as u32, args);
            let fields = variant
                .fields
                .iter()
                .zip(types)
                .map(|(field, ty)| mir::Field { name: field_name(field), ty: self.field_type(ty) })
                .collect();
            all.push(mir::Variant { name: variant.name.as_str().to_owned(), fields });
        }
        self.module.types.enums[enum_].variants = all;
        self.open_types.remove(&ty);
        self.new_adt(ty);
        lowered
    }

    pub fn option_of(&self, of: Ty) -> Ty {
        let option = self.analysis.signatures.known.option.unwrap_or_else(|| bug!("no 选项 in the prelude"));
        Ty::new(TyKind::Adt(option, vec![of]))
    }

    fn new_adt(&mut self, ty: Ty) {
        self.new_adts.push(ty);
        if let TyKind::Adt(_, args) = ty.kind()
            && !args.is_empty()
        {
            self.generic_types.push(ty);
        }
    }

    /// Field types of a variant (0 of a struct) under the type's arguments.
    pub fn field_types(&self, id: AdtId, variant: u32, args: &[Ty]) -> Vec<Ty> {
        let generics = &self.program.adts[id].generics;
        let lookup = |it| generics.iter().position(|&generic| generic == it).map(|index| args[index]);
        let types = &self.analysis.signatures.adts[id].variants[variant as usize];
        types.iter().map(|ty| ty.substitute(&lookup)).collect()
    }

    /// Parts of a struct, tuple or variant type.
    pub fn part_types(&self, ty: Ty, variant: u32) -> Vec<Ty> {
        match ty.kind() {
            TyKind::Unit => Vec::new(),
            TyKind::Tuple(parts) => parts.clone(),
            TyKind::Adt(id, args) => self.field_types(*id, variant, args),
            _ => bug!("{} has no fields", self.type_name(ty)),
        }
    }

    fn field_type(&mut self, ty: Ty) -> mir::Type {
        let lowered = self.ty(ty);
        let is_boxed = self.open_types.contains(&ty) || self.width(lowered) > MAX_WIDTH;
        if is_boxed { self.module.types.intern(TypeKind::Box(lowered)) } else { lowered }
    }

    /// How many words a value takes, roughly.
    fn width(&mut self, ty: mir::Type) -> u32 {
        if let Some(&known) = self.widths.get(&ty) {
            return known;
        }
        let width = match *self.module.types.kind(ty) {
            TypeKind::Struct(id) => self.fields_width(self.module.types.structs[id].fields.clone()),
            TypeKind::Enum(id) => {
                let variants: Vec<_> =
                    self.module.types.enums[id].variants.iter().map(|it| it.fields.clone()).collect();
                1 + variants.into_iter().map(|it| self.fields_width(it)).max().unwrap_or(0)
            }
            _ => return 1,
        };
        self.widths.insert(ty, width);
        width
    }
    fn fields_width(&mut self, fields: Vec<mir::Field>) -> u32 {
        fields.into_iter().map(|it| self.width(it.ty)).fold(0, u32::saturating_add)
    }

    /// Connects printing, comparing and hashing of values of the type with the user's implementations.
    pub fn attach_overrides(&mut self, ty: Ty) {
        let TyKind::Adt(id, _) = ty.kind() else { bug!("{} is no struct or enum", self.type_name(ty)) };
        let intrinsic = self.program.adts[*id].intrinsic.as_deref();
        if intrinsic.is_some_and(|name| runtime_info(name).is_some()) {
            return;
        }
        let known = self.analysis.signatures.known;
        let overrides = mir::Overrides {
            text: self.override_of(known.printable, ty),
            message: self.override_of(known.error, ty),
            compare: self.override_of(known.comparable, ty),
            equal: self.override_of(known.equatable, ty),
            hash: self.override_of(known.hashable, ty),
        };
        let lowered = self.ty(ty);
        match *self.module.types.kind(lowered) {
            TypeKind::Struct(it) => self.module.types.structs[it].overrides = overrides,
            TypeKind::Enum(it) => self.module.types.enums[it].overrides = overrides,
            _ => {}
        }
    }

    fn override_of(&mut self, trait_: Option<TraitId>, ty: Ty) -> Option<mir::FunctionId> {
        let trait_ = trait_?;
        self.find_impl(trait_, &[], ty)?;
        let method = *self.program.traits[trait_].methods.first()?;
        match self.resolve_method(method, &[ty]) {
            Target::Function { function, generics } => Some(self.instance(Instance::Function(function, generics))),
            _ => None,
        }
    }

    /// Whether the death of a value can be seen: it may run code of the program or end a runtime object.
    pub fn has_visible_drop(&mut self, ty: Ty) -> bool {
        if let Some(&known) = self.visible_drops.get(&ty) {
            return known;
        }
        self.visible_drops.insert(ty, false);
        let visible = match ty.kind() {
            TyKind::Generator(..) | TyKind::Task(_) | TyKind::Handle | TyKind::Shared(_) => true,
            TyKind::Array(it) => self.has_visible_drop(*it),
            TyKind::Tuple(parts) => parts.iter().any(|&it| self.has_visible_drop(it)),
            TyKind::Adt(id, args) => (0..self.analysis.signatures.adts[*id].variants.len()).any(|variant| {
                let types = self.field_types(*id, variant as u32, args);
                types.into_iter().any(|it| !self.is_endless(it, 1) && self.has_visible_drop(it))
            }),
            _ => false,
        };
        self.visible_drops.insert(ty, visible);
        visible
    }

    /// Reports endless instantiation of a function.
    pub fn check_depth(&mut self, generics: &[Ty], function: qi_hir::FunctionId) -> bool {
        let data = &self.program.functions[function];
        self.check_nesting(generics, data.name_span, data.name.as_str())
    }

    /// The same for whatever has the name.
    pub fn check_nesting(&mut self, generics: &[Ty], span: qi_base::Span, name: &str) -> bool {
        let fits = !generics.iter().any(|&it| self.is_endless(it, 1));
        if !fits {
            self.exceed_limit(span, name);
        }
        fits
    }

    /// Beyond `times` the limits.
    fn is_endless(&self, ty: Ty, times: u32) -> bool {
        !ty.fits(MAX_SIZE * times, MAX_DEPTH * times)
    }

    /// Reports endless instantiation of a type: by the name of one of the program's own, else where it is used.
    fn endless_type(&mut self, ty: Ty, id: AdtId) {
        let own = self.own_type(ty);
        match (own, self.current) {
            (None, Some(function)) => {
                let data = &self.program.functions[function];
                self.exceed_limit(data.name_span, data.name.as_str());
            }
            _ => {
                let data = &self.program.adts[own.unwrap_or(id)];
                self.exceed_limit(data.name_span, data.name.as_str());
            }
        }
    }

    fn own_type(&self, ty: Ty) -> Option<AdtId> {
        match ty.kind() {
            TyKind::Adt(id, _) if !self.program.modules[self.program.adts[*id].module].is_std => Some(*id),
            kind => {
                let mut found = None;
                kind.for_each_part(&mut |it| found = found.or_else(|| self.own_type(it)));
                found
            }
        }
    }
}

fn field_name(field: &FieldDef) -> String {
    field.name.map(|it| it.as_str().to_owned()).unwrap_or_default()
}

/// The runtime's own description of a fault type.
fn runtime_info(intrinsic: &str) -> Option<&'static str> {
    qi_abi::symbols::FAULT_TYPES.iter().map(|it| it.1).find(|&symbol| symbol == intrinsic)
}
