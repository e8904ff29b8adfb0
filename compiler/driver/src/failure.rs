//! What stops a command without pointing into a source text: missing files, a failing linker, unsupported options.

use qi_base::Text;

/// The user's program or environment is wrong.
pub const EXIT_WRONG: u8 = 1;
/// The command line is wrong, or asks for something that does not exist yet.
pub const EXIT_USAGE: u8 = 2;

#[derive(Debug)]
pub struct Failure {
    pub code: &'static str,
    pub title: Text,
    pub notes: Vec<Text>,
    pub exit: u8,
    /// Diagnostics have been shown already; only the exit code is left to say.
    pub silent: bool,
}

impl Failure {
    pub fn new(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { code, title: Text::new(zh, en), notes: Vec::new(), exit: EXIT_WRONG, silent: false }
    }
    /// After diagnostics were rendered.
    pub fn reported() -> Self {
        Self { silent: true, ..Self::new("", "", "") }
    }
    /// Something the reference promises and this version lacks.
    pub fn unsupported(zh: impl std::fmt::Display, en: impl std::fmt::Display) -> Self {
        Self::new("E0903", format!("尚未支持：{zh}"), format!("not supported yet: {en}")).usage()
    }
    /// `path` cannot be read or written.
    pub fn io(path: &std::path::Path, error: &std::io::Error) -> Self {
        let path = path.display();
        Self::new("E0901", format!("无法读写 {path}：{}", io_reason(error)), format!("cannot access {path}: {error}"))
    }
    pub fn with_note(mut self, zh: impl Into<String>, en: impl Into<String>) -> Self {
        self.notes.push(Text::new(zh, en));
        self
    }
    pub fn usage(mut self) -> Self {
        self.exit = EXIT_USAGE;
        self
    }
}

/// The system's reason in Chinese, for the reasons a user meets.
fn io_reason(error: &std::io::Error) -> String {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::NotFound => "没有这个文件或目录".into(),
        ErrorKind::PermissionDenied => "没有权限".into(),
        ErrorKind::AlreadyExists => "已经存在".into(),
        ErrorKind::IsADirectory => "这是一个目录".into(),
        ErrorKind::NotADirectory => "路径中有一段不是目录".into(),
        ErrorKind::StorageFull => "磁盘已满".into(),
        ErrorKind::ReadOnlyFilesystem => "文件系统只读".into(),
        ErrorKind::ExecutableFileBusy => "程序正在运行".into(),
        _ => error.to_string(),
    }
}
