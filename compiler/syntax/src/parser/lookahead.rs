//! Decisions that need more than a few tokens: type arguments or a comparison, closure or parenthesis, struct literal
//! or block. All look a bounded distance ahead or jump over brackets, so parsing stays linear.

use super::Parser;
use super::SPAWNING_FUNCTION;
use super::input::Tok;
use crate::SyntaxKind;
use std::collections::HashSet;

/// No list of type arguments in an expression is longer.
const TYPE_TOKENS: u32 = 64;

/// A label that is not used within so many tokens is looked for no further.
const LABEL_TOKENS: usize = 256;

/// Types with arguments whose name is called like a function: `数组<整数>(3)`.
pub(super) const CALLED_TYPES: &[&str] = &["数组", "字典", "集合", "通道", "锁", "共享"];

/// The functions that print a line: often written without their parentheses, and never the name of anything else.
pub(crate) fn is_print(word: &str) -> bool {
    matches!(word, "打印" | "打印行")
}

impl Parser<'_> {
    /// At token `n` is `<…>` that reads as type arguments of an expression, with what must follow them. Returns the
    /// distance to that following token.
    pub(crate) fn type_args_ahead(&self, n: usize) -> Option<usize> {
        let after = self.skip_type_args(n, &mut TYPE_TOKENS.clone())?;
        let follows = match self.nth(after) {
            T!['('] => !self.nth_newline(after) && !(self.is_spaced_like_comparisons(n, after - 1)),
            T!['{'] => self.ctx.struct_literals && !self.nth_newline(after),
            T![::] | T![.] => true,
            _ => false,
        };
        follows.then_some(after)
    }

    /// `通道<整数(2)`: behind a type that is called, without `>`.
    pub(crate) fn unclosed_type_args_ahead(&self) -> bool {
        let is_called = || self.before_current().is_some_and(|it| CALLED_TYPES.contains(&self.text_of(it)));
        if self.nth(0) != T![<] || !self.follows_closely() || !is_called() {
            return false;
        }
        let (mut n, mut budget) = (1, TYPE_TOKENS);
        while let Some(after) = self.skip_type(n, &mut budget) {
            match self.nth(after) {
                T![,] => n = after + 1,
                T!['('] => return !self.nth_newline(after),
                _ => return false,
            }
        }
        false
    }

    /// `甲 < 乙, 丙 > (丁)`: blanks around both signs, and no type that is called stands before them.
    fn is_spaced_like_comparisons(&self, less: usize, greater: usize) -> bool {
        let before = match less.checked_sub(1) {
            Some(it) => Some(self.span_of(it)),
            None => self.before_current(),
        };
        let Some(before) = before else { return false };
        let signs = [self.span_of(less), self.span_of(greater)];
        let is_spaced =
            before.end < signs[0].start && [less, greater - 1, greater].iter().all(|&it| !self.is_joint(it));
        is_spaced && !CALLED_TYPES.contains(&self.text_of(before))
    }

    /// Like a list of types between `<` and `>`, whatever follows.
    pub(crate) fn skip_type_args(&self, n: usize, budget: &mut u32) -> Option<usize> {
        if self.nth(n) != T![<] {
            return None;
        }
        self.skip_type_list(n + 1, T![>], budget)
    }

    fn skip_type_list(&self, mut n: usize, close: SyntaxKind, budget: &mut u32) -> Option<usize> {
        loop {
            if self.nth(n) == close {
                return Some(n + 1);
            }
            if close == T![')'] && self.nth_at(n, T![可变]) && self.nth(n + 1) != T![,] && self.nth(n + 1) != close {
                n += 1;
            }
            n = self.skip_type(n, budget)?;
            match self.nth(n) {
                T![,] => n += 1,
                kind if kind == close => return Some(n + 1),
                _ => return None,
            }
        }
    }

    pub(crate) fn skip_type(&self, n: usize, budget: &mut u32) -> Option<usize> {
        *budget = budget.checked_sub(1)?;
        let mut n = match self.nth(n) {
            T!['('] => self.skip_type_list(n + 1, T![')'], budget)?,
            T!['['] => {
                let inner = self.skip_type(n + 1, budget)?;
                (self.nth(inner) == T![']']).then_some(inner + 1)?
            }
            T![函数] if self.nth(n + 1) == T!['('] => {
                let after = self.skip_type_list(n + 2, T![')'], budget)?;
                match self.nth(after) {
                    T![:] | T![->] => self.skip_type(after + 1, budget)?,
                    _ => after,
                }
            }
            SyntaxKind::IDENT if self.nth_at(n, T![任意]) && self.nth(n + 1) == SyntaxKind::IDENT => {
                self.skip_type(n + 1, budget)?
            }
            SyntaxKind::IDENT | T![空] | T![自己] => self.skip_type_path(n + 1, budget)?,
            _ => return None,
        };
        while matches!(self.nth(n), T![?] | T![??]) {
            n += 1;
        }
        Some(n)
    }

    /// After the first name.
    fn skip_type_path(&self, mut n: usize, budget: &mut u32) -> Option<usize> {
        loop {
            *budget = budget.checked_sub(1)?;
            match self.nth(n) {
                T![<] => n = self.skip_type_args(n, budget)?,
                T![.] | T![::] if self.nth(n + 1) == SyntaxKind::IDENT => n += 2,
                _ => return Some(n),
            }
        }
    }

    /// At a name: `点 {`, `形状.矩形 {`, `盒<T> {`, `盒::<T> {` where a struct literal may stand.
    pub(crate) fn struct_literal_ahead(&self) -> bool {
        let is_call = |brace| match brace {
            1 => self.token_text() == SPAWNING_FUNCTION,
            _ => self.nth(brace - 1) == SyntaxKind::IDENT && self.closure_in_braces(brace),
        };
        self.ctx.struct_literals && self.literal_brace().is_some_and(|it| !is_call(it))
    }

    /// At a name in a header: a struct literal all the same, for `{ 横: …` begins no block. Returns the distance to
    /// its closing brace.
    pub(crate) fn struct_literal_in_header(&self) -> Option<usize> {
        if self.ctx.struct_literals {
            return None;
        }
        let brace = self.literal_brace()?;
        let is_field = self.at_word(brace + 1) && self.nth(brace + 2) == T![:] && !self.label_at(brace + 1);
        let close = self.pair_distance(brace).filter(|_| is_field)?;
        // Else it is the block, with a slip in it.
        let goes_on = !self.nth_newline(close + 1) && !matches!(self.nth(close + 1), T!['}'] | T![;] | SyntaxKind::EOF);
        goes_on.then_some(close)
    }

    /// The distance to the `{` after the path at this name.
    fn literal_brace(&self) -> Option<usize> {
        let mut n = 1;
        loop {
            if self.nth(n) == T![::] && self.nth(n + 1) == T![<] {
                n += 1;
            }
            if self.nth(n) == T![<] {
                n = self.skip_type_args(n, &mut TYPE_TOKENS.clone())?;
            }
            match self.nth(n) {
                T![.] | T![::] if self.nth(n + 1) == SyntaxKind::IDENT => n += 2,
                T!['{'] if !self.nth_newline(n) => return Some(n),
                _ => return None,
            }
        }
    }

    /// `外: 对于 …`
    pub(crate) fn label_at(&self, n: usize) -> bool {
        self.nth(n) == SyntaxKind::IDENT
            && self.nth(n + 1) == T![:]
            && (matches!(self.nth(n + 2), T![当] | T![对于])
                || (self.nth_at(n + 2, T![循环]) && self.nth(n + 3) == T!['{']))
    }

    /// `外 对于 …` with `跳出 外` or `继续 外` not far inside.
    pub(crate) fn label_without_colon_ahead(&self) -> bool {
        let is_loop = matches!(self.nth(1), T![当] | T![对于]) || self.nth_at(1, T![循环]) && self.nth(2) == T!['{'];
        if !is_loop || self.nth_newline(1) {
            return false;
        }
        let (label, ahead) = (self.token_text(), 2..LABEL_TOKENS);
        let mut jumps = ahead.filter(|&n| matches!(self.nth(n), T![跳出] | T![继续]));
        jumps.any(|n| self.nth(n + 1) == SyntaxKind::IDENT && self.word_text(n + 1) == label)
    }

    /// At `(`: it opens the parameters of `(…) => …`.
    pub(crate) fn arrow_closure_ahead(&self) -> bool {
        if !self.ctx.arrow_closures || self.ctx.let_conditions {
            return false;
        }
        let Some(close) = self.pair_distance(0) else { return false };
        let after = match self.nth(close + 1) {
            T![:] | T![->] => match self.skip_type(close + 2, &mut TYPE_TOKENS.clone()) {
                Some(after) => after,
                None => return false,
            },
            _ => close + 1,
        };
        self.nth(after) == T![=>]
    }

    /// At `{` after an arrow or where a statement begins: a dictionary rather than a block.
    pub(crate) fn map_ahead(&self) -> bool {
        let key_end = match self.nth(1) {
            SyntaxKind::IDENT => 2,
            kind if kind.is_literal() => 2,
            T![-] if matches!(self.nth(2), SyntaxKind::INT | SyntaxKind::FLOAT) => 3,
            T!['('] => match self.pair_distance(1) {
                Some(close) => close + 1,
                None => return false,
            },
            _ => return false,
        };
        let mut n = key_end;
        while self.nth(n) == T![.] && self.nth(n + 1) == SyntaxKind::IDENT {
            n += 2;
        }
        self.nth(n) == T![:] && !self.label_at(1)
    }

    /// What follows on the next line begins a statement and is no value: `变量 甲 =⏎当 …`, `1 +⏎打印(甲)`.
    pub(crate) fn value_is_missing(&self) -> bool {
        let is_print = || {
            let word = self.token_text();
            is_print(word) && !self.is_function(word) && self.nth(1) == T!['(']
        };
        self.newline() && (matches!(self.kind(), T![当] | T![对于]) || is_print())
    }

    /// A value could start here.
    pub(crate) fn at_expr_start(&self) -> bool {
        self.nth_is_operand_start(0)
            || matches!(self.kind(), T!['('] | T!['['] | T![-] | T![+] | T![!] | T![~] | T![<-] | T![|] | T![||])
    }

    /// A value could start here and the token before it, were it a name, could not be its left side: the operand of
    /// `打印 x`.
    pub(crate) fn nth_is_operand_start(&self, n: usize) -> bool {
        let kind = self.nth(n);
        kind.is_literal()
            || matches!(
                kind,
                SyntaxKind::IDENT
                    | SyntaxKind::TEMPLATE_START
                    | T!['{']
                    | T![自己]
                    | T![如果]
                    | T![匹配]
                    | T![尝试]
                    | T![闭包]
                    | T![函数]
                    | T![新建]
                    | T![等待]
                    | T![启动]
                    | T![让出]
                    | T![返回]
                    | T![抛出]
                    | T![跳出]
                    | T![继续]
                    | T![非]
            )
    }
}

impl<'t> Parser<'t> {
    /// The file declares a type of this name, has it as a type parameter, or imports it.
    pub(crate) fn may_be_type(&self, name: &str) -> bool {
        let names = self.type_names.get_or_init(|| self.names_of_types());
        names.contains(name) || names.contains("*")
    }

    /// The file declares a function of this name.
    pub(crate) fn is_function(&self, name: &str) -> bool {
        let names = self.function_names.get_or_init(|| {
            let named =
                self.input.toks.windows(2).filter(|it| it[0].kind == T![函数] && it[1].kind == SyntaxKind::IDENT);
            named.map(|it| &self.text[it[1].start as usize..it[1].end as usize]).collect()
        });
        names.contains(name)
    }

    /// Something of this name may be declared that is no function.
    pub(crate) fn may_be_variable(&self, name: &str) -> bool {
        let names = self.variable_names.get_or_init(|| {
            let is_declared = |it: &&[Tok]| {
                let follows = matches!(
                    it[0].word,
                    T![变量] | T![常量] | T![对于] | T![可变] | T!['('] | T![,] | T!['{'] | T![=] | T![捕获]
                );
                let goes_on = matches!(it[2].kind, T![=] | T![:] | T![在] | T![,] | T![')'] | T![=>] | T!['}']);
                it[1].kind == SyntaxKind::IDENT && follows && goes_on
            };
            let declared = self.input.toks.windows(3).filter(is_declared);
            declared.map(|it| &self.text[it[1].start as usize..it[1].end as usize]).collect()
        });
        names.contains(name)
    }

    fn names_of_types(&self) -> HashSet<&'t str> {
        let mut names = HashSet::new();
        let text = |tok: &Tok| &self.text[tok.start as usize..tok.end as usize];
        let mut toks = self.input.toks.iter().peekable();
        while let Some(tok) = toks.next() {
            if matches!(tok.kind, T![类型] | T![枚举] | T![特性]) {
                names.extend(toks.next_if(|it| it.kind == SyntaxKind::IDENT).map(text));
                let is_param = |it: &&Tok| matches!(it.kind, SyntaxKind::IDENT | T![<] | T![,] | T![:] | T![+]);
                names.extend(std::iter::from_fn(|| toks.next_if(is_param)).map(text));
            } else if tok.kind == T![导入] {
                names.extend(std::iter::from_fn(|| toks.next_if(|it| !it.newline_before)).map(text));
            }
        }
        names
    }
}
