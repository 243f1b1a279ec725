/**
 * What is said of a problem.
 * @param {import("../state/shown.js").Notice} notice
 * @param {import("../types.js").Text} text
 */
export const problemWords = ({ kind, message, position }, text) => text.problem.of[kind](message, position);
