//! Views of types.

use super::node::{ast_enum, ast_nodes, child, children, has};
use super::{AstNode, Path, RetType};

ast_nodes! {
    /// `整数`, `字典<K, V>`, `模块.类型`, `空`, `自己`
    PathType = PATH_TYPE;
    /// `[T]`
    ArrayType = ARRAY_TYPE;
    /// `T?`
    OptionType = OPTION_TYPE;
    /// `(A, B)`, `()`
    TupleType = TUPLE_TYPE;
    ParenType = PAREN_TYPE;
    /// `函数(A, 可变 B): R`
    FunctionType = FUNCTION_TYPE;
    FunctionTypeParam = FUNCTION_TYPE_PARAM;
    /// `任意 特性`
    AnyType = ANY_TYPE;
    /// `<T, U>` or `::<T, U>` at a use.
    GenericArgList = GENERIC_ARG_LIST;
}

ast_enum! {
    Type {
        Path(PathType),
        Array(ArrayType),
        Option(OptionType),
        Tuple(TupleType),
        Paren(ParenType),
        Function(FunctionType),
        Any(AnyType),
    }
}

impl PathType {
    pub fn path(&self) -> Option<Path> {
        child(self.syntax())
    }
}
impl ArrayType {
    pub fn element(&self) -> Option<Type> {
        child(self.syntax())
    }
}
impl OptionType {
    pub fn inner(&self) -> Option<Type> {
        child(self.syntax())
    }
}
impl TupleType {
    pub fn elements(&self) -> impl Iterator<Item = Type> + use<> {
        children(self.syntax())
    }
}
impl ParenType {
    pub fn inner(&self) -> Option<Type> {
        child(self.syntax())
    }
}
impl FunctionType {
    pub fn params(&self) -> impl Iterator<Item = FunctionTypeParam> + use<> {
        children(self.syntax())
    }
    pub fn ret_type(&self) -> Option<Type> {
        child::<RetType>(self.syntax())?.ty()
    }
}
impl FunctionTypeParam {
    pub fn is_mutable(&self) -> bool {
        has(self.syntax(), T![可变])
    }
    pub fn ty(&self) -> Option<Type> {
        child(self.syntax())
    }
}
impl AnyType {
    /// The traits, joined by `+`.
    pub fn traits(&self) -> impl Iterator<Item = Type> + use<> {
        children(self.syntax())
    }
}
impl GenericArgList {
    pub fn types(&self) -> impl Iterator<Item = Type> + use<> {
        children(self.syntax())
    }
}
