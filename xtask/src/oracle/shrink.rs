//! Makes a failing scenario small, so that a reader sees what matters in it.

use std::iter;

use anyhow::Result;
use bufferevent::Directions;
use bufferevent::sim::{
    Act, Action, Amount, BuffereventSpec, Data, KernelSpec, KindSpec, Peer, Program, Scenario, ScriptStep,
    WatermarksSpec,
};

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
        .chain(with_simpler_program(scenario))
        .chain(with_simpler_steps(scenario))
        .chain(with_simpler_set_up(scenario))
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
        simpler.map(move |step| edited(scenario, |copy| copy.script[index] = step))
    })
}

fn with_simpler_program(scenario: &Scenario) -> impl Iterator<Item = Scenario> {
    let callbacks: [fn(&mut BuffereventSpec) -> &mut Program; 3] =
        [|spec| &mut spec.on_read, |spec| &mut spec.on_write, |spec| &mut spec.on_event];
    callbacks.into_iter().flat_map(move |callback| {
        let simpler = simpler_callback(callback(&mut scenario.bufferevents[0].clone())).into_iter();
        simpler.map(move |program| edited(scenario, |copy| *callback(&mut copy.bufferevents[0]) = program))
    })
}

fn with_simpler_set_up(scenario: &Scenario) -> impl Iterator<Item = Scenario> {
    let spec = &scenario.bufferevents[0];
    let sizes = simpler_kernel(spec.kernel().unwrap_or_default()).into_iter();
    let kinds = sizes.map(|kernel| KindSpec::Socket { kernel, connect: None });
    simpler_bufferevent(spec)
        .into_iter()
        .map(|spec| edited(scenario, |copy| copy.bufferevents[0] = spec))
        .chain(kinds.map(|kind| edited(scenario, |copy| copy.bufferevents[0].kind = kind)))
}

fn simpler_step(step: &ScriptStep) -> Vec<ScriptStep> {
    match step {
        ScriptStep::Action(action) => map(simpler_action(action), ScriptStep::Action),
        ScriptStep::Peer { of, what } => map(simpler_peer(what), |what| ScriptStep::Peer { of: *of, what }),
        ScriptStep::AdvanceMs(ms) => map(lower(*ms), ScriptStep::AdvanceMs),
        ScriptStep::Turn(passes) => map(lower(*passes), ScriptStep::Turn),
    }
}

fn simpler_peer(what: &Peer) -> Vec<Peer> {
    match what {
        Peer::Send(text) => map(simpler_data(text), Peer::Send),
        Peer::Recv(most) => map(lower(*most), Peer::Recv),
        Peer::Shutdown | Peer::Reset | Peer::Accept | Peer::Refuse => Vec::new(),
        &Peer::Inject { op, errno, times } => map(lower(times), |times| Peer::Inject { op, errno, times }),
    }
}

fn simpler_action(action: &Action) -> Vec<Action> {
    map(simpler_act(&action.what), |what| Action { of: action.of, what })
}

fn simpler_act(act: &Act) -> Vec<Act> {
    match act {
        Act::Read(Amount::UpTo(most)) => map(lower(*most), |most| Act::Read(Amount::UpTo(most))),
        Act::Read(Amount::All) | Act::Free => Vec::new(),
        Act::Write(text) => map(simpler_data(text), Act::Write),
        Act::Echo(prefix) => {
            let read = Act::Read(Amount::All);
            iter::once(read).chain(map(simpler_data(prefix), Act::Echo)).collect()
        }
        Act::Enable(directions) => map(fewer(*directions), Act::Enable),
        Act::Disable(directions) => map(fewer(*directions), Act::Disable),
        &Act::SetWatermark { read, write } => {
            let mut simpler = map(simpler_marks(read), |read| Act::SetWatermark { read, write });
            simpler.extend(map(simpler_marks(write), |write| Act::SetWatermark { read, write }));
            simpler
        }
        &Act::SetTimeouts { read_ms, write_ms } => {
            let mut simpler = map(lower(read_ms), |read_ms| Act::SetTimeouts { read_ms, write_ms });
            simpler.extend(map(lower(write_ms), |write_ms| Act::SetTimeouts { read_ms, write_ms }));
            simpler
        }
        // Format 2's stay as they are.
        _ => Vec::new(),
    }
}

/// One that does nothing, without one invocation's list, without one action, with a simpler action.
fn simpler_callback(callback: &Program) -> Vec<Program> {
    let idle = BuffereventSpec::default().on_read;
    let mut simpler: Vec<Program> = Vec::new();
    if *callback != idle {
        simpler.push(idle);
    }
    let Some(lists) = callback else { return simpler };
    let mut push = |edit: &dyn Fn(&mut Vec<Vec<Action>>)| {
        let mut copy = lists.clone();
        edit(&mut copy);
        simpler.push(Some(copy));
    };
    // The last list stays: none at all means the same as an empty one, which is the default.
    let deletable = if lists.len() > 1 { lists.len() } else { 0 };
    (0..deletable).for_each(|list| push(&|lists| drop(lists.remove(list))));
    let places =
        lists.iter().enumerate().flat_map(|(list, actions)| (0..actions.len()).map(move |at| (list, at)));
    for (list, at) in places.clone() {
        push(&|lists| drop(lists[list].remove(at)));
    }
    for (list, at) in places {
        for action in simpler_action(&lists[list][at]) {
            push(&|lists| lists[list][at] = action.clone());
        }
    }
    simpler
}

fn simpler_bufferevent(spec: &BuffereventSpec) -> Vec<BuffereventSpec> {
    let numbers: [fn(&mut BuffereventSpec) -> &mut u32; 6] = [
        |spec| &mut spec.read.low,
        |spec| &mut spec.read.high,
        |spec| &mut spec.read.timeout_ms,
        |spec| &mut spec.write.low,
        |spec| &mut spec.write.high,
        |spec| &mut spec.write.timeout_ms,
    ];
    let mut simpler = Vec::new();
    let enable = BuffereventSpec::default().enable;
    if spec.enable != enable {
        simpler.push(BuffereventSpec { enable, ..spec.clone() });
    }
    for number in numbers {
        let mut copy = spec.clone();
        for lower in lower(*number(&mut copy)) {
            *number(&mut copy) = lower;
            simpler.push(copy.clone());
        }
    }
    simpler
}

/// The default counts as smaller than any other capacity.
fn simpler_kernel(spec: KernelSpec) -> Vec<KernelSpec> {
    let capacities: [fn(&mut KernelSpec) -> &mut u32; 2] =
        [|spec| &mut spec.rx_capacity, |spec| &mut spec.tx_capacity];
    let mut simpler = Vec::new();
    for capacity in capacities {
        let default = *capacity(&mut KernelSpec::default());
        let mut copy = spec;
        let current = *capacity(&mut copy);
        let smaller = if current == default { Vec::new() } else { lower(current) };
        for value in iter::once(default).filter(|default| *default != current).chain(smaller) {
            *capacity(&mut copy) = value;
            simpler.push(copy);
        }
    }
    simpler
}

/// WatermarksSpec that need not be set at all are left out; where that leaves an action without any, deleting it is tried too.
fn simpler_marks(marks: Option<WatermarksSpec>) -> Vec<Option<WatermarksSpec>> {
    let Some(WatermarksSpec { low, high }) = marks else { return Vec::new() };
    let lower_low = lower(low).into_iter().map(|low| Some(WatermarksSpec { low, high }));
    let lower_high = lower(high).into_iter().map(|high| Some(WatermarksSpec { low, high }));
    iter::once(None).chain(lower_low).chain(lower_high).collect()
}

fn fewer(directions: Directions) -> Vec<Directions> {
    let mut fewer = Vec::new();
    if directions.read {
        fewer.push(Directions { read: false, ..directions });
    }
    if directions.write {
        fewer.push(Directions { write: false, ..directions });
    }
    fewer
}

/// Shorter, or of the same length and all of one letter.
fn simpler_data(data: &Data) -> Vec<Data> {
    let bytes = data.as_bytes();
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let mut simpler = map(lower(length), |length| Data::from(bytes[..length as usize].to_vec()));
    let flat = Data::from("a".repeat(bytes.len()));
    if *data != flat {
        simpler.push(flat);
    }
    simpler
}

/// 0, then ever closer to the number from below: a half less, a quarter less, down to 1 less.
fn lower(number: u32) -> Vec<u32> {
    let steps = iter::successors(Some(number), |step| Some(step / 2));
    steps.take_while(|step| *step > 0).map(|step| number - step).collect()
}

fn map<T, U>(values: Vec<T>, with: impl FnMut(T) -> U) -> Vec<U> {
    values.into_iter().map(with).collect()
}

#[cfg(test)]
mod tests {
    use bufferevent::Dialect;
    use bufferevent::sim::trace;

    use super::*;
    use crate::oracle::generate;

    fn shrunk(scenario: Scenario, fails: impl Fn(&Scenario) -> bool) -> Scenario {
        let smallest = shrink(scenario, |candidate| Ok(fails(candidate))).unwrap();
        assert!(fails(&smallest));
        smallest
    }

    fn random_scenarios(condition: impl Fn(&Scenario) -> bool) -> impl Iterator<Item = Scenario> {
        (0..).map(|index| generate::scenario(Dialect::V2_1, 3, index)).filter(condition).take(10)
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
}
