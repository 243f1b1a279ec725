//! Which bytes a step moves: each stretch of bytes that came at once is a flow, from where it came to where it was used.

use std::collections::VecDeque;

use crate::{BufferName, Payload, Step};

/// The four queues that bytes of one bufferevent stand in.
#[derive(Debug, Default)]
pub(super) struct Queues {
    rx: Queue,
    input: Queue,
    output: Queue,
    tx: Queue,
}

/// What a step does to flows.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Flows {
    /// They begin here, or go on.
    pub(super) on: Vec<u64>,
    /// The last of their bytes are used here.
    pub(super) ends: Vec<u64>,
}

/// Stretches of bytes, from the front: the flow, and how many bytes of it are here.
type Queue = VecDeque<(u64, usize)>;

/// The last number that was given to a flow.
#[derive(Debug, Default)]
pub(super) struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }
}

impl Queues {
    /// The flows that this step is about.
    pub(super) fn step(&mut self, step: &Step, numbers: &mut Numbers) -> Flows {
        match step {
            Step::PeerSent { payload, lost: false, .. } => begin(&mut self.rx, payload.len, numbers),
            Step::Received { payload: Payload { len, .. }, .. } => {
                let mut moved = take(&mut self.rx, *len);
                let known: usize = moved.iter().map(|(_, bytes)| bytes).sum();
                if known < *len {
                    // Nobody saw them come: the kernel of a live server, or the other side of a pair.
                    moved.push((numbers.next(), len - known));
                }
                self.input.extend(&moved);
                Flows { on: flows_of(moved), ends: Vec::new() }
            }
            Step::BufferAdded { buffer, payload, .. } => begin(self.buffer(*buffer), payload.len, numbers),
            Step::BufferDrained { buffer, bytes, .. } => {
                let used = take(self.buffer(*buffer), *bytes);
                self.used(used)
            }
            Step::BufferEdited { buffer, payload } => {
                let used = take(self.buffer(*buffer), usize::MAX);
                let ended = self.used(used);
                let began = begin(self.buffer(*buffer), payload.len, numbers);
                Flows { on: [ended.on, began.on].concat(), ends: ended.ends }
            }
            Step::Sent { payload, tanks, .. } => {
                let moved = take(&mut self.output, payload.len);
                if tanks.is_none() {
                    return self.used(moved);
                }
                self.tx.extend(&moved);
                Flows { on: flows_of(moved), ends: Vec::new() }
            }
            Step::PeerReceived { payload, .. } => {
                let used = take(&mut self.tx, payload.len);
                self.used(used)
            }
            Step::Freed { .. } => {
                let mut used = take(&mut self.input, usize::MAX);
                used.extend(take(&mut self.output, usize::MAX));
                self.used(used)
            }
            _ => Flows::default(),
        }
    }

    fn buffer(&mut self, buffer: BufferName) -> &mut Queue {
        match buffer {
            BufferName::Input => &mut self.input,
            BufferName::Output => &mut self.output,
        }
    }

    /// These have left for good. A flow of which bytes still stand somewhere goes on: those are then the next to leave.
    fn used(&self, used: Vec<(u64, usize)>) -> Flows {
        let queues = [&self.rx, &self.input, &self.output, &self.tx];
        let stands =
            |flow: &u64| queues.iter().any(|queue| queue.front().is_some_and(|(next, _)| next == flow));
        let (on, ends) = flows_of(used).into_iter().partition(stands);
        Flows { on, ends }
    }
}

fn begin(queue: &mut Queue, len: usize, numbers: &mut Numbers) -> Flows {
    if len == 0 {
        return Flows::default();
    }
    let flow = numbers.next();
    queue.push_back((flow, len));
    Flows { on: vec![flow], ends: Vec::new() }
}

/// Takes so many bytes from the front, or what there is.
fn take(queue: &mut Queue, mut len: usize) -> Vec<(u64, usize)> {
    let mut taken = Vec::new();
    while let Some((flow, bytes)) = queue.front_mut().filter(|_| len > 0) {
        let part = len.min(*bytes);
        taken.push((*flow, part));
        len -= part;
        *bytes -= part;
        if *bytes == 0 {
            queue.pop_front();
        }
    }
    taken
}

fn flows_of(stretches: Vec<(u64, usize)>) -> Vec<u64> {
    let mut flows: Vec<u64> = stretches.into_iter().map(|(flow, _)| flow).collect();
    flows.dedup();
    flows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tanks;

    fn payload(len: usize) -> Payload {
        Payload { len, bytes: Vec::new() }
    }

    fn tell(queues: &mut Queues, numbers: &mut Numbers, step: &Step) -> (Vec<u64>, Vec<u64>) {
        let Flows { on, ends } = queues.step(step, numbers);
        (on, ends)
    }

    #[test]
    fn a_flow_ends_where_its_last_byte_is_used() {
        let (mut queues, mut numbers) = (Queues::default(), Numbers::default());
        let mut tell = |step| tell(&mut queues, &mut numbers, &step);
        let tanks = Some(Tanks::default());
        let sent = Step::PeerSent { payload: payload(11), lost: false, tanks };
        assert_eq!(tell(sent), (vec![1], vec![]));
        let received = |len| Step::Received { payload: payload(len), input: len, tanks };
        assert_eq!(tell(received(10)), (vec![1], vec![]));
        let drained = |bytes| Step::BufferDrained { buffer: BufferName::Input, bytes, len: 0 };
        assert_eq!(tell(drained(10)), (vec![1], vec![]), "one byte still waits in the kernel");
        assert_eq!(tell(received(1)), (vec![1], vec![]));
        assert_eq!(tell(drained(1)), (vec![], vec![1]));
    }

    #[test]
    fn what_is_written_flows_to_the_peer_or_where_no_peer_is_seen_into_the_kernel() {
        for (tanks, sent, received) in [
            (Some(Tanks::default()), (vec![1], vec![]), (vec![], vec![1])),
            (None, (vec![], vec![1]), (vec![], vec![])),
        ] {
            let (mut queues, mut numbers) = (Queues::default(), Numbers::default());
            let mut tell = |step| tell(&mut queues, &mut numbers, &step);
            let added = Step::BufferAdded { buffer: BufferName::Output, payload: payload(3), len: 3 };
            assert_eq!(tell(added), (vec![1], vec![]));
            assert_eq!(tell(Step::Sent { payload: payload(3), output: 0, tanks }), sent);
            assert_eq!(tell(Step::PeerReceived { payload: payload(3), tanks }), received);
        }
    }

    #[test]
    fn bytes_that_nobody_saw_come_begin_a_flow_where_they_are_received() {
        let (mut queues, mut numbers) = (Queues::default(), Numbers::default());
        let received = Step::Received { payload: payload(4), input: 4, tanks: None };
        assert_eq!(tell(&mut queues, &mut numbers, &received), (vec![1], vec![]));
        let freed = Step::Freed { input_dropped: 4, output_dropped: 0 };
        assert_eq!(tell(&mut queues, &mut numbers, &freed), (vec![], vec![1]));
    }
}
