//! Types as the user would write them. Inference variables print as `_`; what makes a text too long to read as `…`.

use crate::{Mode, Program, Ty, TyKind};
use std::fmt::Write;

/// Parts that begin further on are left out.
const MAX_BYTES: usize = 600;

pub fn type_text(program: &Program, ty: Ty) -> String {
    let mut text = String::new();
    write_type(program, ty, &mut text);
    text
}

fn write_type(program: &Program, ty: Ty, out: &mut String) {
    if out.len() > MAX_BYTES {
        return out.push('…');
    }
    match ty.kind() {
        TyKind::Error | TyKind::Infer(_) => out.push('_'),
        TyKind::Never => out.push_str("永不返回"),
        TyKind::Unit => out.push('空'),
        TyKind::Bool => out.push_str("布尔"),
        TyKind::Char => out.push_str("字符"),
        TyKind::Int(it) => out.push_str(it.qi_name()),
        TyKind::Float(64) => out.push_str("浮点数"),
        TyKind::Float(bits) => write!(out, "浮点数{bits}").expect("writing to a string"),
        TyKind::Str => out.push_str("字符串"),
        TyKind::Tuple(parts) => {
            out.push('(');
            list(program, parts, out);
            out.push_str(if parts.len() == 1 { ",)" } else { ")" });
        }
        TyKind::Array(it) => wrapped(program, "数组", &[*it], out),
        TyKind::Adt(id, args) => adt(program, *id, args, out),
        TyKind::Function { params, result } => function(program, params, *result, out),
        TyKind::Dynamic(id, args) => {
            out.push_str("任意 ");
            wrapped(program, program.traits[*id].name.as_str(), args, out);
        }
        TyKind::Task(it) => wrapped(program, "未来", &[*it], out),
        TyKind::Generator(item, sent) if sent.is_unit() => wrapped(program, "生成器", &[*item], out),
        TyKind::Generator(item, sent) => wrapped(program, "生成器", &[*item, *sent], out),
        TyKind::Channel(it) => wrapped(program, "通道", &[*it], out),
        TyKind::Lock(it) => wrapped(program, "锁", &[*it], out),
        TyKind::Shared(it) => wrapped(program, "共享", &[*it], out),
        TyKind::Weak(it) => wrapped(program, "弱", &[*it], out),
        TyKind::Atomic => out.push_str("原子整数"),
        TyKind::Pointer(it) => wrapped(program, "指针", &[*it], out),
        TyKind::CStr => out.push_str("C字符串"),
        TyKind::Handle => out.push_str("内建对象"),
        // An implicit parameter is called after its trait.
        TyKind::Param(_, name) => out.push_str(name.as_str().split('#').next().unwrap_or_default()),
    }
}

fn adt(program: &Program, id: crate::AdtId, args: &[Ty], out: &mut String) {
    let adt = &program.adts[id];
    if adt.intrinsic.as_deref() == Some("option") && args.len() == 1 {
        let simple = !matches!(args[0].kind(), TyKind::Dynamic(..) | TyKind::Function { .. });
        out.push_str(if simple { "" } else { "(" });
        write_type(program, args[0], out);
        out.push_str(if simple { "?" } else { ")?" });
        return;
    }
    wrapped(program, adt.name.as_str(), args, out);
}

fn function(program: &Program, params: &[(Mode, Ty)], result: Ty, out: &mut String) {
    out.push_str("函数(");
    for (index, (mode, ty)) in params.iter().enumerate() {
        out.push_str(if index > 0 { ", " } else { "" });
        out.push_str(if *mode == Mode::InOut { "可变 " } else { "" });
        write_type(program, *ty, out);
    }
    out.push(')');
    if !result.is_unit() {
        out.push_str(": ");
        write_type(program, result, out);
    }
}

fn wrapped(program: &Program, name: &str, args: &[Ty], out: &mut String) {
    out.push_str(name);
    if !args.is_empty() {
        out.push('<');
        list(program, args, out);
        out.push('>');
    }
}

fn list(program: &Program, parts: &[Ty], out: &mut String) {
    for (index, part) in parts.iter().enumerate() {
        out.push_str(if index > 0 { ", " } else { "" });
        if out.len() > MAX_BYTES {
            return out.push('…');
        }
        write_type(program, *part, out);
    }
}
