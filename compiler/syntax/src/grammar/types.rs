//! Types, paths and type arguments.

use super::list::Separator;
use super::type_names::{is_known_type, is_plain_type, our_type};
use crate::SyntaxKind::{self, *};
use crate::diagnostics;
use crate::parser::{Context, Parser};

impl Parser<'_> {
    /// `: T` or `-> T` of a function.
    pub(crate) fn ret_type(&mut self) {
        if !self.at_any(&[T![:], T![->]]) {
            return;
        }
        let node = self.start();
        self.bump_any();
        self.ty();
        self.complete(node, RET_TYPE);
    }

    /// The same of a declaration, where a type that follows can only be meant so: `函数 加(甲: 整数) 整数 {`.
    pub(crate) fn declared_ret_type(&mut self) {
        if self.at(T![=>]) && self.nth(1) == IDENT && matches!(self.nth(2), T!['{'] | T![<] | T![?]) {
            let node = self.start();
            let error = diagnostics::arrow_before_result(self.span_of(0));
            self.error(error);
            self.bump_any();
            self.ty();
            self.complete(node, RET_TYPE);
            return;
        }
        if self.doubled_colon_ahead(0) {
            let node = self.start();
            self.doubled_colon();
            self.complete(node, RET_TYPE);
            return;
        }
        if self.wrong_sign_before_result() {
            let node = self.start();
            self.wrong_sign(":");
            self.bump_any();
            self.ty();
            self.complete(node, RET_TYPE);
            return;
        }
        if !self.result_without_colon_ahead() {
            let ty = self.pos() + 1;
            self.ret_type();
            if self.pos() > ty {
                self.union_of_types(ty);
            }
            return;
        }
        let node = self.start();
        let error = diagnostics::missing_result_colon(self.after_previous());
        self.error(error);
        self.ty();
        self.complete(node, RET_TYPE);
    }

    /// `函数 平均(列: [整数])，整数 {`
    fn wrong_sign_before_result(&self) -> bool {
        let is_sign = self.at_any(&[T![,], T![;]]) && self.previous_is(T![')']) && !self.nth_tok_newline();
        is_sign && self.skip_type(1, &mut 64).is_some_and(|after| self.nth(after) == T!['{'])
    }

    fn result_without_colon_ahead(&self) -> bool {
        let opens_body = |after| matches!(self.nth(after), T!['{'] | T![=>]);
        match self.kind() {
            _ if self.nth_tok_newline() || self.token_text() == "where" => false,
            // `函数 主函数() 打印(1) }`
            IDENT => self.nth(1) != T!['('],
            T!['('] | T!['['] | T![函数] => self.skip_type(0, &mut 64).is_some_and(opens_body),
            _ => false,
        }
    }

    /// `: T`, also where the colon was forgotten.
    pub(crate) fn optional_type(&mut self) {
        if self.at(T![:]) || self.optional_mark_ahead(0) {
            self.colon_and_type();
        } else if self.as_before_type() {
            let error = diagnostics::as_before_type(self.after_previous().to(self.span_of(0)), self.token_text());
            self.error(error);
            self.bump_error();
            self.ty();
        } else if self.kind() == IDENT && !self.nth_tok_newline() {
            let error = match self.type_word_before() {
                Some(ty) => diagnostics::type_before_name(
                    ty,
                    self.span_of(0),
                    our_type(self.text_of(ty)),
                    self.token_text(),
                    "",
                    true,
                ),
                None => diagnostics::missing_colon(self.after_previous(), self.at_known_type()),
            };
            self.error(error);
            self.ty();
        }
    }

    /// At the name of a type of the prelude or this file, or of a type parameter.
    fn at_known_type(&self) -> bool {
        let name = self.token_text();
        let is_param = name.len() == 1 && name.starts_with(|it: char| it.is_ascii_uppercase());
        is_param || self.at(T![任意]) || is_known_type(name) || self.may_be_type(name)
    }

    /// `变量 x as 整数`
    pub(crate) fn as_before_type(&self) -> bool {
        matches!(self.token_text(), "as" | "作为") && self.nth(1) == IDENT && !self.nth_tok_newline()
    }

    /// `?` right before the `:`: `x?: 整数`.
    pub(crate) fn optional_mark_ahead(&self, n: usize) -> bool {
        self.nth(n) == T![?] && self.nth(n + 1) == T![:] && self.is_joint(n)
    }

    /// At `:`, or at the `?` of `x?: 整数`, which is read as `x: 整数?`.
    pub(crate) fn colon_and_type(&mut self) {
        if !self.optional_mark_ahead(0) {
            self.bump(T![:]);
            return self.ty();
        }
        let mark = self.span_of(0);
        self.bump_error();
        self.bump(T![:]);
        let node = self.start();
        self.ty();
        let error = diagnostics::optional_name(mark, self.after_previous());
        self.error(error);
        self.complete(node, OPTION_TYPE);
    }

    /// The token just taken, if it is the name of a plain type.
    pub(crate) fn type_word_before(&self) -> Option<qi_base::Span> {
        let previous = self.before_current()?;
        is_plain_type(self.text_of(previous)).then_some(previous)
    }

    pub(crate) fn at_type_start(&self) -> bool {
        matches!(self.kind(), IDENT | T!['('] | T!['['] | T![函数] | T![空] | T![自己])
    }

    pub(crate) fn ty(&mut self) {
        self.type_with(true);
    }

    /// After 作为: `<` and `??` may also go on with the expression.
    pub(crate) fn cast_type(&mut self) {
        self.type_with(false);
    }

    fn type_with(&mut self, greedy: bool) {
        if !self.enter(1) {
            return;
        }
        let start = self.pos();
        self.sign_before_type();
        self.type_inner(greedy);
        if greedy && self.pos() > start {
            self.array_behind_type(start);
        }
        self.leave(1);
    }

    fn type_inner(&mut self, greedy: bool) {
        let node = self.start();
        let kind = match self.kind() {
            T!['('] => self.tuple_type(),
            T!['['] => self.array_type(),
            T![函数] => self.function_type(),
            IDENT if self.at(T![任意]) && matches!(self.nth(1), IDENT | T![自己]) && !self.nth_newline(1) => {
                self.any_type(greedy)
            }
            IDENT | T![空] | T![自己] => {
                self.type_path(greedy);
                PATH_TYPE
            }
            _ => {
                self.type_error();
                ERROR
            }
        };
        let mut ty = self.complete(node, kind);
        let mut n_options = 0;
        while !self.newline() && (self.at(T![?]) || (greedy && self.at(T![??]))) && kind != ERROR {
            n_options += 1;
            if n_options > 100 {
                return self.too_deep();
            }
            // `??` is one token and two layers; the inner one stays without a token.
            if self.at(T![??]) {
                let inner = self.precede(ty);
                ty = self.complete(inner, OPTION_TYPE);
            }
            let outer = self.precede(ty);
            self.bump_any();
            ty = self.complete(outer, OPTION_TYPE);
        }
    }

    /// `变量 a[10]: 整数`, at the `[`.
    pub(crate) fn array_behind_name(&mut self) {
        let Some(close) = self.pair_distance(0) else { return };
        let error = diagnostics::array_behind_name(self.span_of(0).to(self.span_of(close)));
        self.error(error);
        let node = self.start();
        (0..=close).for_each(|_| self.bump_any());
        self.complete(node, ERROR);
    }

    /// `整数[]`, `数组<整数>[3]`: right behind a type.
    fn array_behind_type(&mut self, start: usize) {
        if !self.at(T!['[']) || !self.follows_closely() {
            return;
        }
        let Some(close) = self.pair_distance(0) else { return };
        let ty = self.span_at(start).to(self.after_previous());
        let error =
            diagnostics::array_behind_type(self.span_of(0).to(self.span_of(close)), ty, self.text_of(ty), close == 1);
        self.error(error);
        let node = self.start();
        (0..=close).for_each(|_| self.bump_any());
        self.complete(node, ERROR);
    }

    /// `整数 | 字符串`: after a type, at the `|`.
    pub(crate) fn union_of_types(&mut self, start: usize) {
        let is_type = matches!(self.nth(1), IDENT | T![空] | T!['('] | T!['[']) && !self.nth_tok_newline_at(1);
        if !self.at(T![|]) || self.nth_tok_newline() || !is_type {
            return;
        }
        let (first, bar) = (self.span_at(start).to(self.after_previous()), self.span_of(0));
        let node = self.start();
        let is_none = matches!(self.word_text(1), "空" | "无" | "null" | "None" | "nil" | "undefined");
        let n_bars = std::iter::from_fn(|| {
            (self.at(T![|]) && !self.nth_tok_newline()).then(|| {
                self.bump_any();
                self.ty();
            })
        });
        let is_option = n_bars.count() == 1 && is_none;
        let all = first.to(self.after_previous());
        let error = match is_option {
            true => diagnostics::option_as_union(bar, all, self.text_of(first)),
            false => diagnostics::union_of_types(bar),
        };
        self.error(error);
        self.complete(node, ERROR);
    }

    fn type_error(&mut self) {
        if self.kind().is_reserved() && !self.newline() {
            let error = diagnostics::reserved_word(self.span_of(0), self.token_text());
            return self.error(error);
        }
        self.expected("类型", "a type");
    }

    fn tuple_type(&mut self) -> SyntaxKind {
        self.bump(T!['(']);
        let mut n_types = 0;
        let mut has_comma = false;
        self.with(Context::BRACKETS, |p| {
            p.list(T![')'], Separator::Comma, |p| {
                n_types += 1;
                p.ty();
                has_comma |= p.at(T![,]);
            });
        });
        if n_types == 1 && !has_comma { PAREN_TYPE } else { TUPLE_TYPE }
    }

    fn array_type(&mut self) -> SyntaxKind {
        let open = self.pos();
        self.bump(T!['[']);
        self.with(Context::BRACKETS, |p| {
            p.ty();
            if p.at(T![;]) {
                let span = p.span_of(0);
                p.unsupported(span, "定长数组类型", "fixed-size array types are");
                p.skip_until(|p| p.at(T![']']));
            }
            p.close_bracket(open, T![']']);
        });
        ARRAY_TYPE
    }

    fn function_type(&mut self) -> SyntaxKind {
        self.bump(T![函数]);
        if self.expect(T!['(']) {
            self.with(Context::BRACKETS, |p| p.list(T![')'], Separator::Comma, Self::function_type_param));
        }
        self.result_of_type_without_colon();
        FUNCTION_TYPE
    }

    fn function_type_param(&mut self) {
        let node = self.start();
        if self.at(T![可变]) && !matches!(self.nth(1), T![,] | T![')'] | T![<] | T![.]) {
            self.bump(T![可变]);
        }
        // `函数(甲: 整数)`: the name is only documentation.
        if self.kind() == IDENT && self.nth(1) == T![:] {
            self.name_token();
            self.bump(T![:]);
        }
        self.ty();
        self.complete(node, FUNCTION_TYPE_PARAM);
    }

    fn any_type(&mut self, greedy: bool) -> SyntaxKind {
        self.bump(T![任意]);
        self.bound(greedy);
        while greedy && self.eat(T![+]) {
            self.bound(greedy);
        }
        ANY_TYPE
    }

    /// A trait: a path and nothing around it.
    fn bound(&mut self, greedy: bool) {
        if !matches!(self.kind(), IDENT | T![自己]) {
            return self.expected("特性的名字", "the name of a trait");
        }
        let node = self.start();
        self.type_path(greedy);
        self.complete(node, PATH_TYPE);
    }

    /// `A + B` after `:`.
    pub(crate) fn bound_list(&mut self) {
        let node = self.start();
        self.bound(true);
        while self.eat(T![+]) {
            self.bound(true);
        }
        self.complete(node, BOUND_LIST);
    }

    fn type_path(&mut self, greedy: bool) {
        let path = self.start();
        self.path_segment(greedy);
        while self.at_any(&[T![.], T![::]]) && self.at_word(1) && !self.newline() {
            self.bump_any();
            self.path_segment(greedy);
        }
        self.complete(path, PATH);
    }

    fn path_segment(&mut self, greedy: bool) {
        let segment = self.start();
        self.name_token();
        let is_args = self.at(T![<]) && (greedy || self.skip_type_args(0, &mut 64).is_some());
        let is_turbofish = self.at(T![::]) && self.nth(1) == T![<];
        if is_args || is_turbofish {
            self.type_args();
        }
        self.complete(segment, PATH_SEGMENT);
    }

    /// A path before `{` or `(` of a literal: it was looked at already, or follows 新建.
    pub(crate) fn literal_path(&mut self) {
        self.type_path(false);
    }

    /// A path of names only: 包.
    pub(crate) fn plain_path(&mut self) {
        let path = self.start();
        self.plain_segment();
        while self.at_any(&[T![.], T![::]]) && self.at_word(1) {
            self.bump_any();
            self.plain_segment();
        }
        self.complete(path, PATH);
    }
    fn plain_segment(&mut self) {
        let segment = self.start();
        self.name();
        self.complete(segment, PATH_SEGMENT);
    }

    /// `<A, B>` or `::<A, B>`.
    pub(crate) fn type_args(&mut self) {
        let node = self.start();
        self.eat(T![::]);
        self.bump(T![<]);
        self.angle_list(|p| p.ty());
        self.complete(node, GENERIC_ARG_LIST);
    }

    /// Items up to `>`; angle brackets have no partner table.
    pub(crate) fn angle_list(&mut self, mut item: impl FnMut(&mut Self)) {
        while !self.at(T![>]) && !self.at_end() {
            let before = self.pos();
            item(self);
            if self.kind() == IDENT && !self.newline() && self.pos() > before {
                let error = diagnostics::missing_comma(self.after_previous(), true);
                self.error(error);
            } else if !self.eat(T![,]) {
                break;
            }
            if self.pos() == before {
                break;
            }
        }
        if self.at(T![>]) || !self.greater_is_missing() {
            self.expect(T![>]);
            return;
        }
        let error = diagnostics::missing_greater(self.after_previous());
        self.error(error);
    }

    /// What stands here follows a type.
    fn greater_is_missing(&self) -> bool {
        let is_behind_type = matches!(self.kind(), T!['('] | T![=] | T!['{'] | T![')'] | T![']']);
        is_behind_type
            && !self.nth_tok_newline()
            && matches!(self.before_current(), Some(it) if self.text_of(it) != "<")
    }
}
