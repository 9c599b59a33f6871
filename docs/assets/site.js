// What the theme leaves out for screen readers and keyboards.
document.querySelector(".md-search")?.setAttribute("aria-label", "Search");
const label = () => {
  for (const box of document.querySelectorAll(".md-typeset__scrollwrap, .md-typeset pre > code, .md-typeset pre")) {
    if (box.scrollWidth > box.clientWidth && !box.hasAttribute("tabindex")) box.setAttribute("tabindex", "0");
  }
};
addEventListener("load", label);
addEventListener("resize", label);
