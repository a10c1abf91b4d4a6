/* Arrow keys within a group of links, so that Tab passes hundreds of instances in one step. */

const MOVES = {
  ArrowLeft: (links, at) => at - 1,
  ArrowRight: (links, at) => at + 1,
  ArrowUp: (links, at) => at - perRow(links),
  ArrowDown: (links, at) => at + perRow(links),
  Home: () => 0,
  End: links => links.length - 1,
};

/** Links below the element are one stop of Tab; arrow keys, Home and End go from one to another. */
export function rove(group) {
  group.addEventListener("keydown", event => {
    const links = linksOf(group);
    const at = links.indexOf(event.target);
    const to = at < 0 || event.ctrlKey || event.altKey ? null : MOVES[event.key]?.(links, at);
    if (typeof to === "number" && links[to]) {
      event.preventDefault();
      links[to].focus();
    }
  });
  group.addEventListener("focusin", event => settle(group, event.target));
}

/** Sees to it that exactly one link can be reached by Tab; to be called when links came or went. */
export function settle(group, chosen = null) {
  const links = linksOf(group);
  const stop = links.includes(chosen)
    ? chosen
    : (links.find(link => link.tabIndex === 0) ?? links[0]);
  for (const link of links) {
    const index = link === stop ? 0 : -1;
    if (link.tabIndex !== index || !link.hasAttribute("tabindex")) {
      link.tabIndex = index;
    }
  }
}

const linksOf = group => [...group.querySelectorAll("a")];

function perRow(links) {
  const below = links.findIndex(link => link.offsetTop > links[0].offsetTop);
  return below < 0 ? links.length : below;
}
