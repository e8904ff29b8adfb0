//! The shape of the project: layers, file heads and lengths, no stubs, and that every diagnostic code has a test and a page.

use crate::trial;
use libtest_mimic::Trial;
use qi_tests::corpus;
use regex_lite::Regex;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What each crate may name; its own tests may use more.
const LAYERS: [(&str, &[&str]); 12] = [
    ("qi-base", &[]),
    ("qi-abi", &[]),
    ("qi-syntax", &["qi-base"]),
    ("qi-fmt", &["qi-base", "qi-syntax"]),
    ("qi-hir", &["qi-base", "qi-syntax"]),
    ("qi-mir", &["qi-base", "qi-abi"]),
    ("qi-lower", &["qi-base", "qi-syntax", "qi-hir", "qi-mir", "qi-abi"]),
    ("qi-passes", &["qi-base", "qi-mir", "qi-abi"]),
    ("qi-codegen", &["qi-base", "qi-mir", "qi-abi"]),
    ("qi-runtime", &["qi-abi"]),
    ("qi-ide", &["qi-base", "qi-hir", "qi-syntax", "qi-fmt"]),
    ("qi-lsp", &["qi-base", "qi-ide"]),
];

/// Codes that need a broken machine: no linker, no runtime library, no standard library.
const UNREACHABLE: [&str; 2] = ["E0904", "E0907"];

const LONGEST: usize = 800;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("tidy/layers".into(), layers),
        trial("tidy/files".into(), files),
        trial("tidy/every_code_has_ui_test_and_page".into(), codes),
        trial("tidy/no_machine_paths".into(), machine_paths),
    ]
}

fn layers() -> Result<(), String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["metadata", "--no-deps", "--format-version", "1", "--offline"]).current_dir(corpus::repository());
    let output = command.output().map_err(|error| error.to_string())?;
    let metadata: Value = serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
    let allowed: BTreeMap<_, _> = LAYERS.into_iter().collect();
    let mut wrong = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let name = package["name"].as_str().unwrap_or_default();
        let dependencies = package["dependencies"].as_array().into_iter().flatten();
        let names = dependencies.filter(|it| it["kind"].is_null()).filter_map(|it| it["name"].as_str());
        for dependency in names {
            let ours = dependency.starts_with("qi-") || dependency == "qic";
            let fits = allowed.get(name).is_none_or(|it| it.contains(&dependency));
            if ours && !fits {
                wrong.push(format!("{name} may not depend on {dependency}"));
            }
            let llvm = ["inkwell", "llvm-sys"].contains(&dependency);
            if llvm && name != "qi-codegen" {
                wrong.push(format!("{name} may not name LLVM"));
            }
        }
    }
    report(wrong)
}

fn rust_files() -> Vec<PathBuf> {
    let repository = corpus::repository();
    ["compiler", "passes", "runtime", "tests"]
        .iter()
        .flat_map(|it| corpus::files(&repository.join(it), &["rs"]))
        .collect()
}

fn files() -> Result<(), String> {
    // Spelled so that this file does not find itself.
    let stubs =
        [concat!("todo", "!("), concat!("unimplemented", "!("), concat!("#[", "ignore"), concat!("#[", "allow(")];
    let mut wrong = Vec::new();
    for path in rust_files() {
        let text = std::fs::read_to_string(&path).map_err(|error| error.to_string())?;
        let name = relative(&path);
        let foreign = name.contains("/peers/");
        if !text.starts_with("//!") && !foreign {
            wrong.push(format!("{name} does not start by saying what it promises (//!)"));
        }
        let lines = text.lines().count();
        if lines > LONGEST {
            wrong.push(format!("{name} has {lines} lines, more than {LONGEST}"));
        }
        wrong.extend(stubs.iter().filter(|it| text.contains(**it)).map(|it| format!("{name} contains {it}")));
    }
    report(wrong)
}

/// Codes stand in the sources as string literals.
fn codes() -> Result<(), String> {
    let pattern = Regex::new(r#""([EW]0[1-9][0-9]{2})""#).expect("the pattern is well-formed");
    let mut found = BTreeSet::new();
    for path in rust_files().iter().filter(|it| relative(it).starts_with("compiler/")) {
        let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
        found.extend(pattern.captures_iter(&text).map(|it| it[1].to_owned()));
    }
    let repository = corpus::repository();
    // Codes of the command line and the environment are shown there.
    let command_line = include_str!("command_line.rs");
    let mut wrong = Vec::new();
    for code in &found {
        if !repository.join(format!("docs/错误/{code}.md")).is_file() {
            wrong.push(format!("{code} has no page docs/错误/{code}.md"));
        }
        let shown = command_line.contains(code.as_str()) || repository.join(format!("tests/ui/{code}")).is_dir();
        if !shown && !UNREACHABLE.contains(&code.as_str()) {
            wrong.push(format!("{code} has no test in tests/ui/{code}"));
        }
    }
    report(wrong)
}

fn machine_paths() -> Result<(), String> {
    let pattern = Regex::new(r"/(home|work|root|Users)/[A-Za-z.]").expect("the pattern is well-formed");
    let repository = corpus::repository();
    let mut wrong = Vec::new();
    for folder in ["compiler", "passes", "runtime", "tests", "docs", "examples", "qi-std"] {
        for path in corpus::files(&repository.join(folder), &["rs", "qi", "md", "toml", "c", "h", "sh"]) {
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            if let Some(found) = pattern.find(&text).filter(|_| !path.ends_with("tidy.rs")) {
                wrong.push(format!("{} names a machine's path: {}", relative(&path), found.as_str()));
            }
        }
    }
    report(wrong)
}

fn relative(path: &Path) -> String {
    path.strip_prefix(corpus::repository()).unwrap_or(path).to_string_lossy().into_owned()
}

fn report(wrong: Vec<String>) -> Result<(), String> {
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}
