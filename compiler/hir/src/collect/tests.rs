//! Collecting small programs: findings by code, and the shape of what was lowered.

use super::*;
use crate::{ExprKind, Owner};

/// The program and its findings as `code title`, in source order.
fn collect_files(files: &[(&str, &str)]) -> (Program, Vec<String>) {
    let mut all = vec![("std/核心.qi", "")];
    all.retain(|it| !files.iter().any(|file| file.0 == it.0));
    all.extend(files);
    let mut loader = MemoryLoader::new(&all);
    let mut sources = Files::default();
    let mut diagnostics = Diagnostics::default();
    let program = collect(&mut loader, Path::new("主.qi"), &mut sources, &mut diagnostics);
    let findings = diagnostics.into_sorted().into_iter().map(|it| format!("{} {}", it.code, it.title.zh));
    (program, findings.collect())
}

fn findings(text: &str) -> Vec<String> {
    collect_files(&[("主.qi", text)]).1
}

fn assert_codes(text: &str, codes: &[&str]) {
    let findings = findings(text);
    let found: Vec<_> = findings.iter().map(|it| it.split(' ').next().unwrap()).collect();
    assert_eq!(found, codes, "{findings:#?}");
}

#[test]
fn imports_bind_modules_names_and_aliases() {
    let (program, findings) = collect_files(&[
        (
            "主.qi",
            "导入 ./几何\n导入 ./工具 作为 器\n导入 ./甲/乙::{丙, 丁 作为 戊}\n导入 标准库.时间\n函数 主函数() {}",
        ),
        ("几何.qi", "公开 常量 圆周率 = 3.14"),
        ("工具/模块.qi", "导入 ./内\n公开 函数 加倍(n: 整数): 整数 { 返回 n }"),
        ("工具/内.qi", ""),
        ("甲/乙.qi", "公开 函数 丙() {}\n公开 函数 丙(n: 整数) {}\n公开 导入 ../几何::{圆周率 作为 丁}"),
        ("std/时间.qi", "公开 函数 现在(): 整数 { 返回 0 }"),
    ]);
    assert_eq!(findings, Vec::<String>::new());
    let root = &program.modules[program.root.unwrap()];
    let names: Vec<_> = root.imports.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["几何", "器", "丙", "丙", "戊", "时间"]);
    assert!(matches!(root.imports[4].target, Some(Item::Global(_))));
    let order: Vec<_> = program.order.iter().map(|&it| program.modules[it].name.as_str()).collect();
    assert_eq!(order, ["核心", "几何", "内", "工具", "乙", "时间", "主"]);
}

#[test]
fn missing_and_private_imports_are_errors() {
    let (_, findings) = collect_files(&[
        ("主.qi", "导入 ./没有\n导入 ./几何::{圆面机, 内部}\n函数 主函数() {}"),
        ("几何.qi", "公开 函数 圆面积() {}\n函数 内部() {}"),
    ]);
    assert_eq!(
        findings,
        ["E0220 找不到模块“./没有”", "E0221 模块“几何”里没有“圆面机”", "E0222 “内部”在模块“几何”里不是公开的"]
    );
}

#[test]
fn plain_files_may_import_each_other() {
    let (_, findings) = collect_files(&[("主.qi", "导入 ./乙\n函数 主函数() {}"), ("乙.qi", "导入 ./主")]);
    assert_eq!(findings, Vec::<String>::new());
}

#[test]
fn duplicates_are_errors() {
    assert_codes("函数 甲() {}\n类型 甲 { x: 整数 }\n函数 主函数() {}", &["E0223"]);
    assert_codes("函数 甲(x: 整数) {}\n函数 甲(y: 字符串) {}\n函数 主函数() {}", &["E0234"]);
    assert_codes("函数 甲(x: 整数) {}\n函数 甲() {}\n函数 主函数() {}", &[]);
    assert_codes("函数 甲(x: 整数 = 1) {}\n函数 甲() {}\n函数 主函数() {}", &["E0234"]);
    assert_codes("类型 点 { x: 整数, x: 整数 }\n函数 主函数() {}", &["E0223"]);
    assert_codes("函数 主函数() { 变量 甲 = 1\n变量 甲 = 2 }", &["E0223"]);
    assert_codes("函数 主函数() { 变量 甲 = 1\n{ 变量 甲 = 2 }\n如果 真 { 变量 甲 = 3 } }", &[]);
    assert_codes("函数 甲(x: 整数, x: 整数) {}\n函数 主函数() {}", &["E0223"]);
    assert_codes("函数 主函数() {}\n函数 入口() {}", &["E0224"]);
}

#[test]
fn statements_stand_only_in_an_entry_file_without_main() {
    assert_codes("打印 1", &[]);
    assert_codes("函数 主函数() {}\n打印 1", &["E0225"]);
    let (_, findings) = collect_files(&[("主.qi", "导入 ./乙\n函数 主函数() {}"), ("乙.qi", "打印 1")]);
    assert_eq!(findings, ["E0225 顶层语句放错了地方"]);
}

#[test]
fn script_variables_are_local_unless_functions_use_them() {
    let text = "变量 私 = 1\n变量 共 = 基 + 1\n变量 基 = 2\n变量 (左, 右) = (1, 2)\n函数 加() { 共 += 左 }\n函数 别(私: 整数) { 打印 私 }\n打印 私";
    let (program, findings) = collect_files(&[("主.qi", text)]);
    assert_eq!(findings, Vec::<String>::new());
    let globals: Vec<_> = program.globals.values().map(|it| it.name.as_str()).collect();
    assert_eq!(globals, ["共", "基", "#2", "左", "右"]);
    let top_level = program.modules[program.root.unwrap()].top_level.unwrap();
    let body = program.functions[top_level].body.as_ref().unwrap();
    assert_eq!(body.locals.values().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["私"]);
}

#[test]
fn receivers_make_anonymous_implementations() {
    let text = "类型 栈<T> { 项: [T] }\n函数 (自己 栈<T>) 压(x: T) {}\n函数 (s 栈<整数>) 和(): 整数 { 返回 s.项[0] }\n函数 主函数() {}";
    let (program, findings) = collect_files(&[("主.qi", text)]);
    assert_eq!(findings, Vec::<String>::new());
    let generics: Vec<_> = program.impls.values().map(|it| it.generics.len()).collect();
    assert_eq!(generics, [1, 0]);
    let method = &program.functions[program.impls.values().nth(1).unwrap().methods[0]];
    assert!(method.has_self && matches!(method.owner, Owner::Impl(_)));
    let body = method.body.as_ref().unwrap();
    assert_eq!(body.locals[body.self_local.unwrap()].name.as_str(), "s");
}

#[test]
fn alternatives_bind_the_same_variables() {
    let text = "函数 主函数() { 匹配 1 { 甲(x) | 乙(x) => 打印(x), _ => {} } }";
    let (program, _) = collect_files(&[("主.qi", text)]);
    let body = program.functions[entry(&program).unwrap()].body.as_ref().unwrap();
    assert_eq!(body.locals.len(), 1);
}

#[test]
fn parameters_taken_apart_become_statements() {
    let text = "函数 主函数() { 变量 f = ((甲, 乙)) => 甲 + 乙 }\n函数 g((x, y): (整数, 整数)): 整数 { 返回 x + y }";
    let (program, findings) = collect_files(&[("主.qi", text)]);
    assert_eq!(findings, Vec::<String>::new());
    let body = program.functions[entry(&program).unwrap()].body.as_ref().unwrap();
    assert!(body.exprs.values().any(|it| matches!(it.kind, ExprKind::Match { .. })));
}

#[test]
fn attributes_and_modifiers_are_checked() {
    assert_codes("@内建(\"x\")\n函数 甲() {}\n函数 主函数() {}", &["E0226"]);
    assert_codes("@别的\n函数 甲() {}\n函数 主函数() {}", &["E0227"]);
    assert_codes("@零分配\n函数 甲() {}\n函数 主函数() {}", &[]);
    assert_codes("静态 函数 甲() {}\n函数 主函数() {}", &["E0230"]);
    assert_codes("函数 甲(x) {}\n函数 主函数() {}", &["E0238"]);
}

#[test]
fn a_broken_prelude_path_is_reported() {
    let mut loader = MemoryLoader::new(&[("主.qi", "函数 主函数() {}")]);
    let mut diagnostics = Diagnostics::default();
    collect(&mut loader, Path::new("主.qi"), &mut Files::default(), &mut diagnostics);
    assert!(diagnostics.iter().any(|it| it.code == "E0233"));
}

#[test]
fn a_thousand_levels_fit_an_ordinary_stack() {
    let check = || {
        let deep = format!("函数 主函数() {{ 打印({}1{}) }}", "[".repeat(980), "]".repeat(980));
        assert_codes(&deep, &[]);
        let long = format!("函数 主函数() {{ 打印(1{}) }}", " + 1".repeat(980));
        assert_codes(&long, &[]);
        let blocks = format!("函数 主函数() {{ {}{} }}", "如果 真 {".repeat(480), "}".repeat(480));
        assert_codes(&blocks, &[]);
        let closures = format!("函数 主函数() {{ 变量 f = {}1 }}", "() => ".repeat(480));
        assert_codes(&closures, &[]);
    };
    std::thread::Builder::new().stack_size(8 << 20).spawn(check).unwrap().join().unwrap();
}

/// The real library and, where present, programs of the repository collect without findings.
#[test]
fn the_library_collects_cleanly() {
    let std_dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../qi-std");
    let mut files = Files::default();
    let mut diagnostics = Diagnostics::default();
    let root = std_dir.join("核心.qi");
    let program = collect(&mut DiskLoader { std_dir }, &root, &mut files, &mut diagnostics);
    let findings: Vec<_> = diagnostics.iter().map(|it| (files.start(it.span()), it.code, &it.title.zh)).collect();
    assert!(findings.is_empty(), "{findings:#?}");
    assert!(program.functions.len() > 100);
}
