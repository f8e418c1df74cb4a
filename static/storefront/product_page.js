// What a product's page does beyond its form: the gallery, the large pictures, the bar, the countdown, sharing. All of it works without.
{
  const gallery = document.querySelector("[data-gallery]");
  const track = gallery.querySelector("[data-track]");
  const thumbs = [...gallery.querySelectorAll("[data-thumb]")];
  const zoom = document.getElementById("zoom");
  const place = (list) => Math.round(list.scrollLeft / (list.firstElementChild.offsetWidth || 1));
  const goTo = (list, index, behavior = "instant") => list.scrollTo({ left: list.children[index].offsetLeft - list.children[0].offsetLeft, behavior });
  const mark = () => {
    const here = place(track);
    for (const thumb of thumbs) thumb.toggleAttribute("aria-current", Number(thumb.dataset.thumb) === here);
    for (const thumb of thumbs) if (thumb.hasAttribute("aria-current")) thumb.setAttribute("aria-current", "true");
  };
  track.addEventListener("scroll", mark, { passive: true });
  document.addEventListener("picture-chosen", (event) => event.detail >= 0 && goTo(track, event.detail));
  gallery.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    const thumb = event.target.closest("[data-thumb]");
    const opener = event.target.closest("[data-zoom]");
    if (thumb || (opener && zoom)) event.preventDefault();
    if (thumb) goTo(track, Number(thumb.dataset.thumb));
    if (opener && zoom) open(Number(opener.dataset.zoom));
  });
  let pictures = null;
  const open = (index) => {
    zoom.showModal();
    pictures = zoom.querySelector(".zoom-track");
    goTo(pictures, index);
    pictures.focus();
  };
  const turn = (by) => goTo(pictures, Math.min(Math.max(place(pictures) + by, 0), pictures.children.length - 1));
  if (zoom) {
    zoom.querySelector(".zoom-track").addEventListener("scroll", () => (zoom.querySelector("[data-place]").textContent = place(pictures) + 1), { passive: true });
    zoom.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!by) return;
      event.preventDefault();
      turn(by);
    });
    zoom.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (button?.dataset.turn) turn(Number(button.dataset.turn));
      if (button && "closer" in button.dataset) button.setAttribute("aria-pressed", button.getAttribute("aria-pressed") !== "true");
    });
    zoom.addEventListener("close", () => {
      goTo(track, place(pictures));
      for (const button of zoom.querySelectorAll("[data-closer]")) button.setAttribute("aria-pressed", "false");
    });
  }
  // The bar comes when the buttons have scrolled away; a phone has them at its foot all the time.
  const bar = document.querySelector("[data-buy-bar]");
  new IntersectionObserver(([seen]) => (bar.hidden = seen.isIntersecting || seen.boundingClientRect.top > 0)).observe(document.querySelector("[data-buy-buttons]"));
  const quantity = document.getElementById("quantity");
  for (const button of document.querySelectorAll("[data-step]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      quantity.value = Math.min(Math.max((parseInt(quantity.value, 10) || 1) + Number(button.dataset.step), 1), 999);
    });
  }
  const until = document.querySelector("[data-until]");
  const countDown = () => {
    const left = Math.floor((new Date(until.dataset.until) - Date.now()) / 60_000);
    until.textContent = left > 0 ? until.dataset.pattern.replace("{h}", Math.floor(left / 60)).replace("{m}", left % 60) : "";
  };
  // What is downloaded has no parcel to count down to.
  if (until) {
    countDown();
    setInterval(countDown, 30_000);
  }
  const share = document.querySelector("[data-share]");
  if (navigator.share) {
    share.querySelector("summary").addEventListener("click", (event) => {
      event.preventDefault();
      navigator.share({ title: share.dataset.title, url: share.dataset.url + window.location.search }).catch(() => {});
    });
  }
  share.querySelector("[data-needs-clipboard]").hidden = !navigator.clipboard;
}
