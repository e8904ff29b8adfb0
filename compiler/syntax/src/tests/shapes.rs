//! What the tree of each construct looks like.

use super::{expression, parse_ok, statements};

#[test]
fn precedence() {
    let cases = [
        ("a + b * c", "(binary_expr a + (binary_expr b * c))"),
        ("a - b - c", "(binary_expr (binary_expr a - b) - c)"),
        ("a ?? b 或 c", "(binary_expr a ?? (binary_expr b 或 c))"),
        ("a ?? b ?? c", "(binary_expr a ?? (binary_expr b ?? c))"),
        ("a 或 b 且 c == d", "(binary_expr a 或 (binary_expr b 且 (binary_expr c == d)))"),
        ("a | b ^ c & d << e", "(binary_expr a | (binary_expr b ^ (binary_expr c & (binary_expr d << e))))"),
        ("a << b..c + d", "(binary_expr a << (range_expr b .. (binary_expr c + d)))"),
        ("a * b 作为 T", "(binary_expr a * (cast_expr b 作为 T))"),
        ("-a 作为 T", "(cast_expr (prefix_expr - a) 作为 T)"),
        ("-a.b", "(prefix_expr - (field_expr a . b))"),
        ("非 a 且 b", "(binary_expr (prefix_expr 非 a) 且 b)"),
        ("等待 f() * 2", "(binary_expr (await_expr 等待 (call_expr f (arg_list ( )))) * 2)"),
        ("<-a + 1", "(binary_expr (receive_expr <- a) + 1)"),
        ("0 <= x < 10", "(compare_chain 0 <= x < 10)"),
        ("a >> 2 >= b", "(binary_expr (binary_expr a >> 2) >= b)"),
        ("a ＞＝ b", "(binary_expr a ＞＝ b)"),
        ("a &+ b &* c", "(binary_expr a &+ (binary_expr b &* c))"),
        ("0 到 n - 1", "(range_expr 0 到 (binary_expr n - 1))"),
        ("x?.y!.z?", "(try_expr (field_expr (unwrap_expr (field_expr x ?. y) !) . z) ?)"),
        ("a[1..]", "(index_expr a [ (range_expr 1 ..) ])"),
        ("a[..]", "(index_expr a [ (range_expr ..) ])"),
        ("f(1)(2)", "(call_expr (call_expr f (arg_list ( (arg 1) ))) (arg_list ( (arg 2) )))"),
    ];
    for (text, expected) in cases {
        assert_eq!(expression(text), expected, "{text}");
    }
}

#[test]
fn type_arguments_or_comparison() {
    let cases = [
        ("a < b", "(binary_expr a < b)"),
        ("f(a < b, c > d)", "(call_expr f (arg_list ( (arg (binary_expr a < b)) , (arg (binary_expr c > d)) )))"),
        ("数组<整数>(3)", "(call_expr (name_expr 数组 (generic_arg_list < 整数 >)) (arg_list ( (arg 3) )))"),
        ("盒<整数>.空", "(field_expr (name_expr 盒 (generic_arg_list < 整数 >)) . 空)"),
        ("挑::<整数>(1)", "(call_expr (name_expr 挑 (generic_arg_list :: < 整数 >)) (arg_list ( (arg 1) )))"),
        ("x 作为 整数 < 3", "(binary_expr (cast_expr x 作为 整数) < 3)"),
        ("a.f::<T>(1)", "(method_call_expr a . f (generic_arg_list :: < T >) (arg_list ( (arg 1) )))"),
    ];
    for (text, expected) in cases {
        assert_eq!(expression(text), expected, "{text}");
    }
    parse_ok("变量 x: 字典<字符串, 数组<数组<(整数, 函数(可变 整数): 布尔)>>>= 甲\n");
}

#[test]
fn closures() {
    let cases = [
        ("(x) => x", "(closure_expr (param_list ( (param x) )) => x)"),
        ("() => {}", "(closure_expr (param_list ( )) => (block { }))"),
        ("() => {\"a\": 1}", "(closure_expr (param_list ( )) => (map_expr { (map_entry \"a\" : 1) }))"),
        ("x => x = 1", "(closure_expr (param x) => (assign_expr x = 1))"),
        ("|x, y| x", "(closure_expr (param_list | (param x) , (param y) |) x)"),
        ("|| {}", "(closure_expr (param_list ||) (block { }))"),
        (
            "闭包(x: 整数): 整数 { }",
            "(closure_expr 闭包 (param_list ( (param x : 整数) )) (ret_type : 整数) (block { }))",
        ),
        ("(可变 v) => {}", "(closure_expr (param_list ( (param 可变 v) )) => (block { }))"),
        ("((a, b)) => a", "(closure_expr (param_list ( (param (tuple_pattern ( a , b ))) )) => a)"),
    ];
    for (text, expected) in cases {
        assert_eq!(expression(text), expected, "{text}");
    }
}

#[test]
fn headers_have_no_struct_literals() {
    assert_eq!(statements("如果 a {}"), ["(expr_stmt (if_expr 如果 a (block { })))"]);
    assert_eq!(
        statements("如果 (点 {}) == 新建 点 {} {}"),
        [
            "(expr_stmt (if_expr 如果 (binary_expr (paren_expr ( (struct_expr 点 { }) )) == (struct_expr 新建 点 { })) (block { })))"
        ]
    );
    assert_eq!(
        statements("当 f(点 { a: 1 }) {}"),
        [
            "(expr_stmt (while_expr 当 (call_expr f (arg_list ( (arg (struct_expr 点 { (struct_expr_field a : 1) })) ))) (block { })))"
        ]
    );
}

#[test]
fn conditions_bind() {
    assert_eq!(
        statements("如果 变量 有(x) = f() 且 x > 1 {}"),
        [
            "(expr_stmt (if_expr 如果 (binary_expr (let_condition 变量 (variant_pattern 有 ( x )) = (call_expr f (arg_list ( )))) 且 (binary_expr x > 1)) (block { })))"
        ]
    );
}

#[test]
fn patterns() {
    let pattern = |text: &str| {
        let statement = statements(&format!("匹配 v {{ {text} => 1 }}")).pop().expect("one");
        let start = statement.find("(match_arm ").expect("an arm") + "(match_arm ".len();
        statement[start..statement.find(" => ").expect("an arrow")].to_owned()
    };
    let cases = [
        ("1 | -2", "(or_pattern (literal_pattern 1) | (literal_pattern - 2))"),
        ("1..=5", "(range_pattern (literal_pattern 1) ..= (literal_pattern 5))"),
        ("10..", "(range_pattern (literal_pattern 10) ..)"),
        ("..5", "(range_pattern .. (literal_pattern 5))"),
        ("1 到 5", "(range_pattern (literal_pattern 1) 到 (literal_pattern 5))"),
        ("形状.圆(_)", "(variant_pattern (path 形状 . 圆) ( (wildcard_pattern _) ))"),
        ("形状::空", "(path_pattern (path 形状 :: 空))"),
        (
            "点 { 横, 纵: y, .. }",
            "(struct_pattern 点 { (struct_pattern_field 横) , (struct_pattern_field 纵 : y) , .. })",
        ),
        ("[头, ..尾]", "(array_pattern [ 头 , (rest_pattern .. 尾) ])"),
        ("(a, (b))", "(tuple_pattern ( a , (paren_pattern ( b )) ))"),
        ("x 如果 x => 2, y", "x (match_guard 如果 x)"),
    ];
    for (text, expected) in cases {
        assert_eq!(pattern(text), expected, "{text}");
    }
}

#[test]
fn contextual_words_are_names_elsewhere() {
    for word in [
        "包",
        "作为",
        "协程",
        "循环",
        "情况",
        "默认",
        "外部",
        "导出",
        "并发",
        "测试",
        "任意",
        "可变",
        "后台",
        "到",
        "直到",
        "超时",
        "静态",
        "私有",
        "阻塞",
        "全部",
        "弱",
        "打印",
        "启动协程",
    ] {
        parse_ok(&format!(
            "变量 {word} = 1\n{word} = {word} + 1\n{word}({word}, {word}: {word})\n{word}.{word}[{word}]\n"
        ));
        parse_ok(&format!(
            "函数 {word}({word}: {word}<{word}>): {word} {{ 返回 {word} }}\n类型 {word} {{ {word}: {word} }}"
        ));
        parse_ok(&format!("选择 {{ 情况 {word} := <-{word}: {word} = 1\n默认: {word}() }}"));
    }
}

#[test]
fn reserved_words_name_members() {
    parse_ok("a.类型 = b.返回(如果: 1)\n变量 c = 点 { 类型: 1 }\n类型 点 { 类型: 整数, 在: 布尔 }");
}
