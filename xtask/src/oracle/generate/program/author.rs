//! Who writes a program: which bufferevents it has, what it is fond of, and the values that are its own.

use bufferevent::Dialect;
use bufferevent::sim::{FilterKind, KindSpec};

use super::super::random::Random;
use super::super::{ActionKind, Generator, kinds};

/// An action's kind.
#[derive(Debug, Clone, Copy)]
pub(super) enum Verb {
    /// One of format 1's.
    Plain(ActionKind),
    MoveTo,
    WriteBuffer,
    Readline,
    WriteLine,
    Peek,
    Drain,
    Prepend,
    Trigger,
    TriggerEvent,
    Flush,
    SetCallbacks,
    MaxSingle,
    Connect,
    LoopBreak,
    LoopExit,
    Sleep,
    Activate,
    AddTimer,
    DelTimer,
    If,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum StepKind {
    Action,
    Send,
    Recv,
    Shutdown,
    Reset,
    Decide,
    Inject,
    Advance,
}

pub(super) struct Author {
    pub(super) values: Generator,
    pub(super) kinds: Vec<KindSpec>,
    /// Those that a filter closes when it is freed.
    pub(super) closes: Vec<bool>,
    pub(super) timers: usize,
    /// Of those that a scenario may name; 1 where it names none.
    pub(super) priorities: u8,
    /// In a hundred: texts with ends of lines, and texts that are frames.
    lines: u32,
    frames: u32,
    pub(super) defers: u32,
    /// In a hundred, how many have an evbuffer callback on a buffer.
    pub(super) watches: u32,
    pub(super) verbs: Vec<(Verb, u32)>,
    pub(super) steps: Vec<(StepKind, u32)>,
}

impl Author {
    pub(super) fn new(random: Random, dialect: Dialect) -> Self {
        let mut values = Generator::new(random, dialect);
        let is_2 = u32::from(!values.is_1_4);
        let kinds = if is_2 == 1 { kinds::kinds(&mut values) } else { kinds::sockets(&mut values) };
        let closes = kinds.iter().map(|_| is_2 == 1 && values.random.percent(40)).collect();
        let random = &mut values.random;
        let timers = random.pick(&[0, 0, 1, 1, 2, 3]);
        let priorities = random.pick(&[1, 1, 1, 2, 3]);
        let lines = random.pick(&[0, 0, 20, 70]);
        let is_frame = |kind: &KindSpec| match kind {
            KindSpec::Filter { input, output, .. } => [*input, *output].contains(&FilterKind::Frame),
            KindSpec::Socket { .. } | KindSpec::Pair { .. } => false,
        };
        let frames = if kinds.iter().any(is_frame) { 60 } else { 0 };
        let defers = is_2 * random.pick(&[0, 20, 100]);
        let watches = is_2 * random.pick(&[0, 0, 10, 40]);
        let several = u32::from(kinds.len() > 1);
        let filtered = u32::from(kinds.iter().any(|kind| !matches!(kind, KindSpec::Socket { .. })));
        let connects =
            u32::from(kinds.iter().any(|kind| matches!(kind, KindSpec::Socket { connect: Some(_), .. })));
        let is_timed = u32::from(timers > 0);
        let mut taste = |usual: u32| usual * random.pick(&[0, 0, 1, 2, 6]);
        let verbs = vec![
            (Verb::MoveTo, taste(2) * (1 + several)),
            (Verb::WriteBuffer, taste(1)),
            (Verb::Readline, taste(1) * (1 + lines / 10)),
            (Verb::WriteLine, taste(1) * (1 + lines / 20)),
            (Verb::Peek, taste(1)),
            (Verb::Drain, taste(2)),
            (Verb::Prepend, taste(1) * is_2),
            (Verb::Trigger, taste(1) * is_2),
            (Verb::TriggerEvent, taste(1) * is_2),
            (Verb::Flush, taste(1) * (1 + 4 * filtered) * is_2),
            (Verb::SetCallbacks, taste(1)),
            (Verb::MaxSingle, taste(1) * is_2),
            (Verb::Connect, taste(1) * is_2 * (1 + 3 * connects)),
            (Verb::LoopBreak, taste(1)),
            (Verb::LoopExit, taste(1)),
            (Verb::Sleep, taste(2) * u32::from(values.moment.is_some())),
            (Verb::Activate, taste(2) * is_timed),
            (Verb::AddTimer, taste(2) * is_timed),
            (Verb::DelTimer, taste(1) * is_timed),
            (Verb::If, taste(3)),
        ];
        let plain = values.actions.iter().map(|(kind, weight)| (Verb::Plain(*kind), *weight));
        let verbs = plain.chain(verbs).collect();
        let sockets = u32::from(kinds.iter().any(|kind| matches!(kind, KindSpec::Socket { .. })));
        let ends = random.pick(&[0, 0, 1, 1]) * sockets;
        let mut taste = |usual: u32| usual * random.pick(&[0, 0, 1, 2, 6]);
        let steps = vec![
            (StepKind::Action, 5 + taste(5)),
            (StepKind::Send, (3 + taste(5)) * sockets),
            (StepKind::Recv, (1 + taste(3)) * sockets),
            (StepKind::Shutdown, ends),
            (StepKind::Reset, ends),
            (StepKind::Decide, (1 + taste(2)) * connects),
            (StepKind::Inject, taste(2) * sockets),
            (StepKind::Advance, (1 + taste(4)) * u32::from(values.moment.is_some())),
        ];
        Self { values, kinds, closes, timers, priorities, lines, frames, defers, watches, verbs, steps }
    }

    /// As often as not at the moment of a timeout.
    pub(super) fn after(&mut self) -> u32 {
        let moment = self.values.moment.unwrap_or(5);
        self.values.random.weighted(&[
            (moment, 50),
            (moment * 2, 15),
            (moment / 2, 15),
            (0, 10),
            (moment + 1, 10),
        ])
    }

    /// Some of them with ends of lines, some framed.
    pub(super) fn text(&mut self) -> String {
        let mut text = self.values.text();
        let random = &mut self.values.random;
        if random.percent(self.lines) {
            for _ in 0..=random.below(3) {
                let at = random.below(text.len() as u32 + 1) as usize;
                text.insert_str(at, random.pick(&["\n", "\r\n", "\r", "\n\n", "\0"]));
            }
        }
        if random.percent(self.frames) {
            let length = if random.percent(85) { text.len() } else { random.below(10) as usize };
            text = format!("{length}:{text}");
        }
        text
    }
}
