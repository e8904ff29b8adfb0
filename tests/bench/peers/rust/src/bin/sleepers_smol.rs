//! T5 on smol.
use qi_bench_peers::{EXECUTOR, argument, on_smol};
use std::time::Duration;

fn main() {
    let n = argument(0);
    let time = Duration::from_millis(argument(1) as u64);
    let sum = on_smol(async move {
        let mut tasks = Vec::new();
        for _ in 0..n {
            tasks.push(EXECUTOR.spawn(async move {
                smol::Timer::after(time).await;
                1i64
            }));
        }
        let mut sum = 0;
        for task in tasks {
            sum += task.await;
        }
        sum
    });
    println!("{sum}");
}
