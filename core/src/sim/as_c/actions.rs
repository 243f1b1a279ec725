//! What the application does, as calls of libevent.

use super::super::{Act, Action, Amount, On, WatermarksSpec};
use super::api::Interface;
use super::helpers::Helper;
use super::literal::with_length;
use super::text::Text;
use super::writer::{Life, Scope, Writer};
use crate::{Callbacks, Directions, EolStyle, FlushMode, TriggerOptions, What};

impl Writer<'_> {
    /// A list of actions. Those that come to nothing are named.
    pub(super) fn actions(&mut self, text: &mut Text, place: &str, actions: &[Action], scope: &mut Scope) {
        for (index, action) in actions.iter().enumerate() {
            text.place(format!("{place}[{index}]"), |text| {
                self.action(text, &format!("{place}[{index}]"), action, scope);
            });
        }
    }

    /// One action, only if what it is done to may be there.
    pub(super) fn action(&mut self, text: &mut Text, place: &str, action: &Action, scope: &mut Scope) {
        let of = scope.target(action.of);
        if action.what.is_of_the_loop() || matches!(action.what, Act::If { .. }) {
            self.act(text, place, &action.what, of, scope);
        } else {
            match scope.life[of] {
                Life::Freed => {
                    let (name, key) = (&self.names[of].bev, action.what.key());
                    text.comment(&format!("{key}: {name} is freed by now, so nothing happens."));
                }
                Life::Unsure => {
                    let mut then = Text::default();
                    self.act(&mut then, place, &action.what, of, scope);
                    let condition = self.names[of].bev.clone();
                    text.only_if(&condition, |text| text.append(then));
                }
                Life::Alive => self.act(text, place, &action.what, of, scope),
            }
        }
        self.callbacks_may_have_run(&action.what, scope);
    }

    /// Some calls run callbacks before they return, and those may free.
    fn callbacks_may_have_run(&self, act: &Act, scope: &mut Scope) {
        let runs = matches!(act, Act::Trigger { .. } | Act::TriggerEvent { .. } | Act::Flush { .. });
        if runs || self.watches_buffers {
            for (life, may_be_freed) in scope.life.iter_mut().zip(&self.freed_in_callbacks) {
                if *life == Life::Alive && *may_be_freed {
                    *life = Life::Unsure;
                }
            }
        }
    }

    fn act(&mut self, text: &mut Text, place: &str, act: &Act, of: usize, scope: &mut Scope) {
        let bev = &self.variable(of, scope);
        // Most are one call.
        let call = match act {
            Act::Free => return self.free(text, bev, of, scope),
            Act::Connect(outcome) => return self.connect(text, bev, *outcome),
            Act::Readline { eol, repeat, then } => {
                let line = Line { eol: *eol, repeat: *repeat, then };
                return self.readline(text, place, bev, of, &line, scope);
            }
            Act::If { when, then, otherwise } => {
                let condition = self.condition(when, of, scope);
                return self.branches(text, place, &condition, (then, otherwise), scope);
            }
            Act::MoveTo(other) => return self.move_to(text, bev, *other, scope),
            Act::SetWatermark { read, write } => return set_watermark(text, bev, *read, *write),
            Act::SetTimeouts { read_ms, write_ms } => {
                return self.set_timeouts(text, bev, *read_ms, *write_ms);
            }
            Act::SleepMs(ms) => return self.wait(text, *ms),
            Act::AddTimer { timer, after_ms } => {
                return self.add_timer(text, *timer, after_ms.or(self.scenario.timers[*timer].after_ms));
            }
            Act::Read(Amount::All) => self.helped(Helper::Take, format!("take({bev}, SIZE_MAX);")),
            Act::Read(Amount::UpTo(most)) => self.helped(Helper::Take, format!("take({bev}, {most});")),
            Act::Peek(most) => self.helped(Helper::Peek, format!("peek({bev}, {most});")),
            Act::Echo(prefix) => self.helped(Helper::Echo, format!("echo({bev}, {});", with_length(prefix))),
            Act::WriteBuffer(data) => {
                self.helped(Helper::WriteBuffer, format!("write_buffer({bev}, {});", with_length(data)))
            }
            Act::WriteLine(prefix) => self.helped(
                Helper::WriteLine,
                format!("write_line({bev}, {}, line, length);", with_length(prefix)),
            ),
            Act::Write(data) => format!("bufferevent_write({bev}, {});", with_length(data)),
            Act::Prepend(data) => {
                format!("evbuffer_prepend({}, {});", self.api.input(bev), with_length(data))
            }
            Act::Drain(amount) => {
                let most = self.amount(*amount);
                format!("evbuffer_drain({}, {most});", self.api.input(bev))
            }
            Act::Pullup(amount) => pullup(self.api.interface, &self.api.input(bev), *amount),
            Act::Enable(directions) => format!("bufferevent_enable({bev}, {});", ev(*directions)),
            Act::Disable(directions) => format!("bufferevent_disable({bev}, {});", ev(*directions)),
            Act::Trigger { directions, options } => {
                format!("bufferevent_trigger({bev}, {}, {});", ev(*directions), trig(*options))
            }
            Act::TriggerEvent { what, options } => {
                let what = flags(self.api.interface, *what);
                format!("bufferevent_trigger_event({bev}, {what}, {});", trig(*options))
            }
            Act::Flush { mode, directions } => {
                format!("bufferevent_flush({bev}, {}, {});", ev(*directions), flush_mode(*mode))
            }
            Act::SetCallbacks(set) => {
                format!("bufferevent_setcb({bev}, {}, NULL);", self.callback_arguments(of, *set))
            }
            Act::MaxSingleRead(most) => format!("bufferevent_set_max_single_read({bev}, {most});"),
            Act::MaxSingleWrite(most) => format!("bufferevent_set_max_single_write({bev}, {most});"),
            Act::LoopBreak => "event_base_loopbreak(base);".to_owned(),
            Act::LoopExit => "event_base_loopexit(base, NULL);".to_owned(),
            Act::Activate(timer) => format!("event_active({}, EV_TIMEOUT, 1);", self.timer(*timer)),
            Act::DelTimer(timer) => format!("event_del({});", self.timer(*timer)),
        };
        text.line(call);
    }

    fn free(&self, text: &mut Text, bev: &str, of: usize, scope: &mut Scope) {
        if self.api.interface == Interface::EventH && scope.calls.is_some() {
            text.comment("1.4's loop writes to the event that ran once more after this, freed or not.");
        }
        text.line(format!("bufferevent_free({bev});"));
        for gone in self.freed_with(of) {
            text.line(format!("{} = NULL;", self.names[gone].bev));
            scope.life[gone] = Life::Freed;
        }
    }

    /// `else` is left away where there is nothing in it.
    fn branches(
        &mut self,
        text: &mut Text,
        place: &str,
        condition: &str,
        (then, otherwise): (&[Action], &[Action]),
        scope: &mut Scope,
    ) {
        let mut one = scope.clone();
        text.line(format!("if ({condition}) {{"));
        text.inside(|text| self.actions(text, &format!("{place}.then"), then, &mut one));
        if !otherwise.is_empty() {
            text.line("} else {");
            text.inside(|text| self.actions(text, &format!("{place}.else"), otherwise, scope));
        }
        text.line("}");
        scope.meet(&one);
    }

    /// The buffer of a line is the caller's to free, and there may be none.
    fn readline(
        &mut self,
        text: &mut Text,
        place: &str,
        bev: &str,
        of: usize,
        line: &Line<'_>,
        scope: &mut Scope,
    ) {
        let (input, eol) = (self.api.input(bev), eol(line.eol));
        // A line within what is done with a line.
        let nested = std::mem::replace(&mut scope.has_line, true);
        let mut body = Text::default();
        let mut after = scope.clone();
        body.inside(|text| {
            self.actions(text, &format!("{place}.then"), line.then, &mut after);
            text.line("free(line);");
        });
        let read = format!("(line = evbuffer_readln({input}, &length, {eol})) != NULL");
        let word = if line.repeat { "while" } else { "if" };
        // Once it is freed there is nothing to read from.
        let guard = if line.repeat && after.life[of] != Life::Alive {
            format!("{} && ", self.names[of].bev)
        } else {
            String::new()
        };
        let write = |text: &mut Text| {
            text.line(format!("{word} ({guard}{read}) {{"));
            text.append(body);
            text.line("}");
        };
        if nested {
            text.line("{");
            text.inside(|text| {
                text.line("char *line;\nsize_t length;\n");
                write(text);
            });
            text.line("}");
        } else {
            write(text);
        }
        scope.has_line = nested;
        scope.meet(&after);
        self.needs.headers.insert("stdlib.h");
    }

    fn move_to(&mut self, text: &mut Text, bev: &str, other: usize, scope: &Scope) {
        let input = self.api.input(bev);
        let to = self.variable(other, scope);
        let call = format!("bufferevent_write_buffer({to}, {input});");
        match scope.life[other] {
            Life::Alive => text.line(call),
            Life::Unsure => text.only_if(&self.names[other].bev, |text| text.line(call)),
            Life::Freed => text.comment(&format!("Nowhere to move it: {} is freed.", self.names[other].bev)),
        }
    }

    pub(super) fn set_timeouts(&self, text: &mut Text, bev: &str, read_ms: u32, write_ms: u32) {
        let call = match self.api.interface {
            Interface::EventH => {
                format!("bufferevent_settimeout({bev}, {}, {});", read_ms / 1000, write_ms / 1000)
            }
            Interface::Event2 => {
                let timeout = |ms| if ms == 0 { "NULL".to_owned() } else { timeval(ms) };
                format!("bufferevent_set_timeouts({bev}, {}, {});", timeout(read_ms), timeout(write_ms))
            }
        };
        text.line(call);
    }

    pub(super) fn add_timer(&self, text: &mut Text, timer: usize, after_ms: Option<u32>) {
        let after = after_ms.map_or_else(|| "NULL".to_owned(), timeval);
        text.line(format!("event_add({}, {after});", self.timer(timer)));
    }

    /// Real time passes.
    pub(super) fn wait(&mut self, text: &mut Text, ms: u32) {
        self.needs.time = true;
        if ms >= 1000 {
            text.line(format!("sleep({});", ms / 1000));
        }
        if !ms.is_multiple_of(1000) {
            text.line(format!("usleep({} * 1000);", ms % 1000));
        }
    }

    fn amount(&mut self, amount: Amount) -> String {
        match amount {
            Amount::UpTo(bytes) => bytes.to_string(),
            Amount::All => {
                self.needs.headers.insert("stdint.h");
                "SIZE_MAX".to_owned()
            }
        }
    }

    /// The functions that are set, and NULL for the others.
    pub(super) fn callback_arguments(&self, of: usize, set: Callbacks) -> String {
        let each = [(On::Read, set.read), (On::Write, set.write), (On::Event, set.event)];
        let argument = |(on, set)| if set { self.names[of].callback(on) } else { "NULL".to_owned() };
        each.map(argument).join(", ")
    }

    pub(super) fn call(&mut self, text: &mut Text, helper: Helper, call: String) {
        text.line(self.helped(helper, call));
    }

    /// A call of this helper, which the program then has.
    fn helped(&mut self, helper: Helper, call: String) -> String {
        self.needs.helpers.insert(helper);
        call
    }
}

/// What is done with lines.
struct Line<'a> {
    eol: EolStyle,
    repeat: bool,
    then: &'a [Action],
}

pub(super) fn set_watermark(
    text: &mut Text,
    bev: &str,
    read: Option<WatermarksSpec>,
    write: Option<WatermarksSpec>,
) {
    for (direction, marks) in [("EV_READ", read), ("EV_WRITE", write)] {
        if let Some(WatermarksSpec { low, high }) = marks {
            text.line(format!("bufferevent_setwatermark({bev}, {direction}, {low}, {high});"));
        }
    }
}

fn pullup(interface: Interface, input: &str, amount: Amount) -> String {
    match (interface, amount) {
        (Interface::EventH, _) => format!("(void)EVBUFFER_DATA({input});"),
        (_, Amount::UpTo(bytes)) => format!("evbuffer_pullup({input}, {bytes});"),
        (_, Amount::All) => format!("evbuffer_pullup({input}, -1);"),
    }
}

pub(super) fn timeval(ms: u32) -> String {
    match ms % 1000 {
        0 => format!("&(struct timeval){{ {}, 0 }}", ms / 1000),
        part => format!("&(struct timeval){{ {}, {part} * 1000 }}", ms / 1000),
    }
}

/// These directions as the flags of an event.
pub(super) fn ev(directions: Directions) -> &'static str {
    match (directions.read, directions.write) {
        (true, true) => "EV_READ | EV_WRITE",
        (true, false) => "EV_READ",
        (false, true) => "EV_WRITE",
        (false, false) => "0",
    }
}

fn trig(options: TriggerOptions) -> &'static str {
    match (options.ignore_watermarks, options.defer_callbacks) {
        (true, true) => "BEV_TRIG_IGNORE_WATERMARKS | BEV_TRIG_DEFER_CALLBACKS",
        (true, false) => "BEV_TRIG_IGNORE_WATERMARKS",
        (false, true) => "BEV_TRIG_DEFER_CALLBACKS",
        (false, false) => "0",
    }
}

const fn flush_mode(mode: FlushMode) -> &'static str {
    match mode {
        FlushMode::Normal => "BEV_NORMAL",
        FlushMode::Flush => "BEV_FLUSH",
        FlushMode::Finished => "BEV_FINISHED",
    }
}

pub(super) const fn eol(style: EolStyle) -> &'static str {
    match style {
        EolStyle::Any => "EVBUFFER_EOL_ANY",
        EolStyle::Crlf => "EVBUFFER_EOL_CRLF",
        EolStyle::CrlfStrict => "EVBUFFER_EOL_CRLF_STRICT",
        EolStyle::Lf => "EVBUFFER_EOL_LF",
        EolStyle::Nul => "EVBUFFER_EOL_NUL",
    }
}

/// What an event callback is called with, as its names.
pub(super) fn flags(interface: Interface, what: What) -> String {
    let names: [(What, &str, &str); 6] = [
        (What::READING, "EVBUFFER_READ", "BEV_EVENT_READING"),
        (What::WRITING, "EVBUFFER_WRITE", "BEV_EVENT_WRITING"),
        (What::EOF, "EVBUFFER_EOF", "BEV_EVENT_EOF"),
        (What::ERROR, "EVBUFFER_ERROR", "BEV_EVENT_ERROR"),
        (What::TIMEOUT, "EVBUFFER_TIMEOUT", "BEV_EVENT_TIMEOUT"),
        (What::CONNECTED, "0", "BEV_EVENT_CONNECTED"),
    ];
    let present = names.into_iter().filter(|(flag, ..)| what.contains(*flag));
    let name = |(_, first, second)| if interface == Interface::EventH { first } else { second };
    let names: Vec<&str> = present.map(name).collect();
    if names.is_empty() { "0".to_owned() } else { names.join(" | ") }
}
