//! Declarations of one file: functions, types, traits, implementations, tests. Top-level 变量, 常量 and statements are
//! [`super::top_level`]'s; imports are [`super::imports`]'.

use super::body::BodyBuilder;
use super::context::Ctx;
use super::{functions, types};
use crate::diagnostics;
use crate::{
    Body, Function, FunctionId, Generic, GenericId, Impl, Item, ModuleId, Owner, Program, Test, Trait, TypeRef,
    TypeRefKind,
};
use qi_base::{Name, Span};
use qi_syntax::ast::{self, HasAttributes};
use rustc_hash::FxHashSet;

pub(super) struct ItemLowering<'a, 'd> {
    pub program: &'a mut Program,
    pub ctx: Ctx<'d>,
    pub module: ModuleId,
    /// Names that mean something as a type argument here: a receiver's other names are type parameters.
    pub known_types: FxHashSet<Name>,
}

impl ItemLowering<'_, '_> {
    pub fn lower(&mut self, file: &ast::SourceFile) {
        for (index, statement) in file.statements().enumerate() {
            match statement {
                ast::Statement::Item(ast::Item::Package(it)) => self.package(&it, index == 0),
                ast::Statement::Item(it) => self.item(&it),
                ast::Statement::Let(_) | ast::Statement::Expr(_) => {}
            }
        }
        self.check_overloads();
    }

    fn item(&mut self, item: &ast::Item) {
        match item {
            ast::Item::Package(_) => {}
            ast::Item::Import(it) => {
                self.ctx.attributes(it, false);
            }
            ast::Item::Function(it) => self.module_function(it),
            ast::Item::Struct(it) => self.strukt(it, false),
            ast::Item::TypeAlias(it) => self.alias(it),
            ast::Item::Enum(it) => self.enum_(it),
            ast::Item::Trait(it) => self.trait_(it),
            ast::Item::Impl(it) => self.impl_(it),
            ast::Item::ExternBlock(it) => self.extern_block(it),
            ast::Item::Test(it) => self.test(it),
        }
    }

    fn package(&mut self, it: &ast::Package, is_first: bool) {
        self.ctx.attributes(it, false);
        if !is_first {
            let span = self.ctx.span(it);
            self.ctx.report(diagnostics::package_not_first(span));
        }
    }

    /// Gives `name` to `item`; functions of one name are an overload set, anything else may have it once.
    pub fn declare(&mut self, name: Name, item: Item, span: Span) {
        let existing = self.program.modules[self.module].items.get(&name).and_then(|it| it.first().copied());
        let is_overload = matches!((existing, item), (Some(Item::Function(_)), Item::Function(_)));
        if let Some(existing) = existing.filter(|_| !is_overload) {
            let first = item_span(self.program, existing).unwrap_or(span);
            // Functions are declared before variables.
            let (first, second) =
                if first.file == span.file { (first.min(span), first.max(span)) } else { (first, span) };
            self.ctx.report(diagnostics::duplicate_definition(second, name.as_str(), first));
            return;
        }
        self.program.modules[self.module].items.entry(name).or_default().push(item);
    }

    fn module_function(&mut self, it: &ast::Function) {
        let Some(name) = it.name() else { return };
        let span = self.ctx.span(&name);
        if let Some(receiver) = it.receiver() {
            self.receiver_method(it, &receiver);
            return;
        }
        let id = functions::lower(self, it, Owner::Module, None);
        self.declare(name.name(), Item::Function(id), span);
    }

    /// `函数 (自己 点) 长度()`: a method in an implementation of its own.
    fn receiver_method(&mut self, it: &ast::Function, receiver: &ast::Receiver) {
        let span = self.ctx.span(receiver);
        let target = types::type_or_error(&mut self.ctx, receiver.ty(), span);
        let own: Vec<Name> = it
            .generic_params()
            .into_iter()
            .flat_map(|it| it.params())
            .filter_map(|it| Some(it.name()?.name()))
            .collect();
        let mut generics = Vec::new();
        for (name, span) in argument_names(&target) {
            if !own.contains(&name) && !self.known_types.contains(&name) && !generics.iter().any(|&(it, _)| it == name)
            {
                generics.push((name, span));
            }
        }
        let generics = generics
            .into_iter()
            .map(|(name, span)| self.program.generics.push(Generic { name, span, bounds: Vec::new() }));
        let generics = generics.collect();
        let impl_span = self.ctx.span(it);
        if it.is_static() {
            self.ctx.report(diagnostics::misplaced_modifier(span, "静态"));
        }
        let id = self.program.impls.push(Impl {
            module: self.module,
            generics,
            trait_: None,
            target: target.clone(),
            methods: Vec::new(),
            span: impl_span,
        });
        let method = functions::lower(self, it, Owner::Impl(id), receiver.name());
        // Parameters that the receiver's type mentions belong to the implementation.
        let mentioned: Vec<Name> = argument_names(&target).into_iter().map(|(name, _)| name).collect();
        let generics = std::mem::take(&mut self.program.functions[method].generics);
        let (of_impl, of_method): (Vec<_>, Vec<_>) =
            generics.into_iter().partition(|&it| mentioned.contains(&self.program.generics[it].name));
        self.program.functions[method].generics = of_method;
        self.program.impls[id].generics.extend(of_impl);
        self.program.impls[id].methods.push(method);
    }

    pub fn generics(&mut self, list: Option<ast::GenericParamList>) -> Vec<GenericId> {
        let written = types::generics(&mut self.ctx, list);
        written.into_iter().map(|it| self.program.generics.push(it)).collect()
    }

    /// A body whose root is a bare expression.
    pub fn value_body(&mut self, value: ast::Expr) -> Body {
        let mut builder = BodyBuilder::new(&mut self.ctx);
        let root = builder.expr(value);
        builder.body.root = Some(root);
        builder.body
    }

    fn trait_(&mut self, it: &ast::Trait) {
        let Some(name) = it.name() else { return };
        let name_span = self.ctx.span(&name);
        let intrinsic = self.ctx.attributes(it, false);
        let self_generic =
            self.program.generics.push(Generic { name: "自己".into(), span: name_span, bounds: Vec::new() });
        let generics = self.generics(it.generic_params());
        let supertraits = it.supertraits().map(|it| types::type_ref(&mut self.ctx, it)).collect();
        let id = self.program.traits.push(Trait {
            name: name.name(),
            module: self.module,
            generics,
            self_generic,
            methods: Vec::new(),
            supertraits,
            public: it.is_public(),
            intrinsic,
            name_span,
            head: self.ctx.head(it),
            documentation: it.doc().unwrap_or_default(),
        });
        self.program.traits[id].methods = self.members(it.functions(), Owner::Trait(id));
        self.declare(name.name(), Item::Trait(id), name_span);
    }

    fn impl_(&mut self, it: &ast::Impl) {
        let span = self.ctx.span(it);
        self.ctx.attributes(it, false);
        let generics = self.generics(it.generic_params());
        let trait_ = it.trait_type().map(|it| types::type_ref(&mut self.ctx, it));
        let target = types::type_or_error(&mut self.ctx, it.self_type(), span);
        let head = trait_.as_ref().map_or(target.span, |it| it.span.to(target.span));
        let id = self.program.impls.push(Impl {
            module: self.module,
            generics,
            trait_,
            target,
            methods: Vec::new(),
            span: head,
        });
        self.program.impls[id].methods = self.members(it.functions(), Owner::Impl(id));
    }

    /// The functions in the braces of `owner`.
    pub fn members(&mut self, functions: impl Iterator<Item = ast::Function>, owner: Owner) -> Vec<FunctionId> {
        let mut members = Vec::new();
        for function in functions {
            if let Some(receiver) = function.receiver() {
                let span = self.ctx.span(&receiver);
                self.ctx.report(diagnostics::misplaced_modifier(span, "(自己 …)"));
            }
            members.push(functions::lower(self, &function, owner, None));
        }
        self.check_overload_set(&members);
        members
    }

    fn extern_block(&mut self, it: &ast::ExternBlock) {
        self.ctx.attributes(it, false);
        let external = crate::External { library: it.library(), blocking: it.is_blocking() };
        for strukt in it.structs() {
            self.strukt(&strukt, true);
        }
        for function in it.functions() {
            let Some(name) = function.name() else { continue };
            let span = self.ctx.span(&name);
            let id = functions::lower_external(self, &function, external.clone());
            self.declare(name.name(), Item::Function(id), span);
        }
    }

    fn test(&mut self, it: &ast::Test) {
        let span = self.ctx.span(it);
        self.ctx.attributes(it, false);
        let name = it.name().unwrap_or_default();
        let mut builder = BodyBuilder::new(&mut self.ctx);
        let root = builder.block_or_error(it.body(), span);
        builder.body.root = Some(root);
        let body = builder.body;
        let end = it.body().map_or(span.end, |it| self.ctx.span(&it).start);
        let head = Span { end: end.max(span.start), ..span };
        let function = Function {
            body: Some(body),
            ..functions::bare(Name::new(&format!("测试“{name}”")), self.module, head)
        };
        let function = self.program.functions.push(function);
        self.program.tests.push(Test { name, function, span: head });
    }

    fn check_overloads(&mut self) {
        let mut sets: Vec<Vec<FunctionId>> = Vec::new();
        for items in self.program.modules[self.module].items.values() {
            let functions = items.iter().filter_map(|it| match it {
                Item::Function(id) => Some(*id),
                _ => None,
            });
            sets.push(functions.collect());
        }
        sets.sort();
        for set in sets {
            self.check_overload_set(&set);
        }
    }

    fn check_overload_set(&mut self, functions: &[FunctionId]) {
        for (index, &second) in functions.iter().enumerate() {
            let second = &self.program.functions[second];
            let clash = functions[..index]
                .iter()
                .map(|&it| &self.program.functions[it])
                .find(|first| first.name == second.name && functions::arities_overlap(first, second));
            if let Some(first) = clash {
                let (name, span, first) = (second.name, second.name_span, first.name_span);
                self.ctx.report(diagnostics::overlapping_overloads(span, name.as_str(), first));
            }
        }
    }
}

/// Where an item's name is declared.
pub(super) fn item_span(program: &Program, item: Item) -> Option<Span> {
    match item {
        Item::Module(_) => None,
        Item::Function(id) => Some(program.functions[id].name_span),
        Item::Adt(id) => Some(program.adts[id].name_span),
        Item::Alias(id) => Some(program.aliases[id].name_span),
        Item::Trait(id) => Some(program.traits[id].name_span),
        Item::Global(id) => Some(program.globals[id].name_span),
    }
}

/// Single names among the type arguments of `栈<T>`.
fn argument_names(ty: &TypeRef) -> Vec<(Name, Span)> {
    let mut names = Vec::new();
    if let TypeRefKind::Path(path) = &ty.kind {
        for argument in path.segments.iter().flat_map(|it| &it.generics) {
            match &argument.kind {
                TypeRefKind::Path(it) if it.segments.len() == 1 && it.segments[0].generics.is_empty() => {
                    names.push((it.segments[0].name, it.segments[0].span));
                }
                _ => names.extend(argument_names(argument)),
            }
        }
    }
    names
}

/// Names of the types, traits and imports of a file, without looking into other files.
pub(super) fn declared_names(file: &ast::SourceFile) -> FxHashSet<Name> {
    let mut names = FxHashSet::default();
    for item in file.items() {
        match item {
            ast::Item::Struct(it) => names.extend(it.name().map(|it| it.name())),
            ast::Item::TypeAlias(it) => names.extend(it.name().map(|it| it.name())),
            ast::Item::Enum(it) => names.extend(it.name().map(|it| it.name())),
            ast::Item::Trait(it) => names.extend(it.name().map(|it| it.name())),
            ast::Item::Import(it) => {
                for name in it.list().into_iter().flat_map(|it| it.names()) {
                    names.extend(name.alias().or_else(|| name.name()).map(|it| it.name()));
                }
            }
            ast::Item::ExternBlock(it) => names.extend(it.structs().filter_map(|it| Some(it.name()?.name()))),
            ast::Item::Package(_) | ast::Item::Function(_) | ast::Item::Impl(_) | ast::Item::Test(_) => {}
        }
    }
    names
}
