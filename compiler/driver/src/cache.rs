//! Executables of `qic run`, kept so that the second run of an unchanged program compiles nothing.
//! An entry is a folder: `program` and `manifest`, which lists every source file with the hash of its text.
//! Entries belong to one build of compiler and runtime and one set of options. Wrong or missing files mean "compile".

use crate::failure::Failure;
use qi_base::Files;
use std::fmt::Write;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

/// Programs kept; the least recently made ones go first.
const KEPT: usize = 200;

pub struct Entry {
    folder: PathBuf,
}

impl Entry {
    /// `identity` names compiler, runtime and options; none if the machine has no place for a cache.
    pub fn new(source: &Path, identity: &str) -> Option<Self> {
        let source = source.canonicalize().ok()?;
        let key = hash(format!("{identity}\n{}", source.display()).as_bytes());
        Some(Self { folder: folder()?.join(key) })
    }

    pub fn program(&self) -> PathBuf {
        self.folder.join("program")
    }

    /// The executable, if no source file has changed since it was made.
    pub fn fresh(&self) -> Option<PathBuf> {
        let manifest = std::fs::read_to_string(self.folder.join("manifest")).ok()?;
        let unchanged = manifest.lines().all(|line| {
            let Some((expected, path)) = line.split_once(' ') else { return false };
            std::fs::read(path).is_ok_and(|bytes| hash(&bytes) == expected)
        });
        let program = self.program();
        (unchanged && !manifest.is_empty() && program.is_file()).then_some(program)
    }

    /// A place to link the executable to, in the same file system as its final name.
    pub fn prepare(&self) -> Result<PathBuf, Failure> {
        std::fs::create_dir_all(&self.folder).map_err(|error| Failure::io(&self.folder, &error))?;
        Ok(self.folder.join(format!("program.{}", std::process::id())))
    }

    /// Puts the linked executable in place. Two compilers may race here: each rename is whole.
    pub fn commit(&self, linked: &Path, files: &Files) -> Result<PathBuf, Failure> {
        let mut manifest = String::new();
        for id in files.ids() {
            let path = &files.get(id).path;
            let path = path.canonicalize().map_err(|error| Failure::io(path, &error))?;
            let bytes = std::fs::read(&path).map_err(|error| Failure::io(&path, &error))?;
            let _ = writeln!(manifest, "{} {}", hash(&bytes), path.display());
        }
        let program = self.program();
        let list = linked.with_extension("manifest");
        let put = || {
            std::fs::rename(linked, &program)?;
            std::fs::write(&list, &manifest)?;
            std::fs::rename(&list, self.folder.join("manifest"))
        };
        put().map_err(|error| Failure::io(&program, &error))?;
        evict();
        Ok(program)
    }
}

pub fn clear() -> Result<(), Failure> {
    match folder() {
        Some(folder) if folder.is_dir() => {
            std::fs::remove_dir_all(&folder).map_err(|error| Failure::io(&folder, &error))
        }
        _ => Ok(()),
    }
}

/// `QI_CACHE_DIR`, else the user's cache folder.
pub fn folder() -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|it| !it.is_empty()).map(PathBuf::from);
    let base = set("QI_CACHE_DIR")
        .or_else(|| set("XDG_CACHE_HOME").map(|it| it.join("qi")))
        .or_else(|| set("HOME").map(|it| it.join(".cache/qi")))?;
    Some(base.join("run"))
}

fn evict() {
    let Some(Ok(list)) = folder().map(std::fs::read_dir) else { return };
    let mut entries: Vec<_> =
        list.flatten().filter_map(|it| Some((it.metadata().ok()?.modified().ok()?, it.path()))).collect();
    entries.sort();
    for (_, path) in entries.iter().take(entries.len().saturating_sub(KEPT)) {
        // Another compiler may be removing the same entry; either way it is gone.
        let _ = std::fs::remove_dir_all(path);
    }
}

/// 128 bits: chance collisions would run the wrong program.
fn hash(bytes: &[u8]) -> String {
    let half = |seed: u8| {
        let mut hasher = DefaultHasher::new();
        hasher.write_u8(seed);
        hasher.write(bytes);
        hasher.finish()
    };
    format!("{:016x}{:016x}", half(1), half(2))
}
