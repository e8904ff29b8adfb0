//! The suite: every file below `tests/`, `examples/` and the code blocks of `docs/` is a named case.
//! `cargo test -p qi-tests -- 名字` runs the cases whose name contains the word.

#![forbid(unsafe_code)]

mod allocations;
mod c_library;
mod command_line;
mod documents;
mod endurance;
mod formatting;
mod language_server;
mod programs;
mod repeated;
mod samples;
mod sanitizers;
mod signals;
mod tidy;
mod ui;

use libtest_mimic::{Arguments, Failed, Trial};

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = tidy::trials();
    trials.extend(formatting::trials());
    trials.extend(ui::trials());
    trials.extend(command_line::trials());
    trials.extend(c_library::trials());
    trials.extend(documents::trials());
    trials.extend(language_server::trials());
    trials.extend(samples::trials());
    trials.extend(programs::trials());
    trials.extend(allocations::trials());
    trials.extend(sanitizers::trials());
    trials.extend(endurance::trials());
    trials.extend(signals::trials());
    trials.extend(repeated::trials());
    libtest_mimic::run(&arguments, trials).exit();
}

/// A case from a function that explains its failure in words.
fn trial(name: String, test: impl FnOnce() -> Result<(), String> + Send + 'static) -> Trial {
    Trial::test(name, || test().map_err(Failed::from))
}
