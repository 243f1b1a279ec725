//! The application of a scenario: what its callbacks do, and how each action becomes calls of the engine.

use std::sync::Arc;
use std::time::Duration;

use super::acting::Part;
use super::action::{Act, Action, Amount, Condition, Counter, On, Program};
use super::runner::Simulation;
use super::scenario::KindSpec;
use super::{Scenario, TraceEvent};
use crate::dialect::OutputWatch;
use crate::{
    BufferName, Bufferevent, BuffereventMut, Change, Directions, Due, EolStyle, Evbuffer, EventFlags,
    MoveError, Observer, What,
};

/// The callback that runs, or the script.
#[derive(Debug)]
pub(super) struct Running {
    /// Whose; none is a timer's or the script's.
    of: Option<usize>,
    /// What an event callback was called with.
    what: What,
    /// Which one it is; none is the script.
    which: Option<Which>,
    /// What `readline` took last.
    line: Vec<u8>,
}

/// A callback of the scenario.
#[derive(Debug, Clone, Copy)]
enum Which {
    Of(usize, On),
    Timer(usize),
}

impl Running {
    /// Outside all callbacks.
    pub(super) const fn script() -> Self {
        Self { of: None, what: What::NONE, which: None, line: Vec::new() }
    }
}

impl<O: Observer> Simulation<O> {
    /// The application is called.
    pub(super) fn call_back(&mut self, due: Due) {
        self.say_closed();
        if let Due::Buffer(id, ..) = due
            && self.bufferevents.iter().any(|made| made.id == id && made.given_up)
        {
            return;
        }
        let outer = self.acting.outer();
        let entered = self.enter(due);
        let acts = self.begin_callback();
        let Some((mut running, list)) = entered else { return };
        if acts {
            let scenario = Arc::clone(&self.scenario);
            let lists = running.which.and_then(|which| program(&scenario, which).as_ref());
            if let Some(actions) = lists.and_then(|lists| lists.get(list)) {
                self.do_all(actions, &mut running);
            }
        }
        self.go_back(outer);
    }

    /// Says that the callback is entered, counts it, and gives which of its lists it does.
    fn enter(&mut self, due: Due) -> Option<(Running, usize)> {
        let (id, on) = match due {
            Due::Read(id) => (id, On::Read),
            Due::Write(id) => (id, On::Write),
            Due::Event(id, _) => (id, On::Event),
            Due::Buffer(id, BufferName::Input, _) => (id, On::Input),
            Due::Buffer(id, BufferName::Output, _) => (id, On::Output),
            Due::Application(event, _) => {
                let at = self.timers.iter().position(|timer| timer.id == event)?;
                return Some(self.enter_timer(at));
            }
        };
        let at = self.bufferevents.iter().position(|made| made.id == id)?;
        let bufferevent = self.base.get(id).ok()?;
        let (r#in, out) = (bufferevent.input().len(), bufferevent.output().len());
        let (event, what) = match due {
            Due::Read(_) => (TraceEvent::Callback { cb: "read", r#in, out }, What::NONE),
            Due::Write(_) => (TraceEvent::Callback { cb: "write", r#in, out }, What::NONE),
            Due::Event(_, what) => (TraceEvent::Event { cb: "event", what: what.bits(), r#in, out }, what),
            Due::Buffer(_, buffer, Change { added, deleted, .. }) => {
                let cb = if buffer == BufferName::Input { "input" } else { "output" };
                (TraceEvent::Buffer { cb, added, deleted, r#in, out }, What::NONE)
            }
            Due::Application(..) => return None,
        };
        self.say(Some(at), event);
        let calls = &mut self.bufferevents[at].calls[on as usize];
        *calls += 1;
        let list = list_of_call(self.scenario.bufferevents[at].program(on), *calls);
        self.note_callback(Part::Callback(at, on, list));
        Some((Running { of: Some(at), what, which: Some(Which::Of(at, on)), line: Vec::new() }, list))
    }

    fn enter_timer(&mut self, at: usize) -> (Running, usize) {
        let timer = self.scenario.timers[at].name.clone();
        self.say(None, TraceEvent::Timer { cb: "timer", timer });
        let calls = &mut self.timers[at].calls;
        *calls += 1;
        let list = list_of_call(&self.scenario.timers[at].run, *calls);
        self.note_callback(Part::Timer(at, list));
        (Running { which: Some(Which::Timer(at)), ..Running::script() }, list)
    }

    fn do_all(&mut self, actions: &[Action], running: &mut Running) {
        for (index, action) in actions.iter().enumerate() {
            let outer = self.go_into(Part::Item(index));
            self.act(action, running);
            self.go_back(outer);
            if self.is_over_budget() {
                return;
            }
        }
    }

    /// Does this as the application, and runs the callbacks that run inside it. What is done to a freed bufferevent is
    /// nothing.
    pub(super) fn act(&mut self, action: &Action, running: &mut Running) {
        let at = action.of.or(running.of).unwrap_or(0);
        match &action.what {
            Act::If { when, then, otherwise } => {
                let holds = when.iter().all(|condition| self.holds(condition, at, running));
                let (branch, actions) = if holds { ("then", then) } else { ("else", otherwise) };
                self.do_branch(branch, actions, running);
            }
            Act::Readline { eol, repeat, then } => {
                self.readline(at, (*eol, *repeat), then, running);
            }
            act if act.is_of_the_loop() => self.act_on_loop(act),
            act => self.act_on(at, act, running),
        }
    }

    /// The actions in an action.
    fn do_branch(&mut self, name: &'static str, actions: &[Action], running: &mut Running) {
        let outer = self.go_into(Part::Branch(name));
        self.do_all(actions, running);
        self.go_back(outer);
    }

    /// The callbacks that the last call runs inside itself.
    fn run_owed(&mut self) {
        let owed = self.base.triggered();
        while let Some(due) = self.base.poll_triggered(owed) {
            self.call_back(due);
            if self.is_over_budget() {
                return;
            }
        }
    }

    fn act_on(&mut self, at: usize, act: &Act, running: &Running) {
        let done = match act {
            Act::Echo(prefix) => self.echo(at, prefix.as_bytes()),
            // There the call is a `bufferevent_write`, which waits for the handle; adding to output is not enough.
            Act::MoveTo(to) if self.base.engine.rules().output_watch == OutputWatch::ByWrite => {
                self.write_input_to(at, *to)
            }
            Act::Connect(outcome) => self.connect(at, *outcome).is_ok(),
            act => self.call(at, act, &running.line),
        };
        if !done {
            self.say(Some(at), TraceEvent::Refused { refused: act.key() });
        }
        self.run_owed();
    }

    /// One call of the engine. Gives whether it did not fail.
    fn call(&mut self, at: usize, act: &Act, line: &[u8]) -> bool {
        let to = match act {
            // To one that was freed nothing is moved.
            Act::MoveTo(to) if self.bufferevent(*to).is_err() => return true,
            Act::MoveTo(to) => Some(self.bufferevents[*to].id),
            _ => None,
        };
        if let (Act::Free, Ok(_)) = (act, self.bufferevent(at)) {
            self.free(at);
            return true;
        }
        let Ok(mut bufferevent) = self.bufferevent_mut(at) else { return true };
        match act {
            // Of nothing, `evbuffer_remove` does nothing at all.
            Act::Read(most) if most.bytes().min(bufferevent.input().len()) == 0 => true,
            Act::Read(most) | Act::Drain(most) => bufferevent.drain(most.bytes()).is_ok(),
            Act::Write(data) => bufferevent.write(data.as_bytes()).is_ok(),
            Act::WriteLine(prefix) => bufferevent.write(&[prefix.as_bytes(), line, b"\n"].concat()).is_ok(),
            Act::WriteBuffer(data) => bufferevent.write_buffer(&mut Evbuffer::from(data.as_bytes())).is_ok(),
            Act::MoveTo(_) => to.is_none_or(|to| {
                !matches!(bufferevent.read_buffer_to(to), Err(MoveError::Frozen | MoveError::OtherFrozen))
            }),
            Act::Pullup(bytes) => {
                let bytes = (*bytes != Amount::All).then(|| bytes.bytes());
                // Of more than there is nothing is pulled up, and libevent gives NULL.
                let _shown = bufferevent.pullup(bytes);
                true
            }
            Act::Prepend(data) => bufferevent.edit_input(|input| input.prepend(data.as_bytes())).is_ok(),
            Act::Enable(directions) => bufferevent.enable(*directions).is_ok(),
            Act::MaxSingleRead(bytes) => bufferevent.set_max_single_read(*bytes as usize).is_ok(),
            Act::MaxSingleWrite(bytes) => bufferevent.set_max_single_write(*bytes as usize).is_ok(),
            Act::Flush { mode, directions } => bufferevent.flush(*directions, *mode).is_ok(),
            Act::Trigger { directions, options } => bufferevent.trigger(*directions, *options).is_ok(),
            Act::TriggerEvent { what, options } => bufferevent.trigger_event(*what, *options).is_ok(),
            act => {
                set(bufferevent, act);
                true
            }
        }
    }

    /// What a filter frees with itself is the application's no more either, whenever that happens.
    fn free(&mut self, at: usize) {
        if let Ok(bufferevent) = self.bufferevent_mut(at) {
            bufferevent.free();
        }
        let mut next = Some(at);
        while let Some(at) = next {
            self.bufferevents[at].given_up = true;
            let spec = &self.scenario.bufferevents[at];
            next = match spec.kind {
                KindSpec::Filter { over, .. } if spec.close_on_free => Some(over),
                _ => None,
            };
        }
    }

    /// `bufferevent_write_buffer` of one with the input of another. To and from one that was freed nothing goes.
    fn write_input_to(&mut self, at: usize, to: usize) -> bool {
        if self.bufferevent(at).is_err() || self.bufferevent(to).is_err() {
            return true;
        }
        let [from, to] = [at, to].map(|at| self.bufferevents[at].id);
        let done = self.base.engine.bufferevent_write_input(to, from);
        self.base.engine.settle();
        done.is_ok()
    }

    fn echo(&mut self, at: usize, prefix: &[u8]) -> bool {
        let mut reply = prefix.to_vec();
        let Ok(mut bufferevent) = self.bufferevent_mut(at) else { return true };
        reply.resize(prefix.len() + bufferevent.input().len(), 0);
        let read = bufferevent.read(&mut reply[prefix.len()..]);
        // A move under way can have taken some that are still counted.
        reply.truncate(read.map_or(reply.len(), |read| prefix.len() + read));
        self.run_owed();
        let written = self.bufferevent_mut(at).map(|mut bufferevent| bufferevent.write(&reply));
        read.is_ok() && !matches!(written, Ok(Err(_)))
    }

    fn readline(
        &mut self,
        at: usize,
        (eol, repeat): (EolStyle, bool),
        then: &[Action],
        running: &mut Running,
    ) {
        loop {
            let Ok(mut bufferevent) = self.bufferevent_mut(at) else { return };
            let Some((line, end)) = bufferevent.input().search_eol(0, eol) else { return };
            // The line and its end are taken one after the other, and whoever watches input hears of each.
            running.line = vec![0; line];
            if line > 0 {
                let _is_whole = bufferevent.read(&mut running.line);
                self.run_owed();
            }
            if let Ok(mut bufferevent) = self.bufferevent_mut(at) {
                let _is_there = bufferevent.drain(end);
                self.run_owed();
            }
            self.do_branch("then", then, running);
            if !repeat || self.is_over_budget() {
                return;
            }
        }
    }

    fn act_on_loop(&mut self, act: &Act) {
        match act {
            Act::LoopBreak => self.base.loopbreak(),
            Act::LoopExit => self.base.loopexit(),
            Act::SleepMs(ms) => self.let_pass(*ms),
            Act::Activate(timer) => {
                if let Ok(mut event) = self.base.event_mut(self.timers[*timer].id) {
                    event.activate(EventFlags::TIMEOUT);
                }
            }
            Act::AddTimer { timer, after_ms } => {
                self.add_timer(*timer, after_ms.or(self.scenario.timers[*timer].after_ms));
            }
            Act::DelTimer(timer) => {
                if let Ok(mut event) = self.base.event_mut(self.timers[*timer].id) {
                    event.del();
                }
            }
            _ => {}
        }
    }

    pub(super) fn add_timer(&mut self, at: usize, after_ms: Option<u32>) {
        if let Ok(mut event) = self.base.event_mut(self.timers[at].id) {
            // It waits for no handle, so that it can always be added.
            let _ = event.add(after_ms.map(milliseconds));
        }
    }

    fn holds(&self, condition: &Condition, about: usize, running: &Running) -> bool {
        let length = |at: usize, buffer: fn(&Bufferevent) -> &Evbuffer| {
            self.bufferevent(at).map_or(0, |it| buffer(it).len())
        };
        match *condition {
            Condition::InputAtLeast(bytes) => length(about, Bufferevent::input) >= bytes as usize,
            Condition::InputOf { of, at_least } => length(of, Bufferevent::input) >= at_least as usize,
            Condition::OutputOf { of, at_least } => length(of, Bufferevent::output) >= at_least as usize,
            Condition::LineThere(eol) => {
                self.bufferevent(about).is_ok_and(|it| it.input().search_eol(0, eol).is_some())
            }
            Condition::EventHas(what) => running.what.contains(what),
            Condition::Count { of, at_least } => {
                let count = match of {
                    // Those inside it count, too.
                    Counter::This => match running.which {
                        Some(Which::Of(of, on)) => self.bufferevents[of].calls[on as usize],
                        Some(Which::Timer(timer)) => self.timers[timer].calls,
                        None => 0,
                    },
                    Counter::Callback(on) => self.bufferevents[about].calls[on as usize],
                    Counter::Timer(timer) => self.timers[timer].calls,
                };
                count >= at_least as usize
            }
        }
    }
}

fn milliseconds(ms: u32) -> Duration {
    Duration::from_millis(u64::from(ms))
}

/// What cannot fail.
fn set<O: Observer>(mut bufferevent: BuffereventMut<'_, O>, act: &Act) {
    match act {
        Act::Disable(directions) => bufferevent.disable(*directions),
        Act::SetWatermark { read, write } => [(Directions::READ, read), (Directions::WRITE, write)]
            .into_iter()
            .filter_map(|(direction, marks)| marks.map(|marks| (direction, marks)))
            .for_each(|(direction, marks)| bufferevent.setwatermark(direction, marks.into())),
        Act::SetTimeouts { read_ms, write_ms } => {
            bufferevent.set_timeouts(Some(milliseconds(*read_ms)), Some(milliseconds(*write_ms)));
        }
        Act::SetCallbacks(callbacks) => bufferevent.setcb(*callbacks),
        // Looking changes nothing, and the others are done elsewhere.
        _ => {}
    }
}

/// What a callback does, call by call.
fn program(scenario: &Scenario, which: Which) -> &Program {
    match which {
        Which::Of(at, on) => scenario.bufferevents[at].program(on),
        Which::Timer(at) => &scenario.timers[at].run,
    }
}

/// The k-th call runs the k-th list; past the end, the last list runs each time.
fn list_of_call(program: &Program, call: usize) -> usize {
    let lists = program.as_deref().unwrap_or_default();
    call.min(lists.len()).saturating_sub(1)
}
