//! One row: everybody runs in turn, round after round, and must print the same; medians are what counts.

use crate::contestant::{Contestant, Workshop};
use crate::measure::{self, Sample, median};
use crate::rows::{Figure, Row};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// A row that has used this much stops after three rounds.
const BUDGET: Duration = Duration::from_secs(20);
const FEWEST_ROUNDS: usize = 3;

/// What a contestant reached.
pub struct Outcome {
    pub label: &'static str,
    /// What the row compares, in its own unit.
    pub figure: f64,
    pub cpu: f64,
    pub wall: f64,
}

struct Entry {
    contestant: Contestant,
    command: Vec<PathBuf>,
    /// What is subtracted: another program, or the same with fewer operations.
    base: Option<(Vec<PathBuf>, &'static [&'static str])>,
    samples: Vec<Sample>,
    bases: Vec<Sample>,
}

/// Runs the row; contestants that could not be built are missing.
pub fn race(workshop: &Workshop, row: &'static Row, rounds: usize) -> Vec<Outcome> {
    let mut entries: Vec<Entry> = row.contestants.iter().filter_map(|&it| enter(workshop, row, it)).collect();
    if row.figure == Figure::Size {
        return entries.iter().filter_map(size).collect();
    }
    let start = Instant::now();
    let mut expected = None;
    for round in 0..rounds {
        if round >= FEWEST_ROUNDS && start.elapsed() > BUDGET {
            break;
        }
        for entry in &mut entries {
            run_entry(row, entry, &mut expected);
        }
    }
    entries.iter().filter(|it| !it.samples.is_empty()).map(|it| outcome(row, it)).collect()
}

/// Counts instructions instead, with small arguments.
pub fn count(workshop: &Workshop, row: &'static Row) -> Vec<Outcome> {
    let mut expected = None;
    let native = row.contestants.iter().filter(|it| it.is_native_code());
    native
        .filter_map(|&contestant| {
            let entry = enter(workshop, row, contestant)?;
            let (mut figure, output) = measure::instructions(&entry.command, row.small)?;
            agree(row, contestant, &output, &mut expected);
            if let (Figure::CpuAbove(_), Some((base, _))) = (row.figure, &entry.base) {
                figure -= measure::instructions(base, row.small)?.0;
            }
            Some(Outcome { label: contestant.label, figure, cpu: f64::NAN, wall: f64::NAN })
        })
        .collect()
}

fn enter(workshop: &Workshop, row: &Row, contestant: Contestant) -> Option<Entry> {
    let Some(command) = workshop.prepare(contestant) else {
        eprintln!("{} {}：没有建成，跳过", row.id, contestant.label);
        return None;
    };
    let base = match row.figure {
        Figure::CpuAbove(program) => Some((workshop.prepare(contestant.with_program(program))?, row.arguments)),
        Figure::MemoryAbove(arguments) => Some((command.clone(), arguments)),
        Figure::Cpu | Figure::CpuOnOneThread | Figure::Compiler | Figure::Size => None,
    };
    Some(Entry { contestant, command, base, samples: Vec::new(), bases: Vec::new() })
}

fn run_entry(row: &Row, entry: &mut Entry, expected: &mut Option<Vec<u8>>) {
    let Some((sample, output)) = measure::run(&entry.command, row.arguments, row.figure.on_one_thread()) else {
        eprintln!("{} {}：运行失败", row.id, entry.contestant.label);
        return;
    };
    agree(row, entry.contestant, &output, expected);
    entry.samples.push(sample);
    if let Some((command, arguments)) = &entry.base {
        entry.bases.extend(measure::run(command, arguments, row.figure.on_one_thread()).map(|it| it.0));
    }
}

/// All print what the first printed.
fn agree(row: &Row, contestant: Contestant, output: &[u8], expected: &mut Option<Vec<u8>>) {
    if row.figure != Figure::Compiler && expected.get_or_insert_with(|| output.to_vec()) != output {
        eprintln!("{} {}：结果与别人不同", row.id, contestant.label);
    }
}

fn outcome(row: &Row, entry: &Entry) -> Outcome {
    let middle = |samples: &[Sample], part: fn(&Sample) -> f64| median(samples.iter().map(part));
    let (cpu, wall) = (middle(&entry.samples, |it| it.cpu), middle(&entry.samples, |it| it.wall));
    let figure = match row.figure {
        Figure::Cpu | Figure::CpuOnOneThread | Figure::Compiler | Figure::Size => cpu,
        Figure::CpuAbove(_) => cpu - middle(&entry.bases, |it| it.cpu),
        Figure::MemoryAbove(_) => {
            let more = middle(&entry.samples, |it| it.memory) - middle(&entry.bases, |it| it.memory);
            more / row.operations as f64
        }
    };
    Outcome { label: entry.contestant.label, figure, cpu, wall }
}

fn size(entry: &Entry) -> Option<Outcome> {
    let figure = measure::stripped_size(&entry.command[0])?;
    Some(Outcome { label: entry.contestant.label, figure, cpu: f64::NAN, wall: f64::NAN })
}
