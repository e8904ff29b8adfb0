//! What the queues hold: an async-task runnable of any kind in one word. The low bits of the pointer say which kind.

use super::object::{Cell, Far, TaskObject};
use super::{run, scheduler};
use async_task::{Runnable, ScheduleInfo};
use core::ptr::{self, NonNull};

/// Kinds of runnables: helper futures of the runtime (0), and tasks by the words of room behind their object.
pub type Class = usize;

/// Metadata whose runnables can be queued.
pub trait Kind {
    const CLASS: Class;
    /// The task, or null for a helper.
    fn object(&self) -> *mut TaskObject;
}

const TAG: usize = 15;

/// The table of kinds: everything about them follows from it.
macro_rules! kinds {
    ($($class:literal => $words:literal),+; $far:literal => Far, beyond $most:literal) => {
        impl Kind for () {
            const CLASS: Class = 0;
            fn object(&self) -> *mut TaskObject {
                ptr::null_mut()
            }
        }
        $(impl Kind for Cell<$words> {
            const CLASS: Class = $class;
            #[inline]
            fn object(&self) -> *mut TaskObject {
                self.object()
            }
        })+
        impl Kind for Far {
            const CLASS: Class = $far;
            fn object(&self) -> *mut TaskObject {
                self.object()
            }
        }

        /// Most words behind an object that lies beside async-task's header.
        pub const MOST_WORDS: usize = $most;

        /// Calls `$use` with the number of words that has room for `$need`: the least of the table.
        macro_rules! with_words {
            ($need:expr, $use:ident) => {
                match $need {
                    $(need if need <= $words => $use::<$words>(),)+
                    _ => unreachable!("larger ones are far"),
                }
            };
        }

        macro_rules! with_runnable {
            ($job:expr, $runnable:ident => $body:expr) => {{
                let (raw, class) = $job.split();
                // SAFETY: the tag says which kind of runnable the pointer came from, and the job gives it up.
                unsafe {
                    match class {
                        0 => with_runnable!(@ raw, (), $runnable, $body),
                        $($class => with_runnable!(@ raw, Cell<$words>, $runnable, $body),)+
                        _ => with_runnable!(@ raw, Far, $runnable, $body),
                    }
                }
            }};
            (@ $raw:ident, $kind:ty, $runnable:ident, $body:expr) => {{
                let $runnable = Runnable::<$kind>::from_raw($raw);
                $body
            }};
        }
    };
}

// With the object, async-task's header and its room for a panic, of 176 bytes, these fill the size classes of the allocator (192,
// 224, 256, 320 … bytes).
kinds! {
    1 => 2, 2 => 6, 3 => 10, 4 => 18, 5 => 26, 6 => 34, 7 => 42, 8 => 58, 9 => 74, 10 => 90, 11 => 106, 12 => 138, 13 => 170, 14 => 234;
    15 => Far, beyond 234
}
pub(super) use with_words;

/// Owns a runnable.
#[derive(Debug)]
pub struct Job(NonNull<()>);

// SAFETY: runnables are sent between threads by design; the futures inside are made for it.
unsafe impl Send for Job {}

impl Job {
    pub fn new<M: Kind>(runnable: Runnable<M>) -> Self {
        let raw = runnable.into_raw();
        debug_assert_eq!(raw.as_ptr() as usize & TAG, 0);
        Self(raw.map_addr(|addr| addr | M::CLASS))
    }

    fn split(&self) -> (NonNull<()>, Class) {
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
    #[inline]
    pub fn run(self) {
        with_runnable!(self, runnable => {
            let task = runnable.metadata().object();
            run::as_current(task, || runnable.run());
        });
    }

    /// The schedule function of every task: zero-sized, so async-task takes its short paths.
    #[inline]
    pub fn schedule<M: Kind>(runnable: Runnable<M>, info: ScheduleInfo) {
        let job = Self::new(runnable);
        if info.woken_while_running { scheduler::submit_last(job) } else { scheduler::submit_woken(job) }
    }
}
