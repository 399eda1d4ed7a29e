import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pbkdf2 } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { TestDns } from '../../../../test/support/dns.js';
import { CustomerHttp, CustomerHttpError, type CustomerRequest } from './customer-http.js';

let dns: TestDns;
let local: CustomerHttp;
let strict: CustomerHttp;

beforeAll(async () => {
  dns = await TestDns.open();
  local = new CustomerHttp({ dnsServers: [dns.address], allowLoopback: true });
  strict = new CustomerHttp({ dnsServers: [dns.address], allowLoopback: false });
});

afterAll(() => dns.close());

/** A server of TCP that does with each connection what a test says, and sees when it ends. */
class Peer {
  /** The end of each connection that came. */
  readonly ends: Promise<unknown>[] = [];
  readonly #sockets: Socket[] = [];
  readonly received: string[] = [];
  readonly #server: Server;

  private constructor(serve: (socket: Socket) => void) {
    this.#server = createServer((socket) => {
      this.#sockets.push(socket);
      this.ends.push(once(socket, 'close').catch((error: unknown) => error));
      socket.on('error', () => undefined);
      socket.on('data', (part) => this.received.push(part.toString('latin1')));
      serve(socket);
    });
  }

  static async open(serve: (socket: Socket) => void): Promise<Peer> {
    const peer = new Peer(serve);
    peer.#server.listen(0, '127.0.0.1');
    await once(peer.#server, 'listening');
    return peer;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  /** Waits until the client has ended all connections. */
  close(): Promise<unknown> {
    this.#server.close();
    // A socket that does not read does not see its end.
    for (const socket of this.#sockets) socket.resume();
    return Promise.all(this.ends);
  }
}

/** Sends a request to a peer, and waits until the peer has lost the connection. */
async function exchange(serve: (socket: Socket) => void, options: CustomerRequest = {}): Promise<{ status?: number; text?: string; reason?: string }> {
  const peer = await Peer.open(serve);
  try {
    const answer = await local.send(peer.url, { timeoutMs: 500, maxBytes: 10_000, ...options });
    return { status: answer.status, text: await answer.text() };
  } catch (error) {
    if (!(error instanceof CustomerHttpError)) throw error;
    return { reason: error.reason };
  } finally {
    expect(peer.ends.length).toBeLessThanOrEqual(1);
    await peer.close();
  }
}

/** Sends a text again and again until the connection ends, as fast as it is read. */
const endlessly = (socket: Socket, text: string): void => {
  const more = (): void => void (socket.destroyed || (socket.write(text) ? setImmediate(more) : socket.once('drain', more)));
  more();
};
/** Sends a text every few milliseconds until the connection ends. */
const slowly = (socket: Socket, text: string): void => {
  const timer = setInterval(() => socket.write(text), 5);
  socket.once('close', () => clearInterval(timer));
};
/** Does something when a request has come. */
const onRequest =
  (act: (socket: Socket) => void) =>
  (socket: Socket): void =>
    void socket.once('data', () => act(socket));

const switching = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

describe('a request to a server of a customer', () => {
  it.each<[string, (socket: Socket) => void, object]>([
    ['an answer', onRequest((socket) => socket.write('HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok')), { status: 201, text: 'ok' }],
    ['an answer that the end of the connection ends', onRequest((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nok')), { status: 200, text: 'ok' }],
    ['an answer in chunks', onRequest((socket) => socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n')), { status: 200, text: 'ok' }],
    [
      'an answer after interim answers',
      onRequest((socket) => socket.write('HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n')),
      { status: 204, text: '' },
    ],
    [
      'an answer that offers another protocol',
      onRequest((socket) => socket.write('HTTP/1.1 200 OK\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\nok')),
      { status: 200, text: 'ok' },
    ],
    ['a redirect', onRequest((socket) => socket.write('HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n')), { status: 302, text: '' }],
    ['an answer with more than its length', onRequest((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok and more')), { reason: 'bad_answer' }],
    ['another protocol', onRequest((socket) => socket.write(switching)), { reason: 'bad_answer' }],
    ['another protocol, with bytes of it', onRequest((socket) => socket.write(`${switching}more`)), { reason: 'bad_answer' }],
    ['another protocol, and the end', onRequest((socket) => socket.end(switching)), { reason: 'bad_answer' }],
    ['no HTTP', onRequest((socket) => socket.write('220 mail.example ESMTP\r\n')), { reason: 'bad_answer' }],
    ['a status above 599', onRequest((socket) => socket.write('HTTP/1.1 999 Strange\r\nContent-Length: 0\r\n\r\n')), { reason: 'bad_answer' }],
    [
      'an endless header',
      onRequest((socket) => {
        socket.write('HTTP/1.1 200 OK\r\nX: ');
        endlessly(socket, 'x'.repeat(1000));
      }),
      { reason: 'bad_answer' },
    ],
    [
      'endless headers',
      onRequest((socket) => {
        socket.write('HTTP/1.1 200 OK\r\n');
        endlessly(socket, 'X: x\r\n'.repeat(100));
      }),
      { reason: 'bad_answer' },
    ],
    [
      'endless trailers',
      onRequest((socket) => {
        socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n');
        endlessly(socket, 'X: x\r\n'.repeat(100));
      }),
      { reason: 'bad_answer' },
    ],
    ['endless interim answers', onRequest((socket) => endlessly(socket, 'HTTP/1.1 100 Continue\r\n\r\n')), { reason: 'bad_answer' }],
    [
      'an endless answer',
      onRequest((socket) => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        endlessly(socket, 'x'.repeat(10_000));
      }),
      { reason: 'too_large' },
    ],
    [
      'an endless answer in chunks of a byte',
      onRequest((socket) => {
        socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
        endlessly(socket, '1\r\nx\r\n'.repeat(1000));
      }),
      { reason: 'too_large' },
    ],
    [
      'a header byte by byte',
      onRequest((socket) => {
        socket.write('HTTP/1.1 200 OK\r\nX: ');
        slowly(socket, 'x');
      }),
      { reason: 'timed_out' },
    ],
    [
      'a body byte by byte',
      onRequest((socket) => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n');
        slowly(socket, 'x');
      }),
      { reason: 'timed_out' },
    ],
    ['few interim answers and nothing more', onRequest((socket) => socket.write('HTTP/1.1 100 Continue\r\n\r\n')), { reason: 'timed_out' }],
    ['nothing', () => undefined, { reason: 'timed_out' }],
    ['nothing, and never reads', (socket) => void socket.pause(), { reason: 'timed_out' }],
    ['the end at once', (socket) => void socket.end(), { reason: 'no_connection' }],
    ['a reset at once', (socket) => void socket.resetAndDestroy(), { reason: 'no_connection' }],
    ['the end in the header', onRequest((socket) => socket.end('HTTP/1.1 200 OK\r\nX: ')), { reason: 'no_connection' }],
    [
      'a reset in the header',
      onRequest((socket) => {
        socket.write('HTTP/1.1 200 OK\r\nX: ', () => socket.resetAndDestroy());
      }),
      { reason: 'no_connection' },
    ],
    ['the end in the body', onRequest((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok')), { reason: 'no_connection' }],
    [
      'a reset in the body',
      onRequest((socket) => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok', () => socket.resetAndDestroy());
      }),
      { reason: 'no_connection' },
    ],
    ['the end after an interim answer', onRequest((socket) => socket.end('HTTP/1.1 100 Continue\r\n\r\n')), { reason: 'no_connection' }],
  ])('settles and ends its connection when the server answers %s', async (_, serve, expected) => {
    for (const options of [{}, { method: 'POST', body: 'x'.repeat(100) }]) expect(await exchange(serve, options)).toEqual(expected);
  });

  it('settles when the server answers without reading the request, or ends the connection', async () => {
    const body = 'x'.repeat(20_000_000);
    const refuse = 'HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\n\r\nno';
    expect(await exchange((socket) => void socket.pause().write(refuse), { method: 'POST', body })).toEqual({ status: 413, text: 'no' });
    expect(await exchange((socket) => void socket.pause().end(refuse), { method: 'POST', body })).toEqual({ status: 413, text: 'no' });
    expect(await exchange((socket) => void socket.pause(), { method: 'POST', body })).toEqual({ reason: 'timed_out' });
    expect(
      await exchange(
        onRequest((socket) => socket.resetAndDestroy()),
        { method: 'POST', body },
      ),
    ).toEqual({ reason: 'no_connection' });
  });

  it('cuts a larger answer at the limit, or refuses it', async () => {
    const serve = onRequest((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      endlessly(socket, 'abcdefghij');
    });
    expect(await exchange(serve, { maxBytes: 25, cut: true })).toEqual({ status: 200, text: 'abcdefghijabcdefghijabcde' });
    expect(await exchange(serve, { maxBytes: 25 })).toEqual({ reason: 'too_large' });
  });

  it('sends the method, the headers and the body as they are', async () => {
    const peer = await Peer.open(onRequest((socket) => socket.write('HTTP/1.1 200 OK\r\nX-Two: a\r\nX-Two: b\r\nContent-Length: 0\r\n\r\n')));
    const answer = await local.send(`${peer.url}hook?a=1`, { method: 'PUT', headers: { 'Content-Type': 'application/json', 'webhook-id': 'msg_1' }, body: '{"ä":1}' });
    expect(answer.headers.get('x-two')).toBe('a, b');
    const { port } = peer;
    await peer.close();
    const [head = '', body] = peer.received.join('').split('\r\n\r\n');
    expect(head.split('\r\n')).toEqual(
      expect.arrayContaining(['PUT /hook?a=1 HTTP/1.1', 'content-type: application/json', 'webhook-id: msg_1', 'Content-Length: 8', `Host: 127.0.0.1:${port}`]),
    );
    expect(Buffer.from(body ?? '', 'latin1').toString()).toBe('{"ä":1}');
  });

  it('makes no tunnel', async () => {
    await expect(local.send('http://127.0.0.1:1/', { method: 'CONNECT' })).rejects.toThrow('unsupported');
  });

  // The names of the test are not those of any certificate: a connection that comes is enough.
  describe('by a name', () => {
    /** Whether a connection came, and why there was no answer. */
    async function reach(http: CustomerHttp, host: string): Promise<{ connected: boolean; reason: string }> {
      const peer = await Peer.open((socket) => void socket.end('HTTP/1.1 200 OK\r\n\r\n'));
      const error = await http.send(`https://${host}:${peer.port}/`, { timeoutMs: 1000 }).catch((thrown: unknown) => thrown);
      const connected = peer.ends.length > 0;
      await peer.close();
      if (!(error instanceof CustomerHttpError)) throw new Error('There was an answer.');
      return { connected, reason: error.reason };
    }

    it('goes to an address of the name', async () => {
      dns.setAddresses('one.example', '127.0.0.1');
      dns.setAddresses('both.example', '127.0.0.1', '::1');
      for (const host of ['one.example', 'both.example', 'localhost', 'app.localhost']) expect(await reach(local, host)).toEqual({ connected: true, reason: 'no_connection' });
    });

    it.each([
      ['no address', []],
      ['a loopback address', ['127.0.0.1']],
      ['a loopback address of IPv6', ['::1']],
      ['a public and a loopback address', ['1.1.1.1', '127.0.0.1']],
      ['a public address, and a loopback address of IPv6', ['1.1.1.1', '::1']],
      ['a mapped loopback address', ['::ffff:127.0.0.1']],
      ['a private address', ['10.0.0.1']],
      ['the address of cloud metadata', ['169.254.169.254']],
      ['an address to translate', ['64:ff9b::7f00:1']],
    ])('with %s goes nowhere', async (_, addresses) => {
      dns.setAddresses('private.example', ...addresses);
      expect(await reach(strict, 'private.example')).toEqual({ connected: false, reason: 'refused_host' });
    });

    it('that does not exist, is not answered or is of this machine goes nowhere, all in the same words', async () => {
      dns.silence('silent.example');
      dns.fail('broken.example');
      dns.setAddresses('private.example', '10.0.0.1');
      const messageOf = async (host: string): Promise<string> => {
        const error = await strict.send(`https://${host}/`, { timeoutMs: 10_000 }).catch((thrown: unknown) => thrown);
        return (error as Error).message.replace(host, 'HOST');
      };
      const messages = await Promise.all(['none.example', 'silent.example', 'broken.example', 'private.example', 'localhost', 'app.localhost.'].map(messageOf));
      expect(new Set(messages)).toEqual(new Set(['https://HOST gave no answer: its URL must be https, and its name must have public addresses.']));
    });

    it('that is answered slowly leaves the threads of passwords and files alone', async () => {
      const names = Array.from({ length: 20 }, (_, at) => `slow-${at}.example`);
      for (const name of names) dns.silence(name);
      let settled = 0;
      const requests = names.map(async (name) => {
        const { reason } = await reach(strict, name);
        settled += 1;
        return reason;
      });
      await promisify(pbkdf2)('password', 'salt', 1, 32, 'sha256');
      expect(settled).toBe(0);
      expect(new Set(await Promise.all(requests))).toEqual(new Set(['timed_out']));
    });
  });
});

describe('a URL of a customer', () => {
  it.each(['https://hooks.acme.example/a?b=c', 'https://hooks.acme.example:8443', 'https://1.1.1.1', 'https://[2606:4700::1111]/'])('%s is accepted', (url) => {
    expect(strict.accepts(url)).toBe(true);
  });

  // prettier-ignore
  it.each([
    'http://hooks.acme.example', 'ftp://hooks.acme.example', 'https://user:pw@hooks.acme.example', 'https://user@hooks.acme.example', 'https://:pw@hooks.acme.example', 'https://10.0.0.1', 'https://0x7f.1', 'https://2130706433',
    'https://127.0.0.1', 'http://127.0.0.1', 'https://[::1]', 'https://[::ffff:7f00:1]', 'https://[fd00::1]', 'https://168.63.129.16', 'javascript:alert(1)', 'file:///etc/passwd',
  ])('%j is refused', async (url) => {
    expect(strict.accepts(url)).toBe(false);
    await expect(strict.send(url, {})).rejects.toMatchObject({ reason: 'refused_host' });
  });

  it('is not a path, and not empty', () => {
    expect([strict.accepts('/hook'), strict.accepts('')]).toEqual([false, false]);
  });

  it('of this machine is accepted for development alone, also over http', () => {
    for (const url of ['http://127.0.0.1:3000', 'http://[::1]:3000', 'https://127.0.0.1', 'http://localhost:3000', 'http://app.localhost', 'https://localhost.']) {
      expect([url, local.accepts(url)]).toEqual([url, true]);
      expect([url, strict.accepts(url)]).toEqual([url, false]);
    }
    expect(['http://10.0.0.1', 'http://localhost.example:3000', 'https://10.0.0.1', 'ftp://127.0.0.1', 'ftp://localhost'].filter((url) => local.accepts(url))).toEqual([]);
  });
});
