//! State of one run of the compiler: options that hold for every command, the source files read so far, stage times.

use crate::failure::Failure;
use crate::language::Language;
use crate::render::{Format, Renderer};
use crate::toolchain::Toolchain;
use qi_base::{Diagnostic, File, FileId, Files, Severity};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

#[derive(Clone, Copy, Debug)]
pub struct Options {
    pub language: Language,
    pub format: Format,
    pub color: bool,
    pub deny_warnings: bool,
    pub timings: bool,
    pub quiet: bool,
    pub verbose: bool,
    /// JSON messages go to stderr because stdout belongs to the program.
    pub messages_on_stderr: bool,
}

#[derive(Debug)]
pub struct Session {
    pub options: Options,
    pub toolchain: Toolchain,
    pub files: Files,
    /// Texts of an editor, which count instead of what is on the disk.
    pub unsaved: BTreeMap<PathBuf, String>,
    times: Vec<(&'static str, Duration)>,
}

impl Session {
    pub fn new(options: Options) -> Self {
        Self {
            options,
            toolchain: Toolchain::find(),
            files: Files::default(),
            unsaved: BTreeMap::new(),
            times: Vec::new(),
        }
    }

    /// Runs one stage and remembers how long it took.
    pub fn timed<T>(&mut self, stage: &'static str, work: impl FnOnce(&mut Self) -> T) -> T {
        if self.options.verbose {
            eprintln!("· {stage}");
        }
        let start = Instant::now();
        let result = work(self);
        self.times.push((stage, start.elapsed()));
        result
    }

    /// For `--timings`: one line per stage.
    pub fn print_times(&self) {
        if !self.options.timings {
            return;
        }
        let total: Duration = self.times.iter().map(|it| it.1).sum();
        for (stage, time) in self.times.iter().copied().chain([("total", total)]) {
            eprintln!("{:>10.2} ms  {stage}", time.as_secs_f64() * 1000.0);
        }
    }

    /// Reads a source file the user named.
    pub fn load(&mut self, path: &Path) -> Result<FileId, Failure> {
        let text = read_source(path)?;
        Ok(self.files.add(File::new(path, text)))
    }

    /// Shows findings; an error if the program may not be compiled further.
    pub fn report(&self, diagnostics: &[Diagnostic]) -> Result<(), Failure> {
        Renderer::new(&self.options, &self.files).report(diagnostics);
        let stops = |it: &Diagnostic| it.severity == Severity::Error || self.options.deny_warnings;
        if diagnostics.iter().any(stops) { Err(Failure::reported()) } else { Ok(()) }
    }

    pub fn say(&self, zh: &str, en: &str) {
        if !self.options.quiet {
            eprintln!("{}", self.options.language.choose(zh, en));
        }
    }
}

/// A source file as text, without a byte order mark. Anything but UTF-8 is an error that names the byte.
pub fn read_source(path: &Path) -> Result<String, Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::io(path, &error))?;
    let text = String::from_utf8(bytes).map_err(|error| not_utf8(path, &error))?;
    Ok(text.strip_prefix('\u{FEFF}').map(str::to_owned).unwrap_or(text))
}

fn not_utf8(path: &Path, error: &std::string::FromUtf8Error) -> Failure {
    let offset = error.utf8_error().valid_up_to();
    let before = &error.as_bytes()[..offset];
    let line = before.iter().filter(|&&byte| byte == b'\n').count() + 1;
    let start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
    let line_text = String::from_utf8_lossy(&before[start..]);
    let column = line_text.trim_start_matches('\u{FEFF}').chars().count() + 1;
    let place = format!("{}:{line}:{column}", path.display());
    Failure::new(
        "E0902",
        format!("{place} 不是 UTF-8 文本：偏移 {offset} 处的字节无效"),
        format!("{place} is not UTF-8 text: invalid byte at offset {offset}"),
    )
    .with_note(
        "奇语言的源文件只用 UTF-8 编码；请在编辑器里“另存为 UTF-8”",
        "Qi sources are UTF-8; save the file as UTF-8 in your editor",
    )
}
