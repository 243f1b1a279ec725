/** The lab's own pages work without a server once they were there. No other page loads this. */
const { serviceWorker } = navigator;
// There is none where a page did not come over a safe connection.
const keep = () => serviceWorker?.register(new URL("worker.js", document.baseURI)).catch((error) => console.info(`This page is not kept for when no server answers: ${error.message}`));
const lab = /** @type {HTMLElement | null} */ (document.querySelector("bufferevent-lab"));
// What the reader waits for comes first, and is seen before the worker fetches all that there is.
const later = () => ("requestIdleCallback" in globalThis ? requestIdleCallback(keep) : setTimeout(keep, 200));
if (lab && [undefined, "loading"].includes(lab.dataset.state)) for (const type of ["ready", "error"]) lab.addEventListener(type, later, { once: true });
else if (document.readyState === "complete") void keep();
else addEventListener("load", keep);

export {};
