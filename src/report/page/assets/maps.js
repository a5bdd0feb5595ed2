// A figure by two values as a map of colours, and average ranks on a line.

const RAMP = [[247, 251, 255], [158, 202, 225], [66, 146, 198], [8, 69, 148]];
const ramp = (share) => {
  const place = Math.min(Math.max(share, 0), 1) * (RAMP.length - 1);
  const first = Math.min(Math.floor(place), RAMP.length - 2);
  return RAMP[first].map((part, i) => Math.round(part + (RAMP[first + 1][i] - part) * (place - first)));
};
const isDark = ([r, g, b]) => 0.299 * r + 0.587 * g + 0.114 * b < 140;

const drawHeat = (box, chart, view, width) => {
  const names = Math.min(Math.max(...chart.rows.map(widthOf)) + 14, width * 0.3);
  const across = (width - names - 8) / chart.columns.length;
  const tall = Math.min(Math.max(across * 0.6, 24), 44);
  const top = 26, bottom = top + chart.rows.length * tall, height = bottom + 66;
  const svg = canvas(box, chart, width, height);
  label(svg, chart.y, width - 10, { x: 0, y: 13 });
  const [low, high] = extent(chart.cells);
  chart.rows.forEach((row, place) => {
    // The first value is at the bottom.
    const y = bottom - (place + 1) * tall;
    label(svg, row, names - 10, { x: names - 8, y: y + tall / 2 + 4, "text-anchor": "end" });
    chart.cells[place].forEach((value, column) => {
      const x = names + column * across;
      const group = add(svg, "g", {});
      if (value === null) {
        add(group, "rect", { x, y, width: across - 1, height: tall - 1, fill: "none", stroke: "currentColor", "stroke-opacity": 0.15 });
        return;
      }
      const colour = ramp(high > low ? (value - low) / (high - low) : 0.3);
      add(group, "rect", { x, y, width: across - 1, height: tall - 1, fill: `rgb(${colour})` });
      add(group, "title", {}, `${chart.x} ${chart.columns[column]}, ${chart.y} ${row}: ${shown(chart.value, value)}`);
      const text = shown(chart.value, value).replace("%", "");
      if (widthOf(text) + 4 < across) add(group, "text", { x: x + across / 2, y: y + tall / 2 + 4, "text-anchor": "middle", style: "" }, text).style.fill = isDark(colour) ? "#fff" : "#1b1f24";
    });
  });
  const every = Math.ceil((Math.max(...chart.columns.map(widthOf)) + 8) / across);
  chart.columns.forEach((column, place) => {
    if (place % every === 0) label(svg, column, across * every, { x: names + (place + 0.5) * across, y: bottom + 16, "text-anchor": "middle" });
  });
  label(svg, chart.x, width - names, { x: width - 8, y: bottom + 33, "text-anchor": "end" });
  for (let i = 0; i < 40; i++) add(svg, "rect", { x: names + i * 3, y: bottom + 44, width: 3.5, height: 9, fill: `rgb(${ramp(i / 39)})` });
  add(svg, "text", { x: names + 126, y: bottom + 53 }, `${shown(chart.value, low)} to ${shown(chart.value, high)}: ${chart.value.label}`);
};

const drawRanks = (box, chart, view, width) => {
  const order = chart.names.map((_, i) => i).sort((a, b) => chart.names[a].rank - chart.names[b].rank);
  const half = Math.ceil(order.length / 2);
  const bars = 56 + chart.groups.length * 9;
  const height = bars + half * 24 + 20;
  const svg = canvas(box, chart, width, height);
  const side = Math.min(Math.max(...chart.names.map((one) => widthOf(one.name))) + 46, width * 0.32);
  const x = scaleOf({}, 1, Math.max(chart.names.length, 2), side, width - side);
  const axis = 46;
  add(svg, "line", { class: "axis", x1: side, x2: width - side, y1: axis, y2: axis });
  for (let rank = 1; rank <= chart.names.length; rank++) {
    add(svg, "line", { class: "axis", x1: x(rank), x2: x(rank), y1: axis - 5, y2: axis });
    add(svg, "text", { x: x(rank), y: axis - 9, "text-anchor": "middle" }, rank);
  }
  const span = Math.min(x(1 + chart.critical) - x(1), width - 2 * side);
  add(svg, "path", { class: "whisker", d: `M${side} 16h${span}m0 -4v8M${side} 12v8` });
  add(svg, "text", { x: side + span + 8, y: 20 }, `critical difference ${chart.critical.toFixed(2)}`);
  chart.groups.forEach((group, place) => {
    const ranks = group.map((i) => chart.names[i].rank);
    const y = axis + 9 + place * 9;
    add(svg, "line", { class: "joint", x1: x(Math.min(...ranks)) - 4, x2: x(Math.max(...ranks)) + 4, y1: y, y2: y });
  });
  order.forEach((i, place) => {
    const one = chart.names[i];
    const isLeft = place < half;
    const y = bars + (isLeft ? place : order.length - 1 - place) * 24 + 14;
    const end = isLeft ? side - 6 : width - side + 6;
    paint(add(svg, "path", { class: "line", d: `M${x(one.rank)} ${axis}V${y}H${end}`, "stroke-width": 1.4 }), one.colour);
    const text = `${one.name} ${one.rank.toFixed(2)}`;
    label(svg, text, side - 10, { x: isLeft ? side - 10 : width - side + 10, y: y + 4, "text-anchor": isLeft ? "end" : "start", class: "name" });
  });
};
