//! Syntax to items: reads the entry file, the prelude and all they import, and lowers declarations and bodies into a
//! [`Program`]. Checks what needs no meaning of names: modules, imports, duplicates, misplaced declarations.
//! Never fails: what cannot be read or lowered is reported and left out.

mod adts;
mod assign;
mod body;
mod closure;
mod confusable;
mod context;
mod control;
mod expr;
mod free_names;
mod functions;
mod imports;
mod items;
mod loader;
mod modules;
mod pattern;
mod std_names;
mod top_level;
mod types;

#[cfg(test)]
mod tests;

pub use loader::{DiskLoader, Loader, MemoryLoader, modules_in};
pub use std_names::suggest_imports;
pub use top_level::ENTRY_NAMES;

use crate::builtin_types::builtin_type_names;
use crate::{FunctionId, Item, Module, Program};
use context::Ctx;
use items::ItemLowering;
use qi_base::{Diagnostics, Files, Name};
use rustc_hash::{FxHashMap, FxHashSet};
use std::path::Path;

/// The whole program that starts in the file `root`.
pub fn collect(loader: &mut dyn Loader, root: &Path, files: &mut Files, diagnostics: &mut Diagnostics) -> Program {
    let graph = modules::load(loader, root, files, diagnostics);
    let mut program =
        Program { root: graph.root, prelude: graph.prelude, order: graph.initialization_order(), ..Program::default() };
    for source in graph.sources.values() {
        program.modules.push(Module {
            name: source.name,
            file: source.file,
            is_std: source.is_std,
            items: FxHashMap::default(),
            imports: Vec::new(),
            top_level: None,
        });
    }
    let prelude = graph.prelude.map(|it| items::declared_names(&graph.sources[it].tree)).unwrap_or_default();
    for (id, source) in graph.sources.iter() {
        let mut known_types: FxHashSet<Name> = builtin_type_names().chain(["函数", "自己"]).map(Name::new).collect();
        known_types.extend(&prelude);
        known_types.extend(items::declared_names(&source.tree));
        known_types.extend(imports::star_names(&graph, id));
        let mut ctx = Ctx { file: source.file, is_std: source.is_std, diagnostics };
        if !source.is_std {
            confusable::check(&mut ctx, &files.get(source.file).text, &source.tree);
        }
        let mut lowering = ItemLowering { program: &mut program, ctx, module: id, known_types };
        lowering.lower(&source.tree);
        top_level::lower(&mut lowering, &source.tree, graph.root == Some(id));
    }
    imports::bind(&mut program, &graph, diagnostics);
    program
}

/// 主函数, 入口 or the top-level statements of the entry file.
pub fn entry(program: &Program) -> Option<FunctionId> {
    let root = &program.modules[program.root?];
    let named = ENTRY_NAMES.iter().filter_map(|it| root.items.get(&Name::new(it))).flatten();
    let mut functions = named.filter_map(|it| match it {
        Item::Function(id) => Some(*id),
        _ => None,
    });
    functions.next().or(root.top_level)
}
