//! Model checks of the real protocol files: `idle` (no wake of a worker is lost) and `waiter` (a wait ends exactly once, and its
//! node belongs to the sleeper again when it sees that; all who wait for a task are served). The files are compiled here once more, against loom's atomics.

#[path = "../src/task/idle.rs"]
#[expect(dead_code, reason = "the model uses a part of it")]
mod idle;
#[path = "../src/task/sleeper.rs"]
#[expect(dead_code, reason = "the model uses a part of it")]
mod sleeper;
#[path = "../src/task/waiter.rs"]
#[expect(dead_code, reason = "the model uses a part of it")]
mod waiter;

/// Stands in for the runtime's `sync`.
mod sync {
    pub use loom::sync::atomic::{AtomicU32, AtomicUsize, fence};
    pub use loom::sync::{Mutex, MutexGuard};

    /// The model checker sees everything itself.
    pub mod race {
        pub fn acquire<T>(_: *const T) {}
        pub fn release<T>(_: *const T) {}
    }

    pub fn spin(_round: u32) {
        loom::thread::yield_now();
    }

    /// loom orders SeqCst operations by fences only.
    pub fn fence_after_push() {
        fence(loom::sync::atomic::Ordering::SeqCst);
    }

    pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
        mutex.lock().expect("no thread panics")
    }
}

use idle::Idle;
use loom::cell::UnsafeCell;
use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use loom::sync::{Arc, Condvar, Mutex};
use loom::thread;
use sleeper::{Seat, Sleeper};
use std::ptr;
use std::task::{RawWaker, RawWakerVTable, Waker};
use sync::lock;
use waiter::{Choice, DONE, List, Once, WAITING, Waiter, outcome};

/// What a sleeping thread waits on.
#[derive(Default)]
struct Bell {
    rung: Mutex<bool>,
    changed: Condvar,
}

impl Bell {
    fn ring(&self) {
        *lock(&self.rung) = true;
        self.changed.notify_one();
    }
    fn wait(&self) {
        let mut rung = lock(&self.rung);
        while !*rung {
            rung = self.changed.wait(rung).expect("no thread panics");
        }
        *rung = false;
    }
}

static VTABLE: RawWakerVTable = RawWakerVTable::new(clone, wake, wake_by_ref, drop_waker);

fn waker(bell: &Arc<Bell>) -> Seat {
    // SAFETY: the table treats the data as an Arc<Bell>.
    Seat(unsafe { Waker::from_raw(RawWaker::new(Arc::into_raw(Arc::clone(bell)).cast(), &VTABLE)) })
}
unsafe fn clone(data: *const ()) -> RawWaker {
    // SAFETY: from `waker`.
    let bell = unsafe { std::mem::ManuallyDrop::new(Arc::from_raw(data.cast::<Bell>())) };
    RawWaker::new(Arc::into_raw(Arc::clone(&bell)).cast(), &VTABLE)
}
unsafe fn wake(data: *const ()) {
    // SAFETY: from `waker`; consumes it.
    unsafe { Arc::from_raw(data.cast::<Bell>()) }.ring();
}
unsafe fn wake_by_ref(data: *const ()) {
    // SAFETY: from `waker`.
    unsafe { std::mem::ManuallyDrop::new(Arc::from_raw(data.cast::<Bell>())) }.ring();
}
unsafe fn drop_waker(data: *const ()) {
    // SAFETY: from `waker`.
    drop(unsafe { Arc::from_raw(data.cast::<Bell>()) });
}

struct Pool {
    idle: Idle,
    /// Jobs in the queue.
    queue: AtomicUsize,
    bells: [Bell; 2],
}

impl Pool {
    fn submit(&self) {
        self.queue.fetch_add(1, Ordering::Release);
        self.notify();
    }
    fn notify(&self) {
        if let Some(index) = self.idle.choose(usize::MAX) {
            self.bells[index].ring();
        }
    }
    fn pop(&self) -> bool {
        self.queue.fetch_update(Ordering::AcqRel, Ordering::Acquire, |count| count.checked_sub(1)).is_ok()
    }
    /// As a worker's loop: runs one job, sleeping until there is one.
    fn run_one(&self, index: usize) {
        let mut searching = self.idle.begin_search(1);
        loop {
            if self.pop() {
                if searching && self.idle.end_search() {
                    self.notify();
                }
                return;
            }
            if std::mem::take(&mut searching) {
                self.idle.end_search();
            }
            if self.idle.sleep(index, || self.queue.load(Ordering::Acquire) > 0, |_| {}) {
                self.bells[index].wait();
                searching = self.idle.wake(index);
            } else {
                searching = true;
            }
        }
    }
}

fn pool() -> Arc<Pool> {
    Arc::new(Pool { idle: Idle::new(), queue: AtomicUsize::new(0), bells: Default::default() })
}

fn check(preemptions: usize, model: impl Fn() + Sync + Send + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(model);
}

#[test]
fn a_submission_wakes_a_sleeper() {
    check(3, || {
        let pool = pool();
        let worker = thread::spawn({
            let pool = pool.clone();
            move || pool.run_one(0)
        });
        pool.submit();
        worker.join().expect("runs the job");
    });
}

#[test]
fn a_chosen_worker_wakes_the_next() {
    check(2, || {
        let pool = pool();
        let workers = [0, 1].map(|index| {
            let pool = pool.clone();
            thread::spawn(move || pool.run_one(index))
        });
        pool.submit();
        pool.submit();
        for worker in workers {
            worker.join().expect("each runs a job");
        }
    });
}

/// A list of waiters under a lock, as a channel has it. Pointers are shared between the model's threads.
struct Shared {
    list: Mutex<List>,
}
// SAFETY: used under the lock.
unsafe impl Send for Shared {}
// SAFETY: as above.
unsafe impl Sync for Shared {}

impl Shared {
    fn new() -> Arc<Self> {
        Arc::new(Self { list: Mutex::new(List::new()) })
    }

    /// Hands a value to the first waiter; false if nobody waits any more.
    fn send(&self, value: usize) -> bool {
        let mut list = lock(&self.list);
        let Some(claimed) = list.claim_first() else { return false };
        let place = claimed.place().cast::<UnsafeCell<usize>>();
        // SAFETY: a claimed waiter's place is alive until `finish`.
        unsafe { (*place).with_mut(|place| *place = value) };
        let waker = claimed.finish(DONE);
        drop(list);
        waker.wake();
        true
    }
}

#[test]
fn a_wait_ends_by_delivery_or_by_cancellation_never_both() {
    check(3, || {
        let (shared, bell, cancelled) = (Shared::new(), Arc::new(Bell::default()), Arc::new(AtomicBool::new(false)));
        let receiver = thread::spawn({
            let (shared, bell, cancelled) = (shared.clone(), bell.clone(), cancelled.clone());
            move || {
                let place = UnsafeCell::new(0usize);
                let target = (&raw const place).cast_mut().cast::<u8>();
                let waker = waker(&bell);
                let mut node = Box::new(Waiter::new(Sleeper::new(&waker), ptr::null_mut(), target));
                // SAFETY: the node stays put until it is out of the list.
                unsafe { lock(&shared.list).push(&mut *node) };
                loop {
                    bell.wait();
                    // SAFETY: initialised above; the list's lock guards the removal.
                    unsafe {
                        if outcome(&*node) == DONE {
                            drop(node);
                            return Some(place.with(|place| *place));
                        }
                        if !cancelled.load(Ordering::Acquire) {
                            continue;
                        }
                        let mut list = lock(&shared.list);
                        if outcome(&*node) == WAITING {
                            list.remove(&mut *node);
                            drop(list);
                            return None;
                        }
                        drop(list);
                        drop(node);
                        return Some(place.with(|place| *place));
                    }
                }
            }
        });
        let sender = thread::spawn({
            let shared = shared.clone();
            move || shared.send(7)
        });
        cancelled.store(true, Ordering::Release);
        waker(&bell).0.wake();
        let (sent, received) = (sender.join().expect("sends"), receiver.join().expect("ends"));
        assert_eq!(sent, received == Some(7));
        assert!(sent || received.is_none());
    });
}

#[test]
fn all_who_wait_for_a_task_are_served_or_give_up() {
    check(2, || {
        let (once, result) = (Arc::new(Once::new()), Arc::new(UnsafeCell::new(0)));
        let (bell, cancelled) = (Arc::new(Bell::default()), Arc::new(AtomicBool::new(false)));
        let waits = thread::spawn({
            let (once, result, bell, cancelled) = (once.clone(), result.clone(), bell.clone(), cancelled.clone());
            move || {
                let read = || {
                    // SAFETY: written before it happened.
                    result.with(|result| unsafe { *result })
                };
                let waker = waker(&bell);
                let mut node = Box::new(Waiter::new(Sleeper::new(&waker), ptr::null_mut(), ptr::null_mut()));
                // SAFETY: the node stays put until it is served or taken out.
                unsafe {
                    match once.lock() {
                        Some(mut waiters) => waiters.push(&mut *node),
                        None => return read(),
                    }
                    loop {
                        bell.wait();
                        if outcome(&*node) == DONE {
                            return read();
                        }
                        let Some(mut waiters) = once.lock() else { return read() };
                        if cancelled.load(Ordering::Acquire) {
                            waiters.remove(&mut *node);
                            return 7;
                        }
                    }
                }
            }
        });
        let ends = thread::spawn({
            let (once, result) = (once.clone(), result.clone());
            move || {
                // SAFETY: nobody reads before it happened.
                result.with_mut(|result| unsafe { *result = 7 });
                once.happen().wake();
            }
        });
        cancelled.store(true, Ordering::Release);
        waker(&bell).0.wake();
        ends.join().expect("ends");
        assert_eq!(waits.join().expect("waits"), 7);
        assert!(once.has_happened());
    });
}

#[test]
fn a_choice_takes_effect_once() {
    check(2, || {
        let (left, right) = (Shared::new(), Shared::new());
        let bell = Arc::new(Bell::default());
        let linked = Arc::new(Bell::default());
        let chooser = thread::spawn({
            let (lists, bell, linked) = ([left.clone(), right.clone()], bell.clone(), linked.clone());
            move || {
                let places = [UnsafeCell::new(0usize), UnsafeCell::new(0usize)];
                let choice = Choice::new();
                // SAFETY: choice, places and waiters stay put until both lists were locked again.
                unsafe {
                    let waker = waker(&bell);
                    let mut arms = [0, 1].map(|arm| {
                        let place = (&raw const places[arm]).cast_mut().cast();
                        Waiter::for_arm(Sleeper::new(&waker), &choice, arm as u32, ptr::null_mut(), place)
                    });
                    for (list, arm) in lists.iter().zip(&mut arms) {
                        lock(&list.list).push(arm);
                    }
                    linked.ring();
                    while choice.is_open() {
                        bell.wait();
                    }
                    for (list, arm) in lists.iter().zip(&mut arms) {
                        let mut list = lock(&list.list);
                        if list.contains(arm) {
                            list.remove(arm);
                        }
                    }
                    let arm = choice.arm().expect("not given up");
                    assert_eq!(arms[arm].state.load(Ordering::Acquire), DONE);
                    let values = places.map(|place| place.with(|place| *place));
                    assert_eq!(values[1 - arm], 0);
                    values[arm]
                }
            }
        });
        linked.wait();
        let sender = thread::spawn({
            let left = left.clone();
            move || left.send(1)
        });
        let second = right.send(2);
        let first = sender.join().expect("sends");
        let got = chooser.join().expect("chooses");
        assert!(first != second, "exactly one value went over");
        assert_eq!(got, if first { 1 } else { 2 });
    });
}
