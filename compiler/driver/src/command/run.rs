//! `qic run`: compiles into the cache, then becomes the program, so that its exit code and signals are its own.

use super::{Outcome, entry_file, refuse_unsupported};
use crate::args::CompileArgs;
use crate::cache::Entry;
use crate::failure::Failure;
use crate::link::Runtime;
use crate::pipeline::{self, Request};
use crate::session::Session;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

pub fn run(session: &mut Session, compile: &CompileArgs, mut rest: Vec<String>) -> Outcome {
    refuse_unsupported(compile)?;
    let file = if rest.is_empty() { None } else { Some(PathBuf::from(rest.remove(0))) };
    if rest.first().is_some_and(|it| it == "--") {
        rest.remove(0);
    }
    let file = entry_file(file)?;
    let request = Request::new(&file, compile);
    if !request.emit.is_empty() {
        return super::build::emit(session, &request, None);
    }
    let program = program(session, &request)?;
    session.print_times();
    let mut command = Command::new(&program);
    command.args(rest);
    if compile.leak_report {
        command.env("QI_LEAKS", "1");
    }
    let error = command.exec();
    Err(Failure::io(&program, &error))
}

/// The executable of a program, from the cache if nothing changed.
pub fn program(session: &mut Session, request: &Request) -> Result<PathBuf, Failure> {
    let identity = format!("{}{:?}", session.toolchain.identity(), request.options());
    let entry = Entry::new(&request.entry, &identity);
    // Warnings are worth seeing on each run; a program that had some is compiled again.
    if let Some(program) = entry.as_ref().and_then(Entry::fresh) {
        return Ok(program);
    }
    let Some(entry) = entry else { return uncached(session, request) };
    let linked = entry.prepare()?;
    let clean = pipeline::executable(session, request, &linked, Runtime::Shared)?;
    if clean { entry.commit(&linked, &session.files) } else { Ok(linked) }
}

/// No cache folder: the program goes to the system's temporary folder.
fn uncached(session: &mut Session, request: &Request) -> Result<PathBuf, Failure> {
    let folder: &Path = &std::env::temp_dir();
    let linked = folder.join(format!("qi-{}", std::process::id()));
    pipeline::executable(session, request, &linked, Runtime::Shared)?;
    Ok(linked)
}
