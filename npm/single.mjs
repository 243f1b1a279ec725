/**
 * Makes the page as one file, from `web/` and the packages that `cargo xtask packages` has built.
 *
 *     node npm/single.mjs PACKAGES FILE
 *
 * It asks for no other file: a page that was opened as one could not have it.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { transform } from "esbuild";

/** The page as it is before its modules are put together. */
const WEB = fileURLToPath(new URL("../web", import.meta.url));
const [PACKAGES, FILE] = process.argv.slice(2);

/** @param {string} file */
const read = (file) => readFileSync(file, "utf8");

/** @param {string} html @param {RegExp} from @param {(found: string) => string} to */
function change(html, from, to) {
  if (!from.test(html)) throw new Error(`index.html no longer has ${from}`);
  return html.replace(from, to);
}

/** Scripts within HTML end at words that in a script are only ever in texts. @param {string} script */
async function within(script) {
  const safe = script.replaceAll(/<(?=!--|\/?script)/gi, "\\x3C");
  // Where one of them was no text after all, this is no script any more.
  await transform(safe, { format: "esm", logLevel: "error" });
  return safe;
}

const script = await within(read(join(PACKAGES, "bufferevent-lab/lab.single.js")));
let html = change(read(join(WEB, "index.html")), /<!-- served -->.*?<!-- \/served -->\s*/gs, () => "");
html = change(html, /<link rel="stylesheet" href="([^"]+)" \/>/, (link) => `<style>\n${read(join(WEB, /href="([^"]+)"/.exec(link)?.[1] ?? ""))}</style>`);
html = change(html, /href="icon\.svg"/, () => `href="data:image/svg+xml,${encodeURIComponent(read(join(WEB, "icon.svg")))}"`);
html = change(html, /<script type="module" src="lab\.js"><\/script>/, () => `<script type="module">${script}</script>`);
const [left] = html.replace(/<script[\s\S]*<\/script>/, "").match(/\b(src|href)="(?!data:|#)[^"]*"/) ?? [];
if (left) throw new Error(`the file would ask for ${left}`);

mkdirSync(dirname(FILE), { recursive: true });
writeFileSync(FILE, html);
