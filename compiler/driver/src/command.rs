//! One function per command. A command returns its exit code, or the [`Failure`] that stopped it.

mod build;
mod check;
mod completions;
mod doctor;
mod env;
mod explain;
mod fix;
mod fmt;
mod lsp;
mod new;
mod run;
mod test;

use crate::args::{Cli, Command, CompileArgs};
use crate::cli::{self, Parsed};
use crate::failure::Failure;
use crate::render;
use crate::session::Session;
use std::io::Write;
use std::path::PathBuf;

type Outcome = Result<u8, Failure>;

/// Parses the process arguments, runs the command and returns the exit code.
pub fn main() -> u8 {
    let cli = match cli::parse(std::env::args_os().collect()) {
        Parsed::Command(cli) => *cli,
        Parsed::Print(text) => return print(&text),
        Parsed::Wrong(failure, options) => {
            render::failure(&failure, &options);
            return failure.exit;
        }
    };
    let mut session = Session::new(cli::options(&cli));
    let outcome = dispatch(cli, &mut session);
    session.print_times();
    match outcome {
        Ok(code) => code,
        Err(failure) => {
            render::failure(&failure, &session.options);
            failure.exit
        }
    }
}

fn dispatch(cli: Cli, session: &mut Session) -> Outcome {
    match cli.command {
        Command::Run { compile, rest } => run::run(session, &compile, rest),
        Command::Build { compile, output, file } => build::build(session, &compile, output, file),
        Command::Check { files } => check::check(session, files),
        Command::Fmt { check, files } => fmt::fmt(session, check, files),
        Command::Fix { files } => fix::fix(session, files),
        Command::Explain { code } => explain::explain(session, code.as_deref()),
        Command::Test { compile, filter, file } => test::test(session, &compile, filter.as_deref(), file),
        Command::New { name } => new::new(session, &name),
        Command::Doctor => doctor::doctor(session),
        Command::Env { cflags, libs, static_ } => env::env(session, cflags, libs, static_),
        Command::Clean => clean(session),
        Command::Frames { compile, file } => build::frames(session, &compile, file),
        Command::Header { file } => build::header(session, file),
        Command::Lsp => lsp::lsp(session),
        Command::Completions { shell } => completions::completions(&shell),
    }
}

fn clean(session: &Session) -> Outcome {
    crate::cache::clear()?;
    session.say("已清理构建缓存", "build cache cleared");
    Ok(0)
}

/// Writes to stdout; a reader that has gone away (`| head`) is no error.
fn print(text: &str) -> u8 {
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => 0,
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => 0,
        Err(_) => 1,
    }
}

/// Options that are part of the surface but not of this version.
fn refuse_unsupported(compile: &CompileArgs) -> Result<(), Failure> {
    if let Some(target) = &compile.target {
        return Err(Failure::unsupported(format!("交叉编译到 {target}"), format!("cross compilation to {target}")));
    }
    if compile.watch {
        return Err(Failure::unsupported("--watch", "--watch"));
    }
    Ok(())
}

/// The file named on the command line, or the entry of the package around the current folder.
fn entry_file(file: Option<PathBuf>) -> Result<PathBuf, Failure> {
    match file {
        Some(file) => Ok(file),
        None => Ok(crate::package::Package::find()?.entry),
    }
}
