//! Where scenarios come from.

use std::fs::File;
use std::io::{self, BufRead, Read};
use std::path::Path;

use bufferevent::sim::{Problem, Scenario, ScenarioError};

use super::Complaint;

/// The longest text of one scenario, in bytes.
pub(super) const MAX_TEXT: u64 = 64 * 1024 * 1024;

/// A scenario that was read.
#[derive(Debug)]
pub(super) struct Named {
    /// Where it was read, for complaints.
    pub(super) source: String,
    pub(super) scenario: Scenario,
    /// It is one of many, and its name comes before what is printed of it.
    pub(super) headed: bool,
}

/// The scenario of a file.
pub(super) fn file(path: &Path) -> Result<Named, Complaint> {
    let source = path.display().to_string();
    let mut text = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MAX_TEXT + 1).read_to_end(&mut text));
    match read {
        Ok(_) => parse(source, &text, false),
        Err(error) => Err(Complaint::new(&source, &error)),
    }
}

/// Gives each line's scenario to `take`, until `take` fails. Lines with nothing but white space are passed over.
pub(super) fn each_line(
    mut input: impl BufRead,
    take: &mut dyn FnMut(Result<Named, Complaint>) -> io::Result<()>,
) -> io::Result<()> {
    let mut text = Vec::new();
    for line in 1_u64.. {
        let source = format!("standard input, line {line}");
        text.clear();
        match input.by_ref().take(MAX_TEXT + 1).read_until(b'\n', &mut text) {
            Ok(0) => break,
            Ok(_) if text.trim_ascii().is_empty() => continue,
            Ok(_) => {}
            Err(error) => return take(Err(Complaint::new(&source, &error))),
        }
        if text.len() as u64 > MAX_TEXT && !text.ends_with(b"\n") {
            take(Err(too_long(&source)))?;
            if let Err(error) = input.skip_until(b'\n') {
                return take(Err(Complaint::new(&source, &error)));
            }
        } else {
            take(parse(source, text.trim_ascii_end(), true))?;
        }
    }
    Ok(())
}

fn too_long(source: &str) -> Complaint {
    Complaint::new(&source, &format_args!("longer than {MAX_TEXT} bytes"))
}

pub(super) fn parse(source: String, text: &[u8], headed: bool) -> Result<Named, Complaint> {
    if text.len() as u64 > MAX_TEXT {
        return Err(too_long(&source));
    }
    match Scenario::from_slice(text) {
        Ok(scenario) => Ok(Named { source, scenario, headed }),
        Err(error) => Err(Complaint::new(&source, &placed(error))),
    }
}

/// Every complaint names its place, the top too.
pub(super) fn placed(error: ScenarioError) -> ScenarioError {
    match error.problem {
        Problem::Malformed { .. } => error,
        _ if error.place.is_empty() => ScenarioError { place: "top level".into(), ..error },
        _ => error,
    }
}
