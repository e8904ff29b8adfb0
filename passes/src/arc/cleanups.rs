//! Error edges that release the same values do so in one place: without it, n calls that may fail while n values wait for
//! their end would take n² releases. An edge releases what only it has and goes on in the code of one near by that has the
//! rest. Only frees memory: what ends visibly stands in a slot and is cleared where it is left.
//!
//! ```text
//! block2(v3: error):                                         block2(v3: error):
//!     release v1                                                 jump block6(v3)
//!     jump block5(v3)                                  =>    block4(v9: error):
//! block4(v9: error):                                             v10: unit = call_runtime qi_error_trace v9 @site2
//!     release v1                                                 release v7
//!     release v7                                                 jump block6(v9)
//!     v10: unit = call_runtime qi_error_trace v9 @site2      block6(v11: error):
//!     jump block5(v9)                                            release v1
//!                                                                jump block5(v11)
//! ```

use qi_mir::{
    Block, BlockCall, BlockId, Function, Inst, InstId, Opcode, RuntimeFn, Terminator, TypeKind, Types, Value,
};
use std::collections::BTreeMap;

/// So many edges before and behind one are looked at for what they share with it.
const WINDOW: usize = 4;

/// A block that hands on an error, which it takes or makes, and does nothing else but release.
struct Edge {
    block: BlockId,
    error: Value,
    releases: Vec<InstId>,
}

/// Edges that release the same values.
struct Set {
    /// In ascending order.
    values: Vec<Value>,
    edges: Vec<Edge>,
    /// The set whose code comes behind the releases of this one: a part of it.
    rest: Option<usize>,
    is_rest: bool,
    /// Where its code begins, if it stands alone.
    code: Option<BlockId>,
}

pub fn share(types: &Types, func: &mut Function) {
    for (to, mut sets) in sets(types, func) {
        find_rests(&mut sets);
        let mut order: Vec<usize> = (0..sets.len()).collect();
        order.sort_by_key(|&it| sets[it].values.len());
        for index in order {
            place(func, to, &mut sets, index);
        }
    }
}

/// By where the error goes next (none: out of the function), in the order of the blocks.
fn sets(types: &Types, func: &Function) -> BTreeMap<Option<BlockId>, Vec<Set>> {
    let mut found: BTreeMap<Option<BlockId>, Vec<Set>> = BTreeMap::new();
    let mut known: BTreeMap<(Option<BlockId>, Vec<Value>), usize> = BTreeMap::new();
    for (id, block) in func.blocks.iter() {
        let (to, error) = match &block.terminator {
            Terminator::Throw(error) => (None, *error),
            Terminator::Jump(BlockCall { block, args }) if args.len() == 1 => (Some(*block), args[0]),
            _ => continue,
        };
        if !matches!(types.kind(func.values[error]), TypeKind::Error) {
            continue;
        }
        let Some((values, edge)) = edge(func, id, block, error) else { continue };
        let sets = found.entry(to).or_default();
        let index = *known.entry((to, values.clone())).or_insert(sets.len());
        if index == sets.len() {
            sets.push(Set { values, edges: Vec::new(), rest: None, is_rest: false, code: None });
        }
        sets[index].edges.push(edge);
    }
    found
}

/// None if the block does anything else, or releases nothing.
fn edge(func: &Function, id: BlockId, block: &Block, error: Value) -> Option<(Vec<Value>, Edge)> {
    let mut releases = Vec::new();
    let mut is_own = block.params == [error];
    for &it in &block.insts {
        let Inst { opcode, args, result, .. } = &func.insts[it];
        is_own |= *result == Some(error);
        match opcode {
            Opcode::Release if args[0] != error => releases.push(it),
            Opcode::CallRuntime(RuntimeFn::qi_error_trace, _) | Opcode::ErrorNew => {}
            opcode if opcode.is_pure() => {}
            _ => return None,
        }
    }
    let mut values: Vec<Value> = releases.iter().map(|it| func.insts[*it].args[0]).collect();
    values.sort_unstable();
    let is_simple = is_own && !values.is_empty() && values.windows(2).all(|it| it[0] != it[1]);
    is_simple.then_some((values, Edge { block: id, error, releases }))
}

fn find_rests(sets: &mut [Set]) {
    for index in 0..sets.len() {
        let near = index.saturating_sub(WINDOW)..(index + WINDOW + 1).min(sets.len());
        let parts = near.filter(|&it| is_part(&sets[it].values, &sets[index].values));
        if let Some(rest) = parts.max_by_key(|&it| sets[it].values.len()) {
            sets[index].rest = Some(rest);
            sets[rest].is_rest = true;
        }
    }
}

/// Whether `part` is smaller than `whole`, which has all of it.
fn is_part(part: &[Value], whole: &[Value]) -> bool {
    part.len() < whole.len() && part.iter().all(|it| whole.binary_search(it).is_ok())
}

/// Writes the code of a set, and lets its edges go there. Those that it ends in stand already.
fn place(func: &mut Function, to: Option<BlockId>, sets: &mut [Set], index: usize) {
    let edges = std::mem::take(&mut sets[index].edges);
    let rest = sets[index].rest.map(|it| &sets[it]);
    let next = rest.map_or(to, |it| it.code);
    let is_own = |value: &Value| rest.is_none_or(|it| it.values.binary_search(value).is_err());
    // Newest first.
    let mut own: Vec<InstId> = edges[0].releases.clone();
    own.retain(|it| is_own(&func.insts[*it].args[0]));
    own.sort_by_key(|it| std::cmp::Reverse(func.insts[*it].args[0]));
    for edge in &edges {
        let insts = &func.insts;
        let is_kept = |it: &InstId| insts[*it].opcode != Opcode::Release || insts[*it].args[0] == edge.error;
        func.blocks[edge.block].insts.retain(is_kept);
    }
    if edges.len() == 1 && !sets[index].is_rest {
        let Edge { block, error, .. } = edges[0];
        func.blocks[block].insts.extend(own);
        func.blocks[block].terminator = hand_on(next, error);
        return;
    }
    let code = func.new_block();
    let ty = func.values[edges[0].error];
    let error = func.add_block_param(code, ty);
    func.blocks[code].insts = own;
    func.blocks[code].terminator = hand_on(next, error);
    for edge in &edges {
        func.blocks[edge.block].terminator = hand_on(Some(code), edge.error);
    }
    sets[index].code = Some(code);
}

fn hand_on(to: Option<BlockId>, error: Value) -> Terminator {
    match to {
        Some(block) => Terminator::Jump(BlockCall { block, args: vec![error] }),
        None => Terminator::Throw(error),
    }
}
