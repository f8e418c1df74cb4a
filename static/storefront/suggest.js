// Suggestions while somebody types: a combobox whose options are links. Without it the box is a plain form.
const box = document.getElementById("search");
const list = document.getElementById("suggestions");
const word = document.getElementById("suggestions-status");
if (box && list) {
  const address = document.getElementById("search-form").dataset.suggest;
  let timer = 0;
  let asked = null;
  let typed = box.value;
  const options = () => [...list.querySelectorAll("[role=option]")];
  const chosen = () => list.querySelector("[aria-selected=true]");
  const close = () => {
    list.hidden = true;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  };
  const show = (html) => {
    list.innerHTML = html;
    const found = options();
    found.forEach((option, number) => (option.id = `suggestion-${number}`));
    if (!found.length) return close();
    list.hidden = false;
    box.setAttribute("aria-expanded", "true");
    box.removeAttribute("aria-activedescendant");
    word.textContent = word.dataset.some;
  };
  const ask = async () => {
    const text = box.value.trim();
    if (asked) asked.abort();
    if (!text) return close();
    asked = new AbortController();
    try {
      const answer = await fetch(`${address}?q=${encodeURIComponent(text)}`, { signal: asked.signal });
      if (answer.ok && document.activeElement === box) show(await answer.text());
    } catch {
      close(); // away, or a newer question took its place
    }
  };
  const choose = (step) => {
    const found = options();
    const now = found.indexOf(chosen());
    const next = (now + step + found.length + (now < 0 && step < 0 ? 1 : 0)) % found.length;
    found.forEach((option, number) => option.setAttribute("aria-selected", number === next));
    box.setAttribute("aria-activedescendant", found[next].id);
    found[next].scrollIntoView({ block: "nearest" });
  };
  box.addEventListener("input", (event) => {
    if (event.isComposing) return; // half a Chinese word is not yet what somebody wants
    clearTimeout(timer);
    timer = setTimeout(ask, 180);
  });
  box.addEventListener("compositionend", ask);
  box.addEventListener("focus", () => {
    if (box.value.trim() && box.value !== typed) ask();
  });
  box.addEventListener("keydown", (event) => {
    if (event.isComposing || list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
    } else if (event.key === "Enter" && chosen()) {
      event.preventDefault();
      chosen().click();
    } else if (event.key === "Tab") close();
  });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
  box.addEventListener("blur", close);
}
