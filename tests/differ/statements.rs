//! Statements: variables and their changes, branches, loops, errors, generators.

use crate::expressions::parts;
use crate::program::{Kind, Program};
use crate::types::Ty;

/// Loops within loops of a function.
pub const MAX_LOOPS: usize = 2;

impl Program {
    pub fn statements(&mut self) {
        for _ in 0..1 + self.random.below(5) {
            if self.now.budget == 0 {
                return;
            }
            self.now.budget -= 1;
            self.statement();
        }
    }

    fn statement(&mut self) {
        match self.random.below(30) {
            0..=4 => self.variable(),
            5..=8 => self.change(),
            9 => self.branch(),
            10 => self.if_some(),
            11 => self.match_cases(),
            12 | 13 => self.count_loop(),
            14 => self.walk(),
            15 => self.attempt(),
            16 => self.throw(),
            17 => self.shared_capture(),
            18 => self.drive_generator(),
            19 if self.now.may_wait => self.concurrent(),
            20 => self.replaced(),
            21 => self.give(),
            22 => self.dynamic(),
            23 => self.destructure(),
            24 => self.drain(),
            25 => self.local_function(),
            26 => self.labelled(),
            27 | 28 if self.now.may_wait => self.concurrent(),
            _ => self.show(),
        }
    }

    fn variable(&mut self) {
        let ty = if self.random.one_in(10) { self.model.function(&mut self.random) } else { self.ty(2) };
        let value = self.expr(&ty, 3);
        let name = self.name("变");
        let annotation = if self.random.one_in(2) { format!(": {}", ty.name()) } else { String::new() };
        self.line(&format!("变量 {name}{annotation} = {value}"));
        let can_change = !matches!(ty, Ty::Function(..));
        self.declare(&name, &ty, can_change);
    }

    /// A variable that may change, or a part of one, with the type it has.
    pub fn place(&mut self, wanted: impl Fn(&Ty) -> bool) -> Option<(String, Ty)> {
        let (mut found, risks) = (Vec::new(), self.random.one_in(6));
        for variable in self.scope.iter().filter(|it| it.can_change) {
            parts(&self.model.structs, &variable.name, &variable.ty, 2, &mut |path, part| {
                if wanted(part) && (risks || !path.contains('[')) {
                    found.push((path.to_owned(), part.clone()));
                }
            });
        }
        self.random.pick(&found).cloned()
    }

    pub fn change(&mut self) {
        let Some((place, ty)) = self.place(|_| true) else { return self.variable() };
        let line = match &ty {
            Ty::Int if self.random.one_in(2) => {
                let operator = ["+=", "-=", "*="][self.random.below(3)];
                format!("{place} {operator} {}", self.expr(&Ty::Int, 2))
            }
            Ty::Array(of) => match self.random.below(6) {
                0 | 1 => {
                    let value = self.expr(of, 2);
                    format!("如果 {place}.长度 < 12 {{ {place}.追加({value}) }}")
                }
                2 => {
                    let value = self.expr(of, 1);
                    format!("如果 {place}.长度 < 12 {{ {place}.插入(0, {value}) }}")
                }
                3 => format!("如果 变量 末 = {place}.弹出() {{ {} }}", self.shown("末")),
                4 if of.is_ordered() => format!("{place}.排序()"),
                _ => format!("{place}.反转()"),
            },
            Ty::Dict(key, value) if self.random.one_in(2) => {
                let (key, value) = (self.expr(key, 1), self.expr(value, 2));
                format!("如果 {place}.长度 < 8 {{ {place}[{key}] = {value} }}")
            }
            Ty::Dict(key, _) => {
                let key = self.expr(key, 1);
                format!("如果 {place}.包含键({key}) {{ {} }}", self.shown(&format!("{place}.长度")))
            }
            _ => format!("{place} = {}", self.expr(&ty, 3)),
        };
        self.line(&line);
    }

    pub fn shown(&self, value: &str) -> String {
        if self.prints { format!("打印({value})") } else { format!("变量 未用 = {value}") }
    }

    fn show(&mut self) {
        if !self.prints {
            return self.change();
        }
        let ty = self.ty(2);
        let value = self.expr(&ty, 3);
        self.line(&format!("打印({value})"));
    }

    fn branch(&mut self) {
        let condition = self.expr(&Ty::Bool, 3);
        self.braces(&format!("如果 {condition}"), Self::statements);
        if self.random.one_in(2) {
            self.braces("否则", Self::statements);
        }
    }

    fn if_some(&mut self) {
        let ty = self.ty(1);
        let value = self.expr(&Ty::Option(Box::new(ty.clone())), 3);
        let name = self.name("若");
        self.braces(&format!("如果 变量 {name} = {value}"), |it| {
            it.declare(&name, &ty, false);
            it.statements();
        });
    }

    fn match_cases(&mut self) {
        let index = self.random.below(self.model.enums.len());
        let value = self.expr(&Ty::Enum(index), 3);
        let cases = self.model.enums[index].clone();
        self.braces(&format!("匹配 {value}"), |it| {
            for (at, parts) in cases.iter().enumerate() {
                let known = it.scope.len();
                let pattern = it.pattern(index, at, parts);
                it.braces(&format!("{pattern} =>"), Self::statements);
                it.scope.truncate(known);
            }
        });
    }

    fn count_loop(&mut self) {
        if self.now.loops == MAX_LOOPS {
            return self.change();
        }
        let (name, count) = (self.name("次"), 1 + self.random.below(4));
        self.now.loops += 1;
        if self.random.one_in(2) {
            self.braces(&format!("对于 {name} 在 0..{count}"), |it| {
                it.declare(&name, &Ty::Int, false);
                it.statements();
                it.leave();
            });
        } else {
            self.line(&format!("变量 {name} = 0"));
            self.declare(&name, &Ty::Int, false);
            self.braces(&format!("当 {name} < {count}"), |it| {
                it.line(&format!("{name} += 1"));
                it.statements();
                it.leave();
            });
        }
        self.now.loops -= 1;
    }

    /// Out of the loop or on to its next round, at the end of the body.
    fn leave(&mut self) {
        if self.random.one_in(3) {
            let condition = self.expr(&Ty::Bool, 2);
            let way = ["跳出", "继续"][self.random.below(2)];
            self.line(&format!("如果 {condition} {{ {way} }}"));
        }
    }

    fn walk(&mut self) {
        if self.now.loops == MAX_LOOPS {
            return self.change();
        }
        self.now.loops += 1;
        let (ty, name) = (self.ty(1), self.name("每"));
        if self.random.one_in(2) {
            let array = self.expr(&Ty::Array(Box::new(ty.clone())), 2);
            self.braces(&format!("对于 {name} 在 {array}"), |it| {
                it.declare(&name, &ty, false);
                it.statements();
                it.leave();
            });
        } else {
            let dict = self.expr(&Ty::Dict(Box::new(Ty::Int), Box::new(ty.clone())), 2);
            self.braces(&format!("对于 (键{name}, {name}) 在 {dict}"), |it| {
                it.declare(&format!("键{name}"), &Ty::Int, false);
                it.declare(&name, &ty, false);
                it.statements();
            });
        }
        self.now.loops -= 1;
    }

    fn attempt(&mut self) {
        self.braces("尝试", Self::statements);
        self.catch();
        if self.random.one_in(2) {
            // Cleanups of a coroutine neither wait nor yield.
            let waits = std::mem::replace(&mut self.now.may_wait, false);
            let yields = self.now.yields.take();
            self.braces("最终", |it| {
                let ty = it.ty(1);
                match it.place(|place| *place == ty) {
                    Some((place, _)) => {
                        let value = it.literal(&ty, 0);
                        it.line(&format!("{place} = {value}"));
                    }
                    None => it.line(&it.shown("\"最终\"")),
                }
            });
            (self.now.may_wait, self.now.yields) = (waits, yields);
        }
    }

    fn throw(&mut self) {
        if !self.random.one_in(3) {
            return self.change();
        }
        let (condition, text) = (self.expr(&Ty::Bool, 2), self.expr(&Ty::Text, 1));
        self.line(&format!("如果 {condition} {{ 抛出 {text} }}"));
    }

    /// A closure that changes what it captures.
    fn shared_capture(&mut self) {
        let (ty, of) = (self.ty(1), self.ty(1));
        let (value, name, closure) = (self.expr(&ty, 2), self.name("捕"), self.name("改"));
        self.line(&format!("变量 {name}: {} = {value}", ty.name()));
        self.declare(&name, &ty, true);
        let waits = std::mem::replace(&mut self.now.may_wait, false);
        self.now.closures += 1;
        let known = self.scope.len();
        let param = self.name("参");
        self.declare(&param, &of, false);
        let (new, result) = (self.expr(&ty, 2), self.expr(&of, 2));
        self.scope.truncate(known);
        self.now.closures -= 1;
        self.now.may_wait = waits;
        let header = format!("变量 {closure} = 闭包({param}: {0}): {0}", of.name());
        self.line(&format!("{header} {{ {name} = {new}; 返回 {result} }}"));
        let closure_type = Ty::Function(vec![of.clone()], Box::new(of));
        self.declare(&closure, &closure_type, false);
    }

    fn drive_generator(&mut self) {
        let suits = |program: &Self, at: usize| {
            let it = &program.functions[at];
            it.kind == Kind::Generator && (program.now.may_wait || !it.suspends)
        };
        let fitting: Vec<usize> = (0..self.functions.len()).filter(|&at| suits(self, at)).collect();
        let Some(&at) = self.random.pick(&fitting) else { return self.variable() };
        let (item, call) = (self.functions[at].result.clone(), self.arguments(at));
        let name = self.name("出");
        match self.random.below(3) {
            0 if self.now.yields.as_ref() == Some(&item) && !self.functions[at].suspends => {
                self.line(&format!("让出 全部 {call}"));
            }
            1 => {
                let held = self.name("生");
                self.line(&format!("变量 {held} = 启动协程 {call}"));
                for _ in 0..1 + self.random.below(3) {
                    self.use_generator(&held);
                }
            }
            _ if self.now.loops < MAX_LOOPS => {
                self.now.loops += 1;
                self.braces(&format!("对于 {name} 在 {call}"), |it| {
                    it.declare(&name, &item, false);
                    it.statements();
                    it.leave();
                });
                self.now.loops -= 1;
            }
            _ => self.line(&format!("变量 {name} = {call}.收集()")),
        }
    }

    /// A few steps, by one of its owners.
    fn use_generator(&mut self, held: &str) {
        let shown = self.shown("值");
        let step = |of: &str| format!("如果 变量 值 = 恢复({of}) {{ {shown} }}");
        let text = match self.random.below(6) {
            0 => format!("对于 值 在 {held} {{ {shown}; 跳出 }}"),
            1 => format!("对于 值 在 {held}.取(2) {{ {shown} }}"),
            2 => format!("{{ 变量 别名 = {held}; {} }}", step("别名")),
            3 => format!("{{ 变量 做 = () => 恢复({held}); 如果 变量 值 = 做() {{ {shown} }} }}"),
            4 => format!("对于 _ 在 0..2 {{ {} }}", step(held)),
            _ => step(held),
        };
        self.line(&text);
    }

    fn destructure(&mut self) {
        let types = [self.ty(1), self.ty(2)];
        let value = self.expr(&Ty::Tuple(types.to_vec()), 3);
        let names = [self.name("左"), self.name("右")];
        self.line(&format!("变量 ({}, {}) = {value}", names[0], names[1]));
        for (name, ty) in names.iter().zip(&types) {
            self.declare(name, ty, true);
        }
    }

    /// Takes an array apart from its end.
    fn drain(&mut self) {
        let Some((place, Ty::Array(of))) = self.place(|it| matches!(it, Ty::Array(_))) else { return self.change() };
        if self.now.loops == MAX_LOOPS {
            return self.change();
        }
        let (rest, name) = (self.name("余"), self.name("弹"));
        self.line(&format!("变量 {rest} = {place}"));
        self.now.loops += 1;
        self.braces(&format!("当 变量 {name} = {rest}.弹出()"), |it| {
            it.declare(&name, &of, false);
            it.statements();
        });
        self.now.loops -= 1;
    }

    fn local_function(&mut self) {
        let (of, result, name, param) = (self.ty(1), self.ty(1), self.name("内"), self.name("参"));
        let waits = std::mem::replace(&mut self.now.may_wait, false);
        self.now.closures += 1;
        let known = self.scope.len();
        self.declare(&param, &of, false);
        let value = self.expr(&result, 2);
        self.scope.truncate(known);
        self.now.closures -= 1;
        self.now.may_wait = waits;
        self.line(&format!("函数 {name}({param}: {}): {} {{ 返回 {value} }}", of.name(), result.name()));
        self.declare(&name, &Ty::Function(vec![of], Box::new(result)), false);
    }

    fn labelled(&mut self) {
        if self.now.loops > 0 {
            return self.change();
        }
        let (label, name) = (self.name("外"), self.name("圈"));
        self.now.loops += 1;
        self.braces(&format!("{label}: 对于 {name} 在 0..3"), |it| {
            it.declare(&name, &Ty::Int, false);
            let array = it.expr(&Ty::Array(Box::new(Ty::Int)), 2);
            let item = it.name("每");
            it.now.loops += 1;
            it.braces(&format!("对于 {item} 在 {array}"), |it| {
                it.declare(&item, &Ty::Int, false);
                it.statements();
                let (condition, way) = (it.expr(&Ty::Bool, 2), ["跳出", "继续"][it.random.below(2)]);
                it.line(&format!("如果 {condition} {{ {way} {label} }}"));
            });
            it.now.loops -= 1;
            it.statements();
        });
        self.now.loops -= 1;
    }

    /// Passes a place in and out.
    fn replaced(&mut self) {
        let Some((place, ty)) = self.place(|_| true) else { return self.variable() };
        let value = self.expr(&ty, 2);
        let name = self.name("旧");
        self.line(&format!("变量 {name} = 改成(可变 {place}, {value})"));
        self.declare(&name, &ty, true);
    }

    /// Yields in a coroutine, returns early in others.
    fn give(&mut self) {
        if let Some(ty) = self.now.yields.clone() {
            let value = self.expr(&ty, 2);
            return self.line(&format!("让出 {value}"));
        }
        let Some(ty) = self.now.result.clone() else { return self.variable() };
        let (condition, value) = (self.expr(&Ty::Bool, 2), self.expr(&ty, 2));
        self.line(&format!("如果 {condition} {{ 返回 {value} }}"));
    }
}
