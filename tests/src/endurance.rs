//! A program that only waits uses no processor time; one that gets no more memory says so. With `QI_TEST_STRESS`
//! (`./x stress`): tests/stress, programs with millions of objects, which run once at -O2 with the census on and say on standard
//! error what they took.

use crate::programs::{build, judge};
use crate::trial;
use libtest_mimic::Trial;
use qi_tests::corpus;
use qi_tests::directive;
use qi_tests::process;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

pub fn trials() -> Vec<Trial> {
    let mut trials =
        vec![trial("idle/waits_use_no_processor".into(), idle), trial("idle/memory_runs_out".into(), memory_runs_out)];
    if std::env::var_os("QI_TEST_STRESS").is_some() {
        let folder = corpus::root().join("stress");
        for path in corpus::files(&folder, &["qi"]) {
            trials.push(trial(format!("stress/{}", corpus::case_name(&path, &folder)), move || stress(&path)));
        }
    }
    trials
}

/// Counted in ticks of the kernel, so a busy machine makes no difference.
fn idle() -> Result<(), String> {
    let program = build(&corpus::root().join("idle/waits.qi"), 2)?;
    let mut running = process::start(Command::new(program), "");
    if !running.wait_for(|stderr| stderr.contains("开始")) {
        return Err(format!("{:#?}", running.finish()));
    }
    // Whatever is left to do after the word was written.
    std::thread::sleep(Duration::from_millis(200));
    let before = ticks(running.id());
    std::thread::sleep(Duration::from_millis(800));
    let after = ticks(running.id());
    running.signal("KILL");
    running.finish();
    match (before, after) {
        (Some(before), Some(after)) if after <= before + 1 => Ok(()),
        other => Err(format!("ticks before and after: {other:?}")),
    }
}

fn memory_runs_out() -> Result<(), String> {
    let program = build(&corpus::root().join("idle/grows.qi"), 2)?;
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -v 600000; exec \"$0\""]).arg(program);
    let finished = process::run(command, "");
    let told = finished.stderr == "错误：内存不足\n";
    if finished.code == Some(2) && told { Ok(()) } else { Err(format!("{finished:#?}")) }
}

/// User and system time of a process; None if it has ended.
fn ticks(id: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
    Some(fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?)
}

fn stress(path: &Path) -> Result<(), String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let directives = directive::parse(&text).ok_or("the program has no directives")?;
    let mut command = Command::new(build(path, 2)?);
    command.env("QI_LEAKS", "1");
    let start = Instant::now();
    let finished = process::run(command, "");
    if let Some(crash) = process::crash(&finished) {
        return Err(format!("{crash}\n{}", finished.stderr));
    }
    eprintln!("{}: {:.1} s", path.file_stem().unwrap_or_default().to_string_lossy(), start.elapsed().as_secs_f64());
    judge(&directives, &finished)
}
