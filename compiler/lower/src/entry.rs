//! `qi.entry`: initialises globals in module order, then runs the program or its tests. Result: the exit code.

use crate::body::Body;
use crate::context::Lower;
use crate::expr::Operand;
use crate::frames::FrameKind;
use crate::instances::{Declaration, Instance};
use crate::target::Target;
use qi_base::bug;
use qi_hir::{CallMode, FunctionId, GlobalId, TestId, Ty, TyKind};
use qi_mir as mir;
use qi_mir::{FunctionKind, Opcode, RuntimeFn, Type, TypeKind, Value};

impl<'a> Lower<'a> {
    pub fn program_entry(&mut self) {
        let Some(main) = self.analysis.entry else { bug!("a program without 主函数") };
        self.instance(Instance::Function(main, Vec::new()));
        let is_top_level = self.is_top_level(main);
        let initialisers = self.initialisers(is_top_level);
        let name = self.program.functions[main].name;
        let id = self.declare_entry(name.as_str());
        let mut body = Body::synthesized(self, id);
        body.initialise(&initialisers);
        body.run_main(main);
        body.finish(id);
        self.module.entry = Some(mir::Entry { function: id });
    }

    /// A library has no entry: its globals are initialised before the first exported function runs.
    pub fn library_start(&mut self) {
        let initialisers = self.initialisers(false);
        let objects = self.program.globals.ids().any(|it| self.is_atomic_object(it));
        if initialisers.is_empty() && !objects {
            return;
        }
        let unit = self.module.types.unit();
        let id = self.push_declaration(Declaration {
            name: "初始化".to_owned(),
            symbol: "qi.start".to_owned(),
            kind: FunctionKind::Plain,
            params: Vec::new(),
            result: unit,
            span: None,
        });
        let mut body = Body::synthesized(self, id);
        body.initialise(&initialisers);
        let unit = body.unit();
        body.finish_with(unit);
        body.finish(id);
        self.module.start = Some(id);
    }

    pub fn tests_entry(&mut self, filter: Option<&str>) {
        let tests: Vec<TestId> = self
            .program
            .tests
            .iter()
            .filter(|(_, it)| {
                let module = self.program.functions[it.function].module;
                !self.program.modules[module].is_std && filter.is_none_or(|filter| it.name.contains(filter))
            })
            .map(|it| it.0)
            .collect();
        for &test in &tests {
            self.instance(Instance::Function(self.program.tests[test].function, Vec::new()));
        }
        let initialisers = self.initialisers(false);
        let id = self.declare_entry("测试");
        let mut body = Body::synthesized(self, id);
        body.initialise(&initialisers);
        body.run_tests(&tests);
        body.finish(id);
        self.module.entry = Some(mir::Entry { function: id });
    }

    fn is_top_level(&self, function: FunctionId) -> bool {
        let module = self.program.functions[function].module;
        self.program.modules[module].top_level == Some(function)
    }

    fn declare_entry(&mut self, name: &str) -> mir::FunctionId {
        let result = self.module.types.i64();
        self.push_declaration(Declaration {
            name: name.to_owned(),
            symbol: "qi.entry".to_owned(),
            kind: FunctionKind::Plain,
            params: Vec::new(),
            result,
            span: None,
        })
    }

    /// Globals to initialise before the program starts, in order: all of the user's, and those of the library that
    /// something names. Initialisers among top-level statements run there.
    fn initialisers(&mut self, top_level: bool) -> Vec<GlobalId> {
        self.drain();
        loop {
            let mut all = Vec::new();
            for &module in &self.program.order {
                let is_std = self.program.modules[module].is_std;
                if top_level && self.program.root == Some(module) {
                    continue;
                }
                let own = self.module_globals(module);
                all.extend(own.into_iter().filter(|it| !is_std || self.used_globals.contains(it)));
            }
            let before = self.used_globals.len();
            for &global in &all {
                self.instance(Instance::GlobalInit(global));
            }
            self.drain();
            if self.used_globals.len() == before || self.limit.is_some() {
                return all;
            }
        }
    }
}

impl Body<'_, '_> {
    fn initialise(&mut self, globals: &[GlobalId]) {
        let objects: Vec<GlobalId> = self.cx.program.globals.ids().filter(|&it| self.cx.is_atomic_object(it)).collect();
        for global in objects {
            let global = self.cx.global(global);
            let ty = self.cx.module.types.intern(TypeKind::Atomic);
            let zero = self.int(0);
            let object = self.runtime(RuntimeFn::qi_atomic_new, Vec::new(), vec![zero], Some(ty));
            let address = self.global_address(global);
            self.init(address, object);
        }
        for &global in globals {
            self.call_initialiser(global);
        }
    }

    fn run_main(&mut self, main: FunctionId) {
        let target = Target::Function { function: main, generics: Vec::new() };
        let signature = self.cx.target_signature(&target);
        let mut operands = Vec::new();
        if let Some(&(_, ty)) = signature.params.first() {
            let ty = self.cx.ty(ty);
            let args = self.runtime(RuntimeFn::qi_env_args, vec![ty], Vec::new(), Some(ty));
            operands.push(Operand::Value(args));
        }
        let value = self.invoke(&target, operands, CallMode::Direct);
        self.span = Some(self.cx.program.functions[main].name_span);
        let code = self.exit_code(value, signature.result);
        self.finish_with(code);
    }

    /// 整数 is the exit code; 败 is thrown; anything else is success.
    fn exit_code(&mut self, value: Value, ty: Ty) -> Value {
        let i64 = self.cx.module.types.i64();
        match ty.kind() {
            TyKind::Int(_) if self.type_of(value) == i64 => value,
            TyKind::Int(_) => self.op(Opcode::IntCast(mir::Overflow::Wrapping), vec![value], i64),
            TyKind::Adt(id, args) if self.cx.analysis.signatures.known.result == Some(*id) => {
                let good = self.is_variant(value, 0);
                let (content, failure) = (args[0], args[1]);
                self.select(
                    good,
                    i64,
                    |body| {
                        let content_value = body.payload(value, 0, 0);
                        body.exit_code(content_value, content)
                    },
                    |body| {
                        let error = body.payload(value, 1, 0);
                        let error = body.make_error(error, failure);
                        body.throw(error);
                        body.unit()
                    },
                )
            }
            _ => self.int(0),
        }
    }

    /// Each test in turn; one line per test, then the totals.
    fn run_tests(&mut self, tests: &[TestId]) {
        let i64 = self.cx.module.types.i64();
        let zero = self.int(0);
        let failed = self.temp(zero);
        for &test in tests {
            let data = &self.cx.program.tests[test];
            let (next, error_block, error) = self.attempt(data.function);
            let line = self.str(&format!("通过  {}\n", data.name));
            self.print(line);
            self.build.jump(next, Vec::new());
            if self.build.is_reached(error_block) {
                self.build.switch_to(error_block);
                self.report_failure(&data.name, error);
                let old = self.load(failed);
                let one = self.int_of(1, i64);
                let new = self.wrapping(mir::Arith::Add, old, one);
                self.store(failed, new);
                self.build.jump(next, Vec::new());
            }
            self.build.switch_to(next);
        }
        let total = self.int(tests.len() as i128);
        let failures = self.load(failed);
        let passed = self.wrapping(mir::Arith::Sub, total, failures);
        let pieces = [self.text(passed), self.str(" 个通过，"), self.text(failures), self.str(" 个失败\n")];
        let line = self.join(&pieces);
        self.print(line);
        let none = self.compare(mir::Cmp::Eq, failures, zero);
        let code = self.select(none, i64, |body| body.int(0), |body| body.int(1));
        self.finish_with(code);
    }

    /// Calls the test; its error goes to a block of its own.
    fn attempt(&mut self, function: FunctionId) -> (mir::BlockId, mir::BlockId, Value) {
        let next = self.build.new_block();
        let depth = self.stack.len();
        let frame = self.push_frame(FrameKind::Catch);
        let error_block = self.error_target();
        let error = self.build.func.blocks[error_block].params[0];
        debug_assert_eq!(self.frames[frame].error, Some(error_block));
        self.invoke(&Target::Function { function, generics: Vec::new() }, Vec::new(), CallMode::Direct);
        self.stack.truncate(depth);
        (next, error_block, error)
    }

    fn report_failure(&mut self, name: &str, error: Value) {
        let text: Type = self.cx.module.types.str();
        let message = self.op(Opcode::ErrorMessage, vec![error], text);
        let source = self.runtime(RuntimeFn::qi_error_source, Vec::new(), vec![error], Some(text));
        let pieces = [self.str(&format!("失败  {name}：")), message, self.str("\n"), source];
        let line = self.join(&pieces);
        self.print(line);
    }

    fn print(&mut self, text: Value) {
        self.runtime(RuntimeFn::qi_print, Vec::new(), vec![text], None);
    }
}
