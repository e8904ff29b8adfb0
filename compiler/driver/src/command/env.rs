//! `qic env`: where things are; `--cflags` and `--libs` print what a C build that uses Qi needs.

use super::Outcome;
use crate::session::Session;

pub fn env(session: &Session, cflags: bool, libs: bool, static_: bool) -> Outcome {
    let toolchain = &session.toolchain;
    let library = toolchain.library()?.display();
    let mut words = Vec::new();
    if cflags {
        words.push(format!("-I{}", toolchain.include.display()));
    }
    if libs && static_ {
        words.push(format!("{library}/libqi_runtime.a -lpthread -ldl -lm"));
    } else if libs {
        words.push(format!("-L{library} -lqi_runtime -Wl,-rpath,{library}"));
    }
    if !words.is_empty() {
        return Ok(super::print(&(words.join(" ") + "\n")));
    }
    let lines = [
        ("qic", toolchain.executable.display().to_string()),
        ("version", env!("CARGO_PKG_VERSION").to_owned()),
        ("runtime", library.to_string()),
        ("std", toolchain.std.display().to_string()),
        ("include", toolchain.include.display().to_string()),
        ("cache", crate::cache::folder().unwrap_or_default().display().to_string()),
    ];
    let text: String = lines.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
    Ok(super::print(&text))
}
