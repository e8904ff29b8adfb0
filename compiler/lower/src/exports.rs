//! 导出: what C calls is a function of its own around the exported one. It gives the plain value: it waits for a task, and throws
//! the error of a 结果. Strings come to it owned, whether it is called or run as a task.

use crate::body::Body;
use crate::context::Lower;
use crate::expr::Operand;
use crate::instances::Declaration;
use crate::target::Target;
use qi_base::bug;
use qi_hir::{CallMode, Export, FunctionId, Mode, Ty};
use qi_mir as mir;
use qi_mir::{FunctionKind, RuntimeFn, TypeKind, Value};

impl Lower<'_> {
    fn export(&self, function: FunctionId) -> Export {
        let signatures = &self.analysis.signatures;
        Export::of(signatures.known, &signatures.functions[function])
    }

    pub fn declare_export(&mut self, function: FunctionId) -> Declaration {
        let data = &self.program.functions[function];
        let types = &self.analysis.signatures.functions[function].params;
        let params = data.params.iter().zip(types);
        let params = params.map(|(param, &ty)| self.mir_param(Mode::Value, ty, param.name, true)).collect();
        let result = self.ty(self.export(function).value);
        let symbol = data.export.clone().unwrap_or_else(|| bug!("{} is not exported", data.name));
        let name = self.function_name(function);
        Declaration { name, symbol, kind: FunctionKind::Plain, params, result, span: Some(data.name_span) }
    }
}

impl Body<'_, '_> {
    pub fn export(&mut self, function: FunctionId) -> Value {
        let export = self.cx.export(function);
        let callback = export.callback(&self.build.func.symbol);
        self.build.func.export = Some(mir::Export { status: export.error.is_some(), callback });
        let count = self.build.func.params.len();
        let operands = (0..count).map(|index| Operand::Value(self.param(index))).collect();
        let target = Target::Function { function, generics: Vec::new() };
        let mut value = self.invoke(&target, operands, CallMode::Direct);
        if let TypeKind::Task(of) = *self.kind_of(value) {
            value = self.runtime(RuntimeFn::qi_task_await, vec![of], vec![value], Some(of));
        }
        match export.error {
            Some(error) => self.content_or_throw(value, error),
            None => value,
        }
    }

    fn content_or_throw(&mut self, result: Value, failure: Ty) -> Value {
        let ty = self.build.func.result;
        let good = self.is_variant(result, 0);
        self.select(
            good,
            ty,
            |body| body.payload(result, 0, 0),
            |body| {
                let error = body.payload(result, 1, 0);
                let error = body.make_error(error, failure);
                body.throw(error);
                body.unit()
            },
        )
    }
}
