//! A record as one flat JSON object: its own fields and those of its step side by side.
//!
//! By hand rather than with `flatten` and `tag`, which keep every field aside until they know the step: records come
//! fifty thousand times a second, in a browser. So `kind` must come before the fields of the step, as it is written. And it is
//! read by `serde_json` alone, from text that is in memory: the fields of the step are looked at there a second time.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeOwned, Error as _, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::{Record, Step};
use crate::Time;
use crate::said::phrase;

impl Serialize for Record {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut object = serializer.serialize_struct("Record", MOST_FIELDS + 7)?;
        object.serialize_field("seq", &self.seq)?;
        object.serialize_field("time_us", &self.time)?;
        if let Some(connection) = self.connection {
            object.serialize_field("connection", &connection)?;
        }
        object.serialize_field("kind", self.step.kind())?;
        self.step.each_field(&mut |name, field| object.serialize_field(name, &field))?;
        object.serialize_field("function", &self.function)?;
        object.serialize_field("file", &self.file)?;
        object.serialize_field("line", &self.line)?;
        object.end()
    }
}

impl<'de> Deserialize<'de> for Record {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(RecordVisitor)
    }
}

/// The fields of a record beside its step, as far as they were read.
#[derive(Default)]
struct Head {
    seq: Option<u64>,
    time: Option<Time>,
    connection: Option<u64>,
    function: Option<Interned>,
    file: Option<Interned>,
    line: Option<u32>,
}

/// A key of the object.
enum Key<'de> {
    Seq,
    Time,
    Connection,
    Kind,
    Function,
    File,
    Line,
    /// One of the step's.
    Step(Cow<'de, str>),
}

struct RecordVisitor;

impl<'de> Visitor<'de> for RecordVisitor {
    type Value = Record;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(phrase!("a record"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Record, A::Error> {
        let mut head = Head::default();
        let kind: Cow<'de, str> = loop {
            match map.next_key()? {
                Some(Key::Kind) => break map.next_value()?,
                Some(Key::Step(key)) => {
                    return Err(A::Error::custom(format!("{key:?} comes before the record's `kind`")));
                }
                Some(key) => head.take(&key, &mut map)?,
                None => return Err(A::Error::missing_field("kind")),
            }
        };
        let Some(at) = Step::KINDS.iter().position(|known| *known == kind) else {
            // Not with the names of all the others.
            return Err(A::Error::custom(format!("there is no kind of step {kind:?}")));
        };
        let own = Step::FIELDS[at];
        let mut fields = Fields { own, values: [None; MOST_FIELDS], next: 0 };
        while let Some(key) = map.next_key()? {
            match key {
                Key::Step(key) => match own.iter().position(|own| *own == key) {
                    Some(field) if fields.values[field].is_some() => {
                        return Err(A::Error::duplicate_field(own[field]));
                    }
                    Some(field) => fields.values[field] = Some(map.next_value()?),
                    None => map.next_value::<IgnoredAny>().map(drop)?,
                },
                key => head.take(&key, &mut map)?,
            }
        }
        let step =
            Step::READERS[at](&mut fields).map_err(|problem| A::Error::custom(without_place(&problem)))?;
        head.finish(step)
    }
}

impl Head {
    fn take<'de, A: MapAccess<'de>>(&mut self, key: &Key<'de>, map: &mut A) -> Result<(), A::Error> {
        match key {
            Key::Seq => self.seq = Some(map.next_value()?),
            Key::Time => self.time = Some(map.next_value()?),
            Key::Connection => self.connection = map.next_value()?,
            Key::Function => self.function = Some(map.next_value()?),
            Key::File => self.file = Some(map.next_value()?),
            Key::Line => self.line = Some(map.next_value()?),
            Key::Kind => return Err(A::Error::duplicate_field("kind")),
            Key::Step(_) => map.next_value::<IgnoredAny>().map(drop)?,
        }
        Ok(())
    }

    fn finish<E: serde::de::Error>(self, step: Step) -> Result<Record, E> {
        Ok(Record {
            seq: self.seq.ok_or_else(|| E::missing_field("seq"))?,
            time: self.time.ok_or_else(|| E::missing_field("time_us"))?,
            connection: self.connection,
            step,
            function: self.function.ok_or_else(|| E::missing_field("function"))?.0,
            file: self.file.ok_or_else(|| E::missing_field("file"))?.0,
            line: self.line.ok_or_else(|| E::missing_field("line"))?,
        })
    }
}

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;

        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_str<E>(self, key: &str) -> Result<Key<'de>, E> {
                Ok(Key::known(key).unwrap_or_else(|| Key::Step(Cow::Owned(key.to_owned()))))
            }

            fn visit_borrowed_str<E>(self, key: &'de str) -> Result<Key<'de>, E> {
                Ok(Key::known(key).unwrap_or(Key::Step(Cow::Borrowed(key))))
            }
        }

        deserializer.deserialize_identifier(KeyVisitor)
    }
}

impl Key<'_> {
    fn known(key: &str) -> Option<Self> {
        Some(match key {
            "seq" => Self::Seq,
            "time_us" => Self::Time,
            "connection" => Self::Connection,
            "kind" => Self::Kind,
            "function" => Self::Function,
            "file" => Self::File,
            "line" => Self::Line,
            _ => return None,
        })
    }
}

/// The fields of a step, each still as it stands in the text.
///
/// Read by the kind's own function in a table, and each type's reader is there once. What serde derives for an enum reads
/// straight into place, and is compiled for each kind: eight times as much.
pub(super) struct Fields<'de> {
    own: &'static [&'static str],
    values: [Option<&'de RawValue>; MOST_FIELDS],
    next: usize,
}

/// As many as a kind has.
const MOST_FIELDS: usize = {
    let (mut most, mut at) = (0, 0);
    while at < Step::FIELDS.len() {
        if Step::FIELDS[at].len() > most {
            most = Step::FIELDS[at].len();
        }
        at += 1;
    }
    most
};

/// Why a step's fields cannot be read.
type Problem = serde_json::Error;

impl Fields<'_> {
    /// The next of them, in the order of the declaration; nothing, where it may be left out.
    pub(super) fn take<T: DeserializeOwned>(&mut self) -> Result<T, Problem> {
        let field = self.next;
        self.next += 1;
        // It is one value and no more: it was read as that.
        let text = self.values[field].map_or("null", RawValue::get);
        if text.starts_with('[') {
            // No field is a list, and what serde derives for a struct would take one.
            return Err(Problem::custom(format!("`{}` is a list", self.own[field])));
        }
        let read = T::deserialize(&mut serde_json::Deserializer::from_slice(text.as_bytes()));
        match self.values[field] {
            None => read.map_err(|_| Problem::missing_field(self.own[field])),
            Some(_) => read,
        }
    }
}

/// What is wrong with a field; where it is in the field's own text says nothing about where that is.
fn without_place(problem: &Problem) -> String {
    let text = problem.to_string();
    let place = format!(" at line {} column {}", problem.line(), problem.column());
    text.strip_suffix(&place).unwrap_or(&text).to_owned()
}

/// A name that is there once, however many records have it.
struct Interned(Cow<'static, str>);

/// How many names are kept once, and how long they are: a recording may hold anything.
const MAX_NAMES: usize = 1024;
const MAX_NAME: usize = 128;

thread_local! {
    static NAMES: RefCell<HashSet<&'static str>> = RefCell::default();
}

impl<'de> Deserialize<'de> for Interned {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;

        impl Visitor<'_> for NameVisitor {
            type Value = Interned;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(phrase!("a string"))
            }

            fn visit_str<E>(self, name: &str) -> Result<Interned, E> {
                Ok(Interned(intern(name)))
            }
        }

        deserializer.deserialize_str(NameVisitor)
    }
}

fn intern(name: &str) -> Cow<'static, str> {
    NAMES.with_borrow_mut(|names| match names.get(name) {
        Some(name) => Cow::Borrowed(*name),
        None if names.len() < MAX_NAMES && name.len() <= MAX_NAME => {
            let name: &'static str = Box::leak(name.into());
            names.insert(name);
            Cow::Borrowed(name)
        }
        None => Cow::Owned(name.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORD: &str = r#"{"seq":1,"time_us":2,"connection":3,"kind":"received","payload":{"len":5,"bytes":"hé"},"input":5,"tanks":null,"function":"evbuffer_read","file":"a.rs","line":7}"#;

    #[test]
    fn a_record_is_one_flat_object_in_this_order() {
        let record: Record = serde_json::from_str(RECORD).unwrap();
        assert_eq!(serde_json::to_string(&record).unwrap(), RECORD);
        let Step::Received { payload, input: 5, tanks: None } = record.step else { panic!("{record:?}") };
        assert_eq!(payload.bytes, [b'h', 0xe9]);
    }

    #[test]
    fn the_order_does_not_matter_but_for_the_kind() {
        let moved =
            r#"{"kind":"polled","file":"a.rs","seq":1,"active":4,"line":7,"time_us":2,"function":""}"#;
        let record: Record = serde_json::from_str(moved).unwrap();
        assert_eq!((record.seq, record.line, record.step), (1, 7, Step::Polled { active: 4 }));
        let early = r#"{"seq":1,"active":4,"kind":"polled"}"#;
        let error = serde_json::from_str::<Record>(early).unwrap_err().to_string();
        assert!(error.contains("\"active\" comes before the record's `kind`"), "{error}");
    }

    #[test]
    fn what_is_wrong_is_named() {
        let refused = |text: &str| serde_json::from_str::<Record>(text).unwrap_err().to_string();
        assert!(refused("{}").contains("missing field `kind`"));
        assert!(refused(r#"{"kind":"flew"}"#).starts_with("there is no kind of step \"flew\" at line 1"));
        assert!(refused(r#"{"kind":"polled"}"#).contains("missing field `active`"));
        assert!(refused(r#"{"kind":"finalized","seq":1}"#).contains("missing field `time_us`"));
        assert!(refused(r#"{"kind":"finalized","kind":"polled"}"#).contains("duplicate field `kind`"));
        assert!(refused("7").contains("expected a record"));
        assert!(refused("[1,2]").contains("expected a record"));
        let list = RECORD.replace(r#"{"len":5,"bytes":"hé"}"#, r#"[5,"hé"]"#);
        assert!(refused(&list).contains("`payload` is a list"), "{}", refused(&list));
    }

    #[test]
    fn every_kind_is_read_by_the_name_that_it_gives_itself() {
        for kind in Step::KINDS {
            let text = format!(r#"{{"kind":"{kind}"}}"#);
            let error = serde_json::from_str::<Record>(&text).unwrap_err().to_string();
            assert!(error.starts_with("missing field"), "{kind}: {error}");
        }
        let record: Record = serde_json::from_str(RECORD).unwrap();
        assert_eq!(record.step.kind(), "received");
    }

    #[test]
    fn fields_from_a_later_version_are_passed_over() {
        let later = r#"{"seq":1,"time_us":2,"kind":"finalized","mood":[1],"function":"","file":"","line":1}"#;
        assert_eq!(serde_json::from_str::<Record>(later).unwrap().step, Step::Finalized);
    }
}
