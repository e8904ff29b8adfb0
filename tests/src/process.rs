//! Running a command to its end or to a time limit, with everything it wrote; and telling a crash from a failure.

use nix::errno::Errno;
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use std::io::{Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// No program of the suite needs a tenth of this on an idle machine; those under a sanitizer or another tool get more.
const LIMIT: Duration = Duration::from_secs(90);
const LIMIT_UNDER_TOOL: Duration = Duration::from_secs(240);

fn limit() -> Duration {
    let under_tool = ["QI_TEST_SANITIZE", "QI_TEST_WRAPPER"].iter().any(|it| std::env::var_os(it).is_some());
    if under_tool { LIMIT_UNDER_TOOL } else { LIMIT }
}

#[derive(Debug)]
pub struct Finished {
    /// None after a signal.
    pub code: Option<i32>,
    pub signal: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    pub timed_out: bool,
}

/// A process with what it has written so far.
pub struct Running {
    child: Child,
    stdout: Stream,
    stderr: Stream,
}

pub fn run(command: Command, input: &str) -> Finished {
    start(command, input).finish()
}

/// The process leads a group of its own.
pub fn start(mut command: Command, input: &str) -> Running {
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
    std::thread::spawn(move || {
        // A program that does not read its input closes the pipe; that is its right.
        stdin.map(|mut it| it.write_all(text.as_bytes()))
    });
    let stdout = Stream::of(child.stdout.take());
    let stderr = Stream::of(child.stderr.take());
    Running { child, stdout, stderr }
}

impl Running {
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal (`INT`, …) to the group, as a terminal does. One that has ended gets none.
    pub fn signal(&self, name: &str) {
        let signal: Signal = format!("SIG{name}").parse().expect("a signal");
        let group = Pid::from_raw(self.child.id().try_into().expect("a process number"));
        match killpg(group, signal) {
            Ok(()) | Err(Errno::ESRCH) => {}
            Err(error) => panic!("{signal} to {group}: {error}"),
        }
    }

    /// Waits until the standard error satisfies `wanted`; false if the process ended before, or never did it.
    pub fn wait_for(&mut self, wanted: impl Fn(&str) -> bool) -> bool {
        let start = Instant::now();
        loop {
            if wanted(&self.stderr.text()) {
                return true;
            }
            if start.elapsed() > limit() || self.has_ended() {
                return wanted(&self.stderr.text());
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    pub fn has_ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)))
    }

    pub fn finish(mut self) -> Finished {
        let (status, timed_out) = wait(&mut self.child);
        let (stdout, stderr) = (self.stdout.into_text(), self.stderr.into_text());
        Finished { code: status.code(), signal: status.signal(), stdout, stderr, timed_out }
    }
}

/// A thread that reads a pipe, and what it has read.
struct Stream {
    bytes: Arc<Mutex<Vec<u8>>>,
    reader: JoinHandle<()>,
}

impl Stream {
    fn of(pipe: Option<impl Read + Send + 'static>) -> Self {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&bytes);
        let reader = std::thread::spawn(move || {
            let mut part = [0; 4096];
            let mut pipe = pipe.expect("the stream is piped");
            while let Ok(count @ 1..) = pipe.read(&mut part) {
                shared.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(&part[..count]);
            }
        });
        Self { bytes, reader }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }

    fn into_text(self) -> String {
        let _ = self.reader.join();
        String::from_utf8_lossy(&self.bytes.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

fn wait(child: &mut Child) -> (std::process::ExitStatus, bool) {
    let start = Instant::now();
    let mut pause = Duration::from_micros(200);
    loop {
        if let Some(status) = child.try_wait().expect("own child can be waited for") {
            return (status, false);
        }
        if start.elapsed() > limit() {
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
        return Some(format!("timeout after {:?}", limit()));
    }
    if let Some(signal) = finished.signal {
        return Some(format!("signal {signal}"));
    }
    let said = |word: &&&str| finished.stderr.contains(**word) || finished.stdout.contains(**word);
    WORDS.iter().find(said).map(|word| format!("crash text {word:?}"))
}
