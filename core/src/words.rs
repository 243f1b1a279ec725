//! What the JSON parser says of a text, for people: it speaks of Rust's types, and of the parser's own affairs.

use serde::de::DeserializeOwned;
use serde_json::Error;

use crate::said::{Said, phrase, said};

/// A value from JSON.
///
/// # Errors
/// What is wrong with the text and where, in words for whoever wrote it.
pub fn from_json<T: DeserializeOwned>(text: &[u8]) -> Result<T, String> {
    serde_json::from_slice(text).map_err(|error| placed(text, &error).to_string())
}

/// What is wrong with this text, without the place.
pub(crate) fn problem(text: &[u8], error: &Error) -> Said {
    if is_no_text(text) {
        return said!("this is no text: it begins with zero bytes");
    }
    if is_utf_16(text) {
        return said!("this is UTF-16, and has to be UTF-8");
    }
    let said = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    in_words(said.strip_suffix(&place).unwrap_or(&said))
}

/// The same with its place, as far as there is one.
pub(crate) fn placed(text: &[u8], error: &Error) -> Said {
    let problem = problem(text, error);
    match (error.line(), error.column()) {
        // Where nothing of the line was taken yet it has no column: a list for an object, a text that ends.
        (0, _) | (1, 0) => problem,
        _ if is_no_text(text) => problem,
        (line, 0) => problem.then(said!(" at line {}", line)),
        (1, column) => problem.then(said!(" at column {}", column)),
        (line, column) => problem.then(said!(" at line {}, column {}", line, column)),
    }
}

/// UTF-16 begins with one of them at most.
const fn is_no_text(text: &[u8]) -> bool {
    matches!(text, [0, 0, ..])
}

/// JSON begins with a character of ASCII: half of it is 0 in the other, behind a mark or not.
const fn is_utf_16(text: &[u8]) -> bool {
    matches!(text, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, _, ..] | [_, 0, ..])
}

fn in_words(said: &str) -> Said {
    let mistaken = said.strip_prefix("invalid type: ").or_else(|| said.strip_prefix("invalid value: "));
    if let Some((found, expected)) = mistaken.and_then(|it| it.split_once(", expected ")) {
        return said!("expected {}, found {}", expected_in_words(expected), found_in_words(found));
    }
    if said.starts_with("invalid length ") && said.contains(", expected struct ") {
        return said!("expected {}, found {}", phrase!("an object"), phrase!("a list"));
    }
    if said == "invalid value: expected key to be a number in quotes" {
        return said!("a key here has to be a number in quotes");
    }
    if let Some(name) = said.strip_prefix("unknown variant ") {
        let (name, known) = name.split_once(", expected ").unwrap_or((name, ""));
        return match known.strip_prefix("one of ") {
            Some(known) => said!("unknown name {}, expected one of {}", name, known),
            None => said!("unknown name {}, expected {}", name, known),
        };
    }
    if let Some((words, gap)) = OWN.iter().find_map(|words| Some((*words, gap_of(words, said)?))) {
        return Said::new(words, &[&gap]);
    }
    match said.strip_prefix("EOF while parsing ") {
        Some("a value") => said!("the text ends where a value should be"),
        Some(within) => said!("the text ends within {}", within),
        None if said == "recursion limit exceeded" => said!("nested too deeply"),
        None if said == "invalid unicode code point" => said!("what is here is no UTF-8"),
        None => said.into(),
    }
}

/// What readers of this crate say, and serde in the same way, with one thing in it.
const OWN: [&str; 7] = [
    phrase!("missing field {}"),
    phrase!("duplicate field {}"),
    phrase!("unknown kind of message {}"),
    phrase!("there is no kind of step {}"),
    phrase!("{} comes before the record's `kind`"),
    phrase!("{} is a list"),
    phrase!("{} stands for no byte"),
];

/// What stands in the gap of these words; none where something else is said.
fn gap_of<'a>(words: &str, said: &'a str) -> Option<&'a str> {
    let (before, after) = words.split_once("{}")?;
    said.strip_prefix(before)?.strip_suffix(after)
}

fn expected_in_words(expected: &str) -> &str {
    match expected {
        "usize" | "u64" | "u32" | "u16" | "u8" | "i64" | "i32" => phrase!("a whole number"),
        "a sequence" => phrase!("a list"),
        "a boolean" => phrase!("true or false"),
        "a map" => phrase!("an object"),
        _ if expected.starts_with("struct ") => phrase!("an object"),
        _ => expected,
    }
}

fn found_in_words(found: &str) -> &str {
    match found {
        "sequence" => phrase!("a list"),
        "map" => phrase!("an object"),
        _ => match found.strip_prefix("string ") {
            Some(text) => text,
            None => found.split('`').nth(1).unwrap_or(found),
        },
    }
}

#[cfg(test)]
mod tests {
    use crate::recording::{Header, Picture, Question, Watched};

    use super::*;

    fn said<T: DeserializeOwned>(text: &[u8]) -> String {
        from_json::<T>(text).map(drop).unwrap_err()
    }

    #[test]
    fn what_is_wrong_is_said_in_json_s_words() {
        for (text, words) in [
            ("", "the text ends where a value should be"),
            ("{\n", "the text ends within an object at line 2"),
            ("{\"recording\"", "the text ends within an object at column 12"),
            ("{\"recording\":\"buf", "the text ends within a string at column 17"),
            ("{\n\"recording\": 5}", "expected a string, found 5 at line 2, column 14"),
            ("{\"schema\":\"1\"}", "expected a whole number, found \"1\" at column 13"),
            ("{\"schema\":-1}", "expected a whole number, found -1 at column 12"),
            ("{\"schema\":1.5}", "expected a whole number, found 1.5 at column 13"),
            ("{\"recording\":[]}", "expected a string, found a list at column 13"),
            ("{\"recording\":{}}", "expected a string, found an object at column 13"),
            ("{\"recording\":null}", "expected a string, found null at column 17"),
            ("{\"recording\":true}", "expected a string, found true at column 17"),
        ] {
            assert_eq!(said::<Header>(text.as_bytes()), words, "{text}");
        }
        assert_eq!(said::<Picture>(br#"{"loop":3}"#), "expected an object, found 3 at column 9");
        let deep = "[".repeat(1000);
        assert!(said::<serde_json::Value>(deep.as_bytes()).starts_with("nested too deeply at column "));
        assert_eq!(said::<Question>(b"[\"valve\",\"read\"]"), "expected an object, found a list");
        let direction = br#"{"kind":"valve","direction":"up"}"#;
        assert!(said::<Question>(direction).starts_with("unknown name `up`, expected"));
        assert!(said::<Watched>(b"[-1]").starts_with("expected a whole number, found -1"));
    }

    #[test]
    fn zero_bytes_are_no_text_in_another_encoding() {
        for bytes in [2, 3, 1000] {
            assert_eq!(said::<Header>(&vec![0; bytes]), "this is no text: it begins with zero bytes");
        }
    }

    #[test]
    fn another_encoding_is_named() {
        let utf_16 =
            |text: &str, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        for text in ["{}", "\u{feff}{}"] {
            for bytes in [u16::to_le_bytes, u16::to_be_bytes] {
                let problem = said::<Header>(&utf_16(text, bytes));
                assert!(problem.starts_with("this is UTF-16, and has to be UTF-8"), "{problem}");
            }
        }
        // Latin-1.
        let problem = said::<Header>(b"{\"recording\":\"caf\xe9\"}");
        assert!(problem.starts_with("what is here is no UTF-8 at column "), "{problem}");
    }
}
