//! `匹配 x { 情况 1: … 默认: … }`: the arms of other languages in a 匹配. Reported once, and read as what is meant.

use crate::SyntaxKind::*;
use crate::diagnostics;
use crate::parser::{Context, Parser};
use qi_base::{Edit, Span};

/// The arms that were found, and what makes them ours.
#[derive(Default)]
pub(crate) struct Switch {
    first: Option<Span>,
    edits: Vec<Edit>,
    /// An arm runs on into the next, or ends in a 跳出 that may be meant for a loop.
    is_doubtful: bool,
}

impl Parser<'_> {
    /// `情况 1:` or `默认:`; either word may also be a name.
    pub(crate) fn at_switch_arm(&self) -> bool {
        if self.at_default() {
            return self.nth(1) == T![:] || self.ctx.in_switch && self.nth(1) == T![=>];
        }
        let is_pattern = match self.nth(1) {
            T!['{'] | T![如果] => false,
            UNDERSCORE | T![-] => true,
            _ => self.nth_is_operand_start(1),
        };
        (self.at(T![情况]) || self.token_text() == "case") && is_pattern && !self.nth_newline(1)
    }

    fn at_default(&self) -> bool {
        self.at(T![默认]) || self.token_text() == "default"
    }

    /// The comma behind an arm: another one follows, or nothing.
    pub(crate) fn ends_switch_arm(&self) -> bool {
        let next = self.pos() + 1;
        self.ctx.in_switch
            && self.at(T![,])
            && (matches!(self.nth(1), T!['}'] | UNDERSCORE)
                || self.nth_newline(1)
                || matches!(self.text_of(self.span_at(next)), "情况" | "默认" | "case" | "default"))
    }

    pub(crate) fn switch_arm(&mut self, switch: &mut Switch) {
        let node = self.start();
        let head = self.span_of(0);
        switch.first.get_or_insert(head);
        if self.at_default() {
            switch.replace(head, "_");
            self.single_token(WILDCARD_PATTERN);
        } else {
            switch.replace(Span { end: self.span_of(1).start, ..head }, "");
            self.bump_error();
            self.pattern();
            while self.at(T![,]) {
                switch.replace(self.span_of(0), " |");
                self.bump_error();
                self.pattern();
            }
            self.match_guard();
        }
        let arrow = self.at(T![:]).then(|| self.span_of(0));
        if arrow.is_some() {
            self.bump_any();
        } else if !self.expect(T![=>]) {
            self.skip_item();
        }
        self.switch_body(arrow, switch);
        self.complete(node, MATCH_ARM);
    }

    /// The statements up to the next arm.
    fn switch_body(&mut self, arrow: Option<Span>, switch: &mut Switch) {
        let (mut n_statements, mut is_declaration) = (0, false);
        let body = self.start();
        self.with(Context { in_select: true, in_switch: true, ..Context::BLOCK }, |p| {
            p.apart(|p| {
                while !p.at(T!['}']) && !p.at_end() && !p.at_switch_arm() && !p.ends_switch_arm() {
                    n_statements += 1;
                    is_declaration |= p.at_any(&[T![变量], T![常量]]);
                    switch.is_doubtful |= p.at(T![跳出]) || p.token_text() == "break";
                    p.statement();
                }
            });
        });
        self.complete(body, BLOCK);
        let is_block = n_statements > 1 || is_declaration;
        if let Some(arrow) = arrow {
            switch.replace(arrow, if is_block { " => {" } else { " =>" });
        }
        let end = self.after_previous();
        if is_block {
            switch.replace(end, " }");
        } else if n_statements == 0 {
            switch.is_doubtful = true;
        } else if self.at_switch_arm() && !self.nth_tok_newline() && !self.previous_is(T![;]) {
            switch.replace(end, ",");
        }
    }

    pub(crate) fn report_switch(&mut self, switch: Switch) {
        let Some(first) = switch.first else { return };
        let error =
            diagnostics::case_in_match(first, self.text_of(first), (!switch.is_doubtful).then_some(switch.edits));
        self.error(error);
    }
}

impl Switch {
    /// `默认 => …` behind other arms that are not ours; else 默认 is a name.
    pub(crate) fn goes_on(&self, p: &Parser) -> bool {
        self.first.is_some() && p.at_default() && p.nth(1) == T![=>]
    }

    fn replace(&mut self, span: Span, text: &str) {
        self.edits.push(Edit { span, text: text.into() });
    }
}
