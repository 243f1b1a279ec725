//! Where a byte came from and where it went: the ways into each place and out of it, counted in bytes.

use super::trail::{Chain, Trail};
use super::{Because, BytePlace, Reason};
use crate::{BufferName, Step};

/// A run of bytes that came into a place, or left it, with one record.
#[derive(Debug, Clone, Copy)]
struct Passage {
    /// The bytes that came, or left, before it.
    from: u64,
    /// The same, after it.
    to: u64,
    reason: Reason,
    position: u64,
}

/// What passed through one place: first in, first out.
#[derive(Debug, Default)]
struct Place {
    came: Vec<Passage>,
    left: Vec<Passage>,
}

/// The places that bytes of a connection pass through.
#[derive(Debug, Default)]
struct Ways {
    rx: Place,
    input: Place,
    output: Place,
    tx: Place,
}

impl Place {
    fn holding(bytes: u64) -> Self {
        let mut place = Self::default();
        // Bytes that were there before the first record came with none.
        if bytes > 0 {
            place.came.push(Passage { from: 0, to: bytes, reason: Reason::Created, position: 0 });
        }
        place
    }

    fn total(passages: &[Passage]) -> u64 {
        passages.last().map_or(0, |passage| passage.to)
    }

    fn come(&mut self, bytes: usize, reason: Reason, position: u64) {
        push(&mut self.came, bytes as u64, reason, position);
    }

    fn leave(&mut self, bytes: usize, reason: Reason, position: u64) {
        push(&mut self.left, bytes as u64, reason, position);
    }

    /// An edit may have moved any byte: all that was there left by it, and what is there now came by it.
    fn replace(&mut self, bytes: usize, position: u64) {
        let held = Self::total(&self.came).saturating_sub(Self::total(&self.left));
        push(&mut self.left, held, Reason::Edited, position);
        self.come(bytes, Reason::Edited, position);
    }

    fn left_at(&self, position: u64) -> u64 {
        self.left.iter().rev().find(|passage| passage.position <= position).map_or(0, |passage| passage.to)
    }
}

fn push(passages: &mut Vec<Passage>, bytes: u64, reason: Reason, position: u64) {
    let from = Place::total(passages);
    if bytes > 0 {
        passages.push(Passage { from, to: from + bytes, reason, position });
    }
}

fn passage(passages: &[Passage], index: u64) -> Option<&Passage> {
    passages.get(passages.partition_point(|passage| passage.to <= index))
}

impl Ways {
    fn of(trail: &Trail<'_>) -> Self {
        let start = trail.lengths_at_start().unwrap_or_default();
        let mut ways = Self {
            rx: Place::holding(start.rx),
            input: Place::holding(start.input),
            output: Place::holding(start.output),
            tx: Place::holding(start.tx),
        };
        trail.all().for_each(|(position, step)| ways.take(position, step));
        ways
    }

    fn take(&mut self, position: u64, step: &Step) {
        match step {
            Step::PeerSent { payload, lost: false, .. } => {
                self.rx.come(payload.len, Reason::PeerSent, position);
            }
            Step::Received { payload, .. } => {
                self.rx.leave(payload.len, Reason::BytesReceived, position);
                self.input.come(payload.len, Reason::BytesReceived, position);
            }
            Step::BufferAdded { buffer, payload, .. } => {
                self.buffer(*buffer).come(payload.len, Reason::BytesAdded, position);
            }
            Step::BufferDrained { buffer, bytes, .. } => {
                self.buffer(*buffer).leave(*bytes, Reason::BytesTaken, position);
            }
            Step::BufferEdited { buffer, payload } => self.buffer(*buffer).replace(payload.len, position),
            Step::Sent { payload, .. } => {
                self.output.leave(payload.len, Reason::BytesSent, position);
                self.tx.come(payload.len, Reason::BytesSent, position);
            }
            Step::PeerReceived { payload, .. } => {
                self.tx.leave(payload.len, Reason::PeerReceived, position);
            }
            Step::Freed { input_dropped, output_dropped } => {
                self.input.leave(*input_dropped, Reason::Freed, position);
                self.output.leave(*output_dropped, Reason::Freed, position);
            }
            _ => {}
        }
    }

    fn buffer(&mut self, buffer: BufferName) -> &mut Place {
        match buffer {
            BufferName::Input => &mut self.input,
            BufferName::Output => &mut self.output,
        }
    }

    /// The places in the order in which a byte of this one passes them, and where in that order it is.
    fn route(&self, place: BytePlace) -> ([&Place; 2], usize) {
        match place {
            BytePlace::Rx => ([&self.rx, &self.input], 0),
            BytePlace::Input => ([&self.rx, &self.input], 1),
            BytePlace::Output => ([&self.output, &self.tx], 0),
            BytePlace::Tx => ([&self.output, &self.tx], 1),
        }
    }
}

impl Trail<'_> {
    /// Where it is, how it came there, back to who sent it; then how it went on.
    pub(super) fn byte(&self, place: BytePlace, offset: usize) -> Vec<Because> {
        let ways = Ways::of(self);
        let (route, here) = ways.route(place);
        let mut index = route[here].left_at(self.at) + offset as u64;
        let mut chain = Chain::default();
        let Some(came) = passage(&route[here].came, index).filter(|came| came.position <= self.at) else {
            return Vec::new();
        };
        chain = self.pass(chain, came);
        // The place before it: as far into the passage that left it as into the one that came here.
        if here == 1
            && let Some(left) = route[0].left.iter().find(|left| left.position == came.position)
            && let Some(origin) = passage(&route[0].came, left.from + (index - came.from))
        {
            chain = self.pass(chain, origin);
        }
        for at in here..2 {
            let Some(left) = passage(&route[at].left, index) else {
                // What it goes back to is said first.
                return Chain::default().then(chain.end()).link(Reason::StillThere, None).end();
            };
            chain = self.pass(chain, left);
            let Some(next) = route.get(at + 1) else { break };
            let Some(entered) = next.came.iter().find(|came| came.position == left.position) else { break };
            index = entered.from + (index - left.from);
        }
        chain.end()
    }

    fn pass(&self, chain: Chain, passage: &Passage) -> Chain {
        let Passage { reason, position, .. } = *passage;
        let position = (position > 0).then_some(position);
        let by_application = matches!(reason, Reason::BytesAdded | Reason::BytesTaken | Reason::Edited);
        let within = position.filter(|_| by_application).and_then(|position| self.callback_around(position));
        chain.link(reason, position).link_if(Reason::Called, within)
    }
}
