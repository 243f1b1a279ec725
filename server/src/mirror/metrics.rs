//! The figures of a running server as Prometheus text.

use std::fmt::Write;
use std::sync::atomic::Ordering;

use super::MirrorCounters;
use crate::echo::Counters;

pub(super) fn text(echo: &Counters, mirror: &MirrorCounters) -> String {
    let totals = echo.totals();
    let records = mirror.link.records.load(Ordering::Relaxed);
    let dropped = mirror.link.dropped.load(Ordering::Relaxed) + mirror.lost.load(Ordering::Relaxed);
    let figures = [
        ("connections", "gauge", "Connections that are open", echo.open()),
        ("connections_accepted_total", "counter", "Connections that were accepted", echo.accepted()),
        (
            "connections_refused_total",
            "counter",
            "Connections refused because there were too many",
            echo.refused(),
        ),
        ("received_bytes_total", "counter", "Bytes received from clients", totals.received),
        ("sent_bytes_total", "counter", "Bytes sent to clients", totals.sent),
        ("callbacks_total", "counter", "User callbacks that ran", totals.callbacks),
        (
            "reading_stopped_total",
            "counter",
            "Times reading stopped at the high watermark",
            totals.reading_stopped,
        ),
        ("passes_total", "counter", "Passes of the loop", echo.passes()),
        ("records_total", "counter", "Records handed to the mirror or dropped before it", records),
        (
            "records_dropped_total",
            "counter",
            "Records dropped on their way to the mirror or to a viewer",
            dropped,
        ),
        ("viewers", "gauge", "Viewers that are connected", mirror.viewers.load(Ordering::Relaxed)),
    ];
    let mut text = String::new();
    for (name, kind, help, value) in figures {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "# HELP bufferevent_{name} {help}.\n# TYPE bufferevent_{name} {kind}\nbufferevent_{name} {value}"
        );
    }
    text
}
