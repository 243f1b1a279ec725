//! Which bufferevent is made on which: pairs have two sides that agree, and filters stand in no circle.

use super::error::Quoted;
use super::json::{Place, Result};
use super::scenario::{KindSpec, Scenario};
use crate::said::said;

/// Whether what this one is made on is there, and agrees.
pub(super) fn check(scenario: &Scenario, at: usize, place: &Place<'_>) -> Result<()> {
    match scenario.bufferevents[at].kind {
        KindSpec::Socket { .. } => Ok(()),
        KindSpec::Pair { with } => pair(scenario, at, with, &Place::Key(place, "pair_with")),
        KindSpec::Filter { over, .. } => filter(scenario, at, over, &Place::Key(place, "filter_over")),
    }
}

fn pair(scenario: &Scenario, at: usize, with: usize, place: &Place<'_>) -> Result<()> {
    let Some(other) = scenario.bufferevents.get(with) else {
        return Err(place.refuse(said!("there is no such bufferevent")));
    };
    let name = Quoted(&other.name);
    match other.kind {
        _ if with == at => Err(place.refuse(said!("a pair has two sides, and this is one with itself"))),
        KindSpec::Pair { with } if with == at => Ok(()),
        KindSpec::Pair { with } => {
            let third = scenario.bufferevents.get(with).map_or("", |third| &third.name);
            Err(place.refuse(said!("{} is the other side of {} already", name, Quoted(third))))
        }
        KindSpec::Socket { .. } => Err(place.refuse(said!("{} is on a socket, and no side of a pair", name))),
        KindSpec::Filter { .. } => Err(place.refuse(said!("{} is a filter, and no side of a pair", name))),
    }
}

fn filter(scenario: &Scenario, at: usize, over: usize, place: &Place<'_>) -> Result<()> {
    let Some(under) = scenario.bufferevents.get(over) else {
        return Err(place.refuse(said!("there is no such bufferevent")));
    };
    let is_over = |kind| matches!(kind, KindSpec::Filter { over: other, .. } if other == over);
    let mut before = scenario.bufferevents[..at].iter();
    if let Some(other) = before.find(|other| is_over(other.kind)) {
        let (under, other) = (Quoted(&under.name), Quoted(&other.name));
        return Err(place.refuse(said!("{} has a filter over it already, {}", under, other)));
    }
    // No more steps down than there are bufferevents, unless it goes round.
    let mut down = over;
    for _ in 0..scenario.bufferevents.len() {
        match scenario.bufferevents.get(down).map(|it| it.kind) {
            _ if down == at => return Err(place.refuse(said!("the filters go round in a circle"))),
            Some(KindSpec::Filter { over, .. }) => down = over,
            _ => return Ok(()),
        }
    }
    // A circle that this one only leads into is refused at those in it.
    Ok(())
}

/// The order in which bufferevents are made: that of the scenario, but for an underlying bufferevent, which is made before
/// its filter. Both sides of a pair are made where the first of them stands.
pub(super) fn order_of_making(scenario: &Scenario) -> Vec<usize> {
    let mut order = Vec::new();
    for at in 0..scenario.bufferevents.len() {
        make(scenario, at, &mut order);
    }
    order
}

fn make(scenario: &Scenario, at: usize, order: &mut Vec<usize>) {
    if order.contains(&at) {
        return;
    }
    match scenario.bufferevents[at].kind {
        KindSpec::Socket { .. } => order.push(at),
        KindSpec::Pair { with } => order.extend([at, with]),
        KindSpec::Filter { over, .. } => {
            make(scenario, over, order);
            order.push(at);
        }
    }
}
