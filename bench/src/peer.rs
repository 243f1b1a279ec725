//! What the peers written in Rust have in common: their arguments and what they answer.

use std::io::{self, Write};
use std::net::SocketAddr;

use clap::Parser;

/// The tutorial's prefix.
pub const PREFIX: &[u8] = b"I have recvieced the msg: ";

/// The largest read.
pub const READ: usize = 64 * 1024;

/// How a peer is started.
#[derive(Debug, Clone, Copy, Parser)]
pub struct Service {
    /// Answer without the prefix
    #[arg(long)]
    pub plain: bool,
    /// The most bytes that one answer is for; 0 for as many as one read brings
    #[arg(long, default_value_t = 10)]
    pub read_high: usize,
}

impl Service {
    /// Appends the answers to these bytes.
    pub fn answer(self, bytes: &[u8], answers: &mut Vec<u8>) {
        if self.plain {
            return answers.extend_from_slice(bytes);
        }
        let most = if self.read_high == 0 { bytes.len() } else { self.read_high };
        for message in bytes.chunks(most.max(1)) {
            answers.extend_from_slice(PREFIX);
            answers.extend_from_slice(message);
        }
    }

    /// How long the answers are to a message of so many bytes that is sent when all before it was answered.
    #[must_use]
    pub fn answer_length(self, size: usize) -> usize {
        let mut answers = Vec::new();
        self.answer(&vec![0; size], &mut answers);
        answers.len()
    }
}

/// Says where a peer listens, as whoever started it waits for.
///
/// # Errors
/// Standard output is closed.
pub fn announce(address: SocketAddr) -> io::Result<()> {
    writeln!(io::stdout(), "listening on {address}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_stands_before_each_ten_bytes() {
        let tutorial = Service { plain: false, read_high: 10 };
        let mut answers = Vec::new();
        tutorial.answer(b"hello world", &mut answers);
        assert_eq!(answers, b"I have recvieced the msg: hello worlI have recvieced the msg: d");
        assert_eq!(tutorial.answer_length(11), answers.len());
        assert_eq!(Service { plain: true, read_high: 0 }.answer_length(1 << 20), 1 << 20);
    }
}
