//! What each coroutine's frame holds, read back from LLVM after splitting, as data and as comments on the IR. Offsets come
//! from the accesses that LLVM named after Qi's variables; what it could not name is 临时.

use crate::module::Codegen;
use inkwell::attributes::{Attribute, AttributeLoc};
use inkwell::types::BasicTypeEnum;
use inkwell::values::{FunctionValue, InstructionOpcode, InstructionValue, Operand};
use qi_mir::{Function, FunctionId, FunctionKind, Inst, Opcode};
use std::collections::BTreeMap;
use std::fmt::Write;

/// One value that a frame keeps.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FrameField {
    /// The Qi variable, or 临时.
    pub name: String,
    pub offset: u64,
    /// Up to the next field, padding included.
    pub size: u64,
}

/// Where a coroutine may wait.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SuspendPoint {
    pub file: String,
    pub line: u32,
    /// What it waits for.
    pub what: String,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FrameReport {
    /// As the user knows the function.
    pub name: String,
    pub symbol: String,
    /// 任务根, 直接 or 生成器.
    pub class: &'static str,
    /// Where the frame lives.
    pub home: &'static str,
    /// None when LLVM removed the coroutine altogether.
    pub size: Option<u64>,
    pub fields: Vec<FrameField>,
    pub points: Vec<SuspendPoint>,
}

const TEMPORARY: &str = "临时";
/// Every frame begins with these (`qi_abi::CoroutineFrame`).
const HEAD: [(u64, &str); 4] = [(0, "恢复函数"), (8, "销毁函数"), (16, "等待位置"), (24, "等待者")];
const HEAD_SIZE: u64 = 32;
/// What lies behind the head without a name of its own, in a coroutine that awaits known functions.
const CHILDREN: &str = "被等待者的帧";

/// Reports every coroutine of the module, which must have been split.
pub fn frames(cg: &Codegen<'_, '_>) -> Vec<FrameReport> {
    let mut reports = Vec::new();
    for (id, func) in cg.mir.functions.iter() {
        match func.kind {
            FunctionKind::Generator { .. } => reports.push(report(cg, id, &func.symbol, "生成器", "生成器对象内")),
            _ if func.suspends => {
                let home = "调用者的帧内，或任务的帧栈";
                reports.push(report(cg, id, &func.symbol, "直接", home));
            }
            _ => continue,
        }
        if cg.roots.contains_key(&id) {
            reports.push(report(cg, id, &format!("{}.root", func.symbol), "任务根", "任务对象内"));
        }
    }
    reports
}

fn report(cg: &Codegen<'_, '_>, id: FunctionId, symbol: &str, class: &'static str, home: &'static str) -> FrameReport {
    let func = &cg.mir.functions[id];
    let resume = cg.llvm.get_function(&format!("{symbol}.resume"));
    let size = resume.and_then(frame_size);
    let rest = if keeps_children(cg, func) { CHILDREN } else { TEMPORARY };
    let fields = resume.zip(size).map_or_else(Vec::new, |(resume, size)| fields(cg, resume, size, rest));
    FrameReport {
        name: func.name.clone(),
        symbol: symbol.to_owned(),
        class,
        home,
        size,
        fields,
        points: points(cg.mir, func),
    }
}

/// LLVM tells the resumed half how much of its frame it may read: all of it.
fn frame_size(resume: FunctionValue<'_>) -> Option<u64> {
    let kind = Attribute::get_named_enum_kind_id("dereferenceable");
    Some(resume.get_enum_attribute(AttributeLoc::Param(0), kind)?.get_enum_value())
}

/// Whether a callee that has a frame is awaited: LLVM put that frame into this one, without a name.
fn keeps_children(cg: &Codegen<'_, '_>, func: &Function) -> bool {
    func.insts.values().any(|inst| match inst.opcode {
        Opcode::Call(callee) if cg.mir.functions[callee].suspends => {
            cg.llvm.get_function(&format!("{}.resume", cg.mir.functions[callee].symbol)).is_some()
        }
        _ => false,
    })
}

fn fields(cg: &Codegen<'_, '_>, resume: FunctionValue<'_>, size: u64, rest: &str) -> Vec<FrameField> {
    let mut names: BTreeMap<u64, String> = HEAD.iter().map(|(at, name)| (*at, (*name).to_owned())).collect();
    for block in resume.get_basic_block_iter() {
        for inst in block.get_instructions() {
            // Beyond it, by a negative offset, lies the object that the frame belongs to.
            if let Some((offset, name)) = access(cg, resume, inst).filter(|&(offset, _)| offset < size) {
                let known = names.entry(offset).or_insert_with(|| TEMPORARY.to_owned());
                if known == TEMPORARY {
                    *known = name;
                }
            }
        }
    }
    if size > HEAD_SIZE {
        names.entry(HEAD_SIZE).or_insert_with(|| rest.to_owned());
    }
    let ends: Vec<u64> = names.keys().copied().skip(1).chain([size]).collect();
    let all = names.into_iter().zip(ends);
    all.map(|((offset, name), end)| FrameField { name, offset, size: end.saturating_sub(offset) }).collect()
}

/// An address in the frame: offset and the Qi name that LLVM's name of it starts with.
fn access(cg: &Codegen<'_, '_>, resume: FunctionValue<'_>, inst: InstructionValue<'_>) -> Option<(u64, String)> {
    let value_of = |index| match inst.get_operand(index) {
        Some(Operand::Value(value)) => Some(value),
        _ => None,
    };
    if inst.get_opcode() != InstructionOpcode::GetElementPtr || value_of(0) != resume.get_first_param() {
        return None;
    }
    let constant = |index| value_of(index).and_then(|it| it.into_int_value().get_zero_extended_constant());
    // Bytes once optimised, before that a field of the frame's struct type.
    let offset = match inst.get_num_operands() {
        2 => constant(1)?,
        3 => match inst.get_gep_source_element_type() {
            Ok(BasicTypeEnum::StructType(ty)) => cg.target_data.offset_of_element(&ty, constant(2)? as u32)?,
            _ => return None,
        },
        _ => return None,
    };
    let name = inst.get_name().and_then(|it| it.to_str().ok()).unwrap_or_default();
    let stem = name.find(".reload.addr").or_else(|| name.find(".spill.addr")).map_or("", |at| &name[..at]);
    // Copies and parts of a value get suffixes.
    let stem = stem.split('.').next().unwrap_or_default().trim_end_matches(|it: char| it.is_ascii_digit());
    let name = if name.starts_with("index.addr") { "状态" } else { stem };
    Some((offset, if name.is_empty() { TEMPORARY.to_owned() } else { name.to_owned() }))
}

fn points(mir: &qi_mir::Module, func: &Function) -> Vec<SuspendPoint> {
    let mut points = Vec::new();
    for block in func.blocks.ids() {
        for id in func.block_insts(block) {
            let inst = &func.insts[id];
            let waits = mir.inst_suspends(&inst.opcode, |index| func.values[inst.args[index]]);
            if !waits && !matches!(inst.opcode, Opcode::Yield | Opcode::Delegate) {
                continue;
            }
            let site = inst.site.and_then(|it| mir.sites.get(it));
            points.push(SuspendPoint {
                file: site.map_or_else(String::new, |it| it.file.clone()),
                line: site.map_or(0, |it| it.line),
                what: what(mir, inst),
            });
        }
    }
    points.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    points
}

fn what(mir: &qi_mir::Module, inst: &Inst) -> String {
    match &inst.opcode {
        Opcode::Call(callee) => format!("调用 {}", mir.functions[*callee].name),
        Opcode::CallClosure => "调用函数值".to_owned(),
        Opcode::CallDynamic { method, .. } => format!("调用方法 {method}"),
        Opcode::CallRuntime(function, _) => function.symbol().to_owned(),
        Opcode::CallExtern(id) => format!("外部 阻塞 {}", mir.externs[*id].symbol),
        Opcode::GeneratorNext => "恢复".to_owned(),
        Opcode::Yield => "让出".to_owned(),
        Opcode::Delegate => "让出 全部".to_owned(),
        other => format!("{other:?}"),
    }
}

/// The reports as comment lines.
pub fn header(frames: &[FrameReport]) -> String {
    let mut text = String::new();
    for frame in frames {
        let size =
            frame.size.map_or_else(|| "已消去，没有帧".to_owned(), |it| format!("帧 {it} 字节，在{}", frame.home));
        writeln!(text, "; 协程 {}（@{}）：{}，{size}", frame.name, frame.symbol, frame.class).expect("a string");
        for field in &frame.fields {
            writeln!(text, ";   {:>5} {:>5}  {}", field.offset, field.size, field.name).expect("a string");
        }
        for point in &frame.points {
            writeln!(text, ";   挂起点 {}:{} {}", point.file, point.line, point.what).expect("a string");
        }
        text.push_str(";\n");
    }
    text
}
