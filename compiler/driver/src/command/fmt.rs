//! `qic fmt`: rewrites files in the one layout; a file with syntax errors is left alone.

use super::Outcome;
use crate::failure::{EXIT_WRONG, Failure};
use crate::session::{Session, read_source};
use std::io::Read;
use std::path::{Path, PathBuf};

pub fn fmt(session: &Session, check: bool, files: Vec<PathBuf>) -> Outcome {
    if files == [PathBuf::from("-")] {
        return standard_input();
    }
    let mut sources = Vec::new();
    let roots = if files.is_empty() { vec![PathBuf::from(".")] } else { files };
    for root in &roots {
        collect(root, &mut sources)?;
    }
    let mut code = 0;
    for path in &sources {
        let text = read_source(path)?;
        let Some(formatted) = format(&text) else {
            let name = path.display();
            session.say(
                &format!("{name} 有语法错误，没有整理；运行 qic check {name}"),
                &format!("{name} has syntax errors and was left alone; run qic check {name}"),
            );
            code = EXIT_WRONG;
            continue;
        };
        if formatted == text {
            continue;
        }
        if check {
            println!("{}", path.display());
            code = EXIT_WRONG;
        } else {
            std::fs::write(path, formatted).map_err(|error| Failure::io(path, &error))?;
        }
    }
    Ok(code)
}

fn standard_input() -> Outcome {
    let mut text = String::new();
    let name = Path::new("-");
    std::io::stdin().read_to_string(&mut text).map_err(|error| Failure::io(name, &error))?;
    match format(&text) {
        Some(formatted) => Ok(super::print(&formatted)),
        None => Err(Failure::new("E0909", "标准输入有语法错误，没有整理", "standard input has syntax errors")),
    }
}

/// None if the text has syntax errors.
fn format(text: &str) -> Option<String> {
    qi_fmt::format(text).ok()
}

/// `.qi` files below `path`, hidden and build folders excepted, in a fixed order.
fn collect(path: &Path, sources: &mut Vec<PathBuf>) -> Result<(), Failure> {
    if !path.is_dir() {
        sources.push(path.to_path_buf());
        return Ok(());
    }
    let list = std::fs::read_dir(path).map_err(|error| Failure::io(path, &error))?;
    let mut paths: Vec<_> = list.flatten().map(|it| it.path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
        let skipped = name.starts_with('.') || name == "target" || name == "构建";
        if !skipped && (path.is_dir() || name.ends_with(".qi")) {
            collect(&path, sources)?;
        }
    }
    Ok(())
}
