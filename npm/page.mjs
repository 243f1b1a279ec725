/**
 * Puts the page's modules into few files, in the bundle that `cargo xtask bundle` makes.
 *
 *     node npm/page.mjs SITE
 *
 * SITE has each module as a file, as `web/` has them. What a page needs at once becomes one file below `bundled/`, and so does
 * what is loaded later; their names have a digest of what is in them. `lab.js` stays where it is and leads there. The modules go: the
 * files' source maps have them as they were, comments included, for whoever reads the page's source in a browser.
 */
import { readFileSync, readdirSync, rmSync, rmdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import { build } from "esbuild";

const [SITE] = process.argv.slice(2);
/** Everything is in one folder below the site's: from there `../` leads to what `web/engine/assets.js` says stands beside the scripts. */
const BUNDLED = "bundled";
/** What a page asks for by a script of its own, and what has its place in it. */
const ENTRIES = { lab: "lab.js", gallery: "gallery/gallery.js", page: "page.js" };

/** @type {import("esbuild").Plugin} */
const beside = {
  name: "what stays where it is",
  setup: (to) => to.onResolve({ filter: /^\.\.\/pkg\/bufferevent_wasm\.js$/ }, ({ path }) => ({ path, external: true })),
};

const { metafile } = await build({
  entryPoints: Object.fromEntries(Object.entries(ENTRIES).map(([name, file]) => [name, join(SITE, file)])),
  absWorkingDir: SITE,
  outdir: BUNDLED,
  bundle: true,
  splitting: true,
  format: "esm",
  minify: true,
  // Nearly all of it runs before the first step: a browser that reads this compiles it while it comes, beside the main thread, and
  // not function by function while somebody waits. Others pass over it.
  banner: { js: "//# allFunctionsCalledOnLoad" },
  sourcemap: true,
  target: "es2022",
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  legalComments: "none",
  logLevel: "warning",
  metafile: true,
  plugins: [beside],
});

const outputs = Object.entries(metafile.outputs);

/** The file that an entry became. @param {keyof typeof ENTRIES} name */
const built = (name) => outputs.find(([, { entryPoint }]) => entryPoint === ENTRIES[name])?.[0] ?? "";

/** A file and all that it cannot run without, so that a browser asks for them together. @param {string} file @returns {string[]} */
function together(file, found = [file]) {
  for (const { path, kind, external } of metafile.outputs[file].imports) {
    if (kind !== "import-statement" || external || found.includes(path)) continue;
    found.push(path);
    together(path, found);
  }
  return found;
}

/** Changes a file of the site. @param {string} file @param {string} from @param {string} to */
function change(file, from, to) {
  const path = join(SITE, file);
  const parts = readFileSync(path, "utf8").split(from);
  if (parts.length !== 2) throw new Error(`${file} has not one ${from}`);
  writeFileSync(path, parts.join(to));
}

for (const input of Object.keys(metafile.inputs)) rmSync(join(SITE, input));
// It declares types alone, and no script asks for it.
rmSync(join(SITE, "types.js"));
for (const entry of readdirSync(SITE, { recursive: true, withFileTypes: true }).filter((it) => it.isDirectory()).reverse()) {
  const folder = join(entry.parentPath, entry.name);
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}

const [lab, ...rest] = together(built("lab"));
writeFileSync(join(SITE, ENTRIES.lab), [...rest.map((file) => `import "./${file}";\n`), `export * from "./${lab}";\n`].join(""));
/** The largest first: a browser asks a server for few at once, and these take the longest to come and to be compiled. @param {string} one @param {string} other */
const bySize = (one, other) => metafile.outputs[other].bytes - metafile.outputs[one].bytes;
// The page's own comes before them: it asks for what the others will need.
const preloads = [...new Set([...together(built("page")), ...[lab, ...rest].sort(bySize)])].map((file) => `<link rel="modulepreload" href="${file}" />\n    `).join("");
change("index.html", `<script type="module" src="${ENTRIES.lab}"></script>`, `${preloads}<script type="module" src="${lab}"></script>`);
change("gallery.html", `src="${ENTRIES.gallery}"`, `src="${built("gallery")}"`);
for (const page of ["index.html", "gallery.html"]) change(page, `src="${ENTRIES.page}"`, `src="${built("page")}"`);
console.error(`${Object.keys(metafile.inputs).length} modules are ${outputs.filter(([file]) => file.endsWith(".js")).length} files in ${basename(dirname(built("lab")))}`);
