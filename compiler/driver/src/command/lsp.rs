//! `qic lsp`: the language server for editors; this side reads files and runs the stages for it.

use super::Outcome;
use crate::failure::Failure;
use crate::package::MANIFEST;
use crate::pipeline;
use crate::session::Session;
use qi_hir::collect::modules_in;
use qi_ide::{Checked, Host, Package};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub fn lsp(session: &mut Session) -> Outcome {
    let language = session.options.language;
    qi_lsp::serve(&mut Compiler { session }, &|text| language.pick(text)).map(|()| 0).map_err(|_| {
        let failure = Failure::new("E0910", "语言服务只和编辑器说话", "the language server talks to editors only");
        failure.with_note(
            "在编辑器里把 Qi 的语言服务设为命令 qic lsp",
            "make `qic lsp` the language server for Qi in your editor",
        )
    })
}

struct Compiler<'a> {
    session: &'a mut Session,
}

impl Host for Compiler<'_> {
    fn check(&mut self, entry: &Path, unsaved: &BTreeMap<PathBuf, String>) -> Option<Checked> {
        self.session.unsaved.clone_from(unsaved);
        pipeline::checked(self.session, entry).ok()
    }
    fn package(&mut self, file: &Path) -> Package {
        let folder = file.parent().unwrap_or(file);
        // Not resolved further: paths must be those that imports lead to.
        match folder.ancestors().find(|it| it.join(MANIFEST).is_file()) {
            Some(root) => Package { root: Some(root.to_path_buf()), files: sources_in(root) },
            None => Package { root: None, files: modules_in(folder) },
        }
    }

    fn read(&mut self, file: &Path) -> Option<String> {
        std::fs::read_to_string(file).ok()
    }
}

/// A package with more is not searched to the end.
const MAX_SOURCES: usize = 10_000;

/// The source files of a package, without those of packages inside it and of hidden folders. Links are not followed.
fn sources_in(root: &Path) -> Vec<PathBuf> {
    let mut sources = Vec::new();
    let mut open = vec![root.to_path_buf()];
    while let Some(folder) = open.pop().filter(|_| sources.len() < MAX_SOURCES) {
        sources.extend(modules_in(&folder));
        let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        let folders = entries.filter(|it| it.file_type().is_ok_and(|it| it.is_dir())).map(|it| it.path());
        let is_hidden = |it: &PathBuf| it.file_name().is_some_and(|it| it.to_string_lossy().starts_with('.'));
        open.extend(folders.filter(|it| !is_hidden(it) && !it.join(MANIFEST).is_file()));
    }
    sources.sort();
    sources
}
