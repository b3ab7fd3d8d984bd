/* Texts whose contrast with what is behind them is below WCAG 2.2, 1.4.3 (AA). */
() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a], under) =>
    [r, g, b].map((c, i) => c * a + under[i] * (1 - a)).concat(1);
  const luminance = (colour) => {
    const [r, g, b] = colour.map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    if (element === null) {
      return rgba(getComputedStyle(document.body).backgroundColor);
    }
    return over(rgba(getComputedStyle(element).backgroundColor), behind(element.parentElement));
  };
  const opacity = (element) =>
    element === null ? 1 : Number(getComputedStyle(element).opacity) * opacity(element.parentElement);
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const faint = [];
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    const isShown = element.checkVisibility({ visibilityProperty: true });
    const isHidden = element.closest(".visually-hidden, .skip-link, script, option, [disabled]");
    if (!texts.currentNode.data.trim() || !isShown || isHidden) {
      continue;
    }
    const style = getComputedStyle(element);
    const ground = behind(element);
    const [r, g, b, a] = rgba(style.color);
    const [dark, light] = [luminance(over([r, g, b, a * opacity(element)], ground)), luminance(ground)]
      .sort((one, other) => one - other);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const contrast = (light + 0.05) / (dark + 0.05);
    if (contrast < (isLarge ? 3 : 4.5)) {
      faint.push(`${texts.currentNode.data.trim()}: ${contrast.toFixed(2)}`);
    }
  }
  return faint;
}
