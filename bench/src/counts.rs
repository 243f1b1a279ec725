//! What a message costs by counts, which no clock and no other work on the machine can blur: instructions and system calls.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use anyhow::Result;

use crate::load::{Load, Message};
use crate::plan::{Kind, PLANS, Plan};
use crate::server::{Counter, Peer, Server, calls_in, instructions_in};

/// How many messages a server answers while its system calls are counted, and on how many connections.
const TRACED: usize = 400;
const TRACED_ON: usize = 10;

/// How many it answers at least while its instructions are counted, and at least how many times on each connection.
const COUNTED: usize = 5000;
const COUNTED_ROUNDS: usize = 2;

/// So many connections show whether a message costs as much there as on few.
const CROWD: Kind = Kind::Busy { connections: 10_000, idle: 0 };

/// System calls for a message.
///
/// # Errors
/// `strace` is not there, or the server did not do what it should.
pub fn calls(plan: &Plan, peer: &Peer, out: &Path) -> Result<f64> {
    counted(plan, peer, Counter::Calls, TRACED_ON, TRACED / TRACED_ON, out)
}

/// Instructions for a message.
fn instructions(plan: &Plan, peer: &Peer, connections: usize, out: &Path) -> Result<f64> {
    let rounds = (COUNTED / connections).max(COUNTED_ROUNDS);
    counted(plan, peer, Counter::Instructions, connections, rounds, out)
}

/// What is counted with so many messages on each connection, without what is with one on each: connections are set up in both.
fn counted(
    plan: &Plan,
    peer: &Peer,
    counter: Counter,
    connections: usize,
    rounds: usize,
    out: &Path,
) -> Result<f64> {
    let sums = out.join("counted.txt");
    let count = |rounds: usize| -> Result<u64> {
        let server = Server::counted(peer, plan.service, counter, &sums)?;
        let mut load = Load::connect(server.address, connections, Message::of(plan.size, plan.service))?;
        load.exactly(rounds)?;
        drop(load);
        server.end_counted()?;
        let text = fs::read_to_string(&sums)?;
        match counter {
            Counter::Calls => calls_in(&text),
            Counter::Instructions => instructions_in(&text),
        }
    };
    let (with, without) = (count(rounds + 1)?, count(1)?);
    Ok(with.saturating_sub(without) as f64 / (rounds * connections) as f64)
}

/// A table of both, for the loads with this in their name.
#[must_use]
pub fn counts(servers: &[Peer], only: &str, out: &Path) -> String {
    // On how many connections calls are counted is the same for all loads: each server then waits once for as many messages.
    let calls_on = format!("calls on {TRACED_ON}");
    let mut text = format!("{:28} {:12} {:>12} {calls_on:>12}\n", "load", "server", "instructions");
    let crowd = PLANS.iter().find(|plan| plan.name == "10 B, 1,000");
    let crowd = crowd.map(|plan| Plan { name: "10 B, 10,000", kind: CROWD, ..*plan });
    for plan in PLANS.into_iter().chain(crowd).filter(|plan| plan.name.contains(only)) {
        // Who is silent takes no part in it.
        let Kind::Busy { connections, idle: 0 } = plan.kind else { continue };
        for server in servers.iter().filter(|it| plan.service.plain || !it.reads_more()) {
            eprintln!("{}, {} ...", plan.name, server.name);
            let instructions = shown(instructions(&plan, server, connections, out), 0);
            let calls = shown(calls(&plan, server, out), 2);
            let _ = writeln!(text, "{:28} {:12} {instructions:>12} {calls:>12}", plan.name, server.name);
        }
    }
    text
}

/// A count, or why there is none: that of the others is worth having.
fn shown(count: Result<f64>, digits: usize) -> String {
    match count {
        Ok(count) => format!("{count:.digits$}"),
        Err(problem) => {
            eprintln!("left out: {problem:#}");
            "-".to_owned()
        }
    }
}
