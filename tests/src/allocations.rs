//! tests/allocations: what operations cost in allocations. Each program does its operation as many times as it is told; running it
//! for n and for 2n under a counting allocator leaves the cost of n operations, free of what starting a program costs.

use crate::trial;
use libtest_mimic::Trial;
use qi_tests::corpus;
use qi_tests::process;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

pub fn trials() -> Vec<Trial> {
    let files = corpus::files(&folder(), &["qi"]).into_iter();
    let named = files.map(|path| (format!("allocations/{}", corpus::case_name(&path, &folder())), path));
    named.map(|(name, path)| trial(name, move || check(&path))).collect()
}

fn folder() -> PathBuf {
    corpus::root().join("allocations")
}

fn check(path: &Path) -> Result<(), String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let directive = |name: &str| {
        let line = text.lines().find_map(|it| it.strip_prefix(name));
        line.and_then(|it| it.trim().parse::<i64>().ok()).ok_or(format!("no line “{name}”"))
    };
    let (expected, times) = (directive("// 每次分配:")?, directive("// 次数:")?);
    let program = build(path)?;
    let spent = count(&program, 2 * times)? - count(&program, times)?;
    // What grows now and then, such as the blocks of a queue, is no cost of each operation.
    let tolerance = times / 10;
    if (spent - expected * times).abs() > tolerance {
        return Err(format!("{spent} allocations for {times} operations, expected {expected} each"));
    }
    Ok(())
}

fn build(path: &Path) -> Result<PathBuf, String> {
    let name = path.file_stem().expect("a file has a name").to_string_lossy();
    let program = corpus::scratch().join(format!("allocations-{name}"));
    let mut command = Command::new(corpus::compiler());
    command.args(["build", "-O2", "-o"]).arg(&program).arg(path);
    let finished = process::run(command, "");
    if finished.code == Some(0) { Ok(program) } else { Err(finished.stderr) }
}

fn count(program: &Path, times: i64) -> Result<i64, String> {
    let mut command = Command::new(program);
    command.arg(times.to_string()).env("QI_WORKERS", "1").env("QI_ALLOC", "system").env("LD_PRELOAD", counter());
    let finished = process::run(command, "");
    let said = finished.stderr.strip_prefix("allocations: ").and_then(|it| it.trim().parse().ok());
    said.ok_or_else(|| format!("exit code {:?}, no count\n{}", finished.code, finished.stderr))
}

/// The library that counts, made once.
fn counter() -> &'static Path {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    MADE.get_or_init(|| {
        let library = corpus::scratch().join("allocations-count.so");
        let mut command = Command::new("cc");
        command.args(["-O1", "-shared", "-fPIC", "-o"]).arg(&library).arg(folder().join("count.c"));
        let finished = process::run(command, "");
        assert!(finished.code == Some(0), "{}", finished.stderr);
        library
    })
}
