//! A recording from a file.

use bufferevent::recording;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::track::track;
use crate::value::{self, Result, error};

/// A recording that was saved by `exportRecording`, by the server or by a client.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Recording {
    recording: recording::Recording,
    damage: Option<String>,
}

#[wasm_bindgen]
impl Recording {
    /// Reads the text of a file. What can be read is there, even if the file is cut off or damaged.
    ///
    /// @throws When it is no recording, or one of another schema.
    #[wasm_bindgen(constructor)]
    pub fn new(#[wasm_bindgen(unchecked_param_type = "string")] text: &JsValue) -> Result<Self> {
        let text = value::text(text, "the recording")?;
        let imported = recording::Recording::import(text.as_bytes()).map_err(error)?;
        let damage = imported.damage.map(|damage| damage.to_string());
        Ok(Self { recording: imported.recording, damage })
    }

    /// What could not be read of the file.
    #[must_use]
    #[wasm_bindgen(getter)]
    pub fn damage(&self) -> Option<String> {
        self.damage.clone()
    }
}

impl Recording {
    fn look<T>(&self, read: impl FnOnce(&recording::Recording) -> T) -> T {
        read(&self.recording)
    }

    fn seek<T>(&mut self, read: impl FnOnce(&mut recording::Recording) -> T) -> T {
        read(&mut self.recording)
    }
}

track!(Recording);
