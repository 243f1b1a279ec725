//! One connection: answered while it lasts, and ended without losing an answer.

use std::net::SocketAddr;
use std::time::Duration;

use bufferevent::{
    Bufferevent, BuffereventId, BuffereventOptions, Callbacks, Directions, Evbuffer, Handle, Kernel,
    Watermarks, What,
};
use bufferevent_mio::System;

use super::{Config, EchoServer, LoopObserver};
use crate::escaped;

/// How much of a message is printed.
const SHOWN: usize = 1024;

/// Memory for so many connections is kept, however few are open.
const KEPT: usize = 64;

/// A client that stays, with all that it sent answered, is waited for so many looks after our side has ended: what it
/// sent meanwhile would have come, and the kernel delivers our last answers without us.
const LOOKS: u32 = 5;

/// How far a connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// It is read and answered.
    Open,
    /// Its output has reached the bound: reading stopped, until output has drained.
    Held,
    /// The client has ended its side: closed when the last answer is out.
    Ended,
    /// The server stops and has ended our side. What still comes is dropped: a socket that is closed with bytes unread
    /// resets the connection, and the client might lose the last answers.
    Lingering {
        /// So often it was looked at since, and had sent nothing.
        looks: u32,
    },
}

/// A connection of the server.
#[derive(Debug)]
pub(super) struct Connection {
    handle: Handle,
    stage: Stage,
    /// What waits to be sent, as far as it was counted.
    waiting: usize,
    /// Something came since the server that stops looked last.
    stirred: bool,
    /// Something that the client sent was dropped without an answer.
    cut: bool,
}

/// Bytes that wait to be sent, over all connections.
///
/// No connection may have more than is left for all: as the sum nears its bound it is the greediest that are not read
/// any more, and who takes its answers goes on as before. This is how switches share their memory among queues; with n
/// connections that never read, the sum ends at n/(n+1) of the bound.
#[derive(Debug)]
pub(super) struct Waiting {
    each: usize,
    all: usize,
    sum: usize,
}

impl Waiting {
    pub(super) fn new(config: &Config) -> Self {
        let all = usize::try_from(config.max_memory).unwrap_or(usize::MAX);
        Self { each: config.max_output as usize, all, sum: 0 }
    }

    fn count(&mut self, before: usize, now: usize) {
        self.sum = self.sum - before + now;
    }

    /// Whether a connection for which so much waits may be read.
    fn has_room_for(&self, waiting: usize) -> bool {
        // With nothing left to send there would be no end of sending to go on after.
        waiting == 0 || waiting < self.each.min(self.all.saturating_sub(self.sum))
    }
}

impl<O: LoopObserver, S: System> EchoServer<O, S> {
    /// A new connection, as the tutorial sets it up.
    pub(super) fn connect(&mut self, handle: Handle, peer: SocketAddr) {
        let base = &mut self.base;
        let options = BuffereventOptions { close_on_free: true, defer_callbacks: false };
        let id = base.bufferevent_new(Some(handle), Callbacks::ALL, options);
        let seconds = |count: u32| (count > 0).then(|| Duration::from_secs(u64::from(count)));
        let timeouts = (seconds(self.state.config.read_timeout), seconds(self.state.config.write_timeout));
        if let Ok(mut bufferevent) = base.get_mut(id) {
            bufferevent.setwatermark(Directions::READ, self.state.config.read_marks());
            bufferevent.setwatermark(Directions::WRITE, self.state.config.write_marks());
            bufferevent.set_timeouts(timeouts.0, timeouts.1);
        }
        self.set_reading(id, true);
        self.state
            .connections
            .insert(id, Connection { handle, stage: Stage::Open, waiting: 0, stirred: false, cut: false });
        self.state.counters.count_accepted();
        self.state.counters.set_open(self.state.connections.len());
        self.state.output.connection(|| format!("Accepted connection from {}", peer.ip()));
    }

    pub(super) fn on_read(&mut self, id: BuffereventId) {
        let Some(connection) = self.state.connections.get_mut(&id) else { return };
        match connection.stage {
            Stage::Open => {
                connection.stirred = true;
                self.answer(id);
                self.hold_when_full(id);
            }
            Stage::Lingering { .. } => self.drop_input(id),
            Stage::Held | Stage::Ended => {}
        }
    }

    pub(super) fn on_write(&mut self, id: BuffereventId) {
        let (waiting, stage) = self.count_waiting(id);
        match stage {
            Some(Stage::Held) if self.state.waiting.has_room_for(waiting) => {
                self.set_stage(id, Stage::Open);
                self.set_reading(id, true);
            }
            // With a low mark above 0 this runs before the last byte is out, and once more when it is.
            Some(Stage::Ended) if waiting == 0 => self.disconnect(id),
            _ => {}
        }
    }

    pub(super) fn on_event(&mut self, id: BuffereventId, what: What) {
        if what == What::READING | What::EOF && self.stage(id) == Some(Stage::Open) {
            // Below the low mark nothing was answered so far, and no more will come.
            self.answer(id);
            self.set_reading(id, false);
            self.set_stage(id, Stage::Ended);
            if self.waiting_output(id) == 0 {
                self.disconnect(id);
            }
        } else {
            self.disconnect(id);
        }
    }

    /// The server stops: no answer waits for more to come.
    pub(super) fn begin_end(&mut self, id: BuffereventId) {
        let high = self.state.config.read_marks().high;
        self.set_read_marks(id, Watermarks { low: 0, high });
        // Below the low mark nothing was answered so far.
        self.answer(id);
    }

    /// The server stops: our side ends once the client was quiet for a while and everything that came from it is answered.
    /// The connection ends when the client's does too, or that was long enough ago.
    pub(super) fn end_when_answered(&mut self, id: BuffereventId) {
        let waiting = self.waiting_output(id);
        let Some(connection) = self.state.connections.get_mut(&id) else { return };
        let stirred = std::mem::take(&mut connection.stirred);
        let arrives = self.state.sockets.readable_bytes(connection.handle).unwrap_or(0) > 0;
        match &mut connection.stage {
            Stage::Ended => {}
            // Who sent what is not answered any more has until the deadline to take the answers before: then comes a reset.
            Stage::Lingering { .. } if connection.cut || arrives => {}
            Stage::Lingering { looks } if *looks < LOOKS => *looks += 1,
            Stage::Lingering { .. } => self.disconnect(id),
            Stage::Open | Stage::Held if stirred || arrives || waiting > 0 => {}
            Stage::Open | Stage::Held => self.linger(id),
        }
    }

    fn linger(&mut self, id: BuffereventId) {
        let Some(connection) = self.state.connections.get_mut(&id) else { return };
        connection.stage = Stage::Lingering { looks: 0 };
        self.state.sockets.shutdown_write(connection.handle);
        self.set_read_marks(id, Watermarks::default());
        self.set_reading(id, true);
    }

    fn drop_input(&mut self, id: BuffereventId) {
        if let Ok(mut bufferevent) = self.base.get_mut(id) {
            // No end of this buffer is ever frozen.
            let _ = bufferevent.drain(usize::MAX);
        }
        if let Some(connection) = self.state.connections.get_mut(&id) {
            connection.cut = true;
        }
    }

    /// Sends back all of input, with the prefix in front. No byte of it is copied but to print it.
    fn answer(&mut self, id: BuffereventId) {
        let Ok(mut bufferevent) = self.base.get_mut(id) else { return };
        let input = bufferevent.input();
        if input.is_empty() {
            return;
        }
        self.state.output.connection(|| {
            let mut text = vec![0; input.len()];
            input.copyout(&mut text);
            format!("recv the client msg: {}", escaped(&text, SHOWN))
        });
        // No end of these buffers is ever frozen.
        let _ = self.state.answer.add(self.state.config.prefix());
        let _ = bufferevent.read_buffer(&mut self.state.answer);
        let _ = bufferevent.write_buffer(&mut self.state.answer);
    }

    fn hold_when_full(&mut self, id: BuffereventId) {
        let (waiting, _) = self.count_waiting(id);
        if !self.state.waiting.has_room_for(waiting) {
            self.set_reading(id, false);
            self.set_stage(id, Stage::Held);
        }
    }

    /// Frees the connection and closes its socket: with a reset where something was not answered, so that the client does
    /// not take what it has for all.
    pub(super) fn disconnect(&mut self, id: BuffereventId) {
        let unanswered = self.is_unanswered(id);
        let Some(connection) = self.state.connections.remove(&id) else { return };
        self.state.waiting.count(connection.waiting, 0);
        if self.state.connections.is_empty() {
            self.state.answer = Evbuffer::new();
        }
        if self.state.connections.capacity() > KEPT.max(8 * self.state.connections.len()) {
            self.state.connections.shrink_to(2 * self.state.connections.len());
        }
        if unanswered {
            self.state.sockets.reset_on_close(connection.handle);
        }
        if let Ok(bufferevent) = self.base.get_mut(id) {
            bufferevent.free();
        }
        // Otherwise it is closed once nothing of the bufferevent runs any more.
        if !self.base.dialect().can_close_on_free() {
            self.base.forget_handle(connection.handle);
            self.state.sockets.close(connection.handle);
        }
        self.state.counters.set_open(self.state.connections.len());
        self.state.output.connection(|| "Client disconnected.".into());
    }

    fn is_unanswered(&mut self, id: BuffereventId) -> bool {
        let Some(connection) = self.state.connections.get(&id) else { return false };
        let holds = |it: &Bufferevent| !it.input().is_empty() || !it.output().is_empty();
        connection.cut
            || self.base.get(id).is_ok_and(holds)
            || self.state.sockets.readable_bytes(connection.handle).unwrap_or(0) > 0
    }

    /// What waits to be sent to it, counted anew, and how far the connection is.
    fn count_waiting(&mut self, id: BuffereventId) -> (usize, Option<Stage>) {
        let now = self.waiting_output(id);
        let Some(connection) = self.state.connections.get_mut(&id) else { return (now, None) };
        self.state.waiting.count(connection.waiting, now);
        connection.waiting = now;
        (now, Some(connection.stage))
    }

    fn waiting_output(&self, id: BuffereventId) -> usize {
        self.base.get(id).map_or(0, |bufferevent| bufferevent.output().len())
    }

    fn set_reading(&mut self, id: BuffereventId, reading: bool) {
        let Ok(mut bufferevent) = self.base.get_mut(id) else { return };
        if reading {
            // Every connection has a handle to wait for.
            let _ = bufferevent.enable(Directions::READ);
        } else {
            bufferevent.disable(Directions::READ);
        }
    }

    fn set_read_marks(&mut self, id: BuffereventId, marks: Watermarks) {
        if let Ok(mut bufferevent) = self.base.get_mut(id) {
            bufferevent.setwatermark(Directions::READ, marks);
        }
    }

    fn stage(&self, id: BuffereventId) -> Option<Stage> {
        self.state.connections.get(&id).map(|connection| connection.stage)
    }

    fn set_stage(&mut self, id: BuffereventId, stage: Stage) {
        if let Some(connection) = self.state.connections.get_mut(&id) {
            connection.stage = stage;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sum, once so many connections to each of which so much is sent and nothing taken are read no more.
    fn settled(config: &Config, connections: usize, answer: usize) -> usize {
        let mut waiting = Waiting::new(config);
        let mut queues = vec![0; connections];
        loop {
            let mut read = 0;
            for queue in &mut queues {
                if waiting.has_room_for(*queue) {
                    waiting.count(*queue, *queue + answer);
                    *queue += answer;
                    read += 1;
                }
            }
            if read == 0 {
                return waiting.sum;
            }
        }
    }

    #[test]
    fn all_together_stay_within_their_bound_and_each_within_its_own() {
        let config = Config { max_output: 1 << 20, max_memory: 64 << 20, ..Config::default() };
        let answer = 36;
        assert_eq!(settled(&config, 10, answer), 10 * ((1_usize << 20).div_ceil(answer) * answer));
        for connections in [100, 2000, 10_000] {
            let sum = settled(&config, connections, answer);
            assert!(sum <= (64 << 20) + connections * answer, "{connections}: {sum}");
            assert!(sum >= 60 << 20, "{connections}: {sum} is less than there is room for");
        }
    }

    #[test]
    fn the_greediest_is_stopped_first_and_who_has_nothing_waiting_never() {
        let config = Config { max_output: 1 << 20, max_memory: 1 << 20, ..Config::default() };
        let mut waiting = Waiting::new(&config);
        waiting.count(0, 900_000);
        assert!(!waiting.has_room_for(900_000) && waiting.has_room_for(100_000));
        waiting.count(0, 200_000);
        assert!(!waiting.has_room_for(1) && waiting.has_room_for(0));
    }
}
