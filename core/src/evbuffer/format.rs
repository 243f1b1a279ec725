//! Adding text, and the standard library's readers and writers.

use std::{fmt, io};

use super::{Evbuffer, Frozen};

/// Room that 1.4 makes before it tries to format into it, in bytes.
const FORMAT_ROOM_1_4: usize = 64;

impl Evbuffer {
    /// Adds formatted text: `evbuffer_add_printf`. It takes `format_args!("...")`; `write!(buf, "...")` calls it, with either of
    /// the standard library's `Write` in scope.
    ///
    /// # Errors
    /// [`PrintfError`]; what was formatted before a value's own formatting failed stays.
    pub fn add_printf(&mut self, text: fmt::Arguments<'_>) -> Result<(), PrintfError> {
        self.end_may_change().map_err(|Frozen| PrintfError::Frozen)?;
        let before = self.len;
        let mut block = self.contiguous;
        let outcome = fmt::write(&mut Pieces(self), text);
        // 1.4 first makes some room, and if that was not enough, room for the text and a zero byte.
        let added = self.len - before;
        block.expand(before, FORMAT_ROOM_1_4);
        block.expand(before, added + 1);
        self.contiguous = block;
        self.check();
        outcome.map_err(|fmt::Error| PrintfError::Value)
    }
}

/// Why formatted text was not added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrintfError {
    /// The end of the evbuffer is frozen; nothing was changed.
    Frozen,
    /// A value's own formatting failed.
    Value,
}

impl fmt::Display for PrintfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Frozen => Frozen.fmt(f),
            Self::Value => f.write_str("a value cannot be formatted"),
        }
    }
}

impl std::error::Error for PrintfError {}

impl From<PrintfError> for io::Error {
    fn from(error: PrintfError) -> Self {
        match error {
            PrintfError::Frozen => Frozen.into(),
            PrintfError::Value => Self::other(error),
        }
    }
}

/// The pieces of a text that is being formatted, whose end was looked at before.
struct Pieces<'a>(&'a mut Evbuffer);

impl fmt::Write for Pieces<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.add_unfrozen(text.as_bytes());
        Ok(())
    }
}

impl fmt::Write for Evbuffer {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.add(text.as_bytes()).map_err(|Frozen| fmt::Error)
    }

    fn write_fmt(&mut self, text: fmt::Arguments<'_>) -> fmt::Result {
        self.add_printf(text).map_err(|_| fmt::Error)
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

    fn write_fmt(&mut self, text: fmt::Arguments<'_>) -> io::Result<()> {
        Ok(self.add_printf(text)?)
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
    use std::fmt;
    use std::io::{self, Read, Write};

    use crate::{End, Evbuffer, PrintfError};

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
        assert_eq!(write!(buf, "x").unwrap_err().kind(), io::ErrorKind::PermissionDenied);
        assert_eq!(fmt::Write::write_fmt(&mut buf, format_args!("x")), Err(fmt::Error));
        assert_eq!(fmt::Write::write_str(&mut buf, "x"), Err(fmt::Error));
        assert_eq!(buf.add_printf(format_args!("{}", 1)), Err(PrintfError::Frozen));
        assert!(buf.write_all(b"x").is_err());
        assert!(buf.is_empty());
    }

    #[test]
    fn what_was_formatted_before_a_value_failed_stays() {
        struct Fails;
        impl fmt::Display for Fails {
            fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
                Err(fmt::Error)
            }
        }
        let mut buf = Evbuffer::new();
        assert_eq!(buf.add_printf(format_args!("so far{Fails}")), Err(PrintfError::Value));
        assert_eq!(write!(buf, "{Fails}").unwrap_err().kind(), io::ErrorKind::Other);
        assert_eq!(buf.to_vec(), b"so far");
    }

    #[test]
    fn write_gives_what_the_trait_in_scope_gives() {
        fn greet(out: &mut Evbuffer) -> io::Result<()> {
            write!(out, "hello")?;
            out.flush()
        }
        let mut buf = Evbuffer::new();
        greet(&mut buf).unwrap();
        assert_eq!(buf.to_vec(), b"hello");
    }

    #[test]
    fn the_standard_traits_add_and_take() {
        let mut buf = Evbuffer::new();
        buf.write_all(b"abcdef").unwrap();
        let mut into = [0; 4];
        buf.read_exact(&mut into).unwrap();
        fmt::Write::write_str(&mut buf, "gh").unwrap();
        assert_eq!((&into, buf.to_vec()), (b"abcd", b"efgh".to_vec()));
    }
}
