//! Patterns. Every bare name becomes a binding: whether it is a variant only types can tell.

use super::body::BodyBuilder;
use super::{expr, types};
use crate::{ExprId, ExprKind, Literal, LocalId, LocalKind, PatId, PatKind, UnaryOp};
use qi_base::{Name, Span};
use qi_syntax::ast::{self, Pattern};
use rustc_hash::FxHashMap;

/// What the bindings of one pattern share.
struct Bindings {
    kind: LocalKind,
    /// Alternatives of `甲 | 乙` bind the same variables.
    known: FxHashMap<Name, LocalId>,
}

impl BodyBuilder<'_, '_> {
    pub fn pattern(&mut self, pattern: Option<Pattern>, kind: LocalKind, at: Span) -> PatId {
        let mut bindings = Bindings { kind, known: FxHashMap::default() };
        self.pattern_or_error(pattern, &mut bindings, at)
    }

    /// A pattern whose names are declared in the innermost block.
    pub fn declared_pattern(&mut self, pattern: Option<Pattern>, kind: LocalKind, at: Span) -> PatId {
        let first = self.body.locals.next_id();
        let pat = self.pattern(pattern, kind, at);
        for id in self.body.locals.ids_from(first) {
            let local = &self.body.locals[id];
            let (name, span) = (local.name, local.span);
            self.declare(name, span);
        }
        pat
    }

    fn pattern_or_error(&mut self, pattern: Option<Pattern>, bindings: &mut Bindings, at: Span) -> PatId {
        match pattern {
            Some(pattern) => self.pattern_node(pattern, bindings),
            None => self.alloc_pat(PatKind::Error, at),
        }
    }

    fn pattern_node(&mut self, pattern: Pattern, bindings: &mut Bindings) -> PatId {
        let span = self.ctx.span(&pattern);
        let kind = match pattern {
            Pattern::Paren(it) => return self.pattern_or_error(it.inner(), bindings, span),
            Pattern::Wildcard(_) => PatKind::Wildcard,
            Pattern::Binding(it) => match it.name() {
                Some(name) => PatKind::Bind(self.binding(&name, bindings)),
                None => PatKind::Error,
            },
            Pattern::Literal(it) => literal_pattern(&it),
            Pattern::Range(it) => self.range_pattern(&it),
            Pattern::Or(it) => self.or_pattern(&it, bindings),
            Pattern::Tuple(it) => PatKind::Tuple(self.pattern_list(it.elements(), bindings)),
            Pattern::Array(it) => self.array_pattern(&it, bindings),
            Pattern::Rest(_) => {
                self.ctx.unsupported(span, "这里的“..”模式", "the pattern `..` here");
                PatKind::Error
            }
            Pattern::Path(it) => match it.path() {
                Some(path) => PatKind::Path(types::path(self.ctx, &path)),
                None => PatKind::Error,
            },
            Pattern::Variant(it) => match it.path() {
                Some(path) => {
                    let path = types::path(self.ctx, &path);
                    PatKind::Variant { path, args: self.pattern_list(it.elements(), bindings) }
                }
                None => PatKind::Error,
            },
            Pattern::Struct(it) => self.struct_pattern(&it, bindings),
        };
        self.alloc_pat(kind, span)
    }

    /// The parts of a tuple or a variant; `..` may stand among them once.
    fn pattern_list(&mut self, items: impl Iterator<Item = Pattern>, bindings: &mut Bindings) -> Vec<PatId> {
        let mut has_rest = false;
        let mut part = |it: Pattern| match &it {
            Pattern::Rest(rest) if rest.name().is_none() && !has_rest => {
                has_rest = true;
                self.alloc_pat(PatKind::Rest, self.ctx.span(&it))
            }
            _ => self.pattern_node(it, bindings),
        };
        items.map(&mut part).collect()
    }

    fn binding(&mut self, name: &ast::Name, bindings: &mut Bindings) -> LocalId {
        let span = self.ctx.span(name);
        let name = name.name();
        if let Some(&known) = bindings.known.get(&name) {
            return known;
        }
        self.local(name, bindings.kind, span)
    }

    fn or_pattern(&mut self, pattern: &ast::OrPattern, bindings: &mut Bindings) -> PatKind {
        let mut alternatives = Vec::new();
        let outer = bindings.known.clone();
        for alternative in pattern.alternatives() {
            let first = self.body.locals.next_id();
            alternatives.push(self.pattern_node(alternative, bindings));
            let new: Vec<_> = self.body.locals.ids_from(first).collect();
            for id in new {
                bindings.known.entry(self.body.locals[id].name).or_insert(id);
            }
        }
        bindings.known = outer;
        PatKind::Or(alternatives)
    }

    fn range_pattern(&mut self, pattern: &ast::RangePattern) -> PatKind {
        let start = pattern.start().map(|it| self.literal_bound(&it));
        let end = pattern.end().map(|it| self.literal_bound(&it));
        PatKind::Range { start, end, inclusive: pattern.is_inclusive() }
    }

    fn literal_bound(&mut self, pattern: &ast::LiteralPattern) -> ExprId {
        let span = self.ctx.span(pattern);
        let Some(literal) = pattern.literal().and_then(|it| expr::literal(&it)) else { return self.error(span) };
        let value = self.alloc(ExprKind::Literal(literal), span);
        if pattern.is_negative() {
            return self.alloc(ExprKind::Unary { op: UnaryOp::Neg, operand: value }, span);
        }
        value
    }

    fn array_pattern(&mut self, pattern: &ast::ArrayPattern, bindings: &mut Bindings) -> PatKind {
        let (mut before, mut after, mut rest) = (Vec::new(), Vec::new(), None);
        for element in pattern.elements() {
            match element {
                Pattern::Rest(it) => {
                    if rest.is_some() {
                        let span = self.ctx.span(&it);
                        self.ctx.unsupported(span, "一个数组模式里的第二个“..”", "a second `..` in one array pattern");
                    }
                    rest = Some(it.name().map(|name| self.binding(&name, bindings)));
                }
                other => {
                    let list = if rest.is_some() { &mut after } else { &mut before };
                    list.push(self.pattern_node(other, bindings));
                }
            }
        }
        PatKind::Array { before, rest, after }
    }

    fn struct_pattern(&mut self, pattern: &ast::StructPattern, bindings: &mut Bindings) -> PatKind {
        let Some(path) = pattern.path() else { return PatKind::Error };
        let path = types::path(self.ctx, &path);
        let mut fields = Vec::new();
        for field in pattern.fields() {
            let Some(name) = field.name() else { continue };
            let pat = match field.pattern() {
                Some(pattern) => self.pattern_node(pattern, bindings),
                None => {
                    let local = self.binding(&name, bindings);
                    let span = self.ctx.span(&name);
                    self.alloc_pat(PatKind::Bind(local), span)
                }
            };
            fields.push((name.name(), pat));
        }
        PatKind::Struct { path, fields, rest: pattern.has_rest() }
    }
}

fn literal_pattern(pattern: &ast::LiteralPattern) -> PatKind {
    match pattern.literal().and_then(|it| expr::literal(&it)) {
        Some(value) => match value {
            Literal::Str(_) | Literal::Char(_) | Literal::Bool(_) | Literal::Unit if pattern.is_negative() => {
                PatKind::Error
            }
            value => PatKind::Literal { value, negative: pattern.is_negative() },
        },
        None => PatKind::Error,
    }
}
