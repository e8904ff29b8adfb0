//! T1 on tokio's multi-thread runtime.
use qi_bench_peers::{argument, on_tokio};

fn main() {
    let n = argument(0);
    let sum = on_tokio(async move {
        let mut sum = 0i64;
        for _ in 0..n / 1000 {
            let tasks: Vec<_> = (0..1000i64).map(|i| tokio::spawn(async move { i + 1 })).collect();
            for task in tasks {
                sum += task.await.expect("task");
            }
        }
        sum
    });
    println!("{sum}");
}
