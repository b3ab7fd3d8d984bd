/* What a person has chosen for playing, kept in this browser: keys and sound. */

const STORED = "matchpoint-play";
const DEFAULTS = { keys: { up: ["ArrowUp", "KeyW"], down: ["ArrowDown", "KeyS"] }, sound: false };

function stored() {
  try {
    return JSON.parse(localStorage.getItem(STORED)) ?? {};
  } catch {
    return {}; // nothing is kept in this browser
  }
}

export const preferences = { ...DEFAULTS, ...stored() };

function keep() {
  try {
    localStorage.setItem(STORED, JSON.stringify(preferences));
  } catch {
    // It holds as long as the page is open.
  }
}

/** How a key is called: ArrowUp is ↑, KeyW is W. */
function nameOf(code) {
  const arrows = { ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→" };
  return arrows[code] ?? code.replace(/^(Key|Digit)/, "");
}

/** The page's controls for them: `[data-sound]`, and a button `[data-key]` for each move. */
export function bindPreferences(root) {
  const sound = root.querySelector("[data-sound]");
  sound.setAttribute("aria-pressed", preferences.sound);
  sound.addEventListener("click", () => {
    preferences.sound = !preferences.sound;
    sound.setAttribute("aria-pressed", preferences.sound);
    keep();
  });
  const buttons = [...root.querySelectorAll("[data-key]")];
  const show = () => {
    for (const button of buttons) {
      button.textContent = preferences.keys[button.dataset.key].map(nameOf).join(" or ");
    }
  };
  for (const button of buttons) {
    button.addEventListener("click", () => {
      button.textContent = "Press a key…";
      button.addEventListener("keydown", (event) => {
        if (event.code !== "Tab" && event.code !== "Escape") {
          event.preventDefault();
          take(button.dataset.key, event.code);
        }
        show();
      }, { once: true });
      button.addEventListener("blur", show, { once: true });
    });
  }
  root.querySelector("[data-keys-default]")?.addEventListener("click", () => {
    preferences.keys = DEFAULTS.keys;
    keep();
    show();
  });
  show();
}

/** A key for one move is none for the other. */
function take(move, code) {
  const other = move === "up" ? "down" : "up";
  const left = preferences.keys[other].filter((one) => one !== code);
  preferences.keys = { [move]: [code], [other]: left.length ? left : preferences.keys[move] };
  keep();
}
