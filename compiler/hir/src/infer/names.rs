//! Names of modules: own items, imports, the prelude. Locals are the body checker's business.

use crate::builtin_types::{builtin_arity, builtin_type_names};
use crate::{AdtKind, Builtin, Function, Item, ModuleId, Program};
use qi_base::Name;
use rustc_hash::FxHashMap;

/// Functions the compiler supplies because no signature can express them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum BuiltinFunction {
    PrintLine,
    Print,
    PrintError,
    Length,
    /// 启动协程
    Start,
}

impl BuiltinFunction {
    /// What prints its arguments.
    pub fn print(self) -> Option<Builtin> {
        match self {
            Self::PrintLine => Some(Builtin::PrintLine),
            Self::Print => Some(Builtin::Print),
            Self::PrintError => Some(Builtin::PrintError),
            Self::Length | Self::Start => None,
        }
    }
}

pub(super) fn builtin_function(name: Name) -> Option<BuiltinFunction> {
    Some(match name.as_str() {
        "打印" | "打印行" | "println" => BuiltinFunction::PrintLine,
        "输出" | "print" | "printf" => BuiltinFunction::Print,
        "错误输出" => BuiltinFunction::PrintError,
        "长度" => BuiltinFunction::Length,
        "启动协程" => BuiltinFunction::Start,
        _ => return None,
    })
}
/// Those that a user may write.
pub const BUILTIN_FUNCTIONS: &[&str] = &["打印", "打印行", "输出", "错误输出", "长度", "启动协程"];
pub(super) fn is_builtin_type(name: Name) -> bool {
    builtin_arity(name).is_some()
}

/// What each module's names mean, built once.
pub(super) struct Names {
    imports: Vec<FxHashMap<Name, Vec<Item>>>,
    prelude: FxHashMap<Name, Vec<Item>>,
}

impl Names {
    pub fn new(program: &Program) -> Self {
        let imports = program.modules.ids().map(|id| imports(program, id, false)).collect();
        let prelude = program.prelude.map_or_else(FxHashMap::default, |id| {
            let mut names = imports_of_prelude(program, id);
            for (&name, items) in &program.modules[id].items {
                if items.iter().any(|&it| program.is_public(it)) {
                    names.insert(name, items.clone());
                }
            }
            names
        });
        Self { imports, prelude }
    }

    /// None: unknown. Empty: an import whose target was not found (reported).
    pub fn lookup<'a>(&'a self, program: &'a Program, module: ModuleId, name: Name) -> Option<&'a [Item]> {
        let own = program.modules[module].items.get(&name);
        own.or_else(|| self.import(module, name)).or_else(|| self.prelude.get(&name)).map(Vec::as_slice)
    }
    fn import(&self, module: ModuleId, name: Name) -> Option<&Vec<Item>> {
        self.imports[qi_base::Id::index(module)].get(&name)
    }

    /// `module.name` from outside: the items, and whether they may be used there.
    pub fn member<'a>(
        &'a self,
        program: &'a Program,
        module: ModuleId,
        name: Name,
        from: ModuleId,
    ) -> Option<(&'a [Item], bool)> {
        if let Some(items) = program.modules[module].items.get(&name) {
            let visible = module == from || items.iter().any(|&it| program.is_public(it));
            return Some((items, visible));
        }
        let public = program.modules[module].imports.iter().any(|it| it.name == name && (it.public || module == from));
        public.then(|| self.import(module, name)).flatten().map(|it| (it.as_slice(), true))
    }

    /// The visible name most like `name`.
    pub fn similar(
        &self,
        program: &Program,
        module: ModuleId,
        name: Name,
        locals: &[Name],
        types_only: bool,
    ) -> Option<String> {
        let own = program.modules[module].items.iter();
        let imported = self.imports[qi_base::Id::index(module)].iter();
        // Of the many words of the library, some sound like any single character.
        let is_short = name.as_str().chars().count() == 1;
        let items = own.chain(imported).chain(self.prelude.iter().filter(|_| !is_short));
        let wanted = items.filter(|(_, items)| !types_only || items.iter().any(|it| is_type(*it)));
        let mut candidates: Vec<&str> = wanted.map(|(name, _)| name.as_str()).collect();
        candidates.extend(locals.iter().map(|it| it.as_str()).filter(|it| !it.starts_with('#')));
        if !is_short {
            candidates.extend(builtin_type_names());
        }
        if !types_only && !is_short {
            candidates.extend(BUILTIN_FUNCTIONS);
            candidates.extend(["有", "无", "成", "败", "自己", "真", "假", "返回", "跳出", "继续"]);
        }
        candidates.sort_unstable();
        qi_base::suggest::similar_word(name.as_str(), candidates).map(str::to_owned)
    }

    /// Names a module offers to others, most like `name` first.
    pub fn similar_member(&self, program: &Program, module: ModuleId, name: Name) -> Option<String> {
        let items = program.modules[module].items.iter();
        let public = items.filter(|(_, items)| items.iter().any(|&it| program.is_public(it)));
        let mut candidates: Vec<&str> = public.map(|(name, _)| name.as_str()).collect();
        candidates.sort_unstable();
        qi_base::suggest::similar(name.as_str(), candidates).map(str::to_owned)
    }
}

fn is_type(item: Item) -> bool {
    matches!(item, Item::Adt(_) | Item::Alias(_) | Item::Trait(_) | Item::Module(_))
}

fn imports_of_prelude(program: &Program, id: ModuleId) -> FxHashMap<Name, Vec<Item>> {
    imports(program, id, true)
}

fn imports(program: &Program, id: ModuleId, public_only: bool) -> FxHashMap<Name, Vec<Item>> {
    let mut names = FxHashMap::default();
    for import in program.modules[id].imports.iter().filter(|it| it.public || !public_only) {
        names.entry(import.name).or_insert_with(|| import.target.map_or_else(Vec::new, |it| overloads(program, it)));
    }
    names
}

/// An imported function brings all functions of its name.
fn overloads(program: &Program, item: Item) -> Vec<Item> {
    let Item::Function(id) = item else { return vec![item] };
    let function: &Function = &program.functions[id];
    match program.modules[function.module].items.get(&function.name) {
        Some(items) if items.contains(&item) => items.iter().copied().filter(|&it| program.is_public(it)).collect(),
        _ => vec![item],
    }
}

/// The variant of that name.
pub(super) fn find_variant(program: &Program, adt: crate::AdtId, name: Name) -> Option<u32> {
    match &program.adts[adt].kind {
        AdtKind::Enum(variants) => variants.iter().position(|it| it.name == name).map(|it| it as u32),
        AdtKind::Struct(_) => None,
    }
}
