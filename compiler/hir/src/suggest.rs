//! "Did you mean": the known name nearest to an unknown one, by edit distance in characters.
//! Says nothing rather than something far-fetched. Deterministic: of equally near names the first by text.

/// The candidate nearest to `name`, if it is near enough to be meant.
pub fn similar<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = name.chars().count();
    let limit = match length {
        0 | 1 => return None,
        2..=4 => 1,
        _ => length / 3,
    };
    candidates
        .into_iter()
        .filter(|it| *it != name)
        .map(|it| (distance(name, it), it))
        .filter(|&(distance, it)| distance <= limit && distance < it.chars().count())
        .min()
        .map(|(_, it)| it)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_wrong_character_is_near() {
        assert_eq!(similar("学生入数", ["教室数", "学生人数"]), Some("学生人数"));
        assert_eq!(similar("长读", ["长度", "范围"]), Some("长度"));
    }

    #[test]
    fn swapped_neighbours_are_near() {
        assert_eq!(distance("度长", "长度"), 1);
    }

    #[test]
    fn unrelated_names_are_not_suggested() {
        assert_eq!(similar("甲", ["乙"]), None);
        assert_eq!(similar("未知的名字", ["打印", "长度"]), None);
    }
}
