//! Runs every `tests/mir/**/*.mir`: a first line `test <steps>`, a module, `====`, and what the steps make of it.
//!
//! Steps are names of passes, `verify`, `check` and `allocation` (their words, or `ok`), `print`, and `all` (the whole pipeline at O2).
//! `UPDATE_EXPECT=1` writes the expectations.

use qi_mir::{Module, Phase, parse::parse, verify::verify};
use qi_passes::{allocation, arc, pipeline};
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn filetests() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/mir");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    assert!(!files.is_empty(), "no tests in {}", root.display());
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let failures: Vec<String> = files.iter().filter_map(|file| run_file(file, update).err()).collect();
    assert!(failures.is_empty(), "{} of {} failed:\n{}", failures.len(), files.len(), failures.join("\n"));
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("readable folder") {
        let path = entry.expect("readable entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|it| it == "mir") {
            files.push(path);
        }
    }
}

fn run_file(path: &Path, update: bool) -> Result<(), String> {
    let fail = |message: String| format!("--- {}\n{message}", path.display());
    let text = fs::read_to_string(path).map_err(|error| fail(error.to_string()))?;
    let (input, expected) = text.split_once("\n====\n").unwrap_or((&text, ""));
    let steps = input
        .lines()
        .next()
        .and_then(|line| line.strip_prefix("test "))
        .ok_or_else(|| fail("no `test` line".to_owned()))?;
    let module = input.split_once('\n').map_or("", |it| it.1);
    let found = run_steps(steps, module).map_err(fail)?;
    if found == expected {
        return Ok(());
    }
    if update {
        return fs::write(path, format!("{}\n====\n{found}", input.trim_end()))
            .map_err(|error| fail(error.to_string()));
    }
    Err(fail(format!("{found}\n(run with UPDATE_EXPECT=1 to accept)")))
}

fn run_steps(steps: &str, text: &str) -> Result<String, String> {
    let mut module = parse(text).map_err(|error| error.to_string())?;
    let printed = module.to_string();
    let again = parse(&printed).map_err(|error| format!("printed text does not parse: {error}\n{printed}"))?;
    if again.to_string() != printed {
        return Err(format!("printing is not stable:\n{printed}"));
    }
    for step in steps.split_whitespace() {
        match step {
            "print" => {}
            "verify" => return Ok(verify(&module).map_or_else(|error| format!("{error}\n"), |()| "ok\n".to_owned())),
            "check" => return Ok(check(&module)),
            "allocation" => return Ok(allocations(&module)),
            "all" => pipeline::run(&mut module, pipeline::Level::O2, None),
            name => {
                let pass = pipeline::PASSES.iter().find(|pass| pass.name == name);
                (pass.ok_or_else(|| format!("no pass is named {name}"))?.run)(&mut module);
            }
        }
    }
    verify(&module).map_err(|error| format!("{error}\n{module}"))?;
    match check(&module).as_str() {
        "ok\n" => Ok(functions(&module)),
        finding => Err(format!("{finding}{module}")),
    }
}

fn check(module: &Module) -> String {
    let facts = arc::ParamOwns::new(module);
    for (id, func) in module.functions.iter().filter(|(_, func)| func.phase == Phase::Owned) {
        if let Err(finding) = arc::check::check(&module.types, &facts, func) {
            return format!("{id} {finding}\n");
        }
    }
    "ok\n".to_owned()
}

fn allocations(module: &Module) -> String {
    let findings = allocation::check(module);
    if findings.is_empty() {
        return "ok\n".to_owned();
    }
    let step = |it: &allocation::Cause| format!(" {:?}", it.reason);
    findings.iter().map(|it| format!("{}:{}\n", it.function, it.path.iter().map(step).collect::<String>())).collect()
}

/// The functions alone: types and sites do not change.
fn functions(module: &Module) -> String {
    let texts: Vec<String> = module.functions.ids().map(|id| qi_mir::print::function_text(module, id)).collect();
    texts.join("\n")
}
