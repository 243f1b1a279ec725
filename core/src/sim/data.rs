//! Bytes in a scenario and in its trace.

use std::fmt::{self, Write as _};

use serde::{Serialize, Serializer};

use super::json::{Json, Place, Result};
use crate::bytes_as_text;

/// Bytes that the peer or the application sends.
///
/// In JSON they are a string, which stands for its UTF-8 bytes. Bytes that are no UTF-8 are `{"bytes":"..."}`, in which
/// each character is the byte of its number, as in records.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Data(Vec<u8>);

impl Data {
    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes as text, if they are UTF-8.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        str::from_utf8(&self.0).ok()
    }

    pub(super) fn read(json: &Json, place: &Place<'_>) -> Result<Self> {
        if !matches!(json, Json::Object(_)) {
            return json.text(place).map(Self::from);
        }
        json.object(place, &["bytes"])?.required("bytes", |json, place| {
            let byte = |char: char| {
                u8::try_from(char)
                    .map_err(|_| place.refuse(format!("{char:?} is above U+00FF and stands for no byte")))
            };
            json.text(place)?.chars().map(byte).collect::<Result<_>>().map(Self)
        })
    }
}

impl fmt::Debug for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        fmt::Display::fmt(&self.0.escape_ascii(), f)?;
        f.write_char('"')
    }
}

impl From<Vec<u8>> for Data {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl From<String> for Data {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<&str> for Data {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl Serialize for Data {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        if let Some(text) = self.as_text() {
            return serializer.serialize_str(text);
        }
        Raw { bytes: &self.0 }.serialize(serializer)
    }
}

/// Bytes that are no text.
#[derive(Serialize)]
struct Raw<'a> {
    #[serde(serialize_with = "bytes_as_text::serialize")]
    bytes: &'a [u8],
}
