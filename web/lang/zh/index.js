/** Simplified Chinese. */
export * as sentences from "./sentences.js";
export { text } from "./text.js";

export const name = "\u4e2d\u6587";
export const tag = "zh-Hans";
