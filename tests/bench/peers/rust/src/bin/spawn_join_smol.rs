//! T1 on smol's executor, two worker threads.
use qi_bench_peers::{EXECUTOR, argument, on_smol};

fn main() {
    let n = argument(0);
    let sum = on_smol(async move {
        let mut sum = 0i64;
        for _ in 0..n / 1000 {
            let tasks: Vec<_> = (0..1000i64).map(|i| EXECUTOR.spawn(async move { i + 1 })).collect();
            for task in tasks {
                sum += task.await;
            }
        }
        sum
    });
    println!("{sum}");
}
