//! `cargo xtask oracle --evbuffer`: random programs of operations on three evbuffers, through ours and through those of
//! libevent 2.1.12.
//!
//! - [`program`]: the operations, and programs of them, each of which follows from a seed and its index.
//! - [`libevent`]: the harness, whose first comment says what goes in and what comes out; [`ours`] says the same of ours.
//! - [`shrink`]: makes a program that the two disagree about as small as it can be.
//!
//! After each operation these are compared: what it returned and what it copied, looked at or found; for each buffer what
//! its callback was told (length before, bytes added, bytes deleted) and how often, at once or, where it is deferred, in
//! the loop; the length of each buffer; all bytes of the buffers that it names. A frozen end, every style of line ends,
//! positions set in one step and in two, and searches with and without an end are among what is drawn.
//!
//! In every third program how the bytes lie in chains is compared, too, as a simulation has to know it: the size of each, how
//! much was drained from its front, and what is in it.
//!
//! Not compared otherwise: how the bytes lie in chains (only that what is pulled up is in one piece, and that the pieces of a peek
//! hold the right bytes), how much room there is, and in which order the callbacks of two buffers are called.
//!
//! Known differences, each of them in [`ours`] where it says so: copying out of a frozen start is allowed here; pulling up
//! nothing shows nothing here and fails there; a line taken is one change here and two notices there, the pieces of an
//! iovec are one change and as many notices; a read and a write do not ask here whether an end is frozen.

mod libevent;
mod ours;
mod program;
mod shrink;

use std::fmt::{self, Display};
use std::path::Path;

use anyhow::{Result, bail};

use crate::workspace::Workspace;
use program::Program;

/// How many programs the test command runs: some seconds of them.
const COUNT: u64 = 4000;

/// How many programs one run of the harness gets.
const BATCH: u64 = 250;

/// The programs of the test command.
pub(crate) fn test(workspace: &Workspace) -> Result<()> {
    run(workspace, COUNT, super::SEED)
}

/// Runs `count` programs of this seed through both; an error if there is one about which they differ.
pub(crate) fn run(workspace: &Workspace, count: u64, seed: u64) -> Result<()> {
    let harness = libevent::harness(workspace)?;
    for first in (0..count).step_by(BATCH as usize) {
        let batch: Vec<Program> =
            (first..count.min(first + BATCH)).map(|index| Program::random(seed, index)).collect();
        for (index, (program, libevent)) in (first..).zip(batch.iter().zip(libevent::run(&harness, &batch)?))
        {
            if libevent != ours::run(program) {
                eprintln!("program {index} of seed {seed} differs, looking for the smallest that does");
                return report(&harness, program);
            }
        }
        if first % 10_000 == 0 && first > 0 {
            eprintln!("{first} of {count} programs are equal so far");
        }
    }
    eprintln!("{count} random programs (seed {seed}): the evbuffers equal those of libevent 2.1.12");
    Ok(())
}

/// Shrinks a program that differs, prints what is left, and fails.
fn report(harness: &Path, program: &Program) -> Result<()> {
    let compare = |program: &Program| Comparison::of(harness, program);
    let smallest = shrink::shrink(program.clone(), |candidate| Ok(compare(candidate)?.differs()))?;
    println!("{}", compare(&smallest)?);
    bail!("an evbuffer differs from libevent's")
}

/// A program with the lines of both.
struct Comparison {
    program: Program,
    libevent: Vec<String>,
    ours: Vec<String>,
}

impl Comparison {
    fn of(harness: &Path, program: &Program) -> Result<Self> {
        let libevent = libevent::run(harness, std::slice::from_ref(program))?.pop().unwrap_or_default();
        Ok(Self { program: program.clone(), libevent, ours: ours::run(program) })
    }

    fn differs(&self) -> bool {
        self.libevent != self.ours
    }
}

/// Displays as the program, with both lines where they differ.
impl Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.program.heading())?;
        for (at, operation) in self.program.operations.iter().enumerate() {
            let line = |lines: &[String]| lines.get(at).map_or_else(|| "nothing".to_owned(), Clone::clone);
            let (libevent, ours) = (line(&self.libevent), line(&self.ours));
            writeln!(f, "{operation}")?;
            if libevent != ours {
                return write!(f, "    libevent: {libevent}\n    ours:     {ours}");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_that_differs_is_shown() {
        let program = Program::random(1, 0);
        let lines: Vec<String> = (0..program.operations.len()).map(|line| line.to_string()).collect();
        let mut comparison = Comparison { program, libevent: lines.clone(), ours: lines };
        assert!(!comparison.differs() && !comparison.to_string().contains("libevent"));
        comparison.ours[1] = "other".into();
        comparison.ours.truncate(2);
        assert!(comparison.differs());
        assert!(comparison.to_string().ends_with("\n    libevent: 1\n    ours:     other"));
    }
}
