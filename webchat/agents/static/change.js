/** The page of a proposed change: previews it as the widget shows it, follows its trial, and tries sentences. */

import { $, make, word } from "./dom.js";
import { post } from "./api.js";
import { prose } from "./widget/prose.js";

const PAUSE = 1500; // milliseconds between two looks at a trial
const question = $("#question");
const answer = $("#answer");

function preview() {
  $(".bubble .asked").textContent = question.value;
  $(".preview").replaceChildren(...prose(answer.value));
}

async function follow() {
  const response = await fetch($("[data-trial]").dataset.trial);
  const { status, progress } = response.ok ? await response.json() : {};
  if (status !== "running") return location.reload();
  if (progress) $("[data-running] .step").textContent = [word(progress.split(/[ ,]/)[0]), ...(progress.match(/\d+ of \d+/) ?? [])].join(" ").replace(" of ", "/");
  setTimeout(follow, PAUSE);
}

async function tried(event) {
  event.preventDefault();
  const { empty, failed } = event.target.dataset;
  const text = $("#sentence").value.trim();
  if (!text) return $(".tried").replaceChildren(make("p", empty));
  try {
    const { needs } = await post($("[data-trial]").dataset.trial, { text });
    $(".tried").replaceChildren(...needs.flatMap(told));
  } catch {
    $(".tried").replaceChildren(make("p", failed));
  }
}

function told({ outcome, entries }) {
  return [make("p", make("strong", word(outcome))), ...entries.map(bubble)];
}

function bubble({ id, question, answer }) {
  const asked = make("p", `${id} ${question}`);
  asked.className = "asked";
  const box = make("div", asked, ...prose(answer ?? ""));
  box.className = "bubble";
  return box;
}

question.addEventListener("input", preview);
answer.addEventListener("input", preview);
$(".try")?.addEventListener("submit", tried);
$(".try button")?.removeAttribute("disabled"); // before, Enter would only load the page anew
if ($("[data-running]")) follow();
preview();
