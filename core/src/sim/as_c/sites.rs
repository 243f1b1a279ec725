//! Everything that a scenario does, each with where it stands.

use super::super::{Act, Action, KindSpec, On, Program, Scenario, ScriptStep};

/// Where an action stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Site {
    /// The bufferevent in whose callback,
    pub(super) own: Option<usize>,
    /// and in which.
    pub(super) on: Option<On>,
    pub(super) is_script: bool,
}

impl Site {
    pub(super) fn target(self, action: &Action) -> usize {
        action.of.or(self.own).unwrap_or(0)
    }
}

/// What goes with this one when it is freed, itself the first: a filter that closes frees what is under it.
pub(super) fn freed_with(scenario: &Scenario, of: usize) -> Vec<usize> {
    let mut all = vec![of];
    while let Some(spec) = all.last().map(|last| &scenario.bufferevents[*last])
        && let KindSpec::Filter { over, .. } = spec.kind
        && spec.close_on_free
    {
        all.push(over);
    }
    all
}

/// Everything that is done anywhere.
pub(super) fn each_action(scenario: &Scenario, visit: &mut impl FnMut(Site, &Action)) {
    for (of, spec) in scenario.bufferevents.iter().enumerate() {
        for on in [On::Read, On::Write, On::Event, On::Input, On::Output] {
            each_of(spec.program(on), Site { own: Some(of), on: Some(on), is_script: false }, visit);
        }
    }
    for timer in &scenario.timers {
        each_of(&timer.run, Site { own: None, on: None, is_script: false }, visit);
    }
    for step in &scenario.script {
        if let ScriptStep::Action(action) = step {
            each_in(action, Site { own: None, on: None, is_script: true }, visit);
        }
    }
}

fn each_of(program: &Program, site: Site, visit: &mut impl FnMut(Site, &Action)) {
    program.iter().flatten().flatten().for_each(|action| each_in(action, site, visit));
}

fn each_in(action: &Action, site: Site, visit: &mut impl FnMut(Site, &Action)) {
    visit(site, action);
    let (then, otherwise): (&[Action], &[Action]) = match &action.what {
        Act::Readline { then, .. } => (then, &[]),
        Act::If { then, otherwise, .. } => (then, otherwise),
        _ => (&[], &[]),
    };
    then.iter().chain(otherwise).for_each(|action| each_in(action, site, visit));
}
