//! The modules of the standard library by name, for findings that propose one. A test compares them with the folder.

pub const ALL: &[&str] = &[
    "JSON",
    "http",
    "列表",
    "同步",
    "命令行",
    "字符串",
    "数学",
    "文件",
    "文本",
    "日志",
    "时间",
    "环境",
    "算法",
    "编码",
    "网络",
    "路径",
    "输入输出",
    "迭代",
    "随机",
];

#[cfg(test)]
mod tests {
    #[test]
    fn the_list_is_the_folder() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../qi-std");
        let files = std::fs::read_dir(folder).expect("the standard library").map(|it| it.expect("an entry").path());
        let mut names: Vec<String> = files
            .filter(|it| it.extension().is_some_and(|it| it == "qi"))
            .map(|it| it.file_stem().expect("a name").to_string_lossy().into_owned())
            .filter(|it| it != "核心")
            .collect();
        names.sort_unstable();
        assert_eq!(names, super::ALL);
    }
}
