//! Every program of the corpus lowers to a well-formed module whose text reads back; a few small ones to exactly the
//! expected text (`UPDATE_EXPECT=1` writes it). Sites and the library's functions are left out: they follow other files.

use qi_base::{Diagnostics, Files};
use qi_hir::{Owner, collect, flow, infer};
use qi_lower::{Mode, Options};
use qi_mir::Module;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// None if the program has errors.
fn lower(path: &Path) -> Option<Module> {
    let (mut files, mut found) = (Files::default(), Diagnostics::default());
    let mut loader = collect::DiskLoader { std_dir: root().join("qi-std") };
    let mut program = collect::collect(&mut loader, path, &mut files, &mut found);
    let mut analysis = infer::check(&mut program, &mut found);
    flow::check(&program, &mut analysis, &mut found);
    if found.has_errors() {
        return None;
    }
    let has_methods = program.functions.iter().any(|(_, it)| it.owner != Owner::Module);
    assert!(has_methods, "the prelude was not found");
    let mode = if analysis.entry.is_some() { Mode::Program } else { Mode::Tests { filter: None } };
    qi_lower::lower(&program, &analysis, &files, &Options { mode }, &mut found)
}

fn programs(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).into_iter().flatten().map(|it| it.expect("readable").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            programs(&path, found);
        } else if path.extension().is_some_and(|it| it == "qi") {
            found.push(path);
        }
    }
}

fn with_ample_stack(run: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(256 << 20).spawn(run).expect("a thread");
    thread.join().expect("the test passes");
}

#[test]
fn corpus_lowers_to_well_formed_modules() {
    with_ample_stack(|| {
        let mut paths = Vec::new();
        programs(&root().join("tests/run"), &mut paths);
        programs(&root().join("examples"), &mut paths);
        assert!(paths.len() > 50, "the corpus is missing");
        for path in paths {
            let Some(module) = lower(&path) else { continue };
            if let Err(finding) = qi_mir::verify::verify(&module) {
                panic!("{}: {finding}", path.display());
            }
            let text = module.to_string();
            let read = qi_mir::parse::parse(&text).unwrap_or_else(|it| panic!("{}: {it:?}", path.display()));
            assert_eq!(text, read.to_string(), "{}", path.display());
        }
    });
}

/// The functions of the program itself, without source positions.
fn own_functions(module: &Module, name: &str) -> String {
    let mut text = String::new();
    for (id, func) in module.functions.iter() {
        if func.symbol.starts_with(&format!("qi.{name}.")) {
            text += &qi_mir::print::function_text(module, id);
        }
    }
    let words = text.split_inclusive(char::is_whitespace).filter(|it| !it.starts_with("@site"));
    words.collect::<String>().replace(" \n", "\n")
}

#[test]
fn small_programs_lower_as_written() {
    let mut paths = Vec::new();
    programs(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mir"), &mut paths);
    for path in paths {
        let module = lower(&path).expect("the program is good");
        let name = path.file_stem().expect("a file").to_string_lossy().into_owned();
        let found = own_functions(&module, &name);
        let expected = path.with_extension("mir");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(&expected, &found).expect("writable");
        }
        let wanted = std::fs::read_to_string(&expected).unwrap_or_default();
        assert_eq!(found, wanted, "{}; UPDATE_EXPECT=1 to accept", path.display());
    }
}
