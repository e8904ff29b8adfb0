//! Places: byte offsets here, lines and UTF-16 units from 0 in the protocol.

use lsp_types::{Position, Range};
use qi_base::{File, Span};

pub fn range(file: &File, span: Span) -> Range {
    let span = file.whole_characters(span);
    Range { start: position(file, span.start), end: position(file, span.end) }
}

pub fn position(file: &File, offset: u32) -> Position {
    let line = file.line_index(offset);
    let before = &file.text[file.line_start(line)..(offset as usize).min(file.text.len())];
    // Editors keep the mark at the start of a file to themselves.
    let before = before.trim_start_matches('\u{FEFF}');
    Position { line: line as u32, character: before.encode_utf16().count() as u32 }
}

/// Beyond the end of a line or of the text: that end.
pub fn offset(file: &File, position: Position) -> u32 {
    let line = position.line as usize;
    if line >= file.line_count() {
        return file.text.len() as u32;
    }
    let mut units = 0;
    let text = file.line_text(line);
    let within = text.char_indices().find(|&(_, c)| {
        let is_there = units >= position.character;
        units += c.len_utf16() as u32;
        is_there
    });
    (file.line_start(line) + within.map_or(text.len(), |it| it.0)) as u32
}

#[cfg(test)]
mod tests {
    use super::{offset, position};
    use lsp_types::Position;
    use qi_base::File;

    #[test]
    fn units_are_those_of_utf16() {
        let file = File::new("甲.qi", "打印(\"😀\")\r\n变量 x\n".to_owned());
        for (byte, line, character) in [(0, 0, 0), (6, 0, 2), (8, 0, 4), (12, 0, 6), (16, 1, 0), (23, 1, 3)] {
            let place = Position { line, character };
            assert_eq!((position(&file, byte), offset(&file, place)), (place, byte));
        }
        assert_eq!(offset(&file, Position { line: 0, character: 99 }), 14);
        assert_eq!(offset(&file, Position { line: 9, character: 0 }), file.text.len() as u32);
    }
}
