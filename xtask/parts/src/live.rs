//! Which local variables of a function may still be read, from each place on.

use std::collections::{BTreeMap, HashMap, HashSet};

use walrus::LocalFunction;
use walrus::ir::{Block, IfElse, Instr, InstrSeqId, LocalId, Loop};

use crate::points::{Point, Stretch};

/// Local variables.
pub(crate) type Locals = HashSet<LocalId>;

/// What may be read from the beginning of each stretch of a function, from where each label leads, and after each sequence.
#[derive(Debug, Default)]
pub(crate) struct Live {
    pub(crate) from: BTreeMap<Point, Locals>,
    pub(crate) at_label: HashMap<InstrSeqId, Locals>,
    pub(crate) after: HashMap<InstrSeqId, Locals>,
}

impl Live {
    pub(crate) fn of(function: &LocalFunction, stretches: &[Stretch]) -> Self {
        let mut live = Self::default();
        live.from.extend(stretches.iter().map(|stretch| (stretch.point(), Locals::new())));
        let entry = function.entry_block();
        live.at_label.insert(entry, Locals::new());
        live.before(function, entry, Locals::new());
        live
    }

    /// Goes through a sequence from its end to its beginning.
    fn before(&mut self, function: &LocalFunction, sequence: InstrSeqId, mut read: Locals) -> Locals {
        self.after.insert(sequence, read.clone());
        for (at, (instruction, _)) in function.block(sequence).instrs.iter().enumerate().rev() {
            read = self.before_one(function, instruction, read);
            if let Some(from) = self.from.get_mut(&(sequence.index(), at)) {
                from.clone_from(&read);
            }
        }
        read
    }

    fn before_one(&mut self, function: &LocalFunction, instruction: &Instr, mut read: Locals) -> Locals {
        match instruction {
            Instr::LocalGet(get) => _ = read.insert(get.local),
            Instr::LocalSet(set) => _ = read.remove(&set.local),
            Instr::LocalTee(tee) => _ = read.remove(&tee.local),
            Instr::Br(branch) => read.clone_from(&self.at_label[&branch.block]),
            Instr::BrIf(branch) => read.extend(&self.at_label[&branch.block]),
            Instr::BrTable(table) => {
                let labels = table.blocks.iter().chain([&table.default]);
                read = labels.flat_map(|label| &self.at_label[label]).copied().collect();
            }
            Instr::Return(_) | Instr::Unreachable(_) => read.clear(),
            Instr::Block(Block { seq }) => {
                self.at_label.insert(*seq, read.clone());
                read = self.before(function, *seq, read);
            }
            // What its beginning reads is read after a branch to it: once more until nothing is added.
            Instr::Loop(Loop { seq }) => {
                let mut known = Locals::new();
                loop {
                    self.at_label.insert(*seq, known.clone());
                    let begins = self.before(function, *seq, read.clone());
                    if begins == known {
                        return begins;
                    }
                    known = begins;
                }
            }
            Instr::IfElse(IfElse { consequent, alternative }) => {
                let [then, otherwise] = [*consequent, *alternative].map(|sequence| {
                    self.at_label.insert(sequence, read.clone());
                    self.before(function, sequence, read.clone())
                });
                read = &then | &otherwise;
            }
            _ => {}
        }
        read
    }
}
