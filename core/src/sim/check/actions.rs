//! What an action may be where it stands.

use super::super::action::{Act, Action, Condition, Counter, On, Program};
use super::super::error::Quoted;
use super::super::grammar::format_1_has;
use super::super::json::{Place, Result};
use super::super::scenario::Format;
use super::Checked;
use crate::EolStyle;
use crate::said::{phrase, said};

/// How deep actions stand in each other at most: each takes of the stack while what it brings about runs.
const DEEPEST: usize = 8;

/// Where an action stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    /// How many actions it stands in.
    pub(super) depth: usize,
    /// Whom it is done to where it does not say.
    pub(super) of: Option<usize>,
    pub(super) callback: Option<Running>,
}

/// Whose callback runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Running {
    Of(On),
    Timer(usize),
}

impl Standing {
    /// Within an action that stands here.
    fn deeper(self, place: &Place<'_>) -> Result<Self> {
        match self.depth {
            DEEPEST.. => Err(place.refuse(said!("actions stand in each other more than {} deep", DEEPEST))),
            depth => Ok(Self { depth: depth + 1, ..self }),
        }
    }

    pub(super) const SCRIPT: Self = Self { depth: 0, of: None, callback: None };
}

impl Checked<'_> {
    pub(super) fn program(&self, program: &Program, standing: Standing, place: &Place<'_>) -> Result<()> {
        for (call, actions) in program.iter().flatten().enumerate() {
            self.actions(actions, standing, &Place::Index(place, call))?;
        }
        Ok(())
    }

    fn actions(&self, actions: &[Action], standing: Standing, place: &Place<'_>) -> Result<()> {
        let mut actions = actions.iter().enumerate();
        actions.try_for_each(|(index, action)| self.action(action, standing, &Place::Index(place, index)))
    }

    pub(super) fn action(&self, action: &Action, standing: Standing, place: &Place<'_>) -> Result<()> {
        self.in_format_1(action.what.key(), action.of, place)?;
        if let Act::If { when, then, otherwise } = &action.what {
            self.conditions(when, action.of, standing, &Place::Key(place, "if"))?;
            let inside = standing.deeper(place)?;
            self.actions(then, inside, &Place::Key(place, "then"))?;
            return self.actions(otherwise, inside, &Place::Key(place, "else"));
        }
        let own = &Place::Key(place, action.what.key());
        if action.what.is_of_the_loop() {
            return self.loop_act(&action.what, own);
        }
        let target = self.target(action.of, standing, place)?;
        let (act, two) = (&action.what, self.0.dialect.rules().since_2);
        match act {
            Act::SetTimeouts { read_ms, write_ms } => {
                self.timeout(*read_ms, &Place::Key(own, "read_ms"))?;
                self.timeout(*write_ms, &Place::Key(own, "write_ms"))
            }
            Act::MoveTo(to) => self.is_there(*to, own),
            Act::Readline { eol, then, .. } => {
                self.eol(*eol, own)?;
                self.actions(then, standing.deeper(place)?, &Place::Key(place, "then"))
            }
            Act::Prepend(_) => self.has(two, "evbuffer_prepend", own),
            Act::Trigger { .. } => self.has(two, "bufferevent_trigger", own),
            Act::TriggerEvent { .. } => self.has(two, "bufferevent_trigger_event", own),
            Act::Flush { .. } => self.has(two, "bufferevent_flush", own),
            Act::SetCallbacks(set) if !set.event => {
                let optional = self.0.dialect.rules().event_callback_is_optional;
                self.has(optional, phrase!("bufferevent without an event callback"), own)
            }
            Act::MaxSingleRead(_) => self.has(two, phrase!("bounds of single reads"), own),
            Act::MaxSingleWrite(_) => self.has(two, phrase!("bounds of single writes"), own),
            Act::Connect(_) => {
                self.has(two, phrase!("connecting"), own)?;
                self.on_a_socket(target, own)
            }
            _ => Ok(()),
        }
    }

    /// Format 1 has one bufferevent, and does less to it.
    pub(super) fn in_format_1(&self, key: &str, of: Option<usize>, place: &Place<'_>) -> Result<()> {
        match self.0.format {
            Format::V1 if of.is_some() => {
                Err(Place::Key(place, "of").refuse(said!("format 1 has one bufferevent")))
            }
            Format::V1 if !format_1_has(key) => Err(place.refuse(said!("format 1 has no {}", Quoted(key)))),
            _ => Ok(()),
        }
    }

    fn loop_act(&self, act: &Act, place: &Place<'_>) -> Result<()> {
        match act {
            Act::Activate(timer) | Act::AddTimer { timer, .. } | Act::DelTimer(timer)
                if *timer >= self.0.timers.len() =>
            {
                Err(place.refuse(said!("there is no such timer")))
            }
            _ => Ok(()),
        }
    }

    fn conditions(
        &self,
        when: &[Condition],
        of: Option<usize>,
        standing: Standing,
        place: &Place<'_>,
    ) -> Result<()> {
        if when.is_empty() {
            return Err(place.refuse(said!("nothing is asked")));
        }
        if when.iter().filter(|condition| condition.needs_at_least()).count() > 1 {
            return Err(place.refuse(said!(
                "one \"at_least\" is for one name; ask the other in an \"if\" within \"then\""
            )));
        }
        when.iter().try_for_each(|condition| match *condition {
            Condition::InputAtLeast(_) => self.target(of, standing, place).map(drop),
            Condition::InputOf { of, .. } => self.is_there(of, &Place::Key(place, "input_of")),
            Condition::OutputOf { of, .. } => self.is_there(of, &Place::Key(place, "output_of")),
            Condition::LineThere(eol) => {
                self.target(of, standing, place)?;
                self.eol(eol, &Place::Key(place, "line_there"))
            }
            Condition::EventHas(_) if standing.callback == Some(Running::Of(On::Event)) => Ok(()),
            Condition::EventHas(_) => {
                Err(Place::Key(place, "event_has").refuse(said!("only an event callback has flags")))
            }
            Condition::Count { of: Counter::This, .. } if standing.callback.is_some() => Ok(()),
            Condition::Count { of: Counter::This, .. } => Err(Place::Key(place, "count_of")
                .refuse(said!("no callback runs here; a name says what to count"))),
            Condition::Count { of: Counter::Callback(_), .. } => self.target(of, standing, place).map(drop),
            Condition::Count { of: Counter::Timer(timer), .. } => {
                self.loop_act(&Act::Activate(timer), &Place::Key(place, "count_of"))
            }
        })
    }

    fn eol(&self, eol: EolStyle, place: &Place<'_>) -> Result<()> {
        self.has(
            self.0.dialect.rules().since_2 || eol != EolStyle::Nul,
            phrase!("lines that end in a zero byte"),
            place,
        )
    }

    /// Which bufferevent is meant.
    pub(super) fn target(&self, of: Option<usize>, standing: Standing, place: &Place<'_>) -> Result<usize> {
        match of.or(standing.of) {
            Some(target) => self.is_there(target, &Place::Key(place, "of")).map(|()| target),
            None if self.0.bufferevents.len() == 1 => Ok(0),
            None => Err(place.refuse(said!("there are several bufferevents; \"of\" says which"))),
        }
    }

    /// Names were looked at when they were read; an index may come from elsewhere.
    fn is_there(&self, index: usize, place: &Place<'_>) -> Result<()> {
        if index < self.0.bufferevents.len() {
            Ok(())
        } else {
            Err(place.refuse(said!("there is no such bufferevent")))
        }
    }

    pub(super) fn on_a_socket(&self, target: usize, place: &Place<'_>) -> Result<()> {
        let spec = &self.0.bufferevents[target];
        match spec.kernel() {
            Some(_) => Ok(()),
            None => Err(place.refuse(said!("{} is on no socket", Quoted(&spec.name)))),
        }
    }
}
