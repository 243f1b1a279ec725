//! The tutorial's echo server, without its faults.
//!
//! One thread, one event base. `accept` is the listening socket, an application event as in the tutorial;
//! `connection` what a connection is answered and how it ends, which `by_number` finds; `stop` how the server ends. [`Config`] is all that can
//! be set and [`Counters`] what other threads may look at meanwhile.
//!
//! To watch a server, hand an observer to [`EchoServer::bind`]: it runs on the loop's thread, so it should pass records
//! on through a bounded queue and never wait.

mod accept;
mod by_number;
mod config;
mod connection;
mod counters;
mod stop;

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bufferevent::{BuffereventId, Due, Evbuffer, EventBase, EventId, NoObserver, Observer, Record};
use bufferevent_mio::{EventLoop, Native, Sockets, System, Waker, Wakeups};

use crate::Printer;

use accept::{Acceptor, listen};
use by_number::BuildByNumber;
pub use config::{Config, PREFIX};
use connection::{Connection, Waiting};
pub use counters::Counters;
pub use stop::GRACE;
use stop::Phase;

/// Where the server says what happens.
#[derive(Debug)]
pub struct Output {
    lines: Printer,
    notices: Printer,
    /// See [`Config::quiet`].
    quiet: bool,
    /// What everybody has to know who wants to reach the server, until it is said: whoever reads it may take the server for ready.
    announced: Vec<String>,
}

impl Output {
    /// `lines` get where it listens and what happens on each connection, `notices` what its owner should know.
    #[must_use]
    pub const fn new(lines: Printer, notices: Printer) -> Self {
        Self { lines, notices, quiet: false, announced: Vec::new() }
    }

    fn connection(&mut self, text: impl FnOnce() -> String) {
        if !self.quiet {
            self.lines.line(text);
        }
    }

    /// Says what was announced, where that was not done yet. Gives what it was.
    fn say_announced(&mut self) -> Vec<String> {
        let announced = std::mem::take(&mut self.announced);
        for line in &announced {
            self.lines.line(|| line.clone());
        }
        announced
    }

    fn notice(&mut self, text: impl FnOnce() -> String) {
        self.notices.line(text);
    }

    /// Prints what is still queued, waiting at most so long for each output.
    pub fn finish(self, within: Duration) {
        self.lines.finish(within);
        self.notices.finish(within);
    }
}

/// An observer of the echo loop, with a moment of its own on the loop's thread.
pub trait LoopObserver: Observer + Sized {
    /// Called after each turn of the loop, with the engine at rest. It should be quick and must not wait.
    fn after_turn(base: &mut EventBase<Self>) {
        let _ = base;
    }

    /// Takes turns until the server has stopped or `goes_on` says no, and gives it back. Who watches only at times can
    /// lend the server meanwhile to an engine that has no recording in it.
    ///
    /// # Errors
    /// As [`EchoServer::run`].
    fn take_turns<S: System>(
        mut server: EchoServer<Self, S>,
        goes_on: impl Fn() -> bool,
    ) -> io::Result<EchoServer<Self, S>> {
        while goes_on() && server.turn()? {}
        Ok(server)
    }
}

impl LoopObserver for NoObserver {}

impl LoopObserver for Vec<Record> {}

/// An echo server that listens. Run it with [`run`](Self::run).
#[derive(Debug)]
pub struct EchoServer<O: LoopObserver, S: System = Native> {
    base: EventBase<O>,
    state: State<S>,
}

/// Everything but the engine.
#[derive(Debug)]
struct State<S: System> {
    config: Config,
    event_loop: EventLoop<S>,
    sockets: Sockets<S>,
    acceptor: Acceptor<S>,
    wakeups: Wakeups,
    waker: Waker,
    nudges: Wakeups,
    nudger: Waker,
    phase: Phase,
    connections: HashMap<BuffereventId, Connection, BuildByNumber>,
    waiting: Waiting,
    /// Kept for its memory.
    answer: Evbuffer,
    output: Output,
    counters: Arc<Counters>,
}

impl<O: LoopObserver> EchoServer<O> {
    /// A server that listens where `config` says; connections wait until it runs. `observer` hears of every step of
    /// the engine.
    ///
    /// # Errors
    /// What the operating system says: the address is taken or not ours.
    pub fn bind(config: Config, observer: O, output: Output) -> io::Result<Self> {
        let door = listen(&config.listen)?;
        Self::with_system(Native::new()?, door, config, observer, output)
    }
}

impl<O: LoopObserver, S: System> EchoServer<O, S> {
    /// A server on this system, for those who come through `door`.
    ///
    /// # Errors
    /// What the system says: no descriptor is left.
    pub fn with_system(
        system: S,
        door: S::Door,
        config: Config,
        observer: O,
        mut output: Output,
    ) -> io::Result<Self> {
        let (event_loop, mut sockets) = EventLoop::with_system(system)?;
        let mut base = EventBase::with_observer(config.dialect, observer);
        base.set_read_limit(config.read_limit());
        let acceptor = Acceptor::at(door, &mut base, &mut sockets)?;
        let (wakeups, waker) = Wakeups::listen(&mut base, &mut sockets)?;
        let (nudges, nudger) = Wakeups::listen(&mut base, &mut sockets)?;
        let address = acceptor.address();
        output.announced.push(format!("echo server listening on {address}"));
        output.quiet = config.quiet;
        let state = State {
            waiting: Waiting::new(&config),
            config,
            event_loop,
            sockets,
            acceptor,
            wakeups,
            waker,
            nudges,
            nudger,
            phase: Phase::Serving,
            connections: HashMap::default(),
            answer: Evbuffer::new(),
            output,
            counters: Arc::default(),
        };
        Ok(Self { base, state })
    }

    /// Serves until it is told to stop, see [`stopper`](Self::stopper).
    ///
    /// # Errors
    /// When the operating system refuses to say what is ready, which ends the server.
    pub fn run(self) -> io::Result<Output> {
        Ok(self.run_while(|| true)?.state.output)
    }

    /// Serves until it is told to stop or `goes_on` says no, asked before each turn; gives the server back.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn run_while(self, goes_on: impl Fn() -> bool) -> io::Result<Self> {
        O::take_turns(self, goes_on)
    }

    /// The same server with all its connections under another observer, and the observer that it had.
    #[must_use]
    pub fn replace_observer<P: LoopObserver>(self, observer: P) -> (EchoServer<P, S>, O) {
        let (base, before) = self.base.replace_observer(observer);
        (EchoServer { base, state: self.state }, before)
    }

    /// Waits until there is something to do and makes one pass of the loop. False when the server has stopped.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn turn(&mut self) -> io::Result<bool> {
        if !self.state.output.announced.is_empty() {
            self.state.output.say_announced();
        }
        self.state.event_loop.wait(&mut self.base, &mut self.state.sockets)?;
        self.base.begin_pass(self.state.event_loop.now());
        while let Some(due) = self.base.poll_callback(&mut self.state.sockets) {
            self.call_back(due);
        }
        self.resume_accepting_when_free();
        self.state.counters.count_pass(self.state.event_loop.waits(), self.base.totals());
        O::after_turn(&mut self.base);
        Ok(!self.has_stopped())
    }

    fn call_back(&mut self, due: Due) {
        match due {
            Due::Read(id) => self.on_read(id),
            Due::Write(id) => self.on_write(id),
            Due::Event(id, what) => self.on_event(id, what),
            Due::Buffer(..) => {}
            Due::Application(event, _) => self.on_fired(event),
        }
    }

    fn on_fired(&mut self, event: EventId) {
        if event == self.state.wakeups.event() {
            let wakeups = self.state.wakeups.take(&mut self.base);
            self.on_stop(wakeups);
        } else if event == self.state.nudges.event() {
            self.state.nudges.take(&mut self.base);
        } else if self.state.phase.is_deadline(event) {
            self.give_up();
        } else if self.state.phase.is_look(event) {
            self.look(event);
        } else if self.state.acceptor.is_listening_on(event) {
            // Who still waits makes the event fire again.
            self.accept();
        } else {
            self.resume_accepting();
        }
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.state.acceptor.address()
    }

    /// Stops the server when woken: nobody new is accepted, what was sent before is answered, for [`GRACE`] at most.
    /// A connection that is not wholly answered by then is reset. Woken once more, it stops at once.
    #[must_use]
    pub fn stopper(&self) -> Waker {
        self.state.waker.clone()
    }

    /// Makes the loop take a turn when woken, so that its observer's [`LoopObserver::after_turn`] runs soon.
    #[must_use]
    pub fn nudger(&self) -> Waker {
        self.state.nudger.clone()
    }

    /// Rests at so many connections, as when no descriptor is left: the others are for what else the process does.
    pub fn keep_to(&mut self, connections: usize) {
        self.state.acceptor.set_room(connections.max(1));
    }

    /// A line to say where it says where it listens: in its first turn, or before it, see
    /// [`settle_announcements`](Self::settle_announcements).
    pub fn announce(&mut self, line: String) {
        self.state.output.announced.push(line);
    }

    /// Says what was announced; whoever reads it may take the server for ready. Where the output takes nothing, as far as that shows within this time, says what was announced among the notices: of
    /// a port that the operating system chose nobody would hear otherwise.
    pub fn settle_announcements(&mut self, within: Duration) {
        let output = &mut self.state.output;
        let announced = output.say_announced();
        if output.lines.is_closed(within) {
            announced.into_iter().for_each(|line| output.notice(|| line));
        }
    }

    /// What it has done so far.
    #[must_use]
    pub fn counters(&self) -> Arc<Counters> {
        Arc::clone(&self.state.counters)
    }

    /// The engine, to look at between two turns.
    #[must_use]
    pub const fn base(&self) -> &EventBase<O> {
        &self.base
    }

    /// The engine, to take records out of its observer between two turns.
    pub const fn base_mut(&mut self) -> &mut EventBase<O> {
        &mut self.base
    }
}

/// Adds an event that the server has, for its handle or a time: nothing of this can fail.
fn add<O: Observer>(base: &mut EventBase<O>, event: EventId, timeout: Option<Duration>) {
    let added = base.event_mut(event).is_ok_and(|mut event| event.add(timeout).is_ok());
    debug_assert!(added, "{event:?} is there, with something to wait for");
}

fn del<O: Observer>(base: &mut EventBase<O>, event: EventId) {
    if let Ok(mut event) = base.event_mut(event) {
        event.del();
    }
}
