//! T4: every task starts ten, on smol's executor.
use qi_bench_peers::{EXECUTOR, argument, on_smol};
use std::future::Future;
use std::pin::Pin;

fn skynet(number: i64, size: i64) -> Pin<Box<dyn Future<Output = i64> + Send>> {
    Box::pin(async move {
        if size == 1 {
            return number;
        }
        let size = size / 10;
        let tasks: Vec<_> = (0..10).map(|i| EXECUTOR.spawn(skynet(number + i * size, size))).collect();
        let mut sum = 0;
        for task in tasks {
            sum += task.await;
        }
        sum
    })
}

fn main() {
    println!("{}", on_smol(skynet(0, argument(0))));
}
