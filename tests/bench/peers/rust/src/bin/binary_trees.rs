//! S2: trees of boxes.
struct Node {
    left: Option<Box<Node>>,
    right: Option<Box<Node>>,
}

fn make(depth: i64) -> Node {
    if depth == 0 {
        return Node { left: None, right: None };
    }
    Node { left: Some(Box::new(make(depth - 1))), right: Some(Box::new(make(depth - 1))) }
}

impl Node {
    fn count(&self) -> i64 {
        let mut sum = 1;
        if let Some(left) = &self.left {
            sum += left.count();
        }
        if let Some(right) = &self.right {
            sum += right.count();
        }
        sum
    }
}

fn main() {
    let deepest = qi_bench_peers::argument(0);
    println!("{}", make(deepest + 1).count());
    let long_lived = make(deepest);
    for depth in (4..=deepest).step_by(4) {
        let times = 1i64 << (deepest - depth + 4);
        let sum: i64 = (0..times).map(|_| make(depth).count()).sum();
        println!("{times} {depth} {sum}");
    }
    println!("{}", long_lived.count());
}
