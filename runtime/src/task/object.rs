//! The task object: what a 未来 points to. One allocation holds async-task's header, this object, the result area, the argument
//! record and the first frame. It lives until the last handle is gone *and* the task has finished *and* no waker refers to it.

use super::deadlock;
use super::frame::Frames;
use super::job::{self, Job, Kind};
use super::scope::Scope;
use super::shield::Shield;
use super::wait::{Once, Sleeper};
use crate::error;
use crate::memory::{self, Worklist, census};
use crate::types::HandleType;
use core::future::Future;
use core::marker::PhantomPinned;
use core::mem::{MaybeUninit, offset_of};
use core::pin::Pin;
use core::ptr;
use core::sync::atomic::{AtomicI32, AtomicU8, Ordering};
use core::task::{Context, Poll, Waker};
use qi_abi::{Error, Header, Out, SpawnInfo, Task, TypeInfo};
use std::cell::UnsafeCell;

pub static TASK: HandleType = HandleType::new("任务", destroy);

pub mod flags {
    /// 启动 后台.
    pub const DETACHED: u8 = 1;
    /// 取消() was called on the task itself.
    pub const CANCELLED: u8 = 2;
    /// Runs 主函数.
    pub const MAIN: u8 = 4;
    /// Somebody received the error.
    pub const OBSERVED: u8 = 8;
    /// Result, arguments and first frame have a block of their own, whose address takes their place.
    pub const BOXED: u8 = 16;
}

const _: () = assert!(OUT == 128, "every sleeping task pays for each word");

/// `header` first: the handle is a counted pointer to it. Result, arguments and first frame follow.
#[repr(C)]
pub struct TaskObject {
    pub header: Header,
    pub abi: Task,
    pub info: *const SpawnInfo,
    /// Innermost scope the task runs in; changed only by the task, under the scope lock. When the task ends it is the one that
    /// waits for it.
    pub scope: *const Scope,
    /// Links in the scope that waits for it, under that scope's lock; once the task is `listed`.
    pub next: *mut TaskObject,
    pub previous: *mut TaskObject,
    /// Result or error is final.
    pub finished: Once,
    pub frames: Frames,
    /// Wakes the task; also the reference that keeps the allocation alive. None only while being destroyed.
    waker: Option<Waker>,
    /// Non-zero: a cancellation wants to be seen at the next suspension point.
    pub pending: AtomicU8,
    /// [`flags`].
    pub flags: AtomicU8,
    /// [`super::wait::Waits`] of the current suspension, for dumps.
    pub waits: AtomicU8,
    /// Ready operations left before the task lets others run.
    pub budget: u8,
    pub shield: Shield,
    /// Number and time (seconds and 1/64ths) of the first suspension, for dumps; 0 before.
    pub id: u32,
    pub born: u32,
    /// The root ran for the first time.
    pub started: bool,
    /// It suspended, so it stands in its scope's list.
    pub listed: bool,
    /// The root finished during this run.
    pub ended: bool,
    /// 取消 was thrown in the task, for a cancellation that still applies: swallowing it does not undo it.
    pub interrupted: bool,
}

// SAFETY: the task's own fields are touched by whoever runs it (async-task lets one thread at a time); the rest is atomic or behind
// locks, as each field says.
unsafe impl Send for TaskObject {}
// SAFETY: as above.
unsafe impl Sync for TaskObject {}

/// What async-task stores beside its header: the object and `W` words for result, arguments and first frame.
#[repr(C, align(16))]
pub struct Cell<const W: usize> {
    object: UnsafeCell<MaybeUninit<TaskObject>>,
    tail: UnsafeCell<[MaybeUninit<u64>; W]>,
}

/// Polls a task. Must not be `Unpin`: compiled code writes to the task behind the future's back.
pub struct Poller {
    task: *mut TaskObject,
    _pinned: PhantomPinned,
}

impl Future for Poller {
    type Output = ();
    #[inline]
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        // SAFETY: the object lives in the same allocation as this future.
        unsafe { super::run::poll(self.task) }
    }
}

/// Where arguments and frame lie, from the start of the object (or of its block, if it is boxed); the result area is at `OUT`.
#[derive(Clone, Copy)]
struct Layout {
    args: usize,
    frame: usize,
    size: usize,
}

const OUT: usize = size_of::<TaskObject>();
/// Larger tasks are boxed.
const LARGEST: usize = OUT + job::MOST_WORDS * size_of::<u64>();

/// Bits of each part of a layout in `SpawnInfo::frame_size`, where it is remembered.
const PART: u32 = 21;
const PART_MASK: usize = (1 << PART) - 1;

#[inline]
fn layout(info: &SpawnInfo) -> Layout {
    // Relaxed: the number is all there is, and everybody computes the same.
    match info.frame_size.load(Ordering::Relaxed) {
        0 => compute_layout(info),
        known => Layout { args: known & PART_MASK, frame: known >> PART & PART_MASK, size: known >> (2 * PART) },
    }
}

#[cold]
fn compute_layout(info: &SpawnInfo) -> Layout {
    // SAFETY: contract: static descriptions or null; called with a null task, a root returns its frame size.
    let (result, args, frame) = unsafe {
        let frame = (info.run)(ptr::null_mut(), ptr::null_mut(), ptr::null_mut()) as usize;
        (info.result.as_ref(), info.args.as_ref(), frame)
    };
    let size = |info: Option<&TypeInfo>| info.map_or(0, |info| info.size as usize);
    let align = args.map_or(8, |info| usize::from(info.align).max(8));
    let result_end = OUT + size_of::<Out<()>>() + size(result);
    // The arguments go before the frame if its alignment leaves room for them, else behind.
    let args_at = result_end.next_multiple_of(align);
    let frame_at = result_end.next_multiple_of(16);
    let layout = if args_at + size(args) <= frame_at {
        Layout { args: args_at, frame: frame_at, size: frame_at + frame }
    } else {
        let args_at = (frame_at + frame).next_multiple_of(align);
        Layout { args: args_at, frame: frame_at, size: args_at + size(args) }
    };
    let parts = [layout.args, layout.frame, layout.size];
    if parts.iter().all(|&part| part <= PART_MASK) {
        info.frame_size.store(parts[0] | parts[1] << PART | parts[2] << (2 * PART), Ordering::Relaxed);
    }
    layout
}

/// A new task with two references: the handle's and the runtime's. Not queued yet; arguments not filled in.
pub fn new(info: &'static SpawnInfo, task_flags: u8, scope: *const Scope) -> (*mut TaskObject, Job) {
    let size = layout(info).size;
    let boxed = size > LARGEST;
    let need = if boxed { 1 } else { (size - OUT).div_ceil(size_of::<u64>()) };
    let (task, waker, job) = job::with_words!(need, allocate);
    // SAFETY: fresh memory with room for the layout, or for the address of a block.
    unsafe {
        ptr::write(
            task,
            TaskObject {
                header: Header { count: AtomicI32::new(-2), flags: memory::HEAP, info: &raw const TASK.info },
                abi: Task { innermost: ptr::null_mut(), error: ptr::null_mut(), site: info.site },
                info,
                scope,
                next: ptr::null_mut(),
                previous: ptr::null_mut(),
                finished: Once::new(),
                frames: Frames::new(),
                waker: Some(waker),
                pending: AtomicU8::new(0),
                flags: AtomicU8::new(task_flags | if boxed { flags::BOXED } else { 0 }),
                shield: Shield::new(),
                id: 0,
                born: 0,
                waits: AtomicU8::new(0),
                budget: 0,
                started: false,
                listed: false,
                ended: false,
                interrupted: false,
            },
        );
        if boxed {
            task.cast::<u8>().add(OUT).cast::<*mut u8>().write(memory::raw_alloc(size));
        }
        let out = (*task).out();
        (*out).continuation = ptr::null_mut();
        (*out).error = ptr::null_mut();
    }
    census::born(&raw const TASK.info);
    (task, job)
}

/// Room for an object with `W` words behind it.
#[inline]
fn allocate<const W: usize>() -> (*mut TaskObject, Waker, Job)
where
    Cell<W>: Kind,
{
    let cell =
        Cell::<W> { object: UnsafeCell::new(MaybeUninit::uninit()), tail: UnsafeCell::new([MaybeUninit::uninit(); W]) };
    // The schedule function holds nothing; the future is dropped by whoever runs or drops the runnable, on any thread.
    // SAFETY: `Poller` is a pointer to an object made for that.
    let (runnable, task) = unsafe {
        async_task::Builder::new().metadata(cell).spawn_unchecked(
            |cell: &Cell<W>| Poller { task: cell.object.get().cast(), _pinned: PhantomPinned },
            async_task::WithInfo(Job::schedule::<Cell<W>>),
        )
    };
    let object = task.metadata().object.get().cast();
    task.detach();
    let waker = runnable.waker();
    (object, waker, Job::new(runnable))
}

/// The last handle is gone and the task has finished.
unsafe fn destroy(object: *mut Header, list: &mut Worklist) {
    let task = object.cast::<TaskObject>();
    // SAFETY: nobody else refers to the task but wakers outside the runtime, for which the memory stays.
    unsafe {
        let failure = (*(*task).out()).error;
        if failure.is_null() {
            if let Some(result) = (*(*task).info).result.as_ref() {
                list.release_value((*task).value(), result);
            }
        } else if (*task).flags.load(Ordering::Relaxed) & flags::OBSERVED == 0 && !is_cancellation(failure) {
            error::unobserved(failure, "未处理的错误（在任务里）：");
        } else {
            list.release(failure.cast());
        }
        census::died(&raw const TASK.info);
        if (*task).has(flags::BOXED) {
            memory::raw_free((*task).base());
        }
        // Dropping the last reference to async-task's allocation frees the object itself.
        let waker = (*task).waker.take();
        drop(waker);
    }
}

/// # Safety
/// `error` is live.
pub unsafe fn is_cancellation(error: *const Error) -> bool {
    // SAFETY: contract.
    unsafe { error::is(error, &crate::types::qi_type_fault_cancelled) }
}

impl TaskObject {
    /// What the layout counts from.
    #[inline]
    fn base(&self) -> *mut u8 {
        let object = ptr::from_ref(self).cast_mut().cast::<u8>();
        if !self.has(flags::BOXED) {
            return object;
        }
        // SAFETY: the address of the block lies where the result area of others does.
        unsafe { object.add(OUT).cast::<*mut u8>().read() }
    }

    /// The result area.
    #[inline]
    pub fn out(&self) -> *mut Out<()> {
        self.base().wrapping_add(OUT).cast()
    }

    /// Address of the result.
    pub fn value(&self) -> *mut u8 {
        self.out().cast::<u8>().wrapping_add(size_of::<Out<()>>())
    }

    /// The argument record.
    pub fn args(&self) -> *mut u8 {
        // SAFETY: static.
        let at = layout(unsafe { &*self.info }).args;
        self.base().wrapping_add(at)
    }

    /// Where the root's frame goes, and its room.
    pub fn first_frame(&self) -> (*mut u8, usize) {
        // SAFETY: static.
        let layout = layout(unsafe { &*self.info });
        let end = if layout.args > layout.frame { layout.args } else { layout.size };
        (self.base().wrapping_add(layout.frame), end - layout.frame)
    }

    pub fn has(&self, flag: u8) -> bool {
        self.flags.load(Ordering::Acquire) & flag != 0
    }

    /// Result and error do not change any more.
    #[inline]
    pub fn is_finished(&self) -> bool {
        self.finished.has_happened()
    }

    /// How long ago it first suspended, in seconds.
    pub fn age(&self) -> f64 {
        f64::from(deadlock::coarse_time().wrapping_sub(self.born)) / f64::from(deadlock::TICKS_PER_SECOND)
    }

    #[inline]
    fn waker(&self) -> &Waker {
        self.waker.as_ref().expect("only a finished task is destroyed")
    }

    /// Makes the task run again (or once more, if it is running).
    #[inline]
    pub fn wake(&self) {
        self.waker().wake_by_ref();
    }

    /// The task as one who waits.
    #[inline]
    pub fn sleeper(&self) -> Sleeper {
        Sleeper::new(self.waker())
    }

    /// For futures that the task polls.
    pub fn context(&self) -> Context<'_> {
        Context::from_waker(self.waker())
    }

    /// The object around the part that compiled code sees.
    #[inline]
    pub fn from_abi(task: *mut Task) -> *mut TaskObject {
        task.cast::<u8>().wrapping_sub(offset_of!(TaskObject, abi)).cast()
    }
}
