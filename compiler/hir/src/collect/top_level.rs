//! Top-level 变量, 常量 and statements. Everywhere but in an entry file without 主函数 each 变量 and 常量 is a global. There,
//! one that no function and no global's initialiser uses is a local of the statements, in textual order with them.

use super::body::BodyBuilder;
use super::free_names::free_names;
use super::functions;
use super::items::ItemLowering;
use crate::diagnostics;
use crate::{
    AdtKind, Block, Body, ExprKind, Function, FunctionId, Global, Item, LocalKind, MatchArm, Program, TypeRef,
};
use qi_base::{Diagnostic, Name, Span};
use qi_syntax::SyntaxKind;
use qi_syntax::ast::{self, AstNode};
use rustc_hash::FxHashSet;

/// The names that start a program.
pub const ENTRY_NAMES: [&str; 2] = ["主函数", "入口"];

/// Lowers what stands outside declarations. The items of the file are lowered.
pub(super) fn lower(lowering: &mut ItemLowering, file: &ast::SourceFile, is_root: bool) {
    let entries = entry_functions(lowering.program, lowering);
    if is_root && let [first, second, ..] = entries[..] {
        let first = lowering.program.functions[first].name_span;
        let second = &lowering.program.functions[second];
        let report = diagnostics::duplicate_entry(second.name_span, second.name.as_str(), first);
        lowering.ctx.report(report);
    }
    if is_root && entries.is_empty() {
        script(lowering, file);
        return;
    }
    let is_misplaced = |it: &ast::Statement| match it {
        ast::Statement::Let(it) => it.is_discard(),
        ast::Statement::Expr(_) => true,
        ast::Statement::Item(_) => false,
    };
    for statement in file.statements().filter(|it| !is_misplaced(it)) {
        if let ast::Statement::Let(it) = statement {
            globals(lowering, &it);
        }
    }
    let misplaced: Vec<_> = file.statements().filter(is_misplaced).collect();
    let glued: Vec<_> = misplaced.iter().map(|it| glued_declaration(lowering, it)).collect();
    if let Some(index) = glued.iter().position(Option::is_none) {
        let span = lowering.ctx.span(&misplaced[index]);
        lowering.ctx.report(diagnostics::misplaced_statement(span, is_root));
    }
    glued.into_iter().flatten().for_each(|it| lowering.ctx.report(it));
}

/// `变量计数 = 0`
fn glued_declaration(lowering: &ItemLowering, statement: &ast::Statement) -> Option<Diagnostic> {
    let name = statement.syntax().first_token()?;
    let next = std::iter::successors(name.next_token(), |it| it.next_token()).find(|it| !it.kind().is_trivia())?;
    let keyword =
        ["变量", "常量"].into_iter().find(|it| name.text().strip_prefix(it).is_some_and(|it| !it.is_empty()))?;
    let start = u32::from(name.text_range().start());
    let span = Span::new(lowering.ctx.span(statement).file, start, start + name.text().len() as u32);
    let declared = &name.text()[keyword.len()..];
    let report = diagnostics::unknown_name(span, name.text());
    let report = diagnostics::with_glued_keyword(report, span, &format!("{keyword} {declared}"));
    (next.kind() == SyntaxKind::EQ).then(|| report.about_declaration_of(declared))
}

fn entry_functions(program: &Program, lowering: &ItemLowering) -> Vec<FunctionId> {
    let items = &program.modules[lowering.module].items;
    let named = ENTRY_NAMES.iter().filter_map(|it| items.get(&Name::new(it))).flatten();
    let functions = named.filter_map(|it| match it {
        Item::Function(id) => Some(*id),
        _ => None,
    });
    let mut functions: Vec<_> = functions.collect();
    functions.sort_by_key(|&it| program.functions[it].name_span);
    functions
}

/// An entry file whose program is its statements.
fn script(lowering: &mut ItemLowering, file: &ast::SourceFile) {
    let shared = shared_names(lowering, file);
    let is_global = |it: &ast::LetStmt| {
        it.is_public() || it.pattern().is_some_and(|it| pattern_names(&it).iter().any(|name| shared.contains(name)))
    };
    let mut rest = Vec::new();
    for statement in file.statements() {
        match statement {
            ast::Statement::Let(it) if is_global(&it) => globals(lowering, &it),
            ast::Statement::Let(_) | ast::Statement::Expr(_) => rest.push(statement),
            ast::Statement::Item(_) => {}
        }
    }
    if rest.is_empty() {
        return;
    }
    let span = lowering.ctx.span(&rest[0]);
    let body = statements_body(lowering, rest);
    let bare = functions::bare(Name::new("顶层语句"), lowering.module, span);
    let function = lowering.program.functions.push(Function { body: Some(body), ..bare });
    lowering.program.modules[lowering.module].top_level = Some(function);
}

fn statements_body(lowering: &mut ItemLowering, statements: Vec<ast::Statement>) -> Body {
    let items = &lowering.program.modules[lowering.module].items;
    let mut declared: Vec<(Name, Span)> = items
        .iter()
        .filter_map(|(&name, items)| Some((name, super::items::item_span(lowering.program, *items.first()?)?)))
        .collect();
    declared.sort_by_key(|it| it.1);
    let mut builder = BodyBuilder::new(&mut lowering.ctx);
    builder.is_script = true;
    builder.open_scope();
    for (name, span) in declared {
        builder.declare(name, span);
    }
    let statements: Vec<_> = statements.into_iter().filter_map(|it| builder.statement(it)).collect();
    builder.close_scope();
    let span = builder.body.exprs.values().map(|it| it.span).reduce(Span::to);
    let span = span.unwrap_or(Span::new(builder.ctx.file, 0, 0));
    let root = builder.alloc(ExprKind::Block(Block { statements }), span);
    builder.body.root = Some(root);
    builder.body
}

/// Names that functions, defaults, tests or (transitively) initialisers of globals use without binding them.
fn shared_names(lowering: &mut ItemLowering, file: &ast::SourceFile) -> FxHashSet<Name> {
    let mut names = FxHashSet::default();
    let program = &*lowering.program;
    for function in program.functions.values().filter(|it| it.module == lowering.module) {
        if let Some(body) = &function.body {
            free_names(body, function.params.iter().map(|it| it.default), &mut names);
        }
    }
    for adt in program.adts.values().filter(|it| it.module == lowering.module) {
        let fields: Vec<_> = match &adt.kind {
            AdtKind::Struct(fields) => fields.iter().collect(),
            AdtKind::Enum(variants) => variants.iter().flat_map(|it| &it.fields).collect(),
        };
        for body in fields.iter().filter_map(|it| it.default.as_ref()) {
            free_names(body, std::iter::empty(), &mut names);
        }
    }
    let mut pending: Vec<ast::LetStmt> = file
        .statements()
        .filter_map(|it| match it {
            ast::Statement::Let(it) => Some(it),
            _ => None,
        })
        .collect();
    // A global's initialiser runs before the statements, so what it uses must be a global too.
    loop {
        let (globals, rest): (Vec<_>, Vec<_>) = pending.into_iter().partition(|it| {
            it.is_public() || it.pattern().is_some_and(|it| pattern_names(&it).iter().any(|name| names.contains(name)))
        });
        if globals.is_empty() {
            return names;
        }
        for value in globals.iter().filter_map(|it| it.value()) {
            names.extend(initializer_names(lowering, value));
        }
        pending = rest;
    }
}

/// Findings of this look ahead are dropped: the initialiser is lowered again.
fn initializer_names(lowering: &mut ItemLowering, value: ast::Expr) -> FxHashSet<Name> {
    let mut dropped = qi_base::Diagnostics::default();
    let mut ctx =
        super::context::Ctx { file: lowering.ctx.file, is_std: lowering.ctx.is_std, diagnostics: &mut dropped };
    let mut builder = BodyBuilder::new(&mut ctx);
    let root = builder.expr(value);
    builder.body.root = Some(root);
    let mut names = FxHashSet::default();
    free_names(&builder.body, std::iter::empty(), &mut names);
    names
}

fn pattern_names(pattern: &ast::Pattern) -> Vec<Name> {
    let bindings = pattern.syntax().descendants().filter_map(ast::Name::cast);
    bindings.map(|it| it.name()).collect()
}

fn globals(lowering: &mut ItemLowering, it: &ast::LetStmt) {
    let span = lowering.ctx.span(it);
    lowering.ctx.attributes(it, false);
    let ty = it.ty().map(|it| super::types::type_ref(&mut lowering.ctx, it));
    match it.pattern() {
        Some(ast::Pattern::Binding(pattern)) if pattern.name().is_some() => {
            let name = pattern.name().expect("just seen");
            let name_span = lowering.ctx.span(&name);
            let init = it.value().map(|it| lowering.value_body(it));
            if init.is_none() {
                lowering.ctx.report(diagnostics::uninitialized_global(name_span, name.name().as_str()));
            }
            global(lowering, it, name.name(), name_span, ty, init);
        }
        Some(pattern) => destructured_globals(lowering, it, &pattern, ty, span),
        None => {}
    }
}

fn global(
    lowering: &mut ItemLowering,
    it: &ast::LetStmt,
    name: Name,
    name_span: Span,
    ty: Option<TypeRef>,
    init: Option<Body>,
) {
    let global = Global {
        name,
        module: lowering.module,
        constant: it.is_constant(),
        ty,
        init,
        public: it.is_public(),
        name_span,
        head: lowering.ctx.head(it),
    };
    let id = lowering.program.globals.push(global);
    lowering.declare(name, Item::Global(id), name_span);
}

/// `变量 (甲, 乙) = 对`: a hidden global holds the value, each name takes its part out by a 匹配.
fn destructured_globals(
    lowering: &mut ItemLowering,
    it: &ast::LetStmt,
    pattern: &ast::Pattern,
    ty: Option<TypeRef>,
    span: Span,
) {
    let hidden = Name::new(&format!("#{}", lowering.program.globals.len()));
    let init = it.value().map(|it| lowering.value_body(it));
    if init.is_none() {
        lowering.ctx.report(diagnostics::uninitialized_global(span, ""));
    }
    global(lowering, it, hidden, span, ty, init);
    for (name, name_span) in bound_names(lowering, pattern, span) {
        let body = part_body(lowering, pattern, hidden, span, name);
        global(lowering, it, name, name_span, None, Some(body));
    }
}

fn bound_names(lowering: &mut ItemLowering, pattern: &ast::Pattern, span: Span) -> Vec<(Name, Span)> {
    let body = part_body(lowering, pattern, Name::new("_"), span, Name::new("_"));
    body.locals.values().map(|it| (it.name, it.span)).collect()
}

/// `匹配 hidden { pattern => name }`
fn part_body(lowering: &mut ItemLowering, pattern: &ast::Pattern, hidden: Name, span: Span, name: Name) -> Body {
    let mut builder = BodyBuilder::new(&mut lowering.ctx);
    let scrutinee = builder.name_expr(hidden, span);
    let pat = builder.pattern(Some(pattern.clone()), LocalKind::Binding, span);
    let body = builder.name_expr(name, span);
    let arms = vec![MatchArm { pat, guard: Vec::new(), body, span }];
    let root = builder.alloc(ExprKind::Match { scrutinee, arms }, span);
    builder.body.root = Some(root);
    builder.body
}
