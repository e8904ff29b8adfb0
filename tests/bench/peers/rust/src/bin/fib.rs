//! S1: plain recursion with overflow checks.
fn fib(n: i64) -> i64 {
    if n < 2 { n } else { fib(n - 1).checked_add(fib(n - 2)).expect("no overflow") }
}

fn main() {
    println!("{}", fib(qi_bench_peers::argument(0)));
}
