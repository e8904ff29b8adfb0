//! 生成器: the object around a body's frame. Stepping is compiled code; here: creation, and the end of an unfinished one, which runs
//! its 最终 blocks by resuming it with `closing` set.

use crate::error;
use crate::memory::{self, Worklist};
use crate::types::{HandleType, elem, qi_type_fault_generator_closed};
use core::ptr;
use qi_abi::{Error, Generator, Header, TypeInfo, generator_state, object_flags};

static GENERATOR: HandleType = HandleType::new("生成器", destroy);

/// The contract's part, then what the runtime keeps.
#[repr(C)]
struct Object {
    generator: Generator,
    info: *const TypeInfo,
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_generator_new(info: *const TypeInfo) -> *mut Generator {
    let object = memory::allocate(size_of::<Object>(), &raw const GENERATOR.info, object_flags::CONFINED);
    // SAFETY: fresh memory; all-zero is a generator without frame.
    unsafe {
        let size = size_of::<Object>() - size_of::<Header>();
        ptr::write_bytes(object.cast::<u8>().add(size_of::<Header>()), 0, size);
        (*object.cast::<Object>()).info = info;
    }
    object.cast()
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
        if (*generator).state != generator_state::SUSPENDED || (*generator).frame.is_null() {
            return;
        }
        let item = (*generator.cast::<Object>()).info.as_ref().filter(|info| !info.elem.is_null()).map(elem);
        let mut scratch = vec![0u128; item.map_or(8, |item| item.size as usize).div_ceil(16)];
        (*generator).closing = 1;
        (*generator).out = scratch.as_mut_ptr().cast();
        (*generator).sent = ptr::null();
        (*generator).task = ptr::null_mut();
        (*generator).consumer = ptr::null_mut();
        (*generator).state = generator_state::RUNNING;
        let frame = (*generator).frame;
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
