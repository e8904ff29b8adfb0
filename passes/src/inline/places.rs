//! Where a wait that came in with a callee was called from: its site gets the call's behind it, so that await stacks show
//! frames that no longer exist. Operations that cannot wait keep their sites.

use qi_base::{Id, IdVec};
use qi_mir::{Function, InstId, Opcode, Site, SiteId};
use rustc_hash::FxHashMap;

/// Sites made so far, by the callee's site and the call's.
#[derive(Default)]
pub(crate) struct InlinedSites(FxHashMap<(SiteId, SiteId), SiteId>);

impl InlinedSites {
    /// Marks the instructions from `first` on: they were copied in place of a call at `call`.
    pub(crate) fn mark(
        &mut self,
        sites: &mut IdVec<SiteId, Site>,
        func: &mut Function,
        first: InstId,
        call: Option<SiteId>,
    ) {
        let Some(call) = call else { return };
        for index in first.index()..func.insts.len() {
            let inst = &mut func.insts[InstId::from_index(index)];
            if may_wait(&inst.opcode)
                && let Some(site) = inst.site
            {
                inst.site = Some(self.inlined(sites, site, call));
            }
        }
    }

    fn inlined(&mut self, sites: &mut IdVec<SiteId, Site>, site: SiteId, call: SiteId) -> SiteId {
        if let Some(&known) = self.0.get(&(site, call)) {
            return known;
        }
        let mut it = sites[site].clone();
        it.inlined_at = Some(it.inlined_at.map_or(call, |outer| self.inlined(sites, outer, call)));
        let new = sites.push(it);
        self.0.insert((site, call), new);
        new
    }
}

fn may_wait(opcode: &Opcode) -> bool {
    match opcode {
        Opcode::Call(_)
        | Opcode::CallClosure
        | Opcode::CallDynamic { .. }
        | Opcode::CallExtern(_)
        | Opcode::GeneratorNext => true,
        Opcode::CallRuntime(function, _) => function.suspends(),
        _ => false,
    }
}
