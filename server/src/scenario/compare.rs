//! Two traces of one scenario, side by side as `sdiff` does it: `|` between lines that differ, `<` and `>` beside a line
//! that only one side has.

use std::io::{self, Write};

use bufferevent::sim::{Scenario, TraceLine};

use super::print::Lines;

/// Wide enough for a state with short figures; a longer line pushes its neighbour aside.
const WIDTH: usize = 96;

/// Prints both traces from the first difference on, or that there is none.
pub(super) fn print(left: Scenario, right: Scenario, out: &mut impl Write) -> io::Result<()> {
    let (names, mut number) = ((left.dialect, right.dialect), 0_u64);
    let (mut left, mut right) = (Lines::new(left), Lines::new(right));
    let mut differs = false;
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
            writeln!(out, "{:>6} {:WIDTH$}   {}", "line", names.0.as_str(), names.1)?;
        }
        if differs {
            let text = |line: Option<TraceLine>| line.map_or_else(String::new, |line| line.to_string());
            let row = format!("{number:>6} {:WIDTH$} {mark} {}", text(pair.0), text(pair.1));
            writeln!(out, "{}", row.trim_end())?;
        }
    }
    if differs { Ok(()) } else { writeln!(out, "{} and {}: {number} equal lines", names.0, names.1) }
}
