//! From the process arguments to [`Cli`], with every complaint in the user's language.
//! `qic 文件.qi …` means `qic run 文件.qi …`; commands that do not exist yet say so.

use crate::args::{Cli, Color, Command};
use crate::failure::Failure;
use crate::help;
use crate::language::Language;
use crate::session::Options;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory, Parser};
use std::ffi::OsString;
use std::io::IsTerminal;

/// Promised by the surface, absent from this version.
const FUTURE_COMMANDS: [(&str, &str); 8] = [
    ("repl", "交互"),
    ("bench", "基准"),
    ("add", "添加"),
    ("tree", "依赖树"),
    ("update", "更新"),
    ("bind", "绑定"),
    ("tasks", "任务"),
    ("doc", "文档"),
];

/// What the arguments ask for.
pub enum Parsed {
    Command(Box<Cli>),
    /// Text for stdout: help or version.
    Print(String),
    Wrong(Failure, Options),
}

pub fn parse(arguments: Vec<OsString>) -> Parsed {
    let language = language_of(&arguments);
    match arguments.get(1).and_then(|it| it.to_str()) {
        None | Some("-h" | "--help" | "--帮助" | "help" | "帮助") => return Parsed::Print(help::TEXT.into()),
        Some("-V" | "--version" | "--版本") => return Parsed::Print(help::version()),
        Some(word) => {
            if let Some((english, chinese)) = FUTURE_COMMANDS.iter().find(|it| it.0 == word || it.1 == word) {
                let failure = Failure::unsupported(format!("命令 {chinese}"), format!("command {english}"));
                return Parsed::Wrong(failure, fallback_options(language));
            }
        }
    }
    match Cli::try_parse_from(with_command(arguments)) {
        Ok(cli) => Parsed::Command(Box::new(cli)),
        Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp) => Parsed::Print(localized_help(&error)),
        Err(error) if matches!(error.kind(), ErrorKind::DisplayVersion) => Parsed::Print(help::version()),
        Err(error) => Parsed::Wrong(complaint(&error), fallback_options(language)),
    }
}

pub fn options(cli: &Cli) -> Options {
    let global = &cli.global;
    let color = match global.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
    };
    Options {
        language: global.lang.map_or_else(Language::from_environment, Language::from),
        format: global.message_format.into(),
        color,
        deny_warnings: global.deny_warnings,
        timings: global.timings,
        quiet: global.quiet,
        verbose: global.verbose,
        messages_on_stderr: matches!(cli.command, Command::Run { .. } | Command::Test { .. }),
    }
}

/// Options that hold when the command line itself could not be read.
fn fallback_options(language: Language) -> Options {
    Options {
        language,
        format: crate::render::Format::Human,
        color: false,
        deny_warnings: false,
        timings: false,
        quiet: false,
        verbose: false,
        messages_on_stderr: true,
    }
}

/// `qic [选项] 文件.qi …` gets the command it means.
fn with_command(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let known = Cli::command();
    let is_command = |word: &str| {
        known.get_subcommands().any(|it| it.get_name() == word || it.get_all_aliases().any(|it| it == word))
    };
    let words: Vec<_> = arguments.iter().skip(1).map(|it| it.to_string_lossy()).collect();
    let first = words.first().map(AsRef::as_ref).unwrap_or_default();
    let names_file = words.iter().any(|it| it.ends_with(".qi")) && !words.iter().any(|it| is_command(it));
    if !is_command(first) && (first.ends_with(".qi") || (first.starts_with('-') && names_file)) {
        arguments.insert(1, "run".into());
    }
    arguments
}

/// Complaints about the command line need the language before it is parsed.
fn language_of(arguments: &[OsString]) -> Language {
    let words: Vec<_> = arguments.iter().map(|it| it.to_string_lossy()).collect();
    let given = words.iter().enumerate().find_map(|(index, word)| match word.as_ref() {
        "--lang" | "--语言" => words.get(index + 1).map(|it| it.to_string()),
        _ => word.strip_prefix("--lang=").or_else(|| word.strip_prefix("--语言=")).map(str::to_owned),
    });
    match given.as_deref() {
        Some("en") => Language::English,
        Some(_) => Language::Chinese,
        None => Language::from_environment(),
    }
}

/// clap writes a few English words that no setting replaces.
fn localized_help(error: &clap::Error) -> String {
    error.to_string().replace("[alias:", "[也叫").replace("[aliases:", "[也叫")
}

fn complaint(error: &clap::Error) -> Failure {
    let get = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(" "),
        _ => String::new(),
    };
    let arg = get(ContextKind::InvalidArg);
    let value = get(ContextKind::InvalidValue);
    let command = get(ContextKind::InvalidSubcommand);
    let (zh, en) = match error.kind() {
        ErrorKind::InvalidValue if value.is_empty() => (format!("选项 {arg} 少了值"), format!("{arg} needs a value")),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            (format!("选项 {arg} 不接受 {value}"), format!("{arg} does not accept {value}"))
        }
        ErrorKind::UnknownArgument => (format!("没有选项 {arg}"), format!("there is no option {arg}")),
        ErrorKind::InvalidSubcommand => (format!("没有命令 {command}"), format!("there is no command {command}")),
        ErrorKind::TooManyValues => (format!("{arg} 后面的值太多"), format!("too many values for {arg}")),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            (format!("{arg} 后面的值太少"), format!("too few values for {arg}"))
        }
        ErrorKind::NoEquals => (format!("{arg} 要用等号给值"), format!("{arg} needs an equals sign")),
        ErrorKind::ArgumentConflict => {
            let other = get(ContextKind::PriorArg);
            if other.is_empty() || other == arg {
                (format!("{arg} 只能写一次"), format!("{arg} can be given only once"))
            } else {
                (format!("{arg} 不能和 {other} 一起用"), format!("{arg} cannot be used with {other}"))
            }
        }
        ErrorKind::MissingRequiredArgument => (format!("缺少 {arg}"), format!("missing {arg}")),
        _ => ("需要一个命令".into(), "a command is needed".into()),
    };
    let failure = Failure::new("E0900", zh, en).usage();
    suggestion(error, failure)
        .with_note("运行 qic --help 看全部命令和选项", "run qic --help for all commands and options")
}

fn suggestion(error: &clap::Error, failure: Failure) -> Failure {
    let kinds = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    let near = kinds.iter().find_map(|&kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => texts.first().cloned(),
        _ => None,
    });
    let valid = match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(texts)) if !texts.is_empty() => Some(texts.join("、")),
        _ => None,
    };
    match (near, valid) {
        (Some(near), _) => failure.with_note(format!("是不是想写 {near}？"), format!("did you mean {near}?")),
        (None, Some(valid)) => failure.with_note(format!("可以写：{valid}"), format!("possible values: {valid}")),
        (None, None) => failure,
    }
}
