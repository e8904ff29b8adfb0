//! tests/fmt/*.qi: formatting gives the `.out` beside it, and formatting that again changes nothing.
//! The latter holds for every program of the repository.

use crate::trial;
use libtest_mimic::Trial;
use qi_tests::{bless, corpus, process};
use std::path::Path;
use std::process::Command;

pub fn trials() -> Vec<Trial> {
    let folder = corpus::root().join("fmt");
    let mut trials: Vec<_> = corpus::files(&folder, &["qi"])
        .into_iter()
        .map(|path| trial(format!("fmt/{}", corpus::case_name(&path, &folder)), move || check(&path)))
        .collect();
    trials.push(trial("fmt/every_program_is_stable".into(), every_program));
    trials
}

fn check(path: &Path) -> Result<(), String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let formatted = stable(&text)?;
    bless::compare_file(&path.with_extension("out"), &formatted)
}

fn every_program() -> Result<(), String> {
    let repository = corpus::repository();
    let folders = ["tests/run", "tests/samples/run", "tests/fmt", "examples", "qi-std"];
    let mut wrong = Vec::new();
    for path in folders.iter().flat_map(|it| corpus::files(&repository.join(it), &["qi"])) {
        let text = std::fs::read_to_string(&path).map_err(|error| error.to_string())?;
        if let Err(error) = stable(&text) {
            wrong.push(format!("{}: {error}", path.display()));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

/// The formatted text, after proving that it is a fixed point.
fn stable(text: &str) -> Result<String, String> {
    let formatted = format(text)?;
    let again = format(&formatted)?;
    bless::compare(&formatted, &again).map_err(|it| format!("not idempotent: {it}"))?;
    Ok(formatted)
}

fn format(text: &str) -> Result<String, String> {
    let mut command = Command::new(corpus::compiler());
    command.args(["fmt", "-"]);
    let finished = process::run(command, text);
    match process::crash(&finished) {
        Some(crash) => Err(format!("{crash}\n{}", finished.stderr)),
        None if finished.code == Some(0) => Ok(finished.stdout),
        None => Err(finished.stderr),
    }
}
