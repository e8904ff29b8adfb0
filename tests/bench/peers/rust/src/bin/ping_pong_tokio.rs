//! T3 on tokio's single-threaded runtime, its quicker one. It has no rendezvous: capacity 0 becomes 1.
use tokio::sync::mpsc::channel;

fn main() {
    let times = qi_bench_peers::argument(0) / 2;
    let capacity = qi_bench_peers::argument(1).max(1) as usize;
    let sum = qi_bench_peers::on_tokio_single(async move {
        let (to, mut inbox) = channel(capacity);
        let (back, mut from) = channel(capacity);
        tokio::spawn(async move {
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
        sum
    });
    println!("{sum}");
}
