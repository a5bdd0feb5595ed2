// Lines over numbers: bands, lines, marks, and the values of all variants under the pointer.

const nearest = (values, wanted) => {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (Math.abs(values[i] - wanted) < Math.abs(values[best] - wanted)) best = i;
  return best;
};

const extent = (lists) => {
  let [low, high] = [Infinity, -Infinity];
  for (const list of lists)
    for (const value of list)
      if (value !== null) {
        if (value < low) low = value;
        if (value > high) high = value;
      }
  return [low, high];
};

const drawCurves = (box, chart, view, width) => {
  const height = width < 520 ? 270 : 370;
  const svg = canvas(box, chart, width, height);
  const lines = chart.series.filter((line) => view.isShown(line));
  const drawn = lines.length ? lines : chart.series;

  const whole = extent(drawn.map((line) => line.x));
  const [left, right] = view.zoom || (whole[0] === whole[1] ? domain(chart.x, ...whole) : whole);
  const within = (line, list) => list.filter((_, i) => line.x[i] >= left && line.x[i] <= right);
  let [low, high] = extent(drawn.map((line) => within(line, line.y)));
  // Bands widen the axis, but at most by as much again: a wide one must not flatten the lines.
  const banded = drawn.filter((line) => line.low);
  const [bandLow, bandHigh] = extent(banded.flatMap((line) => [within(line, line.low), within(line, line.high)]));
  // The first steps of training may be many times as far as all that follows: they run out of the picture.
  if (chart.name.startsWith("learning-curve") && !view.zoom && !chart.y.log) {
    const late = left + (right - left) * 0.04;
    const [least, most] = extent(drawn.map((line) => line.y.filter((_, i) => line.x[i] >= late)));
    if (high - most > 1.2 * (most - least)) high = most + (most - least) * 0.25;
    if (least - low > 1.2 * (most - least)) low = least - (most - least) * 0.25;
  }
  const reach = chart.y.log ? 0 : (high - low) * 0.5;
  if (bandLow < low) low = Math.max(bandLow, low - reach);
  if (bandHigh > high) high = Math.min(bandHigh, high + reach);
  for (const rule of chart.rules) [low, high] = [Math.min(low, rule), Math.max(high, rule)];
  if (!chart.y.log && low > 0 && low < high * 0.35) low = 0;
  [low, high] = domain(chart.y, low, high);
  if (!chart.y.log && chart.rules.length === 0 && low < 0 && extent(drawn.map((line) => line.y))[0] >= 0) low = 0;

  const top = 26, bottom = height - 40;
  const probe = scaleOf(chart.y, low, high, bottom, top);
  const tickText = (axis, value) => number(value, 3) + axis.suffix;
  const margin = Math.ceil(Math.max(...probe.ticks(6).map((tick) => widthOf(tickText(chart.y, tick))))) + 12;
  const x = scaleOf(chart.x, left, right, margin, width - 14);
  const y = probe;

  for (const tick of y.ticks(6)) {
    add(svg, "line", { class: "grid", x1: margin, x2: width - 14, y1: y(tick), y2: y(tick) });
    add(svg, "text", { x: margin - 8, y: y(tick) + 4, "text-anchor": "end" }, tickText(chart.y, tick));
  }
  for (const tick of x.ticks(Math.max(3, Math.floor(width / 90)))) {
    add(svg, "line", { class: "axis", x1: x(tick), x2: x(tick), y1: bottom, y2: bottom + 4 });
    add(svg, "text", { x: x(tick), y: bottom + 18, "text-anchor": "middle" }, tickText(chart.x, tick));
  }
  add(svg, "line", { class: "axis", x1: margin, x2: width - 14, y1: bottom, y2: bottom });
  label(svg, chart.y.label, width - 10, { x: 0, y: 13 });
  label(svg, chart.x.label, width - margin, { x: width - 14, y: height - 6, "text-anchor": "end" });
  for (const rule of chart.rules)
    if (rule > low && rule < high) add(svg, "line", { class: "rule", x1: margin, x2: width - 14, y1: y(rule), y2: y(rule) });

  const clip = `clip-${++view.page.clips}`;
  add(add(svg, "clipPath", { id: clip }), "rect", { x: margin, y: top - 6, width: Math.max(width - 14 - margin, 1), height: bottom - top + 7 });
  const inside = add(svg, "g", { "clip-path": `url(#${clip})` });
  const at = (value) => Math.round(value * 10) / 10;
  // Many bands upon each other must not become a wall.
  const faint = Math.max(0.03, 0.45 / (lines.filter((line) => line.low).length + 2));
  for (const line of lines.filter((line) => line.low)) {
    const up = line.x.map((value, i) => `${at(x(value))} ${at(y(line.high[i] === null ? line.y[i] : line.high[i]))}`);
    const down = line.x.map((value, i) => `${at(x(value))} ${at(y(Math.max(line.low[i] === null ? line.y[i] : line.low[i], chart.y.log ? low : -Infinity)))}`);
    const d = `M${up.join("L")}L${down.reverse().join("L")}Z`;
    const band = add(inside, "path", { class: "fill band", d, "fill-opacity": line.role === "test" ? faint : faint / 2, "data-name": line.name, "data-role": line.role });
    paint(band, line.colour);
  }
  for (const line of lines) {
    if (line.x.length === 1 && line.low && line.low[0] !== null)
      paint(add(inside, "path", { class: "line", d: `M${at(x(line.x[0]))} ${at(y(line.low[0]))}V${at(y(line.high[0]))}`, "stroke-width": 1.3 }), line.colour);
    if (line.role !== "rows") {
      const d = "M" + line.x.map((value, i) => `${at(x(value))} ${at(y(line.y[i]))}`).join("L");
      const path = add(inside, "path", { class: "line", d, "stroke-width": WIDTHS[line.role], "data-name": line.name, "data-role": line.role });
      if (DASHES[line.role]) path.setAttribute("stroke-dasharray", DASHES[line.role]);
      paint(path, line.colour);
    }
    // Variants beyond the colours are told apart by marks along their lines.
    const stride = line.marks ? 1 : line.shape === "circle" || line.role !== "test" ? 0 : Math.max(1, Math.floor(line.x.length / 9));
    if (stride) for (let i = 0; i < line.x.length; i += stride) mark(svg, line.shape, x(line.x[i]), y(line.y[i]), line.role === "test" ? 3.5 : 2.6, line.role === "train" ? "event" : "fill", line.colour);
    for (const [kind, ex, ey] of line.events)
      if (ex >= left && ex <= right && ey >= low && ey <= high) {
        const node = mark(svg, kind === "best epoch" ? "circle" : "triangle", x(ex), y(ey), 5, "event", line.colour);
        add(node, "title", {}, `${line.name}: ${kind} ${number(ex)}`);
      }
  }
  inspect(box, svg, chart, view, lines, { x, y, margin, top, bottom, width, height, left, right });
};

// The crosshair with the values of all variants, by pointer or arrow keys; a stretch that is dragged over is enlarged.
const inspect = (box, svg, chart, view, lines, frame) => {
  if (!lines.length) return;
  const { x, margin, top, bottom, width } = frame;
  const longest = lines.reduce((a, b) => (b.x.length > a.x.length ? b : a));
  const hair = add(svg, "line", { class: "hair", y1: top - 6, y2: bottom, visibility: "hidden" });
  const zone = add(svg, "rect", { class: "zoom", y: top - 6, height: bottom - top + 6, visibility: "hidden" });
  let tip = null, place = -1, from = null;

  const hide = () => {
    hair.setAttribute("visibility", "hidden");
    if (tip) tip.remove();
    tip = null;
  };
  const show = (index, pointerY) => {
    place = index;
    const value = longest.x[index];
    hair.setAttribute("x1", x(value));
    hair.setAttribute("x2", x(value));
    hair.setAttribute("visibility", "visible");
    if (!tip) tip = put(box, "div", "tip");
    tip.replaceChildren();
    tip.setAttribute("role", "status");
    fillTip(tip, chart, lines, value, frame, pointerY);
    const share = svg.clientWidth / width;
    const onLeft = x(value) > width * 0.55;
    tip.style.left = onLeft ? "auto" : `${x(value) * share + 14}px`;
    tip.style.right = onLeft ? `${box.clientWidth - x(value) * share + 14}px` : "auto";
    tip.style.top = `${top * share}px`;
  };
  const position = (event) => {
    const area = svg.getBoundingClientRect();
    return [((event.clientX - area.left) * width) / area.width, ((event.clientY - area.top) * width) / area.width];
  };
  svg.addEventListener("pointermove", (event) => {
    const [px, py] = position(event);
    if (from !== null && Math.abs(px - from) > 4) {
      zone.setAttribute("x", Math.max(margin, Math.min(px, from)));
      zone.setAttribute("width", Math.abs(Math.min(Math.max(px, margin), width - 14) - from));
      zone.setAttribute("visibility", "visible");
    }
    show(nearest(longest.x, x.back(Math.min(Math.max(px, margin), width - 14))), py);
  });
  svg.addEventListener("pointerleave", hide);
  svg.addEventListener("pointerdown", (event) => { if (event.pointerType === "mouse") from = position(event)[0]; });
  svg.addEventListener("pointerup", (event) => {
    const to = position(event)[0];
    if (from !== null && Math.abs(to - from) > 12) {
      const [a, b] = [x.back(Math.max(margin, Math.min(from, to))), x.back(Math.min(width - 14, Math.max(from, to)))];
      if (longest.x.filter((value) => value >= a && value <= b).length > 1) view.enlarge([a, b]);
    }
    from = null;
    zone.setAttribute("visibility", "hidden");
  });
  svg.addEventListener("dblclick", () => view.enlarge(null));
  svg.setAttribute("tabindex", "0");
  svg.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) {
      show(Math.min(Math.max(place + step, 0), longest.x.length - 1));
      event.preventDefault();
    } else if (event.key === "Escape") hide();
  });
  svg.addEventListener("blur", hide);
};

const ROWS_IN_TIP = 14;

const fillTip = (tip, chart, lines, value, frame, pointerY) => {
  const table = put(tip, "table");
  const roles = ["train", "validation", "test", "for comparison"].filter((role) => lines.some((line) => line.role === role));
  const head = put(put(table, "thead"), "tr");
  put(head, "th", "", `${chart.x.label.split(".").pop()} ${number(value)}${chart.x.suffix}`);
  for (const role of roles) put(head, "th", "", roles.length > 1 ? role : "");
  const rows = new Map();
  for (const line of lines) {
    const i = nearest(line.x, value);
    const reach = line.x.length > 1 ? Math.abs(line.x[line.x.length - 1] - line.x[0]) / (line.x.length - 1) : 0;
    if (Math.abs(line.x[i] - value) > reach * 1.5 + 1e-12) continue;
    if (!rows.has(line.name)) rows.set(line.name, { line, values: {} });
    rows.get(line.name).values[line.role] = line.y[i];
  }
  const distance = (row) => Math.min(...Object.values(row.values).map((one) => Math.abs(frame.y(one) - (pointerY || 0))));
  let list = [...rows.values()];
  const more = list.length - ROWS_IN_TIP;
  if (more > 0) list = list.sort((a, b) => distance(a) - distance(b)).slice(0, ROWS_IN_TIP);
  const body = put(table, "tbody");
  for (const { line, values } of list) {
    const row = put(body, "tr");
    const name = put(row, "td");
    swatch(name, line.colour, line.shape);
    put(name, "bdi", "", line.name);
    for (const role of roles) put(row, "td", "", role in values ? shown(chart.y, values[role]) : "");
  }
  if (more > 0) put(put(body, "tr"), "td", "quiet", `and ${more} more`);
};

const swatch = (parent, colour, shape) => {
  const svg = add(parent, "svg", { class: "swatch", viewBox: "-6 -6 12 12", "aria-hidden": "true" });
  mark(svg, shape, 0, 0, 4.5, "fill", colour);
};
