//! `UPDATE_EXPECT=1` writes what was found instead of comparing. The difference is read before it is committed.

use std::path::Path;

pub fn is_on() -> bool {
    std::env::var_os("UPDATE_EXPECT").is_some_and(|it| it == "1")
}

/// Compares `found` with the file at `path`, or writes the file.
pub fn compare_file(path: &Path, found: &str) -> Result<(), String> {
    if is_on() {
        return std::fs::write(path, found).map_err(|error| format!("{}: {error}", path.display()));
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    compare(&expected, found).map_err(|it| format!("{}: {it}\n(UPDATE_EXPECT=1 writes the file)", path.display()))
}

/// The first line that differs, with both versions.
pub fn compare(expected: &str, found: &str) -> Result<(), String> {
    if expected == found {
        return Ok(());
    }
    let (mut left, mut right) = (expected.lines(), found.lines());
    let mut number = 1;
    loop {
        match (left.next(), right.next()) {
            (None, None) => return Err("line ends differ".into()),
            (a, b) if a == b => number += 1,
            (a, b) => {
                let show = |it: Option<&str>| it.map_or("<end>".to_owned(), |it| format!("{it:?}"));
                return Err(format!("line {number}: expected {}, found {}\n{found}", show(a), show(b)));
            }
        }
    }
}
