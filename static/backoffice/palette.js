// The palette: Ctrl+K or ⌘K opens one field that finds pages and rows. The focus stays in the field; arrows move through what is found.
(() => {
  const WAIT = 150;
  let dialog, field, list, status, hint, asking, timer;
  let chosen = -1;

  const options = () => [...list.querySelectorAll("[role=option]")];

  function choose(index) {
    const found = options();
    if (!found.length) return;
    found[chosen]?.setAttribute("aria-selected", "false");
    chosen = (index + found.length) % found.length;
    found[chosen].setAttribute("aria-selected", "true");
    field.setAttribute("aria-activedescendant", found[chosen].id);
    found[chosen].scrollIntoView({ block: "nearest" });
  }

  function show(answer) {
    const said = new DOMParser().parseFromString(answer, "text/html");
    status.textContent = said.querySelector("[data-palette-status]")?.textContent.trim() || "";
    list.replaceChildren(...(said.querySelector("[data-palette-options]")?.children || []));
    chosen = -1;
    field.removeAttribute("aria-activedescendant");
    options().forEach((option, index) => { option.id = `palette-option-${index}`; });
    list.hidden = !options().length;
    field.setAttribute("aria-expanded", String(!list.hidden));
    choose(0);
  }

  async function search() {
    asking?.abort();
    const typed = field.value.trim();
    hint.hidden = Boolean(typed);
    if (!typed) return show("");
    asking = new AbortController();
    const { signal } = asking;
    try {
      const answer = await fetch(`${dialog.dataset.search}?s=${encodeURIComponent(typed)}`, { signal });
      if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
      const said = await answer.text();
      if (!signal.aborted) show(said);
    } catch {
      if (signal.aborted) return;
      show("");
      status.textContent = dialog.dataset.failed;
    }
  }

  function open() {
    if (!dialog || dialog.open) return;
    dialog.showModal();
    field.select();
  }

  function onKey(event) {
    const found = options();
    if (event.isComposing) return;
    if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen < 0 ? -1 : chosen - 1);
    else if (event.key === "Enter" && found[chosen]) {
      if (event.ctrlKey || event.metaKey) window.open(found[chosen].href, "_blank", "noopener");
      else window.location.assign(found[chosen].href);
    } else return;
    event.preventDefault();
  }

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k" && dialog) {
      event.preventDefault();
      open();
    }
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-palette-open]")) open();
    else if (event.target === dialog || event.target.closest("[data-palette-close]")) dialog.close();
  });

  document.addEventListener("DOMContentLoaded", () => {
    dialog = document.getElementById("palette");
    if (!dialog) return;
    [field, list, status, hint] = ["input", "list", "status", "hint"].map((name) => document.getElementById(`palette-${name}`));
    field.addEventListener("keydown", onKey);
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(search, WAIT);
    });
    list.addEventListener("mousemove", (event) => {
      const index = options().indexOf(event.target.closest("[role=option]"));
      if (index >= 0 && index !== chosen) choose(index);
    });
  });
})();
