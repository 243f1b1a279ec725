//! From JSON to a [`Scenario`], strictly: a key that means nothing, a key given twice, a number out of range, a name that
//! is not there and a setting that the dialect does not have are errors that name the place.
//!
//! First the whole document is held against its `grammar`; what follows here takes values out of known places, and refuses
//! only names. What is left to refuse is `check`'s.
//!
//! - Here: the document, the bufferevents and the timers.
//! - `actions` - what is done in callbacks and in the script; `values` - numbers, words, and names.
//!
//! A number is whole by its value, so `3.0` is 3. Text outside ASCII stands for its UTF-8 bytes.

mod actions;
mod values;

use super::action::ScriptStep;
use super::error::{Quoted, ScenarioError};
use super::grammar::{self, CONNECTS, DIALECTS, FILTERS};
use super::json::{Json, Object, Place, Result};
use super::marks::WatermarksSpec;
use super::scenario::{
    BuffereventSpec, DirectionSpec, Format, KernelSpec, KindSpec, Limits, Scenario, TimerSpec,
};
use super::shape::Shape;
use crate::Directions;
use crate::said::said;
use values::{Names, directions, marks_of, or_zero, text};

impl Scenario {
    /// Reads a scenario from JSON text.
    ///
    /// # Errors
    /// The first thing found wrong, with its place.
    pub fn from_json(text: &str) -> std::result::Result<Self, ScenarioError> {
        Self::from_slice(text.as_bytes())
    }

    /// Reads a scenario from JSON in UTF-8, with or without a byte order mark.
    ///
    /// # Errors
    /// The first thing found wrong, with its place.
    pub fn from_slice(bytes: &[u8]) -> std::result::Result<Self, ScenarioError> {
        let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
        Self::from_value(&Json::parse(text)?)
    }

    /// Reads a scenario from a JSON value; the places of its errors begin there.
    pub(super) fn from_value(json: &Json) -> Result<Self> {
        let scenario = scenario(json)?;
        scenario.check()?;
        Ok(scenario)
    }

    /// Reads one step as it stands in this scenario's script.
    ///
    /// # Errors
    /// The first thing found wrong, with its place in the step.
    pub fn step_from_json(&self, text: &str) -> std::result::Result<ScriptStep, ScenarioError> {
        self.step_from_value(&Json::parse(text.as_bytes())?)
    }

    /// Reads one step from a JSON value; the places of its errors begin there.
    pub(super) fn step_from_value(&self, json: &Json) -> Result<ScriptStep> {
        let shape = match self.format {
            Format::V1 => grammar::SCRIPT_STEP_1,
            Format::V2 => grammar::SCRIPT_STEP,
        };
        shape.check(json, &Place::Top)?;
        let names = Names {
            bufferevents: self.bufferevents.iter().map(|it| it.name.as_str()).collect(),
            timers: self.timers.iter().map(|it| it.name.as_str()).collect(),
        };
        let step = names.step(json, &Place::Top)?;
        self.check_step(&step, &Place::Top)?;
        Ok(step)
    }
}

fn scenario(json: &Json) -> Result<Scenario> {
    let top = &Place::Top;
    // First of all: in another format the keys are others.
    let format = match json.known_object(top)?.optional("format", format)? {
        Some(format) => format,
        None => Format::V1,
    };
    let shape: &Shape = match format {
        Format::V1 => &grammar::FORMAT_1,
        Format::V2 => &grammar::FORMAT_2,
    };
    shape.check(json, top)?;
    let object = json.known_object(top)?;
    let mut scenario = Scenario {
        format,
        name: object.optional("name", text)?.unwrap_or_default(),
        title: object.optional("title", text)?,
        description: object.optional("description", text)?,
        ..Scenario::new(object.required("dialect", |json, place| json.choice(place, &DIALECTS))?)
    };
    match format {
        Format::V1 => short(&mut scenario, &object)?,
        Format::V2 => program(&mut scenario, &object)?,
    }
    Ok(scenario)
}

fn format(json: &Json, place: &Place<'_>) -> Result<Format> {
    let number = json.whole(place)?;
    Format::ALL
        .into_iter()
        .find(|format| format.number() == number)
        .ok_or_else(|| place.refuse(said!("{} is not supported, only 1 and 2", number)))
}

/// Format 1: the keys of the one bufferevent stand in three objects.
fn short(scenario: &mut Scenario, object: &Object<'_>) -> Result<()> {
    let names = Names { bufferevents: vec![BuffereventSpec::ONLY], timers: Vec::new() };
    let bufferevent = &mut scenario.bufferevents[0];
    if let Some(kernel) = object.optional("kernel", kernel)? {
        bufferevent.kind = KindSpec::Socket { kernel, connect: None };
    }
    object.optional("bufferevent", |json, place| settings(bufferevent, &json.known_object(place)?))?;
    object.optional("app", |json, place| names.programs(bufferevent, &json.known_object(place)?))?;
    scenario.script = names.script(object)?;
    Ok(())
}

/// Format 2.
fn program(scenario: &mut Scenario, object: &Object<'_>) -> Result<()> {
    let place = &object.place("bufferevents");
    let (specs, timers) = (object.entries("bufferevents")?, object.entries("timers")?);
    let called = |entries: &'_ [(String, Json)]| -> Vec<String> {
        entries.iter().map(|(name, _)| name.clone()).collect()
    };
    let (specs_called, timers_called) = (called(specs), called(timers));
    let names = Names {
        bufferevents: specs_called.iter().map(String::as_str).collect(),
        timers: timers_called.iter().map(String::as_str).collect(),
    };
    scenario.priorities = object.optional("priorities", Json::whole)?.map(|priorities| priorities as u8);
    scenario.limits = object.optional("limits", limits)?.unwrap_or_default();
    scenario.bufferevents.clear();
    for (name, json) in specs {
        let place = &Place::Key(place, name);
        scenario.bufferevents.push(names.bufferevent(name, &json.known_object(place)?, place)?);
    }
    join_pairs(&mut scenario.bufferevents, specs);
    let place = &object.place("timers");
    for (name, json) in timers {
        let place = &Place::Key(place, name);
        scenario.timers.push(names.timer(name, &json.known_object(place)?)?);
    }
    scenario.script = names.script(object)?;
    Ok(())
}

/// One that says nothing of what it is made on is the other side of the first pair that names it.
fn join_pairs(bufferevents: &mut [BuffereventSpec], specs: &[(String, Json)]) {
    for (at, (_, json)) in specs.iter().enumerate() {
        let says =
            |key: &str| matches!(json, Json::Object(entries) if entries.iter().any(|(it, _)| it == key));
        if ["socket", "pair_with", "filter_over", "connect"].into_iter().any(says) {
            continue;
        }
        let named = |other: &BuffereventSpec| other.kind == KindSpec::Pair { with: at };
        if let Some(with) = bufferevents.iter().position(named) {
            bufferevents[at].kind = KindSpec::Pair { with };
        }
    }
}

impl Names<'_> {
    fn bufferevent(&self, name: &str, object: &Object<'_>, place: &Place<'_>) -> Result<BuffereventSpec> {
        let mut spec = BuffereventSpec::new(name);
        spec.kind = self.kind(object, place)?;
        settings(&mut spec, object)?;
        spec.deferred = object.optional("deferred", Json::flag)?.unwrap_or(false);
        spec.close_on_free = object.optional("close_on_free", Json::flag)?.unwrap_or(false);
        spec.max_single_read = object.optional("max_single_read", Json::whole)?;
        spec.max_single_write = object.optional("max_single_write", Json::whole)?;
        spec.priority = object.optional("priority", Json::whole)?.map(|priority| priority as u8);
        self.programs(&mut spec, object)?;
        spec.on_input = object.optional("on_input", |json, place| self.callback(json, place))?.flatten();
        spec.on_output = object.optional("on_output", |json, place| self.callback(json, place))?.flatten();
        Ok(spec)
    }

    fn kind(&self, object: &Object<'_>, place: &Place<'_>) -> Result<KindSpec> {
        let mut present = ["socket", "pair_with", "filter_over"].into_iter().filter(|key| object.has(key));
        let kind = present.next();
        if let (Some(first), Some(second)) = (kind, present.next()) {
            return Err(place.refuse(said!("{} and {} exclude each other", Quoted(first), Quoted(second))));
        }
        let needs = |keys: &[&str], what: &str| {
            let stray = keys.iter().find(|key| object.has(key));
            stray.map_or(Ok(()), |key| Err(place.refuse(said!("{} needs {}", Quoted(key), Quoted(what)))))
        };
        if kind != Some("filter_over") {
            needs(&["input_filter", "output_filter"], "filter_over")?;
        }
        if matches!(kind, Some("pair_with" | "filter_over")) {
            needs(&["connect"], "socket")?;
        }
        let one = |json: &Json, place: &Place<'_>| self.bufferevent_called(json, place);
        let filter = |key| object.optional(key, |json, place| json.choice(place, &FILTERS));
        Ok(match kind {
            Some("pair_with") => KindSpec::Pair { with: object.required("pair_with", one)? },
            Some("filter_over") => KindSpec::Filter {
                over: object.required("filter_over", one)?,
                input: filter("input_filter")?.unwrap_or(super::FilterKind::None),
                output: filter("output_filter")?.unwrap_or(super::FilterKind::None),
            },
            _ => KindSpec::Socket {
                kernel: object.optional("socket", kernel)?.unwrap_or_default(),
                connect: object.optional("connect", |json, place| json.choice(place, &CONNECTS))?,
            },
        })
    }

    /// The three callbacks that both formats have.
    fn programs(&self, spec: &mut BuffereventSpec, object: &Object<'_>) -> Result<()> {
        let programs = [
            ("on_read", &mut spec.on_read),
            ("on_write", &mut spec.on_write),
            ("on_event", &mut spec.on_event),
        ];
        for (key, program) in programs {
            if let Some(given) = object.optional(key, |json, place| self.callback(json, place))? {
                *program = given;
            }
        }
        Ok(())
    }

    fn timer(&self, name: &str, object: &Object<'_>) -> Result<TimerSpec> {
        let run = object.optional("do", |json, place| self.callback(json, place))?;
        Ok(TimerSpec {
            name: name.to_owned(),
            after_ms: object.optional("after_ms", Json::whole)?,
            persist: object.optional("persist", Json::flag)?.unwrap_or(false),
            priority: object.optional("priority", Json::whole)?.map(|priority| priority as u8),
            run: run.unwrap_or_else(super::action::idle),
        })
    }
}

fn limits(json: &Json, place: &Place<'_>) -> Result<Limits> {
    let object = json.known_object(place)?;
    let limit = |key| object.optional(key, |json, place| json.whole_within(place, 1, u64::MAX));
    Ok(Limits { records: limit("records")?, bytes: limit("bytes")? })
}

fn kernel(json: &Json, place: &Place<'_>) -> Result<KernelSpec> {
    let object = json.known_object(place)?;
    let default = KernelSpec::default();
    Ok(KernelSpec {
        rx_capacity: object.optional("rx_capacity", Json::whole)?.unwrap_or(default.rx_capacity),
        tx_capacity: object.optional("tx_capacity", Json::whole)?.unwrap_or(default.tx_capacity),
    })
}

/// What both formats set up.
fn settings(spec: &mut BuffereventSpec, object: &Object<'_>) -> Result<()> {
    spec.read = object.optional("read", direction)?.unwrap_or_default();
    spec.write = object.optional("write", direction)?.unwrap_or_default();
    spec.enable = object.optional("enable", directions)?.unwrap_or(Directions::READ);
    Ok(())
}

fn direction(json: &Json, place: &Place<'_>) -> Result<DirectionSpec> {
    let object = json.known_object(place)?;
    let WatermarksSpec { low, high } = marks_of(&object)?;
    Ok(DirectionSpec { low, high, timeout_ms: or_zero(&object, "timeout_ms")? })
}
