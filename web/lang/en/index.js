/** English. */
export * as sentences from "./sentences.js";
export { text } from "./text.js";

/** What the choice of languages calls it. */
export const name = "EN";
/** How pages name the language of what is written. */
export const tag = "en";
