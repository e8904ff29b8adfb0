//! `./x fuzz [seconds]`: mutates the programs of the suite and feeds them to parser, formatter and checker.
//! The formatter must reach a fixed point, and the tool may only say 0 or 1. Half of the programs are changed by
//! characters, which tries the parser, half by whole nodes of the grammar, which gets through to the checker.

mod grammar;

use qi_tests::corpus;
use qi_tests::process::{self, Finished};
use qi_tests::random::Random;
use std::process::Command;
use std::time::{Duration, Instant};

fn main() {
    let seconds = std::env::args().nth(1).and_then(|it| it.parse().ok()).unwrap_or(60);
    let end = Instant::now() + Duration::from_secs(seconds);
    let repository = corpus::repository();
    let folders = ["tests/run", "tests/samples/run", "tests/samples/reject", "tests/ui"];
    let sources: Vec<String> = folders
        .iter()
        .flat_map(|it| corpus::files(&repository.join(it), &["qi"]))
        .filter_map(|it| std::fs::read_to_string(it).ok())
        .collect();
    // A run names its seed by its process id; a failure keeps its input.
    let mut random = Random::new(std::process::id().into());
    let (mut rounds, mut failures) = (0_u64, 0_u64);
    while Instant::now() < end {
        let text = match random.below(2) {
            0 => mutate(&mut random, &sources),
            _ => grammar::mutate(&mut random, &sources),
        };
        rounds += 1;
        if let Err(reason) = judge(&text) {
            failures += 1;
            let path = corpus::scratch().join(format!("fuzz-{rounds}.qi"));
            let _ = std::fs::write(&path, &text);
            println!("{}: {reason}", path.display());
        }
    }
    println!("{} passed, {failures} failed", rounds - failures);
    std::process::exit(i32::from(failures > 0));
}

fn judge(text: &str) -> Result<(), String> {
    let path = corpus::scratch().join("fuzz.qi");
    std::fs::write(&path, text).map_err(|error| error.to_string())?;
    let path = path.to_string_lossy();
    qic(&["check", &path], "")?;
    let formatted = qic(&["fmt", "-"], text)?;
    if formatted.code == Some(0) && qic(&["fmt", "-"], &formatted.stdout)?.stdout != formatted.stdout {
        return Err("formatting is not idempotent".into());
    }
    Ok(())
}

fn qic(arguments: &[&str], input: &str) -> Result<Finished, String> {
    let mut command = Command::new(corpus::compiler());
    command.args(arguments);
    let finished = process::run(command, input);
    match process::crash(&finished) {
        Some(crash) => Err(format!("{crash}: {}", finished.stderr)),
        None if matches!(finished.code, Some(0 | 1)) => Ok(finished),
        None => Err(format!("exit code {:?}", finished.code)),
    }
}

/// Removes, doubles, swaps or transplants a run of characters, one to four times.
fn mutate(random: &mut Random, sources: &[String]) -> String {
    let mut text: Vec<char> = any_of(random, sources).chars().collect();
    for _ in 0..=random.below(3) {
        let (start, end) = range(random, text.len());
        match random.below(4) {
            0 => drop(text.drain(start..end)),
            1 => {
                let copy = text[start..end].to_vec();
                let at = random.below(text.len() + 1);
                text.splice(at..at, copy);
            }
            2 => text[start..end].reverse(),
            _ => {
                let other: Vec<char> = any_of(random, sources).chars().collect();
                let (from, to) = range(random, other.len());
                text.splice(start..end, other[from..to].iter().copied());
            }
        }
    }
    text.into_iter().collect()
}

/// A run of up to 11 characters.
fn range(random: &mut Random, length: usize) -> (usize, usize) {
    let start = random.below(length + 1);
    (start, (start + random.below(12)).min(length))
}

/// One of the programs.
fn any_of<'a>(random: &mut Random, sources: &'a [String]) -> &'a str {
    random.pick(sources).map_or("", String::as_str)
}
