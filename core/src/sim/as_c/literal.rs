//! Bytes as a C string, and text that can stand in a comment.

use std::fmt::Write as _;

use super::super::Data;

/// So many bytes of source are one line of a literal.
const LINE: usize = 80;

/// The literal for these bytes: on one line, or one below the other, each a tab deeper.
pub(super) fn string(bytes: &[u8]) -> String {
    let mut lines = vec![String::new()];
    for piece in bytes.utf8_chunks() {
        for char in piece.valid().chars() {
            push(&mut lines, char);
        }
        for byte in piece.invalid() {
            let line = room(&mut lines);
            octal(line, &[*byte]);
        }
    }
    if lines.last().is_some_and(String::is_empty) && lines.len() > 1 {
        lines.pop();
    }
    match lines.as_slice() {
        [line] => format!("\"{line}\""),
        lines => lines.iter().map(|line| format!("\n\t\"{line}\"")).collect(),
    }
}

/// The arguments `text, length` of a call.
pub(super) fn with_length(data: &Data) -> String {
    let bytes = data.as_bytes();
    let text = string(bytes);
    let between = if text.starts_with('\n') { ",\n\t" } else { ", " };
    format!("{text}{between}{}", bytes.len())
}

/// The line that the next character goes to.
fn room(lines: &mut Vec<String>) -> &mut String {
    if lines.last().is_none_or(|line| line.len() >= LINE) {
        lines.push(String::new());
    }
    lines.last_mut().expect("there is one")
}

fn push(lines: &mut Vec<String>, char: char) {
    let line = room(lines);
    match char {
        '\n' => line.push_str("\\n"),
        '\r' => line.push_str("\\r"),
        '\t' => line.push_str("\\t"),
        '"' => line.push_str("\\\""),
        '\\' => line.push_str("\\\\"),
        // Two of them begin a trigraph, in the middle of a string as well.
        '?' if line.ends_with('?') => line.push_str("\\?"),
        char if is_plain(char) => line.push(char),
        char => octal(line, char.encode_utf8(&mut [0; 4]).as_bytes()),
    }
    // Where the text has lines, so has the literal, unless it is short.
    if char == '\n' && line.len() > LINE / 2 {
        lines.push(String::new());
    }
}

/// Three digits each, so that one that follows is no part of it.
fn octal(line: &mut String, bytes: &[u8]) {
    for byte in bytes {
        // A string takes what is written to it.
        let _ = write!(line, "\\{byte:03o}");
    }
}

/// Shows as itself, and does not change how its neighbours show.
fn is_plain(char: char) -> bool {
    let changes_direction = matches!(char, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{61c}');
    !char.is_control() && !changes_direction
}

/// Text that neither ends a comment nor begins one.
pub(super) fn comment(text: &str) -> String {
    let plain = |char: char| if is_plain(char) || char == '\n' { char } else { ' ' };
    let text: String = text.chars().map(plain).collect();
    text.replace("*/", "* /").replace("/*", "/ *").replace("??/", "?? /")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_shows_as_itself_and_other_bytes_as_three_octal_digits() {
        assert_eq!(string("hé \"x\"\\\n".as_bytes()), r#""hé \"x\"\\\n""#);
        assert_eq!(string(b"\x001\xff2"), r#""\0001\3772""#);
        assert_eq!(string("a\u{202e}b".as_bytes()), r#""a\342\200\256b""#);
    }

    #[test]
    fn no_trigraph_is_written() {
        assert_eq!(string(b"what??!"), r#""what?\?!""#);
        assert_eq!(comment("what??/ */ /*/"), "what?? / * / / * /");
    }

    #[test]
    fn long_text_is_several_literals() {
        let text = string(&[b'a'; 200]);
        assert_eq!(text.lines().map(str::len).collect::<Vec<_>>(), [0, 83, 83, 43]);
        assert_eq!(with_length(&"hi".into()), "\"hi\", 2");
        assert!(with_length(&"a".repeat(200).into()).ends_with("\",\n\t200"));
    }
}
