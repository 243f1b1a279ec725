//! Where a condition matches, from a position on or back from it.

use super::{Recording, laid_from};
use crate::recording::Condition;
use crate::recording::condition::Around;

impl Recording {
    /// The nearest position after `from` whose record matches.
    pub fn next_match(&mut self, from: u64, condition: &Condition) -> Option<u64> {
        self.next_match_until(from, self.end_position(), condition)
    }

    /// The nearest position after `from`, but none beyond `to`, whose record matches. What lies beyond is not looked at.
    pub fn next_match_until(&mut self, from: u64, to: u64, condition: &Condition) -> Option<u64> {
        let (from, to) = (from.max(self.evicted), to.min(self.end_position()));
        if from >= to {
            return None;
        }
        if condition.needs_pictures() {
            return self.first_match(from, to, condition);
        }
        (from + 1..=to).find(|position| self.matches_alone(*position, condition))
    }

    /// Whether the record matches as far as no picture is needed to tell.
    fn matches_alone(&self, position: u64, condition: &Condition) -> bool {
        let step = || {
            let step = self.steps.partition_point(|(end, _)| *end < position);
            self.steps.get(step).map(|(_, step)| *step)
        };
        let step = condition.names_step().then(step).flatten();
        let around = Around { names: &self.end.names, step };
        self.record_at(position).is_some_and(|record| condition.matches_alone(record, around))
    }

    /// The first position after `from`, up to `to`, whose record matches.
    fn first_match(&mut self, from: u64, to: u64, condition: &Condition) -> Option<u64> {
        let mut picture = self.seek(from).clone();
        // What comes beside records, as far as none of it has come.
        let mut cuts = self.cuts().skip_while(|(at, _)| *at < from).peekable();
        let mut laid = self.laid.range(laid_from(&self.laid, from + 1)..).peekable();
        // What was seen after the last record, and of whom.
        let mut seen = None;
        for position in from + 1..=to {
            if let Some((_, start)) = cuts.next_if(|(at, _)| *at < position) {
                picture = start.clone();
                seen = None;
            }
            let record = self.record_at(position)?;
            let about = record.connection;
            let before = self.matches_alone(position, condition).then(|| match seen {
                Some((of, view)) if of == about => view,
                _ => condition.view(&picture, about),
            });
            picture.fold_in_passing(record);
            while let Some((_, laid)) = laid.next_if(|laid| laid.0 == position) {
                laid.show_in(&mut picture);
            }
            seen = before.map(|_| (about, condition.view(&picture, about)));
            if let (Some(before), Some((_, after))) = (before, seen)
                && condition.matches(before, after)
            {
                return Some(position);
            }
        }
        None
    }

    /// The nearest position before `from` whose record matches.
    pub fn previous_match(&mut self, from: u64, condition: &Condition) -> Option<u64> {
        let mut to = from.min(self.end_position() + 1).checked_sub(1)?;
        if !condition.needs_pictures() {
            return (self.evicted + 1..=to).rev().find(|position| self.matches_alone(*position, condition));
        }
        // From keyframe to keyframe backwards; the last match of a stretch counts.
        while to > self.evicted {
            let index = self.keyframes.partition_point(|keyframe| keyframe.at < to);
            let start = self.keyframes[index - 1].at;
            let mut found = None;
            let mut at = start;
            while let Some(position) = self.first_match(at, to, condition) {
                found = Some(position);
                at = position;
            }
            if found.is_some() {
                return found;
            }
            to = start;
        }
        None
    }
}
