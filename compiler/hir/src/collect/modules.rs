//! The module graph: reads the entry file, the prelude and everything they import, each file once, and orders them for
//! initialisation. Binds no names.

use super::loader::Loader;
use super::std_names;
use crate::{ModuleId, diagnostics};
use qi_base::{Diagnostics, File, FileId, Files, IdVec, Name, Span};
use qi_syntax::ast::{self, AstNode};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::VecDeque;
use std::io;
use std::path::{Component, Path, PathBuf};

/// The file whose public names are known everywhere.
pub(super) const PRELUDE: &str = "核心.qi";
/// The file that makes a folder a module.
const FOLDER_MODULE: &str = "模块";
const STD: &str = "标准库";
/// Paths of more names lead nowhere: no system has folders nested so deep.
const MAX_NAMES: usize = 200;

pub(super) struct Source {
    pub file: FileId,
    pub path: PathBuf,
    pub name: Name,
    pub tree: ast::SourceFile,
    pub is_std: bool,
    /// Folder of the package the file belongs to; none for the package of the entry file.
    pub package: Option<PathBuf>,
    pub imports: Vec<ResolvedImport>,
}

pub(super) struct ResolvedImport {
    pub node: ast::Import,
    pub path_span: Span,
    /// None if not found (reported).
    pub module: Option<ModuleId>,
    /// `导入 ./几何.圆面积`: the last name is not a file but something in the module.
    pub member: Option<ast::Name>,
}

#[derive(Default)]
pub(super) struct Graph {
    pub sources: IdVec<ModuleId, Source>,
    pub prelude: Option<ModuleId>,
    pub root: Option<ModuleId>,
}

/// A file found for an import, and where the search would have gone on.
enum Found {
    Module(ModuleId),
    /// The module and the trailing name.
    Member(ModuleId),
    Missing(Vec<String>),
}

struct Session<'a> {
    loader: &'a mut dyn Loader,
    files: &'a mut Files,
    diagnostics: &'a mut Diagnostics,
    graph: Graph,
    by_path: FxHashMap<PathBuf, ModuleId>,
    queue: VecDeque<ModuleId>,
}

pub(super) fn load(loader: &mut dyn Loader, root: &Path, files: &mut Files, diagnostics: &mut Diagnostics) -> Graph {
    let graph = Graph::default();
    let mut session =
        Session { loader, files, diagnostics, graph, by_path: FxHashMap::default(), queue: VecDeque::new() };
    let prelude = session.loader.std_dir().join(PRELUDE);
    session.graph.root = session.entry(root);
    session.graph.prelude = session.open(&prelude, None).unwrap_or_else(|_| {
        let span = session.whole_program_span(root);
        session.diagnostics.push(diagnostics::missing_std(span, &prelude.display().to_string()));
        None
    });
    while let Some(module) = session.queue.pop_front() {
        session.resolve_imports(module);
    }
    package_cycles(&session.graph, session.diagnostics);
    session.graph
}

impl Session<'_> {
    fn entry(&mut self, root: &Path) -> Option<ModuleId> {
        match self.open(root, None) {
            Ok(module) => module,
            Err(error) => {
                let span = self.whole_program_span(root);
                let report = diagnostics::unreadable_file(span, &root.display().to_string(), &error.to_string());
                self.diagnostics.push(report);
                None
            }
        }
    }

    /// The start of the entry file, for findings that have no better place.
    fn whole_program_span(&mut self, root: &Path) -> Span {
        let file = self.files.find(root).unwrap_or_else(|| self.files.add(File::new(root, String::new())));
        Span::new(file, 0, 0)
    }

    /// The module of a file, read at most once; `Ok(None)` never happens for a readable file.
    fn open(&mut self, path: &Path, package: Option<&Path>) -> io::Result<Option<ModuleId>> {
        let path = normalize(path);
        let key = absolute(&path);
        if let Some(&known) = self.by_path.get(&key) {
            return Ok(Some(known));
        }
        let bytes = self.loader.read(&path)?;
        let file = self.add_file(&path, bytes);
        let parse = qi_syntax::parse(file, &self.files.get(file).text);
        self.diagnostics.extend(parse.errors);
        let is_std = key.starts_with(absolute(self.loader.std_dir()));
        let module = self.graph.sources.push(Source {
            file,
            name: module_name(&path),
            tree: parse.tree,
            is_std,
            package: package.map(Path::to_owned),
            imports: Vec::new(),
            path,
        });
        self.by_path.insert(key, module);
        self.queue.push_back(module);
        Ok(Some(module))
    }

    fn add_file(&mut self, path: &Path, bytes: Vec<u8>) -> FileId {
        let (text, bad) = match String::from_utf8(bytes) {
            Ok(text) => (text, None),
            Err(error) => {
                let offset = error.utf8_error().valid_up_to();
                (String::from_utf8_lossy(error.as_bytes()).into_owned(), Some(offset))
            }
        };
        let file = self.files.add(File::new(path, text));
        if let Some(offset) = bad {
            let start = u32::try_from(offset).unwrap_or(u32::MAX);
            let span = Span::new(file, start, start);
            self.diagnostics.push(diagnostics::invalid_utf8(span, &path.display().to_string(), offset));
        }
        file
    }

    fn resolve_imports(&mut self, module: ModuleId) {
        let file = self.graph.sources[module].file;
        let imports: Vec<_> = self.graph.sources[module].tree.imports().collect();
        for node in imports {
            let Some(path) = node.path() else { continue };
            let path_span = path.span(file);
            let takes_names = node.list().is_some() || node.star().is_some();
            let found = match self.find(module, &path) {
                Found::Member(_) if takes_names => Found::Missing(Vec::new()),
                found => found,
            };
            let (target, member) = match found {
                Found::Module(target) => (Some(target), None),
                Found::Member(target) => (Some(target), path.segments().last()),
                Found::Missing(tried) => {
                    let written = self.files.text(path_span).trim().to_owned();
                    let report = if written.starts_with("标准库") {
                        let known: Vec<String> = std_names::modules(self.loader).into_iter().map(|it| it.0).collect();
                        let report = diagnostics::std_module_not_found(path_span, &written, &known);
                        let wrong = path.segments().nth(1);
                        let similar = wrong.as_ref().and_then(|it| similar_module(it.name().as_str(), &known));
                        report.with_similar(wrong.map_or(path_span, |it| it.span(file)), similar)
                    } else {
                        diagnostics::module_not_found(path_span, &written, &tried)
                    };
                    self.diagnostics.push(report);
                    (None, None)
                }
            };
            let import = ResolvedImport { node, path_span, module: target, member };
            self.graph.sources[module].imports.push(import);
        }
    }

    fn find(&mut self, importer: ModuleId, path: &ast::ImportPath) -> Found {
        let names: Vec<String> = path.segments().map(|it| it.name().as_str().to_owned()).collect();
        let mut tried = Vec::new();
        if names.len() > MAX_NAMES {
            return Found::Missing(tried);
        }
        for (folder, names, package) in self.places(importer, path, &names) {
            if let Some(found) = self.find_in(&folder, &names, package.as_deref(), &mut tried) {
                return found;
            }
        }
        Found::Missing(tried)
    }

    /// Folders in which to look, with the names still to follow and the package that is entered.
    fn places(
        &mut self,
        importer: ModuleId,
        path: &ast::ImportPath,
        names: &[String],
    ) -> Vec<(PathBuf, Vec<String>, Option<PathBuf>)> {
        let source = &self.graph.sources[importer];
        let beside = source.path.parent().map_or_else(PathBuf::new, Path::to_owned);
        let own_package = source.package.clone();
        if path.is_relative() {
            let folder = (0..path.ups()).fold(beside, |folder, _| folder.join(".."));
            return vec![(folder, names.to_vec(), own_package)];
        }
        let std_dir = self.loader.std_dir().to_owned();
        if names.first().is_some_and(|it| it == STD) {
            return vec![(std_dir, names[1..].to_vec(), None)];
        }
        let importer_path = source.path.clone();
        let mut places = Vec::new();
        if let Some(folder) = names.first().and_then(|it| self.loader.dependency(&importer_path, it)) {
            places.push((folder.clone(), package_names(names), Some(folder.clone())));
            if names.len() == 1 {
                places.push((folder.clone(), names.to_vec(), Some(folder)));
            }
        }
        places.push((beside, names.to_vec(), own_package));
        places.push((std_dir, names.to_vec(), None));
        places
    }

    fn find_in(
        &mut self,
        folder: &Path,
        names: &[String],
        package: Option<&Path>,
        tried: &mut Vec<String>,
    ) -> Option<Found> {
        if let Some(module) = self.find_file(folder, names, package, tried) {
            return Some(Found::Module(module));
        }
        let (_, parents) = names.split_last()?;
        if parents.is_empty() {
            return None;
        }
        self.find_file(folder, parents, package, &mut Vec::new()).map(Found::Member)
    }

    fn find_file(
        &mut self,
        folder: &Path,
        names: &[String],
        package: Option<&Path>,
        tried: &mut Vec<String>,
    ) -> Option<ModuleId> {
        let (last, parents) = names.split_last()?;
        let folder = parents.iter().fold(folder.to_owned(), |folder, it| folder.join(it));
        for path in [folder.join(format!("{last}.qi")), folder.join(last).join(format!("{FOLDER_MODULE}.qi"))] {
            match self.open(&path, package) {
                Ok(Some(module)) => return Some(module),
                Ok(None) => {}
                Err(_) => tried.push(normalize(&path).display().to_string()),
            }
        }
        // As packages of the public 奇语 have it.
        self.open(&folder.join(last).join(format!("{last}.qi")), package).ok().flatten()
    }
}

/// `导入 名` is the folder's own module, `导入 名.子` a file in it.
fn package_names(names: &[String]) -> Vec<String> {
    if names.len() == 1 { vec![FOLDER_MODULE.to_owned()] } else { names[1..].to_vec() }
}

fn module_name(path: &Path) -> Name {
    let stem = |path: &Path| path.file_stem().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
    let name = stem(path);
    let folder = path.parent().map(stem).filter(|it| !it.is_empty());
    Name::new(&if name == FOLDER_MODULE { folder.unwrap_or(name) } else { name })
}

/// Without `.` and, where that is possible without asking the disk, without `..`.
fn normalize(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if matches!(out.components().next_back(), Some(Component::Normal(_))) => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// `HTTP` is http.
fn similar_module<'a>(name: &str, known: &'a [String]) -> Option<&'a str> {
    let same = known.iter().find(|it| it.eq_ignore_ascii_case(name)).map(String::as_str);
    same.or_else(|| qi_base::suggest::similar_word(name, known.iter().map(String::as_str)))
}

/// One spelling per file, however it is reached; links are not followed.
fn absolute(path: &Path) -> PathBuf {
    normalize(&std::path::absolute(path).unwrap_or_else(|_| path.to_owned()))
}

impl Graph {
    /// Importers after what they import (prelude first); in a cycle the first import met waits.
    pub fn initialization_order(&self) -> Vec<ModuleId> {
        let mut order = Vec::new();
        let mut seen = FxHashSet::default();
        let mut open: Vec<(ModuleId, usize)> = Vec::new();
        for start in self.prelude.into_iter().chain(self.root).chain(self.sources.ids()) {
            if seen.insert(start) {
                open.push((start, 0));
            }
            while let Some((module, next)) = open.pop() {
                let Some(import) = self.sources[module].imports.get(next) else {
                    order.push(module);
                    continue;
                };
                open.push((module, next + 1));
                if let Some(target) = import.module.filter(|&it| seen.insert(it)) {
                    open.push((target, 0));
                }
            }
        }
        order
    }
}

/// Reports packages that import each other; modules within one package may.
fn package_cycles(graph: &Graph, diagnostics: &mut Diagnostics) {
    let package = |id: ModuleId| graph.sources[id].package.clone().unwrap_or_default();
    let mut edges: Vec<(PathBuf, PathBuf, Span)> = Vec::new();
    for (id, source) in graph.sources.iter() {
        for import in &source.imports {
            let Some(target) = import.module.filter(|&it| !graph.sources[it].is_std && !source.is_std) else {
                continue;
            };
            let edge = (package(id), package(target), import.path_span);
            if edge.0 != edge.1 && !edges.iter().any(|it| it.0 == edge.0 && it.1 == edge.1) {
                edges.push(edge);
            }
        }
    }
    for (from, to, span) in &edges {
        if reaches(&edges, to, from) {
            let name = |it: &Path| if it.as_os_str().is_empty() { ".".to_owned() } else { it.display().to_string() };
            let path = format!("{} → {} → {}", name(from), name(to), name(from));
            diagnostics.push(diagnostics::package_cycle(*span, &path));
        }
    }
}

fn reaches(edges: &[(PathBuf, PathBuf, Span)], from: &Path, goal: &Path) -> bool {
    let mut seen = FxHashSet::default();
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        if at == goal {
            return true;
        }
        if seen.insert(at) {
            open.extend(edges.iter().filter(|it| it.0 == at).map(|it| it.1.as_path()));
        }
    }
    false
}
