// The theme's own listener writes the chosen file's name into a box beside the field, and trips over a field that has no such box.
document.addEventListener(
  "change",
  (event) => {
    if (event.target.matches("input[type=file].file-input")) event.stopPropagation();
  },
  true,
);
