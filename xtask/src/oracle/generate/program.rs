//! Scenarios of format 2: one to four bufferevents of all kinds, timers, nested actions and conditions.
//!
//! What a real application must not do is left out: to free what a filter frees along with itself.

use bufferevent::sim::{
    Act, Action, Amount, BuffereventSpec, Condition, Counter, FilterKind, Format, KindSpec, On, Peer,
    Program, Scenario, ScriptStep, TimerSpec,
};
use bufferevent::{Callbacks, Dialect, Directions, EolStyle, FlushMode, TriggerOptions, What};

use super::kinds::{self, connect};
use super::random::Random;
use super::{ActionKind, Generator};

const NAMES: [&str; 4] = ["a", "b", "c", "d"];
const TIMERS: [&str; 3] = ["t", "u", "v"];

/// Apart from the numbers of format 1, with which it shares seeds.
const STREAM: u64 = 0x6675_6e74_696d_6573;

pub(super) fn scenario(dialect: Dialect, seed: u64, index: u64) -> Scenario {
    let mut author = Author::new(Random::new(seed ^ STREAM, index), dialect);
    let mut scenario = Scenario::new(dialect);
    scenario.format = Format::V2;
    scenario.name = format!("seed-{seed}-program-{index}");
    scenario.bufferevents = (0..author.kinds.len()).map(|at| author.bufferevent(at)).collect();
    scenario.timers = (0..author.timers).map(|at| author.timer(at)).collect();
    scenario.priorities = author
        .values
        .random
        .percent(10)
        .then(|| scenario.priority_count() + author.values.random.pick(&[0, 1, 2]));
    scenario.script = author.script();
    scenario
}

/// An action's kind.
#[derive(Debug, Clone, Copy)]
enum Verb {
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
enum StepKind {
    Action,
    Send,
    Recv,
    Shutdown,
    Reset,
    Decide,
    Inject,
    Advance,
}

/// Where an action stands.
#[derive(Debug, Clone, Copy)]
struct Standing {
    /// Whose callback it is in.
    of: Option<usize>,
    callback: bool,
    event: bool,
    depth: u32,
}

struct Author {
    values: Generator,
    kinds: Vec<KindSpec>,
    /// Those that a filter closes when it is freed.
    closes: Vec<bool>,
    timers: usize,
    /// Of those that a scenario may name; 1 where it names none.
    priorities: u8,
    /// In a hundred: texts with ends of lines, and texts that are frames.
    lines: u32,
    frames: u32,
    defers: u32,
    /// In a hundred, how many have an evbuffer callback on a buffer.
    watches: u32,
    verbs: Vec<(Verb, u32)>,
    steps: Vec<(StepKind, u32)>,
}

impl Author {
    fn new(random: Random, dialect: Dialect) -> Self {
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

    fn bufferevent(&mut self, at: usize) -> BuffereventSpec {
        let (read, write, enable) = self.values.settings();
        let is_2 = !self.values.is_1_4;
        let random = &mut self.values.random;
        let deferred = random.percent(self.defers);
        let mut bound = || {
            let bound = random.pick(&[1, 2, 5, 100, 0, 20_000]);
            (is_2 && random.percent(10)).then_some(bound)
        };
        let (max_single_read, max_single_write) = (bound(), bound());
        let is_socket = matches!(self.kinds[at], KindSpec::Socket { .. });
        let priority = (is_socket && self.priorities > 1 && random.percent(60))
            .then(|| random.below(self.priorities.into()) as u8);
        let mut program = |event| self.program(Standing { of: Some(at), callback: true, event, depth: 0 });
        let (on_read, on_write, on_event) = (program(false), program(false), program(true));
        let mut watch = || {
            let program = self.program(Standing { of: Some(at), callback: true, event: false, depth: 0 });
            program.filter(|_| self.values.random.percent(self.watches))
        };
        let (on_input, on_output) = (watch(), watch());
        BuffereventSpec {
            name: NAMES[at].to_owned(),
            kind: self.kinds[at],
            read,
            write,
            enable,
            deferred,
            close_on_free: self.closes[at],
            max_single_read,
            max_single_write,
            priority,
            on_read,
            on_write,
            on_event: if is_2 { on_event } else { Some(on_event.unwrap_or_default()) },
            on_input,
            on_output,
        }
    }

    fn timer(&mut self, at: usize) -> TimerSpec {
        let after_ms = self.values.random.percent(70).then(|| self.after());
        let random = &mut self.values.random;
        let persist = random.percent(40);
        let priority =
            (self.priorities > 1 && random.percent(60)).then(|| random.below(self.priorities.into()) as u8);
        let run = self.program(Standing { of: None, callback: true, event: false, depth: 0 });
        TimerSpec {
            name: TIMERS[at].to_owned(),
            after_ms,
            persist,
            priority,
            run: Some(run.unwrap_or_default()),
        }
    }

    /// As often as not at the moment of a timeout.
    fn after(&mut self) -> u32 {
        let moment = self.values.moment.unwrap_or(5);
        self.values.random.weighted(&[
            (moment, 50),
            (moment * 2, 15),
            (moment / 2, 15),
            (0, 10),
            (moment + 1, 10),
        ])
    }

    fn program(&mut self, standing: Standing) -> Program {
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

    fn action(&mut self, standing: Standing) -> Action {
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
    fn named(&mut self, of: usize, standing: Standing) -> Option<usize> {
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

    fn eol(&mut self) -> EolStyle {
        let eol = self.values.random.pick(&[
            EolStyle::Lf,
            EolStyle::Crlf,
            EolStyle::CrlfStrict,
            EolStyle::Any,
            EolStyle::Nul,
        ]);
        if self.values.is_1_4 && eol == EolStyle::Nul { EolStyle::Any } else { eol }
    }

    fn options(&mut self) -> TriggerOptions {
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

    fn script(&mut self) -> Vec<ScriptStep> {
        let most = self.values.random.pick(&[8, 15, 25]);
        let steps = 2 + self.values.random.below(most);
        let passes = self.values.random.pick(&[30, 60, 90]);
        let mut script = Vec::new();
        for _ in 0..steps {
            script.push(self.step());
            if self.values.random.percent(passes) {
                let passes = self.values.random.weighted(&[(1, 60), (2, 25), (3, 10), (5, 4), (0, 1)]);
                script.push(ScriptStep::Turn(passes));
            }
        }
        script
    }

    fn step(&mut self) -> ScriptStep {
        let standing = Standing { of: None, callback: false, event: false, depth: 0 };
        let peer = match self.values.random.weighted(&self.steps) {
            StepKind::Action => return self.action(standing).into(),
            StepKind::Advance => return ScriptStep::AdvanceMs(self.values.advance()),
            StepKind::Send => Peer::Send(self.text().into()),
            StepKind::Recv => Peer::Recv(self.values.limit()),
            StepKind::Shutdown => Peer::Shutdown,
            StepKind::Reset => Peer::Reset,
            StepKind::Decide if self.values.random.percent(65) => Peer::Accept,
            StepKind::Decide => Peer::Refuse,
            StepKind::Inject => self.values.inject(),
        };
        let sockets: Vec<usize> =
            (0..self.kinds.len()).filter(|at| matches!(self.kinds[*at], KindSpec::Socket { .. })).collect();
        let of = self.values.random.pick(&sockets);
        ScriptStep::Peer { of: self.named(of, standing), what: peer }
    }

    /// Some of them with ends of lines, some framed.
    fn text(&mut self) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn scenarios(dialect: Dialect) -> impl Iterator<Item = Scenario> {
        (0..600).map(move |index| scenario(dialect, 5, index))
    }

    #[test]
    fn programs_follow_from_seed_and_index() {
        let scenario = |seed, index| scenario(Dialect::V2_1, seed, index);
        assert_eq!(scenario(1, 2), scenario(1, 2));
        assert_ne!(scenario(1, 2).script, scenario(1, 3).script);
        assert_ne!(scenario(1, 2).script, scenario(2, 2).script);
    }

    #[test]
    fn every_program_is_valid() {
        for scenario in Dialect::ALL.into_iter().flat_map(scenarios) {
            let json = scenario.to_json();
            assert_eq!(Scenario::from_json(&json), Ok(scenario), "{json}");
        }
    }

    #[test]
    fn every_word_of_format_2_is_used() {
        let all: String = scenarios(Dialect::V2_1).map(|scenario| scenario.to_json()).collect();
        let keys = "socket pair_with filter_over input_filter output_filter connect deferred close_on_free \
            max_single_read max_single_write priority priorities timers after_ms persist do move_to write_buffer \
            readline repeat then else write_line peek drain prepend trigger ignore_watermarks defer trigger_event \
            flush directions set_callbacks loop_break loop_exit sleep_ms activate add_timer del_timer if of \
            input_at_least output_of input_of at_least line_there event_has count_of peer_accept peer_refuse";
        let values = "accepted refused pending rot13 double frame hold none lf crlf crlf_strict any nul normal flush \
            finished reading writing eof error timeout connected";
        let mut words: Vec<String> = keys.split_whitespace().map(|key| format!("\"{key}\":")).collect();
        words.extend(values.split_whitespace().map(|value| format!("\"{value}\"")));
        words.extend(["on_input", "on_output"].map(|key| format!("\"{key}\":[")));
        words.retain(|word| !all.contains(word));
        assert!(words.is_empty(), "never used: {words:?}");
    }
}
