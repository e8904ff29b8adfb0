//! Tests of the whole front: text in, tree and findings out.

mod corpus;
mod depth;
mod lexing;
mod literals;
mod newlines;
mod recovery;
mod shapes;
mod templates;

use crate::{Parse, SyntaxKind, SyntaxNode, parse};
use qi_base::{FileId, Id};

fn parse_text(text: &str) -> Parse {
    let parse = parse(FileId::from_index(0), text);
    assert_eq!(parse.syntax().text().to_string(), text, "the tree must hold the whole text");
    parse
}

/// Parses without findings.
fn parse_ok(text: &str) -> Parse {
    let parse = parse_text(text);
    assert!(parse.errors.is_empty(), "{text}\n{:#?}", parse.errors);
    parse
}

/// The findings as `LINE:COLUMN CODE`.
fn findings(text: &str) -> Vec<String> {
    let file = qi_base::File::new("例.qi", text.to_owned());
    let place = |it: &qi_base::Diagnostic| file.line_column(it.span().start);
    let errors = parse_text(text).errors;
    errors.iter().map(|it| format!("{}:{} {}", place(it).line, place(it).column, it.code)).collect()
}

/// A node as nested lists of its kind and tokens; names, one-token paths and literals as their text alone.
fn sketch(node: &SyntaxNode) -> String {
    use SyntaxKind::*;
    let mut out = String::new();
    let is_bare = matches!(node.kind(), NAME | NAME_EXPR | LITERAL | PATH | PATH_SEGMENT | PATH_TYPE | BINDING_PATTERN)
        && node.descendants_with_tokens().filter_map(|it| it.into_token()).filter(|it| !it.kind().is_trivia()).count()
            == 1;
    if !is_bare {
        out.push('(');
        out.push_str(&format!("{:?}", node.kind()).to_lowercase());
    }
    for child in node.children_with_tokens() {
        let text = match &child {
            rowan::NodeOrToken::Node(it) => sketch(it),
            rowan::NodeOrToken::Token(it) if it.kind().is_trivia() => continue,
            rowan::NodeOrToken::Token(it) => it.text().to_owned(),
        };
        if !is_bare {
            out.push(' ');
        }
        out.push_str(&text);
    }
    if !is_bare {
        out.push(')');
    }
    out
}

/// The sketch of each statement of a file that parses.
fn statements(text: &str) -> Vec<String> {
    parse_ok(text).syntax().children().map(|it| sketch(&it)).collect()
}

/// The sketch of one expression.
fn expression(text: &str) -> String {
    let statement = statements(&format!("变量 甲 = {text}\n")).pop().expect("one statement");
    statement.trim_start_matches("(let 变量 甲 = ").trim_end_matches('\n').strip_suffix(')').expect("a list").to_owned()
}

/// Programs that must parse, from the repository's test folder.
fn corpus_files() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/syntax/ok");
    let entries = std::fs::read_dir(folder).expect("the corpus exists");
    let mut paths: Vec<_> = entries.map(|it| it.expect("readable").path()).collect();
    paths.sort();
    let read = |path: std::path::PathBuf| (path.display().to_string(), std::fs::read_to_string(&path).expect("UTF-8"));
    paths.into_iter().filter(|it| it.extension().is_some_and(|it| it == "qi")).map(read).collect()
}
