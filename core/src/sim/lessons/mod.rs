//! The scenarios that teach, each with the record on which it turns. What is said about them is the page's.

use super::Scenario;

/// One lesson: a scenario, where it turns, and the same with a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lesson {
    /// Its place in the course, from 1.
    pub number: u32,
    /// What its texts are kept under.
    pub id: &'static str,
    /// The first record that this [`Condition`](crate::recording::Condition) finds is the one to predict.
    pub hinge: &'static str,
    /// What to play.
    pub scenario: Scenario,
    /// The same experiment, broken in the one way that the lesson is about.
    pub break_it: Scenario,
}

struct Text {
    number: u32,
    id: &'static str,
    hinge: &'static str,
    scenario: &'static str,
    break_it: &'static str,
}

const LESSONS: [Text; 3] = [
    Text {
        number: 1,
        id: "anatomy",
        hinge: "callback:read",
        scenario: include_str!("anatomy.json"),
        break_it: include_str!("anatomy.break.json"),
    },
    Text {
        number: 3,
        id: "low-watermark",
        hinge: "in>=16",
        scenario: include_str!("low-watermark.json"),
        break_it: include_str!("low-watermark.break.json"),
    },
    Text {
        number: 5,
        id: "high-watermark",
        hinge: "in>=high",
        scenario: include_str!("high-watermark.json"),
        break_it: include_str!("high-watermark.break.json"),
    },
];

/// Every lesson, in order.
#[must_use]
pub fn lessons() -> Vec<Lesson> {
    LESSONS.iter().map(Text::read).collect()
}

impl Text {
    fn read(&self) -> Lesson {
        let scenario = |text| Scenario::from_json(text).expect("the lessons are part of this crate");
        Lesson {
            number: self.number,
            id: self.id,
            hinge: self.hinge,
            scenario: scenario(self.scenario),
            break_it: scenario(self.break_it),
        }
    }
}

impl Scenario {
    /// What to show somebody who chose nothing: input fills to its high watermark, and reading stops.
    ///
    /// # Panics
    /// Never: the lessons are part of this crate.
    #[must_use]
    pub fn first() -> Self {
        LESSONS[2].read().scenario
    }
}
