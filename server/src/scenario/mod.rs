//! The scenario program: reads scenarios, runs each on the simulated kernel, prints what can be seen of it.
//!
//! `source` reads scenarios from files and from JSON Lines, `print` writes a trace or records as they come, `compare`
//! puts the traces of two dialects side by side. Everything is streamed, and ends: a scenario may ask for billions of
//! passes, and gets as far as its budget. Whoever reads the output may stop at any time.

mod compare;
mod print;
mod source;

use std::fmt;
use std::io::{self, BufRead, Write};
use std::path::PathBuf;

use bufferevent::Dialect;
use bufferevent::sim::{Budget, Limit, Scenario, Truncation};

use source::Named;

/// What to do with the scenarios: the command line of the program.
#[derive(Debug, Clone, clap::Args)]
pub struct Request {
    /// Files with one scenario each; `-` is standard input with one scenario a line
    #[arg(value_name = "FILE", required_unless_present = "schema")]
    pub files: Vec<PathBuf>,

    /// Print the shape of scenarios as a JSON Schema, for editors, and nothing else
    #[arg(long, exclusive = true)]
    pub schema: bool,

    /// Print every internal step as a record, instead of the trace
    #[arg(long)]
    pub records: bool,

    /// Print the state after every internal step, instead of the trace
    #[arg(long, conflicts_with = "records")]
    pub pictures: bool,

    /// Print the traces in these two dialects side by side, from the first difference on
    #[arg(long, value_name = "DIALECT,DIALECT", value_parser = two_dialects, conflicts_with_all = ["records", "pictures"])]
    pub compare: Option<(Dialect, Dialect)>,

    /// Compare with timeouts rounded up to whole seconds, which is what 1.4 has
    #[arg(long, requires = "compare")]
    pub round_timeouts: bool,

    /// Stop a scenario after so many records, whether they are printed or not
    #[arg(long, value_name = "RECORDS", default_value_t = Budget::default().records)]
    pub max_records: u64,

    /// Stop a scenario that has more bytes than this buffered: in input, in output and in the kernel's queues
    #[arg(long, value_name = "BYTES", default_value_t = Budget::default().bytes)]
    pub max_bytes: u64,
}

/// How it went, in the order of what is worse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Everything ran to its end; what was compared is equal.
    Fine,
    /// Two traces differ.
    Differs,
    /// A scenario is not valid, or was stopped.
    Failed,
}

fn two_dialects(text: &str) -> Result<(Dialect, Dialect), String> {
    let (left, right) = text.split_once(',').ok_or("two dialects are needed, such as 1.4,2.1")?;
    let dialect = |name: &str| name.parse().map_err(|unknown| format!("{unknown}"));
    Ok((dialect(left)?, dialect(right)?))
}

/// What is said about a scenario: one line with which one it is, where in it, and what.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Complaint(String);

impl Complaint {
    /// Control characters, in a file's name for example, must not make two lines of it.
    fn new(source: &dyn fmt::Display, problem: &dyn fmt::Display) -> Self {
        let line = format!("{source}: {problem}");
        Self(line.chars().map(|char| if char.is_control() { '\u{fffd}' } else { char }).collect())
    }

    /// The run was stopped at a limit, which the option that it has names too, or the scenario's own key.
    fn cut(source: &dyn fmt::Display, cut: Truncation, budget: Budget) -> Self {
        let (option, most) = match cut.what {
            Limit::Records => ("--max-records", budget.records),
            Limit::Bytes => ("--max-bytes", budget.bytes),
            Limit::Payload => return Self::new(source, &cut),
        };
        let option = if cut.limit < most { "the scenario's own limits" } else { option };
        Self::new(source, &format_args!("{cut} ({option})"))
    }
}

/// Does what is asked. Scenarios that are not valid or do not end are named on `errors`, a line each; the others run.
///
/// # Errors
/// What `out` says, which is the end of it.
pub fn run(
    request: &Request,
    input: impl BufRead,
    mut out: impl Write,
    mut errors: impl Write,
) -> io::Result<Outcome> {
    if request.schema {
        writeln!(out, "{:#}", bufferevent::sim::schema())?;
        out.flush()?;
        return Ok(Outcome::Fine);
    }
    let mut outcome = Outcome::Fine;
    let mut input = Some(input);
    for file in &request.files {
        let mut print = |scenario: Result<Named, Complaint>| {
            let printed = match scenario {
                Ok(named) => request.print(named, &mut out, &mut errors)?,
                Err(complaint) => Err(complaint),
            };
            outcome = outcome.max(printed.unwrap_or_else(|complaint| {
                say(&mut errors, &complaint);
                Outcome::Failed
            }));
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
    Ok(outcome)
}

fn say(errors: &mut impl Write, Complaint(line): &Complaint) {
    // Nobody who could be told that nobody can be told.
    let _ = writeln!(errors, "{line}");
}

impl Request {
    fn budget(&self) -> Budget {
        Budget { records: self.max_records, bytes: self.max_bytes, ..Budget::default() }
    }

    fn print(
        &self,
        named: Named,
        out: &mut impl Write,
        errors: &mut impl Write,
    ) -> io::Result<Result<Outcome, Complaint>> {
        if let Some(dialects) = self.compare {
            return self.print_compared(named, dialects, out, errors);
        }
        let Named { source, scenario, headed } = named;
        head(&scenario, headed, out)?;
        let budget = self.budget();
        let cut = if self.records {
            print::records(scenario, budget, out)?
        } else if self.pictures {
            print::pictures(scenario, budget, out)?
        } else {
            print::trace(scenario, budget, out)?
        };
        Ok(cut.map_or(Ok(Outcome::Fine), |cut| Err(Complaint::cut(&source, cut, budget))))
    }

    fn print_compared(
        &self,
        Named { source, mut scenario, headed }: Named,
        dialects: (Dialect, Dialect),
        out: &mut impl Write,
        errors: &mut impl Write,
    ) -> io::Result<Result<Outcome, Complaint>> {
        let whole_seconds = [dialects.0, dialects.1].into_iter().find(|it| it.has_whole_seconds());
        if let Some(dialect) = whole_seconds.filter(|_| self.round_timeouts) {
            // On both sides: otherwise only the rounding would be compared.
            let rounded = scenario.round_timeouts();
            if rounded > 0 {
                let what =
                    format_args!("timeouts rounded up to whole seconds, which {dialect} has: {rounded}");
                say(errors, &Complaint::new(&source, &what));
            }
        }
        let side = |dialect| in_dialect(&scenario, dialect, &source);
        let (left, right) = match (side(dialects.0), side(dialects.1)) {
            (Ok(left), Ok(right)) => (left, right),
            (Err(complaint), _) | (_, Err(complaint)) => return Ok(Err(complaint)),
        };
        head(&scenario, headed, out)?;
        let compared = compare::print(left, right, self.budget(), out)?;
        if let Some((dialect, cut)) = compared.cut {
            let source = format_args!("{source}: in dialect {dialect}");
            return Ok(Err(Complaint::cut(&source, cut, self.budget())));
        }
        Ok(Ok(if compared.differs { Outcome::Differs } else { Outcome::Fine }))
    }
}

/// One of many has its name before it.
fn head(scenario: &Scenario, headed: bool, out: &mut impl Write) -> io::Result<()> {
    if headed {
        writeln!(out, "{}", serde_json::json!({ "scenario": scenario.name }))?;
    }
    Ok(())
}

/// The same scenario in another dialect, if it is valid there.
fn in_dialect(scenario: &Scenario, dialect: Dialect, source: &str) -> Result<Scenario, Complaint> {
    let other = Scenario { dialect, ..scenario.clone() };
    let checked = other.check();
    checked.map(|()| other).map_err(|error| {
        let mut rounded = Scenario { dialect, ..scenario.clone() };
        let offer = rounded.round_timeouts() > 0 && rounded.check().is_ok();
        let offer = if offer { " (--round-timeouts rounds them up)" } else { "" };
        Complaint::new(&format_args!("{source}: in dialect {dialect}"), &format_args!("{error}{offer}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_dialects_are_two_names() {
        assert_eq!(two_dialects("1.4,2.1"), Ok((Dialect::V1_4, Dialect::V2_1)));
        for wrong in ["1.4", "1.4,2.0", "", "1.4,2.1,1.4"] {
            assert!(two_dialects(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_complaint_is_one_line() {
        assert_eq!(Complaint::new(&"a\nb", &"c\x1b").0, "a\u{fffd}b: c\u{fffd}");
    }
}
