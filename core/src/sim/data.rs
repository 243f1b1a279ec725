//! Bytes in a scenario and in its trace.

use std::fmt::{self, Write as _};

use serde::{Serialize, Serializer};

use super::json::{Json, Place, Result};

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
        json.known_object(place)?.required("bytes", Json::byte_text).map(Self)
    }

    pub(super) fn to_json(&self) -> Json {
        match self.as_text() {
            Some(text) => text.into(),
            None => {
                vec![("bytes".to_owned(), Json::Text(self.0.iter().map(|&byte| char::from(byte)).collect()))]
                    .into()
            }
        }
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
        self.to_json().serialize(serializer)
    }
}
