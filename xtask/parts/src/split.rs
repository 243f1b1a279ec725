//! One module as two that share memory, tables and globals: the first runs by itself, the rest joins it.
//!
//! A function that went to the rest leaves a *door* in the first: it has the rest fetched where it is not there yet, and calls
//! through the function table, in which the rest puts what it has. So nothing that calls knows that there are two files.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use anyhow::{Context, Result, bail};
use walrus::ir::{UnaryOp, Value, Visitor, dfs_in_order};
use walrus::{
    ConstExpr, DataKind, ElementItems, ElementKind, ExportItem, FunctionBuilder, FunctionId, FunctionKind,
    GlobalId, GlobalKind, ImportedFunction, LocalFunction, Module, ModuleConfig, TableId, TypeId, ValType,
};

use crate::data::{self, Apart, Place};

/// What the rest calls the first by.
const FIRST: &str = "first";
/// The function of JavaScript that has the rest fetched, in the module of wasm-bindgen's own.
const FETCH: (&str, &str) = ("./bufferevent_wasm_bg.js", "fetchRest");
/// A function of fewer instructions than its door would have stays.
const DOOR: u64 = 8;

/// The two files.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) first: Vec<u8>,
    pub(crate) rest: Vec<u8>,
}

/// A function by its number among all of the module: it is the same however often that is read.
pub(crate) type Number = usize;

/// Puts every function of a module that is not among `needed` into the rest, and the constants that only these refer to:
/// `linked` is the module as the linker made it, with its relocations and names.
pub(crate) fn split(wasm: &[u8], linked: &[u8], needed: &BTreeSet<Number>) -> Result<Parts> {
    let module = read(wasm)?;
    let moved = moved(&module, needed);
    let names = names(&module);
    let moved_names: HashSet<&str> = moved.iter().filter_map(|number| names[*number]).collect();
    let apart = data::part(linked, |function| !moved_names.contains(function))?;
    part(wasm, moved, &apart)
}

fn part(wasm: &[u8], moved: BTreeSet<Number>, apart: &Apart) -> Result<Parts> {
    let plan = Plan::of(&read(wasm)?, moved, &apart.functions)?;
    let constants = &apart.constants;
    Ok(Parts { first: plan.first(read(wasm)?, constants)?, rest: plan.rest(read(wasm)?, constants)? })
}

/// The same module, without what is of no use to who runs it.
pub(crate) fn whole(wasm: &[u8]) -> Result<Vec<u8>> {
    Ok(read(wasm)?.emit_wasm())
}

/// Those that go to the rest: all of the module's own that are worth it.
fn moved(module: &Module, needed: &BTreeSet<Number>) -> BTreeSet<Number> {
    let own = functions(module).into_iter().enumerate().filter(|(_, id)| match &module.funcs.get(*id).kind {
        FunctionKind::Local(function) => function.size() >= DOOR,
        _ => false,
    });
    own.map(|(number, _)| number).filter(|number| !needed.contains(number)).collect()
}

/// What each function is called, where it is called anything.
fn names(module: &Module) -> Vec<Option<&str>> {
    functions(module).into_iter().map(|id| module.funcs.get(id).name.as_deref()).collect()
}

/// A module whose functions have no names when it is written: a panic says by itself where it was.
fn read(wasm: &[u8]) -> Result<Module> {
    let mut module =
        ModuleConfig::new().generate_name_section(false).generate_producers_section(false).parse(wasm)?;
    // What the linker left is of no use beside a module that is parted.
    let left: Vec<_> = module.customs.iter().map(|(id, _)| id).collect();
    left.into_iter().for_each(|id| _ = module.customs.delete(id));
    Ok(module)
}

/// The functions of a module, by their numbers.
pub(crate) fn functions(module: &Module) -> Vec<FunctionId> {
    module.funcs.iter().map(walrus::Function::id).collect()
}

/// Which function goes where.
#[derive(Debug)]
struct Plan {
    /// Those of the rest.
    moved: BTreeSet<Number>,
    /// Through which place of the function table the first comes to one of the rest.
    doors: BTreeMap<Number, u32>,
    /// The places of the table that the rest fills.
    places: BTreeMap<u32, Number>,
    /// How many places the table has.
    table: u32,
    /// Those of the first that the rest calls.
    called_back: BTreeSet<Number>,
}

impl Plan {
    fn of(module: &Module, moved: BTreeSet<Number>, hidden: &HashSet<String>) -> Result<Self> {
        let ids = functions(module);
        let numbers: HashMap<FunctionId, Number> =
            ids.iter().enumerate().map(|(number, id)| (*id, number)).collect();
        let local = |number: &Number| match &module.funcs.get(ids[*number]).kind {
            FunctionKind::Local(local) => Some(local),
            _ => None,
        };
        // Whom the first may call: what it calls by name, what it gives away, and what it knows the address of.
        let mut entered: BTreeSet<Number> = BTreeSet::new();
        let mut called_back = BTreeSet::new();
        for number in 0..ids.len() {
            let Some(function) = local(&number) else { continue };
            let callees = called(function).into_iter().map(|callee| numbers[&callee]);
            match moved.contains(&number) {
                true => called_back.extend(callees.filter(|callee| !moved.contains(callee))),
                false => entered.extend(callees.filter(|callee| moved.contains(callee))),
            }
        }
        for export in module.exports.iter() {
            let ExportItem::Function(function) = export.item else { continue };
            entered.extend(Some(numbers[&function]).filter(|number| moved.contains(number)));
        }

        let mut places = BTreeMap::new();
        let function_table = function_table(module)?;
        for element in module.elements.iter() {
            let ElementKind::Active { table, offset } = &element.kind else { continue };
            if *table != function_table {
                continue;
            }
            let (ConstExpr::Value(Value::I32(offset)), ElementItems::Functions(items)) =
                (offset, &element.items)
            else {
                bail!("the function table is filled in a way that is not known here");
            };
            let there = items.iter().map(|function| numbers[function]).zip(u32::try_from(*offset)?..);
            places.extend(
                there.filter(|(number, _)| moved.contains(number)).map(|(number, place)| (place, number)),
            );
        }
        let names = names(module);
        let is_hidden = |number: &Number| names[*number].is_some_and(|name| hidden.contains(name));
        entered.extend(places.values().copied().filter(|number| !is_hidden(number)));
        let in_table: HashMap<Number, u32> = places.iter().map(|(place, number)| (*number, *place)).collect();
        let mut table = u32::try_from(module.tables.get(function_table).initial)?;
        let mut doors = BTreeMap::new();
        for number in entered {
            let place = in_table.get(&number).copied().unwrap_or_else(|| {
                places.insert(table, number);
                table += 1;
                table - 1
            });
            doors.insert(number, place);
        }
        Ok(Self { moved, doors, places, table, called_back })
    }

    /// The module without what moved.
    fn first(&self, mut module: Module, constants: &[Place]) -> Result<Vec<u8>> {
        let ids = functions(&module);
        let table = function_table(&module)?;
        let nothing = module.types.add(&[], &[]);
        let (fetch, _) = module.add_import_func(FETCH.0, FETCH.1, nothing);
        let joined = module.globals.add_local(ValType::I32, true, false, ConstExpr::Value(Value::I32(0)));
        for (number, place) in &self.doors {
            let door = door(&mut module, ids[*number], Way { joined, fetch, table, place: *place });
            module.funcs.get_mut(ids[*number]).kind = FunctionKind::Local(door);
        }
        self.empty(&mut module, table, &ids);
        self.grow(&mut module, table);
        let everything = 0..u32::MAX;
        part_data(&mut module, &data::without(&[everything], constants))?;
        for (name, item) in shared(&module) {
            module.exports.add(&name, item);
        }
        for (name, number) in self.called_back.iter().enumerate() {
            module.exports.add(&name.to_string(), ids[*number]);
        }
        walrus::passes::gc::run(&mut module);
        Ok(module.emit_wasm())
    }

    /// What moved, as a module that takes everything else from the first and fills its table.
    fn rest(&self, mut module: Module, constants: &[Place]) -> Result<Vec<u8>> {
        let ids = functions(&module);
        let table = function_table(&module)?;
        let joined = module.globals.add_local(ValType::I32, true, false, ConstExpr::Value(Value::I32(0)));
        self.grow(&mut module, table);
        part_data(&mut module, constants)?;
        for (name, number) in self.called_back.iter().enumerate() {
            let function = ids[*number];
            let ty = module.funcs.get(function).ty();
            // One of JavaScript's too: the first gave it away.
            if let FunctionKind::Import(known) = &module.funcs.get(function).kind {
                module.imports.delete(known.import);
            }
            let import = module.imports.add(FIRST, &name.to_string(), function);
            module.funcs.get_mut(function).kind = FunctionKind::Import(ImportedFunction { import, ty });
        }
        take(&mut module);
        fill(&mut module, table, self.places.iter().map(|(place, number)| (*place, ids[*number])));
        let mut start = FunctionBuilder::new(&mut module.types, &[], &[]);
        start.func_body().i32_const(1).global_set(joined);
        module.start = Some(start.finish(Vec::new(), &mut module.funcs));
        walrus::passes::gc::run(&mut module);
        Ok(module.emit_wasm())
    }

    /// Takes those out of the table that only the rest looks for there. It brings them.
    fn empty(&self, module: &mut Module, table: TableId, ids: &[FunctionId]) {
        let gone: HashSet<FunctionId> = self
            .moved
            .iter()
            .filter(|number| !self.doors.contains_key(number))
            .map(|number| ids[*number])
            .collect();
        let of_table = |element: &&walrus::Element| matches!(element.kind, ElementKind::Active { table: it, .. } if it == table);
        let elements: Vec<_> = module.elements.iter().filter(of_table).map(walrus::Element::id).collect();
        for id in elements {
            let element = module.elements.get(id);
            let (
                ElementKind::Active { offset: ConstExpr::Value(Value::I32(offset)), .. },
                ElementItems::Functions(items),
            ) = (&element.kind, &element.items)
            else {
                continue;
            };
            let left = items
                .iter()
                .copied()
                .zip(offset.cast_unsigned()..)
                .filter(|(function, _)| !gone.contains(function));
            let left: Vec<_> = left.map(|(function, place)| (place, function)).collect();
            module.elements.delete(id);
            module.tables.get_mut(table).elem_segments.remove(&id);
            fill(module, table, left);
        }
    }

    /// Makes room in the table for those that were not in it.
    fn grow(&self, module: &mut Module, table: TableId) {
        let table = module.tables.get_mut(table);
        table.initial = table.initial.max(self.table.into());
        table.maximum = table.maximum.map(|most| most.max(self.table.into()));
    }
}

/// What a door needs to know.
#[derive(Debug, Clone, Copy)]
struct Way {
    /// Whether the rest is there.
    joined: GlobalId,
    fetch: FunctionId,
    table: TableId,
    place: u32,
}

/// A function of the same type that leads into the rest.
fn door(module: &mut Module, function: FunctionId, way: Way) -> LocalFunction {
    let ty: TypeId = module.funcs.get(function).ty();
    let (params, results) = module.types.params_results(ty);
    let (params, results) = (params.to_vec(), results.to_vec());
    let mut builder = FunctionBuilder::new(&mut module.types, &params, &results);
    let arguments: Vec<_> = params.iter().map(|ty| module.locals.add(*ty)).collect();
    let mut body = builder.func_body();
    let absent = body.global_get(way.joined).unop(UnaryOp::I32Eqz);
    absent.if_else(None, |then| _ = then.call(way.fetch), |_| {});
    for argument in &arguments {
        body.local_get(*argument);
    }
    body.i32_const(way.place.cast_signed()).call_indirect(ty, way.table);
    builder.local_func(arguments)
}

/// Whom a function calls by name, or takes by it.
fn called(function: &LocalFunction) -> BTreeSet<FunctionId> {
    struct Called(BTreeSet<FunctionId>);
    impl Visitor<'_> for Called {
        fn visit_function_id(&mut self, function: &FunctionId) {
            self.0.insert(*function);
        }
    }
    let mut called = Called(BTreeSet::new());
    dfs_in_order(&mut called, function, function.entry_block());
    called.0
}

fn function_table(module: &Module) -> Result<TableId> {
    module.tables.main_function_table()?.context("the module has no table of functions")
}

/// Puts functions into places of a table, an element for each run of them.
fn fill(module: &mut Module, table: TableId, places: impl IntoIterator<Item = (u32, FunctionId)>) {
    let mut runs: Vec<(u32, Vec<FunctionId>)> = Vec::new();
    for (place, function) in places {
        match runs.last_mut() {
            Some((from, run)) if *from as usize + run.len() == place as usize => run.push(function),
            _ => runs.push((place, vec![function])),
        }
    }
    for (from, run) in runs {
        let offset = ConstExpr::Value(Value::I32(from.cast_signed()));
        let element =
            module.elements.add(ElementKind::Active { table, offset }, ElementItems::Functions(run));
        module.tables.get_mut(table).elem_segments.insert(element);
    }
}

/// Leaves of a module's data what lies in these places.
fn part_data(module: &mut Module, places: &[Place]) -> Result<()> {
    let whole: Vec<_> = module.data.iter().map(walrus::Data::id).collect();
    for id in whole {
        let data = module.data.get_mut(id);
        let DataKind::Active { memory, offset: ConstExpr::Value(Value::I32(offset)) } = data.kind else {
            bail!("there is data without a place");
        };
        let (value, start) = (std::mem::take(&mut data.value), offset.cast_unsigned());
        module.data.delete(id);
        module.memories.get_mut(memory).data_segments.remove(&id);
        let end = start + u32::try_from(value.len())?;
        for place in places.iter().filter(|place| place.start < end && place.end > start) {
            let part = place.start.max(start)..place.end.min(end);
            let offset = ConstExpr::Value(Value::I32(part.start.cast_signed()));
            let bytes = value[(part.start - start) as usize..(part.end - start) as usize].to_vec();
            let id = module.data.add(DataKind::Active { memory, offset }, bytes);
            module.memories.get_mut(memory).data_segments.insert(id);
        }
    }
    Ok(())
}

/// What both parts share beside functions, by the names that the first gives to it.
fn shared(module: &Module) -> Vec<(String, ExportItem)> {
    let memories = module.memories.iter().map(|memory| ExportItem::Memory(memory.id()));
    let tables = module.tables.iter().map(|table| ExportItem::Table(table.id()));
    let globals = module.globals.iter().map(|global| ExportItem::Global(global.id()));
    let items = memories.chain(tables).chain(globals);
    items.enumerate().map(|(number, item)| (format!("s{number}"), item)).collect()
}

/// Has a module take what is shared, and give nothing of its own.
fn take(module: &mut Module) {
    for (name, item) in shared(module) {
        match item {
            ExportItem::Memory(id) => {
                let import = module.imports.add(FIRST, &name, id);
                let memory = module.memories.get_mut(id);
                memory.import = Some(import);
            }
            ExportItem::Table(id) => {
                let import = module.imports.add(FIRST, &name, id);
                let table = module.tables.get_mut(id);
                table.import = Some(import);
                table.elem_segments.clear();
            }
            ExportItem::Global(id) => {
                let import = module.imports.add(FIRST, &name, id);
                module.globals.get_mut(id).kind = GlobalKind::Import(import);
            }
            ExportItem::Function(_) | ExportItem::Tag(_) => {}
        }
    }
    let elements: Vec<_> = module.elements.iter().map(walrus::Element::id).collect();
    elements.into_iter().for_each(|id| module.elements.delete(id));
    let exports: Vec<_> = module.exports.iter().map(walrus::Export::id).collect();
    exports.into_iter().for_each(|id| module.exports.delete(id));
}

#[cfg(test)]
mod tests {
    use walrus::ir;
    use wasmi::{AsContextMut, Caller, Engine, Extern, Instance, Linker, Store, Val};

    use super::*;

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
            let given: Extern =
                caller.get_export(import.name()).expect("the first gives what the rest takes");
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
        let read = read(&wasm).unwrap();
        let more = read.exports.get_func("more").unwrap();
        let moved = functions(&read).iter().position(|function| *function == more).into_iter().collect();
        let place = PLACE.cast_unsigned()..PLACE.cast_unsigned() + 1;
        let constants = Vec::from([place]);
        part(&wasm, moved, &Apart { constants, functions: HashSet::new() }).unwrap()
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
}
