//! What only the syntax tree still knows: names that HIR keeps without a place. A file is read again when first asked about.

use qi_base::{FileId, Files, Name, Span};
use qi_syntax::ast::{self, AstNode, HasLabel};
use qi_syntax::{SyntaxKind, SyntaxNode, SyntaxToken};
use std::cell::RefCell;
use std::collections::HashMap;

pub(crate) struct Trees<'a> {
    files: &'a Files,
    read: RefCell<HashMap<FileId, ast::SourceFile>>,
}

/// The name of a field in a pattern.
pub(crate) struct PatternField {
    pub span: Span,
    /// `点 { 横 }`: it is the name of the variable too.
    pub is_short: bool,
}

impl<'a> Trees<'a> {
    pub fn new(files: &'a Files) -> Self {
        Self { files, read: RefCell::default() }
    }

    pub fn file(&self, file: FileId) -> ast::SourceFile {
        let mut read = self.read.borrow_mut();
        read.entry(file).or_insert_with(|| qi_syntax::parse(file, &self.files.get(file).text).tree).clone()
    }

    fn token(&self, at: Span) -> Option<SyntaxToken> {
        token_at(self.file(at.file).syntax(), at.start)
    }

    /// The field that the pattern at `pattern` is written for.
    pub fn pattern_field(&self, pattern: Span) -> Option<PatternField> {
        let field = self.token(pattern)?.parent_ancestors().find_map(ast::StructPatternField::cast)?;
        Some(PatternField { span: field.name()?.span(pattern.file), is_short: field.pattern().is_none() })
    }

    /// The name in `[头, ..名]`, of the array pattern at `pattern`.
    pub fn rest_name(&self, pattern: Span) -> Option<Span> {
        let array = self.token(pattern)?.parent_ancestors().find_map(ast::ArrayPattern::cast)?;
        array.elements().find_map(|it| match it {
            ast::Pattern::Rest(it) => Some(it.name()?.span(pattern.file)),
            _ => None,
        })
    }

    /// The label in front of the loop at `expr`.
    pub fn label(&self, expr: Span) -> Option<Span> {
        Some(label_of(&self.token(expr)?.parent_ancestors().find(|it| is_loop(it.kind()))?)?.span(expr.file))
    }

    /// The label that the word after 跳出 or 继续 at `at` means.
    pub fn meant_label(&self, at: Span, name: Name) -> Option<Span> {
        let is_border = |it: &SyntaxNode| matches!(it.kind(), SyntaxKind::CLOSURE_EXPR | SyntaxKind::FUNCTION);
        let around = self.token(at)?.parent_ancestors().take_while(|it| !is_border(it));
        let mut labels = around.filter(|it| is_loop(it.kind())).filter_map(|it| label_of(&it));
        Some(labels.find(|it| it.name() == name)?.span(at.file))
    }
}

/// The token that covers the byte, or begins there.
pub(crate) fn token_at(root: &SyntaxNode, offset: u32) -> Option<SyntaxToken> {
    (offset <= u32::from(root.text_range().end())).then(|| root.token_at_offset(offset.into()).right_biased())?
}

fn is_loop(kind: SyntaxKind) -> bool {
    matches!(kind, SyntaxKind::WHILE_EXPR | SyntaxKind::LOOP_EXPR | SyntaxKind::FOR_EXPR)
}

fn label_of(node: &SyntaxNode) -> Option<ast::Name> {
    match node.kind() {
        SyntaxKind::WHILE_EXPR => ast::WhileExpr::cast(node.clone())?.label(),
        SyntaxKind::LOOP_EXPR => ast::LoopExpr::cast(node.clone())?.label(),
        _ => ast::ForExpr::cast(node.clone())?.label(),
    }
}
