//! G1 nested as Rust iterators.
fn main() {
    let acc = (0..100_000_000u64).map(|x| x.wrapping_mul(3)).filter(|x| x & 1 == 0).fold(0u64, |acc, x| (acc ^ x).wrapping_mul(31));
    println!("{}", acc as i64);
}
