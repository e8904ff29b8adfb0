//! Changing names, and when that is refused.

use super::Fixture;

/// The texts after it, or the reason against it.
fn renamed(files: &[(&str, &str)], new: &str) -> Result<Vec<(String, String)>, String> {
    let mut it = Fixture::new(files);
    it.workspace.renameable(&mut it.disk, &it.path, it.offset).map_err(|it| it.zh)?;
    let changed = it.workspace.rename(&mut it.disk, &it.path, it.offset, new).map_err(|it| it.zh)?;
    let apply = |it: crate::Renamed| {
        let mut text = it.file.text.clone();
        for edit in it.edits.iter().rev() {
            text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
        }
        (it.file.path.file_name().unwrap_or_default().to_string_lossy().into_owned(), text)
    };
    Ok(changed.into_iter().map(apply).collect())
}
fn check(text: &str, new: &str, wanted: &str) {
    let wanted = vec![("主.qi".to_owned(), wanted.to_owned())];
    assert_eq!(renamed(&[("主.qi", text)], new), Ok(wanted), "{text}");
}
fn refused(text: &str, new: &str, wanted: &str) {
    assert_eq!(renamed(&[("主.qi", text)], new), Err(wanted.to_owned()), "{text}");
}

#[test]
fn only_the_right_binding() {
    check(
        "变量 甲 = 1\n如果 真 { 变量 甲 = 2; 打印(甲$0) }\n打印(甲)\n",
        "丙",
        "变量 甲 = 1\n如果 真 { 变量 丙 = 2; 打印(丙) }\n打印(甲)\n",
    );
    check(
        "函数 加(甲: 整数): 整数 { 返回 甲$0 }\n打印(加(甲: 1), f\"{加(2)}\")\n",
        "a",
        "函数 加(a: 整数): 整数 { 返回 a }\n打印(加(a: 1), f\"{加(2)}\")\n",
    );
}

#[test]
fn short_forms_are_written_out() {
    let text = "类型 点 { 横: 整数, 纵: 整数 }\n变量 横 = 1\n变量 p = 点 { 横, 纵: 2 }\n匹配 p {\n点 { 横, 纵 } => 打印(横, 纵),\n}\n打印(p.横)\n";
    check(
        &text.replace("变量 横", "变量 横$0"),
        "长",
        &text.replace("变量 横", "变量 长").replace("点 { 横, 纵: 2 }", "点 { 横: 长, 纵: 2 }"),
    );
    check(
        &text.replace("p.横", "p.横$0"),
        "宽",
        "类型 点 { 宽: 整数, 纵: 整数 }\n变量 横 = 1\n变量 p = 点 { 宽: 横, 纵: 2 }\n匹配 p {\n点 { 宽: 横, 纵 } => 打印(横, 纵),\n}\n打印(p.宽)\n",
    );
    check(
        &text.replace("打印(横", "打印($0横"),
        "宽",
        &text.replace("点 { 横, 纵 } => 打印(横", "点 { 横: 宽, 纵 } => 打印(宽"),
    );
}

#[test]
fn methods_variants_and_raw_names() {
    check(
        "特性 形 { 函数 长(): 整数 }\n类型 点 { x: 整数 }\n实现 形 对于 点 { 函数 长$0(): 整数 { 返回 1 } }\n函数 f(t: 形): 整数 { 返回 t.长() }\n",
        "宽",
        "特性 形 { 函数 宽(): 整数 }\n类型 点 { x: 整数 }\n实现 形 对于 点 { 函数 宽(): 整数 { 返回 1 } }\n函数 f(t: 形): 整数 { 返回 t.宽() }\n",
    );
    check(
        "枚举 色 { 红, 绿 }\n变量 c = 色.红\n匹配 c {\n红$0 => 打印(1),\n绿 => 打印(2),\n}\n",
        "朱",
        "枚举 色 { 朱, 绿 }\n变量 c = 色.朱\n匹配 c {\n朱 => 打印(1),\n绿 => 打印(2),\n}\n",
    );
    check("变量 『返回』 = 1\n打印(『返回』$0)\n", "回", "变量 回 = 1\n打印(回)\n");
    check("变量 回 = 1\n打印(回$0)\n", "『返回』", "变量 『返回』 = 1\n打印(『返回』)\n");
}

#[test]
fn across_modules() {
    let library = ("库.qi", "公开 函数 加$0(甲: 整数): 整数 { 返回 甲 }\n");
    let uses = ("主.qi", "导入 ./库::{加 作为 和}\n导入 ./库\n打印(和(1), 库.加(2))\n");
    let wanted = [
        ("主.qi", "导入 ./库::{求和 作为 和}\n导入 ./库\n打印(和(1), 库.求和(2))\n"),
        ("库.qi", "公开 函数 求和(甲: 整数): 整数 { 返回 甲 }\n"),
    ];
    let wanted: Vec<_> = wanted.iter().map(|it| (it.0.to_owned(), it.1.to_owned())).collect();
    // The importer may be open or not.
    assert_eq!(renamed(&[library, uses], "求和"), Ok(wanted.clone()));
    assert_eq!(renamed(&[uses, library], "求和"), Ok(wanted));
    let alias = [
        ("主.qi", "导入 ./库::{加 作为 和}\n打印(和$0(1))\n"),
        ("库.qi", "公开 函数 加(甲: 整数): 整数 { 返回 甲 }\n"),
    ];
    let wanted = vec![("主.qi".to_owned(), "导入 ./库::{加 作为 总}\n打印(总(1))\n".to_owned())];
    assert_eq!(renamed(&alias, "总"), Ok(wanted));
}

#[test]
fn what_has_no_declaration_to_change() {
    refused("如$0果 真 {}\n", "x", "“如果”是关键字，不能改名");
    refused("打印$0(1)\n", "x", "“打印”是语言自带的名字，不能改名");
    refused("变量 x: 整数$0 = 1\n", "x", "“整数”是语言自带的名字，不能改名");
    refused("睡眠$0(1)\n", "x", "“睡眠”是标准库的名字，不能改名");
    refused("变量 列 = [1]\n列.追加$0(2)\n", "x", "“追加”是标准库的名字，不能改名");
    refused("外部 \"m\" { 函数 cos(x: 浮点数): 浮点数; }\n打印(cos$0(1.0))\n", "x", "“cos”是 C 函数的名字，不能改名");
    refused("打印(没有$0)\n", "x", "不知道“没有”在哪里声明，不能改名");
    refused("打印(1)  $0  \n", "x", "这里没有可以改的名字");
    refused("实现 整数 { 函数 倍(): 整数 { 返回 自己$0 * 2 } }\n", "x", "“自己”是关键字，不能改名");
}

#[test]
fn what_is_no_name() {
    for new in ["", "1甲", "甲 乙", "甲.乙", "甲-乙", "_", "\"甲\"", "//", "甲\n"] {
        let found = renamed(&[("主.qi", "变量 甲$0 = 1\n打印(甲)\n")], new);
        if new.trim() == "甲" {
            assert_eq!(found, Ok(Vec::new()));
        } else {
            assert_eq!(found, Err(format!("“{}”不能当名字", new.trim())));
        }
    }
    refused("变量 甲$0 = 1\n", "返回", "“返回”是关键字，不能当名字");
}

#[test]
fn names_that_are_taken() {
    refused(
        "变量 甲$0 = 1\n变量 乙 = 2\n打印(甲, 乙)\n",
        "乙",
        "改成“乙”会出错：“乙”在同一个范围里重复定义（主.qi:2）",
    );
    let hidden = "改成“乙”会让“乙”指别的东西（主.qi:3）";
    refused("变量 甲$0 = 1\n函数 f(乙: 整数): 整数 {\n返回 甲 + 乙\n}\n", "乙", hidden);
    refused("变量 乙 = 1\n函数 f(甲$0: 整数): 整数 {\n返回 甲 + 乙\n}\n", "乙", hidden);
    refused("函数 甲$0(x: 整数) {}\n函数 f() {\n打印(1)\n}\n", "打印", "改成“打印”会让“打印”指别的东西（主.qi:3）");
    refused("函数 主函数$0() { 打印(1) }\n", "开头", "改成“开头”以后程序就没有主函数了");
    check("函数 主函数$0() { 打印(1) }\n", "入口", "函数 入口() { 打印(1) }\n");
}

/// What is wrong already is no reason.
#[test]
fn among_other_errors() {
    check("变量 甲$0 = 没有\n打印(甲, 也没有)\n", "乙", "变量 乙 = 没有\n打印(乙, 也没有)\n");
}

#[test]
fn modules_and_other_packages() {
    let files = [("主.qi", "导入 ./库\n库$0.加()\n"), ("库.qi", "公开 函数 加() {}\n")];
    assert_eq!(renamed(&files, "x"), Err("模块“库”的名字就是文件名，请改文件名和导入".to_owned()));
    let files = [("主.qi", "导入 别包.库\n库.加$0()\n"), ("/别包/库.qi", "公开 函数 加() {}\n")];
    assert_eq!(renamed(&files, "x"), Err("“加”在别的包里声明，不能在这里改名".to_owned()));
}
