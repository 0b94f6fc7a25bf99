/**
 * What this tab remembers from page to page, as JSON. It is forgotten with the tab: computers are shared.
 * A browser that refuses to remember costs a warning, not the conversation.
 */

export function recall(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch (error) {
    console.warn("ventanilla: nothing is remembered from page to page:", error);
    return null;
  }
}

export function remember(key, value) {
  try {
    sessionStorage.setItem(key, JSON.stringify(value));
  } catch (error) {
    console.warn("ventanilla: nothing is remembered from page to page:", error);
  }
}
