// Stripe's own fields on our payment page. The shopper confirms at Stripe; whether the money came, the shop asks Stripe itself.
document.addEventListener("DOMContentLoaded", () => {
  const { publishableKey, clientSecret, returnUrl } = JSON.parse(document.getElementById("stripe-settings").textContent);
  const form = document.getElementById("stripe-form");
  const button = form.querySelector("button");
  const problem = document.getElementById("stripe-error");
  const stripe = window.Stripe(publishableKey);
  const elements = stripe.elements({ clientSecret });
  const fields = elements.create("payment");
  fields.on("ready", () => {
    button.disabled = false;
  });
  fields.mount("#stripe-fields");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    problem.hidden = true;
    // Comes back only with an error: otherwise the browser has gone on to the bank or to the return address.
    const { error } = await stripe.confirmPayment({ elements, confirmParams: { return_url: returnUrl } });
    problem.textContent = error.message;
    problem.hidden = false;
    button.disabled = false;
  });
});
