// Small comforts. Every page works without them.
"use strict";

document.documentElement.classList.add("um-js");

const colourOf = (name) => {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
};

const TONES = { primary: "--um-link", muted: "--um-muted", accent: "--um-accent", soft: "--um-bar", good: "--um-good", bad: "--um-bad", warn: "--um-warn" };
const charts = [];

// A day between two days that nobody knows is no line, so it is drawn as a point.
const pointRadius = ({ dataset, dataIndex }) => {
  const known = (index) => dataset.data[index] !== null && dataset.data[index] !== undefined;
  return known(dataIndex) && !known(dataIndex - 1) && !known(dataIndex + 1) ? 2.5 : 0;
};

// What is not certain yet is hatched: the same colour, and told apart without any.
const hatched = (colour) => {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 6;
  const pen = tile.getContext("2d");
  pen.strokeStyle = colour;
  pen.lineWidth = 1.5;
  [[-1, 1, 1, -1], [0, 6, 6, 0], [5, 7, 7, 5]].forEach(([x1, y1, x2, y2]) => { pen.beginPath(); pen.moveTo(x1, y1); pen.lineTo(x2, y2); pen.stroke(); });
  return pen.createPattern(tile, "repeat");
};

const filling = (series) => {
  if (series.tones) return series.tones.map((tone) => colourOf(TONES[tone]));
  const colour = colourOf(TONES[series.tone]);
  return series.hatched ? hatched(colour) : colour;
};

// A bar may float: then its value is a pair, from where to where it goes.
const height = (value) => (Array.isArray(value) ? value[1] - value[0] : value);

// Days to be told apart, without stock for one: shaded behind the lines, from the middle before the first to the middle after the last.
const shadingOf = (content, colour) => ({
  id: "umschlag-shading",
  beforeDatasetsDraw({ ctx, chartArea, scales }) {
    const half = (scales.x.getPixelForValue(1) - scales.x.getPixelForValue(0)) / 2;
    ctx.save();
    ctx.fillStyle = colour;
    (content.shaded || []).forEach(({ from, to }) => {
      const left = Math.max(scales.x.getPixelForValue(from) - half, chartArea.left);
      const right = Math.min(scales.x.getPixelForValue(to) + half, chartArea.right);
      ctx.fillRect(left, chartArea.top, right - left, chartArea.bottom - chartArea.top);
    });
    ctx.restore();
  },
});

// What happened: a letter at the top of its day and a thin line down. Several of a day stand below each other.
const marksOf = (content) => ({
  id: "umschlag-marks",
  afterDatasetsDraw({ ctx, chartArea, scales }) {
    const rows = new Map();
    ctx.save();
    ctx.font = "600 10px Inter, sans-serif";
    ctx.textAlign = "center";
    (content.events || []).forEach(({ at, mark, tone }) => {
      const x = scales.x.getPixelForValue(at);
      const row = rows.get(at) || 0;
      rows.set(at, row + 1);
      ctx.strokeStyle = ctx.fillStyle = colourOf(TONES[tone]);
      ctx.globalAlpha = 0.35;
      ctx.beginPath(); ctx.moveTo(x, chartArea.top); ctx.lineTo(x, chartArea.bottom); ctx.stroke();
      ctx.globalAlpha = 1;
      ctx.fillText(mark, x, chartArea.top + 9 + 11 * row);
    });
    ctx.restore();
  },
});

const happenings = (content, at) => [
  ...(content.events || []).filter((event) => event.at === at).map((event) => event.text),
  ...((content.shaded || []).some(({ from, to }) => from <= at && at <= to) ? [content.shaded_as] : []),
];

/* A chart is {labels, series: [{label, values, tone, …}], currency?, named?, legend?}. Labels are days, or words where it is `named`. A series is a line, or bars
   (kind: "bar"), may be `dashed` or `hatched`, piled up on others (stack: a name), have a tone for each bar (tones), or an axis of its own (axis: "right"). A line may
   go in steps (stepped), over days without a figure (joined), and be the far end of a band (band_to: the place of the near one). `shaded` are runs of days, `events` what
   happened at a day, by their places among the labels. `cents` shows amounts with their minor units. */
const drawChart = (canvas) => {
  const content = JSON.parse(document.getElementById(canvas.dataset.umschlagChart).textContent);
  // English means that of Europe here: the day before the month, as on the rest of the page.
  const language = { en: "en-GB" }[document.documentElement.lang] || document.documentElement.lang || "en-GB";
  const number = content.currency
    ? new Intl.NumberFormat(language, { style: "currency", currency: content.currency, maximumFractionDigits: content.cents ? 2 : 0 })
    : new Intl.NumberFormat(language);
  const day = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", timeZone: "UTC" });
  const written = (label) => (content.named ? label : day.format(new Date(`${label}T00:00:00Z`)));
  const hasRightAxis = content.series.some((series) => series.axis === "right");
  const stacked = content.series.some((series) => series.stack);
  const grid = colourOf("--um-line");
  const text = colourOf("--um-muted");
  const ends = { left: [0, 5], right: [0, 5] };
  content.series.forEach((series) => {
    const end = ends[series.axis === "right" ? "right" : "left"];
    series.values.flat().forEach((value) => { end[0] = Math.min(end[0], value ?? 0); end[1] = Math.max(end[1], value ?? 0); });
  });
  // Both axes leave the same share below zero, so that their zeros are one line.
  const below = hasRightAxis ? Math.max(-ends.left[0] / ends.left[1], -ends.right[0] / ends.right[1]) : 0;
  const span = (end) => (below > 0 ? { min: -below * end[1] * 1.05, max: end[1] * 1.05 } : {});
  const axis = { beginAtZero: true, suggestedMax: 5, border: { display: false }, ticks: { color: text, maxTicksLimit: 6, precision: 0, includeBounds: false, callback: (value) => number.format(value) } };
  Chart.defaults.font.family = "Inter, sans-serif";
  charts.push(new Chart(canvas, {
    type: "line",
    data: {
      labels: content.labels,
      datasets: content.series.map((series) => ({
        label: series.label, data: series.values, type: series.kind || "line", yAxisID: series.axis === "right" ? "right" : "y",
        borderColor: colourOf(TONES[series.tone || "muted"]), backgroundColor: filling(series), stack: series.stack || series.label, borderRadius: series.tones ? 3 : 0,
        borderWidth: series.kind === "bar" ? 0 : 2, borderDash: series.dashed ? [5, 4] : [], pointRadius: series.joined ? 2.5 : pointRadius, pointHitRadius: 12,
        tension: series.joined ? 0 : 0.15, stepped: Boolean(series.stepped), spanGaps: Boolean(series.joined),
        ...(series.band_to === undefined ? {} : { fill: { target: series.band_to }, backgroundColor: colourOf("--um-band") }),
      })),
    },
    plugins: [shadingOf(content, colourOf("--um-shade")), marksOf(content)],
    options: {
      animation: false, responsive: true, maintainAspectRatio: false, interaction: { mode: "index", intersect: false },
      plugins: {
        legend: { display: hasRightAxis || Boolean(content.legend), align: "end", labels: { color: text, boxWidth: 12, boxHeight: 3 } },
        tooltip: { callbacks: { title: (items) => written(items[0].label), label: (item) => `${item.dataset.label}: ${number.format(height(item.raw))}`, footer: (items) => (items.length ? happenings(content, items[0].dataIndex) : []) }, filter: (item) => item.parsed.y !== null && (!item.dataset.stack || height(item.raw) !== 0 || !stacked) },
      },
      scales: {
        x: { stacked, grid: { display: false }, border: { color: grid }, ticks: { color: text, autoSkip: !content.named, maxTicksLimit: content.named ? 20 : 8, maxRotation: content.named ? 45 : 0, callback(value) { return written(this.getLabelForValue(value)); } } },
        y: { ...axis, ...span(ends.left), stacked, grid: { color: grid } },
        ...(hasRightAxis ? { right: { ...axis, ...span(ends.right), position: "right", grid: { display: false } } } : {}),
      },
    },
  }));
};

const drawCharts = () => {
  while (charts.length) charts.pop().destroy();
  document.querySelectorAll("[data-umschlag-chart]").forEach(drawChart);
};

const previewRule = (panel) => {
  const form = document.querySelector("form[id$=_form]");
  const shown = panel.querySelector("[data-umschlag-preview-text]");
  let waiting = 0;
  let newest = 0;
  const ask = async () => {
    const mine = ++newest;
    const answer = await fetch(panel.dataset.umschlagRulePreview, { method: "POST", body: new FormData(form) });
    const found = answer.ok ? await answer.json() : {};
    // An answer that was overtaken by a newer question is dropped.
    if (mine !== newest) return;
    shown.textContent = found.text || found.problem || shown.textContent;
    panel.classList.toggle("um-preview--warn", Boolean(found.problem));
  };
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(ask, 350); };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  ask();
};

// Shows on the button how far a long sending is; the page itself still waits for its end.
const tellProgress = (form, button) => {
  const bar = document.createElement("progress");
  bar.className = "um-progress";
  const ask = async () => {
    const answer = await fetch(form.dataset.umschlagProgress);
    const { text, done, total } = answer.ok ? await answer.json() : {};
    if (!text) return;
    button.textContent = text;
    if (!total) return;
    if (!bar.isConnected) {
      button.before(bar);
      offerEnd(form, button);
    }
    bar.setAttribute("aria-label", text);
    bar.max = total;
    bar.value = done;
  };
  setInterval(() => ask().catch(() => {}), 1000);
};

// Long work that has something to show at any time can be ended without losing it.
const offerEnd = (form, button) => {
  if (!form.dataset.umschlagEnd) return;
  const end = document.createElement("button");
  end.type = "button";
  end.className = "um-button um-button--quiet";
  end.textContent = form.dataset.umschlagEndText;
  end.addEventListener("click", () => {
    end.disabled = true;
    const token = form.elements.csrfmiddlewaretoken.value;
    fetch(form.dataset.umschlagEnd, { method: "POST", headers: { "X-CSRFToken": token } }).catch(() => { end.disabled = false; });
  });
  button.after(end);
};

const addRow = (button) => {
  const rows = button.form.querySelectorAll("[data-umschlag-row]");
  const row = rows[0].cloneNode(true);
  row.querySelectorAll("input").forEach((input) => { input.value = ""; });
  rows[rows.length - 1].after(row);
  row.querySelector("input").focus();
  button.hidden = rows.length + 1 >= Number(button.dataset.umschlagAddRow);
};

// On a telephone a list's rows are cards: their first figure gets its own name, not "select record".
const nameFirstCells = (list) => {
  const head = list.querySelector("thead th");
  list.querySelectorAll("tbody td:first-child").forEach((cell) => {
    if (head && !cell.querySelector("input")) cell.dataset.label = head.innerText.trim();
  });
  list.querySelectorAll("[data-label]").forEach((cell) => {
    const name = cell.dataset.label;
    cell.dataset.label = name.charAt(0).toUpperCase() + name.slice(1);
  });
};

document.addEventListener("DOMContentLoaded", () => {
  if (document.querySelector("[data-umschlag-chart]")) {
    drawCharts();
    new MutationObserver(drawCharts).observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });
  }
  document.querySelectorAll("form[data-umschlag-autosubmit] select").forEach((select) => {
    select.addEventListener("change", () => select.form.requestSubmit());
  });
  // Who types days of his own means these, whatever period was chosen before.
  document.querySelectorAll("[data-umschlag-chooses]").forEach((input) => {
    const [name, value] = input.dataset.umschlagChooses.split("=");
    input.addEventListener("change", () => { input.form.elements[name].value = value; });
  });
  document.querySelectorAll("form[data-umschlag-busy]").forEach((form) => {
    form.addEventListener("submit", () => {
      const button = form.querySelector("button:not([type=button])");
      button.disabled = true;
      button.textContent = form.dataset.umschlagBusy;
      if (form.dataset.umschlagProgress) tellProgress(form, button);
    });
  });
  document.querySelectorAll("[data-umschlag-add-row]").forEach((button) => button.addEventListener("click", () => addRow(button)));
  document.querySelectorAll("#result_list").forEach(nameFirstCells);
  document.querySelectorAll("[data-umschlag-print]").forEach((button) => button.addEventListener("click", () => window.print()));
  document.querySelectorAll("[data-umschlag-rule-preview]").forEach(previewRule);
});
