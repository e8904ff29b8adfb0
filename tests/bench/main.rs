//! `./x bench`: builds Qi programs and their peers, runs each row interleaved, checks equal output, writes medians.
//! Measures CPU seconds (user + system) of the whole process; never asserts a time.

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// A line of the performance card: the first contestant is Qi, the second the anchor of the ratios.
struct Row {
    id: &'static str,
    what: &'static str,
    hold: &'static str,
    contestants: &'static [Contestant],
}

#[derive(Clone, Copy)]
enum Contestant {
    Qi(&'static str),
    C(&'static str),
    Cpp(&'static str),
    Rust(&'static str),
    /// `qic build` of a program, timed itself.
    BuildQi(&'static str),
    RunQi(&'static str),
}

use Contestant::{BuildQi, C, Cpp, Qi, RunQi, Rust};

const ROWS: &[Row] = &[
    Row {
        id: "G1",
        what: "1 亿个值，平的生成器",
        hold: "≤ 1.1x C",
        contestants: &[Qi("generator_flat"), C("generator_flat"), Cpp("generator_flat"), Rust("generator_flat")],
    },
    Row {
        id: "G1n",
        what: "过滤(映射(区间))",
        hold: "≤ 1.35x C",
        contestants: &[Qi("generator_nested"), C("generator_nested"), Rust("generator_nested")],
    },
    Row {
        id: "A1",
        what: "等待 fib(32)，从不挂起",
        hold: "≤ 1.05x C 带检查，≤ 2x 裸 C",
        contestants: &[Qi("await_fib"), C("await_fib"), C("await_fib_checked"), Rust("await_fib")],
    },
    Row {
        id: "T1",
        what: "启动并等待 100 万个任务",
        hold: "≤ 0.5x 最好的线程安全对手",
        contestants: &[Qi("spawn_join"), Rust("spawn_join_smol"), Rust("spawn_join_tokio")],
    },
    Row { id: "C1r", what: "qic run 你好（热）", hold: "≤ 0.10 s", contestants: &[RunQi("hello")] },
    Row { id: "C1b", what: "qic build 你好（调试）", hold: "≤ 0.15 s", contestants: &[BuildQi("hello")] },
];

struct Bench {
    root: PathBuf,
    qic: PathBuf,
    out: PathBuf,
    clang: Option<&'static str>,
    clangxx: Option<&'static str>,
}

struct Sample {
    cpu: f64,
    wall: f64,
}

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the repository").to_path_buf();
    let args: Vec<String> = std::env::args().skip(1).collect();
    let qic = args.first().map_or_else(|| root.join("target/release/qic"), PathBuf::from);
    let rounds: usize = args.get(1).and_then(|it| it.parse().ok()).unwrap_or(7);
    let filter = args.get(2).cloned().unwrap_or_default();
    let out = std::env::temp_dir().join(format!("qi-bench-{}", std::process::id()));
    std::fs::create_dir_all(&out).expect("the temporary folder is writable");
    let find = |names: &[&'static str]| {
        names
            .iter()
            .copied()
            .find(|name| Command::new(name).arg("--version").output().is_ok_and(|it| it.status.success()))
    };
    let bench = Bench {
        root,
        qic,
        out,
        clang: find(&["clang-22", "clang", "gcc"]),
        clangxx: find(&["clang++-22", "clang++", "g++"]),
    };
    bench.build_rust_peers();
    let mut report = String::from(HEAD);
    for row in ROWS.iter().filter(|row| row.id.starts_with(&filter)) {
        bench.run_row(row, rounds, &mut report);
    }
    print!("{report}");
    if filter.is_empty() {
        std::fs::write(bench.root.join("tests/bench/RESULTS.md"), &report).expect("tests/bench is writable");
    }
    std::fs::remove_dir_all(&bench.out).expect("the temporary folder is ours");
}

const HEAD: &str = "# 性能记分卡：最近一次的数字\n\n由 `./x bench` 写出；同一次运行里交替执行，取中位数。比值以第二列的对手为 1。\n\
    看 CPU 秒；1.5 倍以内的差别是噪声。\n\n| 编号 | 内容 | 谁 | CPU 秒 | 墙钟秒 | 比值 | 要求 |\n|---|---|---|---|---|---|---|\n";

impl Bench {
    fn build_rust_peers(&self) {
        let status = Command::new("cargo")
            .args(["build", "--release", "--quiet"])
            .current_dir(self.root.join("tests/bench/peers/rust"))
            .env("CARGO_TARGET_DIR", self.rust_target())
            .status();
        if !status.is_ok_and(|it| it.success()) {
            eprintln!("Rust 对手没有建成，跳过");
        }
    }

    fn rust_target(&self) -> PathBuf {
        self.root.join("target/bench-peers")
    }

    fn run_row(&self, row: &Row, rounds: usize, report: &mut String) {
        let ready: Vec<(String, Vec<String>)> = row.contestants.iter().filter_map(|&it| self.prepare(it)).collect();
        let mut samples: Vec<Vec<Sample>> = ready.iter().map(|_| Vec::new()).collect();
        let mut outputs: Vec<Option<Vec<u8>>> = vec![None; ready.len()];
        for _ in 0..rounds {
            for (index, (label, command)) in ready.iter().enumerate() {
                let (sample, output) = run(command);
                let Some(output) = output else {
                    eprintln!("{} {label}：运行失败", row.id);
                    continue;
                };
                samples[index].push(sample);
                outputs[index].get_or_insert(output);
            }
        }
        let first = outputs.iter().flatten().next().cloned();
        for ((label, _), output) in ready.iter().zip(&outputs) {
            if output.is_some() && *output != first {
                eprintln!("{} {label}：结果与别人不同", row.id);
            }
        }
        let anchor = samples.get(1).filter(|it| !it.is_empty()).map(|it| median(it, |sample| sample.cpu));
        for ((label, _), samples) in ready.iter().zip(&samples) {
            if samples.is_empty() {
                let _ = writeln!(report, "| {} | {} | {label} | 失败 | | | {} |", row.id, row.what, row.hold);
                continue;
            }
            let cpu = median(samples, |it| it.cpu);
            let wall = median(samples, |it| it.wall);
            let ratio = anchor.map_or_else(String::new, |anchor| format!("{:.2}", cpu / anchor));
            let _ = writeln!(
                report,
                "| {} | {} | {label} | {cpu:.3} | {wall:.3} | {ratio} | {} |",
                row.id, row.what, row.hold
            );
        }
    }

    /// Builds a contestant; its label and command line, or none when its compiler is missing.
    fn prepare(&self, contestant: Contestant) -> Option<(String, Vec<String>)> {
        let bench = self.root.join("tests/bench");
        let text = |path: &Path| path.to_string_lossy().into_owned();
        match contestant {
            Qi(name) => {
                let exe = self.out.join(format!("qi-{name}"));
                let source = bench.join(format!("programs/{name}.qi"));
                let built = Command::new(&self.qic).args(["build", "-O2", "-o"]).arg(&exe).arg(&source).status();
                built.is_ok_and(|it| it.success()).then(|| ("Qi".into(), vec![text(&exe)]))
            }
            RunQi(name) => {
                let source = bench.join(format!("programs/{name}.qi"));
                Some(("qic run".into(), vec![text(&self.qic), "run".into(), text(&source)]))
            }
            BuildQi(name) => {
                let source = bench.join(format!("programs/{name}.qi"));
                let exe = self.out.join("hello-build");
                Some((
                    "qic build".into(),
                    vec![text(&self.qic), "build".into(), "-o".into(), text(&exe), text(&source)],
                ))
            }
            C(name) => self.native(self.clang?, "C", &bench.join(format!("peers/c/{name}.c")), &["-O3"], name),
            Cpp(name) => self.native(
                self.clangxx?,
                "C++20",
                &bench.join(format!("peers/cpp/{name}.cpp")),
                &["-O3", "-std=c++20"],
                name,
            ),
            Rust(name) => {
                let exe = self.rust_target().join("release").join(name);
                exe.exists().then(|| (format!("Rust {name}"), vec![text(&exe)]))
            }
        }
    }

    fn native(
        &self,
        compiler: &str,
        kind: &str,
        source: &Path,
        flags: &[&str],
        name: &str,
    ) -> Option<(String, Vec<String>)> {
        let exe = self.out.join(format!("{kind}-{name}"));
        let built = Command::new(compiler).args(flags).arg("-o").arg(&exe).arg(source).status();
        built
            .is_ok_and(|it| it.success())
            .then(|| (format!("{kind} {name} ({compiler})"), vec![exe.to_string_lossy().into_owned()]))
    }
}

fn children_cpu() -> f64 {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("getrusage accepts RUSAGE_CHILDREN");
    (usage.user_time().num_microseconds() + usage.system_time().num_microseconds()) as f64 / 1e6
}

fn run(command: &[String]) -> (Sample, Option<Vec<u8>>) {
    let before = children_cpu();
    let start = Instant::now();
    let output = Command::new(&command[0]).args(&command[1..]).output();
    let sample = Sample { wall: start.elapsed().as_secs_f64(), cpu: children_cpu() - before };
    (sample, output.ok().filter(|it| it.status.success()).map(|it| it.stdout))
}

fn median(samples: &[Sample], figure: impl Fn(&Sample) -> f64) -> f64 {
    let mut figures: Vec<f64> = samples.iter().map(figure).collect();
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
