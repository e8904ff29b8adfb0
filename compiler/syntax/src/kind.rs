//! Every kind of token and node, in one table; `T![如果]` and `T!['(']` name a token by what it looks like.
//! Both widths of a punctuation mark are the same kind. Contextual words are lexed as `IDENT`; the parser gives them
//! their keyword kind where their construct starts.

macro_rules! kinds {
    (
        punctuation { $($punct:ident [$($punct_tok:tt)+] $punct_text:literal,)* }
        reserved { $($kw:ident [$kw_tok:ident] $($kw_text:literal)|+,)* }
        contextual { $($ctx:ident [$ctx_tok:ident],)* }
        tokens { $($token:ident $(#[$token_doc:meta])*,)* }
        nodes { $($node:ident,)* }
    ) => {
        /// The kind of a token or a node of the tree.
        #[expect(non_camel_case_types, reason = "kinds are written as in the grammar")]
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        #[repr(u16)]
        pub enum SyntaxKind {
            $($punct,)*
            $($kw,)*
            $($ctx,)*
            $($(#[$token_doc])* $token,)*
            $($node,)*
        }

        /// Kinds by their number.
        const ALL: &[SyntaxKind] = &[
            $(SyntaxKind::$punct,)* $(SyntaxKind::$kw,)* $(SyntaxKind::$ctx,)* $(SyntaxKind::$token,)* $(SyntaxKind::$node,)*
        ];

        /// Half-width spellings of all punctuation the lexer glues itself, longest first within a first character.
        pub const PUNCTUATION: &[(&str, SyntaxKind)] = &[$(($punct_text, SyntaxKind::$punct),)*];

        impl SyntaxKind {
            /// The reserved word (or accepted synonym) that `text` is.
            pub fn from_reserved(text: &str) -> Option<Self> {
                match text {
                    $($($kw_text)|+ => Some(Self::$kw),)*
                    _ => None,
                }
            }
            /// The contextual word that `text` could be.
            pub fn from_contextual(text: &str) -> Option<Self> {
                $(if text == stringify!($ctx_tok) {
                    return Some(Self::$ctx);
                })*
                None
            }
            pub const fn is_reserved(self) -> bool {
                matches!(self, $(Self::$kw)|*)
            }
            pub const fn is_contextual(self) -> bool {
                matches!(self, $(Self::$ctx)|*)
            }
            pub const fn is_keyword(self) -> bool {
                self.is_reserved() || self.is_contextual()
            }
            /// Reserved and contextual words in their canonical spelling.
            pub fn keywords() -> impl Iterator<Item = &'static str> {
                ALL.iter().filter(|it| it.is_keyword()).filter_map(|it| it.text())
            }
            pub const fn is_punctuation(self) -> bool {
                matches!(self, $(Self::$punct)|*)
            }
            /// The canonical spelling of a keyword or punctuation mark.
            pub const fn text(self) -> Option<&'static str> {
                match self {
                    $(Self::$punct => Some($punct_text),)*
                    $(Self::$kw => Some(stringify!($kw_tok)),)*
                    $(Self::$ctx => Some(stringify!($ctx_tok)),)*
                    _ => None,
                }
            }
        }

        /// The kind of a keyword or punctuation mark: `T![函数]`, `T!['{']`, `T![=>]`.
        #[macro_export]
        macro_rules! T {
            $([$($punct_tok)+] => { $crate::SyntaxKind::$punct };)*
            $([$kw_tok] => { $crate::SyntaxKind::$kw };)*
            $([$ctx_tok] => { $crate::SyntaxKind::$ctx };)*
        }
    };
}

kinds! {
    punctuation {
        L_PAREN ['('] "(",
        R_PAREN [')'] ")",
        L_BRACE ['{'] "{",
        R_BRACE ['}'] "}",
        L_BRACKET ['['] "[",
        R_BRACKET [']'] "]",
        COMMA [,] ",",
        SEMICOLON [;] ";",
        COLON2 [::] "::",
        COLON_EQ [:=] ":=",
        COLON [:] ":",
        DOT3 [...] "...",
        DOT2_EQ [..=] "..=",
        DOT2 [..] "..",
        DOT [.] ".",
        QUESTION2 [??] "??",
        QUESTION_DOT [?.] "?.",
        QUESTION [?] "?",
        FAT_ARROW [=>] "=>",
        EQ2 [==] "==",
        EQ [=] "=",
        NEQ [!=] "!=",
        BANG [!] "!",
        SHL_EQ [<<=] "<<=",
        SHL [<<] "<<",
        LT_EQ [<=] "<=",
        LEFT_ARROW [<-] "<-",
        LT [<] "<",
        SHR_EQ [>>=] ">>=",
        SHR [>>] ">>",
        GT_EQ [>=] ">=",
        GT [>] ">",
        PLUS_EQ [+=] "+=",
        PLUS [+] "+",
        THIN_ARROW [->] "->",
        MINUS_EQ [-=] "-=",
        MINUS [-] "-",
        STAR_EQ [*=] "*=",
        STAR [*] "*",
        SLASH_EQ [/=] "/=",
        SLASH [/] "/",
        PERCENT_EQ [%=] "%=",
        PERCENT [%] "%",
        AMP2 [&&] "&&",
        AMP_PLUS_EQ [&+=] "&+=",
        AMP_PLUS [&+] "&+",
        AMP_MINUS_EQ [&-=] "&-=",
        AMP_MINUS [&-] "&-",
        AMP_STAR_EQ [&*=] "&*=",
        AMP_STAR [&*] "&*",
        AMP_EQ [&=] "&=",
        AMP [&] "&",
        PIPE2 [||] "||",
        PIPE_EQ [|=] "|=",
        PIPE [|] "|",
        CARET_EQ [^=] "^=",
        CARET [^] "^",
        TILDE [~] "~",
        AT [@] "@",
    }
    reserved {
        IMPORT_KW [导入] "导入",
        PUBLIC_KW [公开] "公开",
        VARIABLE_KW [变量] "变量",
        CONSTANT_KW [常量] "常量",
        FUNCTION_KW [函数] "函数",
        ASYNC_KW [异步] "异步",
        CLOSURE_KW [闭包] "闭包",
        RETURN_KW [返回] "返回",
        IF_KW [如果] "如果",
        ELSE_IF_KW [否则如果] "否则如果",
        ELSE_KW [否则] "否则",
        WHILE_KW [当] "当",
        FOR_KW [对于] "对于",
        IN_KW [在] "在",
        BREAK_KW [跳出] "跳出" | "中断",
        CONTINUE_KW [继续] "继续",
        MATCH_KW [匹配] "匹配",
        TYPE_KW [类型] "类型" | "结构体",
        ENUM_KW [枚举] "枚举",
        TRAIT_KW [特性] "特性",
        IMPL_KW [实现] "实现",
        NEW_KW [新建] "新建",
        SELF_KW [自己] "自己" | "自身",
        AWAIT_KW [等待] "等待",
        SPAWN_KW [启动] "启动",
        YIELD_KW [让出] "让出",
        SELECT_KW [选择] "选择",
        TRY_KW [尝试] "尝试",
        CATCH_KW [捕获] "捕获",
        FINALLY_KW [最终] "最终",
        THROW_KW [抛出] "抛出",
        TRUE_KW [真] "真",
        FALSE_KW [假] "假",
        UNIT_KW [空] "空",
        AND_KW [且] "且" | "与",
        OR_KW [或] "或",
        NOT_KW [非] "非",
    }
    contextual {
        PACKAGE_KW [包],
        AS_KW [作为],
        COROUTINE_KW [协程],
        LOOP_KW [循环],
        CASE_KW [情况],
        DEFAULT_KW [默认],
        EXTERN_KW [外部],
        EXPORT_KW [导出],
        CONCURRENT_KW [并发],
        TEST_KW [测试],
        ANY_KW [任意],
        MUTABLE_KW [可变],
        BACKGROUND_KW [后台],
        TO_KW [到],
        UNTIL_KW [直到],
        TIMEOUT_KW [超时],
        STATIC_KW [静态],
        PRIVATE_KW [私有],
        BLOCKING_KW [阻塞],
        ALL_KW [全部],
        WEAK_KW [弱],
    }
    tokens {
        WHITESPACE,
        COMMENT,
        DOC_COMMENT,
        INVALID #[doc = "Text the lexer has already reported; the parser skips it like white space."],
        IDENT #[doc = "An identifier, also `『raw』`; reserved words that stand as names keep their own kind."],
        UNDERSCORE,
        INT,
        FLOAT,
        CHAR,
        STRING #[doc = "Any string without holes, with its quotes."],
        TEMPLATE_START #[doc = "`f\"`, or the opening quote of a string with `${`."],
        TEMPLATE_TEXT,
        HOLE_START #[doc = "`{` or `${`."],
        HOLE_SPEC #[doc = "`:` and the format spec, up to the closing brace."],
        HOLE_END,
        TEMPLATE_END,
        EOF,
    }
    nodes {
        SOURCE_FILE,
        ERROR,
        NAME,
        PATH,
        PATH_SEGMENT,
        GENERIC_ARG_LIST,

        ATTRIBUTE,
        PACKAGE,
        IMPORT,
        IMPORT_PATH,
        IMPORT_LIST,
        IMPORT_NAME,
        ALIAS,
        FUNCTION,
        RECEIVER,
        PARAM_LIST,
        PARAM,
        RET_TYPE,
        GENERIC_PARAM_LIST,
        GENERIC_PARAM,
        BOUND_LIST,
        STRUCT,
        TYPE_ALIAS,
        FIELD_LIST,
        FIELD,
        ENUM,
        VARIANT_LIST,
        VARIANT,
        TUPLE_FIELD_LIST,
        TUPLE_FIELD,
        TRAIT,
        IMPL,
        MEMBER_LIST,
        EXTERN_BLOCK,
        TEST,

        LET,
        EXPR_STMT,
        BLOCK,

        LITERAL,
        TEMPLATE,
        TEMPLATE_HOLE,
        NAME_EXPR,
        SELF_EXPR,
        PAREN_EXPR,
        TUPLE_EXPR,
        WILDCARD_EXPR,
        ARRAY_EXPR,
        REPEAT_EXPR,
        MAP_EXPR,
        MAP_ENTRY,
        STRUCT_EXPR,
        STRUCT_EXPR_FIELD,
        SPREAD,
        NEW_EXPR,
        PREFIX_EXPR,
        AWAIT_EXPR,
        RECEIVE_EXPR,
        BINARY_EXPR,
        COMPARE_CHAIN,
        RANGE_EXPR,
        CAST_EXPR,
        ASSIGN_EXPR,
        SEND_EXPR,
        CALL_EXPR,
        ARG_LIST,
        ARG,
        METHOD_CALL_EXPR,
        FIELD_EXPR,
        INDEX_EXPR,
        TRY_EXPR,
        UNWRAP_EXPR,
        IF_EXPR,
        LET_CONDITION,
        MATCH_EXPR,
        MATCH_ARM,
        MATCH_GUARD,
        TRY_CATCH_EXPR,
        CATCH_CLAUSE,
        FINALLY_CLAUSE,
        WHILE_EXPR,
        LOOP_EXPR,
        FOR_EXPR,
        LABEL,
        CONCURRENT_EXPR,
        SELECT_EXPR,
        SELECT_ARM,
        CLOSURE_EXPR,
        CAPTURE_LIST,
        SPAWN_EXPR,
        YIELD_EXPR,
        RETURN_EXPR,
        THROW_EXPR,
        BREAK_EXPR,
        CONTINUE_EXPR,

        WILDCARD_PATTERN,
        BINDING_PATTERN,
        LITERAL_PATTERN,
        RANGE_PATTERN,
        OR_PATTERN,
        PAREN_PATTERN,
        TUPLE_PATTERN,
        ARRAY_PATTERN,
        REST_PATTERN,
        PATH_PATTERN,
        VARIANT_PATTERN,
        STRUCT_PATTERN,
        STRUCT_PATTERN_FIELD,

        PATH_TYPE,
        ARRAY_TYPE,
        OPTION_TYPE,
        TUPLE_TYPE,
        PAREN_TYPE,
        FUNCTION_TYPE,
        FUNCTION_TYPE_PARAM,
        ANY_TYPE,
    }
}

impl SyntaxKind {
    pub fn from_raw(raw: u16) -> Self {
        ALL[usize::from(raw)]
    }
    /// Skipped by the parser.
    pub const fn is_trivia(self) -> bool {
        matches!(self, Self::WHITESPACE | Self::COMMENT | Self::DOC_COMMENT | Self::INVALID)
    }
    pub const fn is_literal(self) -> bool {
        matches!(
            self,
            Self::INT | Self::FLOAT | Self::CHAR | Self::STRING | Self::TRUE_KW | Self::FALSE_KW | Self::UNIT_KW
        )
    }
}
