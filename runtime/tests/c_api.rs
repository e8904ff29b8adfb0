//! The C programs under tests/c, as C11 and C++17, against the static and the shared library. Each must exit with 0, print its
//! `.out`, and leave no object behind.

use std::path::{Path, PathBuf};
use std::process::Command;

extern crate qi_runtime as _;

#[derive(Clone, Copy, PartialEq, Debug)]
enum Library {
    Static,
    Shared,
}

/// Where cargo puts the libraries: beside the tests if it built them for the tests alone, else one folder up.
fn target() -> PathBuf {
    let exe = std::env::current_exe().expect("a test binary");
    let beside = exe.parent().expect("target/debug/deps");
    let built_here = beside.join("libqi_runtime.a").exists() && beside.join("libqi_runtime.so").exists();
    let folder = if built_here { beside } else { beside.parent().expect("target/debug") };
    folder.to_path_buf()
}

fn build(source: &Path, compiler: &[&str], library: Library) -> PathBuf {
    let folder = target().join("c_api");
    std::fs::create_dir_all(&folder).expect("a folder for the programs");
    let name = source.file_stem().expect("a named file").to_string_lossy();
    let program = folder.join(format!("{name}-{}-{library:?}", compiler[0]));
    let mut command = Command::new(compiler[0]);
    command.args(&compiler[1..]).args(["-Wall", "-Wextra", "-Werror", "-O1", "-I"]);
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("include"));
    command.arg(source).arg("-o").arg(&program);
    match library {
        Library::Static => command.arg(target().join("libqi_runtime.a")).args(["-lpthread", "-ldl", "-lm"]),
        Library::Shared => {
            command.arg("-L").arg(target()).arg("-lqi_runtime").arg(format!("-Wl,-rpath,{}", target().display()))
        }
    };
    let output = command.output().expect("a C compiler");
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
    program
}

fn run(source: &Path, program: &Path) {
    // Cargo's own search path may lead to an older library.
    let output =
        Command::new(program).env("QI_LEAKS", "1").env("LD_LIBRARY_PATH", target()).output().expect("the program runs");
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{}: {}\n{out}\n{err}", program.display(), output.status);
    assert!(!err.contains("泄漏"), "{}: {err}", program.display());
    let wanted = std::fs::read_to_string(source.with_extension("out")).expect("the expected output");
    assert_eq!(out, wanted, "{}", program.display());
}

#[test]
fn c_programs() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/c");
    let mut sources: Vec<PathBuf> =
        std::fs::read_dir(&folder).expect("tests/c").map(|entry| entry.expect("readable").path()).collect();
    sources.retain(|path| path.extension().is_some_and(|extension| extension == "c"));
    sources.sort();
    assert!(!sources.is_empty());
    for source in sources {
        for compiler in [["cc", "-std=c11"], ["c++", "-std=c++17"]] {
            for library in [Library::Static, Library::Shared] {
                let program = build_as(&source, &compiler, library);
                run(&source, &program);
            }
        }
    }
}

/// C++ takes the language from the file's name.
fn build_as(source: &Path, compiler: &[&str], library: Library) -> PathBuf {
    if compiler[0] == "cc" {
        return build(source, compiler, library);
    }
    let folder = target().join("c_api");
    std::fs::create_dir_all(&folder).expect("a folder for the programs");
    let copy = folder.join(source.with_extension("cpp").file_name().expect("a named file"));
    std::fs::copy(source, &copy).expect("a copy");
    build(&copy, compiler, library)
}
