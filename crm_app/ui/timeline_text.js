import { written } from "$/public/external/crm_app/ui/overlay/numbers.js";
const MOST = 100000; // characters of a text, as in crm_app/core/changes/values.py

/** What to say of a text that is longer than one may be; empty if it is not. The server would say it too, later. */
export function tooLong(text) {
  if (text.length <= MOST) return "";
  return `This text has ${written(text.length)} characters, and may have at most ${written(MOST)}. A longer one can be kept as a file.`;
}
