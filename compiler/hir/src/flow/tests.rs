//! Small programs through collecting, inference and the checks of this stage: findings by code, captures by name.

use super::*;
use crate::collect::{DiskLoader, Loader, MemoryLoader, collect};
use crate::{Analysis, infer};
use qi_base::{Files, Severity};
use std::path::{Path, PathBuf};

/// The repository's library and one program.
struct TestLoader {
    disk: DiskLoader,
    memory: MemoryLoader,
}

impl Loader for TestLoader {
    fn read(&mut self, path: &Path) -> std::io::Result<Vec<u8>> {
        self.memory.read(path).or_else(|_| self.disk.read(path))
    }
    fn std_dir(&self) -> &Path {
        self.disk.std_dir()
    }
    fn dependency(&mut self, _: &Path, _: &str) -> Option<PathBuf> {
        None
    }
}

fn analyse(text: &str) -> (Program, Analysis, Vec<(Severity, String, String)>) {
    let std_dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../qi-std");
    let mut loader = TestLoader { disk: DiskLoader { std_dir }, memory: MemoryLoader::new(&[("主.qi", text)]) };
    let mut files = Files::default();
    let mut diagnostics = Diagnostics::default();
    let mut program = collect(&mut loader, Path::new("主.qi"), &mut files, &mut diagnostics);
    let mut analysis = infer::check(&mut program, &mut diagnostics);
    check(&program, &mut analysis, &mut diagnostics);
    let findings = diagnostics.into_sorted().into_iter().map(|it| {
        let place = files.start(it.span());
        (it.severity, it.code.to_owned(), format!("{}:{} {}", place.line, place.column, it.title.zh))
    });
    (program, analysis, findings.collect())
}

/// The errors of a program, as codes.
fn assert_errors(text: &str, codes: &[&str]) {
    let (_, _, findings) = analyse(text);
    let errors: Vec<_> = findings.iter().filter(|it| it.0 == Severity::Error).collect();
    let found: Vec<_> = errors.iter().map(|it| it.1.as_str()).collect();
    assert_eq!(found, codes, "{errors:#?}\n{text}");
}

fn assert_error(text: &str, code: &str, words: &str) {
    let (_, _, findings) = analyse(text);
    let errors: Vec<_> = findings.iter().filter(|it| it.0 == Severity::Error).collect();
    let is_expected = errors.len() == 1 && errors[0].1 == code && errors[0].2.contains(words);
    assert!(is_expected, "expected {code} {words}: {errors:#?}\n{text}");
}

/// In 主函数.
fn main_errors(statements: &str, codes: &[&str]) {
    assert_errors(&format!("函数 主函数() {{\n{statements}\n}}"), codes);
}

fn assert_warnings(text: &str, codes: &[&str]) {
    let (_, _, findings) = analyse(text);
    let found: Vec<_> = findings.iter().map(|it| it.1.as_str()).collect();
    assert_eq!(found, codes, "{findings:#?}\n{text}");
}

/// Names of what the closures of 主函数 capture, `*` for by sharing.
fn captures(statements: &str) -> Vec<String> {
    let (program, analysis, findings) = analyse(&format!("函数 主函数() {{\n{statements}\n}}"));
    assert!(!findings.iter().any(|it| it.0 == Severity::Error), "{findings:#?}");
    let entry = crate::collect::entry(&program).unwrap();
    let body = program.functions[entry].body.as_ref().unwrap();
    let mut closures: Vec<_> = analysis.bodies[&entry].captures.iter().collect();
    closures.sort_by_key(|it| it.0);
    let name = |it: &crate::Capture| format!("{}{}", body.locals[it.local].name, if it.shared { "*" } else { "" });
    closures.iter().flat_map(|(_, captures)| captures.iter().map(name)).collect()
}

mod patterns {
    use super::*;

    const SHAPES: &str = "枚举 形状 { 圆(整数), 方(整数), 三角形(整数, 整数) }\n";

    #[test]
    fn missing_variants_are_named() {
        let text = "函数 面积(形: 形状): 整数 {\n返回 匹配 形 {\n圆(r) => r,\n方(a) => a,\n}\n}\n函数 主函数() { 打印(面积(形状.圆(1))) }";
        assert_error(&format!("{SHAPES}{text}"), "E0401", "三角形(_, _)");
    }

    #[test]
    fn nested_cases_are_found() {
        main_errors("变量 x = (真, 有(3))\n匹配 x { (真, _) => {}, (假, 有(_)) => {} }", &["E0401"]);
        main_errors("变量 x = (真, 假)\n匹配 x { (真, _) => {}, (_, 真) => {}, (假, 假) => {} }", &[]);
        main_errors("变量 x = [1]\n匹配 x { [] => {}, [_] => {}, [_, .., _] => {} }", &[]);
        main_errors("变量 x = [1]\n匹配 x { [] => {}, [_, _, ..] => {} }", &["E0401"]);
    }

    #[test]
    fn numbers_and_texts_need_a_rest() {
        main_errors("变量 x = 3\n匹配 x { 0 => {}, 1.. => {} }", &["E0401"]);
        main_errors("变量 x = 3\n匹配 x { ..0 => {}, 0 => {}, 1.. => {} }", &[]);
        main_errors("变量 x = \"a\"\n匹配 x { \"a\" => {} }", &["E0401"]);
        main_errors("变量 x = 'a'\n匹配 x { 'a'..='z' => {}, _ => {} }", &[]);
    }

    #[test]
    fn guards_cover_nothing() {
        main_errors("变量 x = 真\n匹配 x { 真 如果 1 < 2 => {}, 假 => {} }", &["E0401"]);
    }

    #[test]
    fn arms_that_never_match_are_errors() {
        main_errors("变量 x = 真\n匹配 x { _ => {}, 真 => {} }", &["E0402"]);
        main_errors("变量 x = 3\n匹配 x { 0..10 => {}, 5 => {}, _ => {} }", &["E0402"]);
    }

    /// More than the matrix would look at row by row.
    #[test]
    fn tables_of_thousands_of_arms_are_judged() {
        let numbers: String = (0..4000).map(|it| format!("{it} | {} => {{}}, ", it + 4000)).collect();
        main_errors(&format!("变量 x = 3\n匹配 x {{ {numbers} _ => {{}} }}"), &[]);
        main_errors(&format!("变量 x = 3\n匹配 x {{ {numbers} }}"), &["E0401"]);
        main_errors(
            &format!("变量 x = 3\n匹配 x {{ {numbers} 7 | 4007 => {{}}, 7 | 9000 => {{}}, _ => {{}} }}"),
            &["E0402", "E0402"],
        );
        let texts: String = (0..4000).map(|it| format!("\"键{it}\" => {{}}, ")).collect();
        main_errors(&format!("变量 x = \"\"\n匹配 x {{ {texts} \"键7\" => {{}}, _ => {{}} }}"), &["E0402"]);
        let names: String = (0..4000).map(|it| format!("项{it}, ")).collect();
        let arms: String = (0..3999).map(|it| format!("项{it} => {{}}, ")).collect();
        let text =
            format!("枚举 大 {{ {names} }}\n函数 看(x: 大) {{ 匹配 x {{ {arms} }} }}\n函数 主函数() {{ 看(大.项0) }}");
        assert_error(&text, "E0401", "项3999");
    }

    #[test]
    fn plain_patterns_must_match() {
        main_errors("变量 (甲, 乙) = (1, 2)\n打印(甲, 乙)", &[]);
        main_errors("变量 有(甲) = 有(1)\n打印(甲)", &["E0414"]);
    }

    #[test]
    fn alternatives_bind_alike() {
        let text = "函数 主函数() { 匹配 形状.圆(1) { 圆(x) | 方(y) => {}, _ => {} } }";
        assert_errors(&format!("{SHAPES}{text}"), &["E0413"]);
        let text = "函数 主函数() { 匹配 形状.圆(1) { 圆(x) | 方(x) => 打印(x), 三角形(a, b) => 打印(a, b) } }";
        assert_errors(&format!("{SHAPES}{text}"), &[]);
        let text = "函数 主函数() { 匹配 形状.圆(1) { 三角形(a, a) => 打印(a), _ => {} } }";
        assert_errors(&format!("{SHAPES}{text}"), &["E0223"]);
    }

    #[test]
    fn bare_variants_bind_nothing() {
        let text = "枚举 色 { 红, 绿 }\n函数 主函数() { 匹配 (色.红, 色.绿) { (红, 红) | (绿, 绿) => {}, (红, 绿) => {}, (绿, 红) => {} } }";
        assert_errors(text, &[]);
    }
}

mod paths {
    use super::*;

    #[test]
    fn every_path_returns() {
        assert_error(
            "函数 f(x: 整数): 整数 {\n如果 x > 1 { 返回 1 } 否则 如果 x > 0 { 返回 2 }\n}\n函数 主函数() { 打印(f(1)) }",
            "E0403",
            "“f”",
        );
        let ok = |body: &str| {
            assert_errors(&format!("函数 f(x: 整数): 整数 {{\n{body}\n}}\n函数 主函数() {{ 打印(f(1)) }}"), &[])
        };
        ok("如果 x > 1 { 返回 1 } 否则 { 返回 2 }");
        ok("循环 { 如果 x > 1 { 返回 1 } }");
        ok("当 真 { 如果 x > 1 { 返回 1 } }");
        ok("匹配 x { 0 => { 返回 1 }, _ => { 抛出 \"坏\" } }");
        ok("尝试 { 返回 1 } 捕获 e { 返回 2 }");
        ok("尝试 { 返回 1 } 最终 { 打印(1) }");
        assert_error(
            "函数 f(x: 整数): 整数 {\n循环 { 如果 x > 1 { 跳出 } }\n}\n函数 主函数() { 打印(f(1)) }",
            "E0403",
            "返回",
        );
    }

    #[test]
    fn closures_return_too() {
        main_errors("变量 f = 闭包(x: 整数): 整数 { 如果 x > 1 { 返回 1 } }\n打印(f(1))", &["E0403"]);
        main_errors("函数 g(x: 整数): 整数 { 如果 x > 1 { 返回 1 }\n返回 2 }\n打印(g(1))", &[]);
    }

    #[test]
    fn variables_have_values_before_use() {
        main_errors("变量 x: 整数\n打印(x)", &["E0404"]);
        main_errors("变量 x: 整数\n如果 1 < 2 { x = 1 }\n打印(x)", &["E0404"]);
        main_errors("变量 x: 整数\n如果 1 < 2 { x = 1 } 否则 { x = 2 }\n打印(x)", &[]);
        main_errors("变量 x: 整数\n循环 {\nx = 1\n跳出\n}\n打印(x)", &[]);
        main_errors("变量 x: 整数\n尝试 { x = 1 } 捕获 e { x = 2 }\n打印(x)", &[]);
        main_errors("变量 x: 整数\n尝试 { x = 1 } 捕获 e { 打印(e) }\n打印(x)", &["E0404"]);
        main_errors("变量 x: 整数\n尝试 {\n如果 1 < 2 { 返回 }\nx = 1\n} 最终 { 打印(1) }\n打印(x)", &[]);
        main_errors("变量 x: 整数\n变量 f = () => x\nx = 1\n打印(f())", &["E0404"]);
        main_errors("常量 x: 整数\n打印(1)", &["E0415"]);
    }

    #[test]
    fn local_functions_without_captures_exist_everywhere() {
        let pair = "函数 偶(n: 整数): 布尔 { 返回 n == 0 或 奇(n - 1) }\n函数 奇(n: 整数): 布尔 { 返回 n != 0 且 偶(n - 1) }\n";
        main_errors(&format!("打印(偶(4))\n{pair}"), &[]);
        main_errors("变量 底 = 1\n打印(甲())\n函数 甲(): 整数 { 返回 底 }", &["E0417"]);
    }

    #[test]
    fn jumps_need_their_loop() {
        main_errors("跳出", &["E0411"]);
        main_errors("循环 { 变量 f = () => { 继续 }\nf() }", &["E0411"]);
        main_errors("外: 循环 { 循环 { 跳出 外 } }", &[]);
        main_errors("外: 循环 { 跳出 内 }", &["E0412"]);
    }

    #[test]
    fn yield_stands_in_coroutines() {
        main_errors("让出 1", &["E0502"]);
        assert_errors(
            "协程 函数 g() { 尝试 { 让出 1 } 最终 { 让出 2 } }\n函数 主函数() { 对于 x 在 g() { 打印(x) } }",
            &["E0503"],
        );
        assert_errors("协程 函数 g() { 并发 { 让出 1 } }\n函数 主函数() { 对于 x 在 g() { 打印(x) } }", &["E0504"]);
    }

    #[test]
    fn dead_code_warns_once() {
        assert_warnings("函数 主函数() {\n返回\n打印(1)\n打印(2)\n}", &["W0401"]);
    }
}

mod changes {
    use super::*;

    const COUNTER: &str = "类型 计数器 { 值: 整数 }\n实现 计数器 {\n函数 看(): 整数 { 返回 自己.值 }\n函数 加一() { 自己.值 += 1 }\n函数 加二() { 自己.加一() }\n}\n";

    fn with_counter(statements: &str, codes: &[&str]) {
        assert_errors(&format!("{COUNTER}函数 主函数() {{\n{statements}\n}}"), codes);
    }

    #[test]
    fn constants_do_not_change() {
        main_errors("常量 x = 1\nx = 2", &["E0405"]);
        main_errors("常量 x = [1]\nx[0] = 2", &["E0405"]);
        main_errors("常量 x = [1]\nx.追加(2)", &["E0406"]);
        main_errors("常量 x = {\"甲\": [1]}\nx[\"甲\"].追加(2)", &["E0406"]);
        main_errors("常量 x = [1]\n打印(x.长度, x.包含(1))", &[]);
        assert_errors("常量 甲 = 1\n函数 主函数() { 甲 = 2 }", &["E0405"]);
    }

    #[test]
    fn mutating_methods_are_inferred() {
        with_counter("常量 器 = 计数器 { 值: 0 }\n打印(器.看())\n器.加二()", &["E0406"]);
        with_counter("变量 器 = 计数器 { 值: 0 }\n器.加二()", &[]);
        with_counter("计数器 { 值: 0 }.加二()", &["E0407"]);
        with_counter("变量 器们 = [计数器 { 值: 0 }]\n器们[0].加二()", &[]);
        with_counter("对于 器 在 [计数器 { 值: 0 }] { 器.加二() }", &[]);
    }

    #[test]
    fn trait_methods_follow_their_implementations() {
        let text = "特性 可加 { 函数 加() }\n类型 甲 { x: 整数 }\n类型 乙 { x: 整数 }\n实现 可加 对于 甲 { 函数 加() { 自己.x += 1 } }\n实现 可加 对于 乙 { 函数 加() { 打印(自己.x) } }\n";
        let main = "函数 用<T: 可加>(t: T) {\n常量 c = t\nc.加()\n}\n函数 主函数() {\n用(甲 { x: 1 })\n常量 b = 乙 { x: 1 }\nb.加()\n}";
        assert_errors(&format!("{text}{main}"), &["E0406"]);
    }

    #[test]
    fn in_out_arguments_are_separate_variables() {
        let swap = "函数 换(可变 a: 整数, 可变 b: 整数) {\n变量 c = a\na = b\nb = c\n}\n";
        let main =
            |it: &str| format!("{swap}函数 主函数() {{\n变量 x = 1\n变量 y = 2\n常量 z = 3\n{it}\n打印(x, y, z)\n}}");
        assert_errors(&main("换(可变 x, 可变 y)"), &[]);
        assert_errors(&main("换(可变 x, 可变 x)"), &["E0603"]);
        assert_errors(&main("换(可变 x, 可变 z)"), &["E0409"]);
        assert_errors(&main("启动 换(可变 x, 可变 y)"), &["E0505", "E0505"]);
    }

    #[test]
    fn unused_things_warn() {
        assert_warnings("函数 主函数() {\n变量 x = 1\n变量 _y = 2\n}", &["W0402"]);
        assert_warnings("函数 主函数() {\n变量 x = 1\nx + 1\n}", &["W0403"]);
        assert_warnings("异步 函数 f() { 打印(1) }\n函数 主函数() {\nf()\n启动 f()\n等待 f()\n}", &["W0501"]);
    }
}

mod sharing {
    use super::*;

    #[test]
    fn plain_captures_are_snapshots() {
        assert_eq!(captures("变量 x = 1\nx = 2\n变量 f = () => x\n打印(f())"), ["x"]);
        assert_eq!(captures("变量 x = 1\n变量 f = () => x\nx = 2\n打印(f())"), ["x*"]);
        assert_eq!(captures("变量 x = 1\n变量 f = () => { x += 1 }\nf()\n打印(x)"), ["x*"]);
        assert_eq!(captures("变量 列 = [1]\n变量 f = () => 列.长度\n列.追加(2)\n打印(f())"), ["列*"]);
    }

    #[test]
    fn loops_make_fresh_variables() {
        assert_eq!(captures("对于 i 在 0..3 {\n变量 j = i\n变量 f = () => i + j\n打印(f())\n}"), ["i", "j"]);
        assert_eq!(captures("变量 k = 0\n当 k < 3 {\n变量 f = () => k\nk += 1\n打印(f())\n}"), ["k*"]);
    }

    #[test]
    fn library_callbacks_do_not_outlive_their_call() {
        let text = "变量 和 = 0\n[1, 2].遍历((x) => { 和 += x })\n变量 f = () => 和\n打印(f())";
        assert_eq!(captures(text), ["和*", "和"]);
    }

    #[test]
    fn nested_closures_share_outward() {
        assert_eq!(
            captures("变量 x = 1\n变量 f = () => { 变量 g = () => { x += 1 }\ng() }\nf()\n打印(x)"),
            ["x*", "x*"]
        );
    }

    #[test]
    fn local_functions_do_not_capture_themselves() {
        assert_eq!(
            captures(
                "变量 底 = 1\n函数 阶(n: 整数): 整数 {\n如果 n <= 底 { 返回 1 }\n返回 n * 阶(n - 1)\n}\n打印(阶(5))"
            ),
            ["底"]
        );
    }

    #[test]
    fn tasks_share_nothing() {
        main_errors("变量 列: 数组<整数> = []\n变量 任务 = 启动 { 列.追加(1) }\n列.追加(2)\n等待 任务", &["E0601"]);
        main_errors("变量 x = 1\n启动 { 打印(x) }", &[]);
        main_errors("变量 x = 1\n启动 { 打印(x) }\nx = 2", &["E0601"]);
        main_errors("变量 x = 0\n变量 f = () => { x += 1 }\n启动 f()", &["E0601"]);
        main_errors("变量 x = 0\n函数 加() { x += 1 }\n启动 加()", &["E0601"]);
        main_errors("变量 x = 0\n函数 加() { x += 1 }\n启动 { 加() }", &["E0601"]);
        main_errors("对于 i 在 0..3 { 启动 { 打印(i) } }", &[]);
        main_errors("变量 x = 0\n变量 对 = (1, () => { x += 1 })\n启动 { (对.1)() }", &["E0601"]);
        main_errors("变量 x = 0\n变量 通 = 通道<函数(): 空>(1)\n通.发送(() => { x += 1 })", &["E0601"]);
        main_errors("变量 x = 0\n限时(100, () => { x = 1 })\n打印(x)", &[]);
    }

    #[test]
    fn cells_hold_no_functions() {
        main_errors("变量 f = () => 1\n变量 g = () => f()\nf = () => 2\n打印(g())", &["E0602"]);
        main_errors("变量 f = () => 1\n[2].遍历((x) => { f = () => x })\n打印(f())", &[]);
    }

    #[test]
    fn globals_that_tasks_reach_are_atomic() {
        let text = |ty: &str, value: &str, main: &str| {
            format!("变量 共: {ty} = {value}\n函数 用() {{ 打印(共) }}\n函数 主函数() {{\n{main}\n用()\n}}")
        };
        assert_errors(&text("数组<整数>", "[]", ""), &[]);
        assert_errors(&text("数组<整数>", "[]", "启动 用()"), &["E0604"]);
        assert_errors(&text("数组<整数>", "[]", "启动 { 用() }"), &["E0604"]);
        assert_errors(&text("整数", "0", "启动 { 用() }"), &[]);
        let (_, analysis, _) = analyse(&text("整数", "0", "启动 { 用() }"));
        assert_eq!(analysis.atomic_globals.len(), 1);
        let (_, analysis, _) = analyse(&text("整数", "0", ""));
        assert!(analysis.atomic_globals.is_empty());
    }
}
