// Return each visible text and mark of the page with its contrast and the contrast that WCAG 2 requires.
const parts = (text) => {
  const numbers = text.match(/[0-9.]+/g).map(Number);
  return { colour: numbers.slice(0, 3), alpha: numbers.length > 3 ? numbers[3] : 1 };
};
const luminance = ({ colour }) => {
  const [red, green, blue] = colour.map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const ratio = (one, other) => {
  const [light, dark] = [luminance(parts(one)), luminance(parts(other))].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
};
const paper = (element) => {
  for (let one = element; one; one = one.parentElement) {
    const colour = getComputedStyle(one).backgroundColor;
    if (parts(colour).alpha === 1) return colour;
    if (parts(colour).alpha > 0) throw new Error(`half transparent: ${one.className}`);
  }
  throw new Error("no background");
};
const style = (element, part) => getComputedStyle(element, part);
const seen = (element) => element.checkVisibility({ contentVisibilityAuto: false, visibilityProperty: true });
const name = (element) => `${element.tagName}.${element.className.baseVal ?? element.className}`;
const found = [];
const measure = (what, element, colour, against, needed) =>
  found.push({ what: `${what} ${name(element)}`, ratio: ratio(colour, against), needed, colours: [colour, against] });

const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  if (!walker.currentNode.textContent.trim() || ["SCRIPT", "STYLE"].includes(element.tagName) || !seen(element)) continue;
  measure("text", element, element.closest("svg") ? style(element).fill : style(element).color, paper(element), 4.5);
}
const each = (css, work) => [...document.querySelectorAll(css)].filter(seen).forEach(work);
each("input", (field) => measure("placeholder", field, style(field, "::placeholder").color, paper(field), 4.5));
each("svg.icon", (icon) => measure("icon", icon, style(icon).stroke, paper(icon), 3));
each("svg.bar .track", (track) => measure("outline", track, style(track).stroke, paper(track), 3));
each("svg.bar .fill", (fill) => {
  measure("fill on card", fill, style(fill).fill, paper(fill), 3);
  measure("fill on track", fill, style(fill).fill, style(fill.parentNode.querySelector(".track")).fill, 3);
});
each("svg.bar use", (use) => {
  const tick = document.querySelector("#ticks .tick");
  measure("tick on its halo", use, style(tick).fill, style(document.querySelector("#ticks .halo")).fill, 3);
  measure("tick on track", use, style(tick).fill, style(use.parentNode.querySelector(".track")).fill, 3);
});
each("input, select, button, .old", (box) => {
  measure("border outside", box, style(box).borderTopColor, paper(box.parentElement), 3);
  measure("border inside", box, style(box).borderTopColor, paper(box), 3);
});
each("summary", (summary) => measure("arrow", summary, style(summary, "::before").borderRightColor, paper(summary), 3));
each("a", (link) => measure("underline", link, style(link).textDecorationColor, paper(link), 3));
return found;
