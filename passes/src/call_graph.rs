//! Who names whom, and which functions are recursive. An order in which callees come before callers.

use qi_base::IdVec;
use qi_mir::{Function, FunctionId, Module, Opcode};

pub(crate) struct CallGraph {
    /// Callees first, as far as recursion lets them.
    pub(crate) bottom_up: Vec<FunctionId>,
    /// May call itself, directly or through others.
    pub(crate) recursive: IdVec<FunctionId, bool>,
}

/// The function that an operation names, if any.
pub(crate) fn named(opcode: &Opcode) -> Option<FunctionId> {
    match opcode {
        Opcode::Call(it)
        | Opcode::ClosureNew(it)
        | Opcode::GeneratorNew(it)
        | Opcode::FunctionPointer(it)
        | Opcode::Spawn { function: it, .. } => Some(*it),
        _ => None,
    }
}

pub(crate) fn references(func: &Function) -> Vec<FunctionId> {
    let insts = func.blocks.ids().flat_map(|block| func.block_insts(block));
    let mut ids: Vec<FunctionId> = insts.filter_map(|inst| named(&func.insts[inst].opcode)).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

impl CallGraph {
    pub(crate) fn new(module: &Module) -> Self {
        let edges: IdVec<FunctionId, Vec<FunctionId>> = module.functions.values().map(references).collect();
        Components::new(&edges).run(&edges)
    }
}

/// Tarjan's strongly connected components with an explicit stack.
struct Components {
    number: IdVec<FunctionId, u32>,
    low: IdVec<FunctionId, u32>,
    on_stack: IdVec<FunctionId, bool>,
    stack: Vec<FunctionId>,
    clock: u32,
    graph: CallGraph,
}

impl Components {
    fn new(edges: &IdVec<FunctionId, Vec<FunctionId>>) -> Self {
        Self {
            number: edges.ids().map(|_| 0).collect(),
            low: edges.ids().map(|_| 0).collect(),
            on_stack: edges.ids().map(|_| false).collect(),
            stack: Vec::new(),
            clock: 0,
            graph: CallGraph { bottom_up: Vec::new(), recursive: edges.ids().map(|_| false).collect() },
        }
    }

    fn run(mut self, edges: &IdVec<FunctionId, Vec<FunctionId>>) -> CallGraph {
        for root in edges.ids() {
            if self.number[root] == 0 {
                self.explore(root, edges);
            }
        }
        self.graph
    }

    fn enter(&mut self, id: FunctionId) {
        self.clock += 1;
        self.number[id] = self.clock;
        self.low[id] = self.clock;
        self.on_stack[id] = true;
        self.stack.push(id);
    }

    fn explore(&mut self, root: FunctionId, edges: &IdVec<FunctionId, Vec<FunctionId>>) {
        self.enter(root);
        let mut work = vec![(root, 0)];
        while let Some((id, next)) = work.last_mut() {
            let id = *id;
            let Some(&target) = edges[id].get(*next) else {
                work.pop();
                if let Some((parent, _)) = work.last() {
                    self.low[*parent] = self.low[*parent].min(self.low[id]);
                }
                if self.low[id] == self.number[id] {
                    self.close(id, edges);
                }
                continue;
            };
            *next += 1;
            if self.number[target] == 0 {
                self.enter(target);
                work.push((target, 0));
            } else if self.on_stack[target] {
                self.low[id] = self.low[id].min(self.number[target]);
            }
        }
    }

    fn close(&mut self, root: FunctionId, edges: &IdVec<FunctionId, Vec<FunctionId>>) {
        let start = self.stack.iter().rposition(|it| *it == root).expect("the root is on the stack");
        let members = self.stack.split_off(start);
        let recursive = members.len() > 1 || edges[root].contains(&root);
        for member in members {
            self.on_stack[member] = false;
            self.graph.recursive[member] = recursive;
            self.graph.bottom_up.push(member);
        }
    }
}
