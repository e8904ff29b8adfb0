//! tests/run and examples: each program runs at -O0 and -O2 with the census on; output, exit code and leaks are judged.
//! `QI_TEST_WRAPPER` runs the compiled programs under a tool such as valgrind; `QI_TEST_SANITIZE` builds them with that
//! sanitizer; `QI_TEST_SAMPLE=n` leaves every n-th program of the list, for tools that are slow.

use crate::trial;
use libtest_mimic::Trial;
use qi_tests::directive::{self, Directives, normalize};
use qi_tests::process::{self, Finished};
use qi_tests::{bless, corpus};
use std::path::{Path, PathBuf};
use std::process::Command;

pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    let folders = [(corpus::root().join("run"), "run"), (corpus::repository().join("examples"), "examples")];
    for (folder, prefix) in folders {
        for path in corpus::files(&folder, &["qi"]).into_iter().step_by(sample()) {
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let Some(directives) = directive::parse(&text) else { continue };
            let levels = directives.level.map_or_else(|| vec![0, 2], |it| vec![it]);
            for level in levels {
                let name = format!("{prefix}/{}::O{level}", corpus::case_name(&path, &folder));
                let path = path.clone();
                trials.push(trial(name, move || check(&path, level)));
            }
        }
    }
    trials
}

fn sample() -> usize {
    std::env::var("QI_TEST_SAMPLE").ok().and_then(|it| it.parse().ok()).filter(|&it| it > 0).unwrap_or(1)
}

fn check(path: &Path, level: u8) -> Result<(), String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let directives = directive::parse(&text).expect("listed because it has directives");
    let finished = run(path, level, &directives)?;
    if let Some(crash) = process::crash(&finished) {
        return Err(format!("{crash}\n{}", finished.stderr));
    }
    if bless::is_on() && directives.output.is_some() {
        return write_output(path, &text, &normalize(&finished.stdout));
    }
    judge(&directives, &finished)
}

pub fn judge(directives: &Directives, finished: &Finished) -> Result<(), String> {
    let code = finished.code.unwrap_or(-1);
    if let Some(output) = &directives.output {
        bless::compare(&normalize(output), &normalize(&finished.stdout))
            .map_err(|it| format!("stdout (exit code {code}): {it}\nstderr:\n{}", finished.stderr))?;
    }
    if code != directives.exit {
        return Err(format!("exit code {code}, expected {}\n{}", directives.exit, finished.stderr));
    }
    if let Some(line) = directives.errors.iter().find(|it| !finished.stderr.contains(it.trim())) {
        return Err(format!("stderr lacks {line:?}:\n{}", finished.stderr));
    }
    if let Some(stack) = &directives.stack {
        bless::compare(stack, &functions_of_stack(&finished.stderr))?;
    }
    if finished.stderr.contains("泄漏：") && !directives.may_leak {
        return Err(finished.stderr.clone());
    }
    Ok(())
}

/// The names in the lines `  在 名 (文件:行:列)`.
fn functions_of_stack(stderr: &str) -> String {
    let lines = stderr.lines().filter_map(|it| it.strip_prefix("  在 "));
    lines.filter_map(|it| it.split_once(" (")).map(|it| it.0).collect::<Vec<_>>().join(" ")
}

/// `qic run` keeps compiled programs, so a second run of the suite compiles only what changed.
fn run(path: &Path, level: u8, directives: &Directives) -> Result<Finished, String> {
    let cache = corpus::scratch().join("cache");
    let wrapper = std::env::var("QI_TEST_WRAPPER").unwrap_or_default();
    let mut command = if sanitizer().is_some() {
        Command::new(build(path, level)?)
    } else if wrapper.is_empty() {
        let mut command = Command::new(corpus::compiler());
        command.arg("run").arg(format!("-O{level}")).arg(path);
        command
    } else {
        let program = build(path, level)?;
        let mut words = wrapper.split_whitespace();
        let mut command = Command::new(words.next().expect("wrapper is not empty"));
        command.args(words).arg(program);
        command
    };
    command.args(&directives.arguments).env("QI_LEAKS", "1").env("QI_CACHE_DIR", cache);
    command.envs(directives.stack_limit.as_ref().map(|it| ("QI_STACK", it)));
    command.current_dir(path.parent().expect("a file lies in a folder"));
    Ok(process::run(command, &directives.input))
}

fn sanitizer() -> Option<String> {
    std::env::var("QI_TEST_SANITIZE").ok().filter(|it| !it.is_empty())
}

/// The compiled program.
pub fn build(path: &Path, level: u8) -> Result<PathBuf, String> {
    let name = corpus::case_name(path, &corpus::repository()).replace('/', "_");
    let sanitizer = sanitizer();
    let suffix = sanitizer.as_ref().map(|it| format!("-{it}")).unwrap_or_default();
    let output = corpus::scratch().join(format!("{name}-O{level}{suffix}"));
    let mut command = Command::new(corpus::compiler());
    command.arg("build").arg(format!("-O{level}")).arg(path).arg("-o").arg(&output);
    command.args(sanitizer.iter().flat_map(|it| ["--sanitize", it]));
    let finished = process::run(command, "");
    if finished.code == Some(0) { Ok(output) } else { Err(finished.stderr) }
}

/// Replaces the block below `// 输出:`.
fn write_output(path: &Path, text: &str, output: &str) -> Result<(), String> {
    let mut lines: Vec<String> = Vec::new();
    let mut skipping = false;
    for line in text.lines() {
        skipping = skipping && line.starts_with("//") && !line.ends_with(':');
        if skipping {
            continue;
        }
        lines.push(line.to_owned());
        if line == "// 输出:" {
            lines.extend(output.lines().map(|it| format!("// {it}").trim_end().to_owned()));
            skipping = true;
        }
    }
    std::fs::write(path, lines.join("\n") + "\n").map_err(|error| error.to_string())
}
