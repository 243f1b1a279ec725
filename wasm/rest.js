
/**
 * The engine is two files. The first shows what a page opens on; the rest is fetched by `loadRest`, or when something of it is
 * called before, and whoever called waits.
 */
const REST = new URL("bufferevent_wasm_rest.wasm", import.meta.url);
let coming;
let joined = false;

/** The rest from its bytes, or a `WebAssembly.Module`, at once. */
export function joinRest(module) {
    new WebAssembly.Instance(module instanceof WebAssembly.Module ? module : new WebAssembly.Module(module), { first: wasm });
    joined = true;
}

/** The rest, fetched once however often it is asked for. */
export function loadRest() {
    coming ??= joined ? Promise.resolve() : load();
    coming.catch(() => (coming = undefined));
    return coming;
}

async function load() {
    const answer = fetch(REST);
    // What becomes of it is asked below.
    answer.catch(() => {});
    await __wbg_init_promise;
    await __wbg_load(await answer, { first: wasm });
    joined = true;
}

/** What the first calls where it needs the rest at once. */
function fetchRest() {
    const request = new XMLHttpRequest();
    request.open("GET", REST, false);
    // Only as characters can bytes be had at once.
    request.overrideMimeType("text/plain; charset=x-user-defined");
    request.send();
    if (request.status !== 200) throw new Error(`the rest of the engine cannot be fetched: ${request.status} ${REST}`);
    refuseHtml(request.responseURL, request.status, request.getResponseHeader("content-type"));
    joinRest(Uint8Array.from(request.responseText, (character) => character.charCodeAt(0)));
}

/** Who answers for every address, as servers for development do, gives a page for a file that is not there. */
function refuseHtml(url, status, type) {
    if (/^text\/html\b/i.test(type ?? "")) throw new Error(`no WebAssembly is at ${url}: the server answers ${status} with HTML (${type})`);
}
