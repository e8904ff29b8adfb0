//! Functions no signature can express: 打印 and its kin, 长度, 启动协程.

use super::body::BodyChecker;
use super::names::BuiltinFunction;
use crate::{Arg, ArgSource, Builtin, Call, Callee, ExprId, Mode, Ty, TyKind, diagnostics};
use qi_base::Name;

impl<'p> BodyChecker<'_, 'p> {
    pub fn call_builtin(&mut self, expr: ExprId, builtin: BuiltinFunction, args: &'p [Arg], hint: Option<Ty>) -> Ty {
        for arg in args {
            if let Some((name, span)) = arg.name {
                self.report(diagnostics::unknown_argument(span, name.as_str(), None));
            }
            if arg.mode == Mode::InOut {
                self.report(diagnostics::argument_mode(self.span(arg.value), "", false));
            }
        }
        if let Some(print) = builtin.print() {
            return self.print(expr, print, args);
        }
        match builtin {
            BuiltinFunction::Length => self.length(expr, args),
            _ => self.start(expr, args, hint),
        }
    }

    fn print(&mut self, expr: ExprId, builtin: Builtin, args: &'p [Arg]) -> Ty {
        self.infer_all(args.iter().map(|it| it.value));
        let sources = args.iter().map(|it| ArgSource::Expr(it.value)).collect();
        let (result, mode) = self.plain_result(expr, Ty::unit());
        self.out.calls.insert(expr, Call { callee: Callee::Builtin(builtin), args: sources, mode });
        result
    }

    fn only_argument(&mut self, expr: ExprId, name: &str, args: &'p [Arg]) -> Option<ExprId> {
        if let [arg] = args {
            return Some(arg.value);
        }
        self.report(diagnostics::argument_count(self.span(expr), Some(name), 1, 1, args.len(), None));
        self.failed_call(args);
        None
    }

    fn length(&mut self, expr: ExprId, args: &'p [Arg]) -> Ty {
        let Some(arg) = self.only_argument(expr, "长度", args) else { return Ty::error() };
        let ty = self.infer(arg, None);
        if self.shallow(ty).is_error() {
            return Ty::error();
        }
        let Some(ty) = self.receiver_type(arg, ty) else { return Ty::error() };
        let Some(found) = self.find_method(ty, Name::new("长度"), 0, &[], self.span(expr)) else {
            let text = self.text(ty);
            let report = diagnostics::no_method(self.span(arg), &text, "长度", None);
            self.report(report.with_notes(self.member_hint(ty)));
            return Ty::error();
        };
        // Recorded as the method's call first, then as what it is.
        let result = self.call_function(expr, found.function, found.generics, found.callee, &[], None);
        if let Some(call) = self.out.calls.get_mut(&expr) {
            let inner = std::mem::replace(&mut call.callee, Callee::Value);
            call.callee = Callee::Builtin(Builtin::Length(Box::new(inner)));
            call.args = vec![ArgSource::Expr(arg)];
        }
        result
    }

    /// 启动协程 g(…): calling a 协程 function creates it already.
    fn start(&mut self, expr: ExprId, args: &'p [Arg], hint: Option<Ty>) -> Ty {
        let Some(arg) = self.only_argument(expr, "启动协程", args) else { return Ty::error() };
        let ty = self.infer(arg, hint);
        let ty = self.shallow(ty);
        if !matches!(ty.kind(), TyKind::Generator(..) | TyKind::Error) {
            let text = self.text(ty);
            self.report(diagnostics::not_a_coroutine_call(self.span(arg), &text));
            return Ty::error();
        }
        let call = Call {
            callee: Callee::Builtin(Builtin::Same),
            args: vec![ArgSource::Expr(arg)],
            mode: crate::CallMode::Direct,
        };
        self.out.calls.insert(expr, call);
        ty
    }
}
