//! What a scenario consists of.

use serde::Serialize;

use super::{Data, names};
use crate::{Dialect, Direction, Directions, Errno, Watermarks};

/// The number of the scenario format that is read and written here.
pub const FORMAT: u32 = 1;

/// One deterministic experiment with one bufferevent.
///
/// [`Scenario::from_json`] checks the invariants noted on the fields; a scenario built in code that breaks one
/// is written as it is and refused when it is read again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Scenario {
    /// Invariant: [`FORMAT`].
    pub format: u32,
    /// What the scenario is called in traces and test reports; may be empty.
    pub name: String,
    /// A heading for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// A few sentences for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Which libevent the bufferevent behaves like.
    pub dialect: Dialect,
    /// The simulated socket.
    pub kernel: KernelSpec,
    /// How the bufferevent is set up.
    pub bufferevent: BuffereventSpec,
    /// What the application does when it is called.
    pub app: App,
    /// What happens, in order.
    pub script: Vec<ScriptStep>,
}

/// The sizes of a simulated socket's queues.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct KernelSpec {
    /// Bytes that wait for the application. Invariant: at least 1.
    pub rx_capacity: u32,
    /// Bytes that wait for the peer. Invariant: at least 1.
    pub tx_capacity: u32,
}

/// How the bufferevent is set up before the script starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct BuffereventSpec {
    /// Watermarks and timeout for reading.
    pub read: DirectionSpec,
    /// Watermarks and timeout for writing.
    pub write: DirectionSpec,
    /// What `bufferevent_enable` is called with, once; not called when there is nothing in it.
    #[serde(serialize_with = "names::directions")]
    pub enable: Directions,
}

/// The settings of one direction. Zero stands for "none" in each, as in libevent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct DirectionSpec {
    /// Low watermark in bytes.
    pub low: u32,
    /// High watermark in bytes.
    pub high: u32,
    /// Timeout in milliseconds. Invariant: whole seconds where [`Dialect::has_whole_seconds`].
    pub timeout_ms: u32,
}

/// What the application does: a program for each callback.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct App {
    /// The read callback.
    pub on_read: Program,
    /// The write callback.
    pub on_write: Program,
    /// The event callback. Invariant: set where the dialect needs one.
    pub on_event: Program,
}

/// The program of one callback; `None` when no callback is set.
///
/// The k-th invocation runs the k-th list of actions, and past the end the last list runs each time.
pub type Program = Option<Vec<Vec<Action>>>;

/// What the application can do, in a callback or as a script step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// `bufferevent_read`.
    Read(Amount),
    /// `bufferevent_write` of this text, as UTF-8 bytes.
    Write(Data),
    /// Reads all of input, then writes this prefix followed by it in one `bufferevent_write`.
    Echo(Data),
    /// `bufferevent_enable`, in one call.
    Enable(Directions),
    /// `bufferevent_disable`, in one call.
    Disable(Directions),
    /// `bufferevent_setwatermark` for each direction given, read first.
    SetWatermark {
        /// The marks for reading.
        read: Option<WatermarksSpec>,
        /// The marks for writing.
        write: Option<WatermarksSpec>,
    },
    /// 1.4: `bufferevent_settimeout`, 2.1: `bufferevent_set_timeouts`. Zero is none.
    SetTimeouts {
        /// Milliseconds. Invariant: whole seconds where [`Dialect::has_whole_seconds`].
        read_ms: u32,
        /// Milliseconds. Invariant: whole seconds where [`Dialect::has_whole_seconds`].
        write_ms: u32,
    },
    /// `bufferevent_free`; every later action is ignored.
    Free,
}

/// How much [`Action::Read`] takes from input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// At most so many bytes.
    UpTo(u32),
    /// All there is.
    All,
}

/// The [`Watermarks`] of one direction, in bytes; zero is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct WatermarksSpec {
    /// Low watermark.
    pub low: u32,
    /// High watermark.
    pub high: u32,
}

/// One step of the script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScriptStep {
    /// The application acts outside its callbacks.
    Action(Action),
    /// The peer sends this.
    PeerSend(Data),
    /// The peer takes up to so many bytes.
    PeerRecv(u32),
    /// The peer ends its sending side; it can still receive.
    PeerShutdown,
    /// The connection is reset and what was on its way is dropped.
    PeerReset,
    /// The next system calls of one kind fail.
    Inject {
        /// Which system call: [`Kernel::receive`](crate::Kernel::receive) or [`Kernel::send`](crate::Kernel::send).
        op: Direction,
        /// How it fails. Invariant: one of EINTR, EAGAIN, ECONNRESET, EPIPE, ETIMEDOUT.
        errno: Errno,
        /// How many calls fail; 0 does nothing.
        times: u32,
    },
    /// The virtual clock moves on by so many milliseconds; nothing runs.
    AdvanceMs(u32),
    /// So many passes of the loop.
    Turn(u32),
}

impl Scenario {
    /// A scenario without a script, with every other key at its default.
    #[must_use]
    pub fn new(dialect: Dialect) -> Self {
        Self {
            format: FORMAT,
            name: String::new(),
            title: None,
            description: None,
            dialect,
            kernel: KernelSpec::default(),
            bufferevent: BuffereventSpec::default(),
            app: App::default(),
            script: Vec::new(),
        }
    }

    /// Rounds every timeout up to whole seconds, which is what 1.4 has. Gives how many were not whole; one that has no
    /// whole seconds above it in 32 bits of milliseconds stays as it is.
    pub fn round_timeouts(&mut self) -> usize {
        let BuffereventSpec { read, write, .. } = &mut self.bufferevent;
        let set_up = round_up(&mut read.timeout_ms) + round_up(&mut write.timeout_ms);
        let App { on_read, on_write, on_event } = &mut self.app;
        let called = [on_read, on_write, on_event].into_iter().flatten().flatten().flatten();
        let script = self.script.iter_mut().filter_map(|step| match step {
            ScriptStep::Action(action) => Some(action),
            _ => None,
        });
        set_up + called.chain(script).map(Action::round_timeouts).sum::<usize>()
    }

    /// The first example: an echo application behind a high watermark of 10 bytes, in the 1.4 dialect.
    #[must_use]
    pub fn tutorial() -> Self {
        let mut scenario = Self::new(Dialect::default());
        scenario.name = "high-mark-10".to_owned();
        scenario.bufferevent.read.high = 10;
        scenario.app.on_read = Some(vec![vec![Action::Echo("I have recvieced the msg: ".into())]]);
        scenario.script = vec![
            ScriptStep::PeerSend("hello world".into()),
            ScriptStep::Turn(3),
            ScriptStep::PeerRecv(4096),
            ScriptStep::PeerShutdown,
            ScriptStep::Turn(1),
        ];
        scenario
    }
}

impl Action {
    fn round_timeouts(&mut self) -> usize {
        match self {
            Self::SetTimeouts { read_ms, write_ms } => round_up(read_ms) + round_up(write_ms),
            _ => 0,
        }
    }
}

/// Gives 1 when that changed it.
fn round_up(timeout_ms: &mut u32) -> usize {
    let Some(rounded) = timeout_ms.checked_next_multiple_of(1000) else { return 0 };
    usize::from(std::mem::replace(timeout_ms, rounded) != rounded)
}

impl From<WatermarksSpec> for Watermarks {
    fn from(WatermarksSpec { low, high }: WatermarksSpec) -> Self {
        Self::new(low as usize, high as usize)
    }
}

impl Default for KernelSpec {
    fn default() -> Self {
        Self { rx_capacity: 65536, tx_capacity: 65536 }
    }
}

impl Default for BuffereventSpec {
    fn default() -> Self {
        let unset = DirectionSpec::default();
        Self { read: unset, write: unset, enable: Directions::READ }
    }
}

impl Default for App {
    /// All three callbacks are set and do nothing.
    fn default() -> Self {
        let idle = || Some(vec![Vec::new()]);
        Self { on_read: idle(), on_write: idle(), on_event: idle() }
    }
}
