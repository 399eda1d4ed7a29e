import { Injectable, Logger, Module, type DynamicModule, type OnApplicationShutdown, type Provider } from '@nestjs/common';
import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import { Clock } from '../common/clock.js';
import { networkOf } from '../common/http/addresses/address.js';
import { LoadsService } from '../common/load/loads.service.js';
import { AppConfig } from '../config/app-config.js';
import { PrismaClient } from '../generated/prisma/client.js';
import { tenantSchema } from '../generated/tenant-schema.js';
import { currentHold, TenantContext, type AuditNote } from '../tenancy/tenant-context.js';
import { createTenantClient } from '../tenancy/tenant-extension.js';
import { wireBinding } from '../tenancy/wire-binding.js';
import { DatabaseClock } from './database-clock.js';
import { DatabaseListener } from './database-listener.js';
import { DatabaseUrls } from './connect/database-urls.js';
import { addressOnServer, clusterQuery, replicaCheck } from './connect/replica.js';
import { PlatformDb } from './platform-db.js';
import { platformRunners, tenantRunners } from './pool-runners.js';
import { ReportsDb, ReportsPool } from './reports-db.js';
import { PlatformPool } from './wire/platform-pool.js';
import { SealedSecretsService } from './sealed-secrets.service.js';
import { statementNames } from './wire/prepared-statement-names.js';
import { TenantDb } from './tenant-db.js';
import { TenantPool, type TenantPoolOptions, type WriteSettings } from './wire/tenant-pool.js';
import { answerTimeoutOf, type SessionLimits } from './utc-client.js';
import type { ConnectionPoolOptions } from './wire/connection-pool.js';
import { WorkingTime } from './wire/working-time.js';
import { WriteSignal } from './write-signal.js';
import { tracedClient } from './traced-client.js';
import { createPlatformClient } from '../tenancy/platform-extension.js';

/** Milliseconds to wait for a free or a new connection. */
const connectionTimeout = 5_000;
/** How many wait for a connection at most, for each connection. */
const waitingPerConnection = 100;
/** Seconds after which a connection is replaced: other servers behind the same name get their share, and memory of the old session is freed. */
const maxLifetime = 1800;
/** Milliseconds after which the server ends a session of the platform whose transaction sends nothing: its client hangs or is gone. */
const idleInTransaction = 60_000;
/** Milliseconds after which the server ends any transaction of the platform: longer than that of any job. */
const longestTransaction = 900_000;
/** Prisma gives up after two seconds by default: a transaction waits for a connection as long as a single statement does. */
const transactionOptions = { maxWait: connectionTimeout } as const;

/** The parts that all pools of requests share. */
@Injectable()
class PoolParts {
  /** That of the server that takes writes. */
  readonly workingTime = new WorkingTime();

  constructor(
    readonly urls: DatabaseUrls,
    readonly config: AppConfig,
    readonly context: TenantContext,
    readonly loads: LoadsService,
  ) {}
}

/** Returns the user or API key, or the network of a client that has not signed in. */
const partyOf = ({ actorId, ip }: AuditNote): string | undefined => actorId ?? (ip === undefined ? undefined : networkOf(ip));

/**
 * Connections are opened when they are needed, and closed when they are idle. Organizations share them, and are charged for the time for which they hold
 * them.
 */
const poolOptions = (
  connectionString: string,
  application_name: string,
  { config: { databasePoolSize, databaseLimits }, context, loads, workingTime }: PoolParts,
): ConnectionPoolOptions => ({
  connectionString,
  application_name,
  max: databasePoolSize,
  maxWaiting: waitingPerConnection * databasePoolSize,
  connectionTimeoutMillis: connectionTimeout,
  maxLifetimeSeconds: maxLifetime,
  answerTimeoutMillis: answerTimeoutOf(databaseLimits.statement),
  holder: () => context.beneficiary,
  party: () => partyOf(context.work),
  workingTime,
  onReturned: (holder, duration) => loads.addDatabaseTime(holder, duration),
});

const tenantPoolOptions = (url: string, name: string, parts: PoolParts): TenantPoolOptions => ({
  ...poolOptions(url, name, parts),
  statementTimeoutMillis: parts.config.databaseLimits.statement,
  lockTimeoutMillis: parts.config.databaseLimits.lock,
  preparedStatements: parts.config.preparedStatements,
});

/** Limits of the sessions of the platform, which PgBouncer does not share. */
const platformLimits = ({ databaseLimits: { statement, lock } }: AppConfig): SessionLimits => {
  const isShort = statement < longestTransaction;
  return { statement, lock, idleInTransaction: isShort ? idleInTransaction : 0, transaction: isShort ? longestTransaction : 0 };
};

/** Logs that the server closed an idle connection, for example at a restart. The pool opens a new one when it needs one. */
const logIdleError = (error: Error): void => new Logger('Database').warn(`an idle connection was lost: ${error.message}`);

/** Returns the settings of a write: the audit note and the authority of the request. Outside of any request it is not known whether a query writes. */
const writeSettings = (context: TenantContext, signal: WriteSignal) => (): WriteSettings => {
  const { writes = true } = wireBinding.options();
  if (!writes) return {};
  const note = context.auditNote();
  if (note !== undefined) signal.written();
  return { note, authority: context.authority, expected: context.expected, hold: currentHold() };
};

/**
 * The number of query plans that Prisma keeps. A plan takes about 25 kB. Each nested write has a plan for its values, so without this limit they
 * would take the 1,000 places that Prisma has by default (scripts/compact-prisma-client.mjs).
 */
const maxQueryPlans = 500;

const prismaClient = (pool: pg.Pool, preparedStatements: boolean): PrismaClient => {
  const options = preparedStatements ? { statementNameGenerator: statementNames() } : {};
  return tracedClient(new PrismaClient({ adapter: new PrismaPg(pool, options), transactionOptions, queryPlanCacheMaxSize: maxQueryPlans }));
};

const tenantClient = (pool: TenantPool, context: TenantContext, { preparedStatements }: AppConfig): TenantDb => {
  // The pool has only those members of pg.Pool that the adapter uses, hence the cast.
  const client = prismaClient(pool as unknown as pg.Pool, preparedStatements);
  return createTenantClient(client, { schema: tenantSchema, context, runners: tenantRunners(pool, preparedStatements) });
};

const providers: Provider[] = [
  PoolParts,
  DatabaseListener,
  SealedSecretsService,
  WriteSignal,
  {
    provide: TenantPool,
    inject: [PoolParts, WriteSignal],
    useFactory: (parts: PoolParts, signal: WriteSignal) => {
      const pool = new TenantPool(tenantPoolOptions(parts.urls.app, 'tenantry', parts), () => wireBinding.current(), writeSettings(parts.context, signal));
      pool.on('error', logIdleError);
      return pool;
    },
  },
  {
    provide: PlatformPool,
    inject: [PoolParts, WriteSignal],
    useFactory: (parts: PoolParts, signal: WriteSignal) =>
      new PlatformPool(
        {
          ...poolOptions(parts.urls.platform, 'tenantry platform', parts),
          sessionLimits: platformLimits(parts.config),
          preparedStatements: parts.config.preparedStatements,
        },
        writeSettings(parts.context, signal),
      ).on('error', logIdleError),
  },
  {
    provide: ReportsPool,
    inject: [PoolParts, TenantPool, PlatformPool],
    useFactory: (parts: PoolParts, tenantPool: TenantPool, platformPool: PlatformPool) => {
      const { reportsUrl } = parts.config;
      if (reportsUrl === undefined) return tenantPool;
      const readCluster = async (): Promise<string> => (await platformPool.read<{ cluster: string }>({ text: clusterQuery })).rows[0]?.cluster ?? '';
      const shared = tenantPoolOptions(addressOnServer(parts.urls.app, reportsUrl), 'tenantry reports', parts);
      const options = { ...shared, workingTime: new WorkingTime(), verify: replicaCheck(readCluster) };
      // A replica cannot compare the authority of a request, or record a note. Its statements have neither.
      const pool = new TenantPool(options, () => wireBinding.current());
      pool.on('error', logIdleError);
      return pool;
    },
  },
  { provide: TenantDb, inject: [TenantPool, TenantContext, AppConfig], useFactory: tenantClient },
  {
    provide: ReportsDb,
    inject: [ReportsPool, TenantPool, TenantDb, TenantContext, AppConfig],
    useFactory: (pool: TenantPool, tenantPool: TenantPool, db: TenantDb, context: TenantContext, config: AppConfig) =>
      pool === tenantPool ? db : tenantClient(pool, context, config),
  },
  {
    provide: PlatformDb,
    inject: [PlatformPool, AppConfig],
    useFactory: (pool: PlatformPool, { preparedStatements }: AppConfig) => createPlatformClient(prismaClient(pool, preparedStatements), platformRunners(pool, preparedStatements)),
  },
];

/** Provides the two database clients, {@link TenantDb} and {@link PlatformDb}, their pools and the {@link Clock} to all modules. */
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(
    private readonly tenantPool: TenantPool,
    private readonly platformPool: PlatformPool,
    private readonly reportsPool: ReportsPool,
  ) {}

  /**
   * @param urls the addresses of a migrated database
   * @param clock the database's when left out
   */
  static forRoot(urls: DatabaseUrls, clock: Clock | undefined): DynamicModule {
    const time: Provider = clock === undefined ? { provide: Clock, useClass: DatabaseClock } : { provide: Clock, useValue: clock };
    const all = [{ provide: DatabaseUrls, useValue: urls }, time, ...providers];
    return { module: DatabaseModule, global: true, providers: all, exports: all };
  }

  /** Waits for running queries, then closes all connections. */
  async onApplicationShutdown(): Promise<void> {
    const pools = new Set([this.tenantPool, this.platformPool, this.reportsPool]);
    await Promise.all([...pools].map((pool) => pool.end()));
  }
}
