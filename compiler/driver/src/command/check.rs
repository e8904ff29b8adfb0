//! `qic check`: everything up to the gate, for each file named.

use super::{Outcome, entry_file};
use crate::failure::{EXIT_WRONG, Failure};
use crate::session::Session;
use crate::{pipeline, render};
use std::path::PathBuf;

pub fn check(session: &mut Session, files: Vec<PathBuf>) -> Outcome {
    let files = if files.is_empty() { vec![entry_file(None)?] } else { files };
    let mut code = 0;
    for file in &files {
        if let Err(failure) = pipeline::check(session, file) {
            code = code.max(EXIT_WRONG);
            render::failure(&failure, &session.options);
            if failure.exit > EXIT_WRONG {
                return Err(Failure { silent: true, ..failure });
            }
        }
    }
    Ok(code)
}
