import DNS from 'dns2';
import { once } from 'node:events';
import { isIP } from 'node:net';

/** The members that the types of dns2 lack. */
type Question = DNS.DnsRequest['questions'][number] & { readonly type: number };
type Response = Omit<DNS.DnsResponse, 'answers'> & { header: { rcode: number }; answers: unknown[] };

const servfail = 2;
const nxdomain = 3;

/** A text of a TXT record, or the pieces that it is split into on the wire. */
type TxtValue = string | readonly string[];

/** A real name server on loopback (UDP), with records that a test adds; it answers NXDOMAIN for all other names. */
export class TestDns {
  /** How many questions about each name came. */
  readonly asked = new Map<string, number>();
  readonly #records = new Map<string, readonly TxtValue[]>();
  readonly #addresses = new Map<string, readonly string[]>();
  readonly #failing = new Set<string>();
  readonly #silent = new Set<string>();
  readonly #delays = new Map<string, number>();
  readonly #server = DNS.createUDPServer((request, send) => {
    const response = this.#answer(request);
    if (response === undefined) return;
    const delay = this.#delays.get(nameIn(request));
    if (delay === undefined) send(response as unknown as DNS.DnsResponse);
    else setTimeout(() => send(response as unknown as DNS.DnsResponse), delay);
  });

  static async open(): Promise<TestDns> {
    const dns = new TestDns();
    await dns.#server.listen(0, '127.0.0.1');
    return dns;
  }

  /** For DNS_SERVERS. */
  get address(): string {
    return `127.0.0.1:${this.#server.address().port}`;
  }

  /** The TXT records of a name from now on; a list of texts is one record in pieces. */
  set(name: string, ...values: readonly TxtValue[]): void {
    this.remove(name);
    this.#records.set(name.toLowerCase(), values);
  }

  /** Another TXT record of a name. */
  add(name: string, value: TxtValue): void {
    this.set(name, ...(this.#records.get(name.toLowerCase()) ?? []), value);
  }

  /** The addresses of a name from now on, IPv4 and IPv6. */
  setAddresses(name: string, ...addresses: readonly string[]): void {
    this.set(name);
    this.#addresses.set(name.toLowerCase(), addresses);
  }

  /** The name no longer exists. */
  remove(name: string): void {
    for (const known of [this.#records, this.#addresses, this.#failing, this.#silent]) known.delete(name.toLowerCase());
  }

  /** Questions about the name are answered with SERVFAIL. */
  fail(name: string): void {
    this.remove(name);
    this.#failing.add(name.toLowerCase());
  }

  /** Questions about the name are not answered at all. */
  silence(name: string): void {
    this.remove(name);
    this.#silent.add(name.toLowerCase());
  }

  /** Questions about the name are answered after a time. */
  delay(name: string, milliseconds: number): void {
    this.#delays.set(name.toLowerCase(), milliseconds);
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    await closed;
  }

  #answer(request: DNS.DnsRequest): Response | undefined {
    const [question] = request.questions as Question[];
    const name = nameIn(request);
    this.asked.set(name, (this.asked.get(name) ?? 0) + 1);
    if (this.#silent.has(name)) return undefined;
    const response = DNS.Packet.createResponseFromRequest(request) as unknown as Response;
    const values = this.#records.get(name);
    if (this.#failing.has(name)) response.header.rcode = servfail;
    else if (values === undefined) response.header.rcode = nxdomain;
    else if (question?.type === DNS.Packet.TYPE.TXT) {
      response.answers = values.map((data) => ({ name, type: DNS.Packet.TYPE.TXT, class: DNS.Packet.CLASS.IN, ttl: 0, data }));
    } else {
      const family = question?.type === DNS.Packet.TYPE.A ? 4 : question?.type === DNS.Packet.TYPE.AAAA ? 6 : undefined;
      const addresses = (this.#addresses.get(name) ?? []).filter((address) => isIP(address) === family);
      response.answers = addresses.map((address) => ({ name, type: question?.type, class: DNS.Packet.CLASS.IN, ttl: 0, address }));
    }
    return response;
  }
}

const nameIn = ({ questions: [question] }: DNS.DnsRequest): string => (question?.name ?? '').toLowerCase();
