/** Work that nobody misses for a frame: done together with what a change draws first, it would be a long one. */

export class NextFrame {
  #asked = 0;

  /** Does it in the frame after the one that is drawn next; at once where that is not over since the last time. @param {() => void} work */
  do(work) {
    if (this.drop()) return work();
    this.#asked = requestAnimationFrame(() => {
      this.#asked = requestAnimationFrame(() => {
        this.#asked = 0;
        work();
      });
    });
  }

  /** What waits is not done any more. @returns {boolean} whether something did */
  drop() {
    const waited = this.#asked !== 0;
    cancelAnimationFrame(this.#asked);
    this.#asked = 0;
    return waited;
  }
}
