//! Source positions for error stacks and dumps, one per place and function.

use crate::context::Lower;
use qi_base::{FileId, Name, Span};
use qi_mir::{Site, SiteId};

impl Lower<'_> {
    pub fn site(&mut self, span: Span, function: &str) -> SiteId {
        let key = (span.file, span.start, Name::new(function));
        if let Some(&id) = self.sites.get(&key) {
            return id;
        }
        let shown = self.shown_path(span.file);
        let file = self.files.get(span.file);
        let at = file.line_column(span.start);
        let id = self.module.sites.push(Site {
            file: shown,
            function: function.to_owned(),
            text: file.line_text(at.line as usize - 1).to_owned(),
            line: at.line,
            column: at.column,
            inlined_at: None,
        });
        self.sites.insert(key, id);
        id
    }
    /// Library files by their module path: where the library is installed is nobody's business.
    fn shown_path(&mut self, id: FileId) -> String {
        let shown = self.shown_paths.entry(id).or_insert_with(|| {
            let path = &self.files.get(id).path;
            let is_std = self.program.modules.values().any(|module| module.file == id && module.is_std);
            match path.file_name() {
                Some(name) if is_std => format!("标准库/{}", name.to_string_lossy()),
                _ => path.to_string_lossy().into_owned(),
            }
        });
        shown.clone()
    }
}
