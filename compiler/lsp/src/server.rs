//! The conversation: texts come in as they are typed; once the user pauses, every open file is checked and what is found is
//! sent back.

use crate::findings;
use crate::transport::{self, Words};
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, RequestId, Response};
use lsp_types::notification::{
    DidChangeTextDocument, DidCloseTextDocument, DidOpenTextDocument, Exit, Notification as _, PublishDiagnostics,
};
use lsp_types::request::{Completion, Request as _};
use lsp_types::{
    CodeActionProviderCapability, CompletionOptions, HoverProviderCapability, OneOf, RenameOptions, ServerCapabilities,
    SignatureHelpOptions, TextDocumentSyncCapability, TextDocumentSyncKind, Url, WorkDoneProgressOptions,
};
use qi_base::Text;
use qi_ide::{Host, Workspace};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Without a keystroke for so long, the texts are checked.
const PAUSE: Duration = Duration::from_millis(150);

/// What came in was no greeting of an editor.
#[derive(Debug)]
pub struct NotAnEditor;

/// Serves on standard input and output until the editor says so, or goes away. `pick` chooses the language.
pub fn serve(host: &mut dyn Host, pick: &dyn Fn(&Text) -> &str) -> Result<(), NotAnEditor> {
    let (connection, writer) = transport::stdio(Words::new(pick));
    let capabilities = serde_json::to_value(capabilities()).expect("plain data");
    connection.initialize(capabilities).map_err(|_| NotAnEditor)?;
    let mut server = Server {
        connection,
        host,
        pick,
        workspace: Workspace::default(),
        addresses: BTreeMap::new(),
        marked: BTreeSet::new(),
    };
    server.run();
    drop(server);
    // The writer ends once everything is sent; that the editor is gone is no failure.
    let _ = writer.join();
    Ok(())
}

fn capabilities() -> ServerCapabilities {
    ServerCapabilities {
        text_document_sync: Some(TextDocumentSyncCapability::Kind(TextDocumentSyncKind::FULL)),
        code_action_provider: Some(CodeActionProviderCapability::Simple(true)),
        document_formatting_provider: Some(OneOf::Left(true)),
        document_symbol_provider: Some(OneOf::Left(true)),
        completion_provider: Some(CompletionOptions {
            trigger_characters: Some(vec![".".to_owned()]),
            ..CompletionOptions::default()
        }),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        definition_provider: Some(OneOf::Left(true)),
        references_provider: Some(OneOf::Left(true)),
        document_highlight_provider: Some(OneOf::Left(true)),
        rename_provider: Some(OneOf::Right(RenameOptions {
            prepare_provider: Some(true),
            work_done_progress_options: WorkDoneProgressOptions::default(),
        })),
        signature_help_provider: Some(SignatureHelpOptions {
            trigger_characters: Some(["(", ",", "（", "，", "、"].map(str::to_owned).to_vec()),
            ..SignatureHelpOptions::default()
        }),
        ..ServerCapabilities::default()
    }
}

pub struct Server<'a> {
    connection: Connection,
    pub host: &'a mut dyn Host,
    pub pick: &'a dyn Fn(&Text) -> &str,
    pub workspace: Workspace,
    /// Of the open files, as the editor writes them.
    addresses: BTreeMap<PathBuf, Url>,
    /// Files that findings were sent for, other than none.
    marked: BTreeSet<Url>,
}

impl Server<'_> {
    fn run(&mut self) {
        loop {
            let receiver = &self.connection.receiver;
            let message = match self.workspace.is_stale() {
                true => receiver.recv_timeout(PAUSE).map_err(|it| it.is_timeout()),
                false => receiver.recv().map_err(|_| false),
            };
            match message {
                Ok(Message::Request(request)) => match self.connection.handle_shutdown(&request) {
                    Ok(false) => self.reply(request),
                    Ok(true) | Err(_) => return,
                },
                Ok(Message::Notification(it)) if it.method == Exit::METHOD => return,
                Ok(Message::Notification(it)) => self.take(&it),
                Ok(Message::Response(_)) => {}
                Err(is_pause) if is_pause => self.check(),
                Err(_) => return,
            }
        }
    }

    /// Addresses that lead to no file of this machine are left alone.
    fn take(&mut self, it: &Notification) {
        let text = |value: &Value, path: &str| value.pointer(path).and_then(Value::as_str).map(str::to_owned);
        let address: Option<Url> = text(&it.params, "/textDocument/uri").and_then(|it| it.parse().ok());
        let Some((address, path)) = address.and_then(|it| Some((it.clone(), it.to_file_path().ok()?))) else { return };
        let new_text = match it.method.as_str() {
            DidOpenTextDocument::METHOD => text(&it.params, "/textDocument/text"),
            // The whole text: the last change says what it is now.
            DidChangeTextDocument::METHOD => {
                it.params.pointer("/contentChanges").and_then(Value::as_array).and_then(|it| text(it.last()?, "/text"))
            }
            DidCloseTextDocument::METHOD => {
                self.addresses.remove(&path);
                return self.workspace.close(&path);
            }
            _ => None,
        };
        if let Some(new_text) = new_text {
            self.addresses.insert(path.clone(), address);
            self.workspace.set(path, &new_text);
        }
    }

    /// Checks what changed and tells what was found; files that nothing is wrong with any more are told so.
    fn check(&mut self) {
        self.workspace.check(self.host);
        let found = findings::all(self);
        let marked: BTreeSet<Url> = found.keys().cloned().collect();
        let cleared = self.marked.difference(&marked).map(|it| (it.clone(), Vec::new()));
        for (address, diagnostics) in cleared.chain(found).collect::<Vec<_>>() {
            let params = json!({ "uri": address, "diagnostics": diagnostics });
            self.send(Notification::new(PublishDiagnostics::METHOD.to_owned(), params).into());
        }
        self.marked = marked;
    }

    /// Answers are about the text as it is now.
    fn reply(&mut self, request: Request) {
        // This one checks a text of its own.
        if request.method == Completion::METHOD {
            let found = self.complete(request.params);
            return self.send(Response::new_ok(request.id, found).into());
        }
        if self.workspace.is_stale() {
            self.check();
        }
        if let Some(answer) = self.name_answer(&request.method, &request.params) {
            return self.send(match answer {
                Ok(value) => Response::new_ok(request.id, value).into(),
                Err(reason) => self.refusal(request.id, ErrorCode::RequestFailed, &reason),
            });
        }
        self.send(match self.answer(&request.method, request.params) {
            Some(value) => Response::new_ok(request.id, value).into(),
            None => {
                let text = Text::new(format!("尚未支持 {}", request.method), format!("no {} yet", request.method));
                self.refusal(request.id, ErrorCode::MethodNotFound, &text)
            }
        });
    }
    fn refusal(&self, id: RequestId, code: ErrorCode, text: &Text) -> Message {
        Response::new_err(id, code as i32, (self.pick)(text).to_owned()).into()
    }

    /// An editor that does not listen any more ends the loop by itself.
    fn send(&self, message: Message) {
        let _ = self.connection.sender.send(message);
    }

    pub fn address(&self, path: &Path) -> Option<Url> {
        match self.addresses.get(path) {
            Some(address) => Some(address.clone()),
            None => Url::from_file_path(path.canonicalize().unwrap_or_else(|_| path.to_path_buf())).ok(),
        }
    }
}
