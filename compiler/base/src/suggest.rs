//! "Did you mean": the known name most like an unknown one, by sound (a wrong choice of the input method), then by edit
//! distance in characters.
//! Says nothing rather than something far-fetched. Deterministic: of equally near names the first by text.

/// Characters that are easily taken for each other, or clicked instead of each other.
const LOOKALIKES: &[&str] =
    &["己已巳", "未末", "人入", "日曰", "土士", "千干", "卬印", "棉眠", "迸进", "拔拨", "侯候", "折拆"];

/// Whether one name may have been written for the other: the same sound, or characters that look alike.
pub fn is_slip(left: &str, right: &str) -> bool {
    let looks_alike = |(l, r): (char, char)| l == r || LOOKALIKES.iter().any(|it| it.contains(l) && it.contains(r));
    pinyin::sounds_alike(left, right)
        || (left.chars().count() == right.chars().count() && left.chars().zip(right.chars()).all(looks_alike))
}

/// The candidate that sounds like `name`, else the one nearest to it, if it is near enough to be meant.
pub fn similar<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let candidates: Vec<&str> = candidates.into_iter().filter(|it| *it != name).collect();
    homophone(name, &candidates).or_else(|| nearest(name, &candidates))
}

/// The same among many names, where one different character of two makes another word.
pub fn similar_word<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let mut candidates: Vec<&str> = candidates.into_iter().filter(|it| *it != name).collect();
    let homophone = homophone(name, &candidates);
    candidates.retain(|it| !is_other_word(name, it));
    homophone.or_else(|| nearest(name, &candidates))
}

fn homophone<'a>(name: &str, candidates: &[&'a str]) -> Option<&'a str> {
    candidates.iter().copied().filter(|it| is_slip(name, it)).min()
}

fn nearest<'a>(name: &str, candidates: &[&'a str]) -> Option<&'a str> {
    let length = name.chars().count();
    let limit = match length {
        0 | 1 => return None,
        2..=4 => 1,
        _ => length / 3,
    };
    // The lengths alone rule most of them out.
    let similar = candidates.iter().filter(|it| it.chars().count().abs_diff(length) <= limit);
    let near = similar.map(|it| (distance(name, it), *it));
    let near = near.filter(|&(distance, it)| distance <= limit && distance < it.chars().count());
    near.min().map(|(_, it)| it)
}

/// Both have two characters, and not the same two.
fn is_other_word(left: &str, right: &str) -> bool {
    left.chars().count() == 2 && right.chars().count() == 2 && !left.chars().rev().eq(right.chars())
}

/// Insertions, deletions, replacements and swaps of neighbours that turn `left` into `right`.
fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    let mut rows = vec![(0..=right.len()).collect::<Vec<_>>()];
    for (i, &l) in left.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, &r) in right.iter().enumerate() {
            let mut best = (rows[i][j] + usize::from(l != r)).min(rows[i][j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && l == right[j - 1] && left[i - 1] == r {
                best = best.min(rows[i - 1][j - 1] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[left.len()][right.len()]
}

mod pinyin;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_wrong_character_is_near() {
        assert_eq!(similar("学生入数", ["教室数", "学生人数"]), Some("学生人数"));
        assert_eq!(similar("长读", ["长度", "范围"]), Some("长度"));
    }

    #[test]
    fn the_same_sound_comes_first() {
        assert_eq!(similar("记数", ["整数", "计数"]), Some("计数"));
        assert_eq!(similar("jishu", ["基数们", "计数"]), Some("计数"));
        assert_eq!(similar("常度", ["长度"]), Some("长度"));
    }

    #[test]
    fn swapped_neighbours_are_near() {
        assert_eq!(distance("度长", "长度"), 1);
    }

    #[test]
    fn unrelated_names_are_not_suggested() {
        assert_eq!(similar("甲", ["乙"]), None);
        assert_eq!(similar_word("未知", ["未来"]), None);
        assert_eq!(similar("添加", ["追加"]), Some("追加"));
        assert_eq!(similar("未知的名字", ["打印", "长度"]), None);
    }
}
