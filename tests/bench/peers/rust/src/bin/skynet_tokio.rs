//! T4: every task starts ten, on tokio's single-threaded runtime, its quicker one.
use std::future::Future;
use std::pin::Pin;

fn skynet(number: i64, size: i64) -> Pin<Box<dyn Future<Output = i64> + Send>> {
    Box::pin(async move {
        if size == 1 {
            return number;
        }
        let size = size / 10;
        let tasks: Vec<_> = (0..10).map(|i| tokio::spawn(skynet(number + i * size, size))).collect();
        let mut sum = 0;
        for task in tasks {
            sum += task.await.expect("task");
        }
        sum
    })
}

fn main() {
    let n = qi_bench_peers::argument(0);
    println!("{}", qi_bench_peers::on_tokio_single(skynet(0, n)));
}
