//! What has to happen on the way out of a region: 最终 blocks, visible deaths, 并发 joins. Normal exits, 返回, 跳出, 继续
//! run the exits inline, innermost first; errors run them through one block per frame that leads to the next frame out.

use crate::body::Body;
use crate::place::Place;
use qi_base::{Name, define_id};
use qi_hir::ExprId;
use qi_mir::{BlockId, Opcode, RuntimeFn, Slot, Terminator, Value};

define_id!(/// A region that does something when it is left.
    FrameId, "frame");

pub(crate) struct Frame {
    pub kind: FrameKind,
    /// Where errors inside go; made when first needed. Takes the error.
    pub error: Option<BlockId>,
}

#[derive(Clone, Debug)]
pub(crate) enum FrameKind {
    /// 跳出 and 继续 aim here while `is_open`: not in the conditions of 当. Errors pass.
    Loop { label: Option<Name>, break_: BlockId, continue_: BlockId, is_open: bool },
    /// The variable's value dies visibly.
    Clear(Slot),
    /// 最终.
    Finally(ExprId),
    /// 捕获: errors stop here, other exits pass.
    Catch,
    /// 并发, 限时: children are joined.
    Join { scope: Value, leave: RuntimeFn },
    /// Inside a 最终 that may wait.
    Shield,
    /// Copies of shared variables lent to a call go back.
    WriteBack(Vec<(Value, Place)>),
    /// A 可变 parameter whose value is in a cell gets it back.
    GiveBack { cell: Value, place: Value },
    /// C texts lent to a call.
    FreeTexts(Vec<Value>),
}

impl Body<'_, '_> {
    pub fn push_frame(&mut self, kind: FrameKind) -> FrameId {
        let id = self.frames.push(Frame { kind, error: None });
        self.stack.push(id);
        id
    }

    /// Where an operation's error edge leads: a block that takes the error.
    pub fn error_target(&mut self) -> BlockId {
        let ty = self.cx.module.types.error();
        let stops = |it: &&FrameId| !matches!(self.frames[**it].kind, FrameKind::Loop { .. });
        if let Some(&id) = self.stack.iter().rev().find(stops) {
            if let Some(block) = self.frames[id].error {
                return block;
            }
            let (block, _) = self.build.new_block_with(ty);
            self.frames[id].error = Some(block);
            return block;
        }
        if let Some(block) = self.throw {
            return block;
        }
        let (block, error) = self.build.new_block_with(ty);
        self.build.func.blocks[block].terminator = Terminator::Throw(error);
        self.throw = Some(block);
        block
    }

    /// Throws the error from here.
    pub fn throw(&mut self, error: Value) {
        let target = self.error_target();
        self.build.jump(target, vec![error]);
    }

    /// Runs the exits of all frames above the first `depth`, which stay open for the code that follows.
    pub fn leave(&mut self, depth: usize) {
        let saved = self.stack.clone();
        while self.stack.len() > depth && !self.build.is_dead() {
            let id = self.stack.pop().expect("longer than depth");
            self.exit(id, None);
        }
        self.stack = saved;
    }

    /// Closes the frames above the first `depth`: their normal exits, and the blocks for errors inside them.
    pub fn close(&mut self, depth: usize) {
        while self.stack.len() > depth {
            let id = self.stack.pop().expect("longer than depth");
            if !self.build.is_dead() {
                self.exit(id, None);
            }
            self.error_path(id);
        }
    }

    /// Fills the frame's error block, if errors lead there.
    fn error_path(&mut self, id: FrameId) {
        let Some(block) = self.frames[id].error.filter(|&it| self.build.is_reached(it)) else { return };
        let resume = self.build.block;
        self.build.switch_to(block);
        let error = self.build.func.blocks[block].params[0];
        self.exit(id, Some(error));
        self.build.switch_to(resume);
    }

    /// The frame's exit, with the error that leaves it, which is then passed on.
    fn exit(&mut self, id: FrameId, error: Option<Value>) {
        match self.frames[id].kind.clone() {
            FrameKind::Loop { .. } | FrameKind::Catch => {}
            FrameKind::Clear(slot) => {
                let address = self.slot_address(slot);
                self.build.effect(Opcode::Clear, vec![address]);
            }
            FrameKind::Finally(expr) => self.run_finally(expr),
            FrameKind::Join { scope, leave } => return self.join_children(scope, leave, error),
            FrameKind::Shield => {
                self.runtime(RuntimeFn::qi_shield_leave, Vec::new(), Vec::new(), None);
            }
            FrameKind::WriteBack(pairs) => self.write_back(&pairs),
            FrameKind::GiveBack { cell, place } => self.give_back(cell, place),
            FrameKind::FreeTexts(texts) => {
                for text in texts {
                    self.runtime(RuntimeFn::qi_c_text_free, Vec::new(), vec![text], None);
                }
            }
        }
        if let Some(error) = error {
            self.throw(error);
        }
    }

    /// Leaving with an error gives it to the runtime, which throws it (or what it became) again.
    fn join_children(&mut self, scope: Value, leave: RuntimeFn, error: Option<Value>) {
        let ty = self.cx.module.types.error();
        let outcome = error.unwrap_or_else(|| self.empty(ty));
        self.runtime(leave, Vec::new(), vec![scope, outcome], None);
        if error.is_some() {
            self.build.terminate(Terminator::Unreachable);
        }
    }

    fn run_finally(&mut self, expr: ExprId) {
        let depth = self.stack.len();
        // A 最终 of a 协程 must not wait, so it needs no shield; nor does one that runs no foreign code.
        if !self.is_generator() && self.may_wait(expr) {
            self.runtime(RuntimeFn::qi_shield_enter, Vec::new(), Vec::new(), None);
            self.push_frame(FrameKind::Shield);
        }
        self.expr(expr);
        self.close(depth);
    }

    /// The conditions of the loop at `depth` are evaluated.
    pub fn open_loop(&mut self, depth: usize) {
        if let FrameKind::Loop { is_open, .. } = &mut self.frames[self.stack[depth]].kind {
            *is_open = true;
        }
    }

    /// The loop that a 跳出 or 继续 means, with its position among the open frames.
    pub fn find_loop(&self, label: Option<Name>) -> Option<(usize, FrameKind)> {
        self.stack.iter().enumerate().rev().find_map(|(depth, &id)| match &self.frames[id].kind {
            it @ FrameKind::Loop { label: own, is_open: true, .. } if label.is_none() || label == *own => {
                Some((depth, it.clone()))
            }
            _ => None,
        })
    }
}
