//! What can be seen of one scenario, printed while it runs.

use std::io::{self, Write};

use bufferevent::recording::Picture;
use bufferevent::sim::{Scenario, Simulation, TraceLine};
use bufferevent::{NoObserver, Record};
use serde::Serialize;

/// The conformance trace.
pub(super) fn trace(scenario: Scenario, out: &mut impl Write) -> io::Result<()> {
    Lines::new(scenario).try_for_each(|line| writeln!(out, "{line}"))
}

/// Every record, as JSON Lines.
pub(super) fn records(scenario: Scenario, out: &mut impl Write) -> io::Result<()> {
    each_record(scenario, |record| json_line(out, &record))
}

/// The state after every record, folded from them, as JSON Lines.
pub(super) fn pictures(scenario: Scenario, out: &mut impl Write) -> io::Result<()> {
    let mut picture = Picture::of_simulation();
    each_record(scenario, |record| {
        picture.fold(&record);
        json_line(out, &picture.view())
    })
}

fn each_record(scenario: Scenario, mut print: impl FnMut(Record) -> io::Result<()>) -> io::Result<()> {
    let mut simulation = Simulation::new(scenario, Vec::<Record>::new());
    loop {
        simulation.base_mut().observer_mut().drain(..).try_for_each(&mut print)?;
        // The trace is not asked for; it should not pile up either.
        simulation.take_trace();
        if simulation.advance().is_none() {
            return Ok(());
        }
    }
}

fn json_line(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

/// The lines of a trace, each made when it is asked for.
#[derive(Debug)]
pub(super) struct Lines {
    simulation: Simulation<NoObserver>,
    ready: std::vec::IntoIter<TraceLine>,
}

impl Lines {
    pub(super) fn new(scenario: Scenario) -> Self {
        let mut simulation = Simulation::new(scenario, NoObserver);
        let ready = simulation.take_trace().into_iter();
        Self { simulation, ready }
    }
}

impl Iterator for Lines {
    type Item = TraceLine;

    fn next(&mut self) -> Option<TraceLine> {
        loop {
            if let Some(line) = self.ready.next() {
                return Some(line);
            }
            self.simulation.advance()?;
            self.ready = self.simulation.take_trace().into_iter();
        }
    }
}
