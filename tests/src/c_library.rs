//! Libraries for C: what `qic build --lib` writes, built into C programs and run.

use crate::command_line::{expect, folder, qic, write};
use crate::trial;
use libtest_mimic::Trial;
use qi_tests::corpus;
use qi_tests::process;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Programs below `tests/c/exports`: `NAME.qi` is the library, `NAME.c` uses it and prints `NAME.out`.
const EXPORTS: [&str; 4] = ["texts", "results", "callbacks", "forks"];

pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for name in EXPORTS {
        for options in ["static -O0", "static -O2", "shared -O2"] {
            let case = format!("c/exports/{name}_{}", options.replace(" -", "_"));
            trials.push(trial(case, move || exports(name, options)));
        }
        trials.push(trial(format!("c/exports/{name}_address"), move || exports(name, "static -O2 --sanitize address")));
        trials.push(trial(format!("c/exports/{name}_header"), move || header(name)));
    }
    trials.push(trial("c/library_for_c".into(), library_for_c));
    trials.push(trial("c/structs_between_qi_and_c".into(), structs_between_qi_and_c));
    trials.push(trial("c/library_starts_once".into(), library_starts_once));
    trials.push(trial("c/library_start_fails".into(), library_start_fails));
    trials.push(trial("c/sources_of_a_package".into(), c_sources));
    trials
}

fn read(name: &str) -> Result<String, String> {
    let path = corpus::root().join("c/exports").join(name);
    std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
}

/// The program prints what it should, and leaves no object behind.
fn exports(name: &str, options: &str) -> Result<(), String> {
    let folder = folder(&format!("exports_{name}_{}", options.replace(' ', "_")))?;
    for extension in ["qi", "c"] {
        write(&folder.join(format!("{name}.{extension}")), read(&format!("{name}.{extension}"))?.as_bytes())?;
    }
    let library = if options.starts_with("shared") { format!("lib{name}.so") } else { format!("lib{name}.a") };
    expect(&qic(&folder, &format!("build --lib {options} {name}.qi -o {library}")), 0, "", "")?;
    let mut command = Command::new("cc");
    command.args(["-std=c11", "-Wall", "-Wextra", "-Werror", "-I."]);
    command.args(options.contains("address").then_some("-fsanitize=address"));
    command.args(qic(&folder, "env --cflags").stdout.split_whitespace());
    command.args([&format!("{name}.c"), &library, "-o", name]);
    if options.starts_with("shared") {
        command
            .arg(format!("-Wl,-rpath,{}", folder.display()))
            .args(qic(&folder, "env --libs").stdout.split_whitespace());
    } else {
        command.args(qic(&folder, "env --libs --static").stdout.split_whitespace());
    }
    command.current_dir(&folder);
    expect(&process::run(command, ""), 0, "", "")?;
    let mut program = Command::new(folder.join(name));
    program.env("QI_LEAKS", "1");
    let finished = process::run(program, "");
    if finished.code != Some(0) || finished.stdout != read(&format!("{name}.out"))? || !finished.stderr.is_empty() {
        return Err(format!("exit code {:?}\n{}{}", finished.code, finished.stdout, finished.stderr));
    }
    Ok(())
}

/// The header is C11 and C++17, alone and with the runtime's.
fn header(name: &str) -> Result<(), String> {
    let folder = folder(&format!("exports_{name}_header"))?;
    write(&folder.join(format!("{name}.qi")), read(&format!("{name}.qi"))?.as_bytes())?;
    let header = qic(&folder, &format!("header {name}.qi"));
    expect(&header, 0, "", "")?;
    write(&folder.join("it.h"), header.stdout.as_bytes())?;
    write(&folder.join("alone.c"), b"#include \"it.h\"\n")?;
    write(&folder.join("both.c"), b"#include \"qi_runtime.h\"\n#include \"it.h\"\n#include \"it.h\"\n")?;
    for source in ["alone.c", "both.c"] {
        for compiler in [["cc", "-std=c11", "-xc"], ["c++", "-std=c++17", "-xc++"]] {
            let mut command = Command::new(compiler[0]);
            command.args(&compiler[1..]).args(["-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-I."]);
            command.args(qic(&folder, "env --cflags").stdout.split_whitespace()).arg(source).current_dir(&folder);
            expect(&process::run(command, ""), 0, "", "")?;
        }
    }
    Ok(())
}

/// A static library with its header, used from C with what `qic env` prints.
fn library_for_c() -> Result<(), String> {
    let folder = folder("library_for_c")?;
    let source = "导出 \"qi_add\" 函数 加(甲: 整数, 乙: 整数): 整数 { 返回 甲 + 乙 }\n";
    write(&folder.join("加法.qi"), source.as_bytes())?;
    let main = "#include \"add.h\"\n#include <stdio.h>\nint main(void) { printf(\"%d\\n\", (int)qi_add(2, 40)); }\n";
    write(&folder.join("main.c"), main.as_bytes())?;
    let program = build_for_c(&folder, "加法.qi", "add")?;
    expect(&process::run(Command::new(program), ""), 0, "42", "")
}

/// Builds `source` as `libNAME.a` and `main.c` with it.
fn build_for_c(folder: &Path, source: &str, name: &str) -> Result<PathBuf, String> {
    let library = format!("lib{name}.a");
    expect(&qic(folder, &format!("build --lib static {source} -o {library}")), 0, "", "")?;
    let (flags, libs) = (qic(folder, "env --cflags"), qic(folder, "env --libs --static"));
    expect(&libs, 0, "libqi_runtime.a", "")?;
    let mut command = Command::new("cc");
    command.arg("-I.").args(flags.stdout.split_whitespace()).args(["main.c", &library, "-o", "main"]);
    command.args(libs.stdout.split_whitespace()).current_dir(folder);
    expect(&process::run(command, ""), 0, "", "")?;
    Ok(folder.join("main"))
}

/// Structs of every class of C's calling convention go both ways, and the header that C reads defines them.
fn structs_between_qi_and_c() -> Result<(), String> {
    let folder = folder("structs_between_qi_and_c")?;
    write(&folder.join("主.qi"), include_bytes!("../c/structs/主.qi"))?;
    write(&folder.join("qi.toml"), include_bytes!("../c/structs/qi.toml"))?;
    write(&folder.join("shapes.c"), include_bytes!("../c/structs/shapes.c"))?;
    let expected = include_str!("../c/structs/shapes.out").trim_end();
    expect(&qic(&folder, "run -O0"), 0, expected, "")?;
    expect(&qic(&folder, "run -O2"), 0, expected, "")?;
    let header = qic(&folder, "header 主.qi");
    expect(&header, 0, "混 qi_mixed(混 x, 对 y);", "")?;
    write(&folder.join("shapes.h"), header.stdout.as_bytes())?;
    let mut command = Command::new("cc");
    command.args(["-std=c11", "-Wall", "-Werror", "-fsyntax-only", "shapes.h"]).current_dir(&folder);
    expect(&process::run(command, ""), 0, "", "")
}

/// Twelve threads call a library at once for the first time; its globals are initialised once, before any of them uses them.
fn library_starts_once() -> Result<(), String> {
    let folder = folder("library_starts_once")?;
    write(&folder.join("lib.qi"), include_bytes!("../c/library/lib.qi"))?;
    write(&folder.join("main.c"), include_bytes!("../c/library/threads.c"))?;
    let program = build_for_c(&folder, "lib.qi", "lib")?;
    for _ in 0..50 {
        let finished = process::run(Command::new(&program), "");
        let mut lines: Vec<&str> = finished.stdout.lines().collect();
        lines.sort_unstable();
        if finished.code != Some(0) || lines != ["0 105", "初始化"] {
            return Err(format!("exit code {:?}\n{}{}", finished.code, finished.stdout, finished.stderr));
        }
    }
    Ok(())
}

/// An error while a library starts is the call's; the next call starts it again.
fn library_start_fails() -> Result<(), String> {
    let folder = folder("library_start_fails")?;
    write(&folder.join("bad.qi"), include_bytes!("../c/library/bad.qi"))?;
    write(&folder.join("main.c"), include_bytes!("../c/library/bad.c"))?;
    let program = build_for_c(&folder, "bad.qi", "bad")?;
    expect(&process::run(Command::new(program), ""), 0, "0 第1次失败\n0 第1次失败", "")
}

fn c_sources() -> Result<(), String> {
    let folder = folder("c_sources")?;
    write(
        &folder.join("qi.toml"),
        "[package]\nname = \"丙\"\nentry = \"主.qi\"\n[c]\nsources = [\"fast.c\"]\n".as_bytes(),
    )?;
    write(&folder.join("fast.c"), b"#include <stdint.h>\nint64_t twice(int64_t x) { return 2 * x; }\n")?;
    write(&folder.join("主.qi"), "外部 \"c\" { 函数 twice(x: 整数): 整数 }\n打印(twice(21))\n".as_bytes())?;
    expect(&qic(&folder, "run"), 0, "42", "")
}
