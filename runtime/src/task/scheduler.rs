//! The threads that run tasks. Each worker has a slot for the task that the running one just woke, a queue of its own, and
//! steals from the others; everything else comes through the injection queue. Workers park inside `smol::block_on`, so whoever
//! parks drives timers and sockets.
//!
//! No wake is lost: see `idle`.
//!
//! `QI_EXECUTOR=smol` runs the same jobs on smol's executor instead, as the reference.

use super::idle::Idle;
use super::job::Job;
use super::{deadlock, inject, main, monitor};
use crate::input_output;
use crate::number::random_bits;
use crate::sync::lock;
use concurrent_queue::ConcurrentQueue;
use core::cell::Cell;
use core::future::Future;
use core::pin::Pin;
use core::ptr;
use core::sync::atomic::{AtomicPtr, AtomicU64, AtomicUsize, Ordering};
use core::task::{Context, Poll, Waker};
use std::sync::{Mutex, OnceLock};

const LOCAL: usize = 256;
/// Every so many jobs the injection queue and the reactor come first.
const FAIRNESS: u64 = 61;
/// Jobs from the slot in a row.
const SLOT_RUNS: u32 = 3;
const STACK: usize = 8 << 20;
/// Threads beyond the workers, for when plain code keeps workers busy.
const MAX_SPARES: usize = 64;

pub struct Worker {
    queue: ConcurrentQueue<Job>,
    /// A raw job, or null.
    slot: AtomicPtr<()>,
    /// Jobs begun; odd while one runs.
    pub ticks: AtomicU64,
    waker: Mutex<Option<Waker>>,
}

pub struct Scheduler {
    pub workers: Vec<Worker>,
    /// How many of them there should be when none is stuck.
    pub wanted: usize,
    /// How many threads exist; the first so many entries of `workers` are in use.
    pub threads: AtomicUsize,
    pub injection: ConcurrentQueue<Job>,
    pub idle: Idle,
    /// The reference backend, if chosen.
    smol: Option<smol::Executor<'static>>,
}

static SCHEDULER: OnceLock<Scheduler> = OnceLock::new();

thread_local! {
    /// This thread's worker while it runs its loop; null in the reactor and on other threads.
    static WORKER: Cell<*const Worker> = const { Cell::new(ptr::null()) };
    static WORKER_INDEX: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// Whether the calling thread is one of the workers.
pub fn on_worker() -> bool {
    WORKER_INDEX.get() != usize::MAX
}

/// Before the calling thread blocks in C code: what only it would run next goes where others find it.
pub fn before_blocking() {
    let worker = WORKER.get();
    if let (Some(scheduler), false) = (SCHEDULER.get(), worker.is_null()) {
        // SAFETY: workers are never freed.
        scheduler.rescue_slot(unsafe { &*worker });
        if scheduler.idle.count() == 0 {
            add_spare(scheduler);
        }
    }
}

pub fn get() -> Option<&'static Scheduler> {
    SCHEDULER.get()
}

/// Creates the scheduler with its threads; cheap when it exists.
pub fn start() {
    if SCHEDULER.get().is_none() {
        start_with(0);
    }
}

/// As `start`, leaving the first `own` workers to the caller's threads.
pub fn start_with(own: usize) {
    let mut first = false;
    let scheduler = SCHEDULER.get_or_init(|| {
        first = true;
        create(own)
    });
    if !first {
        return;
    }
    inject::start();
    crate::start::at_end(main::finish);
    main::ignore_broken_pipes();
    for index in own..scheduler.wanted {
        start_thread(scheduler, index);
    }
    if scheduler.smol.is_none() {
        monitor::start();
    }
}

fn create(own: usize) -> Scheduler {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse::<usize>().ok());
    let cpus = std::thread::available_parallelism().map_or(1, usize::from);
    let wanted = number("QI_WORKERS").filter(|&n| n > 0).unwrap_or(cpus).clamp(1, 256).max(own);
    let worker = |_| Worker {
        queue: ConcurrentQueue::bounded(LOCAL),
        slot: AtomicPtr::new(ptr::null_mut()),
        ticks: AtomicU64::new(0),
        waker: Mutex::new(None),
    };
    let use_smol = std::env::var_os("QI_EXECUTOR").is_some_and(|value| value == "smol");
    Scheduler {
        workers: (0..wanted + MAX_SPARES).map(worker).collect(),
        wanted,
        threads: AtomicUsize::new(wanted),
        injection: ConcurrentQueue::unbounded(),
        idle: Idle::new(),
        smol: use_smol.then(smol::Executor::new),
    }
}

fn start_thread(scheduler: &'static Scheduler, index: usize) {
    let builder = std::thread::Builder::new().name(format!("qi-{index}")).stack_size(STACK);
    let body = move || {
        crate::stack::guard_thread();
        match &scheduler.smol {
            Some(executor) => smol::block_on(executor.run(core::future::pending::<()>())),
            None => smol::block_on(Loop::new(scheduler, index, Until::Superfluous)),
        }
    };
    if builder.spawn(body).is_err() {
        input_output::die(2, "不能创建工作线程");
    }
}

/// Runs tasks on the calling thread, as worker 0, until the program's tasks are done.
pub fn run_main() {
    let scheduler = SCHEDULER.get().expect("started by the caller");
    match &scheduler.smol {
        Some(executor) => smol::block_on(executor.run(main::Done)),
        None => smol::block_on(Loop::new(scheduler, 0, Until::Done)),
    }
}

/// One more thread, because others are stuck in plain code. False if there are enough.
pub fn add_spare(scheduler: &'static Scheduler) -> bool {
    let next = scheduler.idle.frozen(|_| {
        let index = scheduler.threads.load(Ordering::Relaxed);
        let room = index < scheduler.workers.len();
        scheduler.threads.store(index + usize::from(room), Ordering::SeqCst);
        room.then_some(index)
    });
    let Some(index) = next else { return false };
    start_thread(scheduler, index);
    true
}

/// A new task: behind the others of this worker.
pub fn submit_new(job: Job) {
    let worker = WORKER.get();
    match SCHEDULER.get() {
        Some(scheduler) if scheduler.smol.is_some() => submit_smol(scheduler, job),
        // SAFETY: workers are never freed.
        Some(scheduler) if !worker.is_null() => scheduler.push_local(unsafe { &*worker }, job),
        Some(scheduler) => scheduler.inject(job),
        None => unreachable!("jobs come from a started scheduler: {job:?}"),
    }
}

/// A task that the running one woke: next on this worker.
pub fn submit_woken(job: Job) {
    let (worker, scheduler) = (WORKER.get(), SCHEDULER.get());
    match scheduler {
        Some(scheduler) if scheduler.smol.is_none() && !worker.is_null() => {
            // SAFETY: workers are never freed; the slot holds raw jobs.
            unsafe {
                let displaced = (*worker).slot.swap(job.into_raw(), Ordering::AcqRel);
                if !displaced.is_null() {
                    scheduler.push_local(&*worker, Job::from_raw(displaced));
                }
            }
        }
        _ => submit_new(job),
    }
}

/// A task that woke itself: behind everybody.
pub fn submit_last(job: Job) {
    submit_new(job);
}

fn submit_smol(scheduler: &'static Scheduler, job: Job) {
    deadlock::runnable_begins();
    let executor = scheduler.smol.as_ref().expect("checked by the caller");
    let run = async move {
        job.run();
        deadlock::runnable_ends();
    };
    executor.spawn(run).detach();
}

impl Scheduler {
    fn push_local(&self, worker: &Worker, job: Job) {
        if let Err(full) = worker.queue.push(job) {
            // Half of the queue moves where all workers see it.
            let _ = self.injection.push(full.into_inner());
            for job in worker.queue.try_iter().take(LOCAL / 2) {
                let _ = self.injection.push(job);
            }
        }
        self.notify();
    }

    fn inject(&self, job: Job) {
        let _ = self.injection.push(job);
        self.notify();
    }

    /// Wakes a worker for work that was just pushed, unless one is searching already. A worker that is in the reactor right now
    /// needs no switch, so the calling thread's own is preferred.
    pub fn notify(&self) {
        if let Some(index) = self.idle.choose(WORKER_INDEX.get()) {
            monitor::work_begins();
            self.poke(index);
        }
    }

    /// Wakes a certain worker, if it is idle, although there may be no work.
    pub fn poke(&self, index: usize) {
        let waker = lock(&self.workers[index].waker).clone();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Looks for a deadlock from a thread that is not a worker: the workers may all sleep already.
    pub fn check_idle(&self) {
        if self.smol.is_some() {
            deadlock::runnable_begins();
            return deadlock::runnable_ends();
        }
        self.idle.frozen(|asleep| {
            if asleep == self.threads.load(Ordering::SeqCst) && !self.has_work() {
                deadlock::check_when_idle();
            }
        });
    }

    pub fn has_work(&self) -> bool {
        !self.injection.is_empty()
            || self
                .workers
                .iter()
                .take(self.threads.load(Ordering::SeqCst))
                .any(|worker| !worker.queue.is_empty() || !worker.slot.load(Ordering::SeqCst).is_null())
    }

    /// Takes about half of another worker's queue; its slot only when there is nothing else.
    fn steal(&self, thief: &Worker) -> Option<Job> {
        let threads = self.threads.load(Ordering::Relaxed);
        let start = random_bits() as usize % threads;
        for victim in (0..threads).map(|n| &self.workers[(start + n) % threads]) {
            if ptr::eq(victim, thief) {
                continue;
            }
            let count = victim.queue.len().div_ceil(2);
            let mut stolen = victim.queue.try_iter().take(count);
            if let Some(first) = stolen.next() {
                for job in stolen {
                    if let Err(full) = thief.queue.push(job) {
                        let _ = self.injection.push(full.into_inner());
                    }
                }
                return Some(first);
            }
        }
        None
    }

    /// The slot of a worker whose running job has taken long already: nobody else would run it soon.
    pub fn rescue_slot(&self, worker: &Worker) {
        let raw = worker.slot.swap(ptr::null_mut(), Ordering::AcqRel);
        if !raw.is_null() {
            // SAFETY: the slot holds raw jobs.
            self.inject(unsafe { Job::from_raw(raw) });
        }
    }
}

/// When a worker's loop ends.
#[derive(Clone, Copy, PartialEq)]
enum Until {
    /// The program's tasks are done (the main thread).
    Done,
    /// It is idle and one of the spare threads that are not needed any more.
    Superfluous,
}

/// A worker's life, as a future so that `smol::block_on` parks it in the reactor.
struct Loop {
    scheduler: &'static Scheduler,
    index: usize,
    until: Until,
    slot_runs: u32,
    searching: bool,
    idle: bool,
}

impl Loop {
    fn new(scheduler: &'static Scheduler, index: usize, until: Until) -> Self {
        WORKER_INDEX.set(index);
        Self { scheduler, index, until, slot_runs: 0, searching: false, idle: false }
    }

    fn next(&mut self, worker: &Worker, tick: u64) -> Option<Job> {
        if tick.is_multiple_of(FAIRNESS)
            && let Ok(job) = self.scheduler.injection.pop()
        {
            return Some(job);
        }
        if self.slot_runs < SLOT_RUNS {
            let raw = worker.slot.swap(ptr::null_mut(), Ordering::AcqRel);
            if !raw.is_null() {
                self.slot_runs += 1;
                // SAFETY: the slot holds raw jobs.
                return Some(unsafe { Job::from_raw(raw) });
            }
        }
        self.slot_runs = 0;
        if let Ok(job) = worker.queue.pop() {
            return Some(job);
        }
        let raw = worker.slot.swap(ptr::null_mut(), Ordering::AcqRel);
        if !raw.is_null() {
            // SAFETY: the slot holds raw jobs.
            return Some(unsafe { Job::from_raw(raw) });
        }
        self.injected(worker).or_else(|| self.search(worker))
    }

    /// One job to run and a fair share of the rest for the own queue.
    fn injected(&self, worker: &Worker) -> Option<Job> {
        let injection = &self.scheduler.injection;
        let share = (injection.len() / self.scheduler.wanted).min(LOCAL / 2);
        let first = injection.pop().ok()?;
        for _ in 1..share {
            let Ok(job) = injection.pop() else { break };
            if let Err(full) = worker.queue.push(job) {
                let _ = injection.push(full.into_inner());
                break;
            }
        }
        Some(first)
    }

    fn search(&mut self, worker: &Worker) -> Option<Job> {
        if !self.searching {
            // At most half of the workers search at a time; the others go to sleep and are woken.
            if !self.scheduler.idle.begin_search(self.scheduler.wanted.div_ceil(2)) {
                return None;
            }
            self.searching = true;
        }
        self.scheduler.steal(worker)
    }

    fn stop_searching(&mut self) -> bool {
        core::mem::take(&mut self.searching) && self.scheduler.idle.end_search()
    }

    /// Stops searching; the last one wakes somebody for what may have come meanwhile.
    fn hand_on(&mut self) {
        if self.stop_searching() {
            self.scheduler.notify();
        }
    }

    /// Publishes this worker as idle; false if there is work after all.
    fn park(&mut self, cx: &Context<'_>) -> bool {
        let (scheduler, worker) = (self.scheduler, &self.scheduler.workers[self.index]);
        self.stop_searching();
        {
            let mut waker = lock(&worker.waker);
            if !waker.as_ref().is_some_and(|known| known.will_wake(cx.waker())) {
                *waker = Some(cx.waker().clone());
            }
        }
        let work = || scheduler.has_work() || self.ends();
        self.idle = scheduler.idle.sleep(self.index, work, |asleep| {
            if asleep == scheduler.threads.load(Ordering::SeqCst) {
                input_output::flush();
                deadlock::check_when_idle();
            }
        });
        self.searching = !self.idle;
        self.idle
    }

    /// Back from `park`, whoever woke us.
    fn unpark(&mut self) {
        self.searching = self.scheduler.idle.wake(self.index);
        self.idle = false;
    }

    fn ends(&self) -> bool {
        match self.until {
            Until::Done => main::is_done(),
            Until::Superfluous => {
                let threads = self.scheduler.threads.load(Ordering::SeqCst);
                self.index >= self.scheduler.wanted && self.index + 1 == threads && monitor::spares_needed() == 0
            }
        }
    }
}

impl Future for Loop {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let worker = &this.scheduler.workers[this.index];
        if this.idle {
            this.unpark();
        }
        WORKER.set(worker);
        let outcome = this.work(worker, cx);
        WORKER.set(ptr::null());
        outcome
    }
}

impl Loop {
    fn work(&mut self, worker: &Worker, cx: &mut Context<'_>) -> Poll<()> {
        let mut tick = worker.ticks.load(Ordering::Relaxed) / 2;
        loop {
            if self.until == Until::Done && main::is_done() {
                self.hand_on();
                return Poll::Ready(());
            }
            tick += 1;
            if let Some(job) = self.next(worker, tick) {
                self.hand_on();
                worker.ticks.store(tick * 2 + 1, Ordering::Relaxed);
                job.run();
                worker.ticks.store(tick * 2 + 2, Ordering::Relaxed);
                if tick.is_multiple_of(FAIRNESS) {
                    // Lets the reactor run its timers and sockets without waiting.
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
            } else if self.park(cx) {
                return Poll::Pending;
            } else if self.until == Until::Superfluous && self.retire() {
                return Poll::Ready(());
            }
        }
    }

    /// Ends a spare thread that is not needed; its queues are empty.
    fn retire(&mut self) -> bool {
        let retires = self.scheduler.idle.frozen(|_| {
            let retires = self.ends() && !self.scheduler.has_work();
            if retires {
                self.scheduler.threads.store(self.index, Ordering::SeqCst);
            }
            retires
        });
        if !retires {
            return false;
        }
        self.hand_on();
        WORKER_INDEX.set(usize::MAX);
        true
    }
}
