//! The parser's output as a flat list, and the tree built from it. A node may be wrapped after it is complete, which
//! a list of events allows cheaply.

use crate::parser::input::Tok;
use crate::{SyntaxKind, Token};
use rowan::{GreenNode, GreenNodeBuilder};

#[derive(Clone, Copy, Debug)]
pub(crate) enum Event {
    /// `wrapper` is the index of a later `Start` that becomes this node's parent; 0 is none.
    Start {
        kind: SyntaxKind,
        wrapper: u32,
    },
    /// So many input tokens as one token of this kind.
    Token {
        kind: SyntaxKind,
        count: u8,
    },
    Finish,
    /// A `Start` whose node was opened early as a wrapper.
    Used,
}

/// Every token of `tokens` goes into the tree; trivia go outside the nodes that start or end next to them.
pub(crate) fn build(text: &str, tokens: &[Token], toks: &[Tok], mut events: Vec<Event>) -> GreenNode {
    let mut tree = Builder { text, tokens, next: 0, inner: GreenNodeBuilder::new() };
    let mut next_tok = 0;
    let mut kinds = Vec::new();
    let last = events.len().saturating_sub(1);
    for index in 0..events.len() {
        match std::mem::replace(&mut events[index], Event::Used) {
            Event::Used => {}
            Event::Start { kind, wrapper } => {
                kinds.push(kind);
                let mut wrapper = wrapper as usize;
                while wrapper != 0 {
                    match std::mem::replace(&mut events[wrapper], Event::Used) {
                        Event::Start { kind, wrapper: outer } => {
                            kinds.push(kind);
                            wrapper = outer as usize;
                        }
                        _ => break,
                    }
                }
                if index > 0 {
                    tree.trivia();
                }
                while let Some(kind) = kinds.pop() {
                    tree.inner.start_node(rowan::SyntaxKind(kind as u16));
                }
            }
            Event::Token { kind, count } => {
                tree.trivia();
                next_tok += usize::from(count);
                let end = toks[next_tok - 1].end;
                tree.joined(kind, end);
            }
            Event::Finish => {
                if index == last {
                    tree.trivia();
                }
                tree.inner.finish_node();
            }
        }
    }
    tree.inner.finish()
}

struct Builder<'t> {
    text: &'t str,
    tokens: &'t [Token],
    next: usize,
    inner: GreenNodeBuilder<'static>,
}

impl Builder<'_> {
    fn end_of(&self, index: usize) -> u32 {
        self.tokens.get(index + 1).map_or(self.text.len() as u32, |it| it.start)
    }
    fn trivia(&mut self) {
        while let Some(token) = self.tokens.get(self.next).filter(|it| it.kind.is_trivia()) {
            let end = self.end_of(self.next);
            debug_assert!(token.start < end, "only tokens that repairs put in are empty");
            if token.start == end {
                self.next += 1;
            } else {
                self.joined(token.kind, end);
            }
        }
    }
    /// One tree token of all raw tokens up to `end`.
    fn joined(&mut self, kind: SyntaxKind, end: u32) {
        let start = self.tokens[self.next].start;
        self.inner.token(rowan::SyntaxKind(kind as u16), &self.text[start as usize..end as usize]);
        while self.tokens.get(self.next).is_some_and(|it| it.start < end) {
            self.next += 1;
        }
    }
}
