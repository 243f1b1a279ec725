/** Small screens, fingers, and a page that is zoomed. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openLab, startBrowser, stopBrowser } from "../support/lab.mjs";
import { goToQuestion } from "../support/learner.mjs";

before(startBrowser);
after(stopBrowser);

for (const [width, height] of /** @type {[number, number][]} */ ([[360, 740], [768, 1024]])) {
  test(`at ${width} px one acts in a sheet that leaves the scene in sight`, async () => {
    const { page, lab, done } = await openLab({ attributes: { lesson: "high-watermark" }, context: { viewport: { width, height }, hasTouch: true } });
    await lab.seek(42);
    assert.equal(await lab.element.locator(".act").isVisible(), false);
    const open = page.getByRole("button", { name: "Act", exact: true });
    await open.click();
    assert.equal(await open.getAttribute("aria-expanded"), "true");
    const box = async (/** @type {string} */ part) => /** @type {{x: number, y: number, width: number, height: number}} */ (await lab.element.locator(part).first().boundingBox());
    const [act, deck, scene] = [await box(".act"), await box(".deck"), await box(".scene")];
    assert.ok(Math.abs(act.y + act.height - deck.y) <= 1, "it stands on the controls");
    assert.ok(act.height <= 0.45 * height && act.y - scene.y >= height / 4, `the scene is seen: ${act.y - scene.y} px`);
    await lab.act("send", { peer_send: "more" });
    assert.match(await lab.told(), /The peer sent 4 bytes/);
    // With a branch it is higher.
    const [above, below] = [await box(".act"), await box(".scene")];
    assert.equal((await lab.all(".branch")).length, 2);
    assert.ok(above.y - Math.max(below.y, 0) >= height / 4, `the scene is seen: ${above.y - below.y} px`);
    const told = await box(".told");
    assert.ok(told.y >= 0 && told.y + told.height <= above.y, "and what is told of it");
    const [list, current] = [await box(".branches"), await box(".branches li:has([aria-pressed=true])")];
    assert.ok(current.x >= list.x - 1 && current.y >= list.y && current.y + current.height <= list.y + list.height, "and which branch it is");
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
    await open.click();
    assert.equal(await lab.element.locator(".act").isVisible(), false);
    // What branches off while it is closed is there once it is opened.
    for (const text of ["and", "still", "again"]) {
      await lab.seek(42);
      await lab.element.evaluate((it, text) => /** @type {any} */ (it).act({ peer_send: text }), text);
    }
    await open.click();
    await page.waitForFunction(() => {
      const root = document.querySelector("bufferevent-lab")?.shadowRoot;
      const [list, current] = [".branches", ".branches li:has([aria-pressed=true])"].map((part) => /** @type {Element} */ (root?.querySelector(part)).getBoundingClientRect());
      return list.width > 0 && current.left >= list.left - 1 && current.right <= list.right + 1 && current.top >= list.top;
    });
    await done();
  });
}

for (const lang of ["en", "zh"]) {
  test(`at 360 px each question of why is read in full (${lang})`, async () => {
    const { page, lab, done } = await openLab({ attributes: { lesson: "proxy", lang }, context: { viewport: { width: 360, height: 740 }, hasTouch: true } });
    await lab.seek(await lab.length());
    await lab.focus();
    await page.keyboard.press("w");
    const beyond = await lab.element.locator(".why .questions button, .why > .note").evaluateAll((all) => all.filter((it) => it.getBoundingClientRect().right > innerWidth || it.scrollWidth > it.clientWidth).map((it) => it.textContent));
    assert.deepEqual(beyond, []);
    assert.ok((await lab.all(".why .questions button")).length > 9);
    await done();
  });
}

test("where the stack has no room, what runs is read in full and the outer frames give way", async () => {
  const { lab, done } = await openLab({ attributes: { lesson: "high-watermark" }, context: { viewport: { width: 360, height: 740 }, reducedMotion: "reduce" } });
  for (const step of [64, 65, 67]) {
    await lab.seek(step);
    const cut = await lab.element.locator(".frame-name").evaluateAll((all) => all.map((it) => it.scrollWidth > it.clientWidth));
    assert.equal(cut[0], true, "there is no room for all");
    assert.equal(cut[cut.length - 1], false);
    const inside = await lab.element.locator(".frame").last().evaluate((it) => it.getBoundingClientRect().right <= (it.parentElement?.getBoundingClientRect().right ?? 0) + 1);
    assert.ok(inside);
  }
  await done();
});

for (const [width, height] of [[1440, 900], [1280, 800], [1280, 720]]) test(`beside another libevent, at ${width} by ${height}, a question is in view with all of its answers and the button`, async () => {
  const { lab, done } = await openLab({ context: { viewport: { width, height }, reducedMotion: "reduce" } });
  for (const lang of ["en", "zh"]) {
    await lab.set({ lang });
    for (const lesson of ["1", "4", "6", "13"]) {
      await lab.renew({ lesson });
      await goToQuestion(lab);
      await lab.set({ compare: true });
      await lab.see(".versus .scene");
      const seen = await lab.element.evaluate((it) => {
        const root = /** @type {ShadowRoot} */ (it.shadowRoot);
        const top = (/** @type {Element} */ part) => {
          const { left, top, width, height } = part.getBoundingClientRect();
          return part.contains(root.elementFromPoint(left + Math.min(width / 2, 40), top + height / 2)) || part.getBoundingClientRect().width === 0;
        };
        const parts = [...root.querySelectorAll(".prediction legend, .prediction .choices label, .prediction button.check, .stage")];
        return { count: parts.length, hidden: parts.filter((part) => !top(part)).map((part) => part.textContent?.slice(0, 40)), scrolled: document.scrollingElement?.scrollTop };
      });
      assert.ok(seen.count >= 4);
      assert.deepEqual([seen.hidden, seen.scrolled], [[], 0], `lesson ${lesson}, ${lang}`);
      await lab.element.evaluate((it) => it.removeAttribute("compare"));
    }
  }
  await done();
});

for (const [width, height] of [[740, 360], [640, 360], [844, 390]]) {
  test(`on a phone held sideways, ${width} by ${height}, the scene, what is told of it and the controls are in sight together`, async () => {
    const { page, lab, done } = await openLab({ attributes: { lesson: "high-watermark", step: "33" }, context: { viewport: { width, height }, hasTouch: true, reducedMotion: "reduce" } });
    const parts = [".told-words", ".told-where", ".stage .vessel.output .vessel-wall", ".stage .vessel.backlog .vessel-wall", ".callback.event .callback-box", ".play", ".step.back", ".step.forward", ".act-open", ".more"];
    const outside = () =>
      lab.element.evaluate((it, parts) => {
        const boxes = parts.map((part) => ({ part, ...it.shadowRoot?.querySelector(part)?.getBoundingClientRect().toJSON() }));
        return boxes.filter(({ left, top, right, bottom }) => !(left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight)).map(({ part, bottom }) => `${part} ends at ${bottom}`);
      }, parts);
    assert.deepEqual(await outside(), []);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
    await lab.element.locator(".step.forward").tap();
    assert.equal(await lab.at(), 34);
    // What one does is done below a scene that is seen, and what it does is told above it.
    await lab.element.locator(".act-open").tap();
    await lab.act("send", { peer_send: "more" });
    assert.match(await lab.told(), /The peer sent 4 bytes/);
    const [told, act, input] = await Promise.all([".told", ".act", ".stage .vessel.input .vessel-wall"].map((part) => lab.element.locator(part).first().boundingBox()));
    assert.ok(told && act && input && told.y >= 0 && input.y > told.y && input.y + input.height <= act.y && act.y + act.height <= height, JSON.stringify([told, act, input]));
    await lab.element.locator(".act-open").tap();
    // A question leads to itself, beside the controls.
    await goToQuestion(lab);
    await page.evaluate(() => scrollTo(0, 0));
    await lab.element.locator(".waits").tap();
    await lab.see("[data-sees-question] .prediction");
    assert.ok(await lab.element.locator(".play").isVisible());
    const play = await lab.element.locator(".play").boundingBox();
    assert.ok(play && play.y >= 0 && play.y + play.height <= height, "the controls stay");
    await done();
  });
}

for (const height of [900, 700]) {
  test(`a figure of 900 px fits a window that is ${height} high`, async () => {
    const { lab, done } = await openLab({ attributes: { lesson: "high-watermark", step: "40", controls: "minimal" }, context: { viewport: { width: 900, height } } });
    const box = await lab.element.boundingBox();
    assert.ok(box && box.height <= height, `${box?.height}`);
    await done();
  });
}

for (const [width, height] of [[900, 1200], [1280, 800], [360, 740]]) {
  test(`at ${width} px a finger finds 44 px of each control`, async () => {
    const { page, lab, done } = await openLab({ attributes: { lesson: "high-watermark", step: "40" }, context: { viewport: { width, height }, hasTouch: true } });
    assert.ok(await page.evaluate(() => matchMedia("(pointer: coarse)").matches));
    if (width < 980) await page.locator("button.more").tap();
    const small = await lab.element.evaluate((it) => {
      const root = /** @type {ShadowRoot} */ (it.shadowRoot);
      const controls = [...root.querySelectorAll("button, select, input:not([type=range], [type=radio], [type=file])")].filter((one) => one.checkVisibility());
      const boxes = controls.map((one) => ({ name: one.className || one.textContent, ...one.getBoundingClientRect().toJSON() })).filter(({ width }) => width > 0);
      return boxes.filter(({ width, height }) => width < 44 || height < 44).map(({ name, width, height }) => `${name}: ${width} by ${height}`);
    });
    assert.deepEqual(small, []);
    await done();
  });
}

for (const [width, height] of [[1440, 900], [1280, 720]]) {
  test(`at ${width} by ${height} a question, the button that answers it, the scene and the controls are in view`, async () => {
    const { lab, done } = await openLab({ context: { viewport: { width, height }, reducedMotion: "reduce" } });
    for (const lesson of ["1", "5", "6", "8", "12", "18"]) {
      await lab.renew({ lesson });
      await goToQuestion(lab);
      const { hit, scene, deck, vessel } = await lab.element.evaluate((it) => {
        const root = /** @type {ShadowRoot} */ (it.shadowRoot);
        const boxOf = (/** @type {string} */ part) => /** @type {Element} */ (root.querySelector(part)).getBoundingClientRect().toJSON();
        const { left, top, width, height } = boxOf("button.check");
        const [scene, deck, vessel] = [".scene", ".deck", ".vessel.input .vessel-room"].map(boxOf);
        return { hit: [0.1, 0.9].every((part) => root.elementFromPoint(left + width / 2, top + height * part)?.matches("button.check")), scene, deck, vessel };
      });
      assert.ok(hit, `lesson ${lesson}: the button can be pressed`);
      assert.ok(deck.bottom <= height && scene.bottom <= deck.top, `lesson ${lesson}: the scene ends at ${scene.bottom}, the controls begin at ${deck.top}`);
      assert.ok(scene.height >= height / 2, `lesson ${lesson}: ${scene.height}`);
      // Beside others, and on a low screen, they have less.
      if (height === 900 && lesson !== "12") assert.ok(vessel.height >= 140, `lesson ${lesson}: ${vessel.height}`);
    }
    await done();
  });
}

test("on a tablet held upright the vessels of one of two have the width, and no callback is cut", async () => {
  const { lab, done } = await openLab({ attributes: { lesson: "proxy" }, context: { viewport: { width: 768, height: 1024 } } });
  await goToQuestion(lab);
  const words = await lab.all(".plumbing :is(.callback-name, .callback-count)");
  assert.ok(words.length === 8 && words.every((it) => it !== "" && !it.endsWith("\u2026")), words.join());
  const vessel = await lab.element.locator(".plumbing .vessel.input .vessel-room").boundingBox();
  assert.ok(vessel && vessel.width >= 180, `${vessel?.width}`);
  await done();
});

test("on a tablet held upright a question, its choices and the button that answers it stand beside the scene, above the controls", async () => {
  for (const locale of ["en", "zh"]) {
    const { lab, done } = await openLab({ context: { viewport: { width: 768, height: 1024 }, locale, reducedMotion: "reduce" } });
    for (const lesson of ["1", "6", "12", "18"]) {
      await lab.renew({ lesson });
      await goToQuestion(lab);
      const { hit, scene, panels, deck, zoom } = await lab.element.evaluate((it) => {
        const root = /** @type {ShadowRoot} */ (it.shadowRoot);
        const boxOf = (/** @type {string} */ part) => /** @type {Element} */ (root.querySelector(part)).getBoundingClientRect().toJSON();
        const inSight = (/** @type {string} */ part) => {
          const { left, top, width, height } = boxOf(part);
          return [0.1, 0.9].every((share) => root.elementFromPoint(left + width / 2, top + height * share)?.closest(part));
        };
        return { hit: ["button.check", ".prediction legend"].map(inSight), scene: boxOf(".scene"), panels: boxOf(".panels"), deck: boxOf(".deck"), zoom: boxOf(".zoom") };
      });
      assert.deepEqual(hit, [true, true], `lesson ${lesson}, ${locale}`);
      assert.ok(scene.bottom <= deck.top && scene.right <= panels.left, `lesson ${lesson}: the scene ends at ${scene.right}, ${scene.bottom}`);
      assert.ok(zoom.right <= 768, `what zooms ends at ${zoom.right}`);
    }
    await done();
  }
});

test("while a question waits, whom to act as opens the rest of acting", async () => {
  const { lab, done } = await openLab();
  await goToQuestion(lab);
  assert.equal(await lab.element.locator(".act-now").isVisible(), false);
  await lab.element.locator(".act .segments button").nth(1).click();
  assert.ok(await lab.element.locator(".act-now").isVisible());
  await done();
});

test("zoomed to 200 % what stays in sight of the controls takes a fifth of the height at most", async () => {
  for (const viewport of [{ width: 720, height: 450 }, { width: 640, height: 400 }]) {
    const { lab, done } = await openLab({ attributes: { lesson: "high-watermark" }, context: { viewport } });
    const sticky = await lab.element.evaluate((it) => {
      const parts = [...(it.shadowRoot?.querySelectorAll(".deck, .controls, .timeline") ?? [])];
      return parts.filter((part) => getComputedStyle(part).position === "sticky" && getComputedStyle(part).display !== "contents").reduce((sum, part) => sum + part.getBoundingClientRect().height, 0);
    });
    assert.ok(sticky > 30 && sticky <= viewport.height / 5, `${sticky} of ${viewport.height}`);
    await done();
  }
});

test("zoomed to 200 % one acts below a scene that is seen", async () => {
  const height = 450;
  const { page, lab, done } = await openLab({ attributes: { lesson: "high-watermark" }, context: { viewport: { width: 720, height } } });
  await lab.seek(42);
  await page.getByRole("button", { name: "Act", exact: true }).click();
  await lab.act("send", { peer_send: "more" });
  assert.equal((await lab.all(".branch")).length, 2);
  const [act, scene] = await Promise.all([".act", ".scene"].map((part) => lab.element.locator(part).first().boundingBox()));
  assert.ok(act && scene && act.y - Math.max(scene.y, 0) >= height / 4, `the scene is seen: ${act && scene && act.y - scene.y} px`);
  assert.ok(await lab.element.locator(".act").evaluate((it) => it.scrollHeight <= it.clientHeight + 1), "and all of what one can do");
  assert.deepEqual(await lab.element.locator(".act button:visible").evaluateAll((all) => all.filter((it) => it.scrollWidth > it.clientWidth && !it.matches(".branch")).map((it) => it.textContent)), [], "no word is cut");
  await done();
});

test("what a key does is read from its beginning, on a phone too", async () => {
  const { page, lab, done } = await openLab({ context: { viewport: { width: 360, height: 640 } } });
  await lab.focus();
  await page.keyboard.press("?");
  const [title, dialog] = await Promise.all([".help-dialog h2", ".help-dialog"].map((part) => lab.element.locator(part).boundingBox()));
  assert.ok(title && dialog && title.y >= dialog.y, "nothing of it is above its edge");
  await page.keyboard.press("Escape");
  assert.equal(await lab.element.locator(".help-dialog").isVisible(), false);
  await done();
});

test("where fingers point, what can be pressed is 44 px high and wide", async () => {
  const { page, lab, done, site } = await openLab({ context: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true } });
  // The page itself says that it is made for such a screen.
  await page.goto(site.url);
  await lab.state("ready");
  await page.getByRole("button", { name: "Act", exact: true }).click();
  await lab.element.locator(".menu").click();
  const small = await lab.element.evaluate((it) => {
    const all = [...(it.shadowRoot?.querySelectorAll("button, select, input:not([type=radio], [type=range], .mark-field)") ?? [])];
    return all.flatMap((part) => {
      const { width, height } = part.getBoundingClientRect();
      const shown = part.checkVisibility() && width > 0;
      return shown && (width < 43.5 || height < 43.5) ? [`${part.className} ${part.textContent}: ${Math.round(width)} x ${Math.round(height)}`] : [];
    });
  });
  assert.deepEqual(small, []);
  await done();
});

test("what a narrow vessel says of its peer is read whole, in one line or two", async () => {
  const scenario = JSON.stringify({ format: 1, dialect: "2.1", script: [{ peer_send: "last words" }, { peer_shutdown: true }, { turn: 1 }] });
  for (const [width, height] of [[360, 740], [768, 1024], [1280, 720], [1440, 900]]) {
    for (const [lang, words] of [["en", "sends no more"], ["zh", "不再发送"]]) {
      const { lab, done } = await openLab({ attributes: { scenario, lang }, context: { viewport: { width, height }, reducedMotion: "reduce" } });
      await lab.seek(await lab.length());
      const { said, over } = await lab.element.evaluate((it) => {
        const part = (/** @type {string} */ name) => /** @type {SVGElement} */ (it.shadowRoot?.querySelector(`.vessel.backlog ${name}`));
        const [wall, lines] = [part(".vessel-wall").getBoundingClientRect(), [...part(".vessel-note").children]];
        const boxes = lines.map((line) => line.getBoundingClientRect());
        return { said: lines.map((line) => line.textContent), over: boxes.some(({ left, right, top, bottom }) => left < wall.left || right > wall.right || top < wall.top || bottom > wall.bottom) };
      });
      assert.equal(said.join(lang === "en" ? " " : ""), words, `${width} px`);
      assert.equal(over, false, `${width} px: within its walls`);
      await done();
    }
  }
});

test("on a phone it is said of the write high mark that it is not enforced, within the scene", async () => {
  const { lab, done } = await openLab({ attributes: { lesson: "slow-client" }, context: { viewport: { width: 360, height: 740 }, reducedMotion: "reduce" } });
  await lab.seek(await lab.length());
  const { words, right, edge } = await lab.element.evaluate((it) => {
    const remark = /** @type {Element} */ (it.shadowRoot?.querySelector(".mark.write.high .mark-words:last-of-type"));
    return { words: remark.textContent, right: remark.getBoundingClientRect().right, edge: /** @type {Element} */ (it.shadowRoot?.querySelector("svg.plumbing")).getBoundingClientRect().right };
  });
  assert.ok(words === "ignored" && right <= edge, `${words} ends at ${right} of ${edge}`);
  await done();
});

test("on a phone the timeline says which steps it shows, and others leave the vessels their room", async () => {
  const { lab, done } = await openLab({ attributes: { lesson: "the-tutorial" }, context: { viewport: { width: 360, height: 740 }, reducedMotion: "reduce" } });
  const { note, others } = await lab.element.evaluate((it) => {
    const root = /** @type {ShadowRoot} */ (it.shadowRoot);
    const note = /** @type {HTMLElement} */ (root.querySelector(".timeline-note"));
    const range = document.createRange();
    range.setStart(/** @type {Text} */ (note.firstChild), 0);
    range.setEnd(/** @type {Text} */ (note.firstChild), /** @type {string} */ (note.textContent).search(/,|$/));
    return { note: range.getBoundingClientRect().right <= note.getBoundingClientRect().right, others: /** @type {Element} */ (root.querySelector(".others")).getBoundingClientRect().height };
  });
  assert.equal(note, true, "its ends are read");
  assert.ok(others <= 60, `${others} px`);
  await done();
});

test("how high the controls are is told only where something stands above them: all parts would be drawn anew for it", async () => {
  const { page, lab, done } = await openLab();
  const told = () => lab.element.evaluate((it) => /** @type {HTMLElement} */ (it.shadowRoot?.querySelector(".lab")).style.getPropertyValue("--deck"));
  assert.equal(await told(), "");
  await page.setViewportSize({ width: 390, height: 844 });
  await page.waitForFunction(() => /** @type {any} */ (document.querySelector("bufferevent-lab")).shadowRoot.querySelector(".lab").style.getPropertyValue("--deck") !== "");
  assert.match(await told(), /^[1-9]\d*px$/);
  await done();
});

test("whichever bufferevent is looked at, its name stands with it at every width", async () => {
  for (const id of ["proxy", "freed-in-a-callback"]) {
    const { page, lab, done } = await openLab({ attributes: { lesson: id } });
    await lab.seek(60);
    for (const [width, height] of [[1440, 900], [1280, 720], [768, 1024], [360, 740]]) {
      await page.setViewportSize({ width, height });
      for (const other of [0, 1]) {
        if (other) await lab.element.locator(".others .small").first().click();
        const { connections } = await lab.picture();
        const beside = await lab.text(".others .small-name");
        const name = connections.map((/** @type {any} */ one) => one.name).find((/** @type {string} */ one) => one !== beside);
        const words = () => lab.element.locator(".plumbing .zone-name, .others-here").evaluateAll((all) => all.filter((it) => it.getBoundingClientRect().width > 0).map((it) => it.textContent));
        await page.waitForFunction(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(true)))));
        assert.ok((await words()).includes(`BUFFEREVENT \u00b7 ${name}`), `${id}, ${width}: ${await words()}, not ${name}`);
      }
    }
    await done();
  }
});

test("a button that was tapped looks as before: no pointer hovers over it", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "anatomy" }, context: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true } });
  const colour = () => lab.element.locator(".play").evaluate((it) => getComputedStyle(it).backgroundColor);
  const before = await colour();
  await lab.element.locator(".play").tap();
  await lab.state("playing");
  await page.locator(".play").tap();
  await lab.state("ready");
  await page.waitForFunction((before) => getComputedStyle(/** @type {Element} */ (document.querySelector("bufferevent-lab")?.shadowRoot?.querySelector(".play"))).backgroundColor === before, before);
  await done();
});

test("on a phone a question that is answered in the drawing leads there, and back", async () => {
  const { page, lab, done } = await openLab({ attributes: { lesson: "high-watermark" }, context: { viewport: { width: 360, height: 740 } } });
  await goToQuestion(lab);
  assert.equal(await page.locator(".to-scene").isVisible(), false, "one with choices in words needs no drawing");
  await page.locator(".give-up").click();
  await page.locator(".next-question").click();
  await goToQuestion(lab);
  const scene = () => page.waitForFunction(() => {
    const { top = -1 } = document.querySelector("bufferevent-lab")?.shadowRoot?.querySelector(".vessel.input")?.getBoundingClientRect() ?? {};
    return top > 0 && top < 500;
  });
  await page.locator(".to-scene").click();
  await scene();
  await page.locator(".waits").click();
  await page.waitForFunction(() => {
    const { top = -1 } = document.querySelector("bufferevent-lab")?.shadowRoot?.querySelector(".prediction")?.getBoundingClientRect() ?? {};
    return top >= 0 && top < 500;
  });
  await done();
});
