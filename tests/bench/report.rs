//! The report: first what was promised and whether it holds, then what everybody reached.

use crate::row::Outcome;
use crate::rows::{Figure, Hold, Row};
use std::fmt::Write as _;

const VERDICT_HEAD: &str = "| 编号 | 内容 | Qi | 对手 | 比值 | 要求 | 结果 |\n|---|---|---|---|---|---|---|\n";
const DETAIL_HEAD: &str =
    "| 编号 | 谁 | 数字 | 每次 | CPU 秒 | 墙钟秒 | Qi 是它的几倍 |\n|---|---|---|---|---|---|---|\n";

pub struct Report {
    verdicts: String,
    details: String,
    counting: bool,
}

impl Report {
    pub fn new(counting: bool) -> Self {
        Self { verdicts: VERDICT_HEAD.into(), details: DETAIL_HEAD.into(), counting }
    }

    pub fn add(&mut self, row: &Row, outcomes: &[Outcome]) {
        let qi = outcomes.first().filter(|it| it.label == row.contestants[0].label);
        for hold in row.holds {
            self.add_verdict(row, hold, qi, outcomes);
        }
        for outcome in outcomes {
            let ratio = qi.map_or(f64::NAN, |it| it.figure / outcome.figure);
            let _ = writeln!(
                self.details,
                "| {} | {} | {} | {} | {} | {} | {} |",
                row.id,
                outcome.label,
                self.figure(row, outcome.figure),
                self.per_operation(row, outcome.figure),
                number(outcome.cpu, 3),
                number(outcome.wall, 3),
                number(ratio, 2),
            );
        }
    }

    fn add_verdict(&mut self, row: &Row, hold: &Hold, qi: Option<&Outcome>, outcomes: &[Outcome]) {
        let rivals = outcomes.iter().filter(|it| hold.of.contains(&it.label));
        let best = rivals.min_by(|a, b| a.figure.total_cmp(&b.figure));
        let absolute = hold.of.is_empty();
        if absolute && self.counting {
            return;
        }
        let rival = best.map_or_else(String::new, |it| format!("{} {}", it.label, self.figure(row, it.figure)));
        let ratio = match (qi, best) {
            (Some(qi), _) if absolute => qi.figure / hold.limit,
            (Some(qi), Some(best)) => qi.figure / best.figure,
            _ => f64::NAN,
        };
        let limit = if absolute { 1.0 } else { hold.limit };
        // A difference below the noise may be negative.
        let meaningless = ratio.is_nan() || ratio <= 0.0;
        let verdict = if meaningless {
            "没有数字"
        } else if ratio <= limit {
            "达到"
        } else {
            "**未达到**"
        };
        let promise = if absolute {
            format!("≤ {}", self.figure(row, hold.limit))
        } else {
            format!("≤ {}x {}", hold.limit, hold.of.join("、"))
        };
        let ours = qi.map_or_else(|| "失败".into(), |it| self.figure(row, it.figure));
        let shown = if absolute || meaningless { String::new() } else { number(ratio, 2) };
        let _ = writeln!(
            self.verdicts,
            "| {} | {} | {ours} | {rival} | {shown} | {promise} | {verdict} |",
            row.id, row.what
        );
    }

    fn figure(&self, row: &Row, figure: f64) -> String {
        match row.figure {
            _ if self.counting => format!("{} M 条", number(figure / 1e6, 2)),
            Figure::Cpu | Figure::CpuOnOneThread | Figure::CpuAbove(_) | Figure::Compiler => {
                format!("{} s", number(figure, 3))
            }
            Figure::MemoryAbove(_) => format!("{} B", number(figure, 0)),
            Figure::Size => format!("{} KB", number(figure / 1000.0, 0)),
        }
    }

    fn per_operation(&self, row: &Row, figure: f64) -> String {
        match row.figure {
            Figure::Cpu | Figure::CpuOnOneThread | Figure::CpuAbove(_) if row.operations > 0 && !self.counting => {
                format!("{} ns", number(figure * 1e9 / row.operations as f64, 2))
            }
            _ => String::new(),
        }
    }

    /// The whole text, under what is said about this run.
    pub fn into_text(self, head: &str) -> String {
        format!("{head}\n## 要求\n\n{}\n## 全部数字\n\n{}", self.verdicts, self.details)
    }
}

fn number(figure: f64, digits: usize) -> String {
    if figure.is_nan() { String::new() } else { format!("{figure:.digits$}") }
}
