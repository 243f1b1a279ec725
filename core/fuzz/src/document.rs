//! JSON that is nearly right: bytes that begin as JSON does are taken as they are, all others are edits to a seed.
//!
//! Bytes flipped at random seldom get past a strict reader. An edit keeps a document JSON, and mostly one of the format.

use arbitrary::{Arbitrary, Unstructured};
use serde_json::{Map, Number, Value};

/// A document.
pub fn text(bytes: &[u8], seeds: &[Value]) -> Option<String> {
    if begins_as_json(bytes) {
        return std::str::from_utf8(bytes).ok().map(str::to_owned);
    }
    edited(bytes, seeds).map(|value| value.to_string())
}

/// Lines with a document each: the seeds are lists of them.
pub fn lines(bytes: &[u8], seeds: &[Value]) -> Option<String> {
    if begins_as_json(bytes) {
        return std::str::from_utf8(bytes).ok().map(str::to_owned);
    }
    match edited(bytes, seeds)? {
        Value::Array(lines) => Some(lines.iter().map(|line| format!("{line}\n")).collect()),
        _ => None,
    }
}

fn begins_as_json(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(|first| b"{[ \n\xef".contains(first))
}

fn edited(bytes: &[u8], seeds: &[Value]) -> Option<Value> {
    let mut from = Unstructured::new(bytes);
    let seed = usize::from(from.arbitrary::<u8>().ok()?);
    let mut value = seeds.get(seed % seeds.len().max(1))?.clone();
    for edit in from.arbitrary_iter::<Edit>().ok()?.take(12) {
        edit.ok()?.apply(&mut value, seeds);
    }
    Some(value)
}

/// A change to a document. Places are counted through its values, whatever is in which, and beyond the last from the first on.
#[derive(Debug, Arbitrary)]
enum Edit {
    /// This stands there.
    Put { at: u16, piece: Piece },
    /// What stands elsewhere, in some seed, stands there.
    Copy { seed: u8, from: u16, to: u16 },
    /// What is in there goes.
    Remove { at: u16, which: u8 },
    /// What is in there comes once more, or a few times.
    Repeat { at: u16, which: u8, times: u8 },
    /// What is in there under one key is under another one, of some seed.
    Rename { at: u16, which: u8, seed: u8, to: u16 },
}

#[derive(Debug, Arbitrary)]
enum Piece {
    Null,
    Bool(bool),
    Small(u8),
    Number(i64),
    Power { of_two: u8, less: bool },
    Float(f64),
    Text(String),
    List,
    Object,
}

impl Piece {
    fn into_value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(bool) => bool.into(),
            Self::Small(number) => number.into(),
            Self::Number(number) => number.into(),
            Self::Power { of_two, less } => {
                let power = 1_u128 << (of_two % 65);
                u64::try_from(if less { power - 1 } else { power }).unwrap_or(u64::MAX).into()
            }
            Self::Float(number) => Number::from_f64(number).map_or(Value::Null, Value::Number),
            Self::Text(text) => text.into(),
            Self::List => Value::Array(Vec::new()),
            Self::Object => Value::Object(Map::new()),
        }
    }
}

impl Edit {
    fn apply(self, value: &mut Value, seeds: &[Value]) {
        match self {
            Self::Put { at, piece } => *place(value, at) = piece.into_value(),
            Self::Copy { seed, from, to } => {
                let mut other = seeds[usize::from(seed) % seeds.len()].clone();
                *place(value, to) = std::mem::take(place(&mut other, from));
            }
            Self::Remove { at, which } => match place(value, at) {
                Value::Array(list) if !list.is_empty() => drop(list.remove(usize::from(which) % list.len())),
                Value::Object(map) => drop(key(map, which).map(|key| map.remove(&key))),
                _ => {}
            },
            Self::Repeat { at, which, times } => {
                if let Value::Array(list) = place(value, at)
                    && !list.is_empty()
                {
                    let which = usize::from(which) % list.len();
                    for _ in 0..=times % 8 {
                        list.insert(which, list[which].clone());
                    }
                }
            }
            Self::Rename { at, which, seed, to } => {
                let mut other = seeds[usize::from(seed) % seeds.len()].clone();
                let Value::Object(others) = place(&mut other, to) else { return };
                let Some(new) = key(others, which) else { return };
                if let Value::Object(map) = place(value, at)
                    && let Some(moved) = key(map, which).and_then(|old| map.remove(&old))
                {
                    map.insert(new, moved);
                }
            }
        }
    }
}

fn key(map: &Map<String, Value>, which: u8) -> Option<String> {
    map.keys().nth(usize::from(which) % map.len().max(1)).cloned()
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(list) => list.iter().map(count).sum(),
        Value::Object(map) => map.values().map(count).sum(),
        _ => 0,
    }
}

fn place(value: &mut Value, at: u16) -> &mut Value {
    let mut left = usize::from(at) % count(value);
    let mut here = value;
    loop {
        if left == 0 {
            return here;
        }
        left -= 1;
        let inner: Vec<&mut Value> = match here {
            Value::Array(list) => list.iter_mut().collect(),
            Value::Object(map) => map.values_mut().collect(),
            _ => unreachable!("it was counted"),
        };
        here = inner
            .into_iter()
            .find(|inner| {
                let size = count(inner);
                let is_here = left < size;
                if !is_here {
                    left -= size;
                }
                is_here
            })
            .expect("it was counted");
    }
}
