/* Pages that are updated in part fetch themselves again, and take one element of the answer. */

/** The first element for `selector` on the page at `address`; null without one, or no answer. */
export async function fetchElement(address, selector) {
  try {
    const response = await fetch(address, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return response.ok ? document.adoptNode(page.querySelector(selector)) : null;
  } catch {
    return null;
  }
}
