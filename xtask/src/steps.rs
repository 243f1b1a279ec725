//! Runs named steps in order and says how long each took.

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::workspace::Workspace;

/// One thing to do, under the name that the report shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) run: fn(&Workspace) -> Result<()>,
}

/// Why a step cannot be run on this system. A tool that could be there is no such reason on Linux: there the step fails.
#[derive(Debug)]
pub(crate) struct NotHere(pub(crate) String);

impl fmt::Display for NotHere {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for NotHere {}

/// A step that has been tried.
#[derive(Debug)]
struct Tried {
    name: &'static str,
    took: Duration,
    not_here: Option<String>,
}

/// Runs the steps until one fails; prints the durations of those that ran either way, and which cannot be run here.
pub(crate) fn run(workspace: &Workspace, steps: &[Step]) -> Result<()> {
    run_on(workspace, steps, std::env::consts::OS)
}

fn run_on(workspace: &Workspace, steps: &[Step], system: &str) -> Result<()> {
    let mut tried = Vec::new();
    let mut outcome = Ok(());
    for (index, step) in steps.iter().enumerate() {
        eprintln!("\n== {} ({} of {})", step.name, index + 1, steps.len());
        let start = Instant::now();
        let result = (step.run)(workspace);
        let not_here = match &result {
            Err(error) if system != "linux" => {
                error.downcast_ref::<NotHere>().map(|reason| format!("{reason:#}"))
            }
            _ => None,
        };
        let failed = result.is_err() && not_here.is_none();
        tried.push(Tried { name: step.name, took: start.elapsed(), not_here });
        if failed {
            outcome = result;
            break;
        }
    }
    eprint!("\n{}", report(&tried, system));
    if let Err(error) = outcome {
        let name = tried.last().map_or("", |tried| tried.name);
        bail!("step `{name}` failed: {error:#}");
    }
    let not_here = tried.iter().filter(|tried| tried.not_here.is_some()).count();
    if not_here == 0 {
        eprintln!("all {} steps passed", steps.len());
    } else {
        eprintln!(
            "{} of {} steps passed, {not_here} cannot be run here",
            steps.len() - not_here,
            steps.len()
        );
    }
    Ok(())
}

fn report(tried: &[Tried], system: &str) -> String {
    let (ran, not_here): (Vec<_>, Vec<_>) = tried.iter().partition(|tried| tried.not_here.is_none());
    let total = tried.iter().map(|tried| tried.took).sum();
    let line = |name: &str, took: Duration| format!("{:7.1} s  {name}\n", took.as_secs_f64());
    let mut lines: String = ran.iter().map(|tried| line(tried.name, tried.took)).collect();
    lines += &line("in total", total);
    for tried in not_here {
        let reason = tried.not_here.as_deref().unwrap_or_default();
        lines += &format!("  not run on {system}: {}, because {reason}\n", tried.name);
    }
    lines
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    const PASSES: Step = Step { name: "passes", run: |_| Ok(()) };
    const FAILS: Step = Step { name: "fails", run: |_| Err(anyhow!("the reason")) };
    const PANICS: Step = Step { name: "panics", run: |_| panic!("ran after a failure") };
    const NOT_HERE: Step =
        Step { name: "oracle", run: |_| Err(anyhow!(NotHere("no libevent".into())).context("the oracle")) };

    #[test]
    fn first_failure_stops_the_run_and_is_named() {
        let error = run(&Workspace::open().unwrap(), &[PASSES, FAILS, PANICS]).unwrap_err();
        assert_eq!(error.to_string(), "step `fails` failed: the reason");
    }

    #[test]
    fn what_another_system_cannot_run_does_not_stop_the_run_and_on_linux_it_does() {
        let workspace = Workspace::open().unwrap();
        run_on(&workspace, &[NOT_HERE, PASSES], "windows").unwrap();
        let error = run_on(&workspace, &[NOT_HERE, PASSES, FAILS], "windows").unwrap_err();
        assert_eq!(error.to_string(), "step `fails` failed: the reason");
        let error = run_on(&workspace, &[NOT_HERE, PANICS], "linux").unwrap_err();
        assert_eq!(error.to_string(), "step `oracle` failed: the oracle: no libevent");
    }

    #[test]
    fn report_ends_with_the_sum_and_with_what_was_not_run() {
        let tried = |name, milliseconds, not_here: Option<&str>| Tried {
            name,
            took: Duration::from_millis(milliseconds),
            not_here: not_here.map(str::to_owned),
        };
        let ran = [tried("one", 1500, None), tried("two", 250, None)];
        assert_eq!(report(&ran, "linux"), "    1.5 s  one\n    0.2 s  two\n    1.8 s  in total\n");
        let some = [tried("one", 1500, None), tried("oracle", 0, Some("no libevent"))];
        let expected =
            "    1.5 s  one\n    1.5 s  in total\n  not run on macos: oracle, because no libevent\n";
        assert_eq!(report(&some, "macos"), expected);
    }
}
