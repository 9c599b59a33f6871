"use strict";

// A short page is whole without this script: it adds filters, the choice of colours, and opens what
// a link points into. Of a long page it also unpacks what is opened.

(() => {
  const themes = [["", "as the system"], ["light", "light"], ["dark", "dark"]];
  const button = document.getElementById("theme");

  function remembered() {
    try {
      return localStorage.getItem("kerasmig-theme") || "";
    } catch {
      return ""; // a file opened from disk may have no storage
    }
  }

  function setTheme(name) {
    const [value, label] = themes.find(([theme]) => theme === name) || themes[0];
    document.documentElement.dataset.theme = value;
    button.querySelector("span").textContent = label;
    try {
      localStorage.setItem("kerasmig-theme", value);
    } catch {
      // then it lasts as long as the page
    }
  }

  button.addEventListener("click", () => {
    const now = themes.findIndex(([theme]) => theme === (document.documentElement.dataset.theme || ""));
    setTheme(themes[(now + 1) % themes.length][0]);
  });
  button.hidden = false;
  setTheme(remembered());
})();

// What a long page keeps packed: each chunk holds the parts that stand in some of its folds.
const packed = (() => {
  const chunks = [];
  let first = 0;
  for (const element of document.querySelectorAll("script.packed")) {
    const sizes = element.dataset.sizes.split(" ").map(Number);
    chunks.push({ element, sizes, first });
    first += sizes.length;
  }

  async function unpacked(element) {
    const bytes = Uint8Array.from(atob(element.textContent), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  }

  async function part(number) {
    const chunk = chunks.findLast(({ first }) => first <= number);
    chunk.bytes ??= unpacked(chunk.element);
    const before = chunk.sizes.slice(0, number - chunk.first).reduce((sum, size) => sum + size, 0);
    const size = chunk.sizes[number - chunk.first];
    return new TextDecoder().decode((await chunk.bytes).subarray(before, before + size));
  }

  // Fill what stands directly in a fold; folds inside it wait until they are opened.
  async function fill(fold) {
    const places = [...fold.children].filter((child) => child.dataset.part !== undefined);
    await Promise.all(
      places.map(async (place) => {
        const html = await part(Number(place.dataset.part));
        if (place.isConnected) {
          place.outerHTML = html;
        }
      }),
    );
  }

  // "toggle" does not bubble, but it can be caught on its way.
  document.addEventListener(
    "toggle",
    ({ target }) => {
      if (target.open) {
        fill(target);
      }
    },
    true,
  );
  return { fill, json: async (element) => JSON.parse(new TextDecoder().decode(await unpacked(element))) };
})();

const findings = (() => {
  const form = document.getElementById("filter");
  if (!form) {
    return { show: async () => {} };
  }
  const body = document.querySelector(".findings tbody");
  const more = document.getElementById("more");
  const data = document.getElementById("packed-findings");
  const step = data ? 200 : Infinity; // rows at once: a browser lays out some hundred quickly
  let limit = step;
  let rows = [...body.rows].map((row) => ({
    element: row,
    code: row.dataset.code,
    file: row.dataset.file,
    outcome: row.dataset.outcome,
    text: row.textContent.toLowerCase(),
  }));

  const made = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  // Text with `code` in it.
  const worded = (text) => {
    const pieces = text.split("`");
    return pieces.length % 2
      ? pieces.map((piece, index) => (index % 2 ? made("code", { textContent: piece }) : piece))
      : [text];
  };

  function build(row) {
    const place = row.target ? made("a", { href: `#${row.target}`, textContent: row.place }) : row.place;
    const said = [...worded(row.message)];
    for (const because of row.evidence) {
      said.push(made("br"), made("small", {}, ...worded(because)));
    }
    const element = made(
      "tr",
      { id: row.id, tabIndex: -1 },
      made("td", {}, place),
      made("td", {}, row.code, made("br"), made("small", { textContent: row.name })),
      made("td", {}, made("span", { className: `badge ${row.outcome}`, textContent: row.outcome })),
      made("td", {}, ...said),
    );
    element.dataset.code = row.code;
    return element;
  }

  const ready = data
    ? packed.json(data).then(({ rows: read, names }) => {
        rows = read.map(([place, target, file, code, outcome, message, evidence], number) => {
          const text = [place, code, names[code], outcome, message, ...evidence].join(" ").toLowerCase();
          return { id: `finding-${number}`, place, target, file, code, name: names[code], outcome, message, evidence, text };
        });
      })
    : Promise.resolve();

  function apply() {
    const wanted = new FormData(form);
    const outcomes = new Set(wanted.getAll("outcome"));
    const code = wanted.get("code");
    const file = wanted.get("file").toLowerCase();
    const words = wanted.get("text").toLowerCase().split(/\s+/).filter(Boolean);
    const fits = rows.filter(
      (row) =>
        (!code || row.code === code) &&
        row.file.toLowerCase().includes(file) &&
        outcomes.has(row.outcome) &&
        words.every((word) => row.text.includes(word)),
    );
    const shown = fits.slice(0, limit);
    const elements = shown.map((row) => (row.element ??= build(row)));
    // What stands there already stays: a link that is being clicked must not be taken away.
    if (elements.length !== body.rows.length || elements.some((element, index) => element !== body.rows[index])) {
      body.replaceChildren(...elements);
    }
    more.hidden = shown.length === fits.length;
    const among = more.hidden ? "" : `, the first ${shown.length} here`;
    form.querySelector("output").textContent = `${fits.length} of ${rows.length} shown${among}`;
  }

  function again() {
    limit = step;
    ready.then(apply);
  }

  let waiting = 0;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(again, rows.length > 5000 ? 150 : 0); // while typing
  });
  form.addEventListener("change", again); // some drivers and assistive tools send only this
  let asked = true; // by the person, not by us
  form.addEventListener("reset", () => asked && setTimeout(again));
  form.addEventListener("submit", (event) => event.preventDefault());
  more.addEventListener("click", () => {
    const before = body.rows.length;
    limit += step;
    apply();
    body.rows[before]?.focus();
  });
  form.hidden = false;
  again();

  // Let the row of this name be there, whatever is filtered.
  async function show(id) {
    await ready;
    const number = rows.findIndex((row) => (row.id ?? row.element.id) === id);
    if (number < 0 || document.getElementById(id)) {
      return;
    }
    asked = false;
    form.reset();
    asked = true;
    limit = Math.max(step, number + 1);
    apply();
  }
  return { show };
})();

(() => {
  const form = document.getElementById("find");
  if (!form) {
    return;
  }
  const tree = document.getElementById("tree");
  const cards = [...tree.querySelectorAll(".card")].map((card) => ({
    card,
    path: card.querySelector("summary b").textContent.toLowerCase(),
    left: Boolean(card.querySelector("summary .figures")) || Boolean(card.querySelector("summary .manual")),
  }));
  const folders = [...tree.querySelectorAll(".folder")].reverse(); // the inner ones first

  function apply() {
    const wanted = new FormData(form);
    const words = wanted.get("path").toLowerCase().split(/\s+/).filter(Boolean);
    const asked = words.length > 0 || wanted.has("left");
    let shown = 0;
    for (const { card, path, left } of cards) {
      card.hidden = !(words.every((word) => path.includes(word)) && (left || !wanted.has("left")));
      shown += card.hidden ? 0 : 1;
    }
    for (const folder of folders) {
      const kept = [...folder.children].some(
        (child) => !child.hidden && (child.classList.contains("card") || child.classList.contains("folder")),
      );
      folder.hidden = !kept;
      folder.open = kept && asked && shown <= 50;
    }
    form.querySelector("output").textContent = `${shown} of ${cards.length} files shown`;
  }

  let waiting = 0;
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, 100);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
})();

(() => {
  // `file-3-line-7` stands in the card `file-3`, which may be packed still.
  const within = (id) => id.match(/^((?:file|model|format)-\d+)-/)?.[1];

  async function reveal() {
    const id = decodeURIComponent(location.hash.slice(1));
    await findings.show(id);
    const card = document.getElementById(within(id));
    if (card) {
      await open(card);
    }
    const target = document.getElementById(id) || card;
    if (!target) {
      return;
    }
    await open(target);
    target.scrollIntoView({ block: target.tagName === "TR" ? "center" : "start" });
    (target.tagName === "DETAILS" ? target.querySelector("summary") : target).focus({ preventScroll: true });
  }

  async function open(target) {
    const filled = [];
    for (let element = target; element; element = element.parentElement) {
      element.hidden = false;
      if (element.tagName === "DETAILS") {
        element.open = true;
        filled.push(packed.fill(element));
      }
    }
    await Promise.all(filled);
  }

  window.addEventListener("hashchange", reveal);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link && link.getAttribute("href") === location.hash) {
      reveal(); // the same link again: the hash does not change
    }
  });
  // `/` goes to the search, as in other long lists.
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea");
    const field = document.querySelector("#filter [name=text], #find [name=path]");
    if (event.key === "/" && !typing && field && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      field.focus();
    }
  });
  reveal();
})();
