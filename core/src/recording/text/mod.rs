//! Values as JSON text.
//!
//! By hand, and not by `serde_json`: a record is two dozen texts of a few characters, and for each it looks at every character and makes
//! a call that copies. Here eight characters are looked at and copied at once. `serializer` -
//! what serde asks of who writes.

mod serializer;

use serde::Serialize;
use serde::ser::Error as _;
use serde_json::{Error, Result};

/// A value as JSON. Records and pictures are written by the same code as into a recording. What is JSON text already
/// (`serde_json`'s `RawValue`) is not for it.
///
/// # Errors
/// What the value says of itself: those of this crate can be written.
pub fn to_json(value: &(impl Serialize + ?Sized)) -> Result<String> {
    let mut text = Text::default();
    text.add(value)?;
    text.bytes.truncate(text.len);
    String::from_utf8(text.bytes).map_err(Error::custom)
}

/// JSON, as far as it is written. Invariant: that is UTF-8.
#[derive(Debug, Default)]
pub(super) struct Text {
    /// What is written, and room for more.
    bytes: Vec<u8>,
    len: usize,
}

impl Text {
    pub(super) const fn clear(&mut self) {
        self.len = 0;
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    pub(super) fn end_line(&mut self) {
        self.byte(b'\n');
    }

    pub(super) fn add(&mut self, value: &(impl Serialize + ?Sized)) -> Result<()> {
        value.serialize(self)
    }

    /// Room for so many bytes behind what is written.
    #[inline]
    fn room(&mut self, bytes: usize) -> &mut [u8] {
        let end = self.len + bytes;
        if self.bytes.len() < end {
            self.grow(end);
        }
        &mut self.bytes[self.len..end]
    }

    #[cold]
    fn grow(&mut self, least: usize) {
        self.bytes.resize(least.max(256).max(self.bytes.len() * 2), 0);
    }

    #[inline]
    fn byte(&mut self, byte: u8) {
        self.room(1)[0] = byte;
        self.len += 1;
    }

    fn raw(&mut self, bytes: &[u8]) {
        self.room(bytes.len()).copy_from_slice(bytes);
        self.len += bytes.len();
    }

    fn string(&mut self, text: &str) {
        self.quoted(false, text, false);
    }

    /// A string, with a comma before it or a colon behind it: what stands beside each other is written at once.
    fn quoted(&mut self, comma: bool, text: &str, colon: bool) {
        let text = text.as_bytes();
        let room = self.room(text.len() + 4);
        let mut at = 0;
        if comma {
            room[at] = b',';
            at += 1;
        }
        room[at] = b'"';
        at += 1;
        let copied = copy(text, &mut room[at..]);
        at += copied;
        if copied < text.len() {
            self.len += at;
            return self.escaped(&text[copied..], colon);
        }
        room[at] = b'"';
        at += 1;
        if colon {
            room[at] = b':';
            at += 1;
        }
        self.len += at;
    }

    /// The rest of a string, which begins with what cannot stand there as it is.
    #[cold]
    fn escaped(&mut self, mut left: &[u8], colon: bool) {
        while let Some((escaped, rest)) = left.split_first() {
            self.escape(*escaped);
            let copied = copy(rest, self.room(rest.len()));
            self.len += copied;
            left = &rest[copied..];
        }
        self.raw(if colon { b"\":" } else { b"\"" });
    }

    fn escape(&mut self, byte: u8) {
        let short = match byte {
            b'"' | b'\\' => byte,
            0x08 => b'b',
            b'\t' => b't',
            b'\n' => b'n',
            0x0c => b'f',
            b'\r' => b'r',
            _ => {
                let digit = |half: u8| b"0123456789abcdef"[usize::from(half)];
                return self.raw(&[b'\\', b'u', b'0', b'0', digit(byte >> 4), digit(byte & 15)]);
            }
        };
        self.raw(&[b'\\', short]);
    }

    fn number(&mut self, number: u64) {
        /// What 32 bits have room for.
        const PART: u64 = 1_000_000_000;
        match u32::try_from(number) {
            Ok(number) => self.digits(number, number.checked_ilog10().unwrap_or(0) as usize + 1),
            // Dividing what has 64 bits is slow, and 32 bits of microseconds are more than an hour.
            Err(_) => {
                self.number(number / PART);
                self.digits((number % PART) as u32, 9);
            }
        }
    }

    /// So many digits of a number.
    fn digits(&mut self, mut number: u32, count: usize) {
        for digit in self.room(count).iter_mut().rev() {
            *digit = b'0' + (number % 10) as u8;
            number /= 10;
        }
        self.len += count;
    }
}

/// Copies the first bytes of a string, up to the first that cannot stand there as it is, to where all of them have room. Gives how many.
fn copy(text: &[u8], to: &mut [u8]) -> usize {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const HIGH: u64 = ONES << 7;
    // Eight at a time: each has its highest bit set afterwards where it is below the number, and perhaps one behind it.
    let below = |eight: u64, number: u8| eight.wrapping_sub(ONES * u64::from(number)) & !eight;
    let mut at = 0;
    for (from, to) in text.as_chunks().0.iter().zip(to.as_chunks_mut().0) {
        let eight = u64::from_ne_bytes(*from);
        let quote = below(eight ^ (ONES * u64::from(b'"')), 1);
        let backslash = below(eight ^ (ONES * u64::from(b'\\')), 1);
        if (below(eight, b' ') | quote | backslash) & HIGH != 0 {
            break;
        }
        *to = *from;
        at += 8;
    }
    for (from, to) in text[at..].iter().zip(&mut to[at..]) {
        if *from < b' ' || *from == b'"' || *from == b'\\' {
            break;
        }
        *to = *from;
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// Whatever serde makes a difference between.
    #[derive(Serialize)]
    enum Shape {
        Unit,
        Newtype(Option<u8>),
        Tuple(i64, char),
        Struct { list: Vec<Self>, none: () },
    }

    #[derive(Serialize)]
    struct Flat {
        empty: [u8; 0],
        #[serde(flatten)]
        more: BTreeMap<String, bool>,
    }

    #[derive(Serialize)]
    struct Nothing;

    fn same(value: &(impl Serialize + ?Sized)) {
        let wanted = serde_json::to_string(value).map_err(|error| error.to_string());
        assert_eq!(to_json(value).map_err(|error| error.to_string()), wanted);
    }

    #[test]
    fn values_of_every_shape_are_written_as_serde_json_writes_them() {
        let inner = vec![Shape::Unit, Shape::Newtype(None), Shape::Tuple(-7, '"')];
        same(&[Shape::Newtype(Some(200)), Shape::Struct { list: inner, none: () }]);
        same(&Flat { empty: [], more: BTreeMap::from([("a\tb".into(), true), (String::new(), false)]) });
        same(&(Nothing, i8::MIN, 7_u16, 1.5_f32, -2e300, f64::NAN, "é", true));
        same(&BTreeMap::from([(-3, "number"), (40, "as a key")]));
        same(&BTreeMap::from([(false, 0), (true, 1)]));
    }

    #[test]
    fn what_can_be_no_key_is_refused() {
        for refused in [to_json(&BTreeMap::from([((), 1)])), to_json(&BTreeMap::from([([1], 1)]))] {
            assert_eq!(refused.unwrap_err().to_string(), "key must be a string");
        }
    }

    #[test]
    fn numbers_have_all_their_digits() {
        for power in (0..20).map(|exponent| 10_u64.pow(exponent)) {
            same(&[power - 1, power, power + 1, power.wrapping_mul(7)]);
        }
        same(&(u32::MAX, u64::from(u32::MAX) + 1, u64::MAX, i64::MIN, i32::MIN, 0_usize));
    }

    #[test]
    fn characters_that_cannot_stand_as_they_are_are_found_wherever_they_are() {
        for code in (0..=256).chain([0x2028, 0x1_f600]) {
            let Some(char) = char::from_u32(code) else { continue };
            for before in 0..20 {
                for after in [0, 1, 9] {
                    same(&format!("{}{char}{}{char}", "a".repeat(before), "é".repeat(after)));
                }
            }
        }
    }
}
