// The language of the page: chosen and loaded before the page runs, changed by its menu. English is in the page itself.
(() => {
  "use strict";
  const OWN = "en";
  // Milliseconds that a language may take: before the page starts in English, and when it is asked for.
  const PATIENCE = { start: 4_000, change: 10_000 };
  // A year, in seconds.
  const KEPT = 31_536_000;

  const root = document.documentElement;
  const listed = document.querySelector("meta[name=languages]").content.split(" ");
  const files = new Map(listed.map((file) => [file.replace(/-[0-9a-f]+\.txt$/, ""), file]));

  const whenParsed = new Promise((resolve) => {
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", resolve, { once: true });
    else resolve();
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

  const remembered = () => {
    try {
      return /(?:^|; )lang=([\w-]+)/.exec(document.cookie)?.[1] ?? "";
    } catch {
      return "";
    }
  };

  const remember = (tag) => {
    const { pathname, protocol } = new URL(document.baseURI);
    const secure = protocol === "https:" ? "; Secure" : "";
    try {
      document.cookie = `lang=${tag}; Path=${pathname}; Max-Age=${KEPT}; SameSite=Lax${secure}`;
    } catch {
      // Then the browser's own languages count the next time too.
    }
  };

  /** What the document itself says, by the names of its texts. */
  let own;
  const show = async (tag, start) => {
    await whenParsed;
    const elements = [...document.querySelectorAll("[data-text]")];
    own ??= Object.fromEntries(elements.map((element) => [element.dataset.text, element.textContent]));
    const { direction, ...texts } = start ?? { direction: "ltr", ...own };
    for (const element of elements) element.textContent = texts[element.dataset.text];
    root.lang = tag;
    root.dir = direction;
  };

  /** Shows what is not the page's own to show, and gives the page its lines: none for English, which it has. */
  const speak = async (tag, patience) => {
    if (tag === OWN) {
      await show(OWN);
      return "";
    }
    const controller = new AbortController();
    setTimeout(() => controller.abort(), patience);
    const answer = await fetch(files.get(tag), { signal: controller.signal });
    if (!answer.ok) throw new Error(`${answer.url}: ${answer.status}`);
    const text = await answer.text();
    const end = text.indexOf("\n");
    await show(tag, JSON.parse(text.slice(0, end)));
    return text.slice(end + 1);
  };

  const change = async (tag) => {
    const lines = await speak(tag, PATIENCE.change);
    remember(tag);
    return lines;
  };

  const chosen = [remembered(), ...(navigator.languages ?? [])].map(serving).find((tag) => tag) ?? OWN;
  const ready = chosen === OWN ? Promise.resolve("") : speak(chosen, PATIENCE.start).catch(() => speak(OWN));
  // The first screen is not to change its language before the person's eyes.
  const release = () => {
    root.removeAttribute("data-foreign");
    // What does not show cannot be given the focus, whatever the document says.
    if (document.activeElement === document.body) document.querySelector("#connect input")?.focus();
  };
  if (chosen !== root.lang) root.setAttribute("data-foreign", "");
  ready.then(release, release);
  self.vestibuleLanguage = { change, ready };
  // A service worker that has just taken over keeps what it is asked for, for the next start without a network.
  navigator.serviceWorker?.addEventListener("controllerchange", () => {
    if (files.has(root.lang)) fetch(files.get(root.lang)).catch(() => {});
  });
})();
