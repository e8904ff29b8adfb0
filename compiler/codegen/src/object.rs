//! The target and what leaves LLVM for the outside: object code, assembly, bitcode, text.

use crate::Options;
use inkwell::OptimizationLevel;
use inkwell::module::Module;
use inkwell::targets::{CodeModel, FileType, InitializationConfig, RelocMode, Target, TargetMachine};
use std::sync::Once;

/// The host's target with the processor of the options.
pub fn target_machine(options: &Options) -> TargetMachine {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        if let Err(message) = Target::initialize_native(&InitializationConfig::default()) {
            qi_base::bug!("LLVM has no code generator for this machine: {message}");
        }
    });
    let triple = TargetMachine::get_default_triple();
    let target = Target::from_triple(&triple).unwrap_or_else(|it| qi_base::bug!("no target {triple}: {it}"));
    let level = match options.opt_level {
        0 => OptimizationLevel::None,
        1 => OptimizationLevel::Less,
        2 => OptimizationLevel::Default,
        _ => OptimizationLevel::Aggressive,
    };
    target
        .create_target_machine(&triple, &options.cpu, "", level, RelocMode::PIC, CodeModel::Default)
        .unwrap_or_else(|| qi_base::bug!("no machine for {triple} {}", options.cpu))
}

/// The baseline processor of the host's architecture.
pub fn baseline_cpu() -> &'static str {
    if cfg!(target_arch = "x86_64") { "x86-64" } else { "generic" }
}

pub fn object(module: &Module<'_>, machine: &TargetMachine) -> Vec<u8> {
    emit(module, machine, FileType::Object)
}
pub fn assembly(module: &Module<'_>, machine: &TargetMachine) -> String {
    text(emit(module, machine, FileType::Assembly))
}
pub fn bitcode(module: &Module<'_>) -> Vec<u8> {
    module.write_bitcode_to_memory().as_slice().to_vec()
}
pub fn ir(module: &Module<'_>) -> String {
    module.print_to_string().to_string_lossy().into_owned()
}

fn emit(module: &Module<'_>, machine: &TargetMachine, kind: FileType) -> Vec<u8> {
    match machine.write_to_memory_buffer(module, kind) {
        Ok(buffer) => buffer.as_slice().to_vec(),
        Err(message) => qi_base::bug!("LLVM cannot emit the module: {message}"),
    }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}
