//! G1 as Rust iterators.
fn main() {
    let n = qi_bench_peers::argument(0) as u64;
    let acc = (0..n).fold(0u64, |acc, x| (acc ^ x).wrapping_mul(31));
    println!("{}", acc as i64);
}
