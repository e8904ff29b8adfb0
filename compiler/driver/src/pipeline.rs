//! The order of everything, in one place.

use crate::args::{CompileArgs, EmitStage, LibraryKind};
use crate::failure::Failure;
use crate::link::Runtime;
use crate::session::Session;
use crate::loader::PackageLoader;
use qi_base::{Diagnostic, Diagnostics};
use qi_hir::Program;
use qi_hir::collect::collect;
use std::path::{Path, PathBuf};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Goal {
    Program,
    Tests,
}

#[derive(Clone, Debug)]
pub struct Request {
    pub entry: PathBuf,
    pub goal: Goal,
    pub optimize: u8,
    pub debug: bool,
    pub emit: Vec<String>,
    pub stage: EmitStage,
}

impl Request {
    pub fn new(entry: &Path, args: &CompileArgs) -> Self {
        let mut emit = args.emit.clone();
        if args.emit_llvm {
            emit.push("llvm-ir".into());
        }
        Self {
            entry: entry.to_path_buf(),
            goal: Goal::Program,
            optimize: args.optimize.unwrap_or(if args.release { 2 } else { 0 }),
            debug: args.debug,
            emit,
            stage: args.emit_stage,
        }
    }

    /// What distinguishes two builds of the same sources.
    pub fn options(&self) -> (Goal, u8, bool) {
        (self.goal, self.optimize, self.debug)
    }
}

/// All findings about a program, none shown yet.
pub fn diagnose(session: &mut Session, entry: &Path) -> Result<Vec<Diagnostic>, Failure> {
    let mut found = Diagnostics::default();
    front(session, entry, &mut found)?;
    Ok(found.into_sorted())
}

/// Everything up to the gate.
pub fn check(session: &mut Session, entry: &Path) -> Result<(), Failure> {
    let found = diagnose(session, entry)?;
    session.report(&found)
}

/// Text to typed program. Reading never fails; what is wrong is in `found`.
fn front(session: &mut Session, entry: &Path, found: &mut Diagnostics) -> Result<Program, Failure> {
    let mut loader = PackageLoader::new(&session.toolchain.std, entry)?;
    let program = session.timed("collect", |it| collect(&mut loader, entry, &mut it.files, found));
    Ok(program)
}

/// Compiles and links; true if there was nothing to warn about.
pub fn executable(
    session: &mut Session,
    request: &Request,
    _output: &Path,
    _runtime: Runtime,
) -> Result<bool, Failure> {
    check(session, &request.entry)?;
    Err(Failure::unsupported("生成代码", "code generation"))
}

pub fn library(session: &mut Session, request: &Request, _kind: LibraryKind, _output: &Path) -> Result<(), Failure> {
    check(session, &request.entry)?;
    Err(Failure::unsupported("生成代码", "code generation"))
}

pub fn emit(session: &mut Session, request: &Request) -> Result<Vec<Vec<u8>>, Failure> {
    check(session, &request.entry)?;
    Err(Failure::unsupported("生成代码", "code generation"))
}
