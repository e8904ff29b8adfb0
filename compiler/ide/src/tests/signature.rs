//! Calls while they are written.

use super::Fixture;

/// The signature whose turn it is, with the parameter in brackets, and how many there are.
fn check(text: &str, wanted: &str) {
    let it = Fixture::new(&[("主.qi", text)]);
    let Some(help) = it.workspace.signature(&it.path, it.offset) else {
        return assert_eq!("", wanted, "{text}");
    };
    let signature = &help.signatures[help.active];
    let mut shown = signature.text.clone();
    if let Some(range) = signature.active.map(|it| signature.params[it].clone()) {
        shown.insert(range.end, ']');
        shown.insert(range.start, '[');
    }
    assert_eq!(format!("{shown} /{}", help.signatures.len()), wanted, "{text}");
}

#[test]
fn functions() {
    let head = "函数 加(甲: 整数, 乙: 整数 = 1): 整数 { 返回 甲 + 乙 }\n";
    for (call, wanted) in [
        ("加($0)", "加([甲: 整数], 乙: 整数 = 1): 整数 /1"),
        ("加(1$0, 2)", "加([甲: 整数], 乙: 整数 = 1): 整数 /1"),
        ("加(1,$0)", "加(甲: 整数, [乙: 整数 = 1]): 整数 /1"),
        ("加(1，$0", "加(甲: 整数, [乙: 整数 = 1]): 整数 /1"),
        ("加(乙: $02)", "加(甲: 整数, [乙: 整数 = 1]): 整数 /1"),
        ("加(加(1, $02), 3)", "加(甲: 整数, [乙: 整数 = 1]): 整数 /1"),
        ("加(1, 2, $03)", "加(甲: 整数, 乙: 整数 = 1): 整数 /1"),
        ("加$0(1)", ""),
        ("加(1)$0", ""),
    ] {
        check(&format!("{head}变量 x = {call}\n"), wanted);
    }
}

#[test]
fn overloads_and_variadic_ones() {
    let head = "函数 加(甲: 整数) {}\n函数 加(甲: 整数, 可变 乙: 整数) {}\n函数 和(数们...: 整数) {}\n";
    check(&format!("{head}加($0)\n"), "加([甲: 整数]) /2");
    check(&format!("{head}加(1, $0x)\n"), "加(甲: 整数, [可变 乙: 整数]) /2");
    check(&format!("{head}和(1, 2, $03)\n"), "和([数们...: 整数]) /1");
}

#[test]
fn methods_variants_and_values() {
    check("变量 列 = [1]\n列.插入(0, $0)\n", "插入(位置: 整数, [值: T]) /1");
    check("枚举 形 { 方(整数, 浮点数) }\n变量 x = 形.方(1, $0)\n", "方(整数, [浮点数]) /1");
    check("变量 f = (x: 整数): 整数 => x\nf($0)\n", "f([整数]): 整数 /1");
    check("函数 主函数() {\n函数 内(甲: 整数): 整数 { 返回 甲 }\n打印(内($0))\n}\n", "内([甲: 整数]): 整数 /1");
    check(
        "类型 点 { 横: 整数 }\n实现 点 { 静态 函数 新(x: 整数): 点 { 返回 点 { 横: x } } }\n变量 p = 点($01)\n",
        "新([x: 整数]): 点 /1",
    );
}

#[test]
fn blocks_in_arguments_are_other_places() {
    check("函数 做(f: 函数(): 空) {}\n做(() => { 变量 x = 1$0 })\n", "");
    check("$0打印(1)\n", "");
}
