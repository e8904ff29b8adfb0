//! Recursion checks: one compare of the stack pointer with a watermark of this thread; the exact question goes to the
//! runtime only below it. A stale watermark (code inlined into a coroutine that changed threads) asks too often or too
//! seldom, but never reads or writes anything else; the guard page stands behind it.

use crate::function::{Body, Flavor};
use crate::glue::param;
use crate::ir::Ir;
use crate::module::Codegen;
use crate::runtime_fns::Extra;
use inkwell::IntPredicate;
use inkwell::ThreadLocalMode;
use inkwell::attributes::AttributeLoc;
use inkwell::values::{BasicValueEnum, FunctionValue, IntValue, PointerValue};
use qi_mir::RuntimeFn;

/// How far below a checked place the next check is. Less than the runtime keeps in reserve.
const STEP: u64 = 64 << 10;
const WATERMARK: &str = "qi.stack.watermark";
const REFRESH: &str = "qi.stack.refresh";

impl<'c> Codegen<'c, '_> {
    fn watermark(&mut self, ir: &Ir<'c>) -> PointerValue<'c> {
        let global = self.llvm.get_global(WATERMARK).unwrap_or_else(|| {
            // Above every stack, so that the first check of a thread asks the runtime.
            let global = self.datum(WATERMARK, self.ctx.i64_type().const_all_ones(), false);
            // A module without entry becomes part of a library, which may be a shared one.
            global.set_thread_local_mode(Some(match self.mir.entry {
                Some(_) => ThreadLocalMode::LocalExecTLSModel,
                None => ThreadLocalMode::InitialExecTLSModel,
            }));
            global
        });
        let address = self.intrinsic("llvm.threadlocal.address", &[self.ptr_type().into()]);
        ir.call(address, &[global.as_pointer_value().into()]).expect("an address").into_pointer_value()
    }

    /// `i1 (stack pointer)`: asks the runtime; lowers the watermark when there is room.
    fn refresh(&mut self) -> FunctionValue<'c> {
        if let Some(known) = self.llvm.get_function(REFRESH) {
            return known;
        }
        let ty = self.ctx.bool_type().fn_type(&[self.ctx.i64_type().into()], false);
        let function = self.add_internal(REFRESH, ty);
        for name in ["cold", "noinline"] {
            self.add_enum_attribute(function, AttributeLoc::Function, name);
        }
        let ir = Ir::at_end(self.ctx, self.ctx.append_basic_block(function, "entry"));
        let ask = self.extra(Extra::StackIsLow);
        let low = ir.call(ask, &[]).expect("an answer").into_int_value();
        let low = ir.int_compare(IntPredicate::NE, low, ir.i8(0));
        let (full, room) = (ir.new_block("full"), ir.new_block("room"));
        ir.branch(low, full, room);
        ir.position(room);
        let below = ir.sub(param(function, 0).into_int_value(), ir.i64(STEP));
        let place = self.watermark(&ir);
        ir.store(place, below);
        ir.ret(Some(ir.i1(false).into()));
        ir.position(full);
        ir.ret(Some(ir.i1(true).into()));
        function
    }
}

impl<'c> Body<'_, 'c, '_> {
    /// Recursion ends with 栈溢出 before the native stack does. A suspendable function moves to a fresh stack instead;
    /// its frames have their own limit.
    pub fn check_stack(&mut self, args: &[BasicValueEnum<'c>]) {
        let here = self.stack_pointer();
        let place = self.cg.watermark(&self.ir);
        let watermark = self.ir.load_i64(place);
        let below = self.ir.int_compare(IntPredicate::ULT, here, watermark);
        let (ask, ok) = (self.ir.new_block("ask"), self.ir.new_block("stack"));
        self.ir.branch_unlikely(below, ask, ok);
        self.ir.position(ask);
        let refresh = self.cg.refresh();
        let low = self.ir.call(refresh, &[here.into()]).expect("an answer").into_int_value();
        let full = self.ir.new_block("full");
        self.ir.branch_unlikely(low, full, ok);
        self.ir.position(full);
        // A generator that never waits stays on the stack of whoever steps it.
        if self.flavor != Flavor::Plain && self.func.suspends {
            self.hop_stack();
            self.ir.jump(ok);
        } else {
            let error = self.overflow(args);
            self.leave(Err(error));
        }
        self.ir.position(ok);
        // Those that delegate to each other, or wait for each other, take no stack.
        if self.flavor == Flavor::Generator {
            let (overflow, fits) = (self.ir.new_block("overflow"), self.ir.new_block("fits"));
            self.ir.branch_unlikely(self.is_nested_too_deep(), overflow, fits);
            self.ir.position(overflow);
            let error = self.overflow(args);
            self.leave(Err(error));
            self.ir.position(fits);
        }
    }

    /// 栈溢出 in place of the body, which would have consumed its arguments.
    pub fn overflow(&mut self, args: &[BasicValueEnum<'c>]) -> PointerValue<'c> {
        self.site = self.func.site;
        let error = self.fault(RuntimeFn::qi_fault_stack_overflow, &[]);
        self.drop_args(args);
        error
    }

    fn stack_pointer(&self) -> IntValue<'c> {
        let intrinsic = self.cg.intrinsic("llvm.stackaddress", &[self.cg.ptr_type().into()]);
        let pointer = self.ir.call(intrinsic, &[]).expect("an address").into_pointer_value();
        self.ir.ptr_to_int(pointer)
    }
}
