//! Interned identifiers. Equal names after NFC normalisation are the same [`Name`].
//! The table is process-wide and never shrinks: a compiler run sees a bounded number of names.

use rustc_hash::FxHashMap;
use std::fmt;
use std::sync::{LazyLock, RwLock};
use unicode_normalization::{UnicodeNormalization, is_nfc};

/// An identifier, NFC-normalised. Ordered by interning, not by text: sort by [`as_str`](Name::as_str) before output.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(u32);

#[derive(Default)]
struct Table {
    ids: FxHashMap<&'static str, u32>,
    texts: Vec<&'static str>,
}

static TABLE: LazyLock<RwLock<Table>> = LazyLock::new(Default::default);

impl Name {
    pub fn new(text: &str) -> Self {
        // Asking Unicode's tables about each character costs more than the rest; these compose with nothing before them.
        let is_plain = |c| matches!(c, '\0'..='\u{2FF}' | '\u{4E00}'..='\u{9FFF}');
        if text.chars().all(is_plain) || is_nfc(text) {
            return Self::intern(text);
        }
        Self::intern(&text.nfc().collect::<String>())
    }

    fn intern(text: &str) -> Self {
        if let Some(&id) = TABLE.read().expect("interner is never poisoned").ids.get(text) {
            return Self(id);
        }
        let mut table = TABLE.write().expect("interner is never poisoned");
        if let Some(&id) = table.ids.get(text) {
            return Self(id);
        }
        let text: &'static str = Box::leak(text.into());
        let id = u32::try_from(table.texts.len()).expect("fewer than 2^32 names");
        table.texts.push(text);
        table.ids.insert(text, id);
        Self(id)
    }

    pub fn as_str(self) -> &'static str {
        TABLE.read().expect("interner is never poisoned").texts[self.0 as usize]
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.as_str())
    }
}
impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}
