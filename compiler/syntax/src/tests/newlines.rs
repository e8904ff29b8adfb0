//! Where a statement ends.

use super::{findings, parse_ok, statements};

fn count(text: &str) -> usize {
    parse_ok(text).tree.statements().count()
}

#[test]
fn a_line_break_ends_a_statement() {
    assert_eq!(count("甲()\n乙()"), 2);
    assert_eq!(count("甲(); 乙();;\n"), 2);
    assert_eq!(count("甲\n(乙)"), 2);
    assert_eq!(count("甲\n[乙]"), 2);
    assert_eq!(count("甲\n-乙"), 2);
    assert_eq!(count("甲\n<-乙"), 2);
    assert_eq!(count("甲\n!乙"), 2);
    assert_eq!(count("甲\n作为 = 3"), 2);
    assert_eq!(count("变量 a = b\n到 = 3"), 2);
}

#[test]
fn these_continue() {
    for text in [
        "甲\n.乙()",
        "甲\n?.乙",
        "甲\n+ 乙",
        "甲\n+乙",
        "甲\n- 乙",
        "甲 +\n乙",
        "甲\n且 乙",
        "甲\n?? 乙",
        "甲\n<- 乙",
        "变量 a\n= 3",
        "甲\n|| 乙",
        "甲.\n乙",
    ] {
        assert_eq!(count(text), 1, "{text}");
    }
    assert_eq!(count("如果 甲 {}\n否则 {}\n"), 1);
    assert_eq!(count("如果 甲\n{}\n否则如果 乙\n{}\n"), 1);
    assert_eq!(count("尝试 {}\n捕获 e {}\n最终 {}\n"), 1);
    assert_eq!(count("变量 f = (x) =>\n x + 1"), 1);
    assert_eq!(count("函数 f()\n{\n}\n"), 1);
}

#[test]
fn brackets_hide_line_breaks_and_braces_show_them() {
    assert_eq!(count("甲(1\n, 2\n-3)"), 1);
    assert_eq!(statements("甲(1\n-3)"), ["(expr_stmt (call_expr 甲 (arg_list ( (arg (binary_expr 1 - 3)) ))))"]);
    let inner = "(block { (expr_stmt 一) (expr_stmt (prefix_expr - 二)) })";
    assert_eq!(
        statements("甲(() => {\n一\n-二\n})"),
        [format!("(expr_stmt (call_expr 甲 (arg_list ( (arg (closure_expr (param_list ( )) => {inner})) ))))")]
    );
}

#[test]
fn jumps_take_operands_from_their_line() {
    assert_eq!(statements("函数 f() { 返回\n甲 }")[0].matches("expr_stmt").count(), 2);
    assert_eq!(statements("函数 f() { 让出\n甲 }")[0].matches("expr_stmt").count(), 2);
    assert_eq!(statements("函数 f() { 跳出\n甲 }")[0].matches("expr_stmt").count(), 2);
    assert_eq!(statements("函数 f() { 让出 全部 [1] }")[0].matches("全部 (array_expr").count(), 1);
    assert_eq!(statements("函数 f() { 让出 全部[1] }")[0].matches("index_expr").count(), 1);
    assert_eq!(statements("函数 f() { 抛出\n甲 }")[0].matches("expr_stmt").count(), 1);
}

#[test]
fn two_statements_on_a_line_need_a_semicolon() {
    assert_eq!(findings("甲() 乙()"), ["1:5 E0113"]);
    assert_eq!(count("如果 甲 {} 乙()"), 2);
    assert_eq!(count("函数 f() {} 函数 g() {}"), 2);
}

#[test]
fn print_takes_an_operand() {
    assert_eq!(statements("打印 甲 + 1"), ["(expr_stmt (call_expr 打印 (arg_list (arg (binary_expr 甲 + 1)))))"]);
    assert_eq!(statements("打印 -甲"), ["(expr_stmt (binary_expr 打印 - 甲))"]);
    assert_eq!(statements("打印\n甲").len(), 2);
    assert_eq!(statements("打印 = 甲"), ["(expr_stmt (assign_expr 打印 = 甲))"]);
    assert_eq!(statements("打印 (甲).乙"), ["(expr_stmt (field_expr (call_expr 打印 (arg_list ( (arg 甲) ))) . 乙))"]);
}
