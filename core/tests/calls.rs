//! Callbacks that run inside calls: filters, callbacks of evbuffers, triggers. Each file of `calls` is a script with what
//! libevent 2.1.12 printed for the same calls.

#![expect(clippy::unwrap_used, reason = "what a script asks for is there")]

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use std::io::{IoSlice, IoSliceMut, Read, Write};

use bufferevent::{
    BufferName, Bufferevent, BuffereventId, BuffereventOptions, Callbacks, Connect, Dialect, Directions, Due,
    Errno, EventBase, FlushMode, Handle, Kernel, Readiness, Time, Transfer, TriggerOptions, Watermarks, What,
};

#[derive(Default)]
struct Socket {
    rx: VecDeque<u8>,
    tx: Vec<u8>,
    ended: bool,
    /// A connection was refused and nobody has heard of that yet.
    refused: bool,
    /// There is no connection.
    unconnected: bool,
}

/// Level-triggered, with room for everything.
#[derive(Default)]
struct Sockets(Vec<Socket>);

impl Kernel for Sockets {
    fn receive(&mut self, handle: Handle, into: &mut [IoSliceMut<'_>]) -> Result<Transfer, Errno> {
        let socket = &mut self.0[handle.0 as usize];
        if std::mem::take(&mut socket.refused) {
            return Err(Errno::ConnectionRefused);
        }
        if socket.unconnected && !socket.ended {
            return Err(Errno::Other(22));
        }
        match socket.rx.read_vectored(into) {
            Ok(0) if !socket.ended => Err(Errno::Again),
            Ok(bytes) => Ok(Transfer { bytes, exhausted: false }),
            Err(error) => Err(Errno::from(&error)),
        }
    }

    fn send(&mut self, handle: Handle, from: &[IoSlice<'_>]) -> Result<Transfer, Errno> {
        if self.0[handle.0 as usize].unconnected {
            return Err(Errno::BrokenPipe);
        }
        let bytes = self.0[handle.0 as usize].tx.write_vectored(from).unwrap();
        Ok(Transfer { bytes, exhausted: false })
    }

    fn finished_connecting(&mut self, handle: Handle) -> Result<(), Errno> {
        let refused = std::mem::take(&mut self.0[handle.0 as usize].refused);
        if refused { Err(Errno::ConnectionRefused) } else { Ok(()) }
    }

    fn readable_bytes(&mut self, handle: Handle) -> Option<usize> {
        Some(self.0[handle.0 as usize].rx.len())
    }

    fn poll(&mut self, report: &mut dyn FnMut(Handle, Readiness)) {
        for (number, socket) in self.0.iter().enumerate() {
            let readable = !socket.rx.is_empty() || socket.ended || socket.unconnected;
            report(Handle(number as u32), Readiness { readable, writable: true });
        }
    }
}

#[derive(Default)]
struct Named {
    id: Option<BuffereventId>,
    handle: Option<usize>,
    programs: BTreeMap<char, String>,
}

/// Callbacks after which a script that goes round in circles ends.
const MOST: usize = 41;

struct Lab {
    base: EventBase,
    kernel: Sockets,
    names: Vec<(String, Named)>,
    log: String,
    callbacks: usize,
}

impl Lab {
    fn new(dialect: Dialect) -> Self {
        let (base, kernel) = (EventBase::new(dialect), Sockets::default());
        Self { base, kernel, names: Vec::new(), log: String::new(), callbacks: 0 }
    }

    fn run(script: &str, dialect: Dialect) -> String {
        let mut lab = Self::new(dialect);
        for line in script.lines() {
            writeln!(lab.log, "> {line}").unwrap();
            lab.act(line);
            if lab.callbacks > MOST {
                lab.log.push_str("LIMIT\n");
                break;
            }
            if !line.starts_with("on") {
                lab.show();
            }
        }
        lab.log
    }

    fn named(&mut self, name: &str) -> &mut Named {
        let at = self.names.iter().position(|(known, _)| known == name);
        let at = at.unwrap_or_else(|| {
            self.names.push((name.to_owned(), Named::default()));
            self.names.len() - 1
        });
        &mut self.names[at].1
    }

    fn live(&self, name: &str) -> Option<BuffereventId> {
        let id = self.names.iter().find(|(known, _)| known == name)?.1.id?;
        self.base.get(id).ok().map(|_| id)
    }

    fn show(&mut self) {
        for (name, named) in &self.names {
            let Ok(it) = self.base.get(named.id.unwrap()) else { continue };
            let (read, write) = (it.enabled().read, it.enabled().write);
            let enabled = format!("{}{}", if read { "r" } else { "" }, if write { "w" } else { "" });
            writeln!(self.log, "  {name} in={} out={} {enabled}", it.input().len(), it.output().len())
                .unwrap();
        }
    }

    fn call_back(&mut self, due: Due) {
        let (id, kind, words) = match due {
            Due::Read(id) => (id, 'R', "R".to_owned()),
            Due::Write(id) => (id, 'W', "W".to_owned()),
            Due::Event(id, what) => (id, 'E', format!("E{:x}", what.bits())),
            Due::Buffer(id, buffer, change) => {
                let kind = if buffer == BufferName::Input { 'I' } else { 'O' };
                (id, kind, format!("{kind}+{}-{}", change.added, change.deleted))
            }
            Due::Application(..) => unreachable!("there is none"),
        };
        let it = self.base.get(id).unwrap();
        let (input, output) = (it.input().len(), it.output().len());
        let (name, named) = self.names.iter().find(|(_, named)| named.id == Some(id)).unwrap();
        let (name, program) = (name.clone(), named.programs.get(&kind).cloned().unwrap_or_default());
        writeln!(self.log, "{name} {words} in={input} out={output}").unwrap();
        self.callbacks += 1;
        if self.callbacks > MOST {
            return;
        }
        for action in program.split(';').map(str::trim).filter(|action| !action.is_empty()) {
            self.act(action);
            if self.callbacks > MOST {
                return;
            }
        }
        writeln!(self.log, "{name} .").unwrap();
    }

    /// Does this, with the callbacks that run inside it.
    fn act(&mut self, line: &str) {
        let words: Vec<_> = line.split_whitespace().collect();
        let word = |at: usize| words.get(at).copied().unwrap_or_default();
        match word(0) {
            "pair" => {
                let pair = self.base.bufferevent_pair_new([Callbacks::ALL; 2]).unwrap();
                self.named(word(1)).id = Some(pair[0]);
                self.named(word(2)).id = Some(pair[1]);
            }
            "sock" => {
                let number = self.kernel.0.len();
                self.kernel.0.push(Socket::default());
                let handle = Some(Handle(number as u32));
                let id = self.base.bufferevent_new(handle, Callbacks::ALL, options(word(2)));
                *self.named(word(1)) = Named { id: Some(id), handle: Some(number), ..Named::default() };
            }
            "free_sock" => {
                let id = self.base.bufferevent_new(None, Callbacks::ALL, options(word(2)));
                self.named(word(1)).id = Some(id);
            }
            "filter" => {
                let Some(underlying) = self.live(word(2)) else { return };
                let (input, output) = word(3).split_once('/').unwrap();
                let (input, output) = (input.parse().unwrap(), output.parse().unwrap());
                let (callbacks, options) = (Callbacks::ALL, options(word(4)));
                let id = self.base.bufferevent_filter_new(underlying, input, output, callbacks, options);
                self.named(word(1)).id = Some(id.unwrap());
            }
            "t" => {
                self.base.begin_pass(Time::ZERO);
                while let Some(due) = self.base.poll_callback(&mut self.kernel) {
                    self.call_back(due);
                    if self.callbacks > MOST {
                        return;
                    }
                }
            }
            "ps" => drop(self.socket(word(1)).filter(|it| !it.ended).map(|it| it.rx.extend(word(2).bytes()))),
            "pe" => drop(self.socket(word(1)).map(|it| it.ended = true)),
            "pr" => {
                let got = self.socket(word(1)).map(|it| std::mem::take(&mut it.tx)).unwrap_or_default();
                let text = String::from_utf8(got).unwrap();
                let got = if text.is_empty() { "none".to_owned() } else { format!("{} {text}", text.len()) };
                writeln!(self.log, "{} peer {got}", word(1)).unwrap();
            }
            "on" => {
                let (_, program) = line.split_once('=').unwrap();
                self.named(word(1)).programs.insert(word(2).chars().next().unwrap(), program.to_owned());
            }
            "conn" => self.connect(word(1), word(2)),
            _ => self.call(&words),
        }
        let owed = self.base.triggered();
        while let Some(due) = self.base.poll_triggered(owed) {
            self.call_back(due);
            if self.callbacks > MOST {
                return;
            }
        }
    }

    fn socket(&mut self, name: &str) -> Option<&mut Socket> {
        let handle = self.named(name).handle?;
        Some(&mut self.kernel.0[handle]).filter(|socket| !socket.unconnected)
    }

    /// As `bufferevent_socket_connect` does: a handle that there is fails in the kernel, being connected or refused.
    fn connect(&mut self, name: &str, how: &str) {
        let Some(id) = self.live(name) else { return };
        if self.named(name).handle.is_some() {
            writeln!(self.log, "{name} connect refused").unwrap();
            return;
        }
        let number = self.kernel.0.len();
        let (refused, at_once) = (how == "refused", how == "refnow");
        self.kernel.0.push(Socket {
            ended: refused,
            refused,
            unconnected: refused || at_once,
            ..Socket::default()
        });
        self.named(name).handle = Some(number);
        let outcome = match how {
            "now" => Connect::Accepted,
            "refnow" => Connect::Refused,
            _ => Connect::Pending,
        };
        self.base.get_mut(id).unwrap().socket_connect(Handle(number as u32), outcome).unwrap();
    }

    fn call(&mut self, words: &[&str]) {
        let word = |at: usize| words.get(at).copied().unwrap_or_default();
        let number = |at: usize| word(at).parse().unwrap_or_default();
        let Some(id) = self.live(word(1)) else { return };
        let other = self.live(word(2));
        let buffer = if word(2) == "O" { BufferName::Output } else { BufferName::Input };
        let mut it = self.base.get_mut(id).unwrap();
        match word(0) {
            "w" => it.write(word(2).as_bytes()).unwrap(),
            "r" => drop(it.drain(number(2)).unwrap()),
            "p" => {
                let has = text(&it);
                writeln!(self.log, "{} has {has}", word(1)).unwrap();
            }
            "e" => it.enable(directions(word(2))).unwrap(),
            "d" => it.disable(directions(word(2))),
            "m" => it.setwatermark(directions(word(2)), Watermarks::new(number(3), number(4))),
            "x" => it.free(),
            "fl" => {
                let mode = [FlushMode::Normal, FlushMode::Flush, FlushMode::Finished][number(3)];
                if it.flush(directions(word(2)), mode).is_err() {
                    writeln!(self.log, "{} flush refused", word(1)).unwrap();
                }
            }
            "cb" => {
                let set = |letter| word(2).contains(letter);
                it.setcb(Callbacks { read: set('r'), write: set('w'), event: set('e') });
            }
            "add" => it.add_buffer_cb(buffer).unwrap(),
            "rm" => it.remove_buffer_cb(buffer),
            "tr" => drop(it.trigger(directions(word(2)), TriggerOptions::default()).unwrap()),
            "te" => drop(it.trigger_event(what(number(2)), TriggerOptions::default()).unwrap()),
            "mv" => drop(other.map(|to| it.read_buffer_to(to).unwrap())),
            unknown => panic!("{unknown}"),
        }
    }
}

fn text(bufferevent: &Bufferevent) -> String {
    String::from_utf8(bufferevent.input().to_vec()).unwrap()
}

fn options(letters: &str) -> BuffereventOptions {
    BuffereventOptions { close_on_free: letters.contains('c'), defer_callbacks: letters.contains('d') }
}

fn directions(letters: &str) -> Directions {
    Directions { read: letters.contains('r'), write: letters.contains('w') }
}

fn what(bits: usize) -> What {
    let all = [What::READING, What::WRITING, What::EOF, What::ERROR, What::TIMEOUT, What::CONNECTED];
    let set = all.into_iter().filter(|flag| usize::from(flag.bits()) & bits != 0);
    set.fold(What::NONE, What::union)
}

/// The script that a log is of.
fn script_of(log: &str) -> String {
    log.lines().filter_map(|line| line.strip_prefix("> ")).collect::<Vec<_>>().join("\n")
}

/// Runs it.
fn repeats(log: &str) {
    let script = script_of(log);
    // What 2.2 changes is not in here.
    for dialect in [Dialect::V2_1, Dialect::V2_2] {
        similar(&Lab::run(&script, dialect), log);
    }
}

fn similar(ours: &str, libevents: &str) {
    for (number, (ours, theirs)) in ours.lines().zip(libevents.lines()).enumerate() {
        assert_eq!(ours, theirs, "line {}", number + 1);
    }
    assert_eq!(ours.lines().count(), libevents.lines().count());
}

macro_rules! repeats {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            repeats(include_str!(concat!("calls/", stringify!($name), ".log")));
        })*
    };
}

repeats! {
    a_filter_works_inside_the_write
    a_filter_reads_what_was_left_below_when_its_input_is_drained
    a_filter_stops_at_the_high_mark_below
    a_write_callback_that_writes_goes_round_inside_the_call
    a_filter_over_a_filter
    a_flush_moves_what_is_held
    bad_frames_stay_below
    the_end_of_the_stream_passes_through_a_filter
    a_filter_that_closes_frees_what_is_below
    a_filter_that_does_not_close_lets_go
    a_freed_bufferevent_below_serves_its_filter
    a_trigger_below_reaches_the_filter
    callbacks_below_can_be_taken_from_the_filter
    buffer_callbacks_come_before_those_of_the_bufferevent
    the_mark_hears_before_a_callback_that_is_older
    buffer_callbacks_hear_of_reads_and_writes_of_the_loop
    a_move_is_told_to_both_buffers
    a_pair_hands_over_inside_its_buffer_callbacks
    connected_comes_before_any_byte
    connected_comes_first_of_the_deferred
    a_refused_connection_is_an_error_alone
    a_refusal_that_a_read_found_is_an_error_too
    disabled_writing_still_hears_of_the_connection
    what_was_written_before_is_written_even_if_connected_frees
}

#[test]
fn at_once_refused_is_told_by_2_1_and_overlooked_by_2_2() {
    let log = include_str!("calls/at_once_refused.log");
    let script = script_of(log);
    similar(&Lab::run(&script, Dialect::V2_1), log);
    let newer = Lab::run(&script, Dialect::V2_2);
    assert!(
        newer.contains("s E80") && newer.contains("s E22"),
        "it hears of the connection, and fails to write: {newer}"
    );
}

/// libevent never comes back from this pass.
#[test]
fn a_pass_that_would_never_end_is_broken_off() {
    let script = "pair a b\nfilter f b none/none\nm b r 0 3\ne f r\nw a abc\nd f r\nt";
    let mut lab = Lab::new(Dialect::V2_1);
    script.lines().for_each(|line| lab.act(line));
    assert!(lab.base.is_spinning());
    lab.act("e f r");
    lab.act("t");
    assert!(!lab.base.is_spinning());
}

/// Scripts that were made by chance, one after another.
#[test]
fn random_scripts_repeat() {
    let logs: Vec<_> = include_str!("calls/random.log").split("\n\n").collect();
    assert!(logs.len() > 100, "{}", logs.len());
    logs.into_iter().for_each(repeats);
}
