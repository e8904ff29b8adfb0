//! Binds the names of imports, through re-exports, once all files' items are known.

use super::items::{declared_names, item_span};
use super::modules::Graph;
use crate::diagnostics;
use crate::{Import, Item, ModuleId, Program};
use qi_base::suggest;
use qi_base::{Diagnostics, Name, Span};
use qi_syntax::ast::{AstNode, HasAttributes};
use rustc_hash::{FxHashMap, FxHashSet};

/// One name bound by an import.
#[derive(Clone, Copy)]
struct Binding {
    name: Name,
    public: bool,
    span: Span,
    /// None: not found (reported).
    module: Option<ModuleId>,
    /// None: the module itself.
    member: Option<Name>,
    /// Brought by `::*`: gives way to what the file declares or names.
    by_star: bool,
}

type Bindings = FxHashMap<ModuleId, Vec<Binding>>;

pub(super) fn bind(program: &mut Program, graph: &Graph, diagnostics: &mut Diagnostics) {
    let mut bindings: Bindings = graph.sources.iter().map(|(id, _)| (id, module_bindings(graph, id))).collect();
    star_bindings(program, graph, &mut bindings);
    bindings.values_mut().for_each(|it| it.sort_by_key(|it| it.span));
    for (id, _) in graph.sources.iter() {
        let mut imports = Vec::new();
        for binding in &bindings[&id] {
            for target in targets(program, &bindings, binding, diagnostics) {
                let import = Import { name: binding.name, target, public: binding.public, span: binding.span };
                imports.push((import, binding.by_star));
            }
        }
        check_duplicates(program, graph, id, &imports, diagnostics);
        program.modules[id].imports = imports.into_iter().map(|it| it.0).collect();
    }
}

fn module_bindings(graph: &Graph, id: ModuleId) -> Vec<Binding> {
    let source = &graph.sources[id];
    let mut bindings = Vec::new();
    for import in &source.imports {
        let public = import.node.is_public();
        let module = import.module;
        if let Some(list) = import.node.list() {
            for it in list.names() {
                let Some(name) = it.name() else { continue };
                let span = name.span(source.file);
                let bound = it.alias().map_or(name.name(), |it| it.name());
                bindings.push(Binding { name: bound, public, span, module, member: Some(name.name()), by_star: false });
            }
        }
        let takes_names = import.node.list().is_some() || import.node.star().is_some();
        let last = import.node.path().and_then(|it| it.segments().last());
        let Some(name) = import.node.alias().or(last.filter(|_| !takes_names)) else { continue };
        let member = import.member.as_ref().map(|it| it.name());
        bindings.push(Binding {
            name: name.name(),
            public,
            span: name.span(source.file),
            module,
            member,
            by_star: false,
        });
    }
    bindings
}

/// Expands `::*`. What a module gives away may itself come from a `公开 导入 …::*`, so this goes on until nothing is new.
fn star_bindings(program: &Program, graph: &Graph, bindings: &mut Bindings) {
    let mut stars = Vec::new();
    for (id, source) in graph.sources.iter() {
        for import in &source.imports {
            if let (Some(star), Some(target)) = (import.node.star(), import.module) {
                let range = star.text_range();
                let span = Span::new(source.file, range.start().into(), range.end().into());
                stars.push((id, target, span, import.node.is_public()));
            }
        }
    }
    let mut is_complete = stars.is_empty();
    while !is_complete {
        is_complete = true;
        for &(id, target, span, public) in &stars {
            let items = &program.modules[id].items;
            let own = &bindings[&id];
            let is_bound = |name: Name| own.iter().any(|it| it.name == name && (!it.by_star || it.span == span));
            let mut names: Vec<Name> = public_names(program, bindings, target).collect();
            names.retain(|&it| !items.contains_key(&it) && !is_bound(it));
            names.sort_by_key(|it| it.as_str());
            names.dedup();
            is_complete &= names.is_empty();
            let new = names.into_iter().map(|name| Binding {
                name,
                public,
                span,
                module: Some(target),
                member: Some(name),
                by_star: true,
            });
            bindings.entry(id).or_default().extend(new);
        }
    }
}

/// Names that `::*` may bring to a module, told from the text of the files alone.
pub(super) fn star_names(graph: &Graph, id: ModuleId) -> FxHashSet<Name> {
    let mut names = FxHashSet::default();
    let mut seen = FxHashSet::default();
    let mut open = vec![id];
    while let Some(module) = open.pop() {
        for import in graph.sources[module].imports.iter().filter(|it| it.node.star().is_some()) {
            if let Some(target) = import.module.filter(|&it| seen.insert(it)) {
                names.extend(declared_names(&graph.sources[target].tree));
                open.push(target);
            }
        }
    }
    names
}

/// Where the file writes the name, other than in an import.
fn first_use(graph: &Graph, module: ModuleId, name: &str) -> Option<Span> {
    let source = &graph.sources[module];
    let tokens = source.tree.syntax().descendants_with_tokens().filter_map(|it| it.into_token());
    let is_import =
        |it: &qi_syntax::SyntaxToken| it.parent_ancestors().any(|it| it.kind() == qi_syntax::SyntaxKind::IMPORT);
    let used = tokens.into_iter().find(|it| qi_syntax::without_brackets(it.text()) == name && !is_import(it))?;
    let range = used.text_range();
    Some(Span::new(source.file, range.start().into(), range.end().into()))
}

/// What an import binds: several for an overload set, one `None` after a reported error.
fn targets(
    program: &Program,
    bindings: &Bindings,
    binding: &Binding,
    diagnostics: &mut Diagnostics,
) -> Vec<Option<Item>> {
    let Some(module) = binding.module else { return vec![None] };
    let Some(member) = binding.member else { return vec![Some(Item::Module(module))] };
    let found = lookup(program, bindings, module, member, &mut FxHashSet::default());
    let module_name = program.modules[module].name.as_str();
    if found.is_empty() {
        let names = public_names(program, bindings, module).map(|it| it.as_str());
        let similar = suggest::similar(member.as_str(), names);
        diagnostics.push(diagnostics::import_name_not_found(binding.span, module_name, member.as_str(), similar));
        return vec![None];
    }
    let public: Vec<_> = found.iter().filter(|it| it.1).map(|it| Some(it.0)).collect();
    if public.is_empty() {
        let declared = item_span(program, found[0].0).unwrap_or(binding.span);
        let diagnostic = diagnostics::private_import(binding.span, module_name, member.as_str(), declared);
        diagnostics.push(diagnostics::with_public(diagnostic, program.public_head(found[0].0)));
        return found.into_iter().map(|it| Some(it.0)).collect();
    }
    public
}

/// The items of a name in a module, each with whether it is public.
fn lookup(
    program: &Program,
    bindings: &Bindings,
    module: ModuleId,
    name: Name,
    seen: &mut FxHashSet<(ModuleId, Name)>,
) -> Vec<(Item, bool)> {
    if !seen.insert((module, name)) {
        return Vec::new();
    }
    if let Some(items) = program.modules[module].items.get(&name) {
        return items.iter().map(|&it| (it, program.is_public(it))).collect();
    }
    let mut found = Vec::new();
    for binding in bindings[&module].iter().filter(|it| it.name == name) {
        match (binding.module, binding.member) {
            (Some(target), None) => found.push((Item::Module(target), binding.public)),
            (Some(target), Some(member)) => {
                let items = lookup(program, bindings, target, member, seen);
                found.extend(items.into_iter().map(|(item, public)| (item, public && binding.public)));
            }
            (None, _) => {}
        }
    }
    found
}

fn public_names<'a>(program: &'a Program, bindings: &'a Bindings, module: ModuleId) -> impl Iterator<Item = Name> + 'a {
    let items = program.modules[module].items.iter();
    let own = items.filter(|(_, items)| items.iter().any(|&it| program.is_public(it))).map(|(&name, _)| name);
    let imported = bindings[&module].iter().filter(|it| it.public).map(|it| it.name);
    own.chain(imported)
}

/// A name may be imported once, or several times as the same thing, and not be declared in the file too.
fn check_duplicates(
    program: &Program,
    graph: &Graph,
    module: ModuleId,
    imports: &[(Import, bool)],
    diagnostics: &mut Diagnostics,
) {
    let mut seen: FxHashMap<Name, Vec<&Import>> = FxHashMap::default();
    for (import, by_star) in imports {
        let own = program.modules[module].items.get(&import.name).and_then(|it| it.first());
        if let Some(span) = own.and_then(|&it| item_span(program, it)) {
            diagnostics.push(diagnostics::duplicate_definition(span, import.name.as_str(), import.span));
            continue;
        }
        let earlier = seen.entry(import.name).or_default();
        earlier.push(import);
        // All functions of an overload set come with one import.
        let first = earlier[0].span;
        let is_known = earlier.iter().any(|it| it.span == first && it.target == import.target);
        if first != import.span && !is_known {
            let name = import.name.as_str();
            if !by_star {
                diagnostics.push(diagnostics::duplicate_definition(import.span, name, first));
            } else if let Some(used) = first_use(graph, module, name) {
                diagnostics.push(diagnostics::two_stars(used, name, [first, import.span]));
            } else if import.public {
                diagnostics.push(diagnostics::two_stars(import.span, name, [first, import.span]));
            }
        }
    }
}
