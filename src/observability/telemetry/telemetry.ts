import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { context, diag, DiagLogLevel, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { setGlobalErrorHandler, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { defaultResource, detectResources, envDetector, resourceFromAttributes, type Resource } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { AlwaysOffSampler, AlwaysOnSampler, BatchSpanProcessor, ParentBasedSampler, TraceIdRatioBasedSampler, TracerProvider, type Sampler } from '@opentelemetry/sdk-trace';
import type { Registry } from 'prom-client';
import { tracing } from '../../common/tracing.js';
import type { TelemetrySettings } from '../../config/app-config.js';
import { logLines } from '../logger.js';
import { CountedMetricExporter, countsOf } from './counted-exports.js';
import { emitLine } from './log-records.js';
import { RegistryMetrics } from './metric-producer.js';
import { OpenTelemetryTracing } from './open-telemetry-tracing.js';

/** Milliseconds that the end of the process waits for a collector, twice. */
const patience = 3_000;
/** Milliseconds between two lines about a collector that does not accept. */
const reportEvery = 60_000;

/** Telemetry that is on. */
export interface Telemetry {
  /** Sends the metrics of a registry from now on. */
  sendMetrics(registry: Registry): void;
  /** Sends the metrics a last time, before the application that reads them is closed. Never fails. */
  flushMetrics(): Promise<void>;
  /** Sends what waits, for a few seconds at most. Never fails. */
  stop(): Promise<void>;
}

interface Part {
  shutdown(): Promise<void>;
}

/** Connects the process to a collector. Spans and records wait in bounded queues, and are dropped beyond. */
export function startTelemetry(settings: TelemetrySettings, version: string): Telemetry {
  const logExists = reportFailures();
  const resource = describeProcess(version);
  const parts: Part[] = [];
  if (settings.traces) parts.push(startTraces(settings, resource));
  if (settings.logs) parts.push(startLogs(settings, resource));
  let metrics: MeterProvider | undefined;
  let source: RegistryMetrics | undefined;
  return {
    sendMetrics(registry) {
      logExists();
      if (!settings.metrics) return;
      source = new RegistryMetrics(registry);
      const reader = new PeriodicExportingMetricReader({
        exporter: new CountedMetricExporter(),
        exportIntervalMillis: settings.metricInterval,
        exportTimeoutMillis: Math.min(settings.metricInterval, 30_000),
        metricProducers: [source],
      });
      metrics = new MeterProvider({ resource, readers: [reader] });
      parts.push(metrics);
    },
    async flushMetrics() {
      await withinPatience(metrics?.forceFlush());
      source?.stop();
    },
    // Each signal may have a collector of its own: one that fails at once ends no wait for the others.
    stop: () => withinPatience(Promise.allSettled(parts.map((part) => part.shutdown()))),
  };
}

async function withinPatience(work: Promise<unknown> | undefined): Promise<void> {
  const late = new AbortController();
  // A collector that does not accept was reported already.
  await Promise.race([work?.catch(() => undefined), sleep(patience, undefined, { signal: late.signal }).catch(() => undefined)]);
  late.abort();
}

/** Each variable replaces what the one before it says. */
const describeProcess = (version: string): Resource =>
  defaultResource()
    .merge(
      resourceFromAttributes({
        'service.name': 'tenantry',
        'service.version': version,
        'service.instance.id': randomUUID(),
        'host.name': hostname(),
        'process.pid': process.pid,
        'process.runtime.name': 'nodejs',
        'process.runtime.version': process.versions.node,
      }),
    )
    .merge(detectResources({ detectors: [envDetector] }));

function samplerOf({ sampler, samplerArgument }: TelemetrySettings): Sampler {
  const [, parentBased, kind] = /^(parentbased_)?(\w+)$/.exec(sampler) ?? [];
  const root = kind === 'traceidratio' ? new TraceIdRatioBasedSampler(samplerArgument) : kind === 'always_off' ? new AlwaysOffSampler() : new AlwaysOnSampler();
  return parentBased === undefined ? root : new ParentBasedSampler({ root });
}

function startTraces(settings: TelemetrySettings, resource: Resource): Part {
  const batches = new BatchSpanProcessor({ exporter: new OTLPTraceExporter(), ...settings.spanQueue, selfObsMeterProvider: countsOf('traces') });
  const provider = new TracerProvider({ resource, sampler: samplerOf(settings), spanProcessors: [batches] });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  tracing.active = new OpenTelemetryTracing(provider.getTracer('tenantry'), settings.trustsCallers);
  return provider;
}

function startLogs(settings: TelemetrySettings, resource: Resource): Part {
  const batches = new BatchLogRecordProcessor({ exporter: new OTLPLogExporter(), ...settings.recordQueue, selfObsMeterProvider: countsOf('logs') });
  const provider = new LoggerProvider({ resource, processors: [batches] });
  const logger = provider.getLogger('tenantry');
  logLines.observer = (line) => emitLine(logger, line);
  return provider;
}

/**
 * Logs that a collector does not accept, and what the library warns of, once a minute at most.
 *
 * @returns what to call when the log of the application exists: what the library says before, mostly about its settings, is logged then
 */
function reportFailures(): () => void {
  const logger = new Logger('Telemetry');
  let reportedAt = Number.NEGATIVE_INFINITY;
  let early: string[] | undefined = [];
  // The library works in the context of any request, whose ids the line would have.
  const outsideOfRequests = AsyncLocalStorage.snapshot();
  const report = (problem: unknown): void => {
    const message = problem instanceof Error ? problem.message : String(problem);
    if (early !== undefined) return void early.push(message);
    if (performance.now() - reportedAt < reportEvery) return;
    reportedAt = performance.now();
    outsideOfRequests(() => logger.warn({ problem: message }, 'telemetry is not accepted; what does not fit into the queue is dropped'));
  };
  const ignore = (): void => undefined;
  diag.setLogger({ error: report, warn: report, info: ignore, debug: ignore, verbose: ignore }, DiagLogLevel.WARN);
  setGlobalErrorHandler(report);
  return () => {
    for (const problem of early ?? []) logger.warn({ problem }, 'OpenTelemetry has warned during the start');
    early = undefined;
  };
}
