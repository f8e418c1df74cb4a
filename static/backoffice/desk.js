// The desk: a tone for what is wrong, and one box that checks all others. Everything works without it.
(() => {
  let audio;

  function beep() {
    const Context = window.AudioContext;
    if (!Context) return;
    audio ||= new Context();
    const tone = audio.createOscillator();
    tone.type = "square";
    tone.frequency.value = 220;
    tone.connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + 0.25);
  }

  function ready() {
    document.getElementById("code")?.focus();
  }

  document.addEventListener("htmx:afterSettle", () => {
    if (document.querySelector("#scan-said [data-wrong]")) beep();
    ready();
  });
  ready();

  document.addEventListener("change", (event) => {
    const name = event.target.dataset?.checkAll;
    if (!name) return;
    for (const box of document.querySelectorAll(`input[type=checkbox][name="${name}"]`)) box.checked = event.target.checked;
  });
})();
