//! 生成器: an object with the body's frame behind it. Stepping is compiled code; here: creation, who answers while bodies
//! delegate (让出 全部), and the end of an unfinished one, which runs its 最终 blocks by resuming it with `closing` set.

use crate::error;
use crate::fault;
use crate::memory::{self, Worklist};
use crate::stack;
use crate::types::{HandleType, elem, qi_type_fault_generator_closed};
use core::cell::{Cell, RefCell};
use core::mem::replace;
use core::ptr;
use qi_abi::generator_state::{DELEGATING, FINISHED, RUNNING, SUSPENDED};
use qi_abi::symbols::GENERATOR_BUSY;
use qi_abi::{Error, Frame, GENERATOR_FRAME, Generator, Header, NESTING_UNIT, TypeInfo, object_flags};

const BUSY: *mut Generator = ptr::without_provenance_mut(GENERATOR_BUSY);
static GENERATOR: HandleType = HandleType::new("生成器", destroy);

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_generator_new(info: *const TypeInfo, frame: usize) -> *mut Generator {
    let object = memory::allocate(GENERATOR_FRAME + frame, &raw const GENERATOR.info, object_flags::CONFINED);
    let generator = object.cast::<Generator>();
    // SAFETY: fresh memory with room for object and frame, which the caller fills in.
    unsafe {
        let size = size_of::<Generator>() - size_of::<Header>();
        ptr::write_bytes(object.cast::<u8>().add(size_of::<Header>()), 0, size);
        (*generator).info = info;
        (*generator).size = u16::try_from((GENERATOR_FRAME + frame) / NESTING_UNIT).unwrap_or(u16::MAX);
        (*generator).nesting = u32::from((*generator).size);
    }
    generator
}

/// See `qi_abi::symbols::GENERATOR_TURN`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_generator_turn(generator: *mut Generator) -> *mut Generator {
    // SAFETY: a live generator; each delegate is alive while its parent delegates to it: the parent's body owns a reference.
    unsafe {
        // The chain yields, grows or shrinks by one; all else is rare.
        if (*generator).state == DELEGATING && (*generator).parent.is_null() {
            let leaf = last_of(generator);
            match (*leaf).state {
                SUSPENDED => return leaf,
                FINISHED => return hand_back(generator, leaf),
                DELEGATING if can_join(generator, (*leaf).delegate) => {
                    let last = delegate(generator, leaf);
                    if (*last).state == SUSPENDED {
                        return last;
                    }
                }
                _ => {}
            }
        }
        any_turn(generator)
    }
}

#[cold]
#[inline(never)]
unsafe fn any_turn(generator: *mut Generator) -> *mut Generator {
    // SAFETY: contract of `qi_generator_turn`.
    unsafe {
        match (*generator).state {
            SUSPENDED => return generator,
            FINISHED => return ptr::null_mut(),
            RUNNING => return BUSY,
            _ => {}
        }
        let mut first = generator;
        while !(*first).parent.is_null() {
            first = (*first).parent;
        }
        loop {
            let leaf = last_of(first);
            match (*leaf).state {
                SUSPENDED => return leaf,
                RUNNING => return BUSY,
                FINISHED => _ = hand_back(first, leaf),
                _ if can_join(first, (*leaf).delegate) => _ = delegate(first, leaf),
                _ => {
                    let answering = ask(leaf);
                    if !answering.is_null() {
                        return answering;
                    }
                }
            }
        }
    }
}

/// Whether the chain may go on with `next` and its delegates: nobody else delegates to it, it is none of the chain, and it is
/// not being stepped.
unsafe fn can_join(first: *mut Generator, next: *mut Generator) -> bool {
    // SAFETY: contract of `qi_generator_turn`.
    unsafe { (*next).parent.is_null() && next != first && (*last_of(next)).state != RUNNING }
}

/// The last of the chain that starts at `first`.
unsafe fn last_of(first: *mut Generator) -> *mut Generator {
    // SAFETY: contract of `qi_generator_turn`.
    unsafe { if (*first).leaf.is_null() { first } else { (*first).leaf } }
}

/// The delegate of `leaf` answers from now on: the new last of the chain.
#[inline]
unsafe fn delegate(first: *mut Generator, leaf: *mut Generator) -> *mut Generator {
    // SAFETY: contract of `qi_generator_turn`.
    unsafe {
        let next = (*leaf).delegate;
        (*next).parent = leaf;
        let last = last_of(next);
        (*next).leaf = ptr::null_mut();
        (*first).leaf = last;
        (*next).nesting = u32::from((*next).size).saturating_add((*leaf).nesting);
        last
    }
}

/// Whom to step where the chain cannot simply go on with the delegate: as if `leaf` stepped it. Null: `leaf` goes on, because
/// the delegate has ended, or because somebody is stepping it, which may be `leaf` itself (重入).
unsafe fn ask(leaf: *mut Generator) -> *mut Generator {
    // SAFETY: contract of `qi_generator_turn`.
    unsafe {
        (*leaf).state = RUNNING;
        let answering = qi_generator_turn((*leaf).delegate);
        if !answering.is_null() && answering != BUSY {
            (*leaf).state = DELEGATING;
            return answering;
        }
        (*leaf).state = SUSPENDED;
        (*leaf).error = match answering {
            BUSY => fault::qi_fault_reentry(ptr::null()),
            _ => replace(&mut (*(*leaf).delegate).error, ptr::null_mut()),
        };
        ptr::null_mut()
    }
}

/// `leaf` has ended: the one that delegated to it goes on, with its error if it failed.
#[inline]
unsafe fn hand_back(first: *mut Generator, leaf: *mut Generator) -> *mut Generator {
    // SAFETY: contract of `qi_generator_turn`; a finished leaf is not the first, which would not be delegating.
    unsafe {
        let parent = replace(&mut (*leaf).parent, ptr::null_mut());
        (*parent).error = replace(&mut (*leaf).error, ptr::null_mut());
        (*parent).state = SUSPENDED;
        (*first).leaf = if parent == first { ptr::null_mut() } else { parent };
        parent
    }
}

thread_local! {
    /// How many generators this thread is ending, one inside the other.
    static ENDING: Cell<usize> = const { Cell::new(0) };
    /// Those whose end has to wait until the outermost has ended.
    static LATER: RefCell<Vec<*mut Header>> = const { RefCell::new(Vec::new()) };
}

/// The last handle is gone. A body that ends drops the generators it holds, which end inside it; where the stack gets scarce,
/// a chain of them ends one after the other instead.
unsafe fn destroy(object: *mut Header, _: &mut Worklist) {
    // SAFETY: contract.
    unsafe {
        if (*object.cast::<Generator>()).state == FINISHED {
            memory::free(object);
        } else {
            destroy_unfinished(object);
        }
    }
}

unsafe fn destroy_unfinished(object: *mut Header) {
    let depth = ENDING.get();
    if depth > 0 && stack::is_half_used() {
        return LATER.with_borrow_mut(|later| later.push(object));
    }
    ENDING.set(depth + 1);
    // SAFETY: nobody else refers to the generators.
    unsafe {
        end(object);
        while depth == 0
            && let Some(object) = LATER.with_borrow_mut(Vec::pop)
        {
            end(object);
        }
    }
    ENDING.set(depth);
}

/// # Safety
/// Nobody refers to the object.
unsafe fn end(object: *mut Header) {
    // SAFETY: contract.
    unsafe {
        if (*object.cast::<Generator>()).state != RUNNING {
            close(object.cast::<Generator>());
        }
        memory::free(object);
    }
}

/// Ends the body. One that swallows 关闭 meets it again at its next 让出, for which there is nobody.
unsafe fn close(generator: *mut Generator) {
    // SAFETY: contract of generators: a suspended one may be resumed; `closing` makes it throw where it was suspended.
    unsafe {
        if (*generator).state == DELEGATING {
            unlink(generator);
            (*generator).state = SUSPENDED;
        }
        let item = (*generator).info.as_ref().filter(|info| !info.elem.is_null()).map(elem);
        let mut scratch = vec![0u128; item.map_or(8, |item| item.size as usize).div_ceil(16)];
        let out: *mut u8 = scratch.as_mut_ptr().cast();
        loop {
            match (*generator).state {
                SUSPENDED => (*generator).closing = 1,
                DELEGATING => (*generator).closing = u8::from(answers(generator, out, item)),
                _ => break,
            }
            step(generator, out, item);
        }
        let failure: *mut Error = replace(&mut (*generator).error, ptr::null_mut());
        if failure.is_null() {
            return;
        }
        if error::is(failure, &qi_type_fault_generator_closed) {
            memory::release(failure.cast());
        } else {
            error::unobserved(failure, "未处理的错误（生成器清理时）：");
        }
    }
}

/// A body that is being ended delegates: whether the delegate yields something before it ends.
unsafe fn answers(generator: *mut Generator, out: *mut u8, item: Option<&TypeInfo>) -> bool {
    // SAFETY: contract of `close`.
    unsafe {
        loop {
            let answering = qi_generator_turn(generator);
            if answering == generator {
                return false;
            }
            if answering.is_null() || answering == BUSY {
                return true;
            }
            step(answering, out, item);
            if (*answering).state == SUSPENDED {
                unlink(generator);
                return true;
            }
        }
    }
}

/// Resumes the body outside of any task and drops what it yields.
unsafe fn step(generator: *mut Generator, out: *mut u8, item: Option<&TypeInfo>) {
    // SAFETY: contract of `close`; `out` has room for an item.
    unsafe {
        (*generator).out = out;
        (*generator).sent = ptr::null();
        (*generator).task = ptr::null_mut();
        (*generator).consumer = ptr::null_mut();
        (*generator).state = RUNNING;
        let frame = generator.cast::<u8>().add(GENERATOR_FRAME).cast::<Frame>();
        ((*frame).resume)(frame);
        if (*generator).state == SUSPENDED
            && let Some(item) = item
        {
            memory::release_value(out, item);
        }
    }
}

/// The generator does not delegate any more; its delegate goes on without it if others refer to that.
unsafe fn unlink(generator: *mut Generator) {
    // SAFETY: contract of `qi_generator_turn`.
    unsafe {
        let next = (*generator).delegate;
        if (*next).parent == generator {
            (*next).parent = ptr::null_mut();
            let leaf = replace(&mut (*generator).leaf, ptr::null_mut());
            (*next).leaf = if leaf == next { ptr::null_mut() } else { leaf };
        }
    }
}
