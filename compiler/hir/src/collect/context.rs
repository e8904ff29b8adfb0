//! What lowering of one file needs everywhere: spans of its nodes and a place for findings.

use crate::diagnostics;
use qi_base::{Diagnostic, Diagnostics, FileId, Name, Span};
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
    /// Reports that `word` may not stand in `node`; at `otherwise` if it is written in signs.
    pub fn misplaced(&mut self, node: &impl AstNode, word: &str, otherwise: Span) {
        let tokens = node.syntax().descendants_with_tokens().filter_map(|it| it.into_token());
        let found = tokens.into_iter().find(|it| it.text() == word);
        let span = found.map_or(otherwise, |it| self.range(it.text_range()));
        self.report(diagnostics::misplaced_modifier(span, word));
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

    /// The argument of `@内建("name")`; reports attributes that do not belong here.
    pub fn attributes(&mut self, node: &impl HasAttributes, allow_no_alloc: bool) -> Option<String> {
        let mut intrinsic = None;
        for attribute in node.attributes() {
            let span = self.span(&attribute);
            let name = attribute.name().map_or(Name::new(""), |it| it.name());
            match name.as_str() {
                "内建" if self.is_std => intrinsic = Some(attribute.string_arg().unwrap_or_default()),
                "内建" => self.report(diagnostics::intrinsic_outside_std(span)),
                "零分配" if allow_no_alloc => {}
                "零分配" => self.report(diagnostics::misplaced_modifier(span, "@零分配")),
                "" => {}
                other => self.report(diagnostics::unknown_attribute(span, other)),
            }
        }
        intrinsic
    }
}
