//! What slices are called.

use crate::recording::Names;
use crate::{Callback, EventName, Record, What};

pub(super) fn kind_words(record: &Record) -> String {
    record.step.kind().replace('_', " ")
}

fn owner(connection: Option<u64>, names: &Names) -> String {
    match connection {
        Some(number) => names.bufferevents.get(&number).cloned().unwrap_or_else(|| number.to_string()),
        None => "the application".into(),
    }
}

pub(super) fn event_name(event: EventName, connection: Option<u64>, names: &Names) -> String {
    match event {
        EventName::Read => format!("read event of {}", owner(connection, names)),
        EventName::Write => format!("write event of {}", owner(connection, names)),
        EventName::Deferred => format!("deferred callbacks of {}", owner(connection, names)),
        EventName::Finalizer => format!("release of {}", owner(connection, names)),
        EventName::Application(number) => timer_name(number, names),
        EventName::LoopExit => "loop exit".into(),
    }
}

pub(super) fn callback_name(callback: Callback, connection: Option<u64>, names: &Names) -> String {
    let owner = owner(connection, names);
    match callback {
        Callback::Read => format!("read callback of {owner}"),
        Callback::Write => format!("write callback of {owner}"),
        Callback::Event(what) => format!("event callback of {owner}: {}", what_words(what)),
        Callback::Buffer(..) => format!("evbuffer callback of {owner}"),
        Callback::Application(number, _) => format!("callback of {}", timer_name(number, names)),
    }
}

fn what_words(what: What) -> String {
    let named = What::NAMED.iter().filter(|(flag, _)| what.contains(*flag));
    named.map(|(_, name)| *name).collect::<Vec<_>>().join(" | ")
}

fn timer_name(number: u64, names: &Names) -> String {
    names.events.get(&number).cloned().unwrap_or_else(|| format!("event {number}"))
}
