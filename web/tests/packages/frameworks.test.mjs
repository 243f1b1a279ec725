/** Frameworks that set a property where an element has one: each shows the element with every kind of attribute, before it is defined and after. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as esbuild from "esbuild";
import { compile } from "svelte/compiler";
import { close, consume, html } from "./project.mjs";

after(close);

const MODULES = fileURLToPath(new URL("../node_modules", import.meta.url));
const SCENARIO = { format: 1, dialect: "2.1", script: [{ peer_send: "hello" }, { turn: 1 }] };
const GIVEN = { step: 4, position: 5, compare: true, controls: "minimal", theme: "dark", lang: "zh", lessons: "1,2" };

/** How each shows one element with `props` below `target`. */
const FRAMEWORKS = {
  React: `import { StrictMode, createElement } from "react";
    import { createRoot } from "react-dom/client";
    const render = (target, props) => createRoot(target).render(createElement(StrictMode, null, createElement("bufferevent-lab", props)));`,
  Vue: `import { h, render as show } from "vue/dist/vue.runtime.esm-bundler.js";
    const render = (target, props) => show(h("bufferevent-lab", props), target);`,
  Svelte: `import { mount } from "svelte";
    import Page from "./Page.svelte";
    const render = (target, props) => mount(Page, { target, props: { props } });`,
};

/** @param {string} framework */
const program = (framework) => `${framework}
const place = () => document.body.appendChild(document.createElement("div"));
const until = async (look) => { while (!look()) await new Promise((resolve) => setTimeout(resolve, 10)); };
const labs = () => [...document.querySelectorAll("bufferevent-lab")];
const [scenario, given] = [${JSON.stringify(SCENARIO)}, ${JSON.stringify(GIVEN)}];
render(place(), { ...given, scenario: JSON.stringify(scenario) });
await until(() => labs().length === 1);
await import("bufferevent-lab/single");
render(place(), { ...given, scenario });
await until(() => labs().length === 2 && labs().every((lab) => lab.dataset.state === "ready" && lab.position > 0));
globalThis.told = labs().map((lab) => ({
  step: Number(lab.step), position: lab.position, compare: lab.compare, controls: lab.controls, theme: lab.theme, lang: lab.lang, lessons: lab.lessons,
  scenario: lab.scenario === JSON.stringify(scenario), method: typeof lab.advance,
}));
`;

/** Each attribute by itself: with `{...props}` Svelte remembers from before the element was defined that it has no properties. */
const PAGE = `<script>let { props } = $props();</script><bufferevent-lab ${["scenario", ...Object.keys(GIVEN)].map((name) => `${name}={props.${name}}`).join(" ")}></bufferevent-lab>`;
/** @type {import("esbuild").Plugin} */
const svelte = {
  name: "svelte",
  setup: (to) => void to.onLoad({ filter: /\.svelte$/ }, () => ({ contents: compile(PAGE, { generate: "client" }).js.code, loader: "js", resolveDir: MODULES })),
};

for (const [name, framework] of Object.entries(FRAMEWORKS)) {
  test(`${name} gives the element every kind of attribute, before it is defined and after`, () =>
    consume(
      { "main.js": program(framework), "Page.svelte": "", "out/index.html": html("./main.js") },
      async (made) => {
        const define = { "process.env.NODE_ENV": '"production"', __VUE_OPTIONS_API__: "true", __VUE_PROD_DEVTOOLS__: "false", __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false" };
        await esbuild.build({ entryPoints: [made.at("main.js")], bundle: true, format: "esm", outdir: made.at("out"), logLevel: "silent", nodePaths: [MODULES], conditions: ["browser"], define, plugins: [svelte] });
        return "out";
      },
      (told) => assert.deepEqual(told, Array(2).fill({ ...GIVEN, scenario: true, method: "function" })),
    ));
}

/** How each renders on a server, and takes that up in the browser. */
const RENDERED = {
  React: [
    `import { createElement } from "react"; import { renderToString } from "react-dom/server";
    export const rendered = async (props) => renderToString(createElement("bufferevent-lab", props));`,
    `import { createElement } from "react"; import { hydrateRoot } from "react-dom/client";
    const hydrate = (target, props) => hydrateRoot(target, createElement("bufferevent-lab", props), { onRecoverableError: (error) => console.error(error) });`,
  ],
  Vue: [
    `import { createSSRApp, h } from "vue"; import { renderToString } from "vue/server-renderer";
    export const rendered = (props) => renderToString(createSSRApp(() => h("bufferevent-lab", props)));`,
    `import { createSSRApp, h } from "vue/dist/vue.runtime.esm-bundler.js";
    const hydrate = (target, props) => createSSRApp(() => h("bufferevent-lab", props)).mount(target);`,
  ],
};

for (const [name, [server, browser]] of Object.entries(RENDERED)) {
  test(`${name} renders the element on a server, which imports it too, and takes it up in the browser`, () => {
    const props = { lesson: "5", controls: "minimal", step: "4" };
    return consume(
      {
        "server.js": `import "bufferevent-lab"; import "bufferevent-lab/single"; ${server}`,
        "main.js": `import "bufferevent-lab/single"; ${browser}
          const lab = document.querySelector("bufferevent-lab");
          hydrate(document.getElementById("root"), ${JSON.stringify(props)});
          while (lab.dataset.state !== "ready" || lab.position !== 4) await new Promise((resolve) => setTimeout(resolve, 10));
          globalThis.told = { same: document.querySelector("bufferevent-lab") === lab, controls: lab.controls, length: lab.length > 20 };`,
      },
      async (made) => {
        const shared = /** @type {const} */ ({ bundle: true, format: "esm", logLevel: "silent", nodePaths: [MODULES] });
        const define = { "process.env.NODE_ENV": '"production"', __VUE_OPTIONS_API__: "true", __VUE_PROD_DEVTOOLS__: "false", __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "true" };
        await esbuild.build({ ...shared, entryPoints: [made.at("main.js")], outdir: made.at("out"), conditions: ["browser"], define });
        // On the server the packages stay what they are.
        const require = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';
        await esbuild.build({ ...shared, platform: "node", entryPoints: [made.at("server.js")], outfile: made.at("built.js"), external: ["bufferevent-lab"], define, banner: { js: require } });
        const { rendered } = await import(pathToFileURL(made.at("built.js")).href);
        const markup = await rendered(props);
        // Vue knows `controls` of films, where it has no value; in the browser it gives it one.
        assert.match(markup, /^<bufferevent-lab lesson="5" controls(="minimal")? step="4"><\/bufferevent-lab>$/);
        made.write("out/index.html", html("./main.js", `<div id="root">${markup}</div>`));
        return "out";
      },
      (told) => assert.deepEqual(told, { same: true, controls: "minimal", length: true }),
    );
  });
}
