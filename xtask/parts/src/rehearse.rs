//! Which functions of the engine run while a page opens: it is done here, with an interpreter in the browser's place.
//!
//! The calls are those that the page makes, as wasm-bindgen's JavaScript makes them. What JavaScript would answer is answered
//! as far as somebody asks: a number is a number, a text is a text, and an object is one that nobody looks into.

use anyhow::{Context, Result, anyhow, bail};
use wasmi::{Caller, Engine, ExternRef, FuncType, Instance, Linker, Memory, Nullable, Store, Val};

use crate::passed::{PASSED, Passing, Ran};

/// A value of JavaScript: of an object its JSON text is known.
#[derive(Debug, Clone)]
enum Value {
    Undefined,
    Number(f64),
    Text(String),
    Object(String),
}

/// What is known of it so far.
#[derive(Debug, Default)]
struct Seen {
    /// What the engine said that is wrong.
    problem: String,
}

/// What of the functions runs while a page opens a lesson, whose files stand inline, and shows its first step.
pub(crate) fn opening(wasm: &[u8], lesson: &str) -> Result<Ran> {
    let data: serde_json::Value = serde_json::from_str(lesson)?;
    let mut page = Page::open(wasm)?;
    page.call("__wbindgen_start", &[])?;
    let version = page.call("version", &[])?;
    page.read(&version)?;
    let dialects = page.call("dialects", &[])?;
    page.call("__externref_table_dealloc", &dialects[..1])?;
    let lesson = page.value(Value::Object(lesson.to_owned()));
    let lesson = page.made("lesson_new", lesson)?;
    let scenario = page.text(&data["scenario"].to_string());
    let simulation = page.made("simulation_new", scenario)?;
    let text = page.ask("scenario", &simulation, &[])?;
    page.read(&text)?;
    for name in ["branches", "start", "rxCapacity", "txCapacity", "truncated"] {
        page.ask(name, &simulation, &[])?;
    }
    let names = page.call("lesson_dialects", std::slice::from_ref(&lesson))?;
    page.call("__externref_drop_slice", &names)?;
    page.call("lesson_predictions", &[lesson.clone(), simulation.clone()])?;
    let dialect = page.ask("dialect", &simulation, &[])?;
    let dialect = page.read(&dialect)?;
    let dialect = page.text(&dialect);
    page.call("lesson_facts", &[lesson.clone(), dialect])?;
    let length = page.ask("length", &simulation, &[])?;
    let length = length.first().and_then(Val::f64).context("a simulation has a length")?.to_float();
    // At the start, and where the first byte arrives.
    let arrives = page.next(&simulation, 0.0, "kind:peer_sent", None)?;
    for at in [0.0, arrives] {
        for name in ["picture", "record", "effect", "began"] {
            page.ask_at(name, &simulation, at)?;
        }
        page.next(&simulation, at - 1.0, "crossing", Some(at))?;
        let furthest = page.value(Value::Number(at));
        page.call("lesson_tasks", &[lesson.clone(), simulation.clone(), furthest])?;
    }
    let created = page.next(&simulation, 0.0, "kind:created", None)?;
    // Where the clock starts, what the timeline begins and ends with, and what comes after the first byte.
    for at in [1.0, created, arrives + 1.0, length] {
        page.ask_at("record", &simulation, at)?;
    }
    for ends in [[Value::Undefined, Value::Undefined], [Value::Number(0.0), Value::Number(length)]] {
        let [from, to] = ends.map(|end| page.value(end));
        let [connection, buckets] = [1.0, 46.0].map(|number| page.value(Value::Number(number)));
        page.ask("series", &simulation, &[connection, buckets, from, to])?;
    }
    page.ran()
}

/// The engine, as a page has it.
struct Page {
    store: Store<Seen>,
    engine: Instance,
    memory: Memory,
    passing: Passing,
}

impl Page {
    fn open(wasm: &[u8]) -> Result<Self> {
        let engine = Engine::new(wasmi::Config::default().wasm_multi_memory(true));
        let passing = Passing::of(wasm)?;
        let module = wasmi::Module::new(&engine, &passing.wasm)?;
        let mut linker = Linker::new(&engine);
        for import in module.imports() {
            let (of, name) = (import.module(), import.name().to_owned());
            let ty = import.ty().func().with_context(|| format!("{name} is no function"))?.clone();
            linker.func_new(of, import.name(), ty.clone(), move |caller, given, answer| {
                javascript(caller, &name, &ty, given, answer)
                    .map_err(|problem| wasmi::Error::new(problem.to_string()))
            })?;
        }
        let mut store = Store::new(&engine, Seen::default());
        let engine = linker.instantiate_and_start(&mut store, &module)?;
        let memory = engine.get_memory(&store, "memory").context("the engine shows its memory")?;
        Ok(Self { store, engine, memory, passing })
    }

    /// What has run of each function.
    fn ran(&self) -> Result<Ran> {
        let passed = self.engine.get_memory(&self.store, PASSED).context("the engine has what it passed")?;
        Ok(self.passing.ran(passed.data(&self.store)))
    }

    fn text(&mut self, text: &str) -> Val {
        self.value(Value::Text(text.to_owned()))
    }

    fn value(&mut self, value: Value) -> Val {
        Val::ExternRef(Nullable::Val(ExternRef::new(&mut self.store, value)))
    }

    /// Calls what the engine exports.
    fn call(&mut self, name: &str, given: &[Val]) -> Result<Vec<Val>> {
        let function =
            self.engine.get_func(&self.store, name).with_context(|| format!("the engine has no {name}"))?;
        let mut answer = vec![Val::I32(0); function.ty(&self.store).results().len()];
        let called = function.call(&mut self.store, given, &mut answer);
        called.map_err(|problem| anyhow!("{name}: {problem} {}", self.store.data().problem))?;
        Ok(answer)
    }

    /// Asks a simulation.
    fn ask(&mut self, name: &str, simulation: &Val, given: &[Val]) -> Result<Vec<Val>> {
        self.call(&format!("simulation_{name}"), &[std::slice::from_ref(simulation), given].concat())
    }

    /// Asks a simulation about a position.
    fn ask_at(&mut self, name: &str, simulation: &Val, at: f64) -> Result<Vec<Val>> {
        let at = self.value(Value::Number(at));
        self.ask(name, simulation, &[at])
    }

    /// The next position of a simulation whose record matches; 0 where there is none.
    fn next(&mut self, simulation: &Val, from: f64, condition: &str, to: Option<f64>) -> Result<f64> {
        let condition = self.text(condition);
        let from = self.value(Value::Number(from));
        let to = self.value(to.map_or(Value::Undefined, Value::Number));
        let found = self.ask("next", simulation, &[from, condition, to])?;
        Ok(found.get(1).and_then(Val::f64).map(wasmi::F64::to_float).unwrap_or_default())
    }

    /// An object of a class, whose constructor says last whether it failed.
    fn made(&mut self, constructor: &str, of: Val) -> Result<Val> {
        match self.call(constructor, &[of])?.as_slice() {
            [made, _, Val::I32(0)] => Ok(made.clone()),
            _ => bail!("{constructor}: {}", self.store.data().problem),
        }
    }

    /// The text that the engine gave, whose memory it gets back.
    fn read(&mut self, given: &[Val]) -> Result<String> {
        let [Val::I32(at), Val::I32(length)] = given else { bail!("this is no text: {given:?}") };
        let text = read(self.memory.data(&self.store), *at, *length);
        self.call("__wbindgen_free", &[Val::I32(*at), Val::I32(*length), Val::I32(1)])?;
        Ok(text)
    }
}

/// A text in the engine's memory.
fn read(memory: &[u8], at: i32, length: i32) -> String {
    let bytes = memory.iter().skip(at.cast_unsigned() as usize).take(length.cast_unsigned() as usize);
    String::from_utf8_lossy(&bytes.copied().collect::<Vec<_>>()).into_owned()
}

/// What JavaScript does that the engine calls.
fn javascript(
    mut caller: Caller<'_, Seen>,
    name: &str,
    ty: &FuncType,
    given: &[Val],
    answer: &mut [Val],
) -> Result<()> {
    let is = |part: &str| name.contains(part);
    let value = |given: &Val| match given {
        Val::ExternRef(Nullable::Val(value)) => value.data(&caller).downcast_ref::<Value>().cloned(),
        _ => None,
    };
    match given {
        // Whoever asks for a text gets it in memory of the engine's, or is told that it is none.
        [Val::I32(to), given] if is("string_get") => {
            let to = to.cast_unsigned() as usize;
            let export = |name| caller.get_export(name).with_context(|| format!("the engine has no {name}"));
            let memory = export("memory")?.into_memory().context("it is no memory")?;
            let allocate = export("__wbindgen_malloc")?.into_func().context("it is no function")?;
            let resize = export("__wbindgen_realloc")?.into_func().context("it is no function")?;
            let Some(Value::Text(text)) = value(given) else {
                return Ok(memory.write(&mut caller, to, &[0; 8])?);
            };
            let length = i32::try_from(text.len())?;
            let mut place = [Val::I32(0)];
            allocate.call(&mut caller, &[Val::I32(length), Val::I32(1)], &mut place)?;
            // Where it is not ASCII there is room for the longest that it can be, in between.
            for [from, to] in [[length, 3 * length], [3 * length, length]] {
                let given = [place[0].clone(), Val::I32(from), Val::I32(to), Val::I32(1)];
                resize.call(&mut caller, &given, &mut place)?;
            }
            let [Val::I32(place)] = place else { bail!("memory has no place") };
            memory.write(&mut caller, place.cast_unsigned() as usize, text.as_bytes())?;
            memory.write(&mut caller, to, &[place.to_le_bytes(), length.to_le_bytes()].concat())?;
        }
        // Whether it is a number, and which.
        [Val::I32(to), given] if is("number_get") => {
            let (found, number) = match value(given) {
                Some(Value::Number(number)) => (1_u64, number),
                _ => (0, 0.0),
            };
            let bytes = [found.to_le_bytes(), number.to_le_bytes()].concat();
            let memory = caller.get_export("memory").and_then(wasmi::Extern::into_memory);
            memory.context("there is no memory")?.write(&mut caller, to.cast_unsigned() as usize, &bytes)?;
        }
        [given] if is("is_undefined") => {
            answer[0] = Val::I32(matches!(value(given), Some(Value::Undefined)).into());
        }
        [_] if is("is_null") => answer[0] = Val::I32(0),
        [given] if is("is_object") => {
            answer[0] = Val::I32(matches!(value(given), Some(Value::Object(_))).into());
        }
        [given] if is("stringify") => {
            let Some(Value::Object(text)) = value(given) else { bail!("this is no object") };
            answer[0] = Val::ExternRef(Nullable::Val(ExternRef::new(&mut caller, Value::Text(text))));
        }
        [Val::I32(at), Val::I32(length)] if is("parse") || is("generic") || is("Error") || is("throw") => {
            let memory = caller
                .get_export("memory")
                .and_then(wasmi::Extern::into_memory)
                .context("there is no memory")?;
            let text = read(memory.data(&caller), *at, *length);
            if is("Error") || is("throw") {
                caller.data_mut().problem.clone_from(&text);
            }
            if let [object] = answer {
                let value = if is("generic") { Value::Text(text) } else { Value::Object(text) };
                *object = Val::ExternRef(Nullable::Val(ExternRef::new(&mut caller, value)));
            }
        }
        [] if ty.results().is_empty() => {}
        _ => bail!("the engine asks for {name}, which is not rehearsed"),
    }
    Ok(())
}
