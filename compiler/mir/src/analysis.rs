//! Facts about one function that passes ask for: the graph, dominators, liveness. Computed anew when needed, never updated.

pub mod cfg;
pub mod dominators;
pub mod liveness;

pub use cfg::Cfg;
pub use dominators::Dominators;
pub use liveness::Liveness;
