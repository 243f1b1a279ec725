//! Bytes of strangers on somebody's terminal.

use std::fmt::Write as _;

/// The bytes as text that does nothing to a terminal: printable text as it is, line ends, control characters,
/// invisible and invalid bytes as escapes. At most `most` bytes are shown; what is left out is counted.
#[must_use]
pub fn escaped(bytes: &[u8], most: usize) -> String {
    let (shown, left) = bytes.split_at(bytes.len().min(most));
    let mut text = String::with_capacity(shown.len());
    for chunk in shown.utf8_chunks() {
        for char in chunk.valid().chars() {
            match char {
                '"' | '\'' => text.push(char),
                _ => text.extend(char.escape_debug()),
            }
        }
        for byte in chunk.invalid() {
            text.extend(byte.escape_ascii().map(char::from));
        }
    }
    if !left.is_empty() {
        // Writing to a String cannot fail.
        let _ = write!(text, "... and {} bytes more", left.len());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_readable() {
        assert_eq!(escaped("it's \"naïve\" 你好".as_bytes(), 99), "it's \"naïve\" 你好");
    }

    #[test]
    fn what_would_move_a_cursor_is_escaped() {
        assert_eq!(escaped(b"a\r\n\t\x1b[2J\0\x7f\\", 99), r"a\r\n\t\u{1b}[2J\0\u{7f}\\");
        assert_eq!(escaped("\u{202e}\u{200b}".as_bytes(), 99), r"\u{202e}\u{200b}");
    }

    #[test]
    fn bytes_that_are_no_text_are_escaped() {
        assert_eq!(escaped(b"\xff\xe4\xbda", 99), r"\xff\xe4\xbda");
    }

    #[test]
    fn much_is_cut() {
        assert_eq!(escaped(b"abcdef", 4), "abcd... and 2 bytes more");
    }
}
