/** What nobody waits for comes when the browser has nothing else to do; where it does not say so, a little later. @returns {Promise<unknown>} */
export const idle = () => new Promise((resolve) => ("requestIdleCallback" in globalThis ? requestIdleCallback(resolve) : setTimeout(resolve, 200)));
