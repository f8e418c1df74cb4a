// Regions that scroll are named in the reader's language; SimpleBar alone would name them in English.
document.addEventListener("DOMContentLoaded", () => {
  const name = document.getElementById("page")?.dataset.scrolls;
  if (name && window.SimpleBar) window.SimpleBar.defaultOptions.ariaLabel = name;
});
