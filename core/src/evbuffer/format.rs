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
        let mut figures = self.contiguous;
        let outcome = fmt::write(self, text);
        // 1.4 first makes some room, and if that was not enough, room for the text and a zero byte.
        let added = self.len - before;
        figures.expand(before, FORMAT_ROOM_1_4);
        figures.expand(before, added + 1);
        self.contiguous = figures;
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
