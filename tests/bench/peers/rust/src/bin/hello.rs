//! C3: hello.
fn main() {
    println!("你好，世界");
}
