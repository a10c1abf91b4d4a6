/**
 * Puts server-sent events together from pieces that may end anywhere, also within a line, a line's
 * end or a character. Only the data of an event is of interest here.
 */
export class EventReader {
  static #MOST = 1 << 20;

  #decoder = new TextDecoder();
  #text = "";
  #data = [];

  /** Takes a piece, as bytes, and returns the data of the events that it completes. */
  push(piece) {
    this.#text += this.#decoder.decode(piece, { stream: true });
    const events = [];
    for (let line = this.#nextLine(); line !== null; line = this.#nextLine()) {
      this.#take(line, events);
    }
    if (this.#text.length > EventReader.#MOST) {
      throw new Error(
        `A line of the answer is too long (expected: at most ${EventReader.#MOST} characters).`,
      );
    }
    return events;
  }

  /** A line ends with \n, \r\n or \r; whether a \r at the end is half of a \r\n is known later. */
  #nextLine() {
    const end = this.#text.search(/\r\n|\n|\r(?!$)/);
    if (end < 0) {
      return null;
    }
    const line = this.#text.slice(0, end);
    this.#text = this.#text.slice(end + (this.#text.startsWith("\r\n", end) ? 2 : 1));
    return line;
  }

  #take(line, events) {
    if (line !== "") {
      const [, value] = /^data: ?(.*)$/s.exec(line) ?? [];
      if (value !== undefined) {
        this.#data.push(value);
      }
    } else if (this.#data.length > 0) {
      events.push(this.#data.join("\n"));
      this.#data = [];
    }
  }
}
