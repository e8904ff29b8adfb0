//! Operations that run elsewhere while a task waits: jobs on the blocking pool and futures of the runtime (network). The outcome is plain
//! Rust data; the waiting task turns it into Qi values.

use crate::array;
use crate::fault;
use crate::race;
use crate::string;
use crate::task::wait::{self, Waits, object};
use crate::task::{TaskObject, deadlock};
use core::future::Future;
use core::pin::Pin;
use core::ptr;
use core::task::Poll;
use qi_abi::{ArrayObject, Header, Str, Task, TypeInfo, node_words, status};

/// What an operation gives.
pub enum Outcome {
    Nothing,
    Text(String),
    Bytes(Vec<u8>),
    Texts(Vec<String>),
    Flag(bool),
    /// Makes a runtime object, on the side that waits: an outcome nobody takes leaves nothing behind.
    Object(Box<dyn FnOnce() -> *mut Header + Send>),
    /// A line, or the end of input: text for the place, flag for the result.
    Line(Option<String>),
    Failed {
        kind: &'static TypeInfo,
        message: String,
    },
}

/// What waits in the caller's node.
pub struct Operation {
    job: async_task::Task<Outcome>,
    /// Description of the result, for arrays.
    info: *const TypeInfo,
    /// Second place for a result (`qi_input`).
    place: *mut u8,
    waits: Waits,
}

const _: () = assert!(size_of::<Operation>() <= node_words::OPERATION * 8);

/// Starts a job on the blocking pool.
///
/// # Safety
/// As for every suspending function: the running task, its node, a place for the result.
pub unsafe fn blocking(
    task: *mut Task,
    node: *mut Operation,
    out: *mut u8,
    info: *const TypeInfo,
    job: impl FnOnce() -> Outcome + Send + 'static,
) -> i32 {
    // SAFETY: contract.
    unsafe { begin(task, node, out, info, ptr::null_mut(), Waits::Blocking, || smol::unblock(job)) }
}

/// # Safety
/// As `blocking`; `place` is a second place for a result, or null.
pub unsafe fn begin(
    task: *mut Task,
    node: *mut Operation,
    out: *mut u8,
    info: *const TypeInfo,
    place: *mut u8,
    waits: Waits,
    start: impl FnOnce() -> async_task::Task<Outcome>,
) -> i32 {
    let task = object(task);
    // SAFETY: contract.
    unsafe {
        if wait::is_cancelled(task) {
            return wait::fail_cancelled(task);
        }
        deadlock::external_begins();
        node.write(Operation { job: start(), info, place, waits });
        step(task, node, out)
    }
}

/// The `_finish` of every operation.
///
/// # Safety
/// `node` was written by the start.
pub unsafe fn finish(task: *mut Task, node: *mut Operation, out: *mut u8) -> i32 {
    // SAFETY: contract.
    unsafe { step(object(task), node, out) }
}

unsafe fn step(task: *mut TaskObject, node: *mut Operation, out: *mut u8) -> i32 {
    // SAFETY: contract of the callers; nodes do not move.
    unsafe {
        let polled = (*task).with_context(|cx| Pin::new(&mut (*node).job).poll(cx));
        let Poll::Ready(outcome) = polled else {
            if !wait::is_cancelled(task) {
                return wait::pending(task, (*node).waits);
            }
            // A job that runs already goes on; its outcome is dropped.
            node.drop_in_place();
            deadlock::external_ends();
            return wait::fail_cancelled(task);
        };
        let (info, place) = ((*node).info, (*node).place);
        node.drop_in_place();
        deadlock::external_ends();
        store(task, outcome, out, info, place)
    }
}

unsafe fn store(task: *mut TaskObject, outcome: Outcome, out: *mut u8, info: *const TypeInfo, place: *mut u8) -> i32 {
    // SAFETY: each operation passes a place of the type its outcome has.
    unsafe {
        match outcome {
            Outcome::Nothing => {}
            Outcome::Text(text) => *out.cast::<Str>() = string::new(&text),
            Outcome::Bytes(bytes) => *out.cast::<*mut ArrayObject>() = array::from_bytes(&*info, &bytes),
            Outcome::Texts(texts) => {
                *out.cast::<*mut ArrayObject>() =
                    array::from_values(&*info, texts.iter().map(|text| string::new(text)));
            }
            Outcome::Flag(flag) => *out = u8::from(flag),
            Outcome::Object(make) => *out.cast::<*mut Header>() = make(),
            Outcome::Line(line) => {
                *out = u8::from(line.is_some());
                if let Some(line) = line {
                    *place.cast::<Str>() = string::new(&line);
                }
            }
            Outcome::Failed { kind, message } => return wait::fail(task, fault::new(kind, &message, ptr::null())),
        }
    }
    status::READY
}

struct Call {
    code: unsafe extern "C" fn(*mut u8),
    data: *mut u8,
}

// SAFETY: contract: an 外部 阻塞 call may run on another thread; its data stays put until it ends.
unsafe impl Send for Call {}

/// See `qi_abi::symbols::BLOCKING_CALL`. Not abandoned on cancellation: the call uses the caller's frame.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_blocking_call(
    task: *mut Task,
    node: *mut Operation,
    code: unsafe extern "C" fn(*mut u8),
    data: *mut u8,
) -> i32 {
    let call = Call { code, data };
    // SAFETY: contract.
    unsafe {
        race::release(data);
        blocking(task, node, ptr::null_mut(), ptr::null(), move || {
            let call = call;
            race::acquire(call.data);
            (call.code)(call.data);
            race::release(call.data);
            Outcome::Nothing
        })
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_blocking_call_finish(task: *mut Task, node: *mut Operation) -> i32 {
    let task = object(task);
    // SAFETY: contract. The frame must outlive the call, so only its end ends the wait.
    unsafe {
        if (*task).with_context(|cx| Pin::new(&mut (*node).job).poll(cx)).is_pending() {
            return wait::pending(task, Waits::Blocking);
        }
        node.drop_in_place();
        deadlock::external_ends();
        status::READY
    }
}
