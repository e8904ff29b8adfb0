//! Text forms for `--emit tokens`, `ast`, `hir` and for `qic frames`. The other kinds are printed by their own crates.

use crate::language::Language;
use qi_base::{FileId, Files};
use qi_codegen::FrameReport;
use qi_hir::infer::type_text;
use qi_hir::{Analysis, Program};
use qi_syntax::WalkEvent;
use std::fmt::Write;

/// One token a line: position, kind, text; trivia included, so the texts joined are the file.
pub fn tokens(files: &Files, id: FileId) -> String {
    let file = files.get(id);
    let (tokens, _) = qi_syntax::lex(id, &file.text);
    let mut text = String::new();
    // Counted along: a line may hold a million tokens.
    let (mut line, mut column) = (1, 1);
    for pair in tokens.windows(2) {
        let piece = &file.text[pair[0].start as usize..pair[1].start as usize];
        let _ = writeln!(text, "{line}:{column}\t{:?}\t{piece:?}", pair[0].kind);
        let last_line = piece.rsplit('\n').next().unwrap_or(piece);
        line += piece.matches('\n').count();
        column = if last_line.len() < piece.len() { 1 } else { column } + last_line.chars().count();
    }
    text
}

/// Deeper nodes are not indented further: a million tokens may lie a thousand levels deep.
const MAX_INDENT: usize = 100;

/// The lossless tree, indented.
pub fn tree(files: &Files, id: FileId) -> String {
    let parse = qi_syntax::parse(id, &files.get(id).text);
    let mut text = String::new();
    let mut depth = 0;
    for event in parse.syntax().preorder_with_tokens() {
        match event {
            WalkEvent::Enter(element) => {
                let _ = writeln!(text, "{:1$}{element:?}", "", 2 * depth.min(MAX_INDENT));
                depth += 1;
            }
            WalkEvent::Leave(_) => depth -= 1,
        }
    }
    text
}

/// What inference found: the signature of each checked function of the user's modules and the types of its variables.
pub fn hir(program: &Program, analysis: &Analysis) -> String {
    let mut text = String::new();
    for (id, function) in program.functions.iter() {
        let module = &program.modules[function.module];
        let (Some(typed), Some(signature)) = (analysis.bodies.get(&id), analysis.signatures.functions.get(id)) else {
            continue;
        };
        if module.is_std {
            continue;
        }
        let show = |ty| type_text(program, ty);
        let params: Vec<_> = function
            .params
            .iter()
            .zip(&signature.params)
            .map(|(param, &ty)| format!("{}: {}", param.name, show(ty)))
            .collect();
        let yields = signature.yields.map(|(item, _)| format!(" 让出 {}", show(item))).unwrap_or_default();
        let _ = writeln!(text, "函数 {}({}): {}{yields}", function.name, params.join(", "), show(signature.result));
        for (local, data) in function.body.iter().flat_map(|it| it.locals.iter()) {
            if let Some(ty) = typed.local_types.get(local).and_then(|it| *it) {
                let _ = writeln!(text, "    {local} {}: {}", data.name, show(ty));
            }
        }
    }
    text
}

/// `qic frames`: size, fields and suspend points of every coroutine frame.
pub fn frames(reports: &[FrameReport], language: Language) -> String {
    let mut text = String::new();
    for report in reports {
        let size = match report.size {
            Some(size) => format!("{size} {}", language.choose("字节", "bytes")),
            None => language.choose("没有帧：已并入调用者", "no frame: merged into its caller").into(),
        };
        let _ = writeln!(text, "{}  [{}]  {size}", report.name, report.class);
        for field in &report.fields {
            let _ = writeln!(text, "  +{:<5} {:>4}  {}", field.offset, field.size, field.name);
        }
        for point in &report.points {
            let _ = match language {
                Language::Chinese => writeln!(text, "  第 {} 行挂起：{}", point.line, point.what),
                Language::English => writeln!(text, "  suspends at line {}: {}", point.line, point.what),
            };
        }
    }
    text
}
