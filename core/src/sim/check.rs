//! What a scenario may hold, whether it is read or made: the rules behind [`Scenario::check`] and the reader.

use super::error::ScenarioError;
use super::json::{Place, Result};
use super::scenario::{Action, App, DirectionSpec, FORMAT, Scenario, ScriptStep};
use crate::{Dialect, Errno};

/// The errors that calls can be made to give.
pub(super) const ERRNOS: [(&str, Errno); 5] = [
    ("EINTR", Errno::Interrupted),
    ("EAGAIN", Errno::Again),
    ("ECONNRESET", Errno::ConnectionReset),
    ("EPIPE", Errno::BrokenPipe),
    ("ETIMEDOUT", Errno::TimedOut),
];

impl Scenario {
    /// Whether the scenario could have been read: its dialect has what it sets, and every number is in its range.
    ///
    /// # Errors
    /// The first thing found wrong, with its place, as [`Scenario::from_json`] words it.
    pub fn check(&self) -> std::result::Result<(), ScenarioError> {
        let top = &Place::Top;
        let rules = Rules { dialect: self.dialect };
        format(self.format, &Place::Key(top, "format"))?;
        let kernel = &Place::Key(top, "kernel");
        capacity(self.kernel.rx_capacity, &Place::Key(kernel, "rx_capacity"))?;
        capacity(self.kernel.tx_capacity, &Place::Key(kernel, "tx_capacity"))?;
        let bufferevent = &Place::Key(top, "bufferevent");
        rules.direction(self.bufferevent.read, &Place::Key(bufferevent, "read"))?;
        rules.direction(self.bufferevent.write, &Place::Key(bufferevent, "write"))?;
        rules.app(&self.app, &Place::Key(top, "app"))?;
        let script = &Place::Key(top, "script");
        let mut steps = self.script.iter().enumerate();
        steps.try_for_each(|(index, step)| rules.step(step, &Place::Index(script, index)))
    }
}

pub(super) fn format(format: u32, place: &Place<'_>) -> Result<u32> {
    match format {
        FORMAT => Ok(FORMAT),
        other => Err(place.refuse(format!("{other} is not supported, only {FORMAT}"))),
    }
}

pub(super) fn capacity(bytes: u32, place: &Place<'_>) -> Result<u32> {
    match bytes {
        0 => Err(place.refuse("must be at least 1")),
        bytes => Ok(bytes),
    }
}

/// What is allowed depends on the dialect.
pub(super) struct Rules {
    pub(super) dialect: Dialect,
}

impl Rules {
    /// 1.4 takes its timeouts in seconds.
    pub(super) fn timeout(&self, ms: u32, place: &Place<'_>) -> Result<u32> {
        if self.dialect.has_whole_seconds() && !ms.is_multiple_of(1000) {
            let dialect = self.dialect;
            let problem = format!("{ms} is not a multiple of 1000, and {dialect} has whole seconds");
            return Err(place.refuse(problem));
        }
        Ok(ms)
    }

    /// 1.4 crashes without an event callback.
    pub(super) fn on_event(&self, app: &App, place: &Place<'_>) -> Result<()> {
        if !self.dialect.rules().event_callback_is_optional && app.on_event.is_none() {
            return Err(
                Place::Key(place, "on_event").refuse(format!("may not be null in dialect {}", self.dialect))
            );
        }
        Ok(())
    }

    fn direction(&self, spec: DirectionSpec, place: &Place<'_>) -> Result<()> {
        self.timeout(spec.timeout_ms, &Place::Key(place, "timeout_ms")).map(drop)
    }

    fn app(&self, app: &App, place: &Place<'_>) -> Result<()> {
        let programs = [("on_read", &app.on_read), ("on_write", &app.on_write), ("on_event", &app.on_event)];
        for (key, program) in programs {
            let place = &Place::Key(place, key);
            for (call, actions) in program.iter().flatten().enumerate() {
                let place = &Place::Index(place, call);
                let mut actions = actions.iter().enumerate();
                actions.try_for_each(|(index, action)| self.action(action, &Place::Index(place, index)))?;
            }
        }
        self.on_event(app, place)
    }

    fn action(&self, action: &Action, place: &Place<'_>) -> Result<()> {
        if let &Action::SetTimeouts { read_ms, write_ms } = action {
            let place = &Place::Key(place, "set_timeouts");
            self.timeout(read_ms, &Place::Key(place, "read_ms"))?;
            self.timeout(write_ms, &Place::Key(place, "write_ms"))?;
        }
        Ok(())
    }

    fn step(&self, step: &ScriptStep, place: &Place<'_>) -> Result<()> {
        match step {
            ScriptStep::Action(action) => self.action(action, place),
            ScriptStep::Inject { errno, .. } => {
                let place = &Place::Key(place, "inject");
                Place::Key(place, "errno").choice(&errno.to_string(), &ERRNOS).map(drop)
            }
            _ => Ok(()),
        }
    }
}
