//! What stands at a place of a checked program: its type or signature, and where it is declared. For editors.

use qi_base::{FileId, Files, Span};
use qi_hir::infer::type_text;
use qi_hir::{
    AdtId, AdtKind, Analysis, Body, Callee, ExprId, ExprKind, FunctionId, ModuleId, Owner, PatKind, PatRes, Program,
    Res, Ty, TyKind, TypedBody,
};

/// The smallest named or typed thing around a place.
#[derive(Clone, Debug)]
pub struct Found {
    pub span: Span,
    /// In Qi: `x: 整数`, `函数 加(甲: 整数): 整数`.
    pub text: String,
    pub documentation: String,
    pub declared: Option<Span>,
}

/// Something declared at the top of a module or in an implementation.
pub struct Symbol {
    pub name: String,
    pub kind: SymbolKind,
    pub span: Span,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SymbolKind {
    Function,
    Method,
    Struct,
    Enum,
    Trait,
    Constant,
    Variable,
}

/// Bodies that inference did not finish tell what they know.
pub fn at(program: &Program, analysis: &Analysis, files: &Files, file: FileId, offset: u32) -> Option<Found> {
    let mut look = Look { program, files, file, offset, best: None };
    let in_file = |module: ModuleId| program.modules[module].file == file;
    // Declarations come first: 自己 of a method stands where its name does.
    for (id, it) in program.functions.iter().filter(|it| in_file(it.1.module) && !is_top_level(program, it.0)) {
        let found = look.function(id, it.name_span);
        look.offer(found);
    }
    for (id, it) in program.adts.iter().filter(|it| in_file(it.1.module)) {
        let found = look.adt(id, it.name_span);
        look.offer(found);
    }
    for (&id, typed) in &analysis.bodies {
        let function = &program.functions[id];
        if let (true, Some(body)) = (in_file(function.module), &function.body) {
            look.body(body, typed);
        }
    }
    for (&id, typed) in &analysis.global_bodies {
        let global = &program.globals[id];
        if let (true, Some(body)) = (in_file(global.module), &global.init) {
            look.body(body, typed);
        }
    }
    look.best
}

/// The statements of a file: a function for the compiler only.
fn is_top_level(program: &Program, function: FunctionId) -> bool {
    program.modules[program.functions[function].module].top_level == Some(function)
}

struct Look<'a> {
    program: &'a Program,
    files: &'a Files,
    file: FileId,
    offset: u32,
    best: Option<Found>,
}

impl Look<'_> {
    fn covers(&self, span: Span) -> bool {
        span.file == self.file && span.start <= self.offset && self.offset <= span.end
    }
    fn offer(&mut self, found: Found) {
        let size = |it: &Found| it.span.end - it.span.start;
        if self.covers(found.span) && self.best.as_ref().is_none_or(|it| size(&found) < size(it)) {
            self.best = Some(found);
        }
    }

    /// Not what the compiler makes up, as for `(a, b) = (b, a)`: its names begin with `#`.
    fn offer_written(&mut self, found: Found) {
        if !found.text.starts_with('#') {
            self.offer(found);
        }
    }

    fn body(&mut self, body: &Body, typed: &TypedBody) {
        for (id, expr) in body.exprs.iter() {
            if self.covers(expr.span)
                && let Some(found) = self.expr(body, typed, id)
            {
                self.offer_written(found);
            }
        }
        for (id, pat) in body.pats.iter() {
            if let Some(PatRes::Variant { adt, .. }) = typed.patterns.get(&id) {
                if matches!(pat.kind, PatKind::Bind(_)) {
                    let found = self.adt(*adt, pat.span);
                    self.offer(found);
                }
                continue;
            }
            if let (PatKind::Bind(local), Some(ty)) = (&pat.kind, typed.pat_types.get(id).copied().flatten()) {
                let it = &body.locals[*local];
                let found = self.value(it.name.as_str(), ty, pat.span, Some(it.span));
                self.offer_written(found);
            }
        }
        for (id, local) in body.locals.iter() {
            if let Some(ty) = typed.local_types.get(id).copied().flatten() {
                let found = self.value(local.name.as_str(), ty, local.span, Some(local.span));
                self.offer_written(found);
            }
        }
    }

    fn expr(&self, body: &Body, typed: &TypedBody, id: ExprId) -> Option<Found> {
        let ty = typed.expr_types.get(id).copied().flatten();
        let span = body.exprs[id].span;
        let called = typed.calls.get(&id).and_then(|it| function_of(&it.callee));
        match (&body.exprs[id].kind, typed.names.get(&id)) {
            (ExprKind::MethodCall { name_span, .. }, _) => Some(self.function(called?, *name_span)),
            (ExprKind::Call { callee, .. }, _) => {
                let name = match &body.exprs[*callee].kind {
                    ExprKind::Path(path) => path.segments.last()?.span,
                    _ => body.exprs[*callee].span,
                };
                Some(self.function(called?, name))
            }
            (ExprKind::Path(path), Some(res)) => {
                let last = path.segments.last()?;
                self.name(body, res, ty, last.name.as_str(), last.span)
            }
            (ExprKind::Field { name, name_span, .. }, Some(res)) => self.name(body, res, ty, name.as_str(), *name_span),
            (ExprKind::Field { name_span, .. }, None) if called.is_some() => Some(self.function(called?, *name_span)),
            (ExprKind::Field { base, name, name_span, .. }, None) => {
                let declared = typed.fields.get(&id).and_then(|&index| self.field(typed, *base, index));
                Some(self.value(name.as_str(), ty?, *name_span, declared))
            }
            (ExprKind::SelfValue, _) => Some(self.value("自己", ty?, span, None)),
            _ => None,
        }
    }

    fn name(&self, body: &Body, res: &Res, ty: Option<Ty>, name: &str, span: Span) -> Option<Found> {
        match res {
            Res::Local(local) => Some(self.value(name, ty?, span, Some(body.locals[*local].span))),
            Res::Global(global) => Some(self.value(name, ty?, span, Some(self.program.globals[*global].name_span))),
            Res::Function { function, .. } => Some(self.function(*function, span)),
            Res::Variant { adt, .. } => Some(self.adt(*adt, span)),
            Res::Type(ty) => match ty.kind() {
                TyKind::Adt(adt, _) => Some(self.adt(*adt, span)),
                _ => None,
            },
            Res::Module(_) | Res::Builtin(_) | Res::Error => None,
        }
    }

    /// Where a field of a struct is declared.
    fn field(&self, typed: &TypedBody, base: ExprId, index: u32) -> Option<Span> {
        let base = typed.expr_types.get(base).copied().flatten()?;
        let TyKind::Adt(adt, _) = base.kind() else { return None };
        match &self.program.adts[*adt].kind {
            AdtKind::Struct(fields) => fields.get(index as usize).map(|it| it.span),
            AdtKind::Enum(_) => None,
        }
    }

    fn value(&self, name: &str, ty: Ty, span: Span, declared: Option<Span>) -> Found {
        let text = format!("{name}: {}", type_text(self.program, ty));
        Found { span, text, documentation: String::new(), declared }
    }
    fn function(&self, function: FunctionId, span: Span) -> Found {
        let it = &self.program.functions[function];
        let text = declaration(self.program, self.files, function);
        Found { span, text, documentation: it.documentation.trim().to_owned(), declared: Some(it.name_span) }
    }
    fn adt(&self, adt: AdtId, span: Span) -> Found {
        let it = &self.program.adts[adt];
        let word = if matches!(it.kind, AdtKind::Enum(_)) { "枚举" } else { "类型" };
        let text = format!("{word} {}", it.name);
        Found { span, text, documentation: it.documentation.trim().to_owned(), declared: Some(it.name_span) }
    }
}

/// As it is written, on one line.
pub(crate) fn declaration(program: &Program, files: &Files, function: FunctionId) -> String {
    files.text(program.functions[function].signature_span).split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(crate) fn function_of(callee: &Callee) -> Option<FunctionId> {
    match callee {
        Callee::Function { function, .. } => Some(*function),
        Callee::TraitMethod { method, .. } | Callee::DynamicMethod { method, .. } => Some(*method),
        Callee::Variant { .. } | Callee::Builtin(_) | Callee::Value => None,
    }
}

/// What the file declares, in its order.
pub fn symbols(program: &Program, file: FileId) -> Vec<Symbol> {
    let in_file = |module: ModuleId| program.modules[module].file == file;
    let symbol = |name: qi_base::Name, kind, span| Symbol { name: name.to_string(), kind, span };
    let mut all = Vec::new();
    let written = |id: FunctionId| !program.functions[id].name.as_str().is_empty() && !is_top_level(program, id);
    for (_, it) in program.functions.iter().filter(|it| in_file(it.1.module) && written(it.0)) {
        let kind = if it.owner == Owner::Module { SymbolKind::Function } else { SymbolKind::Method };
        all.push(symbol(it.name, kind, it.name_span));
    }
    for it in program.adts.values().filter(|it| in_file(it.module)) {
        let kind = if matches!(it.kind, AdtKind::Enum(_)) { SymbolKind::Enum } else { SymbolKind::Struct };
        all.push(symbol(it.name, kind, it.name_span));
    }
    all.extend(
        program
            .traits
            .values()
            .filter(|it| in_file(it.module))
            .map(|it| symbol(it.name, SymbolKind::Trait, it.name_span)),
    );
    for it in program.globals.values().filter(|it| in_file(it.module)) {
        let kind = if it.constant { SymbolKind::Constant } else { SymbolKind::Variable };
        all.push(symbol(it.name, kind, it.name_span));
    }
    // What the compiler makes up has names no text has.
    all.retain(|it| it.span.file == file && it.span.start < it.span.end && !it.name.contains('#'));
    all.sort_by_key(|it| it.span.start);
    all
}
