//! Adding text, and the standard library's readers and writers.

use std::{fmt, io};

use super::{Evbuffer, Frozen};

/// Room that 1.4 makes before it tries to format into it, in bytes.
const FORMAT_ROOM_1_4: usize = 64;

impl Evbuffer {
    /// Adds formatted text: `evbuffer_add_printf`. `write!(buf, "...")` calls this, no trait needed.
    ///
    /// # Errors
    /// If the end is frozen, or as a value's own formatting fails; what was formatted before that stays.
    pub fn write_fmt(&mut self, text: fmt::Arguments<'_>) -> fmt::Result {
        self.end_may_change().map_err(|Frozen| fmt::Error)?;
        let before = self.len;
        let mut block = self.contiguous;
        let outcome = fmt::write(self, text);
        // 1.4 first makes some room, and if that was not enough, room for the text and a zero byte.
        let added = self.len - before;
        block.expand(before, FORMAT_ROOM_1_4);
        block.expand(before, added + 1);
        self.contiguous = block;
        self.check();
        outcome
    }
}

impl fmt::Write for Evbuffer {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.add(text.as_bytes()).map_err(|Frozen| fmt::Error)
    }
}

impl io::Write for Evbuffer {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        self.add(data)?;
        Ok(data.len())
    }

    /// All pieces, as one change: `evbuffer_add_iovec`.
    fn write_vectored(&mut self, pieces: &[io::IoSlice<'_>]) -> io::Result<usize> {
        for piece in pieces {
            self.add(piece)?;
        }
        Ok(pieces.iter().map(|piece| piece.len()).sum())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl io::Read for Evbuffer {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        Ok(self.remove(into)?)
    }
}

impl From<Frozen> for io::Error {
    fn from(frozen: Frozen) -> Self {
        Self::new(io::ErrorKind::PermissionDenied, frozen)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use crate::{End, Evbuffer};

    #[test]
    fn write_adds_formatted_text() {
        let mut buf = Evbuffer::new();
        let word = "hello";
        write!(buf, "{word}/{}", 1).unwrap();
        assert_eq!((buf.len(), buf.to_vec()), (7, b"hello/1".to_vec()));
    }

    #[test]
    fn formatting_makes_room_as_1_4_does() {
        let mut buf = Evbuffer::from(&[b'x'; 200][..]);
        write!(buf, "").unwrap();
        assert_eq!(buf.allocated_1_4(), 512);
        write!(buf, "{:312}", "").unwrap();
        assert_eq!((buf.len(), buf.allocated_1_4()), (512, 1024));
    }

    #[test]
    fn writing_to_a_frozen_end_fails() {
        let mut buf = Evbuffer::new();
        buf.freeze(End::End);
        assert!(write!(buf, "x").is_err());
        assert!(buf.write_all(b"x").is_err());
        assert!(buf.is_empty());
    }

    #[test]
    fn the_standard_traits_add_and_take() {
        let mut buf = Evbuffer::new();
        buf.write_all(b"abcdef").unwrap();
        let mut into = [0; 4];
        buf.read_exact(&mut into).unwrap();
        assert_eq!((&into, buf.len()), (b"abcd", 2));
    }
}
