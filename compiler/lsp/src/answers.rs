//! Requests and their answers.

use crate::server::Server;
use crate::{findings, place};
use lsp_types::request::{
    CodeActionRequest, DocumentSymbolRequest, Formatting, GotoDefinition, HoverRequest, Request as _,
};
use lsp_types::{
    CodeAction, CodeActionParams, CompletionItem, CompletionItemKind, CompletionParams, DocumentFormattingParams,
    DocumentSymbolParams, GotoDefinitionParams, Hover, HoverContents, HoverParams, Location, MarkupContent, MarkupKind,
    Position, Range, SymbolInformation, SymbolKind, TextDocumentPositionParams, TextEdit, Url,
};
use qi_base::{File, FileId, Span};
use qi_ide::{Checked, Completion, CompletionKind, Found};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

impl Server<'_> {
    /// What could stand where the user writes. The text is checked for it.
    pub fn complete(&mut self, params: Value) -> Value {
        let found = serde_json::from_value::<CompletionParams>(params).ok().and_then(|it| {
            let at = it.text_document_position;
            let path = at.text_document.uri.to_file_path().ok()?;
            let file = File::new(&path, self.workspace.text(&path)?.to_owned());
            self.workspace.complete(self.host, &path, place::offset(&file, at.position))
        });
        serde_json::to_value(found.map(|it| it.into_iter().map(item).collect::<Vec<_>>())).expect("plain data")
    }

    /// None: no such request here. Null: nothing to say, also to parameters that make no sense.
    pub fn answer(&self, method: &str, params: Value) -> Option<Value> {
        Some(match method {
            Formatting::METHOD => with(params, |it| self.format(&it)),
            CodeActionRequest::METHOD => with(params, |it| self.actions(&it)),
            HoverRequest::METHOD => with(params, |it: HoverParams| self.hover(&it.text_document_position_params)),
            GotoDefinition::METHOD => {
                with(params, |it: GotoDefinitionParams| self.definition(&it.text_document_position_params))
            }
            DocumentSymbolRequest::METHOD => with(params, |it| self.symbols(&it)),
            _ => return None,
        })
    }

    fn checked(&self, address: &Url) -> Option<(&Checked, FileId)> {
        self.workspace.checked_file(&address.to_file_path().ok()?)
    }

    /// One edit of the whole text, if it needs any.
    fn format(&self, it: &DocumentFormattingParams) -> Option<Vec<TextEdit>> {
        let path = it.text_document.uri.to_file_path().ok()?;
        let (text, formatted) = self.workspace.formatted(&path)?;
        if formatted == text {
            return Some(Vec::new());
        }
        let file = File::new(path, text.to_owned());
        let end = place::position(&file, text.len() as u32);
        Some(vec![TextEdit { range: Range { start: Position::default(), end }, new_text: formatted }])
    }

    fn actions(&self, it: &CodeActionParams) -> Option<Vec<CodeAction>> {
        let (checked, id) = self.checked(&it.text_document.uri)?;
        let file = checked.files.get(id);
        let (start, end) = (place::offset(file, it.range.start), place::offset(file, it.range.end));
        let fixes = checked.fixes(Span::new(id, start.min(end), end));
        Some(fixes.filter_map(|fix| findings::action(self, checked, fix)).collect())
    }

    fn found(&self, it: &TextDocumentPositionParams) -> Option<(&Checked, FileId, Found)> {
        let (checked, file) = self.checked(&it.text_document.uri)?;
        let found = checked.at(file, place::offset(checked.files.get(file), it.position))?;
        Some((checked, file, found))
    }

    fn hover(&self, it: &TextDocumentPositionParams) -> Option<Hover> {
        let (checked, file, found) = self.found(it)?;
        let value = format!("```qi\n{}\n```\n{}", found.text, found.documentation).trim().to_owned();
        Some(Hover {
            contents: HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value }),
            range: Some(place::range(checked.files.get(file), found.span)),
        })
    }

    fn definition(&self, it: &TextDocumentPositionParams) -> Option<Location> {
        if let Some((checked, _, found)) = self.found(it)
            && let Some(declared) = found.declared
        {
            return self.location(checked, declared);
        }
        // Types, fields in patterns, names of arguments: nothing is computed there.
        let path = it.text_document.uri.to_file_path().ok()?;
        let (checked, file) = self.workspace.checked_file(&path)?;
        let offset = place::offset(checked.files.get(file), it.position);
        let (checked, declared) = self.workspace.declaration(&path, offset)?;
        self.location(checked, declared)
    }

    fn symbols(&self, it: &DocumentSymbolParams) -> Option<Vec<SymbolInformation>> {
        let (checked, file) = self.checked(&it.text_document.uri)?;
        let symbols = checked.symbols(file).into_iter().filter_map(|it| {
            #[expect(deprecated, reason = "the field has no default")]
            Some(SymbolInformation {
                kind: kind(it.kind),
                location: self.location(checked, it.span)?,
                name: it.name,
                tags: None,
                deprecated: None,
                container_name: None,
            })
        });
        Some(symbols.collect())
    }
}

fn with<P: DeserializeOwned, R: Serialize>(params: Value, answer: impl FnOnce(P) -> Option<R>) -> Value {
    let result = serde_json::from_value(params).ok().and_then(answer);
    serde_json::to_value(result).expect("plain data")
}

fn item(it: Completion) -> CompletionItem {
    let kind = match it.kind {
        CompletionKind::Local | CompletionKind::Global => CompletionItemKind::VARIABLE,
        CompletionKind::Field => CompletionItemKind::FIELD,
        CompletionKind::Function => CompletionItemKind::FUNCTION,
        CompletionKind::Method => CompletionItemKind::METHOD,
        CompletionKind::Type => CompletionItemKind::STRUCT,
        CompletionKind::Variant => CompletionItemKind::ENUM_MEMBER,
        CompletionKind::Trait => CompletionItemKind::INTERFACE,
        CompletionKind::Module => CompletionItemKind::MODULE,
        CompletionKind::Keyword => CompletionItemKind::KEYWORD,
    };
    let detail = Some(it.detail).filter(|it| !it.is_empty());
    CompletionItem { label: it.name, kind: Some(kind), detail, ..CompletionItem::default() }
}

fn kind(kind: qi_ide::SymbolKind) -> SymbolKind {
    match kind {
        qi_ide::SymbolKind::Function => SymbolKind::FUNCTION,
        qi_ide::SymbolKind::Method => SymbolKind::METHOD,
        qi_ide::SymbolKind::Struct => SymbolKind::STRUCT,
        qi_ide::SymbolKind::Enum => SymbolKind::ENUM,
        qi_ide::SymbolKind::Trait => SymbolKind::INTERFACE,
        qi_ide::SymbolKind::Constant => SymbolKind::CONSTANT,
        qi_ide::SymbolKind::Variable => SymbolKind::VARIABLE,
    }
}
