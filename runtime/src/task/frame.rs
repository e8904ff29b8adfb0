//! Frame memory of a task: last in, first out, in chunks. The first chunk lies inside the task's allocation.

use super::object::TaskObject;
use crate::memory::{raw_alloc, raw_free};
use core::ptr;
use qi_abi::Task;

const FIRST_CHUNK: usize = 4 << 10;
const LARGEST_CHUNK: usize = 256 << 10;
/// Suspendable calls of one task may use this much.
const LIMIT: usize = 1 << 30;

/// Header of a chunk from the heap; frames follow.
#[repr(C, align(16))]
struct Chunk {
    previous: *mut Chunk,
    /// State of the chunk before.
    top: *mut u8,
    end: *mut u8,
    size: usize,
}

pub struct Arena {
    top: *mut u8,
    end: *mut u8,
    /// Null while in the first chunk.
    chunk: *mut Chunk,
    /// An empty chunk kept so that calls at a chunk border do not allocate each time.
    spare: *mut Chunk,
    /// Bytes in chunks from the heap.
    total: usize,
}

impl Arena {
    pub fn new(top: *mut u8, end: *mut u8) -> Self {
        Self { top, end, chunk: ptr::null_mut(), spare: ptr::null_mut(), total: 0 }
    }

    #[inline]
    fn alloc(&mut self, size: usize) -> *mut u8 {
        let size = size.next_multiple_of(16);
        if (self.end as usize) - (self.top as usize) < size {
            self.new_chunk(size);
        }
        let frame = self.top;
        self.top = frame.wrapping_add(size);
        frame
    }

    #[cold]
    fn new_chunk(&mut self, size: usize) {
        let need = size + size_of::<Chunk>();
        // SAFETY: the spare is a chunk of ours or null; a fresh chunk is written before use.
        unsafe {
            let mut chunk = core::mem::replace(&mut self.spare, ptr::null_mut());
            if chunk.is_null() || (*chunk).size < need {
                raw_free(chunk.cast());
                let wanted = (self.total).clamp(FIRST_CHUNK, LARGEST_CHUNK).max(need);
                chunk = raw_alloc(wanted).cast();
                (*chunk).size = wanted;
            }
            (*chunk).previous = self.chunk;
            (*chunk).top = self.top;
            (*chunk).end = self.end;
            self.total += (*chunk).size;
            self.chunk = chunk;
            self.top = chunk.add(1).cast();
            self.end = chunk.cast::<u8>().add((*chunk).size);
        }
    }

    #[inline]
    fn free(&mut self, frame: *mut u8) {
        self.top = frame;
        if !self.chunk.is_null() && frame == self.chunk.wrapping_add(1).cast() {
            self.drop_chunk();
        }
    }

    #[cold]
    fn drop_chunk(&mut self) {
        let chunk = self.chunk;
        // SAFETY: the current chunk is ours and now empty.
        unsafe {
            self.top = (*chunk).top;
            self.end = (*chunk).end;
            self.chunk = (*chunk).previous;
            self.total -= (*chunk).size;
            raw_free(self.spare.cast());
        }
        self.spare = chunk;
    }

    /// Gives back what a finished task kept.
    pub fn finish(&mut self) {
        // SAFETY: chunks of ours; a finished task has no frames.
        unsafe {
            raw_free(self.spare.cast());
            self.spare = ptr::null_mut();
            while !self.chunk.is_null() {
                let previous = (*self.chunk).previous;
                raw_free(self.chunk.cast());
                self.chunk = previous;
            }
        }
    }
}

/// See `qi_abi::symbols::FRAME_ALLOC`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_frame_alloc(task: *mut Task, size: usize) -> *mut u8 {
    if task.is_null() {
        return raw_alloc(size);
    }
    // SAFETY: contract: the running task.
    unsafe { (*TaskObject::from_abi(task)).frames.alloc(size) }
}

/// See `qi_abi::symbols::FRAME_FREE`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_frame_free(task: *mut Task, frame: *mut u8) {
    // SAFETY: contract: the task and a frame allocated with it.
    unsafe {
        if task.is_null() {
            raw_free(frame);
        } else {
            (*TaskObject::from_abi(task)).frames.free(frame);
        }
    }
}

/// See `qi_abi::symbols::FRAMES_EXHAUSTED`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_frames_exhausted(task: *mut Task) -> u8 {
    // SAFETY: contract: the running task, or null.
    unsafe { u8::from(!task.is_null() && (*TaskObject::from_abi(task)).frames.total >= LIMIT) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_nest_across_chunks() {
        let mut first = [0u128; 8];
        let start = first.as_mut_ptr().cast::<u8>();
        let mut arena = Arena::new(start, start.wrapping_add(128));
        for _ in 0..3 {
            let frames: Vec<*mut u8> = (0..2000).map(|n| arena.alloc(16 + n % 100)).collect();
            assert_eq!(frames[0], start);
            assert!(frames.iter().all(|frame| frame.addr() % 16 == 0));
            for &frame in frames.iter().rev() {
                arena.free(frame);
            }
            assert_eq!((arena.top, arena.total), (start, 0));
        }
        arena.finish();
    }
}
