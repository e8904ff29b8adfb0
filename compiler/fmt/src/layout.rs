//! Line breaks and indentation. A group of brackets is broken when its author broke it or when its line is too long;
//! breaking goes from the outside in, until every line fits or nothing is left to break.

use crate::pieces::{Group, Piece, Source, Style};
use crate::spacing::blank_between;
use crate::{INDENT, MAX_WIDTH};
use qi_syntax::{SyntaxKind::*, T};
use unicode_width::UnicodeWidthStr;

/// More rounds than any sane nesting needs.
const MAX_ROUNDS: usize = 60;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Break {
    Flat,
    /// By the author: a list keeps the line of each item.
    Author,
    /// For its length: each item has a line of its own.
    Width,
}

/// Where lines are broken that need not be.
struct Breaks {
    groups: Vec<Break>,
    /// Pieces (operators) that begin a line for its length.
    operators: Vec<bool>,
}

/// What could make a long line shorter.
enum Choice {
    Group(usize),
    Operator(usize),
}

pub(crate) fn lay_out(source: Source) -> String {
    let mut breaks = Breaks { groups: author_breaks(&source), operators: vec![false; source.pieces.len()] };
    let code = next_code(&source);
    for _ in 0..MAX_ROUNDS {
        let mut writer = Writer::new(&source, &breaks, &code);
        writer.write();
        let choices = writer.to_break;
        if choices.is_empty() {
            return writer.out;
        }
        for choice in choices {
            match choice {
                Choice::Group(group) => breaks.groups[group] = Break::Width,
                Choice::Operator(piece) => breaks.operators[piece] = true,
            }
        }
    }
    let mut writer = Writer::new(&source, &breaks, &code);
    writer.write();
    writer.out
}

/// For each piece the first one from there on that is no comment.
fn next_code(source: &Source) -> Vec<Option<usize>> {
    let mut next = None;
    let mut all: Vec<_> = (0..source.pieces.len())
        .rev()
        .map(|index| {
            next = if source.pieces[index].is_comment() { next } else { Some(index) };
            next
        })
        .collect();
    all.reverse();
    all
}

/// What the source itself broke: a block with a line break between its parts, a list with one after its bracket.
fn author_breaks(source: &Source) -> Vec<Break> {
    let mut breaks = vec![Break::Flat; source.groups.len()];
    let mut open: Vec<usize> = Vec::new();
    let mut after_open = None;
    for piece in &source.pieces {
        for _ in 0..piece.ends_bodies {
            open.pop();
        }
        let has_break = piece.breaks_before > 0;
        if let Some(group) = piece.begins_body {
            open.push(group);
            if has_break {
                breaks[group] = Break::Author;
            }
        }
        let inner = open.last().copied();
        if let Some(group) = inner {
            let style = source.groups[group].style;
            let at_edge = after_open == Some(group);
            let between = style == Style::Block && (piece.starts_item || piece.closes.is_some() || piece.is_comment());
            if (has_break && (at_edge || between) && !(at_edge && piece.closes.is_some())) || piece.is_line_comment() {
                breaks[group] = Break::Author;
            }
        }
        if piece.closes.is_some() {
            open.pop();
        }
        after_open = piece.opens;
        open.extend(piece.opens);
    }
    break_around(source, &mut breaks);
    breaks
}

/// 选择 with an arm on several lines has all its arms on lines of their own; so has a block of several statements when
/// one of them takes several lines.
fn break_around(source: &Source, breaks: &mut [Break]) {
    let mut open: Vec<usize> = Vec::new();
    for piece in &source.pieces {
        open.truncate(open.len() - piece.ends_bodies);
        if let Some(body) = piece.begins_body {
            if let (Break::Author, Some(&outer)) = (breaks[body], open.last()) {
                breaks[outer] = Break::Author;
            }
            open.push(body);
        }
        if piece.closes.is_some() {
            open.pop();
        }
        if piece.opens.is_some_and(|it| breaks[it] == Break::Author) {
            let blocks = open.iter().filter(|it| source.groups[**it].style == Style::Block);
            for &it in blocks.filter(|it| source.groups[**it].n_items > 1) {
                breaks[it] = Break::Author;
            }
        }
        open.extend(piece.opens);
    }
}

struct Writer<'s> {
    source: &'s Source,
    breaks: &'s Breaks,
    /// See [`next_code`].
    code: &'s [Option<usize>],
    out: String,
    /// Indentation of the current line, in levels.
    indent: usize,
    /// Columns used on the current line.
    column: usize,
    /// Open groups with the indentation of the line each began on.
    open: Vec<(usize, usize)>,
    /// Groups opened on the current line that are flat, with their start and (when closed here) end columns.
    on_line: Vec<(usize, usize, Option<usize>)>,
    /// Operators on the current line that may begin one, with their depth.
    operators: Vec<(usize, usize)>,
    is_too_long: bool,
    to_break: Vec<Choice>,
}

impl<'s> Writer<'s> {
    fn new(source: &'s Source, breaks: &'s Breaks, code: &'s [Option<usize>]) -> Self {
        Self {
            source,
            breaks,
            code,
            out: String::new(),
            indent: 0,
            column: 0,
            open: Vec::new(),
            on_line: Vec::new(),
            operators: Vec::new(),
            is_too_long: false,
            to_break: Vec::new(),
        }
    }

    fn write(&mut self) {
        let source = self.source;
        let mut previous: Option<&Piece> = None;
        for (index, piece) in source.pieces.iter().enumerate() {
            for _ in 0..piece.ends_bodies {
                self.open.pop();
            }
            if let Some(body) = piece.begins_body {
                self.open.push((body, self.indent));
            }
            if let Some(previous) = previous {
                if self.breaks.operators[index] || self.breaks_line(previous, piece) {
                    let indent = self.indent_of(index);
                    self.new_line(indent, self.keeps_blank(previous, piece));
                } else if blank_between(previous, piece) {
                    self.push(" ");
                }
            }
            if piece.closes.is_some() {
                self.close(piece);
            }
            if let Some(group) = piece.opens {
                self.open.push((group, self.indent));
                if self.breaks.groups[group] == Break::Flat {
                    self.on_line.push((group, self.column, None));
                }
            }
            if previous.is_some() && is_loose_operator(piece) {
                self.operators.push((index, self.open.len()));
            }
            if piece.is_line_comment() {
                // A remark at the end does not make its line too long.
                self.out.push_str(&piece.text);
            } else {
                self.push(&piece.text);
            }
            if self.gains_comma(index) {
                self.push(",");
            }
            previous = Some(piece);
        }
        self.end_line();
        if !self.out.is_empty() {
            self.out.push('\n');
        }
    }

    fn close(&mut self, piece: &Piece) {
        self.open.pop();
        let end = self.column + 1;
        if let Some(entry) = self.on_line.iter_mut().rev().find(|it| Some(it.0) == piece.closes) {
            entry.2 = Some(end);
        }
    }

    fn push(&mut self, text: &str) {
        match text.rsplit_once('\n') {
            // Inside a string or comment: its lines are not ours to break, and a new line begins after it.
            Some((first, last)) => {
                self.column += first.split('\n').next().unwrap_or_default().width();
                self.is_too_long |= self.column > MAX_WIDTH;
                self.column = last.width();
            }
            None => self.column += text.width(),
        }
        self.out.push_str(text);
    }

    fn new_line(&mut self, indent: usize, with_blank: bool) {
        self.end_line();
        self.out.push_str(if with_blank { "\n\n" } else { "\n" });
        self.out.extend(std::iter::repeat_n(' ', indent * INDENT));
        self.indent = indent;
        self.column = indent * INDENT;
    }

    fn end_line(&mut self) {
        if self.is_too_long || self.column > MAX_WIDTH {
            self.choose_breaks();
        }
        self.on_line.clear();
        self.operators.clear();
        self.is_too_long = false;
    }

    /// On a line that is too long: the outermost blocks together, else the outermost 且 或 ??, else the longest of the
    /// outermost lists.
    fn choose_breaks(&mut self) {
        let groups = &self.source.groups;
        let candidates: Vec<_> = self.on_line.iter().filter(|it| may_break(&groups[it.0])).collect();
        let list_depth = candidates.iter().map(|it| groups[it.0].depth).min().unwrap_or(usize::MAX);
        let outermost = || candidates.iter().filter(|it| groups[it.0].depth == list_depth);
        let blocks: Vec<_> = outermost().filter(|it| groups[it.0].style == Style::Block).collect();
        if !blocks.is_empty() {
            return self.to_break.extend(blocks.into_iter().map(|it| Choice::Group(it.0)));
        }
        let operator_depth = self.operators.iter().map(|it| it.1).min();
        if let Some(depth) = operator_depth.filter(|&it| it <= list_depth) {
            let operators = self.operators.iter().filter(|it| it.1 == depth);
            return self.to_break.extend(operators.map(|it| Choice::Operator(it.0)));
        }
        let longest = outermost().max_by_key(|it| it.2.unwrap_or(usize::MAX).saturating_sub(it.1));
        self.to_break.extend(longest.map(|it| Choice::Group(it.0)));
    }

    fn breaks_line(&self, previous: &Piece, piece: &Piece) -> bool {
        let author = piece.breaks_before > 0;
        if previous.is_line_comment() {
            return true;
        }
        if piece.is_comment() {
            return author;
        }
        if let Some(group) = piece.closes {
            return self.breaks.groups[group] != Break::Flat && !self.source.groups[group].is_empty;
        }
        if matches!(piece.kind, T![,] | T![;]) || (joins_line(piece) && !previous.is_comment()) {
            return false;
        }
        if piece.starts_item {
            return match self.open.last() {
                None => true,
                Some(&(group, _)) => match (self.source.groups[group].style, self.breaks.groups[group]) {
                    (Style::Block, state) => state != Break::Flat,
                    (Style::List, Break::Width) => true,
                    (Style::List, Break::Author) => author || previous.opens.is_some(),
                    (Style::List, Break::Flat) => author,
                },
            };
        }
        author || previous.opens.is_some_and(|group| self.breaks.groups[group] != Break::Flat)
    }

    fn indent_of(&self, index: usize) -> usize {
        let piece = &self.source.pieces[index];
        if piece.closes.is_some() {
            return self.open.last().map_or(0, |it| it.1);
        }
        let content = self.open.last().map_or(0, |it| it.1 + 1);
        let next = self.code[index].map(|it| &self.source.pieces[it]);
        let is_content = next.is_none_or(|it| {
            it.starts_item || it.is_flush || it.closes.is_some() || joins_line(it) || it.ends_bodies > 0
        });
        let follows_open = index > 0 && self.source.pieces[index - 1].opens.is_some();
        if is_content || follows_open { content } else { content + 1 }
    }

    /// One blank line of the author's stays, between items.
    fn keeps_blank(&self, previous: &Piece, piece: &Piece) -> bool {
        piece.breaks_before > 1
            && previous.opens.is_none()
            && piece.closes.is_none()
            && (piece.starts_item || piece.is_comment() || piece.is_flush || previous.is_comment())
    }

    /// The last item of a broken list ends with a comma.
    fn gains_comma(&self, index: usize) -> bool {
        let Some(&(group, _)) = self.open.last() else { return false };
        let facts = &self.source.groups[group];
        let is_last = facts.last == Some(index) && self.source.pieces[index].opens.is_none();
        is_last
            && self.breaks.groups[group] != Break::Flat
            && takes_comma(facts)
            && self.source.pieces[index].kind != T![,]
    }
}

/// `否则`, `捕获` and the `{` of a block follow on the line before them.
fn joins_line(piece: &Piece) -> bool {
    match piece.kind {
        T![否则] | T![否则如果] | T![捕获] | T![最终] => true,
        T!['{'] => {
            matches!(
                piece.parent,
                BLOCK | FIELD_LIST | VARIANT_LIST | MEMBER_LIST | MATCH_EXPR | SELECT_EXPR | EXTERN_BLOCK
            ) && !piece.starts_item
        }
        _ => false,
    }
}

/// A line may begin with it, and reads well so.
fn is_loose_operator(piece: &Piece) -> bool {
    piece.parent == BINARY_EXPR && matches!(piece.kind, T![且] | T![或] | T![&&] | T![||] | T![??])
}

fn may_break(group: &Group) -> bool {
    if group.is_empty || group.owner == SELECT_ARM {
        return false;
    }
    group.style == Style::Block
        || matches!(
            group.owner,
            ARG_LIST | PARAM_LIST | ARRAY_EXPR | MAP_EXPR | STRUCT_EXPR | TUPLE_EXPR | TUPLE_FIELD_LIST | IMPORT_LIST
        )
}

fn takes_comma(group: &Group) -> bool {
    match group.owner {
        TUPLE_EXPR | TUPLE_TYPE | TUPLE_PATTERN => group.n_items > 1,
        ARG_LIST | PARAM_LIST | ARRAY_EXPR | MAP_EXPR | STRUCT_EXPR | TUPLE_FIELD_LIST | IMPORT_LIST => true,
        _ => false,
    }
}
