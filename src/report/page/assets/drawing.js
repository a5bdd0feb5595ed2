// What every chart is drawn with: elements, colours, scales, ticks, numbers. Texts only ever become text nodes.

const SVG = "http://www.w3.org/2000/svg";

const add = (parent, name, attributes, text) => {
  const node = document.createElementNS(SVG, name);
  for (const key in attributes) node.setAttribute(key, attributes[key]);
  if (text !== undefined) node.textContent = text;
  return parent.appendChild(node);
};

const put = (parent, name, className, text) => {
  const node = document.createElement(name);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return parent.appendChild(node);
};

// The colours on paper and on a dark screen; the style sheet chooses.
const paint = (node, colour) => {
  node.style.setProperty("--light", colour[0]);
  node.style.setProperty("--dark", colour[1]);
  return node;
};

const pen = document.createElement("canvas").getContext("2d");
const widthOf = (text) => {
  pen.font = "12px system-ui, sans-serif";
  return pen.measureText(text).width * 1.04;
};

// A text that fits, with the whole of it on hover.
const label = (parent, text, width, attributes) => {
  let shown = text;
  if (widthOf(text) > width) {
    const letters = Array.from(text);
    let [least, most] = [0, letters.length];
    while (least < most) {
      const middle = (least + most + 1) >> 1;
      if (widthOf(letters.slice(0, middle).join("") + "…") <= width) least = middle;
      else most = middle - 1;
    }
    shown = letters.slice(0, least).join("") + "…";
  }
  const node = add(parent, "text", attributes, shown);
  if (shown !== text) add(node, "title", {}, text);
  return node;
};

const trimmed = (text) => (text.includes(".") && !text.includes("e") ? text.replace(/\.?0+$/, "") : text);

// A number as a person reads it: four digits, and an exponent only where it must be.
const number = (value, digits = 4) => {
  const size = Math.abs(value);
  if (value === 0) return "0";
  if (size >= 1e6 || size < 1e-4) return value.toExponential(2).replace(/\.?0+e/, "e").replace("e+", "e");
  return trimmed(size >= 1000 ? value.toFixed(0) : value.toPrecision(digits));
};

// The same in a table, where numbers stand below each other.
const fixed = (value) => {
  const size = Math.abs(value);
  return size >= 1000 || (size < 1e-3 && size > 0) ? number(value) : value.toPrecision(4).replace(/^(-?0\.0*\d{4}).*/, "$1");
};

const shown = (axis, value) =>
  value === null || value === undefined ? "–" : axis.suffix === "%" || axis.points ? value.toFixed(1) + axis.suffix : fixed(value);

// Round steps of 1, 2 or 5; on a logarithmic axis powers of ten, with 2 and 5 where there are few.
const linearTicks = (low, high, most) => {
  const rough = (high - low) / Math.max(most, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((unit) => unit * power).find((unit) => unit >= rough) || rough;
  const ticks = [];
  for (let at = Math.ceil(low / step - 1e-9); at * step <= high + step * 1e-9; at++) ticks.push(at * step);
  return ticks;
};
const logTicks = (low, high, most) => {
  const ticks = [];
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const stride = Math.max(1, Math.ceil((last - first) / Math.max(most, 2)));
  for (let power = first; power <= last; power += stride)
    for (const unit of last - first <= 2 ? [1, 2, 5] : [1]) ticks.push(unit * 10 ** power);
  return ticks.filter((tick) => tick >= low * 0.999 && tick <= high * 1.001);
};

// From numbers to pixels, and back.
const scaleOf = (axis, low, high, from, to) => {
  const turn = axis.log ? Math.log10 : (value) => value;
  const back = axis.log ? (value) => 10 ** value : (value) => value;
  const [a, b] = [turn(low), turn(high)];
  const span = b - a || 1;
  const scale = (value) => from + ((turn(value) - a) / span) * (to - from);
  scale.back = (pixel) => back(a + ((pixel - from) / (to - from)) * span);
  scale.ticks = (most) => (axis.log ? logTicks : linearTicks)(low, high, most);
  [scale.low, scale.high] = [low, high];
  return scale;
};

// Some air around the numbers, none beyond 0 and 100 percent.
const domain = (axis, low, high) => {
  if (!(low <= high)) [low, high] = [0, 1];
  if (axis.log) return low === high ? [low / 2, high * 2] : [low * 0.9, high * 1.1];
  if (low === high) [low, high] = [low - 0.5, high + 0.5];
  const air = (high - low) * 0.05;
  const [floor, ceiling] = axis.suffix === "%" ? [0, 100] : [-Infinity, Infinity];
  return [Math.max(low - air, Math.min(floor, low)), Math.min(high + air, Math.max(ceiling, high))];
};

const SHAPES = {
  circle: (r) => `M${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`,
  square: (r) => `M${-r} ${-r}h${2 * r}v${2 * r}h${-2 * r}z`,
  diamond: (r) => `M0 ${-1.3 * r}L${1.3 * r} 0L0 ${1.3 * r}L${-1.3 * r} 0z`,
  triangle: (r) => `M0 ${-1.3 * r}L${1.2 * r} ${r}H${-1.2 * r}z`,
  cross: (r) => `M${-r} ${-r / 3}h${r * 0.67}v${-r * 0.67}h${r * 0.67}v${r * 0.67}h${r * 0.67}v${r * 0.67}h${-r * 0.67}v${r * 0.67}h${-r * 0.67}v${-r * 0.67}h${-r * 0.67}z`,
};
const mark = (parent, shape, x, y, r, className, colour) =>
  paint(add(parent, "path", { d: SHAPES[shape](r), transform: `translate(${x} ${y})`, class: className }), colour);

const DASHES = { train: "7 4", validation: "1.5 3.5", test: "", rows: "", "for comparison": "10 3 2 3" };
const WIDTHS = { train: 1.5, validation: 1.5, test: 2.2, rows: 0, "for comparison": 1.3 };

// An empty drawing that says what it is.
const canvas = (box, chart, width, height) => {
  const svg = add(box, "svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", class: "chart" });
  svg.setAttribute("aria-label", chart.title);
  return svg;
};
