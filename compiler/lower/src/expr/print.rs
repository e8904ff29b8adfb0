//! 打印 and its kin: the texts of the operands with blanks between them, in one piece.

use crate::body::Body;
use qi_mir::Value;

impl Body<'_, '_> {
    pub(super) fn printed_values(&mut self, values: Vec<Value>) -> Value {
        let mut pieces = Vec::new();
        for (index, value) in values.into_iter().enumerate() {
            if index > 0 {
                pieces.push(self.str(" "));
            }
            pieces.push(self.piece(value));
        }
        self.join(&pieces)
    }
}
