//! How the first comes to a function of the rest: through the function table, in which the rest puts what it has.

use std::collections::BTreeMap;

use walrus::ir::{Call, CallIndirect, Const, Instr, UnaryOp, Value};
use walrus::{
    ConstExpr, FunctionBuilder, FunctionId, FunctionKind, GlobalId, LocalFunction, Module, TableId, TypeId,
    ValType,
};

use crate::points::sequences;

/// The function of JavaScript that has the rest fetched, in the module of wasm-bindgen's own.
pub(crate) const FETCH: (&str, &str) = ("./bufferevent_wasm_bg.js", "fetchRest");

/// What all doors have in common.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Doors {
    /// A function that gives back the place that it is given, when the rest is there.
    ready: FunctionId,
    table: TableId,
}

impl Doors {
    /// The doors of a module, which is not joined before the rest says so.
    pub(crate) fn of(module: &mut Module, table: TableId) -> Self {
        let nothing = module.types.add(&[], &[]);
        let (fetch, _) = module.add_import_func(FETCH.0, FETCH.1, nothing);
        let joined = module.globals.add_local(ValType::I32, true, false, ConstExpr::Value(Value::I32(0)));
        Self { ready: ready(module, joined, fetch), table }
    }

    /// Puts a door in the place of a function: one of the same type that leads through this place of the table.
    pub(crate) fn replace(self, module: &mut Module, function: FunctionId, place: u32) {
        let ty = module.funcs.get(function).ty();
        let door = self.door(module, ty, place);
        module.funcs.get_mut(function).kind = FunctionKind::Local(door);
    }

    fn door(self, module: &mut Module, ty: TypeId, place: u32) -> LocalFunction {
        let (params, results) = module.types.params_results(ty);
        let (params, results) = (params.to_vec(), results.to_vec());
        let mut builder = FunctionBuilder::new(&mut module.types, &params, &results);
        let arguments: Vec<_> = params.iter().map(|ty| module.locals.add(*ty)).collect();
        let mut body = builder.func_body();
        arguments.iter().for_each(|argument| _ = body.local_get(*argument));
        self.through(ty, place).into_iter().for_each(|instruction| _ = body.instr(instruction));
        builder.local_func(arguments)
    }

    /// Has a function go straight through the table wherever it called one of these, each with its place there.
    pub(crate) fn lead(self, module: &mut Module, function: FunctionId, to: &BTreeMap<FunctionId, u32>) {
        let Module { funcs, .. } = module;
        let types: BTreeMap<FunctionId, TypeId> =
            to.keys().map(|callee| (*callee, funcs.get(*callee).ty())).collect();
        let FunctionKind::Local(function) = &mut funcs.get_mut(function).kind else { return };
        for sequence in sequences(function, function.entry_block()) {
            let instructions = &mut function.block_mut(sequence).instrs;
            for (instruction, at) in std::mem::take(instructions) {
                match &instruction {
                    Instr::Call(Call { func }) if to.contains_key(func) => {
                        instructions
                            .extend(self.through(types[func], to[func]).map(|instruction| (instruction, at)));
                    }
                    _ => instructions.push((instruction, at)),
                }
            }
        }
    }

    /// A call of what is in a place of the table.
    fn through(self, ty: TypeId, place: u32) -> [Instr; 3] {
        [
            Instr::Const(Const { value: Value::I32(place.cast_signed()) }),
            Instr::Call(Call { func: self.ready }),
            Instr::CallIndirect(CallIndirect { ty, table: self.table }),
        ]
    }
}

fn ready(module: &mut Module, joined: GlobalId, fetch: FunctionId) -> FunctionId {
    let place = module.locals.add(ValType::I32);
    let mut builder = FunctionBuilder::new(&mut module.types, &[ValType::I32], &[ValType::I32]);
    let absent = &mut builder.func_body();
    absent.global_get(joined).unop(UnaryOp::I32Eqz).if_else(None, |then| _ = then.call(fetch), |_| {});
    absent.local_get(place);
    builder.finish(Vec::from([place]), &mut module.funcs)
}
