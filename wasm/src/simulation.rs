//! A simulation that can be acted on at any point.

use bufferevent::recording::{BufferMemory, Memory, Recording};
use bufferevent::sim::{Experiment, KernelSpec, Scenario};
use bufferevent::{Dialect, Said};
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::track::track;
use crate::value::{self, Result, count, error, exact, number, plain, position, refused};

/// One way that a simulation went.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub(crate) struct BranchInfo<'a> {
    /// Its number, from 0.
    id: usize,
    /// What made it, as JSON: a script step, `{"dialect":"2.1"}`, `{"kernel":{..}}` or `{"scenario":true}` where it was
    /// edited; empty for the first.
    label: &'a str,
    /// The marks that had been set before, in the words of `label`; empty where none were replaced.
    was: &'a str,
    /// The branch it left; none for the first.
    parent: Option<usize>,
    /// The last position that it shares with the parent.
    at: u64,
    /// Its last position.
    length: u64,
    /// Where whoever looks at it was last, as far as `remember` was told.
    position: u64,
    /// It is the one that is looked at.
    current: bool,
}

/// Where something that is done at a position takes effect.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub(crate) struct EffectInfo {
    /// After this position.
    position: u64,
    /// The pass of the loop that ends there, where it is one.
    pass: Option<u64>,
    /// It is the end of the branch: nothing forks.
    at_end: bool,
}

/// How the bytes of a connection's buffers lie in libevent's memory.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub(crate) struct MemoryInfo<'a> {
    /// The connection's number.
    number: u64,
    /// Of input.
    input: &'a BufferMemory,
    /// Of output.
    output: &'a BufferMemory,
}

/// What is wrong with a scenario, and where.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub(crate) struct ScenarioProblem {
    /// The line, from 1.
    line: usize,
    /// What is wrong; it names the key.
    message: String,
    /// The same, so that it can be said in another language.
    said: Said,
}

/// The first thing that is wrong with a scenario, an object or its JSON text; none where it can be run.
#[wasm_bindgen(js_name = scenarioProblem, unchecked_return_type = "ScenarioProblem | undefined")]
pub fn scenario_problem(
    #[wasm_bindgen(unchecked_param_type = "string | object")] scenario: &JsValue,
) -> Result<JsValue> {
    let scenario = value::json(scenario, "scenario")?;
    let Err(problem) = Scenario::from_json(&scenario) else { return Ok(JsValue::UNDEFINED) };
    let said = Said::from(&problem);
    plain(&ScenarioProblem { line: problem.line_in(&scenario), message: said.to_string(), said })
}

/// A scenario that was run, record by record.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Simulation {
    experiment: Experiment,
}

#[wasm_bindgen]
impl Simulation {
    /// Runs a scenario: an object, or its JSON text. One that would take too long is run in part: see `truncated`.
    ///
    /// @throws When it is no scenario; the message names the key, or the line.
    #[wasm_bindgen(constructor)]
    pub fn new(#[wasm_bindgen(unchecked_param_type = "string | object")] scenario: &JsValue) -> Result<Self> {
        let scenario = Scenario::from_json(&value::json(scenario, "scenario")?).map_err(refused)?;
        Ok(Self { experiment: Experiment::new(scenario) })
    }

    /// Goes on with an experiment that `save` gave, an object or its JSON text: all its branches, and the one that was looked at.
    ///
    /// @throws When it is none; the message names the key, or the line.
    pub fn restore(
        #[wasm_bindgen(unchecked_param_type = "string | object")] saved: &JsValue,
    ) -> Result<Self> {
        let saved = value::json(saved, "saved experiment")?;
        Ok(Self { experiment: Experiment::from_json(&saved).map_err(refused)? })
    }

    /// Every branch as a file that `restore` reads: JSON.
    #[must_use]
    pub fn save(&self) -> String {
        self.experiment.to_json()
    }

    /// Where `act` at this position takes effect.
    #[wasm_bindgen(unchecked_return_type = "EffectInfo")]
    pub fn effect(&self, #[wasm_bindgen(unchecked_param_type = "number")] at: &JsValue) -> Result<JsValue> {
        let effect = self.experiment.effect(position(at)?);
        plain(&EffectInfo { position: effect.position, pass: effect.pass, at_end: effect.at_end })
    }

    /// Does this at a position: a step of a scenario's script, such as `{"peer_send":"hello"}`,
    /// `{"set_watermark":{"read":{"low":0,"high":5}}}` or `{"turn":1}`, as an object or its JSON text. Gives the position
    /// from which to look on.
    ///
    /// At the end of the branch it is added. In the past a new branch begins at the end of the pass or the step that
    /// the position lies in; what came after is kept as the branch it was.
    ///
    /// @throws When it is no step, and when nothing more can be added.
    pub fn act(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] at: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "string | object")] step: &JsValue,
    ) -> Result<f64> {
        let step = value::json(step, "step")?;
        let step = self.experiment.scenario().step_from_json(&step).map_err(refused)?;
        self.experiment.act(position(at)?, step).map(number).map_err(refused)
    }

    /// One more pass at the end of the branch. Gives the position from which to look on.
    ///
    /// @throws When nothing more can be added.
    pub fn advance(&mut self) -> Result<f64> {
        self.experiment.advance().map(number).map_err(refused)
    }

    /// Runs the same script as another libevent, one of `dialects()`, as a branch. Gives the position from which to look
    /// on: the start. `endOf` finds the place in the script again.
    ///
    /// @throws When the script has something that this dialect has not; the message names the key.
    #[wasm_bindgen(js_name = setDialect)]
    pub fn set_dialect(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "Dialect")] dialect: &JsValue,
    ) -> Result<f64> {
        let dialect = dialect_of(dialect)?;
        self.experiment.set_dialect(dialect).map(|()| 0.0).map_err(refused)
    }

    /// Runs the same script with other sizes of the kernel's queues, in bytes, as a branch. Gives the position from
    /// which to look on: the start.
    ///
    /// @throws When a size is 0, or no whole number.
    #[wasm_bindgen(js_name = setKernel)]
    pub fn set_kernel(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] rx: &JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] tx: &JsValue,
    ) -> Result<f64> {
        let kernel = KernelSpec {
            rx_capacity: count(rx, "the receive queue's size")?,
            tx_capacity: count(tx, "the send queue's size")?,
        };
        self.experiment.set_kernel(kernel).map(|()| 0.0).map_err(refused)
    }

    /// Runs another scenario, an object or its JSON text, as a branch: this one, edited. Gives the position from which to
    /// look on: the start.
    ///
    /// @throws When it is no scenario; the message names the key, or the line.
    pub fn edit(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "string | object")] scenario: &JsValue,
    ) -> Result<f64> {
        let scenario = Scenario::from_json(&value::json(scenario, "scenario")?).map_err(refused)?;
        self.experiment.edit(scenario).map(|()| 0.0).map_err(refused)
    }

    /// Which libevent it behaves as.
    #[must_use]
    #[wasm_bindgen(getter, unchecked_return_type = "Dialect")]
    pub fn dialect(&self) -> String {
        self.experiment.scenario().dialect.to_string()
    }

    /// The size of the kernel's receive queue, in bytes.
    #[must_use]
    #[wasm_bindgen(getter, js_name = rxCapacity)]
    pub fn rx_capacity(&self) -> u32 {
        self.kernel().rx_capacity
    }

    /// The size of the kernel's send queue, in bytes.
    #[must_use]
    #[wasm_bindgen(getter, js_name = txCapacity)]
    pub fn tx_capacity(&self) -> u32 {
        self.kernel().tx_capacity
    }

    /// Every way that it went so far.
    #[wasm_bindgen(unchecked_return_type = "BranchInfo[]")]
    pub fn branches(&self) -> Result<JsValue> {
        let current = self.experiment.current_branch();
        let branches: Vec<BranchInfo<'_>> = self
            .experiment
            .branches()
            .iter()
            .enumerate()
            .map(|(id, branch)| BranchInfo {
                id,
                label: &branch.label,
                was: &branch.was,
                parent: branch.parent,
                at: branch.at,
                length: branch.length,
                position: branch.position,
                current: id == current,
            })
            .collect();
        plain(&branches)
    }

    /// Goes to another branch.
    ///
    /// @throws When it is not there.
    #[wasm_bindgen(js_name = switchTo)]
    pub fn switch_to(&mut self, #[wasm_bindgen(unchecked_param_type = "number")] id: &JsValue) -> Result<()> {
        self.experiment.switch_to(branch(id)?).map_err(refused)
    }

    /// Lets a branch go; those that left it have its parent then, and the numbers of later ones are one less. Of the one
    /// that is looked at the parent is looked at.
    ///
    /// @throws When it is not there, or is the first.
    #[wasm_bindgen(js_name = deleteBranch)]
    pub fn delete_branch(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] id: &JsValue,
    ) -> Result<()> {
        self.experiment.delete(branch(id)?).map_err(refused)
    }

    /// Notes where whoever looks at the branch is: `branches` and `save` tell.
    pub fn remember(&mut self, #[wasm_bindgen(unchecked_param_type = "number")] at: &JsValue) -> Result<()> {
        self.experiment.remember(position(at)?);
        Ok(())
    }

    /// The same script as another libevent, one of `dialects()`, as a simulation of its own: to compare both.
    ///
    /// @throws When the script has something that this dialect has not; the message names the key.
    #[wasm_bindgen(js_name = inDialect)]
    pub fn in_dialect(
        &self,
        #[wasm_bindgen(unchecked_param_type = "Dialect")] dialect: &JsValue,
    ) -> Result<Self> {
        let dialect = dialect_of(dialect)?;
        Ok(Self { experiment: self.experiment.in_dialect(dialect).map_err(refused)? })
    }

    /// The branch as a scenario, with everything that was done: JSON for a share link.
    #[must_use]
    pub fn scenario(&self) -> String {
        self.experiment.scenario().to_json()
    }

    /// How many steps the branch's script has.
    #[must_use]
    #[wasm_bindgen(getter, js_name = scriptLength)]
    pub fn script_length(&self) -> f64 {
        number(self.experiment.scenario().script.len() as u64)
    }

    /// In which step the script stopped before its end, and why.
    #[must_use]
    pub fn truncated(&self) -> Option<String> {
        self.experiment.truncated().map(|truncation| truncation.to_string())
    }

    /// The same, so that it can be said in another language.
    #[wasm_bindgen(js_name = truncatedSaid, unchecked_return_type = "Said | undefined")]
    pub fn truncated_said(&self) -> Result<JsValue> {
        value::said(self.experiment.truncated().as_ref())
    }

    /// The step of the script that the record at this position belongs to, from 1; 0 is the set-up.
    #[wasm_bindgen(js_name = placeOf)]
    pub fn place_of(&self, #[wasm_bindgen(unchecked_param_type = "number")] at: &JsValue) -> Result<f64> {
        Ok(number(self.experiment.place_of(position(at)?).step as u64))
    }

    /// How the bytes of every connection's buffers lie in libevent's memory at a position: in chains, or in the one block of 1.4.
    /// A picture does not say it.
    #[wasm_bindgen(unchecked_return_type = "MemoryInfo[]")]
    pub fn memory(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "number")] at: &JsValue,
    ) -> Result<JsValue> {
        let connections = &self.experiment.recording_mut().seek(position(at)?).connections;
        let mut memory: Vec<MemoryInfo<'_>> = Vec::new();
        for (&number, connection) in connections {
            let Some(Memory { input, output }) = connection.memory.as_deref() else { continue };
            memory.push(MemoryInfo { number, input, output });
        }
        plain(&memory)
    }

    /// The place of the scenario that made the record at this position, as `asC` names it: an action of a callback, or a
    /// step of the script; none in the set-up.
    pub fn running(
        &self,
        #[wasm_bindgen(unchecked_param_type = "number")] at: &JsValue,
    ) -> Result<Option<String>> {
        Ok(self.experiment.running(position(at)?))
    }

    /// The position at the end of a step of the script; none when it has not run.
    #[wasm_bindgen(js_name = endOf)]
    pub fn end_of(
        &self,
        #[wasm_bindgen(unchecked_param_type = "number")] step: &JsValue,
    ) -> Result<Option<f64>> {
        let step = usize::try_from(exact(step, "the step")?).unwrap_or(usize::MAX);
        Ok(self.experiment.end_of(step).map(number))
    }

    /// The positions at the ends of the set-up and of each step of the script that has run.
    #[must_use]
    #[wasm_bindgen(js_name = stepEnds)]
    pub fn step_ends(&self) -> Vec<f64> {
        self.experiment.step_ends().into_iter().map(number).collect()
    }
}

/// The number of a branch.
fn branch(id: &JsValue) -> Result<usize> {
    Ok(count(id, "the branch")? as usize)
}

/// The libevent that a text from JavaScript names.
pub(crate) fn dialect_of(name: &JsValue) -> Result<Dialect> {
    value::text(name, "the dialect")?.parse().map_err(error)
}

impl Simulation {
    #[cfg(feature = "study")]
    pub(crate) const fn experiment(&self) -> &Experiment {
        &self.experiment
    }

    #[cfg(feature = "study")]
    pub(crate) const fn experiment_mut(&mut self) -> &mut Experiment {
        &mut self.experiment
    }

    /// The first socket's; a scenario without one shows the default.
    fn kernel(&self) -> KernelSpec {
        let specs = &self.experiment.scenario().bufferevents;
        specs.iter().find_map(|spec| spec.kernel()).unwrap_or_default()
    }

    pub(crate) fn look<T>(&self, read: impl FnOnce(&Recording) -> T) -> T {
        read(self.experiment.recording())
    }

    pub(crate) fn seek<T>(&mut self, read: impl FnOnce(&mut Recording) -> T) -> T {
        read(self.experiment.recording_mut())
    }
}

/// A scenario to begin with, as JSON: input fills to its high watermark, and reading stops.
#[must_use]
#[wasm_bindgen(js_name = defaultScenario)]
pub fn default_scenario() -> String {
    Scenario::first().to_json()
}

track!(Simulation);
