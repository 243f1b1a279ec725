//! From a [`Scenario`] to canonical JSON: every key written out, in the order of the format's description.

use serde::ser::{Serialize, Serializer};

use super::action::{Act, Action, Amount, Condition, Counter, On, Peer, Program, ScriptStep};
use super::grammar::{CALLBACKS, CONNECTS, EOLS, FILTERS, FLAGS, FLUSH_MODES, OPS, PROGRAMS};
use super::json::Json;
use super::marks::WatermarksSpec;
use super::scenario::{
    BuffereventSpec, DirectionSpec, Format, KernelSpec, KindSpec, Limits, Scenario, TimerSpec,
};
use crate::{Callbacks, Connect, Directions, What};

impl Scenario {
    /// The scenario as canonical JSON on one line: without spaces, nothing left to its default.
    #[must_use]
    pub fn to_json(&self) -> String {
        line(&Written(self).scenario())
    }

    /// One step as it stands in this scenario's script, on one line.
    #[must_use]
    pub fn step_to_json(&self, step: &ScriptStep) -> String {
        line(&Written(self).step(step))
    }
}

/// A scenario whose names stand for its bufferevents and timers.
pub(super) struct Written<'a>(pub(super) &'a Scenario);

impl Written<'_> {
    fn scenario(&self) -> Json {
        let mut object = Entries::default();
        object.add("format", self.0.format.number());
        object.add("name", self.0.name.as_str());
        object.add_some("title", self.0.title.as_deref());
        object.add_some("description", self.0.description.as_deref());
        object.add("dialect", self.0.dialect.as_str());
        match self.0.format {
            Format::V1 => self.short(&mut object),
            Format::V2 => self.program_into(&mut object),
        }
        object.add("script", list(&self.0.script, |step| self.step(step)));
        object.json()
    }

    /// Format 1 has room for one; what it has no room for, `check` refuses.
    fn short(&self, object: &mut Entries) {
        let Some(spec) = self.0.bufferevents.first() else { return };
        object.add_some("kernel", spec.kernel().map(kernel));
        let mut settings = Entries::default();
        settings.add_settings(spec);
        object.add("bufferevent", settings.json());
        let mut app = Entries::default();
        self.add_programs(spec, &mut app);
        object.add("app", app.json());
    }

    fn program_into(&self, object: &mut Entries) {
        object.add_some("priorities", self.0.priorities.map(u32::from));
        if self.0.limits != Limits::default() {
            let mut limits = Entries::default();
            limits.add_some("records", self.0.limits.records);
            limits.add_some("bytes", self.0.limits.bytes);
            object.add("limits", limits.json());
        }
        let specs = self.0.bufferevents.iter().map(|spec| (spec.name.clone(), self.spec(spec)));
        object.add("bufferevents", specs.collect::<Vec<_>>());
        let timers = self.0.timers.iter().map(|timer| (timer.name.clone(), self.timer(timer)));
        object.add("timers", timers.collect::<Vec<_>>());
    }

    fn spec(&self, spec: &BuffereventSpec) -> Json {
        let mut object = Entries::default();
        match spec.kind {
            KindSpec::Socket { kernel: sizes, connect } => {
                object.add("socket", kernel(sizes));
                object.add_some("connect", connect.map(connect_name));
            }
            KindSpec::Pair { with } => object.add("pair_with", self.called(with)),
            KindSpec::Filter { over, input, output } => {
                object.add("filter_over", self.called(over));
                object.add("input_filter", name_of(&FILTERS, &input));
                object.add("output_filter", name_of(&FILTERS, &output));
            }
        }
        object.add_settings(spec);
        object.add("deferred", spec.deferred);
        object.add("close_on_free", spec.close_on_free);
        object.add_some("max_single_read", spec.max_single_read);
        object.add_some("max_single_write", spec.max_single_write);
        object.add_some("priority", spec.priority.map(u32::from));
        self.add_programs(spec, &mut object);
        object.add("on_input", self.program(&spec.on_input));
        object.add("on_output", self.program(&spec.on_output));
        object.json()
    }

    fn timer(&self, timer: &TimerSpec) -> Json {
        let mut object = Entries::default();
        object.add_some("after_ms", timer.after_ms);
        object.add("persist", timer.persist);
        object.add_some("priority", timer.priority.map(u32::from));
        object.add("do", self.program(&timer.run));
        object.json()
    }

    fn add_programs(&self, spec: &BuffereventSpec, object: &mut Entries) {
        object.add("on_read", self.program(&spec.on_read));
        object.add("on_write", self.program(&spec.on_write));
        object.add("on_event", self.program(&spec.on_event));
    }

    fn program(&self, program: &Program) -> Json {
        let calls = |calls: &Vec<Vec<Action>>| list(calls, |actions| self.actions(actions));
        program.as_ref().map_or(Json::Null, calls)
    }

    fn actions(&self, actions: &[Action]) -> Json {
        list(actions, |action| self.action(action))
    }

    pub(super) fn step(&self, step: &ScriptStep) -> Json {
        let mut object = Entries::default();
        match step {
            ScriptStep::Action(action) => return self.action(action),
            ScriptStep::Peer { of, what } => {
                object.add(what.key(), peer(what));
                object.add_some("of", of.map(|of| self.called(of)));
            }
            ScriptStep::AdvanceMs(ms) => object.add("advance_ms", *ms),
            ScriptStep::Turn(passes) => object.add("turn", *passes),
        }
        object.json()
    }

    pub(super) fn action(&self, action: &Action) -> Json {
        let mut object = Entries::default();
        if let Act::If { when, then, otherwise } = &action.what {
            object.add("if", self.conditions(when, action.of));
            object.add("then", self.actions(then));
            if !otherwise.is_empty() {
                object.add("else", self.actions(otherwise));
            }
            return object.json();
        }
        object.add(action.what.key(), self.value(&action.what));
        self.add_companions(&action.what, &mut object);
        object.add_some("of", action.of.map(|of| self.called(of)));
        object.json()
    }

    /// The value of an action's own key.
    fn value(&self, act: &Act) -> Json {
        match act {
            Act::Read(most) | Act::Drain(most) | Act::Pullup(most) => amount(*most),
            Act::Write(data) | Act::WriteBuffer(data) | Act::Prepend(data) => data.to_json(),
            Act::Echo(prefix) | Act::WriteLine(prefix) => prefix.to_json(),
            Act::Enable(which) | Act::Disable(which) => directions(*which),
            Act::SetWatermark { read, write } => {
                let mut sides = Entries::default();
                sides.add_some("read", read.map(marks));
                sides.add_some("write", write.map(marks));
                sides.json()
            }
            Act::SetTimeouts { read_ms, write_ms } => {
                let mut sides = Entries::default();
                sides.add("read_ms", *read_ms);
                sides.add("write_ms", *write_ms);
                sides.json()
            }
            Act::Free | Act::LoopBreak | Act::LoopExit => true.into(),
            Act::MoveTo(to) => self.called(*to).into(),
            Act::Readline { eol, .. } => name_of(&EOLS, eol).into(),
            Act::Peek(bytes) | Act::MaxSingleRead(bytes) | Act::MaxSingleWrite(bytes) => (*bytes).into(),
            Act::Trigger { directions: which, .. } => directions(*which),
            Act::TriggerEvent { what, .. } => flags(*what),
            Act::Flush { mode, .. } => name_of(&FLUSH_MODES, mode).into(),
            Act::SetCallbacks(set) => callbacks(*set),
            Act::Connect(connect) => connect_name(*connect).into(),
            Act::SleepMs(ms) => (*ms).into(),
            Act::Activate(timer) | Act::AddTimer { timer, .. } | Act::DelTimer(timer) => {
                self.timer_name(*timer).into()
            }
            Act::If { when, .. } => self.conditions(when, None),
        }
    }

    /// The keys that go with it.
    fn add_companions(&self, act: &Act, object: &mut Entries) {
        match act {
            Act::Readline { repeat, then, .. } => {
                object.add_flag("repeat", *repeat);
                object.add("then", self.actions(then));
            }
            Act::Trigger { options, .. } | Act::TriggerEvent { options, .. } => {
                object.add_flag("ignore_watermarks", options.ignore_watermarks);
                object.add_flag("defer", options.defer_callbacks);
            }
            Act::Flush { directions: which, .. } => object.add("directions", directions(*which)),
            Act::AddTimer { after_ms, .. } => object.add_some("after_ms", *after_ms),
            _ => {}
        }
    }

    fn conditions(&self, when: &[Condition], of: Option<usize>) -> Json {
        let mut object = Entries::default();
        for condition in when {
            match *condition {
                Condition::InputAtLeast(bytes) => object.add("input_at_least", bytes),
                Condition::InputOf { of, at_least } => {
                    object.add("input_of", self.called(of));
                    object.add("at_least", at_least);
                }
                Condition::OutputOf { of, at_least } => {
                    object.add("output_of", self.called(of));
                    object.add("at_least", at_least);
                }
                Condition::LineThere(eol) => object.add("line_there", name_of(&EOLS, &eol)),
                Condition::EventHas(what) => object.add("event_has", flags(what)),
                Condition::Count { of: Counter::This, at_least } => object.add("count_of", at_least),
                Condition::Count { of, at_least } => {
                    object.add("count_of", self.counter(of));
                    object.add("at_least", at_least);
                }
            }
        }
        object.add_some("of", of.map(|of| self.called(of)));
        object.json()
    }

    fn counter(&self, counter: Counter) -> &str {
        match counter {
            Counter::Timer(timer) => self.timer_name(timer),
            Counter::Callback(on) => name_of(&PROGRAMS, &on),
            Counter::This => "",
        }
    }

    /// The name of a bufferevent; of one that is not there, a name that cannot be read.
    fn called(&self, index: usize) -> &str {
        self.0.bufferevents.get(index).map_or("", |spec| &spec.name)
    }

    fn timer_name(&self, index: usize) -> &str {
        self.0.timers.get(index).map_or("", |timer| &timer.name)
    }
}

impl Serialize for Scenario {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Written(self).scenario().serialize(serializer)
    }
}

/// An object that is written key by key.
#[derive(Default)]
struct Entries(Vec<(String, Json)>);

impl Entries {
    fn add(&mut self, key: &str, value: impl Into<Json>) {
        self.0.push((key.to_owned(), value.into()));
    }

    fn add_some(&mut self, key: &str, value: Option<impl Into<Json>>) {
        if let Some(value) = value {
            self.add(key, value);
        }
    }

    /// Flags that go with a key are off where they are not there.
    fn add_flag(&mut self, key: &str, flag: bool) {
        if flag {
            self.add(key, true);
        }
    }

    fn add_settings(&mut self, spec: &BuffereventSpec) {
        self.add("read", direction(spec.read));
        self.add("write", direction(spec.write));
        self.add("enable", directions(spec.enable));
    }

    fn json(self) -> Json {
        Json::Object(self.0)
    }
}

pub(super) fn line(json: &Json) -> String {
    serde_json::to_string(json).expect("every key is a string and a string takes any output")
}

fn list<T>(items: &[T], write: impl Fn(&T) -> Json) -> Json {
    Json::List(items.iter().map(write).collect())
}

/// What the table calls the value, where it has it.
fn name_of<T: PartialEq>(table: &[(&'static str, T)], value: &T) -> &'static str {
    table.iter().find(|(_, candidate)| candidate == value).map_or("", |(name, _)| name)
}

/// The names of what is in it.
fn those<T: Copy>(table: &[(&'static str, T)], is_in: impl Fn(T) -> bool) -> Json {
    Json::List(table.iter().filter(|(_, value)| is_in(*value)).map(|(name, _)| (*name).into()).collect())
}

fn directions(directions: Directions) -> Json {
    those(&OPS, |direction| directions.contains(direction))
}

fn flags(what: What) -> Json {
    those(&FLAGS, |flag| what.contains(flag))
}

fn callbacks(set: Callbacks) -> Json {
    those(&CALLBACKS, |on| match on {
        On::Read => set.read,
        On::Write => set.write,
        On::Event => set.event,
        On::Input | On::Output => false,
    })
}

fn connect_name(connect: Connect) -> &'static str {
    name_of(&CONNECTS, &connect)
}

fn peer(what: &Peer) -> Json {
    match what {
        Peer::Send(data) => data.to_json(),
        Peer::Recv(bytes) => (*bytes).into(),
        Peer::Shutdown | Peer::Reset | Peer::Accept | Peer::Refuse => true.into(),
        Peer::Inject { op, errno, times } => {
            let mut inject = Entries::default();
            inject.add("op", name_of(&OPS, op));
            inject.add("errno", errno.to_string().as_str());
            inject.add("times", *times);
            inject.json()
        }
    }
}

fn kernel(spec: KernelSpec) -> Json {
    let mut object = Entries::default();
    object.add("rx_capacity", spec.rx_capacity);
    object.add("tx_capacity", spec.tx_capacity);
    object.json()
}

fn direction(DirectionSpec { low, high, timeout_ms }: DirectionSpec) -> Json {
    let mut object = Entries::default();
    object.add("low", low);
    object.add("high", high);
    object.add("timeout_ms", timeout_ms);
    object.json()
}

fn marks(WatermarksSpec { low, high }: WatermarksSpec) -> Json {
    let mut object = Entries::default();
    object.add("low", low);
    object.add("high", high);
    object.json()
}

fn amount(amount: Amount) -> Json {
    match amount {
        Amount::UpTo(bytes) => bytes.into(),
        Amount::All => "all".into(),
    }
}
