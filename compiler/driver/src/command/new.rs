//! `qic new 名字`: a folder with a manifest, a first program with a test, and what git should ignore.

use super::Outcome;
use crate::failure::Failure;
use crate::session::Session;
use std::path::Path;

const PROGRAM: &str = "\
// 用 `qic run` 运行，用 `qic test` 测试。
函数 问候(谁: 字符串): 字符串 {
    返回 f\"你好，{谁}！\"
}

函数 主函数() {
    打印(问候(\"世界\"))
}

测试 \"问候带上名字\" {
    断言(问候(\"小明\") == \"你好，小明！\")
}
";

const IGNORED: &str = "/构建/\n";

pub fn new(session: &Session, name: &str) -> Outcome {
    let root = Path::new(name);
    let package = root.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
    if package.is_empty() || package.starts_with('-') || package.contains(['"', '\\']) {
        return Err(
            Failure::new("E0906", format!("{name} 不能作包名"), format!("{name} cannot be a package name")).usage()
        );
    }
    if root.exists() {
        return Err(Failure::new("E0906", format!("{name} 已经存在"), format!("{name} exists already")));
    }
    let manifest = format!("[package]\nname = \"{package}\"\nversion = \"0.1.0\"\n\n[dependencies]\n");
    write(&root.join("qi.toml"), &manifest)?;
    write(&root.join("源码/主.qi"), PROGRAM)?;
    write(&root.join(".gitignore"), IGNORED)?;
    session.say(
        &format!("已新建 {package}。下一步：\n  cd {name}\n  qic run"),
        &format!("created {package}. Next:\n  cd {name}\n  qic run"),
    );
    Ok(0)
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).and_then(|()| std::fs::write(path, text)).map_err(|error| Failure::io(path, &error))
}
