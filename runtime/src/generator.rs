//! 生成器: an object with the body's frame behind it. Stepping is compiled code; here: creation, and the end of an unfinished one, which runs
//! its 最终 blocks by resuming it with `closing` set.

use crate::error;
use crate::memory::{self, Worklist};
use crate::types::{HandleType, elem, qi_type_fault_generator_closed};
use core::ptr;
use qi_abi::{Error, Frame, GENERATOR_FRAME, Generator, Header, TypeInfo, generator_state, object_flags};

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
    }
    generator
}

/// The last handle is gone.
unsafe fn destroy(object: *mut Header, _: &mut Worklist) {
    let generator = object.cast::<Generator>();
    // SAFETY: nobody else refers to the generator or to those it delegates to.
    unsafe {
        close(generator);
        memory::free(object);
    }
}

/// Ends the body, the innermost delegate first: its 最终 comes before those around it.
unsafe fn close(generator: *mut Generator) {
    // SAFETY: a suspended generator's delegate is alive: its body owns a reference.
    unsafe {
        if (*generator).state != generator_state::SUSPENDED {
            return;
        }
        let mut chain = vec![generator];
        let mut at = generator;
        while !(*at).delegate.is_null() && (*at).state == generator_state::SUSPENDED {
            at = (*at).delegate;
            chain.push(at);
        }
        while let Some(inner) = chain.pop() {
            close_one(inner);
        }
    }
}

unsafe fn close_one(generator: *mut Generator) {
    // SAFETY: contract of generators: a suspended one may be resumed; `closing` makes it end.
    unsafe {
        if (*generator).state != generator_state::SUSPENDED {
            return;
        }
        let item = (*generator).info.as_ref().filter(|info| !info.elem.is_null()).map(elem);
        let mut scratch = vec![0u128; item.map_or(8, |item| item.size as usize).div_ceil(16)];
        (*generator).closing = 1;
        (*generator).out = scratch.as_mut_ptr().cast();
        (*generator).sent = ptr::null();
        (*generator).task = ptr::null_mut();
        (*generator).consumer = ptr::null_mut();
        (*generator).state = generator_state::RUNNING;
        let frame = generator.cast::<u8>().add(GENERATOR_FRAME).cast::<Frame>();
        ((*frame).resume)(frame);
        let failure: *mut Error = core::mem::replace(&mut (*generator).error, ptr::null_mut());
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
