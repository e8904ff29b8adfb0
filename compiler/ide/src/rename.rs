//! Changing a name wherever it is written.
//!
//! The edits are tried out on the texts in memory and every program that they touch is checked again: where the new name would
//! be an error, hide something or be hidden, nothing is changed and the user is told why.

mod edits;
mod refusals;
mod trial;

use crate::references::{Search, Symbol, mentioned};
use crate::workspace::{Host, Known};
use edits::Edits;
use qi_base::{Edit, File, FileId, Id, Name, Span, Text};
use qi_syntax::SyntaxKind;
use std::collections::BTreeSet;
use std::path::Path;

/// The edits of one file, in its order.
pub struct Renamed {
    pub file: File,
    pub edits: Vec<Edit>,
}

/// What is to be renamed.
struct Subject {
    span: Span,
    name: Name,
    /// Several for the overloads that one import names.
    symbols: BTreeSet<Symbol>,
}

pub(crate) fn renameable(search: &Search, host: &mut dyn Host, path: &Path, offset: u32) -> Result<Span, Text> {
    let (known, file) = program(search, path)?;
    Ok(subject(known, host, file, offset)?.span)
}

pub(crate) fn rename(
    search: &Search,
    host: &mut dyn Host,
    path: &Path,
    offset: u32,
    new_name: &str,
) -> Result<Vec<Renamed>, Text> {
    let (known, file) = program(search, path)?;
    let subject = subject(known, host, file, offset)?;
    let new = identifier(new_name)?;
    if new == subject.name {
        return Ok(Vec::new());
    }
    let more = search.more(host, path, &[subject.name.as_str(), new.as_str()]);
    let programs: Vec<&Known> = search.known.values().chain(&more).collect();
    let mut edits = Edits::new(subject.name, new_name.trim());
    for known in &programs {
        edits.collect(known, &subject.symbols);
    }
    trial::run(&programs, host, search.texts, &edits, new)?;
    Ok(edits.into_files())
}

fn program<'a>(search: &Search<'a>, path: &Path) -> Result<(&'a Known, FileId), Text> {
    let known = search.known.get(path).ok_or_else(refusals::nothing)?;
    Ok((known, known.file(path).ok_or_else(refusals::nothing)?))
}

fn subject(known: &Known, host: &mut dyn Host, file: FileId, offset: u32) -> Result<Subject, Text> {
    let files = &known.checked.files;
    let found = mentioned(known, file, offset);
    let Some(first) = found.first() else { return Err(unknown(&files.get(file).text, offset)) };
    let name = Name::new(qi_syntax::without_brackets(files.text(first.span)));
    for it in found {
        may_change(known, host, file, name, it.symbol())?;
    }
    let symbols = found.iter().map(|it| Symbol::new(known, it.symbol())).collect();
    Ok(Subject { span: first.span, name, symbols })
}

fn may_change(known: &Known, host: &mut dyn Host, file: FileId, name: Name, declared: Span) -> Result<(), Text> {
    let name = name.as_str();
    if declared.start == declared.end {
        return Err(refusals::module(name));
    }
    let files = &known.checked.files;
    if known.checked.program.modules.values().any(|it| it.is_std && it.file == declared.file) {
        return Err(refusals::library(name));
    }
    let functions = &known.checked.program.functions;
    if functions.values().any(|it| it.external.is_some() && it.name_span == declared) {
        return Err(refusals::c_function(name));
    }
    if declared.file != file {
        let of = host.package(&files.get(declared.file).path).root;
        if of.is_some() && of != host.package(&files.get(file).path).root {
            return Err(refusals::other_package(name));
        }
    }
    Ok(())
}

/// Why what stands at the place has no declaration.
fn unknown(text: &str, offset: u32) -> Text {
    let (tokens, _) = qi_syntax::lex(alone(), text);
    let touching = tokens.windows(2).filter(|it| it[0].start <= offset && offset <= it[1].start);
    let mut words = touching.filter(|it| it[0].kind == SyntaxKind::IDENT || it[0].kind.is_keyword());
    let Some(word) = words.next_back() else { return refusals::nothing() };
    let text = &text[word[0].start as usize..word[1].start as usize];
    if word[0].kind.is_keyword() {
        return refusals::keyword(text);
    }
    let mut known = qi_hir::builtin_type_names().chain(qi_hir::infer::BUILTIN_FUNCTIONS.iter().copied());
    if known.any(|it| it == text) { refusals::builtin(text) } else { refusals::undeclared(text) }
}

/// The file of a text that belongs to no program.
fn alone() -> FileId {
    FileId::from_index(0)
}

/// The name that a text is, with blanks around it.
fn identifier(text: &str) -> Result<Name, Text> {
    let text = text.trim();
    let (tokens, errors) = qi_syntax::lex(alone(), text);
    match &tokens[..] {
        [one, end] if end.kind == SyntaxKind::EOF && one.kind.is_reserved() => Err(refusals::reserved(text)),
        [one, end] if end.kind == SyntaxKind::EOF && one.kind == SyntaxKind::IDENT && errors.is_empty() => {
            Ok(Name::new(qi_syntax::without_brackets(text)))
        }
        _ => Err(refusals::no_identifier(text)),
    }
}
