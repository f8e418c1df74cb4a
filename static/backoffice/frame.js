// Regions that scroll are named in the reader's language; SimpleBar alone would name them in English.
document.addEventListener("DOMContentLoaded", () => {
  const name = document.getElementById("page")?.dataset.scrolls;
  if (name && window.SimpleBar) window.SimpleBar.defaultOptions.ariaLabel = name;
});

// Fields to search in say what they are for and what is chosen; Select2 alone names them by what is chosen, which may be nothing.
(() => {
  function name() {
    for (const select of document.querySelectorAll("select.select2-hidden-accessible")) {
      const label = select.labels?.[0];
      const field = select.nextElementSibling?.querySelector(".select2-selection");
      const chosen = field?.querySelector(".select2-selection__rendered");
      if (!label || !chosen) continue;
      label.id ||= `${select.id}-label`;
      chosen.removeAttribute("role");
      chosen.removeAttribute("aria-readonly");
      field.setAttribute("aria-labelledby", `${label.id} ${chosen.id}`);
    }
  }

  // Once when the fields are made, which is when the document is ready, and once more for those that wait for a style.
  document.addEventListener("DOMContentLoaded", () => setTimeout(() => setTimeout(name)));
  window.addEventListener("load", name);
  document.addEventListener("formset:added", () => setTimeout(name));
})();

// A page left open turns dark with the system in the evening. Unfold asks the system whenever its choice is set, so it is set anew.
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  const page = Alpine.$data(document.documentElement);
  if (page.adminTheme !== "auto") return;
  page.adminTheme = "";
  page.adminTheme = "auto";
});
