//! Scenarios of format 2: one to four bufferevents of all kinds, timers, nested actions and conditions.
//!
//! What a real application must not do is left out: to free what a filter frees along with itself.
//!
//! - `author` - what a program is fond of; `actions` - what is done in it; `sources` - what is done to bytes that move; `rare` - what
//!   none of these draws.

mod actions;
mod author;
mod rare;
mod sources;

use bufferevent::Dialect;
use bufferevent::sim::{BuffereventSpec, Format, KindSpec, Peer, Scenario, ScriptStep, TimerSpec};

use super::super::{COUNT, SEED};
use super::random::Random;
use actions::Standing;
use author::{Author, StepKind};

const NAMES: [&str; 4] = ["a", "b", "c", "d"];
const TIMERS: [&str; 3] = ["t", "u", "v"];

/// Apart from the numbers of format 1, with which it shares seeds.
const STREAM: u64 = 0x6675_6e74_696d_6573;

/// The first ones of the seed that is taken where none is named stay what digests were recorded of; the others know more.
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
    if seed != SEED || index >= COUNT {
        author.add_acts_on_sources(&mut scenario.bufferevents);
        author.add_what_is_rare(&mut scenario);
    }
    scenario
}

impl Author {
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
}

#[cfg(test)]
mod tests {
    use bufferevent::sim::{Act, Action};

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

    /// How many stand in each other, the innermost with whatever it is for.
    fn conditions_around(action: &Action) -> u32 {
        match &action.what {
            Act::If { then, otherwise, .. } => {
                1 + then.iter().chain(otherwise).map(conditions_around).max().unwrap_or(0)
            }
            _ => 0,
        }
    }

    #[test]
    fn what_is_rare_is_drawn() {
        let all: Vec<Scenario> = scenarios(Dialect::V2_1).collect();
        let text: String = all.iter().map(Scenario::to_json).collect();
        let mut parts = vec![r#"{"bytes":""#, "\u{391}", r#""trigger_event":["reading","writing","#];
        parts.retain(|part| !text.contains(part));
        assert!(parts.is_empty(), "never drawn: {parts:?}");
        let calls = all.iter().flat_map(|scenario| &scenario.bufferevents).flat_map(|it| &it.on_read);
        assert_eq!(calls.flatten().flatten().map(conditions_around).max(), Some(5));
        let pulls_up =
            |step: &ScriptStep| matches!(step, ScriptStep::Action(Action { what: Act::Pullup(_), .. }));
        assert!(all.iter().any(|scenario| scenario.script.iter().any(pulls_up)));
    }

    #[test]
    fn every_word_of_format_2_is_used() {
        let all: String = scenarios(Dialect::V2_1).map(|scenario| scenario.to_json()).collect();
        let keys = "socket pair_with filter_over input_filter output_filter connect deferred close_on_free \
            max_single_read max_single_write priority priorities timers after_ms persist do move_to write_buffer \
            readline repeat then else write_line peek pullup drain prepend trigger ignore_watermarks defer trigger_event \
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
