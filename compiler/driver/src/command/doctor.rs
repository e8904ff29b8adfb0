//! `qic doctor`: one line per thing a working installation needs, with what to do where it is missing.

use super::Outcome;
use crate::cache;
use crate::failure::EXIT_WRONG;
use crate::session::Session;
use std::process::Command;

pub fn doctor(session: &Session) -> Outcome {
    let toolchain = &session.toolchain;
    let language = session.options.language;
    let version = |program: &str| {
        let output = Command::new(program).arg("--version").output().ok()?;
        String::from_utf8_lossy(&output.stdout).lines().next().map(str::to_owned)
    };
    let folder = |path: &std::path::Path| path.is_dir().then(|| path.display().to_string());
    let library = toolchain.library().ok().map(|it| it.display().to_string());
    let cache = cache::folder().filter(|it| std::fs::create_dir_all(it).is_ok()).map(|it| it.display().to_string());
    let checks = [
        (language.choose("编译器", "compiler"), Some(toolchain.executable.display().to_string()), ""),
        (language.choose("运行时库", "runtime library"), library, language.choose("运行 ./x build", "run ./x build")),
        (
            language.choose("标准库", "standard library"),
            folder(&toolchain.std),
            language.choose("重新安装，或设置 QI_HOME", "reinstall, or set QI_HOME"),
        ),
        (language.choose("C 编译器和链接器", "C compiler and linker"), version("cc"), "apt install gcc"),
        (language.choose("构建缓存", "build cache"), cache, language.choose("设置 QI_CACHE_DIR", "set QI_CACHE_DIR")),
        (
            language.choose("中文环境", "Chinese text"),
            utf8_locale(),
            language.choose("设置 LC_ALL=C.UTF-8，否则终端可能显示乱码", "set LC_ALL=C.UTF-8"),
        ),
    ];
    let mut code = 0;
    for (name, found, remedy) in checks {
        match found {
            Some(what) => println!("✓ {name}  {what}"),
            None => {
                println!("✗ {name}  {remedy}");
                code = EXIT_WRONG;
            }
        }
    }
    Ok(code)
}

fn utf8_locale() -> Option<String> {
    let set = |name| std::env::var(name).ok().filter(|it| !it.is_empty());
    let locale = set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG"))?;
    let plain = locale.to_ascii_lowercase().replace('-', "");
    plain.contains("utf8").then_some(locale)
}
