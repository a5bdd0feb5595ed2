// Figures of the page: which chart of a figure is shown, which variants and rows, and when they are drawn.

const DRAWERS = { curves: drawCurves, bars: drawBars, heat: drawHeat, ranks: drawRanks };
// Of more variants than this the training and validation lines are asked for, not shown at once.
const FEW = 8;

const page = { clips: 0 };
const charts = new Map(JSON.parse(document.getElementById("chart-data").textContent).map((chart) => [chart.name, chart]));

class Figure {
  constructor(figure) {
    this.charts = figure.dataset.charts.split(" ").map((name) => charts.get(name)).filter(Boolean);
    this.current = 0;
    this.zoom = null;
    this.page = page;
    this.variants = new Map();
    this.roles = new Map();
    for (const chart of this.charts)
      for (const line of chart.series || []) {
        this.variants.set(line.name, this.variants.get(line.name) || line.shown);
        this.roles.set(line.role, true);
      }
    const count = [...this.variants.values()].filter(Boolean).length;
    if (this.roles.has("test") && figure.dataset.charts.startsWith("learning")) {
      if (this.roles.has("validation")) this.roles.set("validation", count <= 2);
      if (this.roles.has("train")) this.roles.set("train", count <= FEW);
    }
    this.box = figure.querySelector(".plot");
    this.switches = put(figure, "div", "switches");
    this.legend = put(figure, "div", "legend");
    figure.insertBefore(this.switches, this.box);
    this.box.after(this.legend);
    this.controls();
    this.draw();
  }

  isShown(line) {
    return this.variants.get(line.name) && this.roles.get(line.role);
  }

  enlarge(range) {
    this.zoom = range;
    this.controls();
    this.draw();
  }

  // Buttons, whose state is told to those who do not see it.
  button(parent, text, isOn, act, description) {
    const button = put(parent, "button", "", text);
    button.type = "button";
    if (isOn !== null) button.setAttribute("aria-pressed", String(isOn));
    if (description) button.title = description;
    button.addEventListener("click", () => {
      const place = [...parent.querySelectorAll("button")].indexOf(button);
      act();
      this.controls();
      this.draw();
      // The row was built anew: who used the keyboard goes on where they were.
      const again = parent.querySelectorAll("button")[place];
      if (again) again.focus();
    });
    return button;
  }

  controls() {
    this.switches.replaceChildren();
    this.legend.replaceChildren();
    if (this.charts.length > 1)
      this.charts.forEach((chart, place) =>
        this.button(this.switches, chart.short, place === this.current, () => { this.current = place; this.zoom = null; }));
    if (this.zoom) this.button(this.switches, "whole range", null, () => { this.zoom = null; });
    if (this.variants.size < 1) return;
    if (this.roles.size > 1) {
      for (const role of this.roles.keys()) {
        const button = this.button(this.legend, undefined, this.roles.get(role), () => this.roles.set(role, !this.roles.get(role)));
        const svg = add(button, "svg", { viewBox: "0 0 26 12", "aria-hidden": "true" });
        add(svg, "line", { x1: 1, x2: 25, y1: 6, y2: 6, stroke: "currentColor", "stroke-width": WIDTHS[role] || 2, "stroke-dasharray": DASHES[role] || "none" });
        put(button, "span", "", role);
      }
      put(this.legend, "span", "gap");
    }
    for (const [name, isOn] of this.variants) {
      const line = this.charts.flatMap((one) => one.series || []).find((one) => one.name === name);
      const button = this.button(this.legend, undefined, isOn, () => this.variants.set(name, !isOn), name);
      button.dataset.name = name;
      swatch(button, line.colour, line.shape);
      put(button, "span", "", name).dir = "auto";
      button.addEventListener("dblclick", () => {
        for (const other of this.variants.keys()) this.variants.set(other, other === name);
        this.controls();
        this.draw();
      });
    }
    if (this.variants.size > 3) {
      const all = (isOn) => () => { for (const name of this.variants.keys()) this.variants.set(name, isOn); };
      this.button(this.legend, "show all", null, all(true));
      this.button(this.legend, "hide all", null, all(false));
    }
  }

  draw() {
    const chart = this.charts[this.current];
    if (!chart) return;
    this.box.replaceChildren();
    DRAWERS[chart.kind](this.box, chart, this, Math.max(this.box.clientWidth, 280));
  }

  // On paper nothing can be clicked: all charts of the figure, one below the other.
  print() {
    this.box.replaceChildren();
    for (const chart of this.charts) {
      if (this.charts.length > 1) put(this.box, "p", "quiet", chart.title);
      DRAWERS[chart.kind](this.box, chart, this, 680);
    }
  }
}

const figures = [...document.querySelectorAll("figure[data-charts]")].map((figure) => new Figure(figure));
let width = document.body.clientWidth;
addEventListener("resize", () => {
  if (document.body.clientWidth !== width) figures.forEach((figure) => figure.draw());
  width = document.body.clientWidth;
});
addEventListener("beforeprint", () => figures.forEach((figure) => figure.print()));
addEventListener("afterprint", () => figures.forEach((figure) => figure.draw()));
