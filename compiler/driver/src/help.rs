//! The first screen: `qic` without arguments. Help of a single command is made by clap from [`crate::args`].

pub const TEXT: &str = "\
用法：qic <命令> [选项]     命令和长选项中英文等价；`qic 文件.qi` 等于 `qic run 文件.qi`

开始    新建 new         体检 doctor
编写    检查 check       格式化 fmt       修复 fix         解释 explain     语言服务 lsp
运行    运行 run         构建 build       测试 test        清理 clean
与 C    头文件 header    环境 env
看里面  帧 frames        补全 completions

常用选项
  --release, --发布            优化构建            -O0 … -O3   优化级别        -g   调试信息
  -o 文件                      输出文件            --lib static|shared         构建给 C 用的库
  --emit 种类,…                打印 tokens ast hir mir llvm-ir llvm-bc asm obj header
  --emit-llvm                  等于 --emit llvm-ir              --emit-stage 拆分前|拆分后
  --message-format 人读|短|json                     --lang zh|en                --color 自动|总是|从不
  --timings  -q  -v  --deny-warnings

`qic <命令> --help` 看一个命令的全部选项。退出码：0 成功，1 程序有错，2 用法有错，101 编译器的错。
";

pub fn version() -> String {
    format!("qic {}（奇语言，LLVM 22）\n", env!("CARGO_PKG_VERSION"))
}
