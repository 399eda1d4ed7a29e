// CPU time and memory of processes, from /proc. All numbers are undefined on systems without it.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const ticksPerSecond = Number(spawnSync('getconf', ['CLK_TCK']).stdout ?? 100);
const hasProc = existsSync('/proc/self/stat');

/** The CPU time of a process with all its threads, in microseconds; 0 when it has ended. */
export function cpuOf(pid) {
  if (!hasProc) return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the process may contain spaces: the fields are counted after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return ((Number(fields[11]) + Number(fields[12])) * 1e6) / ticksPerSecond;
  } catch {
    return 0;
  }
}

/** The resident memory of a process in megabytes. */
export function memoryOf(pid) {
  if (!hasProc) return undefined;
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

/** The CPU time of several processes by id. */
export const cpuOfAll = (pids) => new Map(pids.map((pid) => [pid, cpuOf(pid)]));

/** The time that was added since an earlier reading; a new process counts from its start. */
export const addedTime = (before, after) => [...after].reduce((sum, [pid, time]) => sum + Math.max(0, time - (before.get(pid) ?? 0)), 0);
