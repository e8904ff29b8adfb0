//! Expressions of a wanted type. Everything compound stands in parentheses, so nothing hangs on precedence.

use crate::program::{Kind, Program, Variable};
use crate::types::Ty;

const TEXTS: [&str; 6] = ["", "甲", "ab", "天地玄黄", "e\u{301}x", "😀尾"];
const NUMBERS: [&str; 6] = ["0", "1", "2", "7", "(-3)", "100"];
const EXTREMES: [&str; 3] = ["9223372036854775807", "(-9223372036854775808)", "4294967296"];

impl Program {
    pub fn expr(&mut self, ty: &Ty, depth: usize) -> String {
        if self.random.below(10) < 4
            && let Some(path) = self.read(ty)
        {
            return path;
        }
        if depth == 0 {
            return self.literal(ty, 0);
        }
        match self.random.below(12) {
            0 => {
                let (condition, yes, no) =
                    (self.expr(&Ty::Bool, depth - 1), self.expr(ty, depth - 1), self.expr(ty, depth - 1));
                format!("(如果 {condition} {{ {yes} }} 否则 {{ {no} }})")
            }
            1 | 2 => self.call(ty).unwrap_or_else(|| self.literal(ty, depth)),
            3 => {
                let inner = self.expr(ty, depth - 1);
                format!("恒等({inner})")
            }
            4 => self.unwrapped(ty, depth),
            5 => self.applied(ty, depth),
            6 => self.matched(ty, depth),
            7 => self.method_call(ty, depth).unwrap_or_else(|| self.operation(ty, depth)),
            8 if self.random.one_in(2) => self.attempted(ty, depth),
            _ => self.operation(ty, depth),
        }
    }

    /// Operators of integers; most cannot fail.
    fn arithmetic(&mut self) -> &'static str {
        ["&+", "&-", "&*", "&+", "&*", "&", "|", "^", "+", "-", "*", "/", "%"][self.random.below(13)]
    }

    /// Written out, with parts of any kind.
    pub fn literal(&mut self, ty: &Ty, depth: usize) -> String {
        let inner = depth.saturating_sub(1);
        match ty {
            Ty::Int if self.random.one_in(15) => EXTREMES[self.random.below(3)].into(),
            Ty::Int => NUMBERS[self.random.below(6)].into(),
            Ty::Sized(name) => format!("({} 作为 {name})", self.random.below(100)),
            Ty::Float => ["0.0", "1.5", "(-2.25)", "1e10", "0.1"][self.random.below(5)].into(),
            Ty::Bool => ["真", "假"][self.random.below(2)].into(),
            Ty::Char => ["'中'", "'a'", "'\\n'", "'😀'"][self.random.below(4)].into(),
            Ty::Text => format!("\"{}\"", self.random.pick(&TEXTS).copied().unwrap_or("")),
            Ty::Array(of) => match self.random.below(4) {
                0 => format!("空列::<{}>()", of.name()),
                1 => {
                    let one = self.expr(of, inner);
                    format!("[{one}; {}]", self.random.below(4))
                }
                count => {
                    let parts: Vec<String> = (0..count).map(|_| self.expr(of, inner)).collect();
                    format!("[{}]", parts.join(", "))
                }
            },
            Ty::Dict(key, value) => {
                if depth == 0 || self.random.one_in(3) {
                    return format!("空表::<{}, {}>()", key.name(), value.name());
                }
                let (key, value) = (self.expr(key, inner), self.expr(value, inner));
                format!("({{{key}: {value}}})")
            }
            Ty::Option(of) => {
                if depth == 0 || self.random.one_in(3) {
                    return format!("没有::<{}>()", of.name());
                }
                format!("有({})", self.expr(of, inner))
            }
            Ty::Tuple(parts) => {
                let parts: Vec<String> = parts.iter().map(|it| self.expr(it, inner)).collect();
                format!("({})", parts.join(", "))
            }
            Ty::Struct(index) => {
                let fields = self.model.structs[*index].clone();
                let parts = fields.iter().enumerate().map(|(at, ty)| {
                    // A struct in itself is one deeper than it looks.
                    let of = if *ty == Ty::Option(Box::new(Ty::Struct(*index))) && depth < 2 { 0 } else { inner };
                    let value = if of == 0 { self.literal(ty, 0) } else { self.expr(ty, of) };
                    format!("域{at}: {value}")
                });
                let parts: Vec<String> = parts.collect();
                format!("(型{index} {{ {} }})", parts.join(", "))
            }
            Ty::Enum(index) => {
                let cases = self.model.enums[*index].clone();
                let at = if depth == 0 { 0 } else { self.random.below(cases.len()) };
                let parts: Vec<String> = cases[at].iter().map(|it| self.expr(it, inner)).collect();
                let parts = if parts.is_empty() { String::new() } else { format!("({})", parts.join(", ")) };
                format!("枚{index}.变{index}之{at}{parts}")
            }
            Ty::Function(params, result) => self.closure(params, result, depth),
        }
    }

    fn closure(&mut self, params: &[Ty], result: &Ty, depth: usize) -> String {
        let known = self.scope.len();
        self.now.closures += 1;
        let waits = std::mem::replace(&mut self.now.may_wait, false);
        let written: Vec<String> = params
            .iter()
            .map(|ty| {
                let name = self.name("子");
                self.declare(&name, ty, false);
                format!("{name}: {}", ty.name())
            })
            .collect();
        let value = self.expr(result, depth.clamp(1, 2));
        self.now.may_wait = waits;
        self.scope.truncate(known);
        self.now.closures -= 1;
        format!("(闭包({}): {} {{ 返回 {value} }})", written.join(", "), result.name())
    }

    /// In closures without variables that hold functions: a shared capture may not contain one.
    fn visible(&self) -> impl Iterator<Item = &Variable> {
        self.scope.iter().filter(|it| self.now.closures == 0 || !matches!(it.ty, Ty::Function(..)))
    }

    /// A variable of the type, or a part of one.
    fn read(&mut self, ty: &Ty) -> Option<String> {
        let (mut found, risks) = (Vec::new(), self.random.one_in(8));
        for variable in self.visible() {
            parts(&self.model.structs, &variable.name, &variable.ty, 2, &mut |path, part| {
                if part == ty && (risks || !path.contains('[')) {
                    found.push(path.to_owned());
                }
            });
        }
        self.random.pick(&found).cloned()
    }

    /// A call of an earlier function with that result.
    fn call(&mut self, ty: &Ty) -> Option<String> {
        let suits = |program: &Self, at: usize| {
            let it = &program.functions[at];
            !program.now.no_calls
                && it.result == *ty
                && it.kind != Kind::Generator
                && !it.in_out
                && (program.now.may_wait || !it.suspends)
        };
        let fitting: Vec<usize> = (0..self.functions.len()).filter(|&at| suits(self, at)).collect();
        let at = *self.random.pick(&fitting)?;
        self.now.suspends |= self.functions[at].suspends;
        let call = self.arguments(at);
        Some(if self.functions[at].kind == Kind::Async { format!("(等待 {call})") } else { call })
    }

    /// `函3(油 - 1, …)`. What is passed in and out is a variable of its own, on a line before.
    pub fn arguments(&mut self, at: usize) -> String {
        let function = self.functions[at].clone();
        self.now.suspends |= function.suspends;
        let mut written = vec!["油 - 1".to_owned()];
        for (index, ty) in function.params.iter().enumerate() {
            if function.in_out && index == 0 {
                let value = self.expr(ty, 1);
                let name = self.name("处");
                self.line(&format!("变量 {name}: {} = {value}", ty.name()));
                self.declare(&name, ty, true);
                written.push(format!("可变 {name}"));
            } else {
                written.push(self.expr(ty, 1));
            }
        }
        format!("函{at}({})", written.join(", "))
    }

    /// A result, taken apart or passed on.
    fn attempted(&mut self, ty: &Ty, depth: usize) -> String {
        let (good, value) = (self.expr(&Ty::Bool, depth - 1), self.expr(ty, depth - 1));
        if self.random.one_in(6) {
            return format!("试({good}, {value})?");
        }
        let (name, other) = (self.name("成果"), self.expr(ty, depth - 1));
        format!("(匹配 试({good}, {value}) {{ 成({name}) => {name}, 败(_) => {other} }})")
    }

    pub fn without_calls<T>(&mut self, inside: impl FnOnce(&mut Self) -> T) -> T {
        let before = std::mem::replace(&mut self.now.no_calls, true);
        let value = inside(self);
        self.now.no_calls = before;
        value
    }

    /// A call that another task may make, and that cannot fail before it starts.
    pub fn harmless_call(&mut self, at: usize) -> String {
        let function = self.functions[at].clone();
        let scope = std::mem::take(&mut self.scope);
        let arguments: Vec<String> = function.params.iter().map(|it| self.literal(it, 0)).collect();
        self.scope = scope;
        format!("函{at}(油 - 1, {})", arguments.join(", "))
    }

    fn unwrapped(&mut self, ty: &Ty, depth: usize) -> String {
        let option = Ty::Option(Box::new(ty.clone()));
        let (value, other) = (self.expr(&option, depth - 1), self.expr(ty, depth - 1));
        match self.random.below(15) {
            0 => format!("({value})!"),
            _ => format!("({value} ?? {other})"),
        }
    }

    /// A function value, called.
    fn applied(&mut self, ty: &Ty, depth: usize) -> String {
        let known: Vec<(String, Vec<Ty>)> = self
            .visible()
            .filter_map(|it| match &it.ty {
                Ty::Function(params, result) if **result == *ty => Some((it.name.clone(), params.clone())),
                _ => None,
            })
            .collect();
        if let Some((name, params)) = self.random.pick(&known).cloned() {
            let arguments: Vec<String> = params.iter().map(|it| self.expr(it, depth - 1)).collect();
            return format!("{name}({})", arguments.join(", "));
        }
        let of = self.ty(1);
        let (closure, value) = (self.closure(std::slice::from_ref(&of), ty, depth - 1), self.expr(&of, depth - 1));
        format!("应用({closure}, {value})")
    }

    fn matched(&mut self, ty: &Ty, depth: usize) -> String {
        let arms = match self.random.below(3) {
            0 => {
                let value = self.expr(&Ty::Int, depth - 1);
                let [few, some, other] = [(); 3].map(|()| self.expr(ty, depth - 1));
                return format!("(匹配 {value} {{ 0 | 7 => {few}, 1..=5 => {some}, _ => {other} }})");
            }
            1 => {
                let of = self.ty(1);
                let value = self.expr(&Ty::Option(Box::new(of.clone())), depth - 1);
                let known = self.scope.len();
                let name = self.name("得");
                self.declare(&name, &of, false);
                let some = self.expr(ty, depth - 1);
                self.scope.truncate(known);
                let none = self.expr(ty, depth - 1);
                return format!("(匹配 {value} {{ 有({name}) => {some}, 无 => {none} }})");
            }
            _ => self.model.enums.len(),
        };
        let index = self.random.below(arms);
        let value = self.expr(&Ty::Enum(index), depth - 1);
        let cases = self.model.enums[index].clone();
        let mut written = Vec::new();
        for (at, parts) in cases.iter().enumerate() {
            let known = self.scope.len();
            let pattern = self.pattern(index, at, parts);
            written.push(format!("{pattern} => {}", self.expr(ty, depth - 1)));
            self.scope.truncate(known);
        }
        format!("(匹配 {value} {{ {} }})", written.join(", "))
    }

    /// Of an enum's case; declares what it binds.
    pub fn pattern(&mut self, index: usize, at: usize, parts: &[Ty]) -> String {
        let names: Vec<String> = parts
            .iter()
            .map(|ty| {
                let name = self.name("合");
                self.declare(&name, ty, false);
                name
            })
            .collect();
        let names = if names.is_empty() { String::new() } else { format!("({})", names.join(", ")) };
        format!("变{index}之{at}{names}")
    }

    fn operation(&mut self, ty: &Ty, depth: usize) -> String {
        let inner = depth - 1;
        match ty {
            Ty::Int => self.integer(inner),
            Ty::Sized(name) => match self.random.below(4) {
                0 => format!("(({} & 63) 作为 {name})", self.expr(&Ty::Int, inner)),
                _ => {
                    let operator = self.arithmetic();
                    format!("({} {operator} {})", self.expr(ty, inner), self.expr(ty, inner))
                }
            },
            Ty::Float => match self.random.below(4) {
                0 => format!("整数转浮点数({})", self.expr(&Ty::Int, inner)),
                _ => {
                    let operator = ["+", "-", "*", "/"][self.random.below(4)];
                    format!("({} {operator} {})", self.expr(ty, inner), self.expr(ty, inner))
                }
            },
            Ty::Bool => self.truth(inner),
            Ty::Text => self.text_value(inner),
            Ty::Char => format!("((\"末\" + {})[0])", self.expr(&Ty::Text, inner)),
            Ty::Array(of) => self.array(ty, of, inner),
            Ty::Option(of) => match self.random.below(4) {
                0 => format!("({}.首())", self.expr(&Ty::Array(of.clone()), inner)),
                1 => format!(
                    "({}.取({}))",
                    self.expr(&Ty::Dict(Box::new(Ty::Int), of.clone()), inner),
                    self.expr(&Ty::Int, inner)
                ),
                _ => self.literal(ty, depth),
            },
            _ => self.literal(ty, depth),
        }
    }

    fn integer(&mut self, inner: usize) -> String {
        match self.random.below(8) {
            0 => {
                let of = self.ty(1);
                format!("({}.长度)", self.expr(&Ty::Array(Box::new(of)), inner))
            }
            1 => format!("({}.长度)", self.expr(&Ty::Text, inner)),
            2 => format!("({} 作为 整数)", self.expr(&Ty::Sized("整数16"), inner)),
            3 => {
                let array = self.expr(&Ty::Array(Box::new(Ty::Int)), inner);
                format!("({array}.归约(0, (积, 项) => 积 &+ 项))")
            }
            _ => {
                let operator = self.arithmetic();
                format!("({} {operator} {})", self.expr(&Ty::Int, inner), self.expr(&Ty::Int, inner))
            }
        }
    }

    fn truth(&mut self, inner: usize) -> String {
        let of = self.ty(2);
        match self.random.below(6) {
            0 => format!("(非 {})", self.expr(&Ty::Bool, inner)),
            1 => format!("({} 且 {})", self.expr(&Ty::Bool, inner), self.expr(&Ty::Bool, inner)),
            2 => format!("({} 或 {})", self.expr(&Ty::Bool, inner), self.expr(&Ty::Bool, inner)),
            3 if of.is_ordered() => {
                let operator = ["<", "<=", ">", ">="][self.random.below(4)];
                format!("({} {operator} {})", self.expr(&of, inner), self.expr(&of, inner))
            }
            _ => {
                let operator = ["==", "!="][self.random.below(2)];
                format!("({} {operator} {})", self.expr(&of, inner), self.expr(&of, inner))
            }
        }
    }

    fn text_value(&mut self, inner: usize) -> String {
        match self.random.below(6) {
            0 => format!("短({} + {})", self.expr(&Ty::Text, inner), self.expr(&Ty::Text, inner)),
            1 => {
                let of = self.ty(1);
                format!("短(f\"〔{{{}}}〕\")", self.expr(&of, 0))
            }
            2 => format!("({}.替换(\"a\", \"乙丙\"))", self.expr(&Ty::Text, inner)),
            3 => format!("({}.转大写())", self.expr(&Ty::Text, inner)),
            4 => format!("((\"天地\" + {})[0..{}])", self.expr(&Ty::Text, inner), self.random.below(4)),
            _ => format!("({}.连接(\"，\"))", self.expr(&Ty::Array(Box::new(Ty::Text)), inner)),
        }
    }

    fn array(&mut self, ty: &Ty, of: &Ty, inner: usize) -> String {
        let array = self.expr(ty, inner);
        match self.random.below(6) {
            0 => format!("({array}.已反转())"),
            1 if of.is_ordered() => format!("({array}.已排序())"),
            2 => format!("({array}[..0])"),
            3 => {
                let from = self.ty(1);
                let source = self.expr(&Ty::Array(Box::new(from.clone())), inner);
                format!("({source}.映射({}))", self.closure(std::slice::from_ref(&from), of, inner))
            }
            4 => format!("({array}.过滤({}))", self.closure(std::slice::from_ref(of), &Ty::Bool, inner)),
            _ => self.literal(ty, inner + 1),
        }
    }
}

/// Calls `visit` with the variable and what can be reached in it without any chance of failing, and with first elements,
/// which may be missing.
pub fn parts(structs: &[Vec<Ty>], path: &str, ty: &Ty, depth: usize, visit: &mut impl FnMut(&str, &Ty)) {
    visit(path, ty);
    if depth == 0 {
        return;
    }
    let mut inside = |suffix: String, part: &Ty| parts(structs, &format!("{path}{suffix}"), part, depth - 1, visit);
    match ty {
        Ty::Struct(index) => structs[*index].iter().enumerate().for_each(|(at, ty)| inside(format!(".域{at}"), ty)),
        Ty::Tuple(types) => types.iter().enumerate().for_each(|(at, ty)| inside(format!(".{at}"), ty)),
        Ty::Array(of) => inside("[0]".into(), of),
        _ => {}
    }
}
