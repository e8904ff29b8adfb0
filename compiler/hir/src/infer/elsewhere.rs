//! Names that nothing in sight has, but a module that the file imports: what brings them in sight.

use super::Checker;
use crate::{Item, ModuleId, diagnostics};
use qi_base::{Diagnostic, Name, Span};

impl Checker<'_> {
    /// `导入 ./库` and then `问候()` for `库.问候()`.
    pub fn in_imported_module(&self, importer: ModuleId, name: Name) -> Option<String> {
        let imports = &self.program.modules[importer].imports;
        let found = imports.iter().find(|it| match it.target {
            Some(Item::Module(module)) => self.offers(module, name),
            _ => false,
        });
        found.map(|it| format!("{}.{name}", it.name))
    }

    /// Offers to import `name` where others of its module are imported.
    pub fn with_import(&self, diagnostic: Diagnostic, importer: ModuleId, name: Name) -> Diagnostic {
        match self.beside_imported(importer, name) {
            Some((at, module)) => diagnostics::with_name_to_import(diagnostic, at, module.as_str(), name.as_str()),
            None => diagnostic,
        }
    }

    /// `导入 ./库::{问候}` and then `告别()`: the name in the list behind which another one fits, and the module.
    fn beside_imported(&self, importer: ModuleId, name: Name) -> Option<(Span, Name)> {
        let imports = &self.program.modules[importer].imports;
        let found = imports.iter().find_map(|it| {
            let (module, own_name) = self.home(it.target?)?;
            (it.name == own_name && self.offers(module, name)).then_some((it.span, module))
        });
        found.map(|(span, module)| (span, self.program.modules[module].name))
    }

    /// `库.问候()` for `库.内.问候()`, where 库 has 公开 导入 ./内.
    pub fn through_module(&self, module: ModuleId, name: Name) -> Option<String> {
        let imports = self.program.modules[module].imports.iter().filter(|it| it.public);
        let found = imports.into_iter().find(|it| match it.target {
            Some(Item::Module(inner)) => self.offers(inner, name),
            _ => false,
        });
        found.map(|it| format!("{}.{name}", it.name))
    }

    fn offers(&self, module: ModuleId, name: Name) -> bool {
        let items = self.program.modules[module].items.get(&name);
        items.is_some_and(|it| it.iter().any(|&it| self.program.is_public(it)))
    }

    fn home(&self, item: Item) -> Option<(ModuleId, Name)> {
        let program = self.program;
        match item {
            Item::Module(_) => None,
            Item::Function(id) => Some((program.functions[id].module, program.functions[id].name)),
            Item::Adt(id) => Some((program.adts[id].module, program.adts[id].name)),
            Item::Alias(id) => Some((program.aliases[id].module, program.aliases[id].name)),
            Item::Trait(id) => Some((program.traits[id].module, program.traits[id].name)),
            Item::Global(id) => Some((program.globals[id].module, program.globals[id].name)),
        }
    }
}
