//! G1 nested as Rust iterators, unchecked.
fn main() {
    let n = qi_bench_peers::argument(0) as u64;
    let acc = (0..n).map(|x| x.wrapping_mul(3)).filter(|x| x & 1 == 0).fold(0u64, |acc, x| (acc ^ x).wrapping_mul(31));
    println!("{}", acc as i64);
}
