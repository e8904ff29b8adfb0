//! Diagnostics as data: what is wrong, where, what could be done. Words in both languages; rendering lives in the driver.

use crate::Span;

/// The same sentence in both languages, written by hand side by side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    pub zh: String,
    pub en: String,
}

impl Text {
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Error,
    Warning,
}

/// A span with what stands there. The first label of a diagnostic is the primary one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    pub span: Span,
    pub text: Text,
}

/// Replace `span` by `text`; an insertion has an empty span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    pub span: Span,
    pub text: String,
}

/// A suggested change. `certain` fixes are applied by `qic fix`; the others are only shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    pub text: Text,
    pub edits: Vec<Edit>,
    pub certain: bool,
}

/// One finding. Built by the functions of a stage's `diagnostics` folder, one file per code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub code: &'static str,
    pub severity: Severity,
    /// What is wrong; short, no full stop.
    pub title: Text,
    /// Primary label first.
    pub labels: Vec<Label>,
    pub fixes: Vec<Fix>,
    /// One fact each.
    pub notes: Vec<Text>,
    /// For who judges which findings follow from others.
    pub subject: Option<Subject>,
}

/// What a finding is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The members of a type, as messages write it; the one that it has not got, if that is what is found.
    Members { ty: String, absent: Option<String> },
    /// The declaration of this name, which was not read as one.
    Declaration(String),
}

impl Diagnostic {
    pub fn error(code: &'static str, span: Span, title: Text, label: Text) -> Self {
        Self {
            code,
            severity: Severity::Error,
            title,
            labels: vec![Label { span, text: label }],
            fixes: Vec::new(),
            notes: Vec::new(),
            subject: None,
        }
    }
    pub fn warning(code: &'static str, span: Span, title: Text, label: Text) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, span, title, label) }
    }
    pub fn with_label(mut self, span: Span, text: Text) -> Self {
        self.labels.push(Label { span, text });
        self
    }
    pub fn with_fix(mut self, text: Text, edits: Vec<Edit>, certain: bool) -> Self {
        self.fixes.push(Fix { text, edits, certain });
        self
    }
    /// Adds the word that was probably meant in place of `span`.
    pub fn with_similar(self, span: Span, similar: Option<&str>) -> Self {
        let Some(similar) = similar else { return self };
        let text = Text::new(format!("是不是想写“{similar}”"), format!("did you mean `{similar}`"));
        self.with_fix(text, vec![Edit { span, text: similar.to_owned() }], false)
    }
    pub fn with_note(mut self, text: Text) -> Self {
        self.notes.push(text);
        self
    }
    pub fn with_notes(mut self, texts: impl IntoIterator<Item = Text>) -> Self {
        self.notes.extend(texts);
        self
    }
    /// `absent`: see [`Subject`].
    pub fn about_members_of(self, ty: &str, absent: Option<&str>) -> Self {
        Self { subject: Some(Subject::Members { ty: ty.to_owned(), absent: absent.map(str::to_owned) }), ..self }
    }
    pub fn about_declaration_of(self, name: &str) -> Self {
        Self { subject: Some(Subject::Declaration(name.to_owned())), ..self }
    }
    pub fn span(&self) -> Span {
        self.labels[0].span
    }
}

/// Collects the findings of a run.
#[derive(Debug, Default)]
pub struct Diagnostics {
    items: Vec<Diagnostic>,
}

impl Diagnostics {
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.items.push(diagnostic);
    }
    pub fn extend(&mut self, items: impl IntoIterator<Item = Diagnostic>) {
        self.items.extend(items);
    }
    pub fn retain(&mut self, keep: impl FnMut(&Diagnostic) -> bool) {
        self.items.retain(keep);
    }
    pub fn has_errors(&self) -> bool {
        self.n_errors() > 0
    }
    pub fn n_errors(&self) -> usize {
        self.items.iter().filter(|it| it.severity == Severity::Error).count()
    }
    /// In source order, each message once per place.
    pub fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.items.sort_by_key(|it| (it.span(), it.severity, it.code));
        self.items.dedup_by(|x, y| (x.span(), x.code, &x.title) == (y.span(), y.code, &y.title));
        self.items
    }
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, Diagnostic> {
        self.items.iter_mut()
    }
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.items.iter()
    }
}
