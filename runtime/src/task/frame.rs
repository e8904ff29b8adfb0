//! Frame memory of a task below its root's frame: last in, first out, in chunks.

use super::object::TaskObject;
use crate::memory::{raw_alloc, raw_free};
use core::ptr;
use qi_abi::Task;

/// A task may hold it for long while it sleeps; enough for a few calls.
const FIRST_CHUNK: usize = 1 << 10;
/// Recursion goes up and down over the end of a chunk: not many of them.
const SECOND_CHUNK: usize = 8 << 10;
const LARGEST_CHUNK: usize = 256 << 10;
/// Recursive calls of one task may use this much.
const LIMIT: usize = 1 << 30;

/// Header of a chunk from the heap; frames follow.
#[repr(C, align(16))]
struct Chunk {
    /// The one before, or null.
    previous: *mut Chunk,
    top: *mut u8,
    end: *mut u8,
    /// An empty chunk kept so that calls at the end of this one do not allocate each time; or null.
    spare: *mut Chunk,
    size: usize,
    /// Bytes in this chunk and those before.
    total: usize,
}

/// The chunk that the newest frame lies in, or null. The oldest chunk stays, once made, until the task ends.
pub struct Frames(*mut Chunk);

impl Frames {
    pub fn new() -> Self {
        Self(ptr::null_mut())
    }

    #[inline]
    fn alloc(&mut self, size: usize) -> *mut u8 {
        let size = size.next_multiple_of(16);
        match self.alloc_here(size) {
            Some(frame) => frame,
            None => self.new_chunk(size),
        }
    }

    /// Null when the limit is reached.
    #[inline]
    fn alloc_limited(&mut self, size: usize) -> *mut u8 {
        // Not only where a chunk begins: it may always be others of the recursion that begin one.
        if self.total() >= LIMIT { ptr::null_mut() } else { self.alloc(size) }
    }

    /// None when there is no room in the current chunk. `size` is a multiple of 16.
    #[inline]
    fn alloc_here(&mut self, size: usize) -> Option<*mut u8> {
        if self.0.is_null() {
            return None;
        }
        // SAFETY: the current chunk is ours.
        unsafe {
            let top = (*self.0).top;
            if (*self.0).end.addr() - top.addr() < size {
                return None;
            }
            (*self.0).top = top.wrapping_add(size);
            Some(top)
        }
    }

    #[cold]
    fn new_chunk(&mut self, size: usize) -> *mut u8 {
        let need = size + size_of::<Chunk>();
        let total = self.total();
        // SAFETY: the spare is a chunk of ours or null; a fresh chunk is written before use.
        unsafe {
            let mut chunk = ptr::null_mut::<Chunk>();
            if !self.0.is_null() {
                chunk = core::mem::replace(&mut (*self.0).spare, ptr::null_mut());
            }
            if chunk.is_null() || (*chunk).size < need {
                raw_free(chunk.cast());
                let size = if total == 0 { FIRST_CHUNK } else { total.clamp(SECOND_CHUNK, LARGEST_CHUNK) };
                let size = size.max(need);
                chunk = raw_alloc(size).cast();
                (*chunk).size = size;
            }
            let first = chunk.add(1).cast::<u8>();
            (*chunk).previous = self.0;
            (*chunk).top = first.add(size);
            (*chunk).end = chunk.cast::<u8>().add((*chunk).size);
            (*chunk).spare = ptr::null_mut();
            (*chunk).total = total + (*chunk).size;
            self.0 = chunk;
            first
        }
    }

    /// Frees the newest frame.
    #[inline]
    fn free(&mut self, frame: *mut u8) {
        let chunk = self.0;
        // SAFETY: the current chunk is ours.
        unsafe {
            (*chunk).top = frame;
            if frame == chunk.add(1).cast() && !(*chunk).previous.is_null() {
                self.drop_chunk();
            }
        }
    }

    #[cold]
    fn drop_chunk(&mut self) {
        let chunk = self.0;
        // SAFETY: the current chunk is ours and empty; so is the one before, which is a chunk.
        unsafe {
            let previous = (*chunk).previous;
            raw_free((*chunk).spare.cast());
            raw_free((*previous).spare.cast());
            (*previous).spare = chunk;
            (*chunk).spare = ptr::null_mut();
            self.0 = previous;
        }
    }

    /// Bytes in chunks from the heap.
    fn total(&self) -> usize {
        // SAFETY: the current chunk is ours.
        unsafe { self.0.as_ref().map_or(0, |it| it.total) }
    }

    /// Gives back what a finished task kept.
    #[inline]
    pub fn finish(&mut self) {
        while !self.0.is_null() {
            // SAFETY: chunks of ours; a finished task has no frames.
            unsafe {
                let previous = (*self.0).previous;
                raw_free((*self.0).spare.cast());
                raw_free(self.0.cast());
                self.0 = previous;
            }
        }
    }
}

/// See `qi_abi::symbols::FRAME_ALLOC`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_frame_alloc(task: *mut Task, size: usize) -> *mut u8 {
    if task.is_null() {
        super::wait::without_task();
    }
    // SAFETY: contract: the running task.
    unsafe { (*TaskObject::from_abi(task)).frames.alloc(size) }
}

/// See `qi_abi::symbols::FRAME_ALLOC_LIMITED`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_frame_alloc_limited(task: *mut Task, size: usize) -> *mut u8 {
    if task.is_null() {
        super::wait::without_task();
    }
    // SAFETY: contract: the running task.
    unsafe { (*TaskObject::from_abi(task)).frames.alloc_limited(size) }
}

/// See `qi_abi::symbols::FRAME_FREE`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_frame_free(task: *mut Task, frame: *mut u8) {
    // SAFETY: contract: the task and a frame allocated with it.
    unsafe { (*TaskObject::from_abi(task)).frames.free(frame) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_nest_across_chunks() {
        let mut arena = Frames::new();
        for _ in 0..3 {
            let frames: Vec<*mut u8> = (0..2000).map(|n| arena.alloc(16 + n % 100)).collect();
            assert!(frames.iter().all(|frame| frame.addr() % 16 == 0));
            for &frame in frames.iter().rev() {
                arena.free(frame);
            }
            assert_eq!(arena.total(), FIRST_CHUNK);
        }
        arena.finish();
        assert_eq!(arena.total(), 0);
    }
}
