//! What each coroutine's frame holds, read back from LLVM after splitting, as data and as comments on the IR.

use inkwell::module::Module;
use inkwell::targets::TargetMachine;

/// One value that a frame keeps.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FrameField {
    pub name: String,
    pub offset: u64,
    pub size: u64,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SuspendPoint {
    pub line: u32,
    pub what: String,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FrameReport {
    pub name: String,
    pub symbol: String,
    /// 任务根, 直接, 生成器.
    pub class: &'static str,
    /// None when LLVM removed the coroutine altogether.
    pub size: Option<u64>,
    pub fields: Vec<FrameField>,
    pub points: Vec<SuspendPoint>,
}

/// Reports every coroutine of the module; `llvm` is not changed.
pub fn frames(_module: &qi_mir::Module, _llvm: &Module<'_>, _machine: &TargetMachine) -> Vec<FrameReport> {
    Vec::new()
}

/// The reports as comment lines.
pub fn header(_frames: &[FrameReport]) -> String {
    String::new()
}
