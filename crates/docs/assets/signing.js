// The signature of a request: the MD5 (RFC 1321) of tenant id, timestamp and key, which browsers don't have.
"use strict";
window.signing = (() => {
  const shifts = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];
  const sines = Array.from({ length: 64 }, (_, at) => Math.floor(2 ** 32 * Math.abs(Math.sin(at + 1))));
  const mixes = [
    (b, c, d) => (b & c) | (~b & d),
    (b, c, d) => (b & d) | (c & ~d),
    (b, c, d) => b ^ c ^ d,
    (b, c, d) => c ^ (b | ~d),
  ];
  const places = [(at) => at, (at) => 5 * at + 1, (at) => 3 * at + 5, (at) => 7 * at];

  /** The padded message: the bytes, a one bit, zeros, and the length in bits, in whole blocks of 64 bytes. */
  const padded = (bytes) => {
    const whole = new Uint8Array(((bytes.length + 8 >> 6) + 1) << 6);
    whole.set(bytes);
    whole[bytes.length] = 0x80;
    const view = new DataView(whole.buffer);
    view.setUint32(whole.length - 8, bytes.length << 3, true);
    view.setUint32(whole.length - 4, bytes.length >>> 29, true);
    return view;
  };

  /** The MD5 of a text in UTF-8, as 32 lower-case hexadecimal digits. */
  const md5 = (text) => {
    const blocks = padded(new TextEncoder().encode(text));
    const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
    for (let block = 0; block < blocks.byteLength; block += 64) {
      let [a, b, c, d] = state;
      for (let at = 0; at < 64; at += 1) {
        const round = at >> 4;
        const word = blocks.getUint32(block + (places[round](at) & 15) * 4, true);
        const sum = (a + mixes[round](b, c, d) + sines[at] + word) | 0;
        const shift = shifts[round][at & 3];
        [a, d, c, b] = [d, c, b, (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0];
      }
      [a, b, c, d].forEach((value, at) => { state[at] = (state[at] + value) | 0; });
    }
    const digest = new DataView(new ArrayBuffer(16));
    state.forEach((value, at) => digest.setUint32(at * 4, value, true));
    return Array.from(new Uint8Array(digest.buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");
  };

  /** The text that is signed. */
  const text = (tenantId, timestamp, apiKey) => `${tenantId}${timestamp}${apiKey}`;

  return { md5, text, token: (...parts) => md5(text(...parts)) };
})();
