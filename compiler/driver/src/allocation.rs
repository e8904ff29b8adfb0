//! E0610: what `qi_passes::allocation` found, in words. Findings name sites; labels need spans of the files of this run.

use qi_base::{Diagnostic, Files, Label, Span, Text};
use qi_mir::allocates::Memory;
use qi_mir::{Module, SiteId};
use qi_passes::allocation::{Cause, Finding, Reason, check};
use qi_passes::pipeline::{self, Level};
use std::path::Path;

/// Findings about functions marked `@零分配`, judged as `--release` compiles them whatever this run's level is.
pub fn diagnose(module: &Module, files: &Files) -> Vec<Diagnostic> {
    if !module.functions.values().any(|it| it.no_alloc) {
        return Vec::new();
    }
    let mut module = module.clone();
    pipeline::run(&mut module, Level::O2, None);
    check(&module).iter().map(|finding| diagnostic(&module, files, finding)).collect()
}

fn diagnostic(module: &Module, files: &Files, finding: &Finding) -> Diagnostic {
    let func = &module.functions[finding.function];
    let declared = func.site.and_then(|site| span(module, files, site));
    let mut labels = Vec::new();
    let mut notes = Vec::new();
    for cause in &finding.path {
        let words = words(module, cause.reason);
        match cause.site.and_then(|site| span(module, files, site)) {
            Some(span) => labels.push(Label { span, text: words }),
            None => notes.push(note(module, cause, words)),
        }
    }
    labels.extend(declared.map(|span| Label { span, text: Text::new("在这里承诺不分配", "promised here") }));
    let title = Text::new(
        format!("“{}”标了 @零分配，但会分配内存", func.name),
        format!("`{}` is marked @零分配 but takes heap memory", func.name),
    );
    let primary = labels.remove(0);
    let mut diagnostic = Diagnostic::error("E0610", primary.span, title, primary.text);
    diagnostic.labels.append(&mut labels);
    diagnostic.notes = notes;
    diagnostic
}

/// The character a site names; none for the library's files.
pub fn span(module: &Module, files: &Files, site: SiteId) -> Option<Span> {
    let site = &module.sites[site];
    let id = files.find(Path::new(&site.file))?;
    let file = files.get(id);
    let line = file.line_start(site.line as usize - 1);
    let mut characters = file.text[line..].char_indices().skip(site.column as usize - 1).map(|it| line + it.0);
    let start = characters.next()?;
    let end = characters.next().unwrap_or(file.text.len());
    Some(Span::new(id, start as u32, end as u32))
}

/// Where no label can point: code of the library, and code nobody wrote.
fn note(module: &Module, cause: &Cause, words: Text) -> Text {
    let Some(site) = cause.site.map(|it| &module.sites[it]) else { return words };
    let place = format!("{} ({}:{}:{})", site.function, site.file, site.line, site.column);
    Text::new(format!("在 {place}：{}", words.zh), format!("in {place}: {}", words.en))
}

fn words(module: &Module, reason: Reason) -> Text {
    let name = |id| &module.functions[id].name;
    match reason {
        Reason::Memory(memory) => memory_words(memory),
        Reason::Callee(id) => Text::new(format!("“{}”会分配", name(id)), format!("`{}` takes heap memory", name(id))),
        Reason::Frame(id) => Text::new(
            format!("“{}”会挂起又递归，每层一帧", name(id)),
            format!("`{}` suspends and is recursive: a frame per level", name(id)),
        ),
        Reason::Indirect => Text::new("不知道这里会调用什么", "what is called here is not known"),
        Reason::Walk => Text::new("比较嵌套的值要一张工作表", "comparing nested values needs a work list"),
    }
}

fn memory_words(memory: Memory) -> Text {
    let (zh, en) = match memory {
        Memory::Box => (
            "装在盒里的值住在堆上（递归类型，或闭包捕获的环境）",
            "a boxed value lives on the heap (a recursive type, or what a closure captures)",
        ),
        Memory::Array => ("数组的内存", "memory of an array"),
        Memory::Text => ("新的字符串", "a new 字符串"),
        Memory::Cell => ("闭包共享的变量住在堆上", "a variable that closures share lives on the heap"),
        Memory::Closure => ("闭包捕获的值住在堆上", "what a closure captures lives on the heap"),
        Memory::Dynamic => ("“任意”的值住在堆上", "a 任意 value lives on the heap"),
        Memory::Error => ("错误对象", "an error object"),
        Memory::Task => ("新的任务", "a new task"),
        Memory::Generator => ("生成器的帧", "the frame of a generator"),
        Memory::Copy => ("值若还有别的主人，改之前要复制", "a value with other owners is copied before it changes"),
        Memory::Runtime(function) => {
            let zh = format!("运行时函数 {} 会分配", function.symbol());
            return Text::new(zh, format!("the runtime function {} takes heap memory", function.symbol()));
        }
    };
    Text::new(zh, en)
}
