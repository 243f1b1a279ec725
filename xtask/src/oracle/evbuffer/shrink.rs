//! The smallest program that still fails.

use anyhow::Result;

use super::program::Program;

/// Leaves out and lessens what it can while the program still fails, until nothing more can go.
pub(super) fn shrink(
    mut program: Program,
    mut fails: impl FnMut(&Program) -> Result<bool>,
) -> Result<Program> {
    loop {
        let mut failing = None;
        for candidate in smaller(&program) {
            if fails(&candidate)? {
                failing = Some(candidate);
                break;
            }
        }
        match failing {
            Some(candidate) => program = candidate,
            None => return Ok(program),
        }
    }
}

/// Programs that are a little smaller, those that are much smaller first.
fn smaller(program: &Program) -> impl Iterator<Item = Program> {
    let count = program.operations.len();
    let runs = std::iter::successors(Some(count.div_ceil(2)), |run| (*run > 1).then(|| run.div_ceil(2)));
    let without = runs.flat_map(move |run| (0..count).step_by(run.max(1)).map(move |at| (at, run)));
    let shorter = without.map(move |(at, run)| {
        let mut copy = program.clone();
        copy.operations.drain(at..count.min(at + run));
        copy
    });
    let undeferred = (0..3).filter(|&at| program.deferred[at]).map(|at| {
        let mut copy = program.clone();
        copy.deferred[at] = false;
        copy
    });
    let places = (0..count).flat_map(|at| {
        let arguments = program.operations[at].arguments();
        (0..arguments.len())
            .flat_map(move |number| lower(arguments[number]).map(move |value| (at, number, value)))
    });
    let lessened = places.map(|(at, number, value)| {
        let mut copy = program.clone();
        copy.operations[at].arguments_mut()[number] = value;
        copy
    });
    shorter.chain(undeferred).chain(lessened)
}

/// 0, then ever closer to the number from below.
fn lower(number: u32) -> impl Iterator<Item = u32> {
    let steps = std::iter::successors(Some(number), |step| Some(step / 2));
    steps.take_while(|step| *step > 0).map(move |step| number - step)
}

#[cfg(test)]
mod tests {
    use super::super::program::Verb;
    use super::*;

    #[test]
    fn what_fails_for_one_operation_shrinks_to_it_alone() {
        let fails = |program: &Program| {
            let large = |verb, numbers: &[u32]| verb == Verb::Add && numbers[0] >= 17;
            program.operations.iter().any(|operation| large(operation.verb, operation.arguments()))
        };
        let mut failing = (0..).map(|index| Program::random(1, index)).filter(|program| fails(program));
        let smallest = shrink(failing.next().unwrap(), |program| Ok(fails(program))).unwrap();
        assert_eq!(smallest.operations.len(), 1);
        assert_eq!((smallest.operations[0].arguments(), smallest.deferred), (&[17, 0][..], [false; 3]));
    }
}
