//! The base of A3: the yield alone.
fn main() {
    let n = qi_bench_peers::argument(0);
    let sum = qi_bench_peers::on_smol(async move {
        let mut sum = 0i64;
        for i in 0..n {
            smol::future::yield_now().await;
            sum += ((i + 3) & 7) + 3;
        }
        sum
    });
    println!("{sum}");
}
