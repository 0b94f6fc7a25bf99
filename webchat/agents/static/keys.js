/** Alt and a letter press the button, or go to the field, that names it in `data-key`; the same in every browser. */

addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey || !event.code.startsWith("Key")) return;
  const target = document.querySelector(`[data-key="${event.code.slice(3).toLowerCase()}"]`);
  if (!target) return;
  event.preventDefault();
  if (target.matches("button")) target.click();
  else target.focus();
});
