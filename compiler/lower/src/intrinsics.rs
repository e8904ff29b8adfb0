//! Functions marked `@内建`: names that start with `qi_` are runtime functions and follow one general rule, the others are
//! a handful of operations listed in qi-std/核心.qi.

use crate::body::Body;
use crate::frames::FrameKind;
use crate::target::{Structural, Target, TargetSignature};
use qi_base::bug;
use qi_hir::{FunctionId, Program, Ty, TyKind};
use qi_mir as mir;
use qi_mir::{ExternFunction, ExternId, Opcode, Own, RuntimeFn, Type, TypeKind, Value};

/// Whether an intrinsic method changes 自己: the table of runtime functions knows, the rest is known here.
pub(crate) fn changes_self(program: &Program, function: FunctionId) -> bool {
    let data = &program.functions[function];
    match data.intrinsic.as_deref() {
        None => false,
        Some("array_push" | "array_pop") => data.has_self,
        Some(name) => {
            let first = RuntimeFn::find(name).and_then(|it| it.args().first().copied());
            data.has_self && first == Some(Own::Place)
        }
    }
}

/// C functions that LLVM knows.
fn math_symbol(name: &str) -> Option<&'static str> {
    Some(match name {
        "float_sqrt" => "sqrt",
        "float_floor" => "floor",
        "float_ceil" => "ceil",
        "float_trunc" => "trunc",
        "float_abs" => "fabs",
        _ => return None,
    })
}

impl Body<'_, '_> {
    /// Operands are as the function's signature says: values, and addresses for 可变.
    pub fn intrinsic(
        &mut self,
        function: FunctionId,
        generics: &[Ty],
        values: Vec<Value>,
        signature: &TargetSignature,
    ) -> Value {
        let name = self.cx.program.functions[function].intrinsic.clone();
        let name = name.unwrap_or_else(|| bug!("no intrinsic"));
        if name.starts_with("qi_") {
            let entry = RuntimeFn::find(&name).unwrap_or_else(|| bug!("no runtime function {name}"));
            return self.runtime_intrinsic(function, entry, values, signature);
        }
        self.special(&name, generics, values, signature)
    }

    /// A value goes to a `place` argument through a temporary; a trailing place that has no operand takes the result.
    fn runtime_intrinsic(
        &mut self,
        function: FunctionId,
        entry: RuntimeFn,
        values: Vec<Value>,
        signature: &TargetSignature,
    ) -> Value {
        let owns = entry.args();
        let result = self.cx.ty(signature.result);
        let first = values.first().map(|&it| self.type_of(it));
        let mut args = Vec::with_capacity(owns.len());
        for (&value, own) in values.iter().zip(owns) {
            let is_address = matches!(self.kind_of(value), TypeKind::Address(_));
            args.push(match (own, is_address) {
                (Own::Place, false) => self.temp(value),
                (Own::Borrow | Own::Consume | Own::Plain, true) => self.load(value),
                _ => value,
            });
        }
        let infos = self.infos(entry, first, result, signature);
        if args.len() == owns.len() {
            return self.runtime(entry, infos, args, Some(result));
        }
        if args.len() + 1 != owns.len() || owns.last() != Some(&Own::Place) {
            bug!("{entry:?} does not fit its declaration");
        }
        // As declared: the `T` of a result may itself be an option.
        let declared = self.cx.analysis.signatures.functions[function].result;
        let option = self.option_content(declared).and_then(|_| self.option_content(signature.result));
        self.runtime_with_out(entry, infos, args, option, result)
    }

    fn option_content(&self, ty: Ty) -> Option<Ty> {
        match ty.kind() {
            TyKind::Adt(id, args) if self.cx.analysis.signatures.known.option == Some(*id) => Some(args[0]),
            _ => None,
        }
    }

    /// `T?` results, with what they contain: the call says whether there is a value.
    fn runtime_with_out(
        &mut self,
        entry: RuntimeFn,
        infos: Vec<Type>,
        mut args: Vec<Value>,
        option: Option<Ty>,
        result: Type,
    ) -> Value {
        match option {
            Some(of) => {
                let of = self.cx.ty(of);
                let out = self.empty_temp(of);
                args.push(out);
                let bool = self.cx.module.types.bool();
                let found = self.runtime(entry, infos, args, Some(bool));
                self.taken(found, out, result)
            }
            None => {
                let out = self.empty_temp(result);
                args.push(out);
                self.runtime(entry, infos, args, None);
                self.take(out)
            }
        }
    }

    /// Types that the runtime wants described.
    fn infos(&mut self, entry: RuntimeFn, first: Option<Type>, result: Type, signature: &TargetSignature) -> Vec<Type> {
        use RuntimeFn::*;
        if !entry.takes_infos() {
            return Vec::new();
        }
        let content = |of: Option<Type>, kinds: &TypeKind| match kinds {
            TypeKind::Address(it) => Some(*it),
            _ => of,
        };
        let first_value = first.and_then(|it| content(Some(it), self.cx.module.types.kind(it)));
        let info = match entry {
            qi_str_split
            | qi_str_lines
            | qi_str_chars
            | qi_str_bytes
            | qi_array_new
            | qi_array_repeat
            | qi_array_zeroed
            | qi_env_args
            | qi_file_read_bytes
            | qi_file_list
            | qi_process_run
            | qi_http_bytes
            | qi_http_headers
            | qi_http_exchange_head
            | qi_http_exchange_headers
            | qi_net_read
            | qi_pointer_read
            | qi_regex_spans
            | qi_regex_texts
            | qi_regex_split
            | qi_regex_group_names
            | qi_crypto_digest
            | qi_crypto_hmac
            | qi_crypto_random
            | qi_crypto_derive
            | qi_crypto_seal
            | qi_crypto_open => Some(result),
            qi_pointer_at => match *signature.result.kind() {
                TyKind::Pointer(of) => Some(self.cx.ty(of)),
                _ => None,
            },
            qi_channel_new => match *self.cx.module.types.kind(result) {
                TypeKind::Channel(of) => Some(of),
                _ => None,
            },
            qi_task_await => Some(result),
            qi_select_await | qi_pointer_write => {
                let last = signature.params.last().map(|it| it.1);
                last.map(|it| self.cx.ty(it))
            }
            _ => first_value,
        };
        vec![info.unwrap_or_else(|| bug!("{entry:?} describes a type that its declaration does not have"))]
    }

    fn special(&mut self, name: &str, generics: &[Ty], values: Vec<Value>, signature: &TargetSignature) -> Value {
        let result = self.cx.ty(signature.result);
        if let Some(symbol) = math_symbol(name) {
            let function = self.cx.math_function(symbol);
            return self.op(Opcode::CallExtern(function), values, result);
        }
        match name {
            "array_len" => self.length(values[0]),
            "array_get_unchecked" => self.element_unchecked(values[0], values[1]),
            "array_push" => {
                self.build.effect(Opcode::ArrayPush, values);
                self.unit()
            }
            "array_pop" => self.build.plain(Opcode::ArrayPop, values, result, None),
            "array_has_plain_order" => self.has_plain_order(values[0]),
            "array_new" => self.array_of(result, Vec::new()),
            "array_default" => self.array_default(signature.result, values[0], result),
            "take" => self.take(values[0]),
            "hash" => self.structural(Structural::Hash, values),
            "equal" => self.structural(Structural::Equal, values),
            "order" => self.order_of(values[0], values[1]),
            "text" => self.text(values[0]),
            "debug_text" => {
                let ty = self.type_of(values[0]);
                let place = self.temp(values[0]);
                self.runtime(RuntimeFn::qi_value_debug_text, vec![ty], vec![place], Some(result))
            }
            "generator_next" => self.generator_step(values[0], values.get(1).copied(), result),
            "deadline" => self.deadline(values[0], values[1], signature),
            "int_to_float" => self.op(Opcode::IntToFloat, values, result),
            "int_min" => self.int_bound(result, true),
            "int_max" => self.int_bound(result, false),
            "pointer_cast" => values[0],
            _ => bug!("unknown intrinsic {name} with {} type arguments", generics.len()),
        }
    }

    /// -1, 0, 1 for any type, scalars too.
    fn order_of(&mut self, a: Value, b: Value) -> Value {
        self.structural(Structural::Order, vec![a, b])
    }

    /// Whether `qi_array_sort` knows the order of the array's elements: a constant, so that only one way of sorting is left.
    fn has_plain_order(&mut self, array: Value) -> Value {
        let TypeKind::Array(of) = *self.kind_of(array) else { bug!("the order of no array") };
        let plain = matches!(
            self.cx.module.types.kind(of),
            TypeKind::Bool | TypeKind::Char | TypeKind::Int { .. } | TypeKind::Float { .. } | TypeKind::Str
        );
        self.bool(plain)
    }

    fn array_default(&mut self, ty: Ty, count: Value, result: Type) -> Value {
        let TyKind::Array(of) = ty.kind() else { bug!("default values of no array") };
        if matches!(of.kind(), TyKind::Bool | TyKind::Int(_) | TyKind::Float(_)) {
            return self.runtime(RuntimeFn::qi_array_zeroed, vec![result], vec![count], Some(result));
        }
        if self.lacks_default(*of, &mut Vec::new()) {
            return self.only_empty_array(count, result);
        }
        let value = self.default_value(*of);
        self.repeat(result, value, count)
    }

    /// A function, a channel … is in each value of the type, and there is none that could stand in.
    fn lacks_default(&mut self, ty: Ty, visiting: &mut Vec<Ty>) -> bool {
        match ty.kind() {
            TyKind::Unit | TyKind::Bool | TyKind::Int(_) | TyKind::Float(_) | TyKind::Char | TyKind::Str => false,
            TyKind::Array(_) => false,
            TyKind::Tuple(parts) => parts.iter().any(|&it| self.lacks_default(it, visiting)),
            TyKind::Adt(id, _) => {
                if self.cx.analysis.signatures.known.option == Some(*id) {
                    return false;
                }
                let (fields, is_enum) = match &self.cx.program.adts[*id].kind {
                    qi_hir::AdtKind::Struct(fields) => (fields, false),
                    // The first variant stands in.
                    qi_hir::AdtKind::Enum(variants) => match variants.first() {
                        Some(it) => (&it.fields, true),
                        None => return true,
                    },
                };
                if visiting.contains(&ty) {
                    return is_enum;
                }
                visiting.push(ty);
                let parts = self.cx.part_types(ty, 0);
                let open: Vec<Ty> =
                    fields.iter().zip(parts).filter(|it| it.0.default.is_none()).map(|it| it.1).collect();
                open.into_iter().any(|it| self.lacks_default(it, visiting))
            }
            _ => true,
        }
    }

    /// Throws 空值 unless no element is asked for.
    fn only_empty_array(&mut self, count: Value, result: Type) -> Value {
        let zero = self.int(0);
        let none = self.compare(mir::Cmp::Eq, count, zero);
        let (empty, bad) = (self.build.new_block(), self.build.new_block());
        self.branch(none, empty, bad);
        self.build.switch_to(bad);
        let ty = self.cx.module.types.error();
        let fault = self.runtime(RuntimeFn::qi_fault_null, Vec::new(), Vec::new(), Some(ty));
        self.throw(fault);
        self.build.switch_to(empty);
        self.array_of(result, Vec::new())
    }

    fn int_bound(&mut self, ty: Type, lower: bool) -> Value {
        let TypeKind::Int { bits, signed } = *self.cx.module.types.kind(ty) else { bug!("bounds of no integer") };
        let value = match (signed, lower) {
            (true, true) => -(1i128 << (bits - 1)),
            (true, false) => (1i128 << (bits - 1)) - 1,
            (false, true) => 0,
            (false, false) => (1i128 << bits) - 1,
        };
        self.int_of(value, ty)
    }

    /// 限时: the closure runs here; leaving turns the deadline's own 取消 into 超时.
    fn deadline(&mut self, milliseconds: Value, closure: Value, signature: &TargetSignature) -> Value {
        let i64 = self.cx.module.types.i64();
        let scope = self.runtime(RuntimeFn::qi_deadline_enter, Vec::new(), vec![milliseconds], Some(i64));
        let depth = self.stack.len();
        self.push_frame(FrameKind::Join { scope, leave: RuntimeFn::qi_deadline_leave });
        let ty = signature.params[1].1;
        let value = self.call_values(&Target::Value { ty }, vec![closure]);
        self.close(depth);
        value
    }
}

impl crate::context::Lower<'_> {
    fn math_function(&mut self, symbol: &'static str) -> ExternId {
        if let Some(&known) = self.math.get(symbol) {
            return known;
        }
        let ty = self.module.types.intern(TypeKind::Float { bits: 64 });
        let id = self.module.externs.push(ExternFunction {
            symbol: symbol.to_owned(),
            params: vec![ty],
            result: ty,
            library: None,
            blocking: false,
        });
        if !self.module.libraries.iter().any(|it| it == "m") {
            self.module.libraries.push("m".to_owned());
        }
        self.math.insert(symbol, id);
        id
    }
}
