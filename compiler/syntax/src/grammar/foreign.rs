//! Constructs of other languages where ours stand: reported, and read as what is meant.

use crate::SyntaxKind::*;
use crate::diagnostics;
use crate::parser::{Completed, Context, Parser};
use qi_base::Span;

/// No header of a loop is longer.
const HEADER_TOKENS: usize = 200;

/// No block by indentation alone is longer.
const INDENTED_TOKENS: usize = 256;

/// No start of a slice is longer.
const SLICE_TOKENS: usize = 64;

/// The tokens of `(变量 次 = 0; 次 < 9; 次 += 1)`, counted from here.
pub(crate) struct CountingHeader {
    name: usize,
    semicolons: [usize; 2],
    /// Behind the step; the parentheses are around all of it.
    end: usize,
    is_wrapped: bool,
}

/// The tokens of `for (const x of xs)`, counted from the keyword.
pub(crate) struct EachHeader {
    name: usize,
    close: usize,
    is_certain: bool,
}

/// What others write for 在.
fn is_each_word(word: &str) -> bool {
    matches!(word, "of" | "in" | ":" | "：")
}

impl Parser<'_> {
    /// `[:]`, from behind the bracket.
    pub(crate) fn empty_map_in_brackets(&mut self, brackets: Option<[Span; 2]>) -> bool {
        let Some([open, close]) = brackets else { return false };
        if !self.at(T![:]) || self.nth(1) != T![']'] {
            return false;
        }
        let whole = open.to(close);
        self.error(diagnostics::map_in_brackets(whole, vec![(whole, "{}")]));
        self.bump_any();
        self.bump_any();
        true
    }

    /// `: 1` of `["甲": 1]`, whose brackets are reported if they are given.
    pub(crate) fn map_entry_in_brackets(&mut self, key: Option<Completed>, brackets: Option<[Span; 2]>) -> bool {
        let Some(key) = key.filter(|_| self.at(T![:])) else { return false };
        if let Some([open, close]) = brackets {
            self.error(diagnostics::map_in_brackets(self.span_of(0), vec![(open, "{"), (close, "}")]));
        }
        let entry = self.precede(key);
        self.bump_any();
        self.expr();
        self.complete(entry, MAP_ENTRY);
        true
    }

    /// After 对于.
    pub(crate) fn counting_header_ahead(&self) -> Option<CountingHeader> {
        let is_wrapped = self.at(T!['(']);
        let mut name = usize::from(is_wrapped);
        if matches!(self.nth(name), T![变量] | T![常量]) || self.nth(name + 1) == IDENT {
            name += 1;
        }
        if self.nth(name) != IDENT || !matches!(self.nth(name + 1), T![=] | T![:=] | T![:]) {
            return None;
        }
        let mut semicolons = Vec::new();
        let mut n = name + 1;
        loop {
            if n > HEADER_TOKENS || (!is_wrapped && self.nth_tok_newline_at(n)) {
                return None;
            }
            match self.nth(n) {
                T![;] => semicolons.push(n),
                EOF | T!['{'] | T![')'] | T!['}'] => break,
                T!['('] | T!['['] => n = self.pair_distance(n)?,
                _ => {}
            }
            n += 1;
        }
        let semicolons = semicolons.try_into().ok()?;
        Some(CountingHeader { name, semicolons, end: n, is_wrapped })
    }

    pub(crate) fn counting_header(&mut self, header: &CountingHeader) {
        let is_closed = header.is_wrapped && self.nth(header.end) == T![')'];
        let behind = header.end + usize::from(is_closed);
        let header_span = self.span_of(0).to(self.span_of(behind - 1));
        let rest = self.span_of(header.semicolons[0]).to(self.span_of(header.end - 1));
        let blank = if self.follows_closely() { " " } else { "" };
        let meant = self.range_of(header).map(|it| format!("{blank}{it}"));
        let error = diagnostics::counting_loop(rest, header_span, meant.as_deref());
        self.error(error);
        let end = self.pos() + behind;
        let before = self.start();
        (0..header.name).for_each(|_| self.bump_any());
        self.complete(before, ERROR);
        self.simple_pattern();
        let rest = self.start();
        while self.pos() < end {
            self.bump_any();
        }
        self.complete(rest, ERROR);
    }

    /// `次 在 0..9`, if the header counts up by one.
    fn range_of(&self, header: &CountingHeader) -> Option<String> {
        let [first, second] = header.semicolons;
        let name = self.word_text(header.name);
        let is_name = |n: usize| self.nth(n) == IDENT && self.word_text(n) == name;
        let operator = match self.nth(first + 2) {
            T![<] => "..",
            T![<=] => "..=",
            _ => return None,
        };
        let step = [second + 1, second + 2, second + 3].map(|n| if n < header.end { self.word_text(n) } else { "" });
        let counts_up = match step {
            [left, "+", "+"] => left == name,
            ["+", "+", right] => right == name,
            [left, "+=", "1"] => left == name,
            _ => false,
        };
        let start = self.plain_text(header.name + 2, first)?;
        let end = self.plain_text(first + 3, second)?;
        (counts_up && is_name(first + 1)).then(|| format!("{name} 在 {start}{operator}{end}"))
    }

    /// The text of tokens that bind more tightly than a range.
    fn plain_text(&self, from: usize, to: usize) -> Option<&str> {
        let is_plain = |n| {
            let kind = self.nth(n);
            matches!(kind, IDENT | INT | T![.] | T!['('] | T![')'] | T!['['] | T![']'] | T![+] | T![-] | T![*] | T![/])
        };
        let all_plain = from < to && (from..to).all(is_plain);
        all_plain.then(|| self.text_of(self.span_of(from).to(self.span_of(to - 1))))
    }

    /// At `(`, which is `n` tokens ahead: `(const x of xs)`, `(x : xs)`, `(变量 x 在 xs)`.
    pub(crate) fn each_header_ahead(&self, n: usize) -> Option<EachHeader> {
        let close = self.pair_distance(n).filter(|_| self.nth(n) == T!['('])?;
        let is_declared = matches!(self.nth(n + 1), T![变量] | T![常量])
            || self.nth(n + 1) == IDENT && self.nth(n + 2) == IDENT && !is_each_word(self.word_text(n + 2));
        let name = n + 1 + usize::from(is_declared);
        let word = self.word_text(name + 1);
        let is_counting = (name..close).any(|n| self.nth(n) == T![;]);
        let is_foreign = !is_counting && (is_each_word(word) || is_declared && word == "在");
        let is_meant = self.nth(name) == IDENT && is_foreign && name + 2 < close && self.nth(close + 1) == T!['{'];
        // In JavaScript `in` goes through the indices.
        let is_certain = !(is_declared && word == "in");
        is_meant.then_some(EachHeader { name, close, is_certain })
    }

    /// `对于 x: 整数 在 列`
    pub(crate) fn type_of_loop_variable(&mut self) {
        let after = if self.at(T![:]) { self.skip_type(1, &mut 64) } else { None };
        if let Some(after) = after.filter(|it| self.nth(*it) == T![在]) {
            let span = self.span_of(0).to(self.span_of(after - 1));
            let error = diagnostics::typed_loop_variable(span);
            self.error(error);
            let node = self.start();
            (0..after).for_each(|_| self.bump_any());
            self.complete(node, ERROR);
        }
    }

    /// `对于 键, 值 在 …`
    pub(crate) fn names_without_parentheses(&mut self, first: qi_base::Span) {
        if !(self.at(T![,]) && self.nth(1) == IDENT && self.nth(2) == T![在]) {
            return;
        }
        let names = first.to(self.span_of(1));
        let meant = format!("({})", self.text_of(names));
        let error = diagnostics::names_in_parentheses(self.span_of(0), names, &meant);
        self.error(error);
        self.bump_error();
        self.bump_error();
    }

    pub(crate) fn foreign_each_ahead(&self) -> bool {
        matches!(self.token_text(), "for" | "foreach") && self.each_header_ahead(1).is_some()
    }

    /// From `for` or 对于 on, up to the block.
    pub(crate) fn each_header(&mut self, header: &EachHeader) {
        let EachHeader { name, close, is_certain } = *header;
        let values = self.text_of(self.span_of(name + 2).to(self.span_of(close - 1)));
        let meant = format!("对于 {} 在 {values}", self.word_text(name));
        let error = diagnostics::each_loop(self.span_of(0).to(self.span_of(close)), &meant, is_certain);
        self.error(error);
        let end = self.pos() + close;
        self.bump_as(T![对于], 1);
        let before = self.start();
        (1..name).for_each(|_| self.bump_any());
        self.complete(before, ERROR);
        self.simple_pattern();
        self.bump_as(T![在], 1);
        self.with(Context::BRACKETS, |p| p.expr());
        let rest = self.start();
        while self.pos() <= end {
            self.bump_any();
        }
        self.complete(rest, ERROR);
    }

    /// `lambda x, y: …`: the distance to the colon.
    pub(crate) fn lambda_ahead(&self) -> Option<usize> {
        let colon = (1..HEADER_TOKENS).find(|&n| !matches!(self.nth(n), IDENT | UNDERSCORE | T![,]))?;
        (self.nth(colon) == T![:]).then_some(colon)
    }

    pub(crate) fn lambda(&mut self, colon: usize) -> Completed {
        let word = self.span_of(0);
        let params = match colon {
            1 => "",
            _ => self.text_of(self.span_of(1).to(self.span_of(colon - 1))),
        };
        let meant = format!("({params}) =>");
        let error = diagnostics::lambda(word, word.to(self.span_of(colon)), &meant);
        self.error(error);
        let node = self.start();
        (0..=colon).for_each(|_| self.bump_any());
        self.expr();
        self.complete(node, ERROR)
    }

    /// `列[0:2]`, at the colon.
    pub(crate) fn slice_with_colon(&mut self, start: Option<Completed>) {
        let is_range = (1..SLICE_TOKENS)
            .map_while(|n| self.pos().checked_sub(n))
            .take_while(|&it| self.kind_at(it) != T!['['])
            .any(|it| matches!(self.kind_at(it), T![..] | T![..=]));
        let is_certain = self.nth(1) != T![-] && !is_range;
        let error = diagnostics::slice_with_colon(self.span_of(0), is_certain);
        self.error(error);
        let node = match start {
            Some(it) => self.precede(it),
            None => self.start(),
        };
        self.bump_as(T![..], 1);
        if !self.at(T![']']) {
            self.expr();
        }
        self.complete(node, RANGE_EXPR);
    }

    /// `函数 做():` with statements on the next lines, unlike a result type there.
    pub(crate) fn indented_body_ahead(&self) -> bool {
        let ends_line = self.at(T![:]) && self.nth_tok_newline_at(1);
        ends_line && self.skip_type(1, &mut 64).is_none_or(|after| self.nth(after) != T!['{'])
    }

    /// `如果 甲 > 0` with the block on the next lines, and no brace behind it either.
    pub(crate) fn indented_branch_ahead(&self) -> bool {
        let Some(header) = self.pos().checked_sub(1).filter(|_| self.nth_tok_newline()) else { return false };
        let may_start =
            self.nth_is_operand_start(0) && !self.at(T!['{']) || matches!(self.kind(), T![变量] | T![对于] | T![当]);
        let outer = self.indentation(header);
        if !may_start || self.indentation(self.pos()) <= outer {
            return false;
        }
        let is_outside = |&n: &usize| self.nth_tok_newline_at(n) && self.indentation(self.pos() + n) <= outer;
        let ahead = (1..INDENTED_TOKENS).take_while(|&n| self.nth(n - 1) != EOF);
        let end = ahead.into_iter().find(|n| self.nth(*n) == EOF || is_outside(n));
        end.is_some_and(|n| !self.closes_at(n, outer))
    }

    /// Token `n` is a brace that closes what begins on a line of this indentation.
    fn closes_at(&self, n: usize, outer: usize) -> bool {
        self.nth(n) == T!['}'] && self.indentation(self.pos() + n) == outer
    }

    /// At the `:` of `如果 甲 > 0:`, or behind the line where it is missing too: the block is what is indented more.
    pub(crate) fn indented_block(&mut self) {
        let colon = self.at(T![:]).then(|| self.span_of(0));
        let header = if colon.is_some() { self.pos() } else { self.pos() - 1 };
        let place = colon.unwrap_or(self.after_previous());
        let outer = self.indentation(header);
        let indent: String = self.line_before(place).chars().take_while(|it| it.is_whitespace()).collect();
        if colon.is_some() {
            self.bump_error();
        }
        let node = self.start();
        if self.enter(1) {
            self.apart(|p| {
                p.with(Context::BLOCK, |p| {
                    let is_inside = |p: &Self| !p.nth_tok_newline() || p.indentation(p.pos()) > outer;
                    while !p.at_end() && !p.at(T!['}']) && is_inside(p) {
                        p.statement();
                    }
                });
            });
            self.leave(1);
        }
        self.complete(node, BLOCK);
        let end = self.after_previous();
        let is_closed = self.closes_at(0, outer);
        let close = if is_closed { String::new() } else { format!("\n{indent}}}") };
        let error = diagnostics::indented_block(place, end, &close, !is_closed && end.start > place.end);
        self.error(error);
    }

    /// At a name or `(`: the parameters of `x -> …`.
    pub(crate) fn thin_closure_ahead(&self) -> bool {
        let after = match self.kind() {
            T!['('] => match self.pair_distance(0) {
                Some(close) if (1..close).all(|n| matches!(self.nth(n), IDENT | UNDERSCORE | T![,] | T![:])) => {
                    close + 1
                }
                _ => return false,
            },
            _ => 1,
        };
        // `通 -> 3`: no statement is a closure.
        let is_statement = self.ctx.newline_ends && self.span_of(0).start == self.statement_start();
        self.ctx.arrow_closures && !is_statement && self.nth(after) == T![->] && !self.nth_newline(after)
    }

    /// `如果 有(x) = o {`: what cannot be assigned to is a pattern.
    pub(crate) fn let_without_keyword_ahead(&self) -> bool {
        self.ctx.let_conditions
            && matches!(self.token_text(), "有" | "成" | "败")
            && self.nth(1) == T!['(']
            && self.pair_distance(1).is_some_and(|close| self.nth(close + 1) == T![=])
    }

    /// `甲 { 1 => …`: the arms of a 匹配 that is not there.
    pub(crate) fn match_without_keyword_ahead(&self) -> bool {
        if !self.ctx.struct_literals || self.nth(1) != T!['{'] || self.nth_newline(1) {
            return false;
        }
        let after = match self.nth(2) {
            // `点 { x => 1 }`: a field.
            IDENT if self.nth(3) == T![=>] && self.may_be_type(self.token_text()) => return false,
            IDENT if self.nth(3) == T!['('] => self.pair_distance(3).map_or(3, |it| it + 1),
            IDENT | UNDERSCORE => 3,
            kind if kind.is_literal() => 3,
            _ => return false,
        };
        self.nth(after) == T![=>]
    }

    /// `&x`, `*p`
    pub(crate) fn pointer_operator_ahead(&self) -> bool {
        self.at_any(&[T![&], T![*]]) && self.is_joint(0) && matches!(self.nth(1), IDENT | T![自己])
    }

    pub(crate) fn pointer_operator(&mut self) -> Option<Completed> {
        if !self.enter(1) {
            return None;
        }
        let error = diagnostics::pointer_operator(self.span_of(0), self.at(T![&]));
        self.error(error);
        self.bump_error();
        let operand = self.unary();
        self.leave(1);
        operand
    }

    /// `不 甲`: a word where a prefix stands.
    pub(crate) fn prefix_word_ahead(&self) -> bool {
        matches!(self.token_text(), "不" | "not")
            && self.nth_is_operand_start(1)
            && self.nth(1) != T!['{']
            && ![T![作为], T![到], T![直到]].iter().any(|&it| self.nth_at(1, it))
            && !self.nth_newline(1)
    }

    pub(crate) fn prefix_word(&mut self) -> Option<Completed> {
        if !self.enter(1) {
            return None;
        }
        let error = diagnostics::foreign_word_operator(self.span_of(0), self.token_text(), "非");
        self.error(error);
        let node = self.start();
        self.bump_as(T![非], 1);
        self.unary();
        self.leave(1);
        Some(self.complete(node, PREFIX_EXPR))
    }
}
