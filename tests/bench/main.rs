//! `./x bench`: builds Qi programs and their peers, runs each row of the card interleaved, checks equal output, writes
//! medians. Ranks by CPU seconds (user + system) of the whole process; never asserts a time.

mod contestant;
mod lines;
mod measure;
mod report;
mod row;
mod rows;

use contestant::Workshop;
use report::Report;
use std::path::{Path, PathBuf};

/// `bench QIC [ROUNDS [ROW [--instructions]]]`.
fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the repository").to_path_buf();
    let args: Vec<String> = std::env::args().skip(1).collect();
    let qic = args.first().map_or_else(|| root.join("target/release/qic"), PathBuf::from);
    let rounds: usize = args.get(1).and_then(|it| it.parse().ok()).unwrap_or(7);
    let filter = args.get(2).cloned().unwrap_or_default();
    let counting = args.iter().any(|it| it == "--instructions");

    let workshop = Workshop::new(&root, &qic);
    let mut report = Report::new(counting);
    for row in rows::ROWS.iter().filter(|it| it.id.starts_with(&filter) && (!counting || !it.small.is_empty())) {
        eprintln!("{} {}", row.id, row.what);
        report.add(row, &if counting { row::count(&workshop, row) } else { row::race(&workshop, row, rounds) });
    }
    let text = report.into_text(&head(&workshop, counting));
    print!("{text}");
    if filter.is_empty() {
        let name = if counting { "INSTRUCTIONS.md" } else { "RESULTS.md" };
        std::fs::write(root.join("tests/bench").join(name), &text).expect("tests/bench is writable");
    }
    std::fs::remove_dir_all(&workshop.out).expect("the scratch folder is ours");
}

fn head(workshop: &Workshop, counting: bool) -> String {
    let versions = workshop.versions().join("；");
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    if counting {
        return format!(
            "# 性能记分卡：指令数\n\n由 `./x bench --指令` 用小的输入在 callgrind 下数出，含程序的启动；Go 不参加。\n\n{versions}\n"
        );
    }
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split_whitespace().next().unwrap_or("?").to_owned();
    format!(
        "# 性能记分卡：最近一次的数字\n\n由 `./x bench` 写出：同一次运行里轮流执行，取中位数；看 CPU 秒，1.5 倍以内的差别可能是噪声。\n\n\
         {versions}；{cores} 个核心，结束时负载 {load}\n"
    )
}
