/** The look of the panel; the colours of the launcher are in ventanilla.js. */

export const styles = new CSSStyleSheet();
styles.replaceSync(`
:host {
  --ink: light-dark(#1c2733, #e4e9ee);
  --soft: light-dark(#55636f, #a3b0bc);
  --line: light-dark(#cfd6dd, #3a4856);
  --paper: light-dark(#fff, #1a232c);
  --ground: light-dark(#f3f5f7, #11171d);
  --link: var(--ventanilla-link, light-dark(#1d4f8c, #9cc4f2));
  --own: light-dark(#dfeaf6, #23384f);
  --bad: light-dark(#a3201d, #ff9d94);
  --edge: light-dark(#7a8794, #7a8794);
  --focus: light-dark(#b97a00, #f0b840);
  --round: var(--ventanilla-radius, .75rem);
}

* { box-sizing: border-box; }
button { border: 1px solid transparent; background: none; color: inherit; font: inherit; cursor: pointer; }
dialog :focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
svg { flex: none; width: 1.375rem; height: 1.375rem; fill: none; stroke: currentcolor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
a { color: var(--link); overflow-wrap: anywhere; }
p { margin: 0; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

dialog {
  position: fixed;
  inset: auto var(--inset) var(--inset) auto;
  width: 25rem;
  max-width: calc(100% - 2 * var(--inset));
  height: 40rem;
  max-height: calc(100dvh - 2 * var(--inset));
  margin: 0;
  padding: 0;
  overflow: hidden;
  border: 1px solid var(--line);
  border-radius: var(--round);
  background: var(--ground);
  color: var(--ink);
  box-shadow: 0 8px 32px rgb(0 0 0 / 25%);
}
:host([position="left"]) dialog { inset: auto auto var(--inset) var(--inset); }
dialog[open] { display: flex; flex-direction: column; }

.head { display: flex; flex: none; align-items: center; gap: .5rem; padding: .5rem .5rem .5rem 1rem; background: var(--accent); color: var(--on-accent); }
h2 { flex: 1; margin: 0; font-size: 1.0625rem; line-height: 1.3; }
.close { display: flex; padding: .5rem; border-radius: .375rem; }
.close:hover { background: rgb(255 255 255 / 15%); }
.close:focus-visible { outline-color: currentcolor; outline-offset: -3px; }

.incident:not(:empty) { flex: none; max-height: 40%; overflow-y: auto; padding: .625rem 1rem; border-bottom: 1px solid var(--line); border-left: .25rem solid var(--bad); background: var(--paper); font-size: .9375rem; overflow-wrap: anywhere; white-space: pre-line; }

.scroller { position: relative; flex: 1; min-height: 0; overflow-y: auto; overscroll-behavior: contain; padding: 1rem; font-size: .9375rem; mask-image: linear-gradient(#000 calc(100% - 1rem), #0003); }
.scroller:focus-visible { outline-offset: -3px; }
.log, .turn { display: flex; flex-direction: column; align-items: flex-start; gap: .625rem; }
.turn { align-self: stretch; }

.bubble { max-width: 94%; padding: .625rem .875rem; border: 1px solid var(--line); border-radius: .25rem .875rem .875rem; background: var(--paper); overflow-wrap: anywhere; }
.bubble > * + * { margin-top: .5rem; }
.bubble > .hidden + * { margin-top: 0; }
.bubble ul { margin-bottom: 0; padding-left: 1.1rem; }
.bubble li + li { margin-top: .35rem; }
.whole { white-space: nowrap; }
.bubble .source { display: block; width: fit-content; font-size: .8125rem; }
.rating { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem; color: var(--soft); font-size: .8125rem; }
.rating button { display: flex; padding: .25rem; border-radius: .375rem; }
.rating button:hover { background: var(--ground); color: var(--ink); }
.rating [aria-pressed="true"] { background: var(--own); color: var(--ink); }
.rating svg { width: 1.125rem; height: 1.125rem; }
.reasons { display: flex; flex-wrap: wrap; gap: .375rem; flex-basis: 100%; }
.rating .reasons button { padding: .2rem .6rem; border-color: var(--link); border-radius: 1rem; color: var(--link); }
.own { align-self: flex-end; max-width: 85%; border-color: transparent; border-radius: .875rem .875rem .25rem; background: var(--own); }
.own p { white-space: pre-wrap; }
.own small:empty { display: none; }
.own small { display: block; margin-top: .25rem; font-size: .8125rem; }
.unsent .own { border: 1px dashed var(--bad); }
.unsent small { color: var(--bad); }
.privacy { padding: 0 .875rem; color: var(--soft); font-size: .8125rem; }

.typing { display: flex; gap: .3rem; }
.typing:not(:empty) { margin-top: .625rem; padding: .875rem; }
.dot { width: .45rem; height: .45rem; border-radius: 50%; background: var(--soft); }

.notice:not(:empty) { scroll-margin: 1rem; margin-top: .75rem; padding: .75rem .875rem; border: 1px solid var(--line); border-left: .25rem solid var(--bad); border-radius: .25rem; background: var(--paper); }
.notice p + p { margin-top: .375rem; }
.notice button { margin-top: .625rem; padding: .4rem .875rem; border: 1px solid var(--edge); border-radius: .375rem; }
.notice button:nth-of-type(1) { background: var(--accent); color: var(--on-accent); }

.choices { display: flex; flex-wrap: wrap; gap: .5rem; min-width: 0; margin: 0; padding: 0; border: 0; }
.choices:not(:empty) { margin-top: .75rem; }
.choices button { padding: .45rem .875rem; border-color: var(--link); border-radius: 1.25rem; background: var(--paper); color: var(--link); text-align: left; }
.choices button:hover { background: var(--own); }

.tools { display: flex; flex: none; align-items: center; gap: .25rem; padding: .375rem .75rem 0; border-top: 1px solid var(--line); background: var(--paper); color: var(--link); font-size: .875rem; }
.tools button { display: flex; align-items: center; gap: .375rem; min-height: 2rem; padding: .25rem .5rem; border-radius: .375rem; }
.tools button:hover { background: var(--ground); }
.ours { display: flex; margin-left: auto; }
.tools svg { width: 1.125rem; height: 1.125rem; }

form { display: flex; flex: none; align-items: flex-end; gap: .5rem; padding: .375rem .75rem .75rem; background: var(--paper); }
textarea {
  flex: 1;
  min-width: 0;
  min-height: 2.75rem;
  max-height: 9rem;
  padding: .55rem .75rem;
  border: 1px solid var(--edge);
  border-radius: .5rem;
  background: var(--paper);
  color: inherit;
  font: inherit;
  resize: none;
  field-sizing: content;
}
textarea:focus-visible { outline: 2px solid var(--link); outline-offset: -1px; }
textarea::placeholder { color: var(--soft); opacity: 1; }
form button { display: flex; align-items: center; justify-content: center; flex: none; width: 2.75rem; height: 2.75rem; padding: 0; border-radius: .5rem; }
.send { background: var(--accent); color: var(--on-accent); }
.attach { width: 2rem; margin-left: -.25rem; color: var(--link); }
.attach:hover { background: var(--ground); }

.files { max-height: 40%; overflow-y: auto; background: var(--paper); }
.file { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem .5rem; margin: .5rem .75rem 0; padding: .375rem .625rem; border: 1px solid var(--line); border-radius: .5rem; font-size: .875rem; }
.file span { flex: 1; min-width: 0; overflow-wrap: anywhere; }
.kept { display: flex; align-items: center; gap: .375rem; }
.file button, .kept button { display: flex; padding: .25rem; border-radius: .375rem; }
.file svg, .own svg { width: 1.125rem; height: 1.125rem; }
.file progress { width: 100%; height: .375rem; accent-color: var(--link); }
.file p { flex-basis: 100%; }
.file p:empty { display: none; }
.file.bad p { color: var(--bad); }
.file p + button { padding: .25rem .75rem; background: var(--accent); color: var(--on-accent); }
.dropping .scroller { outline: 3px dashed var(--link); outline-offset: -8px; }

@media (max-width: 30rem), (max-height: 30rem) {
  dialog, :host([position="left"]) dialog { inset: 0; width: 100%; max-width: none; height: 100dvh; max-height: none; border: 0; border-radius: 0; }
}
@media (max-height: 20rem) {
  .head { padding-block: 0; }
  .tools { padding-top: 0; }
}
@media (forced-colors: active) {
  .own, .send, .notice button, .close { border: 1px solid; }
  .head { border-bottom: 1px solid; }
  .rating [aria-pressed="true"] { border: 2px solid Highlight; }
  .dot { background: CanvasText; }
}
@media (prefers-reduced-motion: no-preference) {
  .scroller { scroll-behavior: smooth; }
  dialog[open] { animation: rise .16s ease-out; }
  .dot { animation: blink 1.2s infinite; }
  .dot + .dot { animation-delay: .2s; }
  .dot + .dot + .dot { animation-delay: .4s; }
}
@keyframes rise { from { opacity: 0; transform: translateY(.5rem); } }
@keyframes blink { 50% { opacity: .3; } }
`);
