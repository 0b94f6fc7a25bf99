/** Draws each table of the report above it: the first column names the rows, each other column of numbers is a series. */

/* global Chart */
(() => {
  const LIGHT = ["#1d4f8c", "#c26a00", "#3c7d4f", "#8a3b8f", "#a8312c", "#4d5663"];
  const DARK = ["#7fb2ee", "#f0b040", "#7cc793", "#d79adb", "#ff8f8a", "#c3c9d2"];
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const drawn = [];

  function draw() {
    const style = getComputedStyle(document.documentElement);
    Object.assign(Chart.defaults, { color: style.getPropertyValue("--ink"), borderColor: style.getPropertyValue("--line") });
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    Chart.defaults.animation = false;
    drawn.splice(0).forEach((chart) => chart.destroy());
    for (const table of document.querySelectorAll("table[data-chart]")) {
      const canvas = table.closest("section").querySelector("canvas");
      if (canvas) drawn.push(new Chart(canvas, chartOf(table)));
    }
  }

  function chartOf(table) {
    const kind = table.dataset.chart;
    const rows = [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.textContent));
    const names = rows.map(([name]) => name);
    const data = { labels: names.map(short), datasets: series(table, rows, kind) };
    const models = modelsOf(table, names);
    if (models) data.datasets.push(models);
    return { type: "bar", data, options: options(kind) };
  }

  /** A day as 26/11; other names as they are. */
  function short(name) {
    return name.replace(/^\d{4}-(\d\d)-(\d\d)$/, "$2/$1");
  }

  function series(table, rows, kind) {
    const colours = dark.matches ? DARK : LIGHT;
    const heads = [...table.tHead.rows[0].cells];
    const numbers = heads.map((head, column) => column).filter((column) => heads[column].classList.contains("figure"));
    return numbers.map((column, index) => {
      const time = kind === "bars" && index === numbers.length - 1;
      return {
        label: heads[column].textContent,
        data: rows.map((row) => (row[column] === "–" ? null : Number(row[column]))),
        backgroundColor: colours[index],
        borderColor: colours[index],
        maxBarThickness: 28,
        order: 1,
        ...(time ? { type: "line", yAxisID: "time", spanGaps: true, order: 0 } : {}),
      };
    });
  }

  /** The days on which a model was first used, as marks on the axis of days. */
  function modelsOf(table, days) {
    const found = [...table.closest("section").querySelectorAll("[data-model]")];
    if (!found.length) return null;
    const ink = dark.matches ? "#ff9c94" : "#a3231f";
    const named = days.map((day) => found.filter(({ dataset }) => dataset.day === day).map(({ dataset }) => dataset.model));
    return {
      type: "line",
      label: table.dataset.marks,
      data: named.map(({ length }) => (length ? 0 : null)),
      models: named,
      stack: "models",
      showLine: false,
      pointStyle: "triangle",
      pointRadius: 8,
      pointHoverRadius: 10,
      backgroundColor: ink,
      borderColor: ink,
      clip: false,
      order: 0,
    };
  }

  function options(kind) {
    const across = kind === "across";
    const stacked = kind === "stacked";
    const values = { stacked, beginAtZero: true, ticks: { precision: 0 } };
    const names = { stacked, grid: { display: false }, ticks: { maxRotation: 0, autoSkip: !across } };
    const scales = across ? { x: values, y: names } : { x: names, y: values };
    if (kind === "bars") scales.time = { position: "right", beginAtZero: true, grid: { display: false } };
    return {
      scales,
      indexAxis: across ? "y" : "x",
      maintainAspectRatio: false,
      interaction: { mode: "index", axis: across ? "y" : "x", intersect: false },
      plugins: {
        legend: { position: "bottom", labels: { usePointStyle: true } },
        tooltip: { callbacks: { label } },
      },
    };
  }

  function label({ dataset, dataIndex, formattedValue }) {
    return `${dataset.label}: ${dataset.models ? dataset.models[dataIndex].join(", ") : formattedValue}`;
  }

  dark.addEventListener("change", draw);
  draw();
})();
