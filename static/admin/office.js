/* The office's pages: "/" goes to the search, Escape shuts the person's menu, [data-print] prints. */
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  const field = document.getElementById("find");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey && field) {
    event.preventDefault();
    const open = document.querySelector(".o-toggle[aria-expanded='false']");
    if (!field.offsetParent && open) [...document.querySelectorAll(".o-toggle")].find((b) => b.offsetParent)?.click();
    setTimeout(() => field.focus(), 50);
  }
  if (event.key === "Escape") document.querySelectorAll(".o-user[open]").forEach((menu) => menu.removeAttribute("open"));
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
/* A picker is called what its label says: select2 leaves the box without a name. */
function namePickers() {
  for (const select of document.querySelectorAll("select.select2-hidden-accessible")) {
    const text = document.querySelector(`label[for="${CSS.escape(select.id)}"]`)?.textContent.trim();
    const parts = select.nextElementSibling?.querySelectorAll("[role=combobox], [role=textbox]") ?? [];
    for (const part of text ? parts : []) {
      part.removeAttribute("aria-labelledby");
      part.setAttribute("aria-label", text);
    }
  }
}
/* A chart that is wider than a phone shows its end first: the newest. */
window.addEventListener("load", () => document.querySelectorAll(".o-plot").forEach((plot) => (plot.parentElement.scrollLeft = 9999)));
window.addEventListener("load", () => [0, 300, 1000].forEach((wait) => setTimeout(namePickers, wait)));
document.addEventListener("formset:added", () => setTimeout(namePickers));
/* What takes longer than a moment says so and for how long, until its page or its file has come; a form is sent once. */
const came = () => /(?:^|; )handed_out=(\w+)/.exec(document.cookie)?.[1];
function waiting(buttons) {
  const wait = document.getElementById("o-wait");
  if (!wait) return;
  const before = came(), began = Date.now();
  const shut = (on) => buttons.forEach((button) => (button.disabled = on));
  const done = () => { clearInterval(timer); wait.hidden = true; shut(false); };
  const timer = setInterval(() => {
    const seconds = Math.floor((Date.now() - began) / 1000);
    if (came() !== before || seconds > 120) return done();
    wait.hidden = seconds < 1;
    wait.querySelector("b").textContent = seconds;
  }, 250);
  setTimeout(() => shut(true)); // after the form has taken the button that was pressed
  window.addEventListener("pageshow", done, { once: true });
}
document.addEventListener("submit", ({ target, defaultPrevented }) => {
  if (defaultPrevented || target.target) return;
  waiting([...document.querySelectorAll("button[type=submit], input[type=submit]")].filter((button) => button.form === target && !button.disabled));
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("main a[href]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (link.target || link.origin !== location.origin || link.getAttribute("href").startsWith("#")) return;
  waiting([]);
});
