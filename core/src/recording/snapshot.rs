//! The picture of an engine as it is now: where a viewer starts, and what folding must arrive at.

use std::sync::mpsc::{self, Receiver};

use super::picture::{
    ConnectionPicture, DirectionPicture, Entered, EventPicture, LoopPicture, Picture, Running, Station,
};
use super::{Content, Names};
use crate::bufferevent::{Probe, State};
use crate::event_loop::Phase;
use crate::observe::micros;
use crate::{BufferName, Bufferevent, BuffereventId, Direction, EventBase, EventFlags, Observer};

impl<O: Observer> EventBase<O> {
    /// Everything that is visible now, as a picture after the last record. What only the records tell (counters, the
    /// kernel's queues, how a stream ended) is empty in it.
    #[must_use]
    pub fn snapshot(&self) -> Picture {
        self.engine.state.picture(self.last_seq())
    }

    /// From now on gives a snapshot after each record: for tests of the fold, it costs a lot.
    pub fn keep_snapshots(&mut self) -> Receiver<Picture> {
        let (sender, snapshots) = mpsc::channel();
        // Whoever has dropped the receiver wants no more.
        let probe = move |state: &State, seq| drop(sender.send(state.picture(seq)));
        self.engine.state.probe = Some(Probe(Box::new(probe)));
        snapshots
    }
}

impl State {
    fn picture(&self, seq: u64) -> Picture {
        let picture = |(id, bufferevent): (BuffereventId, &Bufferevent)| {
            (id.number(), self.connection_picture(id, bufferevent))
        };
        Picture {
            seq,
            time: self.event_loop.now(),
            lost: 0,
            names: Names::default(),
            simulated: false,
            event_loop: self.loop_picture(),
            connections: self.live_bufferevents().map(picture).collect(),
            last: None,
        }
    }

    fn loop_picture(&self) -> LoopPicture {
        let running = self.event_loop.running().map(|(key, owner)| Running {
            connection: owner.about().map(BuffereventId::number),
            event: owner.event_name(key),
        });
        let mut outer: Vec<_> = self
            .calls
            .entered()
            .map(|due| {
                let (about, callback) = due.about();
                Entered { connection: about.map(BuffereventId::number), callback }
            })
            .collect();
        let entered = outer.pop();
        let station = match (running, self.event_loop.phase()) {
            (Some(_), _) => Station::Callbacks,
            (None, Phase::Running(_)) => Station::Active,
            (None, Phase::Idle | Phase::Top) => Station::Idle,
        };
        LoopPicture {
            station,
            pass: self.event_loop.pass_number(),
            running,
            outer,
            entered,
            ..LoopPicture::default()
        }
    }

    fn connection_picture(&self, id: BuffereventId, bufferevent: &Bufferevent) -> ConnectionPicture {
        let content = |buffer: &crate::Evbuffer| Content::of(buffer.peek(), buffer.len());
        let deferred = bufferevent.deferred_event();
        ConnectionPicture {
            number: id.number(),
            dialect: self.dialect,
            handle: bufferevent.handle(),
            connecting: bufferevent.is_connecting(),
            underlying: bufferevent.get_underlying().map(BuffereventId::number),
            input: content(bufferevent.input()),
            output: content(bufferevent.output()),
            read: self.direction_picture(bufferevent, Direction::Read),
            write: self.direction_picture(bufferevent, Direction::Write),
            pressure: bufferevent.has_pressure_callback(),
            suspended: bufferevent.suspended(),
            deferred_queued: deferred.is_some_and(|event| self.event_loop[event].active.is_some()),
            on_read: bufferevent.callbacks().read,
            on_write: bufferevent.callbacks().write,
            on_event: bufferevent.callbacks().event,
            on_input: bufferevent.has_buffer_cb(BufferName::Input),
            on_output: bufferevent.has_buffer_cb(BufferName::Output),
            ..ConnectionPicture::default()
        }
    }

    fn direction_picture(&self, bufferevent: &Bufferevent, direction: Direction) -> DirectionPicture {
        let event = &self.event_loop[bufferevent.io_event(direction)];
        let marks = bufferevent.watermarks(direction);
        DirectionPicture {
            enabled: bufferevent.enabled().contains(direction),
            low: marks.low,
            high: marks.high.map_or(0, std::num::NonZeroUsize::get),
            timeout_us: micros(bufferevent.timeout(direction)),
            event: EventPicture {
                armed: event.armed,
                active: event.active.map(|active| -> EventFlags { active.cause }),
                deadline: event.deadline.map(|deadline| deadline.at),
            },
            ended: None,
        }
    }
}
