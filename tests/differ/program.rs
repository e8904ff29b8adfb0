//! A random program that the checker accepts: declarations, functions that only call earlier ones, and a main function
//! that calls them all and prints what they give. It ends, whatever it does: calls carry fuel, loops count.

use crate::members::Method;
use crate::types::{Model, Ty};
use qi_tests::random::Random;

/// What every program can use; generic, so a type that is only known from outside needs no annotation.
const PRELUDE: &str = "\
函数 空列<T>(): 数组<T> { 变量 列: 数组<T> = []; 返回 列 }
函数 空表<K: 等同 + 散列, V>(): 字典<K, V> { 变量 表: 字典<K, V> = {}; 返回 表 }
函数 没有<T>(): T? { 返回 无 }
函数 恒等<T>(值: T): T { 返回 值 }
函数 更大<T: 可比较>(一: T, 二: T): T { 如果 一 < 二 { 返回 二 }; 返回 一 }
函数 应用<T, R>(做: 函数(T): R, 值: T): R { 返回 做(值) }
函数 改成<T>(可变 处: T, 新: T): T { 变量 旧 = 处; 处 = 新; 返回 旧 }
函数 试<T>(好: 布尔, 值: T): 结果<T> { 如果 好 { 返回 成(值) }; 返回 败(\"坏\") }
函数 短(文: 字符串): 字符串 { 如果 文.长度 > 40 { 返回 文[0..40] }; 返回 文 }
";

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Plain,
    /// 异步: called with 等待 in front.
    Async,
    /// 协程: its result is what it yields.
    Generator,
}

#[derive(Clone)]
pub struct Function {
    pub kind: Kind,
    pub params: Vec<Ty>,
    /// The first parameter behind the fuel is 可变.
    pub in_out: bool,
    pub result: Ty,
    pub suspends: bool,
}

pub struct Variable {
    pub name: String,
    pub ty: Ty,
    pub can_change: bool,
}

/// What may stand in the function that is being written.
#[derive(Default)]
pub struct Current {
    /// Statements that it may still get.
    pub budget: usize,
    pub result: Option<Ty>,
    pub yields: Option<Ty>,
    /// May wait here; a suspendable function, once called, makes its caller one.
    pub may_wait: bool,
    pub suspends: bool,
    /// Where there is no fuel to pass on.
    pub no_calls: bool,
    /// Around what is being written.
    pub loops: usize,
    pub closures: usize,
}

/// The program written so far, and where the next line stands.
pub struct Program {
    pub random: Random,
    pub model: Model,
    pub functions: Vec<Function>,
    pub methods: Vec<Method>,
    pub scope: Vec<Variable>,
    pub now: Current,
    /// Lines of concurrent tasks would come in any order.
    pub prints: bool,
    text: String,
    indent: usize,
    names: usize,
}

pub fn generate(seed: u64) -> String {
    let mut random = Random::new(seed);
    let model = Model::random(&mut random);
    let prints = random.one_in(2);
    let text = format!("{PRELUDE}{}", model.declarations());
    let mut program = Program {
        random,
        model,
        functions: Vec::new(),
        methods: Vec::new(),
        scope: Vec::new(),
        now: Current::default(),
        prints,
        text,
        indent: 0,
        names: 0,
    };
    program.trait_of_all();
    for _ in 0..3 + program.random.below(6) {
        if program.random.one_in(3) { program.method() } else { program.function() }
    }
    program.main();
    program.text
}

impl Program {
    pub fn name(&mut self, head: &str) -> String {
        self.names += 1;
        format!("{head}{}", self.names)
    }

    pub fn line(&mut self, text: &str) {
        for _ in 0..self.indent {
            self.text.push_str("    ");
        }
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// A header, what `inside` writes, and the closing brace; variables end with the block.
    pub fn braces(&mut self, header: &str, inside: impl FnOnce(&mut Self)) {
        self.line(&format!("{header} {{"));
        self.indent += 1;
        let known = self.scope.len();
        inside(self);
        self.scope.truncate(known);
        self.indent -= 1;
        self.line("}");
    }

    pub fn declare(&mut self, name: &str, ty: &Ty, can_change: bool) {
        self.scope.push(Variable { name: name.to_owned(), ty: ty.clone(), can_change });
    }

    pub fn ty(&mut self, depth: usize) -> Ty {
        self.model.ty(&mut self.random, depth)
    }

    fn function(&mut self) {
        let index = self.functions.len();
        let kind = match self.random.below(6) {
            0 => Kind::Async,
            1 => Kind::Generator,
            _ => Kind::Plain,
        };
        let mut params: Vec<Ty> = (0..1 + self.random.below(3)).map(|_| self.ty(2)).collect();
        if self.random.one_in(4) && kind == Kind::Plain {
            params.push(self.model.function(&mut self.random));
        }
        let in_out = kind == Kind::Plain && self.random.one_in(4);
        let result = self.ty(2);
        self.now.may_wait = kind == Kind::Async || self.random.one_in(5);
        self.now.suspends = false;
        self.now.budget = 6 + self.random.below(14);
        (self.now.result, self.now.yields) = match kind {
            Kind::Generator => (None, Some(result.clone())),
            _ => (Some(result.clone()), None),
        };
        let written: Vec<String> = params
            .iter()
            .enumerate()
            .map(|(at, ty)| format!("{}参{at}: {}", if in_out && at == 0 { "可变 " } else { "" }, ty.name()))
            .collect();
        let head = match kind {
            Kind::Plain => "函数",
            Kind::Async => "异步 函数",
            Kind::Generator => "协程 函数",
        };
        let header = format!("{head} 函{index}(油: 整数, {}): {}", written.join(", "), result.name());
        self.braces(&header, |it| {
            for (at, ty) in params.iter().enumerate() {
                let can_change = !matches!(ty, Ty::Function(..));
                it.declare(&format!("参{at}"), ty, can_change);
            }
            let empty = if kind == Kind::Generator { String::new() } else { it.expr(&result, 0) };
            it.line(&format!("如果 油 <= 0 {{ 返回 {empty} }}"));
            if it.now.may_wait && kind == Kind::Async {
                it.line("让出执行()");
                it.now.suspends = true;
            }
            if kind == Kind::Generator {
                return it.generator_body(index, &result);
            }
            it.statements();
            let last = it.expr(&result, 3);
            it.line(&format!("返回 {last}"));
        });
        let suspends = self.now.suspends;
        self.functions.push(Function { kind, params, in_out, result, suspends });
    }

    /// Some tell when they end.
    fn generator_body(&mut self, index: usize, item: &Ty) {
        let body = |it: &mut Self| {
            it.statements();
            let last = it.expr(item, 2);
            it.line(&format!("让出 {last}"));
        };
        if !self.prints || self.random.one_in(2) {
            return body(self);
        }
        self.braces("尝试", body);
        self.braces("最终", |it| it.line(&format!("打印(\"函{index} 收\")")));
    }

    fn main(&mut self) {
        (self.now.result, self.now.yields, self.now.may_wait) = (None, None, true);
        self.braces("函数 主函数()", |it| {
            it.line("常量 油 = 4");
            for index in 0..it.functions.len() {
                for _ in 0..2 {
                    it.now.budget = 3;
                    it.braces("尝试", |it| it.try_out(index));
                    it.catch();
                }
            }
        });
    }

    /// Calls a function and shows what comes back, in one of the ways there are.
    fn try_out(&mut self, index: usize) {
        let function = self.functions[index].clone();
        if self.random.one_in(2) {
            self.statements();
        }
        let call = self.arguments(index);
        match function.kind {
            Kind::Generator => {
                self.braces(&format!("对于 值 在 {call}"), |it| it.line("打印(值)"));
            }
            Kind::Async if self.random.one_in(2) => self.line(&format!("打印(等待 {call})")),
            Kind::Plain if function.in_out || self.random.one_in(2) => self.line(&format!("打印({call})")),
            Kind::Async | Kind::Plain => {
                let (one, two) = (self.harmless_call(index), self.harmless_call(index));
                match self.prints {
                    true => self.line(&format!("打印(等待 (启动 {one}))")),
                    false => self.line(&format!("打印(等待 全部([启动 {one}, 启动 {two}]))")),
                }
            }
        }
    }

    pub fn catch(&mut self) {
        let is_main = self.now.result.is_none() && self.now.yields.is_none();
        self.braces("捕获 错", |it| {
            if it.prints || is_main {
                it.line("打印(\"错：\", 错)");
            }
        });
    }
}
