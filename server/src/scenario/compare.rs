//! Two traces of one scenario, side by side as `sdiff` does it: `|` between lines that differ, `<` and `>` beside a line
//! that only one side has.
//!
//! Both are read pass by pass, and what was in one pass is never put beside what was in another: so nothing is kept of traces
//! that may have no end.

use std::io::Write;
use std::iter::Peekable;
use std::mem::{self, Discriminant};
use std::vec::IntoIter;

use bufferevent::sim::{Budget, Scenario, Simulation, TraceEvent, TraceLine, Truncation};
use bufferevent::{Dialect, NoObserver};

use super::{Outcome, Stopped};

/// Wide enough for a state with short figures; a longer line pushes its neighbour aside.
const WIDTH: usize = 96;

/// Passes with more pairs of lines than so many are put side by side in their order.
const MOST_PAIRS: usize = 1 << 20;

/// What came of a comparison.
#[derive(Debug)]
pub(super) struct Compared {
    pub(super) differs: bool,
    /// The side that used up its budget first, and where.
    pub(super) cut: Option<(Dialect, Truncation)>,
}

/// Prints both traces from the first difference on, or that there is none.
pub(super) fn print(
    left: Scenario,
    right: Scenario,
    budget: Budget,
    out: &mut impl Write,
) -> Result<Compared, Stopped> {
    let names = (left.dialect, right.dialect);
    let (mut left, mut right) = (Passes::new(left, budget), Passes::new(right, budget));
    let (mut number, mut differs) = (0_u64, false);
    // Before these two differ nothing is printed.
    let unprinted = |error| Stopped { error, found: Outcome::Differs };
    while let Some(place) = [left.place(), right.place()].into_iter().flatten().min() {
        let (ours, theirs) = (left.take(place), right.take(place));
        for pair in aligned(&ours, &theirs) {
            let mark = match pair {
                (Some(left), Some(right)) if left == right => ' ',
                (Some(_), Some(_)) => '|',
                (Some(_), None) => '<',
                (None, _) => '>',
            };
            number += 1;
            if !differs && mark != ' ' {
                differs = true;
                writeln!(out, "{:>6} {:WIDTH$}   {}", "line", names.0.as_str(), names.1)
                    .map_err(unprinted)?;
            }
            if differs {
                let text = |line: Option<&TraceLine>| line.map_or_else(String::new, TraceLine::to_string);
                let row = format!("{number:>6} {:WIDTH$} {mark} {}", text(pair.0), text(pair.1));
                writeln!(out, "{}", row.trim_end()).map_err(unprinted)?;
            }
        }
    }
    let side = |name: Dialect, passes: &Passes| passes.simulation.truncation().map(|cut| (name, cut));
    let cut = side(names.0, &left).or_else(|| side(names.1, &right));
    if !differs && cut.is_none() {
        writeln!(out, "{} and {}: {number} equal lines", names.0, names.1)?;
    }
    Ok(Compared { differs, cut })
}

/// Where in a run lines are printed: the step, and the pass of it, or its end.
type Part = (usize, u32);

/// What is printed once a step is done, however many passes it took.
const END: u32 = u32::MAX;

/// A run whose lines are made pass by pass.
#[derive(Debug)]
struct Passes {
    simulation: Simulation<NoObserver>,
    ready: Peekable<IntoIter<(Part, TraceLine)>>,
}

impl Passes {
    fn new(scenario: Scenario, budget: Budget) -> Self {
        let mut passes = Self {
            simulation: Simulation::with_budget(scenario, NoObserver, budget),
            ready: Vec::new().into_iter().peekable(),
        };
        passes.fill((0, 0));
        passes
    }

    fn fill(&mut self, (step, pass): Part) {
        let placed = |line: TraceLine| match line.event {
            TraceEvent::State { .. } | TraceEvent::Freed { .. } => ((step, END), line),
            _ => ((step, pass), line),
        };
        let lines: Vec<_> = self.simulation.take_trace().into_iter().map(placed).collect();
        self.ready = lines.into_iter().peekable();
    }

    /// Where its next lines are; none at its end.
    fn place(&mut self) -> Option<Part> {
        loop {
            if let Some((place, _)) = self.ready.peek() {
                return Some(*place);
            }
            let progress = self.simulation.advance()?;
            self.fill((progress.step, progress.passes));
        }
    }

    /// The lines that are there, and not beyond.
    fn take(&mut self, there: Part) -> Vec<TraceLine> {
        let mut lines = Vec::new();
        while self.place() == Some(there) {
            lines.extend(self.ready.next().map(|(_, line)| line));
        }
        lines
    }
}

type Pair<'a> = (Option<&'a TraceLine>, Option<&'a TraceLine>);

/// The lines of both in their order, those beside each other that tell of the same: as many as possible, and rather those that
/// are equal.
fn aligned<'a>(left: &'a [TraceLine], right: &'a [TraceLine]) -> Vec<Pair<'a>> {
    let width = right.len() + 1;
    if left.len() * right.len() > MOST_PAIRS {
        return (0..left.len().max(right.len())).map(|at| (left.get(at), right.get(at))).collect();
    }
    // What can be had of the lines from here on.
    let mut worth = vec![0_u32; (left.len() + 1) * width];
    for (i, one) in left.iter().enumerate().rev() {
        for (j, other) in right.iter().enumerate().rev() {
            let at = i * width + j;
            let pair = likeness(one, other).map_or(0, |it| it + worth[at + width + 1]);
            worth[at] = pair.max(worth[at + width]).max(worth[at + 1]);
        }
    }
    let (mut i, mut j, mut pairs) = (0, 0, Vec::new());
    while i < left.len() || j < right.len() {
        let at = i * width + j;
        let pair = match (left.get(i), right.get(j)) {
            (Some(one), Some(other))
                if likeness(one, other).is_some_and(|it| it + worth[at + width + 1] == worth[at]) =>
            {
                (Some(one), Some(other))
            }
            (Some(one), other) if other.is_none() || worth[at + width] == worth[at] => (Some(one), None),
            (_, other) => (None, other),
        };
        i += usize::from(pair.0.is_some());
        j += usize::from(pair.1.is_some());
        pairs.push(pair);
    }
    pairs
}

/// How well two lines stand beside each other; none where they tell of different things.
fn likeness(one: &TraceLine, other: &TraceLine) -> Option<u32> {
    match one == other {
        true => Some(3),
        false => (sort(one) == sort(other)).then_some(1),
    }
}

/// Of whom a line tells, and what.
fn sort(line: &TraceLine) -> (Option<&str>, Discriminant<TraceEvent>, &str) {
    let which: &str = match &line.event {
        TraceEvent::Callback { cb, .. } | TraceEvent::Event { cb, .. } | TraceEvent::Buffer { cb, .. } => cb,
        TraceEvent::Timer { timer, .. } => timer,
        TraceEvent::Refused { refused } => refused,
        TraceEvent::PeerRecv { .. }
        | TraceEvent::PeerSees { .. }
        | TraceEvent::Spin { .. }
        | TraceEvent::State { .. }
        | TraceEvent::Freed { .. } => "",
    };
    (line.of.as_deref(), mem::discriminant(&line.event), which)
}
