//! The application of a scenario: what its callbacks do, and how each action becomes calls of the engine.

use std::time::Duration;

use super::runner::Simulation;
use super::{Act, Action, Program, TraceLine};
use crate::{BuffereventMut, Directions, Due, Frozen, Observer};

impl<O: Observer> Simulation<O> {
    pub(super) fn call_back(&mut self, due: Due) {
        let Ok(bufferevent) = self.base.get(self.id) else { return };
        let (input, output) = (bufferevent.input().len(), bufferevent.output().len());
        let app = &self.scenario.bufferevents[0];
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
        let Ok(mut bufferevent) = self.base.get_mut(self.id) else { return };
        // None of it can be refused: there is a handle, and no end of the buffers is the program's to freeze.
        match &action.what {
            Act::Read(most) => drop(bufferevent.drain(most.bytes())),
            Act::Write(data) => drop(bufferevent.write(data.as_bytes())),
            Act::Echo(prefix) => drop(echo(&mut bufferevent, prefix.as_bytes())),
            Act::Enable(directions) => drop(bufferevent.enable(*directions)),
            Act::Disable(directions) => bufferevent.disable(*directions),
            Act::SetWatermark { read, write } => [(Directions::READ, read), (Directions::WRITE, write)]
                .into_iter()
                .filter_map(|(direction, marks)| marks.map(|marks| (direction, marks)))
                .for_each(|(direction, marks)| bufferevent.setwatermark(direction, marks.into())),
            Act::SetTimeouts { read_ms, write_ms } => {
                let timeout = |ms: u32| Some(Duration::from_millis(u64::from(ms)));
                bufferevent.set_timeouts(timeout(*read_ms), timeout(*write_ms));
            }
            Act::Free => bufferevent.free(),
            // Format 2's; they come with several bufferevents.
            _ => {}
        }
    }
}

fn echo<O: Observer>(bufferevent: &mut BuffereventMut<'_, O>, prefix: &[u8]) -> Result<(), Frozen> {
    let mut reply = prefix.to_vec();
    reply.resize(prefix.len() + bufferevent.input().len(), 0);
    bufferevent.read(&mut reply[prefix.len()..])?;
    bufferevent.write(&reply)
}

/// The k-th call runs the k-th list; past the end, the last list runs each time.
fn actions_of_call(program: &Program, call: usize) -> Vec<Action> {
    let lists = program.as_deref().unwrap_or_default();
    lists.get(call).or_else(|| lists.last()).cloned().unwrap_or_default()
}
