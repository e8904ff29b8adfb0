//! Memory of tasks: blocks of size classes, taken from and given back to a list of the worker, in batches exchanged with a common
//! depot. Blocks are carved from slabs that are never given back; larger blocks come from malloc.

use super::scheduler;
use crate::memory::{raw_alloc, raw_free};
use crate::sync::lock;
use core::cell::UnsafeCell;
use core::ptr;
use std::sync::Mutex;

/// Sizes are multiples of this.
const STEP: usize = 16;
const CLASSES: usize = 64;
/// Blocks that change hands at a time.
const BATCH: u32 = 32;

/// A free block.
struct Free {
    next: *mut Free,
}

/// Free blocks of one class.
#[derive(Clone, Copy)]
struct List {
    first: *mut Free,
    count: u32,
}

impl List {
    const EMPTY: Self = Self { first: ptr::null_mut(), count: 0 };

    #[inline]
    fn pop(&mut self) -> *mut Free {
        let block = self.first;
        if !block.is_null() {
            // SAFETY: blocks in a list are free memory of at least a pointer's size.
            self.first = unsafe { (*block).next };
            self.count -= 1;
        }
        block
    }

    #[inline]
    fn push(&mut self, block: *mut Free) {
        // SAFETY: as above.
        unsafe { (*block).next = self.first };
        self.first = block;
        self.count += 1;
    }

    /// A batch of them.
    fn split(&mut self) -> List {
        let mut batch = Self::EMPTY;
        for _ in 0..BATCH {
            batch.push(self.pop());
        }
        batch
    }
}

/// A worker's free blocks; touched by its thread only.
pub struct Cache(UnsafeCell<[List; CLASSES]>);

// SAFETY: see the struct.
unsafe impl Sync for Cache {}
// SAFETY: free blocks belong to no thread.
unsafe impl Send for Cache {}

impl Cache {
    pub fn new() -> Self {
        Self(UnsafeCell::new([List::EMPTY; CLASSES]))
    }
}

/// Full batches, and what threads that are no workers gave back one by one.
struct Depot {
    batches: Vec<List>,
    loose: List,
}

// SAFETY: free blocks belong to no thread.
unsafe impl Send for Depot {}

static DEPOT: [Mutex<Depot>; CLASSES] =
    [const { Mutex::new(Depot { batches: Vec::new(), loose: List::EMPTY }) }; CLASSES];

#[inline]
fn class(size: usize) -> Option<usize> {
    let class = size.div_ceil(STEP) - 1;
    (class < CLASSES).then_some(class)
}

/// A block of `size` bytes, aligned to 16.
#[inline]
pub fn alloc(size: usize) -> *mut u8 {
    let Some(class) = class(size) else { return raw_alloc(size) };
    let worker = scheduler::this_worker();
    if worker.is_null() {
        return alloc_loose(class);
    }
    // SAFETY: workers are never freed; the cache is this thread's.
    let list = unsafe { &mut (*(*worker).blocks.0.get())[class] };
    let block = list.pop();
    if !block.is_null() {
        return block.cast();
    }
    *list = batch(class);
    list.pop().cast()
}

/// # Safety
/// `block` comes from `alloc` with this size and is not used afterwards.
#[inline]
pub unsafe fn free(block: *mut u8, size: usize) {
    let Some(class) = class(size) else {
        // SAFETY: contract.
        return unsafe { raw_free(block) };
    };
    let worker = scheduler::this_worker();
    if worker.is_null() {
        return free_loose(class, block.cast());
    }
    // SAFETY: as in `alloc`.
    let list = unsafe { &mut (*(*worker).blocks.0.get())[class] };
    list.push(block.cast());
    if list.count >= 4 * BATCH {
        let batch = list.split();
        lock(&DEPOT[class]).batches.push(batch);
    }
}

#[cold]
fn batch(class: usize) -> List {
    if let Some(batch) = lock(&DEPOT[class]).batches.pop() {
        return batch;
    }
    let size = (class + 1) * STEP;
    let slab = raw_alloc(size * BATCH as usize);
    let mut batch = List::EMPTY;
    for index in (0..BATCH as usize).rev() {
        batch.push(slab.wrapping_add(index * size).cast());
    }
    batch
}

#[cold]
fn alloc_loose(class: usize) -> *mut u8 {
    let block = lock(&DEPOT[class]).loose.pop();
    if !block.is_null() {
        return block.cast();
    }
    let mut batch = batch(class);
    let block = batch.pop();
    let mut depot = lock(&DEPOT[class]);
    while batch.count > 0 {
        depot.loose.push(batch.pop());
    }
    block.cast()
}

#[cold]
fn free_loose(class: usize, block: *mut Free) {
    let mut depot = lock(&DEPOT[class]);
    depot.loose.push(block);
    if depot.loose.count >= 4 * BATCH {
        let batch = depot.loose.split();
        depot.batches.push(batch);
    }
}
