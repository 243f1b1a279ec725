//! From the JSON of a lesson, its files inline, to a [`Lesson`].

use super::super::Scenario;
use super::super::error::Problem;
use super::super::error::within;
use super::super::grammar::DIALECTS;
use super::super::json::{Json, Object, Place, Result};
use super::files::Inlined;
use super::grammar::{KINDS, PLACES, VESSELS};
use super::place::{Spot, condition, parse};
use super::{
    Acted, BREAK, Change, Deed, Fact, Field, Known, LESSON, Lesson, Prediction, PredictionKind, REPAIR,
    Repair, Shows, Source, Task, Wanted, Wrong, grammar, names,
};
use crate::Dialect;
use crate::recording::{BadCondition, Figure};

/// How many predictions, tasks, inputs, and so on a lesson may have: it may come from anywhere.
const MOST: usize = 64;

pub(super) fn lesson(inlined: &Inlined) -> Result<Lesson> {
    let json = &inlined.json;
    let top = &Place::Top;
    grammar::LESSON.check(json, top)?;
    let object = json.known_object(top)?;
    let test = object.optional("test", |json, place| json.flag(place))?.unwrap_or(false);
    let mut experiments = Vec::new();
    if let Some(json) = object.get("scenario") {
        experiments.push(source(LESSON, "scenario", json)?);
    }
    for (key, name) in [("break", BREAK), ("repair", REPAIR)] {
        if let Some(part) = object.get(key) {
            let place = &object.place(key);
            let json = part.known_object(place)?.required("scenario", |json, _| Ok(json.clone()))?;
            experiments.push(source(name, &format!("{key}.scenario"), &json)?);
        }
    }
    let predictions = object.required("predictions", |json, place| {
        few(json.list(place, |json, place| prediction(json, place, &mut experiments))?, place)
    })?;
    let dialects = object
        .optional("dialects", |json, place| json.list(place, |json, place| json.choice(place, &DIALECTS)))?;
    let own = experiments.first().map_or_else(Dialect::default, |it| it.scenario.dialect);
    let dialects = dialects.filter(|dialects| !dialects.is_empty()).unwrap_or_else(|| vec![own]);
    let tasks = object.optional("tasks", |json, place| {
        let scenario = experiments.iter().find(|it| it.name == LESSON).map(|it| &it.scenario);
        few(json.list(place, |json, place| task(json, place, scenario))?, place)
    })?;
    let breaks = object.optional("break", |json, place| {
        json.known_object(place)?.required("shows", |json, place| shows(&json.known_object(place)?))
    })?;
    let lesson = Lesson {
        inlined: inlined.clone(),
        number: object.required("number", |json, place| json.whole(place))?,
        id: text(&object, "id")?,
        test,
        dialects,
        experiments,
        predictions,
        tasks: tasks.unwrap_or_default(),
        breaks,
        repair: object.optional("repair", repair)?,
        facts: object.optional("facts", facts)?.unwrap_or_default(),
        languages: object.entries("texts")?.iter().map(|(language, _)| language.clone()).collect(),
    };
    names::check(&lesson)?;
    Ok(lesson)
}

fn text(object: &Object<'_>, key: &'static str) -> Result<String> {
    object.required(key, |json, place| json.text(place).map(str::to_owned))
}

fn few<T>(items: Vec<T>, place: &Place<'_>) -> Result<Vec<T>> {
    match items.len() {
        0..=MOST => Ok(items),
        more => Err(place.refuse(format!("{more} are more than {MOST}"))),
    }
}

fn source(name: &str, place: &str, json: &Json) -> Result<Source> {
    let scenario = Scenario::from_value(json).map_err(|error| within(place, error))?;
    Ok(Source { name: name.to_owned(), place: place.to_owned(), json: json.clone(), scenario })
}

/// The kinds of keys that a prediction has beside those of all.
fn goes_with(kind: PredictionKind) -> &'static [&'static str] {
    match kind {
        PredictionKind::Choose | PredictionKind::Point => &["choices", "until"],
        PredictionKind::Number => &["figure", "at", "wrong"],
        PredictionKind::Level => &["vessel", "figure", "at", "wrong"],
    }
}

fn prediction(json: &Json, place: &Place<'_>, experiments: &mut Vec<Source>) -> Result<Prediction> {
    let object = json.known_object(place)?;
    let id = text(&object, "id")?;
    let kind = object.required("kind", |json, place| json.choice(place, &KINDS))?;
    let about = match object.get("scenario") {
        Some(_) if [LESSON, BREAK, REPAIR].contains(&id.as_str()) => {
            return Err(place.refuse(format!("{id:?} is the name of another scenario")));
        }
        Some(json) => {
            experiments.push(source(&id, &object.place("scenario").to_string(), json)?);
            id.clone()
        }
        None if experiments.iter().any(|it| it.name == LESSON) => LESSON.to_owned(),
        None => return Err(object.place("scenario").error(Problem::Missing)),
    };
    let stray = object
        .keys()
        .find(|key| !["id", "kind", "ask", "scenario", "of"].contains(key) && !goes_with(kind).contains(key));
    if let Some(stray) = stray {
        let name = KINDS.iter().find(|(_, it)| *it == kind).map_or("", |(name, _)| name);
        return Err(place.refuse(format!("{stray:?} does not go with {name:?}")));
    }
    let what = match kind {
        PredictionKind::Choose | PredictionKind::Point => first(&object, kind)?,
        PredictionKind::Number | PredictionKind::Level => number(&object, kind)?,
    };
    let of = object.optional("of", |json, place| json.text(place).map(str::to_owned))?;
    Ok(Prediction {
        id,
        place: place.to_string(),
        kind,
        about,
        of,
        ask: object.required("ask", Spot::read)?,
        what,
    })
}

fn first(object: &Object<'_>, kind: PredictionKind) -> Result<Wanted> {
    let choices = object.required("choices", |json, place| {
        json.list(place, |json, place| {
            let choice = json.known_object(place)?;
            let id = choice.required("id", |json, place| {
                let id = json.text(place)?;
                match kind == PredictionKind::Point && !PLACES.contains(&id) {
                    true => Err(place.unknown("place on the scene", id, PLACES)),
                    false => Ok(id.to_owned()),
                }
            })?;
            let when = choice.required("when", |json, place| match json.text(place)? {
                "otherwise" => Ok(None),
                _ => parse(json, place).map(Some),
            })?;
            Ok((id, when))
        })
    })?;
    let until = object.optional("until", Spot::read)?.unwrap_or(Spot::End);
    Ok(Wanted::First { choices, until })
}

fn number(object: &Object<'_>, kind: PredictionKind) -> Result<Wanted> {
    let level = match kind {
        PredictionKind::Level => Some(object.required("vessel", |json, place| json.choice(place, &VESSELS))?),
        _ => None,
    };
    let figure = match (object.optional("figure", figure)?, level) {
        (Some(figure), _) => figure,
        (None, None) => return Err(object.place("figure").error(Problem::Missing)),
        (None, Some(level)) => {
            level.parse().map_err(|error: BadCondition| object.place("vessel").refuse(error.to_string()))?
        }
    };
    let wrong = object.optional("wrong", |json, place| {
        json.list(place, |json, place| {
            let object = json.known_object(place)?;
            let value = object.optional("value", |json, place| json.whole(place))?;
            Ok((
                text(&object, "id")?,
                match value {
                    Some(value) => Wrong::Value(value.into()),
                    None => Wrong::Setting(text(&object, "setting")?),
                },
            ))
        })
    })?;
    let at = object.required("at", Spot::read)?;
    Ok(Wanted::Number { figure, at, wrong: wrong.unwrap_or_default() })
}

fn figure(json: &Json, place: &Place<'_>) -> Result<Figure> {
    json.text(place)?.parse().map_err(|error: BadCondition| place.refuse(error.to_string()))
}

fn task(json: &Json, place: &Place<'_>, scenario: Option<&Scenario>) -> Result<Task> {
    let object = json.known_object(place)?;
    let when = object.required("when", |json, place| few(json.list(place, parse)?, place))?;
    if when.is_empty() {
        return Err(object.place("when").refuse("a task has at least one condition"));
    }
    let from = object.optional("from", Spot::read)?.unwrap_or(Spot::End);
    let acted = object.optional("acted", |json, place| match json {
        Json::List(_) => json.list(place, |json, place| deed(json, place, scenario)),
        _ => Ok(Vec::new()),
    })?;
    let acted = acted.map(|steps| Acted { steps, from });
    Ok(Task { id: text(&object, "id")?, place: place.to_string(), when, acted })
}

/// A step of the script, or the change to another libevent.
fn deed(json: &Json, place: &Place<'_>, scenario: Option<&Scenario>) -> Result<Deed> {
    if let Some(dialect) = json.known_object(place)?.get("dialect") {
        return dialect.choice(place, &DIALECTS).map(Deed::Dialect);
    }
    let Some(scenario) = scenario else { return Err(place.refuse("there is no scenario to act in")) };
    let step = scenario.step_from_value(json).map_err(|error| within(&place.to_string(), error))?;
    Ok(Deed::Step(step))
}

fn shows(object: &Object<'_>) -> Result<Shows> {
    if object.has("never") {
        return condition(object, "never").map(Shows::Never);
    }
    if object.has("happens") {
        return condition(object, "happens").map(Shows::Happens);
    }
    let end = condition(object, "end")?;
    match end.holds(&Default::default()) {
        Some(_) => Ok(Shows::End(end)),
        None => {
            Err(object.place("end").refuse("how things stand at the end is said by comparisons and valves"))
        }
    }
}

fn repair(json: &Json, place: &Place<'_>) -> Result<Repair> {
    let object = json.known_object(place)?;
    let fields = object.required("fields", |json, place| few(json.list(place, field)?, place))?;
    let goals = object.required("goals", |json, place| {
        json.list(place, |json, place| {
            let goal = json.known_object(place)?;
            Ok((text(&goal, "id")?, shows(&goal)?))
        })
    })?;
    let inputs =
        object.optional("inputs", |json, place| few(json.list(place, |json, _| Ok(json.clone()))?, place))?;
    let solutions = object.required("solutions", |json, place| json.list(place, changes))?;
    Ok(Repair { fields, inputs: inputs.unwrap_or_default(), goals, solutions })
}

/// What fields are changed to.
pub(super) fn changes(json: &Json, place: &Place<'_>) -> Result<Vec<(String, Change)>> {
    let entries = json.entries(place)?.iter();
    entries.map(|(field, value)| Ok((field.clone(), change(value, &Place::Key(place, field))?))).collect()
}

fn change(json: &Json, place: &Place<'_>) -> Result<Change> {
    match json {
        Json::Text(option) => Ok(Change::Option(option.clone())),
        Json::Number(_) => json.whole(place).map(Change::Number),
        _ => Err(json.unexpected(place, "a whole number or the id of an option")),
    }
}

fn field(json: &Json, place: &Place<'_>) -> Result<Field> {
    let object = json.known_object(place)?;
    let options = object.optional("options", |json, place| {
        json.list(place, |json, place| {
            let option = json.known_object(place)?;
            Ok((text(&option, "id")?, option.required("value", |json, _| Ok(json.clone()))?))
        })
    })?;
    let path = text(&object, "path")?;
    if path.starts_with("/script") {
        return Err(object.place("path").refuse("the script is the input: a repair changes the program"));
    }
    Ok(Field { id: text(&object, "id")?, place: place.to_string(), path, options })
}

fn facts(json: &Json, place: &Place<'_>) -> Result<Vec<Fact>> {
    let entries = json.entries(place)?.iter();
    entries
        .map(|(name, json)| {
            let place = &Place::Key(place, name);
            let object = json.known_object(place)?;
            let what = if object.has("setting") {
                Known::Setting(text(&object, "setting")?)
            } else if object.has("figure") {
                let at = object.optional("at", Spot::read)?.unwrap_or(Spot::End);
                Known::Figure(object.required("figure", figure)?, at)
            } else {
                let value = object.required("value", |json, place| json.whole(place))?;
                Known::Value(value.into(), condition(&object, "happens")?)
            };
            let from = object.optional("scenario", |json, place| json.text(place).map(str::to_owned))?;
            let from = from.unwrap_or_else(|| LESSON.to_owned());
            Ok(Fact { name: name.clone(), place: place.to_string(), from, what })
        })
        .collect()
}
