//! A server that runs for one measurement.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, ensure};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Resource, Rlimit, getrlimit, pidfd_open, setrlimit};
use rustix::thread::{CpuSet, sched_setaffinity};

use crate::peer::{READ, Service};

/// The server's processor. The load has [`LOAD`].
const SERVER: usize = 0;
const LOAD: usize = 1;

/// How long a program that counts may take to write its sums.
const SUMS_WITHIN: Timespec = Timespec { tv_sec: 30, tv_nsec: 0 };

/// Which server.
#[derive(Debug, Clone)]
pub struct Peer {
    /// As the table names it.
    pub name: String,
    /// Its program.
    pub program: PathBuf,
    /// How it takes its arguments.
    pub arguments: Arguments,
}

/// What counts while a server runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counter {
    /// System calls, by `strace`.
    Calls,
    /// Instructions of the server and of its libraries, by valgrind's `callgrind`; those of the operating system are not among them.
    Instructions,
}

/// How a program is told what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arguments {
    /// As `bufferevent-server` is.
    Ours {
        /// With `--read-limit`.
        large_reads: bool,
    },
    /// As [`Service`] is.
    Peer,
    /// As `peers/libevent.c` is.
    Libevent,
}

impl Peer {
    /// Whether it is ours, told to read more at once than the libevent that it follows.
    #[must_use]
    pub fn reads_more(&self) -> bool {
        self.arguments == Arguments::Ours { large_reads: true }
    }

    fn command(&self, service: Service) -> Vec<String> {
        let high = service.read_high.to_string();
        let mut arguments = match self.arguments {
            Arguments::Libevent => {
                return vec![if service.plain { "plain" } else { "prefix" }.into(), high];
            }
            Arguments::Ours { .. } => {
                ["--listen", "127.0.0.1:0", "--no-http", "--quiet", "--max-connections", "20000"]
                    .map(String::from)
                    .to_vec()
            }
            Arguments::Peer => Vec::new(),
        };
        arguments.extend(["--read-high".into(), high]);
        if service.plain {
            arguments.push("--plain".into());
        }
        if self.reads_more() {
            arguments.extend(["--read-limit".into(), READ.to_string()]);
        }
        arguments
    }
}

/// It ends when it is dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// It can say more as long as somebody could read it.
    out: BufReader<ChildStdout>,
}

/// The last word of the next line.
fn said(out: &mut impl BufRead) -> Result<String> {
    let mut line = String::new();
    out.read_line(&mut line)?;
    line.split_whitespace().last().map(str::to_owned).context("it said nothing")
}

impl Server {
    /// Starts it on its processor and waits until it says where it listens.
    ///
    /// # Errors
    /// It cannot be started, or ended without saying so.
    pub fn start(peer: &Peer, service: Service) -> Result<Self> {
        let mut command = Command::new(&peer.program);
        command.args(peer.command(service));
        Self::pinned(command).with_context(|| format!("cannot start {}", peer.program.display()))
    }

    /// Starts it under a program that counts, which writes its sums to this file when the server ends.
    ///
    /// # Errors
    /// As [`start`](Self::start); `strace` or `valgrind` is not there.
    pub fn counted(peer: &Peer, service: Service, counter: Counter, sums: &Path) -> Result<Self> {
        let sums = sums.display();
        let (program, arguments) = match counter {
            Counter::Calls => ("strace", vec!["-f".into(), "-c".into(), format!("--output={sums}")]),
            Counter::Instructions => {
                ("valgrind", vec!["--tool=callgrind".into(), format!("--callgrind-out-file={sums}")])
            }
        };
        let mut command = Command::new(program);
        command.args(arguments).arg(&peer.program).args(peer.command(service));
        Self::pinned(command).with_context(|| format!("cannot start {program}"))
    }

    /// Starts ours with its page, for a viewer, on whatever processor; gives the page's address, too.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn with_page(program: &Path, arguments: &[&str]) -> Result<(Self, String)> {
        let mut command = Command::new(program);
        command.args(["--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--quiet"]).args(arguments);
        let server = Self::spawn(&mut command).and_then(|mut server| {
            let page = said(&mut server.out)?;
            Ok((server, page))
        });
        server.with_context(|| format!("cannot start {}", program.display()))
    }

    /// On its processor, without a word of what goes wrong for others.
    fn pinned(mut command: Command) -> Result<Self> {
        // What it starts with is where all its threads stay.
        pin(SERVER)?;
        let server = Self::spawn(command.stderr(Stdio::null()));
        pin(LOAD)?;
        server
    }

    fn spawn(command: &mut Command) -> Result<Self> {
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let mut out = BufReader::new(child.stdout.take().context("it has no standard output")?);
        let address = said(&mut out)?.parse().context("it did not say where it listens")?;
        Ok(Self { child, address, out })
    }

    /// Nanoseconds that its threads have run.
    ///
    /// # Errors
    /// It has ended.
    pub fn processor_time(&self) -> Result<u64> {
        let mut sum = 0;
        for thread in fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let text = fs::read_to_string(thread?.path().join("schedstat"))?;
            sum += text.split(' ').next().unwrap_or_default().parse::<u64>()?;
        }
        Ok(sum)
    }

    /// Bytes of memory that no other process shares with it.
    ///
    /// # Errors
    /// It has ended.
    pub fn memory(&self) -> Result<u64> {
        let text = fs::read_to_string(format!("/proc/{}/smaps_rollup", self.child.id()))?;
        let line = text.lines().find_map(|line| line.strip_prefix("Pss_Anon:")).context("no Pss_Anon")?;
        Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
    }

    /// Ends a server that is counted, whose sums are written then.
    ///
    /// # Errors
    /// It does not end.
    pub fn end_counted(mut self) -> Result<()> {
        // The server is strace's child, and strace ends after it; under valgrind it is the process itself.
        let children = fs::read_to_string(format!("/proc/{0}/task/{0}/children", self.child.id()))?;
        let server = children.split_whitespace().next().map_or_else(|| Ok(self.child.id()), str::parse)?;
        rustix::process::kill_process(pid(server)?, rustix::process::Signal::TERM)?;
        let counter = pidfd_open(pid(self.child.id())?, PidfdFlags::empty())?;
        let ended = poll(&mut [PollFd::new(&counter, PollFlags::IN)], Some(&SUMS_WITHIN))?;
        ensure!(ended == 1, "it did not end when it was told to");
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A connection is a descriptor here and one in the server.
pub fn raise_descriptors() {
    let limit = getrlimit(Resource::Nofile);
    // What is not allowed shows as a connection that cannot be made.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
}

/// Has the load's thread run where no server does.
///
/// # Errors
/// The machine has one processor only.
pub fn pin_load() -> Result<()> {
    pin(LOAD).context("two processors are needed: one for the server and one for the load")
}

fn pin(processor: usize) -> Result<()> {
    let mut set = CpuSet::new();
    set.set(processor);
    Ok(sched_setaffinity(None, &set)?)
}

fn pid(number: u32) -> Result<Pid> {
    i32::try_from(number).ok().and_then(Pid::from_raw).context("a process has a number")
}

/// The system calls in `strace -c`'s sums.
///
/// # Errors
/// The file has no line with the total.
pub fn calls_in(sums: &str) -> Result<u64> {
    let total = sums.lines().rev().find(|line| line.trim_end().ends_with("total")).context("no total")?;
    // % time, seconds, usecs/call, calls, errors or nothing, "total".
    total.split_whitespace().nth(3).context("no calls")?.parse().context("calls are a number")
}

/// The instructions in what `callgrind` writes.
///
/// # Errors
/// It has no line with the total.
pub fn instructions_in(sums: &str) -> Result<u64> {
    let total = sums.lines().find_map(|line| line.strip_prefix("totals:")).context("no total")?;
    total.trim().parse().context("instructions are a number")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_read_out_of_the_sums() {
        let sums = "% time     seconds  usecs/call     calls    errors syscall\n\
                    ------ ----------- ----------- --------- --------- ----------------\n\
                    \x20 50.00    0.000010           1        10           read\n\
                    100.00    0.000020           1        20         3 total\n";
        assert_eq!(calls_in(sums).unwrap(), 20);
        assert!(calls_in("nothing\n").is_err());
    }

    #[test]
    fn instructions_are_read_out_of_the_sums() {
        assert_eq!(instructions_in("events: Ir\nfn=(1) main\n3 5\ntotals: 12345\n").unwrap(), 12_345);
        assert!(instructions_in("events: Ir\n").is_err());
    }
}
