//! Takes out of functions what did not run of them: each stretch becomes a function of its own, an *arm*, which can be in the
//! rest while what ran of the function is in the first.
//!
//! An arm is given the local variables that it reads, and gives those that it changed and somebody reads later. Where its
//! stretch led out in several ways, it says by a number in which one, and who called it goes there. [`outline`](crate::outline)
//! writes both.

use std::collections::{BTreeSet, HashSet};

use walrus::ir::{Instr, InstrSeqId, InstrSeqType, LocalId};
use walrus::{FunctionKind, LocalFunction, Module, ValType};

use crate::live::{Live, Locals};
use crate::passed::Ran;
use crate::points::{Stretch, nested, sequences, unused};
use crate::split::{functions, is_allocators};

/// So many instructions more than it takes to call it make an arm worth it. Fewer make the first smaller still, and both
/// together larger.
pub(crate) const WORTH: usize = 12;

/// Makes functions of what did not run of those that did, where it is worth it; their numbers follow all others.
pub(crate) fn part(module: &mut Module, ran: &Ran, worth: usize) {
    let ids = functions(module);
    for (number, points) in ran {
        let id = ids[*number];
        let FunctionKind::Local(function) = &module.funcs.get(id).kind else { continue };
        if is_allocators(module, id) {
            continue;
        }
        let stretches = unused(function, points);
        let live = Live::of(function, &stretches);
        let arm =
            |stretch: &Stretch| Arm::of(module, function, *stretch, &live).filter(|arm| arm.saves >= worth);
        let arms: Vec<Arm> = stretches.iter().filter_map(arm).collect();
        for arm in arms {
            arm.take_out(module, id);
        }
    }
}

/// A way out of a stretch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Way {
    /// The label that it leads to, one of the function around the stretch; none where it leads past the end of the stretch.
    pub(crate) to: Option<InstrSeqId>,
    /// The value that it takes along.
    pub(crate) takes: Option<ValType>,
}

/// A stretch that becomes a function.
#[derive(Debug)]
pub(crate) struct Arm {
    pub(crate) stretch: Stretch,
    /// The local variables that it is given, and those that it gives.
    pub(crate) given: Vec<LocalId>,
    pub(crate) gives: Vec<LocalId>,
    /// The ways out of it, the one past its end first. Invariant: all that take a value take a number of the same type.
    pub(crate) ways: Vec<Way>,
    /// How many instructions more it has than it takes to call it.
    saves: usize,
}

impl Arm {
    /// A stretch as an arm, where it can be one and is not smaller than what would call it.
    fn of(module: &Module, function: &LocalFunction, stretch: Stretch, live: &Live) -> Option<Self> {
        let found = Found::within(function, stretch);
        let ways = found.ways(module, function, stretch)?;
        let mut read_later = Locals::new();
        for way in &ways {
            read_later.extend(match way.to {
                Some(label) => &live.at_label[&label],
                None => &live.after[&stretch.sequence],
            });
        }
        // Alike as far as can be, so that there are few types of functions.
        let in_order = |locals: Locals| {
            let mut locals: Vec<LocalId> = locals.into_iter().collect();
            locals.sort_by_key(|local| (module.locals.get(*local).ty(), *local));
            locals
        };
        let gives = &found.written & &read_later;
        // What it may leave as it was it has to know.
        let given = &live.from[&stretch.point()] & &(&found.read | &gives);
        let call = given.len() + gives.len() + 4 * ways.len();
        let saves = found.size.checked_sub(call)?;
        Some(Self { stretch, given: in_order(given), gives: in_order(gives), ways, saves })
    }

    /// Whether it has to say which way it went.
    pub(crate) const fn says(&self) -> bool {
        self.ways.len() > 1
    }

    /// The type of the value that some of its ways take along.
    pub(crate) fn value(&self) -> Option<ValType> {
        self.ways.iter().find_map(|way| way.takes)
    }
}

/// What a stretch does.
#[derive(Debug, Default)]
struct Found {
    size: usize,
    read: Locals,
    written: Locals,
    /// The labels around it that it leads to, in the order of their indices.
    out: BTreeSet<InstrSeqId>,
}

impl Found {
    fn within(function: &LocalFunction, stretch: Stretch) -> Self {
        let inside: HashSet<InstrSeqId> = stretch
            .instructions(function)
            .flat_map(nested)
            .flat_map(|sequence| sequences(function, sequence))
            .collect();
        let deeper = inside.iter().flat_map(|sequence| Stretch::whole(*sequence).instructions(function));
        let mut found = Self::default();
        for instruction in stretch.instructions(function).chain(deeper) {
            found.size += 1;
            match instruction {
                Instr::LocalGet(get) => _ = found.read.insert(get.local),
                Instr::LocalSet(set) => _ = found.written.insert(set.local),
                Instr::LocalTee(tee) => _ = found.written.insert(tee.local),
                Instr::Br(branch) => _ = found.out.insert(branch.block),
                Instr::BrIf(branch) => _ = found.out.insert(branch.block),
                Instr::BrTable(table) => found.out.extend(table.blocks.iter().chain([&table.default])),
                Instr::Return(_) => _ = found.out.insert(function.entry_block()),
                _ => {}
            }
        }
        found.out.retain(|label| !inside.contains(label));
        found
    }

    /// The ways out of the stretch; none where they take more along than an arm can give.
    fn ways(&self, module: &Module, function: &LocalFunction, stretch: Stretch) -> Option<Vec<Way>> {
        let loops = loops(function);
        // A branch to a block leads past its end, and one to a loop to its beginning.
        let is_end = |label: &InstrSeqId| *label == stretch.sequence && !loops.contains(label);
        let last = stretch.instructions(function).last();
        let leads_on = !matches!(
            last,
            Some(Instr::Br(_) | Instr::BrTable(_) | Instr::Return(_) | Instr::Unreachable(_))
        );
        let past_end = leads_on || self.out.iter().any(is_end);
        let labels = self.out.iter().filter(|label| !is_end(label)).copied().map(Some);
        let mut ways = Vec::new();
        for to in past_end.then_some(None).into_iter().chain(labels) {
            let sequence = to.unwrap_or(stretch.sequence);
            let takes = match function.block(sequence).ty {
                _ if to.is_some_and(|label| loops.contains(&label)) => None,
                InstrSeqType::Simple(result) => result,
                InstrSeqType::MultiValue(ty) => match module.types.results(ty) {
                    [] => None,
                    [result] => Some(*result),
                    _ => return None,
                },
            };
            ways.push(Way { to, takes });
        }
        let values: HashSet<ValType> = ways.iter().filter_map(|way| way.takes).collect();
        let are_numbers = values.iter().all(|value| !matches!(value, ValType::Ref(_)));
        (values.len() <= 1 && are_numbers).then_some(ways)
    }
}

/// The sequences of a function that are loops.
fn loops(function: &LocalFunction) -> HashSet<InstrSeqId> {
    let all = sequences(function, function.entry_block());
    let instructions = all.iter().flat_map(|sequence| Stretch::whole(*sequence).instructions(function));
    instructions
        .filter_map(|instruction| if let Instr::Loop(it) = instruction { Some(it.seq) } else { None })
        .collect()
}

#[cfg(test)]
mod tests {
    use walrus::ModuleConfig;
    use wasmi::{Config, Engine, Instance, Linker, Module as Runnable, Store, Val};

    use super::*;
    use crate::passed::{PASSED, Passing};

    /// Every function is run with each of these.
    const GIVEN: std::ops::Range<i32> = 0..8;

    fn start(wasm: &[u8]) -> (Store<()>, Instance) {
        let engine = Engine::new(Config::default().wasm_multi_memory(true));
        let module = Runnable::new(&engine, wasm).unwrap();
        let mut store = Store::new(&engine, ());
        let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module).unwrap();
        (store, instance)
    }

    /// What the function `f` answers; nothing where it traps.
    fn call((store, instance): &mut (Store<()>, Instance), given: i32) -> Option<i32> {
        let function = instance.get_func(&*store, "f").unwrap();
        let mut answer = [Val::I32(0)];
        function.call(store, &[Val::I32(given)], &mut answer).ok()?;
        answer[0].i32()
    }

    fn answers(wasm: &[u8]) -> Vec<Option<i32>> {
        let mut module = start(wasm);
        GIVEN.map(|given| call(&mut module, given)).collect()
    }

    /// The module with arms of what does not run with one number, and how many these are.
    fn parted(wasm: &[u8], given: i32) -> (Vec<u8>, usize) {
        let passing = Passing::of(wasm).unwrap();
        let mut noting = start(&passing.wasm);
        call(&mut noting, given);
        let (store, instance) = &noting;
        let ran = passing.ran(instance.get_memory(store, PASSED).unwrap().data(store));
        let mut module = ModuleConfig::new().parse(wasm).unwrap();
        let before = functions(&module).len();
        part(&mut module, &ran, 0);
        let arms = functions(&module).len() - before;
        (module.emit_wasm(), arms)
    }

    /// Whatever of a function becomes arms, it answers the same. Gives how many arms there were in all.
    fn check(body: &str) -> usize {
        let text = format!(
            r#"(module (memory 1) (func (export "f") (param $n i32) (result i32) (local $a i32) (local $b i64) {body}))"#
        );
        let wasm = wat::parse_str(text).unwrap();
        let before = answers(&wasm);
        let arms = GIVEN.map(|given| {
            let (parted, arms) = parted(&wasm, given);
            assert_eq!(answers(&parted), before, "parted by what runs with {given}");
            arms
        });
        arms.sum()
    }

    /// Instructions that have an effect, so many that whoever calls an arm with them saves something.
    fn much(local: &str) -> String {
        let one = format!(
            "(local.set {local} (i32.add (i32.mul (local.get {local}) (i32.const 3)) (i32.const 1)))"
        );
        one.repeat(12)
    }

    #[test]
    fn an_arm_changes_a_variable_that_is_read_after_it() {
        let arm = much("$a");
        assert!(
            check(&format!("(if (i32.gt_u (local.get $n) (i32.const 3)) (then {arm})) local.get $a")) > 0
        );
    }

    #[test]
    fn a_variable_that_only_one_way_through_an_arm_changes_is_as_it_was_on_the_other() {
        let inner = "(if (i32.eq (local.get $n) (i32.const 5)) (then (local.set $a (i32.const 9))))";
        let body = format!(
            "(local.set $a (i32.const 7)) (if (i32.gt_u (local.get $n) (i32.const 3)) (then {inner} {}))
             (i32.xor (local.get $a) (local.get $n))",
            much("$n")
        );
        assert!(check(&body) > 0);
    }

    #[test]
    fn an_arm_returns_for_its_function() {
        let arm = much("$n");
        let body = format!(
            "(if (i32.eq (local.get $n) (i32.const 2)) (then {arm} (return (local.get $n)))) (i32.const 9)"
        );
        assert!(check(&body) > 0);
    }

    #[test]
    fn an_arm_leads_to_several_labels_and_takes_a_value_along() {
        let arm = much("$a");
        let body = format!(
            "(block $out (result i32)
               (block $plain
                 (if (i32.gt_u (local.get $n) (i32.const 1)) (then
                   {arm}
                   (drop (br_if $out (local.get $a) (i32.eq (local.get $n) (i32.const 3))))
                   (br_if $plain (i32.eq (local.get $n) (i32.const 4)))
                   (if (i32.eq (local.get $n) (i32.const 5)) (then (return (i32.const 50))))))
                 (br $out (i32.const 1)))
               (i32.const 2))"
        );
        assert!(check(&body) > 0);
    }

    #[test]
    fn an_arm_of_a_loop_goes_on_with_it_or_leaves_it() {
        let arm = much("$a");
        let body = format!(
            "(loop $again
               (local.set $b (i64.add (local.get $b) (i64.const 1)))
               (if (i32.eq (i32.wrap_i64 (local.get $b)) (i32.const 3)) (then
                 {arm}
                 (br_if $again (i32.and (local.get $n) (i32.const 1)))
                 (local.set $a (i32.add (local.get $a) (local.get $n)))))
               (br_if $again (i64.lt_u (local.get $b) (i64.extend_i32_u (local.get $n)))))
             (i32.add (local.get $a) (i32.wrap_i64 (local.get $b)))"
        );
        assert!(check(&body) > 0);
    }

    #[test]
    fn what_a_loop_reads_in_its_next_round_is_given_back() {
        let arm = much("$a");
        let body = format!(
            "(loop $again (result i32)
               (if (i32.gt_u (local.get $a) (i32.const 100)) (then (return (local.get $a))))
               (local.set $n (i32.add (local.get $n) (i32.const 1)))
               (if (i32.eq (local.get $n) (i32.const 4)) (then {arm}))
               (br_if $again (i32.lt_u (local.get $n) (i32.const 9)))
               (local.get $n))"
        );
        assert!(check(&body) > 0);
    }

    #[test]
    fn a_table_of_branches_leads_into_arms_and_out_of_them() {
        let arm = much("$a");
        let body = format!(
            "(block $end (block $two (block $one (block $zero
               (br_table $zero $one $two $end (local.get $n)))
               {arm} (br_table $two $end $end (local.get $a)))
               {arm} (local.set $b (i64.const 5)) (br $end))
               {arm} (return (i32.const 77)))
             (i32.add (local.get $a) (i32.wrap_i64 (local.get $b)))"
        );
        assert!(check(&body) > 0);
    }

    #[test]
    fn an_arm_that_never_comes_back_traps_as_it_did() {
        let arm = much("$a");
        let body =
            format!("(if (i32.eq (local.get $n) (i32.const 6)) (then {arm} unreachable)) local.get $n");
        assert!(check(&body) > 0);
    }

    #[test]
    fn what_is_smaller_than_its_call_stays() {
        assert_eq!(check("(if (local.get $n) (then (local.set $a (local.get $n)))) local.get $a"), 0);
    }
}
