//! What a scenario consists of. What is done in it is in `action`.

use super::action::{Act, Action, On, Peer, Program, ScriptStep, idle};
use crate::{Connect, Dialect, Directions, FilterKind};

/// The format that a scenario is written in. Both are the same model; [`V1`](Self::V1) is the short form for one
/// bufferevent on a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// One socket bufferevent.
    V1,
    /// A program: several bufferevents of several kinds, timers, conditions.
    V2,
}

impl Format {
    /// Both, by their numbers.
    pub(super) const ALL: [Self; 2] = [Self::V1, Self::V2];

    /// The value of the key `format`.
    #[must_use]
    pub const fn number(self) -> u32 {
        match self {
            Self::V1 => 1,
            Self::V2 => 2,
        }
    }
}

/// One deterministic experiment.
///
/// [`Scenario::from_json`] checks the invariants noted on the fields, and so does [`Scenario::check`]; a scenario built in
/// code that breaks one is written as it is and refused when it is read again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    /// How it is written, and how its trace is.
    pub format: Format,
    /// What the scenario is called in traces and test reports; may be empty.
    pub name: String,
    /// A heading for people.
    pub title: Option<String>,
    /// A few sentences for people.
    pub description: Option<String>,
    /// Which libevent it follows.
    pub dialect: Dialect,
    /// How many priorities there are: `event_base_priority_init`. None is one more than the largest that is named.
    /// Invariant: at least 1, and above each that is named.
    pub priorities: Option<u8>,
    /// How far it runs at most.
    pub limits: Limits,
    /// In the order in which they are made, but for what another needs, which is made before it.
    /// Invariant: no two of one name. In format 1 exactly one, as [`BuffereventSpec::default`] but for its settings.
    pub bufferevents: Vec<BuffereventSpec>,
    /// The application's own events. Invariant: no two of one name; none in format 1.
    pub timers: Vec<TimerSpec>,
    /// What happens, in order.
    pub script: Vec<ScriptStep>,
}

/// How far a scenario runs at most, whoever runs it. None is as far as whoever runs it lets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// Records. Invariant: at least 1.
    pub records: Option<u64>,
    /// Bytes that are buffered at one time. Invariant: at least 1.
    pub bytes: Option<u64>,
}

/// How a bufferevent is made and set up before the script starts, and what the application does when it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuffereventSpec {
    /// What it is called.
    pub name: String,
    /// What it is made on.
    pub kind: KindSpec,
    /// Watermarks and timeout for reading.
    pub read: DirectionSpec,
    /// Watermarks and timeout for writing.
    pub write: DirectionSpec,
    /// What `bufferevent_enable` is called with, once; not called when there is nothing in it.
    pub enable: Directions,
    /// BEV_OPT_DEFER_CALLBACKS.
    pub deferred: bool,
    /// BEV_OPT_CLOSE_ON_FREE.
    pub close_on_free: bool,
    /// What `bufferevent_set_max_single_read` is called with, if it is.
    pub max_single_read: Option<u32>,
    /// What `bufferevent_set_max_single_write` is called with, if it is.
    pub max_single_write: Option<u32>,
    /// What `bufferevent_priority_set` is called with, if it is.
    pub priority: Option<u8>,
    /// The read callback.
    pub on_read: Program,
    /// The write callback.
    pub on_write: Program,
    /// The event callback. Invariant: set where the dialect needs one.
    pub on_event: Program,
    /// The application's own evbuffer callback on input.
    pub on_input: Program,
    /// The application's own evbuffer callback on output.
    pub on_output: Program,
}

/// What a bufferevent is made on. Others are meant by their index in [`Scenario::bufferevents`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KindSpec {
    /// A simulated socket: `bufferevent_socket_new`.
    Socket {
        /// The sizes of its queues.
        kernel: KernelSpec,
        /// It is made without a handle, and connected before the script starts: this becomes of it.
        connect: Option<Connect>,
    },
    /// One side of a pair: `bufferevent_pair_new`.
    Pair {
        /// The other side. Invariant: whose other side is this one.
        with: usize,
    },
    /// `bufferevent_filter_new`.
    Filter {
        /// The underlying bufferevent. Invariant: it has no other filter over it, and no circle is made.
        over: usize,
        /// What becomes of bytes that come in.
        input: FilterKind,
        /// What becomes of bytes that go out.
        output: FilterKind,
    },
}

/// The sizes of a simulated socket's queues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KernelSpec {
    /// Bytes that wait for the application. Invariant: at least 1.
    pub rx_capacity: u32,
    /// Bytes that wait for the peer. Invariant: at least 1.
    pub tx_capacity: u32,
}

/// The settings of one direction. Zero stands for "none" in each, as in libevent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DirectionSpec {
    /// Low watermark in bytes.
    pub low: u32,
    /// High watermark in bytes.
    pub high: u32,
    /// Timeout in milliseconds. Invariant: whole seconds where [`Dialect::has_whole_seconds`].
    pub timeout_ms: u32,
}

/// One of the application's own events, without a handle: `evtimer_new`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimerSpec {
    /// What it is called.
    pub name: String,
    /// It is added with this before the script starts, if at all, in milliseconds.
    pub after_ms: Option<u32>,
    /// EV_PERSIST.
    pub persist: bool,
    /// What `event_priority_set` is called with, if it is.
    pub priority: Option<u8>,
    /// What it does. Invariant: some.
    pub run: Program,
}

impl Scenario {
    /// Where the programs of this bufferevent's callbacks are.
    pub(super) fn place_of_callbacks(&self, at: usize) -> String {
        match self.format {
            Format::V1 => "app".to_owned(),
            Format::V2 => format!("bufferevents.{}", self.bufferevents[at].name),
        }
    }

    /// A scenario of format 1 without a script, with every other key at its default.
    #[must_use]
    pub fn new(dialect: Dialect) -> Self {
        Self {
            format: Format::V1,
            name: String::new(),
            title: None,
            description: None,
            dialect,
            priorities: None,
            limits: Limits::default(),
            bufferevents: vec![BuffereventSpec::default()],
            timers: Vec::new(),
            script: Vec::new(),
        }
    }

    /// The index of the bufferevent with this name.
    #[must_use]
    pub fn bufferevent_called(&self, name: &str) -> Option<usize> {
        self.bufferevents.iter().position(|it| it.name == name)
    }

    /// The index of the timer with this name.
    #[must_use]
    pub fn timer_called(&self, name: &str) -> Option<usize> {
        self.timers.iter().position(|it| it.name == name)
    }

    /// How many priorities its event base has.
    #[must_use]
    pub fn priority_count(&self) -> u8 {
        let named = self.bufferevents.iter().map(|it| it.priority);
        let largest = named.chain(self.timers.iter().map(|it| it.priority)).flatten().max();
        self.priorities.unwrap_or_else(|| largest.map_or(1, |priority| priority.saturating_add(1)))
    }

    /// Rounds every timeout up to whole seconds, which is what 1.4 has. Gives how many were not whole; one that has no
    /// whole seconds above it in 32 bits of milliseconds stays as it is. Timers have milliseconds everywhere.
    pub fn round_timeouts(&mut self) -> usize {
        let mut rounded = 0;
        let mut round = |timeout_ms: &mut u32| {
            let whole = timeout_ms.checked_next_multiple_of(1000).unwrap_or(*timeout_ms);
            rounded += usize::from(std::mem::replace(timeout_ms, whole) != whole);
        };
        for BuffereventSpec { read, write, .. } in &mut self.bufferevents {
            round(&mut read.timeout_ms);
            round(&mut write.timeout_ms);
        }
        self.each_act_mut(&mut |act| {
            if let Act::SetTimeouts { read_ms, write_ms } = act {
                round(read_ms);
                round(write_ms);
            }
        });
        rounded
    }

    /// Goes through everything that the application does: in each program, then in the script.
    pub(super) fn each_act_mut(&mut self, visit: &mut impl FnMut(&mut Act)) {
        let programs = self.bufferevents.iter_mut().flat_map(BuffereventSpec::programs_mut);
        let programs = programs.chain(self.timers.iter_mut().map(|timer| &mut timer.run));
        for action in programs.flatten().flatten().flatten() {
            action.what.each_mut(visit);
        }
        for step in &mut self.script {
            if let ScriptStep::Action(action) = step {
                action.what.each_mut(visit);
            }
        }
    }

    /// A scenario to begin with: input fills to its high watermark, and reading stops.
    ///
    /// # Panics
    /// Never: the scenario is part of this crate.
    #[must_use]
    pub fn first() -> Self {
        Self::from_json(include_str!("first.json")).expect("it is part of this crate")
    }

    /// The first example: an echo application behind a high watermark of 10 bytes, in the 1.4 dialect.
    #[must_use]
    pub fn tutorial() -> Self {
        let mut scenario = Self::new(Dialect::default());
        scenario.name = "high-mark-10".to_owned();
        let bufferevent = &mut scenario.bufferevents[0];
        bufferevent.read.high = 10;
        let echo: Action = Act::Echo("I have recvieced the msg: ".into()).into();
        bufferevent.on_read = Some(vec![vec![echo]]);
        scenario.script = vec![
            Peer::Send("hello world".into()).into(),
            ScriptStep::Turn(3),
            Peer::Recv(4096).into(),
            Peer::Shutdown.into(),
            ScriptStep::Turn(1),
        ];
        scenario
    }
}

impl BuffereventSpec {
    /// What the one bufferevent of format 1 is called.
    pub const ONLY: &str = "bufferevent";

    /// With this name and every other key of format 2 at its default.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        let unset = DirectionSpec::default();
        Self {
            name: name.into(),
            kind: KindSpec::default(),
            read: unset,
            write: unset,
            enable: Directions::READ,
            deferred: false,
            close_on_free: false,
            max_single_read: None,
            max_single_write: None,
            priority: None,
            on_read: idle(),
            on_write: idle(),
            on_event: idle(),
            on_input: None,
            on_output: None,
        }
    }

    /// The sizes of its socket's queues, where it is made on one.
    #[must_use]
    pub const fn kernel(&self) -> Option<KernelSpec> {
        match self.kind {
            KindSpec::Socket { kernel, .. } => Some(kernel),
            KindSpec::Pair { .. } | KindSpec::Filter { .. } => None,
        }
    }

    /// What the application does in this callback.
    #[must_use]
    pub const fn program(&self, on: On) -> &Program {
        match on {
            On::Read => &self.on_read,
            On::Write => &self.on_write,
            On::Event => &self.on_event,
            On::Input => &self.on_input,
            On::Output => &self.on_output,
        }
    }

    fn programs_mut(&mut self) -> [&mut Program; 5] {
        let Self { on_read, on_write, on_event, on_input, on_output, .. } = self;
        [on_read, on_write, on_event, on_input, on_output]
    }
}

impl Default for BuffereventSpec {
    /// The one of format 1: its socket is closed when it is freed.
    fn default() -> Self {
        Self { close_on_free: true, ..Self::new(Self::ONLY) }
    }
}

impl Default for KindSpec {
    /// A connected socket.
    fn default() -> Self {
        Self::Socket { kernel: KernelSpec::default(), connect: None }
    }
}

impl Default for KernelSpec {
    fn default() -> Self {
        Self { rx_capacity: 65536, tx_capacity: 65536 }
    }
}
