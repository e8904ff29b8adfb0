//! What the queues hold: an async-task runnable of any kind in one word. The low bits of the pointer say which kind.

use super::object::Cell;
use super::scheduler;
use async_task::{Runnable, ScheduleInfo};
use core::ptr::NonNull;

/// Kinds of runnables: helper futures of the runtime (0), and tasks by the words of room behind their object.
pub type Class = usize;

/// A type whose runnables can be queued.
pub trait Kind {
    const CLASS: Class;
}

const TAG: usize = 15;

/// The table of kinds: everything about them follows from it.
macro_rules! kinds {
    ($($class:literal => $words:literal),+; largest $largest:literal => $most:literal) => {
        impl Kind for () {
            const CLASS: Class = 0;
        }
        $(impl Kind for Cell<$words> {
            const CLASS: Class = $class;
        })+
        impl Kind for Cell<$most> {
            const CLASS: Class = $largest;
        }

        /// Most words behind an object.
        pub const MOST_WORDS: usize = $most;

        /// Calls `$use` with the number of words that has room for `$need`: the least of the table.
        macro_rules! with_words {
            ($need:expr, $use:ident) => {
                match $need {
                    $(need if need <= $words => $use::<$words>(),)+
                    _ => $use::<$most>(),
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
                        _ => with_runnable!(@ raw, Cell<$most>, $runnable, $body),
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

kinds! {
    1 => 4, 2 => 8, 3 => 12, 4 => 16, 5 => 20, 6 => 24, 7 => 28, 8 => 32, 9 => 40, 10 => 48, 11 => 64, 12 => 96, 13 => 128, 14 => 192;
    largest 15 => 256
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
            runnable.run();
        });
    }

    /// The schedule function of every task: zero-sized, so async-task takes its short paths.
    #[inline]
    pub fn schedule<M: Kind>(runnable: Runnable<M>, info: ScheduleInfo) {
        let job = Self::new(runnable);
        if info.woken_while_running { scheduler::submit_last(job) } else { scheduler::submit_woken(job) }
    }
}
