//! The C header of a library's 导出 functions, and the pkg-config file beside it.
//! Signatures follow from the written types alone: scalars by value, everything else by pointer.

use crate::failure::Failure;
use crate::session::Session;
use qi_hir::infer::type_text;
use qi_hir::{Analysis, FunctionId, IntType, Program, Ty, TyKind};
use std::fmt::Write;
use std::path::Path;

/// `NAME.h` and `NAME.pc` beside `libNAME.a`.
pub fn write_beside(session: &Session, program: &Program, analysis: &Analysis, output: &Path) -> Result<(), Failure> {
    let stem = output.file_stem().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
    let name = stem.strip_prefix("lib").unwrap_or(&stem);
    let header = output.with_file_name(format!("{name}.h"));
    write(&header, &text(program, analysis, Path::new(name)))?;
    let library = session.toolchain.library()?.display();
    let include = session.toolchain.include.display();
    let folder = output.parent().filter(|it| !it.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    let folder = folder.display();
    let pc = format!(
        "Name: {name}\nDescription: {name} (Qi)\nVersion: 0.1.0\nCflags: -I{folder} -I{include}\n\
         Libs: -L{folder} -l{name} -L{library} -lqi_runtime -Wl,-rpath,{library}\nLibs.private: -lpthread -ldl -lm\n"
    );
    write(&output.with_file_name(format!("{name}.pc")), &pc)
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).map_err(|error| Failure::io(path, &error))
}

pub fn text(program: &Program, analysis: &Analysis, name: &Path) -> String {
    let stem = name.file_stem().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
    let guard: String =
        stem.chars().map(|it| if it.is_ascii_alphanumeric() { it.to_ascii_uppercase() } else { '_' }).collect();
    let mut text = format!("/* Made by qic; do not edit. */\n#ifndef QI_{guard}_H\n#define QI_{guard}_H\n");
    text.push_str("#include <stdbool.h>\n#include <stdint.h>\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n");
    for (id, function) in program.functions.iter() {
        if let Some(symbol) = &function.export {
            prototype(&mut text, program, analysis, id, symbol);
        }
    }
    text.push_str("\n#ifdef __cplusplus\n}\n#endif\n#endif\n");
    text
}

fn prototype(text: &mut String, program: &Program, analysis: &Analysis, id: FunctionId, symbol: &str) {
    let function = &program.functions[id];
    let Some(signature) = analysis.signatures.functions.get(id) else { return };
    for line in function.documentation.lines() {
        let _ = writeln!(text, "/* {} */", line.trim().replace("*/", "* /"));
    }
    let mut params = Vec::new();
    let result = match scalar(signature.result) {
        Some(word) => word,
        None => {
            params.push(format!("void *out /* {} */", type_text(program, signature.result)));
            "void"
        }
    };
    for (param, &ty) in function.params.iter().zip(&signature.params) {
        let name = if param.name.as_str().is_ascii() { param.name.as_str() } else { "" };
        let comment = if name.is_empty() { format!(" /* {} */", param.name) } else { format!(" {name}") };
        match scalar(ty) {
            Some(word) => params.push(format!("{word}{comment}")),
            None => params.push(format!("const void *{name} /* {}: {} */", param.name, type_text(program, ty))),
        }
    }
    let params = if params.is_empty() { "void".to_owned() } else { params.join(", ") };
    let _ = writeln!(text, "{result} {symbol}({params});");
}

/// The C type of a value that fits a register.
fn scalar(ty: Ty) -> Option<&'static str> {
    Some(match ty.kind() {
        TyKind::Unit => "void",
        TyKind::Bool => "bool",
        TyKind::Char => "uint32_t",
        TyKind::Float(32) => "float",
        TyKind::Float(_) => "double",
        TyKind::Int(it) => match it {
            IntType::I8 => "int8_t",
            IntType::I16 => "int16_t",
            IntType::I32 => "int32_t",
            IntType::I64 => "int64_t",
            IntType::U8 => "uint8_t",
            IntType::U16 => "uint16_t",
            IntType::U32 => "uint32_t",
            IntType::U64 => "uint64_t",
        },
        TyKind::CStr => "const char *",
        TyKind::Pointer(_) => "void *",
        _ => return None,
    })
}
