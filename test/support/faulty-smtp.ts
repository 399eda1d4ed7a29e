import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export type SmtpStep = 'greeting' | 'MAIL' | 'RCPT' | 'DATA' | 'dot';
/** An answer, `drop` to close the connection, or `silence` to answer nothing. */
export type Fault = `${number} ${string}` | 'drop' | 'silence';

export interface AcceptedMail {
  /** The envelope sender. */
  readonly from: string;
  readonly to: string;
  readonly messageId: string;
  readonly text: string;
}

interface Session {
  sender: string;
  recipient: string;
  /** The lines of the mail; undefined outside of it. */
  lines: string[] | undefined;
}

/** An SMTP server that fails where a test says. */
export class FaultySmtp {
  readonly accepted: AcceptedMail[] = [];
  /** The mails that arrived completely, also those that were not accepted. */
  readonly arrived: AcceptedMail[] = [];
  connections = 0;
  #fault: (step: SmtpStep, recipient: string) => Fault | undefined = () => undefined;
  #server: Server | undefined;
  #port = 0;
  readonly #sockets = new Set<Socket>();

  static async open(): Promise<FaultySmtp> {
    const smtp = new FaultySmtp();
    await smtp.start();
    return smtp;
  }

  /** @param options the timeouts of the client, and others */
  url(options = 'greetingTimeout=1000&socketTimeout=1000'): string {
    return `smtp://127.0.0.1:${this.#port}?${options}`;
  }

  /** Fails at a step, for one recipient or for all. No open connection has got past a greeting that is to fail. */
  fail(step: SmtpStep, fault: Fault, recipient?: string): void {
    if (step === 'greeting') for (const socket of this.#sockets) socket.destroy();
    this.#fault = (at, to) => (at === step && (recipient === undefined || to === recipient) ? fault : undefined);
  }

  heal(): void {
    this.#fault = () => undefined;
  }

  /** Listens, on the port of before. */
  async start(): Promise<void> {
    const server = createServer((socket) => this.#serve(socket));
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Refuses connections. */
  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => (this.#server === undefined ? resolve() : this.#server.close(() => resolve())));
    this.#server = undefined;
  }

  #serve(socket: Socket): void {
    this.connections++;
    this.#sockets.add(socket.on('error', () => undefined).on('close', () => this.#sockets.delete(socket)));
    const session: Session = { sender: '', recipient: '', lines: undefined };
    let rest = '';
    this.#answer(socket, 'greeting', session, '220 faulty.test');
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#read(socket, session, line);
    });
  }

  #read(socket: Socket, session: Session, line: string): void {
    if (session.lines !== undefined && line !== '.') {
      session.lines.push(line);
      return;
    }
    if (session.lines !== undefined) return this.#receive(socket, session, session.lines.join('\n'));
    const command = line.slice(0, 4).toUpperCase();
    if (command === 'EHLO') socket.write('250-faulty.test\r\n250 8BITMIME\r\n');
    else if (command === 'RCPT') {
      session.recipient = /<(.*)>/.exec(line)?.[1] ?? '';
      this.#answer(socket, 'RCPT', session, '250 OK');
    } else if (command === 'DATA') {
      if (this.#answer(socket, 'DATA', session, '354 go on')) session.lines = [];
    } else if (command === 'QUIT') socket.end('221 bye\r\n');
    else if (command === 'MAIL') {
      session.sender = /<(.*)>/.exec(line)?.[1] ?? '';
      this.#answer(socket, 'MAIL', session, '250 OK');
    } else socket.write('250 OK\r\n');
  }

  #receive(socket: Socket, session: Session, text: string): void {
    session.lines = undefined;
    const mail = { from: session.sender, to: session.recipient, messageId: /^Message-ID: *(\S+)/im.exec(text)?.[1] ?? '', text };
    this.arrived.push(mail);
    if (this.#answer(socket, 'dot', session, '250 2.0.0 queued as 4711')) this.accepted.push(mail);
  }

  /** @returns whether the server goes on as usual */
  #answer(socket: Socket, step: SmtpStep, { recipient }: Session, usual: string): boolean {
    const fault = this.#fault(step, recipient);
    if (fault === 'drop') socket.destroy();
    else if (fault !== 'silence') socket.write(`${fault ?? usual}\r\n`);
    if (fault?.startsWith('421') === true) socket.end();
    return fault === undefined;
  }
}
