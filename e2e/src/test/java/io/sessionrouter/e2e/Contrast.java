package io.sessionrouter.e2e;

import java.util.List;

/** Finds text on a page that stands out too little from what is behind it. */
final class Contrast {
  /** The ratio that WCAG 2 asks for at level AA; what cannot be used now is exempt there, too. */
  private static final double LEAST = 4.5;

  private Contrast() {}

  static List<?> tooLow(Browser browser) {
    return (List<?>)
        browser.run(
            """
            const parts = color => color.match(/[\\d.]+/g).map(Number);
            const light = color => {
              const [r, g, b] = parts(color).map(part => part / 255)
                .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
              return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            };
            const opaque = color => (parts(color)[3] ?? 1) === 1;
            const behind = found => {
              const color = getComputedStyle(found).backgroundColor;
              return opaque(color) || !found.parentElement ? color : behind(found.parentElement);
            };
            const ratio = found => {
              const [a, b] = [light(getComputedStyle(found).color), light(behind(found))];
              return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            };
            return [...document.body.querySelectorAll('*')]
              .filter(found => found.checkVisibility() && !found.closest(':disabled'))
              .filter(found => [...found.childNodes].some(node =>
                node.nodeType === Node.TEXT_NODE && node.data.trim()))
              .filter(found => ratio(found) < arguments[0])
              .map(found => `${found.textContent}: ${ratio(found).toFixed(2)}`);
            """,
            LEAST);
  }
}
