//! The threads that run tasks. Each worker has a slot for the task that the running one just woke, a queue of its own, and
//! steals from the others; everything else comes through the injection queue. Workers park inside `smol::block_on`, so whoever
//! parks drives timers and sockets.
//!
//! No wake is lost: see `idle`.
//!
//! `QI_EXECUTOR=smol` runs the same jobs on smol's executor instead, as the reference.

use super::idle::Idle;
use super::job::Job;
use super::pool::Cache;
use super::queue::{Queue, ROOM};
use super::{deadlock, main, monitor};
use crate::input_output;
use crate::number::random_bits;
use crate::sync::lock;
use core::cell::Cell;
use core::future::Future;
use core::pin::Pin;
use core::ptr;
use core::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use core::task::{Context, Poll, Waker};
use std::collections::VecDeque;
use std::sync::{Mutex, OnceLock};

/// Every so many jobs the injection queue and the reactor come first.
const FAIRNESS: u64 = 61;
/// Jobs from the slot in a row.
const SLOT_RUNS: u32 = 3;
const STACK: usize = 8 << 20;
/// Threads beyond the workers, for when plain code keeps workers busy.
const MAX_SPARES: usize = 64;

pub struct Worker {
    queue: Queue,
    /// A job word, or 0. Filled by the worker only.
    slot: AtomicUsize,
    /// Jobs begun; odd while one runs.
    pub ticks: AtomicU64,
    waker: Mutex<Option<Waker>>,
    /// Free blocks of task memory.
    pub blocks: Cache,
    counts: [Counts; 2],
}

/// Tasks of a static scope that one worker (its only writer) counted.
struct Counts {
    started: AtomicUsize,
    ended: AtomicUsize,
}

impl Counts {
    const fn new() -> Self {
        Self { started: AtomicUsize::new(0), ended: AtomicUsize::new(0) }
    }
}

/// What other threads counted.
static OTHERS: [Counts; 2] = [Counts::new(), Counts::new()];

pub struct Scheduler {
    pub workers: Vec<Worker>,
    /// How many of them there should be when none is stuck.
    pub wanted: usize,
    /// How many threads exist; the first so many entries of `workers` are in use.
    pub threads: AtomicUsize,
    /// The most there ever were.
    most: AtomicUsize,
    injection: Injection,
    pub idle: Idle,
    /// The reference backend, if chosen.
    smol: Option<smol::Executor<'static>>,
}

/// Jobs for whoever comes first.
struct Injection {
    jobs: Mutex<VecDeque<usize>>,
    /// Length of `jobs`; written under its lock.
    len: AtomicUsize,
}

impl Injection {
    fn push(&self, jobs: impl IntoIterator<Item = usize>) {
        let mut queue = lock(&self.jobs);
        queue.extend(jobs);
        // Release pairs with the acquire in `len`.
        self.len.store(queue.len(), Ordering::Release);
    }

    fn len(&self) -> usize {
        self.len.load(Ordering::Acquire)
    }

    /// Fills `out` from the front; how many there were.
    fn take(&self, out: &mut [usize]) -> usize {
        if self.len() == 0 {
            return 0;
        }
        let mut queue = lock(&self.jobs);
        let count = queue.len().min(out.len());
        for (out, job) in out.iter_mut().zip(queue.drain(..count)) {
            *out = job;
        }
        self.len.store(queue.len(), Ordering::Release);
        count
    }
}

static SCHEDULER: OnceLock<Scheduler> = OnceLock::new();

thread_local! {
    /// This thread's worker while it runs its loop; null in the reactor and on other threads.
    static WORKER: Cell<*const Worker> = const { Cell::new(ptr::null()) };
    static WORKER_INDEX: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// The worker that runs a job on this thread, or null.
#[inline]
pub fn this_worker() -> *const Worker {
    WORKER.get()
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

/// A task of static scope `which` starts. A single writer needs no read-modify-write.
#[inline]
pub fn count_started(which: usize) {
    // SAFETY: workers are never freed.
    match unsafe { WORKER.get().as_ref() } {
        Some(worker) => {
            let count = &worker.counts[which].started;
            // Release: pairs with `count_alive`, through the end of the starter at the latest.
            count.store(count.load(Ordering::Relaxed) + 1, Ordering::Release);
        }
        None => _ = OTHERS[which].started.fetch_add(1, Ordering::SeqCst),
    }
}

/// A task of static scope `which` has ended.
#[inline]
pub fn count_ended(which: usize) {
    // SAFETY: workers are never freed.
    match unsafe { WORKER.get().as_ref() } {
        Some(worker) => {
            let count = &worker.counts[which].ended;
            // SeqCst: of two that count the last tasks one sees the other's count, and see `main::entry_ends`.
            count.store(count.load(Ordering::Relaxed) + 1, Ordering::SeqCst);
        }
        None => _ = OTHERS[which].ended.fetch_add(1, Ordering::SeqCst),
    }
}

/// Tasks of static scope `which` that were started and have not ended. Ends are read first: whoever is seen to have ended had
/// counted the tasks it started before, so 0 means that all had ended.
pub fn count_alive(which: usize) -> usize {
    let workers = SCHEDULER.get().map_or(&[][..], |it| &it.workers[..it.most.load(Ordering::SeqCst)]);
    let all = || workers.iter().map(|worker| &worker.counts[which]).chain([&OTHERS[which]]);
    let ended = all().fold(0, |sum: usize, counts| sum.wrapping_add(counts.ended.load(Ordering::SeqCst)));
    let started = all().fold(0, |sum: usize, counts| sum.wrapping_add(counts.started.load(Ordering::SeqCst)));
    started.wrapping_sub(ended)
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
        queue: Queue::new(),
        slot: AtomicUsize::new(0),
        ticks: AtomicU64::new(0),
        waker: Mutex::new(None),
        blocks: Cache::new(),
        counts: [Counts::new(), Counts::new()],
    };
    let use_smol = std::env::var_os("QI_EXECUTOR").is_some_and(|value| value == "smol");
    Scheduler {
        workers: (0..wanted + MAX_SPARES).map(worker).collect(),
        wanted,
        threads: AtomicUsize::new(wanted),
        most: AtomicUsize::new(wanted),
        injection: Injection { jobs: Mutex::new(VecDeque::new()), len: AtomicUsize::new(0) },
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
        scheduler.most.fetch_max(index + usize::from(room), Ordering::SeqCst);
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
    let worker = WORKER.get();
    match SCHEDULER.get() {
        // SAFETY: workers are never freed.
        Some(scheduler) if !worker.is_null() => scheduler.fill_slot(unsafe { &*worker }, job),
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
        // SAFETY: this is the worker's thread.
        if let Err(job) = unsafe { worker.queue.push(job.into_word()) } {
            self.overflow(worker, job);
        }
        self.notify();
    }

    /// Half of a full queue moves where all workers see it.
    #[cold]
    fn overflow(&self, worker: &Worker, job: usize) {
        let mut moved = [0; ROOM / 2];
        let count = worker.queue.take(&mut moved, |_| ROOM / 2);
        self.injection.push(moved[..count].iter().copied().chain([job]));
    }

    fn inject(&self, job: Job) {
        self.injection.push([job.into_word()]);
        self.notify();
    }

    fn fill_slot(&self, worker: &Worker, job: Job) {
        let job = job.into_word();
        // Only `rescue_slot` and the worker itself empty the slot, and only the worker fills it. Release: the job comes first;
        // pairs with the swaps in `rescue_slot` and `empty_slot`.
        if worker.slot.load(Ordering::Relaxed) == 0 {
            return worker.slot.store(job, Ordering::Release);
        }
        let displaced = worker.slot.swap(job, Ordering::AcqRel);
        if displaced != 0 {
            // SAFETY: the slot holds jobs.
            self.push_local(worker, unsafe { Job::from_word(displaced) });
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
        self.injection.len() > 0
            || self
                .workers
                .iter()
                .take(self.threads.load(Ordering::SeqCst))
                .any(|worker| !worker.queue.is_empty() || worker.slot.load(Ordering::SeqCst) != 0)
    }

    /// Takes about half of another worker's queue.
    fn steal(&self, thief: &Worker) -> Option<Job> {
        let threads = self.threads.load(Ordering::Relaxed);
        let start = random_bits() as usize % threads;
        let mut stolen = [0; ROOM / 2];
        for victim in (0..threads).map(|n| &self.workers[(start + n) % threads]) {
            if ptr::eq(victim, thief) {
                continue;
            }
            let count = victim.queue.take(&mut stolen, |len| len.div_ceil(2));
            if count > 0 {
                return Some(self.keep(thief, &stolen[..count]));
            }
        }
        None
    }

    /// The first of several jobs for now, the others for the worker's own queue.
    fn keep(&self, worker: &Worker, jobs: &[usize]) -> Job {
        for &job in &jobs[1..] {
            // SAFETY: this is the worker's thread.
            if let Err(job) = unsafe { worker.queue.push(job) } {
                self.injection.push([job]);
            }
        }
        // SAFETY: queues hold jobs.
        unsafe { Job::from_word(jobs[0]) }
    }

    /// The slot of a worker whose running job has taken long already: nobody else would run it soon.
    pub fn rescue_slot(&self, worker: &Worker) {
        if let Some(job) = worker.empty_slot() {
            self.inject(job);
        }
    }
}

impl Worker {
    #[inline]
    fn empty_slot(&self) -> Option<Job> {
        if self.slot.load(Ordering::Relaxed) == 0 {
            return None;
        }
        // Acquire pairs with the release in `fill_slot`.
        let job = self.slot.swap(0, Ordering::AcqRel);
        // SAFETY: the slot holds jobs.
        (job != 0).then(|| unsafe { Job::from_word(job) })
    }

    fn pop(&self) -> Option<Job> {
        // SAFETY: the queue holds jobs.
        self.queue.pop().map(|job| unsafe { Job::from_word(job) })
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
            && let Some(job) = self.injected(worker, 1)
        {
            return Some(job);
        }
        if self.slot_runs < SLOT_RUNS
            && let Some(job) = worker.empty_slot()
        {
            self.slot_runs += 1;
            return Some(job);
        }
        self.slot_runs = 0;
        if let Some(job) = worker.pop().or_else(|| worker.empty_slot()) {
            return Some(job);
        }
        let share = self.scheduler.injection.len() / self.scheduler.wanted + 1;
        self.injected(worker, share.min(ROOM / 2)).or_else(|| self.search(worker))
    }

    /// One job to run and others, up to `count` in all, for the own queue.
    fn injected(&self, worker: &Worker, count: usize) -> Option<Job> {
        if self.scheduler.injection.len() == 0 {
            return None;
        }
        let mut jobs = [0; ROOM / 2];
        let count = self.scheduler.injection.take(&mut jobs[..count]);
        (count > 0).then(|| self.scheduler.keep(worker, &jobs[..count]))
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
                if tick.is_multiple_of(FAIRNESS) && deadlock::has_external() {
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
