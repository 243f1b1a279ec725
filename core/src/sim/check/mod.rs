//! What a scenario may hold, whether it is read or made: the rules behind [`Scenario::check`] and the reader.
//!
//! First the values that text cannot have once its shape was looked at, in the order of the text; then what depends on other
//! places: on the dialect, on names, on where an action stands (`actions`).

mod actions;

use super::action::{Peer, ScriptStep};
use super::error::ScenarioError;
use super::grammar::{ERRNOS, MOST, PROGRAMS};
use super::json::{Place, Result};
use super::links;
use super::scenario::{BuffereventSpec, DirectionSpec, Format, KindSpec, Scenario, TimerSpec};
use crate::Errno;
use crate::said::{phrase, said};
use actions::{Running, Standing};

impl Scenario {
    /// Whether the scenario could have been read: its dialect has what it sets, every number is in its range, and
    /// whatever it means by a name is there.
    ///
    /// # Errors
    /// The first thing found wrong, with its place, as [`Scenario::from_json`] words it.
    pub fn check(&self) -> std::result::Result<(), ScenarioError> {
        Checked(self).all()
    }

    /// Whether the step could be one of the script's.
    pub(in crate::sim) fn check_step(&self, step: &ScriptStep, place: &Place<'_>) -> Result<()> {
        Checked(self).step(step, place)
    }
}

/// A scenario that is looked at.
struct Checked<'a>(&'a Scenario);

impl Checked<'_> {
    fn all(&self) -> Result<()> {
        self.values()?;
        let top = &Place::Top;
        let list = &Place::Key(top, "bufferevents");
        for (at, spec) in self.0.bufferevents.iter().enumerate() {
            match self.0.format {
                Format::V1 => {
                    self.settings(spec, &Place::Key(top, "bufferevent"))?;
                    self.programs(at, &Place::Key(top, "app"))?;
                }
                Format::V2 => self.bufferevent(at, &Place::Key(list, &spec.name))?,
            }
        }
        let list = &Place::Key(top, "timers");
        for (at, timer) in self.0.timers.iter().enumerate() {
            self.timer(at, timer, &Place::Key(list, &timer.name))?;
        }
        let script = &Place::Key(top, "script");
        let mut steps = self.0.script.iter().enumerate();
        steps.try_for_each(|(index, step)| self.step(step, &Place::Index(script, index)))
    }

    fn step(&self, step: &ScriptStep, place: &Place<'_>) -> Result<()> {
        match step {
            ScriptStep::Action(action) => self.action(action, Standing::SCRIPT, place),
            ScriptStep::Peer { of, what } => {
                self.in_format_1(what.key(), *of, place)?;
                let target = self.target(*of, Standing::SCRIPT, place)?;
                let place = &Place::Key(place, what.key());
                self.on_a_socket(target, place)?;
                if matches!(what, Peer::Accept | Peer::Refuse) {
                    self.has(self.0.dialect.rules().since_2, phrase!("connecting"), place)?;
                }
                Ok(())
            }
            ScriptStep::AdvanceMs(_) | ScriptStep::Turn(_) => Ok(()),
        }
    }

    /// What the shape of text rules out.
    fn values(&self) -> Result<()> {
        let top = &Place::Top;
        if self.0.format == Format::V1 && !self.fits_format_1() {
            return Err(top.refuse(said!(
                "format 1 has one bufferevent, on a socket, and none of format 2's settings"
            )));
        }
        if self.0.bufferevents.is_empty() || self.0.bufferevents.len() > MOST || self.0.timers.len() > MOST {
            return Err(top.refuse(said!(
                "there are from 1 to {} bufferevents, and at most {} timers",
                MOST,
                MOST
            )));
        }
        let list = &Place::Key(top, "bufferevents");
        for spec in &self.0.bufferevents {
            let Some(kernel) = spec.kernel() else { continue };
            let own = &Place::Key(list, &spec.name);
            let place = match self.0.format {
                Format::V1 => &Place::Key(top, "kernel"),
                Format::V2 => &Place::Key(own, "socket"),
            };
            at_least_1(kernel.rx_capacity.into(), &Place::Key(place, "rx_capacity"))?;
            at_least_1(kernel.tx_capacity.into(), &Place::Key(place, "tx_capacity"))?;
        }
        let names: Vec<&str> = self.0.bufferevents.iter().map(|it| it.name.as_str()).collect();
        unique(list, &names)?;
        let names: Vec<&str> = self.0.timers.iter().map(|it| it.name.as_str()).collect();
        unique(&Place::Key(top, "timers"), &names)?;
        let script = &Place::Key(top, "script");
        for (index, step) in self.0.script.iter().enumerate() {
            if let ScriptStep::Peer { what: Peer::Inject { errno, .. }, .. } = step {
                let place = &Place::Index(script, index);
                known(*errno, &Place::Key(&Place::Key(place, "inject"), "errno"))?;
            }
        }
        Ok(())
    }

    fn fits_format_1(&self) -> bool {
        let [spec] = self.0.bufferevents.as_slice() else { return false };
        let plain = BuffereventSpec::default();
        let kernel_only = matches!(spec.kind, KindSpec::Socket { connect: None, .. });
        let options = |it: &BuffereventSpec| {
            (it.deferred, it.close_on_free, it.max_single_read, it.max_single_write, it.priority)
        };
        kernel_only
            && spec.name == plain.name
            && options(spec) == options(&plain)
            && (&spec.on_input, &spec.on_output) == (&None, &None)
            && (self.0.timers.is_empty(), self.0.priorities, self.0.limits)
                == (true, None, Default::default())
    }

    fn bufferevent(&self, at: usize, place: &Place<'_>) -> Result<()> {
        let spec = &self.0.bufferevents[at];
        let rules = self.0.dialect.rules();
        links::check(self.0, at, place)?;
        match spec.kind {
            KindSpec::Socket { connect: None, .. } => {}
            KindSpec::Socket { connect: Some(_), .. } => {
                self.has(rules.since_2, phrase!("connecting"), &Place::Key(place, "connect"))?;
            }
            KindSpec::Pair { .. } => {
                self.has(rules.since_2, phrase!("pairs"), &Place::Key(place, "pair_with"))?;
            }
            KindSpec::Filter { .. } => {
                self.has(rules.since_2, phrase!("filters"), &Place::Key(place, "filter_over"))?;
            }
        }
        self.settings(spec, place)?;
        for (given, key, what) in [
            (spec.deferred, "deferred", phrase!("deferred callbacks")),
            (spec.close_on_free, "close_on_free", phrase!("closing on free")),
            (spec.max_single_read.is_some(), "max_single_read", phrase!("bounds of single reads")),
            (spec.max_single_write.is_some(), "max_single_write", phrase!("bounds of single writes")),
            (spec.on_input.is_some(), "on_input", phrase!("evbuffer callbacks of the application")),
            (spec.on_output.is_some(), "on_output", phrase!("evbuffer callbacks of the application")),
        ] {
            self.has(rules.since_2 || !given, what, &Place::Key(place, key))?;
        }
        let own = &Place::Key(place, "priority");
        if spec.priority.is_some() {
            // Those of pairs and filters have none: the call fails.
            self.on_a_socket(at, own)?;
        }
        self.priority(spec.priority, own)?;
        self.programs(at, place)
    }

    /// What the dialect has not is refused by its name.
    fn has(&self, there: bool, what: &str, place: &Place<'_>) -> Result<()> {
        if there { Ok(()) } else { Err(place.refuse(said!("dialect {} has no {}", self.0.dialect, what))) }
    }

    fn priority(&self, priority: Option<u8>, place: &Place<'_>) -> Result<()> {
        let count = self.0.priority_count();
        match priority.filter(|priority| *priority >= count) {
            Some(priority) => {
                Err(place.refuse(said!("{} is not below {}, the number of priorities", priority, count)))
            }
            None => Ok(()),
        }
    }

    fn settings(&self, spec: &BuffereventSpec, place: &Place<'_>) -> Result<()> {
        let direction = |DirectionSpec { timeout_ms, .. }, place: &Place<'_>| {
            self.timeout(timeout_ms, &Place::Key(place, "timeout_ms"))
        };
        direction(spec.read, &Place::Key(place, "read"))?;
        direction(spec.write, &Place::Key(place, "write"))
    }

    /// 1.4 takes its timeouts in seconds.
    fn timeout(&self, ms: u32, place: &Place<'_>) -> Result<()> {
        if self.0.dialect.has_whole_seconds() && !ms.is_multiple_of(1000) {
            let dialect = self.0.dialect;
            return Err(place.refuse(said!(
                "{} is not a multiple of 1000, and {} has whole seconds",
                ms,
                dialect
            )));
        }
        Ok(())
    }

    fn programs(&self, at: usize, place: &Place<'_>) -> Result<()> {
        let spec = &self.0.bufferevents[at];
        for (key, on) in PROGRAMS {
            let standing = Standing { depth: 0, of: Some(at), callback: Some(Running::Of(on)) };
            self.program(spec.program(on), standing, &Place::Key(place, key))?;
        }
        // 1.4 crashes without an event callback.
        if !self.0.dialect.rules().event_callback_is_optional && spec.on_event.is_none() {
            let problem = said!("may not be null in dialect {}", self.0.dialect);
            return Err(Place::Key(place, "on_event").refuse(problem));
        }
        Ok(())
    }

    fn timer(&self, at: usize, timer: &TimerSpec, place: &Place<'_>) -> Result<()> {
        if PROGRAMS.iter().any(|(name, _)| *name == timer.name) {
            return Err(place.refuse(said!("a timer is not called as a callback is")));
        }
        self.priority(timer.priority, &Place::Key(place, "priority"))?;
        let standing = Standing { depth: 0, of: None, callback: Some(Running::Timer(at)) };
        self.program(&timer.run, standing, &Place::Key(place, "do"))
    }
}

fn unique(place: &Place<'_>, names: &[&str]) -> Result<()> {
    for (at, name) in names.iter().enumerate() {
        if names[..at].iter().any(|earlier| earlier == name) {
            return Err(Place::Key(place, name).refuse(said!("this name is used twice")));
        }
    }
    Ok(())
}

fn at_least_1(number: u64, place: &Place<'_>) -> Result<()> {
    if number == 0 { Err(place.refuse(said!("must be at least {}", 1))) } else { Ok(()) }
}

fn known(errno: Errno, place: &Place<'_>) -> Result<()> {
    place.choice(&errno.to_string(), &ERRNOS).map(drop)
}
