//! Puts like functions beside each other: a compressor has at hand what it saw a short while ago, and nothing from before.
//!
//! It goes from each function to the one that has most in common, for its length, with what a compressor still remembers.

use std::collections::{HashMap, HashSet, VecDeque};

use anyhow::{Result, anyhow};
use wasm_encoder::reencode::{self, Reencode};
use wasm_encoder::{CodeSection, FunctionSection, Module};
use wasmparser::{CodeSectionReader, FunctionSectionReader, Parser, Payload, TypeRef};

/// How far back gzip looks.
const WINDOW: usize = 1 << 15;
/// As many bytes in a row are worth finding again.
const RUN: usize = 6;
/// What more functions have than this is everywhere.
const COMMON: usize = 60;
/// What a function costs beside its bytes: without it the shortest would always be the best.
const OVERHEAD: usize = 20;

/// The same module with its functions in another order.
pub(crate) fn ordered(wasm: &[u8]) -> Result<Vec<u8>> {
    let mut imported = 0;
    let mut bodies = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(&wasm[body.range()]),
            _ => {}
        }
    }
    let order = chain(&bodies);
    let mut numbers = vec![0; order.len()];
    for (number, old) in (imported..).zip(&order) {
        numbers[*old] = number;
    }
    let mut module = Module::new();
    let mut ordered = Ordered { imported, order, numbers };
    ordered.parse_core_module(&mut module, Parser::new(0), wasm).map_err(|problem| anyhow!("{problem}"))?;
    Ok(module.finish())
}

/// An order in which each has much in common with those shortly before it, the first first.
fn chain(bodies: &[&[u8]]) -> Vec<usize> {
    let mut having: HashMap<&[u8], Vec<usize>> = HashMap::new();
    for (index, body) in bodies.iter().enumerate() {
        for run in body.windows(RUN).collect::<HashSet<_>>() {
            having.entry(run).or_default().push(index);
        }
    }
    having.retain(|_, bodies| (2..=COMMON).contains(&bodies.len()));
    // How many of the runs of each are remembered, and how often each run is.
    let mut known = vec![0_usize; bodies.len()];
    let mut remembered: HashMap<&[u8], usize> = HashMap::new();
    let mut window: VecDeque<usize> = VecDeque::new();
    let mut left: Vec<usize> = (0..bodies.len()).collect();
    let mut order = Vec::new();
    while !left.is_empty() {
        let likeness = |index: usize| known[index] * WINDOW / (bodies[index].len() + OVERHEAD);
        let best = (0..left.len()).rev().max_by_key(|at| likeness(left[*at])).unwrap_or_default();
        let next = left.remove(best);
        order.push(next);
        window.push_back(next);
        for run in bodies[next].windows(RUN) {
            let times = remembered.entry(run).or_default();
            *times += 1;
            if *times == 1 {
                having.get(run).into_iter().flatten().for_each(|index| known[*index] += 1);
            }
        }
        while window.iter().map(|index| bodies[*index].len()).sum::<usize>() > WINDOW {
            let Some(gone) = window.pop_front() else { break };
            for run in bodies[gone].windows(RUN) {
                let times = remembered.entry(run).or_default();
                *times -= 1;
                if *times == 0 {
                    having.get(run).into_iter().flatten().for_each(|index| known[*index] -= 1);
                }
            }
        }
    }
    order
}

/// Writes a module anew in which functions have other numbers.
struct Ordered {
    imported: u32,
    /// Which of the module's own functions comes where, and the number that each then has.
    order: Vec<usize>,
    numbers: Vec<u32>,
}

impl Reencode for Ordered {
    type Error = anyhow::Error;

    fn function_index(&mut self, function: u32) -> Result<u32, reencode::Error<Self::Error>> {
        Ok(function.checked_sub(self.imported).map_or(function, |own| self.numbers[own as usize]))
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), reencode::Error<Self::Error>> {
        let types: Vec<u32> = section.into_iter().collect::<Result<_, _>>()?;
        self.order.iter().for_each(|old| _ = functions.function(types[*old]));
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), reencode::Error<Self::Error>> {
        let bodies: Vec<_> = section.into_iter().collect::<Result<_, _>>()?;
        for place in 0..self.order.len() {
            self.parse_function_body(code, bodies[self.order[place]].clone())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use wasmi::{Engine, Linker, Module as Runnable, Store, Val};

    use super::*;

    #[test]
    fn like_ones_come_together() {
        let rising: Vec<u8> = (0..40).collect();
        let falling: Vec<u8> = (0..40).rev().collect();
        assert_eq!(chain(&[&rising, &falling, &rising[4..], &falling[4..]]), [0, 2, 1, 3]);
    }

    #[test]
    fn a_module_in_another_order_does_what_it_did() {
        let wasm = wat::parse_str(
            r#"(module
                 (table funcref (elem $less $more))
                 (type $of_one (func (param i32) (result i32)))
                 (func (export "f") (type $of_one)
                   (call $twice (call_indirect (type $of_one) (local.get 0) (i32.const 1))))
                 (func $less (type $of_one) (i32.sub (i32.sub (i32.sub (local.get 0) (i32.const 1)) (i32.const 1)) (i32.const 1)))
                 (func $twice (type $of_one) (i32.mul (local.get 0) (i32.const 2)))
                 (func $more (type $of_one) (i32.add (local.get 0) (i32.const 1)))
                 (func (export "g") (type $of_one)
                   (call $less (i32.sub (i32.sub (i32.sub (local.get 0) (i32.const 1)) (i32.const 1)) (i32.const 1)))))"#,
        );
        let ordered = ordered(&wasm.unwrap()).unwrap();
        let engine = Engine::default();
        let module = Runnable::new(&engine, &ordered).unwrap();
        let mut store = Store::new(&engine, ());
        let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module).unwrap();
        let answers = ["f", "g"].map(|name| {
            let mut answer = [Val::I32(0)];
            let function = instance.get_func(&store, name).unwrap();
            function.call(&mut store, &[Val::I32(10)], &mut answer).unwrap();
            answer[0].i32()
        });
        assert_eq!(answers, [Some(22), Some(4)]);
    }
}
