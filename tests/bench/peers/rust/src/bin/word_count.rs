//! S2: counts the words of generated Chinese text in a hash map.
use qi_bench_peers::next_random;
use std::collections::HashMap;
use std::fmt::Write;

fn generate(megabytes: i64) -> String {
    let mut text = String::new();
    let mut seed = 42;
    for _ in 0..megabytes * 1_000_000 / 7 {
        seed = next_random(seed);
        let first = char::from_u32((0x4E00 + seed / 65536 % 64) as u32).expect("a character");
        let second = char::from_u32((0x5E00 + seed / 4194304 % 64) as u32).expect("a character");
        write!(text, "{first}{second} ").expect("memory");
    }
    text
}

fn main() {
    let text = generate(qi_bench_peers::argument(0));
    let mut counts: HashMap<&str, i64> = HashMap::new();
    for word in text.split(' ') {
        if !word.is_empty() {
            *counts.entry(word).or_insert(0) += 1;
        }
    }
    println!("{} {} {}", text.len(), counts.len(), counts.values().max().copied().unwrap_or(0));
}
