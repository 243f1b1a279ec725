//! From text to a condition.

use std::str::FromStr;

use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::StrDeserializer;
use strum::VariantNames;

use super::error::nearest;
use super::state::{Relation, State};
use super::{BadCondition, CallbackKind, Condition, MAX_TERMS, Term};
use crate::recording::Valve;
use crate::said::phrase;
use crate::{Dialect, Direction, Step, What};

/// The longer signs first: each is looked for in this order.
const RELATIONS: [(&str, Relation); 6] = [
    ("<=", Relation::AtMost),
    (">=", Relation::AtLeast),
    ("==", Relation::Equal),
    ("!=", Relation::NotEqual),
    ("<", Relation::Less),
    (">", Relation::Greater),
];

const CALLBACKS: [(&str, CallbackKind); 3] =
    [("read", CallbackKind::Read), ("write", CallbackKind::Write), ("event", CallbackKind::Event)];

const DIRECTIONS: [(&str, Direction); 2] = [("read", Direction::Read), ("write", Direction::Write)];

/// What joins conditions elsewhere, and whether it is the `and` of this language.
const JOINING: [(&str, bool); 7] = [
    ("&&", true),
    (" AND ", true),
    (" & ", true),
    (",", true),
    ("||", false),
    (" or ", false),
    (" OR ", false),
];

/// What a term begins with.
const HEADS: [&str; 10] =
    ["callback", "event", "timer", "crossing", "kind", "conn", "of", "step", "dialect", "valve"];

/// The fields of a record beside those of its step.
const FIELDS: [&str; 7] = ["seq", "time_us", "connection", "kind", "function", "file", "line"];

impl FromStr for Condition {
    type Err = BadCondition;

    fn from_str(text: &str) -> Result<Self, BadCondition> {
        let terms = || text.split(" and ");
        match terms().count() {
            count if count > MAX_TERMS => return Err(BadCondition::Terms(count)),
            _ => {}
        }
        let terms = terms().map(|term| parse(term.trim())).collect::<Result<Vec<_>, _>>();
        let terms = terms.map_err(|bad| joined_otherwise(text).unwrap_or(bad))?;
        let kind = terms.iter().find_map(|term| match term {
            Term::Kind(kind) => Some(*kind),
            _ => None,
        });
        for term in &terms {
            if let Term::With { path, value } = term {
                check_field(path, value, kind)?;
            }
        }
        Ok(Self { terms })
    }
}

/// What is wrong with a text that is no condition, where its terms are joined as in other languages.
fn joined_otherwise(text: &str) -> Option<BadCondition> {
    let (sign, is_and) = *JOINING.iter().find(|(sign, _)| text.contains(sign))?;
    let meant = || text.split(sign).map(str::trim).collect::<Vec<_>>().join(" and ");
    // What is still no condition so is told no one to write.
    let meant = is_and.then(meant).filter(|meant| meant.parse::<Condition>().is_ok());
    (meant.is_some() || !is_and).then(|| BadCondition::Joined { by: sign.trim(), meant })
}

fn parse(term: &str) -> Result<Term, BadCondition> {
    if let Some(field) = term.strip_prefix("with ") {
        return with(term, field);
    }
    match term.strip_prefix("while ") {
        Some(state) => Ok(Term::State { state: parse_state(state.trim())?, becomes: false }),
        None => parse_plain(term),
    }
}

fn parse_plain(term: &str) -> Result<Term, BadCondition> {
    let bad = || BadCondition::Term(term.to_owned());
    match term.split_once(':') {
        None if term == "callback" => Ok(Term::Callback(None)),
        None if term == "crossing" => Ok(Term::Crossing),
        Some(("callback", kind)) => named(term, kind, phrase!("one of the callbacks"), &CALLBACKS)
            .map(|kind| Term::Callback(Some(kind))),
        Some(("event", flags)) => parse_flags(term, flags).map(Term::Event),
        Some(("kind", kind)) => parse_kind(kind),
        Some(("conn", number)) => number.parse().map(Term::Connection).map_err(|_| bad()),
        Some(("step", number)) => number.parse().map(Term::Step).map_err(|_| bad()),
        Some(("of" | "timer", "")) => Err(bad()),
        Some(("of", name)) => Ok(Term::Of(name.to_owned())),
        Some(("timer", name)) => Ok(Term::Timer(name.to_owned())),
        _ => {
            let state = parse_state(term)?;
            // A libevent is what it is from the first step on.
            let becomes = !matches!(state, State::Dialect(_));
            Ok(Term::State { state, becomes })
        }
    }
}

fn parse_state(term: &str) -> Result<State, BadCondition> {
    match term.split_once(':') {
        Some(("dialect", dialect)) => {
            let all = Dialect::ALL.map(|dialect| (dialect.as_str(), dialect));
            named(term, dialect, phrase!("a dialect"), &all).map(State::Dialect)
        }
        Some(("valve", valve)) => parse_valve(term, valve),
        _ => parse_comparison(term),
    }
}

/// The value of a word of a term.
fn named<T: Copy>(
    term: &str,
    word: &str,
    what: &'static str,
    table: &[(&'static str, T)],
) -> Result<T, BadCondition> {
    table.iter().find(|(name, _)| *name == word).map(|(_, value)| *value).ok_or_else(|| BadCondition::Word {
        term: term.to_owned(),
        what,
        nearest: nearest(word, table.iter().map(|(name, _)| *name)),
    })
}

fn parse_kind(kind: &str) -> Result<Term, BadCondition> {
    match Step::KINDS.iter().find(|known| **known == kind) {
        Some(known) => Ok(Term::Kind(known)),
        None => {
            let nearest = nearest(kind, Step::KINDS.iter().copied());
            Err(BadCondition::Kind { kind: kind.to_owned(), nearest })
        }
    }
}

fn parse_flags(term: &str, flags: &str) -> Result<What, BadCondition> {
    let table: Vec<_> = What::NAMED.iter().map(|(flag, name)| (*name, *flag)).collect();
    let flags =
        flags.split('+').map(|flag| named(term, flag.trim(), phrase!("a flag of an event callback"), &table));
    flags.into_iter().try_fold(What::NONE, |all, flag| Ok(all | flag?))
}

fn parse_valve(term: &str, valve: &str) -> Result<State, BadCondition> {
    let (direction, word) = valve.split_once('=').ok_or_else(|| BadCondition::Term(term.to_owned()))?;
    let direction = named(term, direction.trim(), phrase!("a direction"), &DIRECTIONS)?;
    let word = word.trim();
    let deserializer: StrDeserializer<'_, serde::de::value::Error> = word.into_deserializer();
    match Valve::deserialize(deserializer) {
        Ok(valve) => Ok(State::Valve { direction, valve }),
        Err(_) => Err(BadCondition::Word {
            term: term.to_owned(),
            what: phrase!("what a valve can be"),
            nearest: nearest(word, Valve::VARIANTS.iter().copied()),
        }),
    }
}

fn parse_comparison(term: &str) -> Result<State, BadCondition> {
    let sign = RELATIONS.iter().find(|(sign, _)| term.contains(sign));
    let Some((left, right, relation)) =
        sign.and_then(|(sign, relation)| term.split_once(sign).map(|(left, right)| (left, right, *relation)))
    else {
        let head = term.split([':', ' ']).next().unwrap_or_default();
        return Err(match nearest(head, HEADS) {
            Some(word) if word != head => BadCondition::Word {
                term: term.to_owned(),
                what: phrase!("a word that a condition begins with"),
                nearest: Some(word),
            },
            _ => BadCondition::Term(term.to_owned()),
        });
    };
    let figure = |text: &str| {
        text.parse().map_err(|error| match error {
            BadCondition::Word { what, nearest: Some(nearest), .. } => {
                BadCondition::Word { term: term.to_owned(), what, nearest: Some(nearest) }
            }
            _ => BadCondition::Term(term.to_owned()),
        })
    };
    Ok(State::Comparison { left: figure(left)?, relation, right: figure(right)? })
}

fn with(term: &str, field: &str) -> Result<Term, BadCondition> {
    let (path, value) = field.split_once('=').ok_or_else(|| BadCondition::Term(term.to_owned()))?;
    Ok(Term::With { path: path.trim().to_owned(), value: value.trim().to_owned() })
}

/// Refuses a field that no record has, or none of this kind.
fn check_field(path: &str, value: &str, kind: Option<&'static str>) -> Result<(), BadCondition> {
    let field = path.split('.').next().unwrap_or_default();
    let of_steps = Step::KINDS.iter().zip(Step::FIELDS);
    let of_steps = of_steps.filter(|(it, _)| kind.is_none_or(|kind| **it == kind));
    let mut there = of_steps.flat_map(|(_, fields)| fields.iter().copied()).chain(FIELDS);
    if there.clone().any(|it| it == field) {
        return Ok(());
    }
    Err(BadCondition::Word {
        term: format!("with {path}={value}"),
        what: if kind.is_some() {
            phrase!("a field of this kind of step")
        } else {
            phrase!("a field of a record")
        },
        nearest: nearest(field, &mut there),
    })
}
