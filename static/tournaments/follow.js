/* Following one player through the bracket: every place of the name is highlighted. */

const fold = (name) => name.normalize("NFKC").trim().toLowerCase();

export class Follow {
  #reveal;

  /** `reveal` scrolls to a place. */
  constructor({ reveal }) {
    this.#reveal = reveal;
    document.addEventListener("input", ({ target }) => target.id === "follow" && this.mark());
    document.addEventListener("change", ({ target }) => target.id === "follow" && this.#keep());
    document.addEventListener("submit", (event) => {
      if (event.target.id === "follow-form") {
        event.preventDefault();
        this.#keep();
        this.show();
      }
    });
    document.addEventListener("click", ({ target }) => {
      const side = target.closest(".pairing .side:not(.is-open)");
      if (side && this.#field) {
        this.#choose(side.querySelector(".who").textContent);
      }
    });
  }

  get #field() {
    return document.getElementById("follow");
  }

  /** Highlight the followed name in every place that it now has. */
  mark() {
    const field = this.#field;
    if (field === null) {
      return;
    }
    const wanted = fold(field.value);
    const places = [];
    for (const side of document.querySelectorAll(".pairing .side:not(.is-open)")) {
      const isWanted = wanted !== "" && fold(side.querySelector(".who").textContent) === wanted;
      side.classList.toggle("is-followed", isWanted);
      if (isWanted) {
        places.push(side);
      }
    }
    document.getElementById("follow-note").textContent = this.#describe(wanted, latest(places));
  }

  /** Scroll to the followed name's latest place. */
  show() {
    const side = latest([...document.querySelectorAll(".side.is-followed")]);
    if (side) {
      this.#reveal(side.closest(".pairing"));
    }
  }

  #describe(wanted, last) {
    if (!wanted) {
      return "";
    }
    if (!last) {
      return "No player has this name here.";
    }
    const { classList: place } = last.closest(".pairing");
    const round = last.closest(".round").querySelector(".round-name").firstChild.textContent.trim();
    if (!place.contains("is-decided")) {
      return place.contains("is-ready") ? `${round}: ready to play` : round;
    }
    return last.classList.contains("is-winner") ? `${round}: won` : `${round}: lost`;
  }

  #choose(name) {
    this.#field.value = fold(this.#field.value) === fold(name) ? "" : name;
    this.mark();
    this.#keep();
  }

  /** The address follows too, so that it can be shared and survives a reload. */
  #keep() {
    const address = new URL(location.href);
    const name = this.#field.value.trim();
    if (name) {
      address.searchParams.set("follow", name);
    } else {
      address.searchParams.delete("follow");
    }
    history.replaceState(history.state, "", address);
  }
}

/** The current one of a name's places: open before decided, later before earlier. */
function latest(places) {
  const open = places.filter((side) => !side.closest(".is-decided, .is-walkover"));
  return open.at(-1) ?? places.at(-1);
}
