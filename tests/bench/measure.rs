//! Runs commands and says what they cost.

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// What one run cost.
#[derive(Clone, Copy, Default)]
pub struct Sample {
    /// User and system seconds.
    pub cpu: f64,
    pub wall: f64,
    /// Peak resident bytes, as last seen: the programs measured by it sleep at their peak.
    pub memory: f64,
}

/// What Qi, Go and tokio read the number of their threads from.
const THREADS: [&str; 3] = ["QI_WORKERS", "GOMAXPROCS", "TOKIO_WORKER_THREADS"];

/// Runs the command; its cost and what it printed, or none if it failed.
pub fn run(command: &[PathBuf], arguments: &[&str], on_one_thread: bool) -> Option<(Sample, Vec<u8>)> {
    let before = children_cpu();
    let start = Instant::now();
    let child = Command::new(&command[0])
        .args(&command[1..])
        .args(arguments)
        .envs(THREADS.iter().filter(|_| on_one_thread).map(|name| (name, "1")))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .ok()?;
    let status_file = PathBuf::from(format!("/proc/{}/status", child.id()));
    let watcher = thread::spawn(move || watch_memory(&status_file));
    let output = child.wait_with_output().ok()?;
    let wall = start.elapsed().as_secs_f64();
    let memory = watcher.join().expect("watching does not panic");
    let sample = Sample { cpu: children_cpu() - before, wall, memory };
    output.status.success().then_some((sample, output.stdout))
}

/// Until the process ends. A file that is read every 20 ms costs the program nothing.
fn watch_memory(status_file: &Path) -> f64 {
    let mut peak = 0.0;
    while let Ok(status) = std::fs::read_to_string(status_file) {
        // A process that has ended but was not yet asked for has no such line.
        let Some(line) = status.lines().find(|it| it.starts_with("VmHWM:")) else { break };
        peak = line.split_whitespace().nth(1).and_then(|it| it.parse().ok()).map_or(peak, |it: f64| it * 1024.0);
        thread::sleep(Duration::from_millis(20));
    }
    peak
}

/// Instructions the command executes, by callgrind, or none if it or valgrind failed. Also what it printed.
pub fn instructions(command: &[PathBuf], arguments: &[&str]) -> Option<(f64, Vec<u8>)> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .args(command)
        .args(arguments)
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let line = text.lines().find_map(|it| it.split_once("Collected : ").map(|it| it.1.trim().to_owned()))?;
    let count = line.parse().ok()?;
    output.status.success().then_some((count, output.stdout))
}

/// Bytes of the executable without its symbols.
pub fn stripped_size(exe: &Path) -> Option<f64> {
    let stripped = exe.with_extension("stripped");
    let arguments: [OsString; 3] = ["-o".into(), stripped.clone().into(), exe.into()];
    Command::new("strip").args(arguments).status().ok().filter(|it| it.success())?;
    let size = std::fs::metadata(&stripped).ok()?.len() as f64;
    std::fs::remove_file(&stripped).ok()?;
    Some(size)
}

pub fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

fn children_cpu() -> f64 {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("getrusage accepts RUSAGE_CHILDREN");
    (usage.user_time().num_microseconds() + usage.system_time().num_microseconds()) as f64 / 1e6
}
