//! Text to tokens. Total and lossless: the tokens' texts joined are the source. Reports what is wrong inside a token
//! (bad characters, strings, numbers); says nothing about their order. Linear: no text is read more than twice.
//!
//! Templates are lexed here too: a stack remembers the strings whose holes we are in, so that holes can hold strings.

mod comment;
mod full_stop;
mod number;
mod string;
mod unterminated;

use crate::diagnostics;
use crate::punct::{half_width, is_bidi_control, is_zero_width};
use crate::{PUNCTUATION, SyntaxKind};
use qi_base::{Diagnostic, FileId, Span};
use std::sync::LazyLock;
use string::OpenTemplate;

/// Ends where the next token starts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    pub kind: SyntaxKind,
    pub start: u32,
}

/// All tokens with a final `EOF`, and the findings in source order.
pub fn lex(file: FileId, text: &str) -> (Vec<Token>, Vec<Diagnostic>) {
    let mut lexer = Lexer {
        file,
        text,
        pos: 0,
        tokens: Vec::new(),
        errors: Vec::new(),
        templates: Vec::new(),
        brackets: Vec::new(),
        n_reopened: 0,
        has_full_stops: false,
    };
    lexer.run();
    if lexer.has_full_stops {
        full_stop::resolve(file, text, &mut lexer.tokens, &mut lexer.errors);
    }
    (lexer.tokens, lexer.errors)
}

/// No list of parameters before an arrow is longer.
const HEADER_TOKENS: usize = 64;

/// [`PUNCTUATION`] by the first character, which is ASCII.
static PUNCTUATION_BY_FIRST: LazyLock<Vec<Vec<(&str, SyntaxKind)>>> = LazyLock::new(|| {
    let of = |first: u8| PUNCTUATION.iter().filter(|it| it.0.as_bytes()[0] == first).copied().collect();
    (0..0x80).map(of).collect()
});

struct Lexer<'t> {
    file: FileId,
    text: &'t str,
    pos: usize,
    tokens: Vec<Token>,
    errors: Vec<Diagnostic>,
    /// Strings with holes that are still open, outermost first.
    templates: Vec<OpenTemplate>,
    /// Brackets opened inside holes; each template knows where its own begin.
    brackets: Vec<SyntaxKind>,
    /// Holes that were closed where they seemed to end.
    n_reopened: usize,
    /// Some `。` is a semicolon so far.
    has_full_stops: bool,
}

impl<'t> Lexer<'t> {
    fn run(&mut self) {
        self.file_start();
        while self.pos < self.text.len() {
            match self.templates.last() {
                Some(template) if !template.in_hole => self.template_text(),
                _ => self.code_token(),
            }
        }
        self.close_templates_at_end();
        self.token(SyntaxKind::EOF, self.pos);
    }

    fn file_start(&mut self) {
        if self.text.starts_with('\u{FEFF}') {
            self.pos = '\u{FEFF}'.len_utf8();
            self.token(SyntaxKind::WHITESPACE, 0);
        }
        if self.rest().starts_with("#!") {
            let start = self.pos;
            self.skip_line();
            self.token(SyntaxKind::COMMENT, start);
        }
    }

    fn rest(&self) -> &'t str {
        &self.text[self.pos..]
    }
    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }
    /// The half-width twins of the next characters.
    fn peek_half(&self, n: usize) -> Option<char> {
        self.rest().chars().nth(n).map(half_width)
    }
    fn bump(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.pos += c.len_utf8();
        Some(c)
    }
    fn bump_while(&mut self, accept: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.pos += rest.find(|c| !accept(c)).unwrap_or(rest.len());
    }
    fn skip_line(&mut self) {
        self.bump_while(|c| c != '\n');
    }
    /// A token from `start` to here.
    fn token(&mut self, kind: SyntaxKind, start: usize) {
        self.tokens.push(Token { kind, start: start as u32 });
    }
    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start as u32, end as u32)
    }
    fn error(&mut self, diagnostic: Diagnostic) {
        self.errors.push(diagnostic);
    }

    fn code_token(&mut self) {
        let start = self.pos;
        let Some(c) = self.peek() else { return };
        if self.hole_end(c) {
            return;
        }
        self.note_quote_in_hole(c);
        match half_width(c) {
            _ if c.is_whitespace() => self.whitespace(),
            '/' if matches!(self.peek_half(1), Some('/' | '*')) => self.comment(),
            '0'..='9' => self.number(),
            '`' if self.is_fence() => self.fence(),
            '"' | '“' | '`' => self.string(start, c),
            '「' if self.quoted_end().is_some() => self.corner_quoted(),
            '\'' | '‘' => self.character(c),
            '”' | '’' => self.wrong_quote(c),
            '『' => self.raw_identifier(),
            '。' => self.full_stop(),
            '#' if self.is_comment_of_scripts() => self.comment_of_scripts(),
            _ if is_identifier_start(c) => self.identifier(),
            half => self.punctuation(half),
        }
    }

    fn whitespace(&mut self) {
        let start = self.pos;
        self.bump_while(char::is_whitespace);
        self.token(SyntaxKind::WHITESPACE, start);
    }

    fn identifier(&mut self) {
        let start = self.pos;
        self.bump_while(is_identifier_continue);
        while self.hidden_in_identifier() {
            self.bump_while(is_identifier_continue);
        }
        let text = &self.text[start..self.pos];
        let opens_string = matches!(self.peek(), Some('"' | '“'));
        if opens_string && matches!(text, "r" | "ｒ" | "f" | "ｆ" | "模板" | "模版") {
            let quote = self.peek().expect("a quote was seen");
            return self.string(start, quote);
        }
        let kind = match text {
            "_" => SyntaxKind::UNDERSCORE,
            _ => SyntaxKind::from_reserved(text).unwrap_or(SyntaxKind::IDENT),
        };
        self.token(kind, start);
    }

    /// A bad character with more of the name behind it is reported, and does not cut the name in two.
    fn hidden_in_identifier(&mut self) -> bool {
        let Some(c) = self.peek().filter(|&c| is_hidden(c)) else { return false };
        let goes_on = self.rest().trim_start_matches(c).starts_with(is_identifier_continue);
        if !goes_on {
            return false;
        }
        let start = self.pos;
        self.bump_while(|next| next == c);
        self.error(diagnostics::invalid_in_name(self.span(start, self.pos), c));
        true
    }

    /// `#` where a comment can begin: on its own, or at the start of a line.
    fn is_comment_of_scripts(&self) -> bool {
        let before = &self.text[..self.pos];
        let is_apart = self.peek_half(1).is_some_and(char::is_whitespace) && before.ends_with(char::is_whitespace);
        let starts_line =
            || before.trim_end_matches([' ', '\t', '\u{FEFF}']).chars().next_back().is_none_or(|it| it == '\n');
        self.templates.is_empty() && (is_apart || starts_line())
    }

    /// `# 说明`, `#include <stdio.h>`
    fn comment_of_scripts(&mut self) {
        let start = self.pos;
        self.bump();
        let is_comment = self.peek().is_none_or(|it| it.is_whitespace() || !it.is_ascii());
        let mark = self.span(start, self.pos);
        self.skip_line();
        self.token(SyntaxKind::COMMENT, start);
        self.error(diagnostics::comment_of_scripts(mark, is_comment));
    }

    /// `『返回』`
    fn raw_identifier(&mut self) {
        let start = self.pos;
        self.bump();
        self.bump_while(is_identifier_continue);
        let is_good = self.pos > start + '『'.len_utf8() && self.peek() == Some('』');
        if is_good {
            self.bump();
            return self.token(SyntaxKind::IDENT, start);
        }
        self.pos = start;
        self.invalid();
    }

    /// "```qi" on a line of its own.
    fn is_fence(&self) -> bool {
        let before = self.text[..self.pos].trim_end_matches([' ', '\t']);
        let starts_line = before.is_empty() || before.ends_with('\n');
        if !starts_line || !self.rest().starts_with("```") || !self.templates.is_empty() {
            return false;
        }
        let line = self.rest().split('\n').next().unwrap_or_default();
        line.trim_start_matches('`').trim_end().chars().all(char::is_alphanumeric)
    }

    fn fence(&mut self) {
        let start = self.pos;
        self.skip_line();
        self.token(SyntaxKind::COMMENT, start);
        self.error(diagnostics::fence(self.span(start, self.pos)));
    }

    /// Where `「…」` ends, on this line and with no other quote inside.
    fn quoted_end(&self) -> Option<usize> {
        let inner = &self.rest()['「'.len_utf8()..];
        let len = inner.find(['」', '「', '\n', '"', '“', '”', '\\'])?;
        inner[len..].starts_with('」').then_some(self.pos + 2 * '「'.len_utf8() + len)
    }

    fn corner_quoted(&mut self) {
        let (start, end) = (self.pos, self.quoted_end().expect("asked before"));
        self.pos = end;
        self.token(SyntaxKind::INVALID, start);
        let inner = &self.text[start + '「'.len_utf8()..end - '」'.len_utf8()];
        self.error(diagnostics::corner_quotes(self.span(start, end), inner));
    }

    fn punctuation(&mut self, first: char) {
        let start = self.pos;
        let of_first = PUNCTUATION_BY_FIRST.get(first as usize).map_or(&[][..], Vec::as_slice);
        let found = of_first.iter().find(|(text, _)| {
            // `>` stays single for `数组<数组<T>>`; the parser glues `>>` and `>=` back together.
            (first != '>' || text.len() == 1)
                && self.matches(text)
                && !(*text == "?." && self.peek_half(2) == Some('.'))
        });
        let Some(&(text, kind)) = found else { return self.invalid() };
        for _ in text.chars() {
            self.bump();
        }
        self.token(kind, start);
        if !self.templates.is_empty() {
            self.track_bracket(kind);
        }
    }

    fn matches(&self, punctuation: &str) -> bool {
        let mut chars = self.rest().chars().map(half_width);
        punctuation.chars().all(|c| chars.next() == Some(c))
    }

    /// One or several.
    fn full_stop(&mut self) {
        let start = self.pos;
        self.bump_while(|it| it == '。');
        self.token(SyntaxKind::SEMICOLON, start);
        self.has_full_stops = true;
    }

    /// A run of the same bad character is one finding.
    fn invalid(&mut self) {
        let start = self.pos;
        let Some(c) = self.bump() else { return };
        self.bump_while(|next| next == c);
        let span = self.span(start, self.pos);
        let (kind, error) = match c {
            '→' | '⇒' => {
                let kind = if self.is_before_result() { T![->] } else { T![=>] };
                // `通 → 3` may be meant to send.
                (kind, diagnostics::wide_arrow(span, c, kind.text().unwrap_or_default(), !self.is_behind_first_name()))
            }
            '…' | '⋯' => (T![..], diagnostics::ellipsis(span, c)),
            _ => {
                let sign = diagnostics::sign_of_arithmetic(c);
                let kind = PUNCTUATION.iter().find(|it| Some(it.0) == sign).map_or(SyntaxKind::INVALID, |it| it.1);
                (kind, diagnostics::invalid_character(span, c))
            }
        };
        self.token(kind, start);
        self.error(error);
    }

    /// Right behind the name that begins its line.
    fn is_behind_first_name(&self) -> bool {
        let mut before = self.tokens.iter().rev().skip_while(|it| it.kind == SyntaxKind::WHITESPACE);
        let name = before.next().filter(|it| it.kind == SyntaxKind::IDENT);
        name.is_some_and(|it| self.text[..it.start as usize].trim_end_matches([' ', '\t']).ends_with('\n'))
    }

    /// Right behind the parameters of a 函数, as far as few tokens tell.
    fn is_before_result(&self) -> bool {
        let mut before = self.tokens.iter().rev().filter(|it| !it.kind.is_trivia()).take(HEADER_TOKENS);
        before.next().is_some_and(|it| it.kind == T![')'])
            && before
                .take_while(|it| !matches!(it.kind, T!['{'] | T!['}'] | T![;] | T![=]))
                .any(|it| it.kind == T![函数])
    }
}

pub(crate) fn is_identifier_start(c: char) -> bool {
    c == '_' || unicode_ident::is_xid_start(c)
}

/// What an identifier says: `『返回』` is 返回.
pub fn without_brackets(identifier: &str) -> &str {
    identifier.trim_start_matches('『').trim_end_matches('』')
}

/// In a name behind its first character.
pub fn is_identifier_continue(c: char) -> bool {
    unicode_ident::is_xid_continue(c) && !is_hidden(c)
}

/// Characters that would hide in a name. Middle dots are identifier characters to Unicode; to us they are a likely slip
/// for `.`.
fn is_hidden(c: char) -> bool {
    matches!(c, '·' | '・' | '･' | '＿') || is_bidi_control(c) || is_zero_width(c)
}
