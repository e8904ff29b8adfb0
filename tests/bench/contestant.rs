//! Contestants: how each kind is built, and the command that runs it. A kind whose compiler is missing takes no part.

use crate::lines;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Who takes part in a row: a name in the table, how it is built, and its program in `programs/` or `peers/`.
#[derive(Clone, Copy)]
pub struct Contestant {
    pub label: &'static str,
    kind: Kind,
    program: &'static str,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    Qi,
    C,
    Cpp,
    Go,
    Rust,
    /// Rust with mimalloc as its allocator.
    Mimalloc,
    /// The compiler itself is what runs.
    RunQi,
    CheckQi,
    BuildQi,
    BuildC,
    BuildGo,
}

pub const fn by(label: &'static str, kind: Kind, program: &'static str) -> Contestant {
    Contestant { label, kind, program }
}

impl Contestant {
    /// The same contestant's version of another program.
    pub const fn with_program(self, program: &'static str) -> Self {
        Self { program, ..self }
    }

    pub fn is_native_code(self) -> bool {
        self.kind != Kind::Go
    }
}

/// Where things lie and which compilers there are.
pub struct Workshop {
    root: PathBuf,
    qic: PathBuf,
    /// Scratch folder of this run.
    pub out: PathBuf,
    clang: Option<&'static str>,
    clangxx: Option<&'static str>,
    go: Option<&'static str>,
}

impl Workshop {
    pub fn new(root: &Path, qic: &Path) -> Self {
        let out = std::env::temp_dir().join(format!("qi-bench-{}", std::process::id()));
        std::fs::create_dir_all(&out).expect("the temporary folder is writable");
        let find = |names: &[&'static str], question: &str| {
            names.iter().copied().find(|it| Command::new(it).arg(question).output().is_ok_and(|it| it.status.success()))
        };
        let workshop = Self {
            root: root.to_path_buf(),
            qic: qic.to_path_buf(),
            out,
            clang: find(&["clang-22", "clang", "gcc"], "--version"),
            clangxx: find(&["clang++-22", "clang++", "g++"], "--version"),
            go: find(&["go"], "version"),
        };
        workshop.build_rust(&[], "plain");
        workshop.build_rust(&["--features", "mimalloc"], "mimalloc");
        lines::write(&workshop.out);
        workshop
    }

    /// The compilers' versions, for the head of the report.
    pub fn versions(&self) -> Vec<String> {
        let first_line = |name: &str, question: &str| {
            let output = Command::new(name).arg(question).output().ok()?;
            Some(String::from_utf8_lossy(&output.stdout).lines().next()?.to_owned())
        };
        let rustc = first_line("rustc", "--version");
        let others =
            [self.clang.and_then(|it| first_line(it, "--version")), self.go.and_then(|it| first_line(it, "version"))];
        rustc.into_iter().chain(others.into_iter().flatten()).collect()
    }

    fn build_rust(&self, features: &[&str], folder: &str) {
        let status = Command::new("cargo")
            .args(["build", "--release", "--quiet"])
            .args(features)
            .current_dir(self.root.join("tests/bench/peers/rust"))
            .env("CARGO_TARGET_DIR", self.rust_target(folder))
            .status();
        if !status.is_ok_and(|it| it.success()) {
            eprintln!("Rust 对手（{folder}）没有建成，跳过");
        }
    }

    fn rust_target(&self, folder: &str) -> PathBuf {
        self.root.join("target/bench-peers").join(folder)
    }

    /// Builds a contestant; the command line that runs it, or none when its compiler is missing.
    pub fn prepare(&self, contestant: Contestant) -> Option<Vec<PathBuf>> {
        let program = contestant.program;
        let bench = self.root.join("tests/bench");
        let exe = self.out.join(format!("{}-{program}", contestant.label.replace(' ', "-")));
        let peer = |language: &str| bench.join(format!("peers/{language}/{program}.{language}"));
        match contestant.kind {
            Kind::Qi => {
                let source = bench.join(format!("programs/{program}.qi"));
                self.built(&[&self.qic, "build".as_ref(), "-O2".as_ref(), "-o".as_ref(), &exe, &source], &exe)
            }
            Kind::C => {
                let compiler = self.clang?.as_ref();
                self.built(&[compiler, "-O3".as_ref(), "-o".as_ref(), &exe, &peer("c"), "-lm".as_ref()], &exe)
            }
            Kind::Cpp => {
                let compiler = self.clangxx?.as_ref();
                let flags: [&Path; 3] = ["-O3".as_ref(), "-std=c++20".as_ref(), "-o".as_ref()];
                self.built(&[compiler, flags[0], flags[1], flags[2], &exe, &peer("cpp")], &exe)
            }
            Kind::Go => self.built(&[self.go?.as_ref(), "build".as_ref(), "-o".as_ref(), &exe, &peer("go")], &exe),
            Kind::Rust => self.rust("plain", program),
            Kind::Mimalloc => self.rust("mimalloc", program),
            Kind::RunQi => Some(vec![self.qic.clone(), "run".into(), self.source(program, "qi")]),
            Kind::CheckQi => Some(vec![self.qic.clone(), "check".into(), self.source(program, "qi")]),
            Kind::BuildQi => Some(vec![self.qic.clone(), "build".into(), "-o".into(), exe, self.source(program, "qi")]),
            Kind::BuildC => Some(vec![self.clang?.into(), "-O0".into(), "-o".into(), exe, self.source(program, "c")]),
            Kind::BuildGo => {
                // Go keeps what it compiled: only a source it has not seen is compiled.
                let script = "cp \"$2\" \"$3.go\" && echo \"// $$\" >> \"$3.go\" && \"$1\" build -o \"$3\" \"$3.go\"";
                let words: [&Path; 5] =
                    ["sh".as_ref(), "-c".as_ref(), script.as_ref(), "sh".as_ref(), self.go?.as_ref()];
                let files = [self.source(program, "go"), exe];
                Some(words.iter().map(|it| it.to_path_buf()).chain(files).collect())
            }
        }
    }

    /// A program that compilers are timed on: generated, or one of the ordinary ones.
    fn source(&self, program: &str, language: &str) -> PathBuf {
        let generated = self.out.join(format!("{program}.{language}"));
        let folder = if language == "qi" { "programs".to_owned() } else { format!("peers/{language}") };
        if generated.exists() {
            generated
        } else {
            self.root.join(format!("tests/bench/{folder}/{program}.{language}"))
        }
    }

    fn rust(&self, folder: &str, program: &str) -> Option<Vec<PathBuf>> {
        let exe = self.rust_target(folder).join("release").join(program);
        exe.exists().then(|| vec![exe])
    }

    fn built(&self, command: &[&Path], exe: &Path) -> Option<Vec<PathBuf>> {
        let status = Command::new(command[0]).args(&command[1..]).status();
        status.is_ok_and(|it| it.success()).then(|| vec![exe.to_path_buf()])
    }
}
