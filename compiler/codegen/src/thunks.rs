//! Small functions between conventions: adapters for indirect calls, vtables, user implementations called by the
//! runtime, task roots of plain functions, C callbacks, blocking C calls, and `main`.

use crate::Sanitizer;
use crate::abi::Abi;
use crate::c_abi::Shape;
use crate::glue::{Count, entry_alloca, param};
use crate::inst::call::{emit_return, plain_call};
use crate::ir::Ir;
use crate::module::Codegen;
use crate::runtime_fns::Extra;
use crate::sanitizer;
use crate::suspend::{Callee, TASK_ERROR, TASK_RESULT, root_frame};
use inkwell::types::{BasicTypeEnum, StructType};
use inkwell::values::{BasicValueEnum, FunctionValue, PointerValue};
use qi_mir::{ExternId, Function, FunctionId, FunctionKind, Overrides, SiteId, Type, VTableId};

/// Code for a 函数 value or a vtable: the function itself where its shape fits, else an adapter around it.
pub fn lifted<'c>(cg: &mut Codegen<'c, '_>, id: FunctionId, suspends: bool) -> PointerValue<'c> {
    let own = cg.abi(id);
    let indirect = matches!(cg.mir.functions[id].kind, FunctionKind::Closure | FunctionKind::Method);
    if indirect && own.suspends == suspends {
        return cg.function(id).as_global_value().as_pointer_value();
    }
    if let Some(known) = cg.adapters.get(&(id, suspends)) {
        return *known;
    }
    if own.suspends {
        qi_base::bug!("{} suspends where its class does not", cg.mir.functions[id].name);
    }
    let mut shape = cg.lifted_abi(&own, suspends);
    if !indirect {
        // A function without environment ignores the one it gets.
        shape.params.insert(0, cg.ptr_type().into());
    }
    let suffix = if suspends { "lifted" } else { "adapted" };
    let adapter = cg.add_internal(&format!("{}.{suffix}", cg.mir.functions[id].symbol), cg.function_type(&shape));
    let pointer = adapter.as_global_value().as_pointer_value();
    cg.adapters.insert((id, suspends), pointer);
    let ir = Ir::at_end(cg.ctx, cg.ctx.append_basic_block(adapter, "entry"));
    let skip = shape.lead() + usize::from(!indirect);
    let args: Vec<_> = (0..own.params.len()).map(|index| param(adapter, (skip + index) as u32)).collect();
    let (value, error) = call_plain(cg, &ir, id, &own, &args);
    let value = value.unwrap_or_else(|| ir.unit());
    if suspends {
        fill_out(cg, &ir, param(adapter, 1).into_pointer_value(), own.result, value, error);
        ir.ret(Some(ir.null().into()));
    } else {
        return_both(cg, &ir, &shape, adapter, value, error);
    }
    pointer
}

/// Calls a plain function with its own shape.
pub fn call_plain<'c>(
    cg: &Codegen<'c, '_>,
    ir: &Ir<'c>,
    id: FunctionId,
    own: &Abi<'c>,
    args: &[BasicValueEnum<'c>],
) -> (Option<BasicValueEnum<'c>>, Option<PointerValue<'c>>) {
    let out = own.out.then(|| entry_alloca(ir, cg.value_type(own.result), ""));
    plain_call(cg, ir, Callee::Function(cg.function(id)), own, out, args)
}

/// Returns value and error of a call that was made here.
fn return_both<'c>(
    cg: &Codegen<'c, '_>,
    ir: &Ir<'c>,
    shape: &Abi<'c>,
    function: FunctionValue<'c>,
    value: BasicValueEnum<'c>,
    error: Option<PointerValue<'c>>,
) {
    let Some(error) = error else { return emit_return(cg, ir, shape, function, Ok(value)) };
    let (failed, ok) = (ir.new_block("failed"), ir.new_block("ok"));
    ir.branch(ir.is_null(error), ok, failed);
    ir.position(failed);
    emit_return(cg, ir, shape, function, Err(error));
    ir.position(ok);
    emit_return(cg, ir, shape, function, Ok(value));
}

fn fill_out<'c>(
    cg: &Codegen<'c, '_>,
    ir: &Ir<'c>,
    out: PointerValue<'c>,
    result: Type,
    value: BasicValueEnum<'c>,
    error: Option<PointerValue<'c>>,
) {
    let layout = cg.out_type(result);
    ir.store(ir.field(layout, out, 1), error.unwrap_or_else(|| ir.null()));
    store_value(cg, ir, result, ir.field(layout, out, 2), value);
}

fn store_value<'c>(cg: &Codegen<'c, '_>, ir: &Ir<'c>, ty: Type, to: PointerValue<'c>, value: BasicValueEnum<'c>) {
    if cg.is_unit(ty) {
        return;
    }
    ir.store(to, memory_form(cg, ir, ty, value));
}

pub fn memory_form<'c>(cg: &Codegen<'c, '_>, ir: &Ir<'c>, ty: Type, value: BasicValueEnum<'c>) -> BasicValueEnum<'c> {
    if cg.is_bool(ty) { ir.resize(value.into_int_value(), cg.ctx.i8_type(), false).into() } else { value }
}

fn load_value<'c>(cg: &Codegen<'c, '_>, ir: &Ir<'c>, ty: Type, from: PointerValue<'c>) -> BasicValueEnum<'c> {
    if cg.is_unit(ty) {
        return ir.unit();
    }
    register_form(cg, ir, ty, ir.load(cg.memory_type(ty), from))
}

pub fn register_form<'c>(cg: &Codegen<'c, '_>, ir: &Ir<'c>, ty: Type, value: BasicValueEnum<'c>) -> BasicValueEnum<'c> {
    if cg.is_bool(ty) { ir.resize(value.into_int_value(), cg.ctx.bool_type(), false).into() } else { value }
}

/// The static vtable: description, then methods.
pub fn vtable<'c>(cg: &mut Codegen<'c, '_>, id: VTableId) -> PointerValue<'c> {
    if let Some(known) = cg.vtables.get(&id) {
        return *known;
    }
    let mir = cg.mir;
    let table = &mir.vtables[id];
    let mut words = vec![cg.info(table.ty)];
    for (index, &method) in table.methods.iter().enumerate() {
        let suspends = mir.suspending_methods.contains(&(table.trait_name.clone(), index as u32));
        words.push(lifted(cg, method, suspends));
    }
    let constant = cg.ptr_type().const_array(&words);
    let pointer = cg.datum(&format!("qi.{id}"), constant, true).as_pointer_value();
    cg.vtables.insert(id, pointer);
    pointer
}

impl<'c> Codegen<'c, '_> {
    /// text, message, compare, equal, hash as the runtime calls them: `error f(out, value…)`, values by address.
    pub fn override_thunks(&mut self, ty: Type, overrides: &Overrides) -> [PointerValue<'c>; 5] {
        let all = [
            ("text", overrides.text, 1),
            ("message", overrides.message, 1),
            ("compare", overrides.compare, 2),
            ("equal", overrides.equal, 2),
            ("hash", overrides.hash, 1),
        ];
        all.map(|(name, function, operands)| match function {
            Some(function) => self.override_thunk(ty, name, function, operands),
            None => self.ptr_type().const_null(),
        })
    }

    fn override_thunk(&mut self, ty: Type, name: &str, id: FunctionId, operands: u32) -> PointerValue<'c> {
        let own = self.abi(id);
        if own.suspends {
            qi_base::bug!("{} suspends", self.mir.functions[id].name);
        }
        let params = vec![self.ptr_type().into(); 1 + operands as usize];
        let shape = self.ptr_type().fn_type(&params, false);
        let thunk = self.add_internal_c(&format!("qi.{name}.{ty}"), shape);
        let ir = Ir::at_end(self.ctx, self.ctx.append_basic_block(thunk, "entry"));
        let operand = |index| load_value(self, &ir, ty, param(thunk, index).into_pointer_value());
        let args: Vec<_> = (1..=operands).map(operand).collect();
        let (value, error) = call_plain(self, &ir, id, &own, &args);
        // The place is left alone when the function throws.
        let error = error.unwrap_or_else(|| ir.null());
        let (ok, done) = (ir.new_block("ok"), ir.new_block("done"));
        ir.branch(ir.is_null(error), ok, done);
        ir.position(ok);
        let out = param(thunk, 0).into_pointer_value();
        store_value(self, &ir, own.result, out, value.unwrap_or_else(|| ir.unit()));
        ir.jump(done);
        ir.position(done);
        ir.ret(Some(error.into()));
        thunk.as_global_value().as_pointer_value()
    }

    /// The argument record of a task: its parameters as a C struct.
    pub fn record_type(&self, func: &Function) -> StructType<'c> {
        let fields: Vec<_> = func.params.iter().map(|it| self.memory_type(it.ty)).collect();
        self.ctx.struct_type(&fields, false)
    }

    /// Arguments and result of a blocking C call.
    pub fn blocking_record(&self, id: ExternId) -> StructType<'c> {
        let it = &self.mir.externs[id];
        let fields: Vec<_> = it.params.iter().chain([&it.result]).map(|&ty| self.memory_type(ty)).collect();
        self.ctx.struct_type(&fields, false)
    }
}

/// A task root of a function that does not suspend: runs it and answers at once.
pub fn emit_plain_root<'c>(cg: &mut Codegen<'c, '_>, id: FunctionId, root: FunctionValue<'c>) {
    let func = &cg.mir.functions[id];
    let own = cg.abi(id);
    let ir = Ir::at_end(cg.ctx, cg.ctx.append_basic_block(root, "entry"));
    let (run, query) = (ir.new_block("run"), ir.new_block("query"));
    ir.branch(ir.is_null(param(root, 0).into_pointer_value()), query, run);
    // No frame: size zero.
    ir.position(query);
    ir.ret(Some(ir.null().into()));
    ir.position(run);
    let layout = cg.record_type(func);
    let task = param(root, 0).into_pointer_value();
    let record = ir.offset(task, root_frame(cg, func.result));
    let params = func.params.iter().enumerate();
    let args: Vec<_> =
        params.map(|(index, it)| load_value(cg, &ir, it.ty, ir.field(layout, record, index as u32))).collect();
    let (value, error) = call_plain(cg, &ir, id, &own, &args);
    ir.store(ir.offset(task, TASK_ERROR), error.unwrap_or_else(|| ir.null()));
    store_value(cg, &ir, own.result, ir.offset(task, TASK_RESULT), value.unwrap_or_else(|| ir.unit()));
    ir.ret(Some(ir.null().into()));
}

/// The static `SpawnInfo` of one 启动.
pub fn spawn_info<'c>(cg: &mut Codegen<'c, '_>, id: FunctionId, site: Option<SiteId>) -> PointerValue<'c> {
    let root = cg.root(id).as_global_value().as_pointer_value();
    let func = &cg.mir.functions[id];
    let types: Vec<Type> = func.params.iter().map(|it| it.ty).collect();
    let fields: [BasicValueEnum<'c>; 5] = [
        root.into(),
        cg.record_info(&format!("{}.args", func.symbol), &types).into(),
        cg.info(func.result).into(),
        cg.site(site).into(),
        // The runtime asks for the frame size once and keeps the layout here.
        cg.ctx.i64_type().const_zero().into(),
    ];
    let constant = cg.ctx.const_struct(&fields, false);
    cg.datum(&format!("{}.spawn", func.symbol), constant, false).as_pointer_value()
}

/// A Qi function as a C function pointer.
pub fn callback<'c>(cg: &mut Codegen<'c, '_>, id: FunctionId) -> PointerValue<'c> {
    if let Some(known) = cg.callbacks.get(&id) {
        return *known;
    }
    let func = &cg.mir.functions[id];
    if func.suspends {
        qi_base::bug!("the C callback {} suspends", func.name);
    }
    let skip = usize::from(cg.is_environment(id, 0));
    let params: Vec<Type> = func.params[skip..].iter().map(|it| it.ty).collect();
    let shape = Shape::new(cg, &params, func.result);
    let entry = cg.add_internal_c(&format!("{}.callback", func.symbol), shape.ty);
    shape.declare(cg, entry);
    emit_callback(cg, id, entry, &shape);
    let pointer = entry.as_global_value().as_pointer_value();
    cg.callbacks.insert(id, pointer);
    pointer
}

/// Errors do not leave it.
fn emit_callback<'c>(cg: &mut Codegen<'c, '_>, id: FunctionId, entry: FunctionValue<'c>, shape: &Shape<'c>) {
    let (func, own) = (&cg.mir.functions[id], cg.abi(id));
    let ir = Ir::at_end(cg.ctx, cg.ctx.append_basic_block(entry, "entry"));
    let mut given = shape.receive(cg, &ir, entry).into_iter();
    let params = func.params.iter().enumerate();
    let args: Vec<_> = params
        .map(|(index, it)| {
            if cg.is_environment(id, index) {
                return ir.null().into();
            }
            register_form(cg, &ir, it.ty, given.next().expect("one for each parameter"))
        })
        .collect();
    let (value, error) = call_plain(cg, &ir, id, &own, &args);
    if let Some(error) = error {
        let (failed, ok) = (ir.new_block("failed"), ir.new_block("ok"));
        ir.branch_unlikely(ir.not(ir.is_null(error)), failed, ok);
        ir.position(failed);
        let handler = cg.extra(Extra::CallbackFailed);
        ir.call(handler, &[error.into()]);
        ir.unreachable();
        ir.position(ok);
    }
    shape.give(cg, &ir, entry, memory_form(cg, &ir, own.result, value.unwrap_or_else(|| ir.unit())));
}

/// Calls a C function of an 外部 block.
pub fn call_extern<'c>(
    cg: &mut Codegen<'c, '_>,
    ir: &Ir<'c>,
    id: ExternId,
    args: &[BasicValueEnum<'c>],
) -> Option<BasicValueEnum<'c>> {
    let it = &cg.mir.externs[id];
    let shape = Shape::new(cg, &it.params, it.result);
    // Declared twice with different types: the second one calls the same address in its own way.
    let function = cg.llvm.get_function(&it.symbol).unwrap_or_else(|| {
        let function = cg.declare_c(&it.symbol, shape.ty);
        shape.declare(cg, function);
        function
    });
    shape.call(cg, ir, function.as_global_value().as_pointer_value(), args)
}

/// `void (record)`: the blocking call itself, run on the pool.
pub fn blocking_thunk<'c>(cg: &mut Codegen<'c, '_>, id: ExternId) -> FunctionValue<'c> {
    if let Some(known) = cg.blocking.get(&id) {
        return *known;
    }
    let ty = cg.ctx.void_type().fn_type(&[cg.ptr_type().into()], false);
    let thunk = cg.add_internal_c(&format!("{}.blocking", cg.mir.externs[id].symbol), ty);
    cg.blocking.insert(id, thunk);
    let ir = Ir::at_end(cg.ctx, cg.ctx.append_basic_block(thunk, "entry"));
    let layout = cg.blocking_record(id);
    let record = param(thunk, 0).into_pointer_value();
    let it = &cg.mir.externs[id];
    let types: Vec<BasicTypeEnum<'c>> = it.params.iter().map(|&ty| cg.memory_type(ty)).collect();
    let args: Vec<_> =
        types.iter().enumerate().map(|(index, &ty)| ir.load(ty, ir.field(layout, record, index as u32))).collect();
    if let Some(value) = call_extern(cg, &ir, id, &args) {
        ir.store(ir.field(layout, record, args.len() as u32), value);
    }
    ir.ret(None);
    thunk
}

/// C's `main`, if the module has an entry.
pub fn emit_main(cg: &mut Codegen<'_, '_>) {
    let Some(entry) = &cg.mir.entry else { return };
    let id = entry.function;
    let (half, ptr) = (cg.ctx.i32_type(), cg.ptr_type());
    let main = cg.declare_c("main", half.fn_type(&[half.into(), ptr.into()], false));
    cg.set_target_attributes(main);
    let func = &cg.mir.functions[id];
    let (start, what) = if func.suspends {
        (Extra::StartTask, spawn_info(cg, id, func.site))
    } else {
        (Extra::StartPlain, plain_entry(cg, id))
    };
    let (start, release) = (cg.extra(start), release_globals(cg));
    let ir = Ir::at_end(cg.ctx, cg.ctx.append_basic_block(main, "entry"));
    if cg.options.sanitizer == Some(Sanitizer::Thread) {
        sanitizer::announce_runtime(cg, &ir);
    }
    let version = ir.i32(qi_abi::ABI_VERSION);
    let code = ir.call(start, &[param(main, 0), param(main, 1), version.into(), what.into(), release.into()]);
    ir.ret(code);
}

/// `void ()`: gives up the values of global variables; constants are immortal.
fn release_globals<'c>(cg: &mut Codegen<'c, '_>) -> PointerValue<'c> {
    let release = cg.add_internal_c("qi.release", cg.ctx.void_type().fn_type(&[], false));
    let ir = Ir::at_end(cg.ctx, cg.ctx.append_basic_block(release, "entry"));
    let mir = cg.mir;
    for (id, global) in mir.globals.iter().filter(|(_, it)| !it.constant && mir.types.is_counted(it.ty)) {
        let place = cg.global(id);
        let value = ir.load(cg.memory_type(global.ty), place);
        ir.store(place, value.get_type().const_zero());
        cg.count_value(&ir, Count::Release, global.ty, value);
    }
    ir.ret(None);
    release.as_global_value().as_pointer_value()
}

/// `Error *(i64 *out)` around an entry that cannot suspend.
fn plain_entry<'c>(cg: &mut Codegen<'c, '_>, id: FunctionId) -> PointerValue<'c> {
    let ptr = cg.ptr_type();
    let run = cg.add_internal_c("qi.entry", ptr.fn_type(&[ptr.into()], false));
    let ir = Ir::at_end(cg.ctx, cg.ctx.append_basic_block(run, "entry"));
    let own = cg.abi(id);
    let (value, error) = call_plain(cg, &ir, id, &own, &[]);
    store_value(cg, &ir, own.result, param(run, 0).into_pointer_value(), value.unwrap_or_else(|| ir.unit()));
    ir.ret(Some(error.unwrap_or_else(|| ir.null()).into()));
    run.as_global_value().as_pointer_value()
}
