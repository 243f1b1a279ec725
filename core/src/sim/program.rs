//! The application of a scenario: what its callbacks do, and how each action becomes calls of the engine.

use std::time::Duration;

use super::runner::Simulation;
use super::{Action, Amount, Callback, Marks, TraceLine};
use crate::{BufferError, BuffereventId, Directions, Due, EventBase, Observer, Watermarks};

/// How often each callback of the application was called.
#[derive(Debug, Default)]
pub(super) struct Calls {
    read: usize,
    write: usize,
    event: usize,
}

impl<O: Observer> Simulation<O> {
    pub(super) fn call_back(&mut self, due: Due) {
        let Some(bufferevent) = self.base.bufferevent(self.id) else { return };
        let (input, output) = (bufferevent.input().len(), bufferevent.output().len());
        let app = &self.scenario.app;
        let (line, program, count) = match due {
            Due::Read(_) => {
                let line = TraceLine::Callback { cb: "read", r#in: input, out: output };
                (line, &app.on_read, &mut self.calls.read)
            }
            Due::Write(_) => {
                let line = TraceLine::Callback { cb: "write", r#in: input, out: output };
                (line, &app.on_write, &mut self.calls.write)
            }
            Due::Event(_, what) => {
                (TraceLine::event(what, input, output), &app.on_event, &mut self.calls.event)
            }
            Due::Application(..) => return,
        };
        self.trace.push(line);
        let actions = actions_of_call(program, *count);
        *count += 1;
        for action in &actions {
            self.act(action);
            if self.is_over_budget() {
                return;
            }
        }
    }

    /// Does this as the application. Once the bufferevent is freed, it does nothing.
    pub(super) fn act(&mut self, action: &Action) {
        let (base, id) = (&mut self.base, self.id);
        if base.bufferevent(id).is_none() {
            return;
        }
        // Nothing fails: the bufferevent is there and has a handle, and no end of its buffers is the program's to freeze.
        match action {
            Action::Read(Amount::All) => drop(base.bufferevent_drain(id, usize::MAX)),
            Action::Read(Amount::UpTo(most)) => drop(base.bufferevent_drain(id, *most as usize)),
            Action::Write(data) => drop(base.bufferevent_write(id, data.as_bytes())),
            Action::Echo(prefix) => drop(echo(base, id, prefix.as_bytes())),
            Action::Enable(directions) => drop(base.bufferevent_enable(id, *directions)),
            Action::Disable(directions) => drop(base.bufferevent_disable(id, *directions)),
            Action::SetWatermark { read, write } => [(Directions::READ, read), (Directions::WRITE, write)]
                .into_iter()
                .filter_map(|(direction, marks)| marks.map(|marks| (direction, marks)))
                .for_each(|(direction, Marks { low, high })| {
                    let marks = Watermarks::new(low as usize, high as usize);
                    let _ = base.bufferevent_setwatermark(id, direction, marks);
                }),
            Action::SetTimeouts { read_ms, write_ms } => {
                let timeout = |ms: u32| Some(Duration::from_millis(u64::from(ms)));
                let _ = base.bufferevent_set_timeouts(id, timeout(*read_ms), timeout(*write_ms));
            }
            Action::Free => drop(base.bufferevent_free(id)),
        }
    }
}

fn echo<O: Observer>(base: &mut EventBase<O>, id: BuffereventId, prefix: &[u8]) -> Result<(), BufferError> {
    let mut reply = prefix.to_vec();
    let waiting = base.bufferevent(id).map_or(0, |bufferevent| bufferevent.input().len());
    reply.resize(prefix.len() + waiting, 0);
    base.bufferevent_read(id, &mut reply[prefix.len()..])?;
    base.bufferevent_write(id, &reply)
}

/// The k-th call runs the k-th list; past the end, the last list runs each time.
fn actions_of_call(program: &Callback, call: usize) -> Vec<Action> {
    let lists = program.as_deref().unwrap_or_default();
    lists.get(call).or_else(|| lists.last()).cloned().unwrap_or_default()
}
