// SPDX-License-Identifier: Apache-2.0
/** The occupancy grid in the page's own colours, light or dark. */

// Grey values of the picture: free is lighter than the one, occupied darker than the other, between them is unknown.
const FREE = 230;
const OCCUPIED = 100;

/** Returns a canvas with the picture's pixels, or null where there is no map. Colours are `#rrggbb`. */
export async function floorPlan(address, { floor, wall, unseen }) {
  const answer = await fetch(address, { cache: "no-store" });
  if (!answer.ok) return null;
  const picture = await createImageBitmap(await answer.blob());
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  const context = canvas.getContext("2d");
  context.drawImage(picture, 0, 0);
  const image = context.getImageData(0, 0, canvas.width, canvas.height);
  const [free, occupied, unknown] = [floor, wall, unseen].map(packed);
  const pixels = new Uint32Array(image.data.buffer);
  for (let index = 0; index < pixels.length; index++) {
    const grey = image.data[4 * index];
    pixels[index] = grey > FREE ? free : grey < OCCUPIED ? occupied : unknown;
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** A colour as one number, in this machine's order of bytes. */
function packed(color) {
  const channels = [1, 3, 5].map((start) => parseInt(color.slice(start, start + 2), 16));
  return new Uint32Array(new Uint8Array([...channels, 255]).buffer)[0];
}
