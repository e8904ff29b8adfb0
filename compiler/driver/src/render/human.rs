//! The drawing: title, source lines with labels, suggested edits as patches, notes.

use super::severity_word;
use crate::failure::Failure;
use crate::language::Language;
use crate::session::Options;
use annotate_snippets::{
    Annotation, AnnotationKind, Group, Level, Patch, Renderer, Report, Snippet, normalize_untrusted_str,
};
use qi_base::{Diagnostic, Edit, File, FileId, Files, Fix, Label, Severity, Span, Text};

pub fn render(diagnostic: &Diagnostic, files: &Files, options: &Options) -> String {
    let language = options.language;
    let level = level(language, diagnostic.severity);
    let mut main = Group::with_title(level.primary_title(language.pick(&diagnostic.title)).id(diagnostic.code));
    for (file, labels) in drawings(diagnostic, files) {
        main = main.element(annotated(files.get(file), &labels, diagnostic.span(), language));
    }
    let plain_fixes = diagnostic.fixes.iter().filter(|it| it.edits.is_empty());
    for text in plain_fixes.map(|it| &it.text) {
        main = main.element(help(language).message(clean(text, language)));
    }
    for text in &diagnostic.notes {
        main = main.element(note(language).message(clean(text, language)));
    }
    let mut groups = vec![main];
    let patches = diagnostic.fixes.iter().filter(|it| !it.edits.is_empty());
    groups.extend(patches.map(|fix| patch(fix, files, language)));
    draw(&groups, options)
}

pub fn failure(failure: &Failure, options: &Options) -> String {
    let language = options.language;
    let title = level(language, Severity::Error).primary_title(language.pick(&failure.title)).id(failure.code);
    let notes = failure.notes.iter().map(|text| note(language).message(clean(text, language)));
    draw(&[Group::with_title(title).elements(notes)], options)
}

fn draw(report: Report<'_>, options: &Options) -> String {
    let renderer = if options.color { Renderer::styled() } else { Renderer::plain() };
    renderer.render(report)
}

fn level(language: Language, severity: Severity) -> Level<'static> {
    let word = severity_word(language, severity);
    match severity {
        Severity::Error => Level::ERROR.with_name(word),
        Severity::Warning => Level::WARNING.with_name(word),
    }
}

fn help(language: Language) -> Level<'static> {
    Level::HELP.with_name(language.choose("帮助", "help"))
}

fn note(language: Language) -> Level<'static> {
    Level::NOTE.with_name(language.choose("说明", "note"))
}

/// Texts that the renderer would trust may hold names from a source file.
fn clean(text: &Text, language: Language) -> String {
    normalize_untrusted_str(language.pick(text))
}

/// What is drawn together: the primary label's file first, the others in order of appearance. Far ends of a long line are
/// drawn apart, for a drawing is as wide as what it shows.
fn drawings<'a>(diagnostic: &'a Diagnostic, files: &Files) -> Vec<(FileId, Vec<&'a Label>)> {
    let mut drawings: Vec<(FileId, Vec<&Label>)> = Vec::new();
    for label in &diagnostic.labels {
        let fits = |it: &&mut (FileId, Vec<&Label>)| {
            it.0 == label.span.file && !it.1.iter().any(|it| is_far(files.get(label.span.file), it.span, label.span))
        };
        match drawings.iter_mut().find(fits) {
            Some((_, labels)) => labels.push(label),
            None => drawings.push((label.span.file, vec![label])),
        }
    }
    drawings
}

/// Lines of more bytes are drawn in part.
const LONG_LINE: usize = 1000;
/// How much of it around a place, in bytes.
const PART: usize = 240;

fn is_far(file: &File, a: Span, b: Span) -> bool {
    let (first, second) = (file.line_index(a.start), file.line_index(b.start));
    if first != second {
        return is_long(file, first) || is_long(file, second);
    }
    is_long(file, first) && a.start.abs_diff(b.start) as usize > PART
}

fn is_long(file: &File, line: usize) -> bool {
    file.line_text(line).len() > LONG_LINE
}

fn annotated<'a>(
    file: &'a File,
    labels: &[&'a Label],
    primary: Span,
    language: Language,
) -> Snippet<'a, Annotation<'a>> {
    let window = Window::around(file, labels.iter().map(|it| it.span));
    let annotations = labels.iter().map(|label| {
        let kind = if label.span == primary { AnnotationKind::Primary } else { AnnotationKind::Context };
        let text = language.pick(&label.text);
        kind.span(window.range(file, label.span)).label((!text.is_empty()).then_some(text))
    });
    window.snippet(file).annotations(annotations)
}

fn patch<'a>(fix: &'a Fix, files: &'a Files, language: Language) -> Group<'a> {
    let mut group = Group::with_title(help(language).secondary_title(clean(&fix.text, language)));
    let mut edits: Vec<&Edit> = fix.edits.iter().collect();
    edits.sort_by_key(|it| it.span);
    for edits in edits.chunk_by(|a, b| a.span.file == b.span.file) {
        let file = files.get(edits[0].span.file);
        let window = Window::around(file, edits.iter().map(|it| it.span)).narrow(file, edits);
        let patches = edits.iter().map(|edit| {
            let range = window.shift(edit.span);
            Patch::new(range, edit.text.as_str())
        });
        group = group.element(window.snippet(file).patches(patches));
    }
    group
}

/// The lines a snippet needs, so that a long file is not searched again for each finding.
struct Window {
    first_line: usize,
    start: usize,
    end: usize,
}

impl Window {
    fn around(file: &File, spans: impl Iterator<Item = Span>) -> Self {
        let (mut low, mut high) = (u32::MAX, 0);
        for span in spans {
            low = low.min(span.start);
            high = high.max(span.end);
        }
        let first_line = file.line_index(low.min(high));
        let line_start = file.line_start(first_line);
        let last_line = file.line_index(high);
        let end = file.line_start(last_line) + file.line_text(last_line).len();
        Self { first_line, start: line_start, end: end.max(high as usize) }
    }

    /// Only the surroundings of the edits, where they are within a long line.
    fn narrow(self, file: &File, edits: &[&Edit]) -> Self {
        if !is_long(file, self.first_line) {
            return self;
        }
        let low = edits.iter().map(|it| it.span.start as usize).min().unwrap_or(self.start);
        let high = edits.iter().map(|it| it.span.end as usize).max().unwrap_or(self.end);
        let start = file.text.floor_char_boundary(low.saturating_sub(PART / 2).max(self.start));
        let end = file.text.ceil_char_boundary((high + PART / 2).min(self.end));
        Self { start, end, ..self }
    }

    fn snippet<'a, T: Clone>(&self, file: &'a File) -> Snippet<'a, T> {
        Snippet::source(&file.text[self.start..self.end])
            .line_start(self.first_line + 1)
            .path(file.path.to_string_lossy().into_owned())
    }

    fn shift(&self, span: Span) -> std::ops::Range<usize> {
        span.start as usize - self.start..span.end as usize - self.start
    }

    /// An empty span would draw nothing: it gets the character that stands there.
    fn range(&self, file: &File, span: Span) -> std::ops::Range<usize> {
        let mut span = file.whole_characters(span);
        let line = file.line_index(span.start);
        let line_end = file.line_start(line) + file.line_text(line).len();
        if is_long(file, line) || is_long(file, file.line_index(span.end)) {
            // Its beginning is enough.
            let end = (span.end as usize).min(line_end).min(span.start as usize + PART / 2);
            span.end = file.text.ceil_char_boundary(end).max(span.start as usize) as u32;
        }
        let mut range = self.shift(span);
        if range.is_empty() {
            let rest = &file.text[span.start as usize..self.end];
            range.end += rest.chars().next().filter(|&it| it != '\n').map_or(0, char::len_utf8);
        }
        range
    }
}
