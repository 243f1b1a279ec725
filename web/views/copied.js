/**
 * Copies a text, if that may be: only pages that came over a safe connection may, and a browser, or the page around a frame, can
 * forbid it to them, too.
 * @param {string} text
 * @returns {Promise<boolean>} whether it is on the clipboard
 */
export async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
