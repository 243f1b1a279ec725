//! Makes a failing scenario small, so that a reader sees what matters in it.
//!
//! `cast` - fewer and simpler bufferevents and timers; `actions` - of what is done; `values` - of numbers and texts.

mod actions;
mod cast;
mod values;

use std::iter;

use anyhow::Result;
use bufferevent::sim::Scenario;

use actions::simpler_step;

/// Tries one simplification after the other, keeps those with which the scenario still fails, and ends when none is
/// left that does.
///
/// Every simplification deletes something, lowers a number, shortens or flattens a text or goes to a default, and
/// nothing undoes another, so this ends.
pub(super) fn shrink(
    mut smallest: Scenario,
    mut fails: impl FnMut(&Scenario) -> Result<bool>,
) -> Result<Scenario> {
    while let Some(smaller) = smaller(&smallest, &mut fails)? {
        smallest = smaller;
    }
    Ok(smallest)
}

/// The first simplification with which the scenario still fails, or where there is none, the first two together: a text
/// and the mark that it reaches can only get smaller together.
fn smaller(
    scenario: &Scenario,
    fails: &mut impl FnMut(&Scenario) -> Result<bool>,
) -> Result<Option<Scenario>> {
    let pairs = candidates(scenario).flat_map(|one| candidates(&one).collect::<Vec<_>>());
    for candidate in candidates(scenario).chain(pairs) {
        if is_valid(&candidate) && fails(&candidate)? {
            return Ok(Some(candidate));
        }
    }
    Ok(None)
}

/// A scenario that could not be read again would be of no use to anyone.
fn is_valid(scenario: &Scenario) -> bool {
    Scenario::from_json(&scenario.to_json()).is_ok_and(|read| &read == scenario)
}

/// What is one simplification away, the large ones first.
fn candidates(scenario: &Scenario) -> impl Iterator<Item = Scenario> {
    with_fewer_steps(scenario)
        .chain(cast::with_fewer(scenario))
        .chain(cast::with_simpler_program(scenario))
        .chain(with_simpler_steps(scenario))
        .chain(cast::with_simpler_set_up(scenario))
}

fn edited(scenario: &Scenario, edit: impl FnOnce(&mut Scenario)) -> Scenario {
    let mut copy = scenario.clone();
    edit(&mut copy);
    copy
}

/// Without the whole script, without either half, and so on down to each single step.
fn with_fewer_steps(scenario: &Scenario) -> impl Iterator<Item = Scenario> {
    let steps = scenario.script.len();
    let sizes = iter::successors(Some(steps), |size| Some(size / 2)).take_while(|size| *size > 0);
    let ranges =
        sizes.flat_map(move |size| (0..steps).step_by(size).map(move |start| start..steps.min(start + size)));
    ranges.map(|range| edited(scenario, |copy| drop(copy.script.drain(range))))
}

fn with_simpler_steps(scenario: &Scenario) -> impl Iterator<Item = Scenario> {
    scenario.script.iter().enumerate().flat_map(move |(index, step)| {
        let simpler = simpler_step(step).into_iter();
        simpler.map(move |steps| edited(scenario, |copy| drop(copy.script.splice(index..=index, steps))))
    })
}

#[cfg(test)]
mod tests {
    use bufferevent::Dialect;
    use bufferevent::sim::{
        Act, Action, BuffereventSpec, Format, KernelSpec, KindSpec, Peer, Program, ScriptStep, trace,
    };

    use super::*;
    use crate::oracle::generate;

    fn shrunk(scenario: Scenario, fails: impl Fn(&Scenario) -> bool) -> Scenario {
        let smallest = shrink(scenario, |candidate| Ok(fails(candidate))).unwrap();
        assert!(fails(&smallest));
        smallest
    }

    fn random_scenarios(condition: impl Fn(&Scenario) -> bool) -> impl Iterator<Item = Scenario> {
        (0..).map(|index| generate::scenario(Dialect::V2_1, Format::V1, 3, index)).filter(condition).take(10)
    }

    #[test]
    fn what_always_fails_shrinks_to_the_defaults() {
        for scenario in random_scenarios(|_| true) {
            let mut expected = Scenario::new(Dialect::V2_1);
            expected.name = scenario.name.clone();
            assert_eq!(shrunk(scenario, |_| true), expected);
        }
    }

    #[test]
    fn a_number_shrinks_to_the_least_that_fails() {
        let mut scenario = Scenario::new(Dialect::V2_1);
        scenario.bufferevents[0].read.high = u32::MAX;
        scenario.script = vec![ScriptStep::Turn(3), Peer::Send("hello world".repeat(9).into()).into()];
        let fails = |scenario: &Scenario| {
            let sent = |step: &ScriptStep| matches!(step, ScriptStep::Peer { what: Peer::Send(data), .. } if data.as_bytes().len() >= 17);
            scenario.bufferevents[0].read.high >= 4097 && scenario.script.iter().any(sent)
        };
        let smallest = shrunk(scenario, fails);
        assert_eq!(smallest.bufferevents[0].read.high, 4097);
        assert_eq!(smallest.script, [Peer::Send("a".repeat(17).into()).into()]);
    }

    #[test]
    fn what_depends_on_each_other_shrinks_together() {
        let mut scenario = Scenario::new(Dialect::V2_1);
        scenario.bufferevents[0].read.high = 12;
        scenario.script = vec![Peer::Send("hello".into()).into(), Peer::Recv(7).into()];
        let fails = |scenario: &Scenario| match scenario.script.as_slice() {
            [
                ScriptStep::Peer { what: Peer::Send(_), .. },
                ScriptStep::Peer { what: Peer::Recv(taken), .. },
            ] => scenario.bufferevents[0].read.high == taken + 5,
            _ => false,
        };
        assert_eq!(shrunk(scenario, fails).bufferevents[0].read.high, 5);
    }

    #[test]
    fn what_a_trace_needs_stays() {
        let reads = |scenario: &Scenario| {
            trace(scenario).iter().any(|line| line.to_string().contains("\"read\",\"in\""))
        };
        for scenario in random_scenarios(reads) {
            let smallest = shrunk(scenario, reads);
            let expected = [Peer::Send("a".into()).into(), ScriptStep::Turn(1)];
            assert_eq!(smallest.script, expected, "{}", smallest.to_json());
        }
    }

    #[test]
    fn what_cannot_be_read_again_is_not_tried() {
        let mut scenario = Scenario::new(Dialect::V2_1);
        let kernel = KernelSpec { rx_capacity: 7, ..KernelSpec::default() };
        scenario.bufferevents[0].kind = KindSpec::Socket { kernel, connect: None };
        let capacity = |scenario: &Scenario| scenario.bufferevents[0].kernel().unwrap().rx_capacity;
        assert_eq!(capacity(&shrunk(scenario, |scenario| capacity(scenario) < 8)), 1);
    }

    fn random_programs(condition: impl Fn(&Scenario) -> bool) -> impl Iterator<Item = Scenario> {
        (0..).map(|index| generate::scenario(Dialect::V2_1, Format::V2, 3, index)).filter(condition).take(5)
    }

    #[test]
    fn a_program_that_always_fails_shrinks_to_one_plain_bufferevent() {
        for scenario in random_programs(|_| true) {
            let smallest = shrunk(scenario, |_| true);
            let [only] = smallest.bufferevents.as_slice() else { panic!("{}", smallest.to_json()) };
            assert_eq!(*only, BuffereventSpec::new(only.name.clone()));
            assert!(smallest.timers.is_empty() && smallest.script.is_empty(), "{}", smallest.to_json());
        }
    }

    #[test]
    fn an_action_within_others_comes_out_of_them() {
        fn moves(actions: &[Action]) -> bool {
            actions.iter().any(|action| match &action.what {
                Act::MoveTo(_) => true,
                Act::If { then, otherwise, .. } => moves(then) || moves(otherwise),
                Act::Readline { then, .. } => moves(then),
                _ => false,
            })
        }
        let is_in = |program: &Program| program.iter().flatten().any(|actions| moves(actions));
        let is_nested = |program: &Program| {
            let mut nested = program.iter().flatten().flatten();
            nested.any(|action| matches!(&action.what, Act::If { then, .. } if moves(then)))
        };
        let timed = |scenario: &Scenario, test: &dyn Fn(&Program) -> bool| {
            scenario.timers.iter().any(|timer| test(&timer.run))
        };
        for scenario in random_programs(|scenario| timed(scenario, &is_nested)) {
            let smallest = shrunk(scenario, |scenario| timed(scenario, &is_in));
            let [timer] = smallest.timers.as_slice() else { panic!("{}", smallest.to_json()) };
            let run = timer.run.clone().unwrap_or_default();
            assert!(
                matches!(run.as_slice(), [actions] if matches!(actions.as_slice(), [Action { what: Act::MoveTo(_), .. }])),
                "{}",
                smallest.to_json()
            );
        }
    }
}
