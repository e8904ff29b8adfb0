//! Names for people and for the linker: types as Qi writes them, functions as their author knows them, unique symbols.

use crate::context::Lower;
use qi_hir::{FunctionId, IntType, Mode, Owner, Ty, TyKind};

impl Lower<'_> {
    /// `数组<整数>`
    pub fn type_name(&self, ty: Ty) -> String {
        let list = |parts: &[Ty]| parts.iter().map(|&it| self.type_name(it)).collect::<Vec<_>>().join(", ");
        match ty.kind() {
            TyKind::Error | TyKind::Infer(_) => "?".to_owned(),
            TyKind::Never | TyKind::Unit => "空".to_owned(),
            TyKind::Bool => "布尔".to_owned(),
            TyKind::Char => "字符".to_owned(),
            TyKind::Int(it) => IntType::qi_name(*it).to_owned(),
            TyKind::Float(32) => "浮点数32".to_owned(),
            TyKind::Float(_) => "浮点数".to_owned(),
            TyKind::Str => "字符串".to_owned(),
            TyKind::Tuple(parts) => format!("({})", list(parts)),
            TyKind::Array(it) => format!("数组<{}>", self.type_name(*it)),
            TyKind::Adt(id, parts) => with_args(self.program.adts[*id].name.as_str(), &list(parts)),
            TyKind::Dynamic(id, parts) => {
                format!("任意 {}", with_args(self.program.traits[*id].name.as_str(), &list(parts)))
            }
            TyKind::Function { params, result } => {
                let params: Vec<String> = params
                    .iter()
                    .map(|&(mode, it)| match mode {
                        Mode::Value => self.type_name(it),
                        Mode::InOut => format!("可变 {}", self.type_name(it)),
                    })
                    .collect();
                format!("函数({}): {}", params.join(", "), self.type_name(*result))
            }
            TyKind::Task(it) => format!("未来<{}>", self.type_name(*it)),
            TyKind::Generator(item, sent) if sent.is_unit() => format!("生成器<{}>", self.type_name(*item)),
            TyKind::Generator(item, sent) => format!("生成器<{}, {}>", self.type_name(*item), self.type_name(*sent)),
            TyKind::Channel(it) => format!("通道<{}>", self.type_name(*it)),
            TyKind::Lock(it) => format!("锁<{}>", self.type_name(*it)),
            TyKind::Shared(it) => format!("共享<{}>", self.type_name(*it)),
            TyKind::Weak(it) => format!("弱<{}>", self.type_name(*it)),
            TyKind::Atomic => "原子整数".to_owned(),
            TyKind::Pointer(it) => format!("指针<{}>", self.type_name(*it)),
            TyKind::CStr => "C字符串".to_owned(),
            TyKind::Handle => "内建对象".to_owned(),
            TyKind::Param(_, name) => name.as_str().to_owned(),
        }
    }

    /// `银行.转账`: for stacks and dumps.
    pub fn function_name(&self, id: FunctionId) -> String {
        let function = &self.program.functions[id];
        match function.owner {
            Owner::Module => function.name.as_str().to_owned(),
            Owner::Impl(it) => {
                let target = self.analysis.signatures.impls[it].target;
                format!("{}.{}", self.head_name(target), function.name)
            }
            Owner::Trait(it) => format!("{}.{}", self.program.traits[it].name, function.name),
        }
    }

    /// Name of a type without its arguments.
    fn head_name(&self, ty: Ty) -> String {
        match ty.kind() {
            TyKind::Adt(id, _) => self.program.adts[*id].name.as_str().to_owned(),
            TyKind::Array(_) => "数组".to_owned(),
            TyKind::Generator(..) => "生成器".to_owned(),
            TyKind::Task(_) => "未来".to_owned(),
            TyKind::Channel(_) => "通道".to_owned(),
            TyKind::Lock(_) => "锁".to_owned(),
            TyKind::Shared(_) => "共享".to_owned(),
            TyKind::Weak(_) => "弱".to_owned(),
            _ => self.type_name(ty),
        }
    }

    /// `qi.模块.银行.转账<整数>`, before it is made unique.
    pub fn function_symbol(&self, id: FunctionId, generics: &[Ty]) -> String {
        let module = &self.program.modules[self.program.functions[id].module];
        let args: Vec<String> = generics.iter().map(|&it| self.type_name(it)).collect();
        with_args(&format!("qi.{}.{}", module.name, self.function_name(id)), &args.join(", "))
    }

    /// The text, or the text with a number where an earlier symbol has it already.
    pub fn unique_symbol(&mut self, text: &str) -> String {
        let count = self.symbols.entry(text.to_owned()).or_insert(0);
        *count += 1;
        if *count == 1 { text.to_owned() } else { format!("{text}#{count}") }
    }
}

fn with_args(name: &str, args: &str) -> String {
    if args.is_empty() { name.to_owned() } else { format!("{name}<{args}>") }
}
