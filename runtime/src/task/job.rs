//! What the queues hold: an async-task runnable of any kind in one word. The low bits of the pointer say which kind.

use super::object::Cell;
use super::scheduler;
use async_task::{Runnable, ScheduleInfo};
use core::ptr::NonNull;
use core::task::Waker;

/// Kinds of runnables: tasks by the room behind their object, and helper futures of the runtime.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Class {
    Helper = 0,
    W8 = 1,
    W16 = 2,
    W32 = 3,
    W64 = 4,
    W128 = 5,
    W256 = 6,
    /// Result, arguments and first frame have a block of their own.
    Boxed = 7,
}

impl Class {
    pub const LARGEST: usize = 256 * 8;

    pub fn for_size(bytes: usize) -> Self {
        match bytes {
            0..=64 => Self::W8,
            65..=128 => Self::W16,
            129..=256 => Self::W32,
            257..=512 => Self::W64,
            513..=1024 => Self::W128,
            1025..=Self::LARGEST => Self::W256,
            _ => Self::Boxed,
        }
    }
}

/// A type whose runnables can be queued.
pub trait Kind {
    const CLASS: Class;
}
impl Kind for () {
    const CLASS: Class = Class::Helper;
}
impl Kind for Cell<0> {
    const CLASS: Class = Class::Boxed;
}
impl Kind for Cell<8> {
    const CLASS: Class = Class::W8;
}
impl Kind for Cell<16> {
    const CLASS: Class = Class::W16;
}
impl Kind for Cell<32> {
    const CLASS: Class = Class::W32;
}
impl Kind for Cell<64> {
    const CLASS: Class = Class::W64;
}
impl Kind for Cell<128> {
    const CLASS: Class = Class::W128;
}
impl Kind for Cell<256> {
    const CLASS: Class = Class::W256;
}

const TAG: usize = 7;

/// Owns a runnable.
#[derive(Debug)]
pub struct Job(NonNull<()>);

// SAFETY: runnables are sent between threads by design; the futures inside are made for it.
unsafe impl Send for Job {}

macro_rules! with_runnable {
    ($job:expr, $runnable:ident => $body:expr) => {{
        let (raw, class) = $job.split();
        // SAFETY: the tag says which kind of runnable the pointer came from, and the job gives it up.
        unsafe {
            match class {
                0 => with_runnable!(@ raw, (), $runnable, $body),
                1 => with_runnable!(@ raw, Cell<8>, $runnable, $body),
                2 => with_runnable!(@ raw, Cell<16>, $runnable, $body),
                3 => with_runnable!(@ raw, Cell<32>, $runnable, $body),
                4 => with_runnable!(@ raw, Cell<64>, $runnable, $body),
                5 => with_runnable!(@ raw, Cell<128>, $runnable, $body),
                6 => with_runnable!(@ raw, Cell<256>, $runnable, $body),
                _ => with_runnable!(@ raw, Cell<0>, $runnable, $body),
            }
        }
    }};
    (@ $raw:ident, $kind:ty, $runnable:ident, $body:expr) => {{
        let $runnable = Runnable::<$kind>::from_raw($raw);
        $body
    }};
}

impl Job {
    pub fn new<M: Kind>(runnable: Runnable<M>, class: Class) -> Self {
        debug_assert_eq!(M::CLASS, class);
        let raw = runnable.into_raw();
        debug_assert_eq!(raw.as_ptr() as usize & TAG, 0);
        Self(raw.map_addr(|addr| addr | class as usize))
    }

    fn split(&self) -> (NonNull<()>, usize) {
        let tag = self.0.addr().get() & TAG;
        // SAFETY: tags sit in the alignment bits of a non-null pointer.
        (unsafe { NonNull::new_unchecked(self.0.as_ptr().map_addr(|addr| addr & !TAG)) }, tag)
    }

    pub fn into_raw(self) -> *mut () {
        self.0.as_ptr()
    }

    /// # Safety
    /// `raw` comes from `into_raw`, which is undone once.
    pub unsafe fn from_raw(raw: *mut ()) -> Self {
        // SAFETY: contract.
        Self(unsafe { NonNull::new_unchecked(raw) })
    }

    /// Polls the task or future once.
    pub fn run(self) {
        with_runnable!(self, runnable => {
            runnable.run();
        });
    }

    pub fn waker(&self) -> Waker {
        with_runnable!(self, runnable => {
            let waker = runnable.waker();
            // The job keeps the runnable.
            let _ = runnable.into_raw();
            waker
        })
    }

    /// The schedule function of every task: zero-sized, so async-task takes its short paths.
    pub fn schedule<M: Kind>(runnable: Runnable<M>, info: ScheduleInfo) {
        let job = Self::new(runnable, M::CLASS);
        if info.woken_while_running { scheduler::submit_last(job) } else { scheduler::submit_woken(job) }
    }
}
