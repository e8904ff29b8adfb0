//! E0507: what replaces printing, comparing or hashing must not wait, since the runtime calls it where nothing can wait; nor
//! must what C calls. Who waits is known once all instances exist, so this is asked of MIR.

use crate::allocation::span;
use qi_base::{Diagnostic, Files, Label, Span, Text};
use qi_mir::{Function, FunctionId, Inst, Module, Opcode, SiteId};
use qi_passes::effects;

pub fn diagnose(module: &Module, files: &Files) -> Vec<Diagnostic> {
    let is_users = |func: &Function| func.site.is_some_and(|site| span(module, files, site).is_some());
    let mut own: Vec<FunctionId> = effects::overrides(module).filter(|it| is_users(&module.functions[*it])).collect();
    let mut callbacks: Vec<(FunctionId, Option<SiteId>)> = callbacks(module).collect();
    if own.is_empty() && callbacks.is_empty() {
        return Vec::new();
    }
    own.sort_unstable();
    own.dedup();
    callbacks.sort_unstable();
    callbacks.dedup_by_key(|it| it.0);
    let mut module = module.clone();
    effects::run(&mut module);
    let waits = |id: FunctionId| module.functions[id].suspends;
    let of_methods = own.into_iter().filter(|&it| waits(it)).filter_map(|it| method(&module, files, it));
    let of_callbacks =
        callbacks.iter().filter(|it| waits(it.0)).filter_map(|&(id, site)| callback(&module, files, id, site));
    of_methods.chain(of_callbacks).collect()
}

/// Functions that C gets the address of, and where.
fn callbacks(module: &Module) -> impl Iterator<Item = (FunctionId, Option<SiteId>)> {
    let insts = module.functions.values().flat_map(|func| func.insts.values());
    insts.filter_map(|it| match it.opcode {
        Opcode::FunctionPointer(function) => Some((function, it.site)),
        _ => None,
    })
}

fn method(module: &Module, files: &Files, id: FunctionId) -> Option<Diagnostic> {
    let method = &module.functions[id];
    let declared = method.site.and_then(|it| span(module, files, it))?;
    let at = first_wait(module, files, method).unwrap_or(declared);
    let note = Text::new(
        "打印、运算符、字典和集合都会调用它，那里不能等",
        "printing, operators, dictionaries and sets call it, where nothing can wait",
    );
    Some(diagnostic(method, at, Label { span: declared, text: note }))
}

fn callback(module: &Module, files: &Files, id: FunctionId, site: Option<SiteId>) -> Option<Diagnostic> {
    let function = &module.functions[id];
    let given = site.and_then(|it| span(module, files, it));
    let at = first_wait(module, files, function).or(given)?;
    let note = Text::new("C 会调用它，那里不能等", "C calls it, where nothing can wait");
    Some(diagnostic(function, at, Label { span: given.unwrap_or(at), text: note }))
}

fn first_wait(module: &Module, files: &Files, function: &Function) -> Option<Span> {
    let waits = |inst: &&Inst| module.inst_suspends(&inst.opcode, |index| function.values[inst.args[index]]);
    let insts = function.blocks.ids().flat_map(|it| function.block_insts(it)).map(|it| &function.insts[it]);
    let place = |inst: &Inst| match (inst.site, &inst.opcode) {
        (Some(site), _) => span(module, files, site),
        // What stands for a closure only calls it.
        (None, Opcode::Call(code)) if function.site.is_none() => first_wait(module, files, &module.functions[*code]),
        (None, _) => None,
    };
    insts.filter(waits).filter_map(place).min()
}

fn diagnostic(function: &Function, at: Span, reason: Label) -> Diagnostic {
    let title = Text::new(format!("“{}”不能等待", function.name), format!("`{}` must not wait", function.name));
    let mut diagnostic = Diagnostic::error("E0507", at, title, Text::new("这里可能挂起", "this may suspend"));
    diagnostic.labels.push(reason);
    diagnostic
}
