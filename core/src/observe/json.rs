//! A record as one flat JSON object: its own fields and those of its step side by side.
//!
//! By hand rather than with `flatten` and `tag`, which keep every field aside until they know the step: records come
//! fifty thousand times a second, in a browser. So `kind` must come before the fields of the step, as it is written.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashSet;
use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, EnumAccess, Error as _, IgnoredAny, IntoDeserializer, MapAccess, VariantAccess, Visitor,
};
use serde::{Deserialize, Deserializer, Serialize, Serializer, forward_to_deserialize_any};

use super::tagged::Tagged;
use super::{Record, Step};
use crate::Time;

impl Serialize for Record {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("seq", &self.seq)?;
        map.serialize_entry("time_us", &self.time)?;
        if let Some(connection) = self.connection {
            map.serialize_entry("connection", &connection)?;
        }
        self.step.serialize(Tagged(&mut map))?;
        map.serialize_entry("function", &self.function)?;
        map.serialize_entry("file", &self.file)?;
        map.serialize_entry("line", &self.line)?;
        map.end()
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
        f.write_str("a record")
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
        let step = Step::deserialize(Rest { kind: &kind, map: &mut map, head: &mut head })?;
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

/// What follows a record's kind, as serde wants to see an enum: the variant's name, then its fields. The fields that
/// are the record's own are put aside on the way.
struct Rest<'a, A> {
    kind: &'a str,
    map: &'a mut A,
    head: &'a mut Head,
}

impl<'de, A: MapAccess<'de>> Deserializer<'de> for Rest<'_, A> {
    type Error = A::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, A::Error> {
        visitor.visit_enum(self)
    }

    /// Without this an unknown kind would be answered with the names of all the others.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        kinds: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        match kinds.contains(&self.kind) {
            true => visitor.visit_enum(self),
            false => Err(A::Error::custom(format!("there is no kind of step {:?}", self.kind))),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

impl<'de, A: MapAccess<'de>> EnumAccess<'de> for Rest<'_, A> {
    type Error = A::Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), A::Error> {
        let name: StrDeserializer<'_, A::Error> = self.kind.into_deserializer();
        seed.deserialize(name).map(|variant| (variant, self))
    }
}

impl<'de, A: MapAccess<'de>> VariantAccess<'de> for Rest<'_, A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        while let Some(key) = self.map.next_key()? {
            self.head.take(&key, self.map)?;
        }
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, A::Error> {
        Err(A::Error::custom("a step has named fields"))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, A::Error> {
        Err(A::Error::custom("a step has named fields"))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        visitor.visit_map(self)
    }
}

/// The fields of the step.
impl<'de, A: MapAccess<'de>> MapAccess<'de> for Rest<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        while let Some(key) = self.map.next_key()? {
            match key {
                Key::Step(key) => {
                    let key: StrDeserializer<'_, A::Error> = key.as_ref().into_deserializer();
                    return seed.deserialize(key).map(Some);
                }
                key => self.head.take(&key, self.map)?,
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
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
                f.write_str("a string")
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
