//! The contract between compiled Qi code and the runtime: object layouts, type descriptions, coroutine protocols and
//! the table of runtime functions. Read by `compiler/mir`, `compiler/codegen` and `runtime`; owned by neither.
//!
//! # Calling a runtime function
//! The C signature follows from the MIR types of a call by one rule (`#` marks optional parts):
//! ```text
//! #(task: *mut Task, node: *mut Node)   if the entry SUSPENDS (see below)
//! #out: *mut R                          if R is not unit and (R is an aggregate, or the entry THROWS or SUSPENDS);
//!                                       if the entry is marked GENERIC: always (null when R is unit)
//! #info: *const TypeInfo …              one per type argument of the call, in order, if the entry takes INFOS
//! arguments in order                    scalars by value, aggregates as `*const T`, places as `*mut T`
//! #site: *const Site                    if the entry takes a SITE
//! -> *mut Error (null = ok)             if it THROWS;   i32 status if it SUSPENDS;   else R if scalar, else void
//! ```
//! Scalars: integers by their width, 布尔 as u8 (0/1), 字符 as u32, 浮点数 as f64/f32, every counted pointer.
//! Aggregates: 字符串 ([`Str`]), structs, tuples, enums with payload, 函数 ([`Closure`]), 任意 ([`Dynamic`]).
//! A borrowed argument stays the caller's; a consumed one is the callee's (also when it throws); results are owned by the caller.
//!
//! # Layouts of values
//! integers, floats, 布尔 (1 byte), 字符 (u32), 空 (size 0) as in C; structs and tuples as C structs in declaration order.
//! Enum without payload: `u32` tag. Enum of two variants of which one has no fields and the other one a box among its own
//! ([`type_flags::NICHE`]): the fields as a C struct, all zero for the variant without; the first box tells. Every other
//! enum with payload: align 8, `u32` tag at 0, each variant's fields as a C struct that starts at offset 8; size 8 + the
//! largest variant rounded up to 8. Unused bytes are unspecified.
//! The all-zero value of any type is *empty*: releasing it does nothing. `take` leaves it behind.
//!
//! # Coroutine protocols
//! A *frame* is any pointer whose first word is a function `extern "C" fn(*mut Frame)` that resumes it.
//! Suspendable function: `*mut Frame f(*mut Task, *mut Out<R>, args…)`. Runs at once; null = finished (result or error in
//! `out`); else the caller stores its own frame in `out.continuation`, suspends, and is resumed when `out` is filled.
//! Task root: `*mut Frame root(*mut Task)`; called with a null task it returns its frame size as an integer. Its frame lies
//! in the task ([`root_frame`]), where it finds its argument record first and consumes it. Its outcome goes to the task too.
//! Other frames get their memory from `qi_frame_alloc`/`qi_frame_free` ([`symbols`]) or lie in their caller's.
//! Suspending runtime function `qi_x`: `i32 qi_x(task, node, #out, #infos, args…)` starts it and
//! `i32 qi_x_finish(task, node, #out)` ends it after resumption. Both return a [`Status`]; after `PENDING` the caller sets
//! `task.innermost` to its own frame and suspends, then calls `qi_x_finish`, which may say `PENDING` again.
//! On `FAILED` the error is in `task.error` (owned by the caller, who must take it). `node` is `NODE_WORDS` words in the
//! caller's frame, uninitialised before the start.
//! Generator body: `*mut Frame g(*mut Generator, args…)` consumes its arguments, suspends before the first statement and
//! returns its frame. See [`Generator`].
#![no_std]

pub mod functions;
pub mod symbols;

pub use functions::{Own, RuntimeFn};

use core::ptr::null;
use core::sync::atomic::{AtomicI32, AtomicUsize};

/// Bumped when compiled code and runtime stop fitting together; checked at program start.
pub const ABI_VERSION: u32 = 10;

/// First word group of every counted object; 16 bytes.
///
/// `count > 0`: private to one task, plain arithmetic. `count < 0`: shared, atomic, counts away from zero.
/// `count == 0`: immortal, never written.
#[repr(C)]
pub struct Header {
    pub count: AtomicI32,
    /// [`object_flags`].
    pub flags: u32,
    /// Describes the *pointer type* of this object: 数组<T>, box of T, …
    pub info: *const TypeInfo,
}

pub mod object_flags {
    /// Holds something confined to its task (cell, generator): sharing it throws 不可共享.
    pub const CONFINED: u32 = 1;
}

/// 字符串, 16 bytes. Top byte of `high` has bit 7 set: inline, its low 4 bits are the byte length (0..=15), the text is
/// the first 15 bytes of the value. Else `low` points to a [`StrObject`] (or is null: empty) and `high` is the byte length with bit 62 set if all ASCII.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Str {
    pub low: u64,
    pub high: u64,
}

impl Str {
    pub const INLINE_BIT: u64 = 1 << 63;
    pub const ASCII_BIT: u64 = 1 << 62;
    pub const LENGTH_MASK: u64 = (1 << 62) - 1;
    pub const INLINE_MAX: usize = 15;
    pub const EMPTY: Self = Self { low: 0, high: Self::INLINE_BIT };
}

/// Heap text. Literals are emitted by the compiler as constants of this shape with count 0.
#[repr(C)]
pub struct StrObject {
    pub header: Header,
    /// Bytes that `data` can hold.
    pub capacity: u64,
    /// Character count, or `u64::MAX` when not yet known; other caches are the runtime's own.
    pub characters: u64,
    pub index: u64,
    // `capacity` bytes of UTF-8 follow at offset STR_DATA
}
pub const STR_DATA: usize = 40;

/// 数组<T>. Never null; the empty array may be the immortal `qi_empty_array`.
#[repr(C)]
pub struct ArrayObject {
    pub header: Header,
    pub len: u64,
    pub capacity: u64,
    // elements of `info.elem` follow at offset ARRAY_DATA, each padded to its alignment
}
pub const ARRAY_DATA: usize = 32;

/// Box (recursive types, closure environments, 任意 payloads) and cell (variables captured by sharing): one value.
#[repr(C)]
pub struct BoxObject {
    pub header: Header,
    // the value of `info.elem` follows at offset BOX_DATA
}
pub const BOX_DATA: usize = 16;

/// 函数 value: `code(env, args…)`; `env` is null or a box of the captures.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Closure {
    pub code: *const u8,
    pub env: *mut BoxObject,
}

/// 任意 特性 (except 任意 错误, which is `*mut Error`).
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Dynamic {
    pub vtable: *const VTable,
    pub data: *mut BoxObject,
}

/// Methods follow the description of the concrete type, in trait order; each is a code pointer that takes the box first.
#[repr(C)]
pub struct VTable {
    pub info: *const TypeInfo,
    // code pointers follow
}

#[repr(u8)]
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TypeKind {
    Unit = 0,
    Bool = 1,
    Char = 2,
    /// `size` bytes; signed unless [`type_flags::UNSIGNED`].
    Int = 3,
    Float = 4,
    Str = 5,
    /// Struct or tuple ([`type_flags::TUPLE`]): `fields`.
    Struct = 6,
    /// `variants`.
    Enum = 7,
    /// `elem`; pointer to [`ArrayObject`].
    Array = 8,
    /// `elem`; pointer to [`BoxObject`], transparent to printing and comparing.
    Box = 9,
    /// `elem`; as Box, identity.
    Cell = 10,
    Closure = 11,
    Dynamic = 12,
    /// Pointer to [`Error`].
    Error = 13,
    /// Reference to a runtime object with identity (任务 通道 生成器 锁 原子 共享 弱): `elem` if it has one; the object's header tells how to free it.
    Handle = 14,
    /// Raw C pointer; not counted.
    Pointer = 15,
    /// 字典 and 集合: a struct with the fields 索引: 数组<整数32>, 条目: 数组<(整数, K, V)>, 存活: 整数. An entry's first field is
    /// its hash, or -1 when it is deleted. Prints as `{键: 值}`, or as a set `{值}` when V is 空.
    Map = 16,
}

pub mod type_flags {
    /// Has counted parts: copying retains, dropping releases.
    pub const COUNTED: u8 = 1;
    pub const UNSIGNED: u8 = 2;
    pub const TUPLE: u8 = 4;
    /// May contain 函数 or 任意: moves between tasks always walk it.
    pub const OPAQUE: u8 = 8;
    /// A runtime fault (运行时错误): one field, the message.
    pub const FAULT: u8 = 16;
    /// Values of this type cannot leave their task (生成器, cells).
    pub const CONFINED: u8 = 32;
    /// Enum without a tag: of its two variants one has no fields, and the first box of the other one is null in it.
    pub const NICHE: u8 = 64;
}

// SAFETY: these tables are written once, by the compiler or as statics, and only read afterwards.
unsafe impl Sync for TypeInfo {}
// SAFETY: as TypeInfo.
unsafe impl Sync for FieldInfo {}
// SAFETY: as TypeInfo.
unsafe impl Sync for VariantInfo {}
// SAFETY: as TypeInfo.
unsafe impl Sync for Site {}
// SAFETY: as TypeInfo; `frame_size` is atomic.
unsafe impl Sync for SpawnInfo {}

/// Text that lives as long as the program.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct StaticText {
    pub data: *const u8,
    pub len: u64,
}

impl StaticText {
    pub const fn new(text: &'static str) -> Self {
        Self { data: text.as_ptr(), len: text.len() as u64 }
    }
}

/// Static description of a value type, emitted by the compiler (the runtime has its own for 字符串, faults, handles).
#[repr(C)]
pub struct TypeInfo {
    pub kind: TypeKind,
    /// [`type_flags`].
    pub flags: u8,
    pub align: u16,
    pub size: u32,
    /// As Qi writes it: `数组<整数>`.
    pub name: StaticText,
    pub elem: *const TypeInfo,
    /// Struct/tuple fields.
    pub fields: *const FieldInfo,
    pub variants: *const VariantInfo,
    pub n_fields: u32,
    pub n_variants: u32,
    /// User implementations, else null: 可打印.文本, 错误.消息 → `fn(out: *mut Str, value: *const u8) -> *mut Error`.
    pub text: Option<TextFn>,
    pub message: Option<TextFn>,
    /// 可比较.比较 → sign in `out`.
    pub compare: Option<unsafe extern "C" fn(out: *mut i64, a: *const u8, b: *const u8) -> *mut Error>,
    /// 等同.相等.
    pub equal: Option<unsafe extern "C" fn(out: *mut u8, a: *const u8, b: *const u8) -> *mut Error>,
    /// 散列.散列值.
    pub hash: Option<unsafe extern "C" fn(out: *mut i64, value: *const u8) -> *mut Error>,
    /// Structs, enums and maps with counted parts, in optimised code: gives up the references of the value at the place
    /// and puts objects that lose their last one on the list. Null: `fields` and `variants` tell what to do.
    pub release: Option<unsafe extern "C" fn(value: *mut u8, dead: *mut DeadList)>,
}

impl TypeInfo {
    /// A type without parts and without implementations of its own.
    pub const fn plain(kind: TypeKind, flags: u8, size: u32, name: &'static str) -> Self {
        Self {
            kind,
            flags,
            align: if size == 0 { 1 } else { 8 },
            size,
            name: StaticText::new(name),
            elem: null(),
            fields: null(),
            variants: null(),
            n_fields: 0,
            n_variants: 0,
            text: None,
            message: None,
            compare: None,
            equal: None,
            hash: None,
            release: None,
        }
    }
}

/// Objects without owners that wait to be destroyed, the next one first. The first word of each, count and flags in life, is
/// what `first` was when it was added: to add an object is to move that word and write the address.
#[repr(C)]
pub struct DeadList {
    /// An address, or null; bit 0 is the runtime's own.
    pub first: usize,
}
pub type TextFn = unsafe extern "C" fn(out: *mut Str, value: *const u8) -> *mut Error;

#[repr(C)]
pub struct FieldInfo {
    /// Empty for tuple and positional variant fields.
    pub name: StaticText,
    pub info: *const TypeInfo,
    /// From the start of the whole value (for variants too).
    pub offset: u64,
}

#[repr(C)]
pub struct VariantInfo {
    pub name: StaticText,
    pub fields: *const FieldInfo,
    pub n_fields: u64,
}

/// A place in the source, for error stacks and dumps. Static.
#[repr(C)]
pub struct Site {
    pub file: StaticText,
    /// Enclosing Qi function, as the user wrote it.
    pub function: StaticText,
    /// The source line, without its break.
    pub text: StaticText,
    pub line: u32,
    /// In characters, from 1.
    pub column: u32,
    /// The call that this place was inlined from, or null. Error stacks ignore it: they grow call by call.
    pub inlined_at: *const Site,
}

pub const SITES_MAX: usize = 64;

/// A thrown value; counted. The payload of type `payload` follows at offset ERROR_DATA (rounded up to its alignment ≤ 16).
#[repr(C)]
pub struct Error {
    pub header: Header,
    pub payload: *const TypeInfo,
    /// Number of entries used in `sites`; the first 32 and the last 32 are kept.
    pub n_sites: u32,
    pub dropped_sites: u32,
    pub sites: *mut *const Site,
    /// Later errors of the same 并发, or null.
    pub attached: *mut Error,
    pub reserved: u64,
}
pub const ERROR_DATA: usize = 64;

/// Result area of a suspendable call, in the caller's frame.
#[repr(C)]
pub struct Out<R> {
    /// Null while the callee may still finish synchronously.
    pub continuation: *mut Frame,
    /// Null = ok; owned by the caller.
    pub error: *mut Error,
    pub value: R,
}

#[repr(C)]
pub struct Frame {
    pub resume: unsafe extern "C" fn(*mut Frame),
}

/// How the frame of a compiled coroutine begins (a frame the runtime makes has only the first word). For dumps: from
/// `task.innermost` the frames that wait for each other are found through `waiter`, up to the task root.
#[repr(C)]
pub struct CoroutineFrame {
    pub frame: Frame,
    pub destroy: unsafe extern "C" fn(*mut Frame),
    /// Where this frame waits; written before each suspension.
    pub site: *const Site,
    /// Where the frame that waits for this one is stored (`Out::continuation`, `Generator::consumer`; that word may still be
    /// null); null in a task root.
    pub waiter: *const *mut CoroutineFrame,
}

/// What compiled code may touch of a task; the runtime's own fields come before. The result follows, then the root's frame.
#[repr(C)]
pub struct Task {
    /// The frame that waits; written before a suspension, resumed by the next poll. A root that ends after a suspension stores
    /// null.
    pub innermost: *mut Frame,
    /// Await site of the last suspension, for dumps: written by the compiled code before it suspends.
    pub site: *const Site,
    /// Error of the last FAILED runtime call, which compiled code takes away at once; then the one that the root ends with, null
    /// for a result.
    pub error: *mut Error,
}

/// Where a task's result lies, from its `Task`.
pub const TASK_RESULT: usize = size_of::<Task>();

/// Where the frame of a task root lies, from its `Task`, at an address that is a multiple of 8. Before the root makes it, its
/// argument record lies there.
pub const fn root_frame(result_size: usize) -> usize {
    TASK_RESULT + result_size.next_multiple_of(8)
}

pub mod status {
    //! Results of suspending runtime functions.
    pub const READY: i32 = 0;
    pub const PENDING: i32 = 1;
    pub const FAILED: i32 = 2;
}
/// Words of frame memory that a suspending runtime function may use between start and finish.
/// [`RuntimeFn::node_words`] says how many of them each needs.
pub const NODE_WORDS: usize = 12;

pub mod node_words {
    //! Words of the nodes of the runtime's kinds of waits; the runtime asserts each.
    /// `qi_yield_now`: no node.
    pub const NONE: usize = 0;
    pub const SELECT: usize = 1;
    pub const LEAVE: usize = 2;
    /// Jobs of the blocking pool.
    pub const OPERATION: usize = 4;
    /// Sockets.
    pub const TRANSFER: usize = 6;
    pub const TIMER: usize = 4;
    /// Channels, locks, tasks.
    pub const WAITER: usize = 7;
}

/// Everything the runtime needs to start a task; static, one per 启动 place.
#[repr(C)]
pub struct SpawnInfo {
    /// The ramp of the root: starts it in its task, where it finds its argument record. With a null task it only gives the size
    /// of its frame, as a pointer.
    pub run: unsafe extern "C" fn(*mut Task) -> *mut Frame,
    /// Drops the argument record of a task that never starts.
    pub args: *const TypeInfo,
    pub result: *const TypeInfo,
    pub site: *const Site,
    /// 0 at first; the runtime keeps here what it made of the answer of `run` to a null task.
    pub task_size: AtomicUsize,
}

pub mod spawn_flags {
    /// 启动 后台: not owned by any 并发, cancelled at exit.
    pub const DETACHED: u32 = 1;
}

/// 生成器<T, S> handle; counted, confined to its task.
///
/// To step: refuse if `state` is RUNNING; `FINISHED` gives none. Else set `out`, `sent` (null = none), `task`, state
/// RUNNING, and resume the frame, which lies [`GENERATOR_FRAME`] bytes from the object. The body answers by `state`: SUSPENDED = a value is in `*out`; FINISHED = ended, error (or null) in `error`;
/// still RUNNING = it waits (only for 流): the consumer sets `consumer` to its own frame and suspends; the body resumes `consumer` when it has an answer.
/// DELEGATING (让出 全部) = `delegate` answers until it has ended. Before such a step, and after one that left the object or
/// the one stepped in its place other than SUSPENDED, `qi_generator_turn` says whom to step; what is sent goes to the first.
/// To drop: set `closing`, resume as above: the body throws 关闭 at its 让出 (or ends before its first statement), and never yields again. The frame goes with the object.
#[repr(C)]
pub struct Generator {
    pub header: Header,
    /// [`generator_state`].
    pub state: u8,
    pub closing: u8,
    /// In units of [`NESTING_UNIT`] bytes, with the frame; the largest number stands for all that are larger.
    pub size: u16,
    /// The sizes of this one and of those around it, which stepped it or delegated to it. One that watches recursion begins with
    /// 栈溢出 beyond [`NESTING_LIMIT`].
    pub nesting: u32,
    pub out: *mut u8,
    pub sent: *const u8,
    pub task: *mut Task,
    pub consumer: *mut Frame,
    pub error: *mut Error,
    /// 让出 全部: the generator that answers for this one, while DELEGATING.
    pub delegate: *mut Generator,
    /// What it gives, to whoever ends it early.
    pub info: *const TypeInfo,
    /// The one that delegates to this one, if any.
    pub parent: *mut Generator,
    /// The last of the chain of delegates that starts here, while DELEGATING without a parent. Null: this one.
    pub leaf: *mut Generator,
}

pub const NESTING_UNIT: usize = 16;
pub const NESTING_LIMIT: u32 = ((1 << 30) / NESTING_UNIT) as u32;

/// From a generator to its frame.
pub const GENERATOR_FRAME: usize = size_of::<Generator>();
const _: () = assert!(GENERATOR_FRAME.is_multiple_of(16), "frames are aligned to 16");

pub mod generator_state {
    pub const SUSPENDED: u8 = 0;
    pub const RUNNING: u8 = 1;
    pub const FINISHED: u8 = 2;
    pub const DELEGATING: u8 = 3;
}
