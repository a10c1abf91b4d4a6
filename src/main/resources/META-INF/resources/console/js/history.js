/* What the last minutes were like, point by point, as the router recorded it. */

export const WINDOW_SECONDS = 900;

/** Between two points further apart than this there was no news, and no line. */
const GAP_SECONDS = 15;

/** The parts of a recorded point, in their order. */
const PARTS = ["seconds", "requests", "failed", "p50", "slowest"];

/** Points of time with values by name. */
export class History {
  #points = [];

  /**
   * The recorded points of one endpoint; times without a request are not in it, but were nothing
   * from the beginning of the recording on.
   *
   * @param recorded points as [milliseconds after `from`, seconds, requests, failed, p50, slowest]
   */
  static of(recorded, from, until) {
    const history = new History();
    let before = from;
    for (const [after, ...values] of recorded) {
      const at = from + after;
      const point = Object.fromEntries(PARTS.map((name, i) => [name, values[i]]));
      history.#quiet(before, at - point.seconds * 1000);
      history.add(at, point);
      before = at;
    }
    history.#quiet(before, until);
    return history;
  }

  /** Nothing happened in between: two points draw that. */
  #quiet(from, until) {
    const seconds = (until - from) / 1000;
    if (seconds >= 1) {
      this.add(from + 1, { seconds: 0, requests: 0, failed: 0, quiet: true });
      this.add(until, { seconds: 1, requests: 0, failed: 0, quiet: true });
    }
  }

  /** Takes a point, and forgets those that are out of the window. */
  add(at, values) {
    const per = values.seconds || 1;
    this.#points.push({
      at,
      ...values,
      perSecond: values.requests / per,
      failedPerSecond: values.failed / per,
    });
    const oldest = at - WINDOW_SECONDS * 1000;
    this.#points.splice(
      0,
      this.#points.findIndex(point => point.at >= oldest),
    );
  }

  /** The greatest of some values, at least the floor. */
  most(names, floor) {
    return this.#points.reduce(
      (most, point) => Math.max(most, ...names.map(name => point[name] ?? 0)),
      floor,
    );
  }

  /** Per second, over the last seconds of which there are points. */
  rate(name, seconds) {
    return this.#sum(name, seconds) / (this.#sum("seconds", seconds) || 1);
  }

  #sum(name, seconds) {
    const from = (this.#points.at(-1)?.at ?? 0) - seconds * 1000;
    return this.#points
      .filter(point => point.at > from)
      .reduce((sum, point) => sum + (point[name] ?? 0), 0);
  }

  /** Unbroken runs of points that have the value. */
  runs(name) {
    const runs = [];
    let before = null;
    for (const point of this.#points) {
      if (point[name] === null || point[name] === undefined) {
        continue;
      }
      const quiet = point.quiet && before?.quiet;
      if (!before || (!quiet && point.at - before.at > GAP_SECONDS * 1000)) {
        runs.push([]);
      }
      runs.at(-1).push(point);
      before = point;
    }
    return runs;
  }
}
