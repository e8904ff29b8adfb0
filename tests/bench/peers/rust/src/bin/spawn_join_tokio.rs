//! T1 on tokio's multi-thread runtime.
fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().build().expect("runtime");
    let sum = runtime.block_on(async {
        tokio::spawn(async {
            let mut sum = 0i64;
            for _ in 0..1000 {
                let tasks: Vec<_> = (0..1000i64).map(|i| tokio::spawn(async move { i + 1 })).collect();
                for task in tasks {
                    sum += task.await.expect("task");
                }
            }
            sum
        })
        .await
        .expect("task")
    });
    println!("{sum}");
}
