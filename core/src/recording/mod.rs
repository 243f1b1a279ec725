//! Records as JSON.

pub(crate) mod bytes_as_text;
