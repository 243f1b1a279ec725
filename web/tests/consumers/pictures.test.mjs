/** The same scenario gives the same pictures natively and in wasm. In a file of its own: it takes as long as all others, beside them. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { native, scenarios } from "./native.mjs";
import { web } from "./packages.mjs";

let lab;
before(async () => {
  lab = await web();
});

for (const file of ["1.4/edge", "2.1/edge", "2.2/edge"]) {
  test(`pictures of ${file} are those of the native fold, at every step and in any order`, async () => {
    const given = scenarios(file);
    let compared = 0;
    for await (const lines of native(given, "pictures")) {
      const scenario = given[compared];
      const simulation = new lab.Simulation(JSON.stringify(scenario));
      const check = (at) => {
        const ours = simulation.picture(at);
        // What is written alike is alike, and compared a picture is sooner as text.
        if (JSON.stringify(ours) !== lines[at - 1]) assert.deepEqual(ours, JSON.parse(lines[at - 1]), `${scenario.name}, step ${at}`);
      };
      for (let at = 1; at <= lines.length; at++) check(at);
      for (let at = lines.length; at >= 1; at--) check(at);
      simulation.free();
      compared += 1;
    }
    assert.equal(compared, given.length);
  });
}
