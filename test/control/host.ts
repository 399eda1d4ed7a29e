// A process that serves the built application to the spec files of one Jest worker (test/README.md).
import 'reflect-metadata';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { hashPasswordsCheaply } from './cheap-passwords.js';
import { HostedServers, type ServerOrder } from './hosted-servers.js';
import { MailSink } from './mail-sink.js';
import { shareQueryPlans } from './shared-plans.js';

hashPasswordsCheaply();
await shareQueryPlans();
const servers = new HostedServers();
const mail = await MailSink.open();

async function answer(request: IncomingMessage): Promise<unknown> {
  const [, what, id = ''] = new URL(request.url ?? '/', 'http://host').pathname.split('/');
  const body = await text(request);
  switch (`${request.method} ${what}`) {
    case 'POST servers': {
      const order = JSON.parse(body) as ServerOrder;
      return servers.borrow({ ...order, env: { SMTP_URL: mail.url, ...order.env } });
    }
    case 'POST returned':
      return servers.giveBack(id, JSON.parse(body) as { keep: boolean });
    case 'POST take-back':
      return servers.takeBack();
    case 'PUT mailbox':
      return mail.forwardTo(body);
    default:
      throw new Error(`the test host has no ${request.method} ${request.url}`);
  }
}

// The spec files close idle connections: a connection that this process closed meanwhile would fail their next request.
const host = createServer({ keepAliveTimeout: 0 }, (request, response) => {
  answer(request).then(
    (result) => response.end(JSON.stringify(result ?? null)),
    (error: unknown) => response.writeHead(500).end(error instanceof Error ? error.stack : String(error)),
  );
});
host.listen(0, '127.0.0.1', () => {
  const { port } = host.address() as AddressInfo;
  process.stdout.write(`${port}\n`);
});
// The process that started this one holds the other end of standard input: this one ends with it.
process.stdin.resume().on('end', () => process.exit());
