import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse, parseAllDocuments } from 'yaml';

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
  readonly timeoutSeconds: number;
}
interface Container {
  readonly image: string;
  readonly args?: readonly string[];
  readonly envFrom: readonly { readonly configMapRef?: { name: string }; readonly secretRef?: { name: string } }[];
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[];
  readonly securityContext: object;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  readonly startupProbe: Probe;
  readonly livenessProbe: Probe;
  readonly readinessProbe: Probe;
}
interface Pod {
  readonly terminationGracePeriodSeconds: number;
  readonly securityContext: object;
  readonly volumes: readonly { readonly name: string }[];
  readonly containers: readonly [Container];
}
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Record<string, string>;
  readonly stringData?: Record<string, string>;
  readonly spec: { readonly template: { readonly metadata: { readonly labels: object }; readonly spec: Pod }; readonly selector: { readonly matchLabels: object } };
}

const folder = 'deploy/kubernetes';
const read = (file: string): Manifest[] => parseAllDocuments(readFileSync(path.join(folder, file), 'utf8')).map((document) => document.toJS() as Manifest);
const one = (file: string): Manifest => read(file)[0]!;
const settings = new Set([...readFileSync('.env.example', 'utf8').matchAll(/^#?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name));
const routes = new Set(Object.keys((JSON.parse(readFileSync('openapi.json', 'utf8')) as { paths: object }).paths));
const dockerfile = readFileSync('Dockerfile', 'utf8');
const [deployment, job] = [one('deployment.yaml'), one('migration/job.yaml')];
const [api] = deployment.spec.template.spec.containers;
const config = one('config.yaml').data!;
const secrets = read('secret.example.yaml');

describe('the manifests of Kubernetes', () => {
  it.each(['.', 'migration'])('kustomize includes every manifest of %s', (part) => {
    const { resources } = parse(readFileSync(path.join(folder, part, 'kustomization.yaml'), 'utf8')) as { resources: string[] };
    const files = readdirSync(path.join(folder, part)).filter((file) => file.endsWith('.yaml') && !/^kustomization|\.example\./.test(file));
    expect(resources.toSorted()).toEqual(files.toSorted());
  });

  it('all settings exist, and the example has no secret values', () => {
    const examples = secrets.flatMap(({ stringData }) => Object.entries(stringData!));
    expect([...Object.keys(config), ...examples.map(([name]) => name)].filter((name) => !settings.has(name))).toEqual([]);
    expect(examples.filter(([, value]) => value !== '')).toEqual([]);
    expect(Object.values(config).filter((value) => typeof value !== 'string')).toEqual([]);
  });

  it('only the migration gets the address of the owner', () => {
    const [withOwner] = secrets.filter(({ stringData }) => 'DATABASE_OWNER_URL' in stringData!);
    const namesOf = ({ envFrom }: Container): unknown[] => envFrom.map(({ configMapRef, secretRef }) => (configMapRef ?? secretRef)?.name);
    expect(namesOf(api)).toEqual(['tenantry', 'tenantry']);
    expect(namesOf(job.spec.template.spec.containers[0])).toEqual([withOwner!.metadata.name]);
  });

  it('the probes ask existing routes on the port of the image', () => {
    const probes = [api.startupProbe, api.livenessProbe, api.readinessProbe];
    expect(probes.map(({ httpGet }) => httpGet.path)).toEqual(['/health/live', '/health/live', '/health/ready']);
    expect(probes.filter(({ httpGet }) => !routes.has(httpGet.path) || httpGet.port !== api.ports[0]!.name)).toEqual([]);
    expect(dockerfile).toContain(`\nEXPOSE ${String(api.ports[0]!.containerPort)}\n`);
    // The readiness answers within two seconds.
    expect(api.readinessProbe.timeoutSeconds).toBeGreaterThan(2);
  });

  it('a stopping replica gets its delay and 30 seconds', () => {
    expect(deployment.spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(Number(config['SHUTDOWN_DELAY']) + 30);
    const { api: composed } = (parse(readFileSync('compose.yaml', 'utf8')) as { services: { api: { stop_grace_period: string; environment: Record<string, string> } } }).services;
    expect(Number.parseInt(composed.stop_grace_period, 10)).toBeGreaterThan(Number(composed.environment['SHUTDOWN_DELAY']) + 30);
  });

  it.each([deployment, job])('$kind runs the image as its user, who can write to the mounted folders only', ({ spec: { template } }) => {
    const [container] = template.spec.containers;
    expect(container.image).toBe(api.image);
    expect(template.spec.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } });
    expect(container.securityContext).toEqual({ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } });
    expect(dockerfile).toContain('\nUSER node\n');
  });

  it('DATA_DIR is a volume', () => {
    const mounted = api.volumeMounts.find(({ mountPath }) => mountPath === config['DATA_DIR']);
    expect(deployment.spec.template.spec.volumes.map(({ name }) => name)).toContain(mounted?.name);
  });

  it('everything that selects pods selects those of the deployment', () => {
    const { labels } = deployment.spec.template.metadata;
    const selectors = [deployment.spec.selector.matchLabels, one('disruption-budget.yaml').spec.selector.matchLabels, one('service.yaml').spec.selector];
    for (const selector of selectors) expect(selector).toEqual(labels);
  });
});
