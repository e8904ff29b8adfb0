//! What to write where a type does not fit: one sentence for the pairs of types that beginners meet.

use super::body::BodyChecker;
use super::solver;
use crate::{AdtId, BinaryOp, Head, Mode, Ty, TyKind};
use qi_base::{Name, Text};

fn is_number(ty: Ty) -> bool {
    matches!(ty.kind(), TyKind::Int(_) | TyKind::Float(_))
}

impl BodyChecker<'_, '_> {
    /// For an error used as a 字符串.
    fn error_text_hint() -> Text {
        Text::new("错误不是字符串：它的文字是“.消息()”", "an error is no 字符串: its text is `.消息()`")
    }
    fn option_hint() -> Text {
        Text::new(
            "可能没有值：用“?? 默认值”、“如果 变量 x = …”或“!”取出",
            "the value may be missing: use `?? default`, `如果 变量 x = …` or `!`",
        )
    }
    /// For 空 beside an option.
    fn none_hint() -> Text {
        Text::new("没有值写“无”；“空”是另一种类型", "no value is written `无`; `空` is a type of its own")
    }
    fn result_hint() -> Text {
        Text::new("结果可能是 败：用“?”取出成功的值", "the result may be an error: take the value out with `?`")
    }
    fn task_hint() -> Text {
        Text::new("这是任务的句柄：在前面加“等待”", "this is the handle of a task: put `等待` in front")
    }

    /// For the members, elements and parts of something that only leads to the value which has them.
    pub fn member_hint(&self, ty: Ty) -> Option<Text> {
        let known = self.cx.known();
        if known.option_content(ty).is_some() {
            return Some(Text::new(
                "可能没有值：先用“如果 变量 x = …”、“??”或“!”取出",
                "the value may be missing: take it out with `如果 变量 x = …`, `??` or `!` first",
            ));
        }
        match ty.kind() {
            TyKind::Task(_) => Some(Self::task_hint()),
            TyKind::Dynamic(id, _) if Some(*id) == known.error => Some(Text::new(
                "这里可以是任何错误，只有“.消息()”；要用某一种错误的字段，写“捕获 e: 类型”",
                "this may be any error, which has only `.消息()`; for the fields of one kind write `捕获 e: Type`",
            )),
            TyKind::Lock(_) => Some(Text::new(
                "锁里面的值用“读()”取出，用“改((可变 v) => …)”使用和修改",
                "the value in a lock is taken out with `读()`, used and changed with `改((可变 v) => …)`",
            )),
            TyKind::Shared(_) => Some(Text::new(
                "里面的值用“取()”取出，用“改((可变 v) => …)”使用和修改",
                "the value inside is taken out with `取()`, used and changed with `改((可变 v) => …)`",
            )),
            TyKind::Weak(_) => Some(Text::new(
                "先看它还在不在：“如果 变量 共 = x.升级() { … }”",
                "see first whether it is still there: `如果 变量 共 = x.升级() { … }`",
            )),
            TyKind::Param(_, name) => Some(Text::new(
                format!("“{name}”可以是任何类型：写出有这个方法的特性，“{name}: 特性”"),
                format!("`{name}` may be any type: name the trait that has the method, `{name}: trait`"),
            )),
            _ => known.result_content(ty).map(|_| Self::result_hint()),
        }
    }

    /// For a lazy method of what only gives a generator, by its type or by its bound.
    pub fn iteration_hint(&self, ty: Ty, method: Name) -> Option<Text> {
        let signatures = &self.cx.analysis.signatures;
        let iterable = self.cx.known().iterable?;
        let is_lazy = signatures.inherent.contains_key(&(Head::Generator, method));
        let iterates = match ty.kind() {
            TyKind::Param(id, _) => signatures.bounds.get(id).into_iter().flatten().any(|it| it.trait_ == iterable),
            _ => solver::find_impl_args(self.program, signatures, iterable, self.table.resolve(ty)).is_some(),
        };
        (is_lazy && iterates).then(|| {
            Text::new(
                format!("先取它的生成器：“….迭代().{method}(…)”"),
                format!("take its generator first: `….迭代().{method}(…)`"),
            )
        })
    }

    /// Literals count as what they are by themselves.
    pub fn mismatch_hint(&self, found: Ty, expected: Ty) -> Option<Text> {
        let (found, expected) = (self.table.shown(found), self.table.shown(expected));
        let known = self.cx.known();
        if found.is_unit() && known.option_content(expected).is_some() {
            return Some(Self::none_hint());
        }
        if let Some(content) = known.option_content(found) {
            if content == expected {
                return Some(Self::option_hint());
            }
            if content.has_infer() && known.result_content(expected).is_none() {
                let target = match expected.kind() {
                    // `函数(): 整数?` gives an optional result.
                    TyKind::Function { .. } => format!("({})", self.text(expected)),
                    _ => self.text(expected),
                };
                return Some(Text::new(
                    format!("只有可选的类型才可以没有值：“{target}?”"),
                    format!("only an optional type may be without a value: `{target}?`"),
                ));
            }
        }
        if known.result_content(found).is_some_and(|it| it.0 == expected) {
            return Some(Self::result_hint());
        }
        if known.result_content(expected).is_some_and(|it| it.0 == found) {
            return Some(Text::new("成功的值写成“成(…)”", "write a value of success as `成(…)`"));
        }
        match (found.kind(), expected.kind()) {
            (TyKind::Function { .. }, _) => self.function_hint(found, expected),
            (TyKind::Dynamic(it, _), TyKind::Str) if Some(*it) == known.error => Some(Self::error_text_hint()),
            (TyKind::Task(it), _) if *it == expected => Some(Self::task_hint()),
            (_, TyKind::Bool) if is_number(found) => Some(Text::new(
                "数不能当条件：写出比较，如“x != 0”",
                "a number is no condition: compare it, as in `x != 0`",
            )),
            (_, TyKind::Bool) if known.option_content(found).is_some() => Some(Text::new(
                "可选的值不能当条件：写“x != 无”，或用“如果 变量 值 = x”取出",
                "an option is no condition: write `x != 无`, or take the value out with `如果 变量 值 = x`",
            )),
            (TyKind::Str | TyKind::Array(_), TyKind::Bool) => Some(Text::new(
                "有没有内容要写出来：“x.是空()”或“非 x.是空()”",
                "whether there is anything in it is written `x.是空()` or `非 x.是空()`",
            )),
            (TyKind::Array(_), TyKind::Int(_)) => {
                Some(Text::new("要它有几个元素，写“.长度”", "for the number of its elements write `.长度`"))
            }
            (_, TyKind::Lock(it) | TyKind::Shared(it)) if *it == found => Some(Text::new(
                "新建写“锁(…)”或“共享(…)”；已有的，里面的值用“改”修改",
                "make a new one with `锁(…)` or `共享(…)`; change the value inside one with `改`",
            )),
            (TyKind::Adt(id, _), TyKind::Int(_)) | (TyKind::Int(_), TyKind::Adt(id, _)) if self.is_handle(*id) => {
                let name = self.program.adts[*id].name;
                Some(Text::new(
                    format!("{name}有自己的类型，不是整数：类型写“{name}”"),
                    format!("`{name}` is a type of its own, no number: write `{name}` as the type"),
                ))
            }
            (TyKind::Str, TyKind::Char) => {
                Some(Text::new("字符写在单引号里：'字'", "characters are written in single quotes: '字'"))
            }
            _ => self.conversion_hint(found, expected),
        }
    }

    /// What the public 奇语 has as a number.
    fn is_handle(&self, id: AdtId) -> bool {
        let it = &self.program.adts[id];
        self.program.modules[it.module].is_std && ["等待组", "互斥锁"].contains(&it.name.as_str())
    }

    fn function_hint(&self, found: Ty, expected: Ty) -> Option<Text> {
        match (found.kind(), expected.kind()) {
            (TyKind::Function { params: x, .. }, TyKind::Function { params: y, .. }) if x.len() != y.len() => {
                let (given, wanted) = (x.len(), y.len());
                Some(Text::new(
                    format!("参数个数不同：要 {wanted} 个，这里是 {given} 个"),
                    format!("the number of parameters differs: {wanted} wanted, {given} here"),
                ))
            }
            (TyKind::Function { params: x, .. }, TyKind::Function { params: y, .. })
                if x.iter().zip(y).any(|(x, y)| x.0 == Mode::Value && y.0 == Mode::InOut) =>
            {
                Some(Text::new(
                    "它要修改参数：在参数前面写“可变”，如“(可变 v) => …”",
                    "the parameter is to be changed: write `可变` before it, as in `(可变 v) => …`",
                ))
            }
            (TyKind::Function { params, result }, _) if *result == expected => {
                let what = if params.is_empty() { "括号" } else { "括号和参数" };
                Some(Text::new(
                    format!("这是函数，不是它的结果：在后面写上{what}来调用"),
                    "this is the function, not its result: call it with parentheses",
                ))
            }
            _ => None,
        }
    }

    fn conversion_hint(&self, found: Ty, expected: Ty) -> Option<Text> {
        let target = self.text(expected);
        match (found.kind(), expected.kind()) {
            _ if is_number(found) && is_number(expected) => Some(Text::new(
                format!("数不会自动转换：写“… 作为 {target}”"),
                format!("numbers never convert by themselves: write `… 作为 {target}`"),
            )),
            (TyKind::Int(_) | TyKind::Float(_) | TyKind::Char | TyKind::Bool, TyKind::Str) => {
                Some(Text::new("用 .转字符串() 或 字符串(…) 转换", "convert with .转字符串() or 字符串(…)"))
            }
            (TyKind::Str, _) if is_number(expected) => {
                Some(Text::new(format!("用 {target}(…)? 转换"), format!("convert with {target}(…)?")))
            }
            _ => None,
        }
    }

    /// For operands that an operator does not take.
    pub fn operand_hint(&self, op: BinaryOp, operands: [Ty; 2]) -> Option<Text> {
        let operands = operands.map(|it| self.table.shown(it));
        let known = self.cx.known();
        if matches!(op, BinaryOp::And | BinaryOp::Or) {
            let wrong = operands.into_iter().find(|it| *it.kind() != TyKind::Bool)?;
            return self.mismatch_hint(wrong, Ty::bool());
        }
        let any = |is: &dyn Fn(Ty) -> bool| operands.iter().any(|&it| is(it));
        if operands.iter().all(|&it| is_number(it)) {
            return Some(Text::new(
                "数不会自动转换：写“… 作为 类型”",
                "numbers never convert by themselves: write `… 作为 type`",
            ));
        }
        if any(&|it| *it.kind() == TyKind::Char) && any(&|it| *it.kind() == TyKind::Str) {
            return Some(Text::new(
                "字符和字符串是两种类型：字符写在单引号里，如 '字'",
                "characters and strings are two types: characters are written in single quotes, as '字'",
            ));
        }
        if any(&|it| *it.kind() == TyKind::Char) && any(&is_number) {
            return Some(Text::new(
                "字符不是数：码点用“c 作为 整数”取出，“n 作为 字符”变回字符",
                "a character is no number: `c 作为 整数` gives its code point, `n 作为 字符` the character",
            ));
        }
        if let Some(TyKind::Param(_, name)) =
            operands.iter().map(|it| it.kind()).find(|it| matches!(it, TyKind::Param(..)))
        {
            return Some(Text::new(
                format!("“{name}”可以是任何类型，没有表示“能算”的特性：写具体的类型，或者把算法作为函数传进来"),
                format!(
                    "`{name}` may be any type, and no trait stands for arithmetic: name the type or pass a function"
                ),
            ));
        }
        let is_error = |it: Ty| matches!(it.kind(), TyKind::Dynamic(it, _) if Some(*it) == known.error);
        if any(&is_error) && any(&|it| *it.kind() == TyKind::Str) {
            return Some(Self::error_text_hint());
        }
        if any(&|it| known.option_content(it).is_some()) {
            return Some(if any(&Ty::is_unit) { Self::none_hint() } else { Self::option_hint() });
        }
        if any(&|it| known.result_content(it).is_some()) {
            return Some(Self::result_hint());
        }
        if any(&|it| matches!(it.kind(), TyKind::Task(_))) {
            return Some(Self::task_hint());
        }
        if any(&|it| matches!(it.kind(), TyKind::Atomic)) {
            return Some(Text::new("原子整数用方法：加、减、读、写", "an 原子整数 has methods: 加, 减, 读, 写"));
        }
        let uncalled =
            operands.iter().any(|it| matches!(it.kind(), TyKind::Function { result, .. } if !result.is_unit()));
        if uncalled {
            return Some(Text::new(
                "函数本身不能运算：在后面写上括号来调用",
                "a function is no operand: call it with parentheses behind it",
            ));
        }
        any(&|it| matches!(it.kind(), TyKind::Lock(_) | TyKind::Shared(_))).then(|| {
            Text::new(
                "里面的值用“改”修改，用“读”或“取”取出",
                "change the value inside with `改`, take it out with `读` or `取`",
            )
        })
    }
}
