//! Running a command to its end or to a time limit, with everything it wrote; and telling a crash from a failure.

use std::io::{Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// No program of the suite needs a tenth of this.
pub const LIMIT: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub struct Finished {
    /// None after a signal.
    pub code: Option<i32>,
    pub signal: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    pub timed_out: bool,
}

pub fn run(mut command: Command, input: &str) -> Finished {
    let mut child = command
        .env("NO_COLOR", "1")
        .env("TERM", "dumb")
        .env_remove("QI_LANG")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .unwrap_or_else(|error| {
            panic!("cannot start {:?}: {error} (run ./x test, which builds it)", command.get_program())
        });
    let stdin = child.stdin.take();
    let text = input.to_owned();
    let writer = std::thread::spawn(move || {
        // A program that does not read its input closes the pipe; that is its right.
        stdin.map(|mut it| it.write_all(text.as_bytes()))
    });
    let stdout = read(child.stdout.take());
    let stderr = read(child.stderr.take());
    let (status, timed_out) = wait(&mut child);
    let _ = writer.join();
    let text = |it: JoinHandle<Vec<u8>>| String::from_utf8_lossy(&it.join().unwrap_or_default()).into_owned();
    Finished { code: status.code(), signal: status.signal(), stdout: text(stdout), stderr: text(stderr), timed_out }
}

fn read(pipe: Option<impl Read + Send + 'static>) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            let _ = pipe.read_to_end(&mut bytes);
        }
        bytes
    })
}

fn wait(child: &mut Child) -> (std::process::ExitStatus, bool) {
    let start = Instant::now();
    let mut pause = Duration::from_micros(200);
    loop {
        if let Some(status) = child.try_wait().expect("own child can be waited for") {
            return (status, false);
        }
        if start.elapsed() > LIMIT {
            let _ = child.kill();
            return (child.wait().expect("own child can be waited for"), true);
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(10));
    }
}

/// What never may happen, whatever the program.
pub fn crash(finished: &Finished) -> Option<String> {
    const WORDS: [&str; 12] = [
        "panicked at",
        "LLVM ERROR",
        "PLEASE submit a bug report",
        "Stack dump:",
        "stack backtrace:",
        "fatal runtime error",
        "has overflowed its stack",
        "AddressSanitizer",
        "LeakSanitizer",
        "ThreadSanitizer",
        "这是编译器的错",
        "Segmentation fault",
    ];
    if finished.timed_out {
        return Some(format!("timeout after {LIMIT:?}"));
    }
    if let Some(signal) = finished.signal {
        return Some(format!("signal {signal}"));
    }
    let said = |word: &&&str| finished.stderr.contains(**word) || finished.stdout.contains(**word);
    WORDS.iter().find(said).map(|word| format!("crash text {word:?}"))
}
