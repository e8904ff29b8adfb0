//! T3 on smol with async-channel, which has no rendezvous: capacity 0 becomes 1.
fn main() {
    let times = qi_bench_peers::argument(0) / 2;
    let capacity = qi_bench_peers::argument(1).max(1) as usize;
    let executor = smol::LocalExecutor::new();
    let sum = smol::block_on(executor.run(async {
        let (to, inbox) = async_channel::bounded(capacity);
        let (back, from) = async_channel::bounded(capacity);
        let answer = executor.spawn(async move {
            for _ in 0..times {
                let x: i64 = inbox.recv().await.expect("open");
                back.send(x + 1).await.expect("open");
            }
        });
        let mut sum = 0;
        for i in 0..times {
            to.send(i).await.expect("open");
            sum += from.recv().await.expect("open");
        }
        answer.await;
        sum
    }));
    println!("{sum}");
}
