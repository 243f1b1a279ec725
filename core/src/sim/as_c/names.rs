//! What the program calls what the scenario has names for.

use std::collections::BTreeSet;

use super::super::{BuffereventSpec, Format, On, Scenario};

/// The names around one bufferevent.
#[derive(Debug)]
pub(super) struct Names {
    /// The variable of the bufferevent.
    pub(super) bev: String,
    /// The variable of the socket that its peer has.
    pub(super) peer: String,
    /// The variable of its own socket, where it does not close that itself.
    pub(super) fd: String,
    /// What its callbacks begin with: nothing where it is the only one.
    prefix: String,
    /// What its lines of output begin with: nothing in format 1.
    pub(super) label: String,
    /// Where the scenario describes it.
    pub(super) place: String,
    /// Where the scenario has its callbacks.
    callbacks: String,
}

impl Names {
    /// Those of each bufferevent, in their order.
    pub(super) fn of_bufferevents(scenario: &Scenario) -> Vec<Self> {
        let Format::V2 = scenario.format else {
            return vec![Self::of_the_only_one(scenario.place_of_callbacks(0))];
        };
        let mut taken = BTreeSet::new();
        let several = scenario.bufferevents.len() > 1;
        let names = scenario.bufferevents.iter().enumerate().map(|(at, BuffereventSpec { name, .. })| {
            let word = identifier(name, &mut taken);
            Self {
                bev: format!("{word}_bev"),
                peer: format!("{word}_peer"),
                fd: format!("{word}_fd"),
                prefix: if several { format!("{word}_") } else { String::new() },
                label: format!("{name} "),
                place: format!("bufferevents.{name}"),
                callbacks: scenario.place_of_callbacks(at),
            }
        });
        names.collect()
    }

    fn of_the_only_one(callbacks: String) -> Self {
        Self {
            bev: "connection".to_owned(),
            peer: "peer".to_owned(),
            fd: "fd".to_owned(),
            prefix: String::new(),
            label: String::new(),
            place: "bufferevent".to_owned(),
            callbacks,
        }
    }

    /// The function that is this callback.
    pub(super) fn callback(&self, on: On) -> String {
        format!("{}{}", self.prefix, on.key())
    }

    /// How often it was called.
    pub(super) fn calls(&self, on: On) -> String {
        format!("{}_calls", self.callback(on))
    }

    /// Where the scenario has the program of this callback.
    pub(super) fn program(&self, on: On) -> String {
        format!("{}.{}", self.callbacks, on.key())
    }
}

/// The names around one timer.
#[derive(Debug)]
pub(super) struct TimerNames {
    /// The variable of the event.
    pub(super) event: String,
    pub(super) callback: String,
    pub(super) calls: String,
    pub(super) place: String,
}

impl TimerNames {
    pub(super) fn of_timers(scenario: &Scenario) -> Vec<Self> {
        let mut taken = BTreeSet::new();
        let names = scenario.timers.iter().map(|timer| {
            let word = identifier(&timer.name, &mut taken);
            Self {
                event: format!("{word}_timer"),
                callback: format!("on_{word}_timer"),
                calls: format!("{word}_timer_calls"),
                place: format!("timers.{}", timer.name),
            }
        });
        names.collect()
    }
}

/// A word that can stand within an identifier, and that was not given before.
fn identifier(name: &str, taken: &mut BTreeSet<String>) -> String {
    let word: String =
        name.chars().map(|char| if char.is_ascii_alphanumeric() { char } else { '_' }).collect();
    let word = word.trim_matches('_');
    let word = if word.starts_with(|first: char| first.is_ascii_alphabetic()) {
        word.to_owned()
    } else {
        format!("b{word}")
    };
    let another = (2..).map(|number| format!("{word}_{number}"));
    let free = std::iter::once(word.clone()).chain(another).find(|word| !taken.contains(word));
    let word = free.unwrap_or(word);
    taken.insert(word.clone());
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_two_names_are_two_identifiers() {
        let mut taken = BTreeSet::new();
        let words = ["a-b", "a_b", "", "2", "日本", "a b"].map(|name| identifier(name, &mut taken));
        assert_eq!(words, ["a_b", "a_b_2", "b", "b2", "b_2", "a_b_3"]);
    }
}
