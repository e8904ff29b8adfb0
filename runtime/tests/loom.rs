//! Model checks of the real protocol files: `idle` (no wake of a worker is lost), `queue` (every job is taken once), `state` (a task
//! runs after each wake, on one thread at a time) and `waiter` (a wait ends exactly once, and its node belongs to the sleeper again when
//! it sees that). The files are compiled here once more, against loom's atomics.

#[path = "../src/task/idle.rs"]
#[expect(dead_code, reason = "the model uses a part of it")]
mod idle;
#[path = "../src/task/queue.rs"]
mod queue;
#[path = "../src/task/state.rs"]
mod state;
#[path = "../src/task/waiter.rs"]
#[expect(dead_code, reason = "the model uses a part of it")]
mod waiter;

/// Stands in for the runtime's `sync`.
mod sync {
    pub use loom::sync::atomic::{AtomicU32, AtomicUsize, fence};
    pub use loom::sync::{Mutex, MutexGuard};

    pub const QUEUE_ROOM: usize = 2;

    pub fn spin(_round: u32) {
        loom::thread::yield_now();
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
use queue::Queue;
use state::State;
use std::ptr;
use sync::lock;
use waiter::{Choice, DONE, List, Once, Sleeper, WAITING, Waiter, Wake, outcome};

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

/// A task whose runs are rounds of a loop on one thread; a job for it is a ring of its bell. `state` first: a wake leads back here.
#[repr(C)]
struct Task {
    state: State,
    bell: Bell,
}

impl Task {
    /// A task that its maker runs at once.
    fn running() -> Arc<Self> {
        let task = Arc::new(Self { state: State::new(), bell: Bell::default() });
        task.state.begin();
        task
    }
    fn sleeper(&self) -> Sleeper {
        Sleeper::task(&self.state)
    }
    fn wake(&self) {
        if self.state.wake() {
            self.bell.ring();
        }
    }
    /// Ends the run and begins the next one.
    fn suspend(&self) {
        if !self.state.end() {
            self.bell.wait();
        }
        self.state.begin();
    }
}

fn finish(wake: Wake) {
    let Wake::Task(state) = wake else { unreachable!("the model has tasks only") };
    // SAFETY: the state of a `Task`; whoever owns its next run keeps it alive.
    unsafe { (*state.cast::<Task>()).bell.ring() };
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
        let wake = claimed.finish(DONE);
        drop(list);
        wake.into_iter().for_each(finish);
        true
    }
}

#[test]
fn a_wait_ends_by_delivery_or_by_cancellation_never_both() {
    check(3, || {
        let (shared, task, cancelled) = (Shared::new(), Task::running(), Arc::new(AtomicBool::new(false)));
        let receiver = thread::spawn({
            let (shared, task, cancelled) = (shared.clone(), task.clone(), cancelled.clone());
            move || {
                let place = UnsafeCell::new(0usize);
                let target = (&raw const place).cast_mut().cast::<u8>();
                let mut node = Box::new(Waiter::new(task.sleeper(), ptr::null_mut(), target));
                // SAFETY: the node stays put until it is out of the list.
                unsafe { lock(&shared.list).push(&mut *node) };
                loop {
                    task.suspend();
                    // SAFETY: initialised above; the list's lock guards the removal.
                    unsafe {
                        if outcome(&*node) == WAITING {
                            let mut list = lock(&shared.list);
                            if outcome(&*node) == WAITING {
                                if !cancelled.load(Ordering::Acquire) {
                                    continue;
                                }
                                list.remove(&mut *node);
                                drop(list);
                                return None;
                            }
                        }
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
        task.wake();
        let (sent, received) = (sender.join().expect("sends"), receiver.join().expect("ends"));
        assert_eq!(sent, received == Some(7));
        assert!(sent || received.is_none());
    });
}

#[test]
fn a_task_runs_after_each_wake() {
    check(3, || {
        let task = Task::running();
        let flags = Arc::new([AtomicBool::new(false), AtomicBool::new(false)]);
        let wakers = [0, 1].map(|number| {
            let (task, flags) = (task.clone(), flags.clone());
            thread::spawn(move || {
                flags[number].store(true, Ordering::Relaxed);
                task.wake();
            })
        });
        while !flags.iter().all(|flag| flag.load(Ordering::Relaxed)) {
            task.suspend();
        }
        for waker in wakers {
            waker.join().expect("wakes");
        }
    });
}

/// What the runs of a task write is seen by the next run, also when it comes at once because it is others' turn.
#[test]
fn runs_follow_each_other() {
    check(3, || {
        let task = Task::running();
        let count = Arc::new(UnsafeCell::new(0));
        let runner = thread::spawn({
            let (task, count) = (task.clone(), count.clone());
            move || {
                task.bell.wait();
                task.state.begin();
                count.with_mut(|count| {
                    // SAFETY: one run at a time.
                    unsafe { *count += 1 }
                });
            }
        });
        let waker = thread::spawn({
            let task = task.clone();
            move || task.wake()
        });
        count.with_mut(|count| {
            // SAFETY: as above.
            unsafe { *count += 1 }
        });
        task.state.end_again();
        task.bell.ring();
        waker.join().expect("wakes");
        runner.join().expect("runs");
        // SAFETY: nobody runs any more.
        assert_eq!(count.with(|count| unsafe { *count }), 2);
    });
}

#[test]
fn a_reference_is_the_last_once() {
    check(3, || {
        let task = Task::running();
        task.state.add_reference();
        let waker = thread::spawn({
            let task = task.clone();
            move || task.state.drop_reference()
        });
        let own = task.state.drop_own_reference();
        assert!(own != waker.join().expect("drops"));
    });
}

#[test]
fn all_who_wait_for_a_task_are_served_or_give_up() {
    check(2, || {
        let (once, result) = (Arc::new(Once::new()), Arc::new(UnsafeCell::new(0)));
        let (task, cancelled) = (Task::running(), Arc::new(AtomicBool::new(false)));
        let waits = thread::spawn({
            let (once, result, task, cancelled) = (once.clone(), result.clone(), task.clone(), cancelled.clone());
            move || {
                let read = || {
                    // SAFETY: written before it happened.
                    result.with(|result| unsafe { *result })
                };
                let mut node = Box::new(Waiter::new(task.sleeper(), ptr::null_mut(), ptr::null_mut()));
                // SAFETY: the node stays put until it is served or taken out.
                unsafe {
                    match once.lock() {
                        Some(mut waiters) => waiters.push(&mut *node),
                        None => return read(),
                    }
                    loop {
                        task.suspend();
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
                once.happen().finish(finish);
            }
        });
        cancelled.store(true, Ordering::Release);
        task.wake();
        ends.join().expect("ends");
        assert_eq!(waits.join().expect("waits"), 7);
        assert!(once.has_happened());
    });
}

#[test]
fn every_job_is_taken_once() {
    check(3, || {
        let queue = Arc::new(Queue::new());
        // SAFETY: this thread owns the queue.
        let push = |job| unsafe { queue.push(job) };
        push(1).expect("there is room");
        push(2).expect("there is room");
        let thieves = [0, 1].map(|_| {
            let queue = queue.clone();
            thread::spawn(move || {
                let mut jobs = [0; 2];
                let count = queue.take(&mut jobs, |len| len.div_ceil(2));
                jobs[..count].to_vec()
            })
        });
        let mut taken = Vec::new();
        taken.extend(push(3).err());
        taken.extend(queue.pop());
        for thief in thieves {
            taken.extend(thief.join().expect("takes"));
        }
        while let Some(job) = queue.pop() {
            taken.push(job);
        }
        taken.sort_unstable();
        assert_eq!(taken, [1, 2, 3]);
        assert!(queue.is_empty());
    });
}

#[test]
fn a_choice_takes_effect_once() {
    check(2, || {
        let (left, right) = (Shared::new(), Shared::new());
        let task = Task::running();
        let linked = Arc::new(Bell::default());
        let chooser = thread::spawn({
            let (lists, task, linked) = ([left.clone(), right.clone()], task.clone(), linked.clone());
            move || {
                let places = [UnsafeCell::new(0usize), UnsafeCell::new(0usize)];
                let choice = Choice::new();
                // SAFETY: choice, places and waiters stay put until both lists were locked again.
                unsafe {
                    let mut arms = [0, 1].map(|arm| {
                        let place = (&raw const places[arm]).cast_mut().cast();
                        Waiter::for_arm(task.sleeper(), &choice, arm as u32, ptr::null_mut(), place)
                    });
                    for (list, arm) in lists.iter().zip(&mut arms) {
                        lock(&list.list).push(arm);
                    }
                    linked.ring();
                    while choice.is_open() {
                        task.suspend();
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
