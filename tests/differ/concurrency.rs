//! What several tasks do together. Each statement comes to one end, whoever runs first.

use crate::program::Program;
use crate::statements::MAX_LOOPS;
use crate::types::Ty;

impl Program {
    pub fn concurrent(&mut self) {
        self.now.suspends = true;
        match self.random.below(6) {
            0 | 1 => self.channel(),
            2 => self.lock(),
            3 => self.task(),
            4 => self.limited(),
            _ => self.select(),
        }
    }

    /// A value that another task may compute: without variables that might be shared with it, and without waiting.
    fn foreign(&mut self, ty: &Ty) -> String {
        let scope = std::mem::take(&mut self.scope);
        let waits = std::mem::replace(&mut self.now.may_wait, false);
        let value = self.expr(ty, 2);
        (self.scope, self.now.may_wait) = (scope, waits);
        value
    }

    /// A block that runs by itself; its error arrives where it is waited for.
    fn task(&mut self) {
        let (ty, name, result) = (self.ty(2), self.name("任"), self.name("果"));
        let value = self.foreign(&ty);
        self.line(&format!("变量 {name} = 启动 {{ 让出执行(); 返回 {value} }}"));
        self.line(&format!("变量 {result} = 等待 {name}"));
        self.declare(&result, &ty, true);
    }

    fn limited(&mut self) {
        let (ty, name) = (self.ty(2), self.name("限"));
        let value = self.foreign(&ty);
        self.line(&format!("变量 {name} = 限时(60000, () => {value})"));
        self.declare(&name, &ty, true);
    }

    /// One of two channels has a message, or none has.
    fn select(&mut self) {
        let (ty, other) = (self.ty(1), self.ty(1));
        let (one, two) = (self.name("通"), self.name("通"));
        let value = self.expr(&ty, 2);
        self.line(&format!("变量 {one} = 通道<{}>(1)", ty.name()));
        self.line(&format!("变量 {two} = 通道<{}>(1)", other.name()));
        if self.random.one_in(2) {
            self.line(&format!("{one} <- {value}"));
        }
        let (got, shown) = (self.name("选"), self.shown("另一个"));
        self.braces("选择", |it| {
            it.line(&format!("情况 {got} := <-{one}:"));
            let text = it.shown(&got);
            it.line(&format!("    {text}"));
            it.line(&format!("情况 另一个 := <-{two}:"));
            it.line(&format!("    {shown}"));
            it.line("默认:");
            let text = it.shown("\"无人\"");
            it.line(&format!("    {text}"));
        });
    }

    fn channel(&mut self) {
        if self.now.loops == MAX_LOOPS || self.now.yields.is_some() {
            return self.change();
        }
        let (ty, name, got) = (self.ty(1), self.name("通"), self.name("收"));
        // A consumer that may return early leaves room for everything, and its error ends the sender.
        let returns = self.random.one_in(2);
        let room = if returns { 3 } else { self.random.below(3) };
        self.line(&format!("变量 {name} = 通道<{}>({room})", ty.name()));
        let value = self.foreign(&ty);
        self.braces("并发", |it| {
            it.line(&format!(
                "启动 {{ 尝试 {{ 对于 _ 在 0..3 {{ {name} <- {value} }} }} 捕获 _ {{ }} 最终 {{ {name}.关闭() }} }}"
            ));
            it.now.loops += 1;
            it.braces(&format!("对于 {got} 在 {name}"), |it| {
                it.declare(&got, &ty, false);
                if returns {
                    it.statements();
                } else {
                    it.line(&it.shown(&got));
                }
            });
            it.now.loops -= 1;
        });
    }

    fn lock(&mut self) {
        let (ty, name) = (self.ty(2), self.name("锁"));
        let value = self.expr(&ty, 2);
        self.line(&format!("变量 {name} = 锁<{}>({value})", ty.name()));
        let new = self.without_calls(|it| it.foreign(&ty));
        self.line(&format!("{name}.改((可变 内) => {{ 内 = {new} }})"));
        let read = self.name("读");
        self.line(&format!("变量 {read} = {name}.读()"));
        self.declare(&read, &ty, true);
    }
}
