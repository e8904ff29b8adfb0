//! What lowering of one file needs everywhere: spans of its nodes and a place for findings.

use crate::diagnostics;
use qi_base::{Diagnostic, Diagnostics, FileId, Span};
use qi_syntax::ast::{AstNode, HasAttributes, TextRange};

pub(super) struct Ctx<'a> {
    pub file: FileId,
    pub is_std: bool,
    pub diagnostics: &'a mut Diagnostics,
}

impl Ctx<'_> {
    pub fn span(&self, node: &impl AstNode) -> Span {
        node.span(self.file)
    }
    /// The empty place before a declaration, after its attributes: where another modifier would stand.
    pub fn head(&self, node: &impl HasAttributes) -> Span {
        let after = node.attributes().last().map(|it| it.text_range().end());
        let tokens = node.syntax().descendants_with_tokens().filter_map(|it| it.into_token());
        let mut tokens = tokens.filter(|it| !it.kind().is_trivia());
        let first = tokens.find(|it| after.is_none_or(|after| it.text_range().start() >= after));
        first.map_or(self.span(node), |it| self.range(it.text_range())).before()
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
