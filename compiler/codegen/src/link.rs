//! Linking with the system's `cc`, with mold or lld when they are there.

use qi_base::Text;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LinkKind {
    Executable,
    /// Without a dynamic section: runs on machines without our libc.
    StaticExecutable,
    SharedLibrary,
    /// An archive of the object; whoever uses it links the runtime.
    StaticLibrary,
}

pub struct LinkJob<'a> {
    pub kind: LinkKind,
    pub objects: &'a [PathBuf],
    /// Folder of `libqi_runtime.a`.
    pub runtime_dir: &'a Path,
    pub output: &'a Path,
    /// `m` for `-lm`.
    pub libraries: &'a [String],
    /// Drop symbols and debug information.
    pub strip: bool,
}

/// Why there is no output; `details` is what the tool said.
#[derive(Debug)]
pub struct LinkError {
    pub text: Text,
    pub details: String,
}

pub const RUNTIME_LIBRARY: &str = "libqi_runtime.a";

/// Makes `job.output`.
pub fn link(job: &LinkJob<'_>) -> Result<(), LinkError> {
    if job.kind == LinkKind::StaticLibrary {
        return archive(job);
    }
    let runtime = job.runtime_dir.join(RUNTIME_LIBRARY);
    if !runtime.is_file() {
        let (zh, en) =
            (format!("找不到运行时库 {}", runtime.display()), format!("no runtime library at {}", runtime.display()));
        return Err(LinkError { text: Text::new(zh, en), details: String::new() });
    }
    run(command(job, &runtime))
}

fn command(job: &LinkJob<'_>, runtime: &Path) -> Command {
    let mut cc = Command::new("cc");
    cc.arg("-o").arg(job.output).args(job.objects);
    if let Some(linker) = fast_linker() {
        cc.arg(format!("-fuse-ld={linker}"));
    }
    match job.kind {
        LinkKind::Executable => cc.arg("-pie"),
        LinkKind::StaticExecutable => cc.arg("-static"),
        LinkKind::SharedLibrary | LinkKind::StaticLibrary => cc.arg("-shared"),
    };
    cc.arg(runtime);
    cc.args(job.libraries.iter().map(|it| format!("-l{it}")));
    // What Rust's standard library asks for on Linux.
    cc.args(
        ["-lgcc_s", "-lutil", "-lrt", "-lpthread", "-lm", "-ldl", "-lc"]
            .iter()
            .filter(|it| job.kind != LinkKind::StaticExecutable || **it != "-lgcc_s"),
    );
    if job.kind == LinkKind::StaticExecutable {
        cc.arg("-lgcc_eh");
    }
    cc.args(["-Wl,--gc-sections", "-Wl,--as-needed"]);
    if job.strip {
        cc.arg("-Wl,--strip-all");
    }
    cc
}

/// A linker much faster than the default one.
fn fast_linker() -> Option<&'static str> {
    let path = std::env::var_os("PATH")?;
    let has = |name: &str| std::env::split_paths(&path).any(|folder| folder.join(name).is_file());
    if has("mold") {
        Some("mold")
    } else if has("ld.lld") {
        Some("lld")
    } else {
        None
    }
}

fn archive(job: &LinkJob<'_>) -> Result<(), LinkError> {
    // `ar` adds to an archive that is there.
    if job.output.exists()
        && let Err(error) = std::fs::remove_file(job.output)
    {
        let (zh, en) =
            (format!("无法替换 {}", job.output.display()), format!("cannot replace {}", job.output.display()));
        return Err(LinkError { text: Text::new(zh, en), details: error.to_string() });
    }
    let mut ar = Command::new("ar");
    ar.arg("rcsD").arg(job.output).args(job.objects);
    run(ar)
}

fn run(mut command: Command) -> Result<(), LinkError> {
    let name = command.get_program().to_string_lossy().into_owned();
    match command.output() {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(LinkError {
            text: Text::new(format!("{name} 链接失败"), format!("{name} failed to link")),
            details: String::from_utf8_lossy(&output.stderr).into_owned(),
        }),
        Err(error) => Err(LinkError {
            text: Text::new(
                format!("无法运行 {name}，请安装 C 工具链"),
                format!("cannot run {name}; install a C toolchain"),
            ),
            details: error.to_string(),
        }),
    }
}
