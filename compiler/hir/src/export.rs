//! How C sees an 导出 function: the one description that the checker judges, the header prints and the C entry is compiled
//! from. It follows from the written signature alone.

use crate::{AdtKind, FunctionSignature, Known, Program, Ty, TyKind};
use qi_base::Text;

/// The result of an exported function, taken apart. C gets a `value`, or the error of the call through `qi_last_error`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Export {
    /// What a successful call gives.
    pub value: Ty,
    /// The E of 结果<T, E>: the call returns a status, and the value through a pointer.
    pub error: Option<Ty>,
    /// There is a second entry, which calls back instead of waiting.
    has_callback: bool,
}

impl Export {
    /// Also right before it is known whether `函数 f(): 未来<T>` counts as 异步.
    pub fn of(known: Known, signature: &FunctionSignature) -> Self {
        let task = match signature.result.kind() {
            TyKind::Task(content) if !signature.is_async => Some(*content),
            _ => None,
        };
        let result = task.unwrap_or(signature.result);
        let (value, error) = match known.result_content(result) {
            Some((value, error)) => (value, Some(error)),
            None => (result, None),
        };
        Self { value, error, has_callback: signature.is_async || task.is_some() }
    }

    /// The name of the entry that calls back, given that of the other.
    pub fn callback(&self, symbol: &str) -> Option<String> {
        self.has_callback.then(|| format!("{symbol}_async"))
    }
}

/// What an exported function could take or give for a value of a type that C does not know.
pub(crate) fn instead(program: &Program, known: Known, ty: Ty) -> Text {
    let (zh, en) = match ty.kind() {
        TyKind::Array(_) => ("数组：传 指针<T> 和个数", "for an array, pass a 指针<T> and the number of elements"),
        TyKind::Adt(..) if known.option_content(ty).is_some() => (
            "可以没有的值：结果写 结果<T>，参数用一个约定的值",
            "for a value that may be missing, write 结果<T> as the result, or agree on a value that stands for none",
        ),
        TyKind::Adt(..) if known.result_content(ty).is_some() => {
            ("结果<T> 只能是函数的结果", "结果<T> can only be the result of the function")
        }
        TyKind::Tuple(_) => ("元组：写成 外部 块里的 类型", "for a tuple, declare a 类型 in an 外部 block"),
        TyKind::Adt(id, _) => match program.adts[*id].kind {
            AdtKind::Struct(_) if !program.modules[program.adts[*id].module].is_std => {
                ("结构：写成 外部 块里的 类型", "for a struct, declare the 类型 in an 外部 block")
            }
            AdtKind::Enum(_) if !program.modules[program.adts[*id].module].is_std => {
                ("枚举：传一个整数", "for an enum, pass an integer")
            }
            _ => KEPT,
        },
        _ => KEPT,
    };
    Text::new(zh, en)
}

const KEPT: (&str, &str) =
    ("别的值留在 Qi 里，给 C 一个编号", "keep other values in Qi, and give C a number that stands for the value");
