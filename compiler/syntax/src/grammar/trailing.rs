//! `限时(200) { … }`, `列.映射 { x => … }`: a block behind a call, as others write a closure that is the last argument.

use crate::SyntaxKind::*;
use crate::diagnostics;
use crate::parser::{Completed, Context, Parser, SPAWNING_FUNCTION};

/// No list of parameters in a block is longer.
const PARAM_TOKENS: usize = 32;

/// Longer calls are not spelled out.
const CALL_CHARS: usize = 24;

/// The parameters in front of the statements of a block: their text, and how many tokens they and the arrow are.
struct Params {
    text: String,
    n_tokens: usize,
}

impl Parser<'_> {
    /// After a value that began at token `first`: a block that only a call or a member can be meant to take.
    pub(crate) fn trailing_block_ahead(&self, first: usize) -> bool {
        if !self.at(T!['{']) || self.newline() || !self.ctx.struct_literals {
            return false;
        }
        let Some(last) = self.pos().checked_sub(1).filter(|&it| it >= first) else { return false };
        match self.kind_at(last) {
            _ if last == first => self.text_of(self.span_at(first)) == SPAWNING_FUNCTION,
            T![')'] => self.pair_at(last).is_some_and(|open| open > first),
            _ => matches!(self.kind_at(last - 1), T![.] | T![::]) && self.closure_in_braces(0),
        }
    }

    /// At token `n` is a `{` with what begins no literal of a struct.
    pub(crate) fn closure_in_braces(&self, n: usize) -> bool {
        let begins_statement = match self.nth(n + 1) {
            IDENT => matches!(self.nth(n + 2), T!['('] | T![.]),
            T![变量] | T![返回] | T![如果] | T![对于] | T![当] => self.nth_is_operand_start(n + 2),
            _ => false,
        };
        begins_statement || self.params_in_braces(n + 1).is_some()
    }

    /// `x =>`, `(甲, 乙) ->`, `x 在`, `|x|`
    fn params_in_braces(&self, start: usize) -> Option<Params> {
        let text = |from: usize, to: usize| match from < to {
            true => self.text_of(self.span_of(from).to(self.span_of(to - 1))),
            false => "",
        };
        if self.nth(start) == T![|] {
            let end = (start + 1..start + PARAM_TOKENS).find(|&n| self.nth(n) == T![|])?;
            return Some(Params { text: text(start + 1, end).to_owned(), n_tokens: end + 1 - start });
        }
        let is_wrapped = self.nth(start) == T!['('];
        let is_param =
            |n: &usize| matches!(self.nth(*n), IDENT | UNDERSCORE | T![,] | T![:]) && self.word_text(*n) != "in";
        let from = start + usize::from(is_wrapped);
        let to = (from..start + PARAM_TOKENS).find(|n| !is_param(n))?;
        let after = if is_wrapped { (self.nth(to) == T![')']).then_some(to + 1)? } else { to };
        let is_arrow = matches!(self.nth(after), T![=>] | T![->] | T![在]) || self.word_text(after) == "in";
        (is_arrow && from < to).then(|| Params { text: text(from, to).to_owned(), n_tokens: after + 1 - start })
    }

    /// At the `{`: says where the closure belongs, and reads its statements.
    pub(crate) fn trailing_block(&mut self, value: Completed, first: usize) -> Completed {
        let params = self.params_in_braces(1);
        let callee = self.span_at(first);
        let is_keyword = self.pair_at(self.pos() - 1) == Some(first + 1)
            && matches!(self.text_of(callee), "fn" | "func" | "fun" | "function" | "def");
        let error = match self.declares_function(first) {
            _ if is_keyword => diagnostics::foreign_keyword(callee, self.text_of(callee), "函数"),
            Some(name) => diagnostics::missing_function_keyword(name),
            None => {
                let meant = self.call_with_closure(first, params.as_ref());
                diagnostics::trailing_block(self.span_of(0), self.span_at(first).to(self.after_previous()), &meant)
            }
        };
        self.error(error);
        let node = self.precede(value);
        let block = self.start();
        if self.enter(1) {
            let open = self.pos();
            self.bump(T!['{']);
            if let Some(params) = params {
                let skipped = self.start();
                (0..params.n_tokens).for_each(|_| self.bump_any());
                self.complete(skipped, ERROR);
            }
            self.apart(|p| p.with(Context::BLOCK, |p| p.block_statements(open)));
            self.close_bracket(open, T!['}']);
            self.leave(1);
        }
        self.complete(block, BLOCK);
        self.complete(node, ERROR)
    }

    /// `加(甲: 整数): 整数 {`, at the second colon.
    pub(crate) fn declaration_ahead(&self, first: usize) -> bool {
        let after_type = || self.skip_type(1, &mut 64);
        self.at(T![:])
            && self.previous_is(T![')'])
            && self.declares_function(first).is_some()
            && after_type().is_some_and(|after| self.nth(after) == T!['{'])
    }

    /// At the `:` of the result type.
    pub(crate) fn declaration_without_keyword(&mut self, value: Completed, first: usize) -> Completed {
        let error = diagnostics::missing_function_keyword(self.span_at(first));
        self.error(error);
        let node = self.precede(value);
        self.ret_type();
        self.block();
        self.complete(node, ERROR)
    }

    /// `主函数() {`, `加(甲: 整数) {` outside all blocks: 函数 was forgotten. Returns the place of the name.
    fn declares_function(&self, first: usize) -> Option<qi_base::Span> {
        let last = self.pos() - 1;
        if !self.is_outside_blocks() || self.kind_at(first) != IDENT || self.pair_at(last) != Some(first + 1) {
            return None;
        }
        let is_plain = |n| matches!(self.kind_at(n), IDENT | T![:] | T![,]);
        let name = self.span_at(first);
        let is_typed = (first + 2..last).any(|n| self.kind_at(n) == T![:]);
        let is_meant = is_typed || self.text_of(name) == "主函数";
        (is_meant && (first + 2..last).all(is_plain)).then_some(name)
    }

    /// `限时(200, () => { … })`
    fn call_with_closure(&self, first: usize, params: Option<&Params>) -> String {
        let last = self.pos() - 1;
        let call = self.text_of(self.span_at(first).to(self.span_at(last)));
        let is_short = call.chars().count() <= CALL_CHARS && !call.contains('\n');
        let has_args = self.kind_at(last) == T![')'] && self.kind_at(last - 1) != T!['('];
        let before = match call.strip_suffix([')', '）']) {
            _ if !is_short => "…(…, ".to_owned(),
            Some(call) if has_args => format!("{call}, "),
            Some(call) => call.to_owned(),
            None => format!("{call}("),
        };
        let params = params.map_or("", |it| &it.text);
        format!("{before}({params}) => {{ … }})")
    }
}
