// Makes the reference pictures small: a palette of 256 colours, rarer ones as their nearest.
// The difference is far below what the comparison sees. Run after `playwright test --update-snapshots`.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32, deflateSync, inflateSync } from "node:zlib";

const MAGIC = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function read(file) {
  const data = readFileSync(file);
  const parts = [];
  let head = null;
  for (let at = 8; at < data.length; ) {
    const length = data.readUInt32BE(at);
    const kind = data.toString("latin1", at + 4, at + 8);
    const body = data.subarray(at + 8, at + 8 + length);
    if (kind === "IHDR") head = { width: body.readUInt32BE(0), height: body.readUInt32BE(4), type: body[9] };
    if (kind === "IDAT") parts.push(body);
    at += 12 + length;
  }
  return { ...head, raw: inflateSync(Buffer.concat(parts)) };
}

/** Undoes the row filters of PNG; `size` is bytes per pixel. */
function unfilter({ width, height, raw }, size) {
  const stride = width * size;
  const out = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y += 1) {
    const filter = raw[y * (stride + 1)];
    for (let i = 0; i < stride; i += 1) {
      const value = raw[y * (stride + 1) + 1 + i];
      const left = i < size ? 0 : out[y * stride + i - size];
      const up = y === 0 ? 0 : out[(y - 1) * stride + i];
      const corner = y === 0 || i < size ? 0 : out[(y - 1) * stride + i - size];
      const guess = left + up - corner;
      const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
      const paeth = a <= b && a <= c ? left : b <= c ? up : corner;
      out[y * stride + i] = value + [0, left, up, (left + up) >> 1, paeth][filter];
    }
  }
  return out;
}

function chunk(kind, body) {
  const name = Buffer.from(kind, "latin1");
  const out = Buffer.alloc(12 + body.length);
  out.writeUInt32BE(body.length, 0);
  name.copy(out, 4);
  body.copy(out, 8);
  out.writeUInt32BE(crc32(Buffer.concat([name, body])), 8 + body.length);
  return out;
}

const channels = (colour) => [(colour >> 16) & 255, (colour >> 8) & 255, colour & 255];

/** Coloured pixels are rare and mean something, grey steps between them are many: colour counts for more. */
function choose(uses) {
  const weight = ([colour, count]) => {
    const parts = channels(colour);
    return count * (1 + (Math.max(...parts) - Math.min(...parts)) / 6);
  };
  const sorted = [...uses.entries()].sort((a, b) => weight(b) - weight(a)).map(([colour]) => colour);
  const palette = [];
  // First what lies apart from everything chosen, then, if there is room, the rest by weight.
  for (const least of [10, 0]) {
    for (const colour of sorted) {
      if (palette.length === 256) return palette;
      const far = (other) => channels(colour).some((part, i) => Math.abs(part - channels(other)[i]) > least);
      if (palette.every((other) => other !== colour && far(other))) palette.push(colour);
    }
  }
  return palette;
}

function shrink(file) {
  const picture = read(file);
  if (picture.type !== 2 && picture.type !== 6) return;
  const size = picture.type === 6 ? 4 : 3;
  const pixels = unfilter(picture, size);
  const count = picture.width * picture.height;
  const uses = new Map();
  const colours = new Uint32Array(count);
  for (let i = 0; i < count; i += 1) {
    const colour = (pixels[i * size] << 16) | (pixels[i * size + 1] << 8) | pixels[i * size + 2];
    colours[i] = colour;
    uses.set(colour, (uses.get(colour) ?? 0) + 1);
  }
  const palette = choose(uses);
  const index = new Map(palette.map((colour, i) => [colour, i]));
  const nearest = (colour) => {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let i = 0; i < palette.length; i += 1) {
      const [r, g, b] = channels(colour).map((part, k) => part - channels(palette[i])[k]);
      const distance = 2 * r * r + 4 * g * g + 3 * b * b;
      if (distance < least) [best, least] = [i, distance];
    }
    return best;
  };
  const rows = Buffer.alloc((picture.width + 1) * picture.height);
  for (let y = 0; y < picture.height; y += 1) {
    for (let x = 0; x < picture.width; x += 1) {
      const colour = colours[y * picture.width + x];
      if (!index.has(colour)) index.set(colour, nearest(colour));
      rows[y * (picture.width + 1) + 1 + x] = index.get(colour);
    }
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(picture.width, 0);
  head.writeUInt32BE(picture.height, 4);
  head[8] = 8;
  head[9] = 3;
  const table = Buffer.from(palette.flatMap(channels));
  writeFileSync(
    file,
    Buffer.concat([
      MAGIC,
      chunk("IHDR", head),
      chunk("PLTE", table),
      chunk("IDAT", deflateSync(rows, { level: 9 })),
      chunk("IEND", Buffer.alloc(0)),
    ]),
  );
}

const folder = join(import.meta.dirname, "__screenshots__");
for (const name of readdirSync(folder)) if (name.endsWith(".png")) shrink(join(folder, name));
