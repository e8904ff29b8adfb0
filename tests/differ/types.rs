//! The types of a generated program, and what it declares.

use qi_tests::random::Random;

#[derive(Clone, PartialEq, Debug)]
pub enum Ty {
    Int,
    /// A sized integer, by its name.
    Sized(&'static str),
    Float,
    Bool,
    Char,
    Text,
    Array(Box<Ty>),
    Dict(Box<Ty>, Box<Ty>),
    Option(Box<Ty>),
    Tuple(Vec<Ty>),
    Struct(usize),
    Enum(usize),
    /// Only of parameters and locals, so that every other value prints and compares.
    Function(Vec<Ty>, Box<Ty>),
}

const SIZED: [&str; 5] = ["整数8", "整数16", "整数32", "字节", "无符号64"];

/// Field `i` of a struct is `域i`; case `j` of enum `i` is `变i之j`.
#[derive(Default)]
pub struct Model {
    pub structs: Vec<Vec<Ty>>,
    pub enums: Vec<Vec<Vec<Ty>>>,
}

impl Ty {
    pub fn name(&self) -> String {
        let list = |types: &[Ty]| types.iter().map(Ty::name).collect::<Vec<_>>().join(", ");
        match self {
            Ty::Int => "整数".into(),
            Ty::Sized(name) => (*name).into(),
            Ty::Float => "浮点数".into(),
            Ty::Bool => "布尔".into(),
            Ty::Char => "字符".into(),
            Ty::Text => "字符串".into(),
            Ty::Array(of) => format!("数组<{}>", of.name()),
            Ty::Dict(key, value) => format!("字典<{}, {}>", key.name(), value.name()),
            Ty::Option(of) => format!("选项<{}>", of.name()),
            Ty::Tuple(parts) => format!("({})", list(parts)),
            Ty::Struct(index) => format!("型{index}"),
            Ty::Enum(index) => format!("枚{index}"),
            Ty::Function(params, result) => format!("函数({}): {}", list(params), result.name()),
        }
    }

    /// Has an order of its own.
    pub fn is_ordered(&self) -> bool {
        match self {
            Ty::Int | Ty::Sized(_) | Ty::Float | Ty::Char | Ty::Text => true,
            Ty::Tuple(parts) => parts.iter().all(Ty::is_ordered),
            Ty::Array(of) => of.is_ordered(),
            _ => false,
        }
    }
}

impl Model {
    pub fn random(random: &mut Random) -> Self {
        let mut model = Self::default();
        for index in 0..1 + random.below(3) {
            let mut fields: Vec<Ty> = (0..1 + random.below(3)).map(|_| model.ty(random, 2)).collect();
            if random.one_in(2) {
                fields.push(Ty::Option(Box::new(Ty::Struct(index))));
            }
            model.structs.push(fields);
        }
        for index in 0..1 + random.below(2) {
            // The first case ends every recursion.
            let mut cases = vec![(0..random.below(2)).map(|_| model.ty(random, 1)).collect::<Vec<_>>()];
            for _ in 0..1 + random.below(3) {
                let mut parts: Vec<Ty> = (0..random.below(3)).map(|_| model.ty(random, 1)).collect();
                if random.one_in(3) {
                    parts.insert(random.below(parts.len() + 1), Ty::Enum(index));
                }
                cases.push(parts);
            }
            model.enums.push(cases);
        }
        model
    }

    /// A type of values; those declared so far may occur in it.
    pub fn ty(&self, random: &mut Random, depth: usize) -> Ty {
        let of = |random: &mut Random| Box::new(self.ty(random, depth - 1));
        match random.below(if depth == 0 { 8 } else { 16 }) {
            0..=2 => Ty::Int,
            3 => Ty::Sized(random.pick(&SIZED).copied().unwrap_or("整数32")),
            4 => Ty::Float,
            5 => Ty::Bool,
            6 => Ty::Char,
            7 => Ty::Text,
            8 | 9 => Ty::Array(of(random)),
            10 => Ty::Dict(Box::new(self.key(random)), of(random)),
            11 => Ty::Option(of(random)),
            12 => Ty::Tuple((0..2 + random.below(2)).map(|_| self.ty(random, depth - 1)).collect()),
            13 | 14 if !self.structs.is_empty() => Ty::Struct(random.below(self.structs.len())),
            _ if !self.enums.is_empty() => Ty::Enum(random.below(self.enums.len())),
            _ => Ty::Text,
        }
    }

    fn key(&self, random: &mut Random) -> Ty {
        match random.below(5) {
            0 | 1 => Ty::Int,
            2 => Ty::Text,
            3 => Ty::Char,
            _ => Ty::Tuple(vec![Ty::Int, Ty::Text]),
        }
    }

    pub fn function(&self, random: &mut Random) -> Ty {
        let params = (0..1 + random.below(2)).map(|_| self.ty(random, 1)).collect();
        Ty::Function(params, Box::new(self.ty(random, 1)))
    }

    pub fn declarations(&self) -> String {
        let mut text = String::new();
        for (index, fields) in self.structs.iter().enumerate() {
            let fields: Vec<String> =
                fields.iter().enumerate().map(|(at, ty)| format!("域{at}: {}", ty.name())).collect();
            text += &format!("类型 型{index} {{ {} }}\n", fields.join(", "));
        }
        for (index, cases) in self.enums.iter().enumerate() {
            let cases: Vec<String> = cases.iter().enumerate().map(|(at, parts)| case(index, at, parts)).collect();
            text += &format!("枚举 枚{index} {{ {} }}\n", cases.join(", "));
        }
        text
    }
}

fn case(index: usize, at: usize, parts: &[Ty]) -> String {
    let parts: Vec<String> = parts.iter().map(Ty::name).collect();
    if parts.is_empty() { format!("变{index}之{at}") } else { format!("变{index}之{at}({})", parts.join(", ")) }
}
