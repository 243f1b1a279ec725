//! The picture of an engine as it is now: where a viewer starts, and what folding must arrive at.

use super::Content;
use super::picture::{
    ConnectionPicture, DirectionPicture, Entered, EventPicture, LoopPicture, Picture, Running, Station,
};
use crate::observe::micros;
use crate::{Bufferevent, BuffereventId, Direction, EventBase, EventFlags, Observer};

impl<O: Observer> EventBase<O> {
    /// Everything that is visible now, as a picture after the last record. What only the records tell (counters, the
    /// kernel's queues, how a stream ended) is empty in it.
    #[must_use]
    pub fn snapshot(&self) -> Picture {
        let picture = |(id, bufferevent): (BuffereventId, &Bufferevent)| {
            (id.number(), self.connection_picture(id, bufferevent))
        };
        Picture {
            seq: self.last_seq(),
            time_us: self.now(),
            lost: 0,
            simulated: false,
            event_loop: self.loop_picture(),
            connections: self.bufferevents().map(picture).collect(),
            last: None,
        }
    }

    fn loop_picture(&self) -> LoopPicture {
        let running = self
            .pass
            .running
            .map(|(about, event)| Running { connection: about.map(BuffereventId::number), event });
        let mut outer: Vec<_> = self
            .pass
            .entered()
            .map(|due| {
                let (about, callback) = due.about();
                Entered { connection: about.map(BuffereventId::number), callback }
            })
            .collect();
        let entered = outer.pop();
        let station = match (running, self.pass.running_queue()) {
            (Some(_), _) => Station::Callbacks,
            (None, Some(_)) => Station::Active,
            (None, None) => Station::Idle,
        };
        LoopPicture { station, pass: self.pass.number(), running, outer, entered, ..LoopPicture::default() }
    }

    fn connection_picture(&self, id: BuffereventId, bufferevent: &Bufferevent) -> ConnectionPicture {
        let content = |buffer: &crate::Evbuffer| Content::of(buffer.peek(), buffer.len());
        let deferred = bufferevent.deferred_event();
        ConnectionPicture {
            number: id.number(),
            dialect: self.dialect(),
            handle: bufferevent.handle(),
            input: content(bufferevent.input()),
            output: content(bufferevent.output()),
            read: self.direction_picture(bufferevent, Direction::Read),
            write: self.direction_picture(bufferevent, Direction::Write),
            pressure: bufferevent.has_pressure_callback(),
            suspended: bufferevent.suspended(),
            deferred_queued: deferred.is_some_and(|event| self.events[event].active.is_some()),
            on_read: bufferevent.callbacks().read,
            on_write: bufferevent.callbacks().write,
            on_event: bufferevent.callbacks().event,
            ..ConnectionPicture::default()
        }
    }

    fn direction_picture(&self, bufferevent: &Bufferevent, direction: Direction) -> DirectionPicture {
        let event = &self.events[bufferevent.io_event(direction)];
        let marks = bufferevent.watermarks(direction);
        DirectionPicture {
            enabled: bufferevent.enabled().contains(direction),
            low: marks.low,
            high: marks.high.map_or(0, std::num::NonZeroUsize::get),
            timeout_us: micros(bufferevent.timeout(direction)),
            event: EventPicture {
                armed: event.armed,
                active: event.active.map(|active| -> EventFlags { active.cause }),
                deadline_us: event.deadline.map(|deadline| deadline.at),
            },
            ended: None,
        }
    }
}
