//! One connection: answered while it lasts, and ended without losing an answer.

use std::net::SocketAddr;
use std::time::Duration;

use bufferevent::{
    BuffereventId, BuffereventOptions, Callbacks, Dialect, Directions, Handle, Kernel, Watermarks, What,
};

use super::{EchoServer, LoopObserver};
use crate::escaped;

/// How much of a message is printed.
const SHOWN: usize = 1024;

/// How far a connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// It is read and answered.
    Open,
    /// Its output has reached the bound: reading stopped, until output has drained.
    Held,
    /// The client has ended its side: closed when the last answer is out.
    Ended,
    /// The server stops: our side is ended when the last answer is out.
    Stopping,
    /// Our side is ended. What still comes is dropped: a socket that is closed with bytes unread resets the connection,
    /// and the client might lose the last answers.
    Lingering,
}

/// A connection of the server.
#[derive(Debug)]
pub(super) struct Connection {
    handle: Handle,
    stage: Stage,
}

impl<O: LoopObserver> EchoServer<O> {
    /// A new connection, as the tutorial sets it up.
    pub(super) fn connect(&mut self, handle: Handle, peer: SocketAddr) {
        let base = &mut self.base;
        let options = BuffereventOptions { close_on_free: true, defer_callbacks: false };
        let id = base.bufferevent_new(Some(handle), Callbacks::ALL, options);
        let seconds = |count: u32| (count > 0).then(|| Duration::from_secs(u64::from(count)));
        let timeouts = (seconds(self.config.read_timeout), seconds(self.config.write_timeout));
        // It was made a moment ago, with a handle: nothing of this can fail.
        let _ = base.bufferevent_setwatermark(id, Directions::READ, self.config.read_marks());
        let _ = base.bufferevent_setwatermark(id, Directions::WRITE, self.config.write_marks());
        let _ = base.bufferevent_set_timeouts(id, timeouts.0, timeouts.1);
        let _ = base.bufferevent_enable(id, Directions::READ);
        self.connections.insert(id, Connection { handle, stage: Stage::Open });
        self.counters.count_accepted();
        self.counters.set_open(self.connections.len());
        self.output.connection(|| format!("Accepted connection from {}", peer.ip()));
    }

    pub(super) fn on_read(&mut self, id: BuffereventId) {
        match self.stage(id) {
            Some(Stage::Open) => {
                self.answer(id);
                self.hold_when_full(id);
            }
            // Gone already, if it is gone.
            Some(Stage::Lingering) => drop(self.base.bufferevent_drain(id, usize::MAX)),
            Some(Stage::Held | Stage::Ended | Stage::Stopping) | None => {}
        }
    }

    pub(super) fn on_write(&mut self, id: BuffereventId) {
        let waiting = self.waiting_output(id);
        match self.stage(id) {
            Some(Stage::Held) if waiting < self.config.max_output as usize => {
                self.set_stage(id, Stage::Open);
                let _ = self.base.bufferevent_enable(id, Directions::READ);
            }
            // With a low mark above 0 this runs before the last byte is out, and once more when it is.
            Some(Stage::Ended) if waiting == 0 => self.disconnect(id),
            Some(Stage::Stopping) if waiting == 0 => self.linger(id),
            _ => {}
        }
    }

    pub(super) fn on_event(&mut self, id: BuffereventId, what: What) {
        if what == What::READING | What::EOF && self.stage(id) == Some(Stage::Open) {
            // Below the low mark nothing was answered so far, and no more will come.
            self.finish(id, Stage::Ended);
            if self.waiting_output(id) == 0 {
                self.disconnect(id);
            }
        } else {
            self.disconnect(id);
        }
    }

    /// The server stops: what the client has sent and can take is answered.
    pub(super) fn end_connection(&mut self, id: BuffereventId) {
        let Some(&Connection { handle, stage }) = self.connections.get(&id) else { return };
        if matches!(stage, Stage::Open | Stage::Held) {
            self.finish(id, Stage::Stopping);
        }
        if self.waiting_output(id) > 0 {
            return;
        }
        if self.sockets.readable_bytes(handle) == Some(0) {
            self.disconnect(id);
        } else {
            self.linger(id);
        }
    }

    /// Answers what is in input, and reads no more.
    fn finish(&mut self, id: BuffereventId, stage: Stage) {
        self.answer(id);
        let _ = self.base.bufferevent_disable(id, Directions::READ);
        self.set_stage(id, stage);
    }

    fn linger(&mut self, id: BuffereventId) {
        let Some(connection) = self.connections.get_mut(&id) else { return };
        connection.stage = Stage::Lingering;
        self.sockets.shutdown_write(connection.handle);
        let _ = self.base.bufferevent_setwatermark(id, Directions::READ, Watermarks::default());
        let _ = self.base.bufferevent_enable(id, Directions::READ);
    }

    /// Sends back all of input, with the prefix in front. No byte of it is copied but to print it.
    fn answer(&mut self, id: BuffereventId) {
        let Some(bufferevent) = self.base.bufferevent(id) else { return };
        let input = bufferevent.input();
        if input.is_empty() {
            return;
        }
        self.output.connection(|| {
            let mut text = vec![0; input.len()];
            input.copyout(&mut text);
            format!("recv the client msg: {}", escaped(&text, SHOWN))
        });
        // The bufferevent is there, and no end of this buffer is ever frozen.
        let _ = self.answer.add(self.config.prefix());
        let _ = self.base.bufferevent_read_buffer(id, &mut self.answer);
        let _ = self.base.bufferevent_write_buffer(id, &mut self.answer);
    }

    fn hold_when_full(&mut self, id: BuffereventId) {
        if self.waiting_output(id) >= self.config.max_output as usize {
            let _ = self.base.bufferevent_disable(id, Directions::READ);
            self.set_stage(id, Stage::Held);
        }
    }

    /// Frees the connection, with whatever it still holds, and closes its socket.
    pub(super) fn disconnect(&mut self, id: BuffereventId) {
        let Some(connection) = self.connections.remove(&id) else { return };
        let _ = self.base.bufferevent_free(id);
        // 1.4 leaves the descriptor to the application. 2.1 closes it itself, once nothing of the bufferevent runs any
        // more.
        if self.base.dialect() == Dialect::V1_4 {
            self.base.forget_handle(connection.handle);
            self.sockets.close(connection.handle);
        }
        self.counters.set_open(self.connections.len());
        self.output.connection(|| "Client disconnected.".into());
    }

    fn waiting_output(&self, id: BuffereventId) -> usize {
        self.base.bufferevent(id).map_or(0, |bufferevent| bufferevent.output().len())
    }

    fn stage(&self, id: BuffereventId) -> Option<Stage> {
        self.connections.get(&id).map(|connection| connection.stage)
    }

    fn set_stage(&mut self, id: BuffereventId, stage: Stage) {
        if let Some(connection) = self.connections.get_mut(&id) {
            connection.stage = stage;
        }
    }
}
