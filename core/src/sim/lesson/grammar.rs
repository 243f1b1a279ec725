//! The keys of a lesson and of its texts, once, in the words of `shape`.

use super::super::grammar::DIALECTS;
use super::super::shape::{Case, Cases, Key, Shape, names};

/// What a prediction asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PredictionKind {
    /// One of some sentences.
    Choose,
    /// One of the places of the scene.
    Point,
    /// A number.
    Number,
    /// A number, as the level of a vessel.
    Level,
}

pub(super) const KINDS: [(&str, PredictionKind); 4] = [
    ("choose", PredictionKind::Choose),
    ("point", PredictionKind::Point),
    ("number", PredictionKind::Number),
    ("level", PredictionKind::Level),
];

/// The vessels of the scene, each with the figure that is its level.
pub(super) const VESSELS: [(&str, &str); 6] = [
    ("input", "in"),
    ("output", "out"),
    ("rx", "rx"),
    ("tx", "tx"),
    ("backlog", "backlog"),
    ("peer", "peer_received"),
];

/// What can be pointed at.
pub(super) const PLACES: [&str; 11] = [
    "valve:read",
    "valve:write",
    "callback:read",
    "callback:write",
    "callback:event",
    "vessel:input",
    "vessel:output",
    "vessel:rx",
    "vessel:tx",
    "vessel:backlog",
    "vessel:peer",
];

/// How many of each there may be.
const MOST: usize = 200;

static TEXT: Shape = Shape::Text;
static NAME: Shape = Shape::Name;
static FLAG: Shape = Shape::Flag;
static WHOLE: Shape = Shape::Whole(0, u32::MAX as u64);
static FROM_1: Shape = Shape::Whole(1, 1_000_000);
static ANY: Shape = Shape::Any;
static ANYTHING: Shape = Shape::List(&ANY);
static TEXTS: Shape = Shape::List(&TEXT);
static NAMES: Shape = Shape::Map(&TEXT, MOST);

static PLACE: Shape = Shape::Either(
    "\"end\" or an object",
    &[Shape::Word("end"), Shape::Cases(Cases { groups: &[&PLACE_CASES], target: None })],
);
static PLACE_CASES: [Case; 2] =
    [Case::to("at", &TEXT).with(&PLACE_KEYS), Case::to("before", &TEXT).with(&PLACE_KEYS)];
static PLACE_KEYS: [Key; 2] = [Key::optional("nth", &FROM_1), Key::optional("after", &PLACE)];

static CHOICES: Shape =
    Shape::List(&Shape::Object(&[Key::required("id", &NAME), Key::required("when", &TEXT)]));
static ID: [Key; 1] = [Key::required("id", &NAME)];
static WRONG: Shape = Shape::List(&Shape::Cases(Cases {
    groups: &[&[Case::to("value", &WHOLE).with(&ID), Case::to("setting", &TEXT).with(&ID)]],
    target: None,
}));

static PREDICTIONS: Shape = Shape::List(&Shape::Object(&[
    Key::required("id", &NAME),
    Key::required("kind", &Shape::Choice(&names(&KINDS))),
    Key::required("ask", &PLACE),
    Key::optional("scenario", &ANY),
    Key::optional("of", &NAME),
    Key::optional("choices", &CHOICES),
    Key::optional("until", &PLACE),
    Key::optional("vessel", &Shape::Choice(&names(&VESSELS))),
    Key::optional("figure", &TEXT),
    Key::optional("at", &PLACE),
    Key::optional("wrong", &WRONG),
]));

static TASKS: Shape = Shape::List(&Shape::Object(&[
    Key::required("id", &NAME),
    Key::required("when", &TEXTS),
    Key::optional("acted", &Shape::Either("true or a list of steps", &[Shape::True, Shape::List(&ANY)])),
    Key::optional("from", &PLACE),
]));

static SHOWS: Shape = Shape::Cases(Cases {
    groups: &[&[Case::to("never", &TEXT), Case::to("happens", &TEXT), Case::to("end", &TEXT)]],
    target: None,
});
static BREAK: Shape = Shape::Object(&[Key::required("scenario", &ANY), Key::required("shows", &SHOWS)]);

static GOALS: Shape = Shape::List(&Shape::Cases(Cases {
    groups: &[&[
        Case::to("never", &TEXT).with(&ID),
        Case::to("happens", &TEXT).with(&ID),
        Case::to("end", &TEXT).with(&ID),
    ]],
    target: None,
}));
static FIELD_KEYS: [Key; 2] = [Key::required("id", &NAME), Key::required("path", &TEXT)];
static FIELDS: Shape = Shape::List(&Shape::Cases(Cases {
    groups: &[&[
        Case::to("kind", &Shape::Word("number")).with(&FIELD_KEYS),
        Case::to(
            "options",
            &Shape::List(&Shape::Object(&[Key::required("id", &NAME), Key::required("value", &ANY)])),
        )
        .with(&FIELD_KEYS),
    ]],
    target: None,
}));
static REPAIR: Shape = Shape::Object(&[
    Key::required("scenario", &ANY),
    Key::required("fields", &FIELDS),
    Key::optional("inputs", &Shape::List(&ANYTHING)),
    Key::required("goals", &GOALS),
    Key::required("solutions", &Shape::List(&Shape::Map(&ANY, MOST))),
]);

static OF_FACT: [Key; 1] = [Key::optional("scenario", &NAME)];
static FACTS: Shape = Shape::Map(
    &Shape::Cases(Cases {
        groups: &[&[
            Case::to("setting", &TEXT).with(&OF_FACT),
            Case::to("figure", &TEXT).with(&[Key::optional("at", &PLACE), Key::optional("scenario", &NAME)]),
            Case::to("value", &WHOLE)
                .with(&[Key::required("happens", &TEXT), Key::optional("scenario", &NAME)]),
        ]],
        target: None,
    }),
    MOST,
);

/// A lesson whose files stand inline.
pub(super) static LESSON: Shape = Shape::Object(&[
    Key::required("format", &Shape::Exactly(1)),
    Key::required("number", &Shape::Whole(0, 1000)),
    Key::required("id", &NAME),
    Key::optional("test", &FLAG),
    Key::optional("chains", &FLAG),
    Key::optional("scenario", &ANY),
    Key::optional("dialects", &Shape::List(&Shape::Choice(&names(&DIALECTS)))),
    Key::required("predictions", &PREDICTIONS),
    Key::optional("tasks", &TASKS),
    Key::optional("break", &BREAK),
    Key::optional("repair", &REPAIR),
    Key::optional("facts", &FACTS),
    Key::required("texts", &Shape::Map(&ALL_TEXTS, 50)),
]);

static PREDICTION_TEXTS: Shape = Shape::Object(&[
    Key::required("question", &TEXT),
    Key::optional("choices", &NAMES),
    Key::required("because", &TEXT),
    Key::optional("why_not", &NAMES),
]);
static TASK_TEXTS: Shape = Shape::Object(&[Key::required("text", &TEXT), Key::optional("missing", &TEXTS)]);
static REPAIR_TEXTS: Shape = Shape::Object(&[
    Key::required("text", &TEXT),
    Key::required("fields", &NAMES),
    Key::optional("options", &Shape::Map(&NAMES, MOST)),
    Key::required("goals", &NAMES),
    Key::required("held", &TEXT),
    Key::required("hint", &TEXT),
]);

/// The texts of a lesson in one language.
static ALL_TEXTS: Shape = Shape::Object(&[
    Key::required("title", &TEXT),
    Key::required("asked", &TEXT),
    Key::required("goal", &TEXT),
    Key::required("predictions", &Shape::Map(&PREDICTION_TEXTS, MOST)),
    Key::optional("tasks", &Shape::Map(&TASK_TEXTS, MOST)),
    Key::optional("break", &TEXT),
    Key::optional("repair", &REPAIR_TEXTS),
    Key::optional("remember", &TEXTS),
    Key::optional("dialects", &TEXT),
]);
