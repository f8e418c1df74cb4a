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
