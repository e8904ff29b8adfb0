//! `qic` as a user types it: exit codes, both languages, what goes to which stream, and the first hour of a newcomer.

use crate::trial;
use libtest_mimic::Trial;
use qi_tests::corpus;
use qi_tests::process::{self, Finished};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Arguments, exit code, a word on stdout, a word on stderr.
const CASES: [(&str, &str, i32, &str, &str); 34] = [
    ("no_arguments_help", "", 0, "用法：qic", ""),
    ("version", "--version", 0, "qic 0.", ""),
    ("chinese_help", "--帮助", 0, "体检", ""),
    ("command_help", "构建 --help", 0, "--release", ""),
    ("unknown_command", "chekc", 2, "", "是不是想写 check"),
    ("unknown_option", "check --foo 好.qi", 2, "", "E0900"),
    ("bad_sanitizer", "build --sanitize foo 好.qi", 2, "", "不接受 foo"),
    ("bad_value", "build --lib foo 好.qi", 2, "", "不接受 foo"),
    ("english", "--lang en chekc", 2, "", "there is no command"),
    ("future_command", "repl", 2, "", "E0903]: 尚未支持"),
    ("lsp_is_for_editors", "lsp", 1, "", "E0910"),
    ("missing_file", "check 无.qi", 1, "", "E0901"),
    ("not_utf8", "check 坏.qi", 1, "", "E0233"),
    ("not_utf8_fmt", "fmt 坏.qi", 1, "", "E0902]: 坏.qi:1:4"),
    ("no_input", "check", 2, "", "E0906"),
    ("no_entry", "run 库.qi", 1, "", "E0237"),
    ("library_checks", "check 库.qi", 0, "", ""),
    ("header_of_texts", "build --emit header 文字.qi", 0, "QiString *hail(const QiString *谁);", ""),
    ("explain", "explain e0201", 0, "# E0201", ""),
    ("explain_index", "explain", 0, "E0301 类型不匹配", ""),
    ("check_good", "check 好.qi", 0, "", ""),
    ("check_chinese_command", "检查 好.qi", 0, "", ""),
    ("run_implied", "好.qi 甲 --乙", 0, "2 甲 --乙", ""),
    ("run_drops_double_dash", "run 好.qi -- --release", 0, "1 --release", ""),
    ("explain_unknown", "explain E9999", 2, "", "E0908"),
    ("json_failure", "check 无.qi --message-format json", 1, "\"code\":\"E0901\"", ""),
    ("emit_llvm", "--emit-llvm 好.qi", 0, "define", ""),
    ("emit_llvm_before_split", "--emit-llvm --emit-stage 拆分前 协.qi", 0, "llvm.coro.suspend", ""),
    ("emit_llvm_after_split", "--emit-llvm 协.qi", 0, "; 协程 数（@", ""),
    ("emit_tokens", "build --emit tokens 协.qi", 0, "COMMENT", ""),
    ("emit_tree", "build --emit ast 协.qi", 0, "SOURCE_FILE", ""),
    ("emit_hir", "build --emit hir 协.qi", 0, "函数 数(): 空 让出 整数", ""),
    ("emit_mir", "build --emit mir 协.qi", 0, "block0", ""),
    ("frames", "frames 协.qi", 0, "第 2 行挂起：让出", ""),
];

const GOOD: &str = "函数 主函数(参数: 数组<字符串>) {\n    打印(参数.长度, 参数.连接(\" \"))\n}\n";

pub fn trials() -> Vec<Trial> {
    let mut trials: Vec<_> = CASES
        .iter()
        .map(|&(name, arguments, code, stdout, stderr)| {
            trial(format!("cli/{name}"), move || case(name, arguments, code, stdout, stderr))
        })
        .collect();
    trials.push(trial("cli/first_hour".into(), first_hour));
    trials.push(trial("cli/wrong_program_is_fixed".into(), wrong_program_is_fixed));
    trials.push(trial("cli/build_makes_a_program".into(), build_makes_a_program));
    trials.push(trial("cli/exit_codes_pass_through".into(), exit_codes));
    trials.push(trial("cli/packages_depend_on_packages".into(), packages));
    trials.push(trial("cli/manifest_errors".into(), manifest_errors));
    trials.push(trial("cli/format_leaves_errors_alone".into(), format_errors));
    trials.push(trial("cli/long_lines_are_shown_in_part".into(), long_lines));
    trials
}

pub fn folder(name: &str) -> Result<PathBuf, String> {
    let folder = corpus::scratch().join("cli").join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(|error| error.to_string())?;
    }
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    write(&folder.join("好.qi"), GOOD.as_bytes())?;
    write(&folder.join("坏.qi"), b"abc\xff")?;
    write(
        &folder.join("协.qi"),
        "协程 函数 数(): 整数 { // 注释\n    让出 1\n}\n变量 们 = [数()]\n打印(恢复(们[0]))\n".as_bytes(),
    )?;
    let texts = "导出 \"hail\" 函数 问候(谁: 字符串): 字符串 { 返回 谁 }\n函数 主函数() { 打印(问候(\"甲\")) }\n";
    write(&folder.join("文字.qi"), texts.as_bytes())?;
    write(&folder.join("库.qi"), "公开 函数 加(甲: 整数): 整数 { 返回 甲 + 1 }\n".as_bytes())?;
    Ok(folder)
}

pub fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    std::fs::write(path, bytes).map_err(|error| error.to_string())
}

pub fn qic(folder: &Path, arguments: &str) -> Finished {
    let mut command = Command::new(corpus::compiler());
    command.args(arguments.split_whitespace()).current_dir(folder);
    command.env("QI_CACHE_DIR", corpus::scratch().join("cache"));
    process::run(command, "")
}

pub fn expect(finished: &Finished, code: i32, stdout: &str, stderr: &str) -> Result<(), String> {
    if let Some(crash) = process::crash(finished) {
        return Err(format!("{crash}\n{}", finished.stderr));
    }
    if finished.code != Some(code) || !finished.stdout.contains(stdout) || !finished.stderr.contains(stderr) {
        return Err(format!("expected {code}, {stdout:?}, {stderr:?}; got {finished:#?}"));
    }
    Ok(())
}

fn case(name: &str, arguments: &str, code: i32, stdout: &str, stderr: &str) -> Result<(), String> {
    let folder = folder(name)?;
    expect(&qic(&folder, arguments), code, stdout, stderr)
}

/// What a newcomer does first: new, run, a mistake that is explained and fixed, a test that fails and then passes, fmt, C.
fn first_hour() -> Result<(), String> {
    let folder = folder("first_hour")?;
    expect(&qic(&folder, "new 你好"), 0, "", "qic run")?;
    let package = folder.join("你好");
    expect(&qic(&package, "run"), 0, "你好，世界！", "")?;
    expect(&qic(&package, "run"), 0, "你好，世界！", "")?;
    expect(&qic(&package, "test"), 0, "1 个通过，0 个失败", "")?;
    expect(&qic(&package, "fmt --check"), 0, "", "")?;
    first_mistakes(&package)?;
    first_c(&package)?;
    expect(&qic(&package, "new 你好"), 0, "", "")?;
    expect(&qic(&package, "new 你好"), 1, "", "已经存在")
}

fn first_mistakes(package: &Path) -> Result<(), String> {
    let main = package.join("源码/主.qi");
    write(&main, "函数 加(甲: 整数, 乙: 整数): 整数 {\n返回甲+乙\n}\n函数 主函数() { 打印(加(1, 2)) }\n".as_bytes())?;
    expect(&qic(package, "run"), 1, "", "主.qi:2:1")?;
    expect(&qic(package, "run"), 1, "", "E0201")?;
    expect(&qic(package, "explain E0201"), 0, "# E0201", "")?;
    expect(&qic(package, "fix"), 0, "", "")?;
    expect(&qic(package, "run"), 0, "3", "")?;
    expect(&qic(package, "fmt --check"), 1, "", "")?;
    expect(&qic(package, "fmt"), 0, "", "")?;
    expect(&qic(package, "fmt --check"), 0, "", "")?;
    let text = std::fs::read_to_string(&main).map_err(|error| error.to_string())?;
    write(&main, format!("{text}\n测试 \"加\" {{ 断言(加(1, 2) == 4) }}\n").as_bytes())?;
    expect(&qic(package, "test"), 1, "| 测试 \"加\" { 断言(加(1, 2) == 4) }", "")?;
    expect(&qic(package, "test"), 1, "0 个通过，1 个失败", "")?;
    write(&main, format!("{text}\n测试 \"加\" {{ 断言(加(1, 2) == 3) }}\n").as_bytes())?;
    expect(&qic(package, "test"), 0, "1 个通过，0 个失败", "")
}

fn first_c(package: &Path) -> Result<(), String> {
    let manifest = package.join("qi.toml");
    let text = std::fs::read_to_string(&manifest).map_err(|error| error.to_string())?;
    write(&manifest, format!("{text}\n[c]\nsources = [\"快.c\"]\n").as_bytes())?;
    write(&package.join("快.c"), b"#include <stdint.h>\nint64_t twice(int64_t x) { return 2 * x; }\n")?;
    let main = "外部 \"c\" { 函数 twice(x: 整数): 整数 }\n函数 主函数() { 打印(twice(21)) }\n";
    write(&package.join("源码/主.qi"), main.as_bytes())?;
    expect(&qic(package, "run"), 0, "42", "")
}

fn wrong_program_is_fixed() -> Result<(), String> {
    let folder = folder("wrong_program_is_fixed")?;
    let source = "函数 加(甲: 整数, 乙: 整数): 整数 {\n    返回甲 + 乙\n}\n打印(加(1, 2))\n";
    write(&folder.join("错.qi"), source.as_bytes())?;
    expect(&qic(&folder, "run 错.qi"), 1, "", "错.qi:2:5")?;
    expect(&qic(&folder, "fix 错.qi"), 0, "", "")?;
    expect(&qic(&folder, "run 错.qi"), 0, "3", "")
}

fn build_makes_a_program() -> Result<(), String> {
    let folder = folder("build_makes_a_program")?;
    expect(&qic(&folder, "build --release 好.qi -o 程序"), 0, "", "")?;
    let mut command = Command::new(folder.join("程序"));
    command.arg("甲");
    expect(&process::run(command, ""), 0, "1 甲", "")
}

fn exit_codes() -> Result<(), String> {
    let folder = folder("exit_codes")?;
    write(&folder.join("七.qi"), "函数 主函数(): 整数 { 返回 7 }\n".as_bytes())?;
    expect(&qic(&folder, "run 七.qi"), 7, "", "")?;
    write(&folder.join("抛.qi"), "函数 主函数() { 抛出 \"坏了\" }\n".as_bytes())?;
    expect(&qic(&folder, "run 抛.qi"), 1, "", "坏了")
}

/// `[dependencies]` with a path; two packages that import each other are refused.
fn packages() -> Result<(), String> {
    let folder = folder("packages")?;
    for (name, other) in [("主", "甲"), ("甲", "乙"), ("乙", "甲")] {
        let root = folder.join(name);
        std::fs::create_dir_all(root.join("源码")).map_err(|error| error.to_string())?;
        let manifest =
            format!("[package]\nname = \"{name}\"\n[dependencies]\n\"{other}\" = {{ path = \"../{other}\" }}\n");
        write(&root.join("qi.toml"), manifest.as_bytes())?;
    }
    write(&folder.join("主/源码/主.qi"), "导入 甲\n函数 主函数() { 打印(甲.名()) }\n".as_bytes())?;
    write(&folder.join("甲/源码/模块.qi"), "导入 乙\n公开 函数 名(): 字符串 { 返回 乙.名() }\n".as_bytes())?;
    write(&folder.join("乙/源码/模块.qi"), "公开 函数 名(): 字符串 { 返回 \"乙包\" }\n".as_bytes())?;
    expect(&qic(&folder.join("主"), "run"), 0, "乙包", "")?;
    write(&folder.join("乙/源码/模块.qi"), "导入 甲\n公开 函数 名(): 字符串 { 返回 \"乙包\" }\n".as_bytes())?;
    expect(&qic(&folder.join("主"), "check"), 1, "", "E0235")
}

fn manifest_errors() -> Result<(), String> {
    let folder = folder("manifest_errors")?;
    let manifest = folder.join("qi.toml");
    write(&manifest, "[package]\n名字 = \"甲\"\n".as_bytes())?;
    expect(&qic(&folder, "check"), 1, "", "\"名字\" = \"甲\"")?;
    write(&manifest, "[package]\nversion = \"1\"\n".as_bytes())?;
    expect(&qic(&folder, "check"), 1, "", "E0905")?;
    write(&manifest, "[package]\n\"名字\" = \"甲\"\n\"入口\" = \"好.qi\"\n".as_bytes())?;
    expect(&qic(&folder, "run"), 0, "0", "")
}

fn format_errors() -> Result<(), String> {
    let folder = folder("format_errors")?;
    write(&folder.join("错.qi"), "打印(\n".as_bytes())?;
    expect(&qic(&folder, "fmt 错.qi"), 1, "", "没有整理")?;
    let mut command = Command::new(corpus::compiler());
    command.args(["fmt", "-"]);
    expect(&process::run(command, "打印(\n"), 1, "", "E0909")
}

/// Both ends of a mistake on a line of 20,000 characters.
fn long_lines() -> Result<(), String> {
    let folder = folder("long_lines")?;
    let filler = "打印(甲); ".repeat(1000);
    let source = format!("函数 主函数() {{ 变量 甲 = 1; {filler}变量 甲 = 2; {filler}}}\n");
    write(&folder.join("长.qi"), source.as_bytes())?;
    let output = qic(&folder, "check 长.qi");
    expect(&output, 1, "", "::: 长.qi:1:15")?;
    match output.stderr.lines().find(|it| it.chars().count() > 300) {
        Some(line) => Err(format!("a line of {} characters", line.chars().count())),
        None => Ok(()),
    }
}
