import { InvalidArgumentError, Option, type Command } from 'commander';
import { MachineClock } from '../../common/clock.js';
import { command, type CommonOptions } from '../command.js';
import { runAndPrint } from '../output.js';
import type { Terminal } from '../terminal.js';

interface ListenCommandOptions extends CommonOptions {
  readonly forwardTo: string;
  readonly server: string;
  readonly apiKey: string;
  readonly secret?: string;
  readonly events?: readonly string[];
  readonly for?: number;
}

function httpUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) throw new InvalidArgumentError('It must be a URL such as http://localhost:4000/webhooks.');
  return text;
}

function secretOf(text: string): string {
  if (!/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/.test(text)) throw new InvalidArgumentError('It must be a secret such as whsec_….');
  return text;
}

function secondsOf(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('It must be a number of seconds.');
  return Number(text);
}

/** `tenantry webhooks:listen`: forwards the events of a running server to a local URL. */
export const webhooksListenCommand = (terminal: Terminal): Command =>
  command({
    name: 'webhooks:listen',
    description:
      'Forwards the events of an organization to a local URL, signed as its webhooks: for development, without a public address. Reads the log of events of a running server with an API key, until it is interrupted or its time is over. A failed request is not repeated.',
    examples: ['webhooks:listen --forward-to http://localhost:4000/webhooks --server https://app.example.com --api-key tk_… --events member.*,team.created --for 3600'],
    exits: { failed: 'error, or the server refuses the key' },
  })
    .requiredOption('--forward-to <url>', 'URL to which events are sent', httpUrl)
    .option('--server <url>', 'URL of the server', httpUrl, 'http://127.0.0.1:3000')
    .addOption(new Option('--api-key <key>', 'API key with the permission events:read').env('TENANTRY_API_KEY').makeOptionMandatory())
    .option('--secret <secret>', 'secret that signs the requests; a new one if it is left out', secretOf)
    .option('--events <types>', 'types of events, separated by commas; `member.*` for all of an object', (text: string) => text.split(','))
    .option('--for <seconds>', 'time after which the command ends; without it, it runs until it is interrupted', secondsOf)
    .action(({ forwardTo, server, apiKey, secret, events = [], json, for: seconds }: ListenCommandOptions) =>
      runAndPrint(terminal, json, async () => {
        const [{ WebhookListener }, { newWebhookKey }] = await Promise.all([
          import('../../modules/webhooks/webhook-listener.js'),
          import('../../modules/webhooks/webhook-keys.js'),
        ]);
        const stop = new AbortController();
        const interrupt = (): void => stop.abort();
        for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, interrupt);
        const signs = secret ?? newWebhookKey('symmetric').secret;
        const timer = seconds === undefined ? undefined : setTimeout(interrupt, seconds * 1000);
        let forwarded = 0;
        const say = (line: string, value: object): void => terminal.out(json === true ? `${JSON.stringify(value)}\n` : `${line.replaceAll(/\p{Cc}/gu, '\ufffd')}\n`);
        const listener = new WebhookListener(
          { server, key: apiKey, forwardTo, secret: signs, types: events },
          {
            started: (position) => say(`Ready. Events after ${position} are sent to ${forwardTo}, signed with ${signs}`, { position, forwardTo, secret: signs }),
            forwarded: ({ event, status, reason, milliseconds }) => {
              forwarded += 1;
              say(`${event.sequence} ${event.type} ${status ?? `not sent: ${reason}`} (${milliseconds} ms)`, {
                event,
                status: status ?? null,
                reason: reason ?? null,
                milliseconds,
              });
            },
            warned: (message) => terminal.err(`${message}\n`),
          },
          new MachineClock(),
        );
        try {
          await listener.listen(stop.signal);
        } finally {
          clearTimeout(timer);
          for (const name of ['SIGINT', 'SIGTERM'] as const) process.removeListener(name, interrupt);
        }
        return { value: { forwarded }, lines: () => [`${forwarded} events were sent.`] };
      }),
    );
