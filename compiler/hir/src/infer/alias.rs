//! What aliases of types stand for. Each is looked into once, also those nobody uses.

use super::Checker;
use super::obligation::WrittenArgs;
use super::solver::substitute;
use super::typeref::TypeScope;
use crate::{AliasId, Path, Ty, TypeRef, diagnostics};

/// Aliases of aliases of …: more are refused, as nested source is.
const DEPTH_LIMIT: usize = 200;

impl Checker<'_> {
    pub(super) fn aliases(&mut self) {
        for (id, it) in self.program.aliases.iter() {
            let scope = self.module_scope(it.module, &it.generics);
            self.bounds(&scope, &it.generics);
            self.alias_target(id);
        }
    }

    /// In terms of the alias's own parameters.
    pub(super) fn alias_target(&mut self, id: AliasId) -> Ty {
        if let Some(&known) = self.alias_targets.get(&id) {
            return known;
        }
        let it = &self.program.aliases[id];
        if let Some(start) = self.open_aliases.iter().position(|&it| it == id) {
            let cycle = self.open_aliases[start..].iter().chain([&id]);
            let names: Vec<&str> = cycle.map(|&it| self.program.aliases[it].name.as_str()).collect();
            self.report(diagnostics::alias_cycle(it.name_span, it.name.as_str(), &names.join(" → ")));
            return Ty::error();
        }
        if self.open_aliases.len() >= DEPTH_LIMIT {
            self.report(diagnostics::alias_too_deep(it.name_span, it.name.as_str()));
            return Ty::error();
        }
        self.open_aliases.push(id);
        let scope = self.module_scope(it.module, &it.generics);
        let target = self.resolve_type(&scope, &it.target);
        self.open_aliases.pop();
        let target = self.measured(target, it.target.span);
        self.alias_targets.insert(id, target);
        target
    }

    /// The alias with arguments as they are written.
    pub(super) fn apply_alias(&mut self, scope: &TypeScope, path: &Path, id: AliasId, written: &[TypeRef]) -> Ty {
        let generics = &self.program.aliases[id].generics;
        let args = self.resolve_types(scope, written);
        if !self.check_generic_count(path, args.len(), generics.len(), generics.len()) {
            return Ty::error();
        }
        let spans = written.iter().map(|it| it.span).collect();
        self.written.push(WrittenArgs { generics: generics.clone(), args: args.clone(), spans });
        let ty = substitute(self.alias_target(id), generics, &args);
        self.measured(ty, path.span)
    }
}
