//! The scenario program: reads scenarios, runs each on the simulated kernel, prints what can be seen of it.
//!
//! `source` reads scenarios from files and from JSON Lines, `print` writes a trace or records as they come, `compare`
//! puts the traces of two dialects side by side. Everything is streamed: a scenario may ask for billions of passes, and
//! whoever reads the output may stop at any time.

mod compare;
mod print;
mod source;

use std::fmt;
use std::io::{self, BufRead, Write};
use std::path::PathBuf;

use bufferevent::{Dialect, sim::Scenario};

use source::Named;

/// What to do with the scenarios: the command line of the program.
#[derive(Debug, Clone, clap::Args)]
pub struct Request {
    /// Files with one scenario each; `-` is standard input with one scenario a line
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,

    /// Print every internal step as a record, instead of the trace
    #[arg(long)]
    pub records: bool,

    /// Print the state after every internal step, instead of the trace
    #[arg(long, conflicts_with = "records")]
    pub pictures: bool,

    /// Print the traces in these two dialects side by side, from the first difference on
    #[arg(long, value_name = "DIALECT,DIALECT", value_parser = two_dialects, conflicts_with_all = ["records", "pictures"])]
    pub compare: Option<(Dialect, Dialect)>,
}

fn two_dialects(text: &str) -> Result<(Dialect, Dialect), String> {
    let (left, right) = text.split_once(',').ok_or("two dialects are needed, such as 1.4,2.1")?;
    let dialect = |name: &str| name.parse().map_err(|unknown| format!("{unknown}"));
    Ok((dialect(left)?, dialect(right)?))
}

/// A scenario that could not be run: one line that says which, where in it, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Invalid(String);

impl Invalid {
    /// Control characters, in a file's name for example, must not make two lines of it.
    fn new(source: &dyn fmt::Display, problem: &dyn fmt::Display) -> Self {
        let line = format!("{source}: {problem}");
        Self(line.chars().map(|char| if char.is_control() { '\u{fffd}' } else { char }).collect())
    }
}

/// Does what is asked, and tells whether every scenario was valid. Those that are not are named on `errors`, a line
/// each; the others run.
///
/// # Errors
/// What `out` says, which is the end of it.
pub fn run(
    request: &Request,
    input: impl BufRead,
    mut out: impl Write,
    mut errors: impl Write,
) -> io::Result<bool> {
    let mut all_valid = true;
    let mut input = Some(input);
    for file in &request.files {
        let mut print = |scenario| {
            let printed = match scenario {
                Ok(named) => request.print(&named, &mut out)?,
                Err(invalid) => Err(invalid),
            };
            if let Err(Invalid(line)) = printed {
                all_valid = false;
                // Nobody who could be told that nobody can be told.
                let _ = writeln!(errors, "{line}");
            }
            Ok(())
        };
        if file.as_os_str() == "-" {
            // Named twice, it has ended the second time.
            input.take().map_or(Ok(()), |input| source::each_line(input, &mut print))?;
        } else {
            print(source::file(file))?;
        }
    }
    out.flush()?;
    Ok(all_valid)
}

impl Request {
    fn print(&self, named: &Named, mut out: impl Write) -> io::Result<Result<(), Invalid>> {
        let Named { source, scenario, headed } = named;
        let (left, right) = match self.compare {
            None => (scenario.clone(), None),
            Some((left, right)) => {
                match (in_dialect(scenario, left, source), in_dialect(scenario, right, source)) {
                    (Ok(left), Ok(right)) => (left, Some(right)),
                    (Err(invalid), _) | (_, Err(invalid)) => return Ok(Err(invalid)),
                }
            }
        };
        if *headed {
            writeln!(out, "{}", serde_json::json!({ "scenario": scenario.name }))?;
        }
        match right {
            Some(right) => compare::print(left, right, &mut out)?,
            None if self.records => print::records(left, &mut out)?,
            None if self.pictures => print::pictures(left, &mut out)?,
            None => print::trace(left, &mut out)?,
        }
        Ok(Ok(()))
    }
}

/// The same scenario in another dialect, if it is valid there.
fn in_dialect(scenario: &Scenario, dialect: Dialect, source: &str) -> Result<Scenario, Invalid> {
    let other = Scenario { dialect, ..scenario.clone() };
    Scenario::from_json(&other.to_json())
        .map_err(|error| Invalid::new(&format_args!("{source}: in dialect {dialect}"), &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_dialects_are_two_names() {
        assert_eq!(two_dialects("1.4,2.1"), Ok((Dialect::V1_4, Dialect::V2_1)));
        for wrong in ["1.4", "1.4,2.2", "", "1.4,2.1,1.4"] {
            assert!(two_dialects(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_complaint_is_one_line() {
        assert_eq!(Invalid::new(&"a\nb", &"c\x1b").0, "a\u{fffd}b: c\u{fffd}");
    }
}
