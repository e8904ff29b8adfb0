//! The threads that run tasks. Each worker has a slot for the task that the running one just woke, a queue of its own, and
//! steals from the others; everything else comes through the injection queue. Workers park inside `smol::block_on`, so whoever
//! parks drives timers and sockets.
//!
//! No wake is lost: see `idle`.
//!
//! `QI_EXECUTOR=smol` runs the same jobs on smol's executor instead, as the reference.

use super::counts::Counts;
use super::idle::Idle;
use super::job::Job;
use super::wait::Sleeper;
use super::wheel::{Node, Timers};
use super::worker::{self, Until};
use super::{clock, deadlock, inject, main, monitor, reference, scope};
use crate::input_output;
use crate::number::random_bits;
use crate::sync::lock;
use concurrent_queue::ConcurrentQueue;
use core::cell::Cell;
use core::ptr;
use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use core::task::Waker;
use std::sync::{Mutex, OnceLock};

/// Turns that tasks may keep before the worker looks after everything.
const KEPT_TURNS: u32 = 61;
/// Jobs in a worker's own queue.
pub const LOCAL: usize = 256;
/// Where the address space is limited.
const SMALL_STACK: usize = 8 << 20;
/// Threads beyond the workers, for when plain code keeps workers busy.
const MAX_SPARES: usize = 64;

pub struct Worker {
    pub queue: ConcurrentQueue<Job>,
    /// A raw job, or null. Filled by the worker only.
    slot: AtomicPtr<()>,
    /// Jobs begun; odd while one runs.
    pub ticks: AtomicU64,
    pub waker: Mutex<Option<Waker>>,
    /// Those who went to sleep on this worker.
    pub timers: Timers,
    pub counts: [Counts; 2],
    /// It counted the end of a task and has told nobody yet.
    pub ended: AtomicBool,
    /// Turns that tasks kept since the worker last looked after everything; the worker's own.
    kept_turns: AtomicU32,
}

pub struct Scheduler {
    pub workers: Vec<Worker>,
    /// How many of them there should be when none is stuck.
    pub wanted: usize,
    /// How many threads exist; the first so many entries of `workers` are in use.
    pub threads: AtomicUsize,
    /// The most there ever were.
    most: AtomicUsize,
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

/// The worker that runs a job on this thread.
#[inline]
pub fn this_worker() -> Option<&'static Worker> {
    // SAFETY: workers are never freed.
    unsafe { WORKER.get().as_ref() }
}

/// The calling thread runs jobs as this worker from now on, or none.
pub fn set_worker(worker: *const Worker) {
    WORKER.set(worker);
}

/// The calling thread is the loop of a worker, or no longer.
pub fn set_index(index: Option<usize>) {
    WORKER_INDEX.set(index.unwrap_or(usize::MAX));
}

/// Whether the calling thread is one of the workers.
pub fn on_worker() -> bool {
    WORKER_INDEX.get() != usize::MAX
}

/// Before the calling thread blocks in C code: what only it would run next goes where others find it.
pub fn before_blocking() {
    if let (Some(scheduler), Some(worker)) = (SCHEDULER.get(), this_worker()) {
        scheduler.rescue_slot(worker);
        if scheduler.idle.count() == 0 {
            add_spare(scheduler);
        }
    }
}

/// The running task goes to sleep.
///
/// # Safety
/// As for `Timers::add`.
pub unsafe fn sleep(node: *mut Node, sleeper: Sleeper, milliseconds: u64) {
    let now = clock::nanoseconds();
    let tick = now / clock::TICK;
    // Never too early: up to the end of the tick.
    let deadline = now.div_ceil(clock::TICK).saturating_add(milliseconds);
    // SAFETY: contract.
    unsafe {
        match this_worker() {
            Some(worker) => _ = worker.timers.add(WORKER_INDEX.get(), node, sleeper, tick, deadline),
            None if reference::TIMERS.add(reference::HOME, node, sleeper, tick, deadline) => reference::wake(),
            None => {}
        }
    }
}

/// The timers with the number `home` of a node.
pub fn timers(home: usize) -> &'static Timers {
    match SCHEDULER.get() {
        Some(scheduler) if home != reference::HOME => &scheduler.workers[home].timers,
        _ => &reference::TIMERS,
    }
}

/// Whether somebody sleeps.
pub fn any_sleeper() -> bool {
    let workers = SCHEDULER.get().map_or(&[][..], |it| it.used_workers());
    reference::TIMERS.any() || workers.iter().any(|worker| worker.timers.any())
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
        timers: Timers::new(),
        counts: [Counts::new(), Counts::new()],
        ended: AtomicBool::new(false),
        kept_turns: AtomicU32::new(0),
    };
    let use_smol = std::env::var_os("QI_EXECUTOR").is_some_and(|value| value == "smol");
    Scheduler {
        workers: (0..wanted + MAX_SPARES).map(worker).collect(),
        wanted,
        threads: AtomicUsize::new(wanted),
        most: AtomicUsize::new(wanted),
        injection: ConcurrentQueue::unbounded(),
        idle: Idle::new(),
        smol: use_smol.then(smol::Executor::new),
    }
}

fn start_thread(scheduler: &'static Scheduler, index: usize) {
    let start =
        |size| std::thread::Builder::new().name(format!("qi-{index}")).stack_size(size).spawn(body(scheduler, index));
    if start(crate::stack::size()).or_else(|_| start(SMALL_STACK)).is_err() {
        input_output::die(2, "不能创建工作线程");
    }
}

fn body(scheduler: &'static Scheduler, index: usize) -> impl FnOnce() + Send + 'static {
    move || {
        crate::stack::guard_thread();
        match &scheduler.smol {
            Some(executor) => smol::block_on(executor.run(core::future::pending::<()>())),
            None => smol::block_on(worker::Loop::new(scheduler, index, Until::Superfluous)),
        }
    }
}

/// Runs tasks on the calling thread, as worker 0, until the program's tasks are done.
pub fn run_main() {
    let scheduler = SCHEDULER.get().expect("started by the caller");
    match &scheduler.smol {
        Some(executor) => smol::block_on(executor.run(main::Done)),
        None => smol::block_on(worker::Loop::new(scheduler, 0, Until::Done)),
    }
}

/// One more thread, because others are stuck in plain code. False if there are enough.
pub fn add_spare(scheduler: &'static Scheduler) -> bool {
    let next = scheduler.idle.frozen(|_| {
        let index = scheduler.threads.load(Ordering::Relaxed);
        let room = index < scheduler.workers.len();
        scheduler.threads.store(index + usize::from(room), Ordering::SeqCst);
        scheduler.most.fetch_max(index + usize::from(room), Ordering::SeqCst);
        room.then_some(index)
    });
    let Some(index) = next else { return false };
    start_thread(scheduler, index);
    true
}

/// Whether the running task, whose turn is over, may go on at once: no other task waits for this worker. Timers, sockets and other workers
/// get their turn every so often all the same.
#[inline]
pub fn may_go_on() -> bool {
    let (Some(worker), Some(scheduler)) = (this_worker(), SCHEDULER.get()) else { return false };
    let kept = worker.kept_turns.load(Ordering::Relaxed);
    let others = !worker.has_nothing() || !scheduler.injection.is_empty();
    if kept >= KEPT_TURNS || others || inject::is_on() || main::is_done() {
        return false;
    }
    worker.kept_turns.store(kept + 1, Ordering::Relaxed);
    // As if another job had begun: the worker is not stuck.
    worker.tick(2);
    true
}

/// A new task: behind the others of this worker.
pub fn submit_new(job: Job) {
    match (SCHEDULER.get(), this_worker()) {
        (Some(scheduler), Some(worker)) => scheduler.push_local(worker, job),
        (Some(scheduler), None) if scheduler.smol.is_some() => submit_smol(scheduler, job),
        (Some(scheduler), None) => scheduler.inject(job),
        (None, _) => unreachable!("jobs come from a started scheduler: {job:?}"),
    }
}

/// A task that the running one woke: next on this worker.
pub fn submit_woken(job: Job) {
    match (SCHEDULER.get(), this_worker()) {
        (Some(scheduler), Some(worker)) => scheduler.fill_slot(worker, job),
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
    /// The workers that have ever run.
    pub fn used_workers(&self) -> &[Worker] {
        &self.workers[..self.most.load(Ordering::SeqCst)]
    }

    fn push_local(&self, worker: &Worker, job: Job) {
        if let Err(full) = worker.queue.push(job) {
            self.overflow(worker, full.into_inner());
        }
        self.notify();
    }

    /// Half of a full queue moves where all workers see it.
    #[cold]
    fn overflow(&self, worker: &Worker, job: Job) {
        for job in worker.queue.try_iter().take(LOCAL / 2).chain([job]) {
            let _ = self.injection.push(job);
        }
    }

    fn inject(&self, job: Job) {
        let _ = self.injection.push(job);
        self.notify();
    }

    fn fill_slot(&self, worker: &Worker, job: Job) {
        let job = job.into_raw();
        // Only `rescue_slot` and the worker itself empty the slot, and only the worker fills it. Release: the job comes first;
        // pairs with the swaps in `empty_slot`.
        if worker.slot.load(Ordering::Relaxed).is_null() {
            return worker.slot.store(job, Ordering::Release);
        }
        let displaced = worker.slot.swap(job, Ordering::AcqRel);
        if !displaced.is_null() {
            // SAFETY: the slot holds raw jobs.
            self.push_local(worker, unsafe { Job::from_raw(displaced) });
        }
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

    /// Wakes sleepers whose worker is too busy to do it.
    pub fn ring_overdue(&self) {
        let workers = self.used_workers();
        if workers.iter().all(|worker| worker.timers.next().is_none()) {
            return;
        }
        let now = clock::ticks();
        let overdue = workers.iter().filter(|worker| worker.timers.next().is_some_and(|next| next <= now));
        for worker in overdue {
            worker.timers.ring(now);
        }
    }

    /// Takes about half of another worker's queue.
    pub fn steal(&self, thief: &Worker) -> Option<Job> {
        let threads = self.threads.load(Ordering::Relaxed);
        let start = random_bits() as usize % threads;
        let others = (0..threads).map(|n| &self.workers[(start + n) % threads]).filter(|it| !ptr::eq(*it, thief));
        others.into_iter().find_map(|victim| self.take(&victim.queue, victim.queue.len().div_ceil(2), thief))
    }

    /// One job from a queue to run now, and others, up to `count` in all, for the worker's own queue.
    pub fn take(&self, from: &ConcurrentQueue<Job>, count: usize, worker: &Worker) -> Option<Job> {
        let mut jobs = from.try_iter().take(count.min(LOCAL / 2));
        let first = jobs.next()?;
        for job in jobs {
            if let Err(full) = worker.queue.push(job) {
                let _ = self.injection.push(full.into_inner());
            }
        }
        Some(first)
    }

    /// The slot of a worker whose running job has taken long already: nobody else would run it soon.
    pub fn rescue_slot(&self, worker: &Worker) {
        if let Some(job) = worker.empty_slot() {
            self.inject(job);
        }
    }
}

impl Worker {
    /// `ticks` grows; only the worker writes it.
    #[inline]
    pub fn tick(&self, by: u64) {
        self.ticks.store(self.ticks.load(Ordering::Relaxed) + by, Ordering::Relaxed);
    }

    /// Whether tasks have kept as many turns as they may; they may again.
    #[inline]
    pub fn turns_are_up(&self) -> bool {
        let up = self.kept_turns.load(Ordering::Relaxed) >= KEPT_TURNS;
        if up {
            self.kept_turns.store(0, Ordering::Relaxed);
        }
        up
    }

    fn has_nothing(&self) -> bool {
        self.queue.is_empty() && self.slot.load(Ordering::Relaxed).is_null()
    }

    /// Tells who waits for the end of the tasks that this worker counted. Without effect while nobody waits: the worker tries again.
    #[inline]
    pub fn tell_ended(&self) {
        if self.ended.load(Ordering::Relaxed) && scope::look() {
            self.ended.store(false, Ordering::Relaxed);
        }
    }

    #[inline]
    pub fn empty_slot(&self) -> Option<Job> {
        if self.slot.load(Ordering::Relaxed).is_null() {
            return None;
        }
        // Acquire pairs with the release in `fill_slot`.
        let job = self.slot.swap(ptr::null_mut(), Ordering::AcqRel);
        // SAFETY: the slot holds raw jobs.
        (!job.is_null()).then(|| unsafe { Job::from_raw(job) })
    }

    /// Wakes the sleepers whose time has come; true if there are any.
    #[inline]
    pub fn ring(&self) -> bool {
        let Some(next) = self.timers.next() else { return false };
        let now = clock::ticks();
        next <= now && self.timers.ring(now)
    }
}
