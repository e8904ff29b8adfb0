//! Objects to executables and libraries, through the system's C compiler. Knows the runtime's libraries and nothing of code.

use crate::args::Sanitize;
use crate::failure::Failure;
use crate::session::Session;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Runtime {
    /// Part of the output: the program runs anywhere.
    Static,
    /// Found where this compiler found it: quick to link, for `qic run`.
    Shared,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Output {
    Executable,
    SharedLibrary,
}

pub struct Job<'a> {
    pub objects: Vec<PathBuf>,
    pub output: &'a Path,
    pub kind: Output,
    pub runtime: Runtime,
    /// `m` for `-lm`.
    pub libraries: &'a [String],
    pub debug: bool,
    pub sanitize: Option<Sanitize>,
}

/// What the runtime itself needs from the system.
const SYSTEM_LIBRARIES: [&str; 3] = ["-lpthread", "-ldl", "-lm"];

pub fn link(session: &Session, job: &Job<'_>) -> Result<(), Failure> {
    let library = session.toolchain.library()?;
    let mut command = sanitizing_compiler(job.sanitize);
    command.arg("-o").arg(job.output).args(&job.objects);
    if job.kind == Output::SharedLibrary {
        command.arg("-shared");
    }
    match job.runtime {
        Runtime::Static => {
            command.arg(library.join("libqi_runtime.a")).arg("-Wl,--gc-sections");
        }
        Runtime::Shared => {
            command.arg(library.join("libqi_runtime.so")).arg(format!("-Wl,-rpath,{}", library.display()));
        }
    }
    if !job.debug && job.runtime == Runtime::Static {
        command.arg("-Wl,--strip-debug");
    }
    command.args(job.libraries.iter().filter(|it| *it != "c").map(|it| format!("-l{it}"))).args(SYSTEM_LIBRARIES);
    command.args(fast_linker());
    run(session, command)
}

/// Compiles the C files of `[c] sources`.
pub fn compile_c(
    session: &Session,
    source: &Path,
    include: &[PathBuf],
    sanitize: Option<Sanitize>,
    object: &Path,
) -> Result<(), Failure> {
    let mut command = sanitizing_compiler(sanitize);
    command.arg("-c").arg("-O2").arg("-fPIC").arg(source).arg("-o").arg(object);
    command.arg(format!("-I{}", session.toolchain.include.display()));
    command.args(include.iter().map(|it| format!("-I{}", it.display())));
    run(session, command)
}

/// A static library: the program's object, to be linked with the runtime by the user.
pub fn archive(session: &Session, objects: &[PathBuf], output: &Path) -> Result<(), Failure> {
    // ar adds to an archive that exists.
    if output.exists() {
        std::fs::remove_file(output).map_err(|error| Failure::io(output, &error))?;
    }
    let mut command = Command::new("ar");
    command.arg("rcs").arg(output).args(objects);
    run(session, command)
}

fn run(session: &Session, mut command: Command) -> Result<(), Failure> {
    if session.options.verbose {
        eprintln!("· {command:?}");
    }
    let program = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| {
        Failure::new("E0904", format!("无法运行 {program}：{error}"), format!("cannot run {program}: {error}"))
            .with_note(
                "请先安装 C 编译器（例如 apt install gcc）",
                "install a C compiler first (for example apt install gcc)",
            )
    })?;
    if output.status.success() {
        return Ok(());
    }
    Err(complaint(&program, &String::from_utf8_lossy(&output.stderr)))
}

/// The linker's own words, shortened, with the one cause users meet put first.
fn complaint(program: &str, said: &str) -> Failure {
    let missing: Vec<_> = said.lines().filter_map(|line| line.split_once("cannot find -l")).map(|it| it.1).collect();
    let mut failure = Failure::new("E0904", format!("链接失败（{program}）"), format!("linking failed ({program})"));
    for library in missing {
        let library = library.split([':', ' ']).next().unwrap_or(library);
        failure = failure.with_note(
            format!("系统里没有 C 库 {library}；请安装它的开发包"),
            format!("there is no C library {library} on this system; install its development package"),
        );
    }
    let last: Vec<_> = said.lines().rev().take(12).collect();
    last.into_iter().rev().fold(failure, |failure, line| failure.with_note(line, line))
}

fn c_compiler() -> OsString {
    std::env::var_os("CC").filter(|it| !it.is_empty()).unwrap_or_else(|| "cc".into())
}

/// Sanitized code calls the sanitizer's library of the LLVM that instrumented it; gcc brings an older one.
fn sanitizing_compiler(sanitize: Option<Sanitize>) -> Command {
    let Some(sanitize) = sanitize else { return Command::new(c_compiler()) };
    let has_clang = std::env::var_os("CC").is_none() && on_path("clang-22");
    let mut command = Command::new(if has_clang { "clang-22".into() } else { c_compiler() });
    command.arg(format!("-fsanitize={}", sanitize.name()));
    command
}

fn on_path(name: &str) -> bool {
    path_of(name).is_some()
}

fn path_of(name: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?).map(|it| it.join(name)).find(|it| it.is_file())
}

/// mold and lld link several times faster than the traditional linker. Debian installs lld as `ld.lld-22`, beside which
/// there is one with the name that compilers look for.
fn fast_linker() -> Vec<OsString> {
    if std::env::var_os("CC").is_some() {
        return Vec::new();
    }
    if on_path("mold") {
        return vec!["-fuse-ld=mold".into()];
    }
    if on_path("ld.lld") {
        return vec!["-fuse-ld=lld".into()];
    }
    let home =
        path_of("ld.lld-22").and_then(|it| it.canonicalize().ok()).and_then(|it| it.parent().map(Path::to_path_buf));
    match home.filter(|it| it.join("ld.lld").is_file()) {
        Some(home) => {
            let mut prefix = OsString::from("-B");
            prefix.push(home);
            vec![prefix, "-fuse-ld=lld".into()]
        }
        None => Vec::new(),
    }
}
