// Moments of a timeline in the zone and the language of whoever reads it; without this they are in the shop's zone.
const tellLocalTimes = () => {
  const words = new Intl.DateTimeFormat(document.documentElement.lang || undefined, { dateStyle: "medium", timeStyle: "short" });
  for (const time of document.querySelectorAll("time[data-local]")) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.getTime())) time.textContent = words.format(at);
  }
};
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", tellLocalTimes);
else tellLocalTimes();
