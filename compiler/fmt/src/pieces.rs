//! The tree as a flat list of pieces (tokens, comments, whole templates) and the bracket groups they lie in, with what
//! layout must know about each.

use qi_syntax::{NodeOrToken, WalkEvent};
use qi_syntax::{SyntaxKind, SyntaxNode, SyntaxToken, T};

/// Something that is written as one.
pub(crate) struct Piece {
    pub(crate) kind: SyntaxKind,
    /// Of the node that holds the token.
    pub(crate) parent: SyntaxKind,
    pub(crate) text: String,
    /// Line breaks before it in the source.
    pub(crate) breaks_before: usize,
    /// The first token of its parent.
    pub(crate) is_first: bool,
    /// The parameters of `(x) => …` begin a closure, those of `f(x)` follow a name.
    pub(crate) begins_closure: bool,
    /// Begins a statement, field, arm or list item of its group.
    pub(crate) starts_item: bool,
    /// Goes on with an item on a line of its own without more indentation: after an attribute.
    pub(crate) is_flush: bool,
    pub(crate) opens: Option<usize>,
    pub(crate) closes: Option<usize>,
    /// Select arms: groups without brackets that begin before, or end before, this piece.
    pub(crate) begins_body: Option<usize>,
    pub(crate) ends_bodies: usize,
}

impl Piece {
    pub(crate) fn is_comment(&self) -> bool {
        matches!(self.kind, SyntaxKind::COMMENT | SyntaxKind::DOC_COMMENT)
    }
    pub(crate) fn is_line_comment(&self) -> bool {
        self.is_comment() && !(self.text.starts_with("/*") || self.text.starts_with("／"))
            || self.is_comment() && self.text.starts_with("／／")
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Style {
    /// Statements, fields, arms: each on a line of its own once there are several lines.
    Block,
    /// Items with commas: keep their author's lines.
    List,
}

pub(crate) struct Group {
    pub(crate) style: Style,
    pub(crate) owner: SyntaxKind,
    pub(crate) depth: usize,
    pub(crate) n_items: usize,
    /// The last token before the closing bracket.
    pub(crate) last: Option<usize>,
    pub(crate) is_empty: bool,
}

pub(crate) struct Source {
    pub(crate) pieces: Vec<Piece>,
    pub(crate) groups: Vec<Group>,
}

impl Source {
    pub(crate) fn new(root: &SyntaxNode) -> Self {
        let mut walk = Walk {
            source: Source { pieces: Vec::new(), groups: Vec::new() },
            open: Vec::new(),
            breaks: 0,
            starts_item: false,
            is_flush: false,
            begins_body: None,
            ends_bodies: 0,
        };
        let mut events = root.preorder_with_tokens();
        while let Some(event) = events.next() {
            match event {
                WalkEvent::Enter(NodeOrToken::Node(node)) => {
                    walk.enter(&node);
                    if node.kind() == SyntaxKind::TEMPLATE {
                        walk.template(&node);
                        events.skip_subtree();
                    }
                }
                WalkEvent::Enter(NodeOrToken::Token(token)) => walk.token(&token),
                WalkEvent::Leave(NodeOrToken::Node(node)) => walk.leave(&node),
                WalkEvent::Leave(NodeOrToken::Token(_)) => {}
            }
        }
        walk.source
    }
}

struct Walk {
    source: Source,
    /// Open groups, innermost last, with the node each belongs to.
    open: Vec<(usize, SyntaxNode)>,
    breaks: usize,
    starts_item: bool,
    is_flush: bool,
    begins_body: Option<usize>,
    ends_bodies: usize,
}

impl Walk {
    fn enter(&mut self, node: &SyntaxNode) {
        let parent = node.parent();
        let owner = self.open.last().map(|(_, owner)| owner);
        let is_item = match owner {
            Some(owner) => parent.as_ref() == Some(owner),
            None => parent.as_ref().is_some_and(|it| it.kind() == SyntaxKind::SOURCE_FILE),
        };
        if is_item {
            self.starts_item = true;
            if let Some(&(group, _)) = self.open.last() {
                self.source.groups[group].n_items += 1;
            }
        }
        let is_bare = |it: &SyntaxToken| it.kind() != T!['{'];
        let is_arm_body = node.kind() == SyntaxKind::BLOCK
            && parent.is_some_and(|it| it.kind() == SyntaxKind::SELECT_ARM)
            && node.children_with_tokens().next().is_some_and(|it| match it {
                NodeOrToken::Token(token) => is_bare(&token),
                NodeOrToken::Node(_) => true,
            });
        if is_arm_body {
            let group = self.new_group(Style::Block, SyntaxKind::SELECT_ARM);
            self.begins_body = Some(group);
            self.open.push((group, node.clone()));
        }
    }

    fn leave(&mut self, node: &SyntaxNode) {
        if node.kind() == SyntaxKind::ATTRIBUTE {
            self.is_flush = true;
        }
        let is_bare_body = self
            .open
            .last()
            .is_some_and(|(group, owner)| owner == node && self.source.groups[*group].owner == SyntaxKind::SELECT_ARM);
        if is_bare_body {
            self.open.pop();
            self.ends_bodies += 1;
        }
    }

    fn new_group(&mut self, style: Style, owner: SyntaxKind) -> usize {
        let depth = self.open.len();
        self.source.groups.push(Group { style, owner, depth, n_items: 0, last: None, is_empty: true });
        self.source.groups.len() - 1
    }

    fn token(&mut self, token: &SyntaxToken) {
        match token.kind() {
            SyntaxKind::WHITESPACE => self.breaks += token.text().matches('\n').count(),
            SyntaxKind::EOF => {}
            _ => self.push(token, canonical(token)),
        }
    }

    /// A template is one piece: line breaks and blanks in its holes are the author's.
    fn template(&mut self, node: &SyntaxNode) {
        if let Some(first) = node.first_token() {
            self.push(&first, node.text().to_string());
        }
    }

    fn push(&mut self, token: &SyntaxToken, text: String) {
        let index = self.source.pieces.len();
        let parent = token.parent();
        let parent_kind = parent.as_ref().map_or(SyntaxKind::SOURCE_FILE, |it| it.kind());
        let is_comment = matches!(token.kind(), SyntaxKind::COMMENT | SyntaxKind::DOC_COMMENT);
        let closes = matches!(token.kind(), T![')'] | T![']'] | T!['}']).then(|| self.open.pop()).flatten();
        if let Some(&(group, _)) = self.open.last() {
            let group = &mut self.source.groups[group];
            group.is_empty = false;
            if !is_comment {
                group.last = Some(index);
            }
        }
        let is_first = parent.as_ref().and_then(|it| it.first_token()).as_ref() == Some(token);
        let grandparent = parent.as_ref().and_then(|it| it.parent());
        let begins_closure = is_first
            && grandparent
                .is_some_and(|it| it.kind() == SyntaxKind::CLOSURE_EXPR && it.first_token().as_ref() == Some(token));
        let piece = Piece {
            kind: token.kind(),
            parent: parent_kind,
            text,
            breaks_before: std::mem::take(&mut self.breaks),
            is_first,
            begins_closure,
            starts_item: !is_comment && std::mem::take(&mut self.starts_item),
            is_flush: !is_comment && std::mem::take(&mut self.is_flush),
            opens: None,
            closes: closes.map(|(group, _)| group),
            begins_body: if is_comment { None } else { self.begins_body.take() },
            ends_bodies: std::mem::take(&mut self.ends_bodies),
        };
        self.source.pieces.push(piece);
        if let (T!['('] | T!['['] | T!['{'], Some(parent)) = (token.kind(), parent) {
            let group = self.new_group(style(parent_kind), parent_kind);
            self.source.pieces[index].opens = Some(group);
            self.open.push((group, parent));
        }
    }
}

fn style(owner: SyntaxKind) -> Style {
    use SyntaxKind::*;
    match owner {
        BLOCK | MATCH_EXPR | SELECT_EXPR | FIELD_LIST | VARIANT_LIST | MEMBER_LIST | EXTERN_BLOCK => Style::Block,
        _ => Style::List,
    }
}

/// Half-width punctuation and digits; everything else as written.
fn canonical(token: &SyntaxToken) -> String {
    let kind = token.kind();
    match kind {
        SyntaxKind::INT | SyntaxKind::FLOAT => token.text().chars().map(qi_syntax::half_width).collect(),
        SyntaxKind::COMMENT | SyntaxKind::DOC_COMMENT => token.text().trim_end().to_owned(),
        kind if kind.is_punctuation() => kind.text().unwrap_or(token.text()).to_owned(),
        _ => token.text().to_owned(),
    }
}
