//! S2: one long text from many pieces.
use std::fmt::Write;

fn main() {
    let mut text = String::new();
    for i in 0..qi_bench_peers::argument(0) {
        write!(text, "{i}").expect("memory");
        text.push('字');
    }
    println!("{} {}", text.len(), text.chars().count());
}
