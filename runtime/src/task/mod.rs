//! Tasks: objects, frames, scheduling, scopes and cancellation, waiting. `object` is the data, `run` its life, `scheduler` the
//! threads, `scope` who owns and cancels whom, `wait` how a frame sleeps until something happens.

mod await_;
mod clock;
mod counts;
pub mod deadlock;
pub mod frame;
pub mod helper;
mod idle;
mod inject;
pub mod job;
pub mod main;
mod monitor;
pub mod object;
mod reference;
pub mod run;
pub mod scheduler;
pub mod scope;
mod scope_leave;
mod settle;
mod shield;
mod sleeper;
pub mod wait;
mod waiter;
pub mod wheel;
mod worker;

pub use await_::{conclude as conclude_await, deliver as await_error};
pub use object::TaskObject;
