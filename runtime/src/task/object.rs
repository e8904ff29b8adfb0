//! The task object: what a 未来 points to. One allocation holds async-task's header, this object, the result, and the argument
//! record and then the frame of the root. It lives until the last handle is gone *and* the task has finished *and* no waker
//! refers to it.

use super::deadlock;
use super::frame::Frames;
use super::job::{self, Job, Kind};
use super::run;
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
use core::task::{Context, Poll};
use qi_abi::{Error, Header, SpawnInfo, TASK_RESULT, Task, root_frame};
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
    /// 取消 was thrown in the task, for a cancellation that still applies: swallowing it does not undo it. Written by the task only.
    pub const INTERRUPTED: u8 = 16;
}

const _: () = {
    assert!(SIZE == 112, "every sleeping task pays for each word");
    assert!(SIZE == TASK_AT + TASK_RESULT, "the result follows");
};

/// `header` first: the handle is a counted pointer to it. `abi` last: the result, and arguments or frame, follow.
#[repr(C, align(16))]
pub struct TaskObject {
    pub header: Header,
    pub info: *const SpawnInfo,
    /// Innermost scope the task runs in; changed only by the task, under the scope lock. When the task ends it is the one that
    /// waits for it.
    pub scope: *const Scope,
    /// Links in the scope that waits for it, under that scope's lock; once the task has a number.
    pub next: *mut TaskObject,
    pub previous: *mut TaskObject,
    /// Result or error is final.
    pub finished: Once,
    pub frames: Frames,
    /// Wakes the task; also the reference that keeps the allocation alive.
    sleeper: Sleeper,
    pub shield: Shield,
    /// Number and time (seconds and 1/64ths) of the first suspension, when the task joined the list of its scope; 0 before.
    pub id: u32,
    pub born: u32,
    /// Non-zero: a cancellation wants to be seen at the next suspension point.
    pub pending: AtomicU8,
    /// [`flags`].
    pub flags: AtomicU8,
    /// [`super::wait::Waits`] of the current suspension, for dumps.
    pub waits: AtomicU8,
    /// Ready operations left before the task lets others run.
    pub budget: u8,
    pub abi: Task,
}

// SAFETY: who runs it touches its own fields (async-task lets one thread); the rest is atomic or locked, as each says.
unsafe impl Send for TaskObject {}
// SAFETY: as above.
unsafe impl Sync for TaskObject {}

/// What async-task stores beside its header: the object and `W` words for result, arguments and frame.
#[repr(C, align(16))]
pub struct Cell<const W: usize> {
    object: UnsafeCell<MaybeUninit<TaskObject>>,
    tail: UnsafeCell<[MaybeUninit<u64>; W]>,
}

impl<const W: usize> Cell<W> {
    pub fn object(&self) -> *mut TaskObject {
        self.object.get().cast()
    }
}

/// Stands for an object that is too large to lie beside async-task's header: its address.
#[repr(align(16))]
pub struct Far(*mut TaskObject);

impl Far {
    pub fn object(&self) -> *mut TaskObject {
        self.0
    }
}

/// Polls the task that this thread runs: without a word of its own. Must not be `Unpin`: compiled code writes to the task behind
/// the future's back.
pub struct Poller(PhantomPinned);

impl Future for Poller {
    type Output = ();
    #[inline]
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        // SAFETY: a job runs its task as the current one.
        unsafe { run::poll() }
    }
}

const SIZE: usize = size_of::<TaskObject>();
const TASK_AT: usize = offset_of!(TaskObject, abi);

/// Bytes of a task with all that follows the object.
#[inline]
fn task_size(info: &SpawnInfo) -> usize {
    // Relaxed: the number is all there is, and everybody computes the same.
    match info.task_size.load(Ordering::Relaxed) {
        0 => compute_size(info),
        known => known,
    }
}

#[cold]
fn compute_size(info: &SpawnInfo) -> usize {
    // SAFETY: contract: called with a null task, a root returns its frame size; static description or null.
    let (frame, args) = unsafe { ((info.run)(ptr::null_mut()) as usize, info.args.as_ref()) };
    let args = args.map_or(0, |args| {
        assert!(args.align <= 8, "records lie at multiples of 8");
        args.size as usize
    });
    let size = frame_at(info) + frame.max(args);
    info.task_size.store(size, Ordering::Relaxed);
    size
}

/// Where the argument record lies, and then the root's frame.
#[inline]
fn frame_at(info: &SpawnInfo) -> usize {
    // SAFETY: contract: a static description or null.
    let result = unsafe { info.result.as_ref() };
    TASK_AT + root_frame(result.map_or(0, |it| it.size as usize))
}

/// A new task with two references: the handle's and the runtime's. Not queued yet; arguments not filled in.
pub fn new(info: &'static SpawnInfo, task_flags: u8, scope: *const Scope) -> (*mut TaskObject, Job) {
    let size = task_size(info);
    let (task, sleeper, job) = match (size - SIZE).div_ceil(size_of::<u64>()) {
        need if need > job::MOST_WORDS => allocate_far(size),
        need => job::with_words!(need, allocate),
    };
    // SAFETY: fresh memory with room for the layout.
    unsafe {
        ptr::write(
            task,
            TaskObject {
                header: Header { count: AtomicI32::new(-2), flags: memory::HEAP, info: &raw const TASK.info },
                info,
                scope,
                next: ptr::null_mut(),
                previous: ptr::null_mut(),
                finished: Once::new(),
                frames: Frames::new(),
                sleeper,
                shield: Shield::new(),
                id: 0,
                born: 0,
                pending: AtomicU8::new(0),
                flags: AtomicU8::new(task_flags),
                waits: AtomicU8::new(0),
                budget: 0,
                abi: Task { innermost: ptr::null_mut(), site: info.site, error: ptr::null_mut() },
            },
        );
    }
    census::born(&raw const TASK.info);
    (task, job)
}

/// Room for an object with `W` words behind it.
#[inline]
fn allocate<const W: usize>() -> (*mut TaskObject, Sleeper, Job)
where
    Cell<W>: Kind,
{
    allocate_with(Cell::<W> {
        object: UnsafeCell::new(MaybeUninit::uninit()),
        tail: UnsafeCell::new([MaybeUninit::uninit(); W]),
    })
}

#[cold]
fn allocate_far(size: usize) -> (*mut TaskObject, Sleeper, Job) {
    allocate_with(Far(memory::raw_alloc(size).cast()))
}

#[inline]
fn allocate_with<M: Kind>(metadata: M) -> (*mut TaskObject, Sleeper, Job) {
    // The schedule function holds nothing; the future is dropped by whoever runs or drops the runnable, on any thread.
    // SAFETY: `Poller` is made for that.
    let (runnable, task) = unsafe {
        async_task::Builder::new()
            .metadata(metadata)
            .spawn_unchecked(|_| Poller(PhantomPinned), async_task::WithInfo(Job::schedule::<M>))
    };
    task.detach();
    let object = runnable.metadata().object();
    (object, Sleeper::of_kind(M::CLASS, runnable.waker()), Job::new(runnable))
}

/// The last handle is gone and the task has finished.
unsafe fn destroy(object: *mut Header, list: &mut Worklist) {
    let task = object.cast::<TaskObject>();
    // SAFETY: nobody else refers to the task but wakers outside the runtime, for which the memory stays.
    unsafe {
        let failure = (*task).abi.error;
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
        let sleeper = (*task).sleeper;
        if sleeper.kind() == Far::CLASS {
            memory::raw_free(task.cast());
        }
        // Dropping the last reference to async-task's allocation frees an object that lies in it.
        sleeper.give_up();
    }
}

/// # Safety
/// `error` is live.
pub unsafe fn is_cancellation(error: *const Error) -> bool {
    // SAFETY: contract.
    unsafe { error::is(error, &crate::types::qi_type_fault_cancelled) }
}

impl TaskObject {
    /// Address of the result.
    pub fn value(&self) -> *mut u8 {
        ptr::from_ref(self).cast_mut().cast::<u8>().wrapping_add(SIZE)
    }

    /// The argument record, of a task that has not started.
    pub fn args(&self) -> *mut u8 {
        // SAFETY: static.
        let at = frame_at(unsafe { &*self.info });
        ptr::from_ref(self).cast_mut().cast::<u8>().wrapping_add(at)
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

    /// Whether it stands in the list of its scope.
    #[inline]
    pub fn is_listed(&self) -> bool {
        self.id != 0
    }

    pub fn is_interrupted(&self) -> bool {
        self.has(flags::INTERRUPTED)
    }

    /// By the task itself.
    pub fn set_interrupted(&self, interrupted: bool) {
        if interrupted {
            self.flags.fetch_or(flags::INTERRUPTED, Ordering::Relaxed);
        } else if self.is_interrupted() {
            self.flags.fetch_and(!flags::INTERRUPTED, Ordering::Relaxed);
        }
    }

    /// Makes the task run again (or once more, if it is running).
    #[inline]
    pub fn wake(&self) {
        // SAFETY: the task is alive.
        unsafe { self.sleeper.with(core::task::Waker::wake_by_ref) }
    }

    /// The task as one who waits.
    #[inline]
    pub fn sleeper(&self) -> Sleeper {
        self.sleeper
    }

    /// Polls with what wakes the task.
    pub fn with_context<R>(&self, poll: impl FnOnce(&mut Context<'_>) -> R) -> R {
        // SAFETY: the task is alive.
        unsafe { self.sleeper.with(|waker| poll(&mut Context::from_waker(waker))) }
    }

    /// The object around the part that compiled code sees.
    #[inline]
    pub fn from_abi(task: *mut Task) -> *mut TaskObject {
        task.cast::<u8>().wrapping_sub(TASK_AT).cast()
    }
}
