//! Writes an arm as a function, and what calls it in its place.

use std::collections::HashMap;

use walrus::ir::{
    BinaryOp, Binop, Block, Br, BrIf, Call, Const, Drop, IfElse, Instr, InstrLocId, InstrSeqId, InstrSeqType,
    LocalGet, LocalId, LocalSet, Loop, Unreachable, Value,
};
use walrus::{FunctionBuilder, FunctionId, FunctionKind, LocalFunction, Module, ModuleLocals, ValType};

use crate::arms::Arm;
use crate::points::{Stretch, nested};

/// What stands for each label of a function in another.
type Labels = HashMap<InstrSeqId, InstrSeqId>;

impl Arm {
    /// Makes a function of the stretch, and has the one that it was in call it.
    pub(crate) fn take_out(&self, module: &mut Module, from: FunctionId) {
        let arm = self.function(module, from);
        let arm = module.funcs.add_local(arm);
        let call = self.call(arm, &mut module.locals);
        let FunctionKind::Local(function) = &mut module.funcs.get_mut(from).kind else { return };
        let instructions = &mut function.block_mut(self.stretch.sequence).instrs;
        instructions.truncate(self.stretch.from);
        instructions.extend(call.into_iter().map(|instruction| (instruction, InstrLocId::default())));
    }

    /// The function: its own instructions in as many blocks as there are ways out of it. A way leads to the end of its block,
    /// after which stands what is then given: a value that it takes along, local variables, and the number of the way.
    fn function(&self, module: &mut Module, from: FunctionId) -> LocalFunction {
        let (params, results) = self.types(&module.locals);
        let mut builder = FunctionBuilder::new(&mut module.types, &params, &results);
        let body = builder.func_body_id();
        let blocks: Vec<InstrSeqId> = self
            .ways
            .iter()
            .map(|way| builder.dangling_instr_seq(InstrSeqType::Simple(way.takes)).id())
            .collect();
        // The way past the end comes first: where the stretch is in a loop, that loop's label is another way.
        let ways = self.ways.iter().map(|way| way.to.unwrap_or(self.stretch.sequence));
        let labels: Labels = ways.zip(blocks.iter().copied()).collect();
        if let FunctionKind::Local(function) = &module.funcs.get(from).kind {
            let innermost = blocks.first().copied().unwrap_or(body);
            copy(function, self.stretch, &mut builder, innermost, &labels);
        }
        for (number, (way, block)) in (0..).zip(self.ways.iter().zip(&blocks)) {
            let around = blocks.get(number as usize + 1).copied();
            let mut after = builder.instr_seq(around.unwrap_or(body));
            after.instr(Block { seq: *block });
            if let (None, Some(value)) = (way.takes, self.value()) {
                after.const_(zero(value));
            }
            self.gives.iter().for_each(|local| _ = after.local_get(*local));
            if self.says() {
                after.i32_const(number);
            }
            if around.is_some() {
                after.return_();
            }
        }
        builder.local_func(self.given.clone())
    }

    fn types(&self, locals: &ModuleLocals) -> (Vec<ValType>, Vec<ValType>) {
        let ty = |local: &LocalId| locals.get(*local).ty();
        let number = self.says().then_some(ValType::I32);
        let results = self.value().into_iter().chain(self.gives.iter().map(ty)).chain(number);
        (self.given.iter().map(ty).collect(), results.collect())
    }

    /// What stands in its place: a call, and where that said it goes then.
    fn call(&self, arm: FunctionId, locals: &mut ModuleLocals) -> Vec<Instr> {
        let get = |local: LocalId| Instr::LocalGet(LocalGet { local });
        let set = |local: LocalId| Instr::LocalSet(LocalSet { local });
        let mut call: Vec<Instr> = self.given.iter().copied().map(get).collect();
        call.push(Instr::Call(Call { func: arm }));
        let Some((first, others)) = self.ways.split_first() else {
            call.push(Instr::Unreachable(Unreachable {}));
            return call;
        };
        let said = self.says().then(|| locals.add(ValType::I32));
        call.extend(said.map(set));
        call.extend(self.gives.iter().rev().copied().map(set));
        // Where there is but one way, its value lies where it has to.
        let value = self.value().filter(|_| self.says()).map(|ty| locals.add(ty));
        call.extend(value.map(set));
        for (number, way) in (1..).zip(others) {
            let (Some(block), Some(said)) = (way.to, said) else { continue };
            let takes = value.filter(|_| way.takes.is_some());
            call.extend(takes.map(get));
            call.push(get(said));
            if others.len() > 1 {
                call.push(Instr::Const(Const { value: Value::I32(number) }));
                call.push(Instr::Binop(Binop { op: BinaryOp::I32Eq }));
            }
            call.push(Instr::BrIf(BrIf { block }));
            call.extend(takes.map(|_| Instr::Drop(Drop {})));
        }
        call.extend(value.filter(|_| first.takes.is_some()).map(get));
        call.extend(first.to.map(|block| Instr::Br(Br { block })));
        call
    }
}

/// Writes a stretch of one function into a sequence of another.
fn copy(
    from: &LocalFunction,
    stretch: Stretch,
    builder: &mut FunctionBuilder,
    to: InstrSeqId,
    labels: &Labels,
) {
    let mut labels = labels.clone();
    let returns = labels.get(&from.entry_block()).copied();
    for instruction in stretch.instructions(from) {
        for sequence in nested(instruction) {
            let inner = builder.dangling_instr_seq(from.block(sequence).ty).id();
            labels.insert(sequence, inner);
            copy(from, Stretch::whole(sequence), builder, inner, &labels);
        }
        let mut instruction = instruction.clone();
        match &mut instruction {
            Instr::Block(Block { seq }) | Instr::Loop(Loop { seq }) => *seq = labels[seq],
            Instr::IfElse(IfElse { consequent, alternative }) => {
                *consequent = labels[consequent];
                *alternative = labels[alternative];
            }
            Instr::Br(branch) => branch.block = labels[&branch.block],
            Instr::BrIf(branch) => branch.block = labels[&branch.block],
            Instr::BrTable(table) => {
                table.blocks.iter_mut().chain([&mut table.default]).for_each(|label| *label = labels[label]);
            }
            Instr::Return(_) => instruction = returns.map_or(instruction, |block| Instr::Br(Br { block })),
            _ => {}
        }
        builder.instr_seq(to).instr(instruction);
    }
}

const fn zero(ty: ValType) -> Value {
    match ty {
        ValType::I64 => Value::I64(0),
        ValType::F32 => Value::F32(0.0),
        ValType::F64 => Value::F64(0.0),
        ValType::V128 => Value::V128(0),
        // No arm gives a reference.
        ValType::I32 | ValType::Ref(_) => Value::I32(0),
    }
}
