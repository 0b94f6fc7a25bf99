/** Opens the FAQ entry that the address names. */
function reveal() {
  document.getElementById(location.hash.slice(1))?.setAttribute("open", "");
}

addEventListener("hashchange", reveal);
reveal();
