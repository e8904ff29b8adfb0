//! Strings of every form, characters, and templates with their holes.

use super::Lexer;
use crate::ast::{self, closing_quote};
use crate::punct::half_width;
use crate::{SyntaxKind, diagnostics};
use qi_base::Span;

/// More digits than the greatest code point has, to tell a wrong one from a hole.
const CODE_POINT_DIGITS: usize = 8;

/// A string with holes whose end has not been seen.
pub(super) struct OpenTemplate {
    /// The prefix and opening quote.
    open: Span,
    close: char,
    is_triple: bool,
    /// `f"…"`: holes are `{…}`; otherwise `${…}`.
    is_braced: bool,
    pub(super) in_hole: bool,
    /// How many brackets were open when its hole began.
    pub(super) bracket_base: usize,
    pub(super) hole: Hole,
}

/// The hole last opened in a template.
#[derive(Clone, Copy, Default)]
pub(super) struct Hole {
    /// Its opening brace.
    pub(super) start: usize,
    pub(super) end: usize,
    /// The first quote in it that would end the template, behind something that is complete: if the line ends and the hole
    /// does not, a brace is missing before it.
    pub(super) quote: Option<Checkpoint>,
}

/// Where the lexer was.
#[derive(Clone, Copy)]
pub(super) struct Checkpoint {
    pub(super) pos: usize,
    pub(super) n_tokens: usize,
    pub(super) n_errors: usize,
}

impl OpenTemplate {
    /// It stands on one line, and `c` would end it if its hole ended before.
    pub(super) fn closes_before(&self, c: char, n_brackets: usize) -> bool {
        self.in_hole && !self.is_triple && self.close == c && self.bracket_base == n_brackets
    }

    fn closing(&self) -> String {
        self.close.to_string().repeat(if self.is_triple { 3 } else { 1 })
    }
}

impl Lexer<'_> {
    /// At the quote; `start` is before a prefix.
    pub(super) fn string(&mut self, start: usize, quote: char) {
        let prefix = &self.text[start..self.pos];
        let is_raw = matches!(prefix, "r" | "ｒ") || quote == '`';
        let is_braced = !prefix.is_empty() && !is_raw;
        self.bump();
        let is_triple = quote != '`' && self.rest().starts_with(&String::from_iter([quote, quote]));
        if is_triple {
            self.bump();
            self.bump();
        }
        let open = self.span(start, self.pos);
        let close = closing_quote(quote);
        let (bracket_base, hole) = (self.brackets.len(), Hole::default());
        let template = OpenTemplate { open, close, is_triple, is_braced, in_hole: false, bracket_base, hole };
        if is_braced {
            self.token(SyntaxKind::TEMPLATE_START, start);
            return self.templates.push(template);
        }
        self.plain_string(start, template, is_raw, quote == '`');
    }

    /// After the opening quote. Turns into a template at the first `${`.
    fn plain_string(&mut self, start: usize, template: OpenTemplate, is_raw: bool, is_backtick: bool) {
        let body = self.pos;
        let spans_lines = template.is_triple || is_backtick;
        loop {
            match self.peek() {
                Some('\n') if !spans_lines => return self.unterminated_plain(start, &template, false),
                None => return self.unterminated_plain(start, &template, spans_lines),
                Some('\\') if !is_raw => self.skip_escape(),
                Some('$') if !is_raw && self.peek_half(1) == Some('{') => {
                    self.token(SyntaxKind::TEMPLATE_START, start);
                    self.template_piece(body);
                    return self.open_hole_of(template);
                }
                Some(_) if self.at_close(&template) => {
                    self.check_escapes(body, self.pos, is_raw);
                    self.pos += template.closing().len();
                    return self.token(SyntaxKind::STRING, start);
                }
                Some(_) => {
                    self.bump();
                }
            }
        }
    }

    fn at_close(&self, template: &OpenTemplate) -> bool {
        let mut rest = self.rest().chars();
        let count = if template.is_triple { 3 } else { 1 };
        (0..count).all(|_| rest.next() == Some(template.close))
    }

    /// A backslash and the character it escapes, if that is on the same line; the braces of `\u{4F60}` open no hole.
    fn skip_escape(&mut self) {
        self.bump();
        if let Some(c) = self.peek().filter(|&c| c != '\n') {
            self.bump();
            if matches!(c, 'u' | 'ｕ') && self.peek_half(0) == Some('{') {
                let digits = self.rest().chars().skip(1).take(CODE_POINT_DIGITS);
                let n_digits = digits.take_while(char::is_ascii_alphanumeric).count();
                if self.peek_half(1 + n_digits) == Some('}') {
                    (0..n_digits + 2).for_each(|_| _ = self.bump());
                }
            }
        }
    }

    fn unterminated_plain(&mut self, start: usize, template: &OpenTemplate, spans_lines: bool) {
        // A carriage return belongs to the line break.
        if self.text[start..self.pos].ends_with('\r') {
            self.pos -= 1;
        }
        if self.close_hole_before_quote() {
            return;
        }
        let outer = self.abandon_line_templates();
        if outer.is_none() && !spans_lines && self.closes_on_later_line(template.open, template.close) {
            return self.token(SyntaxKind::STRING, start);
        }
        if outer.is_none() && !spans_lines {
            self.end_of_line_in_string(template.open, template.open.end as usize, template.close);
            return self.token(SyntaxKind::STRING, start);
        }
        self.token(SyntaxKind::STRING, start);
        let (open, closing) = outer.unwrap_or((template.open, template.closing()));
        let end = self.span(self.pos, self.pos);
        self.error(diagnostics::unterminated_string(open, Some(end), &closing, spans_lines));
    }

    /// A line ended inside: no template that ends with its line can go on. Returns the outermost of them.
    fn abandon_line_templates(&mut self) -> Option<(Span, String)> {
        let mut outer = None;
        while let Some(template) = self.templates.pop_if(|it| !it.is_triple) {
            self.brackets.truncate(template.bracket_base);
            outer = Some((template.open, template.closing()));
        }
        outer
    }

    /// The text of the innermost template up to a hole or its end.
    pub(super) fn template_text(&mut self) {
        let start = self.pos;
        let Some(template) = self.templates.pop() else { return };
        loop {
            match self.peek() {
                None | Some('\n') if !template.is_triple && self.templates.iter().all(|it| it.is_triple) => {
                    self.end_of_line_in_string(template.open, start, template.close);
                    return self.template_piece(start);
                }
                None => {
                    self.template_piece(start);
                    return self.templates.push(template);
                }
                Some('\n') if !template.is_triple => {
                    self.template_piece(start);
                    self.templates.push(template);
                    return self.unterminated_template();
                }
                Some('\\') => self.skip_escape(),
                Some('$') if !template.is_braced && self.rest()[1..].starts_with('{') => {
                    self.template_piece(start);
                    return self.open_hole_of(template);
                }
                Some('{') if template.is_braced && !self.rest().starts_with("{{") => {
                    self.template_piece(start);
                    return self.open_hole_of(template);
                }
                Some('}') if template.is_braced && !self.rest().starts_with("}}") => {
                    let at = self.pos;
                    self.bump();
                    self.error(diagnostics::lone_close_brace(self.span(at, self.pos)));
                }
                Some('{' | '}') if template.is_braced => {
                    self.bump();
                    self.bump();
                }
                Some(_) if self.at_close(&template) => {
                    self.template_piece(start);
                    let at = self.pos;
                    self.pos += template.closing().len();
                    return self.token(SyntaxKind::TEMPLATE_END, at);
                }
                Some(_) => {
                    self.bump();
                }
            }
        }
    }

    /// The text from `start` to here, if any.
    fn template_piece(&mut self, start: usize) {
        if self.pos > start {
            self.token(SyntaxKind::TEMPLATE_TEXT, start);
            self.check_escapes(start, self.pos, false);
        }
    }

    /// At `{` or `${`.
    fn open_hole_of(&mut self, mut template: OpenTemplate) {
        let start = self.pos;
        if self.bump() == Some('$') {
            self.bump();
        }
        self.token(SyntaxKind::HOLE_START, start);
        template.in_hole = true;
        template.hole = Hole { start, end: self.pos, quote: None };
        template.bracket_base = self.brackets.len();
        self.templates.push(template);
    }

    fn unterminated_template(&mut self) {
        if self.close_hole_before_quote() {
            return;
        }
        if let Some((open, closing)) = self.abandon_line_templates() {
            let end = self.span(self.pos, self.pos);
            self.error(diagnostics::unterminated_string(open, Some(end), &closing, false));
        }
    }

    pub(super) fn close_templates_at_end(&mut self) {
        let end = self.span(self.pos, self.pos);
        if let Some(template) = self.templates.first() {
            let closing = template.closing();
            let error = diagnostics::unterminated_string(template.open, Some(end), &closing, template.is_triple);
            self.error(error);
        }
        self.templates.clear();
    }

    /// Inside a hole: its end, its spec, or the line break that ends the whole string. True if it consumed or closed.
    pub(super) fn hole_end(&mut self, c: char) -> bool {
        let Some(template) = self.templates.last() else { return false };
        let start = self.pos;
        let is_outside_brackets = self.brackets.len() == template.bracket_base;
        match half_width(c) {
            '}' if !self.brackets[template.bracket_base..].contains(&T!['{']) => {
                self.brackets.truncate(template.bracket_base);
                self.bump();
                self.token(SyntaxKind::HOLE_END, start);
                self.templates.last_mut().expect("still in its hole").in_hole = false;
                true
            }
            ':' if is_outside_brackets && !matches!(self.peek_half(1), Some(':')) => {
                let close = template.close;
                let is_triple = template.is_triple;
                self.bump_while(|c| half_width(c) != '}' && c != '\n' && (is_triple || c != close));
                self.token(SyntaxKind::HOLE_SPEC, start);
                self.spec_without_end()
            }
            _ if c.is_whitespace() && is_outside_brackets && !template.is_triple => {
                self.bump_while(|c| c.is_whitespace() && c != '\n');
                if self.pos > start {
                    self.token(SyntaxKind::WHITESPACE, start);
                }
                if self.peek() == Some('\n') {
                    self.unterminated_template();
                }
                true
            }
            _ => false,
        }
    }

    /// After a spec: anything but the closing brace ends the hole here.
    fn spec_without_end(&mut self) -> bool {
        match self.peek() {
            Some(c) if half_width(c) == '}' => {}
            Some('\n') if self.templates.last().is_some_and(|it| !it.is_triple) => self.unterminated_template(),
            _ => {
                if let Some(template) = self.templates.last_mut() {
                    template.in_hole = false;
                    let hole = template.hole;
                    self.unclosed_hole(hole);
                }
            }
        }
        true
    }

    pub(super) fn track_bracket(&mut self, kind: SyntaxKind) {
        match kind {
            T!['('] | T!['['] | T!['{'] => self.brackets.push(kind),
            T!['}'] => {
                let base = self.templates.last().map_or(0, |it| it.bracket_base);
                let open = self.brackets[base..].iter().rposition(|&it| it == T!['{']);
                self.brackets.truncate(base + open.unwrap_or(0));
            }
            T![')'] | T![']'] => {
                let base = self.templates.last().map_or(0, |it| it.bracket_base);
                if self.brackets.len() > base && self.brackets.last() != Some(&T!['{']) {
                    self.brackets.pop();
                }
            }
            _ => {}
        }
    }

    fn check_escapes(&mut self, start: usize, end: usize, is_raw: bool) {
        if is_raw || !self.text[start..end].contains('\\') {
            return;
        }
        let text = &self.text[start..end];
        let mut found = Vec::new();
        ast::unescape(text, &mut String::new(), &mut |range, error| found.push((range, error)));
        for (range, error) in found {
            if let Some(name) = hole_of_others(&text[range.start..]) {
                let begin = start + range.start;
                let whole = self.span(begin, begin + name.len() + r"\()".len());
                self.error(diagnostics::hole_of_others(whole, name));
                continue;
            }
            let span = self.span(start + range.start, start + range.end);
            self.error(diagnostics::invalid_escape(span, &text[range], error));
        }
    }

    /// `'中'`, `‘\n’`
    pub(super) fn character(&mut self, quote: char) {
        if self.single_quoted_text() || self.character_without_opening(quote) {
            return;
        }
        let start = self.pos;
        let close = closing_quote(quote);
        self.bump();
        let body = self.pos;
        if self.peek() == Some('\\') {
            self.skip_escape();
        } else if self
            .peek()
            .is_some_and(|c| c != '\n' && (c != close || self.rest()[c.len_utf8()..].starts_with(close)))
        {
            self.bump();
        }
        // A bound keeps stray quotes from reading the same line again and again.
        let limit = self.pos + 64;
        while self.pos < limit && self.peek().is_some_and(|c| c != close && c != '\n') {
            if self.peek() == Some('\\') {
                self.skip_escape();
            } else {
                self.bump();
            }
        }
        let inner = &self.text[body..self.pos];
        let is_code = inner.contains('"') && !matches!(inner, "\"" | "\\\"");
        if self.peek() != Some(close) || is_code {
            // What follows the word is probably code.
            self.pos = body;
            self.bump_while(super::is_identifier_continue);
            self.token(SyntaxKind::INVALID, start);
            return self.error(diagnostics::unterminated_char(self.span(start, body)));
        }
        let errors = self.errors.len();
        self.check_escapes(body, self.pos, false);
        let inner = &self.text[body..self.pos];
        self.bump();
        self.token(SyntaxKind::CHAR, start);
        if self.errors.len() == errors && ast::character(&self.text[start..self.pos]).is_none() {
            self.error(diagnostics::invalid_char_literal(self.span(start, self.pos), inner));
        }
    }

    /// `”文”` or `’文’`: read as if it had opened rightly when it closes on the same line.
    pub(super) fn wrong_quote(&mut self, quote: char) {
        let start = self.pos;
        self.bump();
        let line = self.rest().split('\n').next().unwrap_or_default();
        let right = if quote == '”' { '“' } else { '‘' };
        let span = self.span(start, self.pos);
        let kind = match line.find(quote) {
            Some(at) => {
                self.pos += at + quote.len_utf8();
                if quote == '”' { SyntaxKind::STRING } else { SyntaxKind::CHAR }
            }
            None => SyntaxKind::INVALID,
        };
        self.token(kind, start);
        self.error(diagnostics::wrong_quote(span, quote, right));
    }
}

/// The name in `\(甲)`.
fn hole_of_others(text: &str) -> Option<&str> {
    let text = text.strip_prefix("\\(")?;
    let end = text.find(|it| it != '.' && !super::is_identifier_continue(it))?;
    (text.starts_with(super::is_identifier_start) && text[end..].starts_with(')')).then_some(&text[..end])
}
