//! Where things are: the folders of this crate, the repository, the compiler under test; and walking folders in a fixed order.

use std::path::{Path, PathBuf};

/// The folder `tests/`.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

pub fn repository() -> PathBuf {
    root().parent().expect("tests lies in the repository").to_path_buf()
}

/// `QIC`, or the `qic` that was built with this test binary.
pub fn compiler() -> PathBuf {
    if let Some(path) = std::env::var_os("QIC") {
        return path.into();
    }
    let here = std::env::current_exe().expect("the test binary has a path");
    let folder = here.ancestors().skip(1).find(|it| it.join("qic").is_file());
    folder.map_or_else(|| PathBuf::from("qic"), |it| it.join("qic"))
}

/// A folder of this run for files that programs and compilers write.
pub fn scratch() -> PathBuf {
    let here = std::env::current_exe().expect("the test binary has a path");
    let folder = here.ancestors().nth(2).expect("the test binary lies in the target folder").join("tmp").join("suite");
    std::fs::create_dir_all(&folder).expect("the target folder is writable");
    folder
}

/// Files below `folder` with one of `extensions`, sorted by path.
pub fn files(folder: &Path, extensions: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    walk(folder, &mut |path| {
        if path.extension().and_then(|it| it.to_str()).is_some_and(|it| extensions.contains(&it)) {
            found.push(path.to_path_buf());
        }
    });
    found
}

fn walk(folder: &Path, visit: &mut impl FnMut(&Path)) {
    let Ok(list) = std::fs::read_dir(folder) else { return };
    let mut paths: Vec<_> = list.flatten().map(|it| it.path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().and_then(|it| it.to_str()).unwrap_or_default();
        if name.starts_with('.') || name == "target" {
            continue;
        }
        if path.is_dir() { walk(&path, visit) } else { visit(&path) }
    }
}

/// `path` without `base` and without its extension, for the name of a case.
pub fn case_name(path: &Path, base: &Path) -> String {
    path.strip_prefix(base).unwrap_or(path).with_extension("").to_string_lossy().into_owned()
}
