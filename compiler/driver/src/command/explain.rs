//! `qic explain E0201`: the page `docs/错误/E0201.md`. Pages are files so that they can be read without the tool too.

use super::Outcome;
use crate::failure::Failure;
use crate::session::Session;

pub fn explain(session: &Session, code: Option<&str>) -> Outcome {
    match code {
        Some(code) => page(session, code),
        None => index(session),
    }
}

fn page(session: &Session, code: &str) -> Outcome {
    let code = code.to_uppercase();
    let path = session.toolchain.pages.join(format!("{code}.md"));
    let safe = code.chars().all(|it| it.is_ascii_alphanumeric());
    match std::fs::read_to_string(&path) {
        Ok(text) if safe => Ok(super::print(&text)),
        _ => Err(Failure::new("E0908", format!("没有错误码 {code}"), format!("there is no error code {code}"))
            .with_note("运行 qic explain 列出全部错误码", "run qic explain to list all codes")
            .usage()),
    }
}

fn index(session: &Session) -> Outcome {
    let pages = &session.toolchain.pages;
    let list = std::fs::read_dir(pages).map_err(|error| Failure::io(pages, &error))?;
    let mut lines: Vec<String> = list
        .flatten()
        .filter_map(|it| std::fs::read_to_string(it.path()).ok())
        .filter_map(|text| text.lines().next().and_then(|it| it.strip_prefix("# ")).map(str::to_owned))
        .collect();
    lines.sort();
    Ok(super::print(&(lines.join("\n") + "\n")))
}
