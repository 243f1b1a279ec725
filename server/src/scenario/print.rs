//! What can be seen of one scenario, printed while it runs.

use std::io::{self, Write};

use bufferevent::recording::Picture;
use bufferevent::sim::{Budget, Scenario, Simulation, TraceLine, Truncation};
use bufferevent::{NoObserver, Record};
use serde::Serialize;

/// Where a run stopped before its end; none when it did not.
pub(super) type Cut = Option<Truncation>;

/// The conformance trace.
pub(super) fn trace(scenario: Scenario, budget: Budget, out: &mut impl Write) -> io::Result<Cut> {
    let mut lines = Lines::new(scenario, budget);
    lines.try_for_each(|line| writeln!(out, "{line}"))?;
    Ok(lines.cut())
}

/// Every record, as JSON Lines.
pub(super) fn records(scenario: Scenario, budget: Budget, out: &mut impl Write) -> io::Result<Cut> {
    let simulation = Simulation::with_budget(scenario, Vec::new(), budget);
    each_record(simulation, |record| json_line(out, &record))
}

/// The state after every record, folded from them, as JSON Lines.
pub(super) fn pictures(scenario: Scenario, budget: Budget, out: &mut impl Write) -> io::Result<Cut> {
    let simulation = Simulation::with_budget(scenario, Vec::new(), budget);
    let mut picture = Picture::of_simulation().with_names(simulation.names());
    each_record(simulation, |record| {
        picture.fold(&record);
        json_line(out, &picture.view())
    })
}

fn each_record(
    mut simulation: Simulation<Vec<Record>>,
    mut print: impl FnMut(Record) -> io::Result<()>,
) -> io::Result<Cut> {
    loop {
        simulation.observer_mut().drain(..).try_for_each(&mut print)?;
        // The trace is not asked for; it should not pile up either.
        simulation.take_trace();
        if simulation.advance().is_none() {
            return Ok(simulation.truncation());
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
    pub(super) fn new(scenario: Scenario, budget: Budget) -> Self {
        let mut simulation = Simulation::with_budget(scenario, NoObserver, budget);
        let ready = simulation.take_trace().into_iter();
        Self { simulation, ready }
    }

    /// Where the run stopped, once there are no more lines.
    pub(super) fn cut(&self) -> Cut {
        self.simulation.truncation()
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
