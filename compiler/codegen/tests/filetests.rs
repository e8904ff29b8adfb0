//! Runs `tests/codegen/*.mir`. Each file is a module in the text form of MIR with directives in lines that start with `;`:
//!
//! ```text
//! ; level: O0 O2            levels to build at (default both)
//! ; before: TEXT            the IR before splitting contains TEXT, in this order
//! ; check: TEXT             the IR after the pipeline contains TEXT, in this order
//! ; check O2: TEXT          only at that level
//! ; count O0: 2 TEXT        the IR after the pipeline contains TEXT twice
//! ; not: TEXT               the IR after the pipeline does not contain TEXT (`not O2:` likewise)
//! ; out: TEXT               one line of output; the program is linked and run, without leaks
//! ; err: TEXT               standard error contains TEXT
//! ; exit: 1                 exit code
//! ; debug:                  with debug information
//! ```

use qi_codegen::{LinkJob, LinkKind, Options, Outputs, RUNTIME_LIBRARY};
use qi_passes::pipeline::Level;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Other lines are comments.
const NAMES: &[&str] = &["level", "before", "check", "count", "not", "out", "err", "exit", "debug"];

#[derive(Default)]
struct Case {
    module: String,
    levels: Vec<u8>,
    directives: Vec<(String, Option<u8>, String)>,
}

fn parse(text: &str) -> Case {
    let mut case = Case::default();
    for line in text.lines() {
        let Some(directive) = line.strip_prefix(';') else {
            case.module += line;
            case.module.push('\n');
            continue;
        };
        case.module.push('\n');
        let Some((head, rest)) = directive.split_once(':') else { continue };
        let mut words = head.split_whitespace();
        let name = words.next().unwrap_or_default().to_owned();
        if !NAMES.contains(&name.as_str()) {
            continue;
        }
        let level = words.next().map(level_number);
        let rest = rest.strip_prefix(' ').unwrap_or(rest).to_owned();
        if name == "level" {
            case.levels = rest.split_whitespace().map(level_number).collect();
        } else {
            case.directives.push((name, level, rest));
        }
    }
    if case.levels.is_empty() {
        case.levels = vec![0, 2];
    }
    case
}

fn level_number(word: &str) -> u8 {
    word.trim_start_matches('O').parse().unwrap_or_else(|_| panic!("no level {word}"))
}

impl Case {
    fn texts(&self, name: &str, level: u8) -> Vec<&str> {
        let all = self.directives.iter().filter(|it| it.0 == name && it.1.is_none_or(|it| it == level));
        all.map(|it| it.2.as_str()).collect()
    }
    fn runs(&self) -> bool {
        self.directives.iter().any(|it| matches!(it.0.as_str(), "out" | "err" | "exit"))
    }
}

fn in_order(text: &str, wanted: &[&str]) -> Result<(), String> {
    let mut rest = text;
    for want in wanted {
        let Some(at) = rest.find(want) else { return Err(format!("missing `{want}`")) };
        rest = &rest[at + want.len()..];
    }
    Ok(())
}

fn target_dir() -> PathBuf {
    let exe = std::env::current_exe().expect("a test has a path");
    exe.ancestors().nth(2).expect("target/debug/deps/test").to_owned()
}

/// Builds the runtime once; the test binary does not link it.
fn runtime_dir() -> PathBuf {
    let dir = target_dir();
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let target = dir.parent().expect("a profile folder lies in the target folder");
        let status = Command::new(env!("CARGO"))
            .args(["build", "-q", "-p", "qi-runtime"])
            .env("CARGO_TARGET_DIR", target)
            .status()
            .expect("cargo runs");
        assert!(status.success() && dir.join(RUNTIME_LIBRARY).exists(), "the runtime does not build");
    });
    dir
}

fn run_case(path: &Path, level: u8) -> Result<(), String> {
    let case = parse(&std::fs::read_to_string(path).expect("a readable test"));
    if !case.levels.contains(&level) {
        return Ok(());
    }
    let mut module = qi_mir::parse::parse(&case.module).map_err(|it| it.to_string())?;
    qi_passes::pipeline::run(&mut module, if level == 0 { Level::O0 } else { Level::O2 }, None);
    let outputs = Outputs { ir_before: true, ir: true, object: true, frames: true, ..Outputs::default() };
    let mut options = Options::new("测试", level, outputs);
    options.debug_info = !case.texts("debug", level).is_empty();
    let emitted = qi_codegen::emit(&module, &options);
    let show = |what: String, ir: &str| format!("{what}\n{ir}");
    in_order(&emitted.ir_before, &case.texts("before", level)).map_err(|it| show(it, &emitted.ir_before))?;
    in_order(&emitted.ir, &case.texts("check", level)).map_err(|it| show(it, &emitted.ir))?;
    for wanted in case.texts("count", level) {
        let (n, text) = wanted.split_once(' ').expect("a number and a text");
        let found = emitted.ir.matches(text).count();
        if found.to_string() != n {
            return Err(show(format!("`{text}` stands {found} times, not {n}"), &emitted.ir));
        }
    }
    for text in case.texts("not", level) {
        if emitted.ir.contains(text) {
            return Err(show(format!("unwanted `{text}`"), &emitted.ir));
        }
    }
    if case.runs() { execute(&case, path, level, &emitted) } else { Ok(()) }
}

fn execute(case: &Case, path: &Path, level: u8, emitted: &qi_codegen::Emitted) -> Result<(), String> {
    let folder = target_dir().join("codegen-tests");
    std::fs::create_dir_all(&folder).expect("a writable target folder");
    let name = format!("{}-O{level}", path.file_stem().expect("a file name").to_string_lossy());
    let (object, program) = (folder.join(format!("{name}.o")), folder.join(&name));
    std::fs::write(&object, &emitted.object).expect("a writable target folder");
    let job = LinkJob {
        kind: LinkKind::Executable,
        objects: &[object],
        runtime_dir: &runtime_dir(),
        output: &program,
        libraries: &[],
        strip: false,
    };
    qi_codegen::link(&job).map_err(|it| format!("{}\n{}", it.text.en, it.details))?;
    let output =
        Command::new("timeout").arg("20").arg(&program).env("QI_LEAKS", "1").output().expect("the program runs");
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let wanted: String = case.texts("out", level).iter().map(|it| format!("{it}\n")).collect();
    let code: i32 = case.texts("exit", level).first().map_or(0, |it| it.parse().expect("an exit code"));
    let facts = format!("exit {:?}\nstdout: {stdout}\nstderr: {stderr}", output.status);
    if stdout != wanted {
        return Err(format!("wrong output, expected: {wanted}{facts}"));
    }
    if output.status.code() != Some(code) {
        return Err(format!("wrong exit code, expected {code}: {facts}"));
    }
    in_order(&stderr, &case.texts("err", level)).map_err(|it| format!("{it}: {facts}"))
}

#[test]
fn files() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/codegen");
    let filter = std::env::var("QI_TEST").unwrap_or_default();
    let entries = std::fs::read_dir(&folder).expect("tests/codegen").map(|it| it.expect("an entry").path());
    let mut paths: Vec<PathBuf> = entries.filter(|it| it.extension().is_some_and(|it| it == "mir")).collect();
    paths.sort();
    let mut failures = Vec::new();
    for path in paths.iter().filter(|it| it.to_string_lossy().contains(&filter)) {
        for level in [0, 1, 2, 3] {
            if let Err(message) = run_case(path, level) {
                failures.push(format!("== {} at O{level}: {message}", path.display()));
            }
        }
    }
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n"));
}
