//! JSON values that know nothing of scenarios but remember what a strict reader asks about: each key in its
//! order, also the second one of the same name, and where in the document a value stands.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use serde_json::Number;

use super::error::{Nearest, Problem, Quoted, ScenarioError};
use crate::said::{Said, phrase, said};
use crate::words;

/// A JSON value. No deeper than the recursion limit of `serde_json`, which makes it safe to walk and drop.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Json {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
}

/// Where a value stands: a path that grows on the stack and becomes text only in an error.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place<'a> {
    Top,
    Key(&'a Self, &'a str),
    Index(&'a Self, usize),
}

/// An object whose keys are known to be allowed and unique.
#[derive(Debug)]
pub(super) struct Object<'a> {
    place: &'a Place<'a>,
    entries: &'a [(String, Json)],
}

/// What reading a value gives.
pub(super) type Result<T> = std::result::Result<T, ScenarioError>;

/// What the parser says of a document.
fn malformed(text: &[u8], error: &serde_json::Error) -> ScenarioError {
    let (line, column) = (error.line(), error.column());
    Place::Top.error(Problem::Malformed { line, column, message: words::problem(text, error) })
}

impl Json {
    /// Parses a document.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self> {
        serde_json::from_slice(bytes).map_err(|error| malformed(bytes, &error))
    }

    /// A whole number of 32 bits. `3.0` is one: JSON has a single kind of number.
    pub(super) fn whole(&self, place: &Place<'_>) -> Result<u32> {
        self.whole_within(place, 0, u64::from(u32::MAX)).map(|value| value as u32)
    }

    /// A whole number within these bounds, which are no larger than what is exact in JSON.
    pub(super) fn whole_within(&self, place: &Place<'_>, least: u64, most: u64) -> Result<u64> {
        let Self::Number(number) = self else {
            return Err(self.unexpected(place, phrase!("a whole number")));
        };
        let value = number.as_f64().unwrap_or(f64::NAN);
        if value.is_nan() || value.fract() != 0.0 {
            Err(self.unexpected(place, phrase!("a whole number")))
        } else if value < 0.0 {
            Err(place.refuse(said!("{} is below {}", number, 0)))
        } else if value > most as f64 {
            Err(place.refuse(said!("{} is above {}", number, most)))
        } else if value < least as f64 {
            Err(place.refuse(said!("must be at least {}", least)))
        } else {
            Ok(value as u64)
        }
    }

    /// A string.
    pub(super) fn text(&self, place: &Place<'_>) -> Result<&str> {
        match self {
            Self::Text(text) => Ok(text),
            _ => Err(self.unexpected(place, phrase!("a string"))),
        }
    }

    /// A string whose characters are bytes.
    pub(super) fn byte_text(&self, place: &Place<'_>) -> Result<Vec<u8>> {
        let byte = |char: char| {
            u8::try_from(char).map_err(|_| {
                place.refuse(said!("{} is above U+00FF and stands for no byte", format!("{char:?}")))
            })
        };
        self.text(place)?.chars().map(byte).collect()
    }

    /// `true` or `false`.
    pub(super) fn flag(&self, place: &Place<'_>) -> Result<bool> {
        match self {
            Self::Bool(flag) => Ok(*flag),
            _ => Err(self.unexpected(place, phrase!("true or false"))),
        }
    }

    /// One of the names in the table, as the value it stands for.
    pub(super) fn choice<T: Copy>(&self, place: &Place<'_>, table: &[(&str, T)]) -> Result<T> {
        place.choice(self.text(place)?, table)
    }

    /// The `true` of a key that stands for itself.
    pub(super) fn must_be_true(&self, place: &Place<'_>) -> Result<()> {
        match self {
            Self::Bool(true) => Ok(()),
            _ => Err(self.unexpected(place, "true")),
        }
    }

    /// A list, each item read in its place.
    pub(super) fn list<T>(
        &self,
        place: &Place<'_>,
        mut read: impl FnMut(&Self, &Place<'_>) -> Result<T>,
    ) -> Result<Vec<T>> {
        let Self::List(items) = self else {
            return Err(self.unexpected(place, phrase!("a list")));
        };
        items.iter().enumerate().map(|(index, item)| read(item, &Place::Index(place, index))).collect()
    }

    /// An object with no other keys than these, each at most once.
    pub(super) fn object<'a>(
        &'a self,
        place: &'a Place<'a>,
        allowed: impl Iterator<Item = &'static str> + Clone,
    ) -> Result<Object<'a>> {
        let entries = self.entries(place)?;
        for (index, (key, _)) in entries.iter().enumerate() {
            if !allowed.clone().any(|allowed| allowed == key) {
                let nearest = Nearest::to(key, allowed).name();
                return Err(place.error(Problem::UnknownKey { key: key.clone(), nearest }));
            }
            // Cheap: the earlier keys are all allowed and all different, so they are few.
            if entries[..index].iter().any(|(earlier, _)| earlier == key) {
                return Err(place.error(Problem::DuplicateKey(key.clone())));
            }
        }
        Ok(Object { place, entries })
    }

    /// An object whose keys were looked at before.
    pub(super) fn known_object<'a>(&'a self, place: &'a Place<'a>) -> Result<Object<'a>> {
        Ok(Object { place, entries: self.entries(place)? })
    }

    /// The keys and values of an object as they stand in the text, unchecked.
    pub(super) fn entries(&self, place: &Place<'_>) -> Result<&[(String, Self)]> {
        match self {
            Self::Object(entries) => Ok(entries),
            _ => Err(self.unexpected(place, phrase!("an object"))),
        }
    }

    /// The refusal of a value that is of another kind than `expected`.
    pub(super) fn unexpected(&self, place: &Place<'_>, expected: &str) -> ScenarioError {
        place.refuse(said!("expected {}, found {}", expected, self))
    }
}

impl<'a> Object<'a> {
    /// The value of a key that may be there, with its place.
    pub(super) fn place(&self, key: &'a str) -> Place<'a> {
        Place::Key(self.place, key)
    }

    /// The keys, in their order.
    pub(super) fn keys(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.entries.iter().map(|(key, _)| key.as_str())
    }

    /// Reads the value of a key, if the key is there.
    pub(super) fn optional<T>(
        &self,
        key: &'static str,
        read: impl FnOnce(&Json, &Place<'_>) -> Result<T>,
    ) -> Result<Option<T>> {
        let entry = self.entries.iter().find(|(candidate, _)| candidate == key);
        entry.map(|(_, value)| read(value, &Place::Key(self.place, key))).transpose()
    }

    /// The value of a key, if the key is there.
    pub(super) fn get(&self, key: &str) -> Option<&'a Json> {
        self.entries.iter().find(|(candidate, _)| candidate == key).map(|(_, value)| value)
    }

    /// The keys and values of an object within; none where there is none.
    pub(super) fn entries(&self, key: &'a str) -> Result<&'a [(String, Json)]> {
        self.get(key).map_or(Ok(&[]), |json| json.entries(&self.place(key)))
    }

    /// Whether the key is there.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|(candidate, _)| candidate == key)
    }

    /// Reads the value of a key that must be there.
    pub(super) fn required<T>(
        &self,
        key: &'static str,
        read: impl FnOnce(&Json, &Place<'_>) -> Result<T>,
    ) -> Result<T> {
        self.optional(key, read)?.ok_or_else(|| Place::Key(self.place, key).error(Problem::Missing))
    }
}

impl Place<'_> {
    /// One of the names in the table, as the value it stands for.
    pub(super) fn choice<T: Copy>(&self, name: &str, table: &[(&str, T)]) -> Result<T> {
        let found = table.iter().find(|(candidate, _)| *candidate == name);
        found.map(|(_, value)| *value).ok_or_else(|| {
            let names: Vec<&str> = table.iter().map(|(candidate, _)| *candidate).collect();
            self.not_one_of(name, &names)
        })
    }

    /// The refusal of a name that is not in its list.
    pub(super) fn not_one_of(&self, name: &str, names: &[&str]) -> ScenarioError {
        let names: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
        self.refuse(said!("{} is not one of {}", Quoted(name), names.join(", ")))
    }

    /// The error that this is wrong here.
    pub(super) fn error(&self, problem: Problem) -> ScenarioError {
        ScenarioError { place: self.to_string(), problem }
    }

    /// The error that the value here will not do.
    pub(super) fn refuse(&self, expectation: impl Into<Said>) -> ScenarioError {
        self.error(Problem::Value(expectation.into()))
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Top => Ok(()),
            Self::Key(Self::Top, key) => f.write_str(key),
            Self::Key(parent, key) => write!(f, "{parent}.{key}"),
            Self::Index(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

/// The value as an error message shows it: in full where it is short, by its kind where it is not.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => value.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => Quoted(text).fmt(f),
            Self::List(_) => f.write_str("a list"),
            Self::Object(_) => f.write_str("an object"),
        }
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<u32> for Json {
    fn from(value: u32) -> Self {
        Self::Number(value.into())
    }
}

impl From<u64> for Json {
    fn from(value: u64) -> Self {
        Self::Number(value.into())
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Vec<Self>> for Json {
    fn from(items: Vec<Self>) -> Self {
        Self::List(items)
    }
}

impl From<Vec<(String, Self)>> for Json {
    fn from(entries: Vec<(String, Self)>) -> Self {
        Self::Object(entries)
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(number) => number.serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => serializer.collect_seq(items),
            Self::Object(entries) => serializer.collect_map(entries.iter().map(|(key, value)| (key, value))),
        }
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> std::result::Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> std::result::Result<Json, E> {
        Ok(Json::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> std::result::Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> std::result::Result<Json, E> {
        Ok(Json::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> std::result::Result<Json, E> {
        Ok(Number::from_f64(value).map_or(Json::Null, Json::Number))
    }

    fn visit_str<E>(self, text: &str) -> std::result::Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> std::result::Result<Json, E> {
        Ok(Json::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> std::result::Result<Json, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Json::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> std::result::Result<Json, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = access.next_entry()? {
            entries.push(entry);
        }
        Ok(Json::Object(entries))
    }
}
