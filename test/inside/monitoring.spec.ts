import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parser } from '@prometheus-io/lezer-promql';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { parse } from 'yaml';
import { PlatformPool } from '../../src/database/wire/platform-pool.js';
import { MetricsService } from '../../src/observability/metrics.service.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { runJob } from '../support/jobs.js';
import { startTestServer, type TestServer } from '../support/server.js';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook_url: string };
}
interface Panel {
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}

const alertsFile = 'deploy/monitoring/alerts.yaml';
const page = readFileSync('docs/monitoring.md', 'utf8');
const rules = (parse(readFileSync(alertsFile, 'utf8')) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules);
const { panels } = JSON.parse(readFileSync('deploy/monitoring/dashboard.json', 'utf8')) as { panels: Panel[] };
/** The dashboard's variables, as Grafana replaces them. */
const inGrafana = (expr: string): string => expr.replaceAll('$__rate_interval', '1m').replaceAll('$instance', '.*');
const targets = panels.flatMap(({ title, targets: all = [] }) => all.map((target) => ({ title, ...target, expr: inGrafana(target.expr) })));
const expressions = [...rules.map(({ alert, expr }) => ({ title: alert, expr })), ...targets];

/** The labels that Prometheus adds to each series, and the metrics that it makes itself. */
const added = ['job', 'instance'];
const ofPrometheus = new Map<string, readonly string[]>([['up', []]]);

let server: TestServer;
/** The labels of each series, by the name that Prometheus stores. */
const series = new Map<string, readonly string[]>(ofPrometheus);
let exposed: { name: string; type: string; labels: readonly string[] }[] = [];
let scrape = '';
beforeAll(async () => {
  // With everything that has metrics only if it is set. Nothing listens at the port.
  const redis = `redis://127.0.0.1:${await freePort()}`;
  server = await startTestServer({
    REDIS_URL: redis,
    RATE_LIMITS_ENABLED: 'true',
    AUDIT_CHECKPOINTS_URL: `file://${tmpdir()}/checkpoints`,
    // No folder: a backup is attempted, and nothing is written.
    BACKUP_URL: 'file:///dev/null/backups',
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await freePort()}`,
    // Longer than the statements of a busy machine take, and shorter than the one that is too slow.
    DATABASE_STATEMENT_TIMEOUT: '3',
  });
  scrape = (await server.api.get('//metrics')).text;
  const all = server.app.get(MetricsService).registry.getMetricsAsArray() as unknown as { name: string; type: string; labelNames: string[] }[];
  exposed = all.map(({ name, type, labelNames }) => ({ name, type, labels: labelNames.filter((label) => label !== 'le') }));
  for (const { name, type, labels } of exposed) {
    if (type === 'histogram') for (const suffix of ['bucket', 'sum', 'count']) series.set(`${name}_${suffix}`, suffix === 'bucket' ? [...labels, 'le'] : labels);
    else series.set(name, labels);
  }
});
afterAll(() => server.close());

interface Selector {
  readonly metric: string;
  readonly matchers: readonly { readonly label: string; readonly operator: string; readonly value: string }[];
}
interface Read {
  readonly errors: number;
  readonly selectors: readonly Selector[];
  /** The labels of `by (…)` and `without (…)`. */
  readonly grouped: readonly string[];
}

/** Parses an expression, and returns what it names. */
function read(expr: string): Read {
  let errors = 0;
  const [selectors, grouped]: [Selector[], string[]] = [[], []];
  parser.parse(expr).iterate({
    enter: ({ name, type, from, to, node }) => {
      const text = expr.slice(from, to);
      if (type.isError) errors += 1;
      else if (name === 'VectorSelector') {
        const identifier = node.getChild('Identifier');
        selectors.push({ metric: identifier === null ? '' : expr.slice(identifier.from, identifier.to), matchers: matchersOf(text) });
      } else if (name === 'GroupingLabels') grouped.push(...(text.match(/\w+/g) ?? []));
    },
  });
  return { errors, selectors, grouped };
}

const matchersOf = (selector: string): Selector['matchers'] =>
  [...selector.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g)].map(([, label, operator, value]) => ({ label: label!, operator: operator!, value: value! }));

const labelsOf = (metric: string): readonly string[] => [...(series.get(metric) ?? []), ...added];

describe('the parser of these tests', () => {
  it.each(['sum(rate(x[5m])', 'rate(x[5m]) >', 'sum by (a (x)', '{'])('finds the error in %s', (expr) => expect(read(expr).errors).toBeGreaterThan(0));

  it('finds metrics, matchers and groups', () => {
    expect(read('sum by (a, b) (rate(x{c="1", d=~"2|3"}[5m])) / scalar(y)')).toEqual({
      errors: 0,
      grouped: ['a', 'b'],
      selectors: [
        {
          metric: 'x',
          matchers: [
            { label: 'c', operator: '=', value: '1' },
            { label: 'd', operator: '=~', value: '2|3' },
          ],
        },
        { metric: 'y', matchers: [] },
      ],
    });
  });
});

describe('alerts and the dashboard', () => {
  it('every expression is PromQL', () => expect(expressions.filter(({ expr }) => read(expr).errors > 0)).toEqual([]));

  it('every expression names only metrics and labels that the server has', () => {
    const wrong = expressions.flatMap(({ title, expr }) => {
      const { selectors, grouped } = read(expr);
      const inExpression = selectors.flatMap(({ metric }) => labelsOf(metric));
      return [
        ...selectors.filter(({ metric }) => !series.has(metric)).map(({ metric }) => `${title}: the server has no metric ${metric}`),
        ...selectors.flatMap(({ metric, matchers }) =>
          matchers.filter(({ label }) => !labelsOf(metric).includes(label)).map(({ label }) => `${title}: ${metric} has no label ${label}`),
        ),
        ...grouped.filter((label) => !inExpression.includes(label)).map((label) => `${title}: no metric has the label ${label}`),
      ];
    });
    expect(wrong).toEqual([]);
  });

  it('every value that an expression looks for exists', () => {
    const kinds = [...readFileSync('prisma/models/delivery.prisma', 'utf8').matchAll(/^ {2}(\w+)$/gm)].map(([, kind]) => kind!);
    const known = (metric: string, label: string): string[] =>
      metric.startsWith('tenantry_mail') ? kinds : [...scrape.matchAll(new RegExp(`^${metric}\\{(?:[^}]*,)?${label}="([^"]*)"`, 'gm'))].map(([, value]) => value!);
    // Values of routes, statuses and instances appear with requests.
    const looked = expressions.flatMap(({ title, expr }) =>
      read(expr).selectors.flatMap(({ metric, matchers }) =>
        matchers
          .filter(({ label }) => ['kind', 'state', 'pool', 'reason'].includes(label))
          .flatMap(({ label, value }) => value.split('|').map((each) => ({ title, metric, label, each }))),
      ),
    );
    expect(looked.length).toBeGreaterThan(10);
    expect(looked.filter(({ metric, label, each }) => !known(metric, label).includes(each))).toEqual([]);
  });

  it('legends, and texts of alerts, name only labels that the expression returns', () => {
    const legends = targets.map(({ title, expr, legendFormat }) => ({ title, expr, labels: [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label!) }));
    const texts = rules.map(({ alert, expr, annotations }) => ({ title: alert, expr, labels: [...annotations.summary.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label!) }));
    const wrong = [...legends, ...texts].filter(({ expr, labels }) => {
      const { selectors, grouped } = read(expr);
      const isGrouped = /\b(?:sum|max|min|count|avg)\b/.test(expr);
      const returned = isGrouped ? grouped : selectors.flatMap(({ metric }) => labelsOf(metric));
      return labels.some((label) => !returned.includes(label));
    });
    expect(wrong).toEqual([]);
  });

  it('panels do not overlap', () => {
    const cells = panels.flatMap(({ title, gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => ({ title, cell: `${x + (index % w)} ${y + Math.floor(index / w)}`, right: x + w })),
    );
    expect(cells.filter(({ right }) => right > 24)).toEqual([]);
    expect(new Set(cells.map(({ cell }) => cell)).size).toBe(cells.length);
  });
});

describe('docs/monitoring.md', () => {
  const rows = [...page.matchAll(/^\| `((?:tenantry|http)_\w+)(?:\{([\w,]+)\})?` \| (\w+) \|/gm)].map(([, name, labels, type]) => ({
    name: name!,
    type: type!,
    labels: labels?.split(',') ?? [],
  }));

  it('lists exactly the metrics that the server exposes, with their types and labels', () => {
    const byName = (one: { name: string }, other: { name: string }): number => one.name.localeCompare(other.name);
    const own = exposed.filter(({ name }) => !/^(process|nodejs)_/.test(name));
    expect(own.length).toBeGreaterThan(30);
    expect(rows.toSorted(byName)).toEqual(own.toSorted(byName));
  });

  it('lists every kind of database error', () => {
    const listed = [...(/### Kinds of database errors([\s\S]*?)\n## /.exec(page)?.[1] ?? '').matchAll(/^\| (`[^|]*`) \|/gm)].flatMap(([, cell]) => cell!.match(/\w+/g)!);
    const kinds = [...scrape.matchAll(/^tenantry_database_errors_total\{kind="(\w+)"/gm)].map(([, kind]) => kind!);
    expect(kinds.length).toBeGreaterThan(10);
    expect(listed.filter((kind) => kind !== 'kind').toSorted()).toEqual(kinds.toSorted());
  });

  it('has a section for each alert, which says what it means, how to confirm it and what to do', () => {
    const sections = [...page.matchAll(/^#### (\w+)\n([\s\S]*?)(?=\n#{2,4} )/gm)].map(([, name, text]) => ({ name: name!, text: text! }));
    expect(sections.map(({ name }) => name)).toEqual(rules.map(({ alert }) => alert));
    expect(sections.filter(({ text }) => !/- Means: /.test(text) || !/- Confirm( and do)?: /.test(text) || !/- (Do|Confirm and do): /.test(text))).toEqual([]);
    expect(rules.filter(({ alert, annotations }) => !annotations.runbook_url.endsWith(`/docs/monitoring.md#${alert.toLowerCase()}`))).toEqual([]);
    expect(rules.filter(({ labels }) => !['critical', 'warning'].includes(labels.severity))).toEqual([]);
  });

  it('names only panels that the dashboard has', () => {
    const named = [...page.matchAll(/panels? ((?:\*[^*]+\*(?:, | and )?)+)/g)].flatMap(([, names]) => [...names!.matchAll(/\*([^*]+)\*/g)].map(([, name]) => name!));
    expect(named.length).toBeGreaterThan(5);
    const titles = panels.map(({ title }) => title.split(/,/)[0]!);
    expect(named.filter((name) => !titles.includes(name))).toEqual([]);
  });
});

function promtool(): string | undefined {
  try {
    return execFileSync('promtool', ['--version'], { encoding: 'utf8' });
  } catch {
    return undefined;
  }
}

(promtool() === undefined ? describe.skip : describe)('promtool of Prometheus', () => {
  it('accepts the rules', () => expect(execFileSync('promtool', ['check', 'rules', alertsFile], { encoding: 'utf8' })).toContain(`SUCCESS: ${rules.length} rules found`));

  it('each alert fires when its cause lasts, and none fires in an installation that works', () => {
    const tests = 'deploy/monitoring/alerts.test.yaml';
    expect(execFileSync('promtool', ['test', 'rules', tests], { encoding: 'utf8' })).toContain('SUCCESS');
    const tested = [...readFileSync(tests, 'utf8').matchAll(/alertname="(\w+)"/g)].map(([, name]) => name!);
    expect(tested).toEqual(rules.map(({ alert }) => alert));
  });

  it('accepts the format of our metrics', () => {
    const { stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: `${scrape}\n`, encoding: 'utf8' });
    expect(`${stdout}${stderr}`.split('\n').filter((line) => line !== '' && !line.startsWith('nodejs_'))).toEqual([]);
  });
});

describe('the values of metrics', () => {
  const valueIn = (text: string, name: string): number => Number(new RegExp(`^${name.replaceAll(/[{}]/g, '\\$&')} (\\S+)$`, 'm').exec(text)?.[1] ?? 'NaN');
  const valueOf = async (name: string): Promise<number> => valueIn((await server.api.get('//metrics')).text, name);
  const rise = async (name: string, work: () => Promise<unknown>): Promise<number> => {
    const before = await valueOf(name);
    await work();
    return (await valueOf(name)) - before;
  };

  it('a statement is counted in the bucket of its duration', async () => {
    const name = 'tenantry_database_statement_duration_seconds';
    // Both values of one answer: the server goes on to send statements between two.
    const slow = async (): Promise<number> => {
      const { text } = await server.api.get('//metrics');
      return valueIn(text, `${name}_count`) - valueIn(text, `${name}_bucket{le="0.25"}`);
    };
    const before = await slow();
    await server.app.get(PlatformPool).read({ text: 'select pg_sleep(0.3)' });
    expect(await slow()).toBeGreaterThan(before);
    expect(await valueOf(`${name}_sum`)).toBeGreaterThan(0.3);
  });

  it('a statement that takes too long is counted as such', async () => {
    const slow = (): Promise<unknown> => expect(server.app.get(PlatformPool).read({ text: 'select pg_sleep(5)' })).rejects.toThrow('statement timeout');
    expect(await rise('tenantry_database_errors_total{kind="statement_timeout"}', slow)).toBe(1);
  });

  it('a read whose connection is lost is counted, and so is its repetition', async () => {
    const lost = (): Promise<unknown> => expect(server.app.get(PlatformPool).read({ text: 'select pg_terminate_backend(pg_backend_pid())' })).rejects.toThrow('terminat');
    const both = async (): Promise<unknown> => expect(await rise('tenantry_database_retries_total{reason="connection_lost"}', lost)).toBe(1);
    expect(await rise('tenantry_database_errors_total{kind="connection_lost"}', both)).toBe(2);
  });

  it('the request log has a partition for each of the two coming months', async () => {
    await runJob(server.app, 'usage-partitions', new Date());
    expect(await valueOf('tenantry_partitions_ahead{table="request_log"}')).toBeGreaterThanOrEqual(2);
  });

  it('changes wait for the audit log, and then a checkpoint for its export', async () => {
    const [owner, before] = [await server.world.owner(), Date.now() / 1000 - 5];
    await server.api.as(owner.accessToken).post(`/organizations/${owner.organizationId}/teams`, { name: 'Website' });
    expect(await valueOf('tenantry_audit_oldest_pending_age_seconds')).toBeGreaterThanOrEqual(0);
    expect(
      await eventually(
        () => valueOf('tenantry_audit_pending'),
        (pending) => pending === 0,
      ),
    ).toBe(0);
    await runJob(server.app, 'make-audit-checkpoints', new Date());
    expect(await valueOf('tenantry_audit_last_checkpoint_timestamp_seconds')).toBeGreaterThan(before);
    expect(await valueOf('tenantry_audit_oldest_unexported_checkpoint_age_seconds')).toBeGreaterThan(0);
  });

  it('the clock of the database is that of this machine', async () => expect(Math.abs(await valueOf('tenantry_clock_difference_seconds'))).toBeLessThan(1));
});
