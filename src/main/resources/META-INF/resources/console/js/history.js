/* What the last five minutes were like, point by point. */

export const WINDOW_SECONDS = 300;

/** Between two points further apart than this there was no news, and no line. */
const GAP_SECONDS = 4;

/** Points of time with values by name. */
export class History {
  #points = [];

  /** Takes a point, and forgets those that are out of the window. */
  add(at, values) {
    this.#points.push({ at, ...values });
    const oldest = at - WINDOW_SECONDS * 1000;
    this.#points.splice(
      0,
      this.#points.findIndex(point => point.at >= oldest),
    );
  }

  clear() {
    this.#points = [];
  }

  /** The greatest of some values, at least the floor. */
  most(names, floor) {
    return this.#points.reduce(
      (most, point) => Math.max(most, ...names.map(name => point[name] ?? 0)),
      floor,
    );
  }

  /** Added up over the last seconds. */
  sum(name, seconds) {
    return this.#last(seconds).reduce((sum, point) => sum + (point[name] ?? 0), 0);
  }

  /** Per second, over the last seconds of which there are points. */
  rate(name, seconds) {
    return this.sum(name, seconds) / (this.sum("seconds", seconds) || 1);
  }

  /** The newest value of the last seconds, or null. */
  newest(name, seconds) {
    return this.#last(seconds).findLast(point => typeof point[name] === "number")?.[name] ?? null;
  }

  /** Counts by name, added up over the last seconds, the greatest first. */
  tally(name, seconds) {
    const sums = new Map();
    for (const point of this.#last(seconds)) {
      for (const [key, count] of Object.entries(point[name] ?? {})) {
        sums.set(key, (sums.get(key) ?? 0) + count);
      }
    }
    return [...sums].sort((a, b) => b[1] - a[1]);
  }

  #last(seconds) {
    const from = (this.#points.at(-1)?.at ?? 0) - seconds * 1000;
    return this.#points.filter(point => point.at > from);
  }

  /** Unbroken runs of points that have the value. */
  runs(name) {
    const runs = [];
    let before = null;
    for (const point of this.#points) {
      if (point[name] === null || point[name] === undefined) {
        continue;
      }
      if (!before || point.at - before.at > GAP_SECONDS * 1000) {
        runs.push([]);
      }
      runs.at(-1).push(point);
      before = point;
    }
    return runs;
  }
}
