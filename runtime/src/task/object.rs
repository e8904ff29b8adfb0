//! The task object: what a 未来 points to. One block of a size class holds this object, the result area, the argument record and
//! the first frame. It lives until the last handle is gone *and* the task has finished *and* no waker refers to it.

use super::frame::Frames;
use super::job::Job;
use super::pool;
use super::scope::Scope;
use super::shield::Shield;
use super::state::State;
use super::wait::{Once, Sleeper};
use super::{deadlock, scheduler};
use crate::error;
use crate::memory::{self, Worklist, census};
use crate::types::HandleType;
use core::mem::{ManuallyDrop, offset_of};
use core::ptr;
use core::sync::atomic::{AtomicI32, AtomicU8, AtomicU32, Ordering};
use core::task::{Context, RawWaker, RawWakerVTable, Waker};
use qi_abi::{Error, Header, Out, SpawnInfo, Task, TypeInfo};

pub static TASK: HandleType = HandleType::new("任务", destroy);

pub mod flags {
    /// 启动 后台.
    pub const DETACHED: u32 = 1;
    /// 取消() was called on the task itself.
    pub const CANCELLED: u32 = 2;
    /// Runs 主函数.
    pub const MAIN: u32 = 4;
    /// Somebody received the error.
    pub const OBSERVED: u32 = 8;
}

/// `header` first: the handle is a counted pointer to it. Result, arguments and first frame follow.
#[repr(C, align(16))]
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
    pub state: State,
    /// Non-zero: a cancellation wants to be seen at the next suspension point.
    pub pending: AtomicU32,
    /// [`flags`].
    pub flags: AtomicU32,
    pub shield: Shield,
    /// Number and time (seconds and 1/64ths) of the first suspension, for dumps; 0 before.
    pub id: u32,
    pub born: u32,
    /// [`super::wait::Waits`] of the current suspension, for dumps.
    pub waits: AtomicU8,
    /// Ready operations left before the task lets others run.
    pub budget: u8,
    /// The root ran for the first time.
    pub started: bool,
    /// It suspended, so it stands in its scope's list.
    pub listed: bool,
    /// The root finished during this run.
    pub ended: bool,
    /// This run ends because it is others' turn.
    pub again: bool,
}

// SAFETY: the task's own fields are touched by whoever runs it (`state` lets one thread at a time); the rest is atomic or behind
// locks, as each field says.
unsafe impl Send for TaskObject {}
// SAFETY: as above.
unsafe impl Sync for TaskObject {}

/// Where result, arguments and frame lie, from the start of the object.
struct Layout {
    args: usize,
    frame: usize,
    size: usize,
}

const OUT: usize = size_of::<TaskObject>();

fn layout(info: &SpawnInfo) -> Layout {
    let round = |size: usize| size.next_multiple_of(16);
    // SAFETY: contract: static descriptions or null.
    let (result, args) = unsafe { (info.result.as_ref(), info.args.as_ref()) };
    let size_of_value = |info: Option<&TypeInfo>| info.map_or(0, |info| info.size as usize);
    let align = args.map_or(1, |info| usize::from(info.align).max(1));
    let args_at = (OUT + size_of::<Out<()>>() + size_of_value(result)).next_multiple_of(align.max(8));
    let frame_at = round(args_at + size_of_value(args));
    Layout { args: args_at, frame: frame_at, size: frame_at + round(frame_size(info)) }
}

/// Size of the root's frame, asked once per spawn place.
#[inline]
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

/// A new task with two references: the handle's and the runtime's. Not queued yet; arguments not filled in.
pub fn new(info: &'static SpawnInfo, task_flags: u32, scope: *const Scope) -> *mut TaskObject {
    let task = pool::alloc(layout(info).size).cast::<TaskObject>();
    // SAFETY: fresh memory with room for the layout.
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
                state: State::new(),
                pending: AtomicU32::new(0),
                flags: AtomicU32::new(task_flags),
                shield: Shield::new(),
                id: 0,
                born: 0,
                waits: AtomicU8::new(0),
                budget: 0,
                started: false,
                listed: false,
                ended: false,
                again: false,
            },
        );
        let out = (*task).out();
        (*out).continuation = ptr::null_mut();
        (*out).error = ptr::null_mut();
    }
    census::born(&raw const TASK.info);
    task
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
        if (*task).state.drop_own_reference() {
            free(task);
        }
    }
}

unsafe fn free(task: *mut TaskObject) {
    // SAFETY: contract of the callers: the last reference is gone.
    unsafe { pool::free(task.cast(), layout(&*(*task).info).size) };
}

/// # Safety
/// `error` is live.
pub unsafe fn is_cancellation(error: *const Error) -> bool {
    // SAFETY: contract.
    unsafe { error::is(error, &crate::types::qi_type_fault_cancelled) }
}

impl TaskObject {
    /// The result area.
    #[inline]
    pub fn out(&self) -> *mut Out<()> {
        ptr::from_ref(self).cast_mut().cast::<u8>().wrapping_add(OUT).cast()
    }

    /// Address of the result.
    pub fn value(&self) -> *mut u8 {
        self.out().cast::<u8>().wrapping_add(size_of::<Out<()>>())
    }

    /// The argument record.
    pub fn args(&self) -> *mut u8 {
        // SAFETY: static.
        let at = layout(unsafe { &*self.info }).args;
        ptr::from_ref(self).cast_mut().cast::<u8>().wrapping_add(at)
    }

    /// Where the root's frame goes, and its room.
    pub fn first_frame(&self) -> (*mut u8, usize) {
        // SAFETY: static.
        let layout = layout(unsafe { &*self.info });
        (ptr::from_ref(self).cast_mut().cast::<u8>().wrapping_add(layout.frame), layout.size - layout.frame)
    }

    pub fn has(&self, flag: u32) -> bool {
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

    /// Makes the task run again (or once more, if it is running).
    pub fn wake(&self) {
        if self.state.wake() {
            scheduler::submit_woken(Job::task(ptr::from_ref(self).cast_mut()));
        }
    }

    /// The task as one who waits.
    #[inline]
    pub fn sleeper(&self) -> Sleeper {
        Sleeper::task(&self.state)
    }

    /// Lends a waker to a future that the task polls; clones of it keep the task's memory.
    pub fn with_context<R>(&self, poll: impl FnOnce(&mut Context<'_>) -> R) -> R {
        // SAFETY: the table fits the data; the waker is never dropped, so it needs no reference of its own.
        let waker = ManuallyDrop::new(unsafe { Waker::new(ptr::from_ref(self).cast(), &VTABLE) });
        poll(&mut Context::from_waker(&waker))
    }

    /// The object around the part that compiled code sees.
    #[inline]
    pub fn from_abi(task: *mut Task) -> *mut TaskObject {
        task.cast::<u8>().wrapping_sub(offset_of!(TaskObject, abi)).cast()
    }

    /// The object around its state.
    #[inline]
    pub fn from_state(state: *const State) -> *mut TaskObject {
        state.cast_mut().cast::<u8>().wrapping_sub(offset_of!(TaskObject, state)).cast()
    }
}

static VTABLE: RawWakerVTable = RawWakerVTable::new(clone_waker, wake_waker, wake_by_ref, drop_waker);

unsafe fn clone_waker(task: *const ()) -> RawWaker {
    // SAFETY: the waker it is cloned from keeps the memory.
    unsafe { (*task.cast::<TaskObject>()).state.add_reference() };
    RawWaker::new(task, &VTABLE)
}

unsafe fn wake_waker(task: *const ()) {
    // SAFETY: the waker is given up.
    unsafe {
        wake_by_ref(task);
        drop_waker(task);
    }
}

unsafe fn wake_by_ref(task: *const ()) {
    // SAFETY: the waker keeps the memory.
    unsafe { (*task.cast::<TaskObject>()).wake() };
}

unsafe fn drop_waker(task: *const ()) {
    // SAFETY: the waker's reference is given up.
    unsafe {
        if (*task.cast::<TaskObject>()).state.drop_reference() {
            free(task.cast_mut().cast());
        }
    }
}
