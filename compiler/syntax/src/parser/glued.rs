//! `如果甲 > 2 {`: a keyword that swallowed the name after it, for Chinese is not split by spaces; `if 甲 > 2 {`: a keyword of
//! another language. The parser notes such names where it is lost; reading again with the keyword shows whether that was
//! the reason.

use super::Parser;
use crate::{SyntaxKind, Token, diagnostics};
use qi_base::{Diagnostic, FileId, Span};

/// A name that may be a keyword and more, or one of another language.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Glued {
    pub(super) start: u32,
    keyword: SyntaxKind,
    /// Length of the keyword and of the whole name, in bytes; the same for a foreign word.
    len: u32,
    name_len: u32,
    /// Nothing else was wrong there.
    is_alone: bool,
}

impl Parser<'_> {
    /// Notes token `index`, if it is a name that begins with one of `keywords`.
    pub(super) fn note_glued(&mut self, index: usize, keywords: &[SyntaxKind], is_alone: bool) {
        let Some(tok) = self.input.toks.get(index).filter(|it| it.kind == SyntaxKind::IDENT) else { return };
        let name = &self.text[tok.start as usize..tok.end as usize];
        if let Some(keyword) = foreign_keyword(name).filter(|it| !is_alone && keywords.contains(it)) {
            let len = name.len() as u32;
            return self.glued.push(Glued { start: tok.start, keyword, len, name_len: len, is_alone });
        }
        let starts = keywords.iter().filter_map(|&it| Some((it, it.text().filter(|text| name.starts_with(text))?)));
        let Some((keyword, text)) = starts.max_by_key(|it| it.1.len()) else { return };
        let is_name = name[text.len()..].starts_with(crate::lexer::is_identifier_start);
        if is_name {
            let (len, name_len) = (text.len() as u32, name.len() as u32);
            self.glued.push(Glued { start: tok.start, keyword, len, name_len, is_alone });
        }
    }

    /// Notes the next token where `keyword` was expected.
    pub(crate) fn note_glued_here(&mut self, keywords: &[SyntaxKind]) {
        self.note_glued(self.pos, keywords, false);
    }

    /// Notes the token just taken, after which something stands that cannot follow it: `变量 值 = await f()`.
    pub(crate) fn note_glued_before(&mut self) {
        if let Some(index) = self.pos.checked_sub(1) {
            self.note_glued(index, STATEMENT_KEYWORDS, false);
        }
    }

    /// Looks at a statement just read that began at token `first`, when `before` findings had been reported.
    pub(crate) fn note_glued_statement(&mut self, first: usize, before: usize) {
        if self.errors.len() > before {
            return self.note_glued(first, STATEMENT_KEYWORDS, false);
        }
        // `类型点 { 横: 整数 }` reads well, as the literal of a struct.
        if self.input.toks.get(first + 1).is_some_and(|it| it.kind == T!['{']) {
            self.note_glued(first, &[T![类型], T![枚举], T![特性], T![实现]], true);
        }
    }
}

const STATEMENT_KEYWORDS: &[SyntaxKind] = &[
    T![导入],
    T![公开],
    T![变量],
    T![常量],
    T![函数],
    T![异步],
    T![返回],
    T![如果],
    T![否则],
    T![当],
    T![对于],
    T![匹配],
    T![类型],
    T![枚举],
    T![特性],
    T![实现],
    T![等待],
    T![启动],
    T![让出],
    T![选择],
    T![尝试],
    T![捕获],
    T![最终],
    T![抛出],
    T![否则如果],
    T![跳出],
    T![继续],
];

/// What other languages call the keywords.
pub const FOREIGN_KEYWORDS: &[(&str, &str)] = &[
    ("if", "如果"),
    ("elif", "否则如果"),
    ("elsif", "否则如果"),
    ("else", "否则"),
    ("while", "当"),
    ("for", "对于"),
    ("foreach", "对于"),
    ("in", "在"),
    ("fn", "函数"),
    ("func", "函数"),
    ("fun", "函数"),
    ("def", "函数"),
    ("function", "函数"),
    ("let", "变量"),
    ("var", "变量"),
    ("const", "常量"),
    ("return", "返回"),
    ("break", "跳出"),
    ("continue", "继续"),
    ("match", "匹配"),
    ("switch", "匹配"),
    ("struct", "类型"),
    ("class", "类型"),
    ("enum", "枚举"),
    ("trait", "特性"),
    ("interface", "特性"),
    ("impl", "实现"),
    ("import", "导入"),
    ("try", "尝试"),
    ("catch", "捕获"),
    ("except", "捕获"),
    ("finally", "最终"),
    ("throw", "抛出"),
    ("raise", "抛出"),
    ("async", "异步"),
    ("await", "等待"),
    ("yield", "让出"),
    ("spawn", "启动"),
    ("go", "启动"),
];

fn foreign_keyword(name: &str) -> Option<SyntaxKind> {
    let (_, keyword) = FOREIGN_KEYWORDS.iter().find(|it| it.0 == name)?;
    SyntaxKind::from_reserved(keyword)
}

/// The tokens with the noted names split, and what to say about each. `glued` is sorted.
pub(super) fn split(file: FileId, text: &str, tokens: &[Token], glued: &[Glued]) -> Split {
    let mut split = Vec::with_capacity(tokens.len() + glued.len());
    let mut errors = Vec::new();
    let mut pending = glued.iter().peekable();
    for &token in tokens {
        let Some(it) = pending.next_if(|it| it.start == token.start) else {
            split.push(token);
            continue;
        };
        let middle = it.start + it.len;
        split.push(Token { kind: it.keyword, start: it.start });
        if it.len == it.name_len {
            let span = Span::new(file, it.start, middle);
            let word = &text[it.start as usize..middle as usize];
            errors.push(diagnostics::foreign_keyword(span, word, it.keyword.text().unwrap_or_default()));
            continue;
        }
        split.push(Token { kind: SyntaxKind::IDENT, start: middle });
        let (keyword, rest) = (it.start..middle, middle..it.start + it.name_len);
        let part = |range: std::ops::Range<u32>| &text[range.start as usize..range.end as usize];
        let span = Span::new(file, keyword.start, rest.end);
        errors.push(diagnostics::glued_keyword(span, part(keyword), part(rest)));
    }
    let n_alone = glued.iter().filter(|it| it.is_alone).count();
    Split { tokens: split, errors, n_alone }
}

pub(super) struct Split {
    pub tokens: Vec<Token>,
    pub errors: Vec<Diagnostic>,
    /// How many of them explain nothing that was reported.
    pub n_alone: usize,
}
