//! Random scenarios, which follow from a format, a seed and an index alone.
//!
//! - [`random`]: the numbers.
//! - here: values, and scenarios of format 1.
//! - [`program`] and [`kinds`]: scenarios of format 2.
//! - [`timers`]: those of format 2 that are about nothing but timers.
//!
//! A uniform mixture of everything would rarely come to an interesting point. So each scenario draws a temper first:
//! how long its texts are, which timeouts it knows, and which kinds of steps and actions it prefers or leaves out.

mod kinds;
mod program;
mod random;
pub(super) mod timers;

use bufferevent::sim::{
    Act, Action, Amount, BuffereventSpec, DirectionSpec, Format, KernelSpec, KindSpec, Peer, Program,
    Scenario, ScriptStep, WatermarksSpec,
};
use bufferevent::{Dialect, Direction, Directions, Errno};

pub(super) use random::Random;

const ERRNOS: [Errno; 5] =
    [Errno::Interrupted, Errno::Again, Errno::ConnectionReset, Errno::BrokenPipe, Errno::TimedOut];

/// Around these, libevent splits what it reads and writes, and sizes its chunks.
const EDGES: [u32; 10] = [1, 512, 1008, 1024, 2032, 4096, 8192, 16384, 65536, 70000];

/// The scenario of this format with this index among those of a seed. It is the same in every dialect, but for what 1.4
/// has not.
pub(crate) fn scenario(dialect: Dialect, format: Format, seed: u64, index: u64) -> Scenario {
    match format {
        Format::V1 => short(dialect, seed, index),
        Format::V2 => program::scenario(dialect, seed, index),
    }
}

fn short(dialect: Dialect, seed: u64, index: u64) -> Scenario {
    let mut generator = Generator::new(Random::new(seed, index), dialect);
    let mut scenario = Scenario::new(dialect);
    scenario.name = format!("seed-{seed}-scenario-{index}");
    scenario.bufferevents = vec![generator.bufferevent()];
    scenario.script = generator.script();
    scenario
}

#[derive(Debug, Clone, Copy)]
enum ActionKind {
    Read,
    Write,
    Echo,
    Enable,
    Disable,
    SetWatermark,
    SetTimeouts,
    Free,
}

#[derive(Debug, Clone, Copy)]
enum StepKind {
    Action,
    PeerSend,
    PeerRecv,
    PeerShutdown,
    PeerReset,
    Inject,
    Advance,
}

#[derive(Debug)]
struct Generator {
    random: Random,
    /// Most texts and marks are at most this long: in a small range, they meet.
    short: u32,
    /// In a hundred, how many texts and limits are around one of the [`EDGES`] instead.
    long: u32,
    /// The unit of all timeouts and moves of the clock, or none: so that some of them tie.
    moment: Option<u32>,
    /// 1.4 has whole seconds, and wants an event callback.
    is_1_4: bool,
    actions: [(ActionKind, u32); 8],
    steps: [(StepKind, u32); 7],
}

impl Generator {
    fn new(mut random: Random, dialect: Dialect) -> Self {
        let short = random.pick(&[2, 5, 20]);
        let long = random.pick(&[0, 0, 0, 0, 2, 10, 40]);
        let moment = random.pick(&[None, Some(1), Some(10), Some(1000), Some(1500), Some(60_000)]);
        // These two leave little to happen after them.
        let ends = random.pick(&[0, 0, 1, 1]);
        let frees = random.pick(&[0, 0, 0, 2]);
        let mut taste = |usual: u32| usual * random.pick(&[0, 0, 1, 2, 6]);
        let timed = u32::from(moment.is_some());
        let actions = [
            // A constant keeps some of each, so that there is always something to choose.
            (ActionKind::Read, 2 + taste(4)),
            (ActionKind::Write, 2 + taste(4)),
            (ActionKind::Echo, taste(3)),
            (ActionKind::Enable, 1 + taste(3)),
            (ActionKind::Disable, taste(2)),
            (ActionKind::SetWatermark, taste(3)),
            (ActionKind::SetTimeouts, taste(4) * timed),
            (ActionKind::Free, frees),
        ];
        let steps = [
            (StepKind::Action, 5 + taste(5)),
            (StepKind::PeerSend, 3 + taste(5)),
            (StepKind::PeerRecv, 1 + taste(3)),
            (StepKind::PeerShutdown, ends),
            (StepKind::PeerReset, ends),
            (StepKind::Inject, taste(2)),
            (StepKind::Advance, (1 + taste(4)) * timed),
        ];
        Self { random, short, long, moment, is_1_4: dialect == Dialect::V1_4, actions, steps }
    }

    /// Most steps show their effect only when the loop runs, so passes follow them more often than not.
    fn script(&mut self) -> Vec<ScriptStep> {
        let mut script = Vec::new();
        let most = self.random.pick(&[8, 20, 40]);
        let steps = 2 + self.random.below(most);
        let passes = self.random.pick(&[30, 60, 90]);
        for _ in 0..steps {
            script.push(self.step());
            if self.random.percent(passes) {
                script.push(ScriptStep::Turn(self.random.weighted(&[
                    (1, 60),
                    (2, 25),
                    (3, 10),
                    (5, 4),
                    (0, 1),
                ])));
            }
        }
        script
    }

    fn step(&mut self) -> ScriptStep {
        match self.random.weighted(&self.steps) {
            StepKind::Action => self.action().into(),
            StepKind::PeerSend => Peer::Send(self.text().into()).into(),
            StepKind::PeerRecv => Peer::Recv(self.limit()).into(),
            StepKind::PeerShutdown => Peer::Shutdown.into(),
            StepKind::PeerReset => Peer::Reset.into(),
            StepKind::Inject => self.inject().into(),
            StepKind::Advance => ScriptStep::AdvanceMs(self.advance()),
        }
    }

    fn inject(&mut self) -> Peer {
        Peer::Inject {
            op: self.random.pick(&[Direction::Read, Direction::Write]),
            errno: self.random.pick(&ERRNOS),
            times: self.random.pick(&[1, 1, 1, 1, 2, 3, 0, 60]),
        }
    }

    fn action(&mut self) -> Act {
        let kind = self.random.weighted(&self.actions);
        self.act(kind)
    }

    fn act(&mut self, kind: ActionKind) -> Act {
        match kind {
            ActionKind::Read if self.random.percent(40) => Act::Read(Amount::All),
            ActionKind::Read => Act::Read(Amount::UpTo(self.limit())),
            ActionKind::Write => Act::Write(self.text().into()),
            ActionKind::Echo => Act::Echo(self.text().into()),
            ActionKind::Enable => Act::Enable(self.directions()),
            ActionKind::Disable => Act::Disable(self.directions()),
            ActionKind::SetWatermark => {
                let which = self.random.pick(&[Directions::READ, Directions::WRITE, Directions::BOTH]);
                let read = which.read.then(|| self.marks());
                let write = which.write.then(|| self.marks());
                Act::SetWatermark { read, write }
            }
            ActionKind::SetTimeouts => Act::SetTimeouts { read_ms: self.timeout(), write_ms: self.timeout() },
            ActionKind::Free => Act::Free,
        }
    }

    fn callback(&mut self) -> Program {
        let lists =
            self.random.weighted(&[(None, 6), (Some(1), 55), (Some(2), 20), (Some(3), 12), (Some(0), 7)])?;
        Some((0..lists).map(|_| self.actions()).collect())
    }

    fn event_callback(&mut self) -> Program {
        let callback = self.callback();
        if self.is_1_4 { Some(callback.unwrap_or_default()) } else { callback }
    }

    fn actions(&mut self) -> Vec<Action> {
        let count = self.random.pick(&[0, 1, 1, 1, 2, 2, 3]);
        (0..count).map(|_| self.action().into()).collect()
    }

    fn bufferevent(&mut self) -> BuffereventSpec {
        let kernel = KernelSpec { rx_capacity: self.capacity(), tx_capacity: self.capacity() };
        let (read, write, enable) = self.settings();
        BuffereventSpec {
            kind: KindSpec::Socket { kernel, connect: None },
            read,
            write,
            enable,
            on_read: self.callback(),
            on_write: self.callback(),
            on_event: self.event_callback(),
            ..BuffereventSpec::default()
        }
    }

    /// For reading and writing, and what is enabled.
    fn settings(&mut self) -> (DirectionSpec, DirectionSpec, Directions) {
        let mut direction = || {
            let WatermarksSpec { low, high } =
                if self.random.percent(60) { self.marks() } else { WatermarksSpec::default() };
            DirectionSpec { low, high, timeout_ms: self.timeout() }
        };
        let (read, write) = (direction(), direction());
        let enable = self.random.weighted(&[
            (Directions::READ, 60),
            (Directions::BOTH, 25),
            (Directions::WRITE, 5),
            (Directions::NONE, 10),
        ]);
        (read, write, enable)
    }

    fn directions(&mut self) -> Directions {
        self.random.weighted(&[
            (Directions::READ, 40),
            (Directions::WRITE, 35),
            (Directions::BOTH, 22),
            (Directions::NONE, 3),
        ])
    }

    /// Low may be above high.
    fn marks(&mut self) -> WatermarksSpec {
        let (low, high) = (self.mark(), self.mark());
        WatermarksSpec { low, high: if self.random.percent(10) { low } else { high } }
    }

    fn mark(&mut self) -> u32 {
        match self.random.below(100) {
            0..35 => 0,
            35..85 => 1 + self.random.below(self.short),
            85..97 => self.near_edge(),
            _ => u32::MAX,
        }
    }

    fn capacity(&mut self) -> u32 {
        match self.random.below(100) {
            0..50 => KernelSpec::default().rx_capacity,
            50..85 => 1 + self.random.below(30),
            85..97 => self.near_edge().max(1),
            _ => u32::MAX,
        }
    }

    fn length(&mut self) -> u32 {
        if self.random.percent(self.long) { self.near_edge() } else { self.random.below(self.short + 5) }
    }

    /// How much to take at most.
    fn limit(&mut self) -> u32 {
        match self.random.below(100) {
            0..20 => u32::MAX,
            20..40 => 4096,
            _ => self.length(),
        }
    }

    fn near_edge(&mut self) -> u32 {
        self.random.pick(&EDGES) + self.random.below(3) - 1
    }

    /// No two neighbours are alike, so bytes that are lost, doubled or swapped show.
    fn text(&mut self) -> String {
        let first = self.random.below(26);
        let length = self.length();
        (first..first + length).map(|letter| char::from(b'a' + (letter % 26) as u8)).collect()
    }

    fn timeout(&mut self) -> u32 {
        let Some(moment) = self.moment else { return 0 };
        let ms = self.random.weighted(&[
            (0, 40),
            (moment, 40),
            (moment * 2, 10),
            (moment + 1, 7),
            (moment / 2, 2),
            (u32::MAX, 1),
        ]);
        if self.is_1_4 { ms.checked_next_multiple_of(1000).unwrap_or(u32::MAX / 1000 * 1000) } else { ms }
    }

    fn advance(&mut self) -> u32 {
        let moment = self.moment.unwrap_or(1);
        self.random.weighted(&[
            (moment, 50),
            (moment - 1, 10),
            (moment / 2, 15),
            (moment * 2, 10),
            (1, 12),
            (0, 2),
            (u32::MAX, 1),
        ])
    }
}

#[cfg(test)]
mod tests {
    use bufferevent::sim::trace;

    use super::*;

    fn scenarios(dialect: Dialect) -> impl Iterator<Item = Scenario> {
        (0..600).map(move |index| scenario(dialect, Format::V1, 5, index))
    }

    #[test]
    fn scenarios_follow_from_seed_and_index() {
        let scenario = |seed, index| scenario(Dialect::V2_1, Format::V1, seed, index);
        assert_eq!(scenario(1, 2), scenario(1, 2));
        assert_ne!(scenario(1, 2).script, scenario(1, 3).script);
        assert_ne!(scenario(1, 2).script, scenario(2, 2).script);
        assert_ne!(scenario(1, 2).script, scenario(2, 1).script);
    }

    #[test]
    fn every_scenario_is_valid() {
        for scenario in Dialect::ALL.into_iter().flat_map(scenarios) {
            assert_eq!(Scenario::from_json(&scenario.to_json()), Ok(scenario));
        }
    }

    #[test]
    fn every_word_of_the_format_is_used() {
        let all: String = scenarios(Dialect::V2_1).map(|scenario| scenario.to_json()).collect();
        let mut words =
            vec![r#""read":"all""#, r#""on_read":null"#, r#""on_write":null"#, r#""on_event":null"#];
        words.extend([
            r#""read":0"#,
            r#""write":"""#,
            r#""echo""#,
            r#""enable""#,
            r#""disable""#,
            r#""free""#,
        ]);
        words.extend([
            r#""set_watermark""#,
            r#""set_timeouts""#,
            r#""peer_send""#,
            r#""peer_recv""#,
            r#""turn""#,
        ]);
        words.extend([
            r#""peer_shutdown""#,
            r#""peer_reset""#,
            r#""inject""#,
            r#""advance_ms""#,
            "4294967295",
        ]);
        words.extend(["EINTR", "EAGAIN", "ECONNRESET", "EPIPE", "ETIMEDOUT"]);
        words.retain(|word| !all.contains(word));
        assert!(words.is_empty(), "never used: {words:?}");
    }

    #[test]
    fn everything_that_a_trace_can_tell_happens() {
        let all: String = scenarios(Dialect::V2_1)
            .flat_map(|scenario| trace(&scenario))
            .map(|line| line.to_string())
            .collect();
        let whats = [17, 33, 34, 65, 66].map(|what| format!(r#""what":{what},"#));
        let others =
            [r#""cb":"read""#, r#""cb":"write""#, r#""spin":true"#, r#""freed":true"#].map(str::to_owned);
        let mut missing: Vec<String> = whats.into_iter().chain(others).collect();
        missing.retain(|part| !all.contains(part));
        assert!(missing.is_empty(), "never happened: {missing:?}");
    }
}
