//! Runs named steps in order and says how long each took.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::workspace::Workspace;

/// One thing to do, under the name that the report shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) run: fn(&Workspace) -> Result<()>,
}

/// Runs the steps until one fails; prints the durations of those that ran either way.
pub(crate) fn run(workspace: &Workspace, steps: &[Step]) -> Result<()> {
    let mut durations = Vec::new();
    let mut outcome = Ok(());
    for (index, step) in steps.iter().enumerate() {
        eprintln!("\n== {} ({} of {})", step.name, index + 1, steps.len());
        let start = Instant::now();
        let result = (step.run)(workspace);
        durations.push((step.name, start.elapsed()));
        if result.is_err() {
            outcome = result;
            break;
        }
    }
    eprint!("\n{}", report(&durations));
    if let Err(error) = outcome {
        let name = durations.last().map_or("", |(name, _)| name);
        bail!("step `{name}` failed: {error:#}");
    }
    eprintln!("all {} steps passed", steps.len());
    Ok(())
}

fn report(durations: &[(&str, Duration)]) -> String {
    let total = durations.iter().map(|(_, duration)| *duration).sum();
    let line = |name: &str, duration: Duration| format!("{:7.1} s  {name}\n", duration.as_secs_f64());
    let lines: String = durations.iter().map(|(name, duration)| line(name, *duration)).collect();
    lines + &line("in total", total)
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    const PASSES: Step = Step { name: "passes", run: |_| Ok(()) };
    const FAILS: Step = Step { name: "fails", run: |_| Err(anyhow!("the reason")) };
    const PANICS: Step = Step { name: "panics", run: |_| panic!("ran after a failure") };

    #[test]
    fn first_failure_stops_the_run_and_is_named() {
        let error = run(&Workspace::open().unwrap(), &[PASSES, FAILS, PANICS]).unwrap_err();
        assert_eq!(error.to_string(), "step `fails` failed: the reason");
    }

    #[test]
    fn report_ends_with_the_sum() {
        let report = report(&[("one", Duration::from_millis(1500)), ("two", Duration::from_millis(250))]);
        assert_eq!(report, "    1.5 s  one\n    0.2 s  two\n    1.8 s  in total\n");
    }
}
