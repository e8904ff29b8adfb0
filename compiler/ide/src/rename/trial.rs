//! Tries a renaming out: nothing may become an error, and every name must mean what it meant.

use super::edits::Edits;
use super::refusals;
use crate::mentions::{Mention, Mentions, Role};
use crate::workspace::{Checked, Host, Known};
use qi_base::{Diagnostic, Name, Severity, Span, Text};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Programs without any of the changed files stay as they are.
pub fn run(
    programs: &[&Known],
    host: &mut dyn Host,
    texts: &BTreeMap<PathBuf, String>,
    edits: &Edits,
    new: Name,
) -> Result<(), Text> {
    let mut changed = texts.clone();
    changed.extend(edits.texts().map(|(path, text)| (path.clone(), text)));
    for known in programs.iter().filter(|it| it.own_files().any(|it| edits.touches(&it))) {
        let Some(entry) = entry(&known.checked) else { continue };
        let after = host.check(entry, &changed).ok_or_else(|| refusals::untried(new.as_str()))?;
        let trial = Trial { before: &known.checked, after: &after, edits, new: new.as_str() };
        trial.errors()?;
        trial.entry()?;
        trial.meanings(known.mentions(), &Mentions::new(&after))?;
    }
    Ok(())
}

/// The file that the program begins with.
fn entry(checked: &Checked) -> Option<&Path> {
    let root = checked.program.root?;
    Some(&checked.files.get(checked.program.modules[root].file).path)
}

struct Trial<'a> {
    before: &'a Checked,
    after: &'a Checked,
    edits: &'a Edits<'a>,
    new: &'a str,
}

/// A place that is the same in every program.
type Place<'a> = (&'a Path, u32);

/// A name and what it means: its declaration, and the one of an import's own name for it.
type Meaning<'a> = (Place<'a>, Place<'a>, Option<Place<'a>>);

impl Trial<'_> {
    /// A renaming adds no lines, so errors are told apart by code and line.
    fn errors(&self) -> Result<(), Text> {
        let is_error = |it: &&Diagnostic| it.severity == Severity::Error;
        let mut old: BTreeMap<_, usize> = BTreeMap::new();
        for it in self.before.found.iter().filter(is_error) {
            *old.entry(key(self.before, it)).or_default() += 1;
        }
        for it in self.after.found.iter().filter(is_error) {
            match old.get_mut(&key(self.after, it)) {
                Some(left) if *left > 0 => *left -= 1,
                _ => return Err(refusals::error(self.new, &place(self.after, it.span()), &it.title)),
            }
        }
        Ok(())
    }

    fn entry(&self) -> Result<(), Text> {
        let is_lost = self.before.analysis.entry.is_some() && self.after.analysis.entry.is_none();
        if is_lost { Err(refusals::no_entry(self.new)) } else { Ok(()) }
    }

    fn meanings(&self, before: &Mentions, after: &Mentions) -> Result<(), Text> {
        let expected: BTreeMap<Meaning, Span> = before.iter().map(|it| (self.expected(it), it.span)).collect();
        let found: BTreeSet<Meaning> = after.iter().map(|it| self.found(it)).collect();
        if let Some((_, &span)) = expected.iter().find(|it| !found.contains(it.0)) {
            return Err(self.other_meaning(self.before, span));
        }
        match after.iter().find(|it| !expected.contains_key(&self.found(it))) {
            Some(it) => Err(self.other_meaning(self.after, it.span)),
            None => Ok(()),
        }
    }
    fn other_meaning(&self, of: &Checked, span: Span) -> Text {
        let name = of.files.text(span);
        let is_old = Name::new(name) == self.edits.old();
        refusals::other_meaning(self.new, if is_old { self.new } else { name }, &place(of, span))
    }

    fn expected(&self, it: &Mention) -> Meaning<'_> {
        let at = |span: Span, is_field: bool| {
            let path = &*self.before.files.get(span.file).path;
            (path, self.edits.moved(path, span.start, is_field))
        };
        // What a short form declares is a variable.
        (at(it.span, it.role == Role::ShorthandField), at(it.target, false), it.alias.map(|it| at(it, false)))
    }
    fn found(&self, it: &Mention) -> Meaning<'_> {
        let at = |span: Span| (&*self.after.files.get(span.file).path, span.start);
        (at(it.span), at(it.target), it.alias.map(at))
    }
}

fn key<'a>(checked: &'a Checked, it: &Diagnostic) -> (&'a Path, usize, &'static str) {
    let file = checked.files.get(it.span().file);
    (&file.path, file.line_index(it.span().start), it.code)
}

/// As people count.
fn place(checked: &Checked, span: Span) -> String {
    let file = checked.files.get(span.file);
    let name = file.path.file_name().unwrap_or(file.path.as_os_str()).to_string_lossy();
    format!("{name}:{}", file.line_column(span.start).line)
}
