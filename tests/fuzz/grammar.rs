//! Changes a program by whole nodes of its tree: one is replaced by another of the same kind, from any program of the
//! suite, or removed, or written twice.

use crate::any_of;

use qi_base::{FileId, Id};
use qi_syntax::{SyntaxNode, parse};
use qi_tests::random::Random;
use std::ops::Range;

/// Nodes looked at before giving up on finding one of the wanted kind.
const TRIES: usize = 8;

pub fn mutate(random: &mut Random, sources: &[String]) -> String {
    let mut text = any_of(random, sources).to_owned();
    for _ in 0..=random.below(3) {
        let nodes = nodes(&text);
        let Some(node) = nodes.get(random.below(nodes.len())) else { return text };
        let range = range(node);
        let replacement = match random.below(6) {
            0 => String::new(),
            1 => format!("{node} {node}"),
            2 => same_kind(random, node, &nodes).unwrap_or_default(),
            _ => another(random, node, sources),
        };
        text.replace_range(range, &replacement);
    }
    text
}

fn another(random: &mut Random, node: &SyntaxNode, sources: &[String]) -> String {
    for _ in 0..TRIES {
        let others = nodes(any_of(random, sources));
        if let Some(text) = same_kind(random, node, &others) {
            return text;
        }
    }
    String::new()
}

fn same_kind(random: &mut Random, node: &SyntaxNode, nodes: &[SyntaxNode]) -> Option<String> {
    let same: Vec<_> = nodes.iter().filter(|it| it.kind() == node.kind()).collect();
    same.get(random.below(same.len())).map(|it| it.to_string())
}

fn nodes(text: &str) -> Vec<SyntaxNode> {
    parse(FileId::from_index(0), text).syntax().descendants().skip(1).collect()
}

fn range(node: &SyntaxNode) -> Range<usize> {
    let range = node.text_range();
    range.start().into()..range.end().into()
}
