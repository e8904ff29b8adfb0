//! The call around a place: what it takes, and which of that is being written.

use crate::mentions::{Declared, Mention};
use crate::references::mentioned;
use crate::workspace::Known;
use qi_base::{FileId, Files, Name, Span};
use qi_hir::infer::type_text;
use qi_hir::{
    AdtKind, Body, ExprId, ExprKind, FunctionId, Head, Item, Mode, Owner, Param, Program, Ty, TyKind, TypedBody,
    VariantDef,
};
use qi_syntax::ast::{self, AstNode};
use qi_syntax::{SyntaxKind, SyntaxNode, T};
use std::collections::BTreeSet;
use std::ops::Range;

/// What can be called there, and the parameter whose turn it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Help {
    pub signatures: Vec<Signature>,
    /// The one that takes what is written so far.
    pub active: usize,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Signature {
    /// `加(甲: 整数, 乙: 整数): 整数`
    pub text: String,
    /// Bytes of `text`.
    pub params: Vec<Range<usize>>,
    pub active: Option<usize>,
    pub documentation: String,
}

pub(crate) fn at(known: &Known, file: FileId, offset: u32) -> Option<Help> {
    let text = &known.checked.files.get(file).text;
    let tree = qi_syntax::parse(file, text).tree;
    let written = Written::around(tree.syntax(), offset)?;
    let describe = Describe { known, files: &known.checked.files, program: &known.checked.program };
    let found = describe.callables(mentioned(known, file, written.name.span(file).start));
    let takes = |it: &Callable| it.params.len() >= written.n_args || it.is_variadic;
    let active = found.iter().position(takes).unwrap_or(0);
    let signatures: Vec<Signature> = found.into_iter().map(|it| it.signature(&written)).collect();
    (!signatures.is_empty()).then_some(Help { signatures, active })
}

/// A call as far as it is written.
struct Written {
    name: ast::Name,
    n_args: usize,
    /// Commas before the place.
    position: usize,
    /// `甲: ` before the place.
    argument: Option<Name>,
}

impl Written {
    /// Blocks in arguments are places of their own.
    fn around(root: &SyntaxNode, offset: u32) -> Option<Self> {
        if offset > root.text_range().end().into() {
            return None;
        }
        let token = root.token_at_offset(offset.into()).left_biased()?;
        let inside = token.parent_ancestors().take_while(|it| it.kind() != SyntaxKind::BLOCK);
        let lists = inside.filter_map(ast::ArgList::cast);
        let list = lists.into_iter().find(|it| is_within(it.syntax(), offset))?;
        let before = |it: &SyntaxNode| u32::from(it.text_range().start()) < offset;
        let commas = list.syntax().children_with_tokens().filter(|it| it.kind() == T![,]);
        let args: Vec<ast::Arg> = list.args().filter(|it| it.syntax().text_range().len() > 0.into()).collect();
        let position = commas.filter(|it| u32::from(it.text_range().end()) <= offset).count();
        let current = args.iter().rfind(|it| before(it.syntax()) && u32::from(it.text_range().end()) >= offset);
        Some(Self {
            name: called_name(&list)?,
            n_args: args.len(),
            position,
            argument: current.and_then(|it| Some(it.name()?.name())),
        })
    }
}

/// Between its parentheses.
fn is_within(list: &SyntaxNode, offset: u32) -> bool {
    let token = |kind| list.children_with_tokens().find(|it| it.kind() == kind).map(|it| it.text_range());
    let opened = token(T!['(']).is_some_and(|it| u32::from(it.end()) <= offset);
    opened && token(T![')']).is_none_or(|it| offset <= it.start().into())
}

fn called_name(list: &ast::ArgList) -> Option<ast::Name> {
    let call = list.syntax().parent()?;
    match call.kind() {
        SyntaxKind::METHOD_CALL_EXPR => ast::MethodCallExpr::cast(call)?.name(),
        SyntaxKind::NEW_EXPR => ast::NewExpr::cast(call)?.path()?.last_segment()?.name(),
        SyntaxKind::CALL_EXPR => match ast::CallExpr::cast(call)?.callee()? {
            ast::Expr::Name(it) => it.name(),
            ast::Expr::Field(it) => it.name(),
            _ => None,
        },
        _ => None,
    }
}

struct CallableParam {
    name: Option<Name>,
    text: String,
}

struct Callable {
    head: String,
    params: Vec<CallableParam>,
    tail: String,
    is_variadic: bool,
    documentation: String,
}

impl Callable {
    fn signature(self, written: &Written) -> Signature {
        let last = self.params.len().checked_sub(1);
        let by_position = match (written.position < self.params.len(), self.is_variadic) {
            (true, _) => Some(written.position),
            (false, true) => last,
            (false, false) => None,
        };
        let named = written.argument.and_then(|name| self.params.iter().position(|it| it.name == Some(name)));
        let mut text = self.head + "(";
        let mut params = Vec::new();
        for (index, param) in self.params.iter().enumerate() {
            text += if index > 0 { ", " } else { "" };
            let start = text.len();
            text += &param.text;
            params.push(start..text.len());
        }
        text += ")";
        text += &self.tail;
        Signature { text, params, active: named.or(by_position), documentation: self.documentation }
    }
}

struct Describe<'a> {
    known: &'a Known,
    files: &'a Files,
    program: &'a Program,
}

impl Describe<'_> {
    fn callables(&self, mentions: &[Mention]) -> Vec<Callable> {
        let mut functions = BTreeSet::new();
        let mut found = Vec::new();
        for at in mentions.iter().map(|it| it.target) {
            functions.extend(self.functions(at));
            for it in self.program.adts.values() {
                if let AdtKind::Enum(variants) = &it.kind {
                    found.extend(variants.iter().filter(|it| it.span == at && !it.named).map(|it| self.variant(it)));
                }
            }
            if found.is_empty() && functions.is_empty() {
                found.extend(self.value(at));
            }
        }
        found.extend(functions.into_iter().map(|it| self.function(it)));
        found
    }

    /// All overloads of the one declared there; of a type the functions that make it.
    fn functions(&self, at: Span) -> Vec<FunctionId> {
        let program = self.program;
        let mut found = Vec::new();
        for (id, it) in program.functions.iter().filter(|it| it.1.name_span == at) {
            found.push(id);
            if it.owner == Owner::Module {
                let set = program.modules[it.module].items.get(&it.name).into_iter().flatten();
                found.extend(set.filter_map(|it| if let Item::Function(id) = it { Some(*id) } else { None }));
            }
        }
        for (id, _) in program.adts.iter().filter(|it| it.1.name_span == at) {
            let new = (Head::Adt(id), Name::new("新"));
            let makers = self.known.checked.analysis.signatures.inherent.get(&new).into_iter().flatten();
            found.extend(makers.filter(|&&it| !program.functions[it].has_self));
        }
        found
    }

    fn function(&self, id: FunctionId) -> Callable {
        let it = &self.program.functions[id];
        let result = it.result.as_ref().map(|it| format!(": {}", self.text(it.span)));
        Callable {
            head: it.name.to_string(),
            params: it.params.iter().map(|param| self.param(param, it.body.as_ref())).collect(),
            tail: result.unwrap_or_default(),
            is_variadic: it.params.iter().any(|it| it.variadic),
            documentation: it.documentation.trim().to_owned(),
        }
    }

    fn param(&self, it: &Param, body: Option<&Body>) -> CallableParam {
        let mode = if it.mode == Mode::InOut { "可变 " } else { "" };
        let dots = if it.variadic { "..." } else { "" };
        let ty = it.ty.as_ref().map(|it| format!(": {}", self.text(it.span)));
        let default = it.default.zip(body).map(|(id, body)| format!(" = {}", self.text(body.exprs[id].span)));
        let text = format!("{mode}{}{dots}{}{}", it.name, ty.unwrap_or_default(), default.unwrap_or_default());
        CallableParam { name: Some(it.name), text }
    }

    fn variant(&self, it: &VariantDef) -> Callable {
        let param = |span| CallableParam { name: None, text: self.text(span) };
        Callable {
            head: it.name.to_string(),
            params: it.fields.iter().map(|it| param(it.ty.span)).collect(),
            tail: String::new(),
            is_variadic: false,
            documentation: String::new(),
        }
    }

    /// A variable, field or local function.
    fn value(&self, at: Span) -> Option<Callable> {
        let Known { checked, .. } = self.known;
        let functions = checked.analysis.bodies.iter().filter_map(|(&id, typed)| {
            let it = &self.program.functions[id];
            (it.name_span.file == at.file).then_some((it.body.as_ref()?, typed))
        });
        let globals = checked.analysis.global_bodies.iter().filter_map(|(&id, typed)| {
            let it = &self.program.globals[id];
            (it.name_span.file == at.file).then_some((it.init.as_ref()?, typed))
        });
        let local = functions.chain(globals).find_map(|(body, typed)| self.local(body, typed, at));
        local.or_else(|| self.plain(self.files.text(at), self.type_of_item(at)?))
    }

    fn local(&self, body: &Body, typed: &TypedBody, at: Span) -> Option<Callable> {
        let (id, it) = body.locals.iter().find(|it| it.1.span == at)?;
        let ty = typed.local_types.get(id).copied().flatten()?;
        let callable = self.plain(it.name.as_str(), ty)?;
        Some(match typed.local_functions.get(&id) {
            Some(&closure) => self.with_names(callable, body, closure),
            None => callable,
        })
    }

    /// A local function's parameters have names.
    fn with_names(&self, mut callable: Callable, body: &Body, closure: ExprId) -> Callable {
        let ExprKind::Closure(it) = &body.exprs[closure].kind else { return callable };
        for (param, named) in callable.params.iter_mut().zip(&it.params) {
            let name = body.locals[named.local].name;
            param.name = Some(name);
            param.text = format!("{name}: {}", param.text);
        }
        callable.is_variadic = it.params.iter().any(|it| it.variadic);
        callable
    }

    fn plain(&self, name: &str, ty: Ty) -> Option<Callable> {
        let TyKind::Function { params, result } = ty.kind() else { return None };
        let text = |&(mode, ty): &(Mode, Ty)| {
            let mode = if mode == Mode::InOut { "可变 " } else { "" };
            CallableParam { name: None, text: format!("{mode}{}", type_text(self.program, ty)) }
        };
        Some(Callable {
            head: name.to_owned(),
            params: params.iter().map(text).collect(),
            tail: format!(": {}", type_text(self.program, *result)),
            is_variadic: false,
            documentation: String::new(),
        })
    }

    fn type_of_item(&self, at: Span) -> Option<Ty> {
        let signatures = &self.known.checked.analysis.signatures;
        if let Some((id, _)) = self.program.globals.iter().find(|it| it.1.name_span == at) {
            return Some(signatures.globals.get(id)?.ty);
        }
        let declared = Declared { program: self.program, analysis: &self.known.checked.analysis };
        self.program.adts.iter().find_map(|(id, _)| {
            let index = declared.fields(id, 0).iter().position(|it| it.span == at)?;
            signatures.adts.get(id)?.variants.first()?.get(index).copied()
        })
    }

    /// On one line.
    fn text(&self, span: Span) -> String {
        self.files.text(span).split_whitespace().collect::<Vec<_>>().join(" ")
    }
}
