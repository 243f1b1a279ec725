//! Fewer and simpler bufferevents and timers.

use std::iter;

use bufferevent::sim::{
    Act, Action, BuffereventSpec, Condition, Counter, FilterKind, KernelSpec, KindSpec, On, Program,
    Scenario, ScriptStep, TimerSpec,
};

use super::actions::simpler_program;
use super::edited;
use super::values::{lower, map};

/// Without one bufferevent and what is made on it, or without one timer; and without all that is about it.
pub(super) fn with_fewer(scenario: &Scenario) -> impl Iterator<Item = Scenario> {
    let bufferevents = (0..scenario.bufferevents.len()).filter_map(|at| without_bufferevent(scenario, at));
    bufferevents.chain((0..scenario.timers.len()).map(|at| without_timer(scenario, at)))
}

fn without_bufferevent(scenario: &Scenario, at: usize) -> Option<Scenario> {
    let specs = &scenario.bufferevents;
    let mut gone = vec![false; specs.len()];
    gone[at] = true;
    for _ in 0..specs.len() {
        for (at, spec) in specs.iter().enumerate() {
            gone[at] |= match spec.kind {
                KindSpec::Socket { .. } => false,
                KindSpec::Pair { with } => gone[with],
                KindSpec::Filter { over, .. } => gone[over],
            };
        }
    }
    let kept = (0..specs.len()).map(|at| (!gone[at]).then(|| gone[..at].iter().filter(|it| !**it).count()));
    let moves =
        Moves { bufferevents: kept.collect(), timers: (0..scenario.timers.len()).map(Some).collect() };
    gone.contains(&false).then(|| moves.scenario(scenario))
}

fn without_timer(scenario: &Scenario, at: usize) -> Scenario {
    let moved = |timer: usize| (timer != at).then_some(if timer > at { timer - 1 } else { timer });
    let moves = Moves {
        bufferevents: (0..scenario.bufferevents.len()).map(Some).collect(),
        timers: (0..scenario.timers.len()).map(moved).collect(),
    };
    moves.scenario(scenario)
}

/// Where each stands then, unless it is gone.
struct Moves {
    bufferevents: Vec<Option<usize>>,
    timers: Vec<Option<usize>>,
}

impl Moves {
    fn scenario(&self, scenario: &Scenario) -> Scenario {
        edited(scenario, |copy| {
            let specs = std::mem::take(&mut copy.bufferevents).into_iter().zip(&self.bufferevents);
            copy.bufferevents =
                specs.filter(|(_, to)| to.is_some()).map(|(spec, _)| self.spec(spec)).collect();
            let timers = std::mem::take(&mut copy.timers).into_iter().zip(&self.timers);
            copy.timers = timers
                .filter(|(_, to)| to.is_some())
                .map(|(timer, _)| TimerSpec { run: self.program(&timer.run), ..timer })
                .collect();
            copy.script = scenario.script.iter().filter_map(|step| self.step(step)).collect();
        })
    }

    fn spec(&self, mut spec: BuffereventSpec) -> BuffereventSpec {
        let to = |at: usize| self.bufferevents[at].unwrap_or(at);
        spec.kind = match spec.kind {
            KindSpec::Pair { with } => KindSpec::Pair { with: to(with) },
            KindSpec::Filter { over, input, output } => KindSpec::Filter { over: to(over), input, output },
            socket @ KindSpec::Socket { .. } => socket,
        };
        for on in PROGRAMS {
            let program = program_mut(&mut spec, on);
            *program = self.program(program);
        }
        spec
    }

    fn program(&self, program: &Program) -> Program {
        program.as_ref().map(|lists| lists.iter().map(|actions| self.actions(actions)).collect())
    }

    fn actions(&self, actions: &[Action]) -> Vec<Action> {
        actions.iter().filter_map(|action| self.action(action)).collect()
    }

    fn step(&self, step: &ScriptStep) -> Option<ScriptStep> {
        Some(match step {
            ScriptStep::Action(action) => self.action(action)?.into(),
            ScriptStep::Peer { of, what } => ScriptStep::Peer { of: self.of(*of)?, what: what.clone() },
            other => other.clone(),
        })
    }

    fn of(&self, of: Option<usize>) -> Option<Option<usize>> {
        of.map_or(Some(None), |of| self.bufferevents[of].map(Some))
    }

    fn action(&self, action: &Action) -> Option<Action> {
        let of = self.of(action.of)?;
        let what = match &action.what {
            Act::MoveTo(to) => Act::MoveTo(self.bufferevents[*to]?),
            Act::Activate(timer) => Act::Activate(self.timers[*timer]?),
            Act::DelTimer(timer) => Act::DelTimer(self.timers[*timer]?),
            Act::AddTimer { timer, after_ms } => {
                Act::AddTimer { timer: self.timers[*timer]?, after_ms: *after_ms }
            }
            &Act::Readline { eol, repeat, ref then } => {
                Act::Readline { eol, repeat, then: self.actions(then) }
            }
            Act::If { when, then, otherwise } => {
                let when: Vec<Condition> = when.iter().filter_map(|it| self.condition(*it)).collect();
                if when.is_empty() {
                    return None;
                }
                Act::If { when, then: self.actions(then), otherwise: self.actions(otherwise) }
            }
            other => other.clone(),
        };
        Some(Action { of, what })
    }

    fn condition(&self, condition: Condition) -> Option<Condition> {
        Some(match condition {
            Condition::InputOf { of, at_least } => {
                Condition::InputOf { of: self.bufferevents[of]?, at_least }
            }
            Condition::OutputOf { of, at_least } => {
                Condition::OutputOf { of: self.bufferevents[of]?, at_least }
            }
            Condition::Count { of: Counter::Timer(timer), at_least } => {
                Condition::Count { of: Counter::Timer(self.timers[timer]?), at_least }
            }
            other => other,
        })
    }
}

const PROGRAMS: [On; 5] = [On::Read, On::Write, On::Event, On::Input, On::Output];

fn program_mut(spec: &mut BuffereventSpec, on: On) -> &mut Program {
    match on {
        On::Read => &mut spec.on_read,
        On::Write => &mut spec.on_write,
        On::Event => &mut spec.on_event,
        On::Input => &mut spec.on_input,
        On::Output => &mut spec.on_output,
    }
}

/// With a simpler program of one callback.
pub(super) fn with_simpler_program(scenario: &Scenario) -> impl Iterator<Item = Scenario> {
    let usual = BuffereventSpec::default();
    let places = (0..scenario.bufferevents.len()).flat_map(|at| PROGRAMS.map(|on| (at, on)));
    let callbacks = places.flat_map(move |(at, on)| {
        let simpler = simpler_program(scenario.bufferevents[at].program(on), usual.program(on)).into_iter();
        simpler.map(move |program| {
            edited(scenario, |copy| *program_mut(&mut copy.bufferevents[at], on) = program)
        })
    });
    let timers = (0..scenario.timers.len()).flat_map(move |at| {
        let idle = BuffereventSpec::default().on_read;
        let simpler = simpler_program(&scenario.timers[at].run, &idle).into_iter();
        simpler.map(move |run| edited(scenario, |copy| copy.timers[at].run = run))
    });
    callbacks.chain(timers)
}

pub(super) fn with_simpler_set_up(scenario: &Scenario) -> impl Iterator<Item = Scenario> {
    let specs = scenario.bufferevents.iter().enumerate().flat_map(move |(at, spec)| {
        let simpler = simpler_bufferevent(spec).into_iter();
        simpler.map(move |spec| edited(scenario, |copy| copy.bufferevents[at] = spec))
    });
    let kinds = scenario.bufferevents.iter().enumerate().flat_map(move |(at, spec)| {
        let simpler = simpler_kind(spec.kind).into_iter();
        simpler.map(move |kind| edited(scenario, |copy| copy.bufferevents[at].kind = kind))
    });
    let timers = scenario.timers.iter().enumerate().flat_map(move |(at, timer)| {
        let simpler = simpler_timer(timer).into_iter();
        simpler.map(move |timer| edited(scenario, |copy| copy.timers[at] = timer))
    });
    let pairs = (0..scenario.bufferevents.len()).filter_map(|at| unpaired(scenario, at));
    let priorities = scenario.priorities.map(|_| edited(scenario, |copy| copy.priorities = None));
    specs.chain(kinds).chain(pairs).chain(timers).chain(priorities)
}

/// With two sockets in place of the pair that this is a side of.
fn unpaired(scenario: &Scenario, at: usize) -> Option<Scenario> {
    let KindSpec::Pair { with } = scenario.bufferevents[at].kind else { return None };
    Some(edited(scenario, |copy| {
        copy.bufferevents[at].kind = KindSpec::default();
        copy.bufferevents[with].kind = KindSpec::default();
    }))
}

fn simpler_timer(timer: &TimerSpec) -> Vec<TimerSpec> {
    let mut simpler = map(timer.after_ms.map_or_else(Vec::new, lower), |ms| TimerSpec {
        after_ms: Some(ms),
        ..timer.clone()
    });
    let mut plain = |edit: &dyn Fn(&mut TimerSpec)| {
        let mut copy = timer.clone();
        edit(&mut copy);
        if copy != *timer {
            simpler.push(copy);
        }
    };
    plain(&|timer| timer.after_ms = None);
    plain(&|timer| timer.persist = false);
    plain(&|timer| timer.priority = None);
    simpler
}

/// What passes everything on is the simplest filter, and a socket that has its connection the simplest kind.
fn simpler_kind(kind: KindSpec) -> Vec<KindSpec> {
    match kind {
        KindSpec::Socket { kernel, connect } => {
            let connected = connect.map(|_| KindSpec::Socket { kernel, connect: None });
            let sizes = map(simpler_kernel(kernel), |kernel| KindSpec::Socket { kernel, connect });
            connected.into_iter().chain(sizes).collect()
        }
        KindSpec::Filter { over, input, output } => {
            let plain = FilterKind::None;
            let simpler = [
                KindSpec::default(),
                KindSpec::Filter { over, input: plain, output },
                KindSpec::Filter { over, input, output: plain },
            ];
            simpler.into_iter().filter(|simpler| *simpler != kind).collect()
        }
        KindSpec::Pair { .. } => Vec::new(),
    }
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
    let usual = BuffereventSpec::new(spec.name.clone());
    let mut plain = |edit: &dyn Fn(&mut BuffereventSpec)| {
        let mut copy = spec.clone();
        edit(&mut copy);
        if copy != *spec {
            simpler.push(copy);
        }
    };
    plain(&|spec| spec.enable = usual.enable);
    plain(&|spec| spec.deferred = usual.deferred);
    plain(&|spec| spec.close_on_free = usual.close_on_free);
    plain(&|spec| spec.max_single_read = usual.max_single_read);
    plain(&|spec| spec.max_single_write = usual.max_single_write);
    plain(&|spec| spec.priority = usual.priority);
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
