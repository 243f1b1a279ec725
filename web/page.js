/** What the lab's own pages do beside the element: they work without a server once they were there. No other page loads this. */
const { serviceWorker } = navigator;
// There is none where a page did not come over a safe connection.
const keep = () => serviceWorker?.register(new URL("worker.js", import.meta.url)).catch((error) => console.info(`This page is not kept for when no server answers: ${error.message}`));
// What the reader waits for comes first.
if (document.readyState === "complete") void keep();
else addEventListener("load", keep);

export {};
