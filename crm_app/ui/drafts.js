// What is typed stays in this tab until it is saved or discarded: over errors, reloads, a lost connection and a restarted server.
const stored = (fn, otherwise) => { try { return fn(); } catch { return otherwise; } }; // storage may be forbidden: it then lives as long as the form

export const recall = (key) => stored(() => JSON.parse(sessionStorage.getItem(key) || "{}"), {});
export const keep = (key, values) => stored(() => (values ? sessionStorage.setItem(key, JSON.stringify(values)) : sessionStorage.removeItem(key)));

/** Names one form: it may be sent again when no answer came, and is saved once. */
export const newTicket = () => Date.now().toString(36) + "-" + Math.random().toString(36).slice(2, 12);

/** The fields of a form as text, by name. */
export const valuesOf = (root) => {
  const found = {};
  root.querySelectorAll("[name]").forEach((e) => { found[e.name] = e.value; });
  return found;
};

/**
 * The numbers of the dialogs of a sort. Each is opened once, whether its number or its place in the page is here first and however often
 * that place is mounted; a page that is loaded anew opens it again unless it was left.
 */
export const openings = (sort) => {
  const left = () => stored(() => Number(sessionStorage.getItem(sort) || 0), 0);
  let last = 0;
  return {
    begins: (n) => {
      if (!n || n === last) return false;
      last = n;
      return n > left();
    },
    leave: (n) => stored(() => sessionStorage.setItem(sort, String(n))),
  };
};
