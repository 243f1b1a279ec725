//! Where a byte came from and where it went: the ways into each place and out of it, counted in bytes, and from one
//! bufferevent to another where a function of libevent moves them.

use super::trail::{Chain, Trail};
use super::{Because, BytePlace, Reason};
use crate::{BufferName, Record, Step};

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

    fn leave_all(&mut self, reason: Reason, position: u64) {
        let held = Self::total(&self.came).saturating_sub(Self::total(&self.left));
        push(&mut self.left, held, reason, position);
    }

    /// An edit may have moved any byte: all that was there left by it, and what is there now came by it.
    fn replace(&mut self, bytes: usize, position: u64) {
        self.leave_all(Reason::Edited, position);
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
            // The kernel keeps nothing of it.
            Step::PeerReset { .. } => {
                self.rx.leave_all(Reason::PeerReset, position);
                self.tx.leave_all(Reason::PeerReset, position);
            }
            Step::Freed { input_dropped, output_dropped } => {
                self.rx.leave_all(Reason::Freed, position);
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

/// The functions that move bytes from one bufferevent to another: two records of theirs tell it, one of each.
const MOVERS: [&str; 5] = [
    "evbuffer_add_buffer",
    "be_pair_transfer",
    "be_filter_process_input",
    "be_filter_process_output",
    COPIER,
];
/// This one copies, and then drains: what it gives is told before what it takes. With an evbuffer that is no bufferevent's there is
/// no second record.
const COPIER: &str = "bufferevent_write_buffer";
/// These two stand so near each other.
const NEAR: u64 = 6;
/// An answer follows a byte over so many bufferevents.
const MOST_CROSSINGS: u32 = 8;

/// One half of a move between two bufferevents: of how many bytes, and in which place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Half {
    Taken(usize, BytePlace),
    Given(usize, BytePlace),
}

impl Half {
    const fn of(step: &Step) -> Option<Self> {
        match step {
            Step::BufferDrained { buffer: BufferName::Input, bytes, .. } => {
                Some(Self::Taken(*bytes, BytePlace::Input))
            }
            Step::Sent { payload, .. } => Some(Self::Taken(payload.len, BytePlace::Output)),
            Step::BufferAdded { buffer: BufferName::Output, payload, .. } => {
                Some(Self::Given(payload.len, BytePlace::Output))
            }
            Step::Received { payload, .. } => Some(Self::Given(payload.len, BytePlace::Input)),
            _ => None,
        }
    }

    /// The place of the other half, if this is the step of one.
    fn place_of_other(self, step: &Step) -> Option<BytePlace> {
        match (self, Self::of(step)?) {
            (Self::Taken(taken, _), Self::Given(given, place))
            | (Self::Given(given, _), Self::Taken(taken, place)) => (taken == given).then_some(place),
            _ => None,
        }
    }
}

impl Trail<'_> {
    /// Where it is, how it came there, back to who sent it; then how it went on.
    pub(super) fn byte(&self, place: BytePlace, offset: usize) -> Vec<Because> {
        let ways = Ways::of(self);
        let (route, here) = ways.route(place);
        let index = route[here].left_at(self.at) + offset as u64;
        if passage(&route[here].came, index).is_none_or(|came| came.position > self.at) {
            return Vec::new();
        }
        let chain = self.origin(Chain::default(), &ways, (place, index), 0);
        self.fate(chain, &ways, (place, index), 0)
    }

    /// How the byte of this number came into the place, and before that into the one before it.
    fn origin(&self, chain: Chain, ways: &Ways, (place, index): (BytePlace, u64), crossed: u32) -> Chain {
        let (route, here) = ways.route(place);
        let Some(came) = passage(&route[here].came, index) else { return chain };
        let chain = self.pass(chain, came);
        let into = index - came.from;
        // As far into the passage that left the place before as into the one that came here.
        if here == 1
            && let Some(left) = route[0].left.iter().find(|left| left.position == came.position)
            && passage(&route[0].came, left.from + into).is_some()
        {
            let before = if place == BytePlace::Input { BytePlace::Rx } else { BytePlace::Output };
            return self.origin(chain, ways, (before, left.from + into), crossed);
        }
        let Some((other, at, from)) = self.crossing(came.position, crossed) else { return chain };
        let ways = Ways::of(&other);
        let (route, here) = ways.route(from);
        match route[here].left.iter().find(|left| left.position == at) {
            Some(left) => {
                let chain = other.pass(chain, left);
                other.origin(chain, &ways, (from, left.from + into), crossed + 1)
            }
            None => chain,
        }
    }

    /// How it went on from there.
    fn fate(
        &self,
        mut chain: Chain,
        ways: &Ways,
        (place, mut index): (BytePlace, u64),
        crossed: u32,
    ) -> Vec<Because> {
        let (route, here) = ways.route(place);
        for at in here..2 {
            let Some(left) = passage(&route[at].left, index) else {
                // What it goes back to is said first.
                return Chain::default().then(chain.end()).link(Reason::StillThere, None).end();
            };
            chain = self.pass(chain, left);
            let into = index - left.from;
            if let Some((other, entered, to)) = self.crossing(left.position, crossed) {
                let ways = Ways::of(&other);
                let (route, here) = ways.route(to);
                if let Some(came) = route[here].came.iter().find(|came| came.position == entered) {
                    let chain = other.pass(chain, came);
                    return other.fate(chain, &ways, (to, came.from + into), crossed + 1);
                }
            }
            // Nothing says where: what a filter makes of it has another length, or the other half is far away.
            if self.is_move(left.position) {
                break;
            }
            let Some(next) = route.get(at + 1) else { break };
            let Some(entered) = next.came.iter().find(|came| came.position == left.position) else { break };
            index = entered.from + into;
        }
        chain.end()
    }

    /// The other half of a move between two bufferevents of which this record tells one: whose, where, and in which place.
    fn crossing(&self, position: u64, crossed: u32) -> Option<(Self, u64, BytePlace)> {
        let here =
            self.anyones_record(position).filter(|_| crossed < MOST_CROSSINGS && self.is_move(position))?;
        let half = Half::of(&here.step)?;
        if here.function == COPIER {
            return self.copied(position, half);
        }
        let other = |at: u64| {
            let record = self.anyones_record(at)?;
            let is_other = record.function == here.function && record.connection != here.connection;
            let place = half.place_of_other(&record.step).filter(|_| is_other)?;
            Some((self.of(record.connection), at, place))
        };
        (1..=NEAR).find_map(|by| {
            let (before, after) = (position.saturating_sub(by), position + by);
            // Most are taken first: of two moves of as many bytes, one after the other, each has its own halves.
            match half {
                Half::Taken(..) => other(after).or_else(|| other(before)),
                Half::Given(..) => other(before).or_else(|| other(after)),
            }
        })
    }

    /// The same where bytes are copied first and then drained: the next half there is, unless it is the first of another move.
    fn copied(&self, position: u64, half: Half) -> Option<(Self, u64, BytePlace)> {
        let there = |by: u64| match half {
            Half::Taken(..) => position.checked_sub(by),
            Half::Given(..) => Some(position + by),
        };
        let is_half = |record: &&Record| record.function == COPIER && Half::of(&record.step).is_some();
        let mut halves = (1..=NEAR).filter_map(there).filter_map(|at| Some((at, self.anyones_record(at)?)));
        let (at, record) = halves.find(|(_, record)| is_half(record))?;
        Some((self.of(record.connection), at, half.place_of_other(&record.step)?))
    }

    /// Whether this record is of a move between two bufferevents, which passes no kernel.
    fn is_move(&self, position: u64) -> bool {
        self.anyones_record(position).is_some_and(|record| MOVERS.contains(&&*record.function))
    }

    fn pass(&self, chain: Chain, passage: &Passage) -> Chain {
        let Passage { reason, position, .. } = *passage;
        let position = (position > 0).then_some(position);
        let by_application = matches!(reason, Reason::BytesAdded | Reason::BytesTaken | Reason::Edited);
        let within = position.filter(|_| by_application).and_then(|position| self.callback_around(position));
        chain.link(reason, position).link_if(Reason::Called, within)
    }
}
