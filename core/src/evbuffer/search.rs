//! Finding bytes, also across chunks.

use memchr::{memchr, memchr2};

use super::Evbuffer;

/// How a line ends: `evbuffer_eol_style`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EolStyle {
    /// Any run of CR and LF is one end.
    Any,
    /// LF, with a CR before it or not.
    Crlf,
    /// CR LF, nothing else.
    CrlfStrict,
    /// LF; a CR before it belongs to the line.
    Lf,
    /// A zero byte. Not in 1.4.
    Nul,
}

impl Evbuffer {
    /// The position of the first `needle`: `evbuffer_find`.
    ///
    /// An empty needle is never found here, as in 2.x, which has no byte to point at; 1.4 would look at the byte behind
    /// its pointer.
    #[must_use]
    pub fn find(&self, needle: &[u8]) -> Option<usize> {
        if needle.is_empty() { None } else { self.search(needle, 0) }
    }

    /// The position of the first `needle` that starts at `from` or later: `evbuffer_search`. An empty one is at `from`, if
    /// that is a position of this buffer.
    #[must_use]
    pub fn search(&self, needle: &[u8], from: usize) -> Option<usize> {
        self.search_range(needle, from, self.len)
    }

    /// The position of the first `needle` that lies wholly within `from..end`: `evbuffer_search_range`.
    ///
    /// An empty needle is at `from` whatever the end is. Takes time linear in the bytes searched, whatever the needle.
    #[must_use]
    pub fn search_range(&self, needle: &[u8], from: usize, end: usize) -> Option<usize> {
        let Some(&first) = needle.first() else { return (from <= self.held()).then_some(from) };
        if end.min(self.held()).checked_sub(from)? < needle.len() {
            return None;
        }
        // Most searches meet nothing that begins as the needle does and goes on otherwise.
        let mut table = None;
        let mut matched = 0;
        for (pos, piece) in self.pieces(from, end) {
            let mut at = 0;
            while at < piece.len() {
                if matched == 0 {
                    let Some(skip) = memchr(first, &piece[at..]) else { break };
                    at += skip;
                }
                if piece[at] != needle[matched] {
                    matched = table.get_or_insert_with(|| borders(needle))[matched - 1];
                    continue;
                }
                (at, matched) = (at + 1, matched + 1);
                if matched == needle.len() {
                    return Some(pos + at - matched);
                }
            }
        }
        None
    }

    /// Where the first line that starts at `from` ends, and how many bytes its end takes: `evbuffer_search_eol`.
    #[must_use]
    pub fn search_eol(&self, from: usize, style: EolStyle) -> Option<(usize, usize)> {
        match style {
            EolStyle::Any => {
                let pos = self.position(from, first_eol)?;
                let run = self.pieces(pos, self.len).flat_map(|(_, piece)| piece);
                Some((pos, run.take_while(|&&byte| is_eol(byte)).count()))
            }
            EolStyle::Crlf => {
                let lf = self.position(from, |bytes| memchr(b'\n', bytes))?;
                let cr = lf.checked_sub(1).filter(|&pos| pos >= from && self.byte(pos) == Some(b'\r'));
                Some(cr.map_or((lf, 1), |pos| (pos, 2)))
            }
            EolStyle::CrlfStrict => Some((self.search(b"\r\n", from)?, 2)),
            EolStyle::Lf => Some((self.position(from, |bytes| memchr(b'\n', bytes))?, 1)),
            EolStyle::Nul => Some((self.position(from, |bytes| memchr(0, bytes))?, 1)),
        }
    }

    /// The position of the first byte at `from` or later that is one of those looked for, by where it is in a piece.
    pub(super) fn position(&self, from: usize, wanted: impl Fn(&[u8]) -> Option<usize>) -> Option<usize> {
        self.pieces(from, self.len).find_map(|(pos, piece)| Some(pos + wanted(piece)?))
    }

    /// The byte at a position.
    pub(super) fn byte(&self, pos: usize) -> Option<u8> {
        let mut byte = [0];
        (self.copyout_from(pos, &mut byte) == 1).then_some(byte[0])
    }
}

/// The first CR or LF.
pub(super) fn first_eol(bytes: &[u8]) -> Option<usize> {
    memchr2(b'\r', b'\n', bytes)
}

pub(super) fn is_eol(byte: u8) -> bool {
    byte == b'\r' || byte == b'\n'
}

/// For each prefix of the needle, the length of the longest proper prefix that is also its suffix: where Knuth,
/// Morris and Pratt go on after a mismatch, without looking at any byte again.
fn borders(needle: &[u8]) -> Vec<usize> {
    let mut borders = vec![0; needle.len()];
    let mut border = 0;
    for at in 1..needle.len() {
        while border > 0 && needle[at] != needle[border] {
            border = borders[border - 1];
        }
        border += usize::from(needle[at] == needle[border]);
        borders[at] = border;
    }
    borders
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text in chunks of 300 bytes and one of the rest.
    fn chunked(text: &[u8]) -> Evbuffer {
        let mut buf = Evbuffer::new();
        for piece in text.chunks(300) {
            buf.add_buffer(&mut Evbuffer::from(piece)).unwrap();
        }
        buf
    }

    #[test]
    fn find_does_not_look_past_the_end() {
        let mut buf = Evbuffer::from(&b"a long line\r\n"[..]);
        buf.drain(usize::MAX).unwrap();
        buf.add(b"short").unwrap();
        assert_eq!(buf.find(b"\r\n"), None);
    }

    #[test]
    fn find_at_the_very_end_of_a_full_block() {
        let mut text = [b'a'; 256];
        text[255] = b'x';
        let buf = Evbuffer::from(&text[..]);
        assert_eq!((buf.find(b"xy"), buf.find(b"ax")), (None, Some(254)));
    }

    #[test]
    fn a_byte_is_found_wherever_it_is() {
        let len = 300;
        for place in 0..len {
            let mut text = vec![b'a'; len];
            text[place] = b'x';
            let buf = Evbuffer::from(&text[..]);
            assert_eq!((buf.find(b"x"), buf.search(b"x", place + 1)), (Some(place), None), "at {place}");
        }
    }

    #[test]
    fn an_empty_needle_is_where_the_search_starts_and_never_found() {
        let buf = Evbuffer::from(&b"abc"[..]);
        assert_eq!([0, 2, 3, 4].map(|from| buf.search(b"", from)), [Some(0), Some(2), Some(3), None]);
        assert_eq!((buf.search_range(b"", 2, 1), buf.find(b"")), (Some(2), None));
    }

    #[test]
    fn search_starts_and_ends_where_told() {
        let buf = Evbuffer::from(&b"the cat sat on the cat mat"[..]);
        assert_eq!(
            [0, 4, 5, 20, 99].map(|from| buf.search(b"cat", from)),
            [Some(4), Some(4), Some(19), None, None]
        );
        assert_eq!(buf.search_range(b"cat", 5, 22), Some(19));
        assert_eq!(buf.search_range(b"cat", 5, 21), None);
    }

    #[test]
    fn a_needle_across_chunks_is_found() {
        let mut text = vec![b'a'; 900];
        text[298..304].copy_from_slice(b"needle");
        let buf = chunked(&text);
        assert_eq!(buf.peek().count(), 3);
        assert_eq!((buf.find(b"needle"), buf.find(b"needles")), (Some(298), None));
    }

    #[test]
    fn a_needle_that_repeats_itself_is_found() {
        let mut text = b"aabaabaaa".repeat(100);
        text.extend_from_slice(b"aabaabaab");
        let naive = text.windows(9).position(|window| window == b"aabaabaab");
        assert_eq!(chunked(&text).find(b"aabaabaab"), naive);
    }

    #[test]
    fn search_eol_gives_position_and_size_for_each_style() {
        use EolStyle::{Any, Crlf, CrlfStrict, Lf, Nul};
        let buf = Evbuffer::from(&b"some\rtext\r\r\n\0"[..]);
        let found = [Any, Crlf, CrlfStrict, Lf, Nul].map(|style| buf.search_eol(5, style).unwrap());
        assert_eq!(found, [(9, 3), (10, 2), (10, 2), (11, 1), (12, 1)]);
        assert_eq!(buf.search_eol(0, Any), Some((4, 1)));
        assert_eq!(buf.search_eol(11, Crlf), Some((11, 1)));
        assert_eq!(buf.search_eol(12, Lf), None);
    }
}
