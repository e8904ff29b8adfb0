//! Where else a name is written: in the open programs, and in those of the package that nothing open leads to.

use crate::mentions::{Mention, Role};
use crate::workspace::{Host, Known};
use qi_base::{File, FileId, Id, Span};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Places of one file, in its order. They are of this text and of no program.
pub struct InFile {
    pub file: File,
    pub spans: Vec<Span>,
}

/// A declaration by its place, which is the same in every program.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Symbol {
    pub path: PathBuf,
    pub start: u32,
    /// Of a module: the start of its file.
    pub is_module: bool,
}

impl Symbol {
    pub fn new(known: &Known, declared: Span) -> Self {
        let path = known.checked.files.get(declared.file).path.clone();
        Self { path, start: declared.start, is_module: declared.start == declared.end }
    }
}

/// What the name at a place means: several for an overload set. Of a short form, the variable.
pub(crate) fn mentioned(known: &Known, file: FileId, offset: u32) -> &[Mention] {
    let all = known.mentions().at(file, offset);
    let end = all.iter().position(|it| it.role == Role::ShorthandField).unwrap_or(all.len());
    if end == 0 { all } else { &all[..end] }
}

/// Those of the same file, first to last.
pub(crate) fn highlights(known: &Known, file: FileId, offset: u32) -> Option<Vec<Span>> {
    let wanted: BTreeSet<Span> = mentioned(known, file, offset).iter().map(Mention::symbol).collect();
    let of_file = known.mentions().iter().filter(|it| it.span.file == file && means(it, |it| wanted.contains(&it)));
    let mut spans: Vec<Span> = of_file.map(|it| it.span).collect();
    spans.dedup();
    (!spans.is_empty()).then_some(spans)
}

/// A use under another name is one of both.
fn means(mention: &Mention, is_wanted: impl Fn(Span) -> bool) -> bool {
    is_wanted(mention.target) || mention.alias.is_some_and(is_wanted)
}

pub(crate) struct Search<'a> {
    pub known: &'a BTreeMap<PathBuf, Known>,
    pub texts: &'a BTreeMap<PathBuf, String>,
}

impl Search<'_> {
    /// None: no name stands there.
    pub fn references(
        &self,
        host: &mut dyn Host,
        path: &Path,
        offset: u32,
        with_declaration: bool,
    ) -> Option<Vec<InFile>> {
        let known = self.known.get(path)?;
        let file = known.file(path)?;
        let found = mentioned(known, file, offset);
        let first = found.first()?;
        let word = qi_syntax::without_brackets(known.checked.files.text(first.span)).to_owned();
        let wanted: BTreeSet<Symbol> = found.iter().map(|it| Symbol::new(known, it.symbol())).collect();
        let more = self.more(host, path, &[&word]);
        let mut places = Places::default();
        for known in self.known.values().chain(&more) {
            places.add(known, &wanted, with_declaration);
        }
        Some(places.into_files())
    }

    /// The files of the package that no open program has, where one of the words stands in them: as programs of their own.
    pub fn more(&self, host: &mut dyn Host, path: &Path, words: &[&str]) -> Vec<Known> {
        let mut covered: BTreeSet<PathBuf> = self.known.values().flat_map(Known::own_files).collect();
        let mut more = Vec::new();
        for file in host.package(path).files {
            let holds = |text: &str| words.iter().any(|it| text.contains(it));
            if covered.contains(&file) || !host.read(&file).is_some_and(|it| holds(&it)) {
                continue;
            }
            if let Some(checked) = host.check(&file, self.texts) {
                let known = Known::new(checked);
                covered.extend(known.own_files());
                more.push(known);
            }
        }
        more
    }
}

/// Places of several programs, which may share files.
#[derive(Default)]
struct Places(BTreeMap<PathBuf, (String, BTreeSet<Span>)>);

impl Places {
    fn add(&mut self, known: &Known, wanted: &BTreeSet<Symbol>, with_declaration: bool) {
        let files = &known.checked.files;
        let wanted = known.spans_of(wanted);
        for it in known.mentions().iter().filter(|it| means(it, |it| wanted.contains(&it))) {
            let is_declaration = wanted.contains(&it.span);
            if with_declaration || !is_declaration {
                let file = files.get(it.span.file);
                let places = self.0.entry(file.path.clone());
                let (_, spans) = places.or_insert_with(|| (file.text.clone(), BTreeSet::new()));
                spans.insert(detached(it.span));
            }
        }
    }

    fn into_files(self) -> Vec<InFile> {
        let file = |(path, (text, spans)): (PathBuf, (String, BTreeSet<Span>))| InFile {
            file: File::new(path, text),
            spans: spans.into_iter().collect(),
        };
        self.0.into_iter().map(file).collect()
    }
}

/// The number of a file means nothing outside its program.
pub(crate) fn detached(span: Span) -> Span {
    Span { file: FileId::from_index(0), ..span }
}

impl Known {
    /// The declarations where this program has them.
    pub(crate) fn spans_of(&self, symbols: &BTreeSet<Symbol>) -> BTreeSet<Span> {
        let key = |it: &Symbol| Some((self.checked.files.find(&it.path)?, it.start, it.is_module));
        let keys: BTreeSet<_> = symbols.iter().filter_map(key).collect();
        let declared = self.mentions().iter().flat_map(|it| [Some(it.target), it.alias]).flatten();
        declared.filter(|it| keys.contains(&(it.file, it.start, it.start == it.end))).collect()
    }
}
