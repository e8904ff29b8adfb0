//! The control flow of one body or closure as a graph of events on local variables. Closures in it are single events:
//! their bodies have graphs of their own. Linear in the body, but for 最终 blocks, which stand once for the normal end and
//! once for every other way out.

mod build;
mod place;

pub(super) use build::build;

use crate::{ExprId, LocalId};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Event {
    None,
    /// A fresh variable; `true` if it has a value from the start.
    Declare(LocalId, bool),
    Use(LocalId),
    /// The whole variable gets a new value.
    Assign(LocalId),
    /// A part of it changes, or all of it by a method or 可变.
    Mutate(LocalId),
    /// The closure expression is evaluated: captures happen.
    Closure(ExprId),
}

#[derive(Debug)]
pub(super) struct Node {
    pub event: Event,
    pub expr: Option<ExprId>,
    pub successors: Vec<NodeId>,
    /// Some path from the start leads here.
    pub reachable: bool,
}

pub(super) type NodeId = usize;

#[derive(Debug)]
pub(super) struct Graph {
    pub nodes: Vec<Node>,
    /// The end of the body can be reached.
    pub falls_through: bool,
    /// First expressions (or 变量 initialisers) of each stretch that no path reaches.
    pub unreachable: Vec<qi_base::Span>,
}

impl Graph {
    /// Visits nodes reachable from the successors of `start`; `visit` says whether to go on behind a node.
    pub fn search(&self, start: NodeId, visit: &mut dyn FnMut(&Node) -> bool) {
        let mut seen = vec![false; self.nodes.len()];
        let mut open = self.nodes[start].successors.clone();
        while let Some(id) = open.pop() {
            if std::mem::replace(&mut seen[id], true) {
                continue;
            }
            if visit(&self.nodes[id]) {
                open.extend(&self.nodes[id].successors);
            }
        }
    }
    pub fn closure_node(&self, closure: ExprId) -> Option<NodeId> {
        self.nodes.iter().position(|it| it.event == Event::Closure(closure))
    }
}
