//! 对于: one loop per kind of thing that can be walked. 跳出 goes to the exit, 继续 to the step.

use crate::body::Body;
use crate::frames::FrameKind;
use qi_base::{Name, bug};
use qi_hir::{ArgSource, Callee, ExprId, ExprKind, ForKind, PatId, TyKind};
use qi_mir::{Arith, BlockId, Cmp, Opcode, RuntimeFn, TypeKind, Value};

/// What runs for each item.
type Each<'s, 'c, 'a> = &'s mut dyn FnMut(&mut Body<'c, 'a>, Value);

impl<'c, 'a> Body<'c, 'a> {
    pub(super) fn for_(
        &mut self,
        expr: ExprId,
        label: Option<Name>,
        pat: PatId,
        iterable: ExprId,
        body: ExprId,
    ) -> Value {
        let ty = match self.scope.typed.pat_types.get(pat) {
            Some(Some(ty)) => self.subst(*ty),
            _ => bug!("loop pattern {pat} has no type"),
        };
        self.each(expr, label, iterable, &mut |it, item| {
            it.bind_pattern(pat, item, ty);
            it.expr(body);
        });
        self.unit()
    }

    /// Runs `run` for each item of the iterable of a 对于 or 让出 全部.
    pub(super) fn each(&mut self, expr: ExprId, label: Option<Name>, iterable: ExprId, run: Each<'_, 'c, 'a>) {
        match self.loop_kind(expr, iterable) {
            ForKind::Range => self.each_in_range(label, iterable, run),
            ForKind::Array => {
                let array = self.expr(iterable);
                self.each_element(label, array, run);
            }
            ForKind::Str => {
                let text = self.expr(iterable);
                self.each_char(label, text, run);
            }
            ForKind::Channel => {
                let channel = self.expr(iterable);
                self.each_received(label, channel, run);
            }
            ForKind::Generator | ForKind::Iterable => {
                let generator = self.generator_of(expr, iterable).unwrap_or_else(|| bug!("no generator to drive"));
                self.each_generated(label, generator, run);
            }
        }
    }

    /// The generator that drives a loop over the iterable, if one does.
    pub(super) fn generator_of(&mut self, expr: ExprId, iterable: ExprId) -> Option<Value> {
        match self.loop_kind(expr, iterable) {
            ForKind::Generator => Some(self.expr(iterable)),
            ForKind::Iterable => Some(self.iterate(expr, iterable)),
            ForKind::Range | ForKind::Array | ForKind::Str | ForKind::Channel => None,
        }
    }

    /// How the loop walks; what was generic may be known now.
    fn loop_kind(&self, expr: ExprId, iterable: ExprId) -> ForKind {
        let kind = self.scope.typed.loops.get(&expr).cloned().unwrap_or(ForKind::Generator);
        if kind != ForKind::Iterable {
            return kind;
        }
        match self.adjusted_type(iterable).kind() {
            TyKind::Array(_) => ForKind::Array,
            TyKind::Str => ForKind::Str,
            TyKind::Generator(..) => ForKind::Generator,
            _ => kind,
        }
    }

    /// Calls 迭代().
    fn iterate(&mut self, expr: ExprId, iterable: ExprId) -> Value {
        let call = self.scope.typed.calls.get(&expr).unwrap_or_else(|| bug!("loop {expr} has no 迭代"));
        let ty = self.adjusted_type(iterable);
        let target = self.target(&call.callee, Some(ty));
        let value = self.expr(iterable);
        self.invoke(&target, vec![super::call::Operand::Value(value)], call.mode)
    }

    /// The body of a loop: runs with 跳出 and 继续 in place, then goes to `step`.
    fn body(&mut self, label: Option<Name>, item: Value, exit: BlockId, step: BlockId, run: Each<'_, 'c, 'a>) {
        let depth = self.stack.len();
        self.push_frame(FrameKind::Loop { label, break_: exit, continue_: step, is_open: true });
        run(self, item);
        self.close(depth);
        self.build.jump(step, Vec::new());
    }

    // ---- ranges ----

    fn each_in_range(&mut self, label: Option<Name>, iterable: ExprId, run: Each<'_, 'c, 'a>) {
        match self.literal_range(iterable) {
            Some((start, end, inclusive)) => {
                let start = match start {
                    Some(it) => self.expr(it),
                    None => self.int(0),
                };
                match end {
                    Some(it) => {
                        let end = self.expr(it);
                        self.count(label, start, end, inclusive, run);
                    }
                    None => {
                        let end = self.int(i128::from(i64::MAX));
                        self.count(label, start, end, true, run);
                    }
                }
            }
            None => {
                let range = self.expr(iterable);
                self.each_step(label, range, run);
            }
        }
    }

    /// `a..b`, `a..=b`, `范围(b)`, `范围(a, b)`: ranges that need no value of type 区间.
    fn literal_range(&self, iterable: ExprId) -> Option<(Option<ExprId>, Option<ExprId>, bool)> {
        if self.scope.typed.adjustments.contains_key(&iterable) {
            return None;
        }
        match &self.scope.body.exprs[iterable].kind {
            ExprKind::Range { start, end, inclusive } => Some((*start, *end, *inclusive)),
            ExprKind::Call { args, .. } => {
                let call = self.scope.typed.calls.get(&iterable)?;
                let Callee::Function { function, .. } = &call.callee else { return None };
                let data = &self.cx.program.functions[*function];
                let is_range = self.cx.program.modules[data.module].is_std && data.name.as_str() == "范围";
                let in_order = args.iter().map(|it| ArgSource::Expr(it.value)).eq(call.args.iter().cloned());
                match (is_range && in_order, args.as_slice()) {
                    (true, [end]) => Some((None, Some(end.value), false)),
                    (true, [start, end]) => Some((Some(start.value), Some(end.value), false)),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// A counted loop with step one; the counter never passes the end, so it cannot overflow.
    fn count(&mut self, label: Option<Name>, start: Value, end: Value, inclusive: bool, run: Each<'_, 'c, 'a>) {
        let ty = self.type_of(start);
        let (header, i) = self.build.new_block_with(ty);
        let (body, step, exit) = (self.build.new_block(), self.build.new_block(), self.build.new_block());
        if inclusive {
            let empty = self.compare(Cmp::Gt, start, end);
            let first = self.build.new_block();
            self.branch(empty, exit, first);
            self.build.switch_to(first);
        }
        self.build.jump(header, vec![start]);
        self.build.switch_to(header);
        if inclusive {
            self.build.jump(body, Vec::new());
        } else {
            let more = self.compare(Cmp::Lt, i, end);
            self.branch(more, body, exit);
        }
        self.build.switch_to(body);
        self.body(label, i, exit, step, run);
        self.build.switch_to(step);
        if inclusive {
            let last = self.compare(Cmp::Eq, i, end);
            let more = self.build.new_block();
            self.branch(last, exit, more);
            self.build.switch_to(more);
        }
        let one = self.int_of(1, ty);
        let next = self.wrapping(Arith::Add, i, one);
        self.build.jump(header, vec![next]);
        self.build.switch_to(exit);
    }

    /// A 区间 value: 起, 止, 步, 含末.
    fn each_step(&mut self, label: Option<Name>, range: Value, run: Each<'_, 'c, 'a>) {
        let [start, end, by, inclusive] = [0, 1, 2, 3].map(|field| self.struct_get(range, field));
        let (ty, bool) = (self.type_of(start), self.cx.module.types.bool());
        let zero = self.int_of(0, ty);
        let up = self.compare(Cmp::Gt, by, zero);
        let (header, i) = self.build.new_block_with(ty);
        let (body, step, exit) = (self.build.new_block(), self.build.new_block(), self.build.new_block());
        self.build.jump(header, vec![start]);
        self.build.switch_to(header);
        let before = self.select(up, bool, |it| it.compare(Cmp::Lt, i, end), |it| it.compare(Cmp::Gt, i, end));
        let more = self.select(
            before,
            bool,
            |it| it.bool(true),
            |it| {
                let last = it.compare(Cmp::Eq, i, end);
                it.select(last, bool, |_| inclusive, |it| it.bool(false))
            },
        );
        self.branch(more, body, exit);
        self.build.switch_to(body);
        self.body(label, i, exit, step, run);
        self.build.switch_to(step);
        let next = self.wrapping(Arith::Add, i, by);
        // Wrapping around means that the end was passed.
        let onward = self.compare(Cmp::Gt, next, i);
        let good = self.compare(Cmp::Eq, onward, up);
        let again = self.build.new_block();
        self.branch(good, again, exit);
        self.build.switch_to(again);
        self.build.jump(header, vec![next]);
        self.build.switch_to(exit);
    }

    // ---- arrays and texts ----

    /// Walks the array as it is now, whatever the body does to the variable it came from.
    fn each_element(&mut self, label: Option<Name>, array: Value, run: Each<'_, 'c, 'a>) {
        let length = self.length(array);
        let zero = self.int(0);
        self.count(label, zero, length, false, &mut |it, index| {
            let item = it.element_unchecked(array, index);
            run(it, item);
        });
    }

    fn each_char(&mut self, label: Option<Name>, text: Value, run: Each<'_, 'c, 'a>) {
        let i64 = self.cx.module.types.i64();
        let char = self.cx.module.types.intern(TypeKind::Char);
        let length = self.runtime(RuntimeFn::qi_str_byte_len, Vec::new(), vec![text], Some(i64));
        let (header, position) = self.build.new_block_with(i64);
        let (body, step, exit) = (self.build.new_block(), self.build.new_block(), self.build.new_block());
        let zero = self.int(0);
        self.build.jump(header, vec![zero]);
        self.build.switch_to(header);
        let more = self.compare(Cmp::Lt, position, length);
        self.branch(more, body, exit);
        self.build.switch_to(body);
        let item = self.runtime(RuntimeFn::qi_str_char_at_byte, Vec::new(), vec![text, position], Some(char));
        self.body(label, item, exit, step, run);
        self.build.switch_to(step);
        let width = self.runtime(RuntimeFn::qi_char_byte_len, Vec::new(), vec![item], Some(i64));
        let next = self.wrapping(Arith::Add, position, width);
        self.build.jump(header, vec![next]);
        self.build.switch_to(exit);
    }

    // ---- channels and generators ----

    fn each_received(&mut self, label: Option<Name>, channel: Value, run: Each<'_, 'c, 'a>) {
        let TypeKind::Channel(of) = *self.kind_of(channel) else { bug!("no channel to receive from") };
        let out = self.empty_temp(of);
        let bool = self.cx.module.types.bool();
        self.each_until(label, out, run, |it| {
            it.runtime(RuntimeFn::qi_channel_recv_or_none, Vec::new(), vec![channel, out], Some(bool))
        });
    }

    pub(super) fn each_generated(&mut self, label: Option<Name>, generator: Value, run: Each<'_, 'c, 'a>) {
        let TypeKind::Generator { item, .. } = *self.kind_of(generator) else { bug!("no generator to drive") };
        self.with_generator(generator, |body, address| {
            let out = body.empty_temp(item);
            let bool = body.cx.module.types.bool();
            body.each_until(label, out, run, |it| {
                let handle = it.load(address);
                it.op(Opcode::GeneratorNext, vec![handle, out], bool)
            });
        });
    }

    /// The handle, at an address, is dropped as soon as what drives it ends, however it ends: what the generator still has
    /// to do happens there.
    pub(super) fn with_generator(&mut self, generator: Value, drive: impl FnOnce(&mut Self, Value)) {
        let depth = self.stack.len();
        let address = self.hold(generator);
        drive(self, address);
        self.close(depth);
    }

    /// Loops while `next` finds a value, which it leaves at `out`.
    fn each_until(
        &mut self,
        label: Option<Name>,
        out: Value,
        run: Each<'_, 'c, 'a>,
        next: impl FnOnce(&mut Self) -> Value,
    ) {
        let (header, body, exit) = (self.build.new_block(), self.build.new_block(), self.build.new_block());
        self.build.jump(header, Vec::new());
        self.build.switch_to(header);
        let found = next(self);
        self.branch(found, body, exit);
        self.build.switch_to(body);
        let item = self.take(out);
        self.body(label, item, exit, header, run);
        self.build.switch_to(exit);
    }

    /// Steps a generator once: T?.
    pub fn generator_step(&mut self, generator: Value, sent: Option<Value>, option: qi_mir::Type) -> Value {
        let TypeKind::Generator { item, .. } = *self.kind_of(generator) else { bug!("no generator to resume") };
        let out = self.empty_temp(item);
        let bool = self.cx.module.types.bool();
        let args = [generator, out].into_iter().chain(sent).collect();
        let found = self.op(Opcode::GeneratorNext, args, bool);
        self.taken(found, out, option)
    }

    /// 有(what is at `out`) if `found`, else 无.
    pub fn taken(&mut self, found: Value, out: Value, option: qi_mir::Type) -> Value {
        self.select(
            found,
            option,
            |body| {
                let value = body.take(out);
                body.some(option, value)
            },
            |body| body.none(option),
        )
    }
}
