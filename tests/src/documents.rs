//! Code blocks of README and docs: ```` ```qi ```` must check, ```` ```qi 运行 ```` must run and print the ```` ```text ```` block
//! that follows, ```` ```qi 错误 E0201 ```` must be refused with that code, ```` ```qi 片段 ```` is shown only.
//! The lines of ```` ```llvm OPTIONS ```` must occur in this order in what `qic --emit-llvm OPTIONS` makes of the last Qi
//! block before; `…` stands for anything.

use crate::trial;
use libtest_mimic::Trial;
use qi_tests::corpus;
use qi_tests::directive::normalize;
use qi_tests::process::{self, Finished};
use std::path::{Path, PathBuf};
use std::process::Command;

struct Block {
    line: usize,
    /// What stands after the fence.
    info: String,
    text: String,
}

pub fn trials() -> Vec<Trial> {
    let repository = corpus::repository();
    let mut documents = corpus::files(&repository.join("docs"), &["md"]);
    documents.extend([repository.join("README.md"), repository.join("README.en.md")]);
    let mut trials = Vec::new();
    for path in documents {
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        if blocks(&text).iter().any(|it| it.info.split(' ').next() == Some("qi")) {
            let name = format!("docs/{}", corpus::case_name(&path, &repository));
            trials.push(trial(name, move || check(&path)));
        }
    }
    trials
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (index, line) in text.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => {
                open = Some(Block { line: index + 1, info: info.trim().to_owned(), text: String::new() })
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(block), None) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, None) => {}
        }
    }
    blocks
}

fn check(path: &Path) -> Result<(), String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    let blocks = blocks(&text);
    let mut wrong = Vec::new();
    for (index, block) in blocks.iter().enumerate() {
        let words: Vec<&str> = block.info.split_whitespace().collect();
        let outcome = match words[..] {
            ["qi"] => checks(path, block, None),
            ["qi", "错误" | "error", code] => checks(path, block, Some(code)),
            ["qi", "运行" | "run", ..] => runs(path, block, blocks.get(index + 1)),
            ["llvm", ref options @ ..] => {
                let program = blocks[..index].iter().rfind(|it| it.info == "qi");
                program.map_or(Err("no program before".to_owned()), |it| ir(path, it, options, block))
            }
            _ => Ok(()),
        };
        if let Err(error) = outcome {
            wrong.push(format!("{}:{}: {error}", path.display(), block.line));
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

fn checks(path: &Path, block: &Block, code: Option<&str>) -> Result<(), String> {
    let finished = compiler(path, block, &["check"])?;
    match code {
        None if finished.code == Some(0) => Ok(()),
        Some(code) if finished.code == Some(1) && finished.stderr.contains(code) => Ok(()),
        _ => Err(format!("exit code {:?}\n{}", finished.code, finished.stderr)),
    }
}

fn runs(path: &Path, block: &Block, output: Option<&Block>) -> Result<(), String> {
    let finished = compiler(path, block, &["run"])?;
    let expected = output.filter(|it| it.info == "text").map(|it| normalize(&it.text)).unwrap_or_default();
    qi_tests::bless::compare(&expected, &normalize(&finished.stdout)).map_err(|it| format!("{it}\n{}", finished.stderr))
}

fn ir(path: &Path, program: &Block, options: &[&str], expected: &Block) -> Result<(), String> {
    let finished = compiler(path, program, &[&["--emit-llvm"], options].concat())?;
    let mut lines = finished.stdout.lines();
    for pattern in expected.text.lines().map(str::trim) {
        if !lines.any(|line| matches(line.trim(), pattern)) {
            return Err(format!("the module has no further line {pattern}\n{}", finished.stderr));
        }
    }
    Ok(())
}

/// Whether the parts of the pattern between `…` make up the line, in order.
fn matches(line: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('…').map(str::trim);
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = line.strip_prefix(first) else { return false };
    let mut last = first;
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
        last = part;
    }
    rest.is_empty() || (last.is_empty() && pattern.ends_with('…'))
}

fn compiler(path: &Path, block: &Block, arguments: &[&str]) -> Result<Finished, String> {
    let folder = corpus::scratch().join("docs");
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let name = corpus::case_name(path, &corpus::repository()).replace('/', "_");
    let source: PathBuf = folder.join(format!("{name}_{}.qi", block.line));
    std::fs::write(&source, &block.text).map_err(|error| error.to_string())?;
    let mut command = Command::new(corpus::compiler());
    command.args(arguments).arg(&source).env("QI_CACHE_DIR", corpus::scratch().join("cache"));
    let finished = process::run(command, "");
    match process::crash(&finished) {
        Some(crash) => Err(format!("{crash}\n{}", finished.stderr)),
        None => Ok(finished),
    }
}
