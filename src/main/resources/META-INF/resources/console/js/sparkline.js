/* Small drawings of the last five minutes. */

import { attribute, svg } from "./dom.js";
import { WINDOW_SECONDS } from "./history.js";

const WIDTH = 300;
const HEIGHT = 40;

/** Values of one history on one scale, the first on top: lines, or bars for what is mostly zero. */
export class Sparkline {
  #lines;
  #floor;

  /**
   * @param names values, drawn with the classes "line-NAME"
   * @param bars which of them are bars
   * @param floor the least that the height stands for, so that noise does not look like a storm
   */
  constructor(names, bars, floor) {
    this.#floor = floor;
    this.#lines = names.map(name => ({
      name,
      drawn: bars.includes(name) ? bar : line,
      path: svg("path", { class: `line-${name}` }),
    }));
    this.element = svg(
      "svg",
      {
        class: "sparkline",
        role: "img",
        viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
        preserveAspectRatio: "none",
      },
      svg("path", { class: "ground", d: `M0 ${HEIGHT - 0.5}H${WIDTH}` }),
      ...this.#lines.toReversed().map(({ path }) => path),
    );
  }

  /** Draws the window that ends now; what it says is for those who do not see it. */
  draw(history, now, says) {
    const most = history.most(
      this.#lines.map(({ name }) => name),
      this.#floor,
    );
    attribute(this.element, "aria-label", says(most));
    for (const { name, drawn, path } of this.#lines) {
      const place = point => placed(point.at, point[name], now, most);
      attribute(
        path,
        "d",
        history
          .runs(name)
          .map(run => drawn(run.map(place)))
          .join(""),
      );
    }
  }
}

function placed(at, value, now, most) {
  const x = WIDTH - ((now - at) / 1000 / WINDOW_SECONDS) * WIDTH;
  const y = HEIGHT - 1.5 - (value / most) * (HEIGHT - 3);
  return { x: x.toFixed(1), y: y.toFixed(1), isZero: value === 0 };
}

/** A point by itself is a line to itself: round ends make it a dot. */
function line(points) {
  const path = points.map(({ x, y }) => `${x} ${y}`);
  return `M${(path.length === 1 ? [path[0], path[0]] : path).join("L")}`;
}

function bar(points) {
  return points
    .filter(point => !point.isZero)
    .map(({ x, y }) => `M${x} ${HEIGHT}V${y}`)
    .join("");
}
