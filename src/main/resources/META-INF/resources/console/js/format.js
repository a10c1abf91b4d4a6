/* How numbers, times and durations are written. */

/** Two units at most: "12 s", "3 min", "2 h 5 min", "4 d 3 h". */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) {
    return `${whole} s`;
  }
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) {
    return minutes < 2 && whole % 60 ? `${minutes} min ${whole % 60} s` : `${minutes} min`;
  }
  const hours = Math.floor(minutes / 60);
  if (hours < 24) {
    return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  }
  return hours % 24 ? `${Math.floor(hours / 24)} d ${hours % 24} h` : `${hours / 24} d`;
}

export function ago(instant, now) {
  return `${duration((now - Date.parse(instant)) / 1000)} ago`;
}

export function until(instant, now) {
  const seconds = (Date.parse(instant) - now) / 1000;
  return seconds > 0 ? `in ${duration(seconds)}` : "now";
}

/** The time of day; with the day if it is another one. */
export function clock(instant) {
  const moment = new Date(instant);
  const today = moment.toDateString() === new Date().toDateString();
  return today ? moment.toLocaleTimeString() : moment.toLocaleString();
}

/** A latency. */
export function latency(seconds) {
  if (seconds === null || seconds === undefined) {
    return "–";
  }
  if (seconds >= 0.9995) {
    return `${digits(seconds)} s`;
  }
  return `${digits(seconds * 1000)} ms`;
}

/** Three digits that matter: 0.25, 8.3, 41, 1,204. */
export function digits(number) {
  const places = number === 0 || number >= 10 ? 0 : number >= 1 ? 1 : 2;
  return number.toLocaleString("en", { maximumFractionDigits: places });
}

export function count(number, one, many = `${one}s`) {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

/** Names with numbers in the order people expect: chat-2 before chat-10. */
export const inOrder = new Intl.Collator("en", { numeric: true }).compare;

/** A row of the failure table, a cause or a reason, with spaces for its underscores. */
export const words = label => label.toLowerCase().replaceAll("_", " ");
