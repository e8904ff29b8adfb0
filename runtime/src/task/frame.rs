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
    /// `NOTHING`, `FIRST`, or a chunk.
    previous: *mut Chunk,
    top: *mut u8,
    end: *mut u8,
    /// An empty chunk kept so that calls at the end of this one do not allocate each time; or null.
    spare: *mut Chunk,
    size: usize,
    /// Bytes in this chunk and those before.
    total: usize,
}

/// What the newest frame lies in: `NOTHING`, `FIRST`, or a chunk. The oldest chunk stays, once made, until the task ends.
pub struct Frames(*mut Chunk);

const NOTHING: *mut Chunk = ptr::null_mut();
/// The root's frame lies in the task.
const FIRST: *mut Chunk = ptr::without_provenance_mut(1);

fn is_chunk(chunk: *mut Chunk) -> bool {
    chunk.addr() > FIRST.addr()
}

impl Frames {
    pub fn new() -> Self {
        Self(NOTHING)
    }

    /// `first` says where the root's frame would go and how large it is.
    #[inline]
    fn alloc(&mut self, size: usize, first: impl FnOnce() -> (*mut u8, usize)) -> *mut u8 {
        let asked = size;
        let size = size.next_multiple_of(16);
        // SAFETY: the current chunk is ours.
        unsafe {
            if is_chunk(self.0) {
                let top = (*self.0).top;
                if (*self.0).end.addr() - top.addr() >= size {
                    (*self.0).top = top.wrapping_add(size);
                    return top;
                }
            } else if self.0 == NOTHING {
                let (place, room) = first();
                if asked <= room {
                    self.0 = FIRST;
                    return place;
                }
            }
        }
        self.new_chunk(size)
    }

    #[cold]
    fn new_chunk(&mut self, size: usize) -> *mut u8 {
        let need = size + size_of::<Chunk>();
        let total = self.total();
        // SAFETY: the spare is a chunk of ours or null; a fresh chunk is written before use.
        unsafe {
            let mut chunk = NOTHING;
            if is_chunk(self.0) {
                chunk = core::mem::replace(&mut (*self.0).spare, NOTHING);
            }
            if chunk.is_null() || (*chunk).size < need {
                raw_free(chunk.cast());
                let size = total.clamp(FIRST_CHUNK, LARGEST_CHUNK).max(need);
                chunk = raw_alloc(size).cast();
                (*chunk).size = size;
            }
            let first = chunk.add(1).cast::<u8>();
            (*chunk).previous = self.0;
            (*chunk).top = first.add(size);
            (*chunk).end = chunk.cast::<u8>().add((*chunk).size);
            (*chunk).spare = NOTHING;
            (*chunk).total = total + (*chunk).size;
            self.0 = chunk;
            first
        }
    }

    /// Frees the newest frame.
    #[inline]
    fn free(&mut self, frame: *mut u8) {
        let chunk = self.0;
        if !is_chunk(chunk) {
            self.0 = NOTHING;
            return;
        }
        // SAFETY: the current chunk is ours.
        unsafe {
            if frame < chunk.add(1).cast() || frame >= (*chunk).end {
                // The root's own frame, after the oldest chunk became empty.
                return;
            }
            (*chunk).top = frame;
            if frame == chunk.add(1).cast() && is_chunk((*chunk).previous) {
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
            (*chunk).spare = NOTHING;
            self.0 = previous;
        }
    }

    /// Bytes in chunks from the heap.
    fn total(&self) -> usize {
        // SAFETY: the current chunk is ours.
        if is_chunk(self.0) { unsafe { (*self.0).total } } else { 0 }
    }

    /// Gives back what a finished task kept.
    #[inline]
    pub fn finish(&mut self) {
        while is_chunk(self.0) {
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
        return raw_alloc(size);
    }
    let task = TaskObject::from_abi(task);
    // SAFETY: contract: the running task.
    unsafe { (*task).frames.alloc(size, || (*task).first_frame()) }
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
    unsafe { u8::from(!task.is_null() && (*TaskObject::from_abi(task)).frames.total() >= LIMIT) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_nest_across_chunks() {
        let mut first = [0u128; 8];
        let start = first.as_mut_ptr().cast::<u8>();
        let mut arena = Frames::new();
        for _ in 0..3 {
            let root = arena.alloc(128, || (start, 128));
            let frames: Vec<*mut u8> = (0..2000).map(|n| arena.alloc(16 + n % 100, || unreachable!())).collect();
            assert!(frames.iter().all(|frame| frame.addr() % 16 == 0));
            for &frame in frames.iter().rev() {
                arena.free(frame);
            }
            assert_eq!(root, start);
            assert_eq!(arena.total(), FIRST_CHUNK);
            arena.free(root);
            arena.finish();
            assert!(arena.0 == FIRST);
            arena.0 = NOTHING;
        }
    }

    #[test]
    fn a_large_first_frame_gets_a_chunk() {
        let mut arena = Frames::new();
        let place = arena.alloc(100, || (ptr::null_mut(), 64));
        assert!(is_chunk(arena.0));
        arena.free(place);
        arena.finish();
        assert!(arena.0 == NOTHING);
    }
}
