//! How the server is to behave.

use std::num::NonZeroUsize;

use bufferevent::{Dialect, Watermarks};

use crate::choices;

/// The tutorial's prefix; the misspelling is part of its protocol.
pub const PREFIX: &str = "I have recvieced the msg: ";

/// The high watermark where none is asked for, in bytes.
const LARGEST_READ: u32 = 64 * 1024;

/// The settings of an echo server, which are also its command line.
#[derive(Debug, Clone, PartialEq, Eq, clap::Args)]
pub struct Config {
    /// Where to listen; port 0 picks a free port
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:5555", value_parser = choices::address)]
    pub listen: String,

    /// Behave as this libevent
    #[arg(long, value_name = "VERSION", default_value_t, value_parser = choices::dialect())]
    pub dialect: Dialect,

    /// Low watermark for reading: answer only when so many bytes are there
    #[arg(long, value_name = "BYTES", default_value_t = 0, value_parser = mark())]
    pub read_low: u32,

    /// High watermark for reading: read at most so many bytes at once; 0 for 64 KiB, as much as one read brings
    #[arg(long, value_name = "BYTES", default_value_t = 10, value_parser = mark())]
    pub read_high: u32,

    /// Read up to so many bytes at once, where the libevent would read less: 1.4 and 2.1 begin with 4096; 0 reads as it does
    #[arg(long, value_name = "BYTES", default_value_t = 0, value_parser = clap::value_parser!(u32).range(..=1_048_576))]
    pub read_limit: u32,

    /// Low watermark for writing: the write callback runs when no more than this waits to be sent
    #[arg(long, value_name = "BYTES", default_value_t = 0, value_parser = mark())]
    pub write_low: u32,

    /// What comes before each answer
    #[arg(long, default_value = PREFIX)]
    pub prefix: String,

    /// Answer with what was received, without a prefix
    #[arg(long, conflicts_with = "prefix")]
    pub plain: bool,

    /// End a connection that sends nothing for so many seconds; 0 for never
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    pub read_timeout: u32,

    /// End a connection that takes nothing for so many seconds; 0 for never
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    pub write_timeout: u32,

    /// Stop reading from a connection while so many bytes wait to be sent to it
    #[arg(long, value_name = "BYTES", default_value_t = 1_048_576, value_parser = clap::value_parser!(u32).range(1..))]
    pub max_output: u32,

    /// Let so many bytes in all wait to be sent: the nearer it is, the less may wait for one connection
    ///
    /// Beyond it one answer of each connection may wait, and chunks of memory are not always full.
    #[arg(long, value_name = "BYTES", default_value_t = 268_435_456, value_parser = clap::value_parser!(u64).range(65_536..))]
    pub max_memory: u64,

    /// Refuse connections beyond so many
    #[arg(long, value_name = "COUNT", default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..))]
    pub max_connections: u32,

    /// Do not print what happens on each connection
    #[arg(long)]
    pub quiet: bool,
}

/// Watermarks end where 1.4, which keeps them in a C `int`, would stop reading for good.
fn mark() -> clap::builder::RangedI64ValueParser<u32> {
    clap::value_parser!(u32).range(..=i64::from(i32::MAX))
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:5555".into(),
            dialect: Dialect::default(),
            read_low: 0,
            read_high: 10,
            read_limit: 0,
            write_low: 0,
            prefix: PREFIX.into(),
            plain: false,
            read_timeout: 0,
            write_timeout: 0,
            max_output: 1_048_576,
            max_memory: 268_435_456,
            max_connections: 10_000,
            quiet: false,
        }
    }
}

impl Config {
    /// What speaks against these settings taken together.
    ///
    /// # Errors
    /// A sentence that names the flags.
    pub fn check(&self) -> Result<(), String> {
        let Self { read_low, read_high, .. } = self;
        if *read_high != 0 && read_low > read_high {
            return Err(format!(
                "--read-low {read_low} is above --read-high {read_high}: reading would stop before an answer is due"
            ));
        }
        Ok(())
    }

    /// With no high mark a read of 1.4 brings all that the kernel has: megabytes, for each of thousands of connections.
    pub(super) fn read_marks(&self) -> Watermarks {
        let largest = self.read_low.max(self.read_limit).max(LARGEST_READ);
        let high = if self.read_high == 0 { largest } else { self.read_high };
        Watermarks::new(self.read_low as usize, high as usize)
    }

    pub(super) fn read_limit(&self) -> Option<NonZeroUsize> {
        NonZeroUsize::new(self.read_limit as usize)
    }

    pub(super) fn write_marks(&self) -> Watermarks {
        Watermarks::new(self.write_low as usize, 0)
    }

    pub(super) fn prefix(&self) -> &[u8] {
        if self.plain { b"" } else { self.prefix.as_bytes() }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Program {
        #[command(flatten)]
        config: Config,
    }

    fn parsed(args: &[&str]) -> Result<Config, clap::Error> {
        Program::try_parse_from([&["program"], args].concat()).map(|program| program.config)
    }

    #[test]
    fn no_arguments_are_the_defaults() {
        assert_eq!(parsed(&[]).unwrap(), Config::default());
    }

    #[test]
    fn out_of_range_is_refused() {
        for args in [
            ["--read-high", "2147483648"],
            ["--max-output", "0"],
            ["--max-memory", "1"],
            ["--dialect", "2.0"],
            ["--plain", "--prefix=a"],
        ] {
            assert!(parsed(&args).is_err(), "{args:?}");
        }
    }

    #[test]
    fn without_a_high_mark_one_read_brings_64_kib_or_what_is_asked_for_otherwise() {
        let high = |read_low, read_high, read_limit| {
            let marks = Config { read_low, read_high, read_limit, ..Config::default() }.read_marks();
            marks.high.map(usize::from)
        };
        let marks = [high(0, 0, 0), high(100_000, 0, 0), high(0, 10, 4096), high(0, 0, 200_000)];
        assert_eq!(marks, [Some(65_536), Some(100_000), Some(10), Some(200_000)]);
    }

    #[test]
    fn a_low_mark_above_the_high_mark_is_refused() {
        let check = |low, high| Config { read_low: low, read_high: high, ..Config::default() }.check();
        assert!(check(11, 10).unwrap_err().contains("--read-low 11"));
        assert_eq!([check(10, 10), check(11, 0)], [Ok(()), Ok(())]);
    }
}
