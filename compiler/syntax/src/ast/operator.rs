//! Operators as data; both spellings of a logical operator are one operator.

use crate::{SyntaxKind, SyntaxNode, SyntaxToken};

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PrefixOp {
    /// `-`
    Neg,
    /// `+`
    Plus,
    /// `非`, `!`
    Not,
    /// `~`
    BitNot,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum BinaryOp {
    /// `??`
    Coalesce,
    Or,
    And,
    Eq,
    NotEq,
    Less,
    LessEq,
    Greater,
    GreaterEq,
    BitOr,
    BitXor,
    BitAnd,
    Shl,
    Shr,
    Add,
    Sub,
    Mul,
    Div,
    Rem,
    /// `&+`
    WrappingAdd,
    /// `&-`
    WrappingSub,
    /// `&*`
    WrappingMul,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum AssignOp {
    /// `=`
    Set,
    /// `+=` and so on.
    Compound(BinaryOp),
}

/// The tokens directly in `node` that `read` knows.
pub(super) fn tokens<T: 'static>(
    node: &SyntaxNode,
    read: fn(SyntaxKind) -> Option<T>,
) -> impl Iterator<Item = SyntaxToken> + use<T> {
    node.children_with_tokens().by_kind(move |it| read(it).is_some()).filter_map(|it| it.into_token())
}
pub(super) fn find<T: 'static>(node: &SyntaxNode, read: fn(SyntaxKind) -> Option<T>) -> Option<T> {
    tokens(node, read).find_map(|it| read(it.kind()))
}

impl PrefixOp {
    pub fn from_token(kind: SyntaxKind) -> Option<Self> {
        Some(match kind {
            T![-] => Self::Neg,
            T![+] => Self::Plus,
            T![非] | T![!] => Self::Not,
            T![~] => Self::BitNot,
            _ => return None,
        })
    }
}

impl BinaryOp {
    pub fn from_token(kind: SyntaxKind) -> Option<Self> {
        Some(match kind {
            T![??] => Self::Coalesce,
            T![或] | T![||] => Self::Or,
            T![且] | T![&&] => Self::And,
            T![==] => Self::Eq,
            T![!=] => Self::NotEq,
            T![<] => Self::Less,
            T![<=] => Self::LessEq,
            T![>] => Self::Greater,
            T![>=] => Self::GreaterEq,
            T![|] => Self::BitOr,
            T![^] => Self::BitXor,
            T![&] => Self::BitAnd,
            T![<<] => Self::Shl,
            T![>>] => Self::Shr,
            T![+] => Self::Add,
            T![-] => Self::Sub,
            T![*] => Self::Mul,
            T![/] => Self::Div,
            T![%] => Self::Rem,
            T![&+] => Self::WrappingAdd,
            T![&-] => Self::WrappingSub,
            T![&*] => Self::WrappingMul,
            _ => return None,
        })
    }
    pub fn is_comparison(self) -> bool {
        use BinaryOp::*;
        matches!(self, Eq | NotEq | Less | LessEq | Greater | GreaterEq)
    }
    /// As users write it.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Coalesce => "??",
            Self::Or => "或",
            Self::And => "且",
            Self::Eq => "==",
            Self::NotEq => "!=",
            Self::Less => "<",
            Self::LessEq => "<=",
            Self::Greater => ">",
            Self::GreaterEq => ">=",
            Self::BitOr => "|",
            Self::BitXor => "^",
            Self::BitAnd => "&",
            Self::Shl => "<<",
            Self::Shr => ">>",
            Self::Add => "+",
            Self::Sub => "-",
            Self::Mul => "*",
            Self::Div => "/",
            Self::Rem => "%",
            Self::WrappingAdd => "&+",
            Self::WrappingSub => "&-",
            Self::WrappingMul => "&*",
        }
    }
}

impl AssignOp {
    pub fn from_token(kind: SyntaxKind) -> Option<Self> {
        Some(match kind {
            T![=] => Self::Set,
            T![+=] => Self::Compound(BinaryOp::Add),
            T![-=] => Self::Compound(BinaryOp::Sub),
            T![*=] => Self::Compound(BinaryOp::Mul),
            T![/=] => Self::Compound(BinaryOp::Div),
            T![%=] => Self::Compound(BinaryOp::Rem),
            T![&=] => Self::Compound(BinaryOp::BitAnd),
            T![|=] => Self::Compound(BinaryOp::BitOr),
            T![^=] => Self::Compound(BinaryOp::BitXor),
            T![<<=] => Self::Compound(BinaryOp::Shl),
            T![>>=] => Self::Compound(BinaryOp::Shr),
            T![&+=] => Self::Compound(BinaryOp::WrappingAdd),
            T![&-=] => Self::Compound(BinaryOp::WrappingSub),
            T![&*=] => Self::Compound(BinaryOp::WrappingMul),
            _ => return None,
        })
    }
}
