//! `./x fuzz --programs [seconds] [seed]`: generates programs that the checker must accept and compares what they do without and
//! with optimisation, on one thread and on several. Nothing may leak, and nothing may differ.

mod concurrency;
mod expressions;
mod members;
mod program;
mod statements;
mod types;

use qi_tests::corpus;
use qi_tests::process::{self, Finished};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

fn main() {
    let mut arguments = std::env::args().skip(1).map(|it| it.parse::<u64>().ok());
    let seconds = arguments.next().flatten().unwrap_or(60);
    let first = arguments.next().flatten();
    let end = Instant::now() + Duration::from_secs(seconds);
    let folder = corpus::scratch().join(format!("differ-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("the target folder is writable");
    let (mut seed, mut failures, start) = (first.unwrap_or(u64::from(std::process::id()) << 32), 0_u64, Instant::now());
    let mut count = 0_u64;
    while Instant::now() < end || count == 0 {
        let text = program::generate(seed);
        let path = folder.join("程序.qi");
        std::fs::write(&path, &text).expect("the target folder is writable");
        if let Err(reason) = judge(&path) {
            failures += 1;
            let kept = folder.join(format!("{seed}.qi"));
            std::fs::write(&kept, &text).expect("the target folder is writable");
            println!("{}: {reason}", kept.display());
        }
        (seed, count) = (seed + 1, count + 1);
        if seconds == 0 {
            print!("{text}");
        }
    }
    println!("{} the same, {failures} not, in {:.0?}", count - failures, start.elapsed());
    std::process::exit(i32::from(failures > 0));
}

fn judge(path: &Path) -> Result<(), String> {
    let plain = run(path, "-O0", "1")?;
    for (level, workers) in [("-O2", "1"), ("-O2", "4")] {
        let other = run(path, level, workers)?;
        if (&other.stdout, other.code) != (&plain.stdout, plain.code) {
            return Err(format!("differs at {level} with {workers} workers: {:?}", first_difference(&plain, &other)));
        }
    }
    Ok(())
}

fn run(path: &Path, level: &str, workers: &str) -> Result<Finished, String> {
    let mut command = Command::new(corpus::compiler());
    command.args(["run", level, "--message-format", "短"]).arg(path).env("QI_LEAKS", "1").env("QI_WORKERS", workers);
    let finished = process::run(command, "");
    if let Some(crash) = process::crash(&finished) {
        return Err(format!("{crash} at {level}: {}", finished.stderr));
    }
    // Such programs have warnings without end.
    let said: Vec<&str> = finished.stderr.lines().filter(|it| !it.contains("警告[")).take(6).collect();
    match finished.code {
        Some(0) if said.is_empty() => Ok(finished),
        code => Err(format!("exit code {code:?} at {level}: {}", said.join("\n"))),
    }
}

fn first_difference(one: &Finished, two: &Finished) -> Option<(String, String)> {
    let pairs = one.stdout.lines().chain([""]).zip(two.stdout.lines().chain([""]));
    pairs.into_iter().find(|(a, b)| a != b).map(|(a, b)| (a.to_owned(), b.to_owned()))
}
