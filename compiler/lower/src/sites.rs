//! Source positions for error stacks and dumps, one per place and function.

use crate::context::Lower;
use qi_base::{Name, Span};
use qi_mir::{Site, SiteId};

impl Lower<'_> {
    pub fn site(&mut self, span: Span, function: &str) -> SiteId {
        let key = (span.file, span.start, Name::new(function));
        if let Some(&id) = self.sites.get(&key) {
            return id;
        }
        let file = self.files.get(span.file);
        let at = file.line_column(span.start);
        let id = self.module.sites.push(Site {
            file: file.path.to_string_lossy().into_owned(),
            function: function.to_owned(),
            text: file.line_text(at.line as usize - 1).to_owned(),
            line: at.line,
            column: at.column,
        });
        self.sites.insert(key, id);
        id
    }
}
