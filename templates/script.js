"use strict";
// Everything here is an addition: without it the page reads the same, with overlays at 70 %.

const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const one = (selector, within = document) => within.querySelector(selector);
const remember = (key, value) => { try { localStorage.setItem(key, value); } catch { /* private mode */ } };
const recalled = (key) => { try { return localStorage.getItem(key); } catch { return null; } };

// ---------------------------------------------------------------- language: the same place, remembered
const PLACES = "section[id], figure[id], tbody[id], footer[id]";

function place() {
  const passed = all(PLACES).filter((element) => element.getBoundingClientRect().top <= innerHeight / 3);
  return passed.length && scrollY > 0 ? passed[passed.length - 1].id : "";
}

for (const link of all("a[data-switch]")) {
  link.addEventListener("click", () => {
    const id = place();
    link.hash = id ? `#${id}` : "";
    remember("language", link.getAttribute("href").split("/").slice(-2)[0]);
  });
}

function reopen() {
  const folder = recalled("language");
  const known = all("a[data-switch]").map((link) => link.getAttribute("href"));
  const wanted = known.find((href) => href === `${folder}/index.html`);
  if ("home" in document.body.dataset && wanted && folder !== document.body.dataset.language) {
    location.replace(wanted + location.hash);
  }
}
reopen();

// ---------------------------------------------------------------- theme
function themed() {
  const button = one("#theme");
  const root = document.documentElement;
  const order = ["system", "light", "dark"];
  const show = () => {
    const now = root.dataset.theme || "system";
    button.textContent = { system: "◐", light: "☀", dark: "☾" }[now] + "\uFE0E " + button.dataset[now];
    button.setAttribute("aria-label", `${button.dataset.label}: ${button.dataset[now]}`);
  };
  button.addEventListener("click", () => {
    const next = order[(order.indexOf(root.dataset.theme || "system") + 1) % order.length];
    if (next === "system") delete root.dataset.theme;
    else root.dataset.theme = next;
    remember("theme", next);
    show();
  });
  show();
  button.hidden = false;
}
themed();

// ---------------------------------------------------------------- contents: where one is
function follow() {
  const links = all(".contents a");
  const known = new Set(links.map((link) => link.hash.slice(1)));
  const mark = () => {
    const passed = all(PLACES).filter((e) => known.has(e.id) && e.getBoundingClientRect().top <= innerHeight / 3);
    const now = passed.length ? passed[passed.length - 1].id : "";
    for (const link of links) link.toggleAttribute("aria-current", link.hash.slice(1) === now);
  };
  let waiting = false;
  addEventListener("scroll", () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; mark(); });
  }, { passive: true });
}
follow();

// ---------------------------------------------------------------- values behind a map
const unpacked = new WeakMap();

async function values(row) {
  if (!row || !row.dataset.values) return null;
  if (!unpacked.has(row)) {
    const bytes = Uint8Array.from(atob(row.dataset.values), (c) => c.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    unpacked.set(row, new Int8Array(await new Response(stream).arrayBuffer()));
  }
  return {
    cells: unpacked.get(row), rows: +row.dataset.rows, columns: +row.dataset.columns, peak: +row.dataset.peak,
  };
}

const view = one("#view");
const filled = (text, parts) => text.replace(/\{(\w+)\}/g, (_, name) => parts[name]);
const rounded = (value) => String(Number(value.toPrecision(2))).replace("-", "\u2212");

function told(map, x, y) {
  const column = Math.min(map.columns - 1, Math.max(0, Math.floor(x * map.columns)));
  const row = Math.min(map.rows - 1, Math.max(0, Math.floor(y * map.rows)));
  const value = (map.cells[row * map.columns + column] / 50) * map.peak;
  return { row, column, words: `${rounded(value)} (${filled(view.dataset.place, { row: row + 1, column: column + 1 })})` };
}

async function point(event, box, row, output) {
  const map = await values(row);
  if (!map) return null;
  const frame = box.getBoundingClientRect();
  const found = told(map, (event.clientX - frame.left) / frame.width, (event.clientY - frame.top) / frame.height);
  output.textContent = found.words;
  return { map, ...found };
}

// ---------------------------------------------------------------- figures: opacity and the value at the pointer
function opacity(slider, within) {
  const set = () => {
    within.style.setProperty("--veil", slider.value / 100);
    slider.setAttribute("aria-valuetext", filled(view.dataset.percent, { percent: slider.value }));
  };
  slider.addEventListener("input", set);
  set();
}

for (const tools of all("figure .tools")) {
  const figure = tools.closest("figure");
  tools.hidden = false;
  opacity(one("input", tools), figure);
  const output = one("output", tools);
  for (const link of all("tr[data-values] .zoom", figure)) {
    const row = link.closest("tr");
    link.addEventListener("pointermove", (event) => point(event, link, row, output));
    link.addEventListener("pointerleave", () => { output.textContent = view.dataset.empty; });
  }
}

// ---------------------------------------------------------------- the address of a figure, for others
for (const link of all("a.here")) {
  link.addEventListener("click", async () => {
    try { await navigator.clipboard.writeText(link.href); } catch { return; } // the address bar has it too
    link.textContent = link.dataset.said;
    setTimeout(() => { link.textContent = "#"; }, 1500);
  });
}

// ---------------------------------------------------------------- large view
let shown = null;
let cross = null;
const links = all("a.zoom");
const stage = one(".stage", view);
const viewOutput = one("output", view);

function enlarge(image, native) {
  const room = Math.min(innerWidth * 0.9 - 30, (innerHeight - 230) * (image.width / image.height), 960);
  const unit = native || image.width;
  return Math.max(1, Math.floor(room / unit)) * unit <= room ? Math.max(1, Math.floor(room / unit)) * unit : room;
}

// The heading that a picture outside of a figure stands under.
function headed(link) {
  const above = all("h2, h3").filter((one) => one.compareDocumentPosition(link) & Node.DOCUMENT_POSITION_FOLLOWING);
  return above.length ? above[above.length - 1].textContent : "";
}

function present(link) {
  shown = link;
  cross = null;
  const row = link.closest("tr");
  const pictures = all("img", link);
  const [width, height] = [+pictures[0].getAttribute("width"), +pictures[0].getAttribute("height")];
  const native = row && row.dataset.columns ? +row.dataset.columns : width;
  const size = enlarge({ width, height }, Math.min(native, width));
  stage.replaceChildren(...pictures.map((picture) => {
    const copy = picture.cloneNode();
    copy.loading = "eager";
    copy.width = size;
    copy.height = Math.round((size * height) / width);
    return copy;
  }));
  const figure = link.closest("figure");
  const names = [figure ? figure.dataset.name : headed(link), link.dataset.title || (row && row.dataset.title)];
  one("#view-title").textContent = names.filter(Boolean).join(" · ");
  const told = link.dataset.role === "overlay" && row ? (one("[data-strength]", link.parentElement) || one("[data-strength]", row)) : link;
  const [top, share] = (told && told.dataset.strength || "").split("|");
  const strength = share && filled(view.dataset.strength, { top, share });
  one(".words", view).textContent = [pictures[pictures.length - 1].alt, strength].filter(Boolean).join(" ");
  one(".opacity", view).hidden = pictures.length < 2;
  viewOutput.hidden = !(row && row.dataset.values);
  viewOutput.textContent = view.dataset.empty;
}

function open(link) {
  present(link);
  view.showModal();
  one("[data-close]", view).focus();
}

function step(by) {
  const group = links.filter((link) => link.closest("figure") === shown.closest("figure"));
  present(group[(group.indexOf(shown) + by + group.length) % group.length]);
}

async function walk(across, down) {
  const map = await values(shown.closest("tr"));
  if (!map) return;
  cross = cross || { column: Math.floor(map.columns / 2), row: Math.floor(map.rows / 2) };
  cross.column = Math.min(map.columns - 1, Math.max(0, cross.column + across));
  cross.row = Math.min(map.rows - 1, Math.max(0, cross.row + down));
  viewOutput.textContent = told(map, (cross.column + 0.5) / map.columns, (cross.row + 0.5) / map.rows).words;
  outline(map, cross);
}

function outline(map, at) {
  const mark = one(".cross", stage) || stage.appendChild(Object.assign(document.createElement("span"), { className: "cross" }));
  const [width, height] = [stage.clientWidth / map.columns, stage.clientHeight / map.rows];
  Object.assign(mark.style, {
    left: `${at.column * width}px`, top: `${at.row * height}px`, width: `${width}px`, height: `${height}px`,
  });
}

for (const link of links) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link);
  });
}
opacity(one("input", view), view);
one("[data-close]", view).addEventListener("click", () => view.close());
for (const button of all("[data-step]", view)) button.addEventListener("click", () => step(+button.dataset.step));
view.addEventListener("click", (event) => { if (event.target === view) view.close(); });
view.addEventListener("close", () => shown && shown.focus());
view.addEventListener("keydown", (event) => {
  if (event.target.matches("input")) return;
  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (event.key === "PageDown" || event.key === "n") step(1);
  else if (event.key === "PageUp" || event.key === "p") step(-1);
  else if (arrows && viewOutput.hidden && arrows[0]) step(arrows[0]);
  else if (arrows && !viewOutput.hidden) walk(...arrows);
  else return;
  event.preventDefault();
});
stage.addEventListener("pointermove", async (event) => {
  const found = shown && await point(event, stage, shown.closest("tr"), viewOutput);
  if (found) { cross = { row: found.row, column: found.column }; outline(found.map, cross); }
});
stage.addEventListener("pointerdown", async (event) => {
  const found = shown && await point(event, stage, shown.closest("tr"), viewOutput);
  if (found) { cross = { row: found.row, column: found.column }; outline(found.map, cross); }
});

// ---------------------------------------------------------------- two methods on the same image
function comparison() {
  const section = one("#compare");
  if (!section) return;
  const byImage = new Map();
  for (const row of all("figure tr[data-index]")) {
    const figure = row.closest("figure");
    const link = all(".zoom", row).filter((zoom) => zoom.dataset.role !== "image").pop();
    if (!link) continue;
    const found = byImage.get(row.dataset.index) || new Map();
    if (!found.has(figure.dataset.figure)) found.set(figure.dataset.figure, { figure, row, link });
    byImage.set(row.dataset.index, found);
  }
  for (const [index, found] of byImage) if (found.size < 2) byImage.delete(index);
  if (!byImage.size) return;
  const [index, first, second] = ["index", "first", "second"].map((name) => one(`[data-choice=${name}]`, section));
  const option = (value, text) => Object.assign(document.createElement("option"), { value, textContent: text });
  const head = (found) => one(".name", [...found.values()][0].row).textContent;
  index.replaceChildren(...[...byImage].map(([value, found]) => option(value, `${head(found)} · ${value}`)));
  const methods = () => {
    const found = [...byImage.get(index.value)].map(([name, entry]) => [name, entry.figure.dataset.name]);
    for (const [position, select] of [first, second].entries()) {
      const kept = select.value;
      select.replaceChildren(...found.map(([name, title]) => option(name, title)));
      select.value = found.some(([name]) => name === kept) ? kept : found[Math.min(position, found.length - 1)][0];
    }
    draw();
  };
  const draw = () => {
    const faces = [first, second].map((select) => {
      const { figure, row, link } = byImage.get(index.value).get(select.value);
      const copy = link.cloneNode(true);
      for (const image of all("img", copy)) { image.removeAttribute("height"); image.width = 240; }
      copy.addEventListener("click", (event) => { event.preventDefault(); open(link); });
      const box = document.createElement("figure");
      const words = Object.assign(document.createElement("figcaption"), { textContent: figure.dataset.name });
      const bar = one(".strength", link.parentElement) || one(".strength", row);
      box.append(copy, ...(bar ? [bar.cloneNode(true)] : []), words);
      return box;
    });
    one(".faces", section).replaceChildren(...faces);
  };
  index.addEventListener("change", methods);
  first.addEventListener("change", draw);
  second.addEventListener("change", draw);
  methods();
  section.hidden = false;
}
comparison();

// ---------------------------------------------------------------- cards: opened by a link to them, and for print
const unfold = () => {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target && target.matches("details")) target.open = true;
};
addEventListener("hashchange", unfold);
unfold();
addEventListener("beforeprint", () => { for (const card of all("details")) card.open = true; });
