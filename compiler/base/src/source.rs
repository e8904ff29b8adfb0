//! Source files and byte spans into them, with conversion to the 1-based line and character column shown to people.

use crate::{Id, IdVec, define_id};
use std::path::{Path, PathBuf};

define_id!(
    /// A source file of this run.
    FileId, "file"
);

/// A byte range of one file; `start <= end`, both on character borders.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    pub file: FileId,
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub fn new(file: FileId, start: u32, end: u32) -> Self {
        debug_assert!(start <= end);
        Self { file, start, end }
    }
    /// The empty span at the start of this one.
    pub fn before(self) -> Self {
        Self { end: self.start, ..self }
    }
    /// The empty span at the end of this one.
    pub fn after(self) -> Self {
        Self { start: self.end, ..self }
    }
    /// Nothing of `inner` lies outside.
    pub fn covers(self, inner: Self) -> bool {
        self.file == inner.file && self.start <= inner.start && inner.end <= self.end
    }
    /// The smallest span that covers both. The files must be equal.
    pub fn to(self, other: Self) -> Self {
        debug_assert_eq!(self.file, other.file);
        Self { file: self.file, start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

impl std::fmt::Debug for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}..{}", self.file, self.start, self.end)
    }
}

/// A position as people count: both from 1, columns in characters.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LineColumn {
    pub line: u32,
    pub column: u32,
}

#[derive(Debug)]
pub struct File {
    /// As the user wrote it; shown in messages.
    pub path: PathBuf,
    pub text: String,
    /// Byte offset of each line's first byte.
    line_starts: Vec<u32>,
}

impl File {
    pub fn new(path: impl Into<PathBuf>, text: String) -> Self {
        let line_starts = std::iter::once(0)
            .chain(text.bytes().enumerate().filter(|&(_, b)| b == b'\n').map(|(i, _)| i as u32 + 1))
            .collect();
        Self { path: path.into(), text, line_starts }
    }
    /// The line (from 0) that holds byte `offset`.
    pub fn line_index(&self, offset: u32) -> usize {
        self.line_starts.partition_point(|&start| start <= offset) - 1
    }
    pub fn line_column(&self, offset: u32) -> LineColumn {
        let line = self.line_index(offset);
        let start = self.line_starts[line] as usize;
        let mut end = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        LineColumn { line: line as u32 + 1, column: self.text[start..end].chars().count() as u32 + 1 }
    }
    /// The span widened to whole characters: a closing brace is one byte or, full-width, three.
    pub fn whole_characters(&self, span: Span) -> Span {
        let (mut start, mut end) =
            ((span.start as usize).min(self.text.len()), (span.end as usize).min(self.text.len()));
        while !self.text.is_char_boundary(start) {
            start -= 1;
        }
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        Span { start: start as u32, end: end as u32, ..span }
    }
    /// The byte at which line `line` (from 0) starts.
    pub fn line_start(&self, line: usize) -> usize {
        self.line_starts[line] as usize
    }
    /// The text of line `line` (from 0) without its line break.
    pub fn line_text(&self, line: usize) -> &str {
        let start = self.line_starts[line] as usize;
        let end = self.line_starts.get(line + 1).map_or(self.text.len(), |&next| next as usize);
        self.text[start..end].trim_end_matches(['\n', '\r'])
    }
    pub fn line_count(&self) -> usize {
        self.line_starts.len()
    }
}

/// All source files of a run.
#[derive(Debug, Default)]
pub struct Files(IdVec<FileId, File>);

impl Files {
    pub fn add(&mut self, file: File) -> FileId {
        self.0.push(file)
    }
    pub fn get(&self, id: FileId) -> &File {
        &self.0[id]
    }
    pub fn text(&self, span: Span) -> &str {
        &self.get(span.file).text[span.start as usize..span.end as usize]
    }
    pub fn start(&self, span: Span) -> LineColumn {
        self.get(span.file).line_column(span.start)
    }
    pub fn find(&self, path: &Path) -> Option<FileId> {
        self.0.iter().find(|(_, file)| file.path == path).map(|(id, _)| id)
    }
    pub fn ids(&self) -> impl Iterator<Item = FileId> {
        (0..self.0.len()).map(FileId::from_index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let file = File::new("例.qi", "变量 甲\n  乙\n".into());
        assert_eq!(file.line_column(7), LineColumn { line: 1, column: 4 });
        assert_eq!(file.line_column(13), LineColumn { line: 2, column: 3 });
        assert_eq!(file.line_text(1), "  乙");
    }
}
