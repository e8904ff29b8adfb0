//! 让出 全部 written out as a loop, where the loop becomes part of the consumer: in bodies that are inlined, and over
//! generators that are. What stays costs the same however many bodies delegate in turn; a loop costs as much as it is deep.
//!
//! ```text
//!     try delegate v0 -> after, error err    =>    head: try generator_next v0, slot -> got, error err
//!                                                  got(v1: bool): branch v1, body, done
//!                                                  body: try yield (take slot) -> back, error err
//!                                                  back(v2): jump head          done: jump after(unit)
//! ```

use crate::demote::temporary;
use crate::inline::splice::leave;
use qi_mir::{BlockCall, BlockId, Function, FunctionKind, Inst, Opcode, Terminator, TypeKind, Types, Value};

/// Those whose operand fits. A loop would not pass on what is sent.
pub(super) fn expand(types: &mut Types, func: &mut Function, fits: impl Fn(Value) -> bool) {
    if !matches!(func.kind, FunctionKind::Generator { sent, .. } if *types.kind(sent) == TypeKind::Unit) {
        return;
    }
    let blocks: Vec<BlockId> = func.blocks.ids().collect();
    for block in blocks {
        if let Terminator::Try { inst, .. } = func.blocks[block].terminator
            && func.insts[inst].opcode == Opcode::Delegate
            && fits(func.insts[inst].args[0])
        {
            expand_one(types, func, block);
        }
    }
}

fn expand_one(types: &mut Types, func: &mut Function, block: BlockId) {
    let Terminator::Try { inst, normal, error } = func.blocks[block].terminator.clone() else {
        qi_base::bug!("{block} does not end in a try");
    };
    let FunctionKind::Generator { item, sent } = func.kind else { qi_base::bug!("{} is no generator", func.name) };
    let Inst { args, site, .. } = func.insts[inst].clone();
    let (slot, address) = temporary(types, func, item);
    let [head, got, body, back, done] = [(); 5].map(|()| func.new_block());
    func.blocks[block].terminator = Terminator::Jump(BlockCall::new(head));

    let bool = types.bool();
    let out =
        func.append(head, Opcode::SlotAddress(slot), Vec::new(), Some(address), None).expect("addresses are results");
    let step = Inst { opcode: Opcode::GeneratorNext, args: vec![args[0], out], result: None, site };
    func.blocks[head].terminator =
        Terminator::Try { inst: func.insts.push(step), normal: BlockCall::new(got), error: error.clone() };
    let found = func.add_block_param(got, bool);
    func.blocks[got].terminator =
        Terminator::Branch { condition: found, then: BlockCall::new(body), otherwise: BlockCall::new(done) };

    let out =
        func.append(body, Opcode::SlotAddress(slot), Vec::new(), Some(address), None).expect("addresses are results");
    let value = func.append(body, Opcode::Take, vec![out], Some(item), None).expect("values are results");
    let answer = Inst { opcode: Opcode::Yield, args: vec![value], result: None, site };
    func.blocks[body].terminator =
        Terminator::Try { inst: func.insts.push(answer), normal: BlockCall::new(back), error };
    func.add_block_param(back, sent);
    func.blocks[back].terminator = Terminator::Jump(BlockCall::new(head));

    let unit = func.append(done, Opcode::Unit, Vec::new(), Some(types.unit()), None);
    func.blocks[done].terminator = leave(&normal, unit);
}
