//! What lowering of one file needs everywhere: spans of its nodes and a place for findings.

use crate::diagnostics;
use qi_base::{Diagnostic, Diagnostics, FileId, Span};
use qi_syntax::ast::{AstNode, TextRange};

pub(super) struct Ctx<'a> {
    pub file: FileId,
    pub is_std: bool,
    pub diagnostics: &'a mut Diagnostics,
}

impl Ctx<'_> {
    pub fn span(&self, node: &impl AstNode) -> Span {
        node.span(self.file)
    }
    pub fn range(&self, range: TextRange) -> Span {
        Span::new(self.file, range.start().into(), range.end().into())
    }
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }
    /// For what the language reference has and this compiler not yet.
    pub fn unsupported(&mut self, span: Span, zh: &str, en: &str) {
        self.report(diagnostics::unsupported(span, zh, en));
    }
}
