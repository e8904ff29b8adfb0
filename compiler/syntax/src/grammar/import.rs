//! 包 and 导入.

use super::list::Separator;
use crate::SyntaxKind::*;
use crate::diagnostics;
use crate::parser::{Context, Parser};

impl Parser<'_> {
    pub(crate) fn package_rest(&mut self) {
        self.bump(T![包]);
        self.plain_path();
    }

    /// False if there is nothing to import.
    pub(crate) fn import_rest(&mut self) -> bool {
        self.bump(T![导入]);
        let path = self.start();
        let is_file = self.at_any(&[T![.], T![..]]);
        self.import_prefix();
        let is_named = self.at_word(0) && !self.newline();
        if is_named {
            self.name_token();
            while self.at_any(&[T![.], T![/], T![::]])
                && self.at_word(1)
                && !self.newline()
                && !(is_file && self.extension_ahead())
            {
                self.bump_any();
                self.name_token();
            }
        } else if !self.path_in_quotes() {
            self.expected("模块的名字", "the name of a module");
        }
        self.complete(path, IMPORT_PATH);
        if is_file && self.extension_ahead() {
            let error = diagnostics::extension_in_import(self.span_of(0).to(self.span_of(1)));
            self.error(error);
            self.bump_error();
            self.bump_error();
        }
        if self.at(T![作为]) && !self.newline() {
            self.alias();
        }
        if self.at_any(&[T![::], T![.]]) && self.nth(1) == T!['{'] {
            self.bump_any();
            let list = self.start();
            self.bump(T!['{']);
            self.with(Context::BRACKETS, |p| p.list(T!['}'], Separator::Comma, Self::import_name));
            self.complete(list, IMPORT_LIST);
        } else if self.at_any(&[T![::], T![.]]) && self.nth(1) == T![*] {
            self.bump_any();
            self.bump_any();
        }
        is_named
    }

    /// The `.qi` of a file, with nothing behind that belongs to its path.
    fn extension_ahead(&self) -> bool {
        let ends = self.nth_newline(2) || !matches!(self.nth(2), T![.] | T![/]);
        self.at(T![.]) && self.word_text(1) == "qi" && ends
    }

    /// `./` or `../../`
    fn import_prefix(&mut self) {
        if self.at(T![.]) && self.nth(1) == T![/] {
            self.bump_any();
            self.bump_any();
        }
        while self.at(T![..]) && self.nth(1) == T![/] {
            self.bump_any();
            self.bump_any();
        }
    }

    fn import_name(&mut self) {
        let node = self.start();
        self.name();
        if self.at(T![作为]) {
            self.alias();
        }
        self.complete(node, IMPORT_NAME);
    }

    fn alias(&mut self) {
        let node = self.start();
        self.bump(T![作为]);
        self.name();
        self.complete(node, ALIAS);
    }
}
