//! Channels of pointers for C programs: between C threads, C tasks and each other.

use super::registry::{self, Kind};
use super::state::{QiError, fail, is_running, succeed};
use super::thread;
use crate::channel::{self, Attempt, Channel};
use crate::memory;
use crate::task::wait::{CLOSED, Sleeper, Waiter};
use core::ffi::c_void;
use core::ptr;
use core::task::Waker;
use qi_abi::{TypeInfo, TypeKind};

static POINTER: TypeInfo = TypeInfo::plain(TypeKind::Pointer, 0, 8, "C 指针");

/// A channel of pointers.
pub struct QiChannel {
    _opaque: [u8; 0],
}

/// A channel that holds up to `capacity` pointers; 0 hands each one over directly. Null (with an error) if the runtime does
/// not run.
///
/// Ownership: freed with `qi_c_channel_free`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_c_channel_new(capacity: usize) -> *mut QiChannel {
    if !is_running() {
        return ptr::null_mut();
    }
    if capacity > 1 << 40 {
        fail(QiError::Argument, "通道容量太大");
        return ptr::null_mut();
    }
    let mut channel = ptr::null_mut();
    // SAFETY: a live place, a static description; this capacity cannot fail.
    unsafe { channel::qi_channel_new(&mut channel, &raw const POINTER, capacity as i64, ptr::null()) };
    registry::add(channel, Kind::Channel);
    channel.cast()
}

/// Sends or receives; waits if it may.
fn transfer(channel: *mut QiChannel, place: *mut *mut c_void, sends: bool, waits: bool) -> QiError {
    if !registry::check(channel, Kind::Channel) {
        // SAFETY: reads this thread's error.
        return unsafe { super::state::qi_last_error() };
    }
    // SAFETY: a live channel; the place holds a pointer or waits for one.
    unsafe {
        let channel = &*channel.cast::<Channel>();
        let mut woken = None;
        let mut state = channel.lock();
        let attempt = if sends {
            channel.try_send(&mut state, place.cast(), &mut woken)
        } else {
            channel.try_receive(&mut state, place.cast(), &mut woken)
        };
        let closed = match attempt {
            Attempt::Done => false,
            Attempt::Closed => true,
            Attempt::Blocked if !waits => return fail(QiError::WouldBlock, "通道还没有准备好"),
            Attempt::Blocked => {
                let waker = thread::waker();
                let mut waiter = Waiter::new(Sleeper::new(&waker), ptr::null_mut(), place.cast());
                channel.list(&mut state, sends).push(&mut waiter);
                drop(state);
                let closed = thread::wait(&waiter) == CLOSED;
                return if closed { fail(QiError::Closed, "通道已关闭") } else { QiError::Ok };
            }
        };
        drop(state);
        woken.into_iter().for_each(Waker::wake);
        if closed { fail(QiError::Closed, "通道已关闭") } else { QiError::Ok }
    }
}

/// Sends a pointer; waits while the channel is full. `QI_ERROR_CLOSED` if it is closed.
///
/// Ownership: what the pointer refers to goes to the receiver, as the two agree.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_c_channel_send(channel: *mut QiChannel, value: *mut c_void) -> QiError {
    let mut value = value;
    transfer(channel, &mut value, true, true)
}

/// As `qi_c_channel_send`, but `QI_ERROR_WOULD_BLOCK` instead of waiting.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_c_channel_try_send(channel: *mut QiChannel, value: *mut c_void) -> QiError {
    let mut value = value;
    transfer(channel, &mut value, true, false)
}

/// Receives a pointer into `out`; waits while there is none. `QI_ERROR_CLOSED` if the channel is closed and empty.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_c_channel_receive(channel: *mut QiChannel, out: *mut *mut c_void) -> QiError {
    receive(channel, out, true)
}

/// As `qi_c_channel_receive`, but `QI_ERROR_WOULD_BLOCK` instead of waiting.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_c_channel_try_receive(channel: *mut QiChannel, out: *mut *mut c_void) -> QiError {
    receive(channel, out, false)
}

fn receive(channel: *mut QiChannel, out: *mut *mut c_void, waits: bool) -> QiError {
    if out.is_null() {
        return fail(QiError::Null, "结果指针是空的");
    }
    let mut value = ptr::null_mut();
    let error = transfer(channel, &mut value, false, waits);
    if error == QiError::Ok {
        // SAFETY: the caller passes a place for a pointer.
        unsafe { *out = value };
    }
    error
}

/// No more sending; what is inside can still be received. Closing again does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_c_channel_close(channel: *mut QiChannel) {
    if registry::check(channel, Kind::Channel) {
        // SAFETY: a live channel.
        unsafe { channel::qi_channel_close(channel.cast()) }
    }
}

/// Frees a channel that nobody uses any more. Null does nothing.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_c_channel_free(channel: *mut QiChannel) {
    if channel.is_null() {
        return succeed();
    }
    if registry::remove(channel, Kind::Channel) {
        // SAFETY: taken out of the registry by us alone.
        unsafe { memory::release(channel.cast()) }
    }
}
