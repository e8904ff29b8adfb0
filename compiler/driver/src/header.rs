//! The C header of a library's 导出 functions, and the pkg-config file beside it.
//! Signatures follow from the written types alone: scalars and 外部 类型 by value.

use crate::failure::Failure;
use crate::session::Session;
use qi_base::Diagnostic;
use qi_hir::diagnostics::unsupported_here;
use qi_hir::infer::type_text;
use qi_hir::{AdtId, AdtKind, Analysis, FunctionId, IntType, Program, Ty, TyKind};
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

/// Exports of a library with types that have no C form yet: 字符串, 结果, 未来.
pub fn refusals(program: &Program, analysis: &Analysis) -> Vec<Diagnostic> {
    let exports = program.functions.iter().filter(|it| it.1.export.is_some());
    exports
        .filter_map(|(id, function)| {
            let signature = &analysis.signatures.functions[id];
            let mut types = signature.params.iter().chain([&signature.result]).copied();
            let ty = type_text(program, types.find(|&it| c_type(program, it).is_none())?);
            let (zh, en) =
                (format!("在库的导出函数里用“{ty}”"), format!("`{ty}` in an exported function of a library"));
            Some(unsupported_here(function.name_span, &zh, &en))
        })
        .collect()
}

pub fn text(program: &Program, analysis: &Analysis, name: &Path) -> String {
    let stem = name.file_stem().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
    let guard: String =
        stem.chars().map(|it| if it.is_ascii_alphanumeric() { it.to_ascii_uppercase() } else { '_' }).collect();
    let mut text = format!("/* Made by qic; do not edit. */\n#ifndef QI_{guard}_H\n#define QI_{guard}_H\n");
    text.push_str("#include <stdbool.h>\n#include <stdint.h>\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n");
    let exports = || program.functions.iter().filter_map(|(id, it)| Some((id, it.export.as_ref()?)));
    let mut structs = Structs { program, analysis, done: Vec::new(), text: String::new() };
    for (id, _) in exports() {
        structs.of_signature(id);
    }
    text.push_str(&structs.text);
    for (id, symbol) in exports() {
        prototype(&mut text, program, analysis, id, symbol);
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
    let params: Vec<String> = function
        .params
        .iter()
        .zip(&signature.params)
        .filter(|it| *it.1.kind() != TyKind::Unit)
        .map(|(param, &ty)| format!("{} {}", known_type(program, ty), param.name))
        .collect();
    let params = if params.is_empty() { "void".to_owned() } else { params.join(", ") };
    let _ = writeln!(text, "{} {symbol}({params});", known_type(program, signature.result));
}

/// The definitions of the structs that the exports mention, each after those it consists of.
struct Structs<'a> {
    program: &'a Program,
    analysis: &'a Analysis,
    done: Vec<AdtId>,
    text: String,
}

impl Structs<'_> {
    fn of_signature(&mut self, id: FunctionId) {
        let analysis = self.analysis;
        let Some(signature) = analysis.signatures.functions.get(id) else { return };
        signature.params.iter().chain([&signature.result]).for_each(|&it| self.of_type(it));
    }

    fn of_type(&mut self, ty: Ty) {
        let TyKind::Adt(id, _) = *ty.kind() else { return };
        let (program, analysis) = (self.program, self.analysis);
        let AdtKind::Struct(fields) = &program.adts[id].kind else { return };
        if !program.adts[id].external || self.done.contains(&id) {
            return;
        }
        self.done.push(id);
        let types: Vec<Ty> = analysis.signatures.adts[id].variants.iter().flatten().copied().collect();
        types.iter().for_each(|&it| self.of_type(it));
        let name = program.adts[id].name;
        let _ = writeln!(self.text, "typedef struct {name} {{");
        for (field, ty) in fields.iter().zip(types) {
            let ty = known_type(program, ty);
            let name = field.name.map_or_else(String::new, |it| it.to_string());
            let _ = writeln!(self.text, "    {ty} {name};");
        }
        let _ = writeln!(self.text, "}} {name};\n");
    }
}

/// The C type of what was checked to have one.
fn known_type(program: &Program, ty: Ty) -> String {
    c_type(program, ty).unwrap_or_else(|| qi_base::bug!("{} has no C type", type_text(program, ty)))
}

fn c_type(program: &Program, ty: Ty) -> Option<String> {
    match ty.kind() {
        TyKind::Adt(id, _) if program.adts[*id].external => Some(program.adts[*id].name.to_string()),
        _ => scalar(ty).map(str::to_owned),
    }
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
