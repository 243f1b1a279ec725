//! What a simulation, a recording and a live source share: a stretch of records that can be looked at from any point.

use bufferevent::recording::{Condition, Recording};
use wasm_bindgen::JsValue;

use crate::value::{Result, count, error, exact, number, optional_exact, plain, position, refused, text};

/// The most buckets that a series has: more than a screen has pixels.
const MAX_BUCKETS: usize = 1 << 16;

/// The picture at a position.
pub(crate) fn picture(recording: &mut Recording, at: &JsValue) -> Result<JsValue> {
    plain(&recording.seek(position(at)?).view())
}

/// One connection at a position, or `undefined`.
pub(crate) fn connection(recording: &mut Recording, at: &JsValue, number: &JsValue) -> Result<JsValue> {
    let picture = recording.seek(position(at)?);
    picture
        .connection_view(exact(number, "the connection")?)
        .map_or(Ok(JsValue::UNDEFINED), |view| plain(&view))
}

/// When the run of an engine that a position shows began.
pub(crate) fn began(recording: &mut Recording, at: &JsValue) -> Result<f64> {
    Ok(number(recording.run_began(position(at)?).as_micros()))
}

/// The record that leads to a position, or `undefined`.
pub(crate) fn record(recording: &Recording, at: &JsValue) -> Result<JsValue> {
    recording.record_at(position(at)?).map_or(Ok(JsValue::UNDEFINED), plain)
}

/// The records after one position, up to another.
pub(crate) fn records(recording: &Recording, from: &JsValue, to: &JsValue) -> Result<JsValue> {
    let from = exact(from, "`from`")?.max(recording.start_position());
    let to = exact(to, "`to`")?.min(recording.end_position());
    plain(&(from + 1..to + 1).filter_map(|at| recording.record_at(at)).collect::<Vec<_>>())
}

/// The nearest position after this one, but none beyond `to`, whose record matches.
pub(crate) fn next(
    recording: &mut Recording,
    at: &JsValue,
    condition: &JsValue,
    to: &JsValue,
) -> Result<Option<f64>> {
    let condition = condition_of(condition)?;
    let to = optional_exact(to, "`to`")?.unwrap_or(u64::MAX);
    Ok(recording.next_match_until(position(at)?, to, &condition).map(number))
}

/// The nearest position before this one whose record matches.
pub(crate) fn previous(recording: &mut Recording, at: &JsValue, condition: &JsValue) -> Result<Option<f64>> {
    let condition = condition_of(condition)?;
    Ok(recording.previous_match(position(at)?, &condition).map(number))
}

fn condition_of(condition: &JsValue) -> Result<Condition> {
    text(condition, "the condition")?.parse().map_err(refused)
}

/// One connection between two positions, in buckets.
pub(crate) fn series(
    recording: &mut Recording,
    connection: &JsValue,
    buckets: &JsValue,
    from: &JsValue,
    to: &JsValue,
) -> Result<JsValue> {
    let from = optional_exact(from, "`from`")?.unwrap_or(0);
    let to = optional_exact(to, "`to`")?.unwrap_or(u64::MAX);
    let buckets = count(buckets, "the number of buckets")? as usize;
    plain(&recording.series(exact(connection, "the connection")?, from, to, buckets.min(MAX_BUCKETS)))
}

/// The recording as a file.
pub(crate) fn export(recording: &Recording) -> Result<String> {
    let mut text = Vec::new();
    recording.export(&mut text).map_err(error)?;
    String::from_utf8(text).map_err(error)
}

/// Gives a type with `look(&self, f)` and `seek(&mut self, f)` the methods of the interface `Track`.
macro_rules! track {
    ($track:ty) => {
        #[wasm_bindgen::prelude::wasm_bindgen]
        impl $track {
            /// The first position that is there: 0, until a live source had to forget its oldest records.
            #[must_use]
            #[wasm_bindgen(getter)]
            pub fn start(&self) -> f64 {
                self.look(|recording| crate::value::number(recording.start_position()))
            }

            /// The last position: how many records there were in all. A position is the number of records before it.
            #[must_use]
            #[wasm_bindgen(getter)]
            pub fn length(&self) -> f64 {
                self.look(|recording| crate::value::number(recording.end_position()))
            }

            /// Everything that can be drawn at a position; one that is not there gives the nearest that is.
            #[wasm_bindgen(unchecked_return_type = "Picture")]
            pub fn picture(
                &mut self,
                #[wasm_bindgen(unchecked_param_type = "number")] position: &wasm_bindgen::JsValue,
            ) -> crate::value::Result<wasm_bindgen::JsValue> {
                self.seek(|recording| crate::track::picture(recording, position))
            }

            /// One connection, by its number, as `picture` has it at a position; none where it is
            /// not there.
            #[wasm_bindgen(unchecked_return_type = "ConnectionPicture | undefined")]
            pub fn connection(
                &mut self,
                #[wasm_bindgen(unchecked_param_type = "number")] position: &wasm_bindgen::JsValue,
                #[wasm_bindgen(unchecked_param_type = "number")] number: &wasm_bindgen::JsValue,
            ) -> crate::value::Result<wasm_bindgen::JsValue> {
                self.seek(|recording| crate::track::connection(recording, position, number))
            }

            /// When the run that a position shows began, in microseconds on the engine's clock: a server that was started anew
            /// counts from its own start.
            pub fn began(
                &mut self,
                #[wasm_bindgen(unchecked_param_type = "number")] position: &wasm_bindgen::JsValue,
            ) -> crate::value::Result<f64> {
                self.seek(|recording| crate::track::began(recording, position))
            }

            /// The record that leads to a position; none for the first position and those that are not there.
            #[wasm_bindgen(unchecked_return_type = "StepRecord | undefined")]
            pub fn record(
                &self,
                #[wasm_bindgen(unchecked_param_type = "number")] position: &wasm_bindgen::JsValue,
            ) -> crate::value::Result<wasm_bindgen::JsValue> {
                self.look(|recording| crate::track::record(recording, position))
            }

            /// The records after `from`, up to `to`: those that lead to `from` + 1, ..., `to`.
            #[wasm_bindgen(unchecked_return_type = "StepRecord[]")]
            pub fn records(
                &self,
                #[wasm_bindgen(unchecked_param_type = "number")] from: &wasm_bindgen::JsValue,
                #[wasm_bindgen(unchecked_param_type = "number")] to: &wasm_bindgen::JsValue,
            ) -> crate::value::Result<wasm_bindgen::JsValue> {
                self.look(|recording| crate::track::records(recording, from, to))
            }

            /// The nearest position after this one whose record matches the condition, such as `callback:read`,
            /// `crossing`, `kind:received` or `in>=high and conn:3`; with `to`, none beyond that.
            ///
            /// @throws When the condition is none.
            pub fn next(
                &mut self,
                #[wasm_bindgen(unchecked_param_type = "number")] position: &wasm_bindgen::JsValue,
                #[wasm_bindgen(unchecked_param_type = "string")] condition: &wasm_bindgen::JsValue,
                #[wasm_bindgen(unchecked_optional_param_type = "number | null")] to: &wasm_bindgen::JsValue,
            ) -> crate::value::Result<Option<f64>> {
                self.seek(|recording| crate::track::next(recording, position, condition, to))
            }

            /// The nearest position before this one whose record matches the condition.
            ///
            /// @throws When the condition is none.
            pub fn previous(
                &mut self,
                #[wasm_bindgen(unchecked_param_type = "number")] position: &wasm_bindgen::JsValue,
                #[wasm_bindgen(unchecked_param_type = "string")] condition: &wasm_bindgen::JsValue,
            ) -> crate::value::Result<Option<f64>> {
                self.seek(|recording| crate::track::previous(recording, position, condition))
            }

            /// One connection from afar: its lengths and marks in at most so many buckets, over everything or
            /// between two positions.
            #[wasm_bindgen(unchecked_return_type = "Bucket[]")]
            pub fn series(
                &mut self,
                #[wasm_bindgen(unchecked_param_type = "number")] connection: &wasm_bindgen::JsValue,
                #[wasm_bindgen(unchecked_param_type = "number")] buckets: &wasm_bindgen::JsValue,
                #[wasm_bindgen(unchecked_optional_param_type = "number | null")] from: &wasm_bindgen::JsValue,
                #[wasm_bindgen(unchecked_optional_param_type = "number | null")] to: &wasm_bindgen::JsValue,
            ) -> crate::value::Result<wasm_bindgen::JsValue> {
                self.seek(|recording| crate::track::series(recording, connection, buckets, from, to))
            }

            /// Everything as a file that `Recording` reads: JSON Lines.
            ///
            /// @throws When it does not fit into memory.
            #[wasm_bindgen(js_name = exportRecording)]
            pub fn export_recording(&self) -> crate::value::Result<String> {
                self.look(crate::track::export)
            }
        }
    };
}

pub(crate) use track;
