//! Names nothing in sight has: what was probably meant. Suggestions come in the order of likelihood: a keyword glued to
//! the name, a member of 自己, the same sound, a slip of a character, something of an imported module or a variant.

use super::body::BodyChecker;
use super::names::{builtin_function, find_variant, is_builtin_type};
use super::solver;
use crate::{AdtKind, Body, ExprId, ExprKind, PathSegment, Statement, diagnostics, walk};
use qi_base::{FileId, Name, Span};
use rustc_hash::FxHashSet;

/// What begins a statement or an operand, longest first where one begins another.
const KEYWORDS: &[&str] = &[
    "返回",
    "等待",
    "启动",
    "抛出",
    "让出",
    "如果",
    "变量",
    "常量",
    "函数",
    "匹配",
    "打印行",
    "打印",
    "输出",
    "跳出",
    "中断",
    "继续",
    "新建",
    "非",
    "当",
    "对于",
    "导入",
];

/// Those that begin only statements.
const STATEMENTS: &[&str] = &["返回", "抛出", "变量", "常量", "函数", "跳出", "中断", "继续", "当", "对于", "导入"];

/// The first word of `text` does.
fn begins_statements(text: &str) -> bool {
    text.split(' ').next().is_some_and(|it| STATEMENTS.contains(&it))
}

/// Those that a label may follow.
const JUMPS: &[&str] = &["跳出", "中断", "继续"];

/// What stands between two operands, loosest first; longer ones before those they end in.
const OPERATORS: &[&str] = &["或", "且", "与", "直到", "到", "作为"];

/// In characters; words that belong together are fewer.
const LONGEST_GLUED: usize = 24;

/// Words of other languages, other than keywords, for what has another name here.
const FOREIGN_WORDS: &[(&str, &str)] = &[
    ("loop", "循环"),
    ("true", "真"),
    ("True", "真"),
    ("false", "假"),
    ("False", "假"),
    ("null", "无"),
    ("nil", "无"),
    ("None", "无"),
    ("Some", "有"),
    ("Ok", "成"),
    ("Err", "败"),
    ("self", "自己"),
    ("this", "自己"),
    ("not", "非"),
    ("不", "非"),
    ("and", "且"),
    ("or", "或"),
    ("len", "长度"),
    ("range", "范围"),
    ("undefined", "无"),
    ("显示", "打印"),
    ("input", "输入"),
    ("max", "最大"),
    ("min", "最小"),
    ("sleep", "睡眠"),
    ("assert", "断言"),
    ("exit", "退出"),
    ("map", "映射"),
    ("转字符串", "字符串"),
    ("转整数", "整数"),
    ("转浮点数", "浮点数"),
];

/// What others print with, before its methods.
const FOREIGN_OUTPUT: &[&str] = &["console", "Console", "System", "fmt", "cout", "std"];

impl BodyChecker<'_, '_> {
    pub(super) fn unknown_name(&mut self, name: Name, span: Span) {
        let text = name.as_str();
        // Its declaration, or the character in it, is reported.
        if self.lost_names.contains(&name) || text.contains('·') {
            self.failed = true;
            return;
        }
        let diagnostic = diagnostics::unknown_name(span, text);
        if text.chars().count() <= LONGEST_GLUED
            && let Some(apart) = self.taken_apart(text)
            && (!begins_statements(&apart) || self.stands_alone(span))
        {
            return self.report(diagnostics::with_glued_keyword(diagnostic, span, &apart));
        }
        self.lost_names.insert(name);
        let elsewhere = self.body.locals.iter().map(|it| it.1).filter(|it| it.name == name);
        // The nearest above, else the first below.
        if !self.is_own_member(name)
            && let Some(local) = elsewhere.min_by_key(|it| (it.span > span, it.span.start.abs_diff(span.start)))
        {
            let in_its_value = self.is_in_its_value(span, local.span);
            return self.report(diagnostics::name_out_of_scope(diagnostic, span, local.span, in_its_value));
        }
        if FOREIGN_OUTPUT.contains(&text) {
            return self.report(diagnostics::with_our_output(diagnostic));
        }
        let similar = self.meant(name).filter(|it| !begins_statements(it) || self.stands_alone(span));
        let diagnostic = match similar {
            Some(_) => diagnostic.with_similar(span, similar.as_deref()),
            None => self.cx.with_import(diagnostic, self.module, name),
        };
        self.report(diagnostic);
    }

    /// A statement, or the value of a branch, begins with it, and it is not what is assigned to.
    fn stands_alone(&mut self, span: Span) -> bool {
        let body = self.body;
        let operands = self.operands.get_or_insert_with(|| operands(body));
        !operands.contains(&(span.file, span.start))
    }

    /// `甲 = 1` where nothing like 甲 is declared: reports that 变量 is missing, or a blank after it; the name counts as
    /// declared.
    pub(super) fn undeclared_target(&mut self, place: ExprId) -> bool {
        let ExprKind::Path(path) = &self.body.exprs[place].kind else { return false };
        let [segment] = &path.segments[..] else { return false };
        self.glued_declaration(segment) || self.missing_declaration(segment)
    }

    /// `变量 x = x + 1`: whether the declaration of the name at `declared` covers `span`.
    fn is_in_its_value(&self, span: Span, declared: Span) -> bool {
        let is_it = |it: &Statement| match it {
            Statement::Let { pat, span: whole, .. } => self.body.pats[*pat].span.covers(declared) && whole.covers(span),
            _ => false,
        };
        let blocks = self.body.exprs.values().filter_map(|it| match &it.kind {
            ExprKind::Block(block) => Some(block),
            _ => None,
        });
        blocks.flat_map(|it| &it.statements).any(is_it)
    }

    fn missing_declaration(&mut self, segment: &PathSegment) -> bool {
        let name = segment.name;
        let is_elsewhere = || self.body.locals.iter().any(|it| it.1.name == name);
        let is_meant = || self.meant(name).is_some_and(|it| !begins_statements(&it));
        if self.is_known(name) || name.as_str().contains('·') || is_elsewhere() || is_meant() {
            return false;
        }
        self.lost_names.insert(name);
        self.report(diagnostics::undeclared_target(segment.span, name.as_str()));
        true
    }

    /// `变量甲 = 1`
    fn glued_declaration(&mut self, segment: &PathSegment) -> bool {
        let text = segment.name.as_str();
        let keyword = ["变量", "常量"].into_iter().find(|it| text.strip_prefix(it).is_some_and(|it| !it.is_empty()));
        let Some(keyword) = keyword.filter(|_| !self.is_known(segment.name)) else { return false };
        let rest = &text[keyword.len()..];
        let report = diagnostics::unknown_name(segment.span, text);
        let apart = format!("{keyword} {rest}");
        self.report(diagnostics::with_glued_keyword(report, segment.span, &apart).about_declaration_of(rest));
        self.lost_names.insert(rest.into());
        true
    }

    fn meant(&self, name: Name) -> Option<String> {
        let foreign = FOREIGN_WORDS.iter().chain(qi_syntax::FOREIGN_TYPES).chain(qi_syntax::FOREIGN_KEYWORDS);
        let foreign = foreign.into_iter().find(|it| it.0 == name.as_str());
        if let Some((_, word)) = foreign {
            return Some((*word).to_owned());
        }
        if self.is_own_member(name) {
            return Some(format!("自己.{name}"));
        }
        let locals: Vec<Name> = self.locals.iter().map(|it| it.0).collect();
        let similar = self.cx.names.similar(self.program, self.module, name, &locals, false);
        similar.or_else(|| self.cx.in_imported_module(self.module, name)).or_else(|| self.variant_of(name))
    }

    /// A field or method of 自己, written without it.
    fn is_own_member(&self, name: Name) -> bool {
        let (Some(_), Some(ty)) = (self.body.self_local, self.scope.self_type) else { return false };
        if let crate::TyKind::Adt(id, _) = ty.kind()
            && let AdtKind::Struct(fields) = &self.program.adts[*id].kind
            && fields.iter().any(|it| it.name == Some(name))
        {
            return true;
        }
        let signatures = &self.cx.analysis.signatures;
        solver::head(ty).is_some_and(|head| signatures.inherent.contains_key(&(head, name)))
    }

    /// `红` for `色.红`, if one enum of this module has such a variant.
    fn variant_of(&self, name: Name) -> Option<String> {
        let ids = self.program.adts.iter().filter(|(_, it)| it.module == self.module);
        let mut owners = ids.filter(|&(id, _)| find_variant(self.program, id, name).is_some()).map(|(_, it)| it.name);
        match (owners.next(), owners.next()) {
            (Some(owner), None) => Some(format!("{owner}.{name}")),
            _ => None,
        }
    }

    /// `返回甲`, `甲且乙`: the words of a name that swallowed its neighbours, with blanks between them.
    fn taken_apart(&self, text: &str) -> Option<String> {
        let prefixed = KEYWORDS.iter().find_map(|keyword| {
            let rest = text.strip_prefix(keyword)?;
            let is_label = JUMPS.contains(keyword) && self.is_label(rest.into());
            let rest = if is_label { rest.to_owned() } else { self.operands(rest)? };
            Some(format!("{keyword} {rest}"))
        });
        prefixed.or_else(|| {
            OPERATORS.iter().find_map(|operator| {
                let (left, right) = text.split_once(operator)?;
                Some(format!("{} {operator} {}", self.operands(left)?, self.operands(right)?))
            })
        })
    }

    fn operands(&self, text: &str) -> Option<String> {
        let is_operand = !text.is_empty() && (text.parse::<f64>().is_ok() || self.is_known(text.into()));
        if is_operand { Some(text.to_owned()) } else { self.taken_apart(text) }
    }

    fn is_label(&self, name: Name) -> bool {
        self.frames.last().is_some_and(|it| it.loops.iter().any(|it| it.label == Some(name)))
    }

    fn is_known(&self, name: Name) -> bool {
        self.find_local(name).is_some()
            || self.lost_names.contains(&name)
            || self.cx.names.lookup(self.program, self.module, name).is_some()
            || is_builtin_type(name)
            || builtin_function(name).is_some()
            || matches!(name.as_str(), "真" | "假" | "无" | "空" | "自己")
    }
}

/// Where expressions begin that are a part of another one, behind its start, or what is assigned to.
fn operands(body: &Body) -> FxHashSet<(FileId, u32)> {
    let mut found = FxHashSet::default();
    let place = |id: ExprId| (body.exprs[id].span.file, body.exprs[id].span.start);
    for (id, parent) in body.exprs.iter() {
        match parent.kind {
            ExprKind::Block(_) | ExprKind::Closure(_) | ExprKind::If { .. } | ExprKind::Match { .. } => {}
            _ => walk::children(parent, &mut |child| {
                let is_target = matches!(parent.kind, ExprKind::Assign { place, .. } if place == child);
                if is_target || place(child) != place(id) {
                    found.insert(place(child));
                }
            }),
        }
    }
    found
}
