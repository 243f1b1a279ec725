/** Programs built by webpack. */
import { mkdirSync } from "node:fs";
import { after, test } from "node:test";
import webpack from "webpack";
import { close, consume, isElement, isEngine, project, withElement, withEngine } from "../project.mjs";

after(close);

/** @param {ReturnType<typeof project>} made */
const byWebpack = async (made) => {
  mkdirSync(made.at("out"), { recursive: true });
  const entry = made.at("main.js");
  const settings = { mode: "production", context: made.folder, entry, output: { path: made.at("out"), filename: "main.js", publicPath: "auto" }, performance: { hints: false } };
  await new Promise((resolve, reject) => webpack(settings, (error, stats) => (error || stats.hasErrors() || stats.hasWarnings() ? reject(error ?? new Error(stats.toString({ all: false, errors: true, warnings: true }))) : resolve(undefined))));
  return "out";
};

test("webpack: the engine", () => consume(withEngine(), byWebpack, isEngine));
test("webpack: the element", () => consume(withElement(), byWebpack, isElement));
