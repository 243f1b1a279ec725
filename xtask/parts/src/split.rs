//! One module as two that share memory, tables and globals: the first runs by itself, the rest joins it.
//!
//! A function that went to the rest leaves a *door* in the first: it has the rest fetched where it is not there yet, and calls
//! through the function table, in which the rest puts what it has. So nothing that calls knows that there are two files. Where
//! a function is called in one place alone, that is its door.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use anyhow::{Context, Result, bail};
use walrus::ir::{Value, Visitor, dfs_in_order};
use walrus::{
    ConstExpr, DataKind, ElementItems, ElementKind, ExportItem, FunctionBuilder, FunctionId, FunctionKind,
    GlobalKind, ImportedFunction, LocalFunction, Module, ModuleConfig, TableId, ValType,
};

use wasmparser::Validator;

use crate::arms;
use crate::data::{self, Apart, Place};
use crate::doors::Doors;
use crate::passed::Ran;

/// What the rest calls the first by.
const FIRST: &str = "first";
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
pub(crate) fn split(wasm: &[u8], linked: &[u8], ran: &Ran) -> Result<Parts> {
    let with_arms = || {
        let mut module = read(wasm)?;
        arms::part(&mut module, ran, arms::WORTH);
        Ok(module)
    };
    let module = with_arms()?;
    let moved = moved(&module, ran);
    let named = data::named(&module, &moved);
    // Of a function that the module has no more nobody knows what it names.
    let names = |function: &str, address| named.get(function).is_none_or(|named| named.contains(&address));
    let apart = data::part(linked, names)?;
    part(with_arms, moved, &apart)
}

fn part(module: impl Fn() -> Result<Module>, moved: BTreeSet<Number>, apart: &Apart) -> Result<Parts> {
    let plan = Plan::of(&module()?, moved, &apart.functions)?;
    let constants = &apart.constants;
    let parts = Parts { first: plan.first(module()?, constants)?, rest: plan.rest(module()?, constants)? };
    for part in [&parts.first, &parts.rest] {
        Validator::new().validate_all(part)?;
    }
    Ok(parts)
}

/// The same module, without what is of no use to who runs it.
pub(crate) fn whole(wasm: &[u8]) -> Result<Vec<u8>> {
    Ok(read(wasm)?.emit_wasm())
}

/// Those that go to the rest: all of the module's own that are worth it.
fn moved(module: &Module, ran: &Ran) -> BTreeSet<Number> {
    let own = functions(module).into_iter().enumerate().filter(|(_, id)| match &module.funcs.get(*id).kind {
        FunctionKind::Local(function) => function.size() >= DOOR && !is_allocators(module, *id),
        _ => false,
    });
    own.map(|(number, _)| number).filter(|number| !ran.contains_key(number)).collect()
}

/// Which of the allocator's functions runs, and which way it goes, hangs on all that was asked of it before, and a page asks for
/// other things than a rehearsal: they stay in the first, and as they are.
pub(crate) fn is_allocators(module: &Module, id: FunctionId) -> bool {
    // Its own functions, and those of the standard library that hold others of its own.
    let parts = ["dlmalloc", "__rdl_", "__rust_dealloc"];
    module.funcs.get(id).name.as_ref().is_some_and(|name| parts.iter().any(|part| name.contains(part)))
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
    /// Those of them that are called once, and known by nothing else: whoever calls goes there without a door.
    once: BTreeSet<Number>,
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
        let mut calls: BTreeMap<Number, usize> = BTreeMap::new();
        for number in 0..ids.len() {
            let Some(function) = local(&number) else { continue };
            let callees = called(function).into_iter().map(|callee| numbers[&callee]);
            if moved.contains(&number) {
                called_back.extend(callees.filter(|callee| !moved.contains(callee)));
                continue;
            }
            for callee in callees.filter(|callee| moved.contains(callee)) {
                *calls.entry(callee).or_default() += 1;
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
        let is_once = |(number, calls): (&Number, &usize)| *calls == 1 && !entered.contains(number);
        let once: BTreeSet<Number> =
            calls.iter().filter(|it| is_once(*it)).map(|(number, _)| *number).collect();
        entered.extend(calls.into_keys());
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
        Ok(Self { moved, doors, once, places, table, called_back })
    }

    /// The module without what moved.
    fn first(&self, mut module: Module, constants: &[Place]) -> Result<Vec<u8>> {
        let ids = functions(&module);
        let table = function_table(&module)?;
        let doors = Doors::of(&mut module, table);
        let [once, often]: [BTreeMap<FunctionId, u32>; 2] = [true, false].map(|is_once| {
            let ways = self.doors.iter().filter(|(number, _)| self.once.contains(number) == is_once);
            ways.map(|(number, place)| (ids[*number], *place)).collect()
        });
        for (_, id) in ids.iter().enumerate().filter(|(number, _)| !self.moved.contains(number)) {
            doors.lead(&mut module, *id, &once);
        }
        for (id, place) in &often {
            doors.replace(&mut module, *id, *place);
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

/// Whom a function calls by name, or takes by it.
fn called(function: &LocalFunction) -> Vec<FunctionId> {
    struct Called(Vec<FunctionId>);
    impl Visitor<'_> for Called {
        fn visit_function_id(&mut self, function: &FunctionId) {
            self.0.push(*function);
        }
    }
    let mut called = Called(Vec::new());
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
mod tests;
