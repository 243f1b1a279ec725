//! What a real kernel can be made to do: decided by running the scenario with and without what it cannot.
//!
//! A real socket's buffers have no exact sizes, and its calls fail when they like. Where the callbacks are the same with
//! endless queues and without injected errors, the program leaves these out and says so; otherwise it is refused.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::super::kernel::Habits;
use super::super::runner::{NESTED_LIMIT, Progress};
use super::super::{
    Act, Action, Budget, BuffereventSpec, Connect, Format, KernelSpec, KindSpec, On, Peer, Program, Scenario,
    ScenarioError, ScriptStep, Simulation, TraceEvent, TraceLine,
};
use super::names::Names;
use super::refusal;
use super::sites::{each_action, freed_with};
use crate::said::{Said, said};
use crate::{Record, Step};

/// What a write to a socket costs beside its bytes, and how the kernel rounds those up, at most.
const WRITE_COST: usize = 1024;

/// A real socket is surely writable as long as no more than this waits, and so are its peer's sends.
const SEND_BUFFER: usize = 50_000;

/// The size of one of a simulated socket's queues.
type Capacity = fn(&mut KernelSpec) -> &mut u32;

/// Both, by their keys.
const CAPACITIES: [(&str, Capacity); 2] =
    [("rx_capacity", |kernel| &mut kernel.rx_capacity), ("tx_capacity", |kernel| &mut kernel.tx_capacity)];

/// How a scenario went.
#[derive(Debug)]
pub(super) struct Played {
    /// Callbacks, what the peer took, and passes that were broken off.
    pub(super) seen: Vec<TraceLine>,
    /// The passes that were made in each step of the script.
    pub(super) passes: Vec<u32>,
    /// The most that waited in a real socket.
    load: usize,
    /// Another kernel may call back in another order.
    pub(super) kernel_chooses: bool,
}

impl Played {
    /// A pass ran so many callbacks that it was broken off.
    pub(super) fn spins(&self) -> bool {
        self.seen.iter().any(|line| matches!(line.event, TraceEvent::Spin { .. }))
    }
}

/// The scenario as a real kernel can play it, and how that goes.
///
/// # Errors
/// What cannot be done there and matters.
pub(super) fn play(scenario: &Scenario) -> Result<(Scenario, Played), ScenarioError> {
    connections(scenario)?;
    lines(scenario)?;
    echoes(scenario)?;
    moves(scenario)?;
    let given = run(scenario)?;
    let changes = changes(scenario);
    let mut real = scenario.clone();
    changes.iter().for_each(|change| (change.make)(&mut real));
    let played = run(&real)?;
    if played.seen != given.seen {
        for Change { place, why, make } in changes {
            let mut other = scenario.clone();
            make(&mut other);
            if run(&other)?.seen != given.seen {
                return Err(refusal(&place, why));
            }
        }
        return Err(refusal("", said!("a real kernel has no queues of these sizes and no such errors")));
    }
    if played.load > SEND_BUFFER {
        return Err(refusal("script", said!("leaves more bytes unread than a real socket surely holds")));
    }
    let kernel_chooses = kernel_chooses(&real, &played);
    Ok((real, Played { kernel_chooses, ..played }))
}

/// How the scenario goes as it is given, for a program that nobody runs.
///
/// # Errors
/// What has no form in C.
pub(super) fn play_as_given(scenario: &Scenario) -> Result<Played, ScenarioError> {
    lines(scenario)?;
    echoes(scenario)?;
    moves(scenario)?;
    run(scenario)
}

/// Something that a real kernel cannot do, and how the scenario is without it.
struct Change {
    place: String,
    why: Said,
    make: Box<dyn Fn(&mut Scenario)>,
}

/// All that there are, the most telling first. Steps keep their numbers.
fn changes(scenario: &Scenario) -> Vec<Change> {
    let mut changes = Vec::new();
    for (index, step) in scenario.script.iter().enumerate() {
        if let ScriptStep::Peer { of, what: Peer::Inject { op, errno, .. } } = step.clone() {
            changes.push(Change {
                place: format!("script[{index}].inject"),
                why: said!("a real kernel cannot be made to fail with {}", errno),
                make: Box::new(move |scenario| {
                    let what = Peer::Inject { op, errno, times: 0 };
                    scenario.script[index] = ScriptStep::Peer { of, what };
                }),
            });
        }
    }
    for (of, spec) in scenario.bufferevents.iter().enumerate() {
        let name = Names::of_bufferevents(scenario).swap_remove(of).place;
        if spec.kernel().is_some() {
            for (key, capacity) in CAPACITIES {
                let make = move |scenario: &mut Scenario| {
                    if let KindSpec::Socket { kernel, .. } = &mut scenario.bufferevents[of].kind {
                        *capacity(kernel) = u32::MAX;
                    }
                };
                let place = if scenario.format == Format::V1 {
                    "kernel".to_owned()
                } else {
                    format!("{name}.socket")
                };
                changes.push(Change {
                    place: format!("{place}.{key}"),
                    why: said!("a real socket cannot be given exactly this size"),
                    make: Box::new(make),
                });
            }
        }
    }
    changes
}

/// The system answers a connect(2) to this machine later, and the scenario's at once or when its script says so. Only a
/// refusal comes to the same.
fn connections(scenario: &Scenario) -> Result<(), ScenarioError> {
    let why = said!(
        "a real connect is neither answered at once nor when a script says so; only \"refused\" can be played"
    );
    for (of, spec) in scenario.bufferevents.iter().enumerate() {
        if let KindSpec::Socket { connect: Some(Connect::Accepted | Connect::Pending), .. } = spec.kind {
            let place = Names::of_bufferevents(scenario).swap_remove(of).place;
            return Err(refusal(&format!("{place}.connect"), why));
        }
    }
    let mut plays = true;
    scenario.clone().each_act_mut(&mut |act| {
        plays &= !matches!(act, Act::Connect(Connect::Accepted | Connect::Pending));
    });
    if plays { Ok(()) } else { Err(refusal("connect", why)) }
}

/// A C program has the line that was read last in a variable of its loop, so that `write_line` stands in a `readline`.
fn lines(scenario: &Scenario) -> Result<(), ScenarioError> {
    for (at, spec) in scenario.bufferevents.iter().enumerate() {
        for on in [On::Read, On::Write, On::Event, On::Input, On::Output] {
            let place = format!("{}.{}", scenario.place_of_callbacks(at), on.key());
            lines_of_program(spec.program(on), &place)?;
        }
    }
    for timer in &scenario.timers {
        lines_of_program(&timer.run, &format!("timers.{}.do", timer.name))?;
    }
    for (index, step) in scenario.script.iter().enumerate() {
        if let ScriptStep::Action(action) = step {
            lines_of_action(action, &format!("script[{index}]"))?;
        }
    }
    Ok(())
}

/// An echo reads and then writes. A callback on a buffer runs in between, and the program would write to what that freed.
fn echoes(scenario: &Scenario) -> Result<(), ScenarioError> {
    let is_watched = |spec: &BuffereventSpec| spec.on_input.is_some() || spec.on_output.is_some();
    let (mut freed, mut echoed) = (BTreeSet::new(), BTreeSet::new());
    each_action(scenario, &mut |site, action| match action.what {
        Act::Free if !site.is_script => freed.extend(freed_with(scenario, site.target(action))),
        Act::Echo(_) => {
            echoed.insert(site.target(action));
        }
        _ => {}
    });
    if scenario.bufferevents.iter().any(is_watched) && !freed.is_disjoint(&echoed) {
        return Err(refusal("echo", said!("a callback that frees may run between its read and its write")));
    }
    Ok(())
}

/// While libevent moves a part of a buffer from one side of a pair or a filter to the other, callbacks on these run, and it goes
/// on with what it had: taking from input there may crash it.
fn moves(scenario: &Scenario) -> Result<(), ScenarioError> {
    let mut taking = None;
    each_action(scenario, &mut |site, action| {
        let takes = matches!(
            action.what,
            Act::Read(_)
                | Act::Echo(_)
                | Act::Drain(_)
                | Act::MoveTo(_)
                | Act::Readline { .. }
                | Act::Flush { .. }
        );
        if let (true, Some(at), Some(on @ (On::Input | On::Output))) = (takes, site.own, site.on)
            && scenario.bufferevents[at].kernel().is_none()
        {
            taking = Some((at, on));
        }
    });
    let Some((at, on)) = taking else { return Ok(()) };
    let place = format!("{}.{}", scenario.place_of_callbacks(at), on.key());
    Err(refusal(&place, said!("libevent may crash where this takes bytes while it moves them")))
}

fn lines_of_program(program: &Program, place: &str) -> Result<(), ScenarioError> {
    let mut calls = program.iter().flatten().enumerate();
    calls.try_for_each(|(call, actions)| lines_of_actions(actions, &format!("{place}[{call}]")))
}

fn lines_of_actions(actions: &[Action], place: &str) -> Result<(), ScenarioError> {
    let mut actions = actions.iter().enumerate();
    actions.try_for_each(|(index, action)| lines_of_action(action, &format!("{place}[{index}]")))
}

fn lines_of_action(action: &Action, place: &str) -> Result<(), ScenarioError> {
    match &action.what {
        Act::WriteLine(_) => {
            let why = said!("a C program has a line only within the \"then\" of a readline");
            Err(refusal(&format!("{place}.write_line"), why))
        }
        Act::If { then, otherwise, .. } => {
            lines_of_actions(then, &format!("{place}.then"))?;
            lines_of_actions(otherwise, &format!("{place}.else"))
        }
        _ => Ok(()),
    }
}

/// Whether the callbacks come in another order on a kernel that chooses otherwise: which of the sockets that are ready in one
/// pass is first, and whether it refuses a connection at once or a little later.
fn kernel_chooses(scenario: &Scenario, played: &Played) -> bool {
    let sockets = scenario.bufferevents.iter().filter(|spec| spec.kernel().is_some()).count();
    let mut later = scenario.clone();
    let connects = connect_later(&mut later);
    let ways = [(sockets > 1, true, false), (connects, false, true), (sockets > 1 && connects, true, true)];
    let is_same = |(_, last_first, refuses_later): (bool, bool, bool)| {
        let scenario = if refuses_later { &later } else { scenario };
        let other = run_on(scenario, Habits { last_first, refuses_later });
        other.is_ok_and(|other| other.seen == played.seen)
    };
    !ways.into_iter().filter(|(is_other, ..)| *is_other).all(is_same)
}

/// Has every connect be pending. Returns whether there is any.
fn connect_later(scenario: &mut Scenario) -> bool {
    let mut connects = false;
    for spec in &mut scenario.bufferevents {
        if let KindSpec::Socket { connect: Some(connect), .. } = &mut spec.kind {
            (*connect, connects) = (Connect::Pending, true);
        }
    }
    scenario.each_act_mut(&mut |act| {
        if let Act::Connect(connect) = act {
            (*connect, connects) = (Connect::Pending, true);
        }
    });
    connects
}

fn run(scenario: &Scenario) -> Result<Played, ScenarioError> {
    run_on(scenario, Habits::default())
}

fn run_on(scenario: &Scenario, habits: Habits) -> Result<Played, ScenarioError> {
    // The observer that experiments have: another would be another copy of the engine.
    let mut simulation = Simulation::with_habits(scenario.clone(), VecDeque::new(), Budget::PAGE, habits);
    let mut loads = Loads::default();
    let mut played =
        Played { seen: Vec::new(), passes: vec![0; scenario.script.len()], load: 0, kernel_chooses: false };
    let mut now: Option<Progress> = None;
    loop {
        std::mem::take(simulation.observer_mut()).iter().for_each(|record| loads.hear(record));
        let before = played.seen.len();
        played.seen.extend(simulation.take_trace().into_iter().filter(is_printed));
        ends(&played.seen[before..], now)?;
        let Some(progress) = simulation.advance() else { break };
        played.passes[progress.step - 1] = progress.passes;
        now = Some(progress);
    }
    played.load = loads.most;
    match simulation.truncation() {
        Some(cut) => Err(refusal("script", &cut)),
        None => Ok(played),
    }
}

/// A program breaks off a pass, and nothing else: neither callbacks outside of the loop, nor those that call each other.
fn ends(seen: &[TraceLine], now: Option<Progress>) -> Result<(), ScenarioError> {
    let spins = seen.iter().any(|line| matches!(line.event, TraceEvent::Spin { .. }));
    let is_pass = now.is_some_and(|progress| progress.is_pass);
    if (is_pass && seen.len() <= NESTED_LIMIT) || (!is_pass && !spins) {
        return Ok(());
    }
    let place = now.map_or_else(String::new, |progress| format!("script[{}]", progress.step - 1));
    Err(refusal(
        &place,
        said!("its callbacks call each other without an end, which a program cannot break off"),
    ))
}

/// A program prints it. How the bufferevents are after a step, what the peer sees of a close, and that a call failed is not.
fn is_printed(line: &TraceLine) -> bool {
    match line.event {
        TraceEvent::Callback { .. } | TraceEvent::Event { .. } | TraceEvent::Timer { .. } => true,
        TraceEvent::Buffer { .. } | TraceEvent::PeerRecv { .. } | TraceEvent::Spin { .. } => true,
        TraceEvent::PeerSees { .. } | TraceEvent::Refused { .. } => false,
        TraceEvent::State { .. } | TraceEvent::Freed { .. } => false,
    }
}

/// Sums up what waits in each socket, in either direction.
#[derive(Debug, Default)]
struct Loads {
    /// For each connection, from the peer and to it.
    waiting: BTreeMap<Option<u64>, [usize; 2]>,
    most: usize,
}

impl Loads {
    fn hear(&mut self, record: &Record) {
        let Some(tanks) = record.step.tanks() else { return };
        let [from_peer, to_peer] = self.waiting.entry(record.connection).or_default();
        let cost = record.step.payload().map_or(0, |payload| 2 * payload.len + WRITE_COST);
        match record.step {
            Step::PeerSent { .. } => *from_peer += cost,
            Step::Sent { .. } => *to_peer += cost,
            _ => {}
        }
        if tanks.rx + tanks.backlog == 0 {
            *from_peer = 0;
        }
        if tanks.tx == 0 {
            *to_peer = 0;
        }
        self.most = self.most.max(*from_peer).max(*to_peer);
    }
}
