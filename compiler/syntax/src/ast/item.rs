//! Views of declarations.

use super::node::{ast_enum, ast_nodes, child, child_after, child_before, children, doc_text, has, token};
use super::{ArgList, AstNode, Block, Expr, LetStmt, Name, Path, Pattern, Statement, Type, cook_quoted};
use crate::{SyntaxKind, SyntaxToken};

ast_nodes! {
    SourceFile = SOURCE_FILE;
    /// `@零分配`, `@内建("name")`
    Attribute = ATTRIBUTE;
    Package = PACKAGE;
    Import = IMPORT;
    ImportPath = IMPORT_PATH;
    ImportList = IMPORT_LIST;
    ImportName = IMPORT_NAME;
    /// `作为 名`
    Alias = ALIAS;
    Function = FUNCTION;
    /// `(自己 点)` of a Go-style method.
    Receiver = RECEIVER;
    ParamList = PARAM_LIST;
    /// Of a function or a closure.
    Param = PARAM;
    RetType = RET_TYPE;
    GenericParamList = GENERIC_PARAM_LIST;
    GenericParam = GENERIC_PARAM;
    BoundList = BOUND_LIST;
    /// 类型
    Struct = STRUCT;
    /// `类型 名 = 类型`
    TypeAlias = TYPE_ALIAS;
    FieldList = FIELD_LIST;
    Field = FIELD;
    Enum = ENUM;
    VariantList = VARIANT_LIST;
    Variant = VARIANT;
    TupleFieldList = TUPLE_FIELD_LIST;
    TupleField = TUPLE_FIELD;
    Trait = TRAIT;
    Impl = IMPL;
    MemberList = MEMBER_LIST;
    /// `外部 "m" { … }`
    ExternBlock = EXTERN_BLOCK;
    /// `测试 "名" { … }`
    Test = TEST;
}

ast_enum! {
    /// A declaration. File-level 变量 and 常量 are [`Statement::Let`].
    Item {
        Package(Package),
        Import(Import),
        Function(Function),
        Struct(Struct),
        TypeAlias(TypeAlias),
        Enum(Enum),
        Trait(Trait),
        Impl(Impl),
        ExternBlock(ExternBlock),
        Test(Test),
    }
}

/// What declarations have in common.
pub trait HasAttributes: AstNode {
    fn attributes(&self) -> impl Iterator<Item = Attribute> {
        children(self.syntax())
    }
    fn attribute(&self, name: &str) -> Option<Attribute> {
        self.attributes().find(|it| it.name().is_some_and(|it| it.name().as_str() == name))
    }
    /// The text of the `///` lines directly above, without the slashes.
    fn doc(&self) -> Option<String> {
        doc_text(self.syntax())
    }
    fn is_public(&self) -> bool {
        has(self.syntax(), T![公开])
    }
    fn is_private(&self) -> bool {
        has(self.syntax(), T![私有])
    }
}
impl HasAttributes for Package {}
impl HasAttributes for Import {}
impl HasAttributes for Function {}
impl HasAttributes for Param {}
impl HasAttributes for Struct {}
impl HasAttributes for TypeAlias {}
impl HasAttributes for Field {}
impl HasAttributes for Enum {}
impl HasAttributes for Variant {}
impl HasAttributes for Trait {}
impl HasAttributes for Impl {}
impl HasAttributes for ExternBlock {}
impl HasAttributes for Test {}
impl HasAttributes for LetStmt {}

impl SourceFile {
    /// Everything in the file, in order.
    pub fn statements(&self) -> impl Iterator<Item = Statement> + use<> {
        children(self.syntax())
    }
    pub fn items(&self) -> impl Iterator<Item = Item> + use<> {
        children(self.syntax())
    }
    pub fn imports(&self) -> impl Iterator<Item = Import> + use<> {
        children(self.syntax())
    }
    pub fn package(&self) -> Option<Package> {
        child(self.syntax())
    }
}

impl Attribute {
    pub fn name(&self) -> Option<Name> {
        child(self.syntax())
    }
    pub fn args(&self) -> Option<ArgList> {
        child(self.syntax())
    }
    /// The first argument when it is a string: `@内建("name")`.
    pub fn string_arg(&self) -> Option<String> {
        match self.args()?.args().next()?.expr()? {
            Expr::Literal(it) => it.string(),
            _ => None,
        }
    }
}

impl Package {
    pub fn path(&self) -> Option<Path> {
        child(self.syntax())
    }
}

impl Import {
    pub fn path(&self) -> Option<ImportPath> {
        child(self.syntax())
    }
    pub fn alias(&self) -> Option<Name> {
        child::<Alias>(self.syntax())?.name()
    }
    /// The names of `::{甲, 乙 作为 丙}`.
    pub fn list(&self) -> Option<ImportList> {
        child(self.syntax())
    }
    /// The `*` of `::*`: all public names.
    pub fn star(&self) -> Option<SyntaxToken> {
        token(self.syntax(), T![*])
    }
}

impl ImportPath {
    /// Starts with `./` or `../`.
    pub fn is_relative(&self) -> bool {
        self.syntax().first_token().is_some_and(|it| matches!(it.kind(), T![.] | T![..]))
    }
    /// How many `../` it starts with; 0 for `./`.
    pub fn ups(&self) -> usize {
        let tokens = self.syntax().children_with_tokens().filter_map(|it| it.into_token());
        tokens.filter(|it| it.kind() == T![..]).count()
    }
    pub fn segments(&self) -> impl Iterator<Item = Name> + use<> {
        children(self.syntax())
    }
}

impl ImportList {
    pub fn names(&self) -> impl Iterator<Item = ImportName> + use<> {
        children(self.syntax())
    }
}
impl ImportName {
    pub fn name(&self) -> Option<Name> {
        child(self.syntax())
    }
    pub fn alias(&self) -> Option<Name> {
        child::<Alias>(self.syntax())?.name()
    }
}
impl Alias {
    pub fn name(&self) -> Option<Name> {
        child(self.syntax())
    }
}

impl Function {
    pub fn name(&self) -> Option<Name> {
        child(self.syntax())
    }
    pub fn generic_params(&self) -> Option<GenericParamList> {
        child(self.syntax())
    }
    pub fn receiver(&self) -> Option<Receiver> {
        child(self.syntax())
    }
    pub fn param_list(&self) -> Option<ParamList> {
        child(self.syntax())
    }
    pub fn params(&self) -> impl Iterator<Item = Param> + use<> {
        self.param_list().into_iter().flat_map(|it| it.params())
    }
    pub fn ret_type(&self) -> Option<Type> {
        child::<RetType>(self.syntax())?.ty()
    }
    /// Also where the type after the `:` is missing.
    pub fn has_ret_type(&self) -> bool {
        child::<RetType>(self.syntax()).is_some()
    }
    pub fn body(&self) -> Option<Block> {
        child(self.syntax())
    }
    pub fn is_async(&self) -> bool {
        has(self.syntax(), T![异步])
    }
    pub fn is_coroutine(&self) -> bool {
        has(self.syntax(), T![协程])
    }
    pub fn is_static(&self) -> bool {
        has(self.syntax(), T![静态])
    }
    pub fn is_export(&self) -> bool {
        has(self.syntax(), T![导出])
    }
    /// The C symbol of `导出 "qi_add" 函数 …`.
    pub fn export_name(&self) -> Option<String> {
        string_after(self, T![导出])
    }
    pub fn function_token(&self) -> Option<SyntaxToken> {
        token(self.syntax(), T![函数])
    }
}

/// The cooked string token that is a direct child, if the keyword is there.
fn string_after(node: &impl AstNode, keyword: SyntaxKind) -> Option<String> {
    token(node.syntax(), keyword)?;
    token(node.syntax(), SyntaxKind::STRING).map(|it| cook_quoted(it.text()))
}

impl Receiver {
    /// 自己 or a name of the user's choice.
    pub fn name(&self) -> Option<Name> {
        child(self.syntax())
    }
    pub fn ty(&self) -> Option<Type> {
        child(self.syntax())
    }
    pub fn is_variable(&self) -> bool {
        has(self.syntax(), T![变量])
    }
}

impl ParamList {
    pub fn params(&self) -> impl Iterator<Item = Param> + use<> {
        children(self.syntax())
    }
}

impl Param {
    pub fn pattern(&self) -> Option<Pattern> {
        child(self.syntax())
    }
    /// The name, when the pattern is a plain binding (`_` has none).
    pub fn name(&self) -> Option<Name> {
        match self.pattern()? {
            Pattern::Binding(it) => it.name(),
            _ => None,
        }
    }
    pub fn ty(&self) -> Option<Type> {
        child(self.syntax())
    }
    pub fn default(&self) -> Option<Expr> {
        child_after(self.syntax(), T![=])
    }
    /// 可变: passed in-out.
    pub fn is_mutable(&self) -> bool {
        has(self.syntax(), T![可变])
    }
    /// `数们...: 整数`
    pub fn is_variadic(&self) -> bool {
        has(self.syntax(), T![...])
    }
}

impl RetType {
    pub fn ty(&self) -> Option<Type> {
        child(self.syntax())
    }
}
impl GenericParamList {
    pub fn params(&self) -> impl Iterator<Item = GenericParam> + use<> {
        children(self.syntax())
    }
}
impl GenericParam {
    pub fn name(&self) -> Option<Name> {
        child(self.syntax())
    }
    pub fn bounds(&self) -> impl Iterator<Item = Type> + use<> {
        child::<BoundList>(self.syntax()).into_iter().flat_map(|it| it.types())
    }
}
impl BoundList {
    pub fn types(&self) -> impl Iterator<Item = Type> + use<> {
        children(self.syntax())
    }
}

impl Struct {
    pub fn name(&self) -> Option<Name> {
        child(self.syntax())
    }
    pub fn generic_params(&self) -> Option<GenericParamList> {
        child(self.syntax())
    }
    pub fn fields(&self) -> impl Iterator<Item = Field> + use<> {
        child::<FieldList>(self.syntax()).into_iter().flat_map(|it| it.fields())
    }
    /// Methods among the fields.
    pub fn functions(&self) -> impl Iterator<Item = Function> + use<> {
        child::<FieldList>(self.syntax()).into_iter().flat_map(|it| children(it.syntax()))
    }
    /// `外部 类型`: C layout.
    pub fn is_extern(&self) -> bool {
        has(self.syntax(), T![外部])
    }
}
impl TypeAlias {
    pub fn name(&self) -> Option<Name> {
        child(self.syntax())
    }
    pub fn generic_params(&self) -> Option<GenericParamList> {
        child(self.syntax())
    }
    pub fn target(&self) -> Option<Type> {
        child(self.syntax())
    }
    /// 外部 means nothing here.
    pub fn is_extern(&self) -> bool {
        has(self.syntax(), T![外部])
    }
}
impl FieldList {
    pub fn fields(&self) -> impl Iterator<Item = Field> + use<> {
        children(self.syntax())
    }
}
impl Field {
    pub fn name(&self) -> Option<Name> {
        child(self.syntax())
    }
    pub fn ty(&self) -> Option<Type> {
        child(self.syntax())
    }
    pub fn default(&self) -> Option<Expr> {
        child_after(self.syntax(), T![=])
    }
}

impl Enum {
    pub fn name(&self) -> Option<Name> {
        child(self.syntax())
    }
    pub fn generic_params(&self) -> Option<GenericParamList> {
        child(self.syntax())
    }
    pub fn variants(&self) -> impl Iterator<Item = Variant> + use<> {
        child::<VariantList>(self.syntax()).into_iter().flat_map(|it| it.variants())
    }
    /// Methods among the variants.
    pub fn functions(&self) -> impl Iterator<Item = Function> + use<> {
        child::<VariantList>(self.syntax()).into_iter().flat_map(|it| children(it.syntax()))
    }
}
impl VariantList {
    pub fn variants(&self) -> impl Iterator<Item = Variant> + use<> {
        children(self.syntax())
    }
}
impl Variant {
    pub fn name(&self) -> Option<Name> {
        child(self.syntax())
    }
    /// `圆(浮点数)`
    pub fn tuple_fields(&self) -> Option<TupleFieldList> {
        child(self.syntax())
    }
    /// `矩形 { 宽: 浮点数 }`
    pub fn record_fields(&self) -> Option<FieldList> {
        child(self.syntax())
    }
    /// The number in `红 = 1`.
    pub fn number(&self) -> Option<Expr> {
        child_after(self.syntax(), T![=])
    }
}
impl TupleFieldList {
    pub fn fields(&self) -> impl Iterator<Item = TupleField> + use<> {
        children(self.syntax())
    }
}
impl TupleField {
    /// Only documentation: `圆(半径: 浮点数)`.
    pub fn name(&self) -> Option<Name> {
        child(self.syntax())
    }
    pub fn ty(&self) -> Option<Type> {
        child(self.syntax())
    }
}

impl Trait {
    pub fn name(&self) -> Option<Name> {
        child(self.syntax())
    }
    pub fn generic_params(&self) -> Option<GenericParamList> {
        child(self.syntax())
    }
    pub fn supertraits(&self) -> impl Iterator<Item = Type> + use<> {
        child::<BoundList>(self.syntax()).into_iter().flat_map(|it| it.types())
    }
    /// Without a body: required; with one: a default.
    pub fn functions(&self) -> impl Iterator<Item = Function> + use<> {
        child::<MemberList>(self.syntax()).into_iter().flat_map(|it| it.functions())
    }
}

impl Impl {
    pub fn generic_params(&self) -> Option<GenericParamList> {
        child(self.syntax())
    }
    /// The trait of `实现 可画 对于 点`, also where 对于 was forgotten.
    pub fn trait_type(&self) -> Option<Type> {
        match has(self.syntax(), T![对于]) {
            true => child_before(self.syntax(), T![对于]),
            false => child(self.syntax()).filter(|_| children::<Type>(self.syntax()).count() == 2),
        }
    }
    /// The type that gets the methods.
    pub fn self_type(&self) -> Option<Type> {
        match has(self.syntax(), T![对于]) {
            true => child_after(self.syntax(), T![对于]),
            false => children(self.syntax()).last(),
        }
    }
    pub fn functions(&self) -> impl Iterator<Item = Function> + use<> {
        child::<MemberList>(self.syntax()).into_iter().flat_map(|it| it.functions())
    }
}
impl MemberList {
    pub fn functions(&self) -> impl Iterator<Item = Function> + use<> {
        children(self.syntax())
    }
}

impl ExternBlock {
    pub fn library(&self) -> Option<String> {
        string_after(self, T![外部])
    }
    pub fn library_token(&self) -> Option<SyntaxToken> {
        token(self.syntax(), SyntaxKind::STRING)
    }
    /// 阻塞: calls run on the blocking pool.
    pub fn is_blocking(&self) -> bool {
        has(self.syntax(), T![阻塞])
    }
    pub fn functions(&self) -> impl Iterator<Item = Function> + use<> {
        children(self.syntax())
    }
    pub fn structs(&self) -> impl Iterator<Item = Struct> + use<> {
        children(self.syntax())
    }
}

impl Test {
    pub fn name(&self) -> Option<String> {
        token(self.syntax(), SyntaxKind::STRING).map(|it| cook_quoted(it.text()))
    }
    pub fn body(&self) -> Option<Block> {
        child(self.syntax())
    }
}
