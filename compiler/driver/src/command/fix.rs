//! `qic fix`: applies the edits that diagnostics are certain of, until none is left or nothing changes any more.

use super::{Outcome, entry_file};
use crate::failure::{EXIT_WRONG, Failure};
use crate::pipeline;
use crate::session::Session;
use qi_base::{Diagnostic, Edit, Files, Severity};
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

/// Edits in source order that do not touch each other; an edit that overlaps an earlier one waits for the next round.
fn certain_edits(diagnostics: &[Diagnostic]) -> Vec<Edit> {
    let fixes = diagnostics.iter().flat_map(|it| it.fixes.iter().filter(|fix| fix.certain).take(1));
    let mut edits: Vec<Edit> = fixes.flat_map(|fix| fix.edits.iter().cloned()).collect();
    edits.sort_by(|a, b| (a.span, &a.text).cmp(&(b.span, &b.text)));
    edits.dedup();
    let mut chosen: Vec<Edit> = Vec::new();
    for edit in edits {
        let free = chosen.last().is_none_or(|it| it.span.file != edit.span.file || it.span.end <= edit.span.start);
        if free {
            chosen.push(edit);
        }
    }
    chosen
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
