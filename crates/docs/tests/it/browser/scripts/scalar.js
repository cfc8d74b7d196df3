// What a reader does in Scalar's reference. Each is null or false until it can be done.

/** The part about an operation. */
const section = (id) => [...document.querySelectorAll("#reference section[id]")].find((section) => section.id.endsWith(`/${id}`));

/** Unfolds everything in the part about an operation. */
const unfolded = (id) => {
  const part = section(id);
  if (!part?.querySelector(".parameter-item-trigger")) return false;
  const folded = part.querySelectorAll(":is(.parameter-item-trigger, .property-toggle)[aria-expanded=false]");
  folded.forEach((button) => button.click());
  return folded.length === 0;
};

/** The fields that are shown of an operation's request and of its answers, each with those it stands in. */
const fields = (id) => {
  const path = (element) => {
    const property = element?.closest(".property");
    // The answer of each HTTP status is shown as a property as well, but without a name.
    const name = property?.querySelector(":scope > .property-heading .property-name")?.innerText.trim();
    return property ? [...path(property.parentElement), ...(name ? [name] : [])] : [];
  };
  const names = [...section(id).querySelectorAll(".property-name")].filter((name) => name.checkVisibility());
  const paths = (names) => names.map((name) => path(name).join("."));
  const isAsked = (name) => Boolean(name.closest(".request-body"));
  return { request: paths(names.filter(isAsked)), answers: paths(names.filter((name) => !isAsked(name))) };
};

/** Whether the part about an operation fills the middle of the window. */
const inView = (id) => {
  const box = section(id)?.getBoundingClientRect();
  return box && box.top < innerHeight / 2 && box.bottom > innerHeight / 2;
};

const client = () => document.querySelector(".scalar-client[role=dialog]");
const press = (buttons, is) => {
  const button = [...buttons ?? []].find((button) => button.checkVisibility() && is(button));
  button?.click();
  return Boolean(button);
};
/** Opens the form in which the operation at a path can be tried. */
const opened = (path) => client()?.checkVisibility() || press(document.querySelectorAll("#reference .show-api-client-button"),
  (button) => button.innerText.includes(`(post ${path})`));
const sent = () => press(client()?.querySelectorAll("[data-addressbar-action=send]"), () => true);
/** The HTTP status and the body that are shown. */
const answer = () => {
  const status = client().innerText.match(/Status:\s*(\d+)/)?.[1];
  const codes = [...client().querySelectorAll(".cm-content")].map((code) => code.innerText);
  const body = codes.find((text) => text.includes('"message"'));
  return status && body ? { status, body } : null;
};
