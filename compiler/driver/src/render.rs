//! Diagnostics for people and for tools. Three forms: a drawing with the source (annotate-snippets, every word in the
//! user's language), one line each, or JSON lines. Decides nothing about severity or order.

mod human;
mod json;

use crate::failure::Failure;
use crate::language::Language;
use crate::session::Options;
use qi_base::{Diagnostic, Files, Severity};

/// Beyond this many a run only counts: the first ones are what the user will mend.
const SHOWN: usize = 100;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    Human,
    Short,
    Json,
}

pub struct Renderer<'a> {
    options: &'a Options,
    files: &'a Files,
}

impl<'a> Renderer<'a> {
    pub fn new(options: &'a Options, files: &'a Files) -> Self {
        Self { options, files }
    }

    /// Shows all findings, in the order given, and a closing count.
    pub fn report(&self, diagnostics: &[Diagnostic]) {
        let warnings = if self.options.quiet { 0 } else { usize::MAX };
        let shown = diagnostics.iter().filter(|it| it.severity == Severity::Error || warnings > 0);
        for diagnostic in shown.take(SHOWN) {
            self.emit(&self.one(diagnostic));
        }
        if self.options.format == Format::Human {
            self.summary(diagnostics);
        }
    }

    /// One finding as text, without a line break at its end.
    pub fn one(&self, diagnostic: &Diagnostic) -> String {
        match self.options.format {
            Format::Human => human::render(diagnostic, self.files, self.options),
            Format::Short => self.short(diagnostic),
            Format::Json => json::render(diagnostic, self.files, self.options.language),
        }
    }

    fn short(&self, diagnostic: &Diagnostic) -> String {
        let language = self.options.language;
        let span = diagnostic.span();
        let at = self.files.start(span);
        let path = self.files.get(span.file).path.display();
        let word = severity_word(language, diagnostic.severity);
        let label = language.pick(&diagnostic.labels[0].text);
        let separator = if label.is_empty() { "" } else { language.choose("：", ": ") };
        let title = language.pick(&diagnostic.title);
        format!("{path}:{}:{}: {word}[{}]: {title}{separator}{label}", at.line, at.column, diagnostic.code)
    }

    fn summary(&self, diagnostics: &[Diagnostic]) {
        let errors = diagnostics.iter().filter(|it| it.severity == Severity::Error).count();
        let warnings = diagnostics.len() - errors;
        let Some(first) = diagnostics.iter().find(|it| it.severity == Severity::Error) else { return };
        let hidden = diagnostics.len().saturating_sub(SHOWN);
        let text = match self.options.language {
            Language::Chinese => {
                let also = if warnings > 0 { format!("，{warnings} 个警告") } else { String::new() };
                let hidden = if hidden > 0 { format!("（其中 {hidden} 个没有显示）") } else { String::new() };
                format!("共 {errors} 个错误{also}{hidden}；运行 `qic explain {}` 看详细说明", first.code)
            }
            Language::English => {
                let counted = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
                let errors = counted(errors, "error");
                let also = if warnings > 0 { format!(", {}", counted(warnings, "warning")) } else { String::new() };
                let hidden = if hidden > 0 { format!(" ({hidden} not shown)") } else { String::new() };
                format!("{errors}{also}{hidden}; run `qic explain {}` for more", first.code)
            }
        };
        eprintln!("{text}");
    }

    fn emit(&self, text: &str) {
        match self.options.format {
            Format::Json if !self.options.messages_on_stderr => println!("{text}"),
            Format::Human => eprintln!("{text}\n"),
            Format::Short | Format::Json => eprintln!("{text}"),
        }
    }
}

/// A failure that has no place in a source text.
pub fn failure(failure: &Failure, options: &Options) {
    if failure.silent {
        return;
    }
    match options.format {
        Format::Json => {
            let text = json::failure(failure, options.language);
            if options.messages_on_stderr { eprintln!("{text}") } else { println!("{text}") }
        }
        Format::Human => eprintln!("{}", human::failure(failure, options)),
        Format::Short => {
            let word = severity_word(options.language, Severity::Error);
            eprintln!("{word}[{}]: {}", failure.code, options.language.pick(&failure.title));
        }
    }
}

fn severity_word(language: Language, severity: Severity) -> &'static str {
    match severity {
        Severity::Error => language.choose("错误", "error"),
        Severity::Warning => language.choose("警告", "warning"),
    }
}
