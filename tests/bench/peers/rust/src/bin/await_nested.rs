//! A3: four nested awaits as one task, the leaf yields once.
use smol::future::yield_now;

async fn leaf(x: i64) -> i64 {
    yield_now().await;
    x & 7
}
async fn one(x: i64) -> i64 {
    leaf(x + 1).await + 1
}
async fn two(x: i64) -> i64 {
    one(x + 1).await + 1
}
async fn three(x: i64) -> i64 {
    two(x + 1).await + 1
}

fn main() {
    let n = qi_bench_peers::argument(0);
    let sum = qi_bench_peers::on_smol(async move {
        let mut sum = 0i64;
        for i in 0..n {
            sum += three(i).await;
        }
        sum
    });
    println!("{sum}");
}
