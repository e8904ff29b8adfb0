//! Other programs: one is started, fed and waited for, and what it wrote is collected.

use crate::array;
use crate::fs::outcome;
use crate::operation::{Operation, Outcome, begin, finish};
use crate::string::text;
use crate::sync;
use crate::task::helper;
use crate::task::wait::Waits;
use core::ptr;
use qi_abi::{ArrayObject, Str, Task, TypeInfo};
use smol::io::AsyncWriteExt;
use smol::process::{Command, Stdio};
use std::collections::BTreeSet;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::sync::{Mutex, Once};

struct Call {
    words: Vec<String>,
    input: String,
    folder: String,
    variables: Vec<String>,
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_process_run(
    task: *mut Task,
    node: *mut Operation,
    out: *mut *mut ArrayObject,
    info: *const TypeInfo,
    command: *const ArrayObject,
    input: *const Str,
    folder: *const Str,
    variables: *const ArrayObject,
) -> i32 {
    // SAFETY: contract.
    unsafe {
        let own =
            |texts: *const ArrayObject| array::values::<Str>(texts).iter().map(|it| text(it).to_owned()).collect();
        let call = Call {
            words: own(command),
            input: text(&*input).to_owned(),
            folder: text(&*folder).to_owned(),
            variables: own(variables),
        };
        let start = || {
            helper::spawn(async move {
                let program = call.words.first().cloned().unwrap_or_default();
                outcome("启动", &program, run(call).await)
            })
        };
        begin(task, node, out.cast(), info, ptr::null_mut(), Waits::Blocking, start)
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn qi_process_run_finish(
    task: *mut Task,
    node: *mut Operation,
    out: *mut *mut ArrayObject,
) -> i32 {
    // SAFETY: contract.
    unsafe { finish(task, node, out.cast()) }
}

/// Programs that still run.
static RUNNING: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

struct Running(u32);

impl Running {
    fn new(id: u32) -> Self {
        static AT_EXIT: Once = Once::new();
        AT_EXIT.call_once(|| {
            // SAFETY: a function without arguments that returns. Without room for it a program may outlive us.
            let _ = unsafe { libc::atexit(end_all) };
        });
        sync::lock(&RUNNING).insert(id);
        Self(id)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        sync::lock(&RUNNING).remove(&self.0);
    }
}

/// A task cancelled just before the end has not got to ending its program.
extern "C" fn end_all() {
    for &id in sync::lock(&RUNNING).iter() {
        // SAFETY: a plain call; the process is our child and was not waited for.
        unsafe { libc::kill(id.cast_signed(), libc::SIGKILL) };
    }
}

/// A cancelled task ends the program too: dropping the child kills it.
async fn run(call: Call) -> io::Result<Outcome> {
    let (program, arguments) = call.words.split_first().ok_or(io::ErrorKind::NotFound)?;
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    if !call.folder.is_empty() {
        command.current_dir(&call.folder);
    }
    for [name, value] in call.variables.as_chunks::<2>().0 {
        command.env(name, value);
    }
    let mut child = command.spawn()?;
    let _running = Running::new(child.id());
    let stdin = child.stdin.take();
    let feed = async {
        if let Some(mut stdin) = stdin {
            // A program need not read what it is given.
            let _ = stdin.write_all(call.input.as_bytes()).await;
        }
    };
    let ((), output) = smol::future::zip(feed, child.output()).await;
    let output = output?;
    let code = output.status.code().or_else(|| output.status.signal().map(|it| 128 + it)).unwrap_or(-1);
    let texts = [&output.stdout, &output.stderr].map(|it| String::from_utf8_lossy(it).into_owned());
    Ok(Outcome::Texts([code.to_string()].into_iter().chain(texts).collect()))
}
