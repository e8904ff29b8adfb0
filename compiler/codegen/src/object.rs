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
    readable(&module.print_to_string().to_string_lossy())
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

/// LLVM writes every byte of a name or text beyond ASCII as `\E7`; where such bytes are UTF-8, they are given back as what
/// the user wrote, which LLVM reads just as well.
fn readable(ir: &str) -> String {
    let mut text = String::with_capacity(ir.len());
    let mut rest = ir;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        let bytes: Vec<u8> = escapes(rest).collect();
        let (valid, taken) = match std::str::from_utf8(&bytes) {
            Ok(valid) => (valid, bytes.len()),
            Err(error) => (std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(), error.valid_up_to()),
        };
        text.push_str(valid);
        // Whatever else a backslash begins stays as it is.
        let kept = if taken == 0 { 1 } else { 0 };
        text.push_str(&rest[..kept]);
        rest = &rest[kept + 3 * taken..];
    }
    text.push_str(rest);
    text
}

/// The bytes beyond ASCII that a run of `\HH` at the start of the text stands for.
fn escapes(text: &str) -> impl Iterator<Item = u8> {
    text.as_bytes().chunks(3).map_while(|chunk| match chunk {
        [b'\\', digits @ ..] => {
            let byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
            (digits.len() == 2 && byte >= 0x80).then_some(byte)
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::readable;

    #[test]
    fn names_are_as_the_user_wrote_them() {
        assert_eq!(
            readable(r#"@"qi.\E6\95\B0" = c"\E7\94\00\22\E4\BD\A0a\5C\E7""#),
            r#"@"qi.数" = c"\E7\94\00\22你a\5C\E7""#
        );
    }
}
