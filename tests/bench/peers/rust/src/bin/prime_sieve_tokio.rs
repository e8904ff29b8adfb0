//! T4: one filter task per prime, channels of capacity 1, on tokio's single-threaded runtime.
use tokio::sync::mpsc::channel;

fn main() {
    let n = qi_bench_peers::argument(0);
    let prime = qi_bench_peers::on_tokio_single(async move {
        let (to, mut from) = channel(1);
        tokio::spawn(async move {
            let mut i = 2i64;
            while to.send(i).await.is_ok() {
                i += 1;
            }
        });
        let mut prime = 0;
        for _ in 0..n {
            prime = from.recv().await.expect("open");
            let (to, next) = channel(1);
            let mut source = std::mem::replace(&mut from, next);
            tokio::spawn(async move {
                while let Some(x) = source.recv().await {
                    if x % prime != 0 && to.send(x).await.is_err() {
                        return;
                    }
                }
            });
        }
        prime
    });
    println!("{prime}");
}
