//! Which action of the scenario runs, for whoever shows the program beside the records.

/// The place of the scenario that runs, and since which record.
#[derive(Debug, Default)]
pub(super) struct Acting {
    /// Empty outside the script.
    place: String,
    /// Each with the number of records before it. Invariant: numbers rise.
    notes: Vec<(u64, String)>,
}

impl Acting {
    /// This place runs from here on; gives the one that ran, to go back to.
    pub(super) fn go_to(&mut self, place: String, records: u64) -> String {
        // Of several places without a record between them, only the last makes the next record.
        self.notes.pop_if(|(since, _)| *since == records);
        self.notes.push((records, place.clone()));
        std::mem::replace(&mut self.place, place)
    }

    /// The notes since this was last called.
    pub(super) fn take(&mut self) -> Vec<(u64, String)> {
        std::mem::take(&mut self.notes)
    }
}
