// The pointer of the virtual display itself, over X11's own protocol and its XTEST extension. The driver's pointer
// lives inside the page: a drag that the desktop carries out (drag and drop) never hears of it.

import { readFileSync } from "node:fs";
import { connect } from "node:net";

const PRESS = 4;
const RELEASE = 5;
const MOTION = 6;

/** The pointer of the display `DISPLAY` names. */
export class Pointer {
  #socket;
  #xtest;

  constructor(socket, xtest) {
    this.#socket = socket;
    this.#xtest = xtest;
  }

  static async open({ DISPLAY, XAUTHORITY } = process.env) {
    const number = /^:(\d+)/.exec(DISPLAY ?? "")?.[1];
    if (number === undefined) throw new Error(`DISPLAY is no local display: ${DISPLAY}`);
    const socket = connect(`/tmp/.X11-unix/X${number}`);
    const bytes = reader(socket);
    socket.write(hello(XAUTHORITY === undefined ? [] : cookie(readFileSync(XAUTHORITY), number)));
    const head = await bytes(8);
    const rest = await bytes(4 * head.readUInt16LE(6));
    if (head[0] !== 1) throw new Error(`the display refused: ${rest.toString("latin1")}`);
    socket.write(extension("XTEST"));
    const answer = await bytes(32);
    if (answer[8] !== 1) throw new Error("the display has no XTEST");
    socket.resume();
    return new Pointer(socket, answer[9]);
  }

  move([x, y]) {
    this.#send(MOTION, 0, Math.round(x), Math.round(y));
  }

  press() {
    this.#send(PRESS, 1);
  }

  release() {
    this.#send(RELEASE, 1);
  }

  close() {
    this.#socket.destroy();
  }

  #send(type, detail, x = 0, y = 0) {
    const request = Buffer.alloc(36);
    request.set([this.#xtest, 2, 9, 0, type, detail]);
    request.writeInt16LE(x, 24);
    request.writeInt16LE(y, 26);
    this.#socket.write(request);
  }
}

/** Gives the next so many bytes of the stream. */
function reader(socket) {
  const parts = socket[Symbol.asyncIterator]();
  let held = Buffer.alloc(0);
  return async (count) => {
    while (held.length < count) {
      const { value, done } = await parts.next();
      if (done) throw new Error("the display closed the connection");
      held = Buffer.concat([held, value]);
    }
    const taken = held.subarray(0, count);
    held = held.subarray(count);
    return taken;
  };
}

function padded(bytes) {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
}

function hello([name = Buffer.alloc(0), data = Buffer.alloc(0)]) {
  const head = Buffer.alloc(12);
  head.write("l");
  head.writeUInt16LE(11, 2);
  head.writeUInt16LE(name.length, 6);
  head.writeUInt16LE(data.length, 8);
  return Buffer.concat([head, padded(name), padded(data)]);
}

function extension(name) {
  const head = Buffer.alloc(8);
  head[0] = 98;
  head.writeUInt16LE(2 + Math.ceil(name.length / 4), 2);
  head.writeUInt16LE(name.length, 4);
  return Buffer.concat([head, padded(Buffer.from(name))]);
}

/** Name and data of the authority file's entry for this display. */
function cookie(file, display) {
  for (let at = 0; at < file.length; ) {
    at += 2;
    const [, number, name, data] = [0, 1, 2, 3].map(() => {
      const end = at + 2 + file.readUInt16BE(at);
      const field = file.subarray(at + 2, end);
      at = end;
      return field;
    });
    if (number.length === 0 || number.toString() === display) return [name, data];
  }
  return [];
}
