//! Small slips around names, signs and words: each reported once, and read as what is meant.

use super::type_names::is_known_type;
use crate::SyntaxKind::*;
use crate::diagnostics;
use crate::lexer::is_identifier_continue;
use crate::parser::{Completed, Context, Parser, is_print};

/// Macros of other languages, which print or make a value.
const MACROS: &[&str] =
    &["println", "print", "eprintln", "eprint", "format", "vec", "panic", "assert", "assert_eq", "dbg", "todo", "输出"];

/// No path of an import is longer, in characters.
const PATH_CHARS: usize = 200;

/// No list of arguments that is looked back over is longer.
const ARG_TOKENS: usize = 64;

impl Parser<'_> {
    /// `甲:: 整数`, at token `n`: what follows is a type, and nothing goes on behind it.
    pub(crate) fn doubled_colon_ahead(&self, n: usize) -> bool {
        let is_meant = || !self.is_joint(n) || is_known_type(self.word_text(n + 1));
        let ends = |after| {
            self.nth_newline(after) || matches!(self.nth(after), T![,] | T![')'] | T![=] | T!['{'] | T!['}'] | EOF)
        };
        self.nth(n) == T![::] && is_meant() && self.skip_type(n + 1, &mut 64).is_some_and(ends)
    }

    /// At the `::`, with the type behind it.
    pub(crate) fn doubled_colon(&mut self) {
        self.doubled_sign(T![:]);
        self.ty();
    }

    /// The next token is twice what is meant.
    pub(crate) fn doubled_sign(&mut self, meant: crate::SyntaxKind) {
        let both = self.span_of(0);
        let middle = both.start + (both.end - both.start) / 2;
        let (first, second) = (qi_base::Span { end: middle, ..both }, qi_base::Span { start: middle, ..both });
        let error = diagnostics::doubled(first, second, self.text_of(second), true);
        self.error(error);
        self.bump_as(meant, 1);
    }

    /// `函数(整数) 整数`: behind the parameters of the type of a function.
    pub(crate) fn result_of_type_without_colon(&mut self) {
        let is_type = self.kind() == IDENT && !self.nth_tok_newline() && is_known_type(self.token_text());
        if !is_type || !self.previous_is(T![')']) {
            return self.ret_type();
        }
        let node = self.start();
        let error = diagnostics::missing_result_colon(self.after_previous());
        self.error(error);
        self.ty();
        self.complete(node, RET_TYPE);
    }

    /// `&整数`, `*整数`: at the sign.
    pub(crate) fn sign_before_type(&mut self) {
        let is_sign = self.at_any(&[T![&], T![*]]) && !self.newline();
        if is_sign && self.is_joint(0) && matches!(self.nth(1), IDENT | T!['['] | T!['('] | T![自己] | T![函数]) {
            let error = diagnostics::sign_before_type(self.span_of(0), self.token_text());
            self.error(error);
            self.bump_error();
        }
    }

    /// `println!("你好")`: behind the name, at the sign.
    pub(crate) fn mark_of_macro(&mut self) {
        let is_call = matches!(self.nth(1), T!['('] | T!['[']) && self.is_joint(0);
        let Some(name) = self.before_current().filter(|_| self.at(T![!]) && self.follows_closely() && is_call) else {
            return;
        };
        let text = self.text_of(name);
        let is_declared = || self.is_function(text) || self.may_be_variable(text);
        if is_print(text) || MACROS.contains(&text) && !is_declared() {
            let prints = is_print(text) || matches!(text, "println" | "print" | "输出");
            let error = diagnostics::macro_call(self.span_of(0), prints && self.nth(1) == T!['(']);
            self.error(error);
            self.bump_error();
        }
    }

    /// At a name right behind a number, where neither can go on: `3甲`.
    pub(crate) fn number_before_name(&self) -> Option<qi_base::Diagnostic> {
        let number = self.before_current()?;
        let is_glued = self.kind() == IDENT && self.follows_closely();
        let is_number = self.previous_is(INT) || self.previous_is(FLOAT);
        (is_glued && is_number).then(|| diagnostics::number_before_name(number.to(self.span_of(0)), number.after()))
    }

    /// `变量 可变 甲 = 1`, `let mut x = 1`: at the word.
    pub(crate) fn mark_of_variable(&mut self) {
        let is_named = self.nth(1) == IDENT && !self.nth_newline(1) && !is_known_type(self.word_text(1));
        if !is_named || !matches!(self.token_text(), "mut" | "可变") {
            return;
        }
        if self.at(T![可变]) && self.previous_is(T![变量]) {
            let error = diagnostics::mutable_variable(self.span_of(0));
            return self.remove(error);
        }
        let misplaced = diagnostics::misplaced(self.span_of(0), &self.found());
        self.remove(misplaced);
    }

    /// `外: 如果 …`: a label before what is no loop.
    pub(crate) fn label_of_other_ahead(&self) -> bool {
        let is_block = matches!(self.nth(2), T![如果] | T![匹配] | T![尝试] | T![选择]);
        self.kind() == IDENT && self.nth(1) == T![:] && is_block && !self.nth_newline(1)
    }

    /// Read as a loop around it, so that 跳出 finds its label.
    pub(crate) fn label_of_other(&mut self) -> Completed {
        let error = diagnostics::label_of_other(self.span_of(0).to(self.span_of(1)));
        self.error(error);
        let node = self.start();
        let label = self.start();
        self.name_token();
        self.bump(T![:]);
        self.complete(label, LABEL);
        let block = self.start();
        if self.enter(1) {
            self.apart(|p| {
                p.with(Context::BLOCK, Self::block_statement);
            });
            self.leave(1);
        }
        self.complete(block, BLOCK);
        self.complete(node, LOOP_EXPR)
    }

    /// `跳出 3`: behind the keyword, which takes only a label.
    pub(crate) fn operand_of_jump(&mut self) {
        let is_value = self.kind().is_literal() || matches!(self.kind(), TEMPLATE_START | T!['('] | T!['['] | T![-]);
        let Some(keyword) = self.before_current().filter(|_| is_value && !self.newline()) else { return };
        let node = self.start();
        let first = self.pos();
        let is_count = self.kind() == INT;
        self.expr();
        let operand = self.span_at(first).to(self.after_previous());
        let error = diagnostics::operand_of_jump(keyword, operand, self.text_of(keyword), is_count);
        self.error(error);
        self.complete(node, ERROR);
    }

    /// `阻塞 函数 读()`: the word stands only behind 外部.
    pub(crate) fn blocking_function(&mut self) {
        if self.at(T![阻塞]) && self.nth(1) == T![函数] && !self.nth_newline(1) {
            let error = diagnostics::blocking_function(self.span_of(0));
            self.remove(error);
        }
    }

    /// `打印("a", end="")`, at the `=`: true if the name tells how the line ends.
    pub(crate) fn end_of_line_argument(&mut self, name: usize) -> bool {
        let text = self.text_of(self.span_at(name));
        if !matches!(text, "end" | "sep") {
            return false;
        }
        let back = (name.saturating_sub(ARG_TOKENS)..name).rev();
        let opens = |it: &usize| self.kind_at(*it) == T!['('] && self.pair_at(*it).is_none_or(|close| close > name);
        let Some(word) = back.into_iter().find(opens).and_then(|it| it.checked_sub(1)) else { return false };
        let word = self.span_at(word);
        if !is_print(self.text_of(word)) {
            return false;
        }
        let is_empty = self.nth(1) == STRING && self.word_text(1).chars().count() == 2;
        // All that the argument is, with the comma before it.
        let is_all = self.kind_at(name - 1) == T![,] && self.nth(2) == T![')'];
        let argument = self.span_at(name - 1).to(self.span_of(1));
        let edits = (text == "end" && is_empty && is_all).then_some((word, argument));
        let error = diagnostics::end_of_line_argument(self.span_at(name).to(self.span_of(1)), text, edits);
        self.error(error);
        true
    }

    /// `打印 1)`: the parenthesis that opens is missing behind the word at `first`.
    pub(crate) fn print_without_opening(&mut self, first: usize) -> bool {
        let word = self.span_at(first);
        let is_meant = self.at(T![')']) && self.pos() > first + 1 && is_print(self.text_of(word));
        if !is_meant || self.text_of(self.span_at(first + 1)) == "(" {
            return false;
        }
        let gap = qi_base::Span { start: word.end, end: self.span_at(first + 1).start, ..word };
        let error = diagnostics::missing_open(word.after(), gap, self.span_of(0), true);
        self.error(error);
        true
    }

    /// Behind the clauses of a 尝试: 捕获 behind 最终, or a second 最终.
    pub(crate) fn clauses_out_of_order(&mut self) {
        while self.at(T![捕获]) || self.at(T![最终]) {
            let error = diagnostics::clause_out_of_order(self.span_of(0), self.at(T![捕获]));
            self.error(error);
            self.clause();
        }
    }

    /// 捕获, 最终 at the start of a statement.
    pub(crate) fn clause_alone(&mut self) {
        let error = diagnostics::clause_alone(self.span_of(0), self.token_text());
        self.error(error);
        self.clause();
    }

    /// Left out.
    fn clause(&mut self) {
        let node = self.start();
        if self.at(T![捕获]) {
            self.bump(T![捕获]);
            self.catch_binding();
        } else {
            self.bump_any();
        }
        self.block();
        self.complete(node, ERROR);
    }

    /// `导入 "./工具"`: true if a string stands where the path belongs.
    pub(crate) fn path_in_quotes(&mut self) -> bool {
        if self.kind() != STRING || self.newline() {
            return false;
        }
        let text = self.token_text();
        let path = text.trim_matches(['"', '“', '”']);
        let path = path.strip_suffix(".qi").unwrap_or(path);
        let is_part = |it: &str| matches!(it, "." | "..") || it.chars().all(is_identifier_continue) && !it.is_empty();
        let is_path = path.chars().count() < PATH_CHARS && path.split('/').all(is_part);
        let error = diagnostics::path_of_import(self.span_of(0), is_path.then_some(path));
        self.error(error);
        self.bump_error();
        true
    }

    /// `0..n =>`, behind the dots: the end is a name.
    pub(crate) fn name_as_end_of_range(&mut self) {
        let ends = matches!(self.nth(1), T![=>] | T![如果] | T![|] | T![,] | T![')'] | T![.] | T![::]);
        if self.kind() != IDENT || self.newline() || !ends {
            return;
        }
        let error = diagnostics::name_as_end_of_range(self.span_of(0));
        self.error(error);
        let node = self.start();
        self.name_token();
        while matches!(self.kind(), T![.] | T![::]) && self.nth(1) == IDENT {
            self.bump_any();
            self.bump_any();
        }
        self.complete(node, ERROR);
    }

    /// `x > 2 =>`, behind the pattern that began at `first`: read as a guard.
    pub(crate) fn comparison_in_pattern(&mut self, first: usize) {
        let is_sign = matches!(self.kind(), T![>] | T![<] | T![>=] | T![<=] | T![==] | T![!=]);
        if !is_sign || self.newline() {
            return;
        }
        let is_name = self.pos() == first + 1 && self.kind_at(first) == IDENT;
        let node = self.start();
        let inside = self.start();
        let sign = self.span_of(0);
        let is_compound = self.at(T![>]) && self.is_joint(0) && self.nth(1) == T![=];
        (0..1 + usize::from(is_compound)).for_each(|_| self.bump_any());
        self.with(Context { arrow_closures: false, let_conditions: true, ..self.ctx }, |p| p.expr());
        let condition = sign.to(self.after_previous());
        let name = self.span_at(first);
        let meant = is_name.then(|| format!("{0} 如果 {0} {1}", self.text_of(name), self.text_of(condition)));
        let error = diagnostics::comparison_in_pattern(sign, name.to(condition), meant.as_deref());
        self.error(error);
        self.complete(inside, ERROR);
        self.complete(node, MATCH_GUARD);
    }
}
