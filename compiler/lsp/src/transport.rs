//! Messages on standard input and output. What cannot be read is logged and answered, and the conversation goes on with
//! the next message: an editor with one wrong extension keeps its server.

use lsp_server::{Connection, ErrorCode, Message};
use qi_base::Text;
use serde_json::{Value, json};
use std::io::{self, BufRead, Read, Write};
use std::thread::{self, JoinHandle};

/// What is said to a message that makes no sense, in the language of the session.
pub struct Words {
    no_length: String,
    no_json: String,
    no_message: String,
}

impl Words {
    pub fn new(pick: &dyn Fn(&Text) -> &str) -> Self {
        let word = |zh: &str, en: &str| pick(&Text::new(zh, en)).to_owned();
        Self {
            no_length: word("消息没有长度（Content-Length），跳过", "a message without Content-Length is left out"),
            no_json: word("消息不是 JSON", "the message is not JSON"),
            no_message: word("消息既不是请求也不是通知", "the message is neither a request nor a notification"),
        }
    }
}

/// The connection, and the thread that ends once everything is sent. The reader ends with its input, or with the editor's
/// farewell; nobody waits for it.
pub fn stdio(words: Words) -> (Connection, JoinHandle<()>) {
    let (own, outside) = Connection::memory();
    let Connection { sender, receiver } = outside;
    let writer = thread::spawn(move || {
        for message in receiver {
            if message.write(&mut io::stdout().lock()).is_err() {
                return;
            }
        }
    });
    thread::spawn(move || {
        let (mut input, mut output, mut log) = (io::stdin().lock(), io::stdout(), io::stderr());
        let mut reader = Reader { input: &mut input, output: &mut output, log: &mut log, words, has_begun: false };
        // Nothing can be said any more to an editor whose pipe is broken.
        while let Ok(Some(message)) = reader.next() {
            let is_farewell = matches!(&message, Message::Notification(it) if it.method == "exit");
            if sender.send(message).is_err() || is_farewell {
                return;
            }
        }
    });
    (own, writer)
}

struct Reader<'a> {
    input: &'a mut dyn BufRead,
    /// For answers to what is no request: those have no id, which [`Message`] cannot say.
    output: &'a mut dyn Write,
    log: &'a mut dyn Write,
    words: Words,
    /// A message was understood: from then on it is an editor, whatever it says.
    has_begun: bool,
}

/// No line in front of a message is longer.
const LONGEST_HEADER: u64 = 1 << 16;

impl Reader<'_> {
    /// The next message that makes sense; none at the end of the input.
    fn next(&mut self) -> io::Result<Option<Message>> {
        while let Some(length) = self.length()? {
            let mut body = Vec::new();
            let n_read = self.input.take(length).read_to_end(&mut body)?;
            if (n_read as u64) < length {
                return Ok(None);
            }
            if let Some(message) = self.message(&body)? {
                self.has_begun = true;
                return Ok(Some(message));
            }
        }
        Ok(None)
    }

    /// Reads up to the empty line in front of a message with a length. Other lines than headers are passed over, once there is
    /// an editor; before that they are typed by somebody in a terminal.
    fn length(&mut self) -> io::Result<Option<u64>> {
        let mut length = None;
        let mut is_lost = false;
        loop {
            let mut line = Vec::new();
            if self.input.take(LONGEST_HEADER).read_until(b'\n', &mut line)? == 0 {
                return Ok(None);
            }
            let line = String::from_utf8_lossy(&line);
            let line = line.trim();
            if let Some(found) = length_in(line) {
                length = Some(found);
            } else if line.is_empty() && length.is_some() {
                return Ok(length);
            } else if length.is_none() && !line.starts_with("Content-") && !std::mem::replace(&mut is_lost, true) {
                if !self.has_begun {
                    return Ok(None);
                }
                self.complain(&self.words.no_length.clone());
            }
        }
    }

    fn message(&mut self, body: &[u8]) -> io::Result<Option<Message>> {
        let value: Value = match serde_json::from_slice(body) {
            Ok(value) => value,
            Err(error) => {
                let text = format!("{}: {error}", self.words.no_json);
                self.refuse(&Value::Null, ErrorCode::ParseError, &text)?;
                return Ok(None);
            }
        };
        let id = value.get("id").filter(|it| it.is_number() || it.is_string()).cloned().unwrap_or_default();
        // A list would be taken for the parts of an answer.
        match Some(value).filter(Value::is_object).and_then(|it| serde_json::from_value(it).ok()) {
            Some(message) => Ok(Some(message)),
            None => {
                let text = self.words.no_message.clone();
                self.refuse(&id, ErrorCode::InvalidRequest, &text)?;
                Ok(None)
            }
        }
    }

    fn refuse(&mut self, id: &Value, code: ErrorCode, text: &str) -> io::Result<()> {
        self.complain(text);
        let error = json!({ "code": code as i32, "message": text });
        let body = json!({ "jsonrpc": "2.0", "id": id, "error": error }).to_string();
        // At once, so that it does not get between the parts of another message.
        let message = format!("Content-Length: {}\r\n\r\n{body}", body.len());
        self.output.write_all(message.as_bytes())?;
        self.output.flush()
    }
    /// Without anybody who reads the log, the conversation goes on.
    fn complain(&mut self, text: &str) {
        let _ = writeln!(self.log, "qic lsp: {text}");
    }
}

/// Also behind what is left of a message whose length was wrong.
fn length_in(line: &str) -> Option<u64> {
    const HEADER: &str = "content-length:";
    let start = line.to_ascii_lowercase().rfind(HEADER)?;
    line[start + HEADER.len()..].trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{Message, Reader, Words};

    /// The methods of what was understood, and what was answered to the rest.
    fn read(input: &str) -> (Vec<String>, String, String) {
        let (mut methods, mut output, mut log) = (Vec::new(), Vec::new(), Vec::new());
        let words = Words::new(&|it| &it.zh);
        let mut bytes = input.as_bytes();
        let mut reader = Reader { input: &mut bytes, output: &mut output, log: &mut log, words, has_begun: false };
        while let Ok(Some(message)) = reader.next() {
            methods.push(match message {
                Message::Request(it) => it.method,
                Message::Notification(it) => it.method,
                Message::Response(it) => it.id.to_string(),
            });
        }
        let text = |it| String::from_utf8(it).expect("text");
        (methods, text(output), text(log))
    }
    fn framed(body: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{body}", body.len())
    }
    const FIRST: &str = r#"{"method":"first"}"#;
    const LAST: &str = r#"{"method":"last"}"#;

    #[test]
    fn what_makes_no_sense_is_answered_and_passed_over() {
        for (broken, code) in
            [("{\"method\":", -32700), ("\u{0}", -32700), ("[1]", -32600), ("{\"id\":7}", 0), ("{}", -32600)]
        {
            let (methods, output, log) = read(&(framed(FIRST) + &framed(broken) + &framed(LAST)));
            let understood = methods.iter().filter(|it| *it != "7").collect::<Vec<_>>();
            assert_eq!(understood, ["first", "last"], "{broken}");
            assert_eq!(output.contains(&format!("\"code\":{code},")), code != 0, "{output}");
            assert_eq!(log.is_empty(), code == 0, "{log}");
        }
    }

    #[test]
    fn wrong_lengths_cost_one_message() {
        let broken = [
            "Content-Length: 3\r\n\r\n{\"method\":\"m\"}",
            "Content-Length: x\r\n\r\n{}",
            "Nonsense\r\n\r\n",
            "\r\n\r\n",
        ];
        for broken in broken {
            let (methods, ..) = read(&(framed(FIRST) + broken + &framed(LAST)));
            assert_eq!(methods, ["first", "last"], "{broken}");
        }
        let (methods, ..) = read(&(framed(FIRST) + "Content-Length: 99999999999\r\n\r\n{}"));
        assert_eq!(methods, ["first"]);
    }

    /// So that [`crate::serve`] can tell whoever types it what this program is for.
    #[test]
    fn what_begins_with_nonsense_is_no_editor() {
        let (methods, output, _) = read(&("你好\n".to_owned() + &framed(FIRST)));
        assert_eq!((methods.len(), output.as_str()), (0, ""));
    }
}
