//! The order of everything. [`Compilation::run`] is the one list to read; the functions above it are what commands ask for.

use crate::allocation;
use crate::args::{CompileArgs, EmitStage, LibraryKind, Sanitize};
use crate::emit;
use crate::failure::Failure;
use crate::link::{self, Job, Output, Runtime};
use crate::loader::PackageLoader;
use crate::package::Package;
use crate::session::Session;
use crate::waiting;
use qi_base::{Diagnostic, Diagnostics, Files, Severity, Span};
use qi_codegen::{Emitted, Outputs, Sanitizer};
use qi_hir::{Analysis, Owner, Program, collect, flow, follow, infer};
use qi_ide::Checked;
use qi_lower::Mode;
use qi_mir::Module;
use qi_passes::pipeline::{self as passes, Level};
use std::path::{Path, PathBuf};

/// What the module is for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Goal {
    Program,
    /// The 测试 blocks whose name contains the filter.
    Tests(Option<String>),
    Library,
}

/// What a command wants to be compiled, and how.
#[derive(Clone, Debug)]
pub struct Request {
    pub entry: PathBuf,
    pub goal: Goal,
    pub optimize: u8,
    pub debug: bool,
    pub sanitize: Option<Sanitize>,
    /// Kinds of `--emit`.
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
            goal: if args.lib.is_some() { Goal::Library } else { Goal::Program },
            optimize: args.optimize.unwrap_or(if args.release { 2 } else { 0 }),
            debug: args.debug,
            sanitize: args.sanitize,
            emit,
            stage: args.emit_stage,
        }
    }

    /// What distinguishes two builds of the same sources.
    pub fn options(&self) -> (&Goal, u8, bool, Option<Sanitize>) {
        (&self.goal, self.optimize, self.debug, self.sanitize)
    }

    fn wants(&self, kind: &str) -> bool {
        self.emit.iter().any(|it| it == kind)
    }
}

/// As [`diagnose`], with all that is known.
pub fn checked(session: &mut Session, entry: &Path) -> Result<Checked, Failure> {
    let mut found = Diagnostics::default();
    session.files = Files::default();
    let (program, analysis) = front(session, entry, &mut found)?;
    judge(session, &program, &analysis, &mut found);
    Ok(Checked { files: std::mem::take(&mut session.files), found: found.into_sorted(), program, analysis })
}

/// All findings about a program, none shown yet; also those that only instances of generic code show.
pub fn diagnose(session: &mut Session, entry: &Path) -> Result<Vec<Diagnostic>, Failure> {
    let mut found = Diagnostics::default();
    let (program, analysis) = front(session, entry, &mut found)?;
    judge(session, &program, &analysis, &mut found);
    // The process ends with the command; giving back every node first would cost a tenth of it.
    std::mem::forget((program, analysis));
    Ok(found.into_sorted())
}

/// What only instances of generic code show.
fn judge(session: &mut Session, program: &Program, analysis: &Analysis, found: &mut Diagnostics) {
    if !found.has_errors() {
        let mode = if analysis.entry.is_some() { Mode::Program } else { Mode::Library };
        lower(session, program, analysis, mode, found);
    }
}

/// Everything up to the gate.
pub fn check(session: &mut Session, entry: &Path) -> Result<(), Failure> {
    let found = diagnose(session, entry)?;
    session.report(&found)
}

/// Compiles and links; true if there was nothing to warn about.
pub fn executable(session: &mut Session, request: &Request, output: &Path, runtime: Runtime) -> Result<bool, Failure> {
    let compiled = compile(session, request, Outputs { object: true, ..Outputs::default() })?;
    let objects = Objects::write(session, &compiled, request, output)?;
    let job = Job {
        objects: objects.paths.clone(),
        output,
        kind: Output::Executable,
        runtime,
        libraries: &objects.libraries,
        debug: request.debug,
        sanitize: request.sanitize,
    };
    session.timed("link", |it| link::link(it, &job))?;
    Ok(compiled.clean)
}

/// A library for C, with its header and pkg-config file beside it.
pub fn library(session: &mut Session, request: &Request, kind: LibraryKind, output: &Path) -> Result<(), Failure> {
    let compiled = compile(session, request, Outputs { object: true, ..Outputs::default() })?;
    let objects = Objects::write(session, &compiled, request, output)?;
    match kind {
        LibraryKind::Static => link::archive(session, &objects.paths, output)?,
        LibraryKind::Shared => {
            let job = Job {
                objects: objects.paths.clone(),
                output,
                kind: Output::SharedLibrary,
                runtime: Runtime::Shared,
                libraries: &objects.libraries,
                debug: request.debug,
                sanitize: request.sanitize,
            };
            link::link(session, &job)?;
        }
    }
    crate::header::write_beside(session, &compiled.program, &compiled.analysis, output)
}

/// The intermediate results asked for, in the order of the stages.
pub fn emit(session: &mut Session, request: &Request) -> Result<Vec<Vec<u8>>, Failure> {
    let mut parts = Vec::new();
    if request.wants("tokens") || request.wants("ast") {
        let id = session.load(&request.entry)?;
        for (kind, text) in [("tokens", emit::tokens as fn(&_, _) -> String), ("ast", emit::tree)] {
            if request.wants(kind) {
                parts.push(text(&session.files, id).into_bytes());
            }
        }
        session.files = qi_base::Files::default();
    }
    if request.emit.iter().all(|it| it == "tokens" || it == "ast") {
        return Ok(parts);
    }
    let before = request.stage == EmitStage::BeforeSplit;
    let outputs = Outputs {
        ir_before: request.wants("llvm-ir") && before,
        ir: request.wants("llvm-ir") && !before,
        bitcode: request.wants("llvm-bc"),
        assembly: request.wants("asm"),
        object: request.wants("obj"),
        frames: request.wants("frames"),
    };
    let compiled = compile(session, request, outputs)?;
    if request.wants("hir") {
        parts.push(emit::hir(&compiled.program, &compiled.analysis).into_bytes());
    }
    if request.wants("mir") {
        parts.push(compiled.mir.clone().into_bytes());
    }
    let emitted = compiled.emitted;
    if request.wants("frames") {
        parts.push(emit::frames(&emitted.frames, session.options.language).into_bytes());
    }
    parts.extend([emitted.ir_before.into_bytes(), emitted.ir.into_bytes(), emitted.bitcode]);
    parts.extend([emitted.assembly.into_bytes(), emitted.object]);
    if request.wants("header") {
        parts.push(crate::header::text(&compiled.program, &compiled.analysis, &request.entry).into_bytes());
    }
    Ok(parts)
}

/// What compiling leaves.
struct Compiled {
    program: Program,
    analysis: Analysis,
    /// Text form after all passes, if asked for.
    mir: String,
    /// C libraries of 外部 blocks.
    libraries: Vec<String>,
    emitted: Emitted,
    /// No warnings.
    clean: bool,
}

/// The pipeline: text in, whatever `outputs` names out. Any error stops at the gate; below it there is no user.
fn compile(session: &mut Session, request: &Request, outputs: Outputs) -> Result<Compiled, Failure> {
    let mut found = Diagnostics::default();
    let (program, analysis) = front(session, &request.entry, &mut found)?;
    if request.goal == Goal::Program && analysis.entry.is_none() && !found.has_errors() {
        found.push(missing_entry(&program));
    }
    if found.has_errors() {
        return Err(gate(session, found).expect_err("an error stops"));
    }

    let mode = match &request.goal {
        Goal::Program => Mode::Program,
        Goal::Tests(filter) => Mode::Tests { filter: filter.clone() },
        Goal::Library => Mode::Library,
    };
    let lowered = lower(session, &program, &analysis, mode, &mut found);
    let clean = gate(session, found)?;
    let mut module = lowered.expect("lowering ends with an error or a module");

    let level = if request.optimize == 0 { Level::O0 } else { Level::O2 };
    session.timed("passes", |_| passes::run(&mut module, level, None));
    let mir = if request.wants("mir") { module.to_string() } else { String::new() };

    let name = request.entry.file_stem().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
    let mut options = qi_codegen::Options::new(&name, request.optimize, outputs);
    options.debug_info = request.debug;
    // Leaks are found by the allocator alone; the code needs no instrumentation.
    options.sanitizer = match request.sanitize {
        Some(Sanitize::Address) => Some(Sanitizer::Address),
        Some(Sanitize::Thread) => Some(Sanitizer::Thread),
        Some(Sanitize::Leak) | None => None,
    };
    let emitted = session.timed("codegen", |_| qi_codegen::emit(&module, &options));
    Ok(Compiled { program, analysis, mir, libraries: module.libraries, emitted, clean })
}

/// Text to typed program. Reading never fails; what is wrong is in `found`.
fn front(session: &mut Session, entry: &Path, found: &mut Diagnostics) -> Result<(Program, Analysis), Failure> {
    let mut loader = PackageLoader::new(&session.toolchain.std, entry, &session.unsaved)?;
    let mut program = session.timed("collect", |it| collect::collect(&mut loader, entry, &mut it.files, found));
    let mut analysis = session.timed("infer", |_| infer::check(&mut program, found));
    session.timed("flow", |_| flow::check(&program, &mut analysis, found));
    collect::suggest_imports(&mut loader, &session.files, found);
    follow::drop_consequences(&session.files, found);
    Ok((program, analysis))
}

/// Typed program to MIR; none after an error in `found`. What only instances show is found here too.
fn lower(
    session: &mut Session,
    program: &Program,
    analysis: &Analysis,
    mode: Mode,
    found: &mut Diagnostics,
) -> Option<Module> {
    let options = qi_lower::Options { mode };
    let module = session.timed("lower", |it| qi_lower::lower(program, analysis, &it.files, &options, found))?;
    found.extend(session.timed("allocation", |it| allocation::diagnose(&module, &it.files)));
    found.extend(session.timed("waiting", |it| waiting::diagnose(&module, &it.files)));
    Some(module)
}

/// Shows all findings; an error stops here. True if there were none.
fn gate(session: &Session, found: Diagnostics) -> Result<bool, Failure> {
    let found = found.into_sorted();
    session.report(&found)?;
    Ok(found.iter().all(|it| it.severity == Severity::Error))
}

/// What else people call 主函数.
const ENTRY_LIKE: &[&str] =
    &["main", "Main", "主", "主程序", "主方法", "主入口", "程序入口", "入口函数", "开始", "主函數", "主函式", "入口點"];

fn missing_entry(program: &Program) -> Diagnostic {
    let root = program.root.expect("a program without errors has a root");
    let start = Span::new(program.modules[root].file, 0, 0);
    let mut functions = program.functions.values().filter(|it| it.module == root && it.owner == Owner::Module);
    let similar = functions.find(|it| ENTRY_LIKE.contains(&it.name.as_str()));
    qi_hir::diagnostics::missing_entry(start, similar.map(|it| (it.name.as_str(), it.name_span)))
}

/// Object files of one link, removed when the job is done.
struct Objects {
    paths: Vec<PathBuf>,
    libraries: Vec<String>,
}

impl Objects {
    /// The program's object, and those of the package's `[c] sources` when 外部 "c" may name them.
    fn write(session: &Session, compiled: &Compiled, request: &Request, output: &Path) -> Result<Self, Failure> {
        let name = output.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
        let path = std::env::temp_dir().join(format!("qi-{}-{name}.o", std::process::id()));
        std::fs::write(&path, &compiled.emitted.object).map_err(|error| Failure::io(&path, &error))?;
        let mut objects = Self { paths: vec![path], libraries: compiled.libraries.clone() };
        let folder =
            request.entry.canonicalize().ok().and_then(|it| it.parent().map(Path::to_path_buf)).unwrap_or_default();
        if let Some(package) = Package::around(&folder)? {
            for (index, source) in package.c.sources.iter().enumerate() {
                let object = std::env::temp_dir().join(format!("qi-{}-{name}-{index}.o", std::process::id()));
                objects.paths.push(object.clone());
                link::compile_c(session, source, &package.c.include, request.sanitize, &object)?;
            }
            objects.libraries.extend(package.c.link);
        }
        Ok(objects)
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        for path in &self.paths {
            // Temporary files; whoever cleans the folder may have been quicker.
            let _ = std::fs::remove_file(path);
        }
    }
}
