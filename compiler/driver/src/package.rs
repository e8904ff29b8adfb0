//! `qi.toml`: finds the package around the current folder and reads the parts the driver needs.
//! Keys are English; quoted Chinese aliases mean the same.

use crate::failure::Failure;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use toml::{Table, Value};

pub const MANIFEST: &str = "qi.toml";

#[derive(Debug)]
pub struct Package {
    pub root: PathBuf,
    pub name: String,
    pub entry: PathBuf,
    /// Folders of the packages this one may import, by the name used in 导入.
    pub dependencies: BTreeMap<String, PathBuf>,
    pub c: CSources,
}

/// `[c]`: what 外部 "c" of this package is linked with.
#[derive(Debug, Default)]
pub struct CSources {
    pub sources: Vec<PathBuf>,
    pub include: Vec<PathBuf>,
    pub link: Vec<String>,
}

impl Package {
    /// The package that the current folder belongs to.
    pub fn find() -> Result<Self, Failure> {
        let here = std::env::current_dir().map_err(|error| Failure::io(Path::new("."), &error))?;
        Self::around(&here)?.ok_or_else(|| {
            Failure::new("E0906", "没有给出源文件，这里也没有 qi.toml", "no source file given, and no qi.toml here")
                .with_note(
                    "写 qic run 文件.qi，或用 qic new 名字 新建一个包",
                    "write qic run FILE.qi, or make a package with qic new NAME",
                )
                .usage()
        })
    }

    /// The package whose folder or subfolder `folder` is.
    pub fn around(folder: &Path) -> Result<Option<Self>, Failure> {
        match folder.ancestors().find(|it| it.join(MANIFEST).is_file()) {
            Some(root) => Self::read(root).map(Some),
            None => Ok(None),
        }
    }

    fn read(root: &Path) -> Result<Self, Failure> {
        let path = root.join(MANIFEST);
        let text = crate::session::read_source(&path)?;
        let table: Table = text.parse().map_err(|error| malformed(&path, &text, &error))?;
        let package = section(&table, &path, "package", "包")?;
        let name = package.and_then(|it| string(it, "name", "名字")).ok_or_else(|| missing(&path, "name"))?;
        let dependencies = match section(&table, &path, "dependencies", "依赖")? {
            Some(table) => dependencies(root, &path, table)?,
            None => BTreeMap::new(),
        };
        let entry =
            package.and_then(|it| string(it, "entry", "入口")).map_or_else(|| default_entry(root), |it| root.join(it));
        let c = section(&table, &path, "c", "C")?.map(|it| c_sources(root, it)).unwrap_or_default();
        Ok(Self { root: root.to_path_buf(), name, entry: shorten(entry), dependencies, c })
    }
}

/// `名 = { path = "…" }`.
fn dependencies(root: &Path, manifest: &Path, table: &Table) -> Result<BTreeMap<String, PathBuf>, Failure> {
    let mut found = BTreeMap::new();
    for (name, value) in table {
        let path = value.get("path").and_then(Value::as_str).map(|it| root.join(it));
        let Some(path) = path else {
            return Err(Failure::unsupported(
                format!("依赖 {name} 的来源（现在只能写 {{ path = \"…\" }}）"),
                format!("the source of dependency {name} (only {{ path = \"…\" }} works so far)"),
            ));
        };
        let folder = path.canonicalize().map_err(|error| {
            Failure::io(&path, &error).with_note(
                format!("{} 的依赖 {name} 指向它", manifest.display()),
                format!("dependency {name} in {} points there", manifest.display()),
            )
        })?;
        // Sources of a package made by `qic new` are in 源码.
        let sources = folder.join("源码");
        found.insert(name.clone(), if sources.is_dir() { sources } else { folder });
    }
    Ok(found)
}

fn default_entry(root: &Path) -> PathBuf {
    ["源码/主.qi", "主.qi", "src/main.qi"]
        .iter()
        .map(|it| root.join(it))
        .find(|it| it.is_file())
        .unwrap_or_else(|| root.join("源码/主.qi"))
}

/// Relative to the current folder where possible: that is what messages show.
fn shorten(path: PathBuf) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).map(Path::to_path_buf).unwrap_or(path)
}

fn section<'a>(table: &'a Table, path: &Path, english: &str, chinese: &str) -> Result<Option<&'a Table>, Failure> {
    match table.get(english).or_else(|| table.get(chinese)) {
        None => Ok(None),
        Some(Value::Table(it)) => Ok(Some(it)),
        Some(_) => Err(Failure::new(
            "E0905",
            format!("{} 里的 {english} 应该是一节 [{english}]", path.display()),
            format!("{english} in {} should be a section [{english}]", path.display()),
        )),
    }
}

fn string(table: &Table, english: &str, chinese: &str) -> Option<String> {
    table.get(english).or_else(|| table.get(chinese))?.as_str().map(str::to_owned)
}

fn strings(table: &Table, key: &str) -> Vec<String> {
    match table.get(key) {
        Some(Value::String(it)) => vec![it.clone()],
        Some(Value::Array(items)) => items.iter().filter_map(|it| it.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}

fn c_sources(root: &Path, table: &Table) -> CSources {
    let paths = |key| strings(table, key).into_iter().map(|it| root.join(it)).collect();
    CSources { sources: paths("sources"), include: paths("include"), link: strings(table, "link") }
}

fn missing(path: &Path, key: &str) -> Failure {
    Failure::new(
        "E0905",
        format!("{} 的 [package] 缺少 {key}", path.display()),
        format!("[package] in {} lacks {key}", path.display()),
    )
    .with_note(format!("例如：{key} = \"你好\""), format!("for example: {key} = \"hello\""))
}

fn malformed(path: &Path, text: &str, error: &toml::de::Error) -> Failure {
    let offset = error.span().map_or(0, |it| it.start).min(text.len());
    let before = text.get(..offset).unwrap_or_default();
    let line = before.matches('\n').count();
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let place = format!("{}:{}:{column}", path.display(), line + 1);
    let source = text.lines().nth(line).unwrap_or_default();
    let failure = Failure::new("E0905", format!("{place} 不是正确的 TOML"), format!("{place} is not valid TOML"));
    match source.split_once('=') {
        Some((key, value)) if !key.is_ascii() && !key.contains('"') => {
            let (key, value) = (key.trim(), value.trim());
            failure.with_note(
                format!("中文的键要加引号：\"{key}\" = {value}"),
                format!("a key in Chinese needs quotes: \"{key}\" = {value}"),
            )
        }
        _ => failure.with_note(format!("这一行是：{source}"), error.message().to_owned()),
    }
}
