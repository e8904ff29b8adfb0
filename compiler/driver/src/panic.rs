//! An internal error is the compiler's fault and says so, with what to put into a report.

use std::panic::PanicHookInfo;

pub const EXIT_INTERNAL: u8 = 101;

/// Replaces Rust's panic text. The profile aborts on panic, so the hook itself ends the process.
pub fn install_hook() {
    std::panic::set_hook(Box::new(|info| {
        report(info);
        std::process::exit(i32::from(EXIT_INTERNAL));
    }));
}

fn report(info: &PanicHookInfo<'_>) {
    let payload = info.payload();
    let reason = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied())
        .unwrap_or("unknown reason");
    if reason.contains("Broken pipe") {
        return;
    }
    let place = info.location().map(ToString::to_string).unwrap_or_default();
    let command = std::env::args().collect::<Vec<_>>().join(" ");
    eprintln!("这是编译器的错，不是你的错。");
    eprintln!("请把下面几行和出错的源文件一起报告给我们：");
    eprintln!("  版本：qic {}", env!("CARGO_PKG_VERSION"));
    eprintln!("  命令：{command}");
    eprintln!("  位置：{place}");
    eprintln!("  原因：{reason}");
}
