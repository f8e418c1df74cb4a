// Drop or paste a photo, or choose one: the search starts by itself. Without this the form works with its button.
const form = document.getElementById("photo-form");
const field = form.elements.photo;
const MOST = 20_000_000;
document.getElementById("photo-drop-hint").hidden = false;
const take = (files) => {
  const picture = [...files].find((file) => file.type.startsWith("image/"));
  if (!picture) return false;
  const chosen = new DataTransfer();
  chosen.items.add(picture);
  field.files = chosen.files;
  send();
  return true;
};
const send = () => {
  field.setCustomValidity(field.files[0] && field.files[0].size > MOST ? form.dataset.tooLarge : "");
  if (field.files.length) form.requestSubmit();
};
field.addEventListener("change", send);
document.addEventListener("paste", (event) => take(event.clipboardData.files) && event.preventDefault());
for (const kind of ["dragover", "dragleave", "drop"])
  form.addEventListener(kind, (event) => {
    event.preventDefault();
    form.classList.toggle("is-over", kind === "dragover");
    if (kind === "drop") take(event.dataTransfer.files);
  });
