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
    for (file, labels) in labels_by_file(diagnostic) {
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

/// The primary label's file first, the others in order of appearance.
fn labels_by_file(diagnostic: &Diagnostic) -> Vec<(FileId, Vec<&Label>)> {
    let mut files: Vec<(FileId, Vec<&Label>)> = Vec::new();
    for label in &diagnostic.labels {
        match files.iter_mut().find(|it| it.0 == label.span.file) {
            Some((_, labels)) => labels.push(label),
            None => files.push((label.span.file, vec![label])),
        }
    }
    files
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
        let window = Window::around(file, edits.iter().map(|it| it.span));
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
        let span = file.whole_characters(span);
        let mut range = self.shift(span);
        if range.is_empty() {
            let rest = &file.text[span.start as usize..self.end];
            range.end += rest.chars().next().filter(|&it| it != '\n').map_or(0, char::len_utf8);
        }
        range
    }
}
