//! What a renaming writes where, and where that moves everything else.

use super::Renamed;
use crate::mentions::{Mention, Role};
use crate::references::{Symbol, detached};
use crate::workspace::Known;
use qi_base::{Edit, File, Name, Span};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What is written instead of one mention.
#[derive(Clone)]
struct Change {
    span: Span,
    text: String,
    /// Where the variable of a short form that was written out begins in `text`; its field begins at 0.
    value: u32,
}

/// By file, and there by the start of what is changed.
pub struct Edits<'a> {
    old: Name,
    new: &'a str,
    files: BTreeMap<PathBuf, (String, BTreeMap<u32, Change>)>,
}

impl<'a> Edits<'a> {
    pub fn new(old: Name, new: &'a str) -> Self {
        Self { old, new, files: BTreeMap::new() }
    }

    /// Adds what one program has; of a file that several share, each mention once.
    pub fn collect(&mut self, known: &Known, symbols: &BTreeSet<Symbol>) {
        let wanted = known.spans_of(symbols);
        for mention in known.mentions().iter().filter(|it| wanted.contains(&it.symbol())) {
            let file = known.checked.files.get(mention.span.file);
            let written = known.checked.files.text(mention.span);
            let change = self.change(mention, written);
            let entry = self.files.entry(file.path.clone());
            let (_, changes) = entry.or_insert_with(|| (file.text.clone(), BTreeMap::new()));
            changes.insert(mention.span.start, change);
        }
    }

    fn change(&self, mention: &Mention, written: &str) -> Change {
        let new = self.new;
        let (text, value) = match mention.role {
            Role::Plain => (new.to_owned(), 0),
            Role::ShorthandValue => (format!("{written}: {new}"), written.len() + 2),
            Role::ShorthandField => (format!("{new}: {written}"), new.len() + 2),
        };
        Change { span: mention.span, text, value: value as u32 }
    }

    pub fn old(&self) -> Name {
        self.old
    }
    pub fn touches(&self, path: &Path) -> bool {
        self.files.contains_key(path)
    }

    /// The changed texts.
    pub fn texts(&self) -> impl Iterator<Item = (&PathBuf, String)> {
        self.files.iter().map(|(path, (text, changes))| (path, apply(text, changes)))
    }

    /// Where what begins at `start` will begin. Of a short form that is written out: the variable, unless `is_field`.
    pub fn moved(&self, path: &Path, start: u32, is_field: bool) -> u32 {
        let Some((_, changes)) = self.files.get(path) else { return start };
        let grown = |it: &Change| it.text.len() as i64 - i64::from(it.span.end - it.span.start);
        let before: i64 = changes.range(..start).map(|it| grown(it.1)).sum();
        let within = changes.get(&start).filter(|_| !is_field).map_or(0, |it| it.value);
        u32::try_from(i64::from(start) + before).unwrap_or_default() + within
    }

    pub fn into_files(self) -> Vec<Renamed> {
        let edit = |it: Change| Edit { span: detached(it.span), text: it.text };
        let files = self.files.into_iter().map(|(path, (text, changes))| Renamed {
            file: File::new(path, text),
            edits: changes.into_values().map(edit).collect(),
        });
        files.collect()
    }
}

fn apply(text: &str, changes: &BTreeMap<u32, Change>) -> String {
    let mut changed = String::with_capacity(text.len());
    let mut end = 0;
    for it in changes.values() {
        changed.push_str(&text[end..it.span.start as usize]);
        changed.push_str(&it.text);
        end = it.span.end as usize;
    }
    changed.push_str(&text[end..]);
    changed
}
