//! Names a program uses without having imported them: the standard library is searched only after nothing else was found.

use super::loader::Loader;
use super::modules::PRELUDE;
use crate::diagnostics;
use qi_base::{Diagnostic, Diagnostics, FileId, Files, Id, Span};
use qi_syntax::ast::{self, HasAttributes};
use std::path::PathBuf;

/// Adds the missing 导入 to findings about unknown names.
pub fn suggest_imports(loader: &mut dyn Loader, files: &Files, found: &mut Diagnostics) {
    let is_unknown = |it: &Diagnostic| matches!(it.code, "E0201" | "E0202");
    if !found.iter().any(is_unknown) {
        return;
    }
    let names = public_names(loader);
    for diagnostic in found.iter_mut().filter(|it| is_unknown(it)) {
        let span = diagnostic.span();
        let text = &files.get(span.file).text;
        let name = &text[span.start as usize..span.end as usize];
        let Some(import) = import_of(&names, name) else { continue };
        let place = if text.starts_with("包 ") { text.find('\n').map_or(0, |it| it + 1) } else { 0 };
        let at = Span::new(span.file, place as u32, place as u32);
        diagnostics::add_import(diagnostic, at, &import);
    }
}

/// Each module of the standard library with its public names.
type StdNames = Vec<(String, Vec<String>)>;

/// The modules of the standard library that programs import, with their files.
pub fn modules(loader: &mut dyn Loader) -> Vec<(String, PathBuf)> {
    let named = |path: PathBuf| Some((path.file_stem()?.to_string_lossy().into_owned(), path));
    // Every program has the prelude already.
    loader.std_modules().into_iter().filter(|it| !it.ends_with(PRELUDE)).filter_map(named).collect()
}

fn public_names(loader: &mut dyn Loader) -> StdNames {
    let mut names = Vec::new();
    for (module, path) in modules(loader) {
        let Some(text) = loader.read(&path).ok().and_then(|it| String::from_utf8(it).ok()) else { continue };
        let tree = qi_syntax::parse(FileId::from_index(0), &text).tree;
        names.push((module, tree.statements().filter_map(|it| public_name(&it)).collect()));
    }
    names
}

fn public_name(statement: &ast::Statement) -> Option<String> {
    let (is_public, name) = match statement {
        ast::Statement::Let(it) => (it.is_public(), it.name()),
        ast::Statement::Item(ast::Item::Function(it)) => (it.is_public(), it.name()),
        ast::Statement::Item(ast::Item::Struct(it)) => (it.is_public(), it.name()),
        ast::Statement::Item(ast::Item::Enum(it)) => (it.is_public(), it.name()),
        ast::Statement::Item(ast::Item::TypeAlias(it)) => (it.is_public(), it.name()),
        ast::Statement::Item(ast::Item::Trait(it)) => (it.is_public(), it.name()),
        _ => return None,
    };
    name.filter(|_| is_public).map(|it| it.name().as_str().to_owned())
}

fn import_of(names: &StdNames, name: &str) -> Option<String> {
    if names.iter().any(|it| it.0 == name) {
        return Some(format!("标准库.{name}"));
    }
    let (module, _) = names.iter().find(|it| it.1.iter().any(|it| it == name))?;
    Some(format!("标准库.{module}::{{{name}}}"))
}
