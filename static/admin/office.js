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
window.addEventListener("load", () => [0, 300, 1000].forEach((wait) => setTimeout(namePickers, wait)));
document.addEventListener("formset:added", () => setTimeout(namePickers));
/* What takes longer than a moment says so, until its page comes; a file comes without one. */
document.addEventListener("submit", (event) => {
  const wait = document.getElementById("o-wait");
  if (!wait || event.defaultPrevented || event.target.method !== "post") return;
  const timers = [setTimeout(() => (wait.hidden = false), 1000), setTimeout(() => (wait.hidden = true), 60000)];
  window.addEventListener("pageshow", () => { timers.forEach(clearTimeout); wait.hidden = true; }, { once: true });
});
