// The variant picker: price, stock, address and form follow the chosen options at once. Without it the options are links with ?v=.
document.addEventListener("alpine:init", () => {
  window.Alpine.data("variantPicker", () => ({
    variants: [],
    current: null,
    question: "",
    init() {
      const data = JSON.parse(document.getElementById("variants").textContent);
      this.variants = data.variants;
      this.current = this.variants.find((variant) => variant.id === data.chosen);
      this.question = this.$refs.alert.innerHTML;
    },
    find(options) {
      const names = Object.keys(options);
      return this.variants.find((variant) => names.every((name) => variant.options[name] === options[name]));
    },
    choose(event) {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
      const { option, value } = event.currentTarget.dataset;
      const wanted = this.find({ ...this.current.options, [option]: value }) || this.find({ [option]: value });
      if (!wanted) return;
      event.preventDefault();
      this.current = wanted;
      this.show();
    },
    show() {
      const { price, was, off, prior, quantity, stock, variant, add, buy, delivery, alert, barPrice, barAdd, ask } = this.$refs;
      const now = this.current;
      const [symbol, whole, decimals, tail] = now.price;
      for (const shown of [price, barPrice]) {
        shown.querySelector(".price-symbol").textContent = symbol;
        shown.querySelector(".price-integer").textContent = whole;
        shown.querySelector(".price-decimals").textContent = decimals + tail;
      }
      was.hidden = !now.was;
      was.querySelector("s").textContent = now.was;
      off.hidden = !now.off;
      off.querySelector("span").textContent = `−${now.off}%`;
      prior.hidden = !now.prior;
      prior.querySelector("span").textContent = now.prior;
      this.$root.querySelectorAll("[data-of]").forEach((part) => (part.hidden = part.dataset.of !== now.id));
      if (quantity.value === quantity.min) quantity.value = now.least;
      quantity.min = now.least;
      quantity.step = now.step;
      variant.value = now.id;
      ask.search = `?v=${now.id}`;
      add.disabled = buy.disabled = barAdd.disabled = now.left <= 0;
      delivery.textContent = now.delivery;
      this.wait(alert, now);
      document.dispatchEvent(new CustomEvent("picture-chosen", { detail: now.picture }));
      const line = stock.firstElementChild;
      line.className = now.left <= 0 ? "text-error font-semibold" : now.left <= 5 ? "text-primary" : "text-secondary";
      line.textContent = now.left <= 0 ? stock.dataset.out : now.left <= 5 ? stock.dataset.few + now.left : stock.dataset.inStock;
      this.$root.querySelectorAll("[data-option]").forEach((link) => this.mark(link));
      window.history.replaceState(window.history.state, "", `?v=${now.id}`);
    },
    wait(alert, now) {
      alert.hidden = now.left > 0;
      // An answer about another variant gives way to the question.
      if (!alert.querySelector("[data-testid=tell-me]")) alert.innerHTML = this.question;
      const form = alert.querySelector("form");
      form.action = form.action.replace(/[^/]+\/$/, `${now.id}/`);
      form.setAttribute("hx-post", new URL(form.action).pathname);
      window.htmx.process(form);
    },
    mark(link) {
      const { option, value } = link.dataset;
      const exact = this.find({ ...this.current.options, [option]: value });
      const target = exact || this.find({ [option]: value });
      const isOut = !exact || exact.left <= 0;
      if (target) link.setAttribute("href", `?v=${target.id}`);
      if (this.current.options[option] === value) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
      link.classList.toggle("is-out", isOut);
      link.querySelector(".out-word").hidden = !isOut;
    },
  }));
});
