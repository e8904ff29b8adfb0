//! 通道<T>: bounded, first in first out, waiters in order. Values move from the sender's place to the receiver's or into a ring;
//! a message costs no allocation. Capacity 0 is a rendezvous.

use crate::fault;
use crate::memory::{self, Worklist, raw_alloc, raw_free};
use crate::sync::{MutexGuard, lock};
use crate::task::wait::{self, CLOSED, DONE, List, WAITING, Waiter, Waits, object, outcome};
use crate::types::{HandleType, qi_type_fault_channel_closed, stride};
use core::ptr;
use core::task::Waker;
use qi_abi::{Error, Header, Site, Task, TypeInfo, status};
use std::sync::{Mutex, PoisonError};

static CHANNEL: HandleType = HandleType::new("通道", destroy);

/// The ring starts small and grows up to the capacity.
const FIRST_RING: usize = 16;

#[repr(C)]
pub struct Channel {
    header: Header,
    elem: *const TypeInfo,
    capacity: usize,
    state: Mutex<State>,
}

pub struct State {
    ring: *mut u8,
    /// From one element of the ring to the next.
    stride: usize,
    room: usize,
    head: usize,
    len: usize,
    closed: bool,
    senders: List,
    receivers: List,
}

/// What an attempt found.
#[derive(PartialEq, Eq, Clone, Copy)]
pub enum Attempt {
    Done,
    Closed,
    /// Nobody there: wait.
    Blocked,
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_channel_new(
    out: *mut *mut Channel,
    elem: *const TypeInfo,
    capacity: i64,
    site: *const Site,
) -> *mut Error {
    if capacity < 0 {
        return fault::negative("通道容量", capacity, site);
    }
    let channel = memory::allocate_handle(size_of::<Channel>(), &CHANNEL).cast::<Channel>();
    // SAFETY: fresh memory.
    unsafe {
        (*channel).elem = elem;
        (*channel).capacity = capacity as usize;
        ptr::write(
            &raw mut (*channel).state,
            Mutex::new(State {
                ring: ptr::null_mut(),
                stride: stride(&*elem),
                room: 0,
                head: 0,
                len: 0,
                closed: false,
                senders: List::new(),
                receivers: List::new(),
            }),
        );
        *out = channel;
    }
    ptr::null_mut()
}

unsafe fn destroy(object: *mut Header, list: &mut Worklist) {
    let channel = object.cast::<Channel>();
    // SAFETY: nobody else refers to the channel, so nobody waits.
    unsafe {
        let elem = &*(*channel).elem;
        // Not through a guard, which would unlock freed memory.
        let state = (*channel).state.get_mut().unwrap_or_else(PoisonError::into_inner);
        while state.len > 0 {
            list.release_value(state.front(), elem);
            state.drop_front();
        }
        raw_free(state.ring);
        memory::free(object);
    }
}

impl State {
    /// The place of the value `index` behind the front.
    #[inline]
    fn slot(&self, index: usize) -> *mut u8 {
        // Both are less than the room, or it is the front: no division.
        let at = self.head + index;
        let at = if at >= self.room { at - self.room } else { at };
        self.ring.wrapping_add(at * self.stride)
    }
    fn front(&self) -> *mut u8 {
        self.slot(0)
    }
    fn drop_front(&mut self) {
        self.head += 1;
        if self.head == self.room {
            self.head = 0;
        }
        self.len -= 1;
    }

    /// Moves a value in; the caller saw that there is room.
    unsafe fn push(&mut self, elem: &TypeInfo, capacity: usize, value: *mut u8) {
        if self.len == self.room {
            self.grow(capacity);
        }
        let slot = self.slot(self.len);
        // SAFETY: a free slot of the ring.
        unsafe { take(value, slot, elem) };
        self.len += 1;
    }

    fn grow(&mut self, capacity: usize) {
        let room = (self.room * 2).max(FIRST_RING).min(capacity);
        let stride = self.stride;
        let Some(bytes) = room.checked_mul(stride) else { memory::out_of_memory() };
        let ring = raw_alloc(bytes);
        for index in 0..self.len {
            // SAFETY: both rings hold `len` elements.
            unsafe { ptr::copy_nonoverlapping(self.slot(index), ring.add(index * stride), stride) };
        }
        // SAFETY: the old ring's values moved out.
        unsafe { raw_free(self.ring) };
        (self.ring, self.room, self.head) = (ring, room, 0);
    }
}

/// Moves a value; the source is left empty.
#[inline]
unsafe fn take(from: *mut u8, to: *mut u8, elem: &TypeInfo) {
    let size = elem.size as usize;
    // SAFETY: contract of the callers: both are places of the element type.
    unsafe {
        if size == size_of::<u64>() {
            // The most frequent size, without calls.
            to.cast::<u64>().write_unaligned(from.cast::<u64>().read_unaligned());
            from.cast::<u64>().write_unaligned(0);
            return;
        }
        ptr::copy_nonoverlapping(from, to, size);
        ptr::write_bytes(from, 0, size);
    }
}

impl Channel {
    pub fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Who is to be woken goes to `woken`.
    ///
    /// # Safety
    /// `value` is a place of the element type whose value is shared already.
    #[inline]
    pub unsafe fn try_send(&self, state: &mut State, value: *mut u8, woken: &mut Option<Waker>) -> Attempt {
        // SAFETY: static.
        let elem = unsafe { &*self.elem };
        if state.closed {
            return Attempt::Closed;
        }
        if let Some(receiver) = state.receivers.claim_first() {
            // SAFETY: a claimed receiver's place waits for a value.
            unsafe { take(value, receiver.place(), elem) };
            *woken = Some(receiver.finish(DONE));
            return Attempt::Done;
        }
        if state.len < self.capacity {
            // SAFETY: there is room.
            unsafe { state.push(elem, self.capacity, value) };
            return Attempt::Done;
        }
        Attempt::Blocked
    }

    /// Who is to be woken goes to `woken`.
    ///
    /// # Safety
    /// `out` is an empty place of the element type.
    #[inline]
    pub unsafe fn try_receive(&self, state: &mut State, out: *mut u8, woken: &mut Option<Waker>) -> Attempt {
        // SAFETY: static.
        let elem = unsafe { &*self.elem };
        if state.len > 0 {
            // SAFETY: the front is a value; a claimed sender's place holds one.
            unsafe {
                take(state.front(), out, elem);
                state.drop_front();
                if let Some(sender) = state.senders.claim_first() {
                    state.push(elem, self.capacity, sender.place());
                    *woken = Some(sender.finish(DONE));
                }
            }
            return Attempt::Done;
        }
        if let Some(sender) = state.senders.claim_first() {
            // SAFETY: as above.
            unsafe { take(sender.place(), out, elem) };
            *woken = Some(sender.finish(DONE));
            return Attempt::Done;
        }
        if state.closed { Attempt::Closed } else { Attempt::Blocked }
    }

    /// Makes a value that is to be sent shared.
    ///
    /// # Safety
    /// `value` is a place of the element type.
    #[inline]
    pub unsafe fn share(&self, value: *mut u8) -> Result<(), *mut Error> {
        // SAFETY: contract.
        unsafe { memory::share_value(value, &*self.elem) }.map_err(|_| fault::unshareable(ptr::null()))
    }

    pub fn list<'a>(&self, state: &'a mut State, sends: bool) -> &'a mut List {
        if sends { &mut state.senders } else { &mut state.receivers }
    }
}

#[cold]
pub fn closed(sends: bool) -> *mut Error {
    let message =
        if sends { "通道关闭：不能再发送" } else { "通道关闭：已关闭且没有剩下的值" };
    fault::new(&qi_type_fault_channel_closed, message, ptr::null())
}

/// Operations of `Waiter::arm` for plain waits.
mod op {
    pub const SEND: u32 = 0;
    pub const RECEIVE: u32 = 1;
    pub const RECEIVE_OR_NONE: u32 = 2;
}

/// Starts an operation; `place` is the value or the empty place. Inlined where `op` is known.
#[inline(always)]
unsafe fn begin(task: *mut Task, node: *mut Waiter, channel: *mut Channel, place: *mut u8, op: u32) -> i32 {
    let task = object(task);
    // SAFETY: contract: the running task, its node, a borrowed channel.
    unsafe {
        if wait::is_cancelled(task) {
            return wait::fail_cancelled(task);
        }
        if op == op::SEND
            && let Err(error) = (*channel).share(place)
        {
            return wait::fail(task, error);
        }
        let mut woken = None;
        let mut state = (*channel).lock();
        let attempt = match op {
            op::SEND => (*channel).try_send(&mut state, place, &mut woken),
            _ => (*channel).try_receive(&mut state, place, &mut woken),
        };
        if attempt == Attempt::Blocked {
            node.write(wait::waiter(task, channel.cast(), place));
            (*node).arm = op;
            (*channel).list(&mut state, op == op::SEND).push(node);
            let waits = if op == op::SEND { Waits::Send } else { Waits::Receive };
            return wait::pending(task, waits);
        }
        drop(state);
        woken.into_iter().for_each(Waker::wake);
        match attempt {
            Attempt::Done => {
                let status = wait::ready(task, node, channel.cast());
                if status == status::PENDING {
                    (*node).arm = op;
                }
                status
            }
            _ if op == op::RECEIVE_OR_NONE => NONE,
            _ => wait::fail(task, closed(op == op::SEND)),
        }
    }
}

/// Ready without a value.
const NONE: i32 = -1;

unsafe fn end(task: *mut Task, node: *mut Waiter) -> i32 {
    let task = object(task);
    // SAFETY: contract: the node of the start.
    unsafe {
        let (channel, op) = ((*node).target.cast::<Channel>(), (*node).arm);
        let mut now = outcome(node);
        if now == WAITING {
            let mut state = (*channel).lock();
            now = outcome(node);
            if now == WAITING {
                if !wait::is_cancelled(task) {
                    let waits = if op == op::SEND { Waits::Send } else { Waits::Receive };
                    return wait::pending(task, waits);
                }
                (*channel).list(&mut state, op == op::SEND).remove(node);
                drop(state);
                return wait::fail_cancelled(task);
            }
        }
        match now {
            DONE => status::READY,
            _ if op == op::RECEIVE_OR_NONE => NONE,
            _ => wait::fail(task, closed(op == op::SEND)),
        }
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_channel_send(
    task: *mut Task,
    node: *mut Waiter,
    channel: *mut Channel,
    value: *mut u8,
) -> i32 {
    // SAFETY: contract.
    unsafe { begin(task, node, channel, value, op::SEND) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_channel_send_finish(task: *mut Task, node: *mut Waiter) -> i32 {
    // SAFETY: contract.
    unsafe { end(task, node) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_channel_recv(
    task: *mut Task,
    node: *mut Waiter,
    channel: *mut Channel,
    out: *mut u8,
) -> i32 {
    // SAFETY: contract.
    unsafe { begin(task, node, channel, out, op::RECEIVE) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_channel_recv_finish(task: *mut Task, node: *mut Waiter) -> i32 {
    // SAFETY: contract.
    unsafe { end(task, node) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_channel_recv_or_none(
    task: *mut Task,
    node: *mut Waiter,
    got: *mut u8,
    channel: *mut Channel,
    out: *mut u8,
) -> i32 {
    // SAFETY: contract.
    unsafe { or_none(begin(task, node, channel, out, op::RECEIVE_OR_NONE), got) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_channel_recv_or_none_finish(task: *mut Task, node: *mut Waiter, got: *mut u8) -> i32 {
    // SAFETY: contract.
    unsafe { or_none(end(task, node), got) }
}

unsafe fn or_none(result: i32, got: *mut u8) -> i32 {
    if result != status::READY && result != NONE {
        return result;
    }
    // SAFETY: contract of the callers.
    unsafe { *got = u8::from(result == status::READY) };
    status::READY
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_channel_close(channel: *mut Channel) {
    // SAFETY: contract: a borrowed channel.
    unsafe {
        let mut state = (*channel).lock();
        state.closed = true;
        let (senders, receivers) = (state.senders.claim_all(CLOSED), state.receivers.claim_all(CLOSED));
        drop(state);
        senders.wake();
        receivers.wake();
    }
}

/// Values that wait in the channel.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_channel_len(channel: *mut Channel) -> i64 {
    // SAFETY: contract: a borrowed channel.
    unsafe { (*channel).lock().len as i64 }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_channel_is_closed(channel: *mut Channel) -> u8 {
    // SAFETY: contract: a borrowed channel.
    unsafe { u8::from((*channel).lock().closed) }
}
