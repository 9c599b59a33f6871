"use strict";

// The page is whole without this script; it adds filters, the choice of colours, and opens what a
// link points into.

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

(() => {
  function reveal() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) {
      return;
    }
    for (let element = target; element; element = element.parentElement) {
      if (element.tagName === "DETAILS") {
        element.open = true;
      }
    }
    target.scrollIntoView({ block: target.tagName === "TR" ? "center" : "start" });
    target.focus({ preventScroll: true });
  }
  window.addEventListener("hashchange", reveal);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link && link.getAttribute("href") === location.hash) {
      reveal(); // the same link again: the hash does not change
    }
  });
  reveal();
})();

(() => {
  const form = document.getElementById("filter");
  if (!form) {
    return;
  }
  const rows = [...document.querySelectorAll(".findings tbody tr")];

  function apply() {
    const data = new FormData(form);
    const outcomes = data.getAll("outcome");
    const words = data.get("text").toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !(
        (!data.get("code") || row.dataset.code === data.get("code")) &&
        (!data.get("file") || row.dataset.file === data.get("file")) &&
        outcomes.includes(row.dataset.outcome) &&
        words.every((word) => text.includes(word))
      );
      shown += row.hidden ? 0 : 1;
    }
    form.querySelector("output").textContent = `${shown} of ${rows.length} shown`;
  }

  form.addEventListener("input", apply); // while typing
  form.addEventListener("change", apply); // some drivers and assistive tools send only this
  form.addEventListener("reset", () => setTimeout(apply));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  apply();
})();
