//! `qic` as a user types it: exit codes, both languages, what goes to which stream, and the first hour of a newcomer.

use crate::trial;
use libtest_mimic::Trial;
use qi_tests::corpus;
use qi_tests::process::{self, Finished};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Arguments, exit code, a word on stdout, a word on stderr.
const CASES: [(&str, &str, i32, &str, &str); 18] = [
    ("no_arguments_help", "", 0, "用法：qic", ""),
    ("version", "--version", 0, "qic 0.", ""),
    ("chinese_help", "--帮助", 0, "体检", ""),
    ("command_help", "构建 --help", 0, "--release", ""),
    ("unknown_command", "chekc", 2, "", "是不是想写 check"),
    ("unknown_option", "check --foo 好.qi", 2, "", "没有选项 --foo"),
    ("bad_value", "build --lib foo 好.qi", 2, "", "不接受 foo"),
    ("english", "--lang en chekc", 2, "", "there is no command"),
    ("future_command", "repl", 2, "", "尚未支持"),
    ("missing_file", "check 无.qi", 1, "", "E0901"),
    ("not_utf8", "check 坏.qi", 1, "", "坏.qi:1:4"),
    ("check_good", "check 好.qi", 0, "", ""),
    ("check_chinese_command", "检查 好.qi", 0, "", ""),
    ("run_implied", "好.qi 甲 --乙", 0, "2 甲 --乙", ""),
    ("run_drops_double_dash", "run 好.qi -- --release", 0, "1 --release", ""),
    ("explain_unknown", "explain E9999", 2, "", "没有错误码"),
    ("json_failure", "check 无.qi --message-format json", 1, "\"code\":\"E0901\"", ""),
    ("emit_llvm", "--emit-llvm 好.qi", 0, "define", ""),
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
    trials
}

fn folder(name: &str) -> Result<PathBuf, String> {
    let folder = corpus::scratch().join("cli").join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(|error| error.to_string())?;
    }
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    write(&folder.join("好.qi"), GOOD.as_bytes())?;
    write(&folder.join("坏.qi"), b"abc\xff")?;
    Ok(folder)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    std::fs::write(path, bytes).map_err(|error| error.to_string())
}

fn qic(folder: &Path, arguments: &str) -> Finished {
    let mut command = Command::new(corpus::compiler());
    command.args(arguments.split_whitespace()).current_dir(folder);
    command.env("QI_CACHE_DIR", corpus::scratch().join("cache"));
    process::run(command, "")
}

fn expect(finished: &Finished, code: i32, stdout: &str, stderr: &str) -> Result<(), String> {
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

/// new, run, run again, test, fmt: what a newcomer does first.
fn first_hour() -> Result<(), String> {
    let folder = folder("first_hour")?;
    expect(&qic(&folder, "new 你好"), 0, "", "qic run")?;
    let package = folder.join("你好");
    expect(&qic(&package, "run"), 0, "你好，世界！", "")?;
    expect(&qic(&package, "run"), 0, "你好，世界！", "")?;
    expect(&qic(&package, "test"), 0, "", "")?;
    expect(&qic(&package, "fmt --check"), 0, "", "")?;
    expect(&qic(&package, "new 你好"), 0, "", "")?;
    expect(&qic(&package, "new 你好"), 1, "", "已经存在")
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
