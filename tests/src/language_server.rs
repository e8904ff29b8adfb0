//! `qic lsp` as an editor uses it: a conversation on standard input and output.

use crate::trial;
use libtest_mimic::Trial;
use qi_tests::corpus;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

pub fn trials() -> Vec<Trial> {
    vec![
        trial("lsp/findings_follow_the_text".into(), findings),
        trial("lsp/imports_see_unsaved_texts".into(), imports),
        trial("lsp/fixes_and_layout".into(), fixes),
        trial("lsp/hover_definition_symbols".into(), places),
        trial("lsp/completion".into(), completion),
        trial("lsp/what_stands_where_a_name_is_made_up".into(), made_up),
        trial("lsp/what_makes_no_sense".into(), nonsense),
        trial("lsp/one_name_in_all_its_places".into(), names),
    ]
}

/// An editor.
struct Editor {
    server: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    folder: PathBuf,
    requests: u64,
}

impl Editor {
    fn start(name: &str) -> Result<Self, String> {
        let folder = corpus::scratch().join(format!("语言服务-{name}"));
        std::fs::create_dir_all(&folder).map_err(|it| it.to_string())?;
        let folder = folder.canonicalize().map_err(|it| it.to_string())?;
        let mut command = Command::new(corpus::compiler());
        command.args(["lsp", "--lang", "zh"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut server = command.spawn().map_err(|it| it.to_string())?;
        let to = server.stdin.take().expect("piped");
        let from = BufReader::new(server.stdout.take().expect("piped"));
        let mut editor = Self { server, to, from, folder, requests: 0 };
        editor.ask("initialize", json!({ "capabilities": {} }))?;
        editor.tell("initialized", json!({}))?;
        Ok(editor)
    }

    fn address(&self, file: &str) -> String {
        let escape = |byte: u8| match byte {
            b'/' | b'-' | b'.' | b'_' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        };
        let path = self.folder.join(file);
        format!("file://{}", path.to_string_lossy().bytes().map(escape).collect::<String>())
    }

    fn send(&mut self, message: Value) -> Result<(), String> {
        let text = message.to_string();
        let sent = write!(self.to, "Content-Length: {}\r\n\r\n{text}", text.len()).and_then(|()| self.to.flush());
        sent.map_err(|it| it.to_string())
    }
    fn tell(&mut self, method: &str, params: Value) -> Result<(), String> {
        self.send(json!({ "jsonrpc": "2.0", "method": method, "params": params }))
    }

    /// The answer; what the server says by itself meanwhile is left out.
    fn ask(&mut self, method: &str, params: Value) -> Result<Value, String> {
        self.requests += 1;
        let id = self.requests;
        self.send(json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))?;
        loop {
            let message = self.receive()?;
            if message["id"] == id {
                return Ok(message);
            }
        }
    }

    fn receive(&mut self) -> Result<Value, String> {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if self.from.read_line(&mut line).map_err(|it| it.to_string())? == 0 {
                return Err("the server has ended".into());
            }
            match line.trim().split_once(": ") {
                Some(("Content-Length", it)) => length = it.parse().map_err(|_| format!("bad length {it}"))?,
                _ if line.trim().is_empty() => break,
                _ => {}
            }
        }
        let mut body = vec![0; length];
        self.from.read_exact(&mut body).map_err(|it| it.to_string())?;
        serde_json::from_slice(&body).map_err(|it| it.to_string())
    }

    /// The places that a request answers with.
    fn places(&mut self, method: &str, params: Value) -> Result<Vec<String>, String> {
        let answer = self.ask(method, params)?;
        let places = answer["result"].as_array().cloned().unwrap_or_default();
        let file = |it: &Value| {
            let address = text(&it["uri"]);
            ["主.qi", "库.qi"].into_iter().find(|it| self.address(it) == address).unwrap_or_default().to_owned()
        };
        Ok(places.iter().map(|it| format!("{} {}", file(it), range(&it["range"]))).collect())
    }

    fn open(&mut self, file: &str, text: &str) -> Result<(), String> {
        let document = json!({ "uri": self.address(file), "languageId": "qi", "version": 1, "text": text });
        self.tell("textDocument/didOpen", json!({ "textDocument": document }))
    }
    fn change(&mut self, file: &str, text: &str) -> Result<(), String> {
        let document = json!({ "uri": self.address(file), "version": 2 });
        self.tell("textDocument/didChange", json!({ "textDocument": document, "contentChanges": [{ "text": text }] }))
    }
    fn about(&self, file: &str) -> Value {
        json!({ "uri": self.address(file) })
    }

    /// Waits for what the server finds in the file: code and range of each.
    fn found(&mut self, file: &str) -> Result<Vec<String>, String> {
        let address = self.address(file);
        loop {
            let message = self.receive()?;
            if message["method"] == "textDocument/publishDiagnostics" && message["params"]["uri"] == address.as_str() {
                let all = message["params"]["diagnostics"].as_array().cloned().unwrap_or_default();
                return Ok(all.iter().map(|it| format!("{} {}", text(&it["code"]), range(&it["range"]))).collect());
            }
        }
    }

    fn end(mut self) -> Result<(), String> {
        self.ask("shutdown", Value::Null)?;
        self.tell("exit", Value::Null)?;
        let status = self.server.wait().map_err(|it| it.to_string())?;
        if status.success() { Ok(()) } else { Err(format!("the server ended with {status}")) }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
fn range(value: &Value) -> String {
    let place = |it: &Value| format!("{}:{}", it["line"], it["character"]);
    format!("{}-{}", place(&value["start"]), place(&value["end"]))
}
fn same<T: PartialEq + std::fmt::Debug>(found: T, wanted: T) -> Result<(), String> {
    if found == wanted { Ok(()) } else { Err(format!("expected {wanted:?}, found {found:?}")) }
}

/// Columns are UTF-16 units: the face before the name counts two.
fn findings() -> Result<(), String> {
    let mut editor = Editor::start("发现")?;
    editor.open("甲.qi", "变量 x = 1\n打印(\"😀\", 没有)\n")?;
    same(editor.found("甲.qi")?, vec!["E0201 1:9-1:11".to_owned()])?;
    editor.change("甲.qi", "打印(1)\n")?;
    same(editor.found("甲.qi")?, Vec::new())?;
    editor.change("甲.qi", "打印(1\n")?;
    same(editor.found("甲.qi")?.len(), 1)?;
    editor.tell("textDocument/didClose", json!({ "textDocument": editor.about("甲.qi") }))?;
    same(editor.found("甲.qi")?, Vec::new())?;
    editor.end()
}

fn imports() -> Result<(), String> {
    let mut editor = Editor::start("导入")?;
    std::fs::write(editor.folder.join("库.qi"), "公开 函数 旧() {}\n").map_err(|it| it.to_string())?;
    editor.open("主.qi", "导入 ./库\n库.新()\n")?;
    same(editor.found("主.qi")?, vec!["E0203 1:2-1:3".to_owned()])?;
    editor.open("库.qi", "公开 函数 新() {}\n")?;
    same(editor.found("主.qi")?, Vec::new())?;
    editor.end()
}

fn fixes() -> Result<(), String> {
    let mut editor = Editor::start("修复")?;
    editor.open("甲.qi", "函数 主函数() {\n打印(非 1 == 2)\n}\n")?;
    let about = editor.about("甲.qi");
    let place = json!({ "line": 1, "character": 5 });
    let params =
        json!({ "textDocument": about, "range": { "start": place, "end": place }, "context": { "diagnostics": [] } });
    let actions = editor.ask("textDocument/codeAction", params)?["result"].clone();
    same(actions.as_array().map(Vec::len), Some(1))?;
    same(&actions[0]["isPreferred"], &json!(true))?;
    let edits = &actions[0]["edit"]["changes"][editor.address("甲.qi")];
    same(edits[0]["newText"].as_str(), Some("("))?;
    same(range(&edits[1]["range"]), "1:11-1:11".to_owned())?;
    let options = json!({ "tabSize": 4, "insertSpaces": true });
    let params = json!({ "textDocument": about, "options": options });
    let layout = editor.ask("textDocument/formatting", params.clone())?["result"].clone();
    same(layout[0]["newText"].as_str(), Some("函数 主函数() {\n    打印(非 1 == 2)\n}\n"))?;
    same(range(&layout[0]["range"]), "0:0-3:0".to_owned())?;
    editor.change("甲.qi", "函数 主函数() {")?;
    same(editor.ask("textDocument/formatting", params)?["result"].clone(), Value::Null)?;
    editor.end()
}

fn places() -> Result<(), String> {
    let mut editor = Editor::start("看")?;
    let source = "/// 两数之和。\n函数 加(甲: 整数, 乙: 整数): 整数 { 返回 甲 + 乙 }\n类型 点 { 横: 整数 }\n函数 主函数() {\n    \
                变量 p = 点 { 横: 加(1, 2) }\n    打印(p.横)\n}\n";
    editor.open("甲.qi", source)?;
    let about = editor.about("甲.qi");
    let at = |line: u32, character: u32| json!({ "textDocument": about, "position": { "line": line, "character": character } });
    for (line, character, shown, declared) in [
        (4, 18, "函数 加(甲: 整数, 乙: 整数): 整数\n```\n两数之和。", "1:3-1:4"),
        (5, 7, "p: 点", "4:7-4:8"),
        (5, 9, "横: 整数", "2:7-2:8"),
        (1, 28, "甲: 整数", "1:5-1:6"),
    ] {
        let hover = editor.ask("textDocument/hover", at(line, character))?["result"]["contents"]["value"].clone();
        if !text(&hover).contains(shown) {
            return Err(format!("at {line}:{character}: {hover} does not say {shown}"));
        }
        let definition = editor.ask("textDocument/definition", at(line, character))?["result"].clone();
        same(range(&definition["range"]), declared.to_owned())?;
    }
    same(editor.ask("textDocument/hover", at(3, 14))?["result"].clone(), Value::Null)?;
    let symbols = editor.ask("textDocument/documentSymbol", json!({ "textDocument": about }))?["result"].clone();
    let names: Vec<String> = symbols.as_array().into_iter().flatten().map(|it| text(&it["name"])).collect();
    same(names, ["加", "点", "主函数"].map(str::to_owned).to_vec())?;
    editor.end()
}

/// The mark `|` is the place; each name behind it is offered there, those of the last column are not.
fn completion() -> Result<(), String> {
    const CASES: [(&str, &str, &str); 9] = [
        (
            "类型 点 { 横: 整数 }\n实现 点 { 函数 长() {} 静态 函数 新() {} }\n变量 p = 点 { 横: 1 }\n打印(p.|)\n",
            "横 长",
            "新 打印",
        ),
        ("类型 点 { 横: 整数 }\n实现 点 { 函数 长() {} 静态 函数 新() {} }\n点.|\n", "新", "长 横"),
        ("枚举 色 { 红, 绿 }\n变量 c = 色.|", "红 绿", "长度"),
        ("变量 列 = [1]\n列.追|\n打印(列)", "追加 长度 映射", "列"),
        ("http.|", "get 服务", "列"),
        ("导入 标准库.数学\n变量 x = 数学.|", "平方根", "打印"),
        ("函数 甲(乙: 整数): 整数 {\n    变量 丙 = 乙\n    返回 |\n}\n", "甲 乙 丙 打印 返回 整数 睡眠 http", "横"),
        ("特性 形 { 函数 面积(): 整数 }\n函数 f<T: 形>(t: T) { t.| }\n", "面积", "打印"),
        ("变量 对 = (1, \"二\")\n打印(对.|", "0 1", "2"),
    ];
    let mut editor = Editor::start("补全")?;
    for (marked, wanted, unwanted) in CASES {
        let before = marked.split('|').next().unwrap_or_default();
        editor.open("甲.qi", &marked.replace('|', ""))?;
        let line = before.matches('\n').count();
        let character = before.rsplit('\n').next().unwrap_or_default().encode_utf16().count();
        let place = json!({ "line": line, "character": character });
        let params = json!({ "textDocument": editor.about("甲.qi"), "position": place });
        let found = editor.ask("textDocument/completion", params)?["result"].clone();
        let names: Vec<String> = found.as_array().into_iter().flatten().map(|it| text(&it["label"])).collect();
        let has = |name: &str| names.iter().any(|it| it == name);
        if let Some(name) = wanted.split(' ').find(|it| !has(it)) {
            return Err(format!("{marked}: {name} is not among {names:?}"));
        }
        if let Some(name) = unwanted.split(' ').find(|it| has(it)) {
            return Err(format!("{marked}: {name} is among {names:?}"));
        }
    }
    editor.end()
}

/// 自己 stands where the name of its method does, a variant without payload where a variable could; the statements of a file
/// are a function for the compiler only, and so are the variables of an assignment to several places.
fn made_up() -> Result<(), String> {
    let mut editor = Editor::start("虚")?;
    let source = "枚举 灯 { 开, 关 }\n实现 灯 { 函数 换(): 灯 {\n匹配 自己 {\n开 => 返回 灯.关,\n关 => 返回 灯.开,\n} } }\n\
                  打印(灯.开.换())\n变量 a = 1\n变量 b = 2\n(a, b) = (b, a)\n函数 原<T>(x: T): T { 返回 x }\n打印(原::<灯>(灯.开))\n";
    editor.open("甲.qi", source)?;
    let about = editor.about("甲.qi");
    let at = |line: u32, character: u32| json!({ "textDocument": about, "position": { "line": line, "character": character } });
    for (line, character, shown) in [
        (1, 10, "函数 换(): 灯"),
        (3, 0, "枚举 灯"),
        (4, 0, "枚举 灯"),
        (9, 1, "a: 整数"),
        (9, 10, "b: 整数"),
        (11, 3, "函数 原<T>(x: T): T"),
    ] {
        let hover = editor.ask("textDocument/hover", at(line, character))?["result"]["contents"]["value"].clone();
        same(text(&hover), format!("```qi\n{shown}\n```"))?;
    }
    for (line, character) in [(6, 0), (11, 7)] {
        same(editor.ask("textDocument/hover", at(line, character))?["result"].clone(), Value::Null)?;
    }
    let symbols = editor.ask("textDocument/documentSymbol", json!({ "textDocument": about }))?["result"].clone();
    let names: Vec<String> = symbols.as_array().into_iter().flatten().map(|it| text(&it["name"])).collect();
    same(names, ["灯", "换", "原"].map(str::to_owned).to_vec())?;
    editor.end()
}

/// Unknown requests are refused, strange parameters lead to nothing, and the server goes on.
fn nonsense() -> Result<(), String> {
    let mut editor = Editor::start("怪")?;
    same(editor.ask("qi/没有", json!({}))?["error"]["code"].as_i64(), Some(-32601))?;
    same(editor.ask("textDocument/hover", json!({ "textDocument": 1 }))?["result"].clone(), Value::Null)?;
    editor.tell("textDocument/didChange", json!({ "contentChanges": 7 }))?;
    let far = json!({ "textDocument": { "uri": "http://qi/甲.qi" }, "position": { "line": 99, "character": 99 } });
    same(editor.ask("textDocument/definition", far)?["result"].clone(), Value::Null)?;
    editor.open("甲.qi", "打印(1)\n")?;
    let beyond = json!({ "textDocument": editor.about("甲.qi"), "position": { "line": 99, "character": 99 } });
    same(editor.ask("textDocument/hover", beyond)?["result"].clone(), Value::Null)?;
    editor.end()
}

/// References and renaming reach a file that is not open, in UTF-16 units; why a name stays is said; a broken message costs
/// nothing but itself.
fn names() -> Result<(), String> {
    let mut editor = Editor::start("名字")?;
    let write = |file: &str, text: &str| std::fs::write(editor.folder.join(file), text).map_err(|it| it.to_string());
    write("qi.toml", "[package]\nname = \"名\"\n")?;
    write("主.qi", "导入 ./库\n打印(\"😀\", 库.加(1, 乙: 2))\n")?;
    editor.open("库.qi", "/* 😀 */ 公开 函数 加(甲: 整数, 乙: 整数): 整数 { 返回 甲 + 乙 }\n变量 x = 加(1, 2)\n")?;
    let about = editor.about("库.qi");
    let at = |line: u32, character: u32, more: Value| {
        let mut params = json!({ "textDocument": about, "position": { "line": line, "character": character } });
        params.as_object_mut().into_iter().zip(more.as_object().cloned()).for_each(|(it, more)| it.extend(more));
        params
    };
    let all = json!({ "context": { "includeDeclaration": true } });
    same(
        editor.places("textDocument/references", at(0, 15, all))?,
        ["主.qi 1:11-1:12", "库.qi 0:15-0:16", "库.qi 1:7-1:8"].map(str::to_owned).to_vec(),
    )?;
    same(editor.places("textDocument/documentHighlight", at(1, 7, json!({})))?.len(), 2)?;
    write!(editor.to, "Content-Length: 7\r\n\r\n{{\"id\":1").map_err(|it| it.to_string())?;
    let range_of = editor.ask("textDocument/prepareRename", at(0, 24, json!({})))?["result"]["range"].clone();
    same(range(&range_of), "0:24-0:25".to_owned())?;
    let changes =
        editor.ask("textDocument/rename", at(0, 24, json!({ "newName": "右" })))?["result"]["changes"].clone();
    let changed = |file: &str| -> Vec<String> {
        let edits = changes[editor.address(file)].as_array().into_iter().flatten();
        edits.map(|it| format!("{} {}", range(&it["range"]), text(&it["newText"]))).collect()
    };
    same(changed("主.qi"), vec!["1:16-1:17 右".to_owned()])?;
    same(changed("库.qi"), vec!["0:24-0:25 右".to_owned(), "0:44-0:45 右".to_owned()])?;
    let refused = editor.ask("textDocument/rename", at(0, 24, json!({ "newName": "甲" })))?["error"].clone();
    same(refused["code"].as_i64(), Some(-32803))?;
    same(text(&refused["message"]), "改成“甲”会出错：“甲”在同一个范围里重复定义（库.qi:1）".to_owned())?;
    let help = editor.ask("textDocument/signatureHelp", at(1, 12, json!({})))?["result"].clone();
    same(help["activeParameter"].as_u64(), Some(1))?;
    same(&help["signatures"][0]["parameters"][1]["label"], &json!([9, 14]))?;
    editor.end()
}
