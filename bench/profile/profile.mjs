// Profiles the tenantry server during one operation, and groups the time by package and folder.
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';

async function tell(server, command) {
  server.child.send({ command });
  const [answer] = await once(server.child, 'message');
  return answer;
}

/** Writes a .cpuprofile, which Chrome's and VS Code's profilers open, and returns its path. */
export async function profileOperation({ client, servers, options }, operation) {
  const [server] = servers;
  const load = { system: server.name, operation, port: server.port, concurrency: options.callers, spread: options.spread };
  await client.ask('prove', { ...load });
  await client.ask('load', { ...load, seconds: 3 });
  await tell(server, 'start');
  const result = await client.ask('load', { ...load, seconds: Math.max(options.seconds, 5) });
  const { profile } = await tell(server, 'stop');
  const file = `${operation.replaceAll(' ', '-')}-${options.node.major}.cpuprofile`;
  await writeFile(file, JSON.stringify(profile));
  return { file, profile, result };
}

/** The package, folder or part of the runtime that a frame belongs to. A native function belongs to the code that called it. */
function groupOf(node, parents) {
  const { functionName, url } = node.callFrame;
  if (url === '') {
    const parent = parents.get(node.id);
    return functionName.startsWith('(') || parent === undefined || parent.callFrame.functionName === '(root)' ? functionName : groupOf(parent, parents);
  }
  const [, inModules] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  if (inModules !== undefined) return inModules;
  const [, inDist] = /\/dist\/((?:[^/]+\/){0,2})/.exec(url) ?? [];
  return inDist === undefined ? url : `dist/${inDist}`;
}

/** Sums the time that each group and function spent itself. @returns shares of the time in which the server was not idle, largest first */
export function selfTimes({ nodes, samples, timeDeltas }) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node])));
  const groups = new Map();
  const functions = new Map();
  let busy = 0;
  for (const [index, id] of samples.entries()) {
    const frame = byId.get(id).callFrame;
    const time = timeDeltas[index];
    if (frame.functionName === '(idle)') continue;
    busy += time;
    const group = groupOf(byId.get(id), parents);
    const name = `${frame.functionName || '(anonymous)'} ${group}${frame.url === '' ? '' : ` ${frame.url.split('/').at(-1)}:${frame.lineNumber + 1}`}`;
    groups.set(group, (groups.get(group) ?? 0) + time);
    functions.set(name, (functions.get(name) ?? 0) + time);
  }
  const shares = (times) => [...times].map(([name, time]) => ({ name, share: time / busy })).sort((a, b) => b.share - a.share);
  return { groups: shares(groups), functions: shares(functions) };
}
