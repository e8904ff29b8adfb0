//! Who waits, in one word: the waker of a task, whose virtual table is known by the task's kind, or the address of another
//! waker. Knows nothing of tasks: `loom` checks this file with `waiter.rs`.

use core::mem::ManuallyDrop;
use core::ptr;
use core::sync::atomic::{AtomicPtr, Ordering};
use core::task::{RawWakerVTable, Waker};

const KINDS: usize = 16;
const KIND: usize = KINDS - 1;
/// The word is the address of a `Seat`.
const SEATED: usize = 0;

/// Virtual tables of the tasks' wakers, by kind; static once known.
static TABLES: [AtomicPtr<RawWakerVTable>; KINDS] = [const { AtomicPtr::new(ptr::null_mut()) }; KINDS];

/// A waker that stays put while its owner waits.
#[repr(align(16))]
pub struct Seat(pub Waker);

#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Sleeper(*const ());

impl Sleeper {
    pub const NOBODY: Self = Self(ptr::null());

    pub fn new(seat: &Seat) -> Self {
        Self(ptr::from_ref(seat).cast())
    }

    /// Keeps the waker's reference, which `give_up` gives back. All wakers of a kind (1 to 15) have one virtual table, and data at
    /// a multiple of 16.
    #[inline]
    pub fn of_kind(kind: usize, waker: Waker) -> Self {
        let waker = ManuallyDrop::new(waker);
        debug_assert!(kind > SEATED && kind < KINDS && waker.data().addr() & KIND == 0);
        // Relaxed: tables are static and constant, only their address travels.
        if TABLES[kind].load(Ordering::Relaxed).is_null() {
            TABLES[kind].store(ptr::from_ref(waker.vtable()).cast_mut(), Ordering::Relaxed);
        }
        Self(waker.data().map_addr(|addr| addr | kind))
    }

    /// What `of_kind` was told; 0 for a seat.
    pub fn kind(self) -> usize {
        self.0.addr() & KIND
    }

    pub fn is_nobody(self) -> bool {
        self.0.is_null()
    }

    /// # Safety
    /// The sleeper is alive.
    #[inline]
    pub unsafe fn with<R>(self, use_waker: impl FnOnce(&Waker) -> R) -> R {
        let kind = self.kind();
        // SAFETY: contract: a seat that stays put, or data and table of a waker that is kept.
        unsafe {
            if kind == SEATED {
                return use_waker(&(*self.0.cast::<Seat>()).0);
            }
            let table = &*TABLES[kind].load(Ordering::Relaxed);
            use_waker(&ManuallyDrop::new(Waker::new(self.0.map_addr(|addr| addr & !KIND), table)))
        }
    }

    /// A waker to call once the locks are open: it keeps the sleeper's memory until then.
    ///
    /// # Safety
    /// The sleeper is alive.
    #[inline]
    pub unsafe fn waker(self) -> Waker {
        // SAFETY: contract.
        unsafe { self.with(Waker::clone) }
    }

    /// Drops the waker that `of_kind` kept.
    ///
    /// # Safety
    /// Called once; nobody refers to the sleeper any more.
    #[inline]
    pub unsafe fn give_up(self) {
        // SAFETY: contract.
        unsafe { self.with(|waker| drop(ptr::read(waker))) }
    }
}
