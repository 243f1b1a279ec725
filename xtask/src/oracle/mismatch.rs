//! Two traces held against each other, and what is printed where they are not equal.

use std::fmt::{self, Display};

use serde_json::Value;

use super::harness::Run;

/// Two traces of one scenario that are not equal.
#[derive(Debug)]
pub(super) struct Mismatch {
    libevent: Vec<String>,
    engine: Vec<String>,
    /// Invariant: the first line where they differ, which may be past the end of one.
    line: usize,
}

/// Where libevent was broken off, the engine may go on, or be broken off earlier or later: in another step of the same
/// loop. Where libevent ended, so does the engine.
pub(super) fn mismatch(libevent: Run, engine: Run) -> Option<Mismatch> {
    let (mut libevent, mut engine) = (libevent, engine);
    let lines = (libevent.trace.len(), engine.trace.len());
    let equal = libevent.trace.iter().zip(&engine.trace).take_while(|(one, other)| same(one, other)).count();
    let expected = match (&libevent.broken_off, &engine.broken_off) {
        (Some(_), Some(_)) => lines.0.min(lines.1),
        (Some(_), None) => lines.0,
        (None, Some(_)) => usize::MAX,
        (None, None) => lines.0.max(lines.1),
    };
    libevent.trace.extend(libevent.broken_off);
    engine.trace.extend(engine.broken_off);
    (equal < expected).then_some(Mismatch { libevent: libevent.trace, engine: engine.trace, line: equal })
}

/// Whether two lines are the same object.
fn same(one: &str, other: &str) -> bool {
    let object = |line| serde_json::from_str::<Value>(line).ok();
    one == other || object(one).is_some_and(|one| Some(one) == object(other))
}

/// Displays as both traces and the first difference.
pub(super) struct Shown<'a> {
    pub(super) mismatch: &'a Mismatch,
    pub(super) version: &'a str,
}

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Mismatch { libevent, engine, line } = self.mismatch;
        writeln!(f, "libevent {}:\n  {}\n", self.version, libevent.join("\n  "))?;
        writeln!(f, "engine:\n  {}\n", engine.join("\n  "))?;
        let at = |trace: &[String]| trace.get(*line).map_or_else(|| "nothing".to_owned(), Clone::clone);
        writeln!(f, "the first difference is in line {}:", line + 1)?;
        writeln!(f, "  libevent: {}", at(libevent))?;
        write!(f, "  engine:   {}", at(engine))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(lines: &[&str]) -> Vec<String> {
        lines.iter().map(|line| (*line).to_owned()).collect()
    }

    fn run(trace: &[&str]) -> Run {
        Run { trace: lines(trace), broken_off: None }
    }

    #[test]
    fn traces_are_compared_as_objects() {
        assert!(mismatch(run(&[r#"{"in":1,"out":2}"#]), run(&[r#"{"out":2,"in":1}"#])).is_none());
        assert!(mismatch(run(&["{}"]), run(&["panic: of the engine"])).is_some());
        assert!(mismatch(run(&["panic: a"]), run(&["panic: b"])).is_some());
    }

    #[test]
    fn what_libevent_was_broken_off_in_is_compared_up_to_there() {
        let endless = |trace| Run { broken_off: Some("endless".to_owned()), ..run(trace) };
        assert!(mismatch(endless(&["1", "2"]), run(&["1", "2", "3"])).is_none());
        assert!(mismatch(endless(&["1", "2"]), run(&["1"])).is_some());
        assert!(mismatch(endless(&["1", "2"]), run(&["1", "3"])).is_some());
        assert!(mismatch(endless(&["1", "2"]), endless(&["1"])).is_none());
        assert!(mismatch(endless(&["1", "2"]), endless(&["2"])).is_some());
    }

    #[test]
    fn engine_that_does_not_end_where_libevent_does_differs() {
        let endless = Run { broken_off: Some("endless".to_owned()), ..run(&["1"]) };
        assert!(mismatch(run(&["1"]), endless).is_some());
    }

    #[test]
    fn first_difference_may_lie_past_the_end_of_one_trace() {
        let mismatch = mismatch(run(&["1", "2"]), run(&["1"])).unwrap();
        let shown = "libevent 2.1.12:\n  1\n  2\n\nengine:\n  1\n\n\
            the first difference is in line 2:\n  libevent: 2\n  engine:   nothing";
        assert_eq!(Shown { mismatch: &mismatch, version: "2.1.12" }.to_string(), shown);
    }
}
