//! A file as a recording: it is one, or a scenario that is run into one.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use bufferevent::recording::Recording;
use bufferevent::sim::{Budget, Experiment};

use super::Complaint;
use super::source::{self, MAX_TEXT, Named};

/// What can be looked at from any position.
#[derive(Debug)]
pub(super) struct Played {
    /// Where it was read.
    pub(super) source: String,
    /// What it calls itself, or the name of its file.
    pub(super) title: String,
    pub(super) recording: Recording,
    /// What is not there of it: the run was stopped, or the file is damaged.
    pub(super) partly: Option<Complaint>,
}

impl Played {
    /// The position that is asked for; with nothing, the last.
    pub(super) fn position(&self, asked: Option<&str>) -> Result<u64, Complaint> {
        let there = self.recording.start_position()..=self.recording.end_position();
        let Some(asked) = asked else { return Ok(*there.end()) };
        asked.parse().ok().filter(|position| there.contains(position)).ok_or_else(|| {
            let problem =
                format!("there is no step {asked:?}: its steps are {} to {}", there.start(), there.end());
            Complaint::new(&self.source, &problem)
        })
    }
}

/// `FILE@STEP`, taken apart. A file that is called so is meant as a whole.
pub(super) fn at_step(path: &Path) -> (&Path, Option<&str>) {
    match path.to_str().and_then(|text| text.rsplit_once('@')) {
        Some((file, step)) if !path.exists() => (Path::new(file), Some(step)),
        _ => (path, None),
    }
}

/// Reads a file; `-` is `input`.
pub(super) fn open(path: &Path, input: impl BufRead, budget: Budget) -> Result<Played, Complaint> {
    if path.as_os_str() == "-" {
        return read("standard input".into(), input, budget);
    }
    let source = path.display().to_string();
    match File::open(path) {
        Ok(file) => read(source, BufReader::new(file), budget),
        Err(error) => Err(Complaint::new(&source, &error)),
    }
}

fn read(source: String, mut input: impl BufRead, budget: Budget) -> Result<Played, Complaint> {
    let unreadable = |error: io::Error| Complaint::new(&source, &error);
    // A recording is long and is read line by line; its first line says that it is one.
    let mut first = Vec::new();
    input.by_ref().take(MAX_TEXT + 1).read_until(b'\n', &mut first).map_err(unreadable)?;
    if is_header(&first) {
        let imported =
            Recording::import(first.chain(input)).map_err(|error| Complaint::new(&source, &error))?;
        let partly = imported.damage.map(|damage| Complaint::new(&source, &damage));
        return Ok(Played { title: source.clone(), source, recording: imported.recording, partly });
    }
    let rest = (MAX_TEXT + 1).saturating_sub(first.len() as u64);
    input.take(rest).read_to_end(&mut first).map_err(unreadable)?;
    let Named { source, scenario, .. } = source::parse(source, &first, false)?;
    let name = Some(&scenario.name).filter(|name| !name.is_empty());
    let title = scenario.title.as_ref().or(name).unwrap_or(&source).clone();
    let mut experiment = Experiment::with_budget(scenario, budget);
    let partly = experiment.truncated().map(|cut| Complaint::cut(&source, cut, budget));
    Ok(Played { source, title, recording: std::mem::take(experiment.recording_mut()), partly })
}

/// `{"recording": ...`, with or without white space, behind what some editors put before text.
fn is_header(line: &[u8]) -> bool {
    let line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line);
    let inside = line.trim_ascii_start().strip_prefix(b"{").map(<[u8]>::trim_ascii_start);
    inside.is_some_and(|inside| inside.starts_with(br#""recording""#))
}
