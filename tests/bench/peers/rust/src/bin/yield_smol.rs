//! T2 on one smol thread.
async fn take_turns(times: i64) -> i64 {
    let mut count = 0;
    for _ in 0..times {
        smol::future::yield_now().await;
        count += 1;
    }
    count
}

fn main() {
    let each = qi_bench_peers::argument(0) / 2;
    let executor = smol::LocalExecutor::new();
    let sum = smol::block_on(executor.run(async {
        let first = executor.spawn(take_turns(each));
        let second = executor.spawn(take_turns(each));
        first.await + second.await
    }));
    println!("{sum}");
}
