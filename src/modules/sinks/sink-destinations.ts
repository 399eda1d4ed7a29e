import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import type { ObjectStorage } from '../../common/storage/object-storage.js';
import { openStorage } from '../../common/storage/open-storage.js';
import { tracedFetch } from '../../common/tracing.js';
import { AppConfig } from '../../config/app-config.js';
import { version } from '../../observability/version.js';

/** Milliseconds for a request, with its answer. */
const timeout = 30_000;

/** The kinds of sinks: a server, or a folder or bucket. */
export const sinkNames = ['http', 'storage'] as const;
export type SinkName = (typeof sinkNames)[number];

/** A place that receives the events of all organizations. */
export interface SinkDestination {
  /** The name of its cursor in the database. */
  readonly name: SinkName;
  /** Milliseconds for which the first event of a batch waits for others. */
  readonly gathering: number;
  /** Stores lines of NDJSON. It may get some of them again, if an earlier attempt has failed late. @throws {Error} when they are not stored */
  send(lines: string, signal: AbortSignal): Promise<void>;
}

/** The sinks of the configuration: EVENT_SINK_URL and EVENT_SINK_STORAGE_URL. */
@Injectable()
export class SinkDestinations {
  readonly all: readonly SinkDestination[];

  constructor({ eventSinks: { url, token, storageUrl, interval }, s3 }: AppConfig, clock: Clock) {
    this.all = [...(url === undefined ? [] : [serverSink(url, token)]), ...(storageUrl === undefined ? [] : [storageSink(openStorage(storageUrl, s3), interval * 1000, clock)])];
  }
}

const serverSink = (url: string, token: string | undefined): SinkDestination => ({
  name: 'http',
  gathering: 0,
  send: async (body, signal) => {
    const headers = { 'content-type': 'application/x-ndjson', 'user-agent': `tenantry/${version}`, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
    const response = await tracedFetch(url, { method: 'POST', redirect: 'error', headers, body, signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]) });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`The server of EVENT_SINK_URL answered ${response.status}.`);
  },
});

/** Objects are named by the time at which they are written, in a folder for each hour: `2026/11/29/22/20261129T221530123Z-<id>.ndjson`. */
const storageSink = (objects: ObjectStorage, gathering: number, clock: Clock): SinkDestination => ({
  name: 'storage',
  gathering,
  send: async (lines) => {
    const time = clock.now().toISOString();
    const [year, month, day, hour] = time.split(/[-T:]/);
    await objects.write(`${year}/${month}/${day}/${hour}/${time.replaceAll(/[-:.]/g, '')}-${randomUUID()}.ndjson`, [Buffer.from(lines)]);
  },
});
