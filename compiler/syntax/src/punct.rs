//! Full-width punctuation, digits and letters and their ASCII twins; one table for lexer and formatter.

/// The half-width twin of a character, for code outside string and character literals.
pub fn half_width(c: char) -> char {
    match c {
        '、' | '，' => ',',
        '【' | '［' => '[',
        '】' | '］' => ']',
        '《' => '<',
        '》' => '>',
        // The full-width forms block mirrors ASCII `!`..`~`; quotes and the underscore have their own rules.
        '！'..='～' if !matches!(c, '＂' | '＇' | '＿' | '｀' | '＃' | '＄' | '＼') => {
            char::from_u32(c as u32 - 0xFEE0).unwrap_or(c)
        }
        _ => c,
    }
}

/// Bidirectional controls can make code read differently from what it does.
pub fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Characters that show as nothing.
pub fn is_zero_width(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}' | '\u{180E}')
}

pub(crate) fn is_invisible(c: char) -> bool {
    is_bidi_control(c) || is_zero_width(c)
}
