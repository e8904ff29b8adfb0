//! Proof that a formatted text is the same program: same nodes, same tokens but for punctuation width and commas before
//! closing brackets. Knows nothing of how the formatter works.

use qi_base::{FileId, Id};
use qi_syntax::{NodeOrToken, WalkEvent};
use qi_syntax::{SyntaxKind, SyntaxNode, SyntaxToken, T};

pub(crate) fn reads_the_same(before: &SyntaxNode, after: &str) -> bool {
    let after = qi_syntax::parse(FileId::from_index(0), after);
    after.errors.is_empty() && summary(before) == summary(after.syntax())
}

#[derive(PartialEq)]
enum Fact {
    Enter(SyntaxKind),
    Leave,
    /// The text only where it is the author's.
    Token(SyntaxKind, Option<String>),
}

fn summary(root: &SyntaxNode) -> Vec<Fact> {
    let mut facts = Vec::new();
    for event in root.preorder_with_tokens() {
        match event {
            WalkEvent::Enter(NodeOrToken::Node(node)) => facts.push(Fact::Enter(node.kind())),
            WalkEvent::Leave(NodeOrToken::Node(_)) => facts.push(Fact::Leave),
            WalkEvent::Enter(NodeOrToken::Token(token)) => facts.extend(fact(&token)),
            WalkEvent::Leave(NodeOrToken::Token(_)) => {}
        }
    }
    facts
}

fn fact(token: &SyntaxToken) -> Option<Fact> {
    let kind = token.kind();
    let text = match kind {
        SyntaxKind::WHITESPACE | SyntaxKind::EOF => return None,
        T![,] if closes_next(token) => return None,
        // Numbers and keywords may change width and nothing else.
        SyntaxKind::INT | SyntaxKind::FLOAT => None,
        SyntaxKind::COMMENT | SyntaxKind::DOC_COMMENT => Some(token.text().trim_end().to_owned()),
        kind if kind.is_punctuation() || kind == SyntaxKind::HOLE_END => None,
        _ => Some(token.text().to_owned()),
    };
    Some(Fact::Token(kind, text))
}

fn closes_next(comma: &SyntaxToken) -> bool {
    let mut next = comma.next_token();
    while let Some(token) = next {
        if !token.kind().is_trivia() {
            return matches!(token.kind(), T![')'] | T![']'] | T!['}']);
        }
        next = token.next_token();
    }
    false
}
