//! T1 on smol's executor, two worker threads.
use std::sync::LazyLock;

static EXECUTOR: LazyLock<smol::Executor<'static>> = LazyLock::new(smol::Executor::new);

fn main() {
    for _ in 0..2 {
        std::thread::spawn(|| smol::block_on(EXECUTOR.run(smol::future::pending::<()>())));
    }
    let sum = smol::block_on(EXECUTOR.spawn(async {
        let mut sum = 0i64;
        for _ in 0..1000 {
            let tasks: Vec<_> = (0..1000i64).map(|i| EXECUTOR.spawn(async move { i + 1 })).collect();
            for task in tasks {
                sum += task.await;
            }
        }
        sum
    }));
    println!("{sum}");
}
