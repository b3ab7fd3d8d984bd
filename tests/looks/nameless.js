/* Controls without a name, ids given twice, references that lead nowhere, headings that skip. */
() => {
  const wrong = [];
  const nameOf = (element) =>
    element.ariaLabel ||
    [...(element.labels ?? [])].map((label) => label.innerText).join("") ||
    (element.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join("") ||
    element.textContent;
  for (const element of document.querySelectorAll("input:not([type=hidden]), textarea, select, button, a, [role=region], [role=log]")) {
    if (!nameOf(element).trim()) {
      wrong.push(`no name: ${element.outerHTML.slice(0, 90)}`);
    }
  }
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  ids.filter((id, i) => ids.indexOf(id) !== i).forEach((id) => wrong.push(`twice: #${id}`));
  for (const attribute of ["for", "aria-labelledby", "aria-describedby", "popovertarget", "list"]) {
    for (const element of document.querySelectorAll(`[${attribute}]`)) {
      for (const id of element.getAttribute(attribute).split(" ")) {
        if (!ids.includes(id)) {
          wrong.push(`${attribute} leads nowhere: ${id}`);
        }
      }
    }
  }
  const levels = [...document.querySelectorAll("main :is(h1, h2, h3, h4)")]
    .filter((heading) => heading.checkVisibility())
    .map((heading) => Number(heading.tagName[1]));
  if (levels.filter((level) => level === 1).length !== 1) {
    wrong.push(`h1: ${levels}`);
  }
  levels.forEach((level, i) => i && level > levels[i - 1] + 1 && wrong.push(`headings: ${levels}`));
  return wrong;
}
