//! The shape of JSON: what may stand where, as data. The reader refuses what has another shape, and the schema is printed
//! from the same tables.

use std::collections::HashSet;

use super::error::{Nearest, Quoted};
use super::json::{Json, Object, Place, Result};
use crate::said::said;

/// What a value may be.
#[derive(Debug)]
pub(super) enum Shape {
    /// A whole number within these bounds.
    Whole(u64, u64),
    /// This number and no other.
    Exactly(u32),
    /// `true` or `false`.
    Flag,
    /// `true`, for a key that stands for itself.
    True,
    /// `null`.
    Null,
    /// A string.
    Text,
    /// A string whose characters are bytes.
    Bytes,
    /// What somebody calls a thing.
    Name,
    /// This word.
    Word(&'static str),
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Any number of these.
    List(&'static Self),
    /// What whoever takes it checks.
    Any,
    /// These keys.
    Object(&'static [Key]),
    /// Any names, each with one of these; at most so many.
    Map(&'static Self, usize),
    /// Exactly one of these keys, and what goes with it.
    Cases(Cases),
    /// The first of these whose kind of value it is; the words say what is expected.
    Either(&'static str, &'static [Self]),
    /// What others refer to by this name.
    Named(&'static str, &'static Self),
}

/// A key of an object.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) required: bool,
    pub(super) shape: &'static Shape,
}

/// The keys of which one is there.
#[derive(Debug)]
pub(super) struct Cases {
    pub(super) groups: &'static [&'static [Case]],
    /// Goes with those that have a target.
    pub(super) target: Option<&'static Key>,
}

/// One of several keys, and those that may go with it.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) key: Key,
    pub(super) has_target: bool,
    pub(super) with: &'static [Key],
}

impl Key {
    pub(super) const fn optional(name: &'static str, shape: &'static Shape) -> Self {
        Self { name, required: false, shape }
    }

    pub(super) const fn required(name: &'static str, shape: &'static Shape) -> Self {
        Self { name, required: true, shape }
    }
}

impl Case {
    /// Done to a bufferevent or a socket.
    pub(super) const fn to(name: &'static str, shape: &'static Shape) -> Self {
        Self { key: Key::required(name, shape), has_target: true, with: &[] }
    }

    /// Of the whole loop.
    pub(super) const fn of_the_loop(name: &'static str, shape: &'static Shape) -> Self {
        Self { key: Key::required(name, shape), has_target: false, with: &[] }
    }

    pub(super) const fn with(self, with: &'static [Key]) -> Self {
        Self { with, ..self }
    }
}

impl Cases {
    pub(super) fn iter(&self) -> impl Iterator<Item = &'static Case> + Clone {
        self.groups.iter().flat_map(|group| group.iter())
    }

    /// The keys that may go with a case.
    pub(super) fn companions(&self, case: &'static Case) -> impl Iterator<Item = &'static Key> {
        case.with.iter().chain(self.target.filter(|_| case.has_target))
    }

    /// The one that is there.
    pub(super) fn find<'a>(
        &self,
        json: &'a Json,
        place: &'a Place<'a>,
    ) -> Result<(&'static Case, Object<'a>)> {
        let keys = self.iter().flat_map(|case| case.with.iter().chain([&case.key])).chain(self.target);
        let object = json.object(place, keys.map(|key| key.name))?;
        let mut present = self.iter().filter(|case| object.has(case.key.name));
        let case = match (present.next(), present.next()) {
            (Some(case), None) => case,
            (None, _) => return Err(place.refuse(said!("expected one key, found none"))),
            (Some(first), Some(second)) => {
                let (first, second) = (first.key.name, second.key.name);
                return Err(place.refuse(said!(
                    "expected one key, found {} and {}",
                    Quoted(first),
                    Quoted(second)
                )));
            }
        };
        let goes = |name: &str| self.companions(case).chain([&case.key]).any(|key| key.name == name);
        match object.keys().find(|name| !goes(name)) {
            Some(stray) => {
                Err(place.refuse(said!("{} does not go with {}", Quoted(stray), Quoted(case.key.name))))
            }
            None => Ok((case, object)),
        }
    }
}

/// How long a name may be, in characters.
pub(super) const NAME_LIMIT: usize = 64;

impl Shape {
    /// Refuses a value of another shape.
    pub(super) fn check(&self, json: &Json, place: &Place<'_>) -> Result<()> {
        match self {
            Self::Whole(least, most) => json.whole_within(place, *least, *most).map(drop),
            Self::Exactly(number) => {
                let number = u64::from(*number);
                json.whole_within(place, number, number).map(drop)
            }
            Self::Any => Ok(()),
            Self::Flag => json.flag(place).map(drop),
            Self::True => json.must_be_true(place),
            Self::Null => {
                if self.is_kind_of(json) {
                    Ok(())
                } else {
                    Err(json.unexpected(place, "null"))
                }
            }
            Self::Text => json.text(place).map(drop),
            Self::Name => name(json.text(place)?, place),
            Self::Bytes => json.byte_text(place).map(drop),
            Self::Word(word) => match json.text(place)? == *word {
                true => Ok(()),
                false => Err(json.unexpected(place, &format!("{word:?}"))),
            },
            Self::Choice(names) => place.one_of(json.text(place)?, names),
            Self::List(shape) => json.list(place, |json, place| shape.check(json, place)).map(drop),
            Self::Object(keys) => object(keys, json, place),
            Self::Map(shape, most) => map(shape, *most, json, place),
            Self::Cases(cases) => {
                let (case, object) = cases.find(json, place)?;
                check_keys([&case.key].into_iter().chain(cases.companions(case)), &object)
            }
            Self::Either(expected, shapes) => match shapes.iter().find(|shape| shape.is_kind_of(json)) {
                Some(shape) => shape.check(json, place),
                None => Err(json.unexpected(place, expected)),
            },
            Self::Named(_, shape) => shape.check(json, place),
        }
    }

    /// Whether the value is of the kind that this is about; it may still be a wrong one.
    fn is_kind_of(&self, json: &Json) -> bool {
        match self {
            Self::Whole(..) | Self::Exactly(_) => matches!(json, Json::Number(_)),
            Self::Any => true,
            Self::Flag => matches!(json, Json::Bool(_)),
            Self::True => matches!(json, Json::Bool(true)),
            Self::Null => matches!(json, Json::Null),
            Self::Word(word) => matches!(json, Json::Text(text) if text == word),
            Self::Text | Self::Bytes | Self::Name | Self::Choice(_) => matches!(json, Json::Text(_)),
            Self::List(_) => matches!(json, Json::List(_)),
            Self::Object(_) | Self::Map(..) | Self::Cases(_) => matches!(json, Json::Object(_)),
            Self::Either(_, shapes) => shapes.iter().any(|shape| shape.is_kind_of(json)),
            Self::Named(_, shape) => shape.is_kind_of(json),
        }
    }
}

fn name(name: &str, place: &Place<'_>) -> Result<()> {
    match name.chars().count() {
        0 => Err(place.refuse(said!("a name may not be empty"))),
        1..=NAME_LIMIT if !name.contains(char::is_control) => Ok(()),
        1..=NAME_LIMIT => Err(place.refuse(said!("a name has no control characters"))),
        _ => Err(place.refuse(said!("a name has at most {} characters", NAME_LIMIT))),
    }
}

fn object(keys: &'static [Key], json: &Json, place: &Place<'_>) -> Result<()> {
    check_keys(keys, &json.object(place, keys.iter().map(|key| key.name))?)
}

fn check_keys(keys: impl IntoIterator<Item = &'static Key>, object: &Object<'_>) -> Result<()> {
    keys.into_iter().try_for_each(|Key { name, required, shape }| {
        let read = |json: &Json, place: &Place<'_>| shape.check(json, place);
        if *required { object.required(name, read) } else { object.optional(name, read).map(drop) }
    })
}

fn map(shape: &Shape, most: usize, json: &Json, place: &Place<'_>) -> Result<()> {
    let entries = json.entries(place)?;
    if entries.len() > most {
        return Err(place.refuse(said!("{} are more than {}", entries.len(), most)));
    }
    let mut seen = HashSet::new();
    entries.iter().try_for_each(|(key, value)| {
        let place = &Place::Key(place, key);
        name(key, place)?;
        if !seen.insert(key.as_str()) {
            return Err(place.refuse(said!("this name is used twice")));
        }
        shape.check(value, place)
    })
}

/// The value's names in a table of names and values.
pub(super) const fn names<T, const N: usize>(table: &[(&'static str, T); N]) -> [&'static str; N] {
    let mut names = [""; N];
    let mut at = 0;
    while at < N {
        names[at] = table[at].0;
        at += 1;
    }
    names
}

impl Place<'_> {
    fn one_of(&self, name: &str, names: &[&str]) -> Result<()> {
        if names.contains(&name) { Ok(()) } else { Err(self.not_one_of(name, names)) }
    }

    /// The refusal of a name that is none of those that are there.
    pub(super) fn unknown<'n>(
        &self,
        what: &str,
        name: &str,
        there: impl IntoIterator<Item = &'n str>,
    ) -> super::ScenarioError {
        let nearest = Nearest::to(name, there);
        self.refuse(said!("there is no {} {}", what, Quoted(name)).then(nearest.said()))
    }
}
