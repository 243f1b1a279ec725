//! Taking lines.

use super::search::{first_eol, is_eol};
use super::{EolStyle, Evbuffer, Frozen};

impl Evbuffer {
    /// Takes a line without its end, by 1.4's rule: `evbuffer_readline`.
    ///
    /// A line ends at CR or LF, and one byte more belongs to its end only if it is the other one of the two. `None`
    /// if there is no whole line. (2.x reads with [`EolStyle::Any`] here.)
    ///
    /// # Errors
    /// [`Frozen`] if the start is.
    pub fn readline(&mut self) -> Result<Option<Vec<u8>>, Frozen> {
        self.start_may_change()?;
        let Some((pos, eol)) = self.position(0, first_eol).and_then(|pos| Some((pos, self.byte(pos)?)))
        else {
            return Ok(None);
        };
        let pair = self.byte(pos + 1).is_some_and(|byte| is_eol(byte) && byte != eol);
        Ok(Some(self.take_line(pos, if pair { 2 } else { 1 })))
    }

    /// Takes a line without its end: `evbuffer_readln`.
    ///
    /// `None` if there is no whole line. 2.x tells its callbacks of the line and then of the line's end; here both are one
    /// change.
    ///
    /// # Errors
    /// [`Frozen`] if the start is.
    pub fn readln(&mut self, style: EolStyle) -> Result<Option<Vec<u8>>, Frozen> {
        self.start_may_change()?;
        Ok(self.search_eol(0, style).map(|(pos, eol_len)| self.take_line(pos, eol_len)))
    }

    fn take_line(&mut self, len: usize, eol_len: usize) -> Vec<u8> {
        let mut line = vec![0; len];
        self.copyout(&mut line);
        self.drain_unfrozen(len + eol_len);
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All lines, each in brackets, then what is left.
    fn lines(text: &[u8], mut next: impl FnMut(&mut Evbuffer) -> Result<Option<Vec<u8>>, Frozen>) -> String {
        let mut buf = Evbuffer::from(text);
        let mut out = String::new();
        while let Some(line) = next(&mut buf).unwrap() {
            out += &format!("[{}]", line.escape_ascii());
        }
        out + &buf.to_vec().escape_ascii().to_string()
    }

    #[test]
    fn readline_ends_at_one_or_at_a_pair() {
        let text = b"a\n\nb\r\n\r\nc\n\rd\r\re\nrest";
        assert_eq!(lines(text, Evbuffer::readline), "[a][][b][][c][d][][e]rest");
        assert_eq!(lines(text, |buf| buf.readln(EolStyle::Any)), "[a][b][c][d][e]rest");
    }

    #[test]
    fn readln_any_takes_a_run_and_keeps_zero_bytes() {
        let text = b"one silly line\r\n\n\r\n\n\rtwo\0\n";
        assert_eq!(lines(text, |buf| buf.readln(EolStyle::Any)), "[one silly line][two\\x00]");
        assert_eq!(lines(b"\nno end", |buf| buf.readln(EolStyle::Any)), "[]no end");
    }

    #[test]
    fn readln_crlf_keeps_a_lone_cr() {
        let text = b"a\rb\r\nc\n\r\r\nrest";
        assert_eq!(lines(text, |buf| buf.readln(EolStyle::Crlf)), "[a\\rb][c][\\r]rest");
        assert_eq!(lines(text, |buf| buf.readln(EolStyle::Lf)), "[a\\rb\\r][c][\\r\\r]rest");
    }

    #[test]
    fn readln_strict_holds_a_cr_until_its_lf_comes() {
        let mut buf = Evbuffer::from(&b"a\nb\r"[..]);
        assert_eq!(buf.readln(EolStyle::CrlfStrict), Ok(None));
        buf.add(b"\nc").unwrap();
        assert_eq!(buf.readln(EolStyle::CrlfStrict), Ok(Some(b"a\nb".to_vec())));
        assert_eq!(buf.to_vec(), b"c");
    }

    #[test]
    fn readln_strict_across_three_moved_buffers() {
        let mut buf = Evbuffer::new();
        for piece in [&[b'x'; 300][..], b"\r", &[b"\n", &[b'y'; 299][..]].concat()] {
            buf.add_buffer(&mut Evbuffer::from(piece)).unwrap();
        }
        assert_eq!(buf.readln(EolStyle::CrlfStrict), Ok(Some(vec![b'x'; 300])));
        assert_eq!(buf.to_vec(), [b'y'; 299]);
    }

    #[test]
    fn readln_nul_ends_at_a_zero_byte() {
        assert_eq!(lines(b"a\n\0\0b", |buf| buf.readln(EolStyle::Nul)), "[a\\n][]b");
    }
}
