//! Which of the engine's constants only the rest refers to, and which functions only the rest knows the address of, as the
//! linker's relocations say.
//!
//! A constant goes to the rest where no function of the first names it, and nothing else of the first's data does. What can be
//! written to stays, and so do bytes of which nobody says whose they are.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::ops::Range;

use anyhow::{Context, Result, bail, ensure};
use walrus::ir::{Const, Load, Store, Value, Visitor, dfs_in_order};
use walrus::{FunctionKind, Module};
use wasmparser::{
    BinaryReader, Data, DataKind, KnownCustom, Linking, Name, Operator, Parser, Payload, RelocationEntry,
    RelocationType, SymbolInfo, TypeRef,
};

use crate::split::{Number, functions};

/// Addresses in the engine's memory.
pub(crate) type Place = Range<u32>;

/// So many bytes are worth a segment of their own, which takes half as many.
const WORTH: usize = 16;

/// The segment of what is never written to.
const READ_ONLY: &str = ".rodata";

/// What follows for the data from which functions stay.
#[derive(Debug)]
pub(crate) struct Apart {
    /// Where the constants are that only the rest refers to, in order.
    pub(crate) constants: Vec<Place>,
    /// The functions whose addresses only the rest knows.
    pub(crate) functions: HashSet<String>,
}

/// What a symbol stands for.
#[derive(Debug)]
enum Symbol<'a> {
    Constant(Place),
    Function(&'a str),
    Other,
}

/// What the linker says of a module.
#[derive(Debug, Default)]
struct Linked<'a> {
    symbols: Vec<Symbol<'a>>,
    /// Which symbol is named at which byte of the code, with the number that stands there, and at which address.
    in_code: BTreeMap<u32, (u32, u32)>,
    in_data: BTreeMap<u32, u32>,
    /// The functions that the module has, by where in the code each ends.
    functions: BTreeMap<u32, &'a str>,
}

/// A section, by its number among all and where in the file it begins.
type Section = (u32, usize);

/// A stretch of data: where it is in the file, and where in memory.
#[derive(Debug)]
struct Segment {
    in_file: Range<usize>,
    at: u32,
}

/// What of a module is read before it is known what it means.
#[derive(Debug, Default)]
struct Found<'a> {
    imported: u32,
    code: Option<Section>,
    data: Option<Section>,
    /// Where in the file each function ends.
    ends: Vec<usize>,
    segments: Vec<Segment>,
    symbols: Vec<SymbolInfo<'a>>,
    relocations: Vec<(u32, RelocationEntry)>,
    functions: BTreeMap<u32, &'a str>,
    read_only: Vec<u32>,
}

/// Parts the data by which functions of the first name which address. `linked` is the module as the linker made it, with its
/// relocations.
pub(crate) fn part(linked: &[u8], names: impl Fn(&str, u32) -> bool) -> Result<Apart> {
    let linked = Linked::read(linked)?;
    let mut named: Vec<u32> = Vec::new();
    for (at, (symbol, address)) in &linked.in_code {
        let (_, function) = linked.functions.range(at + 1..).next().context("code outside of functions")?;
        named.extend(names(function, *address).then_some(*symbol));
    }
    let constants = linked.constants(|_| true);
    let is_constant = |at: u32| constants.iter().any(|place| place.contains(&at));
    named.extend(linked.in_data.iter().filter(|(at, _)| !is_constant(**at)).map(|(_, symbol)| *symbol));
    let mut used = vec![false; linked.symbols.len()];
    while let Some(symbol) = named.pop() {
        if std::mem::replace(&mut used[symbol as usize], true) {
            continue;
        }
        let Symbol::Constant(place) = &linked.symbols[symbol as usize] else { continue };
        named.extend(linked.in_data.range(place.clone()).map(|(_, symbol)| *symbol));
    }
    let mut constants =
        without(&linked.constants(|symbol| !used[symbol]), &linked.constants(|symbol| used[symbol]));
    constants.retain(|place| place.len() >= WORTH);
    let unused = linked.symbols.iter().zip(used).filter(|(_, used)| !used);
    let functions = unused.filter_map(|(symbol, _)| match symbol {
        Symbol::Function(name) => Some((*name).to_owned()),
        _ => None,
    });
    Ok(Apart { functions: functions.collect(), constants })
}

/// The numbers that each function of a module names which stays in the first, one of the rest none. An address is such a number,
/// as a constant or as what a load or a store adds.
pub(crate) fn named<'a>(module: &'a Module, moved: &BTreeSet<Number>) -> HashMap<&'a str, HashSet<u32>> {
    struct Named<'a>(&'a mut HashSet<u32>);
    impl Visitor<'_> for Named<'_> {
        fn visit_const(&mut self, instruction: &Const) {
            if let Value::I32(number) = instruction.value {
                self.0.insert(number.cast_unsigned());
            }
        }

        fn visit_load(&mut self, instruction: &Load) {
            self.0.extend(u32::try_from(instruction.arg.offset));
        }

        fn visit_store(&mut self, instruction: &Store) {
            self.0.extend(u32::try_from(instruction.arg.offset));
        }
    }
    let mut named: HashMap<&str, HashSet<u32>> = HashMap::new();
    for (number, id) in functions(module).into_iter().enumerate() {
        let function = module.funcs.get(id);
        let (Some(name), FunctionKind::Local(body)) = (function.name.as_deref(), &function.kind) else {
            continue;
        };
        let named = named.entry(name).or_default();
        if !moved.contains(&number) {
            dfs_in_order(&mut Named(named), body, body.entry_block());
        }
    }
    named
}

impl<'a> Linked<'a> {
    fn read(wasm: &'a [u8]) -> Result<Self> {
        let found = Found::read(wasm)?;
        let (Some(code), Some(data)) = (found.code, found.data) else {
            bail!("the module has no code, or no data")
        };
        let mut linked = Self::default();
        for (section, entry) in &found.relocations {
            if *section == code.0 {
                let mut number = BinaryReader::new(&wasm[code.1 + entry.offset as usize..], 0);
                linked.in_code.insert(entry.offset, (entry.index, number.read_var_i32()?.cast_unsigned()));
            } else if *section == data.0 {
                let at = data.1 + entry.offset as usize;
                let segment = found.segments.iter().find(|segment| segment.in_file.contains(&at));
                let segment = segment.context("there is a place outside of data")?;
                linked.in_data.insert(segment.at + u32::try_from(at - segment.in_file.start)?, entry.index);
            }
        }
        ensure!(!linked.in_code.is_empty(), "the linker left no relocations: link with --emit-relocs");
        ensure!(!found.read_only.is_empty(), "the linker names no segment {READ_ONLY}");
        for (index, end) in (found.imported..).zip(&found.ends) {
            let name = found.functions.get(&index).copied().unwrap_or_default();
            linked.functions.insert(u32::try_from(end - code.1)?, name);
        }
        linked.symbols = found.symbols.iter().map(|symbol| found.meaning(symbol)).collect();
        Ok(linked)
    }

    /// The places of some symbols' constants.
    fn constants(&self, of: impl Fn(usize) -> bool) -> Vec<Place> {
        joined(self.symbols.iter().enumerate().filter_map(|(number, symbol)| match symbol {
            Symbol::Constant(place) if of(number) => Some(place.clone()),
            _ => None,
        }))
    }
}

impl<'a> Found<'a> {
    fn read(wasm: &'a [u8]) -> Result<Self> {
        let mut found = Self::default();
        let mut section = 0;
        for payload in Parser::new(0).parse_all(wasm) {
            let payload = payload?;
            match &payload {
                Payload::ImportSection(imports) => {
                    for import in imports.clone().into_imports() {
                        found.imported += u32::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::CodeSectionStart { range, .. } => found.code = Some((section, range.start)),
                Payload::CodeSectionEntry(body) => found.ends.push(body.range().end),
                Payload::DataSection(reader) => {
                    found.data = Some((section, reader.range().start));
                    found.segments = reader.clone().into_iter().map(segment).collect::<Result<_>>()?;
                }
                Payload::CustomSection(custom) => found.custom(custom.as_known())?,
                _ => {}
            }
            section += u32::from(payload.as_section().is_some());
        }
        Ok(found)
    }

    fn custom(&mut self, section: KnownCustom<'a>) -> Result<()> {
        match section {
            KnownCustom::Linking(reader) => {
                for subsection in reader.subsections() {
                    if let Linking::SymbolTable(symbols) = subsection? {
                        self.symbols = symbols.into_iter().collect::<Result<_, _>>()?;
                    }
                }
            }
            KnownCustom::Reloc(reader) => {
                for entry in reader.entries() {
                    let entry = entry?;
                    self.relocations.extend(is_place(entry.ty).then_some((reader.section_index(), entry)));
                }
            }
            KnownCustom::Name(reader) => {
                for subsection in reader {
                    match subsection? {
                        Name::Function(names) => {
                            let names =
                                names.into_iter().map(|name| name.map(|name| (name.index, name.name)));
                            self.functions = names.collect::<Result<_, _>>()?;
                        }
                        Name::Data(names) => {
                            for name in names {
                                let name = name?;
                                self.read_only.extend((name.name == READ_ONLY).then_some(name.index));
                            }
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// What a symbol stands for. What can be written to is no constant, and what is zero at first is in no segment.
    fn meaning(&self, symbol: &SymbolInfo<'a>) -> Symbol<'a> {
        match symbol {
            SymbolInfo::Func { index, .. } => {
                Symbol::Function(self.functions.get(index).copied().unwrap_or_default())
            }
            SymbolInfo::Data { symbol: Some(defined), .. } if self.read_only.contains(&defined.index) => {
                let Some(segment) = self.segments.get(defined.index as usize) else { return Symbol::Other };
                let start = segment.at + defined.offset;
                Symbol::Constant(start..start + defined.size)
            }
            _ => Symbol::Other,
        }
    }
}

fn segment(data: wasmparser::Result<Data<'_>>) -> Result<Segment> {
    let data = data?;
    let DataKind::Active { offset_expr, .. } = data.kind else { bail!("there is data without a place") };
    let Operator::I32Const { value } = offset_expr.get_operators_reader().read()? else {
        bail!("there is data whose place is no constant")
    };
    let start = data.range.end - data.data.len();
    Ok(Segment { in_file: start..data.range.end, at: value.cast_unsigned() })
}

/// Whether a relocation is the address of data, or the place of a function in the table. Calls by name are none.
const fn is_place(ty: RelocationType) -> bool {
    use RelocationType as Is;
    matches!(
        ty,
        Is::MemoryAddrLeb
            | Is::MemoryAddrSleb
            | Is::MemoryAddrI32
            | Is::MemoryAddrRelSleb
            | Is::MemoryAddrTlsSleb
            | Is::MemoryAddrLocrelI32
            | Is::TableIndexSleb
            | Is::TableIndexI32
            | Is::TableIndexRelSleb
    )
}

/// Places in order, those that touch as one.
fn joined(places: impl Iterator<Item = Place>) -> Vec<Place> {
    let mut places: Vec<Place> = places.filter(|place| !place.is_empty()).collect();
    places.sort_by_key(|place| place.start);
    let mut all: Vec<Place> = Vec::new();
    for place in places {
        match all.last_mut() {
            Some(last) if place.start <= last.end => last.end = last.end.max(place.end),
            _ => all.push(place),
        }
    }
    all
}

/// What of some places is in none of others; both in order.
pub(crate) fn without(places: &[Place], others: &[Place]) -> Vec<Place> {
    let mut left = Vec::new();
    for place in places {
        let mut start = place.start;
        for other in others.iter().filter(|other| other.start < place.end && other.end > place.start) {
            left.extend((start < other.start).then_some(start..other.start));
            start = start.max(other.end);
        }
        left.extend((start < place.end).then_some(start..place.end));
    }
    left
}

#[cfg(test)]
#[expect(clippy::single_range_in_vec_init, reason = "these are lists of places")]
mod tests {
    use super::*;

    #[test]
    fn places_that_touch_are_one() {
        assert_eq!(joined([5..8, 0..2, 2..4, 7..9, 3..3].into_iter()), [0..4, 5..9]);
    }

    #[test]
    fn what_others_have_is_cut_out() {
        assert_eq!(without(&[0..10, 20..30], &[2..4, 8..22, 30..40]), [0..2, 4..8, 22..30]);
        assert_eq!(without(&[0..10], &[0..10]), []);
    }
}
