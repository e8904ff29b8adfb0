//! What a name of a module means when no variable hides it: own items, then imports, then what is predeclared.

use super::trees::Trees;
use qi_base::{Name, Span};
use qi_hir::{Item, ModuleId, Program};
use qi_syntax::ast::AstNode;
use std::collections::HashMap;

/// One thing that a name means.
#[derive(Clone, Copy)]
pub(super) struct Meaning {
    pub item: Item,
    /// Where an import gives it the name.
    pub alias: Option<Span>,
}

pub(super) struct Scope<'a> {
    program: &'a Program,
    /// Bound by imports.
    imports: HashMap<(ModuleId, Name), Vec<Item>>,
    aliases: HashMap<(ModuleId, Name), Span>,
}

impl<'a> Scope<'a> {
    pub fn new(program: &'a Program, trees: &Trees) -> Self {
        let mut imports: HashMap<_, Vec<Item>> = HashMap::new();
        let mut aliases = HashMap::new();
        for (id, module) in program.modules.iter() {
            for import in &module.imports {
                imports.entry((id, import.name)).or_default().extend(import.target);
            }
            if module.is_std || module.imports.is_empty() {
                continue;
            }
            for import in trees.file(module.file).imports() {
                let listed = import.list().into_iter().flat_map(|it| it.names()).filter_map(|it| it.alias());
                for alias in import.alias().into_iter().chain(listed) {
                    aliases.entry((id, alias.name())).or_insert(alias.span(module.file));
                }
            }
        }
        Self { program, imports, aliases }
    }

    /// The name by itself.
    pub fn lookup(&self, module: ModuleId, name: Name) -> Vec<Meaning> {
        let mut found = self.in_module(module, name, |_| true);
        if let Some(prelude) = self.program.prelude.filter(|_| found.is_empty()) {
            found = self.member(prelude, name, module);
        }
        found
    }

    /// `of.name` as written in `from`. What is not public is found too: that it is not was reported.
    pub fn member(&self, of: ModuleId, name: Name, from: ModuleId) -> Vec<Meaning> {
        let imports = &self.program.modules[of].imports;
        self.in_module(of, name, |name| of == from || imports.iter().any(|it| it.name == name && it.public))
    }

    fn in_module(&self, module: ModuleId, name: Name, gives: impl Fn(Name) -> bool) -> Vec<Meaning> {
        if let Some(own) = self.program.modules[module].items.get(&name) {
            return own.iter().map(|&item| Meaning { item, alias: None }).collect();
        }
        let alias = self.aliases.get(&(module, name)).copied();
        let imported = self.imports.get(&(module, name)).filter(|_| gives(name));
        imported.into_iter().flatten().map(|&item| Meaning { item, alias }).collect()
    }
}
