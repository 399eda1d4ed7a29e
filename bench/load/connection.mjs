// An HTTP/1.1 connection that sends one request at a time. It does as little as possible, because the client shares its core
// with PostgreSQL.
import { once } from 'node:events';
import net from 'node:net';

const endOfHead = Buffer.from('\r\n\r\n');
const lastChunk = Buffer.from('0\r\n\r\n');

export class Connection {
  #socket;
  #received = Buffer.alloc(0);
  #waiting;

  static async open(port) {
    const connection = new Connection();
    connection.#socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
    await once(connection.#socket, 'connect');
    connection.#socket.on('data', (chunk) => connection.#receive(chunk));
    const lost = (error) => connection.#waiting?.reject(error ?? new Error('the server has closed the connection'));
    connection.#socket.on('error', lost);
    connection.#socket.on('close', () => lost());
    return connection;
  }

  /** Sends a request and returns the status and the whole response. */
  send(bytes) {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(bytes);
    });
  }

  #receive(chunk) {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const end = this.#received.indexOf(endOfHead);
    if (end === -1) return;
    const head = this.#received.latin1Slice(0, end);
    const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
    const status = Number(head.slice(9, 12));
    const isWhole = status === 204 || (length === undefined ? this.#received.subarray(-lastChunk.length).equals(lastChunk) : this.#received.length >= end + 4 + Number(length));
    if (!isWhole) return;
    const response = { status, head, bytes: this.#received, bodyStart: end + 4 };
    this.#received = Buffer.alloc(0);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(response);
  }

  close() {
    this.#waiting = undefined;
    this.#socket.destroy();
  }
}

/** The JSON of a response, which may be chunked. */
export function jsonOf({ head, bytes, bodyStart }) {
  const body = bytes.subarray(bodyStart);
  const text = /\r\ntransfer-encoding: chunked/i.test(head) ? joinChunks(body) : body.toString();
  return text === '' ? undefined : JSON.parse(text);
}

function joinChunks(body) {
  const parts = [];
  for (let at = 0; ;) {
    const lineEnd = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.latin1Slice(at, lineEnd), 16);
    if (!(size > 0)) return Buffer.concat(parts).toString();
    parts.push(body.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}
