//! Programs that run many times. tests/race: on 1, 2, 4 and 8 workers and both executors, `QI_TEST_ROUNDS` times each (5 if not
//! set), always with the same output. tests/cancel: once for each suspension of the program, with the task that suspends there
//! cancelled (`QI_CANCEL_AT`); output, exit code and census are as without.

use crate::programs::{build, judge};
use crate::trial;
use libtest_mimic::Trial;
use qi_tests::corpus;
use qi_tests::directive::{self, Directives};
use qi_tests::process::{self, Finished};
use std::path::Path;
use std::process::Command;

const WORKERS: [&str; 4] = ["1", "2", "4", "8"];
const EXECUTORS: [&str; 2] = ["", "smol"];
const ROUNDS: usize = 5;
/// No program of tests/cancel suspends as often.
const SUSPENSIONS_MAX: u64 = 2000;

pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for path in corpus::files(&corpus::root().join("race"), &["qi"]) {
        let name = format!("race/{}", corpus::case_name(&path, &corpus::root().join("race")));
        trials.push(trial(name, move || race(&path)));
    }
    for path in corpus::files(&corpus::root().join("cancel"), &["qi"]) {
        for level in [0, 2] {
            let path = path.clone();
            let name = format!("cancel/{}::O{level}", corpus::case_name(&path, &corpus::root().join("cancel")));
            trials.push(trial(name, move || cancel(&path, level)));
        }
    }
    trials
}

fn race(path: &Path) -> Result<(), String> {
    let directives = directives(path)?;
    let program = build(path, 2)?;
    let rounds = std::env::var("QI_TEST_ROUNDS").ok().and_then(|it| it.parse().ok()).unwrap_or(ROUNDS);
    for round in 0..rounds {
        for workers in WORKERS {
            for executor in EXECUTORS {
                let mut command = Command::new(&program);
                command.env("QI_WORKERS", workers).env("QI_EXECUTOR", executor);
                check(command, &directives)
                    .map_err(|it| format!("QI_WORKERS={workers} QI_EXECUTOR={executor}, round {round}: {it}"))?;
            }
        }
    }
    Ok(())
}

fn cancel(path: &Path, level: u8) -> Result<(), String> {
    let directives = directives(path)?;
    let program = build(path, level)?;
    for at in 1..SUSPENSIONS_MAX {
        let mut command = Command::new(&program);
        command.env("QI_CANCEL_AT", at.to_string()).env("QI_WORKERS", "2");
        let finished = check(command, &directives).map_err(|it| format!("QI_CANCEL_AT={at}: {it}"))?;
        let seen = finished.stderr.lines().find_map(|it| it.strip_prefix("QI_CANCEL_AT：共 "));
        let seen: Option<u64> = seen.and_then(|it| it.split(' ').next()).and_then(|it| it.parse().ok());
        let Some(seen) = seen else { return Err(format!("no count of suspensions:\n{}", finished.stderr)) };
        if seen < at {
            return Ok(());
        }
    }
    Err(format!("more than {SUSPENSIONS_MAX} suspensions"))
}

fn directives(path: &Path) -> Result<Directives, String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    directive::parse(&text).ok_or_else(|| "the program has no directives".to_owned())
}

fn check(mut command: Command, directives: &Directives) -> Result<Finished, String> {
    command.env("QI_LEAKS", "1");
    let finished = process::run(command, &directives.input);
    if let Some(crash) = process::crash(&finished) {
        return Err(format!("{crash}\n{}{}", finished.stdout, finished.stderr));
    }
    judge(directives, &finished)?;
    Ok(finished)
}
