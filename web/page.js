/**
 * What the lab's own pages do beside the element. It is little, and runs while the element's scripts still are on their way:
 * what these will ask for is there, or nearly so, when they begin.
 */
import "./offline.js";
import { fetchAhead } from "./state/ahead.js";
import { loadStyles } from "./views/styles.js";

const lab = document.querySelector("bufferevent-lab");
if (lab) {
  fetchAhead(lab);
  // What is wrong with them the element tells.
  loadStyles(document).catch(() => {});
}
