//! A scenario as a C program for the real library, which a person could have written.
//!
//! The program plays the peer itself, over socket pairs, and prints each callback. What it prints is what the trace of
//! the scenario has: where a real kernel cannot do what the scenario wants and that matters, there is no program.
//!
//! In which order to read:
//!
//! 1. `sites` - everything that a scenario does, with where it stands; `feasible` - what a real kernel can do, found by running
//!    the scenario with and without the rest.
//! 2. `writer` - what is known of a program while it is written; `names` - what it calls things; `api` - the two
//!    interfaces of libevent.
//! 3. `callbacks`, with `actions` and `conditions` in them; `set_up` and `script` - main; `helpers` and `filters` - the
//!    functions that programs share.
//! 4. `text` - lines with the places that they stand for; `literal` - bytes as C strings.
//! 5. `as_lines` - what is shown of a scenario that has no form in C.

mod actions;
mod api;
mod as_lines;
mod callbacks;
mod conditions;
mod feasible;
mod filters;
mod helpers;
mod literal;
mod names;
mod script;
mod set_up;
mod sites;
mod text;
mod writer;

use std::collections::BTreeSet;

use serde::Serialize;

use super::{Problem, Scenario, ScenarioError};
use crate::said::Said;
use text::Text;
use writer::Writer;

/// A C program, or what is shown in its place, and which lines of it stand for what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AsC {
    /// The program, with a line feed at its end.
    pub text: String,
    /// In the order of their first lines; what is within another comes after it.
    pub lines: Vec<Span>,
}

/// The lines that stand for a place of the scenario.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Span {
    /// The path from the top of the scenario, as errors give it: `app.on_read[0][1]`, `script[3]`.
    pub place: String,
    /// The first line, from 1.
    pub first: u32,
    /// The last line.
    pub last: u32,
}

impl Scenario {
    /// The scenario as a C program for the libevent of its dialect.
    ///
    /// # Errors
    /// What is wrong with the scenario, or what no real kernel can be made to do.
    pub fn as_c(&self) -> Result<AsC, ScenarioError> {
        self.check()?;
        let (real, played) = feasible::play(self)?;
        let mut writer = Writer::new(self, &real, played);
        let (text, lines) = program(&mut writer).finish();
        Ok(AsC { text, lines })
    }

    /// The same to be read, not run: also where no real kernel can play it, for the sizes of its sockets, for errors or for
    /// how a connection is decided. Its head says so.
    ///
    /// # Errors
    /// What is wrong with the scenario, or what has no form in C.
    pub fn as_c_to_read(&self) -> Result<AsC, ScenarioError> {
        self.check()?;
        let played = feasible::play_as_given(self)?;
        let mut writer = Writer::new(self, self, played);
        writer.to_read = true;
        let (text, lines) = program(&mut writer).finish();
        Ok(AsC { text, lines })
    }

    /// Whether its callbacks may come in another order in [that program](Self::as_c): where sockets are ready in one pass, a real
    /// kernel chooses which comes first, and when it refuses a connection.
    ///
    /// # Errors
    /// There is no such program.
    pub fn order_is_the_kernels(&self) -> Result<bool, ScenarioError> {
        self.check()?;
        feasible::play(self).map(|(_, played)| played.kernel_chooses)
    }
}

/// There is no such program: the place that is to blame, and why.
fn refusal(place: &str, why: impl Into<Said>) -> ScenarioError {
    ScenarioError { place: place.to_owned(), problem: Problem::Value(why.into()) }
}

/// All of it. Callbacks and script come first, since what they need stands before them.
fn program(writer: &mut Writer<'_>) -> Text {
    let callbacks = writer.callbacks();
    let main = main(writer);
    let mut program = head(writer);
    program.append(includes(writer));
    program.append(variables(writer));
    let spins = writer.played.spins();
    for helper in &writer.needs.helpers {
        program.gap();
        program.line(helper.definition(writer.api, spins));
    }
    program.gap();
    program.append(callbacks);
    program.gap();
    program.append(main);
    program
}

fn main(writer: &mut Writer<'_>) -> Text {
    let mut scope = writer.scope_of_script();
    let (mut made, mut script, mut clean) = (Text::default(), Text::default(), Text::default());
    writer.make_all(&mut made, &mut scope);
    writer.script(&mut script, &mut scope);
    writer.clean_up(&mut clean, &mut scope);
    let mut main = Text::default();
    main.line("int main(void)\n{");
    main.inside(|text| {
        writer.main_variables(text, &script);
        text.gap();
        writer.make_base(text);
        text.gap();
        text.append(made);
        text.gap();
        text.comment("The script.");
        text.append(script);
        text.gap();
        text.append(clean);
    });
    main.line("}");
    main
}

/// What it is, for whoever finds it.
fn head(writer: &Writer<'_>) -> Text {
    let scenario = writer.scenario;
    let title = scenario.title.as_deref().unwrap_or(&scenario.name);
    let mut paragraphs: Vec<String> =
        [title].into_iter().chain(scenario.description.as_deref()).map(str::to_owned).collect();
    paragraphs.retain(|paragraph| !paragraph.trim().is_empty());
    paragraphs.push(format!(
        "A scenario of the bufferevent lab as a program for libevent {}: cc -o scenario scenario.c {}",
        scenario.dialect, writer.api.library
    ));
    paragraphs.push(format!(
        "Each callback prints what it is and how much is in the two buffers. Main plays the peer as well. {}{}",
        writer.differences(),
        writer.order()
    ));
    let mut head = Text::default();
    head.heading(&paragraphs);
    head
}

fn includes(writer: &Writer<'_>) -> Text {
    let mut headers = BTreeSet::new();
    headers.extend(["stdio.h", "sys/socket.h", "unistd.h"]);
    headers.extend(writer.needs.helpers.iter().flat_map(|helper| helper.headers()));
    headers.extend(&writer.needs.headers);
    let mut text = Text::default();
    headers.iter().for_each(|header| text.line(format!("#include <{header}>")));
    text.gap();
    writer.api.headers.iter().for_each(|header| text.line(format!("#include <{header}>")));
    text.gap();
    text
}

/// What callbacks and main share.
fn variables(writer: &Writer<'_>) -> Text {
    let mut text = Text::default();
    text.line("static struct event_base *base;");
    for (of, names) in writer.names.iter().enumerate() {
        text.line(format!("static struct bufferevent *{};", names.bev));
        if writer.has_peer(of) {
            text.line(format!("static int {} = -1; /* The other end of its connection. */", names.peer));
        }
    }
    for names in &writer.timers {
        text.line(format!("static struct event {};", writer.api.timer_variable(&names.event)));
    }
    if writer.needs.nobody {
        text.line("static struct sockaddr_in nobody; /* Where nobody listens. */");
    }
    if writer.needs.somebody {
        text.line("static struct sockaddr_in somebody; /* Whom one connects to. */");
    }
    if writer.played.spins() {
        text.gap();
        text.line(helpers::SPIN);
    }
    text.gap();
    writer.declare_counters(&mut text);
    writer.declare_callbacks(&mut text);
    text.gap();
    text
}
