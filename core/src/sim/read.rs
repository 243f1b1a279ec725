//! From JSON to a [`Scenario`], strictly: a key that means nothing, a key given twice, a number out of range, a name that
//! is not there and a setting that the dialect does not have are errors that name the place.
//!
//! First the whole document is held against its `grammar`; what follows here takes values out of known places, and refuses
//! only names. What is left to refuse is `check`'s.
//!
//! A number is whole by its value, so `3.0` is 3. Text outside ASCII stands for its UTF-8 bytes.

use super::action::{Act, Action, Amount, Condition, Counter, On, Peer, Program, ScriptStep};
use super::data::Data;
use super::error::ScenarioError;
use super::grammar::{
    self, CALLBACKS, CONNECTS, DIALECTS, EOLS, ERRNOS, FILTERS, FLAGS, FLUSH_MODES, OPS, PROGRAMS,
};
use super::json::{Json, Object, Place, Result};
use super::marks::WatermarksSpec;
use super::scenario::{
    BuffereventSpec, DirectionSpec, Format, KernelSpec, KindSpec, Limits, Scenario, TimerSpec,
};
use super::shape::Shape;
use crate::{Callbacks, Direction, Directions, EolStyle, FlushMode, TriggerOptions, What};

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
        .ok_or_else(|| place.refuse(format!("{number} is not supported, only 1 and 2")))
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

/// What names stand for.
struct Names<'a> {
    bufferevents: Vec<&'a str>,
    timers: Vec<&'a str>,
}

impl Names<'_> {
    fn bufferevent_called(&self, json: &Json, place: &Place<'_>) -> Result<usize> {
        find(&self.bufferevents, "bufferevent", json.text(place)?, place)
    }

    fn timer_called(&self, json: &Json, place: &Place<'_>) -> Result<usize> {
        find(&self.timers, "timer", json.text(place)?, place)
    }

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
            return Err(place.refuse(format!("{first:?} and {second:?} exclude each other")));
        }
        let needs = |keys: &[&str], what: &str| {
            let stray = keys.iter().find(|key| object.has(key));
            stray.map_or(Ok(()), |key| Err(place.refuse(format!("{key:?} needs {what:?}"))))
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

    fn callback(&self, json: &Json, place: &Place<'_>) -> Result<Program> {
        if matches!(json, Json::Null) {
            return Ok(None);
        }
        json.list(place, |json, place| self.actions(json, place)).map(Some)
    }

    fn actions(&self, json: &Json, place: &Place<'_>) -> Result<Vec<Action>> {
        json.list(place, |json, place| self.action(json, place))
    }

    fn action(&self, json: &Json, place: &Place<'_>) -> Result<Action> {
        let object = json.known_object(place)?;
        match self.act(&object)? {
            Some(act) => self.with_target(act, &object),
            // The grammar names no other.
            None => Err(place.refuse("expected one key, found none")),
        }
    }

    fn with_target(&self, what: Act, object: &Object<'_>) -> Result<Action> {
        // Conditions have theirs where they stand.
        let of = match what {
            Act::If { .. } => object.required("if", |json, place| self.target(&json.known_object(place)?))?,
            _ => self.target(object)?,
        };
        Ok(Action { of, what })
    }

    fn target(&self, object: &Object<'_>) -> Result<Option<usize>> {
        object.optional("of", |json, place| self.bufferevent_called(json, place))
    }

    fn script(&self, object: &Object<'_>) -> Result<Vec<ScriptStep>> {
        let script = object
            .optional("script", |json, place| json.list(place, |json, place| self.step(json, place)))?;
        Ok(script.unwrap_or_default())
    }

    fn step(&self, json: &Json, place: &Place<'_>) -> Result<ScriptStep> {
        let object = json.known_object(place)?;
        if let Some(what) = peer(&object)? {
            return Ok(ScriptStep::Peer { of: self.target(&object)?, what });
        }
        if let Some(ms) = object.optional("advance_ms", Json::whole)? {
            return Ok(ScriptStep::AdvanceMs(ms));
        }
        if let Some(passes) = object.optional("turn", Json::whole)? {
            return Ok(ScriptStep::Turn(passes));
        }
        self.action(json, place).map(ScriptStep::Action)
    }

    /// The action that this is, if it is one.
    fn act(&self, object: &Object<'_>) -> Result<Option<Act>> {
        let Some((key, json)) =
            object.keys().find_map(|key| Some((key, object.get(key)?)).filter(|(key, _)| is_act(key)))
        else {
            return Ok(None);
        };
        let place = &object.place(key);
        let data = || Data::read(json, place);
        let options = || {
            let flag = |key| object.optional(key, Json::flag).map(Option::unwrap_or_default);
            Ok(TriggerOptions {
                ignore_watermarks: flag("ignore_watermarks")?,
                defer_callbacks: flag("defer")?,
            })
        };
        let actions = |key| {
            let read = |json: &Json, place: &Place<'_>| self.actions(json, place);
            object.optional(key, read).map(Option::unwrap_or_default)
        };
        Ok(Some(match key {
            "read" => Act::Read(amount(json, place)?),
            "write" => Act::Write(data()?),
            "echo" => Act::Echo(data()?),
            "enable" => Act::Enable(directions(json, place)?),
            "disable" => Act::Disable(directions(json, place)?),
            "set_watermark" => set_watermark(&json.known_object(place)?)?,
            "set_timeouts" => set_timeouts(&json.known_object(place)?)?,
            "free" => Act::Free,
            "move_to" => Act::MoveTo(self.bufferevent_called(json, place)?),
            "write_buffer" => Act::WriteBuffer(data()?),
            "readline" => Act::Readline {
                eol: json.choice(place, &EOLS)?,
                repeat: object.optional("repeat", Json::flag)?.unwrap_or(false),
                then: actions("then")?,
            },
            "write_line" => Act::WriteLine(data()?),
            "peek" => Act::Peek(json.whole(place)?),
            "drain" => Act::Drain(amount(json, place)?),
            "pullup" => Act::Pullup(amount(json, place)?),
            "prepend" => Act::Prepend(data()?),
            "trigger" => Act::Trigger { directions: directions(json, place)?, options: options()? },
            "trigger_event" => Act::TriggerEvent { what: flags(json, place)?, options: options()? },
            "flush" => Act::Flush {
                mode: json.choice::<FlushMode>(place, &FLUSH_MODES)?,
                directions: object.optional("directions", directions)?.unwrap_or(Directions::BOTH),
            },
            "set_callbacks" => Act::SetCallbacks(callbacks(json, place)?),
            "max_single_read" => Act::MaxSingleRead(json.whole(place)?),
            "max_single_write" => Act::MaxSingleWrite(json.whole(place)?),
            "connect" => Act::Connect(json.choice(place, &CONNECTS)?),
            "loop_break" => Act::LoopBreak,
            "loop_exit" => Act::LoopExit,
            "sleep_ms" => Act::SleepMs(json.whole(place)?),
            "activate" => Act::Activate(self.timer_called(json, place)?),
            "add_timer" => Act::AddTimer {
                timer: self.timer_called(json, place)?,
                after_ms: object.optional("after_ms", Json::whole)?,
            },
            "del_timer" => Act::DelTimer(self.timer_called(json, place)?),
            _ => Act::If {
                when: self.conditions(&json.known_object(place)?, place)?,
                then: actions("then")?,
                otherwise: actions("else")?,
            },
        }))
    }

    fn conditions(&self, object: &Object<'_>, place: &Place<'_>) -> Result<Vec<Condition>> {
        let at_least = || object.required("at_least", Json::whole);
        let one = |json: &Json, place: &Place<'_>| self.bufferevent_called(json, place);
        let mut conditions = Vec::new();
        if let Some(bytes) = object.optional("input_at_least", Json::whole)? {
            conditions.push(Condition::InputAtLeast(bytes));
        }
        if let Some(of) = object.optional("input_of", one)? {
            conditions.push(Condition::InputOf { of, at_least: at_least()? });
        }
        if let Some(of) = object.optional("output_of", one)? {
            conditions.push(Condition::OutputOf { of, at_least: at_least()? });
        }
        if let Some(eol) = object.optional("line_there", line)? {
            conditions.push(Condition::LineThere(eol));
        }
        if let Some(what) = object.optional("event_has", flags)? {
            conditions.push(Condition::EventHas(what));
        }
        let times = |json: &Json, place: &Place<'_>| match json {
            Json::Number(_) => Ok(Condition::Count { of: Counter::This, at_least: json.whole(place)? }),
            _ => Ok(Condition::Count { of: self.counter(json, place)?, at_least: at_least()? }),
        };
        conditions.extend(object.optional("count_of", times)?);
        let counts = |condition: &Condition| condition.needs_at_least();
        if object.has("at_least") && !conditions.iter().any(counts) {
            return Err(
                place.refuse("\"at_least\" needs \"input_of\", \"output_of\" or \"count_of\" with a name")
            );
        }
        Ok(conditions)
    }

    fn counter(&self, json: &Json, place: &Place<'_>) -> Result<Counter> {
        let name = json.text(place)?;
        if let Some((_, on)) = PROGRAMS.iter().find(|(candidate, _)| *candidate == name) {
            return Ok(Counter::Callback(*on));
        }
        let there: Vec<&str> =
            PROGRAMS.iter().map(|(name, _)| *name).chain(self.timers.iter().copied()).collect();
        let timer = self.timers.iter().position(|timer| *timer == name);
        timer.map(Counter::Timer).ok_or_else(|| place.unknown("callback or timer", name, there))
    }
}

impl Condition {
    /// It shares the key `at_least`.
    pub(super) const fn needs_at_least(&self) -> bool {
        match self {
            Self::InputOf { .. } | Self::OutputOf { .. } => true,
            Self::Count { of, .. } => !matches!(of, Counter::This),
            _ => false,
        }
    }
}

fn find(names: &[&str], what: &str, name: &str, place: &Place<'_>) -> Result<usize> {
    let found = names.iter().position(|candidate| *candidate == name);
    found.ok_or_else(|| place.unknown(what, name, names.iter().copied()))
}

/// Whether this key is an action's own, and not one that goes with it.
fn is_act(key: &str) -> bool {
    grammar::acts().any(|name| name == key)
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

/// What happens to a socket, if it is that.
fn peer(object: &Object<'_>) -> Result<Option<Peer>> {
    for key in object.keys() {
        let Some(json) = object.get(key) else { continue };
        let place = &object.place(key);
        return Ok(Some(match key {
            "peer_send" => Peer::Send(Data::read(json, place)?),
            "peer_recv" => Peer::Recv(json.whole(place)?),
            "peer_shutdown" => Peer::Shutdown,
            "peer_reset" => Peer::Reset,
            "peer_accept" => Peer::Accept,
            "peer_refuse" => Peer::Refuse,
            "inject" => inject(&json.known_object(place)?)?,
            _ => continue,
        }));
    }
    Ok(None)
}

fn inject(object: &Object<'_>) -> Result<Peer> {
    Ok(Peer::Inject {
        op: object.required("op", |json, place| json.choice(place, &OPS))?,
        errno: object.required("errno", |json, place| json.choice(place, &ERRNOS))?,
        times: object.optional("times", Json::whole)?.unwrap_or(1),
    })
}

fn text(json: &Json, place: &Place<'_>) -> Result<String> {
    json.text(place).map(str::to_owned)
}

fn amount(json: &Json, place: &Place<'_>) -> Result<Amount> {
    match json {
        Json::Text(_) => Ok(Amount::All),
        _ => json.whole(place).map(Amount::UpTo),
    }
}

/// A list, or one of what would stand in it.
fn each<T: Copy>(json: &Json, place: &Place<'_>, table: &[(&str, T)]) -> Result<Vec<T>> {
    match json {
        Json::Text(_) => json.choice(place, table).map(|one| vec![one]),
        _ => json.list(place, |json, place| json.choice(place, table)),
    }
}

/// A direction named twice counts once.
fn directions(json: &Json, place: &Place<'_>) -> Result<Directions> {
    let each = each(json, place, &OPS)?;
    let has = |direction| each.contains(&direction);
    Ok(Directions { read: has(Direction::Read), write: has(Direction::Write) })
}

fn callbacks(json: &Json, place: &Place<'_>) -> Result<Callbacks> {
    let each = each(json, place, &CALLBACKS)?;
    let has = |on| each.contains(&on);
    Ok(Callbacks { read: has(On::Read), write: has(On::Write), event: has(On::Event) })
}

fn flags(json: &Json, place: &Place<'_>) -> Result<What> {
    let Json::Number(_) = json else {
        return Ok(each(json, place, &FLAGS)?.into_iter().fold(What::NONE, What::union));
    };
    let sum = json.whole(place)?;
    let has = |flag: &What| sum & u32::from(flag.bits()) != 0;
    let what = FLAGS.iter().map(|(_, flag)| *flag).filter(has).fold(What::NONE, What::union);
    if u32::from(what.bits()) == sum {
        Ok(what)
    } else {
        Err(place.refuse(format!("{sum} is no sum of flags")))
    }
}

fn line(json: &Json, place: &Place<'_>) -> Result<EolStyle> {
    match json {
        Json::Bool(_) => Ok(EolStyle::Any),
        _ => json.choice(place, &EOLS),
    }
}

fn set_watermark(object: &Object<'_>) -> Result<Act> {
    let marks = |key| object.optional(key, |json, place| marks_of(&json.known_object(place)?));
    Ok(Act::SetWatermark { read: marks("read")?, write: marks("write")? })
}

fn marks_of(object: &Object<'_>) -> Result<WatermarksSpec> {
    Ok(WatermarksSpec { low: or_zero(object, "low")?, high: or_zero(object, "high")? })
}

fn set_timeouts(object: &Object<'_>) -> Result<Act> {
    Ok(Act::SetTimeouts { read_ms: or_zero(object, "read_ms")?, write_ms: or_zero(object, "write_ms")? })
}

fn or_zero(object: &Object<'_>, key: &'static str) -> Result<u32> {
    Ok(object.optional(key, Json::whole)?.unwrap_or(0))
}
