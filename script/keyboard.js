// Keeps the field that is typed in, and the button that sends it, above the on-screen keyboard.
self.vestibuleAfter(() => {
  "use strict";
  // Pixels that are left between them and the edges.
  const ROOM = 8;
  const view = self.visualViewport;
  const reveal = () => {
    const field = document.activeElement;
    const button = field?.matches("input") && field.form?.querySelector("[type=submit]");
    if (!button) return;
    const above = field.getBoundingClientRect().top - ROOM - view.offsetTop;
    const below = button.getBoundingClientRect().bottom + ROOM - view.offsetTop - view.height;
    // Where there is no room for both, the field counts.
    scrollBy(0, Math.min(above, Math.max(below, 0)));
  };
  view?.addEventListener("resize", reveal);
  /** For a field that gets the focus while the keyboard is there already: of that the browser tells nothing. */
  self.vestibuleReveal = () => {
    if (view && view.height < innerHeight) reveal();
  };
});
