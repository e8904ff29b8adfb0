//! What the models of `loom.rs` are worth: each mutant breaks one step of a protocol, and the models must notice. A mutant is the real
//! file with one piece of text replaced, compiled with the models by the same compiler.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

struct Mutant {
    name: &'static str,
    file: &'static str,
    from: &'static str,
    to: &'static str,
}

const MUTANTS: &[Mutant] = &[
    Mutant {
        name: "who submits looks for sleepers before the push is seen",
        file: "idle.rs",
        from: "fence_after_push();\n",
        to: "",
    },
    Mutant {
        name: "who sleeps does not look at the queues again",
        file: "idle.rs",
        from: "if has_work() {",
        to: "let _ = has_work;\n        if false {",
    },
    Mutant {
        name: "the last who searched does not hand on",
        file: "idle.rs",
        from: "self.searching.fetch_sub(1, Ordering::SeqCst) == 1",
        to: "self.searching.fetch_sub(1, Ordering::SeqCst) == 7",
    },
    Mutant {
        name: "both arms of a choice take effect",
        file: "waiter.rs",
        from: "!(*choice).claim((*waiter).arm)",
        to: "{ (*choice).claim((*waiter).arm); false }",
    },
    Mutant {
        name: "a wait is published before its waker is taken",
        file: "waiter.rs",
        from: "            let waker = (*self.0).sleeper.waker();\n            race::release(self.0);\n            // Release: the transferred value comes before; pairs with the load in `outcome`.\n            (*self.0).state.store(state, Ordering::Release);\n",
        to: "            (*self.0).state.store(state, Ordering::Relaxed);\n            let waker = (*self.0).sleeper.waker();\n",
    },
    Mutant {
        name: "who waits for a task that just ended is not served",
        file: "waiter.rs",
        from: "        self.serve()\n",
        to: "        self.0.fetch_or(HAPPENED, Ordering::Release);\n        Woken::default()\n",
    },
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The compiled loom next to this test, the newest if there are several.
fn loom() -> (PathBuf, PathBuf) {
    let deps = env::current_exe().expect("a path").parent().expect("a folder").to_owned();
    let libraries = fs::read_dir(&deps).expect("readable").map(|entry| entry.expect("readable").path());
    let is_loom = |path: &PathBuf| {
        let name = path.file_name().and_then(|it| it.to_str()).unwrap_or_default();
        name.starts_with("libloom-") && name.ends_with(".rlib")
    };
    let newest = libraries.filter(is_loom).max_by_key(|path| path.metadata().and_then(|it| it.modified()).ok());
    (deps, newest.expect("loom was compiled for this test"))
}

/// Compiles the models with one file changed, runs them, and gives what they said if they failed.
fn run(place: &Path, mutant: Option<&Mutant>) -> Result<(), String> {
    let _ = fs::remove_dir_all(place);
    for folder in ["src/task", "tests"] {
        fs::create_dir_all(place.join(folder)).expect("writable");
    }
    for file in ["src/task/idle.rs", "src/task/sleeper.rs", "src/task/waiter.rs", "tests/loom.rs"] {
        let mut text = fs::read_to_string(root().join(file)).expect("a source file");
        if let Some(mutant) = mutant.filter(|it| file.ends_with(it.file) && file.starts_with("src")) {
            assert_eq!(text.matches(mutant.from).count(), 1, "mutant “{}” no longer fits {file}", mutant.name);
            text = text.replace(mutant.from, mutant.to);
        }
        fs::write(place.join(file), text).expect("writable");
    }
    let (deps, loom) = loom();
    let program = place.join("models");
    let compiler = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut compile = Command::new(compiler);
    compile.args(["--test", "--edition", "2024", "-A", "warnings", "-C", "opt-level=1"]);
    compile.arg("-L").arg(&deps).arg("--extern").arg(format!("loom={}", loom.display()));
    compile.arg("-o").arg(&program).arg(place.join("tests/loom.rs"));
    let compiled = compile.output().expect("rustc runs");
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    let outcome = Command::new(&program).arg("-q").output().expect("the models run");
    if outcome.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&outcome.stdout).into_owned()) }
}

#[test]
fn every_mutant_is_noticed() {
    let place = env::temp_dir().join(format!("qi-mutants-{}", std::process::id()));
    if let Err(said) = run(&place, None) {
        panic!("the models fail without a mutant:\n{said}");
    }
    let survivors: Vec<&str> =
        MUTANTS.iter().filter(|&mutant| run(&place, Some(mutant)).is_ok()).map(|it| it.name).collect();
    let _ = fs::remove_dir_all(&place);
    assert!(survivors.is_empty(), "not noticed: {survivors:#?}");
}
