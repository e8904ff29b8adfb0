//! `qic build`, and the commands that print what building makes: `--emit`, `qic header`, `qic frames`.

use super::{Outcome, entry_file, refuse_unsupported};
use crate::args::{CompileArgs, LibraryKind, Sanitize};
use crate::failure::Failure;
use crate::link::Runtime;
use crate::package::Package;
use crate::pipeline::{self, Request};
use crate::session::Session;
use std::path::{Path, PathBuf};

pub fn build(session: &mut Session, compile: &CompileArgs, output: Option<PathBuf>, file: Option<PathBuf>) -> Outcome {
    refuse_unsupported(compile)?;
    let name = match &file {
        Some(file) => file.file_stem().map(PathBuf::from).unwrap_or_default(),
        None => PathBuf::from(Package::find()?.name),
    };
    let request = Request::new(&entry_file(file)?, compile);
    if !request.emit.is_empty() {
        return emit(session, &request, output.as_deref());
    }
    match compile.lib {
        Some(kind) => {
            let output = output.unwrap_or_else(|| library_name(&name, kind));
            pipeline::library(session, &request, kind, &output)?;
        }
        None => {
            let output = output.unwrap_or(name);
            // ThreadSanitizer takes what a library of its own does for granted.
            let shared = request.sanitize == Some(Sanitize::Thread);
            let runtime = if shared { Runtime::Shared } else { Runtime::Static };
            pipeline::executable(session, &request, &output, runtime)?;
        }
    }
    Ok(0)
}

/// Prints intermediate results, or writes them to `output`.
pub fn emit(session: &mut Session, request: &Request, output: Option<&Path>) -> Outcome {
    let texts = pipeline::emit(session, request)?;
    match output {
        Some(path) => std::fs::write(path, texts.concat()).map_err(|error| Failure::io(path, &error))?,
        None => {
            use std::io::Write;
            let _ = std::io::stdout().write_all(&texts.concat());
        }
    }
    Ok(0)
}

pub fn header(session: &mut Session, file: PathBuf) -> Outcome {
    // What C may call needs no entry.
    let lib = Some(LibraryKind::Static);
    let compile = CompileArgs { emit: vec!["header".into()], lib, ..CompileArgs::default() };
    emit(session, &Request::new(&file, &compile), None)
}

pub fn frames(session: &mut Session, compile: &CompileArgs, file: PathBuf) -> Outcome {
    refuse_unsupported(compile)?;
    let compile = CompileArgs { emit: vec!["frames".into()], ..compile.clone() };
    emit(session, &Request::new(&file, &compile), None)
}

/// `名` makes `lib名.a` or `lib名.so` here.
fn library_name(name: &Path, kind: LibraryKind) -> PathBuf {
    let extension = match kind {
        LibraryKind::Static => "a",
        LibraryKind::Shared => "so",
    };
    PathBuf::from(format!("lib{}.{extension}", name.display()))
}
