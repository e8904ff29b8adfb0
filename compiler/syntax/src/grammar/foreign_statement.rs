//! Statements of other languages whose first word is no keyword of ours: reported, and read as what is meant.

use crate::SyntaxKind::*;
use crate::diagnostics;
use crate::parser::Parser;

/// What others write for 循环 where a condition or a count follows.
const LOOP_WORDS: &[&str] = &["循环", "重复", "repeat", "loop"];

/// No path of an import, and no list of its names, is longer.
const PATH_TOKENS: usize = 64;

/// Counted in tokens from the first word.
#[derive(Clone, Copy)]
pub(crate) enum ForeignStatement {
    /// `do { … } while (条件);`
    DoWhile { close: usize },
    /// `循环 3 次 {`
    Repeat { brace: usize, count: (usize, usize) },
    /// `循环3次 {`
    RepeatGlued,
    /// `defer 关闭(x)`
    Defer,
    /// `import { 读 } from "文件"`, `use std::io`, `using namespace std`
    Import,
    /// `from a.b import c`, `从 标准库.文本 导入 分割`
    ImportFrom { word: usize },
}

impl Parser<'_> {
    pub(crate) fn foreign_statement_ahead(&self) -> Option<ForeignStatement> {
        if self.kind() != IDENT {
            return None;
        }
        let (word, next) = (self.token_text(), self.word_text(1));
        let goes_on = !self.nth_newline(1) && self.nth(1) != EOF;
        match word {
            "do" | "repeat" | "做" | "重复" | "执行" if self.nth(1) == T!['{'] => {
                let close = self.pair_distance(1)?;
                let is_condition = matches!(self.word_text(close + 1), "while" | "until" | "当" | "直到");
                (is_condition && !self.nth_newline(close + 1)).then_some(ForeignStatement::DoWhile { close })
            }
            "defer" | "延迟" if goes_on && self.nth(1) == IDENT => Some(ForeignStatement::Defer),
            "import" if self.nth(1) == T!['{'] && self.word_text(self.pair_distance(1)? + 1) == "from" => {
                Some(ForeignStatement::Import)
            }
            "import" if self.nth(1) == IDENT && self.word_text(2) == "from" => Some(ForeignStatement::Import),
            "from" | "从" if goes_on => {
                let word = self.import_behind_path()?;
                let is_named = self.nth(word + 1) == IDENT && !self.nth_newline(word + 1);
                Some(if is_named { ForeignStatement::ImportFrom { word } } else { ForeignStatement::Import })
            }
            "use" | "using" | "include" if goes_on && self.nth(1) == IDENT && next != "=" => {
                Some(ForeignStatement::Import)
            }
            _ if LOOP_WORDS.contains(&word) && goes_on => self.repeat_ahead(),
            _ if self.nth(1) == T!['{'] && glued_count(word).is_some() => Some(ForeignStatement::RepeatGlued),
            _ => None,
        }
    }

    /// Where the word for 导入 is, if a path stands before it.
    fn import_behind_path(&self) -> Option<usize> {
        let is_path = |n: &usize| matches!(self.nth(*n), IDENT | T![.] | T![/] | T![..]) && !self.nth_newline(*n);
        let is_import = |n: &usize| matches!(self.word_text(*n), "import" | "导入");
        (2..PATH_TOKENS).take_while(|n| is_path(n) || is_import(n)).find(is_import)
    }

    /// Read as the import that it is.
    fn import_from(&mut self, word: usize) {
        let (first, mut last) = (self.span_of(0), word + 1);
        while self.nth(last + 1) == T![,] && self.nth(last + 2) == IDENT && last < PATH_TOKENS {
            last += 2;
        }
        let text = |from: usize, to: usize| self.text_of(self.span_of(from).to(self.span_of(to)));
        let meant = format!("导入 {}::{{{}}}", text(1, word - 1), text(word + 1, last));
        // Names may go on in parentheses or with an alias.
        let is_all = self.nth_newline(last + 1) || matches!(self.nth(last + 1), T![;] | EOF);
        let error = diagnostics::import_from(first.to(self.span_of(last)), &meant, is_all);
        self.error(error);
        let node = self.start();
        self.bump_error();
        let path = self.start();
        (1..word).for_each(|_| match self.kind() {
            IDENT => drop(self.name_token()),
            _ => self.bump_any(),
        });
        self.complete(path, IMPORT_PATH);
        self.bump_error();
        let list = self.start();
        (word + 1..=last).for_each(|_| match self.kind() {
            IDENT => {
                let name = self.start();
                self.name_token();
                self.complete(name, IMPORT_NAME);
            }
            _ => self.bump_any(),
        });
        self.complete(list, IMPORT_LIST);
        if !is_all {
            self.skip_statement();
        }
        self.complete(node, IMPORT);
    }

    fn repeat_ahead(&self) -> Option<ForeignStatement> {
        let (first, close) = match self.nth(1) {
            INT | IDENT => (1, 1),
            T!['('] => (1, self.pair_distance(1)?),
            _ => return None,
        };
        let mut last = close;
        while matches!(self.nth(last + 1), T![+] | T![-] | T![*] | T![.]) && matches!(self.nth(last + 2), INT | IDENT) {
            last += 2;
        }
        let is_times = matches!(self.word_text(last + 1), "次" | "遍" | "times");
        let brace = last + 1 + usize::from(is_times);
        let is_counted = self.nth(brace) == T!['{'] && (is_times || self.nth(1) == INT);
        is_counted.then_some(ForeignStatement::Repeat { brace, count: (first, last) })
    }

    /// True if it ends in a block.
    pub(crate) fn foreign_statement(&mut self, statement: ForeignStatement) -> bool {
        match statement {
            ForeignStatement::DoWhile { close } => {
                self.do_while(close);
                false
            }
            ForeignStatement::Repeat { brace, count: (first, last) } => {
                let count = self.text_of(self.span_of(first).to(self.span_of(last)));
                let meant = format!("对于 _ 在 0..{}", without_parentheses(count));
                self.repeat(brace, &meant);
                true
            }
            ForeignStatement::RepeatGlued => {
                let count = glued_count(self.token_text()).unwrap_or_default();
                let meant = format!("对于 _ 在 0..{count}");
                self.repeat(1, &meant);
                true
            }
            ForeignStatement::Defer => {
                let error = diagnostics::defer(self.span_of(0), self.token_text());
                self.error(error);
                let node = self.start();
                self.bump_error();
                self.expr();
                self.complete(node, ERROR);
                false
            }
            ForeignStatement::ImportFrom { word } => {
                self.import_from(word);
                false
            }
            ForeignStatement::Import => {
                let word = self.span_of(0);
                let node = self.start();
                while !self.at_end() && !self.at(T![;]) {
                    self.bump_any();
                    if self.nth_tok_newline() {
                        break;
                    }
                }
                self.complete(node, ERROR);
                let error = diagnostics::foreign_import(word.to(self.after_previous()));
                self.error(error);
                false
            }
        }
    }

    /// Read as a 当 without condition.
    fn do_while(&mut self, close: usize) {
        let (word, brace, keyword) = (self.span_of(0), self.span_of(close), self.span_of(close + 1));
        let ends_when_true = matches!(self.word_text(close + 1), "until" | "直到");
        let goes_on = (1..close).any(|n| matches!(self.word_text(n), "继续" | "continue"));
        let statement = self.start();
        let node = self.start();
        self.bump_as(T![当], 1);
        self.block();
        self.complete(node, WHILE_EXPR);
        let rest = self.start();
        self.bump_any();
        let first = self.pos();
        self.expr();
        self.complete(rest, ERROR);
        self.complete(statement, EXPR_STMT);
        let condition = self.span_at(first).to(self.after_previous());
        let text = match (ends_when_true, self.text_of(condition)) {
            (true, it) => without_parentheses(it).to_owned(),
            (false, it) if it.starts_with('(') => format!("非 {it}"),
            (false, it) => format!("非 ({it})"),
        };
        let test = format!("如果 {text} {{ 跳出 }}");
        let line = self.line_before(brace);
        let last = match line.trim().is_empty() {
            true => format!("    {test}\n{line}}}"),
            false => format!("; {test} }}"),
        };
        let error = diagnostics::do_while(word, keyword, (brace.to(condition), &last), !goes_on);
        self.error(error);
    }

    /// At the word: `meant` is the header for what stands before the brace, which is `brace` tokens ahead.
    fn repeat(&mut self, brace: usize, meant: &str) {
        let header = self.span_of(0).to(self.span_of(brace - 1));
        let error = diagnostics::repeat_loop(header, meant);
        self.error(error);
        let statement = self.start();
        let node = self.start();
        self.bump_as(T![对于], 1);
        let header = self.start();
        (1..brace).for_each(|_| self.bump_any());
        self.complete(header, ERROR);
        self.block();
        self.complete(node, FOR_EXPR);
        self.complete(statement, EXPR_STMT);
    }
}

/// The 3 of `循环3次`.
fn glued_count(word: &str) -> Option<&str> {
    let rest = LOOP_WORDS.iter().find_map(|it| word.strip_prefix(it))?;
    let count = rest.strip_suffix(['次', '遍'])?;
    (!count.is_empty() && count.bytes().all(|it| it.is_ascii_digit())).then_some(count)
}

fn without_parentheses(text: &str) -> &str {
    let inside = text.strip_prefix('(').and_then(|it| it.strip_suffix(')'));
    inside.filter(|it| !it.contains(['(', ')'])).unwrap_or(text)
}
