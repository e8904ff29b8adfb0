//! `qic fix`: applies the edits that diagnostics are certain of, until none is left or nothing changes any more.

use super::{Outcome, entry_file};
use crate::failure::{EXIT_WRONG, Failure};
use crate::pipeline;
use crate::session::Session;
use qi_base::{Diagnostic, Edit, Files, Severity, Span};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// One fix can make room for the next (`返回甲` hides an unknown name), but never endlessly.
const ROUNDS: usize = 10;

pub fn fix(session: &mut Session, files: Vec<PathBuf>) -> Outcome {
    let files = if files.is_empty() { vec![entry_file(None)?] } else { files };
    let mut applied = 0;
    let mut left = Vec::new();
    for file in &files {
        for _ in 0..ROUNDS {
            session.files = Files::default();
            left = pipeline::diagnose(session, file)?;
            let edits = certain_edits(&left);
            if edits.is_empty() {
                break;
            }
            applied += edits.len();
            write(&session.files, edits)?;
        }
        // A failure here means "shown"; the remaining findings decide the exit code below.
        let _ = session.report(&left);
    }
    session.say(&format!("应用了 {applied} 处修复"), &format!("applied {applied} fixes"));
    let wrong = left.iter().any(|it| it.severity == Severity::Error);
    Ok(if wrong { EXIT_WRONG } else { 0 })
}

/// The edits of the fixes that do not touch each other, in source order; a fix that touches an earlier one waits for the
/// next round.
fn certain_edits(diagnostics: &[Diagnostic]) -> Vec<Edit> {
    let mut fixes: Vec<_> = diagnostics.iter().filter_map(|it| it.fixes.iter().find(|fix| fix.certain)).collect();
    fixes.sort_by_key(|it| it.edits.iter().map(|it| it.span).min());
    let mut chosen: BTreeMap<Span, String> = BTreeMap::new();
    for fix in fixes {
        if fix.edits.iter().all(|it| is_free(&chosen, it.span)) {
            chosen.extend(fix.edits.iter().map(|it| (it.span, it.text.clone())));
        }
    }
    chosen.into_iter().map(|(span, text)| Edit { span, text }).collect()
}

fn is_free(chosen: &BTreeMap<Span, String>, span: Span) -> bool {
    let before = chosen.range(..=span).next_back().map(|it| it.0);
    let behind = chosen.range(span..).next().map(|it| it.0);
    let ends_before = before.is_none_or(|it| it.file != span.file || (it.end <= span.start && *it != span));
    ends_before && behind.is_none_or(|it| it.file != span.file || span.end <= it.start)
}

fn write(files: &Files, edits: Vec<Edit>) -> Result<(), Failure> {
    let mut by_file: BTreeMap<_, Vec<Edit>> = BTreeMap::new();
    for edit in edits {
        by_file.entry(edit.span.file).or_default().push(edit);
    }
    for (id, edits) in by_file {
        let file = files.get(id);
        let mut text = file.text.clone();
        for edit in edits.iter().rev() {
            text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
        }
        std::fs::write(&file.path, text).map_err(|error| Failure::io(&file.path, &error))?;
    }
    Ok(())
}
