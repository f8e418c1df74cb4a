// The little the pages need beyond htmx. Everything works without it.
document.addEventListener("htmx:beforeSwap", (event) => {
  // Refusals (409, 422) carry their message as HTML: show it instead of dropping it.
  const status = event.detail.xhr.status;
  if (status >= 400 && status < 500) event.detail.shouldSwap = true;
});
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status >= 500) window.location.reload();
});
const summary = document.getElementById("error-summary");
if (summary) summary.focus();
