//! Names of one file that look the same and are not: `а` and `a`, `ａ` and `a`. Looks at all names, declared and used, once
//! each. Pairs of ASCII names are left alone: who programs knows `l` and `1`.

use super::context::Ctx;
use crate::diagnostics;
use qi_base::{Name, Span};
use qi_syntax::ast::{self, AstNode};
use qi_syntax::is_identifier_continue;
use rustc_hash::FxHashMap;
use unicode_security::confusable_detection::skeleton;

pub(super) fn check(ctx: &mut Ctx, text: &str, file: &ast::SourceFile) {
    if is_plain(text) {
        return;
    }
    let mut first_uses: Vec<(Name, Span)> = Vec::new();
    let mut seen: FxHashMap<Name, ()> = FxHashMap::default();
    for it in file.syntax().descendants().filter_map(ast::Name::cast) {
        let name = it.name();
        if seen.insert(name, ()).is_none() {
            first_uses.push((name, ctx.span(&it)));
        }
    }
    if first_uses.iter().all(|it| is_plain(it.0.as_str())) {
        return;
    }
    let mut looks: FxHashMap<String, (Name, Span)> = FxHashMap::default();
    for (name, span) in first_uses {
        let first = *looks.entry(skeleton(name.as_str()).collect()).or_insert((name, span));
        let both_ascii = first.0.as_str().is_ascii() && name.as_str().is_ascii();
        if first.0 != name && !both_ascii {
            ctx.report(diagnostics::confusable_names(span, name.as_str(), first.1, first.0.as_str()));
        }
    }
}

/// The only letters are ASCII and Han, which nothing else in such a text looks like.
fn is_plain(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii() || matches!(c, '\u{4E00}'..='\u{9FFF}') || !is_identifier_continue(c))
}
