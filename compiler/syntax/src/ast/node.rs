//! What all views share: casting, child lookup, names, paths, and the statements of a block.

use super::{Expr, ExprStmt, GenericArgList, Item, Pattern, Type};
use crate::punct::is_invisible;
use crate::{SyntaxKind, SyntaxNode, SyntaxToken};
use qi_base::{FileId, Span};
use rowan::TextRange;

/// A typed view of a tree node.
pub trait AstNode: Sized {
    fn can_cast(kind: SyntaxKind) -> bool;
    fn cast(node: SyntaxNode) -> Option<Self>;
    fn syntax(&self) -> &SyntaxNode;
    /// Without leading and trailing trivia.
    fn text_range(&self) -> TextRange {
        self.syntax().text_range()
    }
    fn span(&self, file: FileId) -> Span {
        let range = self.text_range();
        Span::new(file, range.start().into(), range.end().into())
    }
}

/// Declares one struct per node kind.
macro_rules! ast_nodes {
    ($($(#[$doc:meta])* $name:ident = $kind:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, Debug)]
        pub struct $name($crate::SyntaxNode);
        impl $crate::ast::AstNode for $name {
            fn can_cast(kind: $crate::SyntaxKind) -> bool {
                kind == $crate::SyntaxKind::$kind
            }
            fn cast(node: $crate::SyntaxNode) -> Option<Self> {
                (node.kind() == $crate::SyntaxKind::$kind).then_some(Self(node))
            }
            fn syntax(&self) -> &$crate::SyntaxNode {
                &self.0
            }
        }
    )*};
}

/// Declares an enum over views.
macro_rules! ast_enum {
    ($(#[$doc:meta])* $name:ident { $($variant:ident($ty:ty),)* }) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, Debug)]
        pub enum $name {
            $($variant($ty),)*
        }
        impl $crate::ast::AstNode for $name {
            fn can_cast(kind: $crate::SyntaxKind) -> bool {
                $(<$ty>::can_cast(kind))||*
            }
            fn cast(node: $crate::SyntaxNode) -> Option<Self> {
                let kind = node.kind();
                $(if <$ty>::can_cast(kind) {
                    return <$ty>::cast(node).map(Self::$variant);
                })*
                None
            }
            fn syntax(&self) -> &$crate::SyntaxNode {
                match self {
                    $(Self::$variant(it) => it.syntax(),)*
                }
            }
        }
        $(impl From<$ty> for $name {
            fn from(it: $ty) -> Self {
                Self::$variant(it)
            }
        })*
    };
}
pub(super) use {ast_enum, ast_nodes};

// Children are looked up by kind, which looks at the green tree: only what is found becomes a cursor.
pub(super) fn child<N: AstNode>(node: &SyntaxNode) -> Option<N> {
    node.first_child_by_kind(&N::can_cast).and_then(N::cast)
}
pub(super) fn children<N: AstNode>(node: &SyntaxNode) -> impl Iterator<Item = N> + use<N> {
    node.children().by_kind(N::can_cast).filter_map(N::cast)
}
pub(super) fn token(node: &SyntaxNode, kind: SyntaxKind) -> Option<SyntaxToken> {
    node.first_child_or_token_by_kind(&|it| it == kind)?.into_token()
}
pub(super) fn has(node: &SyntaxNode, kind: SyntaxKind) -> bool {
    token(node, kind).is_some()
}
/// The first child of type `N` that starts after the first token of `kind`.
pub(super) fn child_after<N: AstNode>(node: &SyntaxNode, kind: SyntaxKind) -> Option<N> {
    let start = token(node, kind)?.text_range().end();
    children(node).find(|it: &N| it.text_range().start() >= start)
}
/// The first child of type `N` that ends before the first token of `kind` (or anywhere if there is none).
pub(super) fn child_before<N: AstNode>(node: &SyntaxNode, kind: SyntaxKind) -> Option<N> {
    let end = token(node, kind).map(|it| it.text_range().start());
    children(node).find(|it: &N| end.is_none_or(|end| it.text_range().end() <= end))
}

ast_nodes! {
    /// An identifier where it is declared or used; may be a reserved word after `.` or as a field name.
    Name = NAME;
    /// `模块.类型<T>` in types, patterns and struct literals.
    Path = PATH;
    PathSegment = PATH_SEGMENT;
    /// `{ … }`; as the body of a 选择 arm without braces.
    Block = BLOCK;
    /// `变量 x: T = e` and `常量 …`, local or at file level.
    LetStmt = LET;
}

impl Name {
    pub fn token(&self) -> Option<SyntaxToken> {
        self.0.first_token()
    }
    /// NFC-normalised, without blanks, characters that cannot be seen and the brackets of a raw identifier; 自身 reads 自己.
    pub fn name(&self) -> qi_base::Name {
        let token = self.token();
        match &token {
            Some(token) if token.kind() == T![自己] => qi_base::Name::new("自己"),
            Some(token) => {
                let text = crate::without_brackets(token.text());
                // Reported by the lexer or the parser; such a name means what it looks like.
                let is_nothing = |it: char| is_invisible(it) || it.is_whitespace();
                if text.contains(is_nothing) {
                    return qi_base::Name::new(&text.replace(is_nothing, ""));
                }
                qi_base::Name::new(text)
            }
            None => qi_base::Name::new(""),
        }
    }
    /// Written `『…』`.
    pub fn is_raw(&self) -> bool {
        self.token().is_some_and(|it| it.text().starts_with('『'))
    }
}

impl Path {
    pub fn segments(&self) -> impl Iterator<Item = PathSegment> + use<> {
        children(&self.0)
    }
    /// The names of the segments.
    pub fn names(&self) -> Vec<qi_base::Name> {
        self.segments().filter_map(|it| it.name()).map(|it| it.name()).collect()
    }
    pub fn last_segment(&self) -> Option<PathSegment> {
        self.segments().last()
    }
}

impl PathSegment {
    pub fn name(&self) -> Option<Name> {
        child(&self.0)
    }
    pub fn generic_args(&self) -> Option<GenericArgList> {
        child(&self.0)
    }
    pub fn is_self(&self) -> bool {
        self.name().and_then(|it| it.token()).is_some_and(|it| it.kind() == T![自己])
    }
}

ast_enum! {
    /// One statement; declarations may stand wherever statements do. File-level and local 变量/常量 are both `Let`.
    Statement {
        Let(LetStmt),
        Expr(ExprStmt),
        Item(Item),
    }
}

impl Block {
    pub fn statements(&self) -> impl Iterator<Item = Statement> + use<> {
        children(&self.0)
    }
    /// The single expression of the braces: the value of a 如果 branch or a 匹配 arm.
    pub fn single_expr(&self) -> Option<Expr> {
        let mut statements = self.statements();
        match (statements.next(), statements.next()) {
            (Some(Statement::Expr(statement)), None) => statement.expr(),
            _ => None,
        }
    }
    /// `{}`: an empty dictionary where one is expected.
    pub fn is_empty(&self) -> bool {
        self.statements().next().is_none()
    }
    pub fn close_brace(&self) -> Option<SyntaxToken> {
        token(&self.0, T!['}'])
    }
}

impl LetStmt {
    pub fn is_public(&self) -> bool {
        has(&self.0, T![公开])
    }
    /// `_ = f()`: declares nothing.
    pub fn is_discard(&self) -> bool {
        !has(&self.0, T![变量]) && !self.is_constant()
    }
    /// 常量
    pub fn is_constant(&self) -> bool {
        has(&self.0, T![常量])
    }
    pub fn pattern(&self) -> Option<Pattern> {
        child(&self.0)
    }
    /// Written with `=`, even if the value is missing.
    pub fn has_initializer(&self) -> bool {
        has(&self.0, T![=])
    }
    /// The name, when the pattern is a plain binding.
    pub fn name(&self) -> Option<Name> {
        match self.pattern()? {
            Pattern::Binding(it) => it.name(),
            _ => None,
        }
    }
    pub fn ty(&self) -> Option<Type> {
        child(&self.0)
    }
    pub fn value(&self) -> Option<Expr> {
        child(&self.0)
    }
    /// The text of the `///` lines directly above, without the slashes.
    pub fn doc(&self) -> Option<String> {
        doc_text(&self.0)
    }
}

/// The documentation comment directly above a node: lines joined by `\n`, one leading blank of each removed.
pub(super) fn doc_text(node: &SyntaxNode) -> Option<String> {
    let mut lines = Vec::new();
    let mut element = node.prev_sibling_or_token();
    while let Some(it) = element {
        let Some(token) = it.as_token() else { break };
        match token.kind() {
            SyntaxKind::DOC_COMMENT => {
                let line = token.text().trim_start_matches(['/', '／']);
                lines.push(line.strip_prefix(' ').unwrap_or(line).trim_end().to_owned());
            }
            SyntaxKind::WHITESPACE if token.text().matches('\n').count() <= 1 => {}
            _ => break,
        }
        element = it.prev_sibling_or_token();
    }
    lines.reverse();
    (!lines.is_empty()).then(|| lines.join("\n"))
}
