//! Which connections a viewer watches.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::said::phrase;

/// Which connections a viewer sees: `"all"` or a list of numbers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Watched {
    /// All of them, and those to come.
    #[default]
    All,
    /// Those with these numbers, and the loop.
    Some(Numbers),
}

impl Watched {
    /// Those with these numbers, and the loop.
    pub fn some(numbers: impl IntoIterator<Item = u64>) -> Self {
        Self::Some(numbers.into_iter().collect())
    }

    /// Whether a record about this connection, or about the loop, is among them.
    #[must_use]
    pub fn includes(&self, connection: Option<u64>) -> bool {
        match (self, connection) {
            (Self::All, _) | (_, None) => true,
            (Self::Some(numbers), Some(number)) => numbers.contains(number),
        }
    }
}

/// Numbers of connections, each once and in ascending order, however they came.
///
/// It is asked once for each record and viewer, and who watches says how many there are: looking one up takes the logarithm of
/// that, and a copy costs nothing.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Numbers(Arc<[u64]>);

impl Numbers {
    /// Whether this one is among them.
    #[must_use]
    pub fn contains(&self, number: u64) -> bool {
        self.0.binary_search(&number).is_ok()
    }

    /// In ascending order.
    pub fn iter(&self) -> impl Iterator<Item = u64> {
        self.0.iter().copied()
    }

    /// These and those.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        if other.iter().all(|number| self.contains(number)) {
            self.clone()
        } else {
            self.iter().chain(other.iter()).collect()
        }
    }
}

impl FromIterator<u64> for Numbers {
    fn from_iter<I: IntoIterator<Item = u64>>(numbers: I) -> Self {
        let mut numbers: Vec<_> = numbers.into_iter().collect();
        numbers.sort_unstable();
        numbers.dedup();
        Self(numbers.into())
    }
}

impl Serialize for Watched {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::All => serializer.serialize_str("all"),
            Self::Some(numbers) => serializer.collect_seq(numbers.iter()),
        }
    }
}

impl<'de> Deserialize<'de> for Watched {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Watched;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(phrase!("\"all\" or a list of connection numbers"))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Watched, E> {
                if text == "all" {
                    Ok(Watched::All)
                } else {
                    Err(E::invalid_value(de::Unexpected::Str(text), &self))
                }
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, sequence: A) -> Result<Watched, A::Error> {
                Vec::deserialize(de::value::SeqAccessDeserializer::new(sequence)).map(Watched::some)
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_kept_once_and_in_order_however_often_a_viewer_says_them() {
        let text = format!("[{}3,2]", "9,".repeat(30_000));
        let watched: Watched = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_string(&watched).unwrap(), "[2,3,9]");
        assert_eq!(
            [1, 2, 3, 4, 9].map(|number| watched.includes(Some(number))),
            [false, true, true, false, true]
        );
        assert!(watched.includes(None), "the loop is everybody's");
        assert_eq!(watched, Watched::some([2, 9, 3]));
    }

    #[test]
    fn a_union_has_both_and_is_one_of_them_where_the_other_adds_nothing() {
        let (few, many): (Numbers, Numbers) = ([4, 2].into_iter().collect(), [1, 2, 4].into_iter().collect());
        assert_eq!(few.union(&[3].into_iter().collect()).iter().collect::<Vec<_>>(), [2, 3, 4]);
        assert_eq!(few.union(&many), many);
        assert_eq!(many.union(&few), many);
        assert_eq!(Numbers::default().union(&few), few);
    }
}
