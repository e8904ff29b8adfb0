//! Types of checked programs, interned process-wide: equal types are the same [`Ty`], and `ty.kind()` needs no context.

use crate::{AdtId, TraitId};
use qi_base::{Name, define_id};
use rustc_hash::FxHashMap;
use std::sync::{LazyLock, RwLock};

define_id!(/// A generic parameter of a function, type, trait or implementation; unique in the program.
    GenericId, "G");
define_id!(/// An inference variable of the body being checked; never in a finished [`crate::TypedBody`].
    InferId, "?");

/// Compared and hashed by address: the table gives each kind one entry for the life of the process.
#[derive(Clone, Copy)]
pub struct Ty(&'static Entry);

struct Entry {
    kind: TyKind,
    flags: u8,
    /// Number of parts, and how deep they nest; both saturate.
    size: u32,
    depth: u32,
}

/// Bits of [`Entry::flags`]: what occurs somewhere inside.
const HAS_INFER: u8 = 1;
const HAS_PARAM: u8 = 2;
const HAS_ERROR: u8 = 4;

impl PartialEq for Ty {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.0, other.0)
    }
}
impl Eq for Ty {}
impl std::hash::Hash for Ty {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        std::ptr::from_ref(self.0).hash(state);
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum IntType {
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
}

/// How a parameter is passed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Mode {
    Value,
    /// 可变
    InOut,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum TyKind {
    /// Already reported; compatible with everything.
    Error,
    /// Of 返回, 抛出, endless loops; converts to everything.
    Never,
    Unit,
    Bool,
    Char,
    Int(IntType),
    /// 64 or 32 bits.
    Float(u8),
    Str,
    Tuple(Vec<Ty>),
    Array(Ty),
    /// User and library structs and enums, among them 选项 结果 字典 集合.
    Adt(AdtId, Vec<Ty>),
    Function {
        params: Vec<(Mode, Ty)>,
        result: Ty,
    },
    /// 任意 特性.
    Dynamic(TraitId, Vec<Ty>),
    /// 未来 / 任务.
    Task(Ty),
    /// 生成器 and 流: item, sent (unit when nothing can be sent).
    Generator(Ty, Ty),
    Channel(Ty),
    Lock(Ty),
    Shared(Ty),
    Weak(Ty),
    Atomic,
    Pointer(Ty),
    /// C字符串.
    CStr,
    /// Opaque runtime object used inside the standard library (内建对象).
    Handle,
    Param(GenericId, Name),
    Infer(InferId),
}

static TABLE: LazyLock<RwLock<FxHashMap<&'static TyKind, &'static Entry>>> = LazyLock::new(Default::default);

impl Ty {
    pub fn new(kind: TyKind) -> Self {
        if let Some(entry) = TABLE.read().expect("type table is never poisoned").get(&kind) {
            return Self(entry);
        }
        let mut flags = match kind {
            TyKind::Infer(_) => HAS_INFER,
            TyKind::Param(..) => HAS_PARAM,
            TyKind::Error => HAS_ERROR,
            _ => 0,
        };
        let (mut size, mut depth) = (1u32, 1u32);
        kind.for_each_part(&mut |it| {
            flags |= it.0.flags;
            size = size.saturating_add(it.0.size);
            depth = depth.max(it.0.depth.saturating_add(1));
        });
        let mut table = TABLE.write().expect("type table is never poisoned");
        if let Some(entry) = table.get(&kind) {
            return Self(entry);
        }
        let entry: &'static Entry = Box::leak(Box::new(Entry { kind, flags, size, depth }));
        table.insert(&entry.kind, entry);
        Self(entry)
    }
    pub fn kind(self) -> &'static TyKind {
        &self.0.kind
    }
    /// Some part is an inference variable.
    pub fn has_infer(self) -> bool {
        self.0.flags & HAS_INFER != 0
    }
    /// Some part is a generic parameter.
    pub fn has_params(self) -> bool {
        self.0.flags & HAS_PARAM != 0
    }
    /// Some part was already reported as wrong.
    pub fn has_error(self) -> bool {
        self.0.flags & HAS_ERROR != 0
    }
    /// Whether it has at most so many parts and nests at most so deep. Equal parts count each time, as they do for
    /// whoever walks the type.
    pub fn fits(self, size: u32, depth: u32) -> bool {
        self.0.size <= size && self.0.depth <= depth
    }
    /// Number of parts.
    pub fn size(self) -> u32 {
        self.0.size
    }
    /// Levels of nesting.
    pub fn depth(self) -> u32 {
        self.0.depth
    }
    pub fn error() -> Self {
        Self::new(TyKind::Error)
    }
    pub fn never() -> Self {
        Self::new(TyKind::Never)
    }
    pub fn unit() -> Self {
        Self::new(TyKind::Unit)
    }
    pub fn bool() -> Self {
        Self::new(TyKind::Bool)
    }
    pub fn char() -> Self {
        Self::new(TyKind::Char)
    }
    pub fn int() -> Self {
        Self::new(TyKind::Int(IntType::I64))
    }
    pub fn float() -> Self {
        Self::new(TyKind::Float(64))
    }
    pub fn str() -> Self {
        Self::new(TyKind::Str)
    }
    pub fn array(element: Ty) -> Self {
        Self::new(TyKind::Array(element))
    }
    pub fn is_error(self) -> bool {
        matches!(self.kind(), TyKind::Error)
    }
    pub fn is_never(self) -> bool {
        matches!(self.kind(), TyKind::Never)
    }
    pub fn is_unit(self) -> bool {
        matches!(self.kind(), TyKind::Unit)
    }

    /// Rebuilds the type with `f` applied to each direct part.
    pub fn map_parts(self, f: &mut dyn FnMut(Ty) -> Ty) -> Ty {
        let all = |parts: &[Ty], f: &mut dyn FnMut(Ty) -> Ty| parts.iter().map(|&it| f(it)).collect::<Vec<_>>();
        let kind = match self.kind() {
            TyKind::Error
            | TyKind::Never
            | TyKind::Unit
            | TyKind::Bool
            | TyKind::Char
            | TyKind::Int(_)
            | TyKind::Float(_)
            | TyKind::Str
            | TyKind::Atomic
            | TyKind::CStr
            | TyKind::Handle
            | TyKind::Param(..)
            | TyKind::Infer(_) => return self,
            TyKind::Tuple(parts) => TyKind::Tuple(all(parts, f)),
            TyKind::Array(it) => TyKind::Array(f(*it)),
            TyKind::Adt(id, parts) => TyKind::Adt(*id, all(parts, f)),
            TyKind::Function { params, result } => TyKind::Function {
                params: params.iter().map(|&(mode, it)| (mode, f(it))).collect(),
                result: f(*result),
            },
            TyKind::Dynamic(id, parts) => TyKind::Dynamic(*id, all(parts, f)),
            TyKind::Task(it) => TyKind::Task(f(*it)),
            TyKind::Generator(item, sent) => TyKind::Generator(f(*item), f(*sent)),
            TyKind::Channel(it) => TyKind::Channel(f(*it)),
            TyKind::Lock(it) => TyKind::Lock(f(*it)),
            TyKind::Shared(it) => TyKind::Shared(f(*it)),
            TyKind::Weak(it) => TyKind::Weak(f(*it)),
            TyKind::Pointer(it) => TyKind::Pointer(f(*it)),
        };
        Ty::new(kind)
    }

    pub fn mentions(self, generic: GenericId) -> bool {
        let mut found = matches!(self.kind(), TyKind::Param(id, _) if *id == generic);
        if self.has_params() {
            self.kind().for_each_part(&mut |it| found |= it.mentions(generic));
        }
        found
    }

    /// Replaces generic parameters by `lookup` (unchanged where it gives none).
    pub fn substitute(self, lookup: &dyn Fn(GenericId) -> Option<Ty>) -> Ty {
        match self.kind() {
            _ if !self.has_params() => self,
            TyKind::Param(id, _) => lookup(*id).unwrap_or(self),
            _ => self.map_parts(&mut |it| it.substitute(lookup)),
        }
    }
}

impl TyKind {
    /// Calls `f` for each direct part.
    pub fn for_each_part(&self, f: &mut dyn FnMut(Ty)) {
        match self {
            TyKind::Error
            | TyKind::Never
            | TyKind::Unit
            | TyKind::Bool
            | TyKind::Char
            | TyKind::Int(_)
            | TyKind::Float(_)
            | TyKind::Str
            | TyKind::Atomic
            | TyKind::CStr
            | TyKind::Handle
            | TyKind::Param(..)
            | TyKind::Infer(_) => {}
            TyKind::Tuple(parts) | TyKind::Adt(_, parts) | TyKind::Dynamic(_, parts) => {
                parts.iter().for_each(|&it| f(it))
            }
            TyKind::Array(it)
            | TyKind::Task(it)
            | TyKind::Channel(it)
            | TyKind::Lock(it)
            | TyKind::Shared(it)
            | TyKind::Weak(it)
            | TyKind::Pointer(it) => f(*it),
            TyKind::Generator(item, sent) => {
                f(*item);
                f(*sent);
            }
            TyKind::Function { params, result } => {
                params.iter().for_each(|&(_, it)| f(it));
                f(*result);
            }
        }
    }
}

impl std::fmt::Debug for Ty {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.kind())
    }
}

impl IntType {
    pub fn bits(self) -> u8 {
        match self {
            IntType::I8 | IntType::U8 => 8,
            IntType::I16 | IntType::U16 => 16,
            IntType::I32 | IntType::U32 => 32,
            IntType::I64 | IntType::U64 => 64,
        }
    }
    pub fn is_signed(self) -> bool {
        matches!(self, IntType::I8 | IntType::I16 | IntType::I32 | IntType::I64)
    }
    pub fn qi_name(self) -> &'static str {
        match self {
            IntType::I8 => "整数8",
            IntType::I16 => "整数16",
            IntType::I32 => "整数32",
            IntType::I64 => "整数",
            IntType::U8 => "字节",
            IntType::U16 => "无符号16",
            IntType::U32 => "无符号32",
            IntType::U64 => "无符号64",
        }
    }
}
