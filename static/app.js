// What HTML and HTMX cannot do alone: keys, copying, the theme, the drawer. Pages read well without any of it.
"use strict";

const root = document.documentElement;
root.classList.remove("js-off");

const byId = (id) => document.getElementById(id);

// The menu is longer than many windows, tabs are wider than a phone: where one is, is to be seen.
document.querySelectorAll(".menu-link[aria-current], .tabs:not(.counts) a[aria-current]")
  .forEach((link) => link.scrollIntoView({ block: "nearest", inline: "nearest" }));
const typing = (target) => target.closest("input, select, textarea, [contenteditable]") !== null;

// Keys: "/" searches, "g" and a letter goes to a page of the menu, "?" shows them.
let goPressedAt = -Infinity;  // times count from when the page began to load: 0 would be a moment ago

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  const going = event.timeStamp - goPressedAt < 1200;
  goPressedAt = event.key === "g" && !going ? event.timeStamp : -Infinity;
  const link = going && document.querySelector(`a[data-key="${CSS.escape(event.key)}"]`);
  if (link) link.click();
  else if (event.key === "?") byId("shortcuts")?.showModal();
  else if (event.key === "/" && byId("search")) openSearch();
  else return;
  event.preventDefault();
}

// The search over everything: arrows go through what is found, Enter opens the first, any other key goes on typing.
function openSearch() {
  byId("search").showModal();
  byId("search-text").select();
}

function searching(event) {
  const dialog = event.target.closest("#search");
  if (!dialog || event.ctrlKey || event.metaKey || event.altKey) return;
  const places = [byId("search-text"), ...dialog.querySelectorAll(".hit")];
  const at = places.indexOf(event.target);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const shown = dialog.querySelector("[data-for]")?.dataset.for === places[0].value.trim();
  if (step) places[(at + step + places.length) % places.length].focus();
  else if (event.key === "Enter" && at === 0 && shown && places[1]) places[1].click();
  else {
    if (at > 0 && event.key.length === 1) places[0].focus();
    return;
  }
  event.preventDefault();
}

async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy ?? byId(button.dataset.copyFrom).textContent);
  button.classList.add("copied");
  byId("status").textContent = "Copied";
  setTimeout(() => button.classList.remove("copied"), 1500);
}

// The cookie lets the server send the chosen theme with the page, so that nothing flashes.
function switchTheme() {
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=lax`;
}

// The switch between organizations closes by a click elsewhere, by what is chosen in it, and by Escape.
function left(event) {
  const open = document.querySelector(".switcher[open]");
  if (!open || (event.type === "keydown" ? event.key !== "Escape" : open.contains(event.target) && !event.target.closest("a"))) return;
  open.open = false;
  if (event.type === "keydown") open.querySelector("summary").focus();
}

function clicked(event) {
  const button = event.target.closest("button");
  if (button?.matches(".copy")) copy(button);
  if (button?.matches(".switch-theme")) switchTheme();
  if (button?.matches(".closes")) button.closest("dialog").close();
  if (event.target.matches("dialog")) event.target.close();
  if (event.target.closest("[data-opens-search]") && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    openSearch();
  }
}

// A code is suggested from the name, until someone writes a code of their own.
function typed(event) {
  const source = event.target;
  const target = byId(source.dataset.suggests);
  if (!target || target.value !== (source.dataset.suggested ?? "")) return;
  const plain = source.value.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  target.value = source.dataset.suggested = plain.replace(/[^a-z0-9]+/g, "_").replace(/^_|_$/g, "");
  target.dispatchEvent(new Event("input", { bubbles: true }));
}

// A tier follows the one before: it begins where that ends, or one unit later, whichever it did until now.
function bounded(event) {
  const end = event.target;
  const begin = end.matches("[data-tier-end]") && end.closest(".tier").nextElementSibling?.querySelector("[data-tier-begin]");
  if (!begin) return;
  const before = end.dataset.before ?? end.defaultValue;
  const touching = before !== "" && begin.value === before;
  const later = end.value.trim() === "" || Number.isNaN(Number(end.value)) ? "" : String(Number((Number(end.value) + 1).toPrecision(15)));
  begin.value = touching ? end.value : later;
  end.dataset.before = end.value;
}

// Into the drawer: to the field that is wrong, else to where it begins.
const PLACES = ["[aria-invalid=true]", "[autofocus]", ".drawer-body :is(input:not([type=hidden]), select, textarea)", "#drawer-title"];

function enter(drawer) {
  if (!drawer.open) drawer.showModal();
  PLACES.map((place) => drawer.querySelector(place)).find(Boolean)?.focus();
}

// Who does not see what has come is told of it: how many there are, or that there is nothing.
function swapped(event) {
  const target = event.detail.target;
  if (target.id === "drawer") enter(target);
  else byId(target.id === "search-results" ? "search-status" : "status").textContent = target.querySelector("[data-tells]")?.textContent ?? "";
  const rows = document.querySelector("tbody[data-keep]");
  while (rows && rows.rows.length > rows.dataset.keep) rows.deleteRow(-1);
}

// The browser gives focus back to what opened the drawer; what is no longer there leaves it to the page.
function closed(event) {
  if (event.target.id !== "drawer") return;
  event.target.replaceChildren();
  if (document.activeElement === document.body) byId("main").focus();
}

function tell(message) {
  byId("notice").textContent = message;
  setTimeout(() => { byId("notice").textContent = ""; }, 6000);
}

document.addEventListener("keydown", pressed);
document.addEventListener("keydown", searching);
document.addEventListener("keydown", left);
document.addEventListener("click", left);
document.addEventListener("click", clicked);
document.addEventListener("input", typed);
document.addEventListener("input", bounded);
document.addEventListener("close", closed, true);
document.addEventListener("htmx:afterSwap", swapped);
document.addEventListener("htmx:responseError", (event) => tell(event.detail.xhr.status === 403 ? "Your role does not allow this, or the page was open for too long." : "That did not work. Reload the page and try again."));
document.addEventListener("htmx:sendError", () => tell("The server cannot be reached. Trying again with the next click."));
