//! Taking lines.

use super::search::is_eol;
use super::{EolStyle, Evbuffer};

impl Evbuffer {
    /// Takes a line without its end, by 1.4's rule: `evbuffer_readline`.
    ///
    /// A line ends at CR or LF, and one byte more belongs to its end only if it is the other one of the two. `None`
    /// if there is no whole line, or the start is frozen. (2.x reads with [`EolStyle::Any`] here.)
    pub fn readline(&mut self) -> Option<Vec<u8>> {
        let pos = self.position(0, is_eol)?;
        let (eol, after) = (self.byte(pos)?, self.byte(pos + 1));
        let pair = after.is_some_and(|byte| is_eol(byte) && byte != eol);
        self.take_line(pos, if pair { 2 } else { 1 })
    }

    /// Takes a line without its end: `evbuffer_readln`.
    ///
    /// `None` if there is no whole line, or the start is frozen.
    pub fn readln(&mut self, style: EolStyle) -> Option<Vec<u8>> {
        let (pos, eol_len) = self.search_eol(0, style)?;
        self.take_line(pos, eol_len)
    }

    fn take_line(&mut self, len: usize, eol_len: usize) -> Option<Vec<u8>> {
        self.start_may_change().ok()?;
        let mut line = vec![0; len];
        self.copyout(&mut line);
        self.drain_unfrozen(len + eol_len);
        Some(line)
    }
}
