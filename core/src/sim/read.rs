//! From JSON to a [`Scenario`], strictly: a key that means nothing, a key given twice, a number out of range
//! and a setting that the dialect does not have are errors that name the place.
//!
//! A number is whole by its value, so `3.0` is 3. Text outside ASCII stands for its UTF-8 bytes.

use super::check::{self, ERRNOS, Rules};
use super::data::Data;
use super::error::ScenarioError;
use super::json::{Json, Object, Place, Result};
use super::scenario::{
    Action, Amount, App, BuffereventSpec, DirectionSpec, KernelSpec, Program, Scenario, ScriptStep,
    WatermarksSpec,
};
use crate::{Dialect, Direction, Directions};

const OPS: [(&str, Direction); 2] = [("read", Direction::Read), ("write", Direction::Write)];

const ACTION_KEYS: [&str; 8] =
    ["read", "write", "echo", "enable", "disable", "set_watermark", "set_timeouts", "free"];

const STEP_KEYS: [&str; 7] =
    ["peer_send", "peer_recv", "peer_shutdown", "peer_reset", "inject", "advance_ms", "turn"];

impl Scenario {
    /// Reads a scenario from JSON text.
    ///
    /// # Errors
    /// The first thing found wrong, with its place.
    pub fn from_json(text: &str) -> std::result::Result<Self, ScenarioError> {
        Self::from_slice(text.as_bytes())
    }

    /// Reads a scenario from JSON in UTF-8, with or without a byte order mark.
    ///
    /// # Errors
    /// The first thing found wrong, with its place.
    pub fn from_slice(bytes: &[u8]) -> std::result::Result<Self, ScenarioError> {
        let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
        scenario(&Json::parse(text)?)
    }
}

impl ScriptStep {
    /// Reads one step as it stands in a script.
    ///
    /// # Errors
    /// The first thing found wrong, with its place in the step.
    pub fn from_json(text: &str, dialect: Dialect) -> std::result::Result<Self, ScenarioError> {
        Rules { dialect }.step_of(&Json::parse(text.as_bytes())?, &Place::Top)
    }
}

fn scenario(json: &Json) -> Result<Scenario> {
    let top = &Place::Top;
    // First of all: in another format the keys may well be others.
    if let Some((_, format)) = json.entries(top)?.iter().find(|(key, _)| key == "format") {
        supported_format(format, &Place::Key(top, "format"))?;
    }
    let keys =
        ["format", "name", "title", "description", "dialect", "kernel", "bufferevent", "app", "script"];
    let object = json.object(top, &keys)?;
    let format = object.required("format", supported_format)?;
    let dialect = object
        .required("dialect", |json, place| json.choice(place, &Dialect::ALL.map(|it| (it.as_str(), it))))?;
    let rules = Rules { dialect };
    Ok(Scenario {
        format,
        name: object.optional("name", text)?.unwrap_or_default(),
        title: object.optional("title", text)?,
        description: object.optional("description", text)?,
        dialect,
        kernel: object.optional("kernel", kernel)?.unwrap_or_default(),
        bufferevent: object
            .optional("bufferevent", |json, place| rules.bufferevent(json, place))?
            .unwrap_or_default(),
        app: object.optional("app", |json, place| rules.app_of(json, place))?.unwrap_or_default(),
        script: object
            .optional("script", |json, place| json.list(place, |json, place| rules.step_of(json, place)))?
            .unwrap_or_default(),
    })
}

fn supported_format(json: &Json, place: &Place<'_>) -> Result<u32> {
    check::format(json.whole(place)?, place)
}

fn kernel(json: &Json, place: &Place<'_>) -> Result<KernelSpec> {
    let object = json.object(place, &["rx_capacity", "tx_capacity"])?;
    let default = KernelSpec::default();
    Ok(KernelSpec {
        rx_capacity: object.optional("rx_capacity", capacity)?.unwrap_or(default.rx_capacity),
        tx_capacity: object.optional("tx_capacity", capacity)?.unwrap_or(default.tx_capacity),
    })
}

fn capacity(json: &Json, place: &Place<'_>) -> Result<u32> {
    check::capacity(json.whole(place)?, place)
}

/// What is allowed depends on the dialect from here on.
impl Rules {
    fn bufferevent(&self, json: &Json, place: &Place<'_>) -> Result<BuffereventSpec> {
        let object = json.object(place, &["read", "write", "enable"])?;
        let direction = |json: &Json, place: &Place<'_>| self.direction_of(json, place);
        Ok(BuffereventSpec {
            read: object.optional("read", direction)?.unwrap_or_default(),
            write: object.optional("write", direction)?.unwrap_or_default(),
            enable: object.optional("enable", directions)?.unwrap_or(Directions::READ),
        })
    }

    fn direction_of(&self, json: &Json, place: &Place<'_>) -> Result<DirectionSpec> {
        let object = json.object(place, &["low", "high", "timeout_ms"])?;
        let WatermarksSpec { low, high } = marks_of(&object)?;
        Ok(DirectionSpec { low, high, timeout_ms: self.timeout_of(&object, "timeout_ms")? })
    }

    fn app_of(&self, json: &Json, place: &Place<'_>) -> Result<App> {
        let object = json.object(place, &["on_read", "on_write", "on_event"])?;
        let callback = |key| object.optional(key, |json, place| self.callback(json, place));
        let default = App::default();
        let app = App {
            on_read: callback("on_read")?.unwrap_or(default.on_read),
            on_write: callback("on_write")?.unwrap_or(default.on_write),
            on_event: callback("on_event")?.unwrap_or(default.on_event),
        };
        self.on_event(&app, place)?;
        Ok(app)
    }

    fn callback(&self, json: &Json, place: &Place<'_>) -> Result<Program> {
        if matches!(json, Json::Null) {
            return Ok(None);
        }
        let call = |json: &Json, place: &Place<'_>| {
            json.list(place, |json, place| self.callback_action(json, place))
        };
        json.list(place, call).map(Some)
    }

    fn callback_action(&self, json: &Json, place: &Place<'_>) -> Result<Action> {
        let (key, object) = single_key(json, place, &ACTION_KEYS)?;
        object.required(key, |json, place| self.action_of(key, json, place))
    }

    fn step_of(&self, json: &Json, place: &Place<'_>) -> Result<ScriptStep> {
        let keys = [ACTION_KEYS.as_slice(), STEP_KEYS.as_slice()].concat();
        let (key, object) = single_key(json, place, &keys)?;
        object.required(key, |json, place| {
            Ok(match key {
                "peer_send" => ScriptStep::PeerSend(Data::read(json, place)?),
                "peer_recv" => ScriptStep::PeerRecv(json.whole(place)?),
                "peer_shutdown" => json.must_be_true(place).map(|()| ScriptStep::PeerShutdown)?,
                "peer_reset" => json.must_be_true(place).map(|()| ScriptStep::PeerReset)?,
                "inject" => inject(json, place)?,
                "advance_ms" => ScriptStep::AdvanceMs(json.whole(place)?),
                "turn" => ScriptStep::Turn(json.whole(place)?),
                _ => ScriptStep::Action(self.action_of(key, json, place)?),
            })
        })
    }

    fn action_of(&self, key: &str, json: &Json, place: &Place<'_>) -> Result<Action> {
        Ok(match key {
            "read" => Action::Read(amount(json, place)?),
            "write" => Action::Write(Data::read(json, place)?),
            "echo" => Action::Echo(Data::read(json, place)?),
            "enable" => Action::Enable(directions(json, place)?),
            "disable" => Action::Disable(directions(json, place)?),
            "set_watermark" => set_watermark(json, place)?,
            "set_timeouts" => self.set_timeouts(json, place)?,
            _ => json.must_be_true(place).map(|()| Action::Free)?,
        })
    }

    fn set_timeouts(&self, json: &Json, place: &Place<'_>) -> Result<Action> {
        let object = json.object(place, &["read_ms", "write_ms"])?;
        let (read_ms, write_ms) =
            (self.timeout_of(&object, "read_ms")?, self.timeout_of(&object, "write_ms")?);
        Ok(Action::SetTimeouts { read_ms, write_ms })
    }

    fn timeout_of(&self, object: &Object<'_>, key: &'static str) -> Result<u32> {
        let read = |json: &Json, place: &Place<'_>| self.timeout(json.whole(place)?, place);
        Ok(object.optional(key, read)?.unwrap_or(0))
    }
}

/// The one key of a step or an action.
fn single_key<'a>(
    json: &'a Json,
    place: &'a Place<'a>,
    allowed: &[&'static str],
) -> Result<(&'static str, Object<'a>)> {
    let object = json.object(place, allowed)?;
    let mut present = allowed.iter().filter(|key| object.has(key));
    match (present.next(), present.next()) {
        (Some(key), None) => Ok((key, object)),
        (None, _) => Err(place.refuse("expected one key, found none")),
        (Some(first), Some(second)) => Err(two_keys(place, first, second)),
    }
}

fn two_keys(place: &Place<'_>, first: &str, second: &str) -> ScenarioError {
    place.refuse(format!("expected one key, found {first:?} and {second:?}"))
}

fn text(json: &Json, place: &Place<'_>) -> Result<String> {
    json.text(place).map(str::to_owned)
}

fn amount(json: &Json, place: &Place<'_>) -> Result<Amount> {
    match json {
        Json::Text(word) if word == "all" => Ok(Amount::All),
        Json::Number(_) => json.whole(place).map(Amount::UpTo),
        _ => Err(json.unexpected(place, "a whole number or \"all\"")),
    }
}

/// A direction named twice counts once.
fn directions(json: &Json, place: &Place<'_>) -> Result<Directions> {
    let mut set = Directions::NONE;
    for op in json.list(place, |json, place| json.choice(place, &OPS))? {
        match op {
            Direction::Read => set.read = true,
            Direction::Write => set.write = true,
        }
    }
    Ok(set)
}

fn set_watermark(json: &Json, place: &Place<'_>) -> Result<Action> {
    let object = json.object(place, &["read", "write"])?;
    Ok(Action::SetWatermark {
        read: object.optional("read", marks)?,
        write: object.optional("write", marks)?,
    })
}

fn marks(json: &Json, place: &Place<'_>) -> Result<WatermarksSpec> {
    marks_of(&json.object(place, &["low", "high"])?)
}

fn marks_of(object: &Object<'_>) -> Result<WatermarksSpec> {
    let low = object.optional("low", Json::whole)?.unwrap_or(0);
    let high = object.optional("high", Json::whole)?.unwrap_or(0);
    Ok(WatermarksSpec { low, high })
}

fn inject(json: &Json, place: &Place<'_>) -> Result<ScriptStep> {
    let object = json.object(place, &["op", "errno", "times"])?;
    Ok(ScriptStep::Inject {
        op: object.required("op", |json, place| json.choice(place, &OPS))?,
        errno: object.required("errno", |json, place| json.choice(place, &ERRNOS))?,
        times: object.optional("times", Json::whole)?.unwrap_or(1),
    })
}
