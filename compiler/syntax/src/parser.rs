//! Tokens to a lossless tree, by recursive descent with recovery. Never fails and never panics, in linear time; nesting
//! is limited so that nobody who walks the tree runs out of stack. The rules are in `grammar/`, one file per topic.

mod brace;
mod dashed;
mod divided;
mod doubled;
mod event;
mod glued;
mod input;
mod joined;
mod lookahead;
mod misspelt;
mod numbered;
mod premature;
mod reading;
mod recovery;
mod reserved;
mod stray;
mod unclosed;
mod unfinished;
mod unopened;
mod unopened_others;
mod unsplit;

use crate::ast::{AstNode, SourceFile};
use crate::{SyntaxKind, SyntaxNode, Token, lexer};
use event::Event;
pub use glued::FOREIGN_KEYWORDS;
pub(crate) use glued::SPAWNING_FUNCTION;
use glued::{Glued, Split};
use input::{Input, Tok};
pub(crate) use lookahead::is_print;
use qi_base::{Diagnostic, FileId, Span};
use reading::Reading;
use recovery::Misaligned;
use rowan::GreenNode;
use std::cell::OnceCell;
use std::collections::HashSet;

/// The tree of a text and what is wrong with it.
#[derive(Clone, Debug)]
pub struct Parse {
    pub tree: SourceFile,
    /// In source order.
    pub errors: Vec<Diagnostic>,
}

impl Parse {
    pub fn syntax(&self) -> &SyntaxNode {
        self.tree.syntax()
    }
}

/// Nested brackets, blocks, operators … beyond this are an error.
pub(crate) const NESTING_LIMIT: u32 = 1_000;
/// Calls of recursive rules; some nesting takes several.
const FRAME_LIMIT: u32 = 3_000;
/// Ample for that many.
const STACK_BYTES: usize = 64 << 20;

/// Splitting one name can show the next.
const GLUED_ROUNDS: usize = 8;
/// So many names are tried on their own in each.
const GLUED_TRIALS: usize = 3;

/// Longer texts are not read again in the hope of better messages.
const REPAIR_TOKENS: usize = 200_000;

pub fn parse(file: FileId, text: &str) -> Parse {
    let (mut tokens, mut lexical) = lexer::lex(file, text);
    let mut outcome = parse_tokens(file, text, &tokens, &lexical);
    let mut repairs = Vec::new();
    for _ in 0..GLUED_ROUNDS {
        let Some((split, again)) = read_again(file, text, &tokens, &lexical, &mut outcome) else { break };
        repairs.extend(split.errors);
        (tokens, outcome) = (split.tokens, again);
    }
    let mut reading = Reading { file, text, lexical: &lexical, tokens, outcome, repairs };
    if reading.tokens.len() < REPAIR_TOKENS {
        reading.repair();
    }
    let Reading { outcome, repairs, .. } = reading;
    let mut errors = outcome.errors;
    errors.append(&mut lexical);
    errors.extend(repairs);
    errors.sort_by_key(|it| it.span());
    let tree = SourceFile::cast(SyntaxNode::new_root(outcome.green)).expect("the root is a source file");
    Parse { tree, errors }
}

/// With all noted names split if that leaves less to report; else with one of the first of them, if the text behind it
/// then reads well for longer.
fn read_again(
    file: FileId,
    text: &str,
    tokens: &[Token],
    lexical: &[Diagnostic],
    outcome: &mut Outcome,
) -> Option<(Split, Outcome)> {
    let glued = &mut outcome.glued;
    glued::tidy(glued);
    glued::forget_used_names(text, tokens, glued);
    if glued.is_empty() {
        return None;
    }
    let split = glued::split(file, text, tokens, glued);
    if outcome.errors.is_empty() && split.n_alone == 0 {
        return None;
    }
    let again = parse_tokens(file, text, &split.tokens, lexical);
    if again.errors.len() < outcome.errors.len() + split.n_alone {
        return Some((split, again));
    }
    glued.iter().take(GLUED_TRIALS).find_map(|it| {
        let split = glued::split(file, text, tokens, std::slice::from_ref(it));
        let again = parse_tokens(file, text, &split.tokens, lexical);
        let next = |errors: &[Diagnostic]| {
            let starts = errors.iter().map(|it| it.span().start);
            starts.filter(|&start| start >= it.start).min().unwrap_or(u32::MAX)
        };
        (next(&outcome.errors) < next(&again.errors)).then_some((split, again))
    })
}

/// Of the line on which `offset` stands.
fn indentation(text: &str, offset: u32) -> usize {
    let line = text[..offset as usize].rfind('\n').map_or(0, |it| it + 1);
    let blanks = text[line..].chars().take_while(|it| it.is_whitespace());
    blanks.map(|it| if it == '\t' { 4 } else { 1 }).sum()
}

struct Outcome {
    green: GreenNode,
    errors: Vec<Diagnostic>,
    glued: Vec<Glued>,
    /// Where an opening brace was missed: starts of tokens.
    braces: Vec<u32>,
}

fn parse_tokens(file: FileId, text: &str, tokens: &[Token], lexical: &[Diagnostic]) -> Outcome {
    let input = Input::new(text, tokens);
    let run = || Parser::new(file, text, &input, lexical).run(tokens);
    stacker::maybe_grow(STACK_BYTES, STACK_BYTES, run)
}

/// What the surroundings allow; saved and restored around brackets.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Context {
    /// A line break can end a statement here.
    pub(crate) newline_ends: bool,
    /// `点 {…}` is a literal; not so in the header of 如果, 当, 对于, 匹配.
    pub(crate) struct_literals: bool,
    /// `x => …` is a closure; not so in a guard.
    pub(crate) arrow_closures: bool,
    /// `变量 p = e` is a condition.
    pub(crate) let_conditions: bool,
    /// `1..` and `..2`: directly inside an index.
    pub(crate) open_ranges: bool,
    /// Statements end at the next 情况 or 默认.
    pub(crate) in_select: bool,
    /// These statements are an arm of a 匹配 in words of others: 默认 begins the last one.
    pub(crate) in_switch: bool,
    /// `_` stands for a target: in the parentheses of `(甲, _) = 对`.
    pub(crate) tuple_target: bool,
}

impl Context {
    pub(crate) const BLOCK: Self = Self {
        newline_ends: true,
        struct_literals: true,
        arrow_closures: true,
        let_conditions: false,
        open_ranges: false,
        in_select: false,
        in_switch: false,
        tuple_target: false,
    };
    pub(crate) const BRACKETS: Self = Self { newline_ends: false, ..Self::BLOCK };
}

pub(crate) struct Parser<'t> {
    file: FileId,
    text: &'t str,
    input: &'t Input,
    /// The lexer's findings, in source order.
    lexical: &'t [Diagnostic],
    pos: usize,
    events: Vec<Event>,
    /// The height reached inside each open node, outermost first.
    heights: Vec<u32>,
    errors: Vec<Diagnostic>,
    pub(crate) ctx: Context,
    nesting: u32,
    frames: u32,
    /// Offset where the current statement starts.
    statement_start: u32,
    /// An error in this statement was reported; more would be noise.
    is_recovering: bool,
    /// The nesting limit was hit in this top-level statement.
    is_silent: bool,
    glued: Vec<Glued>,
    braces: Vec<u32>,
    /// Looked for when first asked.
    misaligned: OnceCell<Vec<Misaligned>>,
    /// Names of types, as far as the file tells; looked for when first asked.
    type_names: OnceCell<HashSet<&'t str>>,
    /// Likewise of functions and methods.
    function_names: OnceCell<HashSet<&'t str>>,
    /// And of what may be variables.
    variable_names: OnceCell<HashSet<&'t str>>,
}

/// A node that was started.
#[must_use]
pub(crate) struct Marker(u32);

/// A node that is complete.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Completed {
    start: u32,
    height: u32,
}

impl<'t> Parser<'t> {
    fn new(file: FileId, text: &'t str, input: &'t Input, lexical: &'t [Diagnostic]) -> Self {
        Self {
            file,
            text,
            input,
            lexical,
            pos: 0,
            events: Vec::new(),
            heights: vec![0],
            errors: Vec::new(),
            ctx: Context::BLOCK,
            nesting: 0,
            frames: 0,
            statement_start: 0,
            is_recovering: false,
            is_silent: false,
            glued: Vec::new(),
            braces: Vec::new(),
            misaligned: OnceCell::new(),
            type_names: OnceCell::new(),
            function_names: OnceCell::new(),
            variable_names: OnceCell::new(),
        }
    }

    fn run(mut self, tokens: &[Token]) -> Outcome {
        self.source_file();
        let green = event::build(self.text, tokens, &self.input.toks, self.events);
        Outcome { green, errors: self.errors, glued: self.glued, braces: self.braces }
    }

    fn tok(&self) -> &'t Tok {
        self.nth_tok(0)
    }
    fn nth_tok(&self, n: usize) -> &'t Tok {
        let toks = &self.input.toks;
        &toks[(self.pos + n).min(toks.len() - 1)]
    }
    pub(crate) fn kind(&self) -> SyntaxKind {
        self.tok().kind
    }
    pub(crate) fn nth(&self, n: usize) -> SyntaxKind {
        self.nth_tok(n).kind
    }
    /// Also for contextual words.
    pub(crate) fn at(&self, kind: SyntaxKind) -> bool {
        self.nth_at(0, kind)
    }
    pub(crate) fn nth_at(&self, n: usize, kind: SyntaxKind) -> bool {
        let tok = self.nth_tok(n);
        tok.kind == kind || tok.word == kind
    }
    pub(crate) fn at_any(&self, kinds: &[SyntaxKind]) -> bool {
        kinds.iter().any(|&it| self.at(it))
    }
    pub(crate) fn at_end(&self) -> bool {
        self.kind() == SyntaxKind::EOF
    }
    pub(crate) fn token_text(&self) -> &'t str {
        let tok = self.tok();
        &self.text[tok.start as usize..tok.end as usize]
    }
    /// The next token is on a new line, and that matters here.
    pub(crate) fn newline(&self) -> bool {
        self.nth_newline(0)
    }
    pub(crate) fn nth_newline(&self, n: usize) -> bool {
        self.ctx.newline_ends && self.nth_tok(n).newline_before
    }
    /// Nothing lies between token `n` and the one after it.
    pub(crate) fn is_joint(&self, n: usize) -> bool {
        !self.nth_tok(n).blank_after
    }
    /// Nothing lies between the next token and the one before it.
    pub(crate) fn follows_closely(&self) -> bool {
        self.pos().checked_sub(1).is_some_and(|it| !self.input.toks[it].blank_after)
    }
    /// The next token is on a new line, whether or not that matters.
    pub(crate) fn nth_tok_newline(&self) -> bool {
        self.tok().newline_before
    }
    pub(crate) fn nth_tok_newline_at(&self, n: usize) -> bool {
        self.nth_tok(n).newline_before
    }
    /// The kind of the next token; a contextual word as its keyword.
    pub(crate) fn nth_tok_word(&self) -> SyntaxKind {
        self.tok().word
    }
    pub(crate) fn word_text(&self, n: usize) -> &'t str {
        let tok = self.nth_tok(n);
        &self.text[tok.start as usize..tok.end as usize]
    }
    pub(crate) fn previous_is(&self, kind: SyntaxKind) -> bool {
        self.pos.checked_sub(1).is_some_and(|it| self.input.toks[it].kind == kind)
    }
    pub(crate) fn is_unindented(&self) -> bool {
        self.tok().is_unindented
    }
    pub(crate) fn bracket_is_closed(&self, index: usize) -> bool {
        self.input.pairs.get(index).is_some_and(|it| it.is_some())
    }
    pub(crate) fn pos(&self) -> usize {
        self.pos
    }
    /// Of a token by its index.
    pub(crate) fn kind_at(&self, index: usize) -> SyntaxKind {
        self.input.toks[index].kind
    }
    /// The partner of the bracket with this index.
    pub(crate) fn pair_at(&self, index: usize) -> Option<usize> {
        self.input.pairs[index].map(|it| it as usize)
    }
    /// Nothing before the token with this index belongs to its statement.
    pub(crate) fn begins_statement(&self, index: usize) -> bool {
        let tok = &self.input.toks[index];
        tok.newline_before || matches!(tok.kind, T![;] | T!['}'] | SyntaxKind::EOF)
    }
    pub(crate) fn is_outside_blocks(&self) -> bool {
        self.nesting == 0
    }
    pub(crate) fn n_errors(&self) -> usize {
        self.errors.len()
    }
    pub(crate) fn statement_start(&self) -> u32 {
        self.statement_start
    }
    /// How many tokens ahead the partner of the bracket `n` tokens ahead is.
    pub(crate) fn pair_distance(&self, n: usize) -> Option<usize> {
        let pair = (*self.input.pairs.get(self.pos + n)?)? as usize;
        pair.checked_sub(self.pos)
    }

    /// Takes the next token as it is.
    pub(crate) fn bump_any(&mut self) {
        let kind = self.kind();
        self.bump_as(kind, 1);
    }
    /// Takes the next token, which `at(kind)`; a contextual word becomes a keyword.
    pub(crate) fn bump(&mut self, kind: SyntaxKind) {
        debug_assert!(self.at(kind), "expected {kind:?}, at {:?}", self.kind());
        self.bump_as(kind, 1);
    }
    pub(crate) fn bump_as(&mut self, kind: SyntaxKind, count: u8) {
        if self.at_end() {
            return;
        }
        self.pos += usize::from(count);
        self.events.push(Event::Token { kind, count });
    }
    pub(crate) fn eat(&mut self, kind: SyntaxKind) -> bool {
        let found = self.at(kind);
        if found {
            self.bump(kind);
        }
        found
    }

    pub(crate) fn start(&mut self) -> Marker {
        let index = self.events.len() as u32;
        self.events.push(Event::Start { kind: SyntaxKind::ERROR, wrapper: 0 });
        self.heights.push(0);
        Marker(index)
    }
    pub(crate) fn complete(&mut self, marker: Marker, kind: SyntaxKind) -> Completed {
        if let Event::Start { kind: slot, .. } = &mut self.events[marker.0 as usize] {
            *slot = kind;
        }
        self.events.push(Event::Finish);
        let height = self.heights.pop().map_or(1, |it| it + 1);
        if let Some(parent) = self.heights.last_mut() {
            *parent = (*parent).max(height);
        }
        Completed { start: marker.0, height }
    }
    /// Starts a node around one that is complete.
    pub(crate) fn precede(&mut self, inner: Completed) -> Marker {
        let marker = self.start();
        if let Event::Start { wrapper, .. } = &mut self.events[inner.start as usize] {
            *wrapper = marker.0;
        }
        if let Some(height) = self.heights.last_mut() {
            *height = inner.height;
        }
        marker
    }

    /// Runs a rule with other surroundings.
    pub(crate) fn with<R>(&mut self, ctx: Context, rule: impl FnOnce(&mut Self) -> R) -> R {
        let saved = std::mem::replace(&mut self.ctx, ctx);
        let result = rule(self);
        self.ctx = saved;
        result
    }

    /// Enters a recursive rule, or reports that the nesting is too deep and skips what is inside.
    pub(crate) fn enter(&mut self, nesting: u32) -> bool {
        if self.nesting + nesting > NESTING_LIMIT || self.frames >= FRAME_LIMIT {
            self.too_deep();
            return false;
        }
        self.nesting += nesting;
        self.frames += 1;
        true
    }
    pub(crate) fn leave(&mut self, nesting: u32) {
        self.nesting -= nesting;
        self.frames -= 1;
    }
    /// A node as high as this may be wrapped once more.
    pub(crate) fn may_wrap(&mut self, inner: Completed) -> bool {
        let fits = self.frames + inner.height < FRAME_LIMIT && inner.height < FRAME_LIMIT - NESTING_LIMIT;
        if !fits {
            self.too_deep();
        }
        fits
    }

    pub(crate) fn span_of(&self, n: usize) -> Span {
        let tok = self.nth_tok(n);
        Span::new(self.file, tok.start, tok.end)
    }
    /// The empty place after the last token taken.
    pub(crate) fn after_previous(&self) -> Span {
        let end = self.pos.checked_sub(1).map_or(0, |it| self.input.toks[it].end);
        Span::new(self.file, end, end)
    }
    /// The token last taken.
    pub(crate) fn before_current(&self) -> Option<Span> {
        self.pos.checked_sub(1).map(|it| self.span_at(it))
    }
    pub(crate) fn text_of(&self, span: Span) -> &str {
        &self.text[span.start as usize..span.end as usize]
    }
    pub(crate) fn span_at(&self, index: usize) -> Span {
        let tok = &self.input.toks[index];
        Span::new(self.file, tok.start, tok.end)
    }
}
