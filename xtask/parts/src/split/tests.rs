use walrus::ir;
use wasmi::{AsContextMut, Caller, Engine, Extern, Instance, Linker, Store, Val};

use super::*;
use crate::doors::FETCH;

/// Where its constant is: the number of the letter `a`.
const PLACE: i32 = 64;

/// `twice(n)` is `2 * n`. `more(n)` adds what is at `PLACE` to that, and `by_address(n)` calls `more` through the table.
fn module() -> Vec<u8> {
    let mut module = Module::default();
    let memory = module.memories.add_local(false, false, 1, None, None);
    let table = module.tables.add_local(false, 1, Some(1), walrus::RefType::FUNCREF);
    let number = [ValType::I32];
    let ty = module.types.add(&number, &number);
    let function = |module: &mut Module, name: &str, body: &dyn Fn(&mut walrus::InstrSeqBuilder<'_>)| {
        let argument = module.locals.add(ValType::I32);
        let mut builder = FunctionBuilder::new(&mut module.types, &number, &number);
        body(builder.func_body().local_get(argument));
        let id = builder.finish(vec![argument], &mut module.funcs);
        module.exports.add(name, id);
        id
    };
    let twice = function(&mut module, "twice", &|body| _ = body.i32_const(1).binop(ir::BinaryOp::I32Shl));
    let byte = ir::LoadKind::I32_8 { kind: ir::ExtendedLoad::ZeroExtend };
    let at = ir::MemArg { align: 1, offset: 0 };
    let more = function(&mut module, "more", &|body| {
        _ = body.call(twice).i32_const(PLACE).load(memory, byte, at).binop(ir::BinaryOp::I32Add);
    });
    function(&mut module, "by_address", &|body| _ = body.i32_const(0).call_indirect(ty, table));
    fill(&mut module, table, [(0, more)]);
    let offset = ConstExpr::Value(Value::I32(PLACE));
    let data = module.data.add(DataKind::Active { memory, offset }, b"a".to_vec());
    module.memories.get_mut(memory).data_segments.insert(data);
    module.emit_wasm()
}

/// Has the rest join the first that calls for it.
fn fetch(mut caller: Caller<'_, u32>, rest: &[u8]) -> Result<(), wasmi::Error> {
    *caller.data_mut() += 1;
    let rest = wasmi::Module::new(caller.engine(), rest)?;
    let mut linker = Linker::<u32>::new(caller.engine());
    for import in rest.imports() {
        let given: Extern = caller.get_export(import.name()).expect("the first gives what the rest takes");
        linker.define(import.module(), import.name(), given).expect("nothing is taken twice");
    }
    linker.instantiate_and_start(caller.as_context_mut(), &rest).map(drop)
}

/// The first, and how often it has called for the rest.
fn run(parts: Parts) -> (Store<u32>, Instance) {
    let engine = Engine::default();
    let first = wasmi::Module::new(&engine, &parts.first).unwrap();
    let mut linker = Linker::new(&engine);
    let joins = move |caller: Caller<'_, u32>| fetch(caller, &parts.rest);
    linker.func_wrap(FETCH.0, FETCH.1, joins).unwrap();
    let mut store = Store::new(&engine, 0);
    let instance = linker.instantiate_and_start(&mut store, &first).unwrap();
    (store, instance)
}

fn call((store, instance): &mut (Store<u32>, Instance), name: &str, given: i32) -> Option<i32> {
    let mut answer = [Val::I32(0)];
    let function = instance.get_func(&*store, name).unwrap();
    function.call(store, &[Val::I32(given)], &mut answer).unwrap();
    answer[0].i32()
}

/// `more` and its constant are the rest.
fn parts() -> Parts {
    let wasm = module();
    let whole = read(&wasm).unwrap();
    let more = whole.exports.get_func("more").unwrap();
    let moved = functions(&whole).iter().position(|function| *function == more).into_iter().collect();
    let place = PLACE.cast_unsigned()..PLACE.cast_unsigned() + 1;
    let constants = Vec::from([place]);
    part(|| read(&wasm), moved, &Apart { constants, functions: HashSet::new() }).unwrap()
}

#[test]
fn what_is_in_the_first_runs_without_the_rest() {
    let mut first = run(parts());
    assert_eq!((call(&mut first, "twice", 4), *first.0.data()), (Some(8), 0));
}

#[test]
fn who_enters_the_rest_has_it_fetched_once() {
    let mut first = run(parts());
    assert_eq!((call(&mut first, "more", 4), *first.0.data()), (Some(8 + 97), 1));
    assert_eq!((call(&mut first, "more", 5), *first.0.data()), (Some(10 + 97), 1));
}

#[test]
fn an_address_leads_into_the_rest_too() {
    let mut first = run(parts());
    assert_eq!((call(&mut first, "by_address", 4), *first.0.data()), (Some(8 + 97), 1));
    assert_eq!((call(&mut first, "by_address", 5), *first.0.data()), (Some(10 + 97), 1));
}

#[test]
fn a_constant_of_the_rest_comes_with_it() {
    let mut first = run(parts());
    let byte = |first: &(Store<u32>, Instance)| {
        let memory = first.1.get_memory(&first.0, "s0").expect("it is shared");
        memory.data(&first.0)[PLACE.cast_unsigned() as usize]
    };
    assert_eq!(byte(&first), 0);
    call(&mut first, "more", 1);
    assert_eq!(byte(&first), b'a');
}

#[test]
fn a_module_left_whole_does_what_it_did() {
    let rest = Vec::new();
    let mut whole = run(Parts { first: whole(&module()).unwrap(), rest });
    assert_eq!(call(&mut whole, "more", 4), Some(8 + 97));
}

#[test]
fn what_is_called_in_one_place_is_entered_there() {
    let wasm = wat::parse_str(
        r#"(module
             (memory 1)
             (table 0 funcref)
             (func $more (param i32) (result i32) (i32.add (local.get 0) (i32.const 3)))
             (func (export "once") (param i32) (result i32) (call $more (local.get 0))))"#,
    );
    let wasm = wasm.unwrap();
    let apart = Apart { constants: Vec::new(), functions: HashSet::new() };
    let parts = part(|| read(&wasm), BTreeSet::from([0]), &apart).unwrap();
    // Beside the one that calls there is only what waits for the rest.
    let first = read(&parts.first).unwrap();
    assert_eq!(first.funcs.iter_local().count(), 2);
    let mut first = run(parts);
    assert_eq!((call(&mut first, "once", 4), *first.0.data()), (Some(7), 1));
}
