const MOST = 100000; // characters of a text, as in crm_app/core/changes/values.py

/** What to say of a text that is longer than one may be; empty if it is not. The server would say it too, later. */
export function tooLong(text) {
  if (text.length <= MOST) return "";
  return `This text has ${text.length.toLocaleString()} characters, and may have at most ${MOST.toLocaleString()}. A longer one can be kept as a file.`;
}
