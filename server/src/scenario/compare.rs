//! Two traces of one scenario, side by side as `sdiff` does it: `|` between lines that differ, `<` and `>` beside a line
//! that only one side has.

use std::io::Write;

use bufferevent::Dialect;
use bufferevent::sim::{Budget, Scenario, TraceLine, Truncation};

use super::print::Lines;
use super::{Outcome, Stopped};

/// Wide enough for a state with short figures; a longer line pushes its neighbour aside.
const WIDTH: usize = 96;

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
    let (names, mut number) = ((left.dialect, right.dialect), 0_u64);
    let (mut left, mut right) = (Lines::new(left, budget), Lines::new(right, budget));
    let mut differs = false;
    // Before these two differ nothing is printed.
    let unprinted = |error| Stopped { error, found: Outcome::Differs };
    loop {
        let pair = (left.next(), right.next());
        let mark = match &pair {
            (None, None) => break,
            (Some(left), Some(right)) if left == right => ' ',
            (Some(_), Some(_)) => '|',
            (Some(_), None) => '<',
            (None, Some(_)) => '>',
        };
        number += 1;
        if !differs && mark != ' ' {
            differs = true;
            writeln!(out, "{:>6} {:WIDTH$}   {}", "line", names.0.as_str(), names.1).map_err(unprinted)?;
        }
        if differs {
            let text = |line: Option<TraceLine>| line.map_or_else(String::new, |line| line.to_string());
            let row = format!("{number:>6} {:WIDTH$} {mark} {}", text(pair.0), text(pair.1));
            writeln!(out, "{}", row.trim_end()).map_err(unprinted)?;
        }
    }
    let side = |name: Dialect, lines: &Lines| lines.cut().map(|cut| (name, cut));
    let cut = side(names.0, &left).or_else(|| side(names.1, &right));
    if !differs && cut.is_none() {
        writeln!(out, "{} and {}: {number} equal lines", names.0, names.1)?;
    }
    Ok(Compared { differs, cut })
}
