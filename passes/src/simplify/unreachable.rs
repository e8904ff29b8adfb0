//! Deletes blocks that no path from the entry reaches, and renumbers what is left. Keeps dead instructions.

use crate::graph::compact;
use qi_mir::Function;

pub fn remove(func: &mut Function) {
    compact(func);
}
