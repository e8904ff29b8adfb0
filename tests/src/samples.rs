//! tests/samples: programs that came with the language reference. `run/` must print exactly what is written beside them,
//! `reject/` must be refused at the right line with a fitting message. Trailing blanks do not count.

use crate::trial;
use libtest_mimic::Trial;
use qi_tests::corpus;
use qi_tests::directive::normalize;
use qi_tests::process;
use regex_lite::RegexBuilder;
use std::path::{Path, PathBuf};
use std::process::Command;

pub fn trials() -> Vec<Trial> {
    let root = corpus::root().join("samples");
    let mut trials = Vec::new();
    for (kind, test) in [("run", run as fn(&Path) -> Result<(), String>), ("reject", reject)] {
        let mut programs: Vec<_> =
            std::fs::read_dir(root.join(kind)).into_iter().flatten().flatten().map(|it| it.path()).collect();
        programs.retain(|it| it.is_dir() || it.extension().is_some_and(|it| it == "qi"));
        programs.sort();
        for path in programs {
            let name = format!("samples/{kind}/{}", path.file_stem().expect("a file has a name").to_string_lossy());
            trials.push(trial(name, move || test(&path)));
        }
    }
    trials
}

/// A file that belongs to a program: `NAME.out` beside `NAME.qi`, or `NAME/out` for a folder.
fn beside(path: &Path, kind: &str) -> PathBuf {
    if path.is_dir() { path.join(kind) } else { path.with_extension(kind) }
}

fn text(path: &Path, kind: &str) -> Option<String> {
    std::fs::read_to_string(beside(path, kind)).ok()
}

fn run(path: &Path) -> Result<(), String> {
    let source = if path.is_dir() { path.join("主.qi") } else { path.to_path_buf() };
    let mut command = Command::new(corpus::compiler());
    command.arg("run").arg(source).env("QI_CACHE_DIR", corpus::scratch().join("cache"));
    let finished = process::run(command, &text(path, "in").unwrap_or_default());
    if let Some(crash) = process::crash(&finished) {
        return Err(format!("{crash}\n{}", finished.stderr));
    }
    let expected = normalize(&text(path, "out").unwrap_or_default());
    qi_tests::bless::compare(&expected, &normalize(&finished.stdout))
        .map_err(|it| format!("{it}\n{}", finished.stderr))?;
    let expected = text(path, "code").unwrap_or_default();
    let good = match expected.trim() {
        "nonzero" => finished.code != Some(0),
        "" => finished.code == Some(0),
        number => finished.code == number.parse().ok(),
    };
    if !good {
        return Err(format!("exit code {:?}, expected {expected}\n{}", finished.code, finished.stderr));
    }
    let needed = text(path, "err").unwrap_or_default();
    match needed.lines().find(|it| !finished.stderr.contains(it.trim())) {
        Some(line) => Err(format!("stderr lacks {line:?}:\n{}", finished.stderr)),
        None => Ok(()),
    }
}

/// `NAME.err` holds `LINE:COLUMNS<TAB>REGEX`; LINE is a number, a range `A-B` or `*`.
fn reject(path: &Path) -> Result<(), String> {
    let expected = text(path, "err").ok_or("no .err file")?;
    let (place, pattern) = expected.trim_end().split_once('\t').ok_or("no tab in .err")?;
    let mut command = Command::new(corpus::compiler());
    command.arg("check").arg(path);
    let finished = process::run(command, "");
    if let Some(crash) = process::crash(&finished) {
        return Err(format!("{crash}\n{}", finished.stderr));
    }
    if pattern == "ACCEPT-OR-REJECT" {
        return if matches!(finished.code, Some(0 | 1)) {
            Ok(())
        } else {
            Err(format!("exit code {:?}", finished.code))
        };
    }
    if finished.code != Some(1) {
        return Err(format!("exit code {:?}, expected 1", finished.code));
    }
    let regex = RegexBuilder::new(pattern).case_insensitive(true).dot_matches_new_line(true).build();
    if !regex.map_err(|error| error.to_string())?.is_match(&finished.stderr) {
        return Err(format!("message does not match {pattern}:\n{}", finished.stderr));
    }
    let name = path.file_name().expect("a file has a name").to_string_lossy();
    if on_line(&finished.stderr, &name, place.split(':').next().unwrap_or("*")) {
        Ok(())
    } else {
        Err(format!("nothing reported on line {place}:\n{}", finished.stderr))
    }
}

fn on_line(said: &str, name: &str, wanted: &str) -> bool {
    if wanted == "*" {
        return true;
    }
    let (low, high) = wanted.split_once('-').unwrap_or((wanted, wanted));
    let (Ok(low), Ok(high)) = (low.parse::<u32>(), high.parse::<u32>()) else { return false };
    said.match_indices(&format!("{name}:")).any(|(at, found)| {
        let digits: String = said[at + found.len()..].chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<u32>().is_ok_and(|line| (low..=high).contains(&line))
    })
}
