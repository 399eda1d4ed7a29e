import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Whether a process with this id is alive. A zombie counts as dead. */
export function isAlive(pid: number): boolean {
  if (statField(pid, 3) === 'Z') return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Returns when a process started, in the notation of the system; empty when that is unknown. With the id it identifies a
 * process, because ids are reused (often, in containers).
 */
export function startOf(pid: number): string {
  return statField(pid, 22) ?? ps(pid, 'lstart=');
}

/** Returns the command line of a process; empty when the process is gone. */
export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return ps(pid, 'args=');
  }
}

/** Returns a field of Linux's /proc/<pid>/stat, counted from 1 (proc(5)). The second, a name in parentheses, may contain spaces. */
function statField(pid: number, field: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[field - 3];
  } catch {
    return undefined;
  }
}

function ps(pid: number, format: string): string {
  try {
    return execFileSync('ps', ['-o', format, '-p', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return '';
  }
}
