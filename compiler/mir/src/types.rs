//! Monomorphic types, interned: equal types have equal ids. A recursive type has a [`TypeKind::Box`] on the way, so sizes are finite.

use crate::{EnumId, FunctionId, SignatureId, StructId, Type};
use qi_abi::Own;
use qi_base::IdVec;
use rustc_hash::FxHashMap;

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum TypeKind {
    Unit,
    Bool,
    Char,
    Int {
        bits: u8,
        signed: bool,
    },
    Float {
        bits: u8,
    },
    Str,
    /// Raw C pointer (also C字符串); not counted.
    Pointer,
    /// Address of a place of the type. Never counted, never stored, never lives in a frame field by itself across a
    /// change of what it points into; slots and cells stay put, so their addresses may cross a suspension.
    Address(Type),
    Struct(StructId),
    Enum(EnumId),
    Array(Type),
    /// Counted heap copy of a value: recursive types, closure environments.
    Box(Type),
    /// Counted heap variable, shared by the closures that capture it; identity.
    Cell(Type),
    Closure(SignatureId),
    /// 任意 of the trait with this name (for printing); methods are reached by index.
    Dynamic(u32),
    /// 任意 错误 and everything thrown.
    Error,
    Task(Type),
    Generator {
        item: Type,
        sent: Type,
    },
    Channel(Type),
    /// 锁 and 共享.
    Lock(Type),
    /// A lock that is a node of a graph: only its name differs.
    Shared(Type),
    Weak(Type),
    Atomic,
    /// Runtime object with identity and no Qi-visible contents.
    Handle,
}

/// Parameters of a 函数 value: [`Own::Borrow`] (or `Plain`) by value, [`Own::Place`] for 可变 (an address of the type).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Signature {
    pub params: Vec<(Own, Type)>,
    pub result: Type,
}

/// How values of a struct print.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Display {
    Named,
    Tuple,
    Map,
}

#[derive(Clone, Debug)]
pub struct Field {
    /// Empty for tuples and positional variant fields.
    pub name: String,
    pub ty: Type,
}

/// User implementations that replace the structural behaviour; each takes the value by [`Own::Borrow`].
#[derive(Clone, Copy, Default, Debug)]
pub struct Overrides {
    pub text: Option<FunctionId>,
    pub message: Option<FunctionId>,
    pub compare: Option<FunctionId>,
    pub equal: Option<FunctionId>,
    pub hash: Option<FunctionId>,
}

#[derive(Clone, Debug)]
pub struct StructDef {
    /// As Qi writes it, with type arguments.
    pub name: String,
    pub fields: Vec<Field>,
    pub display: Display,
    /// Symbol of the runtime's own TypeInfo (fault types), else none.
    pub runtime_info: Option<&'static str>,
    pub overrides: Overrides,
}

#[derive(Clone, Debug)]
pub struct Variant {
    pub name: String,
    pub fields: Vec<Field>,
}

#[derive(Clone, Debug)]
pub struct EnumDef {
    pub name: String,
    pub variants: Vec<Variant>,
    pub overrides: Overrides,
}

/// All types of a module. Definitions may be declared first and filled later (recursive types).
#[derive(Clone, Debug, Default)]
pub struct Types {
    kinds: IdVec<Type, TypeKind>,
    ids: FxHashMap<TypeKind, Type>,
    pub structs: IdVec<StructId, StructDef>,
    pub enums: IdVec<EnumId, EnumDef>,
    signatures: IdVec<SignatureId, Signature>,
    signature_ids: FxHashMap<Signature, SignatureId>,
    /// Trait names of [`TypeKind::Dynamic`], for printing.
    pub traits: Vec<String>,
}

impl Types {
    pub fn intern(&mut self, kind: TypeKind) -> Type {
        if let Some(&ty) = self.ids.get(&kind) {
            return ty;
        }
        let ty = self.kinds.push(kind.clone());
        self.ids.insert(kind, ty);
        ty
    }
    pub fn signature(&mut self, signature: Signature) -> SignatureId {
        if let Some(&id) = self.signature_ids.get(&signature) {
            return id;
        }
        let id = self.signatures.push(signature.clone());
        self.signature_ids.insert(signature, id);
        id
    }
    pub fn kind(&self, ty: Type) -> &TypeKind {
        &self.kinds[ty]
    }
    pub fn signature_of(&self, id: SignatureId) -> &Signature {
        &self.signatures[id]
    }
    pub fn iter(&self) -> impl Iterator<Item = (Type, &TypeKind)> {
        self.kinds.iter()
    }
    pub fn signatures(&self) -> impl Iterator<Item = (SignatureId, &Signature)> {
        self.signatures.iter()
    }
    pub fn unit(&mut self) -> Type {
        self.intern(TypeKind::Unit)
    }
    pub fn bool(&mut self) -> Type {
        self.intern(TypeKind::Bool)
    }
    pub fn i64(&mut self) -> Type {
        self.intern(TypeKind::Int { bits: 64, signed: true })
    }
    pub fn str(&mut self) -> Type {
        self.intern(TypeKind::Str)
    }
    pub fn error(&mut self) -> Type {
        self.intern(TypeKind::Error)
    }
    pub fn address(&mut self, of: Type) -> Type {
        self.intern(TypeKind::Address(of))
    }

    /// Name of the trait of a 任意 type or of the address of one.
    pub fn trait_of(&self, ty: Type) -> Option<&str> {
        match *self.kind(ty) {
            TypeKind::Dynamic(index) => self.traits.get(index as usize).map(String::as_str),
            TypeKind::Address(of) => match *self.kind(of) {
                TypeKind::Dynamic(index) => self.traits.get(index as usize).map(String::as_str),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether copying a value of the type changes a reference count.
    pub fn is_counted(&self, ty: Type) -> bool {
        match self.kind(ty) {
            TypeKind::Unit
            | TypeKind::Bool
            | TypeKind::Char
            | TypeKind::Int { .. }
            | TypeKind::Float { .. }
            | TypeKind::Pointer
            | TypeKind::Address(_) => false,
            TypeKind::Struct(id) => self.structs[*id].fields.iter().any(|field| self.is_counted(field.ty)),
            TypeKind::Enum(id) => self.enums[*id]
                .variants
                .iter()
                .any(|variant| variant.fields.iter().any(|field| self.is_counted(field.ty))),
            TypeKind::Str
            | TypeKind::Array(_)
            | TypeKind::Box(_)
            | TypeKind::Cell(_)
            | TypeKind::Closure(_)
            | TypeKind::Dynamic(_)
            | TypeKind::Error
            | TypeKind::Task(_)
            | TypeKind::Generator { .. }
            | TypeKind::Channel(_)
            | TypeKind::Lock(_)
            | TypeKind::Shared(_)
            | TypeKind::Weak(_)
            | TypeKind::Atomic
            | TypeKind::Handle => true,
        }
    }
}
