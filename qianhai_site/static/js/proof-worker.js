/**
 * Finds the number that, after a form's key and a colon, gives a SHA-256 digest beginning with so many zero bits.
 * Told { key, bits }, it posts the number as text; an empty text where this browser cannot compute digests here.
 */

const AT_ONCE = 256;

function beginsWithZeros(digest, bits) {
  const bytes = new Uint8Array(digest);
  const whole = bits >> 3;
  for (let index = 0; index < whole; index += 1) {
    if (bytes[index] !== 0) {
      return false;
    }
  }
  return bits % 8 === 0 || bytes[whole] >> (8 - (bits % 8)) === 0;
}

async function solve(key, bits) {
  const encoder = new TextEncoder();
  for (let start = 0; ; start += AT_ONCE) {
    const digests = await Promise.all(
      Array.from({ length: AT_ONCE }, (_, index) =>
        crypto.subtle.digest("SHA-256", encoder.encode(`${key}:${start + index}`)),
      ),
    );
    const found = digests.findIndex((digest) => beginsWithZeros(digest, bits));
    if (found >= 0) {
      return String(start + found);
    }
  }
}

addEventListener("message", async ({ data: { key, bits } }) => {
  // Browsers give out `crypto.subtle` over HTTPS and on the loopback address alone.
  postMessage(globalThis.crypto?.subtle ? await solve(key, bits) : "");
});
