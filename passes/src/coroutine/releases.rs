//! Which `release` of a generator ends it. One value may have had several owners (a variable and what a closure captured of
//! it, or a handle copied into an adaptor); inlining left one value and a release for each owner that can be seen.
//!
//! ```text
//!     release v0          moot: another use of v0 comes on every way from here
//!     try generator_next v0, v1 -> …
//! …
//!     release v0          last: no use of v0 comes after it
//! ```

use qi_mir::{BlockId, Function, InstId, Opcode, Terminator, Value};
use rustc_hash::FxHashSet;

pub(super) struct Releases {
    pub(super) last: Vec<InstId>,
    pub(super) moot: Vec<InstId>,
}

/// None if a release is the last one on some ways and not on others: then counts must tell.
pub(super) fn sort(func: &Function, new: InstId, handle: Value, releases: &[(BlockId, InstId)]) -> Option<Releases> {
    let mut sorted = Releases { last: Vec::new(), moot: Vec::new() };
    for &(block, release) in releases {
        match after(func, new, handle, block, release) {
            (false, _) => sorted.last.push(release),
            (true, false) => sorted.moot.push(release),
            (true, true) => return None,
        }
    }
    Some(sorted)
}

/// Of the ways on from a release: whether some lead to another use of the handle, and whether some do not.
fn after(func: &Function, new: InstId, handle: Value, block: BlockId, release: InstId) -> (bool, bool) {
    let (mut used, mut unused) = (false, false);
    let mut seen = FxHashSet::default();
    let mut work = vec![(block, Some(release))];
    'ways: while let Some((block, from)) = work.pop() {
        let all = func.block_insts(block);
        let skipped = from.map_or(0, |from| func.block_insts(block).position(|it| it == from).map_or(0, |it| it + 1));
        for inst in all.skip(skipped) {
            // Made anew, so it is another generator.
            if inst == new {
                unused = true;
                continue 'ways;
            }
            let it = &func.insts[inst];
            if it.args.contains(&handle) && matches!(it.opcode, Opcode::Release | Opcode::GeneratorNext) {
                used = true;
                continue 'ways;
            }
        }
        let terminator = &func.blocks[block].terminator;
        unused |= matches!(terminator, Terminator::Return(_) | Terminator::Throw(_));
        work.extend(terminator.targets().iter().map(|it| it.block).filter(|it| seen.insert(*it)).map(|it| (it, None)));
    }
    (used, unused)
}
