//! The names in 导入.

use super::Builder;
use qi_base::{Name, Span};
use qi_hir::{Item, Module, ModuleId};
use qi_syntax::ast::{self, AstNode};

impl Builder<'_> {
    pub(super) fn imports(&mut self, id: ModuleId, module: &Module) {
        if module.imports.is_empty() {
            return;
        }
        for import in self.trees.file(module.file).imports() {
            self.import(id, module, &import);
        }
    }

    fn import(&mut self, id: ModuleId, module: &Module, import: &ast::Import) {
        let span = |it: &ast::Name| it.span(module.file);
        let mut segments: Vec<ast::Name> = import.path().into_iter().flat_map(|it| it.segments()).collect();
        let takes_names = import.list().is_some() || import.star().is_some();
        let mut through = Vec::new();
        for name in import.list().into_iter().flat_map(|it| it.names()) {
            let (Some(written), alias) = (name.name(), name.alias()) else { continue };
            through.extend(self.bound(module, span(&written), &written));
            alias.iter().for_each(|it| self.declare(span(it), it.name()));
        }
        if let Some(alias) = import.alias() {
            self.declare(span(&alias), alias.name());
        }
        if !takes_names && let Some(last) = segments.pop() {
            let place = import.alias().map_or(span(&last), |it| span(&it));
            through = self.bound(module, place, &last);
        }
        // What is left is the module that it comes from, in folders that are none.
        if let Some(last) = segments.last()
            && let Some(of) = self.module_named(last.name(), id, &through)
        {
            self.mention(span(last), self.declared.item(Item::Module(of)));
        }
    }

    /// Mentions what the import at `place` binds, which is written there as `written`.
    fn bound(&mut self, module: &Module, place: Span, written: &ast::Name) -> Vec<Item> {
        let of_place = module.imports.iter().filter(|it| it.span == place);
        let targets: Vec<Item> = of_place.filter_map(|it| it.target).collect();
        for &target in &targets {
            self.mention(written.span(module.file), self.declared.item(target));
        }
        targets
    }

    /// The one that gives these items, if there are several of the name.
    fn module_named(&self, name: Name, importer: ModuleId, gives: &[Item]) -> Option<ModuleId> {
        let modules = &self.program.modules;
        let named = || modules.iter().filter(|(id, it)| it.name == name && *id != importer).map(|it| it.0);
        let gives_all =
            |id: &ModuleId| gives.iter().all(|it| modules[*id].items.values().flatten().any(|own| own == it));
        named().find(gives_all).or_else(|| named().next())
    }
}
