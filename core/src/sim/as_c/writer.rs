//! What writing one program needs to know and keeps track of.

use std::collections::BTreeSet;

use super::super::{Act, BuffereventSpec, Condition, Counter, KernelSpec, On, Scenario};
use super::api::Api;
use super::feasible::Played;
use super::helpers::Helper;
use super::names::{Names, TimerNames};
use super::sites::{each_action, freed_with};

/// One program under construction.
#[derive(Debug)]
pub(super) struct Writer<'a> {
    /// As it is given.
    pub(super) given: &'a Scenario,
    /// As a real kernel can play it.
    pub(super) scenario: &'a Scenario,
    pub(super) api: &'static Api,
    pub(super) played: Played,
    /// Nobody runs it: it need not be what a real kernel can play.
    pub(super) to_read: bool,
    /// Of each bufferevent.
    pub(super) names: Vec<Names>,
    /// Of each timer.
    pub(super) timers: Vec<TimerNames>,
    /// Which bufferevents a callback may free.
    pub(super) freed_in_callbacks: Vec<bool>,
    /// Which are freed by callbacks or by the script.
    freed_anywhere: Vec<bool>,
    /// Some buffer has a callback of the application, which runs within calls that change the buffer.
    pub(super) watches_buffers: bool,
    pub(super) needs: Needs,
}

/// What the program has to hold besides what is written so far.
#[derive(Debug, Default)]
pub(super) struct Needs {
    pub(super) helpers: BTreeSet<Helper>,
    /// Beyond those that every program includes and those of the helpers.
    pub(super) headers: BTreeSet<&'static str>,
    /// The time that passes has to be measured exactly.
    pub(super) time: bool,
    /// A connection is tried to a port on which nobody listens.
    pub(super) nobody: bool,
    /// A connection is tried to somebody who decides on it when the script says so.
    pub(super) somebody: bool,
}

/// Whether a bufferevent is still there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Life {
    Alive,
    /// It depends on what ran before.
    Unsure,
    Freed,
}

/// Where something is done.
#[derive(Debug, Clone)]
pub(super) struct Scope {
    /// The bufferevent whose callback runs; it is called `bev` there.
    pub(super) own: Option<usize>,
    /// How often this callback was called.
    pub(super) calls: Option<String>,
    /// It is an event callback, with its flags in `what`.
    pub(super) has_what: bool,
    /// A line was read and is in `line`.
    pub(super) has_line: bool,
    /// Of each bufferevent.
    pub(super) life: Vec<Life>,
}

impl Scope {
    /// What an action is done to.
    pub(super) fn target(&self, of: Option<usize>) -> usize {
        of.or(self.own).unwrap_or(0)
    }

    /// After two ways of which one was gone.
    pub(super) fn meet(&mut self, other: &Self) {
        for (life, other) in self.life.iter_mut().zip(&other.life) {
            if *life != *other {
                *life = Life::Unsure;
            }
        }
    }
}

impl<'a> Writer<'a> {
    pub(super) fn new(given: &'a Scenario, scenario: &'a Scenario, played: Played) -> Self {
        let mut writer = Self {
            given,
            scenario,
            api: Api::of(scenario.dialect),
            played,
            to_read: false,
            names: Names::of_bufferevents(scenario),
            timers: TimerNames::of_timers(scenario),
            freed_in_callbacks: vec![false; scenario.bufferevents.len()],
            freed_anywhere: vec![false; scenario.bufferevents.len()],
            watches_buffers: scenario
                .bufferevents
                .iter()
                .any(|it| it.on_input.is_some() || it.on_output.is_some()),
            needs: Needs::default(),
        };
        writer.note_frees();
        writer
    }

    fn note_frees(&mut self) {
        let mut freed = Vec::new();
        each_action(self.scenario, &mut |site, action| {
            if matches!(action.what, Act::Free) {
                freed.push((site.is_script, site.target(action)));
            }
        });
        for (is_script, of) in freed {
            for of in self.freed_with(of) {
                self.freed_anywhere[of] = true;
                self.freed_in_callbacks[of] |= !is_script;
            }
        }
    }

    /// The scope of a callback of this bufferevent, or of a timer.
    pub(super) fn scope_of_callback(&self, own: Option<usize>, calls: String) -> Scope {
        let life = |(of, freed): (usize, &bool)| {
            if *freed && own != Some(of) { Life::Unsure } else { Life::Alive }
        };
        let life = self.freed_anywhere.iter().enumerate().map(life).collect();
        Scope { own, calls: Some(calls), has_what: false, has_line: false, life }
    }

    /// The scope of main.
    pub(super) fn scope_of_script(&self) -> Scope {
        let life = |freed: &bool| if *freed { Life::Unsure } else { Life::Alive };
        let life = self.freed_in_callbacks.iter().map(life).collect();
        Scope { own: None, calls: None, has_what: false, has_line: false, life }
    }

    /// What of the scenario is otherwise in the program, and changes no callback.
    pub(super) fn differences(&self) -> &'static str {
        if self.to_read {
            return "It is to be read: no real kernel has sockets of these sizes, fails when it is told to, or decides on a connection \
                    when a script says so.";
        }
        let sizes =
            |spec: &BuffereventSpec| spec.kernel().is_none_or(|kernel| kernel == KernelSpec::default());
        if self.given.bufferevents.iter().all(sizes) {
            ""
        } else {
            "Real sockets hold more than those of the scenario, which changes no callback here."
        }
    }

    /// What of the order of callbacks nobody knows before.
    pub(super) fn order(&self) -> &'static str {
        if self.played.kernel_chooses && !self.to_read {
            " The kernel chooses which of the sockets that are ready in one pass is first, and when it refuses a connection: \
             callbacks may come in another order than in the lab."
        } else {
            ""
        }
    }

    /// The variable that a bufferevent is in.
    pub(super) fn variable(&self, of: usize, scope: &Scope) -> String {
        if scope.own == Some(of) { "bev".to_owned() } else { self.names[of].bev.clone() }
    }

    /// A timer as the argument of a call.
    pub(super) fn timer(&self, timer: usize) -> String {
        self.api.timer(&self.timers[timer].event)
    }

    pub(super) fn freed_with(&self, of: usize) -> Vec<usize> {
        freed_with(self.scenario, of)
    }

    /// How often a callback of this bufferevent, or a timer, was called is asked outside of it.
    pub(super) fn is_counted(&self, counter: Counter, of: usize) -> bool {
        let mut counted = false;
        each_action(self.scenario, &mut |site, action| {
            let Act::If { when, .. } = &action.what else { return };
            let asks = |condition: &Condition| match condition {
                Condition::Count { of: asked @ Counter::Callback(_), .. } => {
                    *asked == counter && site.target(action) == of
                }
                Condition::Count { of: asked @ Counter::Timer(_), .. } => *asked == counter,
                _ => false,
            };
            counted |= when.iter().any(asks);
        });
        counted
    }

    /// Something sets this callback anew.
    pub(super) fn is_set_later(&self, of: usize, on: On) -> bool {
        let mut is_set = false;
        each_action(self.scenario, &mut |site, action| {
            if let Act::SetCallbacks(set) = action.what {
                let named = match on {
                    On::Read => set.read,
                    On::Write => set.write,
                    On::Event => set.event,
                    On::Input | On::Output => false,
                };
                is_set |= named && site.target(action) == of;
            }
        });
        is_set
    }
}
