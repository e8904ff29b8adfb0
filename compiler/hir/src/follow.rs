//! Drops findings that only follow from others. After a syntax error, what the broken text declares and where its blocks end
//! is a guess; what is found elsewhere stays. A type that is not known is not known everywhere in its file.

use qi_base::{Diagnostic, Diagnostics, File, FileId, Files, Span, Subject};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeSet;
use std::ops::Range;

/// Call when all stages have reported.
pub fn drop_consequences(files: &Files, found: &mut Diagnostics) {
    drop_repetitions(files, found);
    let mut broken: FxHashMap<FileId, Broken> = FxHashMap::default();
    for it in found.iter().filter(|it| is_syntax(it) || it.code == MISPLACED_ITEM) {
        let file = it.span().file;
        broken.entry(file).or_insert_with(|| Broken::new(files.get(file))).add(files, it);
    }
    if !broken.is_empty() {
        broken.values_mut().for_each(Broken::merge_unbalanced);
        found.retain(|it| broken.get(&it.span().file).is_none_or(|broken| !broken.explains(files, it)));
    }
}

/// The same unknown type, the same unknown field or method of a type: said once for each declaration of a file. A value of
/// an unknown type is no further mistake anywhere, and a variable declared twice is not unused as well.
fn drop_repetitions(files: &Files, found: &mut Diagnostics) {
    let mut first: FxHashMap<(FileId, usize, String), Span> = FxHashMap::default();
    let mut types: FxHashSet<(FileId, &str)> = FxHashSet::default();
    let mut redeclared: FxHashSet<Span> = FxHashSet::default();
    let mut unread: FxHashSet<(FileId, String)> = FxHashSet::default();
    let mut items: FxHashMap<FileId, Vec<usize>> = FxHashMap::default();
    let mut item = |span: Span| {
        let file = files.get(span.file);
        let starts = items.entry(span.file).or_insert_with(|| declarations(file));
        starts.partition_point(|&it| it <= file.line_index(span.start))
    };
    for it in found.iter() {
        if let Some(what) = missing(files, it) {
            let span = it.span();
            let known = first.entry((span.file, item(span), what)).or_insert(span);
            *known = span.min(*known);
        }
        if let Some(Subject::Declaration(name)) = &it.subject {
            unread.insert((it.span().file, name.clone()));
        }
        if it.code == UNKNOWN_TYPE {
            types.insert((it.span().file, files.text(it.span())));
        }
        if it.code == DUPLICATE {
            redeclared.extend(it.labels.iter().map(|it| it.span));
        }
    }
    found.retain(|it| {
        let span = it.span();
        match it.code {
            UNUSED_VARIABLE => !redeclared.contains(&span),
            _ if NAMES.contains(&it.code) && unread.contains(&(span.file, files.text(span).to_owned())) => false,
            UNKNOWN_NAME => !types.contains(&(span.file, files.text(span))),
            _ => missing(files, it).is_none_or(|what| first.get(&(span.file, item(span), what)) == Some(&span)),
        }
    });
}

/// The lines at which functions, types and implementations begin. Top-level statements after one belong to it: they are
/// mostly where it is used.
fn declarations(file: &File) -> Vec<usize> {
    let begins = |line: &usize| words(file.line_text(*line)).next().is_some_and(|it| DECLARING.contains(&it));
    let is_outer = |line: &usize| !file.line_text(*line).starts_with(char::is_whitespace);
    (0..file.line_count()).filter(is_outer).filter(begins).collect()
}

/// What a finding says does not exist: a type, or a member of one.
fn missing(files: &Files, it: &Diagnostic) -> Option<String> {
    if it.code == UNKNOWN_TYPE {
        return Some(files.text(it.span()).to_owned());
    }
    match it.subject.as_ref()? {
        Subject::Members { ty, absent: Some(absent) } => Some(format!("{ty}.{absent}")),
        Subject::Members { .. } | Subject::Declaration(_) => None,
    }
}

fn is_syntax(it: &Diagnostic) -> bool {
    it.code.starts_with("E01") || it.code == INVALID_UTF8
}

/// Findings about a name that is not known, or known as something else.
const NAMES: &[&str] = &[UNKNOWN_NAME, "E0207", "E0213"];

/// What a declaration other than a variable begins with.
const DECLARING: &[&str] =
    &["公开", "私有", "静态", "导出", "外部", "异步", "协程", "函数", "类型", "结构体", "枚举", "特性", "实现", "测试"];

const INVALID_UTF8: &str = "E0233";
const RESERVED_WORD: &str = "E0116";
const UNKNOWN_TYPE: &str = "E0202";
const UNKNOWN_NAME: &str = "E0201";
const DUPLICATE: &str = "E0223";
const UNUSED_VARIABLE: &str = "W0402";
const MISPLACED_ITEM: &str = "E0231";
const MISPLACED_STATEMENT: &str = "E0225";
/// Their place is a name that nothing declares.
const UNKNOWN_NAMES: &[&str] = &["E0201", "E0202", "E0203", "E0303", "E0304", "E0306", "E0316"];

/// No more of a line are looked at for one finding.
const LINE_WORDS: usize = 100;

/// The name behind `keyword` on a line.
fn declared<'a>(line: &'a str, keyword: &str) -> Option<&'a str> {
    let mut words = words(line).skip_while(|it| *it != keyword);
    words.nth(1)
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|it| !it.is_empty())
}

/// What the syntax errors of a file make doubtful. Everything is asked in logarithmic time: both errors and what they may
/// explain can be as many as the file has characters.
struct Broken<'a> {
    /// Lines with syntax errors.
    lines: BTreeSet<usize>,
    /// Lines whose words were taken.
    read_lines: FxHashSet<usize>,
    /// Names on those lines: what they declare may have been lost.
    words: FxHashSet<&'a str>,
    /// Lines that start at the left margin, other than with a closing brace.
    outer_lines: Vec<usize>,
    /// From a declaration whose braces do not pair to where that shows; in order and apart once merged.
    unbalanced: Vec<Range<u32>>,
    /// Reserved words that were meant as names: what is said where they stand again is about something else.
    reserved: FxHashSet<&'a str>,
    /// What is declared there: types whose members may have been lost, functions whose signature may have been.
    types: FxHashSet<&'a str>,
    functions: FxHashSet<&'a str>,
    /// Outer lines that were looked at for types.
    declaring_lines: FxHashSet<usize>,
    is_not_utf8: bool,
}

impl<'a> Broken<'a> {
    fn new(file: &'a File) -> Self {
        let is_outer = |line: &usize| file.line_text(*line).starts_with(|c: char| !c.is_whitespace() && c != '}');
        Self {
            lines: BTreeSet::new(),
            read_lines: FxHashSet::default(),
            words: FxHashSet::default(),
            outer_lines: (0..file.line_count()).filter(is_outer).collect(),
            unbalanced: Vec::new(),
            reserved: FxHashSet::default(),
            types: FxHashSet::default(),
            functions: FxHashSet::default(),
            declaring_lines: FxHashSet::default(),
            is_not_utf8: false,
        }
    }

    fn add(&mut self, files: &'a Files, it: &Diagnostic) {
        let (span, file) = (it.span(), files.get(it.span().file));
        let line = file.line_index(span.start);
        if self.read_lines.insert(line) {
            self.words.extend(words(file.line_text(line)));
        }
        if !is_syntax(it) {
            return;
        }
        self.is_not_utf8 |= it.code == INVALID_UTF8;
        if it.code == RESERVED_WORD {
            self.reserved.insert(files.text(span));
        }
        if self.lines.insert(line) {
            self.add_declared(file, line, span.start);
        }
        if matches!(files.text(span), "{" | "}" | "｛" | "｝") {
            let starts = it.labels.iter().map(|it| it.span.start);
            let ends = it.labels.iter().map(|it| it.span.end);
            let first = file.line_index(starts.min().unwrap_or(span.start));
            let n_before = self.outer_lines.partition_point(|&it| it <= first);
            let outer = self.outer_lines[..n_before].last().copied().unwrap_or(0);
            self.unbalanced.push(file.line_start(outer) as u32..ends.max().unwrap_or(span.end));
        }
    }

    /// The type around an error, and the function whose signature it is in.
    fn add_declared(&mut self, file: &'a File, line: usize, offset: u32) {
        let n_before = self.outer_lines.partition_point(|&it| it <= line);
        let outer = self.outer_lines[..n_before].last().copied().unwrap_or(0);
        if self.declaring_lines.insert(outer) {
            let header = file.line_text(outer);
            self.types.extend(["类型", "结构体", "枚举", "特性"].iter().filter_map(|it| declared(header, it)));
        }
        let text = file.line_text(line);
        let column = offset as usize - file.line_start(line);
        if text.get(..column).is_some_and(|it| !it.contains(['{', '｛'])) {
            self.functions.extend(declared(text, "函数"));
        }
    }

    fn merge_unbalanced(&mut self) {
        self.unbalanced.sort_by_key(|it| it.start);
        self.unbalanced.dedup_by(|next, kept| {
            let joins = next.start <= kept.end;
            kept.end = if joins { kept.end.max(next.end) } else { kept.end };
            joins
        });
    }

    fn is_unbalanced(&self, offset: u32) -> bool {
        let n_before = self.unbalanced.partition_point(|it| it.start <= offset);
        self.unbalanced[..n_before].last().is_some_and(|it| offset < it.end)
    }

    fn explains(&self, files: &Files, it: &Diagnostic) -> bool {
        let span = it.span();
        if is_syntax(it) {
            // What stands for the bytes that are no text.
            return self.is_not_utf8 && it.code == "E0101" && files.text(span).contains(char::REPLACEMENT_CHARACTER);
        }
        if !self.lines.is_empty() && (it.code == MISPLACED_STATEMENT || it.code.starts_with("W04")) {
            return true;
        }
        if UNKNOWN_NAMES.contains(&it.code) && self.words.contains(files.text(span)) {
            return true;
        }
        // `点` of `点<整数>`.
        let subject = it.subject.as_ref().and_then(|it| match it {
            Subject::Members { ty, .. } => words(ty).next(),
            Subject::Declaration(_) => None,
        });
        if subject.is_some_and(|it| self.types.contains(it)) {
            return true;
        }
        if !self.reserved.is_empty() || !self.functions.is_empty() {
            let file = files.get(span.file);
            let it_is_about_types = it.code.starts_with("E03");
            let is_lost = |it: &str| self.reserved.contains(it) || (it_is_about_types && self.functions.contains(it));
            if words(file.line_text(file.line_index(span.start))).take(LINE_WORDS).any(is_lost) {
                return true;
            }
        }
        self.is_unbalanced(span.start)
            || it.labels.iter().filter(|label| label.span.file == span.file).any(|it| self.touches(files, it.span))
    }
    fn touches(&self, files: &Files, span: Span) -> bool {
        let file = files.get(span.file);
        let (first, last) = (file.line_index(span.start), file.line_index(span.end));
        self.lines.range(first..=last).next().is_some()
    }
}
