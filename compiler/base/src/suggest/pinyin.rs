//! Which names sound alike: the same pinyin without tones. The retroflex and the nasal finals count as their neighbours,
//! as input methods treat them. Letters stand for themselves, so `jishu` sounds like 计数.

use pinyin::{ToPinyin, ToPinyinMulti};

pub(super) fn sounds_alike(left: &str, right: &str) -> bool {
    if left.chars().count() == right.chars().count() {
        return left.chars().zip(right.chars()).all(|(l, r)| l == r || share_a_reading(l, r));
    }
    match (spelling(left), spelling(right)) {
        (Some(l), Some(r)) => l == r,
        _ => false,
    }
}

fn share_a_reading(left: char, right: char) -> bool {
    let (Some(left), Some(right)) = (left.to_pinyin_multi(), right.to_pinyin_multi()) else { return false };
    left.into_iter().any(|l| right.into_iter().any(|r| relaxed(l.plain()) == relaxed(r.plain())))
}

/// The usual pinyin of a name; none if it has no Chinese or a character without pinyin.
fn spelling(name: &str) -> Option<String> {
    let mut text = String::new();
    for c in name.chars() {
        match c.to_pinyin() {
            Some(it) => text.push_str(it.plain()),
            None if c.is_ascii_alphanumeric() => text.push(c.to_ascii_lowercase()),
            None => return None,
        }
    }
    Some(text)
}

fn relaxed(syllable: &str) -> String {
    let mut text = syllable.replace("zh", "z").replace("ch", "c").replace("sh", "s");
    if text.ends_with("ng") {
        text.pop();
    }
    text
}
