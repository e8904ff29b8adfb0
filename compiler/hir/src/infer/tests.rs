//! Small programs through collecting and inference with the repository's library: findings as `code line:column`, types by name.

use super::*;
use crate::collect::{DiskLoader, Loader, MemoryLoader, collect};
use qi_base::{Files, Severity};
use std::path::{Path, PathBuf};

/// The repository's library and one program.
struct TestLoader {
    disk: DiskLoader,
    memory: MemoryLoader,
}

impl Loader for TestLoader {
    fn read(&mut self, path: &Path) -> std::io::Result<Vec<u8>> {
        self.memory.read(path).or_else(|_| self.disk.read(path))
    }
    fn std_dir(&self) -> &Path {
        self.disk.std_dir()
    }
    fn dependency(&mut self, _: &Path, _: &str) -> Option<PathBuf> {
        None
    }
}

fn analyse(files: &[(&str, &str)]) -> (Program, Analysis, Vec<String>) {
    let std_dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../qi-std");
    let mut loader = TestLoader { disk: DiskLoader { std_dir }, memory: MemoryLoader::new(files) };
    let mut sources = Files::default();
    let mut diagnostics = Diagnostics::default();
    let mut program = collect(&mut loader, Path::new(files[0].0), &mut sources, &mut diagnostics);
    let analysis = check(&mut program, &mut diagnostics);
    let findings = diagnostics.into_sorted().into_iter().filter(|it| it.severity == Severity::Error).map(|it| {
        let place = sources.start(it.span());
        let path = sources.get(it.span().file).path.display().to_string();
        format!("{} {}:{}:{} {}", it.code, path, place.line, place.column, it.title.zh)
    });
    (program, analysis, findings.collect())
}
