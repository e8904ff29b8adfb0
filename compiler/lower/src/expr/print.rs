//! 打印 and its kin: the texts of the arguments with blanks between them, in one piece.

use crate::body::Body;
use qi_hir::Arg;
use qi_mir::{TypeKind, Value};

impl<'a> Body<'_, 'a> {
    pub(super) fn printed_text(&mut self, args: &'a [Arg]) -> Value {
        let mut pieces = Vec::new();
        for (index, arg) in args.iter().enumerate() {
            if index > 0 {
                pieces.push(self.str(" "));
            }
            let value = self.expr(arg.value);
            pieces.push(if *self.kind_of(value) == TypeKind::Char { value } else { self.text(value) });
        }
        self.join(&pieces)
    }
}
