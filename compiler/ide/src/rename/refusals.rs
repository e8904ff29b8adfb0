//! Why a name stays as it is, in both languages.

use qi_base::Text;

pub fn nothing() -> Text {
    Text::new("这里没有可以改的名字", "there is no name to change here")
}
pub fn keyword(word: &str) -> Text {
    Text::new(format!("“{word}”是关键字，不能改名"), format!("`{word}` is a keyword and cannot be renamed"))
}
pub fn builtin(name: &str) -> Text {
    Text::new(
        format!("“{name}”是语言自带的名字，不能改名"),
        format!("`{name}` belongs to the language and cannot be renamed"),
    )
}
pub fn undeclared(name: &str) -> Text {
    Text::new(
        format!("不知道“{name}”在哪里声明，不能改名"),
        format!("it is not known where `{name}` is declared, so it cannot be renamed"),
    )
}
pub fn library(name: &str) -> Text {
    Text::new(
        format!("“{name}”是标准库的名字，不能改名"),
        format!("`{name}` belongs to the standard library and cannot be renamed"),
    )
}
pub fn module(name: &str) -> Text {
    Text::new(
        format!("模块“{name}”的名字就是文件名，请改文件名和导入"),
        format!("the module `{name}` is named after its file: rename the file and the imports"),
    )
}
pub fn c_function(name: &str) -> Text {
    Text::new(
        format!("“{name}”是 C 函数的名字，不能改名"),
        format!("`{name}` is the name of a C function and cannot be renamed"),
    )
}
pub fn other_package(name: &str) -> Text {
    Text::new(
        format!("“{name}”在别的包里声明，不能在这里改名"),
        format!("`{name}` is declared in another package and cannot be renamed here"),
    )
}
pub fn reserved(name: &str) -> Text {
    Text::new(format!("“{name}”是关键字，不能当名字"), format!("`{name}` is a keyword and cannot be a name"))
}
pub fn no_identifier(name: &str) -> Text {
    Text::new(format!("“{name}”不能当名字"), format!("`{name}` is not a name"))
}

/// `place` says where, `finding` what an editor would show there.
pub fn error(new: &str, place: &str, finding: &Text) -> Text {
    Text::new(
        format!("改成“{new}”会出错：{}（{place}）", finding.zh),
        format!("`{new}` would be an error: {} ({place})", finding.en),
    )
}
pub fn other_meaning(new: &str, name: &str, place: &str) -> Text {
    Text::new(
        format!("改成“{new}”会让“{name}”指别的东西（{place}）"),
        format!("with `{new}`, `{name}` would mean something else ({place})"),
    )
}
pub fn no_entry(new: &str) -> Text {
    Text::new(
        format!("改成“{new}”以后程序就没有主函数了"),
        format!("with `{new}` the program would have no main function"),
    )
}

/// The program can no longer be read.
pub fn untried(new: &str) -> Text {
    Text::new(
        format!("没法试一试改成“{new}”会怎样：读不到程序"),
        format!("`{new}` cannot be tried out: the program cannot be read"),
    )
}
