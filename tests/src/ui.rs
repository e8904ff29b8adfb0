//! tests/ui/<code>/*.qi: rejected (or warned-about) programs with inline expectations of code, place and Chinese words;
//! `.both` beside a program, always beside the first of a code, holds the full drawing in both languages.

use crate::trial;
use libtest_mimic::Trial;
use qi_tests::expectation::{self, Finding};
use qi_tests::process;
use qi_tests::{bless, corpus};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Modules that the programs of a code import lie in this folder of the code and are put beside the program.
const MODULES: &str = "modules";

pub fn trials() -> Vec<Trial> {
    let folder = corpus::root().join("ui");
    let mut trials = Vec::new();
    let mut previous = None;
    for path in corpus::files(&folder, &["qi"]) {
        if path.parent().is_some_and(|it| it.ends_with(MODULES)) {
            continue;
        }
        let code_folder = path.parent().map(Path::to_path_buf);
        let is_first = previous != code_folder;
        previous = code_folder;
        let name = format!("ui/{}", corpus::case_name(&path, &folder));
        trials.push(trial(name, move || check(&path, is_first)));
    }
    trials
}

fn check(path: &Path, is_first: bool) -> Result<(), String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let stripped = expectation::strip(&text);
    let copy = copy(path, &stripped)?;
    let mut findings = findings(&copy)?;
    findings.sort();
    let code = code_of(path);
    if !findings.iter().any(|it| it.text.contains(&format!("[{code}]"))) {
        return Err(format!("no {code} among {findings:#?}"));
    }
    let annotated = expectation::annotate(&stripped, &findings);
    if bless::is_on() {
        std::fs::write(path, &annotated).map_err(|error| error.to_string())?;
    } else {
        bless::compare(&text, &annotated)?;
    }
    let drawings = path.with_extension("both");
    if is_first || drawings.exists() {
        let both = format!("{}\n{}", drawing(&copy, "zh"), drawing(&copy, "en"));
        bless::compare_file(&drawings, &both)?;
    }
    Ok(())
}

fn code_of(path: &Path) -> String {
    let folder = path.parent().and_then(Path::file_name);
    folder.map(|it| it.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The program without its expectations, in a folder of its own.
fn copy(path: &Path, stripped: &str) -> Result<PathBuf, String> {
    let name = path.file_name().expect("a file has a name");
    let stem = corpus::case_name(path, &corpus::root()).replace('/', "_");
    let folder = corpus::scratch().join("ui").join(stem);
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let modules = path.with_file_name(MODULES);
    for module in corpus::files(&modules, &["qi"]) {
        let target = folder.join(module.file_name().expect("a file has a name"));
        std::fs::copy(&module, target).map_err(|error| error.to_string())?;
    }
    let copy = folder.join(name);
    std::fs::write(&copy, stripped).map_err(|error| error.to_string())?;
    Ok(copy)
}

fn compiler(copy: &Path) -> Command {
    let mut command = Command::new(corpus::compiler());
    command.arg("check").arg(copy.file_name().expect("a file has a name"));
    command.current_dir(copy.parent().expect("a file lies in a folder"));
    command
}

fn findings(copy: &Path) -> Result<Vec<Finding>, String> {
    let mut command = compiler(copy);
    command.args(["--message-format", "json"]);
    let finished = process::run(command, "");
    if let Some(crash) = process::crash(&finished) {
        return Err(format!("{crash}\n{}", finished.stderr));
    }
    let mut findings = Vec::new();
    for line in finished.stdout.lines() {
        let object: Value = serde_json::from_str(line).map_err(|error| format!("{error}: {line}"))?;
        findings.push(finding(&object));
    }
    let errors = findings.iter().any(|it| it.text.starts_with("错误"));
    if errors != (finished.code == Some(1)) {
        return Err(format!("exit code {:?} with {findings:#?}\n{}", finished.code, finished.stderr));
    }
    Ok(findings)
}

fn finding(object: &Value) -> Finding {
    let number = |key: &str| object[key].as_u64().and_then(|it| usize::try_from(it).ok()).unwrap_or(1);
    let word = if object["level"] == "error" { "错误" } else { "警告" };
    let title = object["message"].as_str().unwrap_or_default();
    let label = object["labels"][0]["message"].as_str().unwrap_or_default();
    let label = if label.is_empty() { String::new() } else { format!(" — {label}") };
    let (line, start) = (number("line"), number("column"));
    let end = if number("end_line") == line { number("end_column") } else { start + 1 };
    let code = object["code"].as_str().unwrap_or_default();
    Finding { line, start, end, text: format!("{word}[{code}]: {title}{label}") }
}

fn drawing(copy: &Path, language: &str) -> String {
    let mut command = compiler(copy);
    command.args(["--lang", language]);
    let finished = process::run(command, "");
    // Places in the standard library are named in full: the repository lies anywhere.
    let repository = format!("{}/", corpus::repository().display());
    finished.stderr.replace(&repository, "")
}
