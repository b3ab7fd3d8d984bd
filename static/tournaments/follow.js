/* Following one player through the bracket: the name is marked wherever it stands. */

const fold = (name) => name.normalize("NFKC").trim().toLowerCase();

export class Follow {
  constructor() {
    document.addEventListener("input", ({ target }) => target.id === "follow" && this.mark());
    document.addEventListener("change", ({ target }) => target.id === "follow" && this.#keep());
    document.addEventListener("submit", (event) => {
      if (event.target.id === "follow-form") {
        event.preventDefault();
        this.#keep();
        this.#reveal();
      }
    });
    document.addEventListener("click", ({ target }) => {
      const side = target.closest(".pairing .side:not(.is-open)");
      if (side) {
        this.#choose(side.querySelector(".who").textContent);
      }
    });
  }

  get #field() {
    return document.getElementById("follow");
  }

  /** Mark the followed name; names may have moved. */
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
    document.getElementById("follow-note").textContent = this.#tell(wanted, places.at(-1));
  }

  #tell(wanted, last) {
    if (!wanted) {
      return "";
    }
    if (!last) {
      return "No player has this name.";
    }
    const pairing = last.closest(".pairing");
    const round = last.closest(".round").querySelector(".round-name").textContent;
    if (pairing.dataset.state !== "decided") {
      return pairing.dataset.state === "ready" ? `${round}: ready to play` : round;
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

  #reveal() {
    const places = document.querySelectorAll(".side.is-followed");
    places[places.length - 1]?.scrollIntoView({ block: "center", inline: "center" });
  }
}
