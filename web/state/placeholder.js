/** What is drawn while there is nothing to play yet: the same scene, standing still. */
import { BLANK_DIALECT, blankConnection } from "../engine/blank.js";
import { BLANK_PICTURE } from "../engine/vocabulary.js";
import { scalesOf } from "./scale.js";

/** @typedef {import("../types.js").Frame} Frame */

/** @type {Frame} */
export const PLACEHOLDER = {
  source: "simulation",
  track: /** @type {any} */ (null),
  position: 0,
  start: 0,
  length: 0,
  picture: BLANK_PICTURE,
  connection: blankConnection(1, BLANK_DIALECT, true),
  exists: false,
  record: null,
  motion: "still",
  fulls: scalesOf(64),
  fullsOf: () => scalesOf(64),
  effect: null,
  capacities: null,
  clockStart: 0,
  acts: false,
  other: null,
  against: null,
  aligned: null,
  leftOut: 0,
  otherProblem: null,
  parted: [],
  revision: 0,
};
