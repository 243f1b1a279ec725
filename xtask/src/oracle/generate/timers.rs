//! Programs of timers alone, many of which have one time: which of them fires first is decided by all that was set and taken
//! away before.

use bufferevent::Dialect;
use bufferevent::sim::{Act, Action, BuffereventSpec, Format, Scenario, ScriptStep, TimerSpec};

use super::random::Random;

/// Apart from the numbers of the formats, with which these programs share seeds.
const STREAM: u64 = 0x7469_6d65_6865_6170;

/// The program with this index among those of a seed.
pub(crate) fn scenario(dialect: Dialect, seed: u64, index: u64) -> Scenario {
    let mut random = Random::new(seed ^ STREAM, index);
    let moments: &[u32] = random.pick(&[&[10], &[10, 20], &[10, 10, 10, 5, 20, 30], &[0, 1, 2, 3, 4, 5]]);
    let timers = random.pick(&[2, 3, 5, 8, 13, 21, 34]);
    let mut clockmaker = Clockmaker { random, moments, timers };
    let mut scenario = Scenario::new(dialect);
    scenario.format = Format::V2;
    scenario.name = format!("seed-{seed}-timers-{index}");
    // A program has one at least. Nothing happens to it.
    scenario.bufferevents =
        vec![BuffereventSpec { name: "a".to_owned(), close_on_free: false, ..BuffereventSpec::default() }];
    scenario.timers = (0..timers).map(|at| clockmaker.timer(at)).collect();
    scenario.script = clockmaker.script();
    scenario
}

struct Clockmaker {
    random: Random,
    /// After which timers fire, in milliseconds, and by which the clock goes on.
    moments: &'static [u32],
    timers: u32,
}

impl Clockmaker {
    fn timer(&mut self, at: u32) -> TimerSpec {
        TimerSpec {
            name: format!("t{at:02}"),
            after_ms: self.random.percent(80).then(|| self.random.pick(self.moments)),
            persist: self.random.percent(15),
            priority: None,
            run: Some(vec![if self.random.percent(25) { vec![self.action()] } else { Vec::new() }]),
        }
    }

    fn action(&mut self) -> Action {
        let timer = self.random.below(self.timers) as usize;
        if self.random.percent(60) {
            let after_ms = Some(self.random.pick(self.moments));
            Act::AddTimer { timer, after_ms }.into()
        } else {
            Act::DelTimer(timer).into()
        }
    }

    fn script(&mut self) -> Vec<ScriptStep> {
        let rounds = 1 + self.random.below(4);
        let mut script = Vec::new();
        for _ in 0..rounds {
            let changes = self.random.below(2 * self.timers);
            script.extend((0..changes).map(|_| ScriptStep::from(self.action())));
            script.push(ScriptStep::AdvanceMs(self.random.pick(self.moments)));
            script.push(ScriptStep::Turn(1));
        }
        script
    }
}

#[cfg(test)]
mod tests {
    use bufferevent::sim::trace;

    use super::*;

    fn scenarios(dialect: Dialect) -> impl Iterator<Item = Scenario> {
        (0..300).map(move |index| scenario(dialect, 5, index))
    }

    #[test]
    fn every_program_of_timers_is_valid() {
        for scenario in Dialect::ALL.into_iter().flat_map(scenarios) {
            let json = scenario.to_json();
            assert_eq!(Scenario::from_json(&json), Ok(scenario), "{json}");
        }
    }

    /// Of fewer than four the heap's order is hardly anything but that in which they were set.
    #[test]
    fn in_most_programs_of_timers_many_fire_at_once() {
        let fires_many = |scenario: &Scenario| {
            let lines: Vec<String> = trace(scenario).iter().map(ToString::to_string).collect();
            lines.split(|line| !line.contains(r#""cb":"timer""#)).any(|fired| fired.len() > 3)
        };
        let many = scenarios(Dialect::V2_1).filter(fires_many).count();
        assert!(many > 150, "only {many} of 300");
    }
}
