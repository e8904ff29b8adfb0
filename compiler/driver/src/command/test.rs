//! `qic test`: builds the program with its 测试 blocks instead of its entry and runs it.

use super::{Outcome, entry_file, refuse_unsupported};
use crate::args::CompileArgs;
use crate::failure::{EXIT_WRONG, Failure};
use crate::pipeline::{Goal, Request};
use crate::session::Session;
use std::path::PathBuf;
use std::process::Command;

pub fn test(session: &mut Session, compile: &CompileArgs, filter: Option<&str>, file: Option<PathBuf>) -> Outcome {
    refuse_unsupported(compile)?;
    let request = Request { goal: Goal::Tests(filter.map(str::to_owned)), ..Request::new(&entry_file(file)?, compile) };
    let program = super::run::program(session, &request)?;
    let mut command = Command::new(&program);
    let status = command.status().map_err(|error| Failure::io(&program, &error))?;
    Ok(status.code().and_then(|it| u8::try_from(it).ok()).unwrap_or(EXIT_WRONG))
}
