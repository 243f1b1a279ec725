//! Runs named steps in order, or those from one of them on, and says how long each took.

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

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

/// Runs the steps until one fails, or those from the named one on; prints the durations of those that ran either way, which
/// cannot be run here, and which were left out.
pub(crate) fn run(workspace: &Workspace, steps: &[Step], from: Option<&str>) -> Result<()> {
    run_on(workspace, steps, from, std::env::consts::OS)
}

fn run_on(workspace: &Workspace, steps: &[Step], from: Option<&str>, system: &str) -> Result<()> {
    let first = from.map_or(Ok(0), |from| place(steps, from))?;
    let mut tried = Vec::new();
    let mut outcome = Ok(());
    for (index, step) in steps.iter().enumerate().skip(first) {
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
        bail!("step `{name}` failed: {error:#}\nOnce it is mended, `--from \"{name}\"` goes on there.");
    }
    eprintln!("{}", conclusion(steps, first, &tried));
    Ok(())
}

/// Where the step is that has this name or this number.
fn place(steps: &[Step], from: &str) -> Result<usize> {
    let by_number = from.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    let by_name = || steps.iter().position(|step| step.name == from);
    by_number.filter(|index| *index < steps.len()).or_else(by_name).with_context(|| {
        let listed =
            steps.iter().enumerate().map(|(index, step)| format!("\n{:4}  {}", index + 1, step.name));
        format!("there is no step `{from}`; the steps are:{}", listed.collect::<String>())
    })
}

/// What nobody is to take for more than it is.
fn conclusion(steps: &[Step], first: usize, tried: &[Tried]) -> String {
    let not_here = tried.iter().filter(|tried| tried.not_here.is_some()).count();
    let mut parts = vec![match tried.len() - not_here {
        passed if passed == steps.len() => format!("all {passed} steps passed"),
        passed => format!("{passed} of {} steps passed", steps.len()),
    }];
    if not_here > 0 {
        parts.push(format!("{not_here} cannot be run here"));
    }
    if first > 0 {
        let names: Vec<_> = steps[..first].iter().map(|step| step.name).collect();
        parts.push(format!("left out {first}: {}", names.join("; ")));
    }
    parts.join(", ")
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
        let error = run(&Workspace::open().unwrap(), &[PASSES, FAILS, PANICS], None).unwrap_err();
        let expected =
            "step `fails` failed: the reason\nOnce it is mended, `--from \"fails\"` goes on there.";
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn a_run_goes_on_at_a_step_by_name_or_number_and_says_what_it_left_out() {
        let workspace = Workspace::open().unwrap();
        let steps = [PANICS, PANICS, FAILS, PASSES];
        run(&workspace, &steps, Some("passes")).unwrap();
        run(&workspace, &steps, Some("4")).unwrap();
        let error = run(&workspace, &steps, Some("fails")).unwrap_err();
        assert!(error.to_string().starts_with("step `fails` failed"), "{error}");
        let tried = Tried { name: "passes", took: Duration::ZERO, not_here: None };
        let said = conclusion(&steps, 3, &[tried]);
        assert_eq!(said, "1 of 4 steps passed, left out 3: panics; panics; fails");
    }

    #[test]
    fn a_step_that_is_none_is_answered_with_those_that_are() {
        for none in ["pass", "0", "3", "-1", ""] {
            let error = run(&Workspace::open().unwrap(), &[PANICS, PASSES], Some(none)).unwrap_err();
            let expected = format!("there is no step `{none}`; the steps are:\n   1  panics\n   2  passes");
            assert_eq!(error.to_string(), expected);
        }
    }

    #[test]
    fn what_another_system_cannot_run_does_not_stop_the_run_and_on_linux_it_does() {
        let workspace = Workspace::open().unwrap();
        run_on(&workspace, &[NOT_HERE, PASSES], None, "windows").unwrap();
        let failure =
            |steps: &[Step], system| run_on(&workspace, steps, None, system).unwrap_err().to_string();
        let said = failure(&[NOT_HERE, PASSES, FAILS], "windows");
        assert!(said.starts_with("step `fails` failed: the reason\n"), "{said}");
        let said = failure(&[NOT_HERE, PANICS], "linux");
        assert!(said.starts_with("step `oracle` failed: the oracle: no libevent\n"), "{said}");
    }

    #[test]
    fn only_a_whole_run_says_all() {
        let tried = |name, not_here: Option<&str>| Tried {
            name,
            took: Duration::ZERO,
            not_here: not_here.map(str::to_owned),
        };
        let (passes, not_here) = (|| tried("passes", None), || tried("oracle", Some("no libevent")));
        let steps = [NOT_HERE, PASSES];
        assert_eq!(conclusion(&steps, 0, &[passes(), passes()]), "all 2 steps passed");
        assert_eq!(
            conclusion(&steps, 0, &[not_here(), passes()]),
            "1 of 2 steps passed, 1 cannot be run here"
        );
        assert_eq!(conclusion(&steps, 1, &[passes()]), "1 of 2 steps passed, left out 1: oracle");
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
