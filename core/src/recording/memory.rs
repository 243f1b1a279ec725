//! How the bytes of both buffers lie in libevent's memory, where a simulation follows that. No record tells it: it stands
//! beside them, and is in no file and on no wire.

use serde::Serialize;

use super::Picture;
use crate::BufferName;

/// The memory of both buffers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Memory {
    /// Of input.
    pub input: BufferMemory,
    /// Of output.
    pub output: BufferMemory,
}

/// The memory of one buffer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct BufferMemory {
    /// Its chains from the front, the first sixteen; in 1.4 its one block.
    pub chains: Vec<ChainPicture>,
    /// How many there are.
    pub count: usize,
    /// Bytes that libevent has copied into the buffer and within it so far. What the kernel wrote is not counted.
    pub copied: u64,
}

/// One chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ChainPicture {
    /// Its own in this run, whichever buffer it is in.
    pub number: u64,
    /// What it can hold, in bytes.
    pub size: usize,
    /// Bytes before the payload.
    pub misalign: usize,
    /// Bytes of payload.
    pub len: usize,
}

/// The memory of a buffer after the record with this number.
#[derive(Debug, Clone)]
pub(crate) struct Laid {
    pub(crate) seq: u64,
    pub(crate) connection: u64,
    pub(crate) buffer: BufferName,
    pub(crate) memory: BufferMemory,
}

impl Laid {
    /// The picture has the buffer's memory as it is after this.
    pub(super) fn show_in(&self, picture: &mut Picture) {
        if let Some(connection) = picture.connections.get_mut(&self.connection) {
            connection.memory.get_or_insert_default().of_mut(self.buffer).follow(&self.memory);
        }
    }

    /// What it takes in memory, roughly.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>() + size_of_val(self.memory.chains.as_slice())
    }
}

impl Memory {
    const fn of_mut(&mut self, buffer: BufferName) -> &mut BufferMemory {
        match buffer {
            BufferName::Input => &mut self.input,
            BufferName::Output => &mut self.output,
        }
    }
}

impl BufferMemory {
    /// As it is now, in the memory of the list that is there: it comes with most bytes that move.
    fn follow(&mut self, Self { chains, count, copied }: &Self) {
        self.chains.clone_from(chains);
        (self.count, self.copied) = (*count, *copied);
    }

    /// Bytes that lie in one piece at the front.
    #[must_use]
    pub fn contiguous(&self) -> usize {
        self.chains.first().map_or(0, |chain| chain.len)
    }
}
