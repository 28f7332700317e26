// The language of the page: chosen and loaded before the page runs, changed by its menu. English is in the page itself.
// A server that knows the person's language sends the document in it; where none does, it is changed here.
self.vestibuleAfter(() => {
  "use strict";
  const OWN = "en";
  // Milliseconds that a language may take: before the page starts in English, and when it is asked for.
  const PATIENCE = { start: 4_000, change: 10_000 };

  const root = document.documentElement;
  /** The language that the document came in. */
  const written = root.lang;
  const listed = document.querySelector("meta[name=languages]").content.split(" ");
  const files = new Map(listed.map((file) => [file.slice(0, file.lastIndexOf("-")), file]));

  /** The texts that are the document's own, also of what the page takes out of it later. */
  const texts = new Promise((resolve) => {
    const find = () => resolve([...document.querySelectorAll("[data-text]")]);
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", find, { once: true });
    else find();
  });

  /** The language of ours that serves somebody who reads this one. */
  const serving = (wanted) => {
    const tags = [OWN, ...files.keys()];
    const primary = (tag) => tag.toLowerCase().split("-")[0];
    return (
      tags.find((tag) => tag.toLowerCase() === wanted.toLowerCase()) ??
      tags.find((tag) => primary(tag) === primary(wanted))
    );
  };

  const show = async (tag, { direction, ...start }) => {
    for (const element of await texts) element.textContent = start[element.dataset.text];
    root.lang = tag;
    root.dir = direction;
  };

  /** Shows what is not the page's own to show, and gives the page its lines: none for English, which it has. */
  const speak = async (tag, patience) => {
    if (tag === OWN && root.lang === OWN) return "";
    const controller = new AbortController();
    setTimeout(() => controller.abort(), patience);
    const answer = await fetch(files.get(tag), { signal: controller.signal });
    if (!answer.ok) throw new Error(`${answer.url}: ${answer.status}`);
    const text = await answer.text();
    const end = text.indexOf("\n");
    if (root.lang !== tag) await show(tag, JSON.parse(text.slice(0, end)));
    return text.slice(end + 1);
  };

  const change = async (tag) => {
    const lines = await speak(tag, PATIENCE.change);
    self.vestibuleRemember("lang", tag);
    return lines;
  };

  const chosen = [self.vestibuleRecall("lang") ?? "", ...(navigator.languages ?? [])].map(serving).find((tag) => tag) ?? OWN;
  // Where not even the words of the document can be had, its own language stays beside the page's.
  const inEnglish = () => speak(OWN, PATIENCE.start).catch(() => "");
  const spoken = speak(chosen, PATIENCE.start).catch(inEnglish);
  // The page may take texts out of the document: they are found before.
  const ready = Promise.all([spoken, texts]).then(([lines]) => lines);
  // The first screen is not to change its language before the person's eyes.
  const release = () => {
    if (!root.hasAttribute("data-foreign")) return;
    root.removeAttribute("data-foreign");
    // What does not show cannot be given the focus, whatever the document says.
    if (document.activeElement === document.body) document.querySelector("#connect input")?.focus();
  };
  if (chosen !== written) root.setAttribute("data-foreign", "");
  ready.then(release, release);
  /** Has a service worker keep the language that shows. */
  const fetchAgain = () => {
    if (root.lang !== OWN) fetch(files.get(root.lang)).catch(() => {});
  };
  self.vestibuleLanguage = { change, ready, fetchAgain };
});
