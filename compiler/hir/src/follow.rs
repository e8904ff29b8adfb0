//! Drops findings that only follow from others. After a syntax error, what the broken text declares and where its blocks end
//! is a guess; what is found elsewhere stays. A type that is not known is not known everywhere in its file.

use qi_base::{Diagnostic, Diagnostics, FileId, Files, Span};
use rustc_hash::{FxHashMap, FxHashSet};
use std::ops::Range;

/// Call when all stages have reported.
pub fn drop_consequences(files: &Files, found: &mut Diagnostics) {
    let unknown_types = unknown_types(files, found);
    found.retain(|it| it.code != UNKNOWN_TYPE || unknown_types.contains(&it.span()));
    let mut broken: FxHashMap<FileId, Broken> = FxHashMap::default();
    for it in found.iter().filter(|it| is_syntax(it) || it.code == MISPLACED_ITEM) {
        broken.entry(it.span().file).or_default().add(files, it);
    }
    if !broken.is_empty() {
        found.retain(|it| broken.get(&it.span().file).is_none_or(|broken| !broken.explains(files, it)));
    }
}

/// The first place of each.
fn unknown_types(files: &Files, found: &Diagnostics) -> FxHashSet<Span> {
    let mut first: FxHashMap<(FileId, &str), Span> = FxHashMap::default();
    for span in found.iter().filter(|it| it.code == UNKNOWN_TYPE).map(Diagnostic::span) {
        let known = first.entry((span.file, files.text(span))).or_insert(span);
        *known = span.min(*known);
    }
    first.into_values().collect()
}

fn is_syntax(it: &Diagnostic) -> bool {
    it.code.starts_with("E01") || it.code == INVALID_UTF8
}

const INVALID_UTF8: &str = "E0233";
const UNKNOWN_TYPE: &str = "E0202";
const MISPLACED_ITEM: &str = "E0231";
const MISPLACED_STATEMENT: &str = "E0225";
/// Their place is a name that nothing declares.
const UNKNOWN_NAMES: &[&str] = &["E0201", "E0202", "E0203", "E0303", "E0304", "E0306", "E0316"];

/// What the syntax errors of a file make doubtful.
#[derive(Default)]
struct Broken<'a> {
    lines: FxHashSet<usize>,
    /// Names on those lines: what they declare may have been lost.
    words: FxHashSet<&'a str>,
    /// From a declaration whose braces do not pair to where that shows.
    unbalanced: Vec<Range<u32>>,
    has_syntax_errors: bool,
    is_not_utf8: bool,
}

impl<'a> Broken<'a> {
    fn add(&mut self, files: &'a Files, it: &Diagnostic) {
        let (span, file) = (it.span(), files.get(it.span().file));
        let line = file.line_index(span.start);
        let text = file.line_text(line);
        self.words.extend(text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|it| !it.is_empty()));
        if !is_syntax(it) {
            return;
        }
        self.has_syntax_errors = true;
        self.is_not_utf8 |= it.code == INVALID_UTF8;
        self.lines.insert(line);
        if matches!(files.text(span), "{" | "}" | "｛" | "｝") {
            let starts = it.labels.iter().map(|it| it.span.start);
            let ends = it.labels.iter().map(|it| it.span.end);
            let first = file.line_index(starts.min().unwrap_or(span.start));
            let is_outer = |line: &usize| file.line_text(*line).starts_with(|c: char| !c.is_whitespace() && c != '}');
            let outer = (0..=first).rev().find(is_outer).unwrap_or(0);
            self.unbalanced.push(file.line_start(outer) as u32..ends.max().unwrap_or(span.end));
        }
    }

    fn explains(&self, files: &Files, it: &Diagnostic) -> bool {
        let span = it.span();
        if is_syntax(it) {
            // What stands for the bytes that are no text.
            return self.is_not_utf8 && it.code == "E0101" && files.text(span).contains(char::REPLACEMENT_CHARACTER);
        }
        if self.has_syntax_errors && it.code == MISPLACED_STATEMENT {
            return true;
        }
        if UNKNOWN_NAMES.contains(&it.code) && self.words.contains(files.text(span)) {
            return true;
        }
        self.unbalanced.iter().any(|range| range.contains(&span.start))
            || it.labels.iter().filter(|label| label.span.file == span.file).any(|it| self.touches(files, it.span))
    }
    fn touches(&self, files: &Files, span: Span) -> bool {
        let file = files.get(span.file);
        let (first, last) = (file.line_index(span.start), file.line_index(span.end));
        self.lines.iter().any(|line| (first..=last).contains(line))
    }
}
