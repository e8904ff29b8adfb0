//! tests/signals: programs that get signals, at -O0 and -O2. `// 信号: QUIT INT` are sent in turn, to the whole group of `qic run`,
//! the n-th when standard error has n lines that begin with `开始` or with a dump (`共`). `INT*` is sent until the program ends.

use crate::programs::judge;
use crate::trial;
use libtest_mimic::Trial;
use qi_tests::corpus;
use qi_tests::directive;
use qi_tests::process::{self, Running};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const DUMPS: usize = 200;
/// From the line that a program prints until it waits as the test means it.
const SETTLING: Duration = Duration::from_millis(50);

pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for path in corpus::files(&folder(), &["qi"]).into_iter().filter(|it| it.parent() == Some(&folder())) {
        for level in ["-O0", "-O2"] {
            let name = format!("signals/{}::{}", corpus::case_name(&path, &folder()), &level[1..]);
            let path = path.clone();
            trials.push(trial(name, move || check(&path, level)));
        }
    }
    trials.push(trial("signals/reader_dies_too".into(), reader_dies_too));
    trials.push(trial("signals/dumps_under_load".into(), dumps_under_load));
    trials
}

fn folder() -> PathBuf {
    corpus::root().join("signals")
}

/// What starts a program with the signals as a terminal's shell leaves them, even if whoever started the suite ignores them.
fn from_terminal() -> Command {
    let mut command = Command::new("env");
    command.args(["--default-signal=INT", "--default-signal=QUIT"]);
    command
}

fn qic_run(path: &Path, level: &str) -> Command {
    let mut command = from_terminal();
    command.arg(corpus::compiler()).args(["run", level]).arg(path);
    command.env("QI_LEAKS", "1").env("QI_CACHE_DIR", corpus::scratch().join("cache"));
    command
}

fn check(path: &Path, level: &str) -> Result<(), String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let directives = directive::parse(&text).ok_or("the program has no directives")?;
    let mut running = process::start(qic_run(path, level), &directives.input);
    for (number, signal) in directives.signals.iter().enumerate() {
        if !running.wait_for(|stderr| is_ready(stderr, number)) {
            return Err(format!("ended before signal {number}: {:#?}", running.finish()));
        }
        std::thread::sleep(SETTLING);
        match signal.strip_suffix('*') {
            Some(signal) => repeat(&mut running, signal),
            None => running.signal(signal),
        }
    }
    let mut finished = running.finish();
    // Ended by the signal, as a shell counts it.
    if let Some(signal) = finished.signal.filter(|it| directives.exit == 128 + it) {
        finished.code = Some(128 + signal);
        finished.signal = None;
    }
    match process::crash(&finished) {
        Some(crash) => Err(format!("{crash}\n{}", finished.stderr)),
        None => judge(&directives, &finished),
    }
}

fn is_ready(stderr: &str, number: usize) -> bool {
    stderr.lines().filter(|it| it.starts_with("开始") || it.starts_with("共 ")).count() > number
}

/// Signals of one kind that come close together are one; so once more, until it has had its effect.
fn repeat(running: &mut Running, signal: &str) {
    for _ in 0..1000 {
        running.signal(signal);
        if running.has_ended() {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Ctrl-C ends what reads our output as well; the program cleans up all the same.
fn reader_dies_too() -> Result<(), String> {
    let mut command = from_terminal();
    let line = "\"$0\" run \"$1\" | cat";
    command.args(["sh", "-c", line]).arg(corpus::compiler()).arg(folder().join("clean_up_waits.qi"));
    command.env("QI_CACHE_DIR", corpus::scratch().join("cache"));
    let mut running = process::start(command, "");
    if !running.wait_for(|stderr| is_ready(stderr, 0)) {
        running.signal("KILL");
        return Err(format!("did not start: {:#?}", running.finish()));
    }
    running.signal("INT");
    let finished = running.finish();
    if finished.stderr == "开始\n清理完\n" { Ok(()) } else { Err(format!("{finished:#?}")) }
}

/// Tasks are born, wait and end while they are listed.
fn dumps_under_load() -> Result<(), String> {
    let mut running = process::start(qic_run(&folder().join("load/busy.qi"), "-O2"), "");
    for number in 0..DUMPS {
        if !running.wait_for(|stderr| is_ready(stderr, number)) {
            return Err(format!("dump {number}: {:#?}", running.finish()));
        }
        running.signal("QUIT");
    }
    running.wait_for(|stderr| is_ready(stderr, DUMPS));
    running.signal("INT");
    let finished = running.finish();
    if finished.code == Some(130) && finished.stdout.is_empty() { Ok(()) } else { Err(format!("{finished:#?}")) }
}
