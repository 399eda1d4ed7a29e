// Puts files back as they were, when a command that changes many of them fails or is interrupted.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';

function filesAt(place) {
  if (!existsSync(place)) return [];
  return statSync(place).isDirectory() ? readdirSync(place).flatMap((name) => filesAt(path.join(place, name))) : [place];
}
const filesIn = (places) => [...new Set(places.flatMap(filesAt))];

/** Removes folders that became empty. */
function prune(folder) {
  if (!existsSync(folder) || readdirSync(folder).length > 0) return;
  rmSync(folder, { recursive: true });
  prune(path.dirname(folder));
}

/** Files and folders that the scripts of the project write when a resource is added or removed. */
const derived = ['prisma', 'openapi.json', 'sdk/src/generated', 'src/contract/problem-types.ts', 'test/route-access.txt', 'docs/sql-functions.md', 'contract'];

/** Remembers files and folders. @returns a function that puts them back: it deletes files that are new, and writes those that changed or are missing */
function remember(places) {
  const before = new Map(filesIn(places).map((file) => [file, readFileSync(file)]));
  return () => {
    for (const file of filesIn(places).filter((each) => !before.has(each))) {
      rmSync(file);
      prune(path.dirname(file));
    }
    for (const [file, content] of before) {
      if (existsSync(file) && readFileSync(file).equals(content)) continue;
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
  };
}

/** Whether a process, or one of a group, is running. */
function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/**
 * Does work that changes files, or none of it: after an error, also an interruption, all files are as they were before.
 *
 * @param places the files and folders that the work itself writes; those that scripts of the project write are known
 * @param work is given the scripts that it may run
 * @throws {Error} the error of the work, which says so
 */
export async function changeAllOrNothing(places, work) {
  const restore = remember([...derived, ...places]);
  try {
    const scripts = new Scripts();
    await work(scripts);
    scripts.stopIfInterrupted();
  } catch (error) {
    restore();
    throw new Error(`${error.message} All files are as they were before.`, { cause: error });
  }
}

/** Runs scripts of the project until one fails. A signal ends them with all their processes, so that nothing is written afterwards. */
class Scripts {
  #child;
  #interrupted = false;

  constructor() {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
      process.on(signal, () => {
        this.#interrupted = true;
        if (this.#child?.exitCode === null) process.kill(-this.#child.pid, 'SIGTERM');
      });
  }

  async run(script, ...args) {
    this.stopIfInterrupted();
    this.#child = spawn('npm', ['run', '--silent', script, ...(args.length === 0 ? [] : ['--', ...args])], { stdio: 'inherit', detached: true });
    const [code] = await once(this.#child, 'close');
    while (this.#interrupted && isRunning(-this.#child.pid)) await setTimeout(50);
    this.stopIfInterrupted();
    if (code !== 0) throw new Error(`npm run ${script} failed.`);
  }

  stopIfInterrupted() {
    if (this.#interrupted) throw new Error('Interrupted.');
  }
}
