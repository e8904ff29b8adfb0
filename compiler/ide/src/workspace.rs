//! The open files with their texts, and what the last check of each said.

use crate::complete::{self, Completion};
use crate::look::{self, Found, Symbol};
use crate::mentions::Mentions;
use crate::references::{self, InFile, Search};
use crate::rename::{self, Renamed};
use crate::signature::{self, Help};
use qi_base::{Diagnostic, FileId, Files, Fix, Span, Text};
use qi_hir::{Analysis, Program};
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A program as far as it was understood.
pub struct Checked {
    pub files: Files,
    pub found: Vec<Diagnostic>,
    pub program: Program,
    pub analysis: Analysis,
}

/// The files that belong together with one.
#[derive(Default)]
pub struct Package {
    /// Of the package; none where no package is around.
    pub root: Option<PathBuf>,
    pub files: Vec<PathBuf>,
}

/// Who reads the other files of a program and runs the stages.
pub trait Host {
    /// `unsaved` counts instead of what is on the disk. None: the file cannot be the beginning of a program.
    fn check(&mut self, entry: &Path, unsaved: &BTreeMap<PathBuf, String>) -> Option<Checked>;
    /// What the disk has, with paths as imports from `file` find them.
    fn package(&mut self, file: &Path) -> Package;
    /// From the disk.
    fn read(&mut self, file: &Path) -> Option<String>;
}

/// A checked program, with its names once somebody asks for them.
pub(crate) struct Known {
    pub checked: Checked,
    mentions: OnceCell<Mentions>,
}

impl Known {
    pub fn new(checked: Checked) -> Self {
        Self { checked, mentions: OnceCell::new() }
    }
    pub fn mentions(&self) -> &Mentions {
        self.mentions.get_or_init(|| Mentions::new(&self.checked))
    }
    pub fn file(&self, path: &Path) -> Option<FileId> {
        self.checked.files.find(path)
    }
    /// Without the library's.
    pub fn own_files(&self) -> impl Iterator<Item = PathBuf> {
        let own = self.checked.program.modules.values().filter(|it| !it.is_std);
        own.map(|it| self.checked.files.get(it.file).path.clone())
    }
}

#[derive(Default)]
pub struct Workspace {
    texts: BTreeMap<PathBuf, String>,
    checked: BTreeMap<PathBuf, Known>,
    /// Some text changed since the last check.
    is_stale: bool,
}

impl Workspace {
    pub fn is_stale(&self) -> bool {
        self.is_stale
    }
    /// Opens the file, or changes its text.
    pub fn set(&mut self, path: PathBuf, text: &str) {
        self.is_stale = true;
        self.texts.insert(path, text.strip_prefix('\u{FEFF}').unwrap_or(text).to_owned());
    }
    pub fn close(&mut self, path: &Path) {
        self.is_stale = true;
        self.texts.remove(path);
        self.checked.remove(path);
    }

    /// Checks every open file, as the beginning of a program of its own: one may import another.
    pub fn check(&mut self, host: &mut dyn Host) {
        self.is_stale = false;
        let check = |path: &PathBuf| Some((path.clone(), Known::new(host.check(path, &self.texts)?)));
        self.checked = self.texts.keys().filter_map(check).collect();
    }
    pub fn checked(&self) -> impl Iterator<Item = &Checked> {
        self.checked.values().map(|it| &it.checked)
    }
    /// The last check that began with this file, and the file in it.
    pub fn checked_file(&self, path: &Path) -> Option<(&Checked, FileId)> {
        let (known, file) = self.known_file(path)?;
        Some((&known.checked, file))
    }
    fn known_file(&self, path: &Path) -> Option<(&Known, FileId)> {
        let known = self.checked.get(path)?;
        Some((known, known.file(path)?))
    }
    fn search(&self) -> Search<'_> {
        Search { known: &self.checked, texts: &self.texts }
    }

    /// Everywhere the name at the place is written for the same thing. None: no name stands there.
    pub fn references(
        &self,
        host: &mut dyn Host,
        path: &Path,
        offset: u32,
        with_declaration: bool,
    ) -> Option<Vec<InFile>> {
        self.search().references(host, path, offset, with_declaration)
    }
    /// The same in this file alone.
    pub fn highlights(&self, path: &Path, offset: u32) -> Option<Vec<Span>> {
        let (known, file) = self.known_file(path)?;
        references::highlights(known, file, offset)
    }
    /// The name at the place, if it can be changed; else why not.
    pub fn renameable(&self, host: &mut dyn Host, path: &Path, offset: u32) -> Result<Span, Text> {
        rename::renameable(&self.search(), host, path, offset)
    }
    /// Changes the name at the place wherever it is written; or says why that cannot be.
    pub fn rename(&self, host: &mut dyn Host, path: &Path, offset: u32, new_name: &str) -> Result<Vec<Renamed>, Text> {
        rename::rename(&self.search(), host, path, offset, new_name)
    }
    /// The call whose arguments are written at the place.
    pub fn signature(&self, path: &Path, offset: u32) -> Option<Help> {
        let (known, file) = self.known_file(path)?;
        signature::at(known, file, offset)
    }
    /// Where the name at the place is declared; of a module the start of its file.
    pub fn declaration(&self, path: &Path, offset: u32) -> Option<(&Checked, Span)> {
        let (known, file) = self.known_file(path)?;
        let first = references::mentioned(known, file, offset).first()?;
        Some((&known.checked, first.target))
    }

    /// What could stand at the place; none if the file is not open.
    pub fn complete(&self, host: &mut dyn Host, path: &Path, offset: u32) -> Option<Vec<Completion>> {
        complete::complete(host, &self.texts, path, offset)
    }
    /// Of an open file.
    pub fn text(&self, path: &Path) -> Option<&str> {
        self.texts.get(path).map(String::as_str)
    }

    /// The text in the one layout, beside the text as it is; none where it has syntax errors.
    pub fn formatted(&self, path: &Path) -> Option<(&str, String)> {
        let text = self.texts.get(path)?;
        Some((text, qi_fmt::format(text).ok()?))
    }
}

impl Checked {
    pub fn at(&self, file: FileId, offset: u32) -> Option<Found> {
        look::at(&self.program, &self.analysis, &self.files, file, offset)
    }
    pub fn symbols(&self, file: FileId) -> Vec<Symbol> {
        look::symbols(&self.program, file)
    }
    /// The fixes of what is found where `span` is.
    pub fn fixes(&self, span: Span) -> impl Iterator<Item = &Fix> {
        let touches = move |it: &&Diagnostic| {
            let own = it.span();
            own.file == span.file && own.start <= span.end && span.start <= own.end
        };
        self.found.iter().filter(touches).flat_map(|it| &it.fixes)
    }
}
