//! What can be done in a scenario: by the application, in a callback or as a script step, and to its sockets.

use super::Data;
use super::marks::WatermarksSpec;
use crate::{Callbacks, Connect, Direction, Directions, EolStyle, Errno, FlushMode, TriggerOptions, What};

/// The program of one callback; `None` when no callback is set.
///
/// The k-th invocation runs the k-th list of actions, and past the end the last list runs each time.
pub type Program = Option<Vec<Vec<Action>>>;

/// A callback that is set and does nothing.
pub(super) fn idle() -> Program {
    Some(vec![Vec::new()])
}

/// Something that the application does. What it is done to is ignored once that is freed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    /// What it is done to: an index in [`Scenario::bufferevents`](super::Scenario::bufferevents). None is the one whose
    /// callback runs, or the only one; always none where [`Act::is_of_the_loop`].
    pub of: Option<usize>,
    /// What is done.
    pub what: Act,
}

/// What the application can do. Timers are meant by their index in [`Scenario::timers`](super::Scenario::timers).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
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
        /// Milliseconds. Invariant: whole seconds where [`Dialect::has_whole_seconds`](crate::Dialect::has_whole_seconds).
        read_ms: u32,
        /// Milliseconds. Invariant: whole seconds where [`Dialect::has_whole_seconds`](crate::Dialect::has_whole_seconds).
        write_ms: u32,
    },
    /// `bufferevent_free`; every later action on it is ignored.
    Free,

    /// Moves all of input to another's output: `bufferevent_write_buffer` of one with the input of the other.
    MoveTo(usize),
    /// `bufferevent_write_buffer` of a buffer with these bytes.
    WriteBuffer(Data),
    /// `evbuffer_readln` on input; where that gives a line, something is done.
    Readline {
        /// What ends a line.
        eol: EolStyle,
        /// Again, until no whole line is left.
        repeat: bool,
        /// Once for each line.
        then: Vec<Action>,
    },
    /// `bufferevent_write` of this prefix, the line that was read last, and a line feed.
    WriteLine(Data),
    /// `evbuffer_copyout` of so many bytes of input.
    Peek(u32),
    /// `evbuffer_drain` on input.
    Drain(Amount),
    /// `evbuffer_pullup` of so many bytes of input; 1.4 has them in one piece.
    Pullup(Amount),
    /// `evbuffer_prepend` to input (2.x).
    Prepend(Data),
    /// `bufferevent_trigger` (2.x).
    Trigger {
        /// Which callbacks.
        directions: Directions,
        /// How.
        options: TriggerOptions,
    },
    /// `bufferevent_trigger_event` (2.x).
    TriggerEvent {
        /// With these flags.
        what: What,
        /// How; watermarks do not matter here.
        options: TriggerOptions,
    },
    /// `bufferevent_flush` (2.x).
    Flush {
        /// What it moves.
        mode: FlushMode,
        /// Where.
        directions: Directions,
    },
    /// `bufferevent_setcb` with these; the programs stay.
    SetCallbacks(Callbacks),
    /// `bufferevent_set_max_single_read` (2.x), in bytes.
    MaxSingleRead(u32),
    /// `bufferevent_set_max_single_write` (2.x), in bytes.
    MaxSingleWrite(u32),
    /// `bufferevent_socket_connect` (2.x), of which this becomes.
    Connect(Connect),

    /// `event_base_loopbreak`.
    LoopBreak,
    /// `event_base_loopexit` without a time.
    LoopExit,
    /// So many milliseconds pass while the callback runs, or between two steps.
    SleepMs(u32),
    /// `event_active` of a timer.
    Activate(usize),
    /// `event_add` of a timer.
    AddTimer {
        /// Which.
        timer: usize,
        /// When; none is its own time, and a timer that has none is added without.
        after_ms: Option<u32>,
    },
    /// `event_del` of a timer.
    DelTimer(usize),

    /// Something only if something holds.
    If {
        /// What has to hold, all of it. Those without a bufferevent of their own are about the action's.
        /// Invariant: not empty, no two of one kind, at most one that counts from a name.
        when: Vec<Condition>,
        /// Done when it holds.
        then: Vec<Action>,
        /// Done when it does not.
        otherwise: Vec<Action>,
    },
}

/// What can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// Input holds so many bytes.
    InputAtLeast(u32),
    /// The input of another does.
    InputOf {
        /// Whose.
        of: usize,
        /// Bytes.
        at_least: u32,
    },
    /// The output of one does.
    OutputOf {
        /// Whose.
        of: usize,
        /// Bytes.
        at_least: u32,
    },
    /// There is a whole line in input.
    LineThere(EolStyle),
    /// The event callback that runs was called with all of these.
    EventHas(What),
    /// It has run so often, the run under way included.
    Count {
        /// What.
        of: Counter,
        /// Times.
        at_least: u32,
    },
}

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counter {
    /// The callback that runs.
    This,
    /// A callback of the bufferevent that is asked about.
    Callback(On),
    /// A timer.
    Timer(usize),
}

/// Which callback of a bufferevent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum On {
    /// `readcb`.
    Read,
    /// `writecb`.
    Write,
    /// `eventcb`.
    Event,
    /// The evbuffer callback on input.
    Input,
    /// The evbuffer callback on output.
    Output,
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

impl On {
    /// The key of its program.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Read => "on_read",
            Self::Write => "on_write",
            Self::Event => "on_event",
            Self::Input => "on_input",
            Self::Output => "on_output",
        }
    }
}

/// How much is taken from input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// At most so many bytes.
    UpTo(u32),
    /// All there is.
    All,
}

impl Amount {
    /// At most so many bytes.
    #[must_use]
    pub const fn bytes(self) -> usize {
        match self {
            Self::UpTo(bytes) => bytes as usize,
            Self::All => usize::MAX,
        }
    }
}

/// One step of the script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScriptStep {
    /// The application acts outside its callbacks.
    Action(Action),
    /// Something happens to a socket.
    Peer {
        /// Which one's: an index in [`Scenario::bufferevents`](super::Scenario::bufferevents); none is the only one.
        of: Option<usize>,
        /// What.
        what: Peer,
    },
    /// The virtual clock moves on by so many milliseconds; nothing runs.
    AdvanceMs(u32),
    /// So many passes of the loop.
    Turn(u32),
}

/// What happens to a socket from its other side, or from the kernel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Peer {
    /// The peer sends this.
    Send(Data),
    /// The peer takes up to so many bytes.
    Recv(u32),
    /// The peer ends its sending side; it can still receive.
    Shutdown,
    /// The connection is reset and what was on its way is dropped.
    Reset,
    /// The peer accepts a pending connection.
    Accept,
    /// The peer refuses a pending connection.
    Refuse,
    /// The next system calls of one kind fail.
    Inject {
        /// Which system call: [`Kernel::receive`](crate::Kernel::receive) or [`Kernel::send`](crate::Kernel::send).
        op: Direction,
        /// How it fails. Invariant: one of EINTR, EAGAIN, ECONNRESET, EPIPE, ETIMEDOUT.
        errno: Errno,
        /// How many calls fail; 0 does nothing.
        times: u32,
    },
}

impl Act {
    /// This one and all within it.
    pub(super) fn each_mut(&mut self, visit: &mut impl FnMut(&mut Self)) {
        visit(self);
        for action in self.nested_mut() {
            action.what.each_mut(visit);
        }
    }

    fn nested_mut(&mut self) -> impl Iterator<Item = &mut Action> {
        let (then, otherwise): (&mut [Action], &mut [Action]) = match self {
            Self::Readline { then, .. } => (then, &mut []),
            Self::If { then, otherwise, .. } => (then, otherwise),
            _ => (&mut [], &mut []),
        };
        then.iter_mut().chain(otherwise)
    }

    /// The key that it is written under.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Read(_) => "read",
            Self::Write(_) => "write",
            Self::Echo(_) => "echo",
            Self::Enable(_) => "enable",
            Self::Disable(_) => "disable",
            Self::SetWatermark { .. } => "set_watermark",
            Self::SetTimeouts { .. } => "set_timeouts",
            Self::Free => "free",
            Self::MoveTo(_) => "move_to",
            Self::WriteBuffer(_) => "write_buffer",
            Self::Readline { .. } => "readline",
            Self::WriteLine(_) => "write_line",
            Self::Peek(_) => "peek",
            Self::Drain(_) => "drain",
            Self::Pullup(_) => "pullup",
            Self::Prepend(_) => "prepend",
            Self::Trigger { .. } => "trigger",
            Self::TriggerEvent { .. } => "trigger_event",
            Self::Flush { .. } => "flush",
            Self::SetCallbacks(_) => "set_callbacks",
            Self::MaxSingleRead(_) => "max_single_read",
            Self::MaxSingleWrite(_) => "max_single_write",
            Self::Connect(_) => "connect",
            Self::LoopBreak => "loop_break",
            Self::LoopExit => "loop_exit",
            Self::SleepMs(_) => "sleep_ms",
            Self::Activate(_) => "activate",
            Self::AddTimer { .. } => "add_timer",
            Self::DelTimer(_) => "del_timer",
            Self::If { .. } => "if",
        }
    }

    /// It concerns the loop or a timer, not a bufferevent.
    #[must_use]
    pub const fn is_of_the_loop(&self) -> bool {
        matches!(
            self,
            Self::LoopBreak
                | Self::LoopExit
                | Self::SleepMs(_)
                | Self::Activate(_)
                | Self::AddTimer { .. }
                | Self::DelTimer(_)
        )
    }
}

impl Peer {
    /// The key that it is written under.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Send(_) => "peer_send",
            Self::Recv(_) => "peer_recv",
            Self::Shutdown => "peer_shutdown",
            Self::Reset => "peer_reset",
            Self::Accept => "peer_accept",
            Self::Refuse => "peer_refuse",
            Self::Inject { .. } => "inject",
        }
    }
}

impl From<Act> for Action {
    /// Done to the one whose callback runs, or to the only one.
    fn from(what: Act) -> Self {
        Self { of: None, what }
    }
}

impl From<Action> for ScriptStep {
    fn from(action: Action) -> Self {
        Self::Action(action)
    }
}

impl From<Act> for ScriptStep {
    /// Done to the only one.
    fn from(what: Act) -> Self {
        Self::Action(what.into())
    }
}

impl From<Peer> for ScriptStep {
    /// Of the only one.
    fn from(what: Peer) -> Self {
        Self::Peer { of: None, what }
    }
}
