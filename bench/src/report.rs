//! What was measured, as text, JSON and a plot.

use std::fmt::Write;

use serde::Serialize;

/// A figure over the rounds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    /// Half of the rounds were below it.
    pub median: f64,
    /// A quarter was.
    pub low: f64,
    /// Three quarters were.
    pub high: f64,
}

impl Spread {
    /// Over these rounds; none for no round.
    #[must_use]
    pub fn of(mut rounds: Vec<f64>) -> Option<Self> {
        rounds.sort_by(f64::total_cmp);
        let at =
            |part: f64| Some(*rounds.get((part * (rounds.len().checked_sub(1)?) as f64).round() as usize)?);
        Some(Self { median: at(0.5)?, low: at(0.25)?, high: at(0.75)? })
    }
}

/// One server under one load.
#[derive(Debug, Serialize)]
pub struct Row {
    /// The load.
    pub load: String,
    /// The server.
    pub server: String,
    /// Messages a second.
    pub rate: Option<Spread>,
    /// Its rate divided by libevent's in the same round.
    pub to_libevent: Option<Spread>,
    /// Its rate divided by the floor's in the same round.
    pub to_floor: Option<Spread>,
    /// libevent's processor time for a message divided by its own in the same round: what the rates would be to each other
    /// where the server's processor is all that counts, on a busy machine too.
    pub cheaper_than_libevent: Option<Spread>,
    /// The floor's divided by its own.
    pub cheaper_than_floor: Option<Spread>,
    /// Microseconds that a message takes in a closed load: half of them, 99 %, 99.9 %.
    pub closed: [f64; 3],
    /// The same in an open load, and how many messages a second that was.
    pub open: Option<([f64; 3], f64)>,
    /// Microseconds of the processor for a message.
    pub processor: Option<Spread>,
    /// System calls for a message.
    pub calls: Option<f64>,
}

/// What connections that say nothing cost a server.
#[derive(Debug, Serialize)]
pub struct Idle {
    /// The server.
    pub server: String,
    /// Bytes for a connection that never said anything.
    pub before: f64,
    /// Bytes for a connection after its first message was answered.
    pub after: f64,
}

/// One operation of an evbuffer.
#[derive(Debug, Serialize)]
pub struct Operation {
    /// Which.
    pub operation: String,
    /// Nanoseconds.
    pub time: Option<Spread>,
    /// How many times as long libevent's takes.
    pub to_libevent: Option<Spread>,
    /// How many times as long it takes with `bytes`.
    pub to_bytes: Option<Spread>,
}

/// All of it.
#[derive(Debug, Serialize)]
pub struct Report {
    /// What was left out, and why.
    pub left_out: Vec<String>,
    /// Rounds.
    pub rounds: usize,
    /// Seconds of a measurement.
    pub seconds: f64,
    /// By load, then by server.
    pub rows: Vec<Row>,
    /// By server.
    pub idle: Vec<Idle>,
    /// Of evbuffers.
    pub operations: Vec<Operation>,
}

impl Report {
    /// Tables for people.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        let _ = writeln!(
            text,
            "{:28} {:12} {:>10} {:>18} {:>18} {:>18} {:>18} {:>7} {:>6}  {:>26}  {:>26}",
            "load",
            "server",
            "messages/s",
            "of libevent",
            "of the floor",
            "cpu: of libevent",
            "of the floor",
            "us cpu",
            "calls",
            "us 50/99/99.9 % closed",
            "open"
        );
        let times = |it: [f64; 3]| format!("{:.0} / {:.0} / {:.0}", it[0], it[1], it[2]);
        for row in &self.rows {
            let _ = writeln!(
                text,
                "{:28} {:12} {:>10.0} {:>18} {:>18} {:>18} {:>18} {:>7} {:>6}  {:>26}  {:>26}",
                row.load,
                row.server,
                row.rate.map_or(0.0, |rate| rate.median),
                ratio(row.to_libevent),
                ratio(row.to_floor),
                ratio(row.cheaper_than_libevent),
                ratio(row.cheaper_than_floor),
                row.processor.map_or_else(String::new, |it| format!("{:.2}", it.median)),
                row.calls.map_or_else(String::new, |calls| format!("{calls:.2}")),
                times(row.closed),
                row.open.map_or_else(String::new, |(it, rate)| format!("{} at {rate:.0}/s", times(it))),
            );
        }
        if !self.idle.is_empty() {
            let _ = writeln!(
                text,
                "\n{:12} {:>36} {:>28}",
                "server", "bytes a connection, silent so far", "after its first message"
            );
        }
        for idle in &self.idle {
            let _ = writeln!(text, "{:12} {:>36.0} {:>28.0}", idle.server, idle.before, idle.after);
        }
        if !self.operations.is_empty() {
            let _ = writeln!(
                text,
                "\n{:28} {:>10} {:>18} {:>18}",
                "evbuffer", "ns", "than libevent's", "than `bytes`"
            );
        }
        for row in &self.operations {
            let _ = writeln!(
                text,
                "{:28} {:>10} {:>18} {:>18}",
                row.operation,
                row.time.map_or_else(String::new, |it| format!("{:.1}", it.median)),
                ratio(row.to_libevent),
                ratio(row.to_bytes),
            );
        }
        for what in &self.left_out {
            let _ = writeln!(text, "left out: {what}");
        }
        text
    }

    /// A bar for each server under each load: what it does with its processor beside libevent, or beside the floor where there
    /// is no libevent.
    #[must_use]
    pub fn plot(&self) -> String {
        const BAR: usize = 14;
        const LEFT: usize = 300;
        const WIDTH: f64 = 400.0;
        let bars: Vec<_> = self
            .rows
            .iter()
            .filter_map(|row| Some((row, row.cheaper_than_libevent.or(row.cheaper_than_floor)?)))
            .collect();
        let most = bars.iter().map(|(_, ratio)| ratio.median).fold(2.0, f64::max);
        let height = 40 + bars.len() * (BAR + 4);
        let one = LEFT as f64 + WIDTH / most;
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"760\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"11\">\n\
             <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n\
             <text x=\"{one}\" y=\"16\" text-anchor=\"middle\">messages for the processor time of one of libevent 2.1.12</text>\n"
        );
        let mut before = "";
        for (place, (row, ratio)) in bars.iter().enumerate() {
            let top = 28 + place * (BAR + 4);
            let scaled = |ratio: f64| LEFT as f64 + ratio.clamp(0.0, most) * WIDTH / most;
            if row.load != before {
                before = &row.load;
                let _ = writeln!(svg, "<text x=\"8\" y=\"{}\">{before}</text>", top + 11);
            }
            let fill = if row.server.starts_with("bufferevent") { "#123F7A" } else { "#9aa3ad" };
            let _ = writeln!(
                svg,
                "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>\
                 <rect x=\"{LEFT}\" y=\"{top}\" width=\"{:.1}\" height=\"{BAR}\" fill=\"{fill}\"/>\
                 <path d=\"M{:.1} {}H{:.1}\" stroke=\"#000\"/><text x=\"{:.1}\" y=\"{}\">{:.2}</text>",
                LEFT - 6,
                top + 11,
                row.server,
                scaled(ratio.median) - LEFT as f64,
                scaled(ratio.low),
                top + BAR / 2,
                scaled(ratio.high),
                scaled(ratio.high.max(ratio.median)) + 6.0,
                top + 11,
                ratio.median,
            );
        }
        let _ = writeln!(
            svg,
            "<path d=\"M{one} 22V{height}\" stroke=\"#000\" stroke-dasharray=\"3 3\"/>\n</svg>"
        );
        svg
    }
}

fn ratio(spread: Option<Spread>) -> String {
    spread.map_or_else(String::new, |it| format!("{:.2} ({:.2}-{:.2})", it.median, it.low, it.high))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_half_is_what_the_spread_says() {
        let spread = Spread::of(vec![5.0, 1.0, 3.0, 2.0, 4.0]).unwrap();
        assert_eq!((spread.low, spread.median, spread.high), (2.0, 3.0, 4.0));
        assert_eq!(Spread::of(Vec::new()), None);
    }
}
