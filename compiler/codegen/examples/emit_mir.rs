//! Translates a MIR text file: `emit_mir FILE LEVEL before|ir|asm|OUTPUT-PROGRAM RUNTIME-FOLDER`. For people who work on codegen.

use qi_codegen::{LinkJob, LinkKind, Options, Outputs};
use qi_passes::pipeline::Level;
use std::path::{Path, PathBuf};

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [file, level, what, rest @ ..] = args.as_slice() else { panic!("emit_mir FILE LEVEL WHAT [RUNTIME-FOLDER]") };
    let level: u8 = level.parse().expect("a level");
    let text = std::fs::read_to_string(file).expect("a readable file");
    let text: String = text.lines().filter(|it| !it.starts_with(';')).map(|it| format!("{it}\n")).collect();
    let mut module = qi_mir::parse::parse(&text).unwrap_or_else(|it| panic!("{it}"));
    qi_passes::pipeline::run(&mut module, if level == 0 { Level::O0 } else { Level::O2 }, None);
    let outputs = Outputs { ir_before: true, ir: true, assembly: true, object: true, ..Outputs::default() };
    let mut options = Options::new("模块", level, outputs);
    options.debug_info = std::env::var_os("QI_DEBUG").is_some();
    options.sanitizer = match std::env::var("QI_SANITIZE").as_deref() {
        Ok("address") => Some(qi_codegen::Sanitizer::Address),
        Ok("thread") => Some(qi_codegen::Sanitizer::Thread),
        _ => None,
    };
    let emitted = qi_codegen::emit(&module, &options);
    match what.as_str() {
        "mir" => print!("{module}"),
        "before" => print!("{}", emitted.ir_before),
        "ir" => print!("{}", emitted.ir),
        "asm" => print!("{}", emitted.assembly),
        output => {
            let object = PathBuf::from(format!("{output}.o"));
            std::fs::write(&object, &emitted.object).expect("a writable folder");
            let job = LinkJob {
                kind: LinkKind::Executable,
                objects: &[object],
                runtime_dir: Path::new(rest.first().expect("the runtime's folder")),
                output: Path::new(output),
                libraries: &module.libraries,
                strip: false,
            };
            qi_codegen::link(&job).unwrap_or_else(|it| panic!("{}\n{}", it.text.en, it.details));
        }
    }
}
