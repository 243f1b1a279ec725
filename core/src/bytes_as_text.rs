//! Any bytes as a JSON string that stays readable for ASCII: each byte is the character of its number (Latin-1).

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serializer};

pub(crate) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.is_ascii() => serializer.serialize_str(text),
        _ => serializer.collect_str(&bytes.iter().map(|&byte| char::from(byte)).collect::<String>()),
    }
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
    let byte = |c: char| u8::try_from(c).map_err(|_| D::Error::custom(format!("{c:?} stands for no byte")));
    text.chars().map(byte).collect()
}
