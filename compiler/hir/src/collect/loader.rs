//! Where source text comes from. The compiler reads files only through this.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

pub trait Loader {
    /// The bytes of a file.
    fn read(&mut self, path: &Path) -> io::Result<Vec<u8>>;
    /// The folder of the standard library.
    fn std_dir(&self) -> &Path;
    /// The files of the standard library that programs import, sorted.
    fn std_modules(&mut self) -> Vec<PathBuf> {
        Vec::new()
    }
    /// The folder of the package that `importer`'s package calls `name` in its `[dependencies]`.
    fn dependency(&mut self, importer: &Path, name: &str) -> Option<PathBuf>;
}

/// The source files directly in `folder`, sorted.
pub fn modules_in(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|it| it.path());
    let mut files: Vec<PathBuf> = entries.filter(|it| it.extension().is_some_and(|it| it == "qi")).collect();
    files.sort();
    files
}

/// Files of the disk, without dependencies.
#[derive(Debug)]
pub struct DiskLoader {
    pub std_dir: PathBuf,
}

impl Loader for DiskLoader {
    fn read(&mut self, path: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }
    fn std_dir(&self) -> &Path {
        &self.std_dir
    }
    fn std_modules(&mut self) -> Vec<PathBuf> {
        modules_in(&self.std_dir)
    }
    fn dependency(&mut self, _importer: &Path, _name: &str) -> Option<PathBuf> {
        None
    }
}

/// Files in memory; the standard library is in `std/`. For tests and editors.
#[derive(Debug, Default)]
pub struct MemoryLoader {
    pub files: BTreeMap<PathBuf, String>,
    pub dependencies: BTreeMap<String, PathBuf>,
}

impl MemoryLoader {
    pub fn new(files: &[(&str, &str)]) -> Self {
        let files = files.iter().map(|&(path, text)| (PathBuf::from(path), text.to_owned()));
        Self { files: files.collect(), dependencies: BTreeMap::new() }
    }
}

impl Loader for MemoryLoader {
    fn read(&mut self, path: &Path) -> io::Result<Vec<u8>> {
        let text = self.files.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(text.clone().into_bytes())
    }
    fn std_dir(&self) -> &Path {
        Path::new("std")
    }
    fn std_modules(&mut self) -> Vec<PathBuf> {
        self.files.keys().filter(|it| it.parent() == Some(Path::new("std"))).cloned().collect()
    }
    fn dependency(&mut self, _importer: &Path, name: &str) -> Option<PathBuf> {
        self.dependencies.get(name).cloned()
    }
}
