//! Has a module note which points of its functions it passes.

use std::collections::{BTreeMap, HashSet};

use anyhow::Result;
use walrus::ir::{Const, MemArg, Store, StoreKind, Value};
use walrus::{FunctionKind, Module};

use crate::points::{Point, points, sequences};
use crate::split::{Number, functions};

/// What ran: of each function the points that were passed. A function that is not there did not run.
pub(crate) type Ran = BTreeMap<Number, HashSet<Point>>;

/// The memory in which each point has a byte, which is 1 when it was passed.
pub(crate) const PASSED: &str = "passed";
/// The bytes of a page of memory.
const PAGE: usize = 1 << 16;

/// A module that notes what it passes.
#[derive(Debug)]
pub(crate) struct Passing {
    pub(crate) wasm: Vec<u8>,
    /// All points, in the order of their bytes.
    points: Vec<(Number, Point)>,
}

impl Passing {
    pub(crate) fn of(wasm: &[u8]) -> Result<Self> {
        let mut module = Module::from_buffer(wasm)?;
        let memory = module.memories.add_local(false, false, 0, None, None);
        let note = |byte: i32| {
            let number = |value| Const { value: Value::I32(value) }.into();
            let kind = StoreKind::I32_8 { atomic: false };
            let store = Store { memory, kind, arg: MemArg { align: 1, offset: 0 } }.into();
            [number(byte), number(1), store].map(|instruction| (instruction, Default::default()))
        };
        let mut all = Vec::new();
        for (number, id) in functions(&module).into_iter().enumerate() {
            let FunctionKind::Local(function) = &mut module.funcs.get_mut(id).kind else { continue };
            for sequence in sequences(function, function.entry_block()) {
                let points: Vec<usize> = points(function.block(sequence)).collect();
                let first = i32::try_from(all.len())?;
                all.extend(points.iter().map(|at| (number, (sequence.index(), *at))));
                // From its end, so that no place moves before it is come to.
                for (byte, at) in (first..).zip(points).collect::<Vec<_>>().into_iter().rev() {
                    function.block_mut(sequence).instrs.splice(at..at, note(byte));
                }
            }
        }
        module.memories.get_mut(memory).initial = u64::try_from(all.len().div_ceil(PAGE))?;
        module.exports.add(PASSED, memory);
        Ok(Self { wasm: module.emit_wasm(), points: all })
    }

    /// What ran, as its memory tells.
    pub(crate) fn ran(&self, passed: &[u8]) -> Ran {
        let mut ran = Ran::new();
        for ((number, point), _) in self.points.iter().zip(passed).filter(|(_, passed)| **passed == 1) {
            ran.entry(*number).or_default().insert(*point);
        }
        ran
    }
}
