//! What can be asked of what was played, beyond playing it: why something is so, which way libevent's own callbacks took,
//! the scenario as C, all of it as a trace for Perfetto, and where two runs part.
//!
//! The package's engine leaves it out: it is as much code again, and whoever only plays needs none of it.

use bufferevent::recording::{self, Question};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::live::Live;
use crate::recording::Recording;
use crate::simulation::{Simulation, dialect_of};
use crate::value::{self, Result, error, exact, from_plain, number, plain, position, refused};

#[wasm_bindgen]
impl Simulation {
    /// The position in another run of the same script at which as much has happened as at this one here.
    pub fn counterpart(
        &self,
        #[wasm_bindgen(unchecked_param_type = "number")] at: &JsValue,
        other: &Self,
    ) -> Result<f64> {
        Ok(number(self.experiment().counterpart(position(at)?, other.experiment())))
    }

    /// The nearest position after this one at which this run and the other part; none when they go on alike.
    #[wasm_bindgen(js_name = nextDifference)]
    pub fn next_difference(
        &self,
        #[wasm_bindgen(unchecked_param_type = "number")] at: &JsValue,
        other: &Self,
    ) -> Result<Option<f64>> {
        Ok(self.experiment().next_difference(position(at)?, other.experiment()).map(number))
    }

    /// The rules that decided that this run and the other part at this position; none where they do not.
    #[wasm_bindgen(js_name = partedBy, unchecked_return_type = "Rule[]")]
    pub fn parted_by(
        &self,
        #[wasm_bindgen(unchecked_param_type = "number")] at: &JsValue,
        other: &Self,
    ) -> Result<JsValue> {
        plain(&self.experiment().parted_by(position(at)?, other.experiment()))
    }

    /// The branch as a C program for the libevent of its dialect, or of another one of `dialects()`.
    ///
    /// @throws When the script has something that this dialect has not, or that no real kernel can be made to do; the message
    /// names the place, and why.
    #[wasm_bindgen(js_name = asC, unchecked_return_type = "AsC")]
    pub fn as_c(
        &self,
        #[wasm_bindgen(unchecked_optional_param_type = "Dialect")] dialect: &JsValue,
    ) -> Result<JsValue> {
        let mut scenario = self.experiment().scenario().clone();
        if !dialect.is_undefined() && !dialect.is_null() {
            scenario.dialect = dialect_of(dialect)?;
        }
        plain(&scenario.as_c().map_err(refused)?)
    }

    /// The same to be read, not run: for where `asC` throws since no real kernel can play it.
    ///
    /// @throws When the scenario has no form in C.
    #[wasm_bindgen(js_name = asCToRead, unchecked_return_type = "AsC")]
    pub fn as_c_to_read(&self) -> Result<JsValue> {
        plain(&self.experiment().scenario().as_c_to_read().map_err(refused)?)
    }

    /// What the branch's callbacks and its script do, an action or a step a line, in the form of `asC`: for where there is
    /// no C program.
    #[wasm_bindgen(js_name = asLines, unchecked_return_type = "AsC")]
    pub fn as_lines(&self) -> Result<JsValue> {
        plain(&self.experiment().scenario().as_lines())
    }

    /// The conformance trace of the branch, as JSON Lines.
    #[must_use]
    pub fn trace(&self) -> String {
        self.experiment().trace().iter().map(|line| format!("{line}\n")).collect()
    }
}

/// The internal callbacks under way.
fn path(recording: &mut recording::Recording, at: &JsValue) -> Result<JsValue> {
    plain(&recording.path(position(at)?))
}

/// What a question about a connection goes back to.
fn why(
    recording: &mut recording::Recording,
    at: &JsValue,
    connection: &JsValue,
    question: &JsValue,
) -> Result<JsValue> {
    let question: Question = from_plain(question, "question")?;
    plain(&recording.why(position(at)?, exact(connection, "the connection")?, question))
}

/// Everything as a trace.
fn perfetto(recording: &mut recording::Recording, title: &JsValue) -> Result<Vec<u8>> {
    let mut trace = Vec::new();
    recording.export_perfetto(&value::text(title, "the title")?, &mut trace).map_err(error)?;
    Ok(trace)
}

/// Gives each kind of track the questions about it.
macro_rules! study {
    ($($track:ty),*) => {$(
        #[wasm_bindgen]
        impl $track {
            /// What a question about a connection, by its number, goes back to, as of a position: what holds first, then
            /// link by link what that follows from, one of which decided.
            ///
            /// @throws When it is no question.
            #[wasm_bindgen(unchecked_return_type = "Answer")]
            pub fn why(
                &mut self,
                #[wasm_bindgen(unchecked_param_type = "number")] position: &JsValue,
                #[wasm_bindgen(unchecked_param_type = "number")] connection: &JsValue,
                #[wasm_bindgen(unchecked_param_type = "Question")] question: &JsValue,
            ) -> Result<JsValue> {
                self.seek(|recording| why(recording, position, connection, question))
            }

            /// The internal callbacks under way at a position, the outer first, and which way each took so far through its
            /// decisions; none outside of all.
            #[wasm_bindgen(unchecked_return_type = "Walk[]")]
            pub fn path(
                &mut self,
                #[wasm_bindgen(unchecked_param_type = "number")] position: &JsValue,
            ) -> Result<JsValue> {
                self.seek(|recording| path(recording, position))
            }

            /// Everything as a trace that Perfetto's viewer opens, under this title: passes and callbacks are slices, the
            /// levels of the four queues are counters, bytes are flows.
            #[wasm_bindgen(js_name = exportPerfetto)]
            pub fn export_perfetto(
                &mut self,
                #[wasm_bindgen(unchecked_param_type = "string")] title: &JsValue,
            ) -> Result<Vec<u8>> {
                self.seek(|recording| perfetto(recording, title))
            }
        }
    )*};
}

study!(Simulation, Recording, Live);
