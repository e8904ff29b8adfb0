//! S2: sorts pseudo-random integers, stably.
use qi_bench_peers::{argument, next_random};

fn main() {
    let n = argument(0) as usize;
    let mut seed = 42;
    let mut numbers: Vec<i64> = Vec::new();
    for _ in 0..n {
        seed = next_random(seed);
        numbers.push(seed);
    }
    numbers.sort();
    let acc = numbers.iter().fold(0i64, |acc, x| (acc ^ x).wrapping_mul(31));
    println!("{} {} {acc}", numbers[0], numbers[n / 2]);
}
