//! 选择 and its arms, whose bodies are statements up to the next arm.

use crate::SyntaxKind::*;
use crate::diagnostics;
use crate::parser::{Completed, Context, Parser};

/// No operation on one line is longer.
const ARM_TOKENS: usize = 200;

impl Parser<'_> {
    pub(crate) fn select(&mut self) -> Completed {
        let node = self.start();
        self.bump(T![选择]);
        if !self.at(T!['{']) {
            self.expected("“{”", "`{`");
            return self.complete(node, SELECT_EXPR);
        }
        if !self.enter(1) {
            return self.complete(node, SELECT_EXPR);
        }
        let open = self.pos();
        self.bump(T!['{']);
        let ctx = Context { in_select: true, ..Context::BLOCK };
        self.apart(|p| p.with(ctx, |p| p.select_arms()));
        self.close_bracket(open, T!['}']);
        self.leave(1);
        self.complete(node, SELECT_EXPR)
    }

    fn select_arms(&mut self) {
        while !self.at(T!['}']) && !self.at_end() {
            self.fresh();
            if self.at_select_arm() {
                self.select_arm();
            } else if let Some((_, meant)) = self.foreign_arm_ahead() {
                let error = diagnostics::foreign_keyword(self.span_of(0), self.token_text(), meant);
                self.error(error);
                self.select_arm();
            } else if self.at_any(&[T![,], T![;]]) {
                self.bump_any();
            } else if self.arm_without_case_ahead() {
                self.note_glued_here(&[T![情况]]);
                let error = diagnostics::arm_without_case(self.span_of(0), &self.next_in_words());
                self.error(error);
                self.select_arm();
            } else {
                self.note_glued_here(&[T![情况], T![默认]]);
                self.expected_member("“情况”或“默认”", "`情况` or `默认`");
                let start = self.pos();
                self.skip_until(|p| p.pos() > start && p.at_select_arm());
                if self.pos() == start {
                    self.bump_error();
                }
            }
        }
    }

    /// 情况 or 默认 where they begin an arm rather than name something.
    pub(crate) fn at_select_arm(&self) -> bool {
        if self.at(T![默认]) {
            return matches!(self.nth(1), T![:] | T![=>] | T!['{']);
        }
        self.at(T![情况])
            && (self.nth_is_operand_start(1)
                || matches!(self.nth(1), UNDERSCORE | T![<-] | T![变量] | T![常量])
                || self.tuple_binding_ahead()
                || self.array_binding_ahead(1).is_some())
    }

    /// `x := <-通: …`
    fn arm_without_case_ahead(&self) -> bool {
        let is_plain = |it: &Self| it.kind() == IDENT && it.nth(1) == T![<-] || it.at(T![超时]) && it.nth(1) == T!['('];
        let is_operation = self.kind() == T![<-] || is_plain(self) || self.binding_ahead();
        is_operation && !self.at(T![情况]) && self.colon_ahead()
    }

    /// The same behind other arms, where statements may begin in many ways.
    fn receiving_arm_ahead(&self) -> bool {
        let is_received = matches!(self.kind(), IDENT | UNDERSCORE) && self.nth(1) == T![:=] && self.nth(2) == T![<-];
        let is_timeout = self.at(T![超时]) && self.nth(1) == T!['('];
        (is_received || is_timeout) && self.colon_ahead()
    }

    /// `情况 (a, b) := …`, unlike the call `情况(a)`.
    fn tuple_binding_ahead(&self) -> bool {
        self.nth(1) == T!['(']
            && self.pair_distance(1).is_some_and(|close| matches!(self.nth(close + 1), T![:=] | T![=]))
    }

    /// `[a, b] := …` from the `n`-th token on, unlike `情况[0] = …`: where its bracket closes.
    fn array_binding_ahead(&self, n: usize) -> Option<usize> {
        let close = self.pair_distance(n).filter(|_| self.nth(n) == T!['['])?;
        (self.nth(close + 1) == T![:=]).then_some(close)
    }

    /// `case x := <-通:`, `default:`: what others write there.
    fn foreign_arm_ahead(&self) -> Option<(crate::SyntaxKind, &'static str)> {
        match self.token_text() {
            "default" if matches!(self.nth(1), T![:] | T![=>]) => Some((T![默认], "默认")),
            "case" if self.nth(1) != T![=] && !self.nth_newline(1) && self.colon_ahead() => Some((T![情况], "情况")),
            _ => None,
        }
    }

    fn select_arm(&mut self) {
        let node = self.start();
        let foreign = self.foreign_arm_ahead().map(|it| it.0);
        if let Some(word) = foreign {
            self.bump_as(word, 1);
        }
        if foreign == Some(T![默认]) {
            // Read already.
        } else if self.at(T![默认]) {
            self.bump(T![默认]);
        } else {
            self.eat(T![情况]);
            self.select_operation();
        }
        if self.at(T!['{']) && !self.newline() {
            let error = diagnostics::missing_arm_colon(self.after_previous());
            self.error(error);
        } else if self.at(T![=>]) {
            self.wrong_sign(":");
            self.bump_any();
        } else if !self.expect(T![:]) {
            self.skip_until(|p| p.at(T![:]) || p.nth_tok_newline());
            self.eat(T![:]);
        }
        let body = self.start();
        self.apart(|p| {
            let ends = |p: &Self| p.at_select_arm() || p.receiving_arm_ahead() || p.foreign_arm_ahead().is_some();
            while !p.at(T!['}']) && !p.at_end() && !ends(p) {
                p.statement();
            }
        });
        self.complete(body, BLOCK);
        self.complete(node, SELECT_ARM);
    }

    fn select_operation(&mut self) {
        let is_misspelt = self.misspelt_timeout_ahead();
        if is_misspelt {
            let error = diagnostics::foreign_keyword(self.span_of(0), self.token_text(), "超时");
            self.error(error);
        }
        if is_misspelt || self.at(T![超时]) && self.nth(1) == T!['('] {
            self.bump_as(T![超时], 1);
            let open = self.pos();
            self.bump(T!['(']);
            let ctx = self.bracket_context();
            self.with(ctx, |p| {
                p.expr();
                p.close_bracket(open, T![')']);
            });
            return;
        }
        // Spelled out as elsewhere: `情况 变量 x = <-通:`.
        let is_declared = self.at_any(&[T![变量], T![常量]]);
        if is_declared {
            self.bump_any();
        }
        if let Some(close) = self.array_binding_ahead(0) {
            let error = diagnostics::pattern_of_select(self.span_of(0).to(self.span_of(close)));
            self.error(error);
            self.simple_pattern();
            self.bump_any();
        } else if self.binding_ahead() {
            self.simple_pattern();
            self.bump_any();
        } else if is_declared {
            self.expected("“名字 =”", "`name =`");
        }
        // Without a colon behind it, `x := <-通 => …` holds no closure.
        let has_colon = self.colon_ahead();
        let ctx = Context { arrow_closures: has_colon, struct_literals: has_colon, ..self.ctx };
        self.with(ctx, |p| {
            if let Some(operation) = p.expr() {
                p.send_rest(operation);
            }
        });
    }

    /// `朝时(20):`
    fn misspelt_timeout_ahead(&self) -> bool {
        let word = self.token_text();
        let is_call = self.kind() == IDENT && self.nth(1) == T!['('] && !self.at(T![超时]) && !self.is_function(word);
        is_call && word.chars().count() == 2 && qi_base::suggest::is_slip(word, "超时")
    }

    /// The `:` of this arm is on this line.
    fn colon_ahead(&self) -> bool {
        let mut n = 0;
        while n < ARM_TOKENS && (n == 0 || !self.nth_newline(n)) {
            match self.nth(n) {
                T![:] => return true,
                EOF | T!['}'] => return false,
                _ if n > 0 && (self.nth_at(n, T![情况]) || self.nth_at(n, T![默认])) => return false,
                T!['('] | T!['['] | T!['{'] => n = self.pair_distance(n).unwrap_or(n) + 1,
                _ => n += 1,
            }
        }
        n >= ARM_TOKENS
    }

    /// `x :=`, `有(x) :=`, `(a, b) =`
    fn binding_ahead(&self) -> bool {
        let mut n = match self.kind() {
            IDENT | UNDERSCORE => 1,
            T!['('] => 0,
            _ => return false,
        };
        if self.nth(n) == T!['('] {
            match self.pair_distance(n) {
                Some(close) => n = close + 1,
                None => return false,
            }
        }
        matches!(self.nth(n), T![:=] | T![=])
    }
}
