//! T2 on tokio's single-threaded runtime, its quicker one.
async fn take_turns(times: i64) -> i64 {
    let mut count = 0;
    for _ in 0..times {
        tokio::task::yield_now().await;
        count += 1;
    }
    count
}

fn main() {
    let each = qi_bench_peers::argument(0) / 2;
    let sum = qi_bench_peers::on_tokio_single(async move {
        let first = tokio::spawn(take_turns(each));
        let second = tokio::spawn(take_turns(each));
        first.await.expect("task") + second.await.expect("task")
    });
    println!("{sum}");
}
