//! G1 as Rust iterators.
fn main() {
    let acc = (0..100_000_000u64).fold(0u64, |acc, x| (acc ^ x).wrapping_mul(31));
    println!("{}", acc as i64);
}
