//! Ten thousand lines of the same program in Qi, C and Go, for timing the compilers: small functions of ordinary code, each
//! calling the one before.

use std::fmt::Write as _;
use std::path::Path;

/// Of ten lines each.
const FUNCTIONS: usize = 1000;

/// Writes `lines.qi`, `lines.c` and `lines.go`.
pub fn write(folder: &Path) {
    for (name, text) in [("lines.qi", qi()), ("lines.c", c()), ("lines.go", go())] {
        std::fs::write(folder.join(name), text).expect("the scratch folder is writable");
    }
}

fn qi() -> String {
    let mut text = String::from("函数 步0(甲: 整数): 整数 { 返回 甲 }\n");
    for i in 1..FUNCTIONS {
        let before = i - 1;
        let _ = write!(
            text,
            "函数 步{i}(甲: 整数): 整数 {{\n    变量 和 = 甲\n    对于 次 在 0..甲 % 7 {{\n        如果 次 % 2 == 0 {{\n            \
             和 += 次 * {i}\n        }} 否则 {{\n            和 -= 次\n        }}\n    }}\n    返回 步{before}(和 % 1000)\n}}\n"
        );
    }
    let _ = writeln!(text, "函数 主函数() {{ 打印(步{}(41)) }}", FUNCTIONS - 1);
    text
}

fn c() -> String {
    let mut text = String::from("#include <stdio.h>\nstatic long step0(long a) { return a; }\n");
    for i in 1..FUNCTIONS {
        let before = i - 1;
        let _ = write!(
            text,
            "static long step{i}(long a) {{\n    long sum = a;\n    for (long k = 0; k < a % 7; k++) {{\n        if (k % 2 == 0) {{\n            \
             sum += k * {i};\n        }} else {{\n            sum -= k;\n        }}\n    }}\n    return step{before}(sum % 1000);\n}}\n"
        );
    }
    let _ = writeln!(text, "int main(void) {{ printf(\"%ld\\n\", step{}(41)); }}", FUNCTIONS - 1);
    text
}

fn go() -> String {
    let mut text = String::from("package main\n\nimport \"fmt\"\n\nfunc step0(a int) int { return a }\n");
    for i in 1..FUNCTIONS {
        let before = i - 1;
        let _ = write!(
            text,
            "func step{i}(a int) int {{\n\tsum := a\n\tfor k := 0; k < a%7; k++ {{\n\t\tif k%2 == 0 {{\n\t\t\t\
             sum += k * {i}\n\t\t}} else {{\n\t\t\tsum -= k\n\t\t}}\n\t}}\n\treturn step{before}(sum % 1000)\n}}\n"
        );
    }
    let _ = writeln!(text, "func main() {{ fmt.Println(step{}(41)) }}", FUNCTIONS - 1);
    text
}
