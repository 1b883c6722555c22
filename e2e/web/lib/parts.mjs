// Parts to print, as binary STL: a flat block whose faces are cut into so many cells that the file
// has the size a test needs. It is closed, so that it can really be printed.
const HEADER_BYTES = 84;
const TRIANGLE_BYTES = 50;

/** A block of 20 mm × 20 mm × `height_mm` whose file has at least `bytes` bytes. */
export function block(bytes, height_mm = 2) {
  const cells = Math.max(1, Math.ceil(Math.sqrt((bytes - HEADER_BYTES) / TRIANGLE_BYTES / 4) - 1));
  const step = 20 / cells;
  const triangles = [];
  const quad = (a, b, c, d) => triangles.push([a, b, c], [a, c, d]);
  for (let i = 0; i < cells; i += 1) {
    const [from, to] = [i * step, (i + 1) * step];
    for (let j = 0; j < cells; j += 1) {
      const [low, high] = [j * step, (j + 1) * step];
      quad([from, low, height_mm], [to, low, height_mm], [to, high, height_mm], [from, high, height_mm]);
      quad([from, low, 0], [from, high, 0], [to, high, 0], [to, low, 0]);
    }
    quad([from, 0, 0], [to, 0, 0], [to, 0, height_mm], [from, 0, height_mm]);
    quad([from, 20, 0], [from, 20, height_mm], [to, 20, height_mm], [to, 20, 0]);
    quad([0, from, 0], [0, from, height_mm], [0, to, height_mm], [0, to, 0]);
    quad([20, from, 0], [20, to, 0], [20, to, height_mm], [20, from, height_mm]);
  }
  return binary(triangles);
}

function binary(triangles) {
  const file = Buffer.alloc(HEADER_BYTES + triangles.length * TRIANGLE_BYTES);
  file.write('a block of a test, mm');
  file.writeUInt32LE(triangles.length, 80);
  triangles.forEach((points, nth) => {
    // The normal stays zero: readers take it from the order of the points.
    const start = HEADER_BYTES + nth * TRIANGLE_BYTES + 12;
    points.flat().forEach((value, n) => file.writeFloatLE(value, start + n * 4));
  });
  return file;
}

/** As a dialog that asks for files takes it. */
export const asFile = (name, buffer) => ({ name, mimeType: 'model/stl', buffer });
