//! The scenario program: reads scenarios, runs each on the simulated kernel, prints what can be seen of it.
//!
//! `source` reads scenarios from files and from JSON Lines, `print` writes a trace or records as they come, `compare`
//! puts the traces of two dialects side by side. `played` reads a scenario or a recording whole, for a trace that
//! Perfetto's viewer opens or for `figure`, a drawing of one step. Everything else is streamed, and ends: a scenario may ask for billions of
//! passes, and gets as far as its budget. Whoever reads the output may stop at any time.

mod compare;
mod figure;
mod played;
mod print;
mod source;

use std::fmt;
use std::io::{self, BufRead, Write};
use std::path::PathBuf;

use bufferevent::Dialect;
use bufferevent::sim::{Budget, Limit, Scenario, Truncation};

use crate::choices::{self, TwoDialects};
use source::{Named, placed};

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

    /// Print a trace for Perfetto's viewer (ui.perfetto.dev), of a scenario or a recording
    ///
    /// Passes and callbacks are slices, the levels of the four queues are counters, bytes are flows.
    /// `bufferevent-scenario --perfetto FILE > FILE.perfetto-trace`
    #[arg(long, conflicts_with_all = ["records", "pictures"])]
    pub perfetto: bool,

    /// Print the scene at one step as an SVG figure, of a scenario or a recording: FILE@STEP, or FILE for its end
    ///
    /// Steps are those that the page counts. `bufferevent-scenario --svg FILE@37 > figure.svg`
    #[arg(long, conflicts_with_all = ["records", "pictures", "perfetto"])]
    pub svg: bool,

    /// Draw the figure for a dark page
    #[arg(long, requires = "svg")]
    pub dark: bool,

    /// Draw the figure for print: black and white
    #[arg(long, requires = "svg", conflicts_with = "dark")]
    pub print: bool,

    /// Print a C program that plays the scenario with the real library, instead of the trace
    ///
    /// `bufferevent-scenario --as-c FILE > scenario.c && cc -o scenario scenario.c -levent_core && ./scenario`
    #[arg(long, conflicts_with_all = ["records", "pictures", "perfetto", "svg"])]
    pub as_c: bool,

    /// The libevent that the C program is for, if it is not that of the scenario
    #[arg(long, value_name = "DIALECT", requires = "as_c", value_parser = choices::dialect())]
    pub dialect: Option<Dialect>,

    /// Print the traces in these two dialects side by side, such as 1.4,2.1, from the first difference on
    #[arg(long, value_name = "DIALECT,DIALECT", value_parser = TwoDialects, hide_possible_values = true, conflicts_with_all = ["records", "pictures", "perfetto", "svg", "as_c"])]
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

/// What is made of one file cannot be made of two.
const SEVERAL_FILES: &str = "takes one file, and there are several";

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
            Limit::Payload | Limit::Filtered => return Self::new(source, &cut),
        };
        let option = if cut.limit < most { "the scenario's own limits" } else { option };
        Self::new(source, &format_args!("{cut} ({option})"))
    }
}

/// Printing that failed, and what had been found by then.
#[derive(Debug)]
struct Stopped {
    error: io::Error,
    found: Outcome,
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        Self { error, found: Outcome::Fine }
    }
}

/// Does what is asked. Scenarios that are not valid or do not end are named on `errors`, a line each; the others run.
/// Whoever has read enough of `out` may close it: that ends it with what was found by then.
///
/// # Errors
/// What else `out` says, which is the end of it.
pub fn run(
    request: &Request,
    input: impl BufRead,
    mut out: impl Write,
    errors: impl Write,
) -> io::Result<Outcome> {
    let mut found = Outcome::Fine;
    let printed = request.print_all(input, &mut out, errors, &mut found).and_then(|()| out.flush());
    match printed {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
        _ => Ok(found),
    }
}

fn say(errors: &mut impl Write, Complaint(line): &Complaint) {
    // Nobody who could be told that nobody can be told.
    let _ = writeln!(errors, "{line}");
}

impl Request {
    fn budget(&self) -> Budget {
        Budget { records: self.max_records, bytes: self.max_bytes, ..Budget::default() }
    }

    fn print_all(
        &self,
        input: impl BufRead,
        out: &mut impl Write,
        mut errors: impl Write,
        found: &mut Outcome,
    ) -> io::Result<()> {
        if self.schema {
            return writeln!(out, "{:#}", bufferevent::sim::schema());
        }
        if self.perfetto || self.svg {
            *found = self.print_whole(input, out, errors)?;
            return Ok(());
        }
        if self.as_c && self.files.len() > 1 {
            say(&mut errors, &Complaint::new(&"--as-c", &SEVERAL_FILES));
            *found = Outcome::Failed;
            return Ok(());
        }
        let mut programs = 0;
        let mut print = |scenario: Result<Named, Complaint>| {
            programs += usize::from(self.as_c);
            let printed = match scenario {
                Ok(Named { source, .. }) if programs > 1 => {
                    Ok(Err(Complaint::new(&source, &"--as-c makes one program, and this would be another")))
                }
                Ok(named) => self.print(named, out, &mut errors),
                Err(complaint) => Ok(Err(complaint)),
            };
            let (outcome, ended) = match printed {
                Ok(Ok(outcome)) => (outcome, Ok(())),
                Ok(Err(complaint)) => {
                    say(&mut errors, &complaint);
                    (Outcome::Failed, Ok(()))
                }
                Err(Stopped { error, found }) => (found, Err(error)),
            };
            *found = (*found).max(outcome);
            ended
        };
        let mut input = Some(input);
        for file in &self.files {
            if file.as_os_str() == "-" {
                // Named twice, it has ended the second time.
                input.take().map_or(Ok(()), |input| source::each_line(input, &mut print))?;
            } else {
                print(source::file(file))?;
            }
        }
        Ok(())
    }

    /// What is made of one file as a whole, be it a scenario or a recording.
    fn print_whole(
        &self,
        input: impl BufRead,
        out: &mut impl Write,
        mut errors: impl Write,
    ) -> io::Result<Outcome> {
        let mut fail = |complaint| {
            say(&mut errors, &complaint);
            Outcome::Failed
        };
        let [file] = &*self.files else {
            let option = if self.svg { "--svg" } else { "--perfetto" };
            return Ok(fail(Complaint::new(&option, &SEVERAL_FILES)));
        };
        let (file, step) = if self.svg { played::at_step(file) } else { (file.as_path(), None) };
        let mut played = match played::open(file, input, self.budget()) {
            Ok(played) => played,
            Err(complaint) => return Ok(fail(complaint)),
        };
        if self.svg {
            let position = match played.position(step) {
                Ok(position) => position,
                Err(complaint) => return Ok(fail(complaint)),
            };
            let end = played.recording.end_position();
            let began = played.recording.run_began(position);
            let caption = figure::Caption { title: &played.title, position, end, began };
            figure::draw(&played.recording.seek(position).view(), &caption, self.theme(), out)?;
        } else {
            played.recording.export_perfetto(&played.title, out)?;
        }
        Ok(played.partly.map_or(Outcome::Fine, fail))
    }

    const fn theme(&self) -> figure::Theme {
        match (self.print, self.dark) {
            (true, _) => figure::Theme::Print,
            (_, true) => figure::Theme::Dark,
            _ => figure::Theme::Light,
        }
    }

    fn print(
        &self,
        named: Named,
        out: &mut impl Write,
        errors: &mut impl Write,
    ) -> Result<Result<Outcome, Complaint>, Stopped> {
        if let Some(dialects) = self.compare {
            return self.print_compared(named, dialects, out, errors);
        }
        if self.as_c {
            return Ok(self.print_as_c(named, out)?);
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

    /// The program says in its first lines which scenario it is.
    fn print_as_c(
        &self,
        Named { source, scenario, .. }: Named,
        out: &mut impl Write,
    ) -> io::Result<Result<Outcome, Complaint>> {
        let dialect = self.dialect.unwrap_or(scenario.dialect);
        let program = match in_dialect(&scenario, dialect, &source) {
            Ok(scenario) => scenario.as_c().map_err(|error| Complaint::new(&source, &placed(error))),
            Err(complaint) => Err(complaint),
        };
        match program {
            Ok(program) => out.write_all(program.text.as_bytes()).map(|()| Ok(Outcome::Fine)),
            Err(complaint) => Ok(Err(complaint)),
        }
    }

    fn print_compared(
        &self,
        Named { source, mut scenario, headed }: Named,
        dialects: (Dialect, Dialect),
        out: &mut impl Write,
        errors: &mut impl Write,
    ) -> Result<Result<Outcome, Complaint>, Stopped> {
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
    fn a_complaint_is_one_line() {
        assert_eq!(Complaint::new(&"a\nb", &"c\x1b").0, "a\u{fffd}b: c\u{fffd}");
    }
}
