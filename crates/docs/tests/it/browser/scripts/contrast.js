// Text that is hard to read: its contrast with what is behind it is under 4.5 to 1, or 3 to 1 where it is large (WCAG 2).
const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
const known = new Map();
// The canvas converts a color in any notation to its parts.
const parts = (color) => {
  if (!known.has(color)) {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
    known.set(color, [red, green, blue, alpha / 255]);
  }
  return known.get(color);
};
const over = ([r, g, b, alpha], below) => [r, g, b].map((part, at) => part * alpha + below[at] * (1 - alpha));
const luminance = (color) => {
  const [red, green, blue] = color.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const background = (element) => {
  const below = element.parentElement ? background(element.parentElement) : [255, 255, 255];
  return over(parts(getComputedStyle(element).backgroundColor), below);
};
const faint = (element, color) => {
  const style = getComputedStyle(element);
  const behind = background(element);
  const [one, other] = [over(parts(color), behind), behind].map(luminance);
  const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
  const size = parseFloat(style.fontSize);
  const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
  return contrast < (large ? 3 : 4.5) ? contrast.toFixed(2) : null;
};
const readable = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
  && !element.closest("[aria-hidden=true], :disabled, .unseen, .skip");
const found = new Map();
const note = (element, color, text) => {
  const contrast = faint(element, color);
  if (!contrast) return;
  const kind = `${element.tagName.toLowerCase()}${element.className && `.${element.className}`} (${color})`;
  if (!found.has(kind)) found.set(kind, `${kind}: ${contrast} to 1: ${text.trim().slice(0, 40)}`);
};
for (const element of document.querySelectorAll(arguments[0])) {
  if (!readable(element)) continue;
  const text = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data).join("");
  if (text.trim()) note(element, getComputedStyle(element).color, text);
  if (element.placeholder) note(element, getComputedStyle(element, "::placeholder").color, element.placeholder);
}
return { faint: [...found.values()], background: luminance(background(document.body)) };
