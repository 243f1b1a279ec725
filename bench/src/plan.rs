//! Which loads there are.

use crate::peer::Service;

/// What a load does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Connections that are busy, beside some that say nothing.
    Busy {
        /// How many send messages.
        connections: usize,
        /// How many are open and silent.
        idle: usize,
    },
    /// Connections that are made for one message each.
    Churn,
}

/// One load.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// As the table names it.
    pub name: &'static str,
    /// What it does.
    pub kind: Kind,
    /// Bytes of a message.
    pub size: usize,
    /// What is asked of the server.
    pub service: Service,
    /// Also part of the quick run.
    pub quick: bool,
}

const TUTORIAL: Service = Service { plain: false, read_high: 10 };
const PLAIN: Service = Service { plain: true, read_high: 0 };

const fn busy(connections: usize) -> Kind {
    Kind::Busy { connections, idle: 0 }
}

/// All of them. The tutorial's are ten bytes, answered with the prefix under a high watermark of ten.
pub const PLANS: [Plan; 9] = [
    Plan { name: "10 B, 1 connection", kind: busy(1), size: 10, service: TUTORIAL, quick: false },
    Plan { name: "10 B, 50", kind: busy(50), size: 10, service: TUTORIAL, quick: true },
    Plan { name: "10 B, 1,000", kind: busy(1000), size: 10, service: TUTORIAL, quick: false },
    Plan {
        name: "10 B, 50 beside 10,000 idle",
        kind: Kind::Busy { connections: 50, idle: 10_000 },
        size: 10,
        service: TUTORIAL,
        quick: false,
    },
    Plan { name: "64 B plain, 50", kind: busy(50), size: 64, service: PLAIN, quick: true },
    Plan { name: "4 KiB plain, 50", kind: busy(50), size: 4096, service: PLAIN, quick: true },
    Plan { name: "64 KiB plain, 10", kind: busy(10), size: 65_536, service: PLAIN, quick: true },
    Plan { name: "1 MiB plain, 10", kind: busy(10), size: 1_048_576, service: PLAIN, quick: true },
    Plan { name: "10 B, a connection each", kind: Kind::Churn, size: 10, service: TUTORIAL, quick: true },
];
