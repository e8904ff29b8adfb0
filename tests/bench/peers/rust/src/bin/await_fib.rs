//! A1 with boxed futures, the only form Rust has for recursion.
use std::future::Future;
use std::pin::Pin;

fn fib(n: i64) -> Pin<Box<dyn Future<Output = i64>>> {
    Box::pin(async move { if n < 2 { n } else { fib(n - 1).await.checked_add(fib(n - 2).await).expect("no overflow") } })
}

fn main() {
    println!("{}", smol::block_on(fib(qi_bench_peers::argument(0))));
}
