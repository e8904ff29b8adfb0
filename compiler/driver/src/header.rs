//! The C header of a library's 导出 functions, and the pkg-config file beside it. Signatures follow from the written types
//! alone, as `qi_hir::Export` says.

use crate::failure::Failure;
use crate::session::Session;
use qi_hir::infer::type_text;
use qi_hir::{AdtId, AdtKind, Analysis, Export, Function, FunctionId, IntType, Program, Ty, TyKind};
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
    let exports: Vec<Prototype> = program
        .functions
        .iter()
        .filter_map(|(id, it)| Some(Prototype::new(program, analysis, id, it.export.as_ref()?)))
        .collect();
    let mut text = notes(&exports);
    let _ = writeln!(text, "#ifndef QI_{guard}_H\n#define QI_{guard}_H");
    text.push_str("#include <stdbool.h>\n#include <stdint.h>\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n");
    if exports.iter().any(|it| it.types().any(is_text)) {
        text.push_str("typedef struct QiString QiString;\n\n");
    }
    let mut structs = Structs { program, analysis, done: Vec::new(), text: String::new() };
    exports.iter().flat_map(Prototype::types).for_each(|it| structs.of_type(it));
    text.push_str(&structs.text);
    exports.iter().for_each(|it| it.write(program, &mut text));
    text.push_str("\n#ifdef __cplusplus\n}\n#endif\n#endif\n");
    text
}

/// What the signatures do not say, as far as they need it.
fn notes(exports: &[Prototype]) -> String {
    let mut text = String::from("/*\n * Made by qic; do not edit.\n");
    let mut note = |wanted: bool, words: &str| {
        if wanted {
            text.push_str(" *\n");
            words.lines().for_each(|line| _ = writeln!(text, " * {line}"));
        }
    };
    note(!exports.is_empty(), ERRORS);
    note(exports.iter().any(|it| it.types().any(is_text)), TEXTS);
    note(exports.iter().any(|it| it.export.error.is_some()), STATUS);
    note(exports.iter().any(|it| it.callback.is_some()), CALLBACKS);
    text.push_str(" */\n");
    text
}

const ERRORS: &str = "\
A call that fails returns zero; qi_last_error and qi_last_error_message of qi_runtime.h tell why, in the same thread and
until its next call.";
const TEXTS: &str = "\
QiString is made, read and freed with the qi_string_ functions of qi_runtime.h. Ownership: an argument stays the caller's; a
result is the caller's, who frees it with qi_string_free. A call with an argument that is null or was freed fails.";
const STATUS: &str = "\
A function that returns int returns 0 and writes its result to *out, or returns the code of the error, as qi_last_error
does, and leaves *out alone. Where out is null the result is dropped.";
const CALLBACKS: &str = "\
NAME_async starts what NAME does and returns. It calls done exactly once: on a thread of the runtime, or, if it cannot start,
right away. error is 0 or the code of the error, which qi_last_error and qi_last_error_message tell inside done; value is
then zero. Ownership: a QiString that done gets is its own to free. done may be null.";

/// The C functions of one export.
struct Prototype<'a> {
    function: &'a Function,
    symbol: &'a str,
    callback: Option<String>,
    params: &'a [Ty],
    /// Of the parameters.
    names: Vec<String>,
    export: Export,
}

impl<'a> Prototype<'a> {
    fn new(program: &'a Program, analysis: &'a Analysis, id: FunctionId, symbol: &'a str) -> Self {
        let signatures = &analysis.signatures;
        let signature = &signatures.functions[id];
        let export = Export::of(signatures.known, signature);
        let callback = export.callback(symbol);
        let function = &program.functions[id];
        // A type is hidden from the parameters after one of its name.
        let is_type = |name: &str| program.adts.values().any(|it| it.external && it.name.as_str() == name);
        let name_of = |name: &str| if is_type(name) { format!("{name}_") } else { name_in_c(name) };
        let names = function.params.iter().map(|it| name_of(it.name.as_str())).collect();
        Self { function, symbol, callback, params: &signature.params, names, export }
    }

    fn types(&self) -> impl Iterator<Item = Ty> {
        self.params.iter().copied().chain([self.export.value])
    }

    fn write(&self, program: &Program, text: &mut String) {
        for line in self.function.documentation.lines() {
            let _ = writeln!(text, "/* {} */", line.trim().replace("*/", "* /"));
        }
        let value = c_type(program, self.export.value);
        let gives = !self.export.value.is_unit();
        let params = self.params(program);
        let mut all = params.clone();
        let result = if self.export.error.is_some() {
            all.extend(gives.then(|| declare(&pointer(&value), &self.free_name("out"))));
            "int"
        } else {
            &value
        };
        let all = if all.is_empty() { "void".to_owned() } else { all.join(", ") };
        let _ = writeln!(text, "{}({all});", declare(result, self.symbol));
        if let Some(callback) = &self.callback {
            let value = if gives { format!(", {}", declare(&value, "value")) } else { String::new() };
            let (done, user) = (self.free_name("done"), self.free_name("user"));
            let more = [format!("void (*{done})(void *user, int error{value})"), format!("void *{user}")];
            let _ = writeln!(text, "void {callback}({});", [params, more.to_vec()].concat().join(", "));
        }
    }

    fn params(&self, program: &Program) -> Vec<String> {
        let params = self.names.iter().zip(self.params).filter(|it| !it.1.is_unit());
        let declared = params.map(|(name, &ty)| {
            let ty = c_type(program, ty);
            // Read only.
            let ty = if ty == TEXT { format!("const {TEXT}") } else { ty };
            declare(&ty, name)
        });
        declared.collect()
    }

    /// The name, or one like it, that no parameter has.
    fn free_name(&self, name: &str) -> String {
        let mut name = name.to_owned();
        while self.names.contains(&name) {
            name.push('_');
        }
        name
    }
}

/// Words that C or C++ keeps for itself, and the header for its own use.
const RESERVED: &str = " alignas alignof and and_eq asm auto bitand bitor bool break case catch char class compl const \
    constexpr continue default delete do double else enum explicit export extern false float for friend goto if inline int \
    int8_t int16_t int32_t int64_t long mutable namespace new noexcept not not_eq operator or or_eq private protected public \
    register restrict return short signed sizeof static struct switch template this throw true try typedef typename uint8_t \
    uint16_t uint32_t uint64_t union unsigned using virtual void volatile wchar_t while xor xor_eq QiString ";

/// The name of a parameter or field.
fn name_in_c(name: &str) -> String {
    if RESERVED.contains(&format!(" {name} ")) { format!("{name}_") } else { name.to_owned() }
}

/// A name with its type before it.
fn declare(ty: &str, name: &str) -> String {
    if ty.ends_with('*') { format!("{ty}{name}") } else { format!("{ty} {name}") }
}

fn pointer(ty: &str) -> String {
    if ty.ends_with('*') { format!("{ty}*") } else { format!("{ty} *") }
}

/// The definitions of the structs that the exports mention, each after those it consists of.
struct Structs<'a> {
    program: &'a Program,
    analysis: &'a Analysis,
    done: Vec<AdtId>,
    text: String,
}

impl Structs<'_> {
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
            let ty = c_type(program, ty);
            let name = field.name.map_or_else(String::new, |it| name_in_c(it.as_str()));
            let _ = writeln!(self.text, "    {};", declare(&ty, &name));
        }
        let _ = writeln!(self.text, "}} {name};\n");
    }
}

const TEXT: &str = "QiString *";

fn is_text(ty: Ty) -> bool {
    *ty.kind() == TyKind::Str
}

/// The C type of what was checked to have one.
fn c_type(program: &Program, ty: Ty) -> String {
    match ty.kind() {
        TyKind::Adt(id, _) if program.adts[*id].external => program.adts[*id].name.to_string(),
        _ => scalar(ty).unwrap_or_else(|| qi_base::bug!("{} has no C type", type_text(program, ty))).to_owned(),
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
        TyKind::Str => TEXT,
        TyKind::CStr => "const char *",
        TyKind::Pointer(_) => "void *",
        _ => return None,
    })
}
