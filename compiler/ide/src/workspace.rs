//! The open files with their texts, and what the last check of each said.

use crate::complete::{self, Completion};
use crate::look::{self, Found, Symbol};
use qi_base::{Diagnostic, FileId, Files, Fix, Span};
use qi_hir::{Analysis, Program};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A program as far as it was understood.
pub struct Checked {
    pub files: Files,
    pub found: Vec<Diagnostic>,
    pub program: Program,
    pub analysis: Analysis,
}

/// Who reads the other files of a program and runs the stages.
pub trait Host {
    /// `unsaved` counts instead of what is on the disk. None: the file cannot be the beginning of a program.
    fn check(&mut self, entry: &Path, unsaved: &BTreeMap<PathBuf, String>) -> Option<Checked>;
}

#[derive(Default)]
pub struct Workspace {
    texts: BTreeMap<PathBuf, String>,
    checked: BTreeMap<PathBuf, Checked>,
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
        let check = |path: &PathBuf| Some((path.clone(), host.check(path, &self.texts)?));
        self.checked = self.texts.keys().filter_map(check).collect();
    }
    pub fn checked(&self) -> impl Iterator<Item = &Checked> {
        self.checked.values()
    }
    /// The last check that began with this file, and the file in it.
    pub fn checked_file(&self, path: &Path) -> Option<(&Checked, FileId)> {
        let checked = self.checked.get(path)?;
        let file = checked.files.ids().find(|&it| checked.files.get(it).path == path)?;
        Some((checked, file))
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
