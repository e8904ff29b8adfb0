//! What the programs share: the allocator, arguments, and a smol executor with two workers.
use std::future::Future;
use std::sync::LazyLock;

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The argument at this place, as a number.
pub fn argument(place: usize) -> i64 {
    std::env::args().nth(place + 1).and_then(|it| it.parse().ok()).expect("a number")
}

pub static EXECUTOR: LazyLock<smol::Executor<'static>> = LazyLock::new(smol::Executor::new);

/// Runs a future as a task on two worker threads.
pub fn on_smol<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> T {
    for _ in 0..2 {
        std::thread::spawn(|| smol::block_on(EXECUTOR.run(smol::future::pending::<()>())));
    }
    smol::block_on(EXECUTOR.spawn(future))
}

/// Runs a future as a task on tokio's worker threads.
pub fn on_tokio<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_time().build().expect("runtime");
    runtime.block_on(async { tokio::spawn(future).await.expect("task") })
}

/// Runs a future as a task on tokio's single-threaded runtime.
pub fn on_tokio_single<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("runtime");
    runtime.block_on(async { tokio::spawn(future).await.expect("task") })
}

/// The pseudo-random sequence all peers use.
pub fn next_random(seed: i64) -> i64 {
    (seed * 1_103_515_245 + 12_345) % 2_147_483_648
}
