//! The values of literal tokens: numbers of any width, characters, and the text of every form of string with escapes
//! decoded and the common indentation of `"""` removed. Errors were reported by the lexer; here bad parts are skipped.

use super::{AstNode, Template, TemplateHole};
use crate::punct::half_width;
use crate::{SyntaxKind, SyntaxToken};
use rowan::TextRange;

/// The value of a literal.
#[derive(Clone, PartialEq, Debug)]
pub enum LiteralKind {
    /// `None` if the text is malformed or above `u128::MAX`; reported already.
    Int(Option<u128>),
    Float(f64),
    Char(char),
    String(String),
    Bool(bool),
    /// 空
    Unit,
}

/// A piece of a template.
#[derive(Clone, Debug)]
pub enum TemplatePart {
    Text { value: String, range: TextRange },
    Hole(TemplateHole),
}

pub(super) fn cook(token: &SyntaxToken) -> LiteralKind {
    let text = token.text();
    match token.kind() {
        SyntaxKind::INT => LiteralKind::Int(integer(text)),
        SyntaxKind::FLOAT => LiteralKind::Float(plain_number(text).parse().unwrap_or(f64::NAN)),
        SyntaxKind::CHAR => LiteralKind::Char(character(text).unwrap_or(char::REPLACEMENT_CHARACTER)),
        SyntaxKind::STRING => LiteralKind::String(cook_quoted(text)),
        T![真] => LiteralKind::Bool(true),
        T![假] => LiteralKind::Bool(false),
        _ => LiteralKind::Unit,
    }
}

/// ASCII digits without separators.
fn plain_number(text: &str) -> String {
    text.chars().map(half_width).filter(|&c| c != '_').collect()
}

pub(crate) fn integer(text: &str) -> Option<u128> {
    let plain = plain_number(text).to_ascii_lowercase();
    let (digits, radix) = match plain.get(..2) {
        Some("0x") => (&plain[2..], 16),
        Some("0b") => (&plain[2..], 2),
        Some("0o") => (&plain[2..], 8),
        _ => (plain.as_str(), 10),
    };
    u128::from_str_radix(digits, radix).ok()
}

/// The character between the quotes, if there is exactly one.
pub(crate) fn character(text: &str) -> Option<char> {
    let mut chars = text.chars();
    chars.next()?;
    let inner = chars.as_str();
    let inner = inner.strip_suffix(['\'', '’']).unwrap_or(inner);
    let mut cooked = String::new();
    unescape(inner, &mut cooked, &mut |_, _| {});
    let mut chars = cooked.chars();
    let first = chars.next()?;
    chars.next().is_none().then_some(first)
}

/// What is wrong with an escape.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum EscapeError {
    Unknown,
    /// `\u{…}` that is no Unicode scalar.
    BadCodePoint,
}

/// Appends `text` with escapes decoded; reports bad ones by their byte range in `text`.
pub(crate) fn unescape(text: &str, out: &mut String, report: &mut dyn FnMut(std::ops::Range<usize>, EscapeError)) {
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let start = text.len() - rest.len() + at;
        let tail = &rest[at + 1..];
        let Some(c) = tail.chars().next() else {
            report(start..text.len(), EscapeError::Unknown);
            return;
        };
        rest = &tail[c.len_utf8()..];
        match c {
            'n' => out.push('\n'),
            't' => out.push('\t'),
            'r' => out.push('\r'),
            '0' => out.push('\0'),
            '\\' | '"' | '\'' | '“' | '”' | '‘' | '’' | '{' | '}' | '$' | '`' => out.push(c),
            'u' => match code_point(rest) {
                Some((value, len)) => {
                    rest = &rest[len..];
                    match value {
                        Some(value) => out.push(value),
                        None => report(start..text.len() - rest.len(), EscapeError::BadCodePoint),
                    }
                }
                None => report(start..text.len() - rest.len(), EscapeError::BadCodePoint),
            },
            _ => report(start..text.len() - rest.len(), EscapeError::Unknown),
        }
    }
    out.push_str(rest);
}

/// `{4F60}`: the value and the length; `None` if the braces are missing.
fn code_point(text: &str) -> Option<(Option<char>, usize)> {
    let mut chars = text.char_indices();
    chars.next().filter(|&(_, c)| half_width(c) == '{')?;
    let mut digits = String::new();
    for (at, c) in chars {
        let c_half = half_width(c);
        if c_half == '}' {
            let value = u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32);
            return Some((value.filter(|_| digits.len() <= 6), at + c.len_utf8()));
        }
        if !c_half.is_ascii_hexdigit() || digits.len() > 8 {
            return None;
        }
        digits.push(c_half);
    }
    None
}

/// The text of a whole string token: `"…"`, `“…”`, `r"…"`, `` `…` ``, `"""…"""`.
pub(crate) fn cook_quoted(token: &str) -> String {
    let (is_raw, body) = match token.strip_prefix(['r', 'ｒ']) {
        Some(body) => (true, body),
        None => (token.starts_with('`'), token),
    };
    if let Some(inner) = strip_triple(body) {
        return cook_lines(&[inner], is_raw).pop().unwrap_or_default();
    }
    let mut chars = body.chars();
    let close = chars.next().map_or('"', closing_quote);
    let inner = chars.as_str();
    let inner = inner.strip_suffix(close).unwrap_or(inner);
    // However the file ends its lines, a line break in a string is one character.
    if is_raw {
        return inner.replace("\r\n", "\n");
    }
    let mut out = String::new();
    unescape(inner, &mut out, &mut |_, _| {});
    out
}

pub(crate) fn closing_quote(open: char) -> char {
    match open {
        '“' => '”',
        '‘' => '’',
        other => other,
    }
}

fn strip_triple(body: &str) -> Option<&str> {
    for (open, close) in [("\"\"\"", "\"\"\""), ("“““", "”””")] {
        if let Some(inner) = body.strip_prefix(open) {
            return Some(inner.strip_suffix(close).unwrap_or(inner));
        }
    }
    None
}

/// The pieces of a multi-line string between its quotes (several when holes stand between them): the first line break
/// and the one before closing quotes on a line of their own go, then the indentation common to all lines that
/// are not blank (the line of the closing quotes counts) goes, then escapes are decoded.
fn cook_lines(pieces: &[&str], is_raw: bool) -> Vec<String> {
    let mut pieces: Vec<String> = pieces.iter().map(|it| it.replace("\r\n", "\n")).collect();
    let is_block = pieces.first().is_some_and(|it| starts_with_break(it));
    let indent = if is_block { common_indent(&pieces) } else { 0 };
    let last = pieces.len().saturating_sub(1);
    for (index, piece) in pieces.iter_mut().enumerate() {
        let mut text = remove_indent(piece, indent);
        if is_block && index == 0 {
            text = text[text.find('\n').map_or(0, |it| it + 1)..].to_owned();
        }
        if is_block && index == last {
            drop_closing_line(&mut text, last == 0);
        }
        *piece = text;
    }
    if is_raw {
        return pieces;
    }
    let cooked = pieces.iter().map(|piece| {
        let mut out = String::new();
        unescape(piece, &mut out, &mut |_, _| {});
        out
    });
    cooked.collect()
}

fn starts_with_break(text: &str) -> bool {
    text.trim_start_matches([' ', '\t', '\u{3000}']).starts_with('\n')
}

fn is_blank(text: &str) -> bool {
    text.chars().all(|c| matches!(c, ' ' | '\t' | '\u{3000}'))
}

/// In characters. A line that starts a piece after a hole is no line start.
fn common_indent(pieces: &[String]) -> usize {
    let mut indent = usize::MAX;
    for (index, piece) in pieces.iter().enumerate() {
        let is_last_piece = index + 1 == pieces.len();
        let mut lines = piece.split('\n').skip(1).peekable();
        while let Some(line) = lines.next() {
            // The last line of a piece continues with a hole or with the closing quotes: it counts even if blank.
            let counts = !is_blank(line) || lines.peek().is_none();
            if counts && !(is_last_piece && lines.peek().is_none() && line.is_empty() && piece.ends_with("\n\n")) {
                indent = indent.min(line.chars().take_while(|&c| is_blank(c.encode_utf8(&mut [0; 4]))).count());
            }
        }
    }
    if indent == usize::MAX { 0 } else { indent }
}

fn remove_indent(text: &str, indent: usize) -> String {
    let mut out = String::with_capacity(text.len());
    for (index, line) in text.split('\n').enumerate() {
        if index == 0 {
            out.push_str(line);
            continue;
        }
        out.push('\n');
        let skip = line.chars().take(indent).take_while(|&c| matches!(c, ' ' | '\t' | '\u{3000}'));
        let skip: usize = skip.map(char::len_utf8).sum();
        out.push_str(&line[skip..]);
    }
    out
}

/// Removes the line break (and blanks) before closing quotes that stand alone on their line.
fn drop_closing_line(text: &mut String, is_whole: bool) {
    match text.rfind('\n') {
        Some(at) if is_blank(&text[at + 1..]) => text.truncate(at),
        None if is_whole && is_blank(text) => text.clear(),
        _ => {}
    }
}

pub(super) fn template_parts(template: &Template) -> Vec<TemplatePart> {
    let mut parts = Vec::new();
    let mut is_braced = false;
    let mut is_multiline = false;
    for element in template.syntax().children_with_tokens() {
        match element {
            rowan::NodeOrToken::Node(node) => parts.extend(TemplateHole::cast(node).map(TemplatePart::Hole)),
            rowan::NodeOrToken::Token(token) if token.kind() == SyntaxKind::TEMPLATE_START => {
                is_braced = !token.text().starts_with(['"', '“']);
                is_multiline = token.text().ends_with("\"\"\"") || token.text().ends_with("“““");
            }
            rowan::NodeOrToken::Token(token) if token.kind() == SyntaxKind::TEMPLATE_TEXT => {
                parts.push(TemplatePart::Text { value: token.text().to_owned(), range: token.text_range() });
            }
            rowan::NodeOrToken::Token(_) => {}
        }
    }
    cook_parts(&mut parts, is_braced, is_multiline);
    parts
}

fn cook_parts(parts: &mut Vec<TemplatePart>, is_braced: bool, is_multiline: bool) {
    if is_multiline {
        // Indentation is a matter of all pieces at once; holes without text around them count as empty pieces.
        let mut pieces = vec![""];
        for part in parts.iter() {
            match part {
                TemplatePart::Text { value, .. } => *pieces.last_mut().expect("starts with one") = value.as_str(),
                TemplatePart::Hole(_) => pieces.push(""),
            }
        }
        let mut cooked = cook_lines(
            &pieces
                .iter()
                .map(|it| unbrace(it, is_braced))
                .collect::<Vec<_>>()
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>(),
            false,
        )
        .into_iter();
        let mut current = cooked.next().unwrap_or_default();
        for part in parts.iter_mut() {
            match part {
                TemplatePart::Text { value, .. } => *value = std::mem::take(&mut current),
                TemplatePart::Hole(_) => current = cooked.next().unwrap_or_default(),
            }
        }
    } else {
        for part in parts.iter_mut() {
            if let TemplatePart::Text { value, .. } = part {
                let raw = unbrace(value, is_braced);
                value.clear();
                unescape(&raw, value, &mut |_, _| {});
            }
        }
    }
    parts.retain(|it| !matches!(it, TemplatePart::Text { value, .. } if value.is_empty()));
}

/// `{{` and `}}` of an `f"…"` become escapes that [`unescape`] reads; the braces of `\u{4F60}` are none of those.
fn unbrace(text: &str, is_braced: bool) -> String {
    if !is_braced {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let len = match c {
            '{' | '}' if rest[1..].starts_with(c) => {
                out.push('\\');
                out.push(c);
                rest = &rest[2..];
                continue;
            }
            '\\' => escape_len(rest),
            _ => c.len_utf8(),
        };
        out.push_str(&rest[..len]);
        rest = &rest[len..];
    }
    out
}

/// Length of the escape at the start of `text`.
fn escape_len(text: &str) -> usize {
    let mut chars = text.chars().skip(1);
    let Some(c) = chars.next() else { return text.len() };
    let len = 1 + c.len_utf8();
    match code_point(&text[len..]) {
        Some((_, digits)) if c == 'u' => len + digits,
        _ => len,
    }
}
