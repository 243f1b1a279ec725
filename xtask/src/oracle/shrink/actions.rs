//! Simpler actions and steps.

use std::iter;

use bufferevent::TriggerOptions;
use bufferevent::sim::{Act, Action, Amount, BuffereventSpec, Condition, Data, Peer, Program, ScriptStep};

use super::values::{fewer, lower, map, simpler_data, simpler_marks};

/// What a step may become: none is left out by whoever leaves out steps.
pub(super) fn simpler_step(step: &ScriptStep) -> Vec<Vec<ScriptStep>> {
    let one = |steps: Vec<ScriptStep>| map(steps, |step| vec![step]);
    match step {
        ScriptStep::Action(action) => map(simpler_action(action), |actions| map(actions, ScriptStep::Action)),
        ScriptStep::Peer { of, what } => {
            one(map(simpler_peer(what), |what| ScriptStep::Peer { of: *of, what }))
        }
        ScriptStep::AdvanceMs(ms) => one(map(lower(*ms), ScriptStep::AdvanceMs)),
        ScriptStep::Turn(passes) => one(map(lower(*passes), ScriptStep::Turn)),
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

/// What an action may become: what it does to what is within it, or a simpler one.
fn simpler_action(action: &Action) -> Vec<Vec<Action>> {
    let within = match &action.what {
        Act::Readline { then, .. } => vec![then.clone()],
        Act::If { then, otherwise, .. } => vec![then.clone(), otherwise.clone()],
        _ => Vec::new(),
    };
    let plain = map(simpler_act(&action.what), |what| vec![Action { of: action.of, what }]);
    within.into_iter().chain(plain).collect()
}

/// Without one, with a simpler one.
fn simpler_actions(actions: &[Action]) -> Vec<Vec<Action>> {
    let with = |at: usize, by: Vec<Action>| {
        let mut copy = actions.to_vec();
        copy.splice(at..=at, by);
        copy
    };
    let without = (0..actions.len()).map(|at| with(at, Vec::new()));
    let simpler = actions
        .iter()
        .enumerate()
        .flat_map(|(at, action)| simpler_action(action).into_iter().map(move |by| with(at, by)));
    without.chain(simpler).collect()
}

fn simpler_act(act: &Act) -> Vec<Act> {
    match act {
        Act::Read(Amount::UpTo(most)) => map(lower(*most), |most| Act::Read(Amount::UpTo(most))),
        Act::Read(Amount::All) | Act::Free => Vec::new(),
        Act::Write(text) => with_data(text, Act::Write),
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
        Act::WriteBuffer(text) => with_data(text, Act::WriteBuffer),
        Act::WriteLine(text) => with_data(text, Act::WriteLine),
        Act::Prepend(text) => with_data(text, Act::Prepend),
        &Act::Readline { eol, repeat, ref then } => {
            let mut simpler = map(simpler_actions(then), |then| Act::Readline { eol, repeat, then });
            if repeat {
                simpler.push(Act::Readline { eol, repeat: false, then: then.clone() });
            }
            simpler
        }
        Act::Peek(most) => map(lower(*most), Act::Peek),
        Act::Drain(Amount::UpTo(most)) => map(lower(*most), |most| Act::Drain(Amount::UpTo(most))),
        Act::Pullup(Amount::UpTo(most)) => map(lower(*most), |most| Act::Pullup(Amount::UpTo(most))),
        &Act::Trigger { directions, options } => {
            let mut simpler = map(fewer(directions), |directions| Act::Trigger { directions, options });
            simpler.extend(map(plainer(options), |options| Act::Trigger { directions, options }));
            simpler
        }
        &Act::TriggerEvent { what, options } => {
            map(plainer(options), |options| Act::TriggerEvent { what, options })
        }
        &Act::Flush { mode, directions } => {
            map(fewer(directions), |directions| Act::Flush { mode, directions })
        }
        Act::MaxSingleRead(bytes) => map(lower(*bytes), Act::MaxSingleRead),
        Act::MaxSingleWrite(bytes) => map(lower(*bytes), Act::MaxSingleWrite),
        Act::SleepMs(ms) => map(lower(*ms), Act::SleepMs),
        &Act::AddTimer { timer, after_ms } => {
            let mut simpler: Vec<Option<u32>> = map(after_ms.map_or_else(Vec::new, lower), Some);
            simpler.extend(after_ms.map(|_| None));
            map(simpler, |after_ms| Act::AddTimer { timer, after_ms })
        }
        Act::If { when, then, otherwise } => {
            let simpler = |when: Vec<Condition>, then: Vec<Action>, otherwise: Vec<Action>| Act::If {
                when,
                then,
                otherwise,
            };
            let fewer = (0..when.len()).filter(|_| when.len() > 1).map(|at| {
                let mut when = when.clone();
                when.remove(at);
                simpler(when, then.clone(), otherwise.clone())
            });
            let thens =
                simpler_actions(then).into_iter().map(|then| simpler(when.clone(), then, otherwise.clone()));
            let elses =
                simpler_actions(otherwise).into_iter().map(|it| simpler(when.clone(), then.clone(), it));
            fewer.chain(thens).chain(elses).collect()
        }
        Act::Drain(Amount::All)
        | Act::Pullup(Amount::All)
        | Act::MoveTo(_)
        | Act::SetCallbacks(_)
        | Act::Connect(_)
        | Act::LoopBreak
        | Act::LoopExit
        | Act::Activate(_)
        | Act::DelTimer(_) => Vec::new(),
    }
}

fn with_data(data: &Data, act: fn(Data) -> Act) -> Vec<Act> {
    map(simpler_data(data), act)
}

fn plainer(options: TriggerOptions) -> Vec<TriggerOptions> {
    let TriggerOptions { ignore_watermarks, defer_callbacks } = options;
    let both = [
        TriggerOptions { ignore_watermarks: false, defer_callbacks },
        TriggerOptions { ignore_watermarks, defer_callbacks: false },
    ];
    both.into_iter().filter(|plainer| *plainer != options).collect()
}

/// One that does nothing, without one invocation's list, with a simpler list. `usual` is what one is by default.
pub(super) fn simpler_program(program: &Program, usual: &Program) -> Vec<Program> {
    let idle = BuffereventSpec::default().on_read;
    let mut simpler: Vec<Program> = Vec::new();
    for plain in [usual, &idle] {
        if program != plain && (program.is_some() || plain == usual) {
            simpler.push(plain.clone());
        }
    }
    let Some(lists) = program else { return simpler };
    // The last list stays: none at all means the same as an empty one, which is the default.
    for list in (0..lists.len()).filter(|_| lists.len() > 1) {
        let mut copy = lists.clone();
        copy.remove(list);
        simpler.push(Some(copy));
    }
    for (at, list) in lists.iter().enumerate() {
        for list in simpler_actions(list) {
            let mut copy = lists.clone();
            copy[at] = list;
            simpler.push(Some(copy));
        }
    }
    simpler
}
