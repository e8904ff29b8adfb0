//! One JSON object per finding and line, for editors and scripts. `version` changes when a field changes meaning.

use crate::failure::Failure;
use crate::language::Language;
use qi_base::{Diagnostic, Files, Fix, Severity, Span};
use serde_json::{Map, Value, json};

const VERSION: u32 = 1;

pub fn render(diagnostic: &Diagnostic, files: &Files, language: Language) -> String {
    let mut object = Map::new();
    object.insert("version".into(), json!(VERSION));
    object.insert("level".into(), json!(level(diagnostic.severity)));
    object.insert("code".into(), json!(diagnostic.code));
    object.insert("message".into(), json!(language.pick(&diagnostic.title)));
    place(&mut object, files, diagnostic.span());
    let labels = diagnostic.labels.iter().map(|label| {
        let mut object = Map::new();
        object.insert("message".into(), json!(language.pick(&label.text)));
        place(&mut object, files, label.span);
        Value::Object(object)
    });
    object.insert("labels".into(), labels.collect());
    object.insert("fixes".into(), diagnostic.fixes.iter().map(|it| fix(it, files, language)).collect());
    object.insert("notes".into(), diagnostic.notes.iter().map(|it| json!(language.pick(it))).collect());
    Value::Object(object).to_string()
}

pub fn failure(failure: &Failure, language: Language) -> String {
    json!({
        "version": VERSION,
        "level": level(Severity::Error),
        "code": failure.code,
        "message": language.pick(&failure.title),
        "notes": failure.notes.iter().map(|it| language.pick(it)).collect::<Vec<_>>(),
    })
    .to_string()
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn fix(fix: &Fix, files: &Files, language: Language) -> Value {
    let edits = fix.edits.iter().map(|edit| {
        let mut object = Map::new();
        place(&mut object, files, edit.span);
        object.insert("text".into(), json!(edit.text));
        Value::Object(object)
    });
    json!({ "message": language.pick(&fix.text), "certain": fix.certain, "edits": edits.collect::<Vec<_>>() })
}

/// Lines and columns as people count (characters, from 1) and bytes for tools.
fn place(object: &mut Map<String, Value>, files: &Files, span: Span) {
    let file = files.get(span.file);
    let span = file.whole_characters(span);
    let (start, end) = (file.line_column(span.start), file.line_column(span.end));
    object.insert("file".into(), json!(file.path.to_string_lossy()));
    object.insert("line".into(), json!(start.line));
    object.insert("column".into(), json!(start.column));
    object.insert("end_line".into(), json!(end.line));
    object.insert("end_column".into(), json!(end.column));
    object.insert("byte_start".into(), json!(span.start));
    object.insert("byte_end".into(), json!(span.end));
}
