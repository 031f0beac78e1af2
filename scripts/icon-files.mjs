/** Icons of Windows and macOS: files with several pictures, each a PNG. */

/** @typedef {{ readonly size: number, readonly png: Buffer }} Picture */

const ICO_HEAD = 6;
const ICO_ENTRY = 16;

/** @param {readonly Picture[]} pictures */
export function icoOf(pictures) {
  const head = Buffer.alloc(ICO_HEAD + ICO_ENTRY * pictures.length);
  head.writeUInt16LE(1, 2); // an icon
  head.writeUInt16LE(pictures.length, 4);
  let at = head.length;
  for (const [index, { size, png }] of pictures.entries()) {
    const entry = ICO_HEAD + ICO_ENTRY * index;
    head.writeUInt8(size === 256 ? 0 : size, entry);
    head.writeUInt8(size === 256 ? 0 : size, entry + 1);
    head.writeUInt16LE(1, entry + 4); // plane
    head.writeUInt16LE(32, entry + 6); // bits of a pixel
    head.writeUInt32LE(png.length, entry + 8);
    head.writeUInt32LE(at, entry + 12);
    at += png.length;
  }
  return Buffer.concat([head, ...pictures.map(({ png }) => png)]);
}

/** Which sizes each kind of picture has; 32 and others are there for screens of either density. */
const kinds = /** @type {const} */ ([
  ['icp4', 16],
  ['icp5', 32],
  ['ic11', 32],
  ['icp6', 64],
  ['ic12', 64],
  ['ic07', 128],
  ['ic08', 256],
  ['ic13', 256],
  ['ic09', 512],
  ['ic14', 512],
  ['ic10', 1024],
]);

/** @param {readonly Picture[]} pictures */
export function icnsOf(pictures) {
  const parts = kinds.map(([kind, wanted]) => {
    const picture = pictures.find(({ size }) => size === wanted);
    if (picture === undefined) throw new Error(`There is no picture of ${wanted} pixels.`);
    return Buffer.concat([Buffer.from(kind, 'latin1'), lengthOf(picture.png.length + 8), picture.png]);
  });
  const size = parts.reduce((sum, part) => sum + part.length, 8);
  return Buffer.concat([Buffer.from('icns', 'latin1'), lengthOf(size), ...parts]);
}

/** @param {number} bytes */
function lengthOf(bytes) {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes);
  return length;
}
