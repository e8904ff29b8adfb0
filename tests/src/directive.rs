//! What a program of tests/run says about itself, in comments: `// 输出:` and the lines below it, `// 退出码: 1`,
//! `// 错误输出:` (each line below must occur in stderr), `// 错误栈: 内 外` (the functions of an uncaught error's stack),
//! `// 输入:` (stdin), `// 参数: 甲 乙`, `// 级别: 0` (only that -O), `// 信号: QUIT INT`.

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Directives {
    pub output: Option<String>,
    pub errors: Vec<String>,
    pub stack: Option<String>,
    pub input: String,
    pub arguments: Vec<String>,
    pub exit: i32,
    /// `QI_STACK`, in MiB.
    pub stack_limit: Option<String>,
    pub level: Option<u8>,
    /// Sent to the program one after another: see `signals`.
    pub signals: Vec<String>,
    /// Objects may live at exit: cycles of 共享 are the subject.
    pub may_leak: bool,
}

/// None if the text has no directive: a module of some other program.
pub fn parse(text: &str) -> Option<Directives> {
    let mut found = Directives::default();
    let mut any = false;
    let mut lines = text.lines().map(str::trim).peekable();
    while let Some(line) = lines.next() {
        let Some((key, value)) = line.strip_prefix("// ").and_then(|it| it.split_once(':')) else { continue };
        let value = value.trim();
        let mut block = || {
            let mut block = Vec::new();
            while let Some(line) = lines.next_if(|it| it.starts_with("//") && !is_directive(it)) {
                block.push(line.strip_prefix("// ").unwrap_or(&line[2..]).to_owned());
            }
            block
        };
        match key {
            "输出" => found.output = Some(join(&block())),
            "错误输出" => found.errors = block(),
            "错误栈" => found.stack = Some(value.to_owned()),
            "输入" => found.input = join(&block()),
            "参数" => found.arguments = value.split_whitespace().map(str::to_owned).collect(),
            "信号" => found.signals = value.split_whitespace().map(str::to_owned).collect(),
            "退出码" => found.exit = value.parse().ok()?,
            "栈上限" => found.stack_limit = Some(value.to_owned()),
            "级别" => found.level = value.parse().ok(),
            "可以泄漏" => found.may_leak = true,
            _ => continue,
        }
        any = true;
    }
    any.then_some(found)
}

fn is_directive(line: &str) -> bool {
    let key = line.strip_prefix("// ").and_then(|it| it.split_once(':')).map(|it| it.0);
    matches!(
        key,
        Some("输出" | "错误输出" | "错误栈" | "输入" | "参数" | "退出码" | "级别" | "信号" | "可以泄漏" | "栈上限")
    )
}

fn join(lines: &[String]) -> String {
    lines.iter().map(|it| format!("{it}\n")).collect()
}

/// Trailing blanks of each line and trailing blank lines do not count.
pub fn normalize(text: &str) -> String {
    let lines: Vec<_> = text.lines().map(str::trim_end).collect();
    let end = lines.iter().rposition(|it| !it.is_empty()).map_or(0, |it| it + 1);
    lines[..end].iter().map(|it| format!("{it}\n")).collect()
}
