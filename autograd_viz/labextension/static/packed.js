/**
 * A big play comes packed: `{schema: 1, packed}`, its JSON compressed and in base 64, as draw/packed.py writes it.
 *
 * A notebook comes from anywhere, and a few letters can hold gigabytes of the same sign: so what is packed is fed in small slices, and
 * unpacking ends where it grows beyond what a play may be. What comes out is checked as any play (check.js).
 */

/** The most letters that are unpacked, and the most characters that may come out. */
export const MOST = { packed: 4_000_000, unpacked: 16_000_000 };

/** Deflate makes at most a thousand bytes of one: so many come out before anybody can stop it. */
const SLICE = 4_096;

/** @param {any} play  @returns {boolean} */
export function isPacked(play) {
  return play !== null && typeof play === "object" && !Array.isArray(play) && play.packed !== undefined;
}

/**
 * The play in it. @param {any} play  @returns {Promise<unknown>} JSON, not yet checked
 * @throws {Error} one line that says what is wrong
 */
export async function unpack(play) {
  if (play.schema !== 1) throw new Error(`expected play.schema to be 1, got ${typeof play.schema === "number" ? play.schema : "something else"}`);
  if (typeof play.packed !== "string") throw new Error("expected play.packed to be text, got something else");
  const text = await inflated(play.packed);
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("expected play.packed to hold JSON, got something else");
  }
}

/** The text that was packed. @param {string} letters  @param {{packed: number, unpacked: number}} [most]  @returns {Promise<string>} */
export async function inflated(letters, most = MOST) {
  if (letters.length > most.packed) throw new Error(`expected a packed play of at most ${most.packed} letters, got more`);
  const stream = new DecompressionStream("deflate"), reader = stream.readable.getReader(), decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  try {
    feed(stream.writable.getWriter(), Uint8Array.from(atob(letters), (sign) => sign.charCodeAt(0)));
    for (;;) {
      const { done, value } = await reader.read();
      text += decoder.decode(value, { stream: !done });
      if (done) return text;
      if (text.length > most.unpacked) break;
    }
  } catch {
    throw new Error("expected play.packed to be compressed text in base 64, got something else");
  }
  reader.cancel().catch(() => {});
  throw new Error(`expected a play of at most ${most.unpacked} characters, got more`);
}

/** Slice by slice, each when the one before is through. Faults are seen by whoever reads. */
async function feed(writer, bytes) {
  try {
    for (let at = 0; at < bytes.length; at += SLICE) await writer.write(bytes.subarray(at, at + SLICE));
    await writer.close();
  } catch { /* the reader is told */ }
}
