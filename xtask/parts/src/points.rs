//! Where the course of a function can part, and what of it never ran.

use std::collections::HashSet;

use walrus::LocalFunction;
use walrus::ir::{Block, IfElse, Instr, InstrSeq, InstrSeqId, Loop, Visitor, dfs_in_order};

/// A place in a function: a sequence of instructions, by its index, and before which of them. It is the same however often the
/// module is read.
pub(crate) type Point = (usize, usize);

/// All instructions from one on to the end of its sequence, with what is nested in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) sequence: InstrSeqId,
    pub(crate) from: usize,
}

impl Stretch {
    pub(crate) const fn whole(sequence: InstrSeqId) -> Self {
        Self { sequence, from: 0 }
    }

    pub(crate) fn point(self) -> Point {
        (self.sequence.index(), self.from)
    }

    /// Its instructions, without those that are nested in them.
    pub(crate) fn instructions(self, function: &LocalFunction) -> impl Iterator<Item = &Instr> {
        function.block(self.sequence).instrs[self.from..].iter().map(|(instruction, _)| instruction)
    }
}

/// The beginnings of what runs as one, in a sequence of instructions: the first, and each after one that may lead elsewhere.
pub(crate) fn points(sequence: &InstrSeq) -> impl Iterator<Item = usize> {
    let leads =
        |instruction: &Instr| matches!(instruction, Instr::BrIf(_)) || !nested(instruction).is_empty();
    let after = sequence.instrs.iter().enumerate().filter(move |(_, (instruction, _))| leads(instruction));
    std::iter::once(0).chain(after.map(|(at, _)| at + 1)).filter(|at| *at < sequence.instrs.len())
}

/// The sequences that are nested in an instruction.
pub(crate) fn nested(instruction: &Instr) -> Vec<InstrSeqId> {
    match instruction {
        Instr::Block(Block { seq }) | Instr::Loop(Loop { seq }) => Vec::from([*seq]),
        Instr::IfElse(IfElse { consequent, alternative }) => Vec::from([*consequent, *alternative]),
        _ => Vec::new(),
    }
}

/// A sequence and all that are nested in it, however deep.
pub(crate) fn sequences(function: &LocalFunction, from: InstrSeqId) -> Vec<InstrSeqId> {
    struct Sequences(Vec<InstrSeqId>);
    impl<'a> Visitor<'a> for Sequences {
        fn start_instr_seq(&mut self, sequence: &'a InstrSeq) {
            self.0.push(sequence.id());
        }
    }
    let mut sequences = Sequences(Vec::new());
    dfs_in_order(&mut sequences, function, from);
    sequences.0
}

/// The stretches of a function that never ran, none of them within another.
pub(crate) fn unused(function: &LocalFunction, ran: &HashSet<Point>) -> Vec<Stretch> {
    let mut unused = Vec::new();
    let mut come_to = Vec::from([function.entry_block()]);
    while let Some(sequence) = come_to.pop() {
        let instructions = function.block(sequence);
        let end = points(instructions).find(|at| !ran.contains(&(sequence.index(), *at)));
        unused.extend(end.map(|from| Stretch { sequence, from }));
        let used = &instructions.instrs[..end.unwrap_or(instructions.len())];
        come_to.extend(used.iter().flat_map(|(instruction, _)| nested(instruction)));
    }
    unused
}
