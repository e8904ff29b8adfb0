//! The lossless tree: rowan nodes and tokens over [`SyntaxKind`]. Joining all tokens gives the source text back.

use crate::SyntaxKind;

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum QiLanguage {}

impl rowan::Language for QiLanguage {
    type Kind = SyntaxKind;
    fn kind_from_raw(raw: rowan::SyntaxKind) -> SyntaxKind {
        SyntaxKind::from_raw(raw.0)
    }
    fn kind_to_raw(kind: SyntaxKind) -> rowan::SyntaxKind {
        rowan::SyntaxKind(kind as u16)
    }
}

pub type SyntaxNode = rowan::SyntaxNode<QiLanguage>;
pub type SyntaxToken = rowan::SyntaxToken<QiLanguage>;
pub type SyntaxElement = rowan::SyntaxElement<QiLanguage>;
