//! What is done: actions, with their conditions, and steps of the script.

use super::super::action::{Act, Action, Condition, Counter, Peer, Program, ScriptStep};
use super::super::data::Data;
use super::super::grammar::{self, CONNECTS, EOLS, ERRNOS, FLUSH_MODES, OPS};
use super::super::json::{Json, Object, Place, Result};
use super::values::{Names, amount, callbacks, directions, flags, line, marks_of, or_zero};
use crate::said::said;
use crate::{Directions, FlushMode, TriggerOptions};

impl Names<'_> {
    pub(super) fn callback(&self, json: &Json, place: &Place<'_>) -> Result<Program> {
        if matches!(json, Json::Null) {
            return Ok(None);
        }
        json.list(place, |json, place| self.actions(json, place)).map(Some)
    }

    fn actions(&self, json: &Json, place: &Place<'_>) -> Result<Vec<Action>> {
        json.list(place, |json, place| self.action(json, place))
    }

    fn action(&self, json: &Json, place: &Place<'_>) -> Result<Action> {
        let object = json.known_object(place)?;
        match self.act(&object)? {
            Some(act) => self.with_target(act, &object),
            // The grammar names no other.
            None => Err(place.refuse(said!("expected one key, found none"))),
        }
    }

    fn with_target(&self, what: Act, object: &Object<'_>) -> Result<Action> {
        // Conditions have theirs where they stand.
        let of = match what {
            Act::If { .. } => object.required("if", |json, place| self.target(&json.known_object(place)?))?,
            _ => self.target(object)?,
        };
        Ok(Action { of, what })
    }

    fn target(&self, object: &Object<'_>) -> Result<Option<usize>> {
        object.optional("of", |json, place| self.bufferevent_called(json, place))
    }

    pub(super) fn script(&self, object: &Object<'_>) -> Result<Vec<ScriptStep>> {
        let script = object
            .optional("script", |json, place| json.list(place, |json, place| self.step(json, place)))?;
        Ok(script.unwrap_or_default())
    }

    pub(super) fn step(&self, json: &Json, place: &Place<'_>) -> Result<ScriptStep> {
        let object = json.known_object(place)?;
        if let Some(what) = peer(&object)? {
            return Ok(ScriptStep::Peer { of: self.target(&object)?, what });
        }
        if let Some(ms) = object.optional("advance_ms", Json::whole)? {
            return Ok(ScriptStep::AdvanceMs(ms));
        }
        if let Some(passes) = object.optional("turn", Json::whole)? {
            return Ok(ScriptStep::Turn(passes));
        }
        self.action(json, place).map(ScriptStep::Action)
    }

    /// The action that this is, if it is one.
    fn act(&self, object: &Object<'_>) -> Result<Option<Act>> {
        let Some((key, json)) =
            object.keys().find_map(|key| Some((key, object.get(key)?)).filter(|(key, _)| is_act(key)))
        else {
            return Ok(None);
        };
        let place = &object.place(key);
        let data = || Data::read(json, place);
        let options = || {
            let flag = |key| object.optional(key, Json::flag).map(Option::unwrap_or_default);
            Ok(TriggerOptions {
                ignore_watermarks: flag("ignore_watermarks")?,
                defer_callbacks: flag("defer")?,
            })
        };
        let actions = |key| {
            let read = |json: &Json, place: &Place<'_>| self.actions(json, place);
            object.optional(key, read).map(Option::unwrap_or_default)
        };
        Ok(Some(match key {
            "read" => Act::Read(amount(json, place)?),
            "write" => Act::Write(data()?),
            "echo" => Act::Echo(data()?),
            "enable" => Act::Enable(directions(json, place)?),
            "disable" => Act::Disable(directions(json, place)?),
            "set_watermark" => set_watermark(&json.known_object(place)?)?,
            "set_timeouts" => set_timeouts(&json.known_object(place)?)?,
            "free" => Act::Free,
            "move_to" => Act::MoveTo(self.bufferevent_called(json, place)?),
            "write_buffer" => Act::WriteBuffer(data()?),
            "readline" => Act::Readline {
                eol: json.choice(place, &EOLS)?,
                repeat: object.optional("repeat", Json::flag)?.unwrap_or(false),
                then: actions("then")?,
            },
            "write_line" => Act::WriteLine(data()?),
            "peek" => Act::Peek(json.whole(place)?),
            "drain" => Act::Drain(amount(json, place)?),
            "pullup" => Act::Pullup(amount(json, place)?),
            "prepend" => Act::Prepend(data()?),
            "trigger" => Act::Trigger { directions: directions(json, place)?, options: options()? },
            "trigger_event" => Act::TriggerEvent { what: flags(json, place)?, options: options()? },
            "flush" => Act::Flush {
                mode: json.choice::<FlushMode>(place, &FLUSH_MODES)?,
                directions: object.optional("directions", directions)?.unwrap_or(Directions::BOTH),
            },
            "set_callbacks" => Act::SetCallbacks(callbacks(json, place)?),
            "max_single_read" => Act::MaxSingleRead(json.whole(place)?),
            "max_single_write" => Act::MaxSingleWrite(json.whole(place)?),
            "connect" => Act::Connect(json.choice(place, &CONNECTS)?),
            "loop_break" => Act::LoopBreak,
            "loop_exit" => Act::LoopExit,
            "sleep_ms" => Act::SleepMs(json.whole(place)?),
            "activate" => Act::Activate(self.timer_called(json, place)?),
            "add_timer" => Act::AddTimer {
                timer: self.timer_called(json, place)?,
                after_ms: object.optional("after_ms", Json::whole)?,
            },
            "del_timer" => Act::DelTimer(self.timer_called(json, place)?),
            _ => Act::If {
                when: self.conditions(&json.known_object(place)?, place)?,
                then: actions("then")?,
                otherwise: actions("else")?,
            },
        }))
    }

    fn conditions(&self, object: &Object<'_>, place: &Place<'_>) -> Result<Vec<Condition>> {
        let at_least = || object.required("at_least", Json::whole);
        let one = |json: &Json, place: &Place<'_>| self.bufferevent_called(json, place);
        let mut conditions = Vec::new();
        if let Some(bytes) = object.optional("input_at_least", Json::whole)? {
            conditions.push(Condition::InputAtLeast(bytes));
        }
        if let Some(of) = object.optional("input_of", one)? {
            conditions.push(Condition::InputOf { of, at_least: at_least()? });
        }
        if let Some(of) = object.optional("output_of", one)? {
            conditions.push(Condition::OutputOf { of, at_least: at_least()? });
        }
        if let Some(eol) = object.optional("line_there", line)? {
            conditions.push(Condition::LineThere(eol));
        }
        if let Some(what) = object.optional("event_has", flags)? {
            conditions.push(Condition::EventHas(what));
        }
        let times = |json: &Json, place: &Place<'_>| match json {
            Json::Number(_) => Ok(Condition::Count { of: Counter::This, at_least: json.whole(place)? }),
            _ => Ok(Condition::Count { of: self.counter(json, place)?, at_least: at_least()? }),
        };
        conditions.extend(object.optional("count_of", times)?);
        let counts = |condition: &Condition| condition.needs_at_least();
        if object.has("at_least") && !conditions.iter().any(counts) {
            return Err(place.refuse(said!(
                "\"at_least\" needs \"input_of\", \"output_of\" or \"count_of\" with a name"
            )));
        }
        Ok(conditions)
    }
}

/// Whether this key is an action's own, and not one that goes with it.
fn is_act(key: &str) -> bool {
    grammar::acts().any(|name| name == key)
}

/// What happens to a socket, if it is that.
fn peer(object: &Object<'_>) -> Result<Option<Peer>> {
    for key in object.keys() {
        let Some(json) = object.get(key) else { continue };
        let place = &object.place(key);
        return Ok(Some(match key {
            "peer_send" => Peer::Send(Data::read(json, place)?),
            "peer_recv" => Peer::Recv(json.whole(place)?),
            "peer_shutdown" => Peer::Shutdown,
            "peer_reset" => Peer::Reset,
            "peer_accept" => Peer::Accept,
            "peer_refuse" => Peer::Refuse,
            "inject" => inject(&json.known_object(place)?)?,
            _ => continue,
        }));
    }
    Ok(None)
}

fn inject(object: &Object<'_>) -> Result<Peer> {
    Ok(Peer::Inject {
        op: object.required("op", |json, place| json.choice(place, &OPS))?,
        errno: object.required("errno", |json, place| json.choice(place, &ERRNOS))?,
        times: object.optional("times", Json::whole)?.unwrap_or(1),
    })
}

fn set_watermark(object: &Object<'_>) -> Result<Act> {
    let marks = |key| object.optional(key, |json, place| marks_of(&json.known_object(place)?));
    Ok(Act::SetWatermark { read: marks("read")?, write: marks("write")? })
}

fn set_timeouts(object: &Object<'_>) -> Result<Act> {
    Ok(Act::SetTimeouts { read_ms: or_zero(object, "read_ms")?, write_ms: or_zero(object, "write_ms")? })
}
