// Numbers in the formats of the signed-in person, not of the browser. Pure; tests/ui/test_numbers.py runs it in Node.

let locale;

/** The formats of the profile; the frame says it once it is known. */
export function writeFor(name) {
  try { locale = name ? Intl.getCanonicalLocales(name.replace("_", "-"))[0] : undefined; } catch { locale = undefined; }
}

/** The formats in force for what writes days by itself: a day stands first everywhere in Kith, also for plain English. */
export const formats = () => (!locale || locale === "en" ? "en-GB" : locale);

/** A whole number as it is read: `8,800` or `8.800`. */
export const written = (n) => n.toLocaleString(locale);

const sign = () => (1.5).toLocaleString(locale).includes(",") ? "," : ".";
const GROUPED = /^[+-]?\d{1,3}([.,])\d{3}(?:\1\d{3})*$/;

/** What a person typed as a number, by the rule of crm_app/core/numbers.py; null if it is none. */
export function readNumber(text) {
  const plain = String(text).replace(/[\s'\u2019]/g, "").replace("\u2212", "-");
  const grouped = GROUPED.exec(plain);
  let point = plain.includes(",") ? "," : ".";
  if (plain.includes(",") && plain.includes(".")) point = plain.lastIndexOf(",") > plain.lastIndexOf(".") ? "," : ".";
  else if (grouped && (grouped[1] !== sign() || plain.split(grouped[1]).length > 2)) point = grouped[1] === "." ? "," : ".";
  const at = plain.indexOf(point);
  let whole = at < 0 ? plain : plain.slice(0, at);
  const rest = at < 0 ? "" : plain.slice(at + 1);
  if (GROUPED.test(whole)) whole = whole.replace(/[.,]/g, "");
  if (!/^[+-]?\d*$/.test(whole) || !/^\d*$/.test(rest) || !/\d/.test(whole + rest)) return null;
  const number = Number(`${whole || 0}.${rest || 0}`);
  return Math.abs(number) < 2 ** 53 ? number : null;
}

/** A number as this person would type it. */
export const typedNumber = (n) => String(n).replace(".", sign());
