//! 锁 and 共享 (one value, one holder at a time, first come first served), 弱 references to them, 原子整数.

use crate::fault;
use crate::memory::{self, Worklist};
use crate::sync::lock;
use crate::task::wait::{self, DONE, List, Sleeper, WAITING, Waiter, Waits, Woken, object, outcome};
use crate::types::{HandleType, may_be_confined, qi_type_fault_reentry};
use core::ptr;
use core::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use qi_abi::{Error, Header, Site, Task, TypeInfo, status};
use std::sync::Mutex;

static LOCK: HandleType = HandleType::new("锁", destroy_lock);
/// The same object; reports name what the program calls it.
static SHARED: HandleType = HandleType::new("共享", destroy_lock);
static WEAK: HandleType = HandleType::new("弱引用", destroy_weak);
static ATOMIC: HandleType = HandleType::new("原子整数", destroy_atomic);

/// The value follows at `VALUE`.
#[repr(C, align(16))]
pub struct Lock {
    header: Header,
    elem: *const TypeInfo,
    /// Weak references, plus one while a strong one lives: keeps the memory.
    weak: AtomicUsize,
    dead: AtomicBool,
    state: Mutex<State>,
}
const VALUE: usize = size_of::<Lock>();

struct State {
    /// The task that holds it, or nobody.
    holder: Sleeper,
    held: bool,
    waiters: List,
}

/// Kinds of waits (`Waiter::arm`).
const ACQUIRE: u32 = 0;
const READ: u32 = 1;

impl Lock {
    fn value(&self) -> *mut u8 {
        ptr::from_ref(self).cast::<u8>().wrapping_add(VALUE).cast_mut()
    }
    fn elem(&self) -> &'static TypeInfo {
        // SAFETY: static.
        unsafe { &*self.elem }
    }

    /// Moves the value out; the lock is held by then. Where what comes back may be refused, a copy stays.
    unsafe fn hand_out(&self, out: *mut u8) {
        if may_be_confined(self.elem()) {
            // SAFETY: contract.
            return unsafe { self.copy_out(out) };
        }
        let size = self.elem().size as usize;
        // SAFETY: `out` is an empty place of the element type.
        unsafe {
            ptr::copy_nonoverlapping(self.value(), out, size);
            ptr::write_bytes(self.value(), 0, size);
        }
    }

    /// The value that is moved in becomes the lock's, whose holder asks.
    unsafe fn take_back(&self, value: *mut u8) {
        let size = self.elem().size as usize;
        // SAFETY: both are places of the element type; nobody else looks at the lock's.
        unsafe {
            if may_be_confined(self.elem()) {
                memory::release_value(self.value(), self.elem());
            }
            ptr::copy_nonoverlapping(value, self.value(), size);
            ptr::write_bytes(value, 0, size);
        }
    }

    /// Copies the value.
    unsafe fn copy_out(&self, out: *mut u8) {
        // SAFETY: as above; what lies in a lock is shared, so counting it is atomic.
        unsafe {
            memory::retain_value(self.value(), self.elem());
            ptr::copy_nonoverlapping(self.value(), out, self.elem().size as usize);
        }
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_lock_new(
    out: *mut *mut Lock,
    elem: *const TypeInfo,
    value: *mut u8,
    site: *const Site,
) -> *mut Error {
    // SAFETY: contract.
    unsafe { new(&LOCK, out, elem, value, site) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_shared_new(
    out: *mut *mut Lock,
    elem: *const TypeInfo,
    value: *mut u8,
    site: *const Site,
) -> *mut Error {
    // SAFETY: contract.
    unsafe { new(&SHARED, out, elem, value, site) }
}

unsafe fn new(
    kind: &'static HandleType,
    out: *mut *mut Lock,
    elem: *const TypeInfo,
    value: *mut u8,
    site: *const Site,
) -> *mut Error {
    // SAFETY: contract: a place of the element type; fresh memory.
    unsafe {
        if memory::share_value(value, &*elem).is_err() {
            return fault::unshareable(site);
        }
        let size = (*elem).size as usize;
        let object = memory::allocate_handle(VALUE + size, kind).cast::<Lock>();
        (*object).elem = elem;
        (*object).weak = AtomicUsize::new(1);
        let state = State { holder: Sleeper::NOBODY, held: false, waiters: List::new() };
        ptr::write(&raw mut (*object).state, Mutex::new(state));
        ptr::copy_nonoverlapping(value, (*object).value(), size);
        ptr::write_bytes(value, 0, size);
        *out = object;
    }
    ptr::null_mut()
}

unsafe fn destroy_lock(object: *mut Header, list: &mut Worklist) {
    let object = object.cast::<Lock>();
    // SAFETY: no strong reference is left, so nobody waits or holds.
    unsafe {
        (*object).dead.store(true, Ordering::Release);
        list.release_value((*object).value(), (*object).elem());
        drop_weak(object);
    }
}

unsafe fn drop_weak(object: *mut Lock) {
    // SAFETY: the caller's weak reference keeps the memory until here.
    unsafe {
        if (*object).weak.fetch_sub(1, Ordering::AcqRel) == 1 {
            memory::free(object.cast());
        }
    }
}

unsafe fn begin(task: *mut Task, node: *mut Waiter, object_: *mut Lock, out: *mut u8, kind: u32) -> i32 {
    let task = object(task);
    // SAFETY: contract: the running task, its node, a borrowed lock.
    unsafe {
        if wait::is_cancelled(task) {
            return wait::fail_cancelled(task);
        }
        let mut state = lock(&(*object_).state);
        if state.held {
            if state.holder == (*task).sleeper() {
                drop(state);
                return wait::fail(task, fault::new(&qi_type_fault_reentry, "重入：本任务已持有这把锁", ptr::null()));
            }
            node.write(wait::waiter(task, object_.cast(), out));
            (*node).arm = kind;
            state.waiters.push(node);
            return wait::pending(task, Waits::Lock);
        }
        if kind == ACQUIRE {
            state.held = true;
            state.holder = (*task).sleeper();
            (*object_).hand_out(out);
        } else {
            (*object_).copy_out(out);
        }
        drop(state);
        wait::ready(task, node, object_.cast())
    }
}

unsafe fn end(task: *mut Task, node: *mut Waiter) -> i32 {
    let task = object(task);
    // SAFETY: contract: the node of the start.
    unsafe {
        if outcome(node) == DONE {
            return status::READY;
        }
        let object_ = (*node).target.cast::<Lock>();
        let mut state = lock(&(*object_).state);
        if outcome(node) != WAITING {
            return status::READY;
        }
        if !wait::is_cancelled(task) {
            return wait::pending(task, Waits::Lock);
        }
        state.waiters.remove(node);
        drop(state);
        wait::fail_cancelled(task)
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_lock_acquire(task: *mut Task, node: *mut Waiter, lock: *mut Lock, out: *mut u8) -> i32 {
    // SAFETY: contract.
    unsafe { begin(task, node, lock, out, ACQUIRE) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_lock_acquire_finish(task: *mut Task, node: *mut Waiter) -> i32 {
    // SAFETY: contract.
    unsafe { end(task, node) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_lock_read(task: *mut Task, node: *mut Waiter, lock: *mut Lock, out: *mut u8) -> i32 {
    // SAFETY: contract.
    unsafe { begin(task, node, lock, out, READ) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_lock_read_finish(task: *mut Task, node: *mut Waiter) -> i32 {
    // SAFETY: contract.
    unsafe { end(task, node) }
}

/// Moves the value back and serves whoever comes next: readers until somebody wants to hold the lock.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_lock_release(object_: *mut Lock, value: *mut u8, site: *const Site) -> *mut Error {
    // SAFETY: contract: the running task holds the lock; the value is a place of the element type.
    unsafe {
        let refused = memory::share_value(value, (*object_).elem()).is_err();
        if !refused {
            (*object_).take_back(value);
        }
        let mut woken = Woken::default();
        let mut state = lock(&(*object_).state);
        (state.held, state.holder) = (false, Sleeper::NOBODY);
        while let Some(next) = state.waiters.claim_first() {
            if next.arm() == READ {
                (*object_).copy_out(next.place());
                woken.push(next.finish(DONE));
                continue;
            }
            (state.held, state.holder) = (true, next.sleeper());
            (*object_).hand_out(next.place());
            woken.push(next.finish(DONE));
            break;
        }
        drop(state);
        woken.wake();
        if refused { fault::unshareable(site) } else { ptr::null_mut() }
    }
}

#[repr(C)]
pub struct Weak {
    header: Header,
    target: *mut Lock,
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_weak_new(lock: *mut Lock) -> *mut Weak {
    let weak = memory::allocate_handle(size_of::<Weak>(), &WEAK).cast::<Weak>();
    // SAFETY: contract: a borrowed lock; fresh memory.
    unsafe {
        (*lock).weak.fetch_add(1, Ordering::Relaxed);
        (*weak).target = lock;
    }
    weak
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_weak_upgrade(weak: *mut Weak, out: *mut *mut Lock) -> u8 {
    // SAFETY: contract: a borrowed weak reference keeps the lock's memory.
    unsafe {
        let lock = (*weak).target;
        let count = &(*lock).header.count;
        let mut now = count.load(Ordering::Relaxed);
        // Strong counts of locks are negative; zero is the moment between the last release and `dead`.
        while now < 0 && !(*lock).dead.load(Ordering::Acquire) {
            match count.compare_exchange_weak(now, now - 1, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => {
                    *out = lock;
                    return 1;
                }
                Err(other) => now = other,
            }
        }
        0
    }
}

unsafe fn destroy_weak(object: *mut Header, _: &mut Worklist) {
    // SAFETY: the weak reference counts itself in its target.
    unsafe {
        drop_weak((*object.cast::<Weak>()).target);
        memory::free(object);
    }
}

#[repr(C)]
pub struct Atomic {
    header: Header,
    value: AtomicI64,
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_atomic_new(value: i64) -> *mut Atomic {
    let atomic = memory::allocate_handle(size_of::<Atomic>(), &ATOMIC).cast::<Atomic>();
    // SAFETY: fresh memory.
    unsafe { (*atomic).value = AtomicI64::new(value) };
    atomic
}

unsafe fn destroy_atomic(object: *mut Header, _: &mut Worklist) {
    // SAFETY: no reference is left.
    unsafe { memory::free(object) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_atomic_load(atomic: *mut Atomic) -> i64 {
    // SAFETY: contract: a borrowed atomic.
    unsafe { (*atomic).value.load(Ordering::SeqCst) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_atomic_store(atomic: *mut Atomic, value: i64) {
    // SAFETY: contract: a borrowed atomic.
    unsafe { (*atomic).value.store(value, Ordering::SeqCst) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_atomic_add(
    out: *mut i64,
    atomic: *mut Atomic,
    delta: i64,
    site: *const Site,
) -> *mut Error {
    // SAFETY: contract: a borrowed atomic.
    unsafe {
        let add = |old: i64| old.checked_add(delta);
        match (*atomic).value.fetch_update(Ordering::SeqCst, Ordering::SeqCst, add) {
            Ok(old) => *out = old + delta,
            Err(_) => return fault::overflow(site),
        }
    }
    ptr::null_mut()
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_atomic_swap(atomic: *mut Atomic, value: i64) -> i64 {
    // SAFETY: contract: a borrowed atomic.
    unsafe { (*atomic).value.swap(value, Ordering::SeqCst) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_atomic_compare_swap(atomic: *mut Atomic, old: i64, new: i64) -> u8 {
    // SAFETY: contract: a borrowed atomic.
    unsafe { u8::from((*atomic).value.compare_exchange(old, new, Ordering::SeqCst, Ordering::SeqCst).is_ok()) }
}
