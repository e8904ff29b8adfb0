//! `如果甲 > 2 {`: a keyword that swallowed the name after it, for Chinese is not split by spaces; `if 甲 > 2 {`: a keyword of
//! another language. The parser notes such names where it is lost; reading again with the keyword shows whether that was
//! the reason.

use super::Parser;
use super::input::Tok;
use crate::grammar::item::MODIFIERS;
use crate::grammar::type_names::STANDARD_TRAITS;
use crate::{SyntaxKind, Token, diagnostics, lexer};
use qi_base::{Diagnostic, FileId, Span};
use std::collections::HashMap;

/// A name that may be a keyword and more, or one of another language.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Glued {
    pub(super) start: u32,
    keyword: SyntaxKind,
    /// How many bytes of the name stand before the keyword.
    before: u32,
    /// Length of the keyword and of the whole name, in bytes; the same for a foreign word.
    len: u32,
    name_len: u32,
    /// Nothing else was wrong there.
    is_alone: bool,
}

impl Glued {
    /// That 否则 needs a block says all there is to say.
    fn is_else_without_block(&self) -> bool {
        self.keyword == T![否则] && self.is_alone
    }
}

impl Parser<'_> {
    /// Notes token `index`, if it is a name that begins with one of `keywords`.
    pub(super) fn note_glued(&mut self, index: usize, keywords: &[SyntaxKind], is_alone: bool) {
        let Some(tok) = self.input.toks.get(index).filter(|it| it.kind == SyntaxKind::IDENT) else { return };
        let name = &self.text[tok.start as usize..tok.end as usize];
        // A function of the prelude.
        if name == SPAWNING_FUNCTION {
            return;
        }
        if let Some(keyword) = foreign_keyword(name).filter(|it| !is_alone && keywords.contains(it)) {
            // `定义 加(甲: 整数)`
            let kind = |n: usize| self.input.toks.get(index + n).map(|it| it.kind);
            let is_called = kind(1) == Some(SyntaxKind::IDENT) && kind(2) == Some(T!['(']);
            let keyword = if keyword == T![变量] && is_called { T![函数] } else { keyword };
            let len = name.len() as u32;
            return self.glued.push(Glued { start: tok.start, keyword, before: 0, len, name_len: len, is_alone });
        }
        if let Some((keyword, len)) = leading_keyword(name, keywords) {
            // `且且`: one of them is meant.
            let len = if name.len() == 2 * len && name[..len] == name[len..] { name.len() } else { len };
            let (len, name_len) = (len as u32, name.len() as u32);
            self.glued.push(Glued { start: tok.start, keyword, before: 0, len, name_len, is_alone });
        }
    }

    /// Notes the next token, if it is a name with 在 inside: `对于 数在列`.
    pub(crate) fn note_glued_in(&mut self) {
        let Some(tok) = self.input.toks.get(self.pos).filter(|it| it.kind == SyntaxKind::IDENT) else { return };
        if self.input.toks.get(self.pos + 1).is_some_and(|it| it.kind == T![在]) {
            return;
        }
        let name = &self.text[tok.start as usize..tok.end as usize];
        if let Some(before) = in_inside(name) {
            let (before, len, name_len) = (before as u32, IN.len() as u32, name.len() as u32);
            self.glued.push(Glued { start: tok.start, keyword: T![在], before, len, name_len, is_alone: false });
        }
    }

    /// Notes the next token where `keyword` was expected.
    pub(crate) fn note_glued_here(&mut self, keywords: &[SyntaxKind]) {
        self.note_glued(self.pos, keywords, false);
    }

    /// Notes the next token, behind the block of a 如果. `否则打印(0)` reads well, as a call.
    pub(crate) fn note_glued_else(&mut self) {
        let name = self.token_text();
        let rest = name.strip_prefix(ELSE).filter(|it| !it.is_empty() && !it.starts_with("如果"));
        let begins_statement =
            |it: &str| ["返回", "抛出", "跳出", "继续", "打印"].iter().any(|word| it.starts_with(word));
        // On a line of its own it is more likely a name.
        if self.tok().newline_before && !rest.is_some_and(begins_statement) {
            return;
        }
        let is_statement = rest.is_some() && self.nth(1) != T!['{'];
        if is_statement && foreign_keyword(name).is_none() {
            return self.note_glued(self.pos, &[T![否则]], true);
        }
        self.note_glued_here(&[T![否则], T![否则如果]]);
    }

    /// Notes the next token where an operator could stand: `甲 或乙`.
    pub(crate) fn note_glued_operator(&mut self) {
        if self.kind() == SyntaxKind::IDENT && !self.newline() {
            self.note_glued_here(OPERATOR_KEYWORDS);
        }
    }

    /// Notes the token just taken, after which something stands that cannot follow it: `变量 值 = await f()`.
    pub(crate) fn note_glued_before(&mut self) {
        if let Some(index) = self.pos.checked_sub(1) {
            self.note_glued(index, STATEMENT_KEYWORDS, false);
            if self.input.toks[index].kind == SyntaxKind::IDENT && self.word_at(index) == "new" {
                self.note_glued(index, &[T![新建]], false);
            }
        }
    }

    fn word_at(&self, index: usize) -> &str {
        self.text_of(self.span_at(index))
    }

    /// Notes the token a broken member or arm began with.
    pub(crate) fn note_glued_member(&mut self, first: usize) {
        self.note_glued(first, STATEMENT_KEYWORDS, false);
        self.note_glued_behind_modifiers(first);
    }

    /// `静态 函数新()`, `协程 函数计数()`: those are names elsewhere.
    fn note_glued_behind_modifiers(&mut self, first: usize) {
        let words = self.input.toks[first..].iter();
        let n_modifiers = words.take_while(|it| MODIFIERS.contains(&it.kind) || MODIFIERS.contains(&it.word)).count();
        if n_modifiers > 0 {
            self.note_glued(first + n_modifiers, DECLARING_KEYWORDS, false);
        }
    }

    /// Notes the next token, the trait of a 实现, if it is a name with 对于 inside or behind: `可画对于 点`, `可画对于点`.
    pub(crate) fn note_glued_for(&mut self) {
        let Some(tok) = self.input.toks.get(self.pos).filter(|it| it.kind == SyntaxKind::IDENT) else { return };
        let name = &self.text[tok.start as usize..tok.end as usize];
        if let Some(before) = name.find(FOR).filter(|&it| it > 0) {
            // Nothing is wrong with the name of a type, but that a trait is in front.
            let is_trait = STANDARD_TRAITS.contains(&&name[..before]) || self.may_be_type(&name[..before]);
            let is_alone = self.nth(1) == T!['{'] && before + FOR.len() < name.len();
            if is_alone && !is_trait {
                return;
            }
            let (before, len, name_len) = (before as u32, FOR.len() as u32, name.len() as u32);
            self.glued.push(Glued { start: tok.start, keyword: T![对于], before, len, name_len, is_alone });
        }
    }

    /// Looks at a statement just read that began at token `first`, when `before` findings had been reported.
    pub(crate) fn note_glued_statement(&mut self, first: usize, before: usize) {
        if self.errors.len() > before {
            return self.note_glued_member(first);
        }
        // `类型点 { 横: 整数 }` reads well, as the literal of a struct; so does `如果甲 { 返回 }`.
        if self.input.toks.get(first + 1).is_some_and(|it| it.kind == T!['{']) {
            self.note_glued(first, BRACED_KEYWORDS, true);
        } else if self.nesting == 0 && self.input.toks[first..self.pos].iter().all(is_in_path) {
            self.note_glued(first, &[T![导入]], true);
        }
    }
}

/// Of `导入标准库.时间`, which reads well as a member.
fn is_in_path(tok: &Tok) -> bool {
    matches!(tok.kind, SyntaxKind::IDENT | T![.] | T![/] | T![;])
}

/// The longest keyword that `name` begins with, in any spelling and with more behind it; and its length in bytes.
fn leading_keyword(name: &str, keywords: &[SyntaxKind]) -> Option<(SyntaxKind, usize)> {
    let ends = name.char_indices().map(|it| it.0).skip(1).take(LONGEST_KEYWORD);
    let found = ends.filter_map(|end| {
        let word = &name[..end];
        let kind = SyntaxKind::from_reserved(word).or_else(|| SyntaxKind::from_contextual(word))?;
        keywords.contains(&kind).then_some((kind, end))
    });
    found.last()
}

/// Called like a keyword, without parentheses.
pub(crate) const SPAWNING_FUNCTION: &str = "启动协程";

/// In characters.
const LONGEST_KEYWORD: usize = 4;

/// In order, each name once.
pub(super) fn tidy(glued: &mut Vec<Glued>) {
    glued.sort_unstable();
    glued.dedup_by(|it, kept| {
        let is_same = it.start == kept.start;
        kept.is_alone |= is_same && it.is_alone;
        is_same
    });
}

/// A name that stands anywhere else is no keyword, when nothing but its look speaks for one.
pub(super) fn forget_used_names(text: &str, tokens: &[Token], glued: &mut Vec<Glued>) {
    if !glued.iter().any(|it| it.is_alone) {
        return;
    }
    let mut n_uses: HashMap<&str, usize> = HashMap::new();
    for pair in tokens.windows(2).filter(|it| it[0].kind == SyntaxKind::IDENT) {
        *n_uses.entry(&text[pair[0].start as usize..pair[1].start as usize]).or_default() += 1;
    }
    let name = |it: &Glued| &text[it.start as usize..(it.start + it.name_len) as usize];
    for it in glued.iter().filter(|it| it.is_alone) {
        *n_uses.entry(name(it)).or_default() -= 1;
    }
    glued.retain(|it| !it.is_alone || n_uses[name(it)] == 0);
}

const IN: &str = "在";
const FOR: &str = "对于";
const ELSE: &str = "否则";

/// Where 在 stands in a name as a word of its own, after something: not so in 现在, 存在, 所在, 正在.
fn in_inside(name: &str) -> Option<usize> {
    let is_word = |at: &usize| *at > 0 && !name[..*at].ends_with(['现', '存', '所', '正']);
    name.match_indices(IN).map(|it| it.0).find(is_word)
}

pub(super) const STATEMENT_KEYWORDS: &[SyntaxKind] = &[
    T![导入],
    T![公开],
    T![私有],
    T![静态],
    T![协程],
    T![变量],
    T![常量],
    T![函数],
    T![异步],
    T![返回],
    T![如果],
    T![否则],
    T![当],
    T![对于],
    T![匹配],
    T![类型],
    T![枚举],
    T![特性],
    T![实现],
    T![等待],
    T![启动],
    T![让出],
    T![选择],
    T![尝试],
    T![捕获],
    T![最终],
    T![抛出],
    T![否则如果],
    T![跳出],
    T![继续],
];

/// What may follow a modifier.
const DECLARING_KEYWORDS: &[SyntaxKind] = &[T![函数], T![类型], T![枚举], T![特性], T![变量], T![常量]];

/// What a name and `{` may follow.
const BRACED_KEYWORDS: &[SyntaxKind] = &[T![类型], T![枚举], T![特性], T![实现], T![如果], T![当], T![对于]];

/// Words between two operands.
const OPERATOR_KEYWORDS: &[SyntaxKind] = &[T![且], T![或], T![作为], T![到], T![直到]];

/// What other languages call the keywords.
pub const FOREIGN_KEYWORDS: &[(&str, &str)] = &[
    ("if", "如果"),
    ("elif", "否则如果"),
    ("elsif", "否则如果"),
    ("else", "否则"),
    ("while", "当"),
    ("for", "对于"),
    ("foreach", "对于"),
    ("in", "在"),
    ("fn", "函数"),
    ("func", "函数"),
    ("fun", "函数"),
    ("def", "函数"),
    ("function", "函数"),
    ("let", "变量"),
    ("var", "变量"),
    ("const", "常量"),
    ("return", "返回"),
    ("break", "跳出"),
    ("continue", "继续"),
    ("match", "匹配"),
    ("switch", "匹配"),
    ("struct", "类型"),
    ("class", "类型"),
    ("enum", "枚举"),
    ("trait", "特性"),
    ("interface", "特性"),
    ("impl", "实现"),
    ("import", "导入"),
    ("try", "尝试"),
    ("catch", "捕获"),
    ("except", "捕获"),
    ("finally", "最终"),
    ("throw", "抛出"),
    ("raise", "抛出"),
    ("async", "异步"),
    ("await", "等待"),
    ("yield", "让出"),
    ("spawn", "启动"),
    ("go", "启动"),
    ("as", "作为"),
    ("new", "新建"),
    ("val", "常量"),
    ("pub", "公开"),
    ("public", "公开"),
    ("private", "私有"),
    ("static", "静态"),
    // What is said for them.
    ("方法", "函数"),
    ("切换", "匹配"),
    ("使用", "导入"),
    ("引用", "导入"),
    ("抛", "抛出"),
    ("异常", "捕获"),
    ("不然", "否则"),
    ("否则若", "否则如果"),
    ("不然如果", "否则如果"),
    ("结构", "类型"),
    ("类", "类型"),
    ("接口", "特性"),
    ("引入", "导入"),
    ("让", "变量"),
    ("设", "变量"),
    ("若", "如果"),
    ("假如", "如果"),
    ("若果", "如果"),
    ("如若", "如果"),
    ("倘若", "如果"),
    ("要是", "如果"),
    ("遍历", "对于"),
    ("令", "变量"),
    ("定义", "变量"),
    ("其他", "否则"),
    ("要不", "否则"),
    // Traditional characters.
    ("導入", "导入"),
    ("公開", "公开"),
    ("變量", "变量"),
    ("變數", "变量"),
    ("函數", "函数"),
    ("異步", "异步"),
    ("閉包", "闭包"),
    ("否則", "否则"),
    ("否則如果", "否则如果"),
    ("當", "当"),
    ("對於", "对于"),
    ("對于", "对于"),
    ("繼續", "继续"),
    ("類型", "类型"),
    ("枚舉", "枚举"),
    ("實現", "实现"),
    ("啟動", "启动"),
    ("讓出", "让出"),
    ("選擇", "选择"),
    ("嘗試", "尝试"),
    ("捕獲", "捕获"),
    ("最終", "最终"),
    ("拋出", "抛出"),
];

fn foreign_keyword(name: &str) -> Option<SyntaxKind> {
    let (_, keyword) = FOREIGN_KEYWORDS.iter().find(|it| it.0 == name)?;
    SyntaxKind::from_reserved(keyword).or_else(|| SyntaxKind::from_contextual(keyword))
}

/// The tokens with the noted names split, and what to say about each. `glued` is sorted.
pub(super) fn split(file: FileId, text: &str, tokens: &[Token], glued: &[Glued]) -> Split {
    let mut split = Vec::with_capacity(tokens.len() + glued.len());
    let mut errors = Vec::new();
    let mut pending = glued.iter().peekable();
    let mut rest = tokens;
    while let [token, behind @ ..] = rest {
        rest = behind;
        let Some(it) = pending.next_if(|it| it.start == token.start) else {
            split.push(*token);
            continue;
        };
        let end = it.start + it.name_len;
        let (span, name) = (Span::new(file, it.start, end), &text[it.start as usize..end as usize]);
        if it.len == it.name_len {
            split.push(Token { kind: it.keyword, start: it.start });
            let n_more = mut_behind(it.keyword, text, rest);
            rest = &rest[n_more..];
            let span = Span::new(file, it.start, if n_more > 0 { rest[0].start } else { end });
            let name = &text[span.start as usize..span.end as usize];
            let error = diagnostics::foreign_keyword(span, name, it.keyword.text().unwrap_or_default());
            let Some(&[blank, declared, gap, word, behind]) = declared_behind(it.keyword, text, rest) else {
                errors.push(error);
                continue;
            };
            split.extend([blank, declared, gap, Token { kind: T![=], start: word.start }]);
            rest = &rest[4..];
            errors.push(diagnostics::with_equals(error, Span::new(file, word.start, behind.start)));
            continue;
        }
        let cuts = cuts(it, name);
        let mut from = 0;
        let mut pieces = Vec::new();
        for (at, len) in cuts {
            pieces.extend([&name[from..at], &name[at..at + len]]);
            from = at + len;
        }
        pieces.push(&name[from..]);
        pieces.retain(|it| !it.is_empty());
        let mut start = it.start;
        for piece in &pieces {
            // What is left need not be a name: `在0`.
            let (tokens, _) = lexer::lex(file, piece);
            let tokens = tokens.iter().filter(|it| it.kind != SyntaxKind::EOF);
            split.extend(tokens.map(|it| Token { kind: it.kind, start: start + it.start }));
            start += piece.len() as u32;
        }
        if it.is_else_without_block() {
            continue;
        }
        errors.push(diagnostics::glued_keyword(
            span,
            &name[it.before as usize..(it.before + it.len) as usize],
            &pieces,
        ));
    }
    // What is said for the missing block comes on top.
    let n_alone = glued.iter().map(|it| usize::from(it.is_alone) + usize::from(it.is_else_without_block())).sum();
    Split { tokens: split, errors, n_alone }
}

/// How many of the tokens `behind` the keyword belong to it: `let mut` is one word to us.
fn mut_behind(keyword: SyntaxKind, text: &str, behind: &[Token]) -> usize {
    let [blank, word, next, ..] = behind else { return 0 };
    let is_mut = keyword == T![变量]
        && blank.kind == SyntaxKind::WHITESPACE
        && &text[word.start as usize..next.start as usize] == "mut";
    if is_mut { 2 } else { 0 }
}

/// `设 甲 为 1`: the tokens from the blank behind 设 to the one behind 为.
fn declared_behind<'k>(keyword: SyntaxKind, text: &str, behind: &'k [Token]) -> Option<&'k [Token; 5]> {
    let tokens = behind.first_chunk::<5>().filter(|_| keyword == T![变量])?;
    let is_blank = |it: &Token| it.kind == SyntaxKind::WHITESPACE;
    let word = &text[tokens[3].start as usize..tokens[4].start as usize];
    let is_meant = is_blank(&tokens[0]) && tokens[1].kind == SyntaxKind::IDENT && is_blank(&tokens[2]);
    (is_meant && matches!(word, "为" | "等于" | "是")).then_some(tokens)
}

/// Start and length of the words in `name` that are none: the keyword that was noted, and those it brings along.
fn cuts(it: &Glued, name: &str) -> Vec<(usize, usize)> {
    let mut cuts = vec![(it.before as usize, it.len as usize)];
    let mut behind = (it.before + it.len) as usize;
    // `公开异步函数`
    let mut keyword = it.keyword;
    while MODIFIERS.contains(&keyword)
        && let Some((next, len)) = leading_keyword(&name[behind..], STATEMENT_KEYWORDS)
    {
        cuts.push((behind, len));
        (keyword, behind) = (next, behind + len);
    }
    // `对于数在列`
    if it.keyword == T![对于]
        && let Some(at) = in_inside(&name[behind..])
    {
        cuts.push((behind + at, IN.len()));
        (keyword, behind) = (T![在], behind + at + IN.len());
    }
    // `在0到3`
    let n_digits = name[behind..].find(|it: char| !it.is_ascii_digit()).unwrap_or(0);
    if keyword == T![在]
        && n_digits > 0
        && let Some((_, len)) = leading_keyword(&name[behind + n_digits..], &[T![到], T![直到]])
    {
        cuts.push((behind + n_digits, len));
    }
    cuts
}

pub(super) struct Split {
    pub tokens: Vec<Token>,
    pub errors: Vec<Diagnostic>,
    /// How many of them explain nothing that was reported.
    pub n_alone: usize,
}
