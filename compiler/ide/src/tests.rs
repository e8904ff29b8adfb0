//! Programs in memory with the repository's library; `$0` is the cursor.

mod references;
mod rename;
mod signature;

use crate::{Checked, Host, Package, Workspace};
use qi_base::{Diagnostics, Files};
use qi_hir::collect::{DiskLoader, Loader, collect};
use qi_hir::{flow, infer};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

const CURSOR: &str = "$0";

/// The first file is open, the others are on the disk.
struct Disk {
    files: BTreeMap<PathBuf, String>,
}

struct TestLoader<'a> {
    disk: DiskLoader,
    files: &'a BTreeMap<PathBuf, String>,
    unsaved: &'a BTreeMap<PathBuf, String>,
}

impl Loader for TestLoader<'_> {
    fn read(&mut self, path: &Path) -> io::Result<Vec<u8>> {
        match self.unsaved.get(path).or_else(|| self.files.get(path)) {
            Some(text) => Ok(text.clone().into_bytes()),
            None => self.disk.read(path),
        }
    }
    fn std_dir(&self) -> &Path {
        self.disk.std_dir()
    }
    fn dependency(&mut self, _: &Path, name: &str) -> Option<PathBuf> {
        (name == "别包").then(|| PathBuf::from("/别包"))
    }
}

impl Host for Disk {
    fn check(&mut self, entry: &Path, unsaved: &BTreeMap<PathBuf, String>) -> Option<Checked> {
        let std_dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../qi-std");
        let mut loader = TestLoader { disk: DiskLoader { std_dir }, files: &self.files, unsaved };
        let (mut files, mut found) = (Files::default(), Diagnostics::default());
        let mut program = collect(&mut loader, entry, &mut files, &mut found);
        let mut analysis = infer::check(&mut program, &mut found);
        flow::check(&program, &mut analysis, &mut found);
        Some(Checked { files, found: found.into_sorted(), program, analysis })
    }
    fn package(&mut self, file: &Path) -> Package {
        let root = file.ancestors().nth(1).map(Path::to_path_buf);
        let files = self.files.keys().filter(|it| it.parent() == root.as_deref()).cloned();
        Package { files: files.collect(), root }
    }
    fn read(&mut self, file: &Path) -> Option<String> {
        self.files.get(file).cloned()
    }
}

/// A workspace with the first file open, and the cursor.
struct Fixture {
    disk: Disk,
    workspace: Workspace,
    path: PathBuf,
    offset: u32,
}

impl Fixture {
    fn new(files: &[(&str, &str)]) -> Self {
        let path = |name: &str| Path::new("/包").join(name);
        let mut fixture =
            Self { disk: Disk { files: BTreeMap::new() }, workspace: Workspace::default(), path: path(""), offset: 0 };
        for (index, (name, text)) in files.iter().enumerate() {
            let plain = text.replace(CURSOR, "");
            if let Some(offset) = text.find(CURSOR) {
                (fixture.path, fixture.offset) = (path(name), offset as u32);
            }
            if index == 0 || text.contains(CURSOR) {
                fixture.workspace.set(path(name), &plain);
            }
            fixture.disk.files.insert(path(name), plain);
        }
        fixture.workspace.check(&mut fixture.disk);
        fixture
    }
}
