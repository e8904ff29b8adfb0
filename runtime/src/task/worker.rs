//! A worker's life: which job it runs next, when it looks after timers and the reactor, when it searches, parks and ends. It is a
//! future so that `smol::block_on` parks it in the reactor.

use super::job::Job;
use super::scheduler::{self, Scheduler, Worker};
use super::{clock, deadlock, main, monitor};
use crate::input_output;
use crate::sync::lock;
use core::future::Future;
use core::pin::Pin;
use core::ptr;
use core::sync::atomic::{Ordering, fence};
use core::task::{Context, Poll};
use smol::Timer;

/// Every so many jobs the injection queue and the reactor come first.
const FAIRNESS: u32 = 61;
/// Jobs from the slot in a row.
const SLOT_RUNS: u32 = 3;
/// How often a worker looks for work before it sleeps, and the pauses in between: some microseconds in all.
const LOOKS: usize = 16;
const PAUSES: usize = 8;

/// When a worker's loop ends.
#[derive(Clone, Copy, PartialEq)]
pub enum Until {
    /// The program's tasks are done (the main thread).
    Done,
    /// It is idle and one of the spare threads that are not needed any more.
    Superfluous,
}

pub struct Loop {
    scheduler: &'static Scheduler,
    index: usize,
    until: Until,
    slot_runs: u32,
    /// Since the injection queue and the reactor came first.
    jobs: u32,
    searching: bool,
    idle: bool,
    /// Rings for the worker's sleepers while it is parked.
    timer: Timer,
    /// The tick it is set to.
    timer_tick: u64,
}

impl Loop {
    pub fn new(scheduler: &'static Scheduler, index: usize, until: Until) -> Self {
        scheduler::set_index(Some(index));
        Self {
            scheduler,
            index,
            until,
            slot_runs: 0,
            jobs: 0,
            searching: false,
            idle: false,
            timer: Timer::never(),
            timer_tick: u64::MAX,
        }
    }

    fn next(&mut self, worker: &Worker, look_after_all: bool) -> Option<Job> {
        if look_after_all {
            worker.ring();
            if let Some(job) = self.injected(worker, 1) {
                return Some(job);
            }
        }
        if self.slot_runs < SLOT_RUNS
            && let Some(job) = worker.empty_slot()
        {
            self.slot_runs += 1;
            return Some(job);
        }
        self.slot_runs = 0;
        if let Some(job) = worker.queue.pop().ok().or_else(|| worker.empty_slot()) {
            return Some(job);
        }
        if worker.ring()
            && let Some(job) = worker.empty_slot()
        {
            return Some(job);
        }
        let share = self.scheduler.injection.len() / self.scheduler.wanted + 1;
        self.injected(worker, share).or_else(|| self.search(worker))
    }

    /// One job to run and others, up to `count` in all, for the own queue.
    fn injected(&self, worker: &Worker, count: usize) -> Option<Job> {
        self.scheduler.take(&self.scheduler.injection, count, worker)
    }

    fn search(&mut self, worker: &Worker) -> Option<Job> {
        if !self.searching {
            // At most half of the workers search at a time; the others go to sleep and are woken.
            if !self.scheduler.idle.begin_search(self.scheduler.wanted.div_ceil(2)) {
                return None;
            }
            self.searching = true;
        }
        // To look a few times more costs less than to sleep and be woken; meanwhile those who push need not wake anybody.
        for _ in 0..LOOKS {
            if let Some(job) = self.scheduler.steal(worker).or_else(|| self.injected(worker, 1)) {
                return Some(job);
            }
            for _ in 0..PAUSES {
                core::hint::spin_loop();
            }
        }
        None
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
        // From here on whoever looks sees what this worker counted, or was seen waiting.
        fence(Ordering::SeqCst);
        worker.tell_ended();
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

    /// Has the reactor wake this worker in time for its next sleeper. False if that time has come.
    fn set_timer(&mut self, worker: &Worker, cx: &mut Context<'_>) -> bool {
        let Some(next) = worker.timers.next() else { return true };
        // One that rings too early does no harm.
        if next < self.timer_tick {
            self.timer.set_at(clock::instant(next));
            self.timer_tick = next;
        }
        let rings = Pin::new(&mut self.timer).poll(cx).is_ready();
        if rings {
            self.timer_tick = u64::MAX;
        }
        !rings
    }

    /// Back from `park`, whoever woke us.
    fn unpark(&mut self) {
        self.searching = self.scheduler.idle.wake(self.index);
        if !self.searching {
            // Nobody notified this worker, so nobody told the monitor either.
            monitor::work_begins();
        }
        self.idle = false;
    }

    fn ends(&self) -> bool {
        match self.until {
            Until::Done => main::is_done(),
            Until::Superfluous => {
                let threads = self.scheduler.threads.load(Ordering::SeqCst);
                self.index >= self.scheduler.wanted
                    && self.index + 1 == threads
                    && monitor::spares_needed() == 0
                    && self.scheduler.workers[self.index].timers.next().is_none()
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
        scheduler::set_worker(worker);
        let outcome = this.work(worker, cx);
        scheduler::set_worker(ptr::null());
        outcome
    }
}

impl Loop {
    fn work(&mut self, worker: &Worker, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            if self.until == Until::Done && main::is_done() {
                self.hand_on();
                return Poll::Ready(());
            }
            self.jobs += 1;
            let look_after_all = self.jobs >= FAIRNESS || worker.turns_are_up();
            if look_after_all {
                self.jobs = 0;
            }
            if let Some(job) = self.next(worker, look_after_all) {
                self.hand_on();
                worker.tick(1);
                job.run();
                worker.tell_ended();
                worker.tick(1);
                if look_after_all && deadlock::reactor_is_needed() {
                    // Lets the reactor run its timers and sockets without waiting.
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
            } else if !self.set_timer(worker, cx) {
                self.hand_on();
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
        scheduler::set_index(None);
        true
    }
}
