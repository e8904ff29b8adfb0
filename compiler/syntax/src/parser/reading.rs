//! A text that is read again and again, each time with one slip more put right: what is told then is each slip, and not
//! what followed from it. The repairs are the modules beside this one.

use super::{
    Outcome, brace, dashed, divided, doubled, joined, misspelt, numbered, parse_tokens, premature, reserved, stray,
    unclosed, unfinished, unopened, unopened_others, unsplit,
};
use crate::Token;
use qi_base::{Diagnostic, FileId, Span};

/// A text as it is read, with the repairs that made it so: each starts from what the one before left.
pub(super) struct Reading<'t> {
    pub(super) file: FileId,
    pub(super) text: &'t str,
    pub(super) lexical: &'t [Diagnostic],
    pub(super) tokens: Vec<Token>,
    pub(super) outcome: Outcome,
    /// What is to be said about the repairs.
    pub(super) repairs: Vec<Diagnostic>,
}

impl<'t> Reading<'t> {
    /// All repairs, the surest first.
    pub(super) fn repair(&mut self) {
        misspelt::repair(self);
        joined::join(self);
        divided::read_comments(self);
        premature::leave_out(self);
        unfinished::close(self);
        unsplit::split(self);
        unopened_others::insert(self);
        unopened::insert(self);
        stray::ignore(self);
        doubled::drop_second(self);
        dashed::join(self);
        numbered::join(self);
        reserved::as_names(self);
        unclosed::insert(self);
        brace::insert(self);
    }

    pub(super) fn n_errors(&self) -> usize {
        self.outcome.errors.len()
    }

    pub(super) fn read(&self, tokens: &[Token]) -> Outcome {
        parse_tokens(self.file, self.text, tokens, self.lexical)
    }

    pub(super) fn n_errors_with(&self, tokens: &[Token]) -> usize {
        self.read(tokens).errors.len()
    }

    /// Goes on with `tokens` if there is less to report then, by `gain` at least; `error` says what they repair.
    pub(super) fn adopt_if_better(&mut self, tokens: Vec<Token>, gain: usize, error: Diagnostic) -> bool {
        self.adopt_all_if_better(tokens, gain, vec![error])
    }

    /// The same with several repairs at once.
    pub(super) fn adopt_all_if_better(&mut self, tokens: Vec<Token>, gain: usize, errors: Vec<Diagnostic>) -> bool {
        let outcome = self.read(&tokens);
        let is_better = outcome.errors.len() + gain <= self.n_errors();
        if is_better {
            self.repairs.extend(errors);
            (self.tokens, self.outcome) = (tokens, outcome);
        }
        is_better
    }

    pub(super) fn span(&self, start: u32, end: u32) -> Span {
        Span::new(self.file, start, end)
    }

    /// Of a token.
    pub(super) fn span_of(&self, index: usize) -> Span {
        let start = self.tokens[index].start;
        self.span(start, self.tokens.get(index + 1).map_or(start, |it| it.start))
    }

    /// The text of a token.
    pub(super) fn word(&self, index: usize) -> &'t str {
        self.text_of(self.span_of(index))
    }

    pub(super) fn text_of(&self, span: Span) -> &'t str {
        &self.text[span.start as usize..span.end as usize]
    }
}
