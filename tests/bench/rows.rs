//! The performance card as a table: what is run, with which arguments, against whom, and what must hold.

use crate::contestant::Kind::{BuildC, BuildGo, BuildQi, C, CheckQi, Cpp, Go, Mimalloc, Qi, RunQi, Rust};
use crate::contestant::{Contestant, by};

/// A line of the card. The first contestant is Qi.
pub struct Row {
    pub id: &'static str,
    pub what: &'static str,
    /// Arguments of every contestant.
    pub arguments: &'static [&'static str],
    /// The same for counting instructions; empty if there is nothing to count.
    pub small: &'static [&'static str],
    /// What one run does, for the figure per operation; 0 if it has none.
    pub operations: u64,
    pub figure: Figure,
    pub contestants: &'static [Contestant],
    pub holds: &'static [Hold],
}

/// What is compared.
#[derive(Clone, Copy, PartialEq)]
pub enum Figure {
    /// Processor seconds of the whole process.
    Cpu,
    /// The same with one thread for tasks, so that they must take turns.
    CpuOnOneThread,
    /// The same without what the other program needs, which does all but the thing measured.
    CpuAbove(&'static str),
    /// Processor seconds of a compiler; each says something else about its work.
    Compiler,
    /// Peak memory per operation, above a run with these arguments.
    MemoryAbove(&'static [&'static str]),
    /// Bytes of the stripped executable.
    Size,
}

impl Figure {
    pub fn on_one_thread(self) -> bool {
        matches!(self, Self::CpuOnOneThread | Self::CpuAbove(_))
    }
}

/// Qi's figure is at most `limit` times the best of these contestants, or at most `limit` itself if there are none.
pub struct Hold {
    pub limit: f64,
    pub of: &'static [&'static str],
}

const fn at_most(limit: f64, of: &'static [&'static str]) -> Hold {
    Hold { limit, of }
}

pub const ROWS: &[Row] = &[
    Row {
        id: "G1",
        what: "生成器，平的，1 亿个值",
        arguments: &["100000000"],
        small: &["1000000"],
        operations: 100_000_000,
        figure: Figure::Cpu,
        contestants: &[
            by("Qi", Qi, "generator_flat"),
            by("C", C, "generator_flat"),
            by("C++", Cpp, "generator_flat"),
            by("Rust", Rust, "generator_flat"),
        ],
        holds: &[at_most(1.1, &["C"])],
    },
    Row {
        id: "G1n",
        what: "过滤(映射(区间))，1 亿个值，乘法带检查",
        arguments: &["100000000"],
        small: &["1000000"],
        operations: 100_000_000,
        figure: Figure::Cpu,
        contestants: &[
            by("Qi", Qi, "generator_nested"),
            by("C", C, "generator_nested"),
            by("C 带检查", C, "generator_nested_checked"),
            by("Rust", Rust, "generator_nested"),
        ],
        holds: &[at_most(1.05, &["C 带检查"]), at_most(1.35, &["C"])],
    },
    Row {
        id: "G2",
        what: "放在数组里的生成器，2000 万次恢复",
        arguments: &["20000000"],
        small: &["1000000"],
        operations: 20_000_000,
        figure: Figure::Cpu,
        contestants: &[
            by("Qi", Qi, "generator_kept"),
            by("C++", Cpp, "generator_kept"),
            by("C 状态机", C, "generator_kept"),
        ],
        holds: &[at_most(1.0, &["C++"])],
    },
    Row {
        id: "G3",
        what: "递归的生成器走一棵 500 万个结点的树，让出 全部",
        arguments: &["5000000"],
        small: &["200000"],
        operations: 5_000_000,
        figure: Figure::Cpu,
        contestants: &[
            by("Qi", Qi, "generator_recursive"),
            by("C++", Cpp, "generator_recursive"),
            by("C++ 直达最里层", Cpp, "generator_recursive_leaf"),
        ],
        holds: &[at_most(1.0, &["C++"])],
    },
    Row {
        id: "A1",
        what: "等待 fib(35)，从不挂起，2986 万次调用",
        arguments: &["35"],
        small: &["22"],
        operations: 29_860_703,
        figure: Figure::Cpu,
        contestants: &[
            by("Qi", Qi, "await_fib"),
            by("C", C, "await_fib"),
            by("C 带检查", C, "await_fib_checked"),
            by("Go", Go, "fib"),
            by("Rust+mi", Mimalloc, "await_fib"),
            by("C++", Cpp, "await_fib"),
        ],
        holds: &[at_most(1.05, &["C 带检查"]), at_most(2.0, &["C"])],
    },
    Row {
        id: "A2",
        what: "等待 fib(32)，叶子可能挂起，705 万次调用",
        arguments: &["32"],
        small: &["20"],
        operations: 7_049_155,
        figure: Figure::Cpu,
        contestants: &[
            by("Qi", Qi, "await_fib_may_suspend"),
            by("C++", Cpp, "await_fib_may_suspend"),
            by("Rust+mi", Mimalloc, "await_fib_may_suspend"),
        ],
        holds: &[at_most(1.0, &["C++"])],
    },
    Row {
        id: "A3",
        what: "四层等待，叶子挂起一次，减去裸让出，500 万次，一个线程",
        arguments: &["5000000"],
        small: &["50000"],
        operations: 5_000_000,
        figure: Figure::CpuAbove("await_leaf"),
        contestants: &[by("Qi", Qi, "await_nested"), by("Rust", Rust, "await_nested"), by("C++", Cpp, "await_nested")],
        holds: &[at_most(1.2, &["Rust"])],
    },
    Row {
        id: "T1",
        what: "启动并等待 100 万个任务",
        arguments: &["1000000"],
        small: &["20000"],
        operations: 1_000_000,
        figure: Figure::Cpu,
        contestants: &[
            by("Qi", Qi, "spawn_join"),
            by("smol+mi", Mimalloc, "spawn_join_smol"),
            by("tokio+mi", Mimalloc, "spawn_join_tokio"),
            by("tokio", Rust, "spawn_join_tokio"),
            by("Go", Go, "spawn_join"),
            by("C++", Cpp, "spawn_join"),
        ],
        holds: &[at_most(0.5, &["smol+mi", "tokio+mi", "tokio", "Go"])],
    },
    Row {
        id: "T2",
        what: "两个任务在一个线程上轮流让出 1000 万次",
        arguments: &["10000000"],
        small: &["100000"],
        operations: 10_000_000,
        figure: Figure::CpuOnOneThread,
        contestants: &[
            by("Qi", Qi, "yield"),
            by("Go", Go, "yield"),
            by("smol", Rust, "yield_smol"),
            by("tokio", Rust, "yield_tokio"),
            by("C++", Cpp, "yield"),
        ],
        holds: &[at_most(0.5, &["Go"])],
    },
    Row {
        id: "T2p",
        what: "两个任务在各自的线程上让出 1000 万次（Qi 没有别人等着就不离开）",
        arguments: &["10000000"],
        small: &[],
        operations: 10_000_000,
        figure: Figure::Cpu,
        contestants: &[by("Qi", Qi, "yield"), by("Go", Go, "yield")],
        holds: &[],
    },
    Row {
        id: "T3a",
        what: "通道来回，容量 1，200 万条消息",
        arguments: &["2000000", "1"],
        small: &["40000", "1"],
        operations: 2_000_000,
        figure: Figure::Cpu,
        contestants: PING_PONG,
        holds: &[at_most(0.6, &["tokio"])],
    },
    Row {
        id: "T3b",
        what: "通道来回，容量 0，200 万条消息（tokio、smol 最少是 1）",
        arguments: &["2000000", "0"],
        small: &["40000", "0"],
        operations: 2_000_000,
        figure: Figure::Cpu,
        contestants: PING_PONG,
        holds: &[at_most(0.6, &["tokio"])],
    },
    Row {
        id: "T4a",
        what: "素数筛，第 2000 个",
        arguments: &["2000"],
        small: &["100"],
        operations: 0,
        figure: Figure::Cpu,
        contestants: &[
            by("Qi", Qi, "prime_sieve"),
            by("tokio", Rust, "prime_sieve_tokio"),
            by("tokio+mi", Mimalloc, "prime_sieve_tokio"),
            by("Go", Go, "prime_sieve"),
            by("C++", Cpp, "prime_sieve"),
        ],
        holds: &[at_most(0.6, &["tokio", "tokio+mi", "Go"])],
    },
    Row {
        id: "T4b",
        what: "天网，100 万片叶子",
        arguments: &["1000000"],
        small: &["10000"],
        operations: 1_111_111,
        figure: Figure::Cpu,
        contestants: &[
            by("Qi", Qi, "skynet"),
            by("smol+mi", Mimalloc, "skynet_smol"),
            by("tokio+mi", Mimalloc, "skynet_tokio"),
            by("Go", Go, "skynet"),
            by("C++", Cpp, "skynet"),
        ],
        holds: &[at_most(0.6, &["smol+mi", "tokio+mi", "Go"])],
    },
    Row {
        id: "T5m",
        what: "睡着的任务，每个的字节（30 万个比 10 万个多的）",
        arguments: &["300000", "3000"],
        small: &[],
        operations: 200_000,
        figure: Figure::MemoryAbove(&["100000", "3000"]),
        contestants: SLEEPERS,
        holds: &[at_most(200.0, &[])],
    },
    Row {
        id: "T5c",
        what: "100 万个任务各睡 1 秒",
        arguments: &["1000000", "1000"],
        small: &["5000", "1"],
        operations: 1_000_000,
        figure: Figure::Cpu,
        contestants: SLEEPERS,
        holds: &[at_most(0.6, &["tokio"])],
    },
    kernel("S1a", "fib(40)", &["40"], &["22"], FIB, &[at_most(1.25, &["C"]), at_most(1.0, &["Rust 带检查"])]),
    kernel("S1b", "nbody，500 万步", &["5000000"], &["20000"], NBODY, OF_C),
    kernel("S1c", "spectral-norm 2000", &["2000"], &["100"], SPECTRAL_NORM, OF_C),
    kernel("S1d", "fannkuch 10", &["10"], &["7"], FANNKUCH, OF_C),
    kernel("S1e", "mandelbrot 2000", &["2000"], &["100"], MANDELBROT, OF_C),
    kernel("S2a", "binary-trees 18", &["18"], &["8"], BINARY_TREES, &[at_most(1.2, &["Rust+mi"])]),
    kernel("S2b", "20 MB 中文的字频", &["20"], &["1"], WORD_COUNT, OF_RUST),
    kernel("S2c", "接成长文本，500 万段", &["5000000"], &["50000"], STRING_BUILDING, OF_RUST),
    kernel("S2d", "排序 500 万个整数", &["5000000"], &["50000"], SORT, OF_RUST),
    tool("C1r", "qic run 你好（热）", &[by("Qi", RunQi, "hello")], &[at_most(0.10, &[])]),
    tool(
        "C1b",
        "构建你好（调试）",
        &[by("Qi", BuildQi, "hello"), by("C", BuildC, "hello"), by("Go", BuildGo, "hello")],
        &[at_most(0.15, &[])],
    ),
    tool("C2c", "检查 1 万行", &[by("Qi", CheckQi, "lines")], &[at_most(0.1, &[])]),
    tool(
        "C2b",
        "构建 1 万行（调试）",
        &[by("Qi", BuildQi, "lines"), by("C", BuildC, "lines"), by("Go", BuildGo, "lines")],
        &[at_most(0.8, &["Go"])],
    ),
    Row {
        id: "C3",
        what: "你好的可执行文件，优化，去掉符号",
        arguments: &[],
        small: &[],
        operations: 0,
        figure: Figure::Size,
        contestants: &[by("Qi", Qi, "hello"), by("C", C, "hello"), by("Rust", Rust, "hello"), by("Go", Go, "hello")],
        holds: &[at_most(1e6, &[])],
    },
];

const OF_C: &[Hold] = &[at_most(1.25, &["C"])];
const OF_RUST: &[Hold] = &[at_most(1.2, &["Rust", "Rust+mi"])];

const PING_PONG: &[Contestant] = &[
    by("Qi", Qi, "ping_pong"),
    by("tokio", Rust, "ping_pong_tokio"),
    by("Go", Go, "ping_pong"),
    by("smol", Rust, "ping_pong_smol"),
    by("C++", Cpp, "ping_pong"),
];
const SLEEPERS: &[Contestant] = &[
    by("Qi", Qi, "sleepers"),
    by("smol", Rust, "sleepers_smol"),
    by("tokio", Rust, "sleepers_tokio"),
    by("Go", Go, "sleepers"),
    by("C++", Cpp, "sleepers"),
];
const FIB: &[Contestant] =
    &[by("Qi", Qi, "fib"), by("C", C, "fib"), by("Rust 带检查", Rust, "fib"), by("Go", Go, "fib")];
const NBODY: &[Contestant] = &[by("Qi", Qi, "nbody"), by("C", C, "nbody")];
const SPECTRAL_NORM: &[Contestant] = &[by("Qi", Qi, "spectral_norm"), by("C", C, "spectral_norm")];
const FANNKUCH: &[Contestant] = &[by("Qi", Qi, "fannkuch"), by("C", C, "fannkuch")];
const MANDELBROT: &[Contestant] = &[by("Qi", Qi, "mandelbrot"), by("C", C, "mandelbrot")];
const BINARY_TREES: &[Contestant] = &[
    by("Qi", Qi, "binary_trees"),
    by("Rust", Rust, "binary_trees"),
    by("Rust+mi", Mimalloc, "binary_trees"),
    by("Go", Go, "binary_trees"),
];
const WORD_COUNT: &[Contestant] =
    &[by("Qi", Qi, "word_count"), by("Rust", Rust, "word_count"), by("Rust+mi", Mimalloc, "word_count")];
const STRING_BUILDING: &[Contestant] =
    &[by("Qi", Qi, "string_building"), by("Rust", Rust, "string_building"), by("Rust+mi", Mimalloc, "string_building")];
const SORT: &[Contestant] = &[by("Qi", Qi, "sort"), by("Rust", Rust, "sort"), by("Rust+mi", Mimalloc, "sort")];

const fn kernel(
    id: &'static str,
    what: &'static str,
    arguments: &'static [&'static str],
    small: &'static [&'static str],
    contestants: &'static [Contestant],
    holds: &'static [Hold],
) -> Row {
    Row { id, what, arguments, small, operations: 0, figure: Figure::Cpu, contestants, holds }
}

const fn tool(id: &'static str, what: &'static str, contestants: &'static [Contestant], holds: &'static [Hold]) -> Row {
    Row { id, what, arguments: &[], small: &[], operations: 0, figure: Figure::Compiler, contestants, holds }
}
