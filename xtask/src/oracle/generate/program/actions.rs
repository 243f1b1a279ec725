//! What is done in a program: actions, nested ones and conditions.

use bufferevent::sim::{Act, Action, Amount, Condition, Counter, KindSpec, On, Program};
use bufferevent::{Callbacks, Directions, EolStyle, FlushMode, TriggerOptions, What};

use super::super::ActionKind;
use super::super::kinds::connect;
use super::author::{Author, Verb};

/// Where an action stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    /// Whose callback it is in.
    pub(super) of: Option<usize>,
    pub(super) callback: bool,
    pub(super) event: bool,
    pub(super) depth: u32,
}

impl Author {
    pub(super) fn program(&mut self, standing: Standing) -> Program {
        let lists = self.values.random.weighted(&[
            (None, 6),
            (Some(1), 55),
            (Some(2), 20),
            (Some(3), 12),
            (Some(0), 7),
        ])?;
        Some((0..lists).map(|_| self.actions(standing)).collect())
    }

    fn actions(&mut self, standing: Standing) -> Vec<Action> {
        let count = self.values.random.pick(&[0, 1, 1, 1, 2, 2, 3]);
        (0..count).map(|_| self.action(standing)).collect()
    }

    pub(super) fn action(&mut self, standing: Standing) -> Action {
        let verb = match self.values.random.weighted(&self.verbs) {
            Verb::Readline | Verb::If if standing.depth == 2 => Verb::Drain,
            verb => verb,
        };
        let of = self.target(standing);
        let what = self.act(verb, of, standing);
        let of = if what.is_of_the_loop() { None } else { self.named(of, standing) };
        Action { of, what }
    }

    /// Mostly the one whose callback it is.
    fn target(&mut self, standing: Standing) -> usize {
        let any = self.values.random.below(self.kinds.len() as u32) as usize;
        standing.of.filter(|_| self.values.random.percent(60)).unwrap_or(any)
    }

    /// How it is written: what is meant anyway need not be named.
    pub(super) fn named(&mut self, of: usize, standing: Standing) -> Option<usize> {
        let is_meant = standing.of == Some(of) || self.kinds.len() == 1;
        (!is_meant || self.values.random.percent(10)).then_some(of)
    }

    fn act(&mut self, verb: Verb, of: usize, standing: Standing) -> Act {
        let inner = Standing { depth: standing.depth + 1, ..standing };
        match verb {
            // Freed with its filter.
            Verb::Plain(ActionKind::Free) if self.is_taken_along(of) => Act::Disable(Directions::BOTH),
            Verb::Plain(ActionKind::Write) => Act::Write(self.text().into()),
            Verb::Plain(kind) => self.values.act(kind),
            Verb::MoveTo => Act::MoveTo(self.values.random.below(self.kinds.len() as u32) as usize),
            Verb::WriteBuffer => Act::WriteBuffer(self.text().into()),
            Verb::Readline => Act::Readline {
                eol: self.eol(),
                repeat: self.values.random.percent(50),
                then: self.actions(inner),
            },
            Verb::WriteLine => Act::WriteLine(self.text().into()),
            Verb::Peek => Act::Peek(self.values.limit()),
            Verb::Drain if self.values.random.percent(40) => Act::Drain(Amount::All),
            Verb::Drain => Act::Drain(Amount::UpTo(self.values.limit())),
            Verb::Prepend => Act::Prepend(self.text().into()),
            Verb::Trigger => Act::Trigger { directions: self.values.directions(), options: self.options() },
            Verb::TriggerEvent => Act::TriggerEvent { what: self.what(), options: self.options() },
            Verb::Flush => Act::Flush {
                mode: self.values.random.pick(&[FlushMode::Normal, FlushMode::Flush, FlushMode::Finished]),
                directions: self.values.directions(),
            },
            Verb::SetCallbacks => {
                let mut set = || self.values.random.percent(75);
                let (read, write, event) = (set(), set(), set());
                Act::SetCallbacks(Callbacks { read, write, event: event || self.values.is_1_4 })
            }
            Verb::MaxSingle => {
                let bytes = self.values.random.pick(&[0, 1, 3, 10, 5000, 20_000]);
                if self.values.random.percent(50) {
                    Act::MaxSingleRead(bytes)
                } else {
                    Act::MaxSingleWrite(bytes)
                }
            }
            Verb::Connect if !matches!(self.kinds[of], KindSpec::Socket { .. }) => {
                Act::Enable(Directions::BOTH)
            }
            Verb::Connect => Act::Connect(connect(&mut self.values.random)),
            Verb::LoopBreak => Act::LoopBreak,
            Verb::LoopExit => Act::LoopExit,
            Verb::Sleep => Act::SleepMs(self.after()),
            Verb::Activate => Act::Activate(self.any_timer()),
            Verb::AddTimer => Act::AddTimer {
                timer: self.any_timer(),
                after_ms: self.values.random.percent(60).then(|| self.after()),
            },
            Verb::DelTimer => Act::DelTimer(self.any_timer()),
            Verb::If => Act::If {
                when: self.conditions(standing),
                then: self.actions(inner),
                otherwise: if self.values.random.percent(30) { self.actions(inner) } else { Vec::new() },
            },
        }
    }

    fn any_timer(&mut self) -> usize {
        self.values.random.below(self.timers as u32) as usize
    }

    /// Whether a filter over it closes it.
    fn is_taken_along(&self, of: usize) -> bool {
        let mut filters = self.kinds.iter().zip(&self.closes);
        filters.any(|(kind, closes)| *closes && matches!(kind, KindSpec::Filter { over, .. } if *over == of))
    }

    /// One or two, of which one at most counts from a name.
    fn conditions(&mut self, standing: Standing) -> Vec<Condition> {
        let other = self.values.random.below(self.kinds.len() as u32) as usize;
        let at_least = self.values.random.pick(&[0, 1, 1, 2, 5, 20]);
        let named = match self.values.random.below(4) {
            0 => Condition::InputOf { of: other, at_least },
            1 => Condition::OutputOf { of: other, at_least },
            2 if self.timers > 0 => Condition::Count { of: Counter::Timer(self.any_timer()), at_least },
            _ => {
                let on = self.values.random.pick(&[On::Read, On::Write, On::Event, On::Input, On::Output]);
                Condition::Count { of: Counter::Callback(on), at_least }
            }
        };
        let own = match self.values.random.below(4) {
            0 if standing.event => Condition::EventHas(self.what()),
            1 if standing.callback && !matches!(named, Condition::Count { .. }) => {
                Condition::Count { of: Counter::This, at_least }
            }
            2 => Condition::LineThere(self.eol()),
            _ => Condition::InputAtLeast(at_least),
        };
        match self.values.random.below(5) {
            0 => in_order([named, own]),
            1 | 2 => vec![named],
            _ => vec![own],
        }
    }

    pub(super) fn eol(&mut self) -> EolStyle {
        let eol = self.values.random.pick(&[
            EolStyle::Lf,
            EolStyle::Crlf,
            EolStyle::CrlfStrict,
            EolStyle::Any,
            EolStyle::Nul,
        ]);
        if self.values.is_1_4 && eol == EolStyle::Nul { EolStyle::Any } else { eol }
    }

    pub(super) fn options(&mut self) -> TriggerOptions {
        let mut flag = || self.values.random.percent(30);
        TriggerOptions { ignore_watermarks: flag(), defer_callbacks: flag() }
    }

    fn what(&mut self) -> What {
        self.values.random.pick(&[
            What::EOF,
            What::EOF | What::READING,
            What::ERROR,
            What::TIMEOUT | What::WRITING,
            What::CONNECTED,
            What::CONNECTED | What::EOF,
            What::READING,
            What::NONE,
        ])
    }
}

/// As they are written.
fn in_order(mut conditions: [Condition; 2]) -> Vec<Condition> {
    conditions.sort_by_key(|condition| match condition {
        Condition::InputAtLeast(_) => 0,
        Condition::InputOf { .. } => 1,
        Condition::OutputOf { .. } => 2,
        Condition::LineThere(_) => 3,
        Condition::EventHas(_) => 4,
        Condition::Count { .. } => 5,
    });
    conditions.into()
}
