//! Text that JSON is written to.

use std::io::{self, Write};

use serde::Serialize;
use serde::ser::Error;

/// Where JSON is written to, piece by piece. Most are a single byte, which a vector that takes slices is slow at.
#[derive(Debug, Default)]
pub(super) struct Pieces(Vec<u8>);

impl Pieces {
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl Write for Pieces {
    #[inline]
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.write_all(piece)?;
        Ok(piece.len())
    }

    #[inline]
    fn write_all(&mut self, piece: &[u8]) -> io::Result<()> {
        match piece {
            [byte] => self.0.push(*byte),
            _ => self.0.extend_from_slice(piece),
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A value as JSON. Records and pictures are written by the same code as into a recording.
///
/// # Errors
/// What the value says of itself: those of this crate can be written.
pub fn to_json(value: &(impl Serialize + ?Sized)) -> serde_json::Result<String> {
    let mut text = Pieces::default();
    serde_json::to_writer(&mut text, value)?;
    String::from_utf8(text.0).map_err(serde_json::Error::custom)
}
