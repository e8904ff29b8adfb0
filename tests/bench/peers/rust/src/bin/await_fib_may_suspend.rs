//! A2 with boxed futures.
use std::future::Future;
use std::pin::Pin;

fn fib(n: i64, give_way: bool) -> Pin<Box<dyn Future<Output = i64>>> {
    Box::pin(async move {
        if n < 2 {
            if give_way {
                smol::future::yield_now().await;
            }
            return n;
        }
        fib(n - 1, give_way).await.checked_add(fib(n - 2, give_way).await).expect("no overflow")
    })
}

fn main() {
    let give_way = std::env::args().count() > 2;
    println!("{}", smol::block_on(fib(qi_bench_peers::argument(0), give_way)));
}
