//! The command line as clap sees it: commands and long options have a Chinese and an English spelling.

use crate::language::Language;
use crate::render::Format;
use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

const HELP: &str = "{about}\n\n用法：{usage}\n\n{all-args}";

#[derive(Parser, Debug)]
#[command(name = "qic", version, disable_help_subcommand = true, disable_help_flag = true, disable_version_flag = true)]
pub struct Cli {
    #[command(flatten)]
    pub global: GlobalArgs,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Args, Debug, Clone)]
#[command(next_help_heading = "通用选项")]
pub struct GlobalArgs {
    /// 消息格式：人读、短、json
    #[arg(
        long,
        global = true,
        visible_alias = "消息格式",
        value_name = "格式",
        value_enum,
        default_value_t,
        hide_possible_values = true,
        hide_default_value = true
    )]
    pub message_format: MessageFormat,
    /// 消息语言：zh、en
    #[arg(long, global = true, visible_alias = "语言", value_name = "语言", value_enum, hide_possible_values = true)]
    pub lang: Option<Lang>,
    /// 颜色：自动、总是、从不
    #[arg(
        long,
        global = true,
        visible_alias = "颜色",
        value_name = "何时",
        value_enum,
        default_value_t,
        hide_possible_values = true,
        hide_default_value = true
    )]
    pub color: Color,
    /// 每个阶段用了多少时间
    #[arg(long, global = true, visible_alias = "耗时")]
    pub timings: bool,
    /// 有警告也算失败
    #[arg(long, global = true, visible_alias = "警告当错误")]
    pub deny_warnings: bool,
    /// 少说话：不显示警告和进度
    #[arg(short, long, global = true, visible_alias = "安静")]
    pub quiet: bool,
    /// 多说话：显示经过的阶段和运行的工具
    #[arg(short, long, global = true, visible_alias = "详细")]
    pub verbose: bool,
    /// 显示帮助
    #[arg(short, long, global = true, visible_alias = "帮助", action = clap::ArgAction::HelpLong)]
    help: Option<bool>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
pub enum MessageFormat {
    #[default]
    #[value(name = "人读", alias = "human")]
    Human,
    #[value(name = "短", alias = "short")]
    Short,
    #[value(name = "json")]
    Json,
}

impl From<MessageFormat> for Format {
    fn from(it: MessageFormat) -> Self {
        match it {
            MessageFormat::Human => Self::Human,
            MessageFormat::Short => Self::Short,
            MessageFormat::Json => Self::Json,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Lang {
    #[value(alias = "中文", alias = "zh-CN")]
    Zh,
    #[value(alias = "英文")]
    En,
}

impl From<Lang> for Language {
    fn from(it: Lang) -> Self {
        match it {
            Lang::Zh => Self::Chinese,
            Lang::En => Self::English,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
pub enum Color {
    #[default]
    #[value(name = "自动", alias = "auto")]
    Auto,
    #[value(name = "总是", alias = "always")]
    Always,
    #[value(name = "从不", alias = "never")]
    Never,
}

/// Options of every command that generates code.
#[derive(Args, Debug, Clone, Default)]
#[command(next_help_heading = "编译选项")]
pub struct CompileArgs {
    /// 优化构建，等于 -O2
    #[arg(long, visible_alias = "发布")]
    pub release: bool,
    /// 优化级别 0 到 3
    #[arg(short = 'O', value_name = "级别", value_parser = clap::value_parser!(u8).range(0..=3))]
    pub optimize: Option<u8>,
    /// 带调试信息
    #[arg(short = 'g')]
    pub debug: bool,
    /// 打印中间结果：tokens ast hir mir llvm-ir llvm-bc asm obj header，可用逗号连接
    #[arg(long, value_name = "种类", value_delimiter = ',', hide_possible_values = true,
          value_parser = PossibleValuesParser::new(EMIT_KINDS))]
    pub emit: Vec<String>,
    /// 等于 --emit llvm-ir
    #[arg(long)]
    pub emit_llvm: bool,
    /// LLVM IR 取协程拆分前还是拆分后的
    #[arg(
        long,
        value_name = "阶段",
        value_enum,
        default_value_t,
        hide_possible_values = true,
        hide_default_value = true
    )]
    pub emit_stage: EmitStage,
    /// 构建库：static 或 shared
    #[arg(long, visible_alias = "库", value_name = "种类", value_enum, hide_possible_values = true)]
    pub lib: Option<LibraryKind>,
    /// 交叉编译的目标三元组
    #[arg(long, visible_alias = "目标", value_name = "三元组")]
    pub target: Option<String>,
    /// 运行时检查：address、thread、leak
    #[arg(long, visible_alias = "消毒", value_name = "种类", value_enum, hide_possible_values = true)]
    pub sanitize: Option<Sanitize>,
    /// 文件一变就重做
    #[arg(long, visible_alias = "监视")]
    pub watch: bool,
    /// 退出时列出还活着的对象
    #[arg(long, visible_alias = "泄漏报告")]
    pub leak_report: bool,
}

pub const EMIT_KINDS: [&str; 9] = ["tokens", "ast", "hir", "mir", "llvm-ir", "llvm-bc", "asm", "obj", "header"];

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
pub enum EmitStage {
    #[value(name = "拆分前", alias = "before")]
    BeforeSplit,
    #[default]
    #[value(name = "拆分后", alias = "after")]
    AfterSplit,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum LibraryKind {
    #[value(alias = "静态")]
    Static,
    #[value(alias = "共享")]
    Shared,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Sanitize {
    Address,
    Thread,
    Leak,
}

impl Sanitize {
    /// As the C compiler writes it after `-fsanitize=`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Thread => "thread",
            Self::Leak => "leak",
        }
    }
}

#[derive(Subcommand, Debug)]
#[command(subcommand_help_heading = "命令")]
pub enum Command {
    /// 编译并运行程序
    #[command(visible_alias = "运行", help_template = HELP, override_usage = "qic run [选项] [文件.qi] [程序的参数……]")]
    Run {
        #[command(flatten)]
        compile: CompileArgs,
        /// 源文件，其后的一切都交给程序；省略时运行当前的包
        #[arg(help_heading = "参数", value_name = "文件和参数", trailing_var_arg = true, allow_hyphen_values = false)]
        rest: Vec<String>,
    },
    /// 构建可执行文件或库
    #[command(visible_alias = "构建", help_template = HELP, override_usage = "qic build [选项] [文件.qi]")]
    Build {
        #[command(flatten)]
        compile: CompileArgs,
        /// 输出文件
        #[arg(short, value_name = "文件")]
        output: Option<PathBuf>,
        /// 源文件；省略时构建当前的包
        #[arg(help_heading = "参数", value_name = "文件.qi")]
        file: Option<PathBuf>,
    },
    /// 只检查，不生成代码
    #[command(visible_alias = "检查", help_template = HELP, override_usage = "qic check [选项] [文件.qi……]")]
    Check {
        /// 源文件；省略时检查当前的包
        #[arg(help_heading = "参数", value_name = "文件.qi")]
        files: Vec<PathBuf>,
    },
    /// 整理源码格式
    #[command(visible_alias = "格式化", help_template = HELP, override_usage = "qic fmt [选项] [文件.qi 或目录……]")]
    Fmt {
        /// 只检查：有文件格式不对就以 1 退出
        #[arg(long, visible_alias = "检查")]
        check: bool,
        /// 源文件或目录，- 表示标准输入；省略时是当前目录
        #[arg(help_heading = "参数", value_name = "文件.qi")]
        files: Vec<PathBuf>,
    },
    /// 应用有把握的修复建议
    #[command(visible_alias = "修复", help_template = HELP, override_usage = "qic fix [选项] [文件.qi……]")]
    Fix {
        /// 源文件；省略时修复当前的包
        #[arg(help_heading = "参数", value_name = "文件.qi")]
        files: Vec<PathBuf>,
    },
    /// 解释一个错误码
    #[command(visible_alias = "解释", help_template = HELP, override_usage = "qic explain <错误码>")]
    Explain {
        /// 例如 E0201；省略时列出全部
        #[arg(help_heading = "参数", value_name = "错误码")]
        code: Option<String>,
    },
    /// 运行测试块
    #[command(visible_alias = "测试", help_template = HELP, override_usage = "qic test [选项] [文件.qi]")]
    Test {
        #[command(flatten)]
        compile: CompileArgs,
        /// 只运行名字里有这些字的测试
        #[arg(long, visible_alias = "筛选", value_name = "文字")]
        filter: Option<String>,
        /// 源文件；省略时测试当前的包
        #[arg(help_heading = "参数", value_name = "文件.qi")]
        file: Option<PathBuf>,
    },
    /// 新建一个包
    #[command(visible_alias = "新建", help_template = HELP, override_usage = "qic new <名字>")]
    New {
        /// 包名，也是目录名
        #[arg(help_heading = "参数", value_name = "名字")]
        name: String,
    },
    /// 检查这台机器能不能用奇语言
    #[command(visible_alias = "体检", help_template = HELP, override_usage = "qic doctor")]
    Doctor,
    /// 打印 C 编译所需的选项和工具链的位置
    #[command(visible_alias = "环境", help_template = HELP, override_usage = "qic env [--cflags] [--libs [--static]]")]
    Env {
        /// 编译 C 文件的选项
        #[arg(long)]
        cflags: bool,
        /// 链接的选项
        #[arg(long)]
        libs: bool,
        /// 静态链接运行时
        #[arg(long = "static")]
        static_: bool,
    },
    /// 删除缓存的构建结果
    #[command(visible_alias = "清理", help_template = HELP, override_usage = "qic clean")]
    Clean,
    /// 每个协程的帧：大小、字段、挂起点
    #[command(visible_alias = "帧", help_template = HELP, override_usage = "qic frames [选项] <文件.qi>")]
    Frames {
        #[command(flatten)]
        compile: CompileArgs,
        /// 源文件
        #[arg(help_heading = "参数", value_name = "文件.qi")]
        file: PathBuf,
    },
    /// 打印导出函数的 C 头文件
    #[command(visible_alias = "头文件", help_template = HELP, override_usage = "qic header <文件.qi>")]
    Header {
        /// 源文件
        #[arg(help_heading = "参数", value_name = "文件.qi")]
        file: PathBuf,
    },
    /// 给编辑器的语言服务（LSP），用标准输入输出
    #[command(visible_alias = "语言服务", help_template = HELP, override_usage = "qic lsp")]
    Lsp,
    /// 打印命令行补全脚本
    #[command(visible_alias = "补全", help_template = HELP, override_usage = "qic completions <bash|zsh|fish>")]
    Completions {
        /// bash、zsh 或 fish
        #[arg(help_heading = "参数", value_name = "外壳")]
        shell: String,
    },
}
