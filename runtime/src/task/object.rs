//! The task object: what a 未来 points to. One allocation holds async-task's header, this object, the result area, the
//! argument record and the first frame. It lives until the last handle is gone *and* the task has finished.

use super::frame::Arena;
use super::job::{Class, Job, Kind};
use super::scope::{self, Scope};
use super::wait::List;
use crate::error;
use crate::memory::{self, Worklist, census};
use crate::types::HandleType;
use core::future::Future;
use core::mem::MaybeUninit;
use core::pin::Pin;
use core::ptr;
use core::sync::atomic::{AtomicI32, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use core::task::{Context, Poll, Waker};
use qi_abi::{Error, Frame, Header, Out, SpawnInfo, Task, TypeInfo};
use std::cell::UnsafeCell;
use std::marker::PhantomPinned;
use std::sync::Mutex;

pub static TASK: HandleType = HandleType::new("任务", destroy);

pub mod flags {
    /// 启动 后台.
    pub const DETACHED: u32 = 1;
    /// 取消() was called on the task itself.
    pub const CANCELLED: u32 = 2;
    /// The root ran for the first time.
    pub const STARTED: u32 = 4;
    /// Result or error is final; set under the task's lock, released with it.
    pub const FINISHED: u32 = 8;
    /// Somebody received the error.
    pub const OBSERVED: u32 = 16;
    /// Runs 主函数.
    pub const MAIN: u32 = 32;
}

/// `header` first: the handle is a counted pointer to it.
#[repr(C)]
pub struct TaskObject {
    pub header: Header,
    pub abi: Task,
    /// Continuation of the root: marks the task as finished when the root ends after a suspension.
    pub done: Frame,
    pub info: *const SpawnInfo,
    /// Wakes the task; also the reference that keeps the allocation alive. None only while being destroyed.
    pub waker: Option<Waker>,
    pub out: *mut Out<()>,
    pub args: *mut u8,
    pub frames: Arena,
    /// Innermost scope the task runs in; changed only by the task, under the scope lock.
    pub scope: *const Scope,
    /// The scope that waits for it.
    pub owner: *const Scope,
    /// Links in the owner's list, under its lock.
    pub next: *mut TaskObject,
    pub previous: *mut TaskObject,
    pub flags: AtomicU32,
    /// Ready operations left before the task lets others run.
    pub budget: u32,
    /// [`Waits`] of the current suspension, for dumps.
    pub waits: AtomicU8,
    /// The root finished during this poll.
    pub ended: bool,
    /// 取消 was thrown in the task, for a cancellation that still applies: swallowing it does not undo it.
    pub interrupted: bool,
    pub id: u64,
    pub born: u64,
    pub state: Mutex<TaskState>,
    pub shield: Mutex<scope::Shield>,
}

pub struct TaskState {
    pub waiters: List,
}

// SAFETY: the task's own fields are touched by whoever polls it (async-task lets one thread at a time); the rest is
// atomic or behind locks, as each field says.
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
    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        // SAFETY: the object lives in the same allocation as this future.
        unsafe { super::run::poll(self.task) }
    }
}

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

/// Where result, arguments and frame lie behind the object.
struct Layout {
    args: usize,
    frame: usize,
    size: usize,
}

fn layout(info: &SpawnInfo) -> Layout {
    let round = |size: usize| size.next_multiple_of(16);
    // SAFETY: contract: static descriptions or null.
    let (result, args) = unsafe { (info.result.as_ref(), info.args.as_ref()) };
    let size_of_value = |info: Option<&TypeInfo>| info.map_or(0, |info| info.size as usize);
    let args_at = round(size_of::<Out<()>>() + size_of_value(result));
    let frame_at = round(args_at + size_of_value(args));
    Layout { args: args_at, frame: frame_at, size: frame_at + round(frame_size(info)) }
}

/// Size of the root's frame, asked once per spawn place.
fn frame_size(info: &SpawnInfo) -> usize {
    let known = info.frame_size.load(Ordering::Relaxed);
    if known != 0 {
        return known;
    }
    // SAFETY: contract: called with a null task, a root returns its frame size.
    let size = unsafe { (info.run)(ptr::null_mut(), ptr::null_mut(), ptr::null_mut()) } as usize;
    info.frame_size.store(size.max(1), Ordering::Relaxed);
    size.max(1)
}

/// A new task with two references: the handle's and the runtime's. Not scheduled yet; arguments not filled in.
pub fn new(info: &'static SpawnInfo, task_flags: u32, scope: *const Scope) -> (*mut TaskObject, Job) {
    let layout = layout(info);
    let (task, tail, job) = match Class::for_size(layout.size) {
        Class::W8 => allocate::<8>(Class::W8),
        Class::W16 => allocate::<16>(Class::W16),
        Class::W32 => allocate::<32>(Class::W32),
        Class::W64 => allocate::<64>(Class::W64),
        Class::W128 => allocate::<128>(Class::W128),
        Class::W256 => allocate::<256>(Class::W256),
        Class::Boxed | Class::Helper => {
            let (task, _, job) = allocate::<0>(Class::Boxed);
            (task, memory::raw_alloc(layout.size), job)
        }
    };
    let waker = job.waker();
    // SAFETY: fresh memory; the tail has room for the layout.
    unsafe {
        let out = tail.cast::<Out<()>>();
        (*out).continuation = ptr::null_mut();
        (*out).error = ptr::null_mut();
        let object = TaskObject {
            header: Header { count: AtomicI32::new(-2), flags: memory::HEAP, info: &raw const TASK.info },
            abi: Task {
                innermost: ptr::null_mut(),
                error: ptr::null_mut(),
                pending: AtomicUsize::new(0),
                site: info.site,
            },
            done: Frame { resume: super::run::root_ended },
            info,
            waker: Some(waker),
            out,
            args: tail.add(layout.args),
            frames: Arena::new(tail.add(layout.frame), tail.add(layout.size)),
            scope,
            owner: scope,
            next: ptr::null_mut(),
            previous: ptr::null_mut(),
            flags: AtomicU32::new(task_flags),
            budget: 0,
            waits: AtomicU8::new(0),
            ended: false,
            interrupted: false,
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
            born: 0,
            state: Mutex::new(TaskState { waiters: List::new() }),
            shield: Mutex::new(scope::Shield::default()),
        };
        ptr::write(task, object);
    }
    census::born(&raw const TASK.info);
    (task, job)
}

fn allocate<const W: usize>(class: Class) -> (*mut TaskObject, *mut u8, Job)
where
    Cell<W>: Kind,
{
    let cell =
        Cell::<W> { object: UnsafeCell::new(MaybeUninit::uninit()), tail: UnsafeCell::new([MaybeUninit::uninit(); W]) };
    let builder = async_task::Builder::new().metadata(cell);
    // SAFETY: the schedule function holds nothing; the future is dropped by whoever runs or drops the runnable, which may be
    // any thread: `Poller` is a pointer to an object made for that.
    let (runnable, task) = unsafe {
        builder.spawn_unchecked(
            |cell: &Cell<W>| Poller { task: cell.object.get().cast(), _pinned: PhantomPinned },
            async_task::WithInfo(Job::schedule::<Cell<W>>),
        )
    };
    let cell = task.metadata();
    let (object, tail) = (cell.object.get().cast(), cell.tail.get().cast());
    task.detach();
    (object, tail, Job::new(runnable, class))
}

/// The last handle is gone and the task has finished.
unsafe fn destroy(object: *mut Header, list: &mut Worklist) {
    let task = object.cast::<TaskObject>();
    // SAFETY: nobody else refers to the task; its waker keeps the memory until the end.
    unsafe {
        let out = (*task).out;
        let failure = (*out).error;
        if failure.is_null() {
            if let Some(result) = (*(*task).info).result.as_ref() {
                list.release_value((*task).value(), result);
            }
        } else if (*task).flags.load(Ordering::Relaxed) & flags::OBSERVED == 0 && !is_cancellation(failure) {
            error::unobserved(failure, "未处理的错误（在任务里）：");
        } else {
            list.release(failure.cast());
        }
        if layout(&*(*task).info).size > Class::LARGEST {
            memory::raw_free(out.cast());
        }
        census::died(&raw const TASK.info);
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
    /// Address of the result.
    pub fn value(&self) -> *mut u8 {
        self.out.cast::<u8>().wrapping_add(size_of::<Out<()>>())
    }

    pub fn has(&self, flag: u32) -> bool {
        self.flags.load(Ordering::Acquire) & flag != 0
    }

    /// Makes the task run again (or once more, if it is running).
    pub fn wake(&self) {
        if let Some(waker) = &self.waker {
            waker.wake_by_ref();
        }
    }

    pub fn waker(&self) -> Waker {
        self.waker.clone().expect("a task that waits is alive")
    }

    /// The object around the part that compiled code sees.
    pub fn from_abi(task: *mut Task) -> *mut TaskObject {
        task.cast::<u8>().wrapping_sub(core::mem::offset_of!(TaskObject, abi)).cast()
    }
}
