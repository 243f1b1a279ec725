//! Simpler values.

use std::iter;

use bufferevent::Directions;
use bufferevent::sim::{Data, WatermarksSpec};

/// Marks that need not be set at all are left out; where that leaves an action without any, deleting it is tried too.
pub(super) fn simpler_marks(marks: Option<WatermarksSpec>) -> Vec<Option<WatermarksSpec>> {
    let Some(WatermarksSpec { low, high }) = marks else { return Vec::new() };
    let lower_low = lower(low).into_iter().map(|low| Some(WatermarksSpec { low, high }));
    let lower_high = lower(high).into_iter().map(|high| Some(WatermarksSpec { low, high }));
    iter::once(None).chain(lower_low).chain(lower_high).collect()
}

pub(super) fn fewer(directions: Directions) -> Vec<Directions> {
    let mut fewer = Vec::new();
    if directions.read {
        fewer.push(Directions { read: false, ..directions });
    }
    if directions.write {
        fewer.push(Directions { write: false, ..directions });
    }
    fewer
}

/// Shorter, or of the same length and all of one letter.
pub(super) fn simpler_data(data: &Data) -> Vec<Data> {
    let bytes = data.as_bytes();
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let mut simpler = map(lower(length), |length| Data::from(bytes[..length as usize].to_vec()));
    let flat = Data::from("a".repeat(bytes.len()));
    if *data != flat {
        simpler.push(flat);
    }
    simpler
}

/// 0, then ever closer to the number from below: a half less, a quarter less, down to 1 less.
pub(super) fn lower(number: u32) -> Vec<u32> {
    let steps = iter::successors(Some(number), |step| Some(step / 2));
    steps.take_while(|step| *step > 0).map(|step| number - step).collect()
}

pub(super) fn map<T, U>(values: Vec<T>, with: impl FnMut(T) -> U) -> Vec<U> {
    values.into_iter().map(with).collect()
}
