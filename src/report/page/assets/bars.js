// Bars for names, lengthwise; where the axis need not begin at 0, points joined by a line.

const drawBars = (box, chart, view, width) => {
  const thick = chart.groups.length > 1 && chart.zero ? 9 : 13;
  const pitch = chart.zero ? chart.groups.length * (thick + 1) + 11 : 28;
  const top = 24, bottom = top + chart.names.length * pitch + 4, height = bottom + 38;
  const svg = canvas(box, chart, width, height);
  const names = Math.min(Math.max(...chart.names.map((name) => widthOf(name.name))) + 6, width * 0.36);
  const values = width < 520 ? 52 : 64;

  // Intervals widen the axis, but not without end: those of two seeds would leave nothing to see of the bars.
  const [least, most] = extent(chart.groups.map((group) => group.value).concat([chart.rules]));
  const [lowest, highest] = extent(chart.groups.flatMap((group) => [group.low, group.high]));
  const reach = (most - least || Math.abs(most) || 1) * 1.5;
  const [low, high] = domain(chart.value, Math.max(Math.min(lowest, least), least - reach), Math.min(Math.max(highest, most), most + reach));
  const x = scaleOf(chart.value, low, high, names + 14, width - values - 8);
  for (const tick of x.ticks(Math.max(3, Math.floor((width - names) / 110)))) {
    add(svg, "line", { class: "grid", x1: x(tick), x2: x(tick), y1: top - 4, y2: bottom });
    add(svg, "text", { x: x(tick), y: bottom + 16, "text-anchor": "middle" }, number(tick, 3) + chart.value.suffix);
  }
  label(svg, chart.value.label, width - 10, { x: width - values - 8, y: height - 4, "text-anchor": "end" });
  if (chart.groups.length > 1) key(svg, chart, names + 14);
  for (const rule of chart.rules) add(svg, "line", { class: "axis", x1: x(rule), x2: x(rule), y1: top - 4, y2: bottom });

  chart.names.forEach((name, row) => {
    const y = top + row * pitch;
    const middle = y + pitch / 2;
    label(svg, name.name, names, { x: names, y: middle + 4, "text-anchor": "end", class: "name" });
    const whole = add(svg, "g", { "data-name": name.name });
    const said = chart.groups.filter((group) => group.value[row] !== null).map((group) => {
      const range = group.low[row] === null ? "" : ` (${shown(chart.value, group.low[row])} to ${shown(chart.value, group.high[row])})`;
      return `${chart.groups.length > 1 ? group.role + " " : ""}${shown(chart.value, group.value[row])}${range}`;
    });
    add(whole, "title", {}, `${name.name}: ${said.join(", ")}`);
    add(whole, "rect", { x: names, y, width: width - names, height: pitch, "fill-opacity": 0 });
    const ends = chart.groups.map((group) => group.value[row]).filter((value) => value !== null);
    if (!chart.zero && ends.length > 1)
      paint(add(whole, "path", { class: "line", d: `M${x(ends[0])} ${middle}H${x(ends[1])}`, "stroke-width": 1.2, "stroke-opacity": 0.6 }), name.colour);
    chart.groups.forEach((group, place) => {
      const value = group.value[row];
      if (value === null) return;
      const isTrain = group.role === "train";
      const at = chart.zero ? y + 5 + place * (thick + 1) + thick / 2 : middle;
      if (chart.zero) {
        const [from, to] = [x(0), x(value)].sort((a, b) => a - b);
        const bar = add(whole, "rect", { class: "fill", x: from, y: at - thick / 2, width: Math.max(to - from, 0.5), height: thick, "fill-opacity": isTrain ? 0.4 : 0.85 });
        paint(bar, name.colour);
      }
      if (group.low[row] !== null) {
        const offset = chart.zero || chart.groups.length < 2 ? 0 : isTrain ? -5 : 5;
        const [from, to] = [Math.max(group.low[row], low), Math.min(group.high[row], high)];
        const end = (value, shown) => (value === shown ? `M${x(shown)} ${at + offset - 3}v6` : "");
        const d = `M${x(from)} ${at + offset}H${x(to)}${end(group.low[row], from)}${end(group.high[row], to)}`;
        add(whole, "path", { class: "whisker", d, "stroke-opacity": isTrain ? 0.5 : 1 });
      }
      if (!chart.zero) mark(whole, name.shape, x(value), at, 5, isTrain ? "event" : "fill", name.colour);
    });
    const last = chart.groups[chart.groups.length - 1].value[row];
    if (last !== null) add(svg, "text", { x: width, y: middle + 4, "text-anchor": "end", class: "name" }, shown(chart.value, last));
  });
};

// Which mark is of which rows.
const key = (svg, chart, x) => {
  let at = x;
  for (const group of chart.groups) {
    const isTrain = group.role === "train";
    if (chart.zero) add(svg, "rect", { x: at, y: 4, width: 12, height: 9, class: "fill", "fill-opacity": isTrain ? 0.4 : 0.85, style: "" }).style.setProperty("--light", "#6b7280");
    else mark(svg, "circle", at + 6, 9, 4.5, isTrain ? "event" : "fill", ["#6b7280", "#9aa4b0"]);
    add(svg, "text", { x: at + 17, y: 13 }, group.role);
    at += 28 + widthOf(group.role);
  }
};
