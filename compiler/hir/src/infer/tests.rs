//! Small programs through collecting and inference with the repository's library: findings as `code line:column`, types by name.

mod complete;
mod rejected;

use super::*;
use crate::collect::{DiskLoader, Loader, MemoryLoader, collect, suggest_imports};
use qi_base::{Files, Severity};
use std::path::{Path, PathBuf};

/// The repository's library and one program.
struct TestLoader {
    disk: DiskLoader,
    memory: MemoryLoader,
}

impl Loader for TestLoader {
    fn read(&mut self, path: &Path) -> std::io::Result<Vec<u8>> {
        self.memory.read(path).or_else(|_| self.disk.read(path))
    }
    fn std_dir(&self) -> &Path {
        self.disk.std_dir()
    }
    fn std_modules(&mut self) -> Vec<PathBuf> {
        self.disk.std_modules()
    }
    fn dependency(&mut self, _: &Path, _: &str) -> Option<PathBuf> {
        None
    }
}

fn analyse(files: &[(&str, &str)]) -> (Program, Analysis, Vec<String>) {
    let std_dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../qi-std");
    let mut loader = TestLoader { disk: DiskLoader { std_dir }, memory: MemoryLoader::new(files) };
    let mut sources = Files::default();
    let mut diagnostics = Diagnostics::default();
    let mut program = collect(&mut loader, Path::new(files[0].0), &mut sources, &mut diagnostics);
    let analysis = check(&mut program, &mut diagnostics);
    let findings = diagnostics.into_sorted().into_iter().filter(|it| it.severity == Severity::Error).map(|it| {
        let place = sources.start(it.span());
        let path = sources.get(it.span().file).path.display().to_string();
        format!("{} {}:{}:{} {}", it.code, path, place.line, place.column, it.title.zh)
    });
    (program, analysis, findings.collect())
}

/// 256 MB, as the driver gives.
fn on_big_stack(test: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(256 << 20).spawn(test).expect("a thread can be started");
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

fn assert_accepted(files: &[(&str, &str)]) {
    let (program, analysis, findings) = analyse(files);
    assert_eq!(findings, Vec::<String>::new(), "{}", files[0].1);
    complete::check(&program, &analysis);
}

macro_rules! accepted {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            on_big_stack(|| assert_accepted(&[("主.qi", include_str!(concat!("tests/", stringify!($name), ".qi")))]));
        }
    )*};
}
accepted! { declarations options_results closures concurrency collections traits script }

#[test]
fn modules() {
    let files = [("主.qi", include_str!("tests/modules.qi")), ("几何.qi", include_str!("tests/几何.qi"))];
    on_big_stack(move || assert_accepted(&files));
}

#[test]
fn rejected() {
    on_big_stack(|| {
        for (code, line, text) in rejected::REJECTED {
            let (_, _, findings) = analyse(&[("主.qi", text)]);
            let wanted = format!("{code} 主.qi:{line}:");
            assert!(findings.len() == 1 && findings[0].starts_with(&wanted), "{wanted} {findings:#?}\n{text}");
        }
    });
}

/// What programs of the suite hold must be complete for lowering.
#[test]
fn programs_of_the_suite() {
    on_big_stack(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/run/lang");
        let mut folders = vec![folder];
        let mut files = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|it| it == "qi") {
                    files.push(path);
                }
            }
        }
        files.sort();
        for path in files {
            let std_dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../qi-std");
            let mut diagnostics = Diagnostics::default();
            let mut program = collect(&mut DiskLoader { std_dir }, &path, &mut Files::default(), &mut diagnostics);
            let analysis = check(&mut program, &mut diagnostics);
            if !diagnostics.has_errors() {
                complete::check(&program, &analysis);
            }
        }
    });
}

#[test]
fn deep_nesting() {
    on_big_stack(|| {
        let nested = |open: &str, close: &str, n| format!("变量 x = {}1{}\n打印(x)", open.repeat(n), close.repeat(n));
        assert_accepted(&[("主.qi", &nested("(", ")", 900))]);
        assert_accepted(&[("主.qi", &nested("长度([", "])", 400))]);
        assert_accepted(&[("主.qi", &format!("{}打印(1){}", "如果 真 { ".repeat(450), " }".repeat(450)))]);
    });
}

#[test]
fn fixes_name_what_was_meant() {
    let std_dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../qi-std");
    let fix = |text: &str| {
        let mut loader = TestLoader {
            disk: DiskLoader { std_dir: std_dir.clone() },
            memory: MemoryLoader::new(&[("主.qi", text)]),
        };
        let mut diagnostics = Diagnostics::default();
        let mut files = Files::default();
        let mut program = collect(&mut loader, Path::new("主.qi"), &mut files, &mut diagnostics);
        check(&mut program, &mut diagnostics);
        suggest_imports(&mut loader, &files, &mut diagnostics);
        let fixes: Vec<_> = diagnostics.iter().flat_map(|it| &it.fixes).collect();
        fixes.first().map(|it| (it.edits[0].text.clone(), it.certain))
    };
    assert_eq!(fix("函数 主函数() { 变量 甲 = 1\n返回甲 }"), Some(("返回 甲".to_owned(), true)));
    assert_eq!(fix("函数 主函数() { 变量 学生人数 = 1\n打印(学生入数) }"), Some(("学生人数".to_owned(), false)));
    let own = "类型 点 { 横: 整数 }\n实现 点 { 函数 看(): 整数 { 返回 横 } }\n函数 主函数() {}";
    assert_eq!(fix(own), Some(("自己.横".to_owned(), false)));
    assert_eq!(fix("函数 主函数() { 打印(数学.圆周率) }"), Some(("导入 标准库.数学\n".to_owned(), false)));
}
