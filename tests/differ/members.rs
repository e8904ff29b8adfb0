//! Methods that read or change 自己, and a trait that every declared type implements.

use crate::program::Program;
use crate::types::Ty;

#[derive(Clone)]
pub struct Method {
    pub of: usize,
    pub param: Ty,
    pub result: Ty,
    pub changes: bool,
}

impl Program {
    /// `法0(油, 参)`, which changes 自己, or only reads it.
    pub fn method(&mut self) {
        let (of, at) = (self.random.below(self.model.structs.len()), self.methods.len());
        let (param, result, changes) = (self.ty(1), self.ty(2), self.random.one_in(2));
        (self.now.may_wait, self.now.suspends, self.now.budget) = (false, false, 3 + self.random.below(5));
        (self.now.result, self.now.yields) = (Some(result.clone()), None);
        self.braces(&format!("实现 型{of}"), |it| {
            let header = format!("函数 法{at}(油: 整数, 参数: {}): {}", param.name(), result.name());
            it.braces(&header, |it| {
                it.declare("参数", &param, true);
                it.declare("自己", &Ty::Struct(of), changes);
                let empty = it.literal(&result, 0);
                it.line(&format!("如果 油 <= 0 {{ 返回 {empty} }}"));
                if changes {
                    let field = it.random.below(it.model.structs[of].len());
                    let ty = it.model.structs[of][field].clone();
                    let value = it.expr(&ty, 2);
                    it.line(&format!("自己.域{field} = {value}"));
                }
                it.statements();
                let last = it.expr(&result, 2);
                it.line(&format!("返回 {last}"));
            });
        });
        self.methods.push(Method { of, param, result, changes });
    }

    /// A call of a method on a place that may change, or on any value.
    pub fn method_call(&mut self, wanted: &Ty, depth: usize) -> Option<String> {
        let suits = |at: &usize| !self.now.no_calls && self.methods[*at].result == *wanted;
        let fitting: Vec<usize> = (0..self.methods.len()).filter(suits).collect();
        let at = *self.random.pick(&fitting)?;
        let method = self.methods[at].clone();
        let receiver = Ty::Struct(method.of);
        let receiver = match method.changes {
            // In a closure that would make it a shared capture, and a 常量 has no such method.
            true if self.now.closures > 0 => return None,
            true => self.place(|it| *it == receiver)?.0,
            false => self.expr(&receiver, depth - 1),
        };
        let argument = self.expr(&method.param, depth - 1);
        Some(format!("{receiver}.法{at}(油 - 1, {argument})"))
    }

    /// 量度 has one method of its own and one that follows from it.
    pub fn trait_of_all(&mut self) {
        self.line("特性 量度 { 函数 量(): 整数; 函数 双量(): 整数 { 返回 自己.量() &* 2 } }");
        (self.now.may_wait, self.now.result, self.now.yields) = (false, None, None);
        let types = (0..self.model.structs.len()).map(Ty::Struct).chain((0..self.model.enums.len()).map(Ty::Enum));
        for ty in types.collect::<Vec<_>>() {
            self.braces(&format!("实现 量度 对于 {}", ty.name()), |it| {
                it.declare("自己", &ty, false);
                // Without fuel nothing is called.
                let value = it.without_calls(|it| it.expr(&Ty::Int, 3));
                it.line(&format!("函数 量(): 整数 {{ 返回 {value} }}"));
            });
        }
    }

    /// Values of several types behind one trait.
    pub fn dynamic(&mut self) {
        let name = self.name("众");
        let values: Vec<String> = (0..1 + self.random.below(3))
            .map(|_| {
                let (structs, enums) = (self.model.structs.len(), self.model.enums.len());
                let at = self.random.below(structs + enums);
                let ty = if at < structs { Ty::Struct(at) } else { Ty::Enum(at - structs) };
                self.expr(&ty, 2)
            })
            .collect();
        self.line(&format!("变量 {name}: 数组<任意 量度> = [{}]", values.join(", ")));
        let sum = self.name("和");
        self.line(&format!("变量 {sum} = {name}.归约(0, (积, 个) => 积 &+ 个.双量() &- 个.量())"));
        self.declare(&sum, &Ty::Int, true);
    }
}
