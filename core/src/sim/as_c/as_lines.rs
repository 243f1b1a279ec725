//! A scenario's actions as lines of JSON, for where there is no C program.

use super::super::write::{Written, line};
use super::super::{Action, Program, Scenario};
use super::AsC;
use super::callbacks::ALL;
use super::text::Text;

impl Scenario {
    /// What the callbacks do and what the script does, an action or a step a line: of a scenario that no real kernel can
    /// play, there is no more to show.
    #[must_use]
    pub fn as_lines(&self) -> AsC {
        let mut text = Text::default();
        let written = Written(self);
        for (at, spec) in self.bufferevents.iter().enumerate() {
            for on in ALL {
                let place = format!("{}.{}", self.place_of_callbacks(at), on.key());
                self.program_lines(&mut text, &place, spec.program(on));
            }
        }
        for timer in &self.timers {
            self.program_lines(&mut text, &format!("timers.{}.do", timer.name), &timer.run);
        }
        text.gap();
        text.line("script");
        text.inside(|text| {
            for (index, step) in self.script.iter().enumerate() {
                text.place(format!("script[{index}]"), |text| {
                    text.line(line(&written.step(step)));
                });
            }
        });
        let (text, lines) = text.finish();
        AsC { text, lines }
    }

    fn program_lines(&self, text: &mut Text, place: &str, program: &Program) {
        let Some(calls) = program else { return };
        text.gap();
        text.place(place, |text| {
            text.line(place);
            text.inside(|text| {
                for (index, actions) in calls.iter().enumerate() {
                    let place = format!("{place}[{index}]");
                    text.place(place.clone(), |text| self.action_lines(text, &place, actions));
                }
            });
        });
    }

    /// One call, in brackets.
    fn action_lines(&self, text: &mut Text, place: &str, actions: &[Action]) {
        if actions.is_empty() {
            return text.line("[]");
        }
        text.line("[");
        text.inside(|text| {
            for (index, action) in actions.iter().enumerate() {
                text.place(format!("{place}[{index}]"), |text| {
                    text.line(line(&Written(self).action(action)));
                });
            }
        });
        text.line("]");
    }
}
