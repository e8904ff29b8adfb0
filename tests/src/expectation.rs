//! Inline expectations of tests/ui: below a source line, `//   ^^^ 错误[E0201]: 标题 — 标签`. Carets stand under the
//! span, in columns of a terminal (a Chinese character takes two). A span that starts under the slashes starts with `<`.

use unicode_width::UnicodeWidthChar;

/// A finding: line from 1, columns of characters from 1, end exclusive.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Finding {
    pub line: usize,
    pub start: usize,
    pub end: usize,
    pub text: String,
}

/// The text without expectation lines.
pub fn strip(text: &str) -> String {
    text.split_inclusive('\n').filter(|it| !is_expectation(it)).collect()
}

fn is_expectation(line: &str) -> bool {
    let rest = line.strip_prefix("//").map(|it| it.trim_start_matches([' ', '<', '^']));
    line.starts_with("//")
        && line.contains(['^', '<'])
        && rest.is_some_and(|it| {
            it.starts_with(" 错误[") || it.starts_with(" 警告[") || it.starts_with("错误[") || it.starts_with("警告[")
        })
}

/// The text with expectation lines for `findings`, which must be sorted.
pub fn annotate(stripped: &str, findings: &[Finding]) -> String {
    let mut text = String::new();
    for (index, line) in stripped.split_inclusive('\n').enumerate() {
        text.push_str(line);
        for finding in findings.iter().filter(|it| it.line == index + 1) {
            if !text.ends_with('\n') {
                text.push('\n');
            }
            text.push_str(&marker(line.trim_end_matches(['\n', '\r']), finding));
            text.push('\n');
        }
    }
    text
}

fn marker(line: &str, finding: &Finding) -> String {
    let start = width(line, finding.start - 1);
    let end = width(line, finding.end.saturating_sub(1)).max(start + 1);
    if start < 2 {
        format!("//<{} {}", "^".repeat(end.saturating_sub(3)), finding.text)
    } else {
        format!("//{}{} {}", " ".repeat(start - 2), "^".repeat(end - start), finding.text)
    }
}

/// Terminal columns of the first `characters` characters.
fn width(line: &str, characters: usize) -> usize {
    line.chars().take(characters).map(|it| it.width().unwrap_or(1)).sum()
}
