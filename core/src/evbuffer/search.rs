//! Finding bytes, also across chunks.

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
    /// An empty needle is never found, as in 2.x; 1.4 would look at the byte behind its pointer.
    #[must_use]
    pub fn find(&self, needle: &[u8]) -> Option<usize> {
        self.search(needle, 0)
    }

    /// The position of the first `needle` that starts at `from` or later: `evbuffer_search`.
    #[must_use]
    pub fn search(&self, needle: &[u8], from: usize) -> Option<usize> {
        self.search_range(needle, from, self.len)
    }

    /// The position of the first `needle` that lies wholly within `from..end`: `evbuffer_search_range`.
    ///
    /// Takes time linear in the bytes searched, whatever the needle.
    #[must_use]
    pub fn search_range(&self, needle: &[u8], from: usize, end: usize) -> Option<usize> {
        let first = *needle.first()?;
        if end.min(self.len).checked_sub(from)? < needle.len() {
            return None;
        }
        let borders = borders(needle);
        let mut matched = 0;
        for (pos, piece) in self.pieces(from, end) {
            let mut at = 0;
            while at < piece.len() {
                if matched == 0 {
                    let Some(skip) = piece[at..].iter().position(|&byte| byte == first) else { break };
                    at += skip;
                }
                if piece[at] != needle[matched] {
                    matched = borders[matched - 1];
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
                let pos = self.position(from, is_eol)?;
                let run = self.pieces(pos, self.len).flat_map(|(_, piece)| piece);
                Some((pos, run.take_while(|&&byte| is_eol(byte)).count()))
            }
            EolStyle::Crlf => {
                let lf = self.position(from, |byte| byte == b'\n')?;
                let cr = lf.checked_sub(1).filter(|&pos| pos >= from && self.byte(pos) == Some(b'\r'));
                Some(cr.map_or((lf, 1), |pos| (pos, 2)))
            }
            EolStyle::CrlfStrict => Some((self.search(b"\r\n", from)?, 2)),
            EolStyle::Lf => Some((self.position(from, |byte| byte == b'\n')?, 1)),
            EolStyle::Nul => Some((self.position(from, |byte| byte == 0)?, 1)),
        }
    }

    /// The position of the first byte at `from` or later that is one of those looked for.
    pub(super) fn position(&self, from: usize, wanted: impl Fn(u8) -> bool) -> Option<usize> {
        self.pieces(from, self.len)
            .find_map(|(pos, piece)| Some(pos + piece.iter().position(|&byte| wanted(byte))?))
    }

    /// The byte at a position.
    pub(super) fn byte(&self, pos: usize) -> Option<u8> {
        let mut byte = [0];
        (self.copyout_from(pos, &mut byte) == 1).then_some(byte[0])
    }
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
