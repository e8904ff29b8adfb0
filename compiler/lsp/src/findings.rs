//! Findings as editors show them: the primary label in the text, the others as related places, notes below; fixes as actions.

use crate::place;
use crate::server::Server;
use lsp_types::{
    CodeAction, CodeActionKind, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, Location, NumberOrString,
    TextEdit, Url, WorkspaceEdit,
};
use qi_base::{Fix, Severity, Span};
use qi_ide::Checked;
use std::collections::{BTreeMap, HashMap};

impl Server<'_> {
    /// None where no address can name the file.
    pub fn location(&self, checked: &Checked, span: Span) -> Option<Location> {
        let file = checked.files.get(span.file);
        Some(Location { uri: self.address(&file.path)?, range: place::range(file, span) })
    }
}

/// All findings by file.
pub fn all(server: &Server) -> BTreeMap<Url, Vec<Diagnostic>> {
    let mut all: BTreeMap<Url, Vec<Diagnostic>> = BTreeMap::new();
    for checked in server.workspace.checked() {
        for it in &checked.found {
            let Some(at) = server.location(checked, it.span()) else { continue };
            let diagnostic = diagnostic(server, checked, it, &at);
            let of_file = all.entry(at.uri).or_default();
            // Of a file that two others import, the same is found twice.
            if !of_file.contains(&diagnostic) {
                of_file.push(diagnostic);
            }
        }
    }
    all
}

fn diagnostic(server: &Server, checked: &Checked, it: &qi_base::Diagnostic, at: &Location) -> Diagnostic {
    let pick = server.pick;
    let related = it.labels[1..].iter().filter_map(|label| {
        let message = pick(&label.text).to_owned();
        Some(DiagnosticRelatedInformation { location: server.location(checked, label.span)?, message })
    });
    let notes = it.notes.iter().map(pick);
    let message = [pick(&it.title), pick(&it.labels[0].text)].into_iter().chain(notes).collect::<Vec<_>>().join("\n");
    Diagnostic {
        range: at.range,
        severity: Some(match it.severity {
            Severity::Error => DiagnosticSeverity::ERROR,
            Severity::Warning => DiagnosticSeverity::WARNING,
        }),
        code: Some(NumberOrString::String(it.code.to_owned())),
        source: Some("qic".to_owned()),
        message,
        related_information: Some(related.collect()),
        ..Diagnostic::default()
    }
}

/// What is certain is offered first.
pub fn action(server: &Server, checked: &Checked, fix: &Fix) -> Option<CodeAction> {
    let mut changes: HashMap<Url, Vec<TextEdit>> = HashMap::new();
    for edit in &fix.edits {
        let at = server.location(checked, edit.span)?;
        changes.entry(at.uri).or_default().push(TextEdit { range: at.range, new_text: edit.text.clone() });
    }
    Some(CodeAction {
        title: (server.pick)(&fix.text).to_owned(),
        kind: Some(CodeActionKind::QUICKFIX),
        edit: Some(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }),
        is_preferred: Some(fix.certain),
        ..CodeAction::default()
    })
}
