//! Under `QI_TEST_SANITIZE`: programs with a planted mistake, in the C sources of a package, that the sanitizer must report. One that
//! sees nothing would let the whole suite pass.

use crate::trial;
use libtest_mimic::Trial;
use qi_tests::corpus;
use qi_tests::process;
use std::path::PathBuf;
use std::process::Command;

struct Mistake {
    name: &'static str,
    sanitizer: &'static str,
    c: &'static str,
    qi: &'static str,
    /// None: nothing is wrong.
    report: Option<&'static str>,
}

const MISTAKES: [Mistake; 3] = [
    Mistake {
        name: "thread_sees_a_race",
        sanitizer: "thread",
        // Both tasks are there before one of them writes; what they tell each other orders nothing.
        c: "#include <stdatomic.h>\n#include <stdint.h>\nstatic atomic_int here; int64_t n;\nvoid bump(void) {\n    \
            atomic_fetch_add_explicit(&here, 1, memory_order_relaxed);\n    \
            while (atomic_load_explicit(&here, memory_order_relaxed) < 2) {}\n    n++;\n}\n",
        qi: "外部 \"c\" { 函数 bump() }\n并发 {\n    启动 { bump() }\n    启动 { bump() }\n}\n",
        report: Some("ThreadSanitizer: data race"),
    },
    // The tasks take turns: what the runtime says about its lock must be enough.
    Mistake {
        name: "thread_sees_order",
        sanitizer: "thread",
        c: "#include <stdint.h>\nint64_t n; void bump(void) { n++; }\n",
        qi: "外部 \"c\" { 函数 bump() }\n变量 锁一 = 锁(0)\n并发 {\n    \
             对于 _ 在 0..4 { 启动 { 对于 _ 在 0..1000 { 锁一.改((可变 v) => bump()) } } }\n}\n",
        report: None,
    },
    Mistake {
        name: "address_sees_use_after_free",
        sanitizer: "address",
        c: "#include <stdint.h>\n#include <stdlib.h>\nint64_t peek(void) { volatile int64_t *p = malloc(8); free((void *)p); return *p; }\n",
        qi: "外部 \"c\" { 函数 peek(): 整数 }\n打印(peek())\n",
        report: Some("AddressSanitizer: heap-use-after-free"),
    },
];

pub fn trials() -> Vec<Trial> {
    let chosen = std::env::var("QI_TEST_SANITIZE").unwrap_or_default();
    let fitting = MISTAKES.iter().filter(|it| it.sanitizer == chosen);
    fitting.map(|it| trial(format!("sanitizer/{}", it.name), || check(it))).collect()
}

fn check(mistake: &Mistake) -> Result<(), String> {
    let program = build(mistake)?;
    let mut command = Command::new(program);
    command.env("QI_WORKERS", "4");
    let finished = process::run(command, "");
    let right = match mistake.report {
        Some(report) => finished.stderr.contains(report) && finished.code != Some(0),
        None => finished.stderr.is_empty() && finished.code == Some(0),
    };
    if right { Ok(()) } else { Err(format!("{finished:#?}")) }
}

fn build(mistake: &Mistake) -> Result<PathBuf, String> {
    let folder = corpus::scratch().join("sanitizers").join(mistake.name);
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let manifest = "[package]\nname = \"错\"\nentry = \"主.qi\"\n[c]\nsources = [\"c.c\"]\n";
    for (name, text) in [("qi.toml", manifest), ("c.c", mistake.c), ("主.qi", mistake.qi)] {
        std::fs::write(folder.join(name), text).map_err(|error| error.to_string())?;
    }
    let mut command = Command::new(corpus::compiler());
    command.args(["build", "-O0", "--sanitize", mistake.sanitizer, "-o", "program"]).current_dir(&folder);
    let finished = process::run(command, "");
    if finished.code == Some(0) { Ok(folder.join("program")) } else { Err(finished.stderr) }
}
