//! Which events are active, in the order in which they will run.

use std::collections::VecDeque;

use crate::arena::Key;

/// A place in a queue. An event that leaves its queue early only forgets its ticket, which is skipped later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ticket(u64);

/// libevent's `activequeues`: one queue for each priority, the smallest number first.
#[derive(Debug)]
pub(crate) struct ActiveQueues {
    queues: Vec<VecDeque<(Key, Ticket)>>,
    last_ticket: u64,
    /// Invariant: the number of events that hold a ticket.
    count: usize,
}

impl ActiveQueues {
    pub(crate) fn new(priorities: u8) -> Self {
        Self { queues: vec![VecDeque::new(); usize::from(priorities.max(1))], last_ticket: 0, count: 0 }
    }

    pub(crate) fn priorities(&self) -> usize {
        self.queues.len()
    }

    pub(crate) fn count(&self) -> usize {
        self.count
    }

    pub(crate) fn push(&mut self, priority: u8, event: Key) -> Ticket {
        self.last_ticket += 1;
        let ticket = Ticket(self.last_ticket);
        self.queues[usize::from(priority)].push_back((event, ticket));
        self.count += 1;
        ticket
    }

    /// Gives back the memory that a crowd took.
    pub(crate) fn shrink(&mut self) {
        self.queues.iter_mut().for_each(VecDeque::shrink_to_fit);
    }

    /// One event gave its ticket back, whether it runs now or was taken off the queue.
    pub(crate) fn ticket_returned(&mut self) {
        self.count -= 1;
    }

    /// Takes the first place of this queue, which may be one that its event has given up.
    #[inline]
    pub(crate) fn pop(&mut self, queue: usize) -> Option<(Key, Ticket)> {
        self.queues[queue].pop_front()
    }

    /// The first event of this queue whose ticket `holds` still accepts; stale tickets before it are dropped.
    pub(crate) fn first(&mut self, queue: usize, holds: impl Fn(Key, Ticket) -> bool) -> Option<Key> {
        let queue = &mut self.queues[queue];
        while let Some(&(event, ticket)) = queue.front() {
            if holds(event, ticket) {
                return Some(event);
            }
            queue.pop_front();
        }
        None
    }
}
