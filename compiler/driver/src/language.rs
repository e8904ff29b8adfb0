//! The language of everything said to the user: Chinese unless English is asked for.

use qi_base::Text;

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Language {
    #[default]
    Chinese,
    English,
}

impl Language {
    /// `QI_LANG`; anything that does not start with `en` is Chinese.
    pub fn from_environment() -> Self {
        match std::env::var("QI_LANG") {
            Ok(value) if value.to_ascii_lowercase().starts_with("en") => Self::English,
            _ => Self::Chinese,
        }
    }

    pub fn pick(self, text: &Text) -> &str {
        self.choose(&text.zh, &text.en)
    }

    pub fn choose<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Chinese => zh,
            Self::English => en,
        }
    }
}
