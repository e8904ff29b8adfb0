//! E0507: what replaces printing, comparing or hashing must not wait, since the runtime calls it where nothing can wait.
//! Who waits is known once all instances exist, so this is asked of MIR.

use crate::allocation::span;
use qi_base::{Diagnostic, Files, Label, Text};
use qi_mir::{Function, FunctionId, Inst, Module};
use qi_passes::effects;

pub fn diagnose(module: &Module, files: &Files) -> Vec<Diagnostic> {
    let is_users = |func: &Function| func.site.is_some_and(|site| span(module, files, site).is_some());
    let mut own: Vec<FunctionId> = effects::overrides(module).filter(|it| is_users(&module.functions[*it])).collect();
    if own.is_empty() {
        return Vec::new();
    }
    own.sort_unstable();
    own.dedup();
    let mut module = module.clone();
    effects::run(&mut module);
    own.retain(|&it| module.functions[it].suspends);
    own.into_iter().filter_map(|it| diagnostic(&module, files, &module.functions[it])).collect()
}

fn diagnostic(module: &Module, files: &Files, method: &Function) -> Option<Diagnostic> {
    let waits = |inst: &&Inst| module.inst_suspends(&inst.opcode, |index| method.values[inst.args[index]]);
    let insts = method.blocks.ids().flat_map(|it| method.block_insts(it)).map(|it| &method.insts[it]);
    let first = insts.filter(waits).filter_map(|it| span(module, files, it.site?)).min();
    let declared = method.site.and_then(|it| span(module, files, it))?;
    let title = Text::new(format!("“{}”不能等待", method.name), format!("`{}` must not wait", method.name));
    let at = first.unwrap_or(declared);
    let mut diagnostic = Diagnostic::error("E0507", at, title, Text::new("这里可能挂起", "this may suspend"));
    diagnostic.labels.push(Label {
        span: declared,
        text: Text::new(
            "打印、运算符、字典和集合都会调用它，那里不能等",
            "printing, operators, dictionaries and sets call it, where nothing can wait",
        ),
    });
    Some(diagnostic)
}
