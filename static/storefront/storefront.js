// The little the pages need beyond htmx. Everything works without it.
document.addEventListener("htmx:beforeSwap", (event) => {
  // Refusals (409, 422) carry their message as HTML: show it instead of dropping it.
  const status = event.detail.xhr.status;
  if (status >= 400 && status < 500) event.detail.shouldSwap = true;
});
// The box somebody opened to enter a gift card stays open, with what was typed, when the sum around it is counted again.
let box = null;
document.addEventListener("htmx:beforeSwap", () => (box = document.getElementById("card-box")));
document.addEventListener("htmx:afterSwap", () => {
  const now = document.getElementById("card-box");
  if (!box || !now || now === box || !box.open) return;
  const [typed, field] = [box, now].map((one) => one.querySelector("input"));
  // Opened by the server it shows the card that was taken, unless it says what is wrong with the code.
  if (!now.open || field.getAttribute("aria-invalid")) field.value = typed.value;
  now.open = true;
});
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status >= 500) window.location.reload();
});
const summary = document.getElementById("error-summary");
if (summary) summary.focus();
// What pages that are the same for everybody lack: which hearts are filled, and the form token. Asked for once, where there is any need.
const mine = { asked: null, token: "", wishes: new Set(), shops: new Set() };
const askMine = () => {
  mine.asked ||= fetch("/mine/", { headers: { Accept: "application/json" } })
    .then((answer) => answer.json())
    .then((told) => Object.assign(mine, { token: told.token, wishes: new Set(told.wishes), shops: new Set(told.shops) }));
  return mine.asked;
};
const fillHearts = (root) => {
  for (const heart of root.querySelectorAll("[data-heart]")) heart.setAttribute("aria-pressed", mine.wishes.has(heart.dataset.heart));
  for (const button of root.querySelectorAll("[data-follow]")) button.setAttribute("aria-pressed", mine.shops.has(button.dataset.follow));
};
const MINE = "[data-heart], [data-follow]";
if ("member" in document.body.dataset || /(^|; )mine=1/.test(document.cookie)) {
  if (document.querySelector(MINE)) askMine().then(() => fillHearts(document));
}
document.addEventListener("htmx:load", (event) => mine.token && fillHearts(event.detail.elt));
document.addEventListener("htmx:confirm", (event) => {
  if (!event.target.matches(MINE)) return;
  event.preventDefault();
  askMine().then(() => event.detail.issueRequest(true));
});
document.addEventListener("htmx:configRequest", (event) => {
  if (!event.target.matches(MINE)) return;
  event.detail.headers["X-CSRFToken"] = mine.token;
  event.detail.parameters = { on: event.target.getAttribute("aria-pressed") === "true" ? "0" : "1" };
});
document.addEventListener("hearts", (event) => {
  const { product, on } = event.detail;
  mine.wishes[on ? "add" : "delete"](product);
  fillHearts(document);
});
document.addEventListener("follows", (event) => {
  mine.shops[event.detail.on ? "add" : "delete"](event.detail.shop);
  fillHearts(document);
});
// Copying an address is offered only where the browser can.
const offerCopies = (root) => {
  for (const button of root.querySelectorAll("[data-copy]")) {
    button.hidden = !navigator.clipboard;
    button.onclick = async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.querySelector("[role=status]").textContent = button.dataset.copied;
    };
  }
};
offerCopies(document);
// What is compared stands in a cookie, so that no page has to be asked for it; the tray with the pictures is.
const comparedIds = () => (/(?:^|; )compare=([0-9a-f.]+)/.exec(document.cookie)?.[1] ?? "").split(".").filter(Boolean);
const fillCompare = (root) => {
  const ids = comparedIds();
  for (const button of root.querySelectorAll("[data-compare]")) button.setAttribute("aria-pressed", ids.includes(button.dataset.compare.replaceAll("-", "")));
};
if (comparedIds().length) {
  fillCompare(document);
  if (document.getElementById("tray") && !document.querySelector("[data-testid=comparison]")) window.addEventListener("load", () => window.htmx.ajax("GET", "/compare/tray/", "#tray"));
}
document.addEventListener("htmx:load", (event) => fillCompare(event.detail.elt));
document.addEventListener("compared", () => fillCompare(document));
document.addEventListener("htmx:configRequest", (event) => {
  if (event.target.matches("[data-compare]")) event.detail.parameters = { product: event.target.dataset.compare, on: event.target.getAttribute("aria-pressed") === "true" ? "0" : "1" };
});
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-clear-compare]")) return;
  document.cookie = "compare=; path=/; max-age=0; SameSite=Lax";
  document.getElementById("tray").replaceChildren();
  fillCompare(document);
});
// The cart in short, once something was put in. It says so in the live region too; Escape and a press beside it close it.
document.addEventListener("added", async () => {
  const box = document.getElementById("mini-cart");
  if (!box?.showPopover) return;
  await window.htmx.ajax("GET", "/cart/mini/", { target: box, swap: "innerHTML" });
  // Pressed again meanwhile, htmx says "done" of what it only put in line: the press before this one shows the box.
  const title = box.querySelector("#mini-cart-title");
  if (!title) return;
  box.showPopover();
  title.focus();
});
// What was looked at: a guest's browser keeps it, a member's tells the account once the page has loaded.
const RECENT = "recently-viewed";
const recentIds = () => {
  try {
    return JSON.parse(localStorage.getItem(RECENT)) ?? [];
  } catch {
    return [];
  }
};
const keepRecent = (ids) => {
  try {
    ids.length ? localStorage.setItem(RECENT, JSON.stringify(ids.slice(0, 50))) : localStorage.removeItem(RECENT);
  } catch {}
};
window.addEventListener("load", async () => {
  const isMember = "member" in document.body.dataset;
  const place = document.querySelector("[data-recent-rail]");
  const seen = document.querySelector("[data-seen]")?.dataset.seen;
  const before = recentIds();
  const ask = (all) => `/recent/rail/?${new URLSearchParams({ ids: isMember ? "" : before.join(","), but: seen ?? "", all })}`;
  if (place && (isMember || before.some((id) => id !== seen))) window.htmx.ajax("GET", ask(""), place);
  const page = document.querySelector("[data-recent-page]");
  if (page && before.length) {
    window.htmx.ajax("GET", ask("1"), page);
    document.querySelector("[data-clear-recent]").hidden = false;
  }
  const ids = [...new Set([seen, ...before].filter(Boolean))];
  if (!isMember) return seen && keepRecent(ids);
  if (!ids.length) return;
  await askMine();
  const form = new URLSearchParams(ids.map((id) => ["product", id]));
  const answer = await fetch("/recent/seen/", { method: "POST", body: form, headers: { "X-CSRFToken": mine.token }, keepalive: true });
  if (answer.ok) keepRecent([]);
});
document.querySelector("[data-clear-recent]")?.addEventListener("submit", () => keepRecent([]));

// A purchase on its way is not counted again: the answer would be about a cart that is ordered already.
const purchase = document.getElementById("checkout-form");
let isOrdered = false;
purchase?.addEventListener("submit", () => (isOrdered = true));
addEventListener("pageshow", () => (isOrdered = false));
document.addEventListener("htmx:configRequest", (event) => isOrdered && event.preventDefault());
