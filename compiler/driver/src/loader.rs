//! Source files for `collect`: the disk, the standard library of this toolchain, and `[dependencies]` with a path.

use crate::failure::Failure;
use crate::package::Package;
use qi_hir::collect::{Loader, modules_in};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

pub struct PackageLoader {
    std: PathBuf,
    /// See [`crate::session::Session::unsaved`].
    unsaved: BTreeMap<PathBuf, String>,
    /// Dependencies by package folder; read when first asked for.
    packages: BTreeMap<PathBuf, BTreeMap<String, PathBuf>>,
}

impl PackageLoader {
    /// The entry must be readable and its package's manifest well-formed; other files are judged when they are imported.
    pub fn new(std: &Path, entry: &Path, unsaved: &BTreeMap<PathBuf, String>) -> Result<Self, Failure> {
        if !unsaved.contains_key(entry) {
            let metadata = entry.metadata().map_err(|error| Failure::io(entry, &error))?;
            if metadata.is_dir() {
                return Err(Failure::io(entry, &io::ErrorKind::IsADirectory.into()));
            }
        }
        let mut loader = Self { std: std.to_path_buf(), unsaved: unsaved.clone(), packages: BTreeMap::new() };
        let folder = folder_of(entry);
        if let Some(package) = Package::around(&folder)? {
            loader.packages.insert(package.root.clone(), package.dependencies);
        }
        Ok(loader)
    }
}

impl Loader for PackageLoader {
    fn read(&mut self, path: &Path) -> io::Result<Vec<u8>> {
        match self.unsaved.get(path) {
            Some(text) => Ok(text.clone().into_bytes()),
            None => std::fs::read(path),
        }
    }
    fn std_dir(&self) -> &Path {
        &self.std
    }
    fn std_modules(&mut self) -> Vec<PathBuf> {
        modules_in(&self.std)
    }
    fn dependency(&mut self, importer: &Path, name: &str) -> Option<PathBuf> {
        let folder = folder_of(importer);
        let root = folder.ancestors().find(|it| it.join(crate::package::MANIFEST).is_file())?.to_path_buf();
        if !self.packages.contains_key(&root) {
            let package = Package::around(&root).ok().flatten()?;
            self.packages.insert(root.clone(), package.dependencies);
        }
        self.packages.get(&root)?.get(name).cloned()
    }
}

/// The absolute folder of a file.
fn folder_of(file: &Path) -> PathBuf {
    let absolute = file.canonicalize().unwrap_or_else(|_| file.to_path_buf());
    absolute.parent().map(Path::to_path_buf).unwrap_or_default()
}
