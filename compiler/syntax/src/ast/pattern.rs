//! Views of patterns.

use super::node::{ast_enum, ast_nodes, child, child_after, child_before, children, has};
use super::{AstNode, Literal, Name, Path};
use crate::SyntaxNode;

ast_nodes! {
    /// `_`
    WildcardPattern = WILDCARD_PATTERN;
    /// A bare name: a binding, or a variant without payload; only names can tell.
    BindingPattern = BINDING_PATTERN;
    /// A literal, perhaps negative.
    LiteralPattern = LITERAL_PATTERN;
    /// `1..5`, `'a'..='z'`, `1 到 5`, `10..`
    RangePattern = RANGE_PATTERN;
    /// `甲 | 乙`
    OrPattern = OR_PATTERN;
    ParenPattern = PAREN_PATTERN;
    TuplePattern = TUPLE_PATTERN;
    /// `[头, ..尾]`
    ArrayPattern = ARRAY_PATTERN;
    /// `..` or `..尾` in an array (or tuple) pattern.
    RestPattern = REST_PATTERN;
    /// `形状.空形`: two segments or more.
    PathPattern = PATH_PATTERN;
    /// `圆(r)`, `形状.圆(r)`, `形状::圆(r)`
    VariantPattern = VARIANT_PATTERN;
    /// `点 { 横, 纵: y, .. }`, also a variant with named fields.
    StructPattern = STRUCT_PATTERN;
    StructPatternField = STRUCT_PATTERN_FIELD;
}

ast_enum! {
    Pattern {
        Wildcard(WildcardPattern),
        Binding(BindingPattern),
        Literal(LiteralPattern),
        Range(RangePattern),
        Or(OrPattern),
        Paren(ParenPattern),
        Tuple(TuplePattern),
        Array(ArrayPattern),
        Rest(RestPattern),
        Path(PathPattern),
        Variant(VariantPattern),
        Struct(StructPattern),
    }
}

impl BindingPattern {
    pub fn name(&self) -> Option<Name> {
        child(self.syntax())
    }
}
impl LiteralPattern {
    pub fn is_negative(&self) -> bool {
        has(self.syntax(), T![-])
    }
    pub fn literal(&self) -> Option<Literal> {
        child(self.syntax())
    }
}

fn range_operator(node: &SyntaxNode) -> Option<crate::SyntaxKind> {
    [T![..], T![..=], T![到], T![直到]].into_iter().find(|&kind| has(node, kind))
}

impl RangePattern {
    pub fn start(&self) -> Option<LiteralPattern> {
        child_before(self.syntax(), range_operator(self.syntax())?)
    }
    pub fn end(&self) -> Option<LiteralPattern> {
        child_after(self.syntax(), range_operator(self.syntax())?)
    }
    /// `..=` or 到
    pub fn is_inclusive(&self) -> bool {
        matches!(range_operator(self.syntax()), Some(T![..=] | T![到]))
    }
}
impl OrPattern {
    pub fn alternatives(&self) -> impl Iterator<Item = Pattern> + use<> {
        children(self.syntax())
    }
}
impl ParenPattern {
    pub fn inner(&self) -> Option<Pattern> {
        child(self.syntax())
    }
}
impl TuplePattern {
    pub fn elements(&self) -> impl Iterator<Item = Pattern> + use<> {
        children(self.syntax())
    }
}
impl ArrayPattern {
    /// At most one of them should be a [`Pattern::Rest`]; not checked here.
    pub fn elements(&self) -> impl Iterator<Item = Pattern> + use<> {
        children(self.syntax())
    }
}
impl RestPattern {
    pub fn name(&self) -> Option<Name> {
        child(self.syntax())
    }
}
impl PathPattern {
    pub fn path(&self) -> Option<Path> {
        child(self.syntax())
    }
}
impl VariantPattern {
    pub fn path(&self) -> Option<Path> {
        child(self.syntax())
    }
    pub fn elements(&self) -> impl Iterator<Item = Pattern> + use<> {
        children(self.syntax())
    }
}
impl StructPattern {
    pub fn path(&self) -> Option<Path> {
        child(self.syntax())
    }
    pub fn fields(&self) -> impl Iterator<Item = StructPatternField> + use<> {
        children(self.syntax())
    }
    /// Ends in `..`.
    pub fn has_rest(&self) -> bool {
        has(self.syntax(), T![..])
    }
}
impl StructPatternField {
    pub fn name(&self) -> Option<Name> {
        child(self.syntax())
    }
    /// `纵: y`; without it the field's name is bound.
    pub fn pattern(&self) -> Option<Pattern> {
        child(self.syntax())
    }
}
