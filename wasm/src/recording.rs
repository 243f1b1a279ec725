//! A recording from a file.

use bufferevent::recording;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::mirror::LIMIT;
use crate::track::track;
use crate::value::{self, Result, refused};

/// A recording that was saved by `exportRecording`, by the server or by a client.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Recording {
    recording: recording::Recording,
    damage: Option<recording::Damage>,
}

#[wasm_bindgen]
impl Recording {
    /// Reads the text of a file. What can be read is there, even if the file is cut off or damaged.
    ///
    /// @throws When it is no recording, or one of another schema.
    #[wasm_bindgen(constructor)]
    pub fn new(#[wasm_bindgen(unchecked_param_type = "string")] text: &JsValue) -> Result<Self> {
        let text = value::long_text(text, "the recording")?;
        let imported = recording::Recording::import(text.as_bytes()).map_err(refused)?;
        Ok(Self { recording: imported.recording, damage: imported.damage })
    }

    /// Adds a file that goes on where this one ends, or later: the next segment of a publication.
    ///
    /// @throws When it is no recording, or one of another schema.
    pub fn append(&mut self, #[wasm_bindgen(unchecked_param_type = "string")] text: &JsValue) -> Result<()> {
        let text = value::long_text(text, "the recording")?;
        // What goes on for ever is forgotten at its beginning.
        self.recording = std::mem::take(&mut self.recording).with_limit(LIMIT);
        let damage = self.recording.append_file(text.as_bytes()).map_err(refused)?;
        self.damage = self.damage.take().or(damage);
        Ok(())
    }

    /// What could not be read of the file.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn damage(&self) -> Option<String> {
        self.damage.as_ref().map(ToString::to_string)
    }

    /// The same, so that it can be said in another language.
    #[wasm_bindgen(getter, js_name = damageSaid, unchecked_return_type = "Said | undefined")]
    pub fn damage_said(&self) -> Result<JsValue> {
        value::said(self.damage.as_ref())
    }
}

impl Recording {
    pub(crate) fn look<T>(&self, read: impl FnOnce(&recording::Recording) -> T) -> T {
        read(&self.recording)
    }

    pub(crate) fn seek<T>(&mut self, read: impl FnOnce(&mut recording::Recording) -> T) -> T {
        read(&mut self.recording)
    }
}

track!(Recording);
