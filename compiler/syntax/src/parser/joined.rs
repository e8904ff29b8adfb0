//! `变量 总 和 = 0`, `函 数 算()`: a name or a keyword with a blank inside. The parts are read as one word, a name at all places
//! where they stand like that, if no more is to report then.

use super::Outcome;
use super::glued::FOREIGN_KEYWORDS;
use super::reading::Reading;
use crate::grammar::type_names::is_known_type;
use crate::{SyntaxKind, Token, diagnostics};
use qi_base::Diagnostic;
use std::collections::HashSet;

/// So many names or keywords are tried on their own in a file, if not all of them can be meant.
const TRIALS: usize = 6;

/// So many names are looked for at all.
const MAX_NAMES: usize = 32;

/// Indices of names on one line with nothing but blanks between them.
type Run = Vec<usize>;

/// The tokens from one index to another, both included, are one of this kind.
#[derive(Clone, Copy)]
struct Merge {
    first: usize,
    last: usize,
    kind: SyntaxKind,
}

pub(super) fn join(reading: &mut Reading) {
    if reading.n_errors() > 0 {
        join_keywords(reading);
    }
    if reading.n_errors() > 0 {
        join_names(reading);
    }
}

/// That two names of one character make a keyword is no accident: what is wrong behind it shows only then.
fn join_keywords(reading: &mut Reading) {
    let mut found = Vec::new();
    for run in runs(reading) {
        for pair in run.windows(2) {
            if let Some(kind) = split_keyword(reading, pair) {
                found.push(Merge { first: pair[0], last: pair[1], kind });
            }
        }
    }
    if found.is_empty() {
        return;
    }
    let report = |it: &Merge| {
        let span = reading.span_of(it.first).to(reading.span_of(it.last));
        diagnostics::split_keyword(span, reading.text_of(span), it.kind.text().unwrap_or_default())
    };
    let errors: Vec<_> = found.iter().map(report).collect();
    reading.repairs.extend(errors);
    reading.tokens = merged(reading, found);
    reading.outcome = reading.read(&reading.tokens);
}

fn split_keyword(reading: &Reading, pair: &[usize]) -> Option<SyntaxKind> {
    let [left, right] = [pair[0], pair[1]].map(|it| reading.text_of(reading.span_of(it)));
    if left.chars().count() != 1 || right.chars().count() != 1 {
        return None;
    }
    let word = format!("{left}{right}");
    SyntaxKind::from_reserved(&word).or_else(|| SyntaxKind::from_contextual(&word))
}

fn join_names(reading: &mut Reading) {
    let runs = runs(reading);
    let types = declared_types(reading);
    let mut names: Vec<Vec<&str>> = Vec::new();
    for run in &runs {
        let name = || run.iter().map(|&it| reading.text_of(reading.span_of(it))).collect::<Vec<_>>();
        if names.len() < MAX_NAMES
            && let Some(n_before) = declared_in(reading, run, &types)
        {
            let name = name().split_off(n_before);
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    // The longest first: one name may be the start of another.
    names.sort_by_key(|it| std::cmp::Reverse(it.len()));
    let mut uses: Vec<Vec<Merge>> = uses(reading, &runs, &names);
    uses.retain(|it| {
        let evidence = evidence(reading, it);
        evidence.is_repeated || !evidence.is_doubtful
    });
    adopt(reading, &uses);
}

/// What speaks for a name with blanks, of which these are all places.
struct Evidence {
    /// The same word stands elsewhere.
    is_repeated: bool,
    /// One of its parts is a name elsewhere.
    is_doubtful: bool,
}

fn evidence(reading: &Reading, uses: &[Merge]) -> Evidence {
    let text = text_of(reading, uses[0]);
    let parts: Vec<&str> = text.split_whitespace().collect();
    let meant = meant(text);
    let is_in_use = |index: usize| uses.iter().any(|it| (it.first..=it.last).contains(&index));
    let mut evidence = Evidence { is_repeated: uses.len() > 1, is_doubtful: false };
    for index in (0..reading.tokens.len()).filter(|&it| reading.tokens[it].kind == SyntaxKind::IDENT) {
        let name = word(reading, index);
        evidence.is_repeated |= name == meant;
        evidence.is_doubtful |= parts.contains(&name) && !is_in_use(index);
    }
    evidence
}

fn text_of<'t>(reading: &Reading<'t>, it: Merge) -> &'t str {
    reading.text_of(reading.span_of(it.first).to(reading.span_of(it.last)))
}

fn meant(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(if text.is_ascii() { "_" } else { "" })
}

fn report_name(reading: &Reading, uses: &[Merge]) -> Diagnostic {
    let spans: Vec<_> = uses.iter().map(|it| reading.span_of(it.first).to(reading.span_of(it.last))).collect();
    let text = text_of(reading, uses[0]);
    let meant = meant(text);
    // Its words may be too short to be names.
    let is_short = !text.is_ascii() && meant.chars().count() == text.split_whitespace().count();
    let is_certain = is_short || evidence(reading, uses).is_repeated;
    diagnostics::blank_in_name(spans[0], text, &meant, &spans, is_certain)
}

/// Goes on with all groups as names if less is to report then; else with one after the other.
fn adopt(reading: &mut Reading, groups: &[Vec<Merge>]) {
    if groups.is_empty() {
        return;
    }
    let all: Vec<&[Merge]> = groups.iter().map(Vec::as_slice).collect();
    let mut best = read_better(reading, &all).map(|it| (it, all));
    if best.is_none() && groups.len() > 1 {
        let mut chosen: Vec<&[Merge]> = Vec::new();
        for group in groups.iter().take(TRIALS) {
            chosen.push(group);
            let limit = best.as_ref().map_or(usize::MAX, |it| it.0.1.errors.len());
            match read_better(reading, &chosen).filter(|it| it.1.errors.len() < limit) {
                Some(it) => best = Some((it, chosen.clone())),
                None => drop(chosen.pop()),
            }
        }
    }
    let Some(((tokens, outcome), chosen)) = best else { return };
    let errors: Vec<Diagnostic> = chosen.iter().map(|it| report_name(reading, it)).collect();
    reading.repairs.extend(errors);
    (reading.tokens, reading.outcome) = (tokens, outcome);
}

fn read_better(reading: &Reading, groups: &[&[Merge]]) -> Option<(Vec<Token>, Outcome)> {
    let tokens = merged(reading, groups.concat());
    let outcome = reading.read(&tokens);
    (outcome.errors.len() < reading.n_errors()).then_some((tokens, outcome))
}

fn merged(reading: &Reading, mut merges: Vec<Merge>) -> Vec<Token> {
    // `作 为 何`: a token is a part of one word.
    merges.sort_by_key(|it| it.first);
    let mut tokens = Vec::with_capacity(reading.tokens.len());
    let mut rest = 0;
    for it in merges.into_iter() {
        if it.first < rest {
            continue;
        }
        tokens.extend_from_slice(&reading.tokens[rest..it.first]);
        tokens.push(Token { kind: it.kind, start: reading.tokens[it.first].start });
        rest = it.last + 1;
    }
    tokens.extend_from_slice(&reading.tokens[rest..]);
    tokens
}

/// All runs of two names and more.
fn runs(reading: &Reading) -> Vec<Run> {
    let tokens = &reading.tokens;
    let is_name = |index: usize| tokens.get(index).is_some_and(|it| it.kind == SyntaxKind::IDENT);
    let is_blank = |index: usize| {
        tokens[index].kind == SyntaxKind::WHITESPACE && !reading.text_of(reading.span_of(index)).contains('\n')
    };
    let mut runs = Vec::new();
    let mut index = 0;
    while index < tokens.len() {
        if !is_name(index) {
            index += 1;
            continue;
        }
        let mut run = vec![index];
        while is_name(index + 2) && is_blank(index + 1) {
            index += 2;
            run.push(index);
        }
        if run.len() > 1 {
            runs.push(run);
        }
        index += 1;
    }
    runs
}

/// Of all groups, where they stand; a token belongs to one of them.
fn uses(reading: &Reading, runs: &[Run], names: &[Vec<&str>]) -> Vec<Vec<Merge>> {
    let mut uses = vec![Vec::new(); names.len()];
    if names.is_empty() {
        return uses;
    }
    for run in runs {
        let words: Vec<&str> = run.iter().map(|&it| reading.text_of(reading.span_of(it))).collect();
        let mut at = 0;
        while at < words.len() {
            let Some(found) = names.iter().position(|it| words[at..].starts_with(it)) else {
                at += 1;
                continue;
            };
            let end = at + names[found].len();
            uses[found].push(Merge { first: run[at], last: run[end - 1], kind: SyntaxKind::IDENT });
            at = end;
        }
    }
    uses
}

/// The words of `run` are a name that is declared here; how many of them stand before it.
fn declared_in(reading: &Reading, run: &[usize], types: &HashSet<String>) -> Option<usize> {
    let tokens = &reading.tokens;
    let (first, last) = (run[0], *run.last()?);
    let before = tokens[..first].iter().rposition(|it| !it.kind.is_trivia());
    let behind = tokens[last + 1..].iter().find(|it| !it.kind.is_trivia())?.kind;
    let ends_line = reading.text_of(reading.span_of(last + 1)).contains('\n');
    let starts_line = before
        .is_none_or(|it| reading.text[reading.span_of(it).end as usize..tokens[first].start as usize].contains('\n'));
    let is_behind = |kind: SyntaxKind, kinds: &[SyntaxKind]| kinds.contains(&kind);
    let keyword = before.filter(|_| !starts_line).map(|it| tokens[it].kind);
    // `可变 总 分: 整数`
    let n_before = usize::from(run.len() > 2 && SyntaxKind::from_contextual(word(reading, first)) == Some(T![可变]));
    let is_declared = match keyword {
        Some(T![变量] | T![常量]) => ends_line || is_behind(behind, &[T![=], T![:], T![:=]]),
        Some(T![函数]) => is_behind(behind, &[T!['('], T![<]]),
        Some(T![类型] | T![枚举] | T![特性]) => is_behind(behind, &[T!['{'], T![<], T![=], T![:]]),
        Some(T![实现]) => {
            let name: String = run.iter().map(|&it| word(reading, it)).collect();
            is_behind(behind, &[T!['{'], T![对于]]) && types.contains(&name)
        }
        Some(T![对于]) => behind == T![在],
        Some(T!['('] | T![,] | T!['{']) | None => behind == T![:],
        _ => false,
    };
    let parts = &run[n_before..];
    (is_declared && parts.iter().all(|&it| may_be_part(word(reading, it), types))).then_some(n_before)
}

fn word<'t>(reading: &Reading<'t>, index: usize) -> &'t str {
    reading.text_of(reading.span_of(index))
}

/// No type (`变量 甲 整数 = 0`), and no word that has a meaning of its own.
fn may_be_part(word: &str, types: &HashSet<String>) -> bool {
    let is_word = SyntaxKind::from_contextual(word).is_some() || WORDS.contains(&word);
    let is_foreign = word.is_ascii() && FOREIGN_KEYWORDS.iter().any(|it| it.0 == word);
    let may_be_type =
        is_known_type(word) || types.contains(word) || word.starts_with(|it: char| it.is_ascii_uppercase());
    !is_word && !is_foreign && !may_be_type
}

/// What stands beside a name without being a part of it.
const WORDS: &[&str] = &[
    "继承",
    "派生",
    "extends",
    "implements",
    "为",
    "是",
    "等于",
    "从",
    "于",
    "每个",
    "每",
    "每一个",
    "所有",
    "打印",
    "打印行",
    "mut",
    "inout",
    "of",
    "is",
    "where",
];

/// Names that the file declares as types or imports; one with blanks inside as one word.
fn declared_types(reading: &Reading) -> HashSet<String> {
    let mut names = HashSet::new();
    let mut previous = SyntaxKind::EOF;
    let mut is_import = false;
    let mut words = reading.tokens.iter().enumerate().peekable();
    while let Some((index, token)) = words.next() {
        if token.kind == SyntaxKind::WHITESPACE {
            is_import &= !word(reading, index).contains('\n');
            continue;
        }
        is_import |= token.kind == T![导入];
        if token.kind == SyntaxKind::IDENT && is_import {
            names.insert(word(reading, index).to_owned());
        } else if token.kind == SyntaxKind::IDENT && matches!(previous, T![类型] | T![枚举] | T![特性]) {
            let mut name = word(reading, index).to_owned();
            let is_part = |kind| matches!(kind, SyntaxKind::IDENT | SyntaxKind::WHITESPACE);
            while let Some((index, _)) = words.next_if(|it| is_part(it.1.kind)) {
                name.push_str(word(reading, index).trim());
            }
            names.insert(name);
        }
        previous = token.kind;
    }
    names
}
