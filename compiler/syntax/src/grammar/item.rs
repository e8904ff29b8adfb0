//! Declarations: what begins one, their modifiers, types and implementations.

use super::list::Separator;
use super::signature::Body;
use super::type_names::is_plain_type;
use crate::SyntaxKind::{self, *};
use crate::diagnostics;
use crate::parser::{Context, Parser};

pub(crate) const MODIFIERS: [SyntaxKind; 7] = [T![公开], T![私有], T![静态], T![导出], T![异步], T![协程], T![外部]];

const DECLARATIONS: [SyntaxKind; 7] = [T![函数], T![类型], T![枚举], T![特性], T![变量], T![常量], T![导入]];

impl Parser<'_> {
    /// Where the keyword of a declaration is, past attributes-free modifiers.
    fn declaration_keyword(&self) -> (usize, SyntaxKind) {
        self.declaration_keyword_after(0)
    }

    /// The same for a declaration that begins `start` tokens ahead.
    fn declaration_keyword_after(&self, start: usize) -> (usize, SyntaxKind) {
        let mut n = start;
        while MODIFIERS.iter().any(|&it| self.nth_at(n, it)) {
            n += 1;
            if self.nth_at(n - 1, T![导出]) && self.nth(n) == STRING {
                n += 1;
            }
            if n > start + 12 {
                break;
            }
        }
        (n, self.nth(n))
    }

    pub(crate) fn at_declaration(&self) -> bool {
        if self.at(T![@]) {
            return true;
        }
        let (n, keyword) = self.declaration_keyword();
        let is_extern = n > 0 && self.nth_at(n - 1, T![外部]);
        match keyword {
            T![函数] | T![类型] | T![枚举] | T![特性] | T![实现] | T![变量] | T![常量] | T![导入] => {
                true
            }
            STRING => is_extern || self.at_test(),
            _ if is_extern && self.nth_at(n, T![阻塞]) => true,
            // Without the name of the library; no literal goes on so.
            T!['{'] if is_extern => matches!(self.nth(n + 1), T![函数] | T![类型]) && self.at_word(n + 2),
            _ if matches!(self.kind(), T![公开] | T![异步]) => true,
            _ => self.at_test() || self.at_package(),
        }
    }

    fn at_test(&self) -> bool {
        self.at(T![测试]) && self.nth(1) == STRING && self.nth(2) == T!['{']
    }
    fn at_package(&self) -> bool {
        self.at(T![包]) && self.nth(1) == IDENT && !self.nth_newline(1)
    }

    /// At the left margin, as declarations of a file usually are.
    pub(crate) fn at_unindented_declaration(&self) -> bool {
        self.is_unindented() && self.at_declaration() && !matches!(self.declaration_keyword().1, T![变量] | T![常量])
    }

    /// True if it ends in a block.
    pub(crate) fn declaration(&mut self) -> bool {
        self.declaration_with(Body::Required)
    }

    fn declaration_with(&mut self, body: Body) -> bool {
        let node = self.start();
        let mut is_builtin = false;
        while self.at(T![@]) {
            is_builtin |= self.nth(1) == IDENT && self.word_text(1) == "内建";
            self.attribute();
        }
        let seen = self.modifiers();
        let body = if is_builtin { Body::Optional } else { body };
        let is_extern = seen.contains(&T![外部]);
        let kind = match self.kind() {
            T![函数] => {
                if is_extern {
                    self.expected("外部 \"库\" {…}", "外部 \"library\" {…}");
                }
                self.function_rest(body);
                FUNCTION
            }
            T![类型] => self.struct_rest(),
            T![枚举] => self.enum_rest(),
            T![特性] => self.trait_rest(),
            T![实现] => self.impl_rest(),
            T![变量] | T![常量] => {
                self.let_rest();
                LET
            }
            T![导入] => {
                if self.import_rest() {
                    IMPORT
                } else {
                    ERROR
                }
            }
            _ if is_extern => self.extern_block(),
            _ if self.at_test() => {
                self.bump(T![测试]);
                self.bump(STRING);
                self.block();
                TEST
            }
            _ if self.at_package() => {
                self.package_rest();
                PACKAGE
            }
            _ => {
                self.note_glued_here(&DECLARATIONS);
                self.note_glued_here(&MODIFIERS);
                self.expected("声明", "a declaration");
                ERROR
            }
        };
        self.complete(node, kind);
        !matches!(kind, LET | IMPORT | PACKAGE | TYPE_ALIAS | ERROR)
    }

    fn modifiers(&mut self) -> Vec<SyntaxKind> {
        let mut seen = Vec::new();
        while let Some(&kind) = MODIFIERS.iter().find(|&&it| self.at(it)) {
            if seen.contains(&kind) {
                self.misplaced();
            }
            seen.push(kind);
            self.bump(kind);
            if kind == T![导出] {
                self.eat(STRING);
            }
        }
        let allowed: &[SyntaxKind] = match self.kind() {
            T![函数] => &MODIFIERS,
            T![类型] => &[T![公开], T![私有], T![外部]],
            T![导入] => &[T![公开]],
            T![枚举] | T![特性] | T![变量] | T![常量] => &[T![公开], T![私有]],
            // What follows 外部 was not read yet.
            _ if seen.contains(&T![外部]) => &[T![外部]],
            _ if self.at(T![实现]) || self.at_test() || self.at_package() => &[],
            // What is missing is said elsewhere.
            _ => return seen,
        };
        if let Some(wrong) = seen.iter().find(|it| !allowed.contains(it)) {
            let text = wrong.text().unwrap_or_default();
            let found = qi_base::Text::new(format!("修饰词“{text}”"), format!("modifier `{text}`"));
            let error = diagnostics::misplaced(self.span_of(0), &found);
            self.error(error);
        }
        seen
    }

    /// `@名` or `@名(…)`
    pub(crate) fn attribute(&mut self) {
        let node = self.start();
        self.bump(T![@]);
        self.name();
        if self.at(T!['(']) && !self.newline() {
            self.arg_list();
        }
        self.complete(node, ATTRIBUTE);
    }

    fn struct_rest(&mut self) -> SyntaxKind {
        self.bump(T![类型]);
        self.name();
        if self.at(T![<]) {
            self.generic_params();
        }
        if self.eat(T![=]) {
            self.ty();
            return TYPE_ALIAS;
        }
        self.inheritance();
        self.braced_list(FIELD_LIST, |p| p.method_or(Self::field));
        STRUCT
    }

    /// `类型 狗 继承 动物 {`, `类型 狗: 动物 {`
    fn inheritance(&mut self) {
        let is_word = matches!(self.token_text(), "继承" | "派生" | "extends" | "implements") && self.nth(1) == IDENT;
        let is_colon = self.at(T![:]) && self.skip_type(1, &mut 64).is_some_and(|after| self.nth(after) == T!['{']);
        if self.nth_tok_newline() || !(is_word || is_colon) {
            return;
        }
        let error = diagnostics::inheritance(self.span_of(0));
        self.error(error);
        self.skip_until(|p| p.at(T!['{']) || p.at(T![;]) || p.nth_tok_newline());
    }

    /// `加(甲: 整数) {`, in a type.
    fn method_without_keyword_ahead(&self) -> bool {
        let close = if self.kind() == IDENT && self.nth(1) == T!['('] { self.pair_distance(1) } else { None };
        close.is_some_and(|close| match self.nth(close + 1) {
            T!['{'] => true,
            T![:] => self.skip_type(close + 2, &mut 64).is_some_and(|after| self.nth(after) == T!['{']),
            _ => false,
        })
    }

    fn method_without_keyword(&mut self) {
        let is_constructor = matches!(self.token_text(), "构造" | "构造函数" | "初始化" | "init" | "constructor");
        let error = match is_constructor {
            true => diagnostics::constructor(self.span_of(0)),
            false => diagnostics::missing_function_keyword(self.span_of(0)),
        };
        self.error(error);
        let node = self.start();
        self.name_token();
        self.param_list();
        self.declared_ret_type();
        self.block();
        self.complete(node, FUNCTION);
    }

    /// A list in braces as a node of its own; missing braces are reported.
    fn braced_list(&mut self, kind: SyntaxKind, item: impl FnMut(&mut Self)) {
        let node = self.start();
        if !self.at(T!['{']) {
            self.expected("“{”", "`{`");
            self.skip_to_brace();
        }
        if self.eat(T!['{']) {
            self.with(Context::BLOCK, |p| p.list(T!['}'], Separator::Lines, item));
        }
        self.complete(node, kind);
    }

    /// Methods stand among the fields or variants of their type.
    fn method_or(&mut self, part: impl FnOnce(&mut Self)) {
        if self.at_method() {
            self.declaration_with(Body::Required);
        } else if self.method_without_keyword_ahead() {
            self.method_without_keyword();
        } else if self.at(T![实现]) && self.nth(1) == IDENT {
            self.misplaced_declaration(
                "写在类型里的“实现”（请写在类型外面）",
                "`实现` inside a type (write it outside) is",
            );
        } else {
            part(self);
        }
    }

    fn misplaced_declaration(&mut self, zh: &str, en: &str) {
        let node = self.start();
        let span = self.span_of(0);
        self.unsupported(span, zh, en);
        self.declaration();
        self.complete(node, ERROR);
    }

    /// Past attributes and modifiers, 函数 and a name: `函数: 整数` and `函数(整数): 整数 名` are fields.
    fn at_method(&self) -> bool {
        let mut n = 0;
        while self.nth_at(n, T![@]) {
            n += 2;
            if self.nth_at(n, T!['(']) {
                n = self.pair_distance(n).map_or(n, |it| it + 1);
            }
        }
        let (n, keyword) = self.declaration_keyword_after(n);
        let has_receiver = self.nth(n + 1) == T!['('] && self.nth(n + 2) == T![自己] && self.nth(n + 3) == IDENT;
        let is_reserved = self.at_word(n + 1) && self.nth(n + 2) == T!['('];
        keyword == T![函数] && (matches!(self.nth(n + 1), IDENT | T![<]) || has_receiver || is_reserved)
    }

    /// `横: 浮点数 = 0.0` or `浮点数 横 = 0.0`
    fn field(&mut self) {
        let node = self.start();
        while self.at(T![@]) {
            self.attribute();
        }
        for kind in [T![公开], T![私有]] {
            if self.at(kind) && (self.at_word(1) || matches!(self.nth(1), T!['('] | T!['['])) {
                self.bump(kind);
            }
        }
        if self.at_any(&[T![变量], T![常量]]) && self.at_word(1) {
            let misplaced = diagnostics::keyword_before_field(self.span_of(0), self.token_text());
            self.remove(misplaced);
        }
        if self.at(T![:]) {
            self.expected_member("字段的名字", "the name of a field");
            self.bump_error();
            self.ty();
        } else if self.at_word(0) && (self.nth(1) == T![:] || self.optional_mark_ahead(1)) {
            self.name_token();
            let ty = self.pos() + 1;
            self.colon_and_type();
            self.union_of_types(ty);
        } else if self.kind() == IDENT && self.doubled_colon_ahead(1) {
            self.name_token();
            self.doubled_colon();
        } else if self.kind() == IDENT && self.nth(1) == T![=] {
            self.name_token();
            let error = diagnostics::field_without_type(self.after_previous());
            self.error(error);
        } else if self.field_without_colon_ahead() {
            self.name_token();
            let error = diagnostics::missing_colon(self.after_previous(), true);
            self.error(error);
            self.ty();
        } else if self.at_type_start() {
            self.ty();
            self.name();
        } else {
            self.expected_member("字段", "a field");
            self.skip_item();
        }
        if self.eat(T![=]) {
            self.expr();
        }
        self.complete(node, FIELD);
    }

    /// `横 整数`, unlike `整数 横`: what stands second can only be a type.
    fn field_without_colon_ahead(&self) -> bool {
        if self.kind() != IDENT || self.nth_newline(1) {
            return false;
        }
        match self.nth(1) {
            T!['['] | T!['('] | T![函数] => true,
            IDENT => {
                let goes_on = matches!(self.nth(2), T![<] | T![?] | T![??] | T![.] | T![::]) && !self.nth_newline(2);
                let (first, second) = (self.word_text(0), self.word_text(1));
                goes_on || is_plain_type(second) && !is_plain_type(first) && !self.may_be_type(first)
            }
            _ => false,
        }
    }

    fn enum_rest(&mut self) -> SyntaxKind {
        self.bump(T![枚举]);
        self.name();
        if self.at(T![<]) {
            self.generic_params();
        }
        self.braced_list(VARIANT_LIST, |p| p.method_or(Self::variant));
        ENUM
    }

    fn variant(&mut self) {
        let node = self.start();
        while self.at(T![@]) {
            self.attribute();
        }
        if (self.token_text() == "case" || self.at(T![情况])) && self.nth(1) == IDENT && !self.nth_newline(1) {
            let misplaced = diagnostics::keyword_before_variant(self.span_of(0), self.token_text());
            self.remove(misplaced);
        }
        self.name();
        if self.at(T!['(']) {
            let fields = self.start();
            self.bump(T!['(']);
            let ctx = self.bracket_context();
            self.with(ctx, |p| p.list(T![')'], Separator::Comma, Self::tuple_field));
            self.complete(fields, TUPLE_FIELD_LIST);
        } else if self.at(T!['{']) {
            self.braced_list(FIELD_LIST, |p| match p.at_method() {
                true => p.misplaced_declaration("写在变体里的方法", "methods of a variant are"),
                false => p.field(),
            });
        }
        if self.eat(T![=]) {
            self.expr();
        }
        self.complete(node, VARIANT);
    }

    fn tuple_field(&mut self) {
        let node = self.start();
        if self.at_word(0) && self.nth(1) == T![:] {
            self.name_token();
            self.bump(T![:]);
        }
        self.ty();
        self.complete(node, TUPLE_FIELD);
    }

    fn trait_rest(&mut self) -> SyntaxKind {
        self.bump(T![特性]);
        self.name();
        if self.at(T![<]) {
            self.generic_params();
        }
        if self.eat(T![:]) {
            self.bound_list();
        }
        self.braced_list(MEMBER_LIST, |p| p.member_function(Body::Optional));
        TRAIT
    }

    fn impl_rest(&mut self) -> SyntaxKind {
        self.bump(T![实现]);
        if self.at(T![<]) {
            self.generic_params();
        }
        self.note_glued_for();
        self.ty();
        if self.kind() == IDENT && !self.nth_tok_newline() {
            self.note_glued_here(&[T![对于]]);
            if self.nth(1) == IDENT && matches!(self.token_text(), "给" | "为" | "在" | "于") {
                let found =
                    diagnostics::unexpected_token(self.place(), &qi_base::Text::new("“对于”", "`对于`"), &self.found());
                self.error(diagnostics::wrong_word(found, "对于"));
                self.bump_error();
            } else {
                let error = diagnostics::missing_for(self.after_previous());
                self.error(error);
            }
            self.ty();
        } else if self.eat(T![对于]) {
            self.ty();
        }
        self.braced_list(MEMBER_LIST, |p| p.member_function(Body::Required));
        IMPL
    }

    fn member_function(&mut self, body: Body) {
        if self.at(T![@]) || self.declaration_keyword().1 == T![函数] {
            self.declaration_with(body);
            return;
        }
        self.note_glued_here(&[T![函数]]);
        self.note_glued_here(&MODIFIERS);
        if self.kind() == IDENT && self.nth(1) == T!['('] {
            let error = diagnostics::missing_function_keyword(self.span_of(0));
            self.error(error);
        } else {
            self.expected_member("“函数”", "`函数`");
        }
        self.skip_item();
    }

    /// After 外部: `"m" { … }`
    fn extern_block(&mut self) -> SyntaxKind {
        self.eat(T![阻塞]);
        if !self.eat(STRING) {
            self.expected("库的名字，如 \"m\"", "the name of a library, as \"m\"");
        }
        if !self.at(T!['{']) {
            self.expected("“{”", "`{`");
            return EXTERN_BLOCK;
        }
        self.bump(T!['{']);
        self.with(Context::BLOCK, |p| {
            p.list(T!['}'], Separator::Lines, |p| {
                if matches!(p.declaration_keyword().1, T![函数] | T![类型]) || p.at(T![@]) {
                    p.declaration_with(Body::Optional);
                } else {
                    p.expected("“函数”或“类型”", "`函数` or `类型`");
                    p.skip_item();
                }
            });
        });
        EXTERN_BLOCK
    }
}
