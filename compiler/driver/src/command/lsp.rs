//! `qic lsp`: the language server for editors; this side reads files and runs the stages for it.

use super::Outcome;
use crate::failure::Failure;
use crate::pipeline;
use crate::session::Session;
use qi_ide::{Checked, Host};
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
}
