//! T5 on tokio.
use qi_bench_peers::{argument, on_tokio};
use std::time::Duration;

fn main() {
    let n = argument(0);
    let time = Duration::from_millis(argument(1) as u64);
    let sum = on_tokio(async move {
        let mut tasks = Vec::new();
        for _ in 0..n {
            tasks.push(tokio::spawn(async move {
                tokio::time::sleep(time).await;
                1i64
            }));
        }
        let mut sum = 0;
        for task in tasks {
            sum += task.await.expect("task");
        }
        sum
    });
    println!("{sum}");
}
