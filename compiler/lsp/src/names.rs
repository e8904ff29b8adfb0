//! Requests about one name in all its places: references, renaming, highlights; and the call around a place.

use crate::place;
use crate::server::Server;
use lsp_types::request::{
    DocumentHighlightRequest, PrepareRenameRequest, References, Rename, Request as _, SignatureHelpRequest,
};
use lsp_types::{
    DocumentHighlight, DocumentHighlightParams, Documentation, Location, MarkupContent, MarkupKind,
    ParameterInformation, ParameterLabel, PrepareRenameResponse, ReferenceParams, RenameParams, SignatureHelp,
    SignatureHelpParams, SignatureInformation, TextDocumentPositionParams, TextEdit, WorkspaceEdit,
};
use qi_base::{File, Text};
use qi_ide::Signature;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::HashMap;
use std::path::PathBuf;

impl Server<'_> {
    /// None: no such request here. Parameters that make no sense lead to nothing; an error says why a name stays.
    pub fn name_answer(&mut self, method: &str, params: &Value) -> Option<Result<Value, Text>> {
        Some(match method {
            References::METHOD => answer(params, |it| Ok(self.references(&it))),
            DocumentHighlightRequest::METHOD => answer(params, |it| Ok(self.highlights(&it))),
            PrepareRenameRequest::METHOD => answer(params, |it| self.prepare_rename(&it)),
            Rename::METHOD => answer(params, |it| self.rename(&it)),
            SignatureHelpRequest::METHOD => answer(params, |it| Ok(self.signature(&it))),
            _ => return None,
        })
    }

    /// Of an open file.
    fn place(&self, it: &TextDocumentPositionParams) -> Option<(PathBuf, File, u32)> {
        let path = it.text_document.uri.to_file_path().ok()?;
        let file = File::new(&path, self.workspace.text(&path)?.to_owned());
        let offset = place::offset(&file, it.position);
        Some((path, file, offset))
    }

    fn references(&mut self, it: &ReferenceParams) -> Option<Vec<Location>> {
        let (path, _, offset) = self.place(&it.text_document_position)?;
        let found = self.workspace.references(self.host, &path, offset, it.context.include_declaration)?;
        let mut locations = Vec::new();
        for it in found {
            let Some(uri) = self.address(&it.file.path) else { continue };
            let ranges = it.spans.iter().map(|&span| place::range(&it.file, span));
            locations.extend(ranges.map(|range| Location { uri: uri.clone(), range }));
        }
        Some(locations)
    }

    fn highlights(&self, it: &DocumentHighlightParams) -> Option<Vec<DocumentHighlight>> {
        let (path, file, offset) = self.place(&it.text_document_position_params)?;
        let found = self.workspace.highlights(&path, offset)?;
        Some(found.into_iter().map(|it| DocumentHighlight { range: place::range(&file, it), kind: None }).collect())
    }

    fn prepare_rename(&mut self, it: &TextDocumentPositionParams) -> Result<Option<PrepareRenameResponse>, Text> {
        let Some((path, file, offset)) = self.place(it) else { return Ok(None) };
        let span = self.workspace.renameable(self.host, &path, offset)?;
        let placeholder = file.text.get(span.start as usize..span.end as usize).unwrap_or_default().to_owned();
        Ok(Some(PrepareRenameResponse::RangeWithPlaceholder { range: place::range(&file, span), placeholder }))
    }

    fn rename(&mut self, it: &RenameParams) -> Result<Option<WorkspaceEdit>, Text> {
        let Some((path, _, offset)) = self.place(&it.text_document_position) else { return Ok(None) };
        let mut changes = HashMap::new();
        for it in self.workspace.rename(self.host, &path, offset, &it.new_name)? {
            // To change some of the places only would break the program.
            let Some(uri) = self.address(&it.file.path) else { return Ok(None) };
            let edit = |edit: qi_base::Edit| TextEdit { range: place::range(&it.file, edit.span), new_text: edit.text };
            changes.insert(uri, it.edits.into_iter().map(edit).collect());
        }
        Ok(Some(WorkspaceEdit { changes: Some(changes), ..WorkspaceEdit::default() }))
    }

    fn signature(&self, it: &SignatureHelpParams) -> Option<SignatureHelp> {
        let (path, _, offset) = self.place(&it.text_document_position_params)?;
        let help = self.workspace.signature(&path, offset)?;
        let active_parameter = help.signatures.get(help.active).and_then(|it| it.active).map(|it| it as u32);
        Some(SignatureHelp {
            signatures: help.signatures.into_iter().map(signature).collect(),
            active_signature: Some(help.active as u32),
            active_parameter,
        })
    }
}

fn answer<P: DeserializeOwned, R: Serialize>(
    params: &Value,
    answer: impl FnOnce(P) -> Result<Option<R>, Text>,
) -> Result<Value, Text> {
    let result = P::deserialize(params).ok().map_or(Ok(None), answer)?;
    Ok(serde_json::to_value(result).expect("plain data"))
}

/// Parameters are shown by their UTF-16 units in the text.
fn signature(it: Signature) -> SignatureInformation {
    let units = |end: usize| it.text[..end].encode_utf16().count() as u32;
    let param = |range: &std::ops::Range<usize>| ParameterInformation {
        label: ParameterLabel::LabelOffsets([units(range.start), units(range.end)]),
        documentation: None,
    };
    let markup = |value| Documentation::MarkupContent(MarkupContent { kind: MarkupKind::Markdown, value });
    SignatureInformation {
        parameters: Some(it.params.iter().map(param).collect()),
        active_parameter: it.active.map(|it| it as u32),
        documentation: Some(it.documentation).filter(|it| !it.is_empty()).map(markup),
        label: it.text,
    }
}
