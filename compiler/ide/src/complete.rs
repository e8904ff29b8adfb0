//! What can stand at a place of a text that is being written: members behind a dot, else the names in sight.
//!
//! The text is checked with a name at that place which nothing has; where that name is found tells what surrounds it.

use crate::look::declaration;
use crate::{Checked, Host};
use qi_base::{FileId, Name};
use qi_hir::infer::{BUILTIN_FUNCTIONS, solver, type_text};
use qi_hir::{
    AdtKind, Body, ExprId, ExprKind, FunctionId, Item, ModuleId, Program, Res, Ty, TyKind, TypedBody,
    builtin_type_names,
};
use qi_syntax::SyntaxKind;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A name that could stand there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Completion {
    pub name: String,
    pub kind: CompletionKind,
    /// Its type or declaration.
    pub detail: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CompletionKind {
    Local,
    Field,
    Function,
    Method,
    Type,
    Variant,
    Trait,
    Global,
    Module,
    Keyword,
}

/// An identifier that no program has.
const PLACEHOLDER: &str = "此处待补全";

/// By name, each once.
pub fn complete(
    host: &mut dyn Host,
    texts: &BTreeMap<PathBuf, String>,
    path: &Path,
    offset: u32,
) -> Option<Vec<Completion>> {
    let mut texts = texts.clone();
    let text = texts.get_mut(path)?;
    if !text.is_char_boundary(offset as usize) {
        return None;
    }
    text.insert_str(offset as usize, PLACEHOLDER);
    let checked = host.check(path, &texts)?;
    let file = checked.files.ids().find(|&it| checked.files.get(it).path == path)?;
    let mut found = Search { checked: &checked, file, found: BTreeMap::new() }.run()?;
    // Part of the name was there already.
    found.retain(|name, _| !name.contains(PLACEHOLDER) && !name.contains('#'));
    Some(found.into_values().collect())
}

struct Search<'a> {
    checked: &'a Checked,
    file: FileId,
    found: BTreeMap<String, Completion>,
}

impl<'a> Search<'a> {
    fn program(&self) -> &'a Program {
        &self.checked.program
    }

    fn run(mut self) -> Option<BTreeMap<String, Completion>> {
        let modules = &self.program().modules;
        let module = modules.iter().find(|it| it.1.file == self.file)?.0;
        match self.place(module) {
            Some((body, typed, id)) => match &body.exprs[id].kind {
                ExprKind::Field { base, .. } | ExprKind::MethodCall { receiver: base, .. } => {
                    self.members_of(module, body, typed, *base);
                }
                ExprKind::Path(path) if path.segments.len() > 1 => {
                    let head = path.segments[path.segments.len() - 2].name;
                    self.members_of_name(module, head);
                }
                _ => {
                    self.locals(body, typed, body.exprs[id].span.start);
                    self.names(module);
                }
            },
            None => self.names(module),
        }
        Some(self.found)
    }

    /// The expression that the placeholder is the name of.
    fn place(&self, module: ModuleId) -> Option<(&'a Body, &'a TypedBody, ExprId)> {
        let (program, analysis) = (self.program(), &self.checked.analysis);
        let functions = analysis.bodies.iter().filter_map(|(&id, typed)| {
            let it = &program.functions[id];
            Some((it.module, it.body.as_ref()?, typed))
        });
        let globals = analysis.global_bodies.iter().filter_map(|(&id, typed)| {
            let it = &program.globals[id];
            Some((it.module, it.init.as_ref()?, typed))
        });
        let mut bodies = functions.chain(globals).filter(|it| it.0 == module);
        bodies.find_map(|(_, body, typed)| {
            let is_it = |name: Name| name.as_str().contains(PLACEHOLDER);
            let found = body.exprs.iter().find(|(_, it)| match &it.kind {
                ExprKind::Field { name, .. } | ExprKind::MethodCall { name, .. } => is_it(*name),
                ExprKind::Path(path) => path.segments.iter().any(|it| is_it(it.name)),
                _ => false,
            });
            Some((body, typed, found?.0))
        })
    }

    fn add(&mut self, name: &str, kind: CompletionKind, detail: String) {
        let completion = Completion { name: name.to_owned(), kind, detail };
        self.found.entry(name.to_owned()).or_insert(completion);
    }

    // ---- members ---------------------------------------------------------------------------------------------------

    fn members_of(&mut self, module: ModuleId, body: &Body, typed: &TypedBody, base: ExprId) {
        match (typed.names.get(&base), typed.expr_types.get(base).copied().flatten()) {
            (Some(Res::Module(it)), _) => self.members_of_module(*it),
            (Some(Res::Type(ty)), _) => self.members_of_type(*ty),
            (_, Some(ty)) if !ty.is_error() => self.members_of_value(ty),
            _ => {
                if let ExprKind::Path(path) = &body.exprs[base].kind
                    && let Some(last) = path.segments.last()
                {
                    self.members_of_name(module, last.name);
                }
            }
        }
    }

    /// A name that is no value.
    fn members_of_name(&mut self, module: ModuleId, name: Name) {
        match self.item(module, name) {
            Some(Item::Module(it)) => self.members_of_module(it),
            Some(Item::Adt(it)) => self.members_of_type(Ty::new(TyKind::Adt(it, Vec::new()))),
            _ => {}
        }
    }

    /// Own names hide those that are imported, and these the predeclared ones.
    fn item(&self, module: ModuleId, name: Name) -> Option<Item> {
        let program = self.program();
        let in_module = |it: ModuleId| {
            let module = &program.modules[it];
            let own = module.items.get(&name).and_then(|it| it.first().copied());
            own.or_else(|| module.imports.iter().find(|it| it.name == name)?.target)
        };
        in_module(module).or_else(|| in_module(program.prelude?))
    }

    fn members_of_module(&mut self, module: ModuleId) {
        let program = self.program();
        let items = program.modules[module].items.values().flatten();
        items.filter(|&&it| program.is_public(it)).for_each(|&it| self.add_item(it));
    }

    /// Variants, and functions without 自己.
    fn members_of_type(&mut self, ty: Ty) {
        if let TyKind::Adt(id, _) = ty.kind()
            && let AdtKind::Enum(variants) = &self.program().adts[*id].kind
        {
            let detail = self.program().adts[*id].name.to_string();
            variants.iter().for_each(|it| self.add(it.name.as_str(), CompletionKind::Variant, detail.clone()));
        }
        self.inherent(ty, false);
    }

    fn members_of_value(&mut self, ty: Ty) {
        let (program, signatures) = (self.program(), &self.checked.analysis.signatures);
        if let TyKind::Adt(id, args) = ty.kind()
            && let AdtKind::Struct(fields) = &program.adts[*id].kind
        {
            let is_own = program.modules[program.adts[*id].module].file == self.file;
            let types = signatures.adts[*id].variants.iter().flatten();
            for (field, &ty) in fields.iter().zip(types).filter(|it| is_own || !it.0.private) {
                let ty = solver::substitute(ty, &program.adts[*id].generics, args);
                let name = field.name.map_or("", |it| it.as_str());
                self.add(name, CompletionKind::Field, format!("{name}: {}", type_text(program, ty)));
            }
        }
        if let TyKind::Tuple(parts) = ty.kind() {
            for (index, &ty) in parts.iter().enumerate() {
                self.add(&index.to_string(), CompletionKind::Field, type_text(program, ty));
            }
        }
        self.inherent(ty, true);
        for (id, it) in program.traits.iter() {
            let source = solver::find_impl_args(program, signatures, id, ty).map(|it| it.0);
            if source.is_some_and(|it| it != solver::ImplSource::Derived) {
                it.methods.iter().filter(|&&it| program.functions[it].has_self).for_each(|&it| self.add_method(it));
            }
        }
    }

    fn inherent(&mut self, ty: Ty, has_self: bool) {
        let (program, signatures) = (self.program(), &self.checked.analysis.signatures);
        let Some(head) = solver::head(ty) else { return };
        for functions in signatures.inherent.iter().filter(|it| it.0.0 == head).map(|it| it.1) {
            let is_seen = |it: &&FunctionId| {
                let it = &program.functions[**it];
                it.has_self == has_self && (it.public || program.modules[it.module].file == self.file)
            };
            if let Some(&function) = functions.iter().find(is_seen) {
                self.add_method(function);
            }
        }
    }

    fn add_method(&mut self, function: FunctionId) {
        let name = self.program().functions[function].name;
        let detail = declaration(self.program(), &self.checked.files, function);
        self.add(name.as_str(), CompletionKind::Method, detail);
    }

    // ---- names in sight --------------------------------------------------------------------------------------------

    /// Those declared before the place; which of them are still in scope is left to the user.
    fn locals(&mut self, body: &Body, typed: &TypedBody, before: u32) {
        let locals: Vec<_> = body.locals.iter().filter(|it| it.1.span.start < before).collect();
        // Of two with one name the later counts.
        for (id, local) in locals.into_iter().rev() {
            if let Some(ty) = typed.local_types.get(id).copied().flatten() {
                let detail = format!("{}: {}", local.name, type_text(self.program(), ty));
                self.add(local.name.as_str(), CompletionKind::Local, detail);
            }
        }
    }

    fn names(&mut self, module: ModuleId) {
        let program = self.program();
        let own = &program.modules[module];
        own.items.values().flatten().for_each(|&it| self.add_item(it));
        for import in &own.imports {
            if let Some(item) = import.target {
                self.add_as(import.name.as_str(), item);
            }
        }
        if let Some(prelude) = program.prelude {
            self.members_of_module(prelude);
            for import in program.modules[prelude].imports.iter().filter(|it| it.public) {
                if let Some(item) = import.target {
                    self.add_as(import.name.as_str(), item);
                }
            }
        }
        builtin_type_names().for_each(|it| self.add(it, CompletionKind::Type, String::new()));
        BUILTIN_FUNCTIONS.iter().for_each(|it| self.add(it, CompletionKind::Function, String::new()));
        SyntaxKind::keywords().for_each(|it| self.add(it, CompletionKind::Keyword, String::new()));
    }

    fn add_item(&mut self, item: Item) {
        let program = self.program();
        let name = match item {
            Item::Module(id) => program.modules[id].name,
            Item::Function(id) => program.functions[id].name,
            Item::Adt(id) => program.adts[id].name,
            Item::Alias(id) => program.aliases[id].name,
            Item::Trait(id) => program.traits[id].name,
            Item::Global(id) => program.globals[id].name,
        };
        self.add_as(name.as_str(), item);
    }
    fn add_as(&mut self, name: &str, item: Item) {
        let (program, signatures) = (self.program(), &self.checked.analysis.signatures);
        let (kind, detail) = match item {
            Item::Module(_) => (CompletionKind::Module, String::new()),
            Item::Function(id) => (CompletionKind::Function, declaration(program, &self.checked.files, id)),
            Item::Adt(_) | Item::Alias(_) => (CompletionKind::Type, String::new()),
            Item::Trait(_) => (CompletionKind::Trait, String::new()),
            Item::Global(id) => (CompletionKind::Global, type_text(program, signatures.globals[id].ty)),
        };
        self.add(name, kind, detail);
    }
}
